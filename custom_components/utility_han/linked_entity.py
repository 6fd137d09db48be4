"""What Home Assistant knows of the entity that a HAN device is."""

from collections.abc import Iterator

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er


def serial_number_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the serial number of the device that an entity belongs to, where Home Assistant knows it."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.device_id is None:
        return None
    device = dr.async_get(hass).async_get(entity.device_id)
    return device.serial_number if isinstance(device, dr.DeviceEntry) else None


@callback
def measured(hass: HomeAssistant, entity_id: str, what: SensorDeviceClass) -> float | None:
    """Return the lowest that sensors of the same device measure of ``what``, in their unit; None where none does."""
    found = [value for state in _siblings(hass, entity_id, what) if (value := _number(state)) is not None]
    return min(found, default=None)


def _siblings(hass: HomeAssistant, entity_id: str, what: SensorDeviceClass) -> Iterator[State]:
    registry = er.async_get(hass)
    entity = registry.async_get(entity_id)
    if entity is None or entity.device_id is None:
        return
    for other in er.async_entries_for_device(registry, entity.device_id):
        state = hass.states.get(other.entity_id)
        if state is not None and what in (other.device_class, other.original_device_class):
            yield state


def _number(state: State) -> float | None:
    try:
        return float(state.state)
    except ValueError:
        return None
