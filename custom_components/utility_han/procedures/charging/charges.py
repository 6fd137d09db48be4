"""Charges made again of what the ledger keeps: the same ones, however often and however late."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, ChargingSession
from ..vehicle_binding import VehicleRun
from .charge import Charge, ChargedVehicle, ChargePeriod
from .ledger import BillableRecord, CreditedRecord, LedgerEntry
from .packed import unpack
from .pricing import price_periods
from .session import Mark, MeasuredSession

type Titled = tuple[VehicleRun, str]
"""A vehicle and what it is called."""


def charges_of(entry: LedgerEntry, vehicles: Mapping[str, Titled]) -> list[Charge]:
    """Return the charges of a session that are of these vehicles (by key), each credit behind what it takes back."""
    found: list[Charge] = []
    for credited in entry.credited:
        vehicle = vehicles.get(credited.vehicle)
        if vehicle is not None and (made := charge_from(entry, credited.record, *vehicle)) is not None:
            found += [made, credit_of(made, credited)]
    if (vehicle := vehicles.get(entry.session.vehicle or "")) is not None:
        owed = (each for each in entry.records if each.owed)
        found += [made for each in owed if (made := charge_from(entry, each, *vehicle)) is not None]
    return found


def issue(entry: LedgerEntry, charges: Container[str], now: datetime) -> bool:
    """Keep of a session that charges were handed over, by their ids; return whether any of them was not before."""
    issuable: list[BillableRecord | CreditedRecord] = [*entry.records, *entry.credited]
    issuable += [credited.record for credited in entry.credited]
    new = [each for each in issuable if each.issued is None and each.charge_id in charges]
    for each in new:
        each.issued = now
    return bool(new)


def charge_from(entry: LedgerEntry, record: BillableRecord, run: VehicleRun, title: str) -> Charge | None:
    """Return the charge of a billable record; None while it is not priced."""
    binding = run.bindings.get(record.session.binding_id)
    if binding is None or record.cost is None:
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
        signed_data="\n".join(entry.session.signed) or None,
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
