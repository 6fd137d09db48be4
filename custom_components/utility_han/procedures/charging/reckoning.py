"""What a charge depends on beside its own session, put right whatever becomes known, and when (UR-EV).

That are two things: what was charged under the binding in the month before it, where the program has blocks, and
whether the fee of the session is in another charge of it. Both follow from all that is billed in the order in which it
was charged, never from the order in which it became known: what appears, changes or goes late has what comes after it
priced anew. What was handed over is credited and replaced (``mod_cdrs``, Credit CDRs: a CDR "cannot be changed or
replaced once sent"). What a utility bills is the utility's to price.

OCPI 2.2.1 has one fee for each session: FLAT is "a fixed amount that has to be payed for any Charging Session" (Tariff
object, ``min_price``), and tariffs are those "at the start of the charging session" (CDR object). So the fee is in the
charge with which a session begins, by the program of that one; what was told late of it, and what a change of bindings
cut off it, has none.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...utility.rate_model import RateProgram
from ..vehicle_binding import VehicleRun
from .books import is_home
from .charge import ChargePeriod
from .cutting import measured_between
from .ledger import KEPT, BillableRecord, CreditedRecord, Ledger, LedgerEntry
from .packed import pack, unpack
from .pricing import blocks_anew, taxed
from .tariff import rate_zone

_FOR_GOOD = KEPT - timedelta(days=62)
"""What began longer ago stays as it is: of its month, sessions may be forgotten already."""

type _Place = tuple[LedgerEntry, BillableRecord]


def reckon(ledger: Ledger, runs: Mapping[str, VehicleRun], now: datetime) -> bool:
    """Put right what depends on what appeared, changed or went since this was last done; return whether anything did.

    ``runs`` are the vehicles by key. It has to be done before anything of the ledger is shown or handed over.
    """
    sessions, bindings = ledger.take_moved()
    programs = {binding: program for run in runs.values() for binding, program in run.programs.items()}
    changed = False
    for name in sessions:
        whole = ledger.whole(name)
        for entry in whole:
            changed = _credit_refused(entry, now) or changed
        for number, (entry, record) in enumerate(_in_order(_owed_at_home(whole))):
            changed = _is_rest(ledger, entry, record, programs, now, is_rest=number > 0) or changed
    for binding, since in bindings.items():
        program = programs.get(binding)
        if program is not None and program.blocks and is_home(binding):
            changed = _count_blocks(ledger, binding, program, since, now) or changed
    return changed


def wh_before(ledger: Ledger, binding: str, program: RateProgram, at: datetime) -> int:
    """Return what was charged under a binding in the month of ``at``, before it."""
    zone = rate_zone(program)
    month = _month(at, zone)
    records = (
        each
        for each in _owed_at_home(ledger.of_binding(binding))
        if each[1].session.binding_id == binding and each[1].session.started_at < at
    )
    return sum(_wh_by_month(entry, record, zone).get(month, 0) for entry, record in records)


def credit(entry: LedgerEntry, record: BillableRecord, now: datetime) -> None:
    """Take back what was handed over of a session."""
    entry.credited.append(CreditedRecord(record, entry.session.vehicle or "", now))


def exact_cost(record: BillableRecord, periods: tuple[ChargePeriod, ...], program: RateProgram) -> Decimal:
    """Return what is owed at home for a record, without tax and not rounded."""
    energy = sum((period.per_kwh * period.energy_wh for period in periods), start=Decimal(0)) / 1000
    return energy + (Decimal(0) if record.is_rest else program.session_fee)


def _credit_refused(entry: LedgerEntry, now: datetime) -> bool:
    """Credit what was handed over and a utility does not take: nobody owes it."""
    refused = [each for each in entry.records if not each.owed and each.issued is not None]
    for record in refused:
        credit(entry, replace(record), now)
        record.revision, record.corrects, record.issued = len(entry.credited), None, None
    return bool(refused)


def _owed_at_home(entries: list[LedgerEntry]) -> Iterator[_Place]:
    for entry in entries:
        for record in entry.records:
            if record.owed and is_home(record.session.binding_id):
                yield entry, record


def _in_order(records: Iterator[_Place]) -> list[_Place]:
    """Return records as they were charged one after the other; each has a place of its own."""
    return sorted(records, key=lambda each: (each[1].session.started_at, each[1].session.session_id))


def _is_rest(
    ledger: Ledger,
    entry: LedgerEntry,
    record: BillableRecord,
    programs: Mapping[str, RateProgram],
    now: datetime,
    *,
    is_rest: bool,
) -> bool:
    program = programs.get(record.session.binding_id)
    if is_rest == record.is_rest or program is None:
        return False
    return _put_right(ledger, entry, record, program, replace(record, is_rest=is_rest), now)


def _count_blocks(ledger: Ledger, binding: str, program: RateProgram, since: datetime, now: datetime) -> bool:
    """Count what was charged in each month from that of ``since`` on, and price what comes after it by that."""
    zone = rate_zone(program)
    first = _month(since, zone)
    charged: dict[tuple[int, int], int] = defaultdict(int)
    changed = False
    places = (each for each in ledger.of_binding(binding) if _month(each.ended_at, zone) >= first)
    for entry, record in _in_order(_owed_at_home([*places])):
        if record.session.binding_id != binding:
            continue
        before = charged[_month(record.session.started_at, zone)]
        for month, wh in _wh_by_month(entry, record, zone).items():
            charged[month] += wh
        if before != record.month_wh_before and _month(record.session.started_at, zone) >= first:
            changed = _put_right(ledger, entry, record, program, _counted(record, program, before), now) or changed
    return changed


def _counted(record: BillableRecord, program: RateProgram, before: int) -> BillableRecord:
    """Return a record as it is where so much was charged in the month before it."""
    if record.cost is None or record.periods is None:
        return replace(record, month_wh_before=before)  # it will be priced by that
    periods = blocks_anew(_periods(record), program, record.month_wh_before, before)
    return replace(record, month_wh_before=before, periods=pack(periods))


def _put_right(
    ledger: Ledger,
    entry: LedgerEntry,
    record: BillableRecord,
    program: RateProgram,
    right: BillableRecord,
    now: datetime,
) -> bool:
    """Have a record as it is ``right``; return whether that changed what is owed.

    What was handed over stays as it is where the amount does, and is credited and replaced where it does not.
    """
    owed = exact_cost(right, _periods(right), program)
    same = record.cost is None or record.periods is None or owed == exact_cost(record, _periods(record), program)
    settled = now - record.session.started_at > _FOR_GOOD
    if (same and record.issued is not None) or settled:
        return False
    if not same:
        right.cost, right.priced_at = taxed(owed, program).gross, now
    if record.issued is not None:
        credit(entry, record, now)
        right.revision, right.corrects, right.issued = len(entry.credited), record.charge_id, None
    if right.billed is not None and right.cost is not None:
        # The books at home take it as it is: they would give the same.
        right.billed = replace(right.billed, id=right.charge_id, amount=right.cost)
    entry.records[entry.records.index(record)] = right
    ledger.note(entry)
    return not same


def _periods(record: BillableRecord) -> tuple[ChargePeriod, ...]:
    return unpack(record.periods, record.session.started_at) if record.periods else ()


def _month(at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    local = at.astimezone(zone)
    return local.year, local.month


def _wh_by_month(entry: LedgerEntry, record: BillableRecord, zone: ZoneInfo) -> dict[tuple[int, int], int]:
    """Return what of a record was charged in each month, whether its price is known or not."""
    session = record.session
    if (month := _month(session.started_at, zone)) == _month(session.ended_at, zone):
        return {month: session.energy_wh}
    found: dict[tuple[int, int], int] = defaultdict(int)
    if record.periods:
        for period in _periods(record):
            found[_month(period.started_at, zone)] += period.energy_wh
        return found
    start = session.started_at
    while start < session.ended_at:
        end = min(_next_month(start, zone), session.ended_at)
        found[_month(start, zone)] += measured_between(entry.session, start, end)[0]
        start = end
    return found


def _next_month(at: datetime, zone: ZoneInfo) -> datetime:
    first = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (first + timedelta(days=31)).replace(day=1).astimezone(UTC)
