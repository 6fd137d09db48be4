"""Every session that ended and what became of it: whose it is, what is billed of it, what the utility has taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ...esi.typed import read_record
from ...utility.errors import UtilityReason
from ...utility.vehicle_model import BillingRecord, ChargingSession
from .billing import Measured
from .pricing import charge_id, quarters
from .session import MeasuredSession

KEPT = timedelta(days=3 * 366)
"""How long sessions are kept after they were billed."""


class RecordState(StrEnum):
    """How far a billable record has come."""

    WAITING = "waiting"
    """The binding is not confirmed yet, or the vehicle's owner has not confirmed the session."""
    TO_SEND = "to_send"
    SENT = "sent"
    REFUSED = "refused"
    """The utility does not take it; ``reason`` says why."""


_DONE = (RecordState.SENT, RecordState.REFUSED)


@dataclass(slots=True)
class BillableRecord:
    """What is billed of a session under one binding; ``cost`` is our own figure, None until all prices are known."""

    session: ChargingSession
    cost: Decimal | None
    currency: str
    state: RecordState = RecordState.TO_SEND
    reason: UtilityReason | None = None
    billed: BillingRecord | None = None
    """What the utility made of it, as last seen."""
    periods: str | None = None
    """The periods of its charge, packed; None where it is of an older version, or not priced yet."""
    month_wh_before: int = 0
    priced_at: datetime | None = None
    missing: list[tuple[datetime, datetime]] = field(default_factory=list)
    """When something was charged of which nobody knows the price yet."""
    revision: int = 0
    """How many charges of the session were taken back before this one."""
    corrects: str | None = None
    """The charge that it takes the place of."""
    issued: datetime | None = None
    """When it was first handed over by an export: from then on it is corrected, and never rewritten."""
    is_rest: bool = False
    """The session's fee is in another charge of the session: this was told late of it, or charged after that one."""

    @property
    def owed(self) -> bool:
        """Whether anybody owes it, or may: a utility has not refused it."""
        return self.state is not RecordState.REFUSED

    @property
    def untold(self) -> bool:
        """Whether who bills it has neither taken nor refused it yet."""
        return self.state not in _DONE

    @property
    def charge_id(self) -> str:
        """The id of its charge, for all time."""
        return charge_id(f"{self.session.session_id}|{self.revision}" if self.revision else self.session.session_id)

    @property
    def idempotency_key(self) -> str:
        """The key for handing it over, the same one however often."""
        return self.session.session_id[:64]

    @property
    def billed_otherwise(self) -> bool:
        """Whether what is billed differs from what was measured, as far as it is known."""
        return self.billed is not None and self.billed.energy_wh != self.session.energy_wh

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "session": self.session.to_json(),
            "cost": str(self.cost) if self.cost is not None else None,
            "currency": self.currency,
            "state": self.state.value,
            "reason": self.reason.value if self.reason else None,
            "billed": self.billed.to_json() if self.billed else None,
            "periods": self.periods,
            "month_wh_before": self.month_wh_before,
            "priced_at": self.priced_at.isoformat() if self.priced_at else None,
            "missing": [[start.isoformat(), end.isoformat()] for start, end in self.missing],
            "revision": self.revision,
            "corrects": self.corrects,
            "issued": self.issued.isoformat() if self.issued else None,
            "is_rest": self.is_rest,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BillableRecord:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("state",))


@dataclass(slots=True)
class CreditedRecord:
    """A billable record that was handed over and taken back later."""

    record: BillableRecord
    vehicle: str
    """Whose it was taken for, by subentry id."""
    at: datetime
    issued: datetime | None = None
    """When the credit itself was handed over."""

    @property
    def charge_id(self) -> str:
        """The id of the charge that takes it back."""
        return charge_id(f"{self.record.charge_id}|credit")

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "record": self.record.to_dict(),
            "vehicle": self.vehicle,
            "at": self.at.isoformat(),
            "issued": self.issued.isoformat() if self.issued else None,
        }


