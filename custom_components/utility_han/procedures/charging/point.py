"""A charging point: cuts sessions from its meter and from whether a vehicle is plugged in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from ...esi.typed import read_record
from .clock import UNTOLD, SteadyClock
from .limits import LATE_PLUG, Plug
from .meter import LONGEST_GAP, Change, Oddity, begun_anew
from .open_sessions import SETTLE, UNSEEN_WH, OpenSessions
from .session import Mark, MeasuredSession

_LATER = timedelta(minutes=5)
_LATEST = timedelta(hours=24)
"""How long one that is slow may; what comes later still is told apart."""
_QUICK = timedelta(minutes=2)
_MOST_ENDING = 20
_BRIEFLY = timedelta(seconds=1)
"""What took no time, as far as was seen, and has to take some."""


@dataclass(slots=True)
class ChargingPoint(OpenSessions):
    """Cuts the sessions of one charger.

    Times are aware and taken as they come; where the clock is put back, everything goes on where it was (``clock``).
    ``closed`` are sessions that ended and nobody has taken yet.
    """

    plugged: bool | None = None
    """Whether a vehicle was plugged in when that was last known."""
    unknown_since: datetime | None = None
    """Since when that is not known any more."""
    ended_at: datetime | None = None
    """When the last session ended: the next begins no earlier, whatever the clock says."""
    closed: list[MeasuredSession] = field(default_factory=list)
    missed: bool = False
    """It was taken up so late that a vehicle can have come and left since."""
    watched_from: datetime | None = None
    """Since when the plug was looked at without a gap in which a vehicle can have come and left."""
    clock: SteadyClock = field(default_factory=SteadyClock)

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "meter": self.meter.to_dict(),
            "plugged": self.plugged,
            "unknown_since": _text(self.unknown_since),
            "watched_from": _text(self.watched_from),
            "session": self.session.to_dict() if self.session else None,
            "ending": [each.to_dict() for each in self.ending],
            "closed": [each.to_dict() for each in self.closed],
            "told_at": _text(self.told_at),
            "last": self.last.to_dict() if self.last else None,
            "idle_from": _text(self.idle_from),
            "flowed_by": _text(self.flowed_by),
            "idle_total": self.idle_total,
            "idle_raw": self.idle_raw,
            "ended_at": _text(self.ended_at),
            "leftovers": self.leftovers.to_dict(),
            "held": self.held,
            "clock": {"said": _text(self.clock.said), "now": _text(self.clock.now)},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], max_power: float) -> ChargingPoint:
        """Take up what :meth:`to_dict` gave; nobody looked in between."""
        point = read_record(cls, data, needs=("session", "idle_total"), resumed=True)
        point.meter.max_power = max_power
        point.meter.power = None
        unplugged = read_record(_Unplugged, data).unplugged_at
        if unplugged is not None and point.session is not None:
            # 0.1.0 kept a session open until the meter had settled.
            ending, point.session = point.session, None
            ending.ended_at = max(unplugged, ending.started_at)
            point.ending.append(ending)
        if point.clock.now is None:
            # Until 0.1.0 times were kept as the clock said them, before and after it was put back.
            point.clock.now = max((each for each in point._moments if each is not None), default=None)
        return point

    @property
    def _moments(self) -> list[datetime | None]:
        ends = [each.ended_at or each.marks[-1].at for each in self.open]
        seen = [self.meter.at, self.meter.changed, self.told_at, self.idle_from, self.ended_at, self.unknown_since]
        return ends + seen

    # What is measured

    def read_counter(self, at: datetime, counter: float) -> None:
        """Take a reading of the energy counter, Wh."""
        at, known = self._now(at), self.meter.counter is not None
        # The counter of a session by itself begins again at its start, not within it.
        within = self.session.id if self.session is not None and self.session.energy > 0 else None
        begun = self.session.started_at if self.session is not None else None
        times = partial(self._plugged_for, at), partial(self._plugged_at_most, at)
        plug = Plug(*times, within, begun, resumed=self.resumed)
        self._measured(at, self.meter.read_counter(at, counter, plug))
        if not known:
            # The first reading ever: sessions begin with it.
            self.idle_raw = counter
            if self.session is not None:
                self.session.raw_start = counter

    def read_power(self, at: datetime, power: float | None) -> None:
        """Take the charging power from now on, W; None while it is not known, and nothing is counted then."""
        at = self._now(at)
        self._measured(at, self.meter.read_power(at, power))

    def _now(self, said: datetime) -> datetime:
        """Take what the clock says, and return what time it is here."""
        before, is_set = self.clock.now or said, self.clock.is_set(said)
        if self.resumed and is_set:
            self.meter.untold = True
        at = self.clock.look(said)
        self.missed = self.resumed and (self.missed or is_set or at - before > LONGEST_GAP)
        if self.idle_from is not None and not self.resumed and at - before > UNTOLD:
            # It is looked at each minute: the clock was put forward, and nothing was used in that time.
            self._move_idle(at - before)
        return at

    def _plugged_for(self, at: datetime, since: datetime) -> timedelta | None:
        """Return how long a vehicle was plugged in since a time, None where that is not known."""
        if self.resumed or self.plugged is None or self.unknown_since is not None or at < since:
            return None
        if self.watched_from is not None and since < self.watched_from:
            return None
        if self.meter.untold and self.meter.changed is not None and since <= self.meter.changed:
            return None  # behind a clock that was put back, a gap takes no time
        sessions = (self.last, *self.ending, self.session)
        return sum((each.overlap(since, at) for each in sessions if each is not None), timedelta(0))

    def _plugged_at_most(self, at: datetime, since: datetime) -> timedelta | None:
        """Return it, rather too long: of sessions before the last one nothing is known any more."""
        plugged = self._plugged_for(at, since)
        if plugged is None or self.last is None:
            return plugged
        return plugged + max(self.last.started_at - since, timedelta(0))

    def _measured(self, at: datetime, change: Change) -> None:
        self.leftovers.doubt += change.doubt
        current = self.current
        if current is not None and change.oddity is not None:
            if change.oddity is Oddity.COUNTER_RESET and current is self.session and current.energy == 0:
                # A counter of each session by itself begins when a vehicle is plugged in.
                current.raw_start = 0.0
            else:
                current.note(change.oddity)
        if change.energy:
            self._allot(at, change)
        if current is None and not self.resumed:
            self._look_idle(at)

    @property
    def is_counting(self) -> bool:
        """Whether its counter has changed lately, by the pace of it while something is charged."""
        changed, pace = self.meter.changed, self.meter.pace
        lately = max(timedelta(seconds=2 * pace), _QUICK) if pace is not None else LONGEST_GAP
        return changed is not None and self.clock.since(changed) <= lately

    # Whether a vehicle is there

    def set_plugged(self, at: datetime, plugged: bool | None) -> None:
        """Take whether a vehicle is plugged in; None, not known, leaves everything as it was.

        After a restart call it once the meter was read, so that what was charged meanwhile is known.
        """
        at = self._now(at)
        if plugged is None:
            self.unknown_since = self.unknown_since or at
            return
        # While it was loaded anew nobody came, was charged and left: a plug that is late then is late, and no more.
        resumed = self.missed or (self.unknown_since is not None and at - self.unknown_since > LONGEST_GAP)
        taken_up, self.resumed, self.missed, self.unknown_since = self.resumed, False, False, None
        self.watched_from = at if resumed else self.watched_from
        before, self.plugged = self.plugged, plugged
        if plugged:
            self._plugged_in(at, resumed=resumed)
        elif self.session is not None:
            if resumed:
                # It left while nobody looked: when is not known.
                self.session.note(Oddity.GAP)
            self._unplugged(at)
        elif resumed and self._came_and_left(at):
            self._begin_unseen(at)
            self._unplugged(at)
            self.told_at = at
        elif before is None or resumed or (taken_up and self._is_idle(at)):
            self._idle(at)

    def _plugged_in(self, at: datetime, *, resumed: bool) -> None:
        if self.session is not None:
            return
        if self._waited_for_plug(at):
            self._let_go()
        self.held = 0.0  # the vehicle that is there charged it before it was told
        if not self.ending:
            at = self._return(at)
        if self.idle_from is not None and not resumed and self._unseen > 0 and at - self.idle_from <= LATE_PLUG:
            # The meter is quicker than the plug.
            self._begin(self.flowed_by or self.idle_from, self.idle_total, self.idle_raw)
            self.session_open.add(at, self.meter.total - self.idle_total, None)
        elif self._charged_unseen(at):
            self._begin_unseen(at)
        else:
            self._begin(at, self.meter.total, self.meter.counter)

    def _return(self, at: datetime) -> datetime:
        """Go by the clock again where it was put back, as far as it is after what was closed: nothing is open."""
        back = self.clock.return_to(self.ended_at)
        if not back:
            return at
        self.meter.set_back(back)
        if self.watched_from is not None:
            self.watched_from -= back
        self._move_idle(-back, not_before=self.ended_at)
        self.told_at = None
        return at - back

    def _unplugged(self, at: datetime) -> None:
        session = self.session_open
        if len(self.ending) >= _MOST_ENDING:
            self._finish(at)
        if at <= session.started_at:
            # Nothing is over when it begins: the next one would begin then too.
            at = self.clock.wait(_BRIEFLY)
        session.ended_at = self.ended_at = max(at, session.started_at)
        self.session = None
        self.ending.append(session)
        self._idle(session.ended_at)

    def _begin_unseen(self, at: datetime) -> None:
        """Begin with what was charged since nothing was plugged in; how and when is not known."""
        self._begin(self.idle_from or at, self.idle_total, self.idle_raw)
        self.session_open.note(Oddity.GAP)
        self.session_open.add(at, self._unseen, None, sure=False)

    def _begin(self, at: datetime, total: float, raw: float | None) -> None:
        start = max(at, self.ended_at) if self.ended_at is not None else at
        self.session = MeasuredSession(uuid4().hex, [Mark(start, total)], raw)

    # The end

    @property
    def settles_at(self) -> datetime | None:
        """When the first session whose vehicle has left is closed, by the clock; None where there is none."""
        return self._due(self.ending[0]) - self.clock.ahead if self.ending else None

    def _due(self, session: MeasuredSession) -> datetime:
        left, pace = session.ended_at or session.marks[-1].at, self.meter.pace
        if self.meter.doubted:
            return left + _LATEST
        if self.told_at is not None and self.told_at >= left:
            return self.told_at + SETTLE
        if self.meter.counter is None or (pace is not None and pace <= _QUICK.total_seconds()):
            return left + SETTLE
        if pace is None or session.energy == 0:
            return left + _LATEST
        return left + min(timedelta(seconds=1.5 * pace) + _LATER, _LATEST)

    def settle(self, at: datetime) -> None:
        """Close what is over by now, and make of energy that is in no session what can be made of it."""
        at = self._now(at)
        while self.ending and at >= self._due(self.ending[0]):
            self._finish(at)
        if self.current is not None or self.plugged is not False or self.resumed or self.unknown_since is not None:
            return
        if self.meter.doubted and at - (self.meter.changed or at) >= _LATEST:
            # It jumped while no vehicle was seen to be there, and does not come back.
            self._settle_meter(at)
        if self._waited_for_plug(at) and self._came_and_left(at):
            self.leftovers.unplugged += self._unseen
            self._idle(at)
        start, end = self.ended_at, at
        if start is not None and self.clock.ahead:
            # They take no more time than they need: what follows may begin the earlier.
            end = min(at, start + _BRIEFLY)
        self._take_leftovers(start, end)

    def give_up(self, at: datetime) -> None:
        """Close what is open with what was counted until now: nobody looks at the charger any more.

        Should somebody do so again, it is as one that was never looked at: what it counts until then is nobody's.
        """
        at = self._now(at)
        if self.session is not None:
            # What is asked about takes a moment too, in which whoever leaves the charger still used it.
            self._unplugged(at - _BRIEFLY if self.meter.doubted or self.leftovers.wait else at)
        while self.ending:
            self._finish(at)
        self._settle_meter(at)
        self._let_go()
        if self._charged_unseen(at):
            self.leftovers.unplugged += self._unseen
        self._take_leftovers(self.ended_at, at)
        self.meter = begun_anew(self.meter)
        self.plugged = self.unknown_since = self.idle_from = None

    def _take_leftovers(self, start: datetime | None, end: datetime) -> None:
        """Make sessions of energy that is in none, between two times in which nothing else is."""
        if (start is None or end > start) and (found := self.leftovers.take(start, end, more_than=UNSEEN_WH)):
            self.closed += found
            self.ended_at = end

    def _finish(self, at: datetime) -> None:
        """Close the first of the sessions whose vehicles have left."""
        if self.session is None and len(self.ending) == 1:
            self._settle_meter(at)
        session = self.ending.pop(0)
        end = max(session.ended_at or at, session.started_at)
        if end - session.started_at <= _BRIEFLY and session.energy > 0:
            session.note(Oddity.GAP)  # how long it took is not known
        session.mark(end, session.marks[-1].total)
        for mark in session.marks:
            mark.at = min(mark.at, end)
        session.ended_at = end
        self.ended_at = max(end, self.ended_at) if self.ended_at is not None else end
        self.last = session.brief()
        self.closed.append(session)


@dataclass(slots=True)
class _Unplugged:
    """What 0.1.0 kept of a session whose vehicle had left."""

    unplugged_at: datetime | None = None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
