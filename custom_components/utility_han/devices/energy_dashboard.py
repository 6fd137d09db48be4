"""What a person chose in Home Assistant's Energy dashboard: which sensors measure the home, and what is in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant

_ENERGY = "energy"
"""Home Assistant's integration; nothing is loaded of it where a home does without."""


async def async_consumers(hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
    """Return the devices of the dashboard (``DeviceConsumption``)."""
    return (await _async_preferences(hass)).get("device_consumption") or ()


async def async_grids(hass: HomeAssistant) -> Sequence[Mapping[str, Any]]:
    """Return the grids of the dashboard (``GridSourceType``)."""
    sources = (await _async_preferences(hass)).get("energy_sources") or ()
    return [each for each in sources if each.get("type") == "grid"]


async def _async_preferences(hass: HomeAssistant) -> Mapping[str, Any]:
    if _ENERGY not in hass.config.components:
        return {}
    from homeassistant.components.energy.data import async_get_manager  # noqa: PLC0415 - it is loaded by now

    return (await async_get_manager(hass)).data or {}
