"""The pages on which is printed what a vehicle has charged elsewhere."""

from collections.abc import Iterator
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from ..paper import BAND, FIGURE, HEAD, RIGHT, RIGHT_SMALL, SMALL, SPAN, TITLE, long_table, paragraph, table
from ..style import Style
from .elsewhere import LineElsewhere, StatementElsewhere


def flow_elsewhere(statement: StatementElsewhere, style: Style, width: float) -> Iterator[Flowable]:
    """Yield them from top to bottom; ``width`` is that between the margins."""
    vehicle = statement.vehicle
    yield paragraph(style.word("elsewhere"), TITLE)
    yield paragraph(style.span(statement.span.since, statement.span.until), SPAN)
    yield paragraph(f"{vehicle.title} · {style.word('vin')} {vehicle.vin}")
    yield Spacer(0, 5 * mm)
    figures = [
        (style.word("total"), [style.money(total, currency) for currency, total in statement.totals.items()]),
        (style.word("energy"), [style.energy(statement.energy_wh)]),
        (style.word("at_home"), [style.energy(statement.at_home_wh)]),
        (style.word("together"), [style.energy(statement.energy_wh + statement.at_home_wh)]),
    ]
    cells = [[paragraph(name, SMALL), *(paragraph(each, FIGURE) for each in found)] for name, found in figures]
    yield table([cells], [width * part for part in (0.31, 0.23, 0.23, 0.23)], BAND)
    yield paragraph(style.word("sessions"), HEAD)
    names = [("session", SMALL), ("place", SMALL), ("energy", RIGHT_SMALL), ("amount", RIGHT_SMALL)]
    rows: list[list[Any]] = [[paragraph(style.word(name), of) for name, of in names]]
    rows += [_row(line, style) for line in statement.lines]
    yield long_table(rows, [width * part for part in (0.36, 0.34, 0.14, 0.16)])
    yield Spacer(0, 4 * mm)
    made = statement.made_at
    day = f"{style.day(made.date())}, {style.time(made)}"
    yield paragraph(style.word("made_elsewhere", date=day), SMALL)


def _row(line: LineElsewhere, style: Style) -> list[Any]:
    told = line.told
    ids = " · ".join(filter(None, (told.evse_id, told.operator, told.contract_id, told.id)))
    amount = [paragraph(style.money(line.amount.gross, told.currency), RIGHT)]
    if told.cost_with_tax is None:
        amount.append(paragraph(style.word("column_net"), RIGHT_SMALL))
    return [
        paragraph(style.from_to(line.started_at, line.ended_at)),
        [paragraph(told.place), paragraph(ids, SMALL)],
        paragraph(style.energy(told.energy_wh), RIGHT),
        amount,
    ]
