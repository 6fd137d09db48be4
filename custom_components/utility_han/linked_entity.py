"""The entity of Home Assistant that a HAN device is, and the ways in which it can respond to controls."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er

_ON_OFF = ("off", "duty_cycle")
_TEMPERATURE = ("offset", "setpoint", "off")
_AMOUNT = ("limit", "off")
RESPONSES: Mapping[str, tuple[str, ...]] = {
    "climate": _TEMPERATURE,
    "fan": _ON_OFF,
    "input_boolean": _ON_OFF,
    "input_number": _AMOUNT,
    "light": _ON_OFF,
    "number": _AMOUNT,
    "switch": _ON_OFF,
    "water_heater": _TEMPERATURE,
}
"""What each domain can do, the most considerate first."""


def responses_of(entity_id: str) -> tuple[str, ...]:
    """Return the ways in which an entity can respond; none where it cannot be controlled."""
    return RESPONSES.get(split_entity_id(entity_id)[0], ())


def serial_number_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the serial number of the device that an entity belongs to, where Home Assistant knows it."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.device_id is None:
        return None
    device = dr.async_get(hass).async_get(entity.device_id)
    return device.serial_number if isinstance(device, dr.DeviceEntry) else None
