"""What automations are told of vehicles and their charging, and may ask about them."""

from collections.abc import Mapping

from homeassistant.const import STATE_ON
from homeassistant.helpers.condition import Condition
from homeassistant.helpers.trigger import Trigger

from ..hub.automation import is_so, told
from .entities import BINDING, PLUGGED
from .session_news import SESSION, SessionEvent

_PLUGGED = frozenset({PLUGGED})

TRIGGERS: Mapping[str, type[Trigger]] = {
    "vehicle_session_started": told(SESSION, SessionEvent.STARTED),
    "vehicle_session_ended": told(SESSION, SessionEvent.ENDED),
    "vehicle_session_billed": told(SESSION, SessionEvent.BILLED),
}

CONDITIONS: Mapping[str, type[Condition]] = {
    "is_vehicle_plugged": is_so(_PLUGGED, lambda state: state.state == STATE_ON),
    "is_vehicle_charging": is_so(_PLUGGED, lambda state: state.attributes.get("charging") is True),
    "is_vehicle_bound": is_so(frozenset({BINDING}), lambda state: state.state == "in_force"),
}
