"""A ledger of so many days: a session a day of each vehicle, all billed."""

from datetime import datetime, timedelta
from decimal import Decimal

from custom_components.utility_han.procedures import BillableRecord, Ledger, Measured, MeasuredSession, RecordState
from custom_components.utility_han.procedures.charging.session import Mark
from custom_components.utility_han.utility.vehicle_model import BillingRecord, ChargingSession, Payer


def ledger_of(days: int, vehicles: int, until: datetime) -> Ledger:
    """Return it; vehicles are called "0" and so on, and come home one hour after the other."""
    ledger = Ledger()
    for day in range(days, 0, -1):
        for vehicle in range(vehicles):
            began = until - timedelta(days=day, hours=-vehicle)
            marks = [Mark(began, 0.0), Mark(began + timedelta(hours=1), 9_000.0)]
            session = MeasuredSession(f"{day}-{vehicle}", marks, 0.0, ended_at=marks[-1].at, vehicle=f"{vehicle}")
            entry = ledger.add(session, f"sensor.charger_{vehicle}", Measured("evse", "1"))
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
