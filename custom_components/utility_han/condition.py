"""Conditions of this integration; what they are about is each room's."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.condition import Condition

from .health import automation as health
from .hub.prices import automation as prices
from .load_control import automation as load_control
from .vehicles import automation as vehicles

CONDITIONS: dict[str, type[Condition]] = {
    **load_control.CONDITIONS,
    **prices.CONDITIONS,
    **vehicles.CONDITIONS,
    **health.CONDITIONS,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
