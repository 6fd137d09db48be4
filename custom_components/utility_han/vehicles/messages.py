"""What is said to people of the charging of a vehicle."""

from decimal import Decimal

from homeassistant.util import dt as dt_util

from ..hub.telling.wording import Said, Wording
from ..procedures import LedgerEntry, total_cost
from .manager import VehicleManager
from .store import VehicleRecord
from .summary import last_charge, month_billed, running_cost, tariff


def about_charging(manager: VehicleManager, record: VehicleRecord, wording: Wording) -> Said:
    """Say what a vehicle charges now, else what it charged last."""
    if (session := manager.session(record)) is not None:
        return Said(
            "charging",
            {
                "vehicle": record.title,
                "start": wording.time(session.started_at),
                "energy": wording.energy(session.energy / 1000),
                "cost": _money(
                    running_cost(manager.charging, record, session, manager.settling.rates), record, wording
                ),
            },
        )
    last = last_charge(manager.charging, record)
    return about_session(last, record, wording) if last else Said("charged_nothing", {"vehicle": record.title})


def about_session(entry: LedgerEntry, record: VehicleRecord, wording: Wording) -> Said:
    """Say what was charged in a session, and what it cost where that is known by now."""
    cost = total_cost(entry.records) if entry.records else None
    return Said(
        "charged_unpriced" if cost is None else "charged",
        {
            "vehicle": record.title,
            **wording.span(entry.session.started_at, entry.ended_at),
            "energy": wording.energy(entry.energy_wh / 1000),
            "cost": _money(cost, record, wording),
        },
    )


def about_month(manager: VehicleManager, record: VehicleRecord, wording: Wording) -> Said:
    """Say what was billed of a vehicle's charging this month."""
    energy, cost = month_billed(manager.charging, record, dt_util.utcnow())
    return Said(
        "charged_month",
        {
            "vehicle": record.title,
            "energy": wording.energy(energy / 1000),
            "cost": _money(cost, record, wording),
        },
    )


def _money(amount: Decimal | None, record: VehicleRecord, wording: Wording) -> str:
    program = tariff(record, dt_util.utcnow())
    return "–" if amount is None or program is None else wording.money(amount, program.currency)
