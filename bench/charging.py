"""What a charger's reading costs where years of sessions are kept, as a ratio to a home that has just begun."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from custom_components.utility_han.procedures import BillableRecord, Ledger, Measured, MeasuredSession, RecordState
from custom_components.utility_han.procedures.charging.session import Mark
from custom_components.utility_han.utility.vehicle_model import BillingRecord, ChargingSession, Payer

_VEHICLES = 4
_YEARS = 3
_READINGS = 2_000
_NOW = datetime(2026, 11, 30, tzinfo=UTC)
_MONTH = "2026-11"


def measure() -> dict[str, Any]:
    """Return the cost of what is asked of the ledger at each reading, and of years of sessions beside one month."""
    months = {1: _ledger(31), _YEARS * 12: _ledger(_YEARS * 365)}
    young, old = (min(_seconds(ledger, _asked) for _ in range(5)) for ledger in months.values())
    return {
        "vehicles": _VEHICLES,
        "sessions": len(months[_YEARS * 12].entries),
        "reading_us": round(old / _READINGS * 1e6, 1),
        "ratio_to_one_month": round(old / young, 2),
    }


def _ledger(days: int) -> Ledger:
    """Return a session a day of each vehicle, all billed."""
    ledger = Ledger()
    for day in range(days, 0, -1):
        for vehicle in range(_VEHICLES):
            began = _NOW - timedelta(days=day, hours=-vehicle)
            marks = [Mark(began, 0.0), Mark(began + timedelta(hours=1), 9_000.0)]
            session = MeasuredSession(f"{day}-{vehicle}", marks, 0.0, ended_at=marks[-1].at, vehicle=f"{vehicle}")
            entry = ledger.add(session, "sensor.charger", Measured("evse", "1"))
            if entry is None:
                raise RuntimeError("a session of 9 kWh is none")
            entry.records, entry.settled = [_record(session)], True
            ledger.note(entry)
    return ledger


def _record(session: MeasuredSession) -> BillableRecord:
    said = ChargingSession(
        session_id=session.id,
        binding_id="bind-1",
        started_at=session.started_at,
        ended_at=session.marks[-1].at,
        energy_wh=session.energy_wh,
        quality="measured",
        meter={"kind": "evse", "id": "1"},
        parts=(),
    )
    billed = BillingRecord(
        id=f"rec-{session.id}",
        session_id=session.id,
        binding_id="bind-1",
        vehicle_id="veh-1",
        premise_id="prem-1",
        payer=Payer("1", "A customer"),
        month=f"{session.started_at:%Y-%m}",
        started_at=said.started_at,
        ended_at=said.ended_at,
        energy_wh=said.energy_wh,
        quality="measured",
        amount=Decimal(1),
        currency="USD",
    )
    return BillableRecord(said, Decimal(1), "USD", RecordState.SENT, billed=billed)


def _seconds(ledger: Ledger, ask: Callable[[Ledger, str], None]) -> float:
    start = time.perf_counter()
    for _ in range(_READINGS):
        for vehicle in range(_VEHICLES):
            ask(ledger, f"{vehicle}")
    return time.perf_counter() - start


def _asked(ledger: Ledger, vehicle: str) -> None:
    """Ask what the entities of a vehicle ask."""
    ledger.last_of(vehicle)
    ledger.billed_in(vehicle, _MONTH)
    any(record.billed_otherwise for record in ledger.open_of(vehicle))
