"""What a control asks for, up to the last value that has a meaning and no further (sep.xsd; OpenADR 3.1.1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlStatus, LoadControl, ReductionUnit, TargetReduction
from custom_components.utility_han.procedures.load_control.record import Refusal
from custom_components.utility_han.procedures.load_control.validity import (
    asked,
    asks_nothing,
    parameter_refusal,
    threshold_watts,
)

pytestmark = pytest.mark.use_case("UR-P")

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
CUBIC_METERS = 3
"""UnitType (sep.xsd) of a TargetReduction that is not about electricity."""


def control(**more: Any) -> LoadControl:
    """A control of half an hour that asks for nothing."""
    given: dict[str, Any] = {
        "id": "A1" * 16,
        "program": "/dr/1",
        "primacy": 2,
        "device_category": 1 << 3,
        "created": NOW,
        "start": NOW,
        "duration": HOUR / 2,
        "status": ControlStatus.SCHEDULED,
        "mandatory": False,
    }
    return LoadControl(**given | more)


def refusal(answers: set[str] | None = None, /, *, forward: Any = True, beyond: Any = (), **more: Any) -> Any:
    """Return what is wrong with a control that asks for half the time, or what else is said."""
    asks = more if any(name in more for name in _ASKING) else {"duty_cycle": 50} | more
    return parameter_refusal(control(**asks), NOW, answers, forward=forward, beyond=beyond)


_ASKING = {
    "duty_cycle", "load_adjustment", "level", "level_offset", "target_reduction", "charge_state", "charge_energy",
    "cooling_offset", "heating_offset", "cooling_setpoint", "heating_setpoint", "appliance_load_reduction",
}  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "value", "watts"),
    [
        (ReductionUnit.WATTS, 1500, 1500.0),
        (ReductionUnit.KILOWATTS, 3, 3000.0),
        (ReductionUnit.KILOWATT_HOURS, 1, 2000.0),  # over half an hour
        (CUBIC_METERS, 3, None),
    ],
)
def test_target_reduction_is_a_threshold_in_watts(unit: Any, value: int, watts: float | None) -> None:
    reduced = control(target_reduction=TargetReduction(unit, value))
    assert threshold_watts(reduced) == watts
    assert asked(reduced) == ({} if watts is None else {"target_reduction": watts})


def test_target_reduction_without_a_duration_or_a_value_is_no_threshold() -> None:
    assert (
        threshold_watts(control(target_reduction=TargetReduction(ReductionUnit.WATTS, 5), duration=timedelta(0)))
        is None
    )
    assert threshold_watts(control()) is None
    assert asked(control()) == {}


@pytest.mark.parametrize(
    ("asks", "nothing"),
    [
        ({}, False),
        ({"level": 0}, True),
        ({"level": 1}, False),
        ({"level": 0, "duty_cycle": 50}, False),
        ({"duty_cycle": 100}, True),
        ({"load_adjustment": 100}, True),
        ({"duty_cycle": 100, "load_adjustment": 100}, True),
        ({"duty_cycle": 100, "load_adjustment": 99}, False),
        ({"duty_cycle": 99}, False),
        ({"duty_cycle": 100, "cooling_offset": 1.0}, False),
    ],
)
def test_what_leaves_a_device_as_it_is_asks_nothing(asks: dict[str, Any], nothing: bool) -> None:
    assert asks_nothing(control(**asks)) is nothing


@pytest.mark.parametrize(
    ("name", "lowest", "highest", "step", "wrong"),
    [
        ("duty_cycle", 0, 100, 1, Refusal.DUTY_CYCLE),
        ("load_adjustment", 0, 200, 1, Refusal.LOAD_ADJUSTMENT),
        ("cooling_offset", -25.5, 25.5, 0.1, Refusal.OFFSET),
        ("heating_offset", -25.5, 25.5, 0.1, Refusal.OFFSET),
        ("cooling_setpoint", -273.15, 327.67, 0.01, Refusal.SETPOINT),
        ("heating_setpoint", -273.15, 327.67, 0.01, Refusal.SETPOINT),
        ("level", 0, 3, 1, Refusal.UNSUPPORTED),
        ("level_offset", -10, 10, 1, Refusal.UNSUPPORTED),
    ],
)
def test_values_have_a_meaning_up_to_their_last(
    name: str, lowest: float, highest: float, step: float, wrong: Refusal
) -> None:
    known = {"level", "level_offset"}
    assert refusal(beyond=known, **{name: lowest}) is None
    assert refusal(beyond=known, **{name: highest}) is None
    assert refusal(beyond=known, **{name: lowest - step}) is wrong
    assert refusal(beyond=known, **{name: highest + step}) is wrong


def test_times_have_a_meaning_up_to_their_last() -> None:
    assert refusal(duration=24 * HOUR) is None
    assert refusal(duration=24 * HOUR + SECOND) is Refusal.DURATION
    assert refusal(duration=SECOND) is None
    assert refusal(duration=timedelta(0)) is Refusal.DURATION
    assert refusal(start=NOW + timedelta(days=366)) is None
    assert refusal(start=NOW + timedelta(days=366) + SECOND) is Refusal.START
    for name in ("randomize_start", "randomize_duration"):
        for most in (HOUR, -HOUR):
            assert refusal(**{name: most}) is None
            assert refusal(**{name: most * 3601 / 3600}) is Refusal.RANDOMIZATION


def test_more_is_used_only_by_what_can() -> None:
    asking: tuple[dict[str, Any], ...] = ({"duty_cycle": 50, "shift_forward": True}, {"load_adjustment": 101})
    for more in asking:
        assert refusal(forward=False, **more) is Refusal.UNSUPPORTED
        assert refusal(forward=True, **more) is None
    assert parameter_refusal(control(load_adjustment=101), NOW, None) is None  # unless it is said, it can
    assert refusal(forward=False, load_adjustment=99) is None
    assert refusal(forward=False, load_adjustment=100, duty_cycle=99) is None
    assert refusal(forward=False, load_adjustment=100) is None  # that is nothing more


def test_device_answers_to_what_it_can() -> None:
    assert refusal({"duty_cycle"}, duty_cycle=50, cooling_offset=1.0) is None
    assert refusal({"cooling_offset"}, duty_cycle=50) is Refusal.UNSUPPORTED
    assert refusal(set(), duty_cycle=50) is Refusal.UNSUPPORTED
    assert refusal(set(), duty_cycle=100) is None  # a test signal asks nothing of it
    assert refusal({"duty_cycle"}, target_reduction=TargetReduction(CUBIC_METERS, 3)) is Refusal.UNSUPPORTED
    assert refusal(target_reduction=TargetReduction(CUBIC_METERS, 3)) is Refusal.UNSUPPORTED
    assert refusal(target_reduction=TargetReduction(ReductionUnit.WATTS, 3)) is None
    assert parameter_refusal(control(), NOW, None) is None


def test_level_and_charge_are_answered_where_more_is_known() -> None:
    assert refusal(level=1) is Refusal.LEVEL_NOT_SET
    assert refusal(level_offset=4) is Refusal.LEVEL_NOT_SET
    assert refusal(charge_state=80.0) is Refusal.CHARGE_STATE
    assert refusal(charge_energy=20.0) is Refusal.CHARGE_STATE
    assert refusal(beyond={"level"}, level=1) is None
    assert refusal(beyond={"charge_state"}, charge_state=80.0) is None
    assert refusal({"duty_cycle"}, duty_cycle=50, level=1) is None  # the rest of it can be done
    assert refusal({"cooling_offset"}, duty_cycle=50, level=1) is Refusal.UNSUPPORTED
