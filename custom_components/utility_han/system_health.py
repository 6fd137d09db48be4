"""How all gateways are, on Home Assistant's system page."""

from importlib.metadata import version
from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .hub.hub import UtilityHanConfigEntry

_LIBRARIES = ("aio2030dot5", "py20305")


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what to show."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinators = [entry.runtime_data.coordinator for entry in entries if entry.runtime_data.has_meter]
    contacts = [last for coordinator in coordinators if (last := coordinator.contact.last_contact)]
    versions = await hass.async_add_executor_job(lambda: ", ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    return {
        "gateways": len(coordinators),
        "reached": sum(bool(coordinator.connected) for coordinator in coordinators),
        "last_contact": max(contacts).isoformat() if contacts else None,
        "libraries": versions,
    }
