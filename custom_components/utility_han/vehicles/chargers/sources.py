"""What the home's entities say of charging, and which of them are likely to be a charger's."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import isfinite

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_OFF,
    STATE_ON,
    UnitOfEnergy,
    UnitOfPower,
)
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import EnergyConverter, PowerConverter

from ...const import AWAY_STATES, DOMAIN
from ...devices.linked_entity import serial_number_of
from .power import power_of

CONF_ENERGY = "energy"
CONF_PLUG = "plug"
CONF_SWITCH = "switch"
CONF_BATTERY = "battery"
CONF_PRESENCE = "presence"
CONF_MAX_POWER = "max_power"
CONF_VEHICLE_POWER = "vehicle_power"
"""What the vehicle itself takes at most, kW, where that is less than the charger gives."""
CONF_EVSE = "evse"
"""What is said of the charger itself: its name, serial number and the like."""
CONF_EVSE_DEVICE = "evse_device"
"""The subentry of the registered device that the charger is."""
CONF_METER = "meter"
CONF_SIGNED = "signed"
SOURCES = (CONF_ENERGY, CONF_PLUG, CONF_SWITCH, CONF_BATTERY, CONF_PRESENCE, CONF_SIGNED)

CHARGER_INTEGRATIONS = frozenset(
    {
        "abb_terra",
        "alfen_wallbox",
        "chargepoint",
        "charger",
        "easee",
        "evse_load_balancer",
        "go_echarger",
        "goecharger",
        "goecharger_mqtt",
        "juicenet",
        "keba",
        "lektrico",
        "myenergi",
        "ocpp",
        "ohme",
        "openevse",
        "peblar",
        "tesla_wall_connector",
        "v2c",
        "wallbox",
        "zaptec",
    }
)
"""Integrations of chargers, in core and beyond."""
VEHICLE_INTEGRATIONS = frozenset(
    {
        "audiconnect",
        "bmw_connected_drive",
        "ford_pass",
        "fordpass",
        "kia_uvo",
        "mazda",
        "mercedesme",
        "mbapi2020",
        "polestar_api",
        "renault",
        "smart_eq",
        "subaru",
        "tesla_custom",
        "tesla_fleet",
        "teslemetry",
        "tessie",
        "volvo",
        "volkswagencarnet",
    }
)
_WORDS = ("charger", "charging", "evse", "wallbox", "wall connector", "ladestation", "borne", "cargador", "ev ")
_VEHICLE_WORDS = ("car", "vehicle", "auto", "ev ")

# Words of chargers: OCPP's ChargePointStatus and what integrations in core call them.
_PLUGGED = frozenset(
    {
        STATE_ON, "awaiting_authorization", "awaiting_start", "charging", "charging_reduced", "complete", "completed",
        "connected", "connected_requesting", "discharging", "finished", "finishing", "full", "locked_car_connected",
        "no_power", "paused", "pending", "plugged", "plugged_in", "preparing", "queue_by_power_boost",
        "queue_by_power_sharing", "ready_to_charge", "scheduled", "starting", "stopped", "suspended", "suspendedev",
        "suspended_ev", "suspendedevse", "suspended_evse", "waiting", "waiting_for_car", "waiting_for_car_demand",
        "wait_car",
    }
)  # fmt: skip
_UNPLUGGED = frozenset(
    {
        STATE_OFF, "available", "car_disconnected", "disconnected", "free", "idle", "locked", "no_ev_connected",
        "not_connected", "ready", "standby", "unplugged", "no_car_connected", "not_plugged", "vehicle_not_present",
    }
)  # fmt: skip


def read_plug(state: State | None) -> bool | None:
    """Return whether a vehicle is plugged in, None where the entity does not say."""
    if state is None:
        return None
    word = state.state.strip().lower().replace(" ", "_").replace("-", "_")
    if word in _PLUGGED:
        return True
    return False if word in _UNPLUGGED else None


def gives(state: State | None) -> bool:
    """Whether an entity says anything of charging now."""
    return any(value is not None for value in (read_energy(state), read_power(state), read_plug(state)))


def is_power(state: State) -> bool:
    """Whether an entity gives a power rather than an energy."""
    return state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) in PowerConverter.VALID_UNITS


def read_energy(state: State | None) -> float | None:
    """Return the counter of an energy entity in Wh, None where it has none now."""
    return _converted(state, EnergyConverter.VALID_UNITS, _watt_hours)


def _watt_hours(value: float, unit: str) -> float:
    return EnergyConverter.convert(value, unit, UnitOfEnergy.WATT_HOUR)


def read_power(state: State | None) -> float | None:
    """Return the power of a power entity in W, None where it has none now."""
    return _converted(
        state, PowerConverter.VALID_UNITS, lambda value, unit: PowerConverter.convert(value, unit, UnitOfPower.WATT)
    )


def read_percent(state: State | None) -> float | None:
    """Return a battery level in percent, None where it has none now."""
    if state is None or state.state in AWAY_STATES:
        return None
    try:
        level = float(state.state)
    except ValueError:
        return None
    return min(max(level, 0.0), 100.0) if isfinite(level) else None


def _converted(
    state: State | None, units: Iterable[str | None], convert: Callable[[float, str], float]
) -> float | None:
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) if state is not None else None
    if state is None or not isinstance(unit, str) or unit not in units:
        return None
    try:
        value = float(state.state)
    except ValueError:
        return None
    return convert(value, unit) if value >= 0 and isfinite(value) else None


@dataclass(slots=True)
class ChargerFound:
    """A charger that the home seems to have: its entities by what they are good for."""

    name: str
    serial: str | None = None
    entities: dict[str, str] = field(default_factory=dict)
    max_power: float | None = None
    """The most that it can give, kW, where its entities say so."""


@dataclass(frozen=True, slots=True)
class _Found:
    entity_id: str
    device_id: str | None
    name: str
    score: int


@callback
def async_find_chargers(hass: HomeAssistant) -> list[ChargerFound]:
    """Return the chargers that the home seems to have, the likeliest first: by integration, device class and name."""
    states = _shown(hass)
    energies = [_rated(hass, state, _WORDS) for state in states if _measures_energy(state)]
    likely = sorted((each for each in energies if each.score > 0), key=lambda each: -each.score)
    return _one_each([_charger(hass, energy, states) for energy in likely])


@callback
def async_charger_of(hass: HomeAssistant, energy: str) -> ChargerFound:
    """Return what is found beside the entity ``energy``, which somebody says is a charger's."""
    if (state := hass.states.get(energy)) is None:
        return ChargerFound(energy, entities={CONF_ENERGY: energy})
    return _charger(hass, _rated(hass, state, _WORDS), _shown(hass))


