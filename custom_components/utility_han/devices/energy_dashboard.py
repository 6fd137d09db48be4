"""What a person chose in Home Assistant's Energy dashboard: which sensors measure the home, and what is in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.components.energy.const import DOMAIN as ENERGY_DOMAIN
from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant


async def async_consumers(hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
    """Return the devices of the dashboard (``DeviceConsumption``)."""
    return (await _async_preferences(hass)).get("device_consumption") or ()


async def async_grids(hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
    """Return the grids of the dashboard (``GridSourceType``)."""
    sources = (await _async_preferences(hass)).get("energy_sources") or ()
    return [each for each in sources if each.get("type") == "grid"]


async def _async_preferences(hass: HomeAssistant) -> Mapping[str, Any]:
    if ENERGY_DOMAIN not in hass.config.components:
        return {}
    return (await async_get_manager(hass)).data or {}
