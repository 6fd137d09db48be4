"""The sessions of a charger that are not closed yet, and which of them energy belongs to."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .leftovers import Leftovers
from .limits import LATE_PLUG
from .meter import Change, EnergyMeter
from .session import MeasuredSession

_LATE_TOTAL = timedelta(hours=1)
SETTLE = timedelta(seconds=20)
"""How long after unplugging a meter that is quick may still bring what was charged before."""
STANDBY_W = 5.0
"""What a charger uses for itself; it is nobody's charging."""
UNSEEN_WH = 100.0
"""Less than this, counted while nobody looked, is no session."""


@dataclass(slots=True)
class OpenSessions:
    """The one of the vehicle that is there, and those of vehicles that have left."""

    meter: EnergyMeter
    session: MeasuredSession | None = None
    ending: list[MeasuredSession] = field(default_factory=list)
    """Those whose vehicles have left, oldest first; the meter may still bring what they charged."""
    told_at: datetime | None = None
    """When the meter last did."""
    last: MeasuredSession | None = None
    """The one that was closed last, with its first and last mark only."""
    idle_from: datetime | None = None
    """Since when nothing was plugged in, as far as was seen."""
    flowed_by: datetime | None = None
    """By when what was counted since must have begun to flow, however fast: no session of it begins later."""
    idle_raw: float | None = None
    idle_total: float = 0.0
    """The meter's total when nothing was plugged in, as far as was seen, Wh."""
    resumed: bool = False
    """Taken up from storage, and not everything was read since."""
    leftovers: Leftovers = field(default_factory=Leftovers)
    """Energy that is in no session yet."""
    held: float = 0.0
    """What came late of the last session, unless it was charged by a vehicle that is told of only later, Wh."""

    @property
    def session_open(self) -> MeasuredSession:
        """The open session; ``RuntimeError`` where there is none."""
        if self.session is None:
            raise RuntimeError("no session is open")
        return self.session

    @property
    def open(self) -> list[MeasuredSession]:
        """All of them, oldest first."""
        return [*self.ending, *([self.session] if self.session is not None else [])]

    @property
    def watched(self) -> bool:
        """Whether it was looked at, and not given up since."""
        return self.meter.at is not None or bool(self.open)

    @property
    def current(self) -> MeasuredSession | None:
        """The session that is open, or whose vehicle has just left."""
        return self.session or (self.ending[-1] if self.ending else None)

    def _allot(self, at: datetime, change: Change) -> None:
        """Give energy to the sessions in which it can have flowed; what is left is looked at once nothing is open."""
        energy, since = change.energy, change.since or at
        sessions = self.open
        shares = [each.overlap(since, at) for each in sessions]
        if not any(shares):
            since = change.earliest or since
            shares = [each.overlap(since, at) for each in sessions]
        plugged = sum(shares, timedelta(0))
        if plugged:
            most = min(energy, self.meter.most(plugged)) if not self.resumed else energy
            for place in range(len(sessions)):
                self._give(sessions, place, at, most * (shares[place] / plugged), since, sure=shares[place] == plugged)
            energy -= most
        if energy and self.ending and (plugged or self.session is None):
            energy -= self._give_late(sessions, at, energy, since)
        elif energy and not plugged:
            energy -= self._give_to_last(at, change)
            if energy and self.session is not None:
                self.session.add(at, energy, since)
        if plugged and self.session is not None:
            self.leftovers.doubt += energy

    def _give_late(self, sessions: list[MeasuredSession], at: datetime, energy: float, since: datetime) -> float:
        """Give what was counted too late to those whose vehicles have left; return how much they can have taken.

        A cloud tells a counter as it was: it may be older than when it came, and than the last of them.
        """
        given, last = 0.0, len(self.ending) - 1
        for place in range(last, -1, -1):
            each = self.ending[place]
            begun = min(each.started_at, since) if place == last else each.started_at
            room = self.meter.most((each.ended_at or at) - begun) - each.energy
            late = min(energy - given, max(room, 0.0))
            self._give(sessions, place, at, late, since, sure=self.session is None and place == last)
            given += late
        return given

    def _give(
        self, sessions: list[MeasuredSession], place: int, at: datetime, energy: float, since: datetime, *, sure: bool
    ) -> None:
        """Give energy to one of the sessions; those after it begin that much later on the meter's total."""
        if not energy:
            return
        session = sessions[place]
        until = min(session.ended_at, at) if session.ended_at is not None else at
        session.add(until, energy, min(since, until), sure=sure)
        for each in sessions[place + 1 :]:
            each.shift(energy)
        if not sure:
            # Nobody knows what the counter showed when the one left and the other came.
            session.unbroken = False
        if session.ended_at is not None:
            self.told_at = at
        if self.session is None:
            self.idle_total += energy

    def _give_to_last(self, at: datetime, change: Change) -> float:
        """Give the last session that was closed what it can have of energy that came late; return how much, Wh.

        Later than the counter takes to tell the rest of a session, it is of the vehicle that is there, and else of one
        whose plug is told behind the counter: it is held for as long as that may take.
        """
        if self.last is None or not (late := self._late(self.last, at, change)):
            return 0.0
        in_time = not self.resumed and at - (self.last.ended_at or at) <= self._tells_the_rest_within
        if self.session is not None and not in_time:
            return 0.0
        self.held += late
        if in_time:
            self._let_go()
        return late

    @property
    def _tells_the_rest_within(self) -> timedelta:
        """How long after a vehicle has left the counter tells what it charged last, by its own pace."""
        return SETTLE + timedelta(seconds=1.5 * self.meter.pace) if self.meter.pace is not None else _LATE_TOTAL

    def _let_go(self) -> None:
        """Give the last session what was held: no other vehicle has charged it."""
        if self.last is not None and self.held:
            self.leftovers.add_late(self.last, self.held)
            self.idle_total += self.held
        self.held = 0.0

    def _waited_for_plug(self, at: datetime) -> bool:
        """Whether the plug of a vehicle that was charged would have been told by now."""
        return at - (self.meter.changed or at) >= LATE_PLUG

    def _late(self, last: MeasuredSession, at: datetime, change: Change) -> float:
        """Return how much of what was counted while nothing was plugged in is the last session's, Wh."""
        ended, since = last.ended_at or at, change.since or at
        # What a cloud tells the next time may still be of before.
        soon = max(_LATE_TOTAL, timedelta(seconds=2 * (self.meter.pace or 0.0)))
        if since > ended and at - ended > soon:
            return 0.0
        used_itself = STANDBY_W * (at - (change.earliest or since)).total_seconds() / 3600
        if change.energy <= used_itself:
            return 0.0
        charged = last.energy + self.leftovers.late_of(last) + self.held
        return min(change.energy, max(self.meter.most(ended - last.started_at) - charged, 0.0))

    def _settle_meter(self, at: datetime) -> None:
        change = self.meter.settle(at)
        self.leftovers.doubt += change.doubt
        if change.energy:
            self._allot(at, change)

    # While nothing is plugged in

    def _idle(self, at: datetime) -> None:
        self._let_go()
        self.idle_from, self.idle_total, self.idle_raw = at, self.meter.total, self.meter.counter
        self.flowed_by = None

    def _look_idle(self, at: datetime) -> None:
        """Take note that nothing was charged by now, or else of by when that must have begun."""
        if self._is_idle(at):
            self._idle(at)
        elif self.idle_from is not None:
            begun = max(at - self.meter.least_time(self._unseen), self.idle_from)
            self.flowed_by = min(self.flowed_by or begun, begun)

    def _move_idle(self, by: timedelta, not_before: datetime | None = None) -> None:
        """Follow a clock that was set."""
        if self.idle_from is not None:
            self.idle_from = max(self.idle_from + by, not_before or self.idle_from + by)
        if self.flowed_by is not None:
            self.flowed_by = max(self.flowed_by + by, not_before or self.flowed_by + by)

    @property
    def _unseen(self) -> float:
        return self.meter.total - self.idle_total if self.idle_from is not None else 0.0

    def _idle_hours(self, at: datetime) -> float:
        return max((at - self.idle_from).total_seconds(), 0.0) / 3600 if self.idle_from is not None else 0.0

    def _is_idle(self, at: datetime) -> bool:
        """Whether nothing was counted but what the charger uses itself."""
        return self._unseen <= STANDBY_W * self._idle_hours(at)

    def _charged_unseen(self, at: datetime) -> bool:
        return self._unseen > UNSEEN_WH + STANDBY_W * self._idle_hours(at)

    def _came_and_left(self, at: datetime) -> bool:
        """Whether a vehicle was charged that is not there."""
        self._let_go()
        return self._charged_unseen(at)
