"""A machine's clock may be set to any time: no watt-hour is lost for it, and none waits for the clock (UR-EV)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from custom_components.utility_han.procedures.charging.meter import EnergyMeter
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from custom_components.utility_han.procedures.charging.session import MeasuredSession

pytestmark = pytest.mark.use_case("UR-EV")

NOON = datetime(2026, 6, 3, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
POWER = 11_000
TEN_DAYS = timedelta(days=10)
HABITS = pytest.mark.parametrize("every", [1, 60, 20 * 60], ids=["quick", "hourly", "once a session"])
STEPS = pytest.mark.parametrize(
    "step", [-timedelta(minutes=3), -timedelta(hours=2), -timedelta(days=3), -TEN_DAYS], ids=str
)


class Watched:
    """A charger that is looked at every minute, whose counter is told now and then."""

    def __init__(self, every: int = 1) -> None:
        self.every, self.minute, self.at = every, 0, NOON
        self.counter = self.shown = 1_000_000.0
        self.plugged = False
        self.point = ChargingPoint(EnergyMeter(POWER))
        self.closed: list[MeasuredSession] = []
        self.look()

    def look(self) -> None:
        self.point.read_counter(self.at, self.shown)
        self.point.set_plugged(self.at, self.plugged)
        self.point.settle(self.at)
        self.closed += self.point.closed
        self.point.closed = []

    def wait(self, minutes: int, power: float = 0.0, *, looked_at: bool = True) -> None:
        for _ in range(minutes):
            self.at += MINUTE
            self.minute += 1
            self.counter += power / 60
            if self.minute % self.every == 0:
                self.shown = self.counter
            if looked_at:
                self.look()

    def plug(self, *, plugged: bool = True) -> None:
        self.plugged = plugged
        self.look()

    def charge(self, minutes: int) -> None:
        self.plug()
        self.wait(minutes, POWER)
        self.plug(plugged=False)

    def set_clock(self, by: timedelta) -> None:
        self.at += by

    def restart(self) -> None:
        self.point = ChargingPoint.from_dict(self.point.to_dict(), POWER)

    @property
    def energies(self) -> list[int]:
        """Wh of each session that is closed; they do not overlap."""
        times = [(each.started_at, each.ended_at) for each in self.closed]
        assert all(end is not None and start < end for start, end in times)
        assert all(end is not None and end <= start for (_, end), (start, _) in pairwise(times))
        return [round(each.energy) for each in self.closed]


@HABITS
@STEPS
def test_vehicle_that_comes_after_the_clock_was_put_back_has_a_session_of_its_own(every: int, step: timedelta) -> None:
    home = Watched(every)
    home.charge(120)
    home.wait(24 * 60)
    home.set_clock(step)
    home.charge(180)
    home.wait(2 * 24 * 60)
    assert home.energies == [22_000, 33_000]
    assert all(each.late_of is None and not each.doubted for each in home.closed)


@HABITS
@STEPS
def test_session_in_which_the_clock_is_put_back_is_one_and_takes_as_long_as_it_took(
    every: int, step: timedelta
) -> None:
    home = Watched(every)
    home.plug()
    home.wait(120, POWER)
    home.set_clock(step)
    home.wait(180, POWER)
    home.plug(plugged=False)
    home.wait(2 * 24 * 60)
    assert home.energies == [55_000]
    (session,) = home.closed
    assert session.ended_at is not None
    assert timedelta(minutes=290) < session.ended_at - session.started_at < timedelta(minutes=310)


@STEPS
def test_what_is_asked_about_is_asked_about_whatever_the_clock_says(step: timedelta) -> None:
    home = Watched()
    home.charge(60)
    home.wait(180)
    home.set_clock(step)
    home.wait(5, POWER)  # nothing is plugged in; the first of it may have come late of the session before
    home.wait(60)
    assert home.energies == [11_000, 183, 733]
    assert home.closed[-1].doubted


@STEPS
def test_clock_that_is_another_one_after_a_restart_loses_nothing(step: timedelta) -> None:
    home = Watched(60)
    home.plug()
    home.wait(120, POWER)
    home.restart()
    home.wait(60, POWER, looked_at=False)
    home.set_clock(step)
    home.wait(120, POWER)
    home.plug(plugged=False)
    home.wait(2 * 24 * 60)
    assert home.energies == [55_000]


def test_session_begins_by_the_clock_again_once_nothing_is_torn_apart() -> None:
    home = Watched()
    home.set_clock(TEN_DAYS)
    home.wait(60)
    home.set_clock(-TEN_DAYS)
    home.wait(60)
    begun = home.at
    home.charge(60)
    home.wait(60)
    assert home.energies == [11_000]
    assert (home.closed[0].started_at, home.closed[0].ended_at) == (begun, begun + timedelta(hours=1))


@STEPS
def test_clock_that_is_put_back_and_right_again_leaves_a_session_its_time(step: timedelta) -> None:
    home = Watched()
    begun = home.at
    home.plug()
    home.wait(30, POWER)
    home.set_clock(step)
    home.wait(30, POWER)
    home.set_clock(-step)
    home.wait(30, POWER)
    home.plug(plugged=False)
    home.wait(60)
    assert home.energies == [16_500]
    (session,) = home.closed
    assert session.started_at == begun
    assert session.ended_at is not None
    # What is no longer than a pause between two looks may have been one.
    assert abs(session.ended_at - begun - 90 * MINUTE) <= (-step if -step < 5 * MINUTE else MINUTE)


def test_what_a_charger_may_use_itself_is_no_more_for_a_clock_that_is_put_forward() -> None:
    home = Watched()
    home.wait(1, 40_000)  # the meter is quicker than the plug
    home.set_clock(TEN_DAYS)
    home.wait(1)
    home.charge(60)
    home.wait(60)
    assert sum(home.energies) == 11_667


def test_power_is_not_charged_for_the_time_that_a_clock_leaps() -> None:
    point = ChargingPoint(EnergyMeter(POWER))
    point.read_power(NOON, POWER)
    point.set_plugged(NOON, plugged=True)
    point.read_power(NOON + MINUTE, POWER)
    point.read_power(NOON + TEN_DAYS, POWER)
    point.read_power(NOON + TEN_DAYS + MINUTE, 0)
    assert point.meter.total == pytest.approx(2 * POWER / 60)


def test_plug_that_is_pulled_in_the_moment_in_which_it_was_put_in_makes_sessions_that_do_not_overlap() -> None:
    home = Watched(60)
    home.plug()
    home.plug(plugged=False)
    home.plug()
    home.wait(30, POWER)
    home.plug(plugged=False)
    home.wait(2 * 24 * 60)
    assert sum(home.energies) == 5_500


def test_counter_of_each_session_that_is_late_is_no_old_one_that_is_back() -> None:
    """It shows in the time of one session what was charged before, and passes what it showed in the last."""
    home = Watched()
    home.shown = home.counter = 0.0
    home.look()
    home.charge(14)
    home.wait(60)
    home.shown = home.counter = 0.0
    home.plug()
    home.wait(10)
    for minutes, shown in ((17, 723.0), (46, 4_883.0)):
        home.shown = home.counter = shown
        home.look()
        home.wait(minutes)
        home.plug(plugged=False)
    home.wait(24 * 60)
    assert sum(home.energies) == round(14 * POWER / 60) + 4_883


def test_what_an_older_version_kept_before_and_after_the_clock_was_put_back_goes_on() -> None:
    home = Watched()
    home.charge(60)
    kept = home.point.to_dict()
    del kept["clock"]
    home.point = ChargingPoint.from_dict(kept, POWER)
    home.set_clock(-TEN_DAYS)
    home.wait(60)
    home.charge(60)
    home.wait(60)
    assert home.energies == [11_000, 11_000]


def test_vehicle_that_is_there_in_a_power_cut_has_what_was_charged_meanwhile_however_little_time_the_clock_says() -> (
    None
):
    """A machine without a clock of its own goes on from when its power failed: the vehicle before took none of it."""
    home = Watched()
    home.charge(60)
    home.wait(60)
    home.plug()
    stopped = home.at
    home.wait(120, POWER, looked_at=False)
    home.at = stopped
    home.restart()
    home.look()
    home.wait(30)
    home.plug(plugged=False)
    home.wait(60)
    assert home.energies == [11_000, 22_000]
    assert all(each.late_of is None for each in home.closed)