def _shown(hass: HomeAssistant) -> list[State]:
    return [state for state in hass.states.async_all() if not state.attributes.get("restored")]


def _charger(hass: HomeAssistant, energy: _Found, states: list[State]) -> ChargerFound:
    """Return the charger whose energy or power an entity gives, with the vehicle's own where there is one."""
    beside = [state for state in states if _beside(hass, energy, state)]
    rated = [_rated(hass, state, _WORDS) for state in beside]
    entities = {CONF_ENERGY: energy.entity_id}
    for use, fits in ((CONF_PLUG, _says_plug), (CONF_SWITCH, _is_switch)):
        fitting = [each for each in rated if (state := hass.states.get(each.entity_id)) and fits(state)]
        if fitting:
            entities[use] = max(fitting, key=lambda each: each.score).entity_id
    return ChargerFound(
        name=_device_name(hass, energy),
        serial=serial_number_of(hass, energy.entity_id),
        entities=entities | _vehicle_entities(hass, states),
        max_power=power_of(beside, hass.config.country),
    )


def _one_each(found: list[ChargerFound]) -> list[ChargerFound]:
    """Leave out what is the same charger measured in another way."""
    best: dict[tuple[str, str | None], ChargerFound] = {}
    for each in found:
        best.setdefault((each.name, each.entities.get(CONF_PLUG)), each)
    return list(best.values())


