"""Whether a device uses energy to speak of: by what is measured beside it, else by what its entity says.

OpenADR's operating states are those of CTA-2045: IDLE with "no/insignificant energy consumption", RUNNING with
"significant energy consumption". Neither says how much that is.
"""

from homeassistant.components.climate import ATTR_HVAC_ACTION, HVACAction, HVACMode
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State, callback

from ..const import AWAY_STATES
from ..devices.linked_entity import watts_of

_SIGNIFICANT_KW = 0.015
"""More than electronics take that wait for something to do."""
_AT_REST = frozenset({HVACAction.IDLE, HVACAction.OFF})


def is_running(kilowatts: float | None, state: State | None) -> bool | None:
    """Return whether a device runs that takes so much and has this state; None where neither says."""
    if kilowatts is not None:
        return kilowatts > _SIGNIFICANT_KW
    if state is None or state.state in AWAY_STATES:
        return None
    if (action := state.attributes.get(ATTR_HVAC_ACTION)) is not None:
        return action not in _AT_REST
    if state.state in (STATE_OFF, HVACMode.OFF):
        return False
    return True if state.state == STATE_ON else None


@callback
def runs_now(hass: HomeAssistant, entity_id: str) -> bool | None:
    """Return whether the device of a linked entity runs now."""
    watts = watts_of(hass, entity_id)
    return is_running(watts / 1000 if watts is not None else None, hass.states.get(entity_id))
