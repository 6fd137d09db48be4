"""A counter that tells late what a vehicle took: whose it is, and how long it is waited for (UR-EV)."""

from datetime import timedelta

import pytest

from custom_components.utility_han.procedures.charging.meter import Oddity
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from custom_components.utility_han.procedures.charging.session import MeasuredSession
from tests.procedures.test_charging_sessions import KW_11, MINUTE, POWER, Charger

pytestmark = pytest.mark.use_case("UR-EV")

TEN_MINUTES = 10 * KW_11
MOST_OF_TEN_MINUTES = 2 * TEN_MINUTES + 1000
"""Wh: no charger is believed to give more in that time."""


def tell(charger: Charger, energy: float, *, after: timedelta = MINUTE) -> None:
    """Have the counter tell so much, Wh, at once."""
    charger.at += after
    charger.counter += energy
    charger.point.read_counter(charger.at, charger.counter)


def visit(charger: Charger, wh_a_minute: float = 0.0, *, minutes: int = 10) -> MeasuredSession:
    """Have a vehicle come, and leave; its session is not closed yet."""
    charger.plug()
    charger.wait(minutes, wh_a_minute)
    charger.plug(plugged=False)
    return charger.point.ending[-1]


def waited_for(charger: Charger) -> timedelta:
    """Return how long after a vehicle left its session is kept open."""
    due, left = charger.point.settles_at, charger.point.ending[0].ended_at
    assert due is not None
    assert left is not None
    return due - left


def asked_and_late(charger: Charger) -> tuple[list[float], list[float]]:
    """Settle, and return the energies that a person is asked about, and those that came late of a session, rounded."""
    charger.point.settle(charger.at)
    closed, charger.point.closed = charger.point.closed, []
    asked = [round(each.energy, 1) for each in closed if each.doubted]
    return asked, [round(each.energy, 1) for each in closed if each.late_of]


def energies(*sessions: MeasuredSession) -> list[float]:
    return [round(each.energy, 1) for each in sessions]


# How long it is waited for


def test_counter_that_told_each_minute_is_waited_for_seconds() -> None:
    charger = Charger()
    visit(charger, KW_11)
    assert waited_for(charger) == timedelta(seconds=20)


@pytest.mark.parametrize(("every", "waited"), [(2, timedelta(seconds=20)), (10, timedelta(minutes=20))])
def test_counter_that_told_every_so_often_is_waited_for_as_long_and_half_as_long_again(
    every: int, waited: timedelta
) -> None:
    charger = Charger()
    charger.plug()
    for _ in range(3):
        tell(charger, every * KW_11, after=every * MINUTE)
    charger.plug(plugged=False)
    assert waited_for(charger) == waited


def test_counter_that_is_told_once_a_day_is_waited_for_no_longer_than_that() -> None:
    charger = Charger()
    charger.plug()
    for _ in range(2):
        tell(charger, 20_000, after=timedelta(hours=20))
    charger.plug(plugged=False)
    assert waited_for(charger) == timedelta(hours=24)


def test_counter_that_told_nothing_of_this_vehicle_is_waited_for_a_day() -> None:
    charger = Charger()
    charger.plug()
    for _ in range(3):
        tell(charger, TEN_MINUTES, after=10 * MINUTE)
    charger.plug(plugged=False)
    charger.settle()
    charger.wait(60)
    visit(charger)
    assert waited_for(charger) == timedelta(hours=24)


def test_counter_that_has_jumped_is_waited_for_a_day() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(10, KW_11)
    tell(charger, 500_000)
    charger.plug(plugged=False)
    assert waited_for(charger) == timedelta(hours=24)


def test_no_more_than_twenty_vehicles_are_waited_for_at_once() -> None:
    charger = Charger()
    for _ in range(21):
        visit(charger, minutes=2)
    assert len(charger.point.ending) == 20
    assert len(charger.point.closed) == 1
    charger.point.closed.clear()
    tell(charger, 210)
    sessions = list(charger.point.ending)
    assert sum(each.energy for each in sessions) + sum(asked_and_late(charger)[1]) == pytest.approx(210)


def test_power_alone_has_nothing_to_tell_afterwards() -> None:
    charger = Charger()
    charger.point = ChargingPoint(type(charger.point.meter)(POWER))
    charger.point.set_plugged(charger.at, plugged=True)
    for _ in range(10):
        charger.at += MINUTE
        charger.point.read_power(charger.at, POWER)
    charger.point.set_plugged(charger.at, plugged=False)
    assert waited_for(charger) == timedelta(seconds=20)


