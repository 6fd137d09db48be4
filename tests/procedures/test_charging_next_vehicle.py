"""What is counted as one vehicle follows another: whose it is, whichever of counter and plug is told first (UR-EV)."""

from datetime import timedelta

import pytest

from custom_components.utility_han.procedures.charging.point import ChargingPoint
from tests.procedures.test_charging_late_counter import asked_and_late, energies, tell, visit
from tests.procedures.test_charging_sessions import KW_11, MINUTE, POWER, Charger

pytestmark = pytest.mark.use_case("UR-EV")

SECONDS = timedelta(seconds=1)


def after_one(*, minutes: float) -> Charger:
    """Return a charger that one vehicle has left so long ago; its session is closed."""
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(int(minutes))
    return charger


@pytest.mark.parametrize("minutes", [5, 30, 55, 90])
@pytest.mark.parametrize("lead", [1, 3])
def test_counter_that_is_told_before_the_plug_is_of_the_vehicle_that_came(minutes: int, lead: int) -> None:
    charger = after_one(minutes=minutes)
    charger.wait(lead, KW_11)
    charger.plug()
    charger.wait(7, KW_11)
    second = charger.unplug()
    assert charger.point.closed == [second]
    assert energies(second) == [round((lead + 7) * KW_11, 1)]


@pytest.mark.parametrize("minutes", [5, 30])
def test_counter_that_is_told_in_the_moment_of_the_plug_is_of_the_vehicle_that_came(minutes: int) -> None:
    charger = after_one(minutes=minutes)
    charger.at += MINUTE
    charger.plug()
    tell(charger, KW_11, after=timedelta(0))
    charger.wait(7, KW_11)
    second = charger.unplug()
    assert charger.point.closed == [second]
    assert energies(second) == [round(8 * KW_11, 1)]


def test_rest_of_a_session_that_the_next_look_at_the_counter_shows_is_of_the_vehicle_that_left() -> None:
    """Its plug is told at once, its counter each minute; another vehicle comes ten minutes later."""
    charger = Charger()
    visit(charger, KW_11)
    charger.at += 30 * SECONDS
    charger.point.settle(charger.at)
    tell(charger, KW_11 / 2, after=30 * SECONDS)
    charger.wait(10)
    charger.plug()
    charger.wait(7, KW_11)
    second = charger.unplug()
    late = [each for each in charger.point.closed if each.late_of]
    assert energies(second, *late) == [round(7 * KW_11, 1), round(KW_11 / 2, 1)]


def test_what_was_charged_while_nobody_looked_is_of_the_vehicle_that_is_there_then() -> None:
    charger = after_one(minutes=1)
    charger.wait(120, KW_11, read=False)
    charger.restart()
    charger.at += SECONDS
    charger.point.read_counter(charger.at, charger.counter)
    charger.plug()
    charger.wait(7, KW_11)
    second = charger.unplug()
    assert charger.point.closed == [second]
    assert energies(second) == [round(127 * KW_11, 1)]


def test_what_waits_for_its_plug_waits_on_over_a_restart() -> None:
    charger = after_one(minutes=30)
    tell(charger, KW_11)
    charger.point = ChargingPoint.from_dict(charger.point.to_dict(), POWER)
    charger.point.read_counter(charger.at, charger.counter)
    charger.plug(plugged=False)
    assert asked_and_late(charger) == ([], [])
    charger.wait(16)
    assert asked_and_late(charger) == ([], [round(KW_11, 1)])


def test_what_no_vehicle_is_told_of_for_is_late_of_the_one_that_left() -> None:
    charger = after_one(minutes=30)
    tell(charger, KW_11)
    charger.wait(13)
    assert asked_and_late(charger) == ([], [])
    charger.wait(3)
    charger.plug()
    charger.wait(7, KW_11)
    assert energies(charger.unplug()) == [round(7 * KW_11, 1)]
    assert [round(each.energy, 1) for each in charger.point.closed if each.late_of] == [round(KW_11, 1)]


def test_what_waits_for_its_plug_as_the_charger_is_left_is_late_of_the_vehicle_that_left() -> None:
    charger = after_one(minutes=30)
    tell(charger, KW_11)
    charger.point.give_up(charger.at + SECONDS)
    (late,) = charger.point.closed
    assert (late.late_of is not None, energies(late)) == (True, [round(KW_11, 1)])


def test_what_is_late_as_the_charger_is_left_in_use_takes_a_moment_of_its_own() -> None:
    charger = Charger()
    visit(charger, KW_11)
    charger.at += 30 * SECONDS
    charger.point.settle(charger.at)
    charger.point.closed.clear()
    tell(charger, KW_11 / 2, after=30 * SECONDS)
    charger.plug()
    charger.wait(7, KW_11)
    charger.point.give_up(charger.at)
    second, late = charger.point.closed
    assert late.late_of is not None
    assert energies(second, late) == [round(7 * KW_11, 1), round(KW_11 / 2, 1)]
    assert late.ended_at is not None
    assert second.ended_at is not None
    assert second.ended_at <= late.started_at < late.ended_at <= charger.at
