"""What only a diagnosis finds out, and how long it holds: until its check is made again and does not find it.

A later diagnosis whose check could not be made (the gateway is away, a control is under way) ends nothing: what was
tested before is of its findings too.
"""

from collections.abc import Collection, Iterable, Mapping

from .health import HealthReason
from .step import Step

_ACCOUNT, _REGISTRATION = frozenset({Step.RD_3}), frozenset({Step.RD_12})
TESTED_BY: dict[HealthReason, Collection[Step]] = {
    HealthReason.SELF_TEST_FAILED: frozenset({Step.DM_1}),
    HealthReason.BATTERY_LOW: frozenset({Step.DM_3}),
    HealthReason.ACCOUNT_DIFFERS: _ACCOUNT,
    HealthReason.PROGRAMS_DIFFER: _REGISTRATION,
    HealthReason.NOT_ASSIGNED: _REGISTRATION,
    HealthReason.NO_ANSWER: frozenset({Step.RD_9, Step.RD_10}),
    HealthReason.CONTROL_MISSED: frozenset({Step.RD_10}),
}
"""The checks that find what shows nowhere else: a low battery that an entity tells is seen without (RD-7)."""

type Tested = Mapping[HealthReason, Step]
"""What was tested, each with the check that found it."""


def found_by(step: Step, reasons: Iterable[HealthReason]) -> dict[HealthReason, Step]:
    """Return those of the reasons that a check found which hold."""
    return {reason: step for reason in reasons if step in TESTED_BY.get(reason, ())}


def not_looked_for(before: Tested, looked: Collection[Step], *, whole: bool) -> dict[HealthReason, Step]:
    """Return what was tested before and still holds.

    ``looked`` are the checks that were carried through. ``whole``: nothing kept any from being made, and those that
    were not have nothing to find any more.
    """
    return {} if whole else {reason: step for reason, step in before.items() if step not in looked}
