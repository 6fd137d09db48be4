"""Works out what is billed of sessions, and what that costs (UR-EV); ``reckoning`` puts it among all others."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, ChargingSession
from ..vehicle_binding import VehicleRun
from .billing import Measured, billable_records, cost_of
from .books import is_home
from .charge import Charge, ChargedVehicle
from .cutting import Quality, span_under
from .ledger import BillableRecord, Ledger, LedgerEntry, RecordState
from .packed import pack, unpack
from .pricing import PriceCourse, PricesMissingError, charge_of, taxed
from .reckoning import credit, exact_cost
from .session import Mark, MeasuredSession
from .tariff import Holidays, no_holidays


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


def settle_session(entry: LedgerEntry, run: VehicleRun, rates: Rates = _PLAIN, now: datetime | None = None) -> None:
    """Work out what is billed of a session of the vehicle that ``run`` is; what was handed over before stays.

    Blocks and fees are put right by :func:`reckon`, once the ledger has noted it.
    """
    sessions, entry.unbound_wh = billable_records(
        entry.session, run.bindings.values(), run.programs, entry.meter, rates.holidays
    )
    at = now or entry.ended_at
    kept = {record.session.session_id: record for record in entry.records}
    gone = kept.keys() - {session.session_id for session in sessions}
    _credit([kept[name] for name in sorted(gone)], entry, at)
    found: list[BillableRecord] = []
    for session in sessions:
        if (record := kept.get(session.session_id)) is None:
            record = _new_record(entry, session, run.programs[session.binding_id])
            _price(entry, record, run, rates, at)
        found.append(record)
    entry.records, entry.settled = found, True


def _new_record(entry: LedgerEntry, session: ChargingSession, program: RateProgram) -> BillableRecord:
    replaced = _replaced(entry, session)
    return BillableRecord(
        session, None, program.currency, RecordState.WAITING, revision=len(entry.credited), corrects=replaced
    )


def _replaced(entry: LedgerEntry, session: ChargingSession) -> str | None:
    """Return the charge that a new one takes the place of: of those taken back, that with which it shares most time.

    One that was replaced before is no more: what replaced it was taken back itself.
    """
    before = {credited.record.corrects for credited in entry.credited}
    shared = [
        (_shared(credited.record.session, session), credited.record.charge_id)
        for credited in entry.credited
        if credited.record.charge_id not in before
    ]
    most, charge = max(shared, key=lambda each: each[0], default=(timedelta(0), None))
    return charge if most else None


def _shared(one: ChargingSession, other: ChargingSession) -> timedelta:
    return max(min(one.ended_at, other.ended_at) - max(one.started_at, other.started_at), timedelta(0))


def price_waiting(ledger: Ledger, runs: Mapping[str, VehicleRun], rates: Rates, now: datetime) -> bool:
    """Price what has waited for its prices and can be by now; return whether something changed."""
    changed = False
    for entry in list(ledger.attention.values()):
        if (run := runs.get(entry.session.vehicle or "")) is None:
            continue
        for record in entry.records:
            if record.cost is None and record.session.binding_id in run.programs:
                before = list(record.missing)
                _price(entry, record, run, rates, now)
                changed = changed or record.missing != before
        ledger.note(entry)
    return changed


def _price(entry: LedgerEntry, record: BillableRecord, run: VehicleRun, rates: Rates, now: datetime) -> None:
    binding, program = run.bindings[record.session.binding_id], run.programs[record.session.binding_id]
    try:
        charge = charge_under(entry.session, binding, program, entry.meter, now, rates, record.month_wh_before)
    except PricesMissingError as err:
        record.missing = list(err.spans)
        return
    if charge is None:
        return
    record.missing, record.periods, record.priced_at = [], pack(charge.periods), now
    if is_home(binding.id):
        record.cost = taxed(exact_cost(record, charge.periods, program), program).gross
    else:
        # A utility that bills vehicles prices what it is told: parts by tier, without what its API has no word for.
        record.cost = cost_of(record.session.parts, program)


def charge_under(
    session: MeasuredSession,
    binding: Binding,
    program: RateProgram,
    meter: Measured,
    now: datetime,
    rates: Rates,
    month_wh_before: int = 0,
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
        month_wh_before=month_wh_before,
    )


def take_back_records(entry: LedgerEntry, now: datetime) -> None:
    """Take back what is billed of a session under a household's own bindings, to work it out anew.

    What was handed over is credited; of what nobody has seen nothing is left.
    """
    if entry.thinned:
        _remember(entry)
    _credit(entry.records, entry, now)
    entry.records, entry.unbound_wh, entry.settled, entry.accepted = [], 0, False, False


def _credit(records: Iterable[BillableRecord], entry: LedgerEntry, now: datetime) -> None:
    for record in records:
        if record.issued is not None:
            credit(entry, record, now)


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
