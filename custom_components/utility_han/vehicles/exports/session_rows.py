"""Sessions and bindings as data, for automations and templates."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from ...documents import statement
from ...procedures import Charge, ChargedVehicle, ForeignSession
from ...utility import Binding, Payer, RateProgram
from .charges import Taken
from .span import Asked


def session_rows(taken: Taken) -> list[Any]:
    """Return sessions as data, oldest first; money is rounded as on a statement. For a thread."""
    rows: list[tuple[datetime, dict[str, Any]]] = []
    for charge in taken.charges:
        amount = statement.amount_of(charge.exact_cost, charge.program)
        money = _money(amount.net, amount.tax, amount.gross, charge.program.currency)
        rows.append((charge.started_at, _session(charge) | money))
    for vehicle, told in taken.elsewhere:
        amount = statement.amount_elsewhere(told)
        tax = amount.tax if told.cost_with_tax is not None else None
        money = _money(amount.net, tax, amount.gross, told.currency)
        rows.append((told.started_at, _elsewhere(vehicle, told) | money))
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


def _money(net: Decimal, tax: Decimal | None, gross: Decimal, currency: str) -> dict[str, Any]:
    told_tax = None if tax is None else float(tax)
    return {"net": float(net), "tax": told_tax, "amount": float(gross), "currency": currency}


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
        "place": "home",
        "operator": None,
        "location": None,
    }


def _elsewhere(vehicle: ChargedVehicle, told: ForeignSession) -> dict[str, Any]:
    """Return a session of elsewhere with the fields of one at home; of what its record does not tell, None."""
    return {
        "id": told.id,
        "session_id": None,
        **_vehicle(vehicle),
        "binding": None,
        "program": None,
        "payer": None,
        "evse": None,
        "evse_id": told.evse_id,
        "contract_id": told.contract_id,
        "start": told.started_at.isoformat(),
        "end": told.ended_at.isoformat(),
        "energy_kwh": told.energy_wh / 1000,
        "estimated_kwh": None,
        "quality": None,
        "meter": None,
        "meter_start_kwh": None,
        "meter_end_kwh": None,
        "corrects": None,
        "credits": None,
        "place": "elsewhere",
        "operator": told.operator or None,
        "location": told.place,
    }


def statement_rows(taken: Taken, asked: Asked, now: datetime) -> list[Any]:
    """Return what statements add up to, one for each vehicle and payer; fees and taxes are in it. For a thread."""
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


def elsewhere_rows(taken: Taken, asked: Asked, now: datetime) -> list[Any]:
    """Return what was charged elsewhere, one for each vehicle: it is in no statement. For a thread."""
    span = statement.Span(asked.since, asked.until)
    return [
        {
            **_vehicle(made.vehicle),
            "sessions": len(made.lines),
            "energy_kwh": made.energy_wh / 1000,
            "totals": {currency: float(total) for currency, total in made.totals.items()},
        }
        for made in statement.statements_elsewhere(taken.elsewhere, (), span, now)
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
