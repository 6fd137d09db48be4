"""What automations are told of load controls, and may ask about them."""

from collections.abc import Mapping
from datetime import datetime

from homeassistant.core import State
from homeassistant.helpers.condition import Condition
from homeassistant.helpers.trigger import Trigger
from homeassistant.util import dt as dt_util

from ..hub.automation import ahead, became, is_so, told
from ..procedures import Happening
from .entities import ACTIVE, FOLLOWING, NOTHING
from .manager import CONTROL, MEASURED

_RUNNING, _ANNOUNCED = frozenset({ACTIVE}), frozenset({FOLLOWING})


def _runs(state: State) -> bool:
    return state.state != NOTHING


def _end(state: State) -> datetime | None:
    return dt_util.parse_datetime(state.attributes.get("end") or "")


def _start(state: State) -> datetime | None:
    return dt_util.parse_datetime(state.state)


TRIGGERS: Mapping[str, type[Trigger]] = {
    "load_control_announced": told(CONTROL, Happening.RECEIVED),
    "load_control_starts_soon": ahead(_ANNOUNCED, _start),
    "load_control_started": told(CONTROL, Happening.STARTED),
    "load_control_ends_soon": ahead(_RUNNING, _end),
    # Whatever it ended by, and whether the device took part until then or had left it.
    "load_control_ended": became(_RUNNING, lambda state: state.state == NOTHING),
    # Of one control, whether or not another follows.
    "load_control_over": told(
        CONTROL, Happening.COMPLETED, Happening.CANCELLED, Happening.SUPERSEDED, Happening.REJECTED
    ),
    "load_control_measured": told(CONTROL, MEASURED),
    "load_control_opted_out": told(CONTROL, Happening.OPTED_OUT),
}

CONDITIONS: Mapping[str, type[Condition]] = {
    "is_load_control_running": is_so(_RUNNING, _runs),
    "is_load_control_announced": is_so(_ANNOUNCED, lambda state: _start(state) is not None),
    # Of the control that runs, or comes next.
    "is_opted_out": is_so(
        _RUNNING | _ANNOUNCED,
        lambda state: state.attributes["participating"] is False,
        shown=lambda state: "participating" in state.attributes,
    ),
}
