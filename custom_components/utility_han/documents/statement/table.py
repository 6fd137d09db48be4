"""A statement as a table for spreadsheets (CSV).

UTF-8 with a byte order mark, without which Excel takes it for an older encoding. Numbers are written as the person
writes them, and the semicolon parts cells where the comma is in numbers: so Excel and LibreOffice of that language
open numbers as numbers. Times are ISO 8601 without offset, which both take for times whatever the language, in the
time zone of the column beside them. There is a row for each amount to pay and none for sums: the column of amounts of
one currency adds up to its total. What was paid elsewhere has a column of its own, so that it is in no sum of home.

Text that a spreadsheet would take for a formula is marked as text ("CSV injection", OWASP).
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from io import StringIO

from ..style import Style
from .elsewhere import LineElsewhere, StatementElsewhere
from .statement import Fee, Line, Statement

COLUMNS = (
    "vehicle", "vin", "payer", "account", "kind", "program", "start", "end", "time_zone", "energy_kwh",
    "estimated_kwh", "price", "session_fee", "net", "tax", "amount", "currency", "evse", "evse_id", "contract",
    "meter", "meter_start_kwh", "meter_end_kwh", "binding", "record", "instead_of", "place", "operator",
    "net_elsewhere", "amount_elsewhere",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full width does it too

type _Cell = str | int | Decimal | datetime | None


def write_csv(statements: Iterable[Statement], style: Style, elsewhere: Iterable[StatementElsewhere] = ()) -> bytes:
    """Return statements as one table, and after them what was charged elsewhere."""
    file = StringIO(newline="")
    parted = ";" if style.decimal_symbol == "," else ","
    rows = csv.writer(file, delimiter=parted, lineterminator="\r\n")
    rows.writerow(_text(style.word(f"column_{name}")) for name in COLUMNS)
    for statement in statements:
        head = {
            "vehicle": statement.vehicle.title,
            "vin": statement.vehicle.vin,
            "payer": statement.payer.holder,
            "account": statement.payer.number,
        }
        for row in _rows(statement, style):
            rows.writerow(_cell((head | row).get(name), style.decimal_symbol) for name in COLUMNS)
    for beside in elsewhere:
        for line in beside.lines:
            row = _elsewhere(beside, line, style)
            rows.writerow(_cell(row.get(name), style.decimal_symbol) for name in COLUMNS)
    return file.getvalue().encode("utf-8-sig")


def _rows(statement: Statement, style: Style) -> Iterator[dict[str, _Cell]]:
    for line in statement.lines:
        yield _line(line, style)
    for fee in statement.fees:
        yield _fee(fee, style)


def _line(line: Line, style: Style) -> dict[str, _Cell]:
    charge, binding = line.charge, line.charge.binding
    energy = sum(part.energy_wh for part in line.parts)
    average = sum((part.average * part.energy_wh for part in line.parts), start=Decimal(0)) / (energy or 1)
    return {
        "kind": style.word(line.kind),
        "program": charge.program.name,
        "start": line.started_at,
        "end": line.ended_at,
        "time_zone": charge.program.time_zone,
        "energy_kwh": _kilo(line.energy_wh),
        "estimated_kwh": _kilo(line.estimated_wh),
        "price": average.quantize(Decimal("0.000001")),
        "session_fee": line.session_fee,
        **_money(line),
        "evse": binding.evse,
        "evse_id": binding.evse_id,
        "contract": binding.contract_id,
        "meter": charge.meter_id,
        "meter_start_kwh": _kilo(charge.meter_start_wh),
        "meter_end_kwh": _kilo(charge.meter_end_wh),
        "binding": binding.id,
        "record": charge.id,
        "instead_of": charge.credits or charge.corrects,
    }


def _elsewhere(statement: StatementElsewhere, line: LineElsewhere, style: Style) -> dict[str, _Cell]:
    told = line.told
    return {
        "vehicle": statement.vehicle.title,
        "vin": statement.vehicle.vin,
        "kind": style.word("elsewhere"),
        "start": line.started_at,
        "end": line.ended_at,
        "time_zone": str(statement.span.since.tzinfo),
        "energy_kwh": _kilo(told.energy_wh),
        "currency": told.currency,
        "evse_id": told.evse_id,
        "contract": told.contract_id,
        "record": told.id,
        "place": told.place,
        "operator": told.operator or None,
        "net_elsewhere": line.amount.net,
        "amount_elsewhere": line.amount.gross,
    }


def _fee(fee: Fee, style: Style) -> dict[str, _Cell]:
    start = datetime.combine(fee.month, datetime.min.time())
    return {
        "kind": style.word("monthly_fee"),
        "program": fee.program.name,
        "start": start,
        "time_zone": fee.program.time_zone,
        **_money(fee),
    }


def _money(each: Line | Fee) -> dict[str, _Cell]:
    amount = each.amount
    return {"net": amount.net, "tax": amount.tax, "amount": amount.gross, "currency": each.program.currency}


def _kilo(watt_hours: int | None) -> Decimal | None:
    return None if watt_hours is None else (Decimal(watt_hours) / 1000).quantize(Decimal("0.001"))


def _cell(value: _Cell, symbol: str) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case int() | Decimal():
            return f"{value:f}".replace(".", symbol) if isinstance(value, Decimal) else str(value)
        case _:
            return _text(value)


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