def test_slow_counter_that_has_told_after_the_vehicle_left_is_waited_for_seconds_more() -> None:
    charger = Charger()
    charger.plug()
    for _ in range(3):
        tell(charger, TEN_MINUTES, after=10 * MINUTE)
    charger.plug(plugged=False)
    tell(charger, 300, after=3 * MINUTE)
    assert waited_for(charger) == timedelta(minutes=3, seconds=20)
    assert charger.point.ending[0].energy == pytest.approx(3 * TEN_MINUTES + 300)


# Whose it is


def test_what_comes_within_an_hour_of_the_end_is_still_of_that_session() -> None:
    charger = Charger()
    visit(charger, KW_11)
    session = charger.settle()
    charger.point.closed.clear()
    charger.wait(30)
    tell(charger, 500)
    charger.wait(16)
    charger.point.settle(charger.at)
    (late,) = charger.point.closed
    assert late.late_of == session.id
    assert late.energy == pytest.approx(500)
    assert not late.doubted
    assert session.ended_at is not None
    assert late.started_at >= session.ended_at


def test_what_comes_later_than_that_is_asked_about() -> None:
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(60)
    tell(charger, 180)
    charger.wait(16)
    assert asked_and_late(charger) == ([180], [])


def test_what_cannot_have_flowed_since_the_last_look_is_of_before_whenever_it_comes() -> None:
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(90)
    tell(charger, 500)
    charger.wait(16)
    assert asked_and_late(charger) == ([], [500])


def test_counter_of_long_pauses_is_heard_for_two_of_them() -> None:
    """What was told every 50 minutes may be of the last session for 100."""
    charger = Charger()
    charger.plug()
    for _ in range(3):
        charger.wait(49)
        tell(charger, 50 * KW_11)
    charger.plug(plugged=False)
    left = charger.at
    tell(charger, 300)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(95)
    assert charger.at - left > timedelta(hours=1)
    tell(charger, 500)
    charger.wait(16)
    assert asked_and_late(charger) == ([], [500])
    tell(charger, 500)
    charger.wait(16)
    assert asked_and_late(charger) == ([500], [])


def test_no_more_comes_late_of_a_session_than_can_have_been_charged() -> None:
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    room = MOST_OF_TEN_MINUTES - TEN_MINUTES
    charger.wait(20)
    tell(charger, room - 600)
    tell(charger, 500)
    tell(charger, 500)
    charger.wait(16)
    asked, late = asked_and_late(charger)
    assert late == [round(room, 1)]
    assert asked == pytest.approx([400])


def test_what_is_told_at_once_of_two_vehicles_is_of_both_as_long_as_they_were_there() -> None:
    charger = Charger()
    first = visit(charger, minutes=5)
    charger.wait(5)
    second = visit(charger, minutes=10)
    tell(charger, 1500)
    assert energies(first, second) == [500, 1000]
    assert not first.unbroken
    assert second.marks[0].total == pytest.approx(first.marks[-1].total)
    assert first.ended_at is not None
    assert first.marks[-1].at <= first.ended_at


def test_what_goes_on_being_told_is_of_the_last_vehicle_then_of_the_one_before_and_then_asked_about() -> None:
    charger = Charger()
    first = visit(charger)
    charger.wait(5)
    second = visit(charger)
    tell(charger, 200)
    assert energies(first, second) == [100, 100]
    for _ in range(4):
        tell(charger, 1000)
    assert energies(first, second) == [100, 4100]
    for _ in range(6):
        tell(charger, 1000)
    assert energies(first, second) == [round(MOST_OF_TEN_MINUTES, 1), round(MOST_OF_TEN_MINUTES, 1)]
    assert second.marks[0].total == pytest.approx(first.marks[-1].total)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(16)
    assert asked_and_late(charger) == ([round(10_200 - 2 * MOST_OF_TEN_MINUTES, 1)], [])


def test_a_vehicle_that_is_there_takes_what_it_can_before_those_that_have_left() -> None:
    charger = Charger()
    first = visit(charger)
    charger.plug()
    charger.wait(5)
    charger.at += MINUTE
    tell(charger, 6 * KW_11, after=timedelta(0))
    assert charger.point.session is not None
    assert charger.point.session.energy + first.energy == pytest.approx(6 * KW_11)
    assert charger.point.session.energy > 0


def test_no_more_is_of_a_session_than_it_had_time_for_however_old_it_may_be() -> None:
    """Nothing was told for an hour, so that all of it can be older than the end: ten minutes are no hour."""
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(60)
    tell(charger, 20_000)
    charger.wait(16)
    asked, late = asked_and_late(charger)
    assert late == [round(MOST_OF_TEN_MINUTES - TEN_MINUTES, 1)]
    assert asked == [20_000 - late[0]]


