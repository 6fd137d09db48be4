"""What each device keeps to where the premise as a whole is asked for less (sep.xsd, ``Offset``)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import TargetReduction
from custom_components.utility_han.procedures.load_control.premise import (
    MANAGER_CATEGORY,
    PremiseGoal,
    applied_to_premise,
    goal_of,
    is_of_premise,
    part_of,
    whole_id,
)
from tests.procedures.test_load_control_rules import control

pytestmark = pytest.mark.use_case("UR-P")

NOTHING: dict[str, Any] = {"duty_cycle": None, "device_category": MANAGER_CATEGORY}
TEN_PERCENT = control(**NOTHING, load_adjustment=90.0)
TWO_KILOWATTS = control(**NOTHING, target_reduction=TargetReduction(1, 2))


def test_only_a_single_request_is_one_of_the_premise() -> None:
    """With several offsets each device takes the one that fits it best."""
    assert is_of_premise(TEN_PERCENT)
    assert is_of_premise(TWO_KILOWATTS)
    assert not is_of_premise(replace(TEN_PERCENT, cooling_offset=2.0))
    assert not is_of_premise(control(duty_cycle=50))


@pytest.mark.parametrize(
    ("asked", "average", "controllable", "share"),
    [
        (TEN_PERCENT, 3000.0, 1500.0, 80.0),  # 300 W of what can be taken from 1500 W
        (TEN_PERCENT, 3000.0, 200.0, 0.0),  # all that there is
        (TEN_PERCENT, 3000.0, 0.0, 90.0),  # nothing is measured at the devices
        (TEN_PERCENT, None, 1500.0, 90.0),  # nor at the meter
        (TEN_PERCENT, -500.0, 1500.0, 90.0),  # the premise gives to the grid
        (TEN_PERCENT, 0.0, 1500.0, 90.0),
        (replace(TEN_PERCENT, load_adjustment=110.0, shift_forward=True), 3000.0, 1500.0, 120.0),
        (TWO_KILOWATTS, 3000.0, 2000.0, 50.0),
        (TWO_KILOWATTS, 1500.0, 2000.0, 100.0),  # it stays below as it is
        (TWO_KILOWATTS, None, 2000.0, 100.0),
    ],
)
def test_share_of_each_device(asked: Any, average: float | None, controllable: float, share: float) -> None:
    assert goal_of(asked, average, controllable).share == pytest.approx(share)


def test_part_of_a_device_is_not_answered_by_it() -> None:
    part = part_of(TWO_KILOWATTS, 50.0)
    assert (part.load_adjustment, part.reply_to, part.response_required) == (100.0, None, 0)
    assert part.target_reduction == TWO_KILOWATTS.target_reduction, "how far each is lowered, the meter says"
    assert part_of(TEN_PERCENT, 50.0).load_adjustment == 50.0
    assert whole_id(part) == TWO_KILOWATTS.id
    assert whole_id(TWO_KILOWATTS) is None
    offsets = replace(TEN_PERCENT, cooling_offset=2.0)
    assert (part_of(offsets, 50.0).load_adjustment, part_of(offsets, 50.0).cooling_offset) == (90.0, 2.0)


@pytest.mark.parametrize(
    ("asked", "measured", "applied"),
    [
        (TEN_PERCENT, [2500.0, 2600.0], {"load_adjustment": 85.0}),
        (TEN_PERCENT, [4000.0], {"load_adjustment": 100.0}),  # nothing was saved
        (TEN_PERCENT, [], {}),
        (TWO_KILOWATTS, [1700.0], {"target_reduction": 2000.0}),
        (TWO_KILOWATTS, [2400.0], {"target_reduction": 2400.0}),  # what it stayed below
    ],
)
def test_what_came_of_it_says_the_meter(asked: Any, measured: list[float], applied: dict[str, float]) -> None:
    goal = goal_of(replace(asked, duration=timedelta(hours=1)), 3000.0, 1000.0)
    for watts in measured:
        goal.total += watts
        goal.samples += 1
    assert applied_to_premise(asked, goal) == pytest.approx(applied)


@pytest.mark.parametrize(
    ("average", "measured", "percent"),
    [(None, 500.0, None), (0.0, 500.0, None), (-1.0, 500.0, None), (0.5, 0.4, 80.0), (1000.0, -200.0, 0.0)],
)
def test_percentage_is_told_where_there_was_something_to_compare_with(
    average: float | None, measured: float, percent: float | None
) -> None:
    goal = PremiseGoal(average, 90.0, total=2 * measured, samples=2)
    told = {} if percent is None else {"load_adjustment": percent}
    assert applied_to_premise(TEN_PERCENT, goal) == pytest.approx(told)
