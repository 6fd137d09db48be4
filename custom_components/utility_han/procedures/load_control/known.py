"""The controls that are known of all devices, and those that were forgotten and are known again if replayed."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ...esi import LoadControl, Source
from .record import ControlRecord

_KEPT = timedelta(days=31)
"""How long what happened is told about."""
_REMEMBERED = 2000
"""How many controls that were forgotten are known again, should they be replayed."""


class KnownControls:
    """One record for each control and device; iterated in the order in which they came.

    ``remembered`` has the interval (start in ISO 8601, seconds) of each control that was forgotten, by its mRID.
    """

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], ControlRecord] = {}
        self._by_id: dict[str, list[ControlRecord]] = {}
        """The same records by mRID, for a list may be long."""
        self._of: dict[str, list[ControlRecord]] = {}
        """The same records by device: devices have nothing to do with each other, and there may be many."""
        self.remembered: dict[str, tuple[str, float]] = {}

    def __iter__(self) -> Iterator[ControlRecord]:
        return iter(self._records.values())

    def add(self, record: ControlRecord) -> None:
        """Know one more."""
        self._records[record.control.id, record.lfdi] = record
        self._by_id.setdefault(record.control.id, []).append(record)
        self._of.setdefault(record.lfdi, []).append(record)

    def drop(self, record: ControlRecord) -> None:
        """Know nothing of it, as if it had never come."""
        del self._records[record.control.id, record.lfdi]
        self._by_id[record.control.id].remove(record)
        self._of[record.lfdi].remove(record)

    def keep(self, records: Iterable[ControlRecord]) -> None:
        """Know these, and no others."""
        kept = list(records)
        self._records.clear()
        self._by_id.clear()
        self._of.clear()
        for record in kept:
            self.add(record)

    def get(self, control_id: str, lfdi: str) -> ControlRecord | None:
        """Return what is known of a control for a device, None where nothing is."""
        return self._records.get((control_id, lfdi))

    def of(self, lfdi: str) -> list[ControlRecord]:
        """Return all that is known for a device, by start."""
        return sorted(self._of.get(lfdi, ()), key=lambda each: each.start)

    def by_device(self) -> Iterable[list[ControlRecord]]:
        """Return the records of each device, as they came."""
        return self._of.values()

    def open(self) -> list[ControlRecord]:
        """Return those of which something may still come."""
        return [record for record in self if not record.over]

    def replays(self, control: LoadControl) -> bool:
        """Whether a control that is over already, for any device, had this mRID and was at another time."""
        if control.source is Source.UTILITY:
            return False  # an event of OpenADR keeps its id when it is changed
        interval = interval_of(control)
        if (remembered := self.remembered.get(control.id)) is not None and remembered != interval:
            return True
        return any(
            record.over and interval_of(record.control) != interval for record in self._by_id.get(control.id, ())
        )

    def forget_old(self, now: datetime) -> None:
        """Forget what was over long ago, but for its mRID and interval."""
        old = [record for record in self if record.over and now - record.changed > _KEPT]
        if not old:
            return
        for record in old:
            del self._records[record.control.id, record.lfdi]
            self.remembered[record.control.id] = interval_of(record.control)
        self.keep(self)
        for mrid in list(self.remembered)[:-_REMEMBERED]:
            del self.remembered[mrid]


def interval_of(control: LoadControl) -> tuple[str, float]:
    """Return when a control is, before randomisation: its start in ISO 8601 and how many seconds it lasts."""
    return control.start.isoformat(), control.duration.total_seconds()