def test_what_is_told_late_is_not_used_by_the_charger_itself() -> None:
    charger = Charger()
    visit(charger)
    tell(charger, 800)
    session = charger.settle()
    assert session.energy == pytest.approx(800)
    charger.point.closed.clear()
    charger.wait(30)
    assert asked_and_late(charger) == ([], [])


def test_what_is_counted_with_nothing_plugged_in_is_asked_about_once_the_plug_had_its_time() -> None:
    charger = Charger()
    charger.wait(10)
    tell(charger, 400)
    charger.wait(14)
    assert asked_and_late(charger) == ([], [])
    charger.wait(1)
    asked, _late = asked_and_late(charger)
    assert asked == pytest.approx([400])
    charger.wait(30)
    assert asked_and_late(charger) == ([], [])


def test_what_a_charger_uses_itself_is_late_of_no_session() -> None:
    """5 W, by a counter of whole watt-hours."""
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    for _ in range(20):
        charger.wait(11)
        tell(charger, 1)
        assert asked_and_late(charger) == ([], [])


def test_what_a_charger_uses_itself_is_asked_of_nobody() -> None:
    """4 W for ten hours, and less than a session besides."""
    charger = Charger()
    charger.wait(600, 4 / 60)
    tell(charger, 100)
    charger.wait(16)
    assert asked_and_late(charger) == ([], [])
    tell(charger, 30)
    charger.wait(16)
    assert asked_and_late(charger)[0] == pytest.approx([130])


def test_counter_that_jumped_while_nobody_was_there_is_asked_about_after_a_day() -> None:
    charger = Charger()
    charger.wait(10)
    tell(charger, 500_000)
    charger.wait(23 * 60)
    assert asked_and_late(charger) == ([], [])
    charger.wait(60)
    asked, _late = asked_and_late(charger)
    assert asked == pytest.approx([500_000])
    charger.wait(60, KW_11)
    assert charger.point.meter.doubted == 0


def test_a_vehicle_that_came_and_left_at_once_has_a_session_of_some_time() -> None:
    charger = Charger()
    charger.plug()
    charger.plug(plugged=False)
    tell(charger, 200)
    session = charger.settle()
    assert session.energy == pytest.approx(200)
    assert Oddity.GAP in session.oddities
    assert session.ended_at is not None
    assert session.ended_at > session.started_at


@pytest.mark.parametrize(("minutes", "asked"), [(4, True), (6, False)])
def test_plug_that_nobody_told_of_for_long_may_have_been_in(minutes: int, *, asked: bool) -> None:
    """Of what was counted meanwhile a vehicle may have left: it is asked about where the plug was known."""
    charger = Charger()
    charger.wait(10)
    charger.point.set_plugged(charger.at, None)
    charger.wait(minutes, KW_11)
    charger.plug(plugged=False)
    if asked:
        assert charger.point.current is None
        charger.wait(16)
        assert asked_and_late(charger)[0] == [round(minutes * KW_11, 1)]
    else:
        session = charger.settle()
        assert session.energy == pytest.approx(minutes * KW_11)
        assert Oddity.GAP in session.oddities


# What is between


def test_second_vehicle_whose_meter_is_quicker_than_its_plug_has_its_own_charging_alone() -> None:
    charger = Charger()
    visit(charger, KW_11)
    charger.settle()
    charger.point.closed.clear()
    charger.wait(120)
    begun = charger.at
    charger.wait(3, KW_11)
    charger.plug()
    charger.wait(7, KW_11)
    second = charger.unplug()
    assert energies(second) == [round(TEN_MINUTES, 1)]
    assert second.started_at == begun
    assert not second.oddities


def test_what_a_counter_began_anew_with_is_of_the_vehicle_that_then_left() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(5, KW_11)
    charger.counter = 150.0
    tell(charger, 0)
    charger.plug(plugged=False)
    session = charger.settle()
    assert energies(session) == [round(5 * KW_11 + 150, 1)]
    assert session.energy == pytest.approx(charger.point.meter.total)
    assert Oddity.COUNTER_RESET in session.oddities


def test_what_a_counter_began_anew_with_is_asked_about_where_nobody_was_there() -> None:
    charger = Charger()
    charger.wait(5)
    charger.counter = 400.0
    tell(charger, 0)
    charger.wait(30)
    tell(charger, 1)
    charger.wait(16)
    asked, _late = asked_and_late(charger)
    assert asked == [401]


def test_clock_that_was_put_back_takes_no_time_from_the_next_vehicle() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(10, KW_11)
    charger.at -= timedelta(hours=2)
    charger.wait(10, KW_11)
    charger.unplug()
    charger.point.closed.clear()
    charger.wait(5)
    charger.plug()
    charger.wait(59)
    tell(charger, 60 * KW_11)
    second = charger.unplug()
    assert energies(second) == [round(60 * KW_11, 1)]
    assert not second.oddities
