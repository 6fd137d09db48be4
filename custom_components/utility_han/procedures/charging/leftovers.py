"""Energy of a charging point that is in no session: it is told apart, never dropped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from ...esi.typed import read_record
from .meter import Oddity
from .session import Mark, MeasuredSession


@dataclass(slots=True)
class Leftovers:
    """Collects it until nothing is plugged in, and makes sessions of it."""

    doubt: float = 0.0
    """What the counter says and may be an error of its own, Wh."""
    unplugged: float = 0.0
    """What was counted while nothing was plugged in, Wh."""
    late: list[MeasuredSession] = field(default_factory=list)
    """What came of sessions that were closed, a session for each."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "doubt": self.doubt,
            "unplugged": self.unplugged,
            "late": [each.to_dict() for each in self.late],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Leftovers:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data)

    def add_late(self, session: MeasuredSession, energy: float) -> None:
        """Take energy, Wh, of a session that was closed."""
        found = self._of(session)
        if found is None:
            found = session.brief()
            found.id, found.late_of, found.raw_start = uuid4().hex, session.id, None
            found.marks = [Mark(session.marks[-1].at, 0.0)]
            found.note(Oddity.GAP)
            self.late.append(found)
        found.marks.append(Mark(found.marks[0].at, found.energy + energy, sure=False))
        del found.marks[1:-1]

    def late_of(self, session: MeasuredSession) -> float:
        """Return what came late of a session, Wh."""
        found = self._of(session)
        return found.energy if found is not None else 0.0

    def _of(self, session: MeasuredSession) -> MeasuredSession | None:
        return next((each for each in self.late if each.late_of == session.id), None)

    @property
    def wait(self) -> bool:
        """Whether there is anything to make sessions of."""
        return bool(self.doubt or self.unplugged or self.late)

    def take(self, start: datetime | None, end: datetime, *, more_than: float) -> list[MeasuredSession]:
        """Return sessions of what there is, one after the other between two times in which nothing else is.

        What is in doubt and less than ``more_than``, Wh, waits for more.
        """
        start = start or end - timedelta(seconds=1)
        found, self.late = self.late, []
        for name, oddity in (("doubt", Oddity.COUNTER_JUMPED), ("unplugged", Oddity.UNPLUGGED)):
            energy: float = getattr(self, name)
            if energy > more_than:
                asked = MeasuredSession(uuid4().hex, [Mark(start, 0.0), Mark(end, energy, sure=False)], None)
                asked.doubted = True
                asked.note(oddity)
                found.append(asked)
                setattr(self, name, 0.0)
        each_takes = (end - start) / max(len(found), 1)
        for place, each in enumerate(found):
            each.marks[0].at, each.marks[-1].at = start + place * each_takes, start + (place + 1) * each_takes
            each.ended_at = each.marks[-1].at
        return found
