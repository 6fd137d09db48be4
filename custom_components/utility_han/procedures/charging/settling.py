"""Works out what is billed of sessions, and what that costs (UR-EV)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Protocol

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, ChargingSession
from ..vehicle_binding import VehicleRun
from .billing import Measured, billable_records, cost_of
from .books import is_home
from .charge import Charge, ChargedVehicle
from .cutting import Quality, span_under
from .ledger import BillableRecord, CreditedRecord, Ledger, LedgerEntry, RecordState
from .packed import pack, unpack
from .pricing import PriceCourse, PricesMissingError, charge_of, cost_of_charge
from .session import Mark, MeasuredSession
from .tariff import Holidays, no_holidays, rate_zone


class Rates(Protocol):
    """What a rate program needs to know of the world."""

    def holidays(self, program: RateProgram) -> Holidays:
        """Return the holidays that a program names."""

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        """Return the prices of a program's source between two times, as far as they are known."""


class PlainRates:
    """Of a world in which all prices are in the programs."""

    def holidays(self, program: RateProgram) -> Holidays:
        """Return none."""
        return no_holidays

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        """Return none."""
        return ()


_PLAIN = PlainRates()
_NOBODY = ChargedVehicle("", "", "", "")

type _Billed = Iterable[BillableRecord]


def settle_session(
    entry: LedgerEntry,
    run: VehicleRun,
    rates: Rates = _PLAIN,
    now: datetime | None = None,
    billed: Callable[[], _Billed] = tuple,
) -> None:
    """Work out what is billed of a session of the vehicle that ``run`` is; what was handed over before stays.

    ``billed`` is what was billed of other sessions, for programs whose price depends on it.
    """
    records, entry.unbound_wh = billable_records(
        entry.session, run.bindings.values(), run.programs, entry.meter, rates.holidays
    )
    kept = {record.session.session_id: record for record in entry.records}
    found: list[BillableRecord] = []
    for session in records:
        if (record := kept.get(session.session_id)) is None:
            record = _new_record(entry, session, run.programs[session.binding_id])
            _price(entry, record, run, rates, now or entry.ended_at, lambda: chain(billed(), found))
        found.append(record)
    entry.records, entry.settled = found, True


def _new_record(entry: LedgerEntry, session: ChargingSession, program: RateProgram) -> BillableRecord:
    taken_back = entry.credited[-1].record.charge_id if entry.credited else None
    return BillableRecord(
        session, None, program.currency, RecordState.WAITING, revision=len(entry.credited), corrects=taken_back
    )


def price_waiting(ledger: Ledger, runs: Mapping[str, VehicleRun], rates: Rates, now: datetime) -> bool:
    """Price what has waited for its prices and can be by now; return whether something changed."""
    changed = False
    for entry in list(ledger.attention.values()):
        if (run := runs.get(entry.session.vehicle or "")) is None:
            continue
        for record in entry.records:
            if record.cost is None and record.session.binding_id in run.programs:
                before = list(record.missing)
                _price(entry, record, run, rates, now, lambda: (each for _, each in ledger.records()))
                changed = changed or record.missing != before
        ledger.note(entry)
    return changed


def _price(
    entry: LedgerEntry,
    record: BillableRecord,
    run: VehicleRun,
    rates: Rates,
    now: datetime,
    billed: Callable[[], _Billed],
) -> None:
    binding, program = run.bindings[record.session.binding_id], run.programs[record.session.binding_id]
    try:
        charge = charge_under(entry.session, binding, program, entry.meter, now, rates, billed())
    except PricesMissingError as err:
        record.missing = list(err.spans)
        return
    if charge is None:
        return
    record.is_rest = _is_rest(entry.session, billed())
    charge = replace(charge, is_rest=record.is_rest)
    record.missing, record.periods, record.priced_at = [], pack(charge.periods), now
    record.month_wh_before = charge.month_wh_before
    # A utility that bills vehicles prices what it is told: parts by tier, without what its API has no word for.
    record.cost = cost_of_charge(charge).gross if is_home(binding.id) else cost_of(record.session.parts, program)


def _is_rest(session: MeasuredSession, billed: _Billed) -> bool:
    """Whether a session is what was told late of another one of which something is billed."""
    of = session.late_of
    return of is not None and any(each.session.session_id.startswith(f"{of}-") for each in billed)


def charge_under(
    session: MeasuredSession,
    binding: Binding,
    program: RateProgram,
    meter: Measured,
    now: datetime,
    rates: Rates,
    billed: _Billed,
) -> Charge | None:
    """Return what of a session falls under a binding, priced by ``rates``; as :func:`charge_of` does."""
    if (span := span_under(session, binding)) is None:
        return None
    return charge_of(
        session,
        binding,
        program,
        _NOBODY,
        meter,
        now,
        course=rates.course(program, *span) if program.source else (),
        is_holiday=rates.holidays(program),
        month_wh_before=_month_wh_before(binding, program, span[0], billed) if program.blocks else 0,
    )


def _month_wh_before(binding: Binding, program: RateProgram, start: datetime, billed: _Billed) -> int:
    """Return what was charged under a binding in the month of ``start``, before it."""
    zone = rate_zone(program)
    month = start.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    before = (each for each in billed if each.session.binding_id == binding.id and each.session.ended_at <= start)
    return sum(_wh_since(month, each) for each in before if month < each.session.ended_at)


def _wh_since(month: datetime, record: BillableRecord) -> int:
    """Return what of a record was charged since a month began, whether its price is known or not."""
    session = record.session
    if session.started_at >= month:
        return session.energy_wh
    if record.periods:
        periods = unpack(record.periods, session.started_at)
        return sum(period.energy_wh for period in periods if period.started_at >= month)
    # Until it is priced nothing is kept of when in a part it was charged.
    even = (min((part.ended_at - month) / (part.ended_at - part.started_at), 1.0) for part in session.parts)
    return round(sum(part.energy_wh * max(share, 0.0) for part, share in zip(session.parts, even, strict=True)))


def take_back_records(entry: LedgerEntry, now: datetime) -> None:
    """Take back what is billed of a session under a household's own bindings, to work it out anew.

    What was handed over is credited; of what nobody has seen nothing is left.
    """
    vehicle = entry.session.vehicle or ""
    if entry.thinned:
        _remember(entry)
    entry.credited += [CreditedRecord(record, vehicle, now) for record in entry.records if record.issued]
    entry.records, entry.unbound_wh, entry.settled, entry.accepted = [], 0, False, False


def _remember(entry: LedgerEntry) -> None:
    """Give a session the marks again that its records have kept of it."""
    session = entry.session
    if entry.unbound_wh or not entry.records or not all(record.periods for record in entry.records):
        return  # it has kept what there was
    first, last = session.marks[0], session.marks[-1]
    total = float(round(first.total))
    marks = [Mark(first.at, total)]
    for record in sorted(entry.records, key=lambda each: each.session.started_at):
        if record.session.started_at > marks[-1].at:
            marks.append(Mark(record.session.started_at, total))  # between two bindings nothing was charged
        for period in unpack(record.periods or "", record.session.started_at):
            total += period.energy_wh
            marks.append(Mark(period.ended_at, total, period.quality == Quality.MEASURED))
    if last.at > marks[-1].at:
        marks.append(Mark(last.at, total))
    session.marks, entry.thinned = marks, False


def total_cost(records: Iterable[BillableRecord]) -> Decimal | None:
    """Return what records cost together, None while a price is not known."""
    total = Decimal(0)
    for record in records:
        if record.cost is None:
            return None
        total += record.cost
    return total
