"""A home whose charger is watched, and what happens to it: for hypothesis, which lets it happen in any order."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.ledger import Ledger
from custom_components.utility_han.procedures.charging.meter import EnergyMeter, Oddity
from custom_components.utility_han.procedures.charging.open_sessions import STANDBY_W, UNSEEN_WH
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from tests.helpers.field_charger import POWER, FieldCharger

START = datetime(2026, 10, 30, tzinfo=UTC)  # two days before the clocks change in Denver
CARS = ("family", "second")
_WEEKS = 3 * 7 * 24 * 3600
_CLOCK = st.one_of(st.integers(-90, 90), st.integers(-3600, 3600), st.integers(-_WEEKS, _WEEKS))
_MINUTE = timedelta(minutes=1)
_UNLIKE = 37.0
"""W by which each charging differs from the one before."""


class ChargingLife(RuleBasedStateMachine):
    """Two vehicles in turn, a charger of any habit, a home that is killed, a clock that is set to any time."""

    alive = False
    changed_unseen = False
    """Whether a vehicle came or left while nobody looked."""
    anything = False
    """Whether also that happens of which nobody can know what is true."""
    saved: dict[str, Any]

    @property
    def lives(self) -> bool:
        """Whether it was moved into."""
        return hasattr(self, "saved")

    @initialize(
        every=st.one_of(st.integers(1, 120), st.integers(120, 24 * 3600)),
        late=st.integers(0, 900),
        each_session=st.booleans(),
    )
    def move_in(self, every: int, late: int, *, each_session: bool) -> None:
        self.charger = FieldCharger(START, timedelta(seconds=every), timedelta(seconds=late), each_session)
        self.clock_went_back = self.disturbed = self.killed = False
        self.skew = timedelta(0)
        self.unwatched = timedelta(0)
        """How long nobody looked, by the clock."""
        self.kills = self.charges = 0
        self.point = ChargingPoint(EnergyMeter(POWER))
        self.ledger = Ledger()
        self.alive = True
        self.settled_in()
        self.look()
        self.keep()

    def settled_in(self) -> None:
        """Do what is to be done before the charger is looked at for the first time."""

    @property
    def at(self) -> datetime:
        """What the home's clock says."""
        return self.charger.at + self.skew

    def keep(self) -> None:
        """Write everything to disk."""
        self.saved = {"at": self.at, "point": self.point.to_dict(), "ledger": self.ledger.to_list()}

    def looked(self) -> None:
        """Do what is to be done once the plug was looked at, before sessions are closed."""

    def entered(self) -> None:
        """Do what is to be done once sessions are in the ledger."""

    # What a home that is alive does

    def look(self) -> None:
        """Read the charger."""
        if not self.alive:
            return
        before = (self.point.session, len(self.point.ending), self.point.plugged)
        if (reading := self.charger.read()) is not None:
            self.point.read_counter(self.at, reading)
        elif self.point.resumed:
            return
        self.point.set_plugged(self.at, self.charger.car is not None)
        self.looked()
        self.point.settle(self.at)
        closed, self.point.closed = self.point.closed, []
        for session in closed:
            self.ledger.add(session, "garage", Measured("evse", "VL11"))
        if closed:
            self.entered()
        if closed or (self.point.session, len(self.point.ending), self.point.plugged) != before:
            self.keep()

    def pass_by(self, minutes: int, *, each: int = 1) -> None:
        """Let time pass; the home looks each minute, or each so many."""
        for _ in range(minutes // each):
            self.charger.wait(each * _MINUTE)
            self.look()
        if self.alive:
            self.keep()

    def come_to_rest(self) -> None:
        """Let everything come to its end: nothing happens any more, and the home looks."""
        if not self.alive:
            self.start()
        self.unplug()
        self.pass_by(120)
        self.pass_by(3 * 24 * 60, each=5)

    # What happens

    @rule(minutes=st.integers(1, 300))
    def wait(self, minutes: int) -> None:
        self.pass_by(minutes)

    @rule(car=st.sampled_from(CARS))
    def plug(self, car: str) -> None:
        # One that begins anew while nobody looks may be taken for one that goes on, or for one in another unit.
        seen = self.alive or not self.charger.each_session
        if self.charger.car is None and (seen or self.anything):
            self.changed_unseen = self.changed_unseen or not self.alive
            self.charger.plug(car, watched=self.alive)
            self.look()

    @rule()
    def unplug(self) -> None:
        self.changed_unseen = self.changed_unseen or not (self.alive or self.charger.car is None)
        self.charger.unplug()
        self.look()

    # Enough not to be taken for the charger's own use where nobody looked.
    @rule(car=st.sampled_from(CARS), minutes=st.integers(10, 200), power=st.integers(2_200, int(POWER)))
    def charge(self, car: str, minutes: int, power: int) -> None:
        self.plug(car)
        # No two are alike: a counter of each session that is seen again where it was before has counted nothing.
        self.charges += 1
        self.charger.power = power - _UNLIKE * self.charges
        self.pass_by(minutes)
        self.charger.power = 0

    @rule(car=st.sampled_from(CARS), minutes=st.integers(10, 200), after=st.integers(1, 30 * 60))
    def come_by(self, car: str, minutes: int, after: int) -> None:
        """A vehicle comes, is charged, and leaves."""
        self.unplug()
        self.charge(car, minutes, int(POWER))
        self.unplug()
        self.pass_by(after)

    @rule(minutes=st.integers(1, 240))
    def go_away(self, minutes: int) -> None:
        """The charger's entities are unavailable, and it charges on."""
        self.disturbed = True
        self.charger.unavailable = True
        self.pass_by(minutes)
        self.charger.unavailable = False
        self.look()

    @rule(seconds=_CLOCK)
    def set_clock(self, seconds: int) -> None:
        self.disturbed = True
        self.skew += timedelta(seconds=seconds)
        self.clock_went_back = self.clock_went_back or seconds < 0
        self.look()

    @precondition(lambda self: self.alive)
    @rule()
    def kill(self) -> None:
        self.alive, self.disturbed, self.killed = False, True, True

    @precondition(lambda self: not self.alive)
    @rule()
    def start(self) -> None:
        self.alive = True
        self.kills += 1
        self.unwatched += max(self.at - self.saved["at"], timedelta(0))
        self.point = ChargingPoint.from_dict(self.saved["point"], POWER)
        self.ledger = Ledger.from_list(self.saved["ledger"])
        self.look()

    @precondition(lambda self: self.alive)
    @rule(seconds=_CLOCK)
    def restart(self, seconds: int) -> None:
        """It is loaded anew in good order, on a machine whose clock says something else then."""
        self.keep()
        self.kill()
        self.set_clock(seconds)
        self.start()

    # What is known

    @property
    def known(self) -> int:
        """What is in the ledger and in no doubt, Wh."""
        return sum(each.energy_wh for each in self.ledger.entries.values() if not each.session.doubted)

    @property
    def asked(self) -> float:
        """What a person is asked about, and what would be once it is more, Wh."""
        doubted = sum(each.energy_wh for each in self.ledger.entries.values() if each.session.doubted)
        return doubted + self.point.leftovers.doubt + self.point.leftovers.unplugged

    # What always holds

    @invariant()
    def sessions_do_not_overlap(self) -> None:
        if not self.lives:
            return
        times = [(each.session.started_at, each.ended_at) for each in self.ledger.entries.values()]
        times += [(each.started_at, each.ended_at or each.marks[-1].at) for each in self.point.open]
        assert all(start <= end for start, end in times), times
        assert all(one[1] <= other[0] for one, other in pairwise(sorted(times))), sorted(times)

    @invariant()
    def all_that_was_counted_is_somewhere(self) -> None:
        """Of the meter's total nothing is gone and nothing is twice, but for what a charger may use itself."""
        if not self.lives:
            return
        point = self.point
        ended = [each.session for each in self.ledger.entries.values()]
        # Of what is in doubt the counter may have said more than was added to the total.
        jumped = [each for each in ended if each.doubted and Oddity.COUNTER_JUMPED in each.oddities]
        known = sum(each.energy for each in [*ended, *point.open, *point.leftovers.late] if each not in jumped)
        known += point.leftovers.unplugged
        if point.session is None and point.idle_from is not None:
            known += point.meter.total - point.idle_total
        doubt = sum(each.energy for each in jumped) + point.leftovers.doubt
        assert known - 0.001 <= point.meter.total, "something is twice"
        assert point.meter.total <= known + doubt + self.nobodys_at_most + 0.001, "something is gone"

    @property
    def nobodys_at_most(self) -> float:
        """What may be taken for the charger's own use, Wh."""
        return (self.kills + 1) * UNSEEN_WH + STANDBY_W * (self.unwatched / timedelta(hours=1))


class TroubledLife(ChargingLife):
    """Its counter is wrong at times as well, so that of some of it nobody can know what is true."""

    anything = True

    @precondition(lambda self: self.alive)
    @rule()
    def reset_counter(self) -> None:
        """Its firmware restarts; what nobody had read before is lost with the counter."""
        self.disturbed = True
        self.keep()  # as it does each minute: of what is read and reset within one that is cut short, nobody can know
        self.charger.reset()
        self.look()
        self.keep()

    @property
    def told(self) -> bool:
        """Whether something was told of the vehicle that is there: else its counter may begin anew with it."""
        return self.point.session is None or self.point.session.energy > 0

    @precondition(lambda self: self.told)
    @rule(minutes=st.integers(1, 240))
    def rebound(self, minutes: int) -> None:
        """It shows 0 for a while."""
        self.disturbed = True
        self.charger.factor = 0.0
        self.look()
        self.pass_by(minutes)
        self.charger.factor = 1.0
        self.look()

    @rule(minutes=st.integers(1, 240), factor=st.sampled_from((1000.0, 0.001)))
    def flip_unit(self, minutes: int, factor: float) -> None:
        """It says kWh and means Wh for a while, or the other way round."""
        self.disturbed = True
        self.charger.factor = factor
        self.look()
        self.pass_by(minutes)
        self.charger.factor = 1.0
        self.look()
