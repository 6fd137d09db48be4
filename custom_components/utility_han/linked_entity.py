"""What Home Assistant knows of the entity that a HAN device is."""

from collections.abc import Collection

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
def measured(
    hass: HomeAssistant, entity_id: str, wanted: Collection[SensorDeviceClass]
) -> dict[SensorDeviceClass, float]:
    """Return the lowest that sensors of the same device measure, by device class in their units."""
    registry = er.async_get(hass)
    entity = registry.async_get(entity_id)
    if entity is None or entity.device_id is None:
        return {}
    found: dict[SensorDeviceClass, float] = {}
    for other in er.async_entries_for_device(registry, entity.device_id):
        for what in wanted:
            if what in (other.device_class, other.original_device_class):
                value = _number(hass.states.get(other.entity_id))
                found |= {what: min(value, found.get(what, value))} if value is not None else {}
    return found


def _number(state: State | None) -> float | None:
    try:
        return float(state.state) if state is not None else None
    except ValueError:
        return None
