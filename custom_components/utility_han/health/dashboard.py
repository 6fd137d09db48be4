"""A dashboard that a person can add: its strategy, for the frontend to load."""

from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from ..const import DOMAIN

_URL = f"/{DOMAIN}/dashboard.js"
_FILE = Path(__file__).parent.parent / "www" / "dashboard.js"


async def async_offer_dashboard(hass: HomeAssistant) -> None:
    """Have the frontend, where there is one, offer the dashboard when one is added."""
    if "frontend" not in hass.config.components:
        return
    await hass.http.async_register_static_paths([StaticPathConfig(_URL, str(_FILE), cache_headers=True)])
    integration = await async_get_integration(hass, DOMAIN)
    add_extra_js_url(hass, f"{_URL}?version={integration.version}")
