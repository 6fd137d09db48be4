"""What the ledger and the bindings say in a few figures."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from ..procedures import (
    LedgerEntry,
    Measured,
    MeasuredSession,
    PricesMissingError,
    Rates,
    billable_records,
    charge_under,
    cost_of,
    cost_of_charge,
    is_home,
    rate_zone,
    total_cost,
    wh_before,
)
from ..utility import BindingStatus, ChargingSession, RateProgram
from .store import Charging, VehicleRecord


def binding_state(record: VehicleRecord, now: datetime) -> str:
    """Return how the binding of a vehicle stands, as one of the binding sensor's options."""
    binding = record.run.current(now)
    if record.run.wanted is not None and (binding is None or not binding.covers(now)):
        return "binding"
    if binding is None:
        return "none"
    if binding.status in (BindingStatus.PENDING, BindingStatus.REFUSED):
        return binding.status.value
    if binding.covers(now):
        return "in_force"
    return "scheduled" if binding.valid_from > now else "ended"


def tariff(record: VehicleRecord, now: datetime) -> RateProgram | None:
    """Return the rate program that a vehicle charges under now, or last did."""
    binding = record.run.current(now)
    return record.run.programs.get(binding.id) if binding else None


def last_charge(charging: Charging, record: VehicleRecord) -> LedgerEntry | None:
    """Return the last session of a vehicle that ended."""
    return charging.ledger.last_of(record.key)


def running_cost(
    charging: Charging, record: VehicleRecord, session: MeasuredSession | None, rates: Rates
) -> Decimal | None:
    """Return what the open session costs so far, or the last one cost, in the program's currency."""
    if session is None:
        last = last_charge(charging, record)
        if last is None:
            return Decimal(0)
        return total_cost(last.records) if last.records else None
    until = session.marks[-1].at
    so_far = MeasuredSession(session.id, session.marks, session.raw_start, ended_at=until)
    meter = Measured("evse", "")
    parts, _ = billable_records(so_far, record.run.bindings.values(), record.run.programs, meter, rates.holidays)
    costs = [_so_far(charging, record, so_far, each, rates, is_rest=place > 0) for place, each in enumerate(parts)]
    return None if None in costs else sum((cost for cost in costs if cost is not None), start=Decimal(0))


def _so_far(
    charging: Charging,
    record: VehicleRecord,
    session: MeasuredSession,
    part: ChargingSession,
    rates: Rates,
    *,
    is_rest: bool,
) -> Decimal | None:
    """Return what the part of a session under one binding costs, None where a price of it is not known."""
    binding, program = record.run.bindings[part.binding_id], record.run.programs[part.binding_id]
    if not is_home(binding.id):
        return cost_of(part.parts, program)
    before = wh_before(charging.ledger, binding.id, program, part.started_at) if program.blocks else 0
    try:
        charge = charge_under(session, binding, program, Measured("evse", ""), part.ended_at, rates, before)
    except PricesMissingError:
        return None
    return cost_of_charge(replace(charge, is_rest=is_rest)).gross if charge else Decimal(0)


def month_start(record: VehicleRecord, now: datetime) -> datetime:
    """Return when the month of the bill began, in the time zone of the rate program."""
    program = tariff(record, now)
    local = now.astimezone(rate_zone(program)) if program else now
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_billed(charging: Charging, record: VehicleRecord, now: datetime) -> tuple[int, Decimal]:
    """Return what the utility has billed of a vehicle's charging here this month: Wh and money."""
    month = f"{month_start(record, now):%Y-%m}"
    billed = charging.ledger.billed_in(record.key, month)
    return sum(each.energy_wh for each in billed), sum((each.amount for each in billed), start=Decimal(0))
