"""What Home Assistant knows of the entity that a HAN device is."""

from collections.abc import Collection, Iterator
from math import isfinite

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import BaseUnitConverter, ElectricCurrentConverter, PowerConverter


def serial_number_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the serial number of the device that an entity belongs to, where Home Assistant knows it."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.device_id is None:
        return None
    device = dr.async_get(hass).async_get(entity.device_id)
    return device.serial_number if isinstance(device, dr.DeviceEntry) else None


@callback
def is_missing(hass: HomeAssistant, entity_id: str) -> bool:
    """Whether there is no such entity; while Home Assistant starts, what is not there yet may still come."""
    known = hass.states.get(entity_id) or er.async_get(hass).async_get(entity_id)
    return known is None and hass.is_running


@callback
def measured(
    hass: HomeAssistant, entity_id: str, wanted: Collection[SensorDeviceClass]
) -> dict[SensorDeviceClass, float]:
    """Return the lowest that sensors of the same device measure, by device class in their units."""
    found: dict[SensorDeviceClass, float] = {}
    for what, sensor in sensors_beside(hass, entity_id, wanted):
        if (value := number_of(hass.states.get(sensor))) is not None:
            found[what] = min(value, found.get(what, value))
    return found


@callback
def sensors_beside(
    hass: HomeAssistant, entity_id: str, wanted: Collection[SensorDeviceClass]
) -> Iterator[tuple[SensorDeviceClass, str]]:
    """Yield the sensors of those device classes that the device of an entity has, each with its class."""
    registry = er.async_get(hass)
    entity = registry.async_get(entity_id)
    if entity is None or entity.device_id is None:
        return
    for other in er.async_entries_for_device(registry, entity.device_id):
        for what in wanted:
            if what in (other.device_class, other.original_device_class):
                yield what, other.entity_id


@callback
def states_beside(hass: HomeAssistant, state: State) -> list[State]:
    """Return the states of all entities of the device that one is of; its own alone where it is of none."""
    registry = er.async_get(hass)
    entity = registry.async_get(state.entity_id)
    if entity is None or entity.device_id is None:
        return [state]
    found = (hass.states.get(each.entity_id) for each in er.async_entries_for_device(registry, entity.device_id))
    return [each for each in found if each is not None]


def number_of(state: State | None) -> float | None:
    """Return what a sensor says; None if it says nothing now."""
    try:
        value = float(state.state) if state is not None else None
    except ValueError:
        return None
    return value if value is not None and isfinite(value) else None


def value_in(hass: HomeAssistant, sensor: str, converter: type[BaseUnitConverter], unit: str | None) -> float | None:
    """Return what a sensor says now in a unit; None if it says nothing, or nothing of that kind."""
    state = hass.states.get(sensor)
    value, measured_in = number_of(state), state and state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if value is None or measured_in not in converter.VALID_UNITS:
        return None
    return converter.convert(value, measured_in, unit)


_DRAWN: dict[str, tuple[SensorDeviceClass, type[BaseUnitConverter]]] = {
    UnitOfElectricCurrent.AMPERE: (SensorDeviceClass.CURRENT, ElectricCurrentConverter),
    UnitOfPower.WATT: (SensorDeviceClass.POWER, PowerConverter),
    UnitOfPower.KILO_WATT: (SensorDeviceClass.POWER, PowerConverter),
}


@callback
def drawn_by(hass: HomeAssistant, limit: State) -> float | None:
    """Return what a load draws now, in the unit of its ``limit``, by a sensor of the same device.

    None where nothing is measured, and where it draws nothing: what it would draw is not known then.
    """
    return _measured_in(hass, limit.entity_id, limit.attributes.get(ATTR_UNIT_OF_MEASUREMENT))


@callback
def power_of(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return the watts that a load draws now, by a sensor of the same device; None where nothing is measured."""
    return _measured_in(hass, entity_id, UnitOfPower.WATT)


@callback
def watts_of(hass: HomeAssistant, entity_id: str) -> float | None:
    """Return the watts that a load draws now, which may be none; None where nothing is measured."""
    found = _all_measured(hass, entity_id, UnitOfPower.WATT)
    return max(found) if found else None


def _measured_in(hass: HomeAssistant, entity_id: str, unit: str | None) -> float | None:
    most = max(_all_measured(hass, entity_id, unit), default=0.0)
    return most if most > 0 else None


def _all_measured(hass: HomeAssistant, entity_id: str, unit: str | None) -> list[float]:
    if unit not in _DRAWN:
        return []
    device_class, converter = _DRAWN[unit]
    said = (value_in(hass, sensor, converter, unit) for _, sensor in sensors_beside(hass, entity_id, [device_class]))
    return [value for value in said if value is not None]
