"""Sessions and bindings as data, for automations and templates."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ..procedures import Charge, ChargedVehicle
from ..utility import Binding, Payer, RateProgram
from .charges import Taken
from .span import Asked


def session_rows(charges: Iterable[Charge]) -> list[Any]:
    """Return charges as data, oldest first; money is rounded as on a statement. For a thread."""
    from ..documents.statement import amount_of  # noqa: PLC0415 - see async_load

    rows = []
    for charge in charges:
        amount = amount_of(charge.exact_cost, charge.program)
        money = {"net": float(amount.net), "tax": float(amount.tax), "amount": float(amount.gross)}
        rows.append(_session(charge) | money | {"currency": charge.program.currency})
    return rows


def _session(charge: Charge) -> dict[str, Any]:
    binding, sign = charge.binding, -1 if charge.credits else 1
    return {
        "id": charge.id,
        "session_id": charge.session_id,
        **_vehicle(charge.vehicle),
        "binding": binding.id,
        "program": charge.program.name,
        "payer": _payer(binding.payer),
        "evse": binding.evse,
        "evse_id": binding.evse_id,
        "contract_id": binding.contract_id,
        "start": charge.started_at.isoformat(),
        "end": charge.ended_at.isoformat(),
        "energy_kwh": sign * charge.energy_wh / 1000,
        "estimated_kwh": sign * charge.estimated_wh / 1000,
        "quality": "estimated" if charge.estimated_wh else "measured",
        "meter": charge.meter_id,
        "meter_start_kwh": _kilo(charge.meter_start_wh),
        "meter_end_kwh": _kilo(charge.meter_end_wh),
        "corrects": charge.corrects,
        "credits": charge.credits,
    }


def statement_rows(taken: Taken, asked: Asked, now: datetime) -> list[Any]:
    """Return what statements add up to, one for each vehicle and payer; fees and taxes are in it. For a thread."""
    from ..documents import statement  # noqa: PLC0415 - see async_load

    bound = [statement.Bound(*each) for each in taken.bindings]
    return [
        {
            **_vehicle(made.vehicle),
            "payer": _payer(made.payer),
            "sessions": made.sessions,
            "energy_kwh": made.energy_wh / 1000,
            "estimated_kwh": made.estimated_wh / 1000,
            "totals": {each.currency: float(each.total) for each in made.sums},
        }
        for made in statement.statements(taken.charges, bound, statement.Span(asked.since, asked.until), now)
    ]


def binding_row(vehicle: ChargedVehicle, binding: Binding, program: RateProgram) -> dict[str, Any]:
    """Return a binding as data."""
    return {
        "id": binding.id,
        **_vehicle(vehicle),
        "status": binding.status.value,
        "program": program.name,
        "currency": program.currency,
        "terms_version": binding.terms_version,
        "payer": _payer(binding.payer),
        "evse": binding.evse,
        "evse_id": binding.evse_id,
        "contract_id": binding.contract_id,
        "start": binding.valid_from.isoformat(),
        "end": binding.valid_until.isoformat() if binding.valid_until else None,
    }


def _vehicle(vehicle: ChargedVehicle) -> dict[str, str]:
    return {"vehicle": vehicle.title, "vin": vehicle.vin}


def _payer(payer: Payer) -> dict[str, str]:
    return {"number": payer.number, "holder": payer.holder}


def _kilo(watt_hours: int | None) -> float | None:
    return None if watt_hours is None else watt_hours / 1000
