"""A charging session as it was measured: from plugging in until unplugging."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ...esi.typed import UnreadableRecordError, read_record
from .meter import LONGEST_GAP, Oddity

_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Mark:
    """The meter's total (Wh) at a time; ``sure`` is false where energy flowed before it, nobody knows when or how."""

    at: datetime
    total: float
    sure: bool = True


@dataclass(slots=True)
class MeasuredSession:
    """Energy between two totals of a charging point's meter; open while ``ended_at`` is None."""

    id: str
    marks: list[Mark]
    """In time order, the first at the start; at most one a minute between."""
    raw_start: float | None
    """What the counter itself showed at the start, Wh."""
    ended_at: datetime | None = None
    oddities: list[str] = field(default_factory=list)
    unbroken: bool = True
    """Whether the counter counted without a break, so that what it shows at both ends says what was charged."""
    seen: list[str] = field(default_factory=list)
    """Vehicles that said of themselves that they are plugged in, by subentry id."""
    away: list[str] = field(default_factory=list)
    """Vehicles that said of themselves that they are not."""
    vehicle: str | None = None
    """Whose it is, by subentry id; None until that is known."""
    decided: bool = False
    """A person has said whose it is; with no vehicle, it is billed to nobody here."""
    late_of: str | None = None
    """The session that this energy belongs to, by id: it was told once that was closed."""
    doubted: bool = False
    """It may not have been charged at all, or nothing was plugged in: only a person can say."""
    signed: list[str] = field(default_factory=list)
    """What the charger has signed of it, as it gave it (OCMF)."""

    @property
    def started_at(self) -> datetime:
        """When it was plugged in."""
        return self.marks[0].at

    @property
    def energy(self) -> float:
        """What was charged so far, Wh."""
        return self.marks[-1].total - self.marks[0].total

    @property
    def energy_wh(self) -> int:
        """The same as it is billed: whole Wh, so that parts rounded at their ends add up to it."""
        return round(self.marks[-1].total) - round(self.marks[0].total)

    @property
    def estimated(self) -> bool:
        """Whether something of it could not be measured."""
        return bool(self.oddities) or not all(mark.sure for mark in self.marks)

    def note(self, oddity: Oddity) -> None:
        """Remember that something was odd."""
        if oddity not in self.oddities:
            self.oddities.append(oddity.value)
        if oddity is not Oddity.GAP:
            self.unbroken = False

    def overlap(self, since: datetime, until: datetime) -> timedelta:
        """Return how long of a time a vehicle was plugged in."""
        end = min(self.ended_at, until) if self.ended_at is not None else until
        return max(end - max(self.started_at, since), timedelta(0))

    def add(self, at: datetime, energy: float, since: datetime | None, *, sure: bool = True) -> None:
        """Take energy, Wh, that flowed between two times."""
        last = self.marks[-1]
        since = max(since, last.at) if since is not None else last.at
        if energy and since - last.at >= _EVERY:
            self.marks.append(Mark(since, last.total))
        self.mark(at, self.marks[-1].total + energy, sure=sure and at - since <= LONGEST_GAP)

    def shift(self, energy: float) -> None:
        """Begin later on the total, because what was taken for its own was charged before."""
        for mark in self.marks:
            mark.total += energy

    def mark(self, at: datetime, total: float, *, sure: bool = True) -> None:
        """Take the meter's total at a time; times that go back are taken as now."""
        last = self.marks[-1]
        at = max(at, last.at)
        before = self.marks[-2].at if len(self.marks) > 1 else last.at
        # Marks closer than a minute say nothing more, unless they are the first, or between them something is unsure.
        if len(self.marks) > 1 and at - before < _EVERY and sure and last.sure:
            last.at, last.total = at, total
        else:
            self.marks.append(Mark(at, total, sure))

    def total_at(self, at: datetime) -> tuple[float, bool]:
        """Return the meter's total at a time within the session, and whether it was measured near enough to it."""
        if at <= self.marks[0].at:
            return self.marks[0].total, True
        index = bisect_right(self.marks, at, key=lambda mark: mark.at)
        if index == len(self.marks):
            return self.marks[-1].total, True
        before, after = self.marks[index - 1], self.marks[index]
        part = (at - before.at) / (after.at - before.at)
        flowed = after.total - before.total
        near = after.sure and (after.at - before.at <= LONGEST_GAP or flowed == 0 or part == 0)
        return before.total + part * flowed, near

    def thin(self, times: Iterable[datetime]) -> None:
        """Keep its totals at these times only, and at both ends; between them nothing is known any more."""
        if len(self.marks) <= 2:
            return
        kept, place, sure = [self.marks[0]], 1, True
        for at in times:
            total, near = self.total_at(at)
            while place < len(self.marks) and self.marks[place].at <= at:
                sure = sure and self.marks[place].sure
                place += 1
            kept.append(Mark(at, total, sure and near))
            sure = near
        sure = sure and all(mark.sure for mark in self.marks[place:])
        kept.append(replace(self.marks[-1], sure=sure))
        still = {
            place
            for place, (before, mark, after) in enumerate(zip(kept, kept[1:], kept[2:], strict=False), 1)
            if before.total == mark.total == after.total and mark.sure and after.sure
        }
        self.marks = [mark for place, mark in enumerate(kept) if place not in still]

    def brief(self) -> MeasuredSession:
        """Return what is to be known of it once it is over: when it was, and who was there."""
        return replace(
            self,
            marks=[self.marks[0], self.marks[-1]],
            seen=[*self.seen],
            away=[*self.away],
            signed=[*self.signed],
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "id": self.id,
            "marks": [[mark.at.isoformat(), mark.total, mark.sure] for mark in self.marks],
            "raw_start": self.raw_start,
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
            "oddities": self.oddities,
            "unbroken": self.unbroken,
            "seen": self.seen,
            "away": self.away,
            "vehicle": self.vehicle,
            "decided": self.decided,
            "late_of": self.late_of,
            "doubted": self.doubted,
            "signed": self.signed,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> MeasuredSession:
        """Take up what :meth:`to_dict` gave."""
        # Without what was odd, what is estimated would pass for measured.
        session = read_record(cls, data, needs=("ended_at", "oddities", "unbroken"))
        if not session.marks:
            raise UnreadableRecordError("MeasuredSession.marks", "none")
        return session