def _measures_energy(state: State) -> bool:
    if state.domain != "sensor":
        return False
    kind = state.attributes.get("device_class")
    return kind in (SensorDeviceClass.ENERGY, SensorDeviceClass.POWER)


def _says_plug(state: State) -> bool:
    if state.domain == "binary_sensor":
        return state.attributes.get("device_class") == BinarySensorDeviceClass.PLUG
    options = {str(option).lower() for option in state.attributes.get("options") or ()} | {state.state.lower()}
    return state.domain == "sensor" and bool(options & _PLUGGED) and bool(options & (_UNPLUGGED | _PLUGGED))


def _is_switch(state: State) -> bool:
    return state.domain == "switch"


def _rated(hass: HomeAssistant, state: State, words: tuple[str, ...]) -> _Found:
    """Rate how likely an entity is a charger's."""
    entry = er.async_get(hass).async_get(state.entity_id)
    integration = entry.platform if entry else ""
    text = f"{state.name} {_name_of_device(hass, entry)} ".lower()
    score = 10 * (integration in CHARGER_INTEGRATIONS) + 3 * any(word in text for word in words)
    if score:
        # A counter for its lifetime says more than one of the session or a power.
        score += 2 * (state.attributes.get("device_class") == SensorDeviceClass.ENERGY)
        score += "total" in text or "lifetime" in text
        score += state.attributes.get("device_class") == BinarySensorDeviceClass.PLUG
        score -= integration == DOMAIN
    return _Found(state.entity_id, entry.device_id if entry else None, state.name, score)


def _name_of_device(hass: HomeAssistant, entry: er.RegistryEntry | None) -> str:
    if entry is None or entry.device_id is None:
        return ""
    device = dr.async_get(hass).async_get(entry.device_id)
    return (device and (device.name_by_user or device.name)) or ""


def _beside(hass: HomeAssistant, energy: _Found, state: State) -> bool:
    """Whether an entity belongs to the same charger: to its device, or to its name where it has no device."""
    entry = er.async_get(hass).async_get(state.entity_id)
    device_id = entry.device_id if entry else None
    if energy.device_id is not None or device_id is not None:
        return device_id == energy.device_id
    return state.name.lower().split()[:2] == energy.name.lower().split()[:2]


def _vehicle_entities(hass: HomeAssistant, states: list[State]) -> dict[str, str]:
    """Return the battery and the own plug of the home's vehicle, where it has just one of them."""
    uses: dict[str, Callable[[State], bool]] = {
        CONF_BATTERY: lambda state: (
            state.attributes.get("device_class") == SensorDeviceClass.BATTERY
            and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == PERCENTAGE
        ),
        CONF_PRESENCE: lambda state: (
            state.domain == "binary_sensor" and state.attributes.get("device_class") == BinarySensorDeviceClass.PLUG
        ),
    }
    found: dict[str, str] = {}
    for use, fits in uses.items():
        fitting = [state.entity_id for state in states if fits(state) and _is_vehicles(hass, state)]
        if len(fitting) == 1:
            found[use] = fitting[0]
    return found


def _is_vehicles(hass: HomeAssistant, state: State) -> bool:
    entry = er.async_get(hass).async_get(state.entity_id)
    if entry is not None and entry.platform in VEHICLE_INTEGRATIONS:
        return True
    words = f"{state.name} ".lower()
    return any(f" {word.strip()} " in f" {words}" for word in _VEHICLE_WORDS) and "charger" not in words


def _device_name(hass: HomeAssistant, found: _Found) -> str:
    entry = er.async_get(hass).async_get(found.entity_id)
    if name := _name_of_device(hass, entry):
        return name
    return " ".join(found.name.split()[:2])
