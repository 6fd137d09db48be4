"""Triggers of this integration; what they are about is each room's."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.trigger import Trigger

from .health import automation as health
from .hub.prices import automation as prices
from .load_control import automation as load_control
from .vehicles import automation as vehicles

TRIGGERS: dict[str, type[Trigger]] = {
    **load_control.TRIGGERS,
    **prices.TRIGGERS,
    **vehicles.TRIGGERS,
    **health.TRIGGERS,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