@dataclass(slots=True)
class LedgerEntry:
    """A session that ended; ``unbound_wh`` of it fell under no binding and is billed to nobody."""

    session: MeasuredSession
    point: str
    """The charging point, by the id of its energy entity."""
    meter: Measured
    records: list[BillableRecord] = field(default_factory=list)
    unbound_wh: int = 0
    settled: bool = False
    """What is billed of it was worked out."""
    accepted: bool = False
    """A person has taken note of what is billed to nobody."""
    thinned: bool = False
    """Its minutes were forgotten."""
    credited: list[CreditedRecord] = field(default_factory=list)
    """What was handed over of it and taken back, oldest first."""
    noted: set[tuple[str, str | None]] = field(default_factory=set, init=False, compare=False)
    """Under which vehicle and months the ledger has it; None is what is open of the vehicle."""
    billed: dict[tuple[str, str, bool], datetime] = field(default_factory=dict, init=False, compare=False)
    """What is billed of it as the ledger knows it: binding, id and whether it is owed, and when that began."""

    @property
    def needs_attention(self) -> bool:
        """Whether something of it is open."""
        if not self.settled or (self.unbound_wh and not self.accepted):
            return True
        return any(record.state is not RecordState.SENT or record.billed_otherwise for record in self.records)

    def thin(self) -> None:
        """Forget the minutes of a session; of what is billed the record has the quarters of an hour."""
        marks = self.session.marks
        whole = not self.unbound_wh and all(record.periods for record in self.records) and bool(self.records)
        if not self.thinned:
            self.session.thin(() if whole else quarters(marks[0].at, marks[-1].at))
            self.thinned = True

    @property
    def whole(self) -> str:
        """The session that it is, or was told late of, by id."""
        return self.session.late_of or self.session.id

    @property
    def is_session(self) -> bool:
        """Whether it is one as people know it, and not what came late of another or was asked about."""
        return self.session.late_of is None and not self.session.doubted

    @property
    def energy_wh(self) -> int:
        """What was charged, whole Wh."""
        return self.session.energy_wh

    @property
    def ended_at(self) -> datetime:
        """When it ended."""
        return self.session.ended_at or self.session.marks[-1].at

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "session": self.session.to_dict(),
            "point": self.point,
            "meter": [self.meter.kind, self.meter.id],
            "records": [record.to_dict() for record in self.records],
            "unbound_wh": self.unbound_wh,
            "settled": self.settled,
            "accepted": self.accepted,
            "thinned": self.thinned,
            "credited": [each.to_dict() for each in self.credited],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LedgerEntry:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("records",))


