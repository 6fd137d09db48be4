"""What a control asks for, and whether a device can carry it out.

Temperatures beyond a device's limits are no fault of the control: the device SHALL go to its limit (sep.xsd,
``Offset`` and ``SetPoint``). What has no meaning at all (a duty cycle over 100 percent) is refused.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from ...esi import LoadControl, ReductionUnit
from .record import Refusal

_LONGEST = timedelta(hours=24)
_FURTHEST = timedelta(days=366)
_RANDOMIZATION = timedelta(hours=1)  # OneHourRangeType

# What a control may ask for: from, to (°C, percent), and what is wrong where it is outside.
_RANGES: dict[str, tuple[float, float, Refusal]] = {
    "duty_cycle": (0, 100, Refusal.DUTY_CYCLE),
    "cooling_offset": (-25.5, 25.5, Refusal.OFFSET),  # UInt8 in tenths
    "heating_offset": (-25.5, 25.5, Refusal.OFFSET),
    "load_adjustment": (0, 200, Refusal.LOAD_ADJUSTMENT),
    "cooling_setpoint": (-273.15, 327.67, Refusal.SETPOINT),
    "heating_setpoint": (-273.15, 327.67, Refusal.SETPOINT),
    "level": (0, 3, Refusal.UNSUPPORTED),
    "level_offset": (-10, 10, Refusal.UNSUPPORTED),
}
LEVELS = frozenset({"level", "level_offset"})
"""What is asked by a level of load, which a person has to say the meaning of."""
CHARGES = frozenset({"charge_state", "charge_energy"})
"""What is asked of how full a vehicle or storage is."""
_SHARES = {"duty_cycle", "load_adjustment"}
_ELECTRIC = frozenset(unit.value for unit in ReductionUnit)
_KILO = 1000
_FULL = 100
ASKS = (*_RANGES, "target_reduction", "appliance_load_reduction", *sorted(CHARGES))
"""The names of what a control can ask for, as the attributes of ``LoadControl``."""


def asked(control: LoadControl) -> dict[str, Any]:
    """Return what the control asks for, by the names of ``ASKS``; a target reduction as its watts."""
    found = {name: value for name in ASKS if (value := getattr(control, name)) is not None}
    if "target_reduction" in found:
        if (watts := threshold_watts(control)) is None:
            del found["target_reduction"]
        else:
            found["target_reduction"] = watts
    return found


def threshold_watts(control: LoadControl) -> float | None:
    """Return the threshold of a TargetReduction in watts, on average over the control; None where it is none of power.

    One in kWh is a budget for the whole control.
    """
    target = control.target_reduction
    if target is None or target.unit not in _ELECTRIC or not control.duration:
        return None
    if target.unit == ReductionUnit.WATTS:
        return float(target.value)
    if target.unit == ReductionUnit.KILOWATTS:
        return float(target.value * _KILO)
    return target.value * _KILO / (control.duration.total_seconds() / 3600)


def asks_nothing(control: LoadControl) -> bool:
    """Whether the control leaves a device as it is: on all the time at its full load, as test signals ask."""
    asks = asked(control)
    if asks.keys() == {"level"}:
        return control.level == 0
    return bool(asks) and asks.keys() <= _SHARES and all(value == _FULL for value in asks.values())


def parameter_refusal(
    control: LoadControl,
    now: datetime,
    answers: Collection[str] | None,
    *,
    forward: bool = True,
    beyond: Collection[str] = (),
) -> Refusal | None:
    """Return what is wrong with a control for a device that can answer to ``answers`` (None: to anything usual).

    ``forward`` says whether the device can use more when asked to (``loadShiftForward``), ``beyond`` is what it can
    answer to because more is known of it: levels of load, a state of charge.
    """
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
    if asks_nothing(control):
        return None
    if (control.shift_forward or max(asks.get(name, 0) for name in _SHARES) > _FULL) and not forward:
        return Refusal.UNSUPPORTED
    if control.target_reduction is not None and not asks:
        return Refusal.UNSUPPORTED  # of gas, water, a pressure
    return _unable(set(asks), answers, set(beyond))


def _unable(names: set[str], answers: Collection[str] | None, beyond: set[str]) -> Refusal | None:
    """Return why a device can do nothing of what is asked."""
    if names & beyond:
        return None
    plain = names - LEVELS - CHARGES
    if names and not plain:
        return Refusal.LEVEL_NOT_SET if names & LEVELS else Refusal.CHARGE_STATE
    return Refusal.UNSUPPORTED if answers is not None and not plain & set(answers) else None
