"""A charging point: cuts sessions from its meter and from whether a vehicle is plugged in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from ...esi.typed import read_record
from .meter import LONGEST_GAP, Change, EnergyMeter, Oddity
from .session import Mark, MeasuredSession

SETTLE = timedelta(seconds=20)
"""How long after unplugging a meter may still bring what was charged before."""
UNSEEN_WH = 100.0
"""Less than this, counted while nobody looked, is no session."""
STANDBY_W = 5.0
"""What a charger uses for itself; it is nobody's charging."""


@dataclass(slots=True)
class ChargingPoint:
    """Cuts the sessions of one charger.

    Times are aware and taken as they come; where the clock is put back, sessions go on where they were. ``closed`` are
    sessions that ended and nobody has taken yet.
    """

    meter: EnergyMeter
    plugged: bool | None = None
    """Whether a vehicle was plugged in when that was last known."""
    session: MeasuredSession | None = None
    unplugged_at: datetime | None = None
    """When the vehicle of the open session left; the meter has still to settle."""
    idle_from: datetime | None = None
    """Since when nothing was plugged in, as far as was seen."""
    idle_total: float = 0.0
    """The meter's total then, Wh."""
    idle_raw: float | None = None
    ended_at: datetime | None = None
    """When the last session ended: the next begins no earlier, whatever the clock says."""
    resumed: bool = False
    """Taken up from storage, and not everything was read since."""
    closed: list[MeasuredSession] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "meter": self.meter.to_dict(),
            "plugged": self.plugged,
            "session": self.session.to_dict() if self.session else None,
            "unplugged_at": self.unplugged_at.isoformat() if self.unplugged_at else None,
            "idle_from": self.idle_from.isoformat() if self.idle_from else None,
            "idle_total": self.idle_total,
            "idle_raw": self.idle_raw,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], max_power: float) -> ChargingPoint:
        """Take up what :meth:`to_dict` gave; nobody looked in between."""
        point = read_record(cls, data, needs=("session", "idle_total"), resumed=True, closed=[])
        point.meter.max_power = max_power
        point.meter.power = None
        return point

    def read_counter(self, at: datetime, counter: float) -> None:
        """Take a reading of the energy counter, Wh."""
        known = self.meter.counter is not None
        self._measured(at, self.meter.read_counter(at, counter))
        if not known:
            # The first reading ever: sessions begin with it.
            self.idle_raw = counter
            if self.session is not None:
                self.session.raw_start = counter

    def read_power(self, at: datetime, power: float | None) -> None:
        """Take the charging power from now on, W; None while it is not known."""
        self._measured(at, self.meter.read_power(at, power))

    def _measured(self, at: datetime, change: Change) -> None:
        if self.session is None:
            if not self.resumed and self._unseen <= STANDBY_W * self._idle_hours(at):
                self._idle(at)
            return
        if change.oddity is Oddity.COUNTER_RESET and self.session.energy == 0:
            # A counter of each session by itself begins when a vehicle is plugged in.
            self.session.raw_start = 0.0
            change = Change(change.energy)
        elif change.oddity is not None and (change.oddity is not Oddity.GAP or change.energy == 0):
            self.session.note(change.oddity)
        self.session.mark(at, self.meter.total, sure=change.oddity is None)

    def set_plugged(self, at: datetime, plugged: bool | None) -> None:
        """Take whether a vehicle is plugged in; None, not known, leaves everything as it was.

        After a restart call it once the meter was read, so that what was charged meanwhile is known.
        """
        if plugged is None:
            return
        resumed, self.resumed = self.resumed, False
        before, self.plugged = self.plugged, plugged
        if plugged:
            self._plugged_in(at, resumed=resumed)
        elif self.session is not None and self.unplugged_at is None:
            self.unplugged_at = at
            if resumed:
                # It left while nobody looked: when is not known, nor is there anything to wait for.
                self.session.note(Oddity.GAP)
                self.close(at)
        elif self.session is None:
            if resumed and self._charged_unseen(at):
                # A vehicle came and went while nobody looked.
                self._begin_unseen(at)
                self.close(at)
            elif before is None or resumed:
                self._idle(at)

    def _plugged_in(self, at: datetime, *, resumed: bool) -> None:
        if self.session is not None and self.unplugged_at is not None:
            self.close(self.unplugged_at)
        if self.session is not None:
            return
        if self.idle_from is not None and not resumed and self._unseen > 0 and at - self.idle_from <= LONGEST_GAP:
            # The meter is quicker than the plug.
            self._begin(self.idle_from, self.idle_total, self.idle_raw)
            self.session_open.mark(at, self.meter.total)
        elif self._charged_unseen(at):
            self._begin_unseen(at)
        else:
            self._begin(at, self.meter.total, self.meter.counter)

    @property
    def session_open(self) -> MeasuredSession:
        """The open session; ``RuntimeError`` where there is none."""
        if self.session is None:
            raise RuntimeError("no session is open")
        return self.session

    @property
    def _unseen(self) -> float:
        return self.meter.total - self.idle_total if self.idle_from is not None else 0.0

    def _idle_hours(self, at: datetime) -> float:
        return max((at - self.idle_from).total_seconds(), 0.0) / 3600 if self.idle_from is not None else 0.0

    def _charged_unseen(self, at: datetime) -> bool:
        return self._unseen > UNSEEN_WH + STANDBY_W * self._idle_hours(at)

    def _begin_unseen(self, at: datetime) -> None:
        """Begin with what was charged since nothing was plugged in; how and when is not known."""
        self._begin(self.idle_from or at, self.idle_total, self.idle_raw)
        self.session_open.note(Oddity.GAP)
        self.session_open.mark(at, self.meter.total, sure=False)

    def _begin(self, at: datetime, total: float, raw: float | None) -> None:
        start = max(at, self.ended_at) if self.ended_at is not None else at
        self.session = MeasuredSession(uuid4().hex, [Mark(start, total)], raw)
        self.unplugged_at = None

    def _idle(self, at: datetime) -> None:
        self.idle_from, self.idle_total, self.idle_raw = at, self.meter.total, self.meter.counter

    @property
    def settles_at(self) -> datetime | None:
        """When the open session can be closed, None while a vehicle is plugged in or nothing is open."""
        return self.unplugged_at + SETTLE if self.unplugged_at is not None else None

    def close(self, at: datetime) -> None:
        """End the open session at ``at``; what the meter brought since is its own."""
        session = self.session
        if session is None:
            return
        end = max(at, session.started_at)
        if end == session.started_at and self.meter.total > session.marks[0].total:
            # The clock was put back to before it began: how long it took is not known.
            end += timedelta(seconds=1)
            session.note(Oddity.GAP)
        session.mark(end, self.meter.total)
        for mark in session.marks:
            mark.at = min(mark.at, end)
        session.ended_at = self.ended_at = end
        self.session = self.unplugged_at = None
        self._idle(end)
        self.closed.append(session)
