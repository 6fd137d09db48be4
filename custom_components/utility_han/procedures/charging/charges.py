"""Charges made again of what the ledger keeps: the same ones, however often and however late."""

from collections.abc import Iterator
from dataclasses import replace

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, ChargingSession
from ..vehicle_binding import VehicleRun
from .charge import Charge, ChargedVehicle, ChargePeriod
from .ledger import BillableRecord, CreditedRecord, LedgerEntry, RecordState
from .packed import unpack
from .pricing import price_periods
from .session import Mark, MeasuredSession


def charge_from(entry: LedgerEntry, record: BillableRecord, run: VehicleRun, title: str) -> Charge | None:
    """Return the charge of a billable record; None while it is not priced, or where nobody owes it."""
    binding = run.bindings.get(record.session.binding_id)
    if binding is None or record.cost is None or record.state is RecordState.REFUSED:
        return None
    return _charge(entry, record, binding, run.programs[binding.id], _vehicle(run, title))


def credit_of(charge: Charge, credited: CreditedRecord) -> Charge:
    """Return the charge that takes another one back."""
    return replace(charge, id=credited.charge_id, issued_at=credited.at, credits=charge.id, corrects=None)


def _vehicle(run: VehicleRun, title: str) -> ChargedVehicle:
    return ChargedVehicle(title, run.vin, run.make, run.model)


def _charge(
    entry: LedgerEntry, record: BillableRecord, binding: Binding, program: RateProgram, vehicle: ChargedVehicle
) -> Charge:
    session = record.session
    return Charge(
        id=record.charge_id,
        session_id=entry.session.id,
        vehicle=vehicle,
        binding=binding,
        program=program,
        started_at=session.started_at,
        ended_at=session.ended_at,
        periods=_periods(record, program),
        month_wh_before=record.month_wh_before,
        meter_kind=entry.meter.kind,
        meter_id=entry.meter.id,
        meter_start_wh=session.meter.get("start_wh"),
        meter_end_wh=session.meter.get("end_wh"),
        issued_at=record.priced_at or session.ended_at,
        corrects=record.corrects,
        is_rest=record.is_rest,
    )


def _periods(record: BillableRecord, program: RateProgram) -> tuple[ChargePeriod, ...]:
    if record.periods is not None:
        return unpack(record.periods, record.session.started_at)
    # Of an older version, whose programs had neither seasons nor sources: within a tier nothing more is known.
    return tuple(_of_parts(record.session, program))


def _of_parts(session: ChargingSession, program: RateProgram) -> Iterator[ChargePeriod]:
    for part in session.parts:
        even = MeasuredSession("", [Mark(part.started_at, 0.0), Mark(part.ended_at, float(part.energy_wh))], None)
        flat = replace(program, periods=(), default_tier=part.tier)
        for period in price_periods(even, (part.started_at, part.ended_at), flat, ()):
            yield replace(period, quality=part.quality)
