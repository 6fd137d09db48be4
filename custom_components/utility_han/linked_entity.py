"""What Home Assistant knows of the entity that a HAN device is."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er


def serial_number_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the serial number of the device that an entity belongs to, where Home Assistant knows it."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.device_id is None:
        return None
    device = dr.async_get(hass).async_get(entity.device_id)
    return device.serial_number if isinstance(device, dr.DeviceEntry) else None
