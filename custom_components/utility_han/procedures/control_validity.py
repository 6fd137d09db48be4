"""Whether a control can be carried out at all: nothing out of range ever reaches an appliance."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from ..esi import LoadControl
from .control_record import Refusal

_LONGEST = timedelta(hours=24)
_FURTHEST = timedelta(days=366)
_RANDOMIZATION = timedelta(hours=1)  # OneHourRangeType

# What a control may ask for: from, to (°C, percent), and what is wrong where it is outside. Set points of heating
# reach to what a water heater holds.
_RANGES: dict[str, tuple[float, float, Refusal]] = {
    "duty_cycle": (0, 100, Refusal.DUTY_CYCLE),
    "cooling_offset": (0, 10, Refusal.OFFSET),
    "heating_offset": (0, 10, Refusal.OFFSET),
    "load_adjustment": (0, 100, Refusal.LOAD_ADJUSTMENT),
    "cooling_setpoint": (15, 40, Refusal.SETPOINT),
    "heating_setpoint": (4, 70, Refusal.SETPOINT),
}
_SHARES = {"duty_cycle", "load_adjustment"}
ASKS = (*_RANGES, "appliance_load_reduction")
"""The names of what a control can ask for, as the attributes of ``LoadControl``."""


def asked(control: LoadControl) -> dict[str, Any]:
    """Return what the control asks for, by the names of ``ASKS``."""
    return {name: value for name in ASKS if (value := getattr(control, name)) is not None}


def asks_nothing(control: LoadControl) -> bool:
    """Whether the control leaves a device as it is: on all the time at its full load, as test signals ask."""
    return bool(asks := asked(control)) and asks.keys() <= _SHARES and all(value == 100 for value in asks.values())


def parameter_refusal(control: LoadControl, now: datetime, answers: Collection[str] | None) -> Refusal | None:
    """Return what is wrong with a control for a device that can answer to ``answers`` (None: to anything)."""
    if not timedelta(0) < control.duration <= _LONGEST:
        return Refusal.DURATION
    if control.start - now > _FURTHEST:
        return Refusal.START
    if abs(control.randomize_start) > _RANDOMIZATION or abs(control.randomize_duration) > _RANDOMIZATION:
        return Refusal.RANDOMIZATION
    asks = asked(control)
    for name, (lowest, highest, refusal) in _RANGES.items():
        if name in asks and not lowest <= asks[name] <= highest:
            return refusal
    if answers is not None and not asks_nothing(control) and not asks.keys() & set(answers):
        return Refusal.UNSUPPORTED
    return None
