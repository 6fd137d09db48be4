"""What is asked of a whole premise by its energy management system, and what each of its devices does of it.

By sep.xsd's documentation of ``Offset`` a control with a single kind of offset that is aimed at an energy management
system asks for that percentage of the average energy use of the premise: the system learns by the Metering function
set what the premise uses, has the devices at its disposal use less, and learns by the meter again what came of it.
``TargetReduction`` is a threshold for "device/premises". With any other request each device does what fits it.
"""

from dataclasses import dataclass, replace

from ...esi import LoadControl
from ..installation import INSTALLATIONS, DeviceKind
from .validity import asked, threshold_watts

MANAGER_CATEGORY = INSTALLATIONS[DeviceKind.ENERGY_MANAGEMENT_SYSTEM].device_category
_OF_THE_PREMISE = {"load_adjustment", "target_reduction"}
_MARK = "/EMS"
_EVERY_CATEGORY = 2**32 - 1
_WHOLE, _MOST = 100.0, 200.0


@dataclass(slots=True)
class PremiseGoal:
    """What a control of the premise comes to; ``average`` are the watts before it, None where nothing was measured."""

    average: float | None
    share: float
    """The percent of its load that each device keeps to."""
    total: float = 0.0
    """The sum of the watts measured since it began."""
    samples: int = 0

    @property
    def measured(self) -> float | None:
        """The watts on average since it began, None where nothing was measured."""
        return self.total / self.samples if self.samples else None


def is_of_premise(control: LoadControl) -> bool:
    """Whether a control that is aimed at the energy management system is about what the premise uses as a whole."""
    return len(asks := asked(control)) == 1 and asks.keys() <= _OF_THE_PREMISE


def is_limit(control: LoadControl) -> bool:
    """Whether it is a limit of what the premise draws, which is held by the meter for as long as it lasts."""
    return is_of_premise(control) and threshold_watts(control) is not None


def program_of_parts(program: str) -> str:
    """Return the program of the parts that devices have in the controls of a program."""
    return f"{program}{_MARK}"


def part_id(control_id: str) -> str:
    """Return the id of the part that a device has in a control."""
    return f"{control_id}{_MARK}"


def whole_id(control: LoadControl) -> str | None:
    """Return the id of the control that this one is a part of, None where it is none."""
    return control.id.removesuffix(_MARK) if control.id.endswith(_MARK) else None


def part_of(control: LoadControl, share: float) -> LoadControl:
    """Return what the devices at the system's disposal are asked; the system alone answers to the utility."""
    part = replace(
        control,
        id=part_id(control.id),
        program=program_of_parts(control.program),
        device_category=_EVERY_CATEGORY,
        reply_to=None,
        response_required=0,
    )
    if is_limit(control):
        return replace(part, load_adjustment=_WHOLE)  # how far each is lowered the controller says
    return replace(part, load_adjustment=share, target_reduction=None) if is_of_premise(control) else part


def goal_of(control: LoadControl, average: float | None, controllable: float) -> PremiseGoal:
    """Return what devices that use ``controllable`` watts have to keep to in a premise that uses ``average``.

    Where either is not known, a percentage is asked of each device as it is of the premise.
    """
    percent, threshold = control.load_adjustment, threshold_watts(control)
    if average is None or average <= 0 or (percent is None and threshold is None):
        return PremiseGoal(average, _WHOLE if percent is None else percent)
    wanted = min(average, threshold) if threshold is not None else average * (percent or 0.0) / _WHOLE
    by = average - wanted
    share = _WHOLE * wanted / average if controllable <= 0 else _WHOLE - _WHOLE * by / controllable
    return PremiseGoal(average, min(max(share, 0.0), _MOST))


def applied_to_premise(control: LoadControl, goal: PremiseGoal) -> dict[str, float]:
    """Return what came of a control by the meter, by the names of ``ASKS``; nothing where it cannot be told."""
    measured, threshold = goal.measured, threshold_watts(control)
    if not is_of_premise(control) or measured is None:
        return {}
    if threshold is not None:
        return {"target_reduction": max(threshold, measured)}
    if not goal.average or goal.average < 0:
        return {}
    percent = max(_WHOLE * measured / goal.average, 0.0)
    return {"load_adjustment": max(percent, _WHOLE) if control.shift_forward else min(percent, _WHOLE)}
