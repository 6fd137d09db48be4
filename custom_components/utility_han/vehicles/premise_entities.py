"""The home without its vehicles: what the meter counts less what the chargers did, so that together they add up."""

from functools import partial

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfEnergy

from ..hub.descriptions import Shown, SubjectSensorDescription
from ..hub.gateway_subject import GatewaySubject
from ..hub.hub import Hub
from .manager import VehicleManager
from .sources import CONF_ENERGY, CONF_METER
from .store import Charging

_REGISTER = "energy_summation_delivered"
_ELSEWHERE_TOO = "vehicle"
"""A vehicle's own meter also counts what it charges at other places."""


def premise_shown(hub: Hub, vehicles: VehicleManager) -> Shown[GatewaySubject]:
    """Return what is shown of a home whose chargers are known, and whose meter counts what it takes."""
    _note_chargers(vehicles.charging)
    counted = any(register.key == _REGISTER for register in hub.registers)
    if not counted or not _points(vehicles.charging):
        return Shown(subjects=[hub.subject])
    energy = SubjectSensorDescription[GatewaySubject](
        key="energy_without_vehicles",
        translation_key="energy_without_vehicles",
        device_class=SensorDeviceClass.ENERGY,
        # Not increasing only: a vehicle that is charged with the home's own production takes what nobody delivered.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        register=_REGISTER,
        value_fn=partial(_energy, vehicles.charging),
        available_fn=lambda gateway: gateway.coordinator.fresh and _REGISTER in gateway.coordinator.data.values,
    )
    return Shown(subjects=[hub.subject], sensors=(energy,))


def _note_chargers(charging: Charging) -> None:
    """Note at which chargers of the home vehicles are charged, before one is exchanged for another."""
    for record in charging.vehicles.values():
        if record.data.get(CONF_METER) in (None, _ELSEWHERE_TOO):
            continue
        if (energy := record.data[CONF_ENERGY]) not in record.chargers:
            record.chargers.append(energy)


def _points(charging: Charging) -> set[str]:
    """Return the charging points of this home, those that are used no more among them."""
    return {point_id for record in charging.vehicles.values() for point_id in record.chargers}


def _energy(charging: Charging, gateway: GatewaySubject) -> float | None:
    """Return it in kWh, as of the poll that has just been."""
    counted = gateway.coordinator.data.values.get(_REGISTER)
    if counted is None:
        return None
    return (counted - sum(charging.counted(point_id) for point_id in _points(charging))) / 1000
