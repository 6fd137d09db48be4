"""What happens to charging sessions, told once: they begin, they end, they are billed."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from homeassistant.core import callback

from ..hub.subject import Occurrence
from ..procedures import LedgerEntry, MeasuredSession, RecordState, total_cost
from .store import Charging, VehicleRecord
from .vehicle import VehicleSubject

SESSION = "session"
"""What happened to a charging session: shown by the event entity of this key."""


class SessionEvent(StrEnum):
    """What happens to a charging session, in the words of events and automations."""

    STARTED = "started"
    ENDED = "ended"
    BILLED = "billed"
    """Who bills it has taken it, all of it."""


class SessionNews:
    """Looks at the sessions of vehicles after every change, and tells what has become of them since.

    What is there when it begins is no news: it was told before, or happened while nobody looked.
    """

    def __init__(
        self,
        charging: Charging,
        subjects: Sequence[VehicleSubject],
        session_of: Callable[[VehicleRecord], MeasuredSession | None],
    ) -> None:
        """``session_of`` gives the session in which a vehicle is now."""
        self._charging = charging
        self._subjects = subjects
        self._session_of = session_of
        self._running: dict[str, str | None] = {}
        self._ended: dict[str, LedgerEntry | None] = {}
        self._unbilled: dict[str, LedgerEntry] = {}

    @callback
    def async_begin(self) -> None:
        """Take note of what there is; it must be called before the chargers are read."""
        for subject in self._subjects:
            key = subject.record.key
            self._running[key] = self._current(subject)
            self._ended[key] = self._charging.ledger.last_of(key)
        self._unbilled = dict(self._open())

    @callback
    def async_look_at_running(self) -> None:
        """Tell which sessions began; it costs little, and may be called with every reading."""
        for subject in self._subjects:
            now, before = self._current(subject), self._running.get(subject.record.key)
            self._running[subject.record.key] = now
            if now is not None and now != before and (session := self._session_of(subject.record)) is not None:
                started = {"session": session.id, "start": session.started_at.isoformat()}
                subject.async_tell(Occurrence(SESSION, SessionEvent.STARTED, started))

    @callback
    def async_look(self) -> None:
        """Tell what became of sessions."""
        self.async_look_at_running()
        for subject in self._subjects:
            last, before = self._charging.ledger.last_of(subject.record.key), self._ended.get(subject.record.key)
            self._ended[subject.record.key] = last
            if last is not None and last is not before and (before is None or last.ended_at > before.ended_at):
                subject.async_tell(Occurrence(SESSION, SessionEvent.ENDED, _figures(last)))
                self._unbilled[last.session.id] = last
        self._unbilled |= self._open()
        for name, entry in list(self._unbilled.items()):
            if _is_billed(entry):
                del self._unbilled[name]
                for subject in self._subjects:
                    if subject.record.key == entry.session.vehicle:
                        subject.async_tell(Occurrence(SESSION, SessionEvent.BILLED, _figures(entry)))
            elif not entry.needs_attention:
                del self._unbilled[name]  # it is billed to nobody

    def _current(self, subject: VehicleSubject) -> str | None:
        session = self._session_of(subject.record)
        return session.id if session is not None else None

    def _open(self) -> dict[str, LedgerEntry]:
        return {
            name: entry
            for name, entry in self._charging.ledger.attention.items()
            if entry.session.vehicle is not None and not _is_billed(entry)
        }


def _is_billed(entry: LedgerEntry) -> bool:
    return bool(entry.records) and all(
        each.state is RecordState.SENT and each.billed is not None for each in entry.records
    )


def _figures(entry: LedgerEntry) -> dict[str, Any]:
    """Return what a session came to; ``cost`` in ``currency`` where it is known by now."""
    cost: Decimal | None = total_cost(entry.records) if entry.records else None
    return {
        "session": entry.session.id,
        "start": entry.session.started_at.isoformat(),
        "end": entry.ended_at.isoformat(),
        "energy_kwh": entry.energy_wh / 1000,
        "cost": float(cost) if cost is not None else None,
        "currency": entry.records[0].currency if entry.records else None,
    }