@dataclass(slots=True)
class Ledger:
    """The sessions of one home, by id, oldest first.

    Who changes an entry says so (:meth:`note`), so that what is asked at each reading needs no walk through years.
    """

    entries: dict[str, LedgerEntry] = field(default_factory=dict)
    attention: dict[str, LedgerEntry] = field(default_factory=dict, init=False)
    """Those of which something is open: whose it is, what the utility says, what the person has to know."""
    _last: dict[str, LedgerEntry] = field(default_factory=dict, init=False)
    """The last session of each vehicle."""
    _of_vehicles: dict[tuple[str, str | None], dict[str, LedgerEntry]] = field(default_factory=dict, init=False)
    """What is billed, by vehicle and month; by None, that of which something is open."""
    _of_bindings: dict[str, dict[str, LedgerEntry]] = field(default_factory=dict, init=False)
    """What is billed, by binding."""
    _late: dict[str, dict[str, LedgerEntry]] = field(default_factory=dict, init=False)
    """What was told late, by the session that it is of."""
    _records: dict[str, BillableRecord] = field(default_factory=dict, init=False)
    """What is billed, by the id under which it is handed over."""
    _moved: set[str] = field(default_factory=set, init=False)
    """Sessions of which what is billed appeared, changed or went."""
    _moved_since: dict[str, datetime] = field(default_factory=dict, init=False)
    """The same of bindings, and the first time of which."""

    def __post_init__(self) -> None:
        """Know what there is."""
        for entry in self.entries.values():
            self.note(entry)

    def add(self, session: MeasuredSession, point: str, meter: Measured) -> LedgerEntry | None:
        """Keep a session that ended; one in which nothing was charged is none, one that is known is no other."""
        entry = LedgerEntry(session, point, meter)
        if entry.energy_wh <= 0 or session.id in self.entries:
            return None
        self.entries[session.id] = entry
        self.note(entry)
        return entry

    def note(self, entry: LedgerEntry) -> None:
        """Take up that something of an entry changed."""
        name, vehicle = entry.session.id, entry.session.vehicle
        self._forget(entry)
        self._note_billed(entry)
        if entry.session.late_of is not None:
            self._late.setdefault(entry.session.late_of, {})[name] = entry
        if entry.needs_attention:
            self.attention[name] = entry
        if vehicle is None:
            return
        last = self._last.get(vehicle)
        if entry.is_session and (last is None or entry.ended_at >= last.ended_at):
            self._last[vehicle] = entry
        entry.noted = {(vehicle, each.billed.month) for each in entry.records if each.billed is not None}
        if entry.needs_attention:
            entry.noted.add((vehicle, None))
        for place in entry.noted:
            self._of_vehicles.setdefault(place, {})[name] = entry

    def _note_billed(self, entry: LedgerEntry) -> None:
        """Know what is billed of an entry, and that something of it moved since it was last known."""
        before = entry.billed
        entry.billed = {
            (each.session.binding_id, each.session.session_id, each.owed): each.session.started_at
            for each in entry.records
        }
        for (binding, _, _), began in before.items() ^ entry.billed.items():
            self._moved.add(entry.whole)
            self._moved_since[binding] = min(began, self._moved_since.get(binding, began))
        for each in entry.records:
            self._of_bindings.setdefault(each.session.binding_id, {})[entry.session.id] = entry
            self._records[each.session.session_id] = each

    def _forget(self, entry: LedgerEntry) -> None:
        name = entry.session.id
        self.attention.pop(name, None)
        self._late.get(entry.session.late_of or "", {}).pop(name, None)
        for place in entry.noted:
            self._of_vehicles[place].pop(name, None)
        for binding, record, _ in entry.billed:
            self._of_bindings[binding].pop(name, None)
            self._records.pop(record, None)
        entry.noted = set()

    def take_moved(self) -> tuple[set[str], dict[str, datetime]]:
        """Return of which sessions and bindings something moved since this was last asked, and of these since when."""
        moved = self._moved, self._moved_since
        self._moved, self._moved_since = set(), {}
        return moved

    def whole(self, session_id: str) -> list[LedgerEntry]:
        """Return a session with what was told late of it."""
        entry = self.entries.get(session_id)
        return [*([entry] if entry is not None else []), *self._late.get(session_id, {}).values()]

    def of_binding(self, binding: str) -> list[LedgerEntry]:
        """Return the sessions of which something is billed under a binding."""
        return list(self._of_bindings.get(binding, {}).values())

    def record(self, session_id: str) -> BillableRecord | None:
        """Return what is handed over under an id."""
        return self._records.get(session_id)

    def last_of(self, vehicle: str) -> LedgerEntry | None:
        """Return the last session of a vehicle."""
        return self._last.get(vehicle)

    def billed_in(self, vehicle: str, month: str) -> list[BillingRecord]:
        """Return what is billed of a vehicle's charging in a month, in the order in which it was charged."""
        entries = self._of_vehicles.get((vehicle, month), {})
        records = (record.billed for entry in entries.values() for record in entry.records)
        found = (billed for billed in records if billed is not None and billed.month == month)
        return sorted(found, key=lambda billed: (billed.started_at, billed.id))

    def of_vehicle(self, vehicle: str, since: datetime, until: datetime) -> list[LedgerEntry]:
        """Return the sessions of a vehicle that took place in a time."""
        return [
            entry
            for entry in self.entries.values()
            if entry.session.vehicle == vehicle and entry.session.started_at < until and entry.ended_at > since
        ]

    def begun_before(self, at: datetime) -> datetime:
        """Return when the first session began that lasted beyond ``at``; ``at`` itself where none did."""
        begun = (entry.session.started_at for entry in self.entries.values() if entry.ended_at > at)
        return min(at, *begun)

    def records(self) -> Iterable[tuple[LedgerEntry, BillableRecord]]:
        """Yield every billable record with its session."""
        for entry in self.entries.values():
            for record in entry.records:
                yield entry, record

    def open_records(self) -> Iterable[tuple[LedgerEntry, BillableRecord]]:
        """Yield the billable records of sessions of which something is open."""
        for entry in self.attention.values():
            for record in entry.records:
                yield entry, record

    def open_of(self, vehicle: str) -> list[BillableRecord]:
        """Return the billable records of a vehicle's sessions of which something is open."""
        return [record for entry in self._of_vehicles.get((vehicle, None), {}).values() for record in entry.records]

    def prune(self, now: datetime) -> None:
        """Forget what is long billed, and the minutes of what is billed."""
        for session_id, entry in list(self.entries.items()):
            if not entry.settled or any(record.untold for record in entry.records):
                continue
            entry.thin()
            if now - entry.ended_at > KEPT:
                del self.entries[session_id]
                self._forget(entry)
                if entry is self._last.get(entry.session.vehicle or ""):
                    del self._last[entry.session.vehicle or ""]

    def to_list(self) -> list[dict[str, Any]]:
        """Return it JSON-safe."""
        return [entry.to_dict() for entry in self.entries.values()]

    @classmethod
    def from_list(cls, data: Iterable[Mapping[str, Any]]) -> Ledger:
        """Take up what :meth:`to_list` gave."""
        entries = [LedgerEntry.from_dict(entry) for entry in data]
        return cls({entry.session.id: entry for entry in entries})
