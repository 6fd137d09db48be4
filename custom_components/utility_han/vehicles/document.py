"""What a person reads of bindings and charging: tariffs, periods, and the binding record as a document (SC-1)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..documents import Style
from ..hub.telling.person import Person
from ..hub.telling.words import Sheet
from ..procedures import BillableRecord, LedgerEntry
from ..utility import Binding
from .store import Charging, VehicleRecord


def period(binding: Binding, style: Style) -> str:
    """Return a binding's period, local time."""
    until = local_time(binding.valid_until, style) if binding.valid_until else "…"
    return f"{local_time(binding.valid_from, style)} – {until}"


def local_time(moment: datetime, style: Style) -> str:
    """Return a time as people read it, to the minute."""
    return style.moment(dt_util.as_local(moment))


def binding_record(charging: Charging, record: VehicleRecord) -> dict[str, Any]:
    """Return the bindings of a vehicle, oldest first, and the sessions billed under each; JSON-safe."""
    return {
        "vehicle": {
            "name": record.title,
            "vin": record.run.vin,
            "make": record.run.make,
            "model": record.run.model,
            "guest": record.run.guest,
        },
        "bindings": [
            {
                "id": binding.id,
                "status": binding.status.value,
                "program": record.run.programs[binding.id].name,
                "terms_version": binding.terms_version,
                "evse": binding.evse,
                "premise_id": binding.premise_id,
                "payer": {"number": binding.payer.number, "holder": binding.payer.holder},
                "valid_from": binding.valid_from.isoformat(),
                "valid_until": binding.valid_until.isoformat() if binding.valid_until else None,
                "sessions": [_session(entry, each) for entry, each in _billed_under(charging, binding)],
            }
            for binding in _bindings(record)
        ],
        "unbilled": [
            {
                "started_at": entry.session.started_at.isoformat(),
                "ended_at": entry.ended_at.isoformat(),
                "energy_wh": entry.unbound_wh,
            }
            for entry in charging.ledger.entries.values()
            if entry.session.vehicle == record.key and entry.unbound_wh
        ],
    }


def _bindings(record: VehicleRecord) -> list[Binding]:
    return sorted(record.run.bindings.values(), key=lambda binding: binding.valid_from)


def _billed_under(charging: Charging, binding: Binding) -> list[tuple[LedgerEntry, BillableRecord]]:
    return [(entry, each) for entry, each in charging.ledger.records() if each.session.binding_id == binding.id]


def _session(entry: LedgerEntry, record: BillableRecord) -> dict[str, Any]:
    billed = record.billed
    return {
        "id": record.session.session_id,
        "started_at": record.session.started_at.isoformat(),
        "ended_at": record.session.ended_at.isoformat(),
        "energy_wh": record.session.energy_wh,
        "quality": record.session.quality,
        "meter": record.session.meter,
        "oddities": entry.session.oddities,
        "parts": [part.to_json() for part in record.session.parts],
        "cost": str(record.cost) if record.cost is not None else None,
        "currency": record.currency,
        "state": record.state.value,
        "reason": _reason(record),
        "billing_record": billed.id if billed else None,
        "billed_wh": billed.energy_wh if billed else None,
        "billed_amount": str(billed.amount) if billed else None,
        "payer": billed.payer.number if billed else None,
    }


def _reason(record: BillableRecord) -> str | None:
    """Return why a record waits or was refused."""
    if record.missing:
        return "price_not_known"
    return record.reason.value if record.reason else None


async def async_binding_document(
    hass: HomeAssistant, charging: Charging, record: VehicleRecord, person: Person
) -> str:
    """Return the binding record of a vehicle as Markdown that a person can read, print and keep, in their language."""
    texts, style = await person.async_words(hass, Sheet.DOCUMENT), await person.async_style(hass)
    words = {name: texts.get(name, name) for name in WORDS}
    run = record.run
    lines = [f"# {record.title}", "", f"{run.make} {run.model}, VIN {run.vin}  ", local_time(dt_util.utcnow(), style)]
    for binding in _bindings(record):
        program = run.programs[binding.id]
        lines += [
            "",
            f"## {program.name}: {period(binding, style)}",
            "",
            f"- {words['binding']}: {binding.id}",
            f"- {words['evse']}: {binding.evse}",
            f"- {words['payer']}: {binding.payer.holder}, {binding.payer.number}",
            "",
        ]
        billed = [each for _, each in _billed_under(charging, binding)]
        lines += (
            [*(_line(each, words, style) for each in billed), "", _sum(billed, words, style, program.currency)]
            if billed
            else [words["nothing"]]
        )
    return "\n".join(lines) + "\n"


# Lines and no table: the columns of one run off a phone.
WORDS = ("billed", "record", "binding", "evse", "payer", "measured", "estimated", "nothing")


def _line(record: BillableRecord, words: dict[str, str], style: Style) -> str:
    session, billed = record.session, record.billed
    span = f"{local_time(session.started_at, style)} – {local_time(session.ended_at, style)}"
    cost = f"{style.number(billed.amount)} {billed.currency}" if billed else "–"
    charged = f"- {span}: **{style.energy(session.energy_wh)}** ({words[session.quality]}), **{cost}**"
    if billed is None:
        return charged
    told = f"{words['billed']}: {style.kilowatt_hours(billed.energy_wh)}, {words['record']}: {billed.id}"
    return f"{charged}  \n  {told}"


def _sum(records: list[BillableRecord], words: dict[str, str], style: Style, currency: str) -> str:
    measured = sum(each.session.energy_wh for each in records)
    total = sum(each.billed.energy_wh for each in records if each.billed)
    amount = sum((each.billed.amount for each in records if each.billed), start=Decimal(0))
    return (
        f"**Σ {style.energy(measured)}, {style.number(amount)} {currency}** "
        f"({words['billed']}: {style.kilowatt_hours(total)})"
    )
