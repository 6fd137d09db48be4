"""The home page: a dashboard that a person can add, and its cards, for the frontend to load."""

from hashlib import sha256
from pathlib import Path

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant

from ..const import DOMAIN

_URL = f"/{DOMAIN}/home.js"
_FILE = Path(__file__).parent.parent / "www" / "home.js"
"""Built from ``frontend/``."""


async def async_offer_dashboard(hass: HomeAssistant) -> None:
    """Have the frontend, where there is one, offer the dashboard and its cards when one is added."""
    if "frontend" not in hass.config.components:
        return
    built = await hass.async_add_executor_job(_FILE.read_bytes)
    await hass.http.async_register_static_paths([StaticPathConfig(_URL, str(_FILE), cache_headers=True)])
    # Browsers keep what they were given for a month: another file has another address.
    add_extra_js_url(hass, f"{_URL}?{sha256(built).hexdigest()[:12]}")
