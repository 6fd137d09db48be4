"""A charger that tells its plug later than its counter has one session, also where the home is loaded anew between."""

from datetime import timedelta

import pytest

from custom_components.utility_han.procedures.charging.limits import LATE_PLUG
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from tests.procedures.test_charging_sessions import KW_11, MINUTE, POWER, Charger

pytestmark = pytest.mark.use_case("UR-EV")


def loaded_anew(charger: Charger, *, after: timedelta = timedelta(seconds=5), wh_a_minute: float = KW_11) -> None:
    """Have the home loaded anew, as it is when a vehicle is bound again; its plug is not told yet."""
    kept = charger.point.to_dict()
    charger.at += after
    charger.counter += wh_a_minute * (after / MINUTE)
    charger.point = ChargingPoint.from_dict(kept, POWER)
    charger.point.read_counter(charger.at, charger.counter)
    charger.plug(plugged=False)


@pytest.mark.parametrize("minutes", [0.2, 5])
def test_plug_that_is_told_after_the_home_was_loaded_anew(minutes: float) -> None:
    charger = Charger()
    charger.wait(30)
    before, seconds = charger.counter, timedelta(minutes=minutes)
    charger.at += seconds
    charger.counter += KW_11 * minutes
    charger.point.read_counter(charger.at, charger.counter)
    charger.plug(plugged=False)
    loaded_anew(charger)
    assert charger.point.current is None
    charger.plug()
    charger.wait(20, KW_11)
    session = charger.unplug()
    assert charger.point.closed == [session]
    assert session.energy == pytest.approx(charger.counter - before)
    assert not session.oddities


def test_nothing_of_a_session_is_of_the_time_before_a_vehicle_was_bound_again() -> None:
    charger = Charger()
    charger.wait(30)
    charger.at += MINUTE / 2
    bound_at = charger.at
    loaded_anew(charger, wh_a_minute=0)
    charger.at += MINUTE / 3
    charger.counter += KW_11 / 3
    charger.point.read_counter(charger.at, charger.counter)
    charger.plug()  # a moment later than the counter
    charger.wait(20, KW_11)
    session = charger.unplug()
    assert session.started_at >= bound_at
    assert session.energy == pytest.approx(KW_11 * (20 + 1 / 3))


def test_what_nobody_plugged_in_for_is_asked_about_all_the_same() -> None:
    charger = Charger()
    charger.wait(30)
    loaded_anew(charger, after=timedelta(minutes=4))
    charger.at += LATE_PLUG
    charger.point.settle(charger.at)
    (asked,) = charger.point.closed
    assert asked.doubted
    assert asked.energy == pytest.approx(4 * KW_11)


def test_vehicle_that_came_and_left_while_nobody_looked_for_long_has_its_session() -> None:
    charger = Charger()
    charger.wait(30)
    loaded_anew(charger, after=timedelta(minutes=20))
    session = charger.settle()
    assert session.energy == pytest.approx(20 * KW_11)
    assert session.estimated
