"""The home without its vehicles: what the meter counts less what the chargers did, so that together they add up."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfEnergy

from ...gateway import Register
from ...hub.descriptions import Shown, SubjectSensorDescription
from ...hub.gateway_subject import GatewaySubject
from ...hub.hub import Hub
from .premise import HomeWithoutVehicles

type _Sensor = SubjectSensorDescription[GatewaySubject]
_KEY = "energy_without_vehicles"


def premise_shown(hub: Hub, home: HomeWithoutVehicles) -> Shown[GatewaySubject]:
    """Return what is shown of a home whose chargers are known, and whose meter counts what it takes."""
    if home.delivered is None or not home.points:
        return Shown(subjects=[hub.subject])
    return Shown(subjects=[hub.subject], sensors=tuple(_sensors(home, home.delivered)))


def _sensors(home: HomeWithoutVehicles, delivered: Register) -> Iterator[_Sensor]:
    yield _energy(_KEY, delivered, partial(_imported, home))
    if home.received is not None:
        yield _energy("energy_received_without_vehicles", home.received, lambda: home.use.exported_now)
    for register in home.tiers:
        yield _energy(f"{_KEY}_tier_{register.tier}", register, partial(_tier, home, register.key), tier=register.tier)
    yield SubjectSensorDescription(
        key="cost_without_vehicles",
        translation_key="cost_without_vehicles",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        register=delivered.key,
        comes_later=True,
        exists_fn=lambda _gateway: home.use.cost is not None,
        value_fn=lambda _gateway: _cost(home),
        unit_fn=lambda _gateway: home.use.cost.currency if home.use.cost else None,
        last_reset_fn=lambda _gateway: _since(home),
        available_fn=partial(_is_fresh, delivered.key),
    )


def _energy(key: str, register: Register, value: Callable[[], float | None], tier: int | None = None) -> _Sensor:
    def kilowatt_hours(_gateway: GatewaySubject) -> float | None:
        return wh / 1000 if (wh := value()) is not None else None

    return SubjectSensorDescription(
        key=key,
        translation_key=f"{_KEY}_tier" if tier is not None else key,
        translation_placeholders={"tier": str(tier)} if tier is not None else {},
        device_class=SensorDeviceClass.ENERGY,
        # Not increasing only: what a charger tells late is taken off what was the home's until then.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        entity_registry_enabled_default=tier is None,
        register=register.key,
        value_fn=kilowatt_hours,
        available_fn=partial(_is_fresh, register.key),
    )


def _is_fresh(key: str, gateway: GatewaySubject) -> bool:
    return gateway.coordinator.fresh and key in gateway.coordinator.data.values


def _imported(home: HomeWithoutVehicles) -> float | None:
    """Return it; where no export is measured, what vehicles took of the home's own production is taken off here."""
    if home.use.last is None:
        return None
    return home.use.imported_now - (0.0 if home.received is not None else home.use.own_production)


def _tier(home: HomeWithoutVehicles, key: str) -> float | None:
    return home.use.tier_now(key)


def _cost(home: HomeWithoutVehicles) -> Decimal | None:
    return home.use.cost.known if home.use.cost is not None else None


def _since(home: HomeWithoutVehicles) -> datetime | None:
    return home.use.cost.since if home.use.cost is not None else None
