"""Statements to print: PDF by ReportLab, in Roboto, the typeface of Home Assistant."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Spacer

from ..pages import print_pages, width_of
from ..paper import (
    BAND,
    FIGURE,
    HEAD,
    PLAIN,
    RIGHT,
    RIGHT_SMALL,
    RIGHT_STRONG,
    ROWS_PLAIN,
    SMALL,
    SPAN,
    STRONG,
    TEXT,
    TITLE,
    TOTALS,
    long_table,
    paragraph,
    printed,
    table,
)
from ..style import Style
from .elsewhere import StatementElsewhere
from .page_elsewhere import flow_elsewhere
from .statement import Bound, Fee, Kind, Line, Part, Statement, Sum

_MOST_PARTS = 6
"""More prices than that in one session are told by their range."""


def write_pdf(statements: Sequence[Statement], style: Style, elsewhere: Sequence[StatementElsewhere] = ()) -> bytes:
    """Return statements as a document to print, each on pages of its own."""
    style = printed(style)
    spans = [each.span for each in statements] + [each.span for each in elsewhere]
    title = " ".join([style.word("title"), *(style.span(each.since, each.until) for each in spans[:1])])
    between = width_of(style)
    flows = [_Page(each, style, between).flow() for each in statements]
    flows += [flow_elsewhere(each, style, between) for each in elsewhere]
    parts: list[Flowable] = []
    for flow in flows:
        if parts:
            parts.append(PageBreak())
        parts += flow
    return print_pages(parts or [paragraph(style.word("no_sessions"))], style, title, style.word("not_an_invoice"))


class _Page:
    """What is on the pages of one statement."""

    def __init__(self, statement: Statement, style: Style, width: float) -> None:
        """``width`` is that between the margins."""
        self._statement = statement
        self._style = style
        self._width = width

    def flow(self) -> Iterator[Flowable]:
        """Yield it from top to bottom."""
        yield self._head()
        yield Spacer(0, 5 * mm)
        yield self._figures()
        yield paragraph(self._word("sessions"), HEAD)
        if self._statement.lines:
            yield self._sessions()
        else:
            yield paragraph(self._word("no_sessions"))
        yield Spacer(0, 3 * mm)
        for each in self._statement.sums:
            yield KeepTogether([self._sum(each), Spacer(0, 2 * mm)])
        yield KeepTogether([paragraph(self._word("bindings"), HEAD), *map(self._binding, self._statement.bound)])
        yield Spacer(0, 4 * mm)
        made = self._statement.made_at
        day = f"{self._style.day(made.date())}, {self._style.time(made)}"
        yield paragraph(self._word("made", date=day), SMALL)

    def _word(self, name: str, **values: str) -> str:
        return self._style.word(name, **values)

    def _head(self) -> Flowable:
        vehicle, payer = self._statement.vehicle, self._statement.payer
        model = f"{vehicle.make} {vehicle.model}".strip()
        left = [
            paragraph(self._word("title"), TITLE),
            paragraph(self._style.span(self._statement.span.since, self._statement.span.until), SPAN),
        ]
        facts = [
            (
                self._word("vehicle"),
                [vehicle.title, *([model] if model else []), f"{self._word('vin')} {vehicle.vin}"],
            ),
            (self._word("payer"), [payer.holder or "–", payer.number]),
        ]
        rows = [[paragraph(name, SMALL), [paragraph(text, TEXT) for text in texts if text]] for name, texts in facts]
        wide = self._width * 0.45
        right = table(rows, [wide * 0.28, wide * 0.72], PLAIN)
        return table([[left, right]], [self._width - wide, wide], PLAIN)

    def _figures(self) -> Flowable:
        statement, style = self._statement, self._style
        figures = [
            (self._word("total"), [style.money(each.total, each.currency) for each in statement.sums]),
            (self._word("energy"), [style.energy(statement.energy_wh)]),
            (self._word("sessions"), [style.count(statement.sessions)]),
            (self._word("estimated_of_it"), [style.energy(statement.estimated_wh) if statement.estimated_wh else "–"]),
        ]
        cells = [[paragraph(name, SMALL), *(paragraph(each, FIGURE) for each in found)] for name, found in figures]
        return table([cells], self._widths(0.32, 0.25, 0.18, 0.25), BAND)

    def _widths(self, *parts: float) -> list[float]:
        return [self._width * part for part in parts]

    def _sessions(self) -> Flowable:
        names = [("session", SMALL), ("energy", RIGHT_SMALL), ("price", SMALL), ("amount", RIGHT_SMALL)]
        rows: list[list[Any]] = [[paragraph(self._word(name), style) for name, style in names]]
        rows += [self._session(line) for line in self._statement.lines]
        return long_table(rows, self._widths(0.39, 0.14, 0.32, 0.15))

    def _session(self, line: Line) -> list[Any]:
        style = self._style
        about = [paragraph(style.from_to(line.started_at, line.ended_at))]
        about += [paragraph(text, SMALL) for text in self._about(line)]
        prices = [paragraph(text) for text in self._prices(line)]
        return [
            about,
            paragraph(style.energy(line.energy_wh), RIGHT),
            prices,
            paragraph(style.money(line.amount.net, line.program.currency), RIGHT),
        ]

    def _about(self, line: Line) -> Iterator[str]:
        charge, style = line.charge, self._style
        if line.kind is not Kind.SESSION:
            yield f"{self._word(line.kind)} ({charge.credits or charge.corrects})"
        if line.estimated_wh:
            yield self._word("estimated_part", energy=style.energy(abs(line.estimated_wh)))
        if charge.meter_start_wh is not None and charge.meter_end_wh is not None:
            start, end = style.energy(charge.meter_start_wh), style.energy(charge.meter_end_wh)
            yield f"{self._word('meter')} {charge.meter_id}: {start} – {end}"
        else:
            yield f"{self._word('meter')} {charge.meter_id}"

    def _prices(self, line: Line) -> Iterator[str]:
        style, currency = self._style, line.program.currency
        for part in line.parts[:_MOST_PARTS]:
            yield self._price(part, currency)
        if len(line.parts) > _MOST_PARTS:
            yield "…"
        if line.session_fee:
            yield f"{self._word('session_fee')}: {style.money(line.session_fee, currency)}"

    def _price(self, part: Part, currency: str) -> str:
        style = self._style
        if part.lowest == part.highest:
            price = style.price(part.lowest, currency)
        else:
            price = self._word(
                "price_range",
                average=style.price(round(part.average, 4), currency),
                lowest=style.decimal(part.lowest),
                highest=style.decimal(part.highest),
            )
        return f"{part.name}: {style.energy(part.energy_wh)} × {price}"

    def _sum(self, each: Sum) -> Flowable:
        style, currency = self._style, each.currency
        rows = [(self._word("charging"), style.money(each.charging, currency))]
        rows += [self._fee(fee) for fee in self._statement.fees if fee.program.currency == currency]
        rows += [
            (self._word("tax", percent=style.percent(tax.percent)), style.money(tax.amount, currency))
            for tax in each.taxes
        ]
        cells = [[paragraph(name, RIGHT), paragraph(amount, RIGHT)] for name, amount in rows]
        total = style.money(each.total, currency)
        cells.append([paragraph(self._word("total"), RIGHT_STRONG), paragraph(total, RIGHT_STRONG)])
        return table(cells, self._widths(0.79, 0.21), TOTALS)

    def _fee(self, fee: Fee) -> tuple[str, str]:
        name = f"{self._word('monthly_fee')} {fee.program.name}, {self._style.month(fee.month)}"
        return name, self._style.money(fee.amount.net, fee.program.currency)

    def _binding(self, bound: Bound) -> Flowable:
        binding, style = bound.binding, self._style
        begin, end = style.day(binding.valid_from.astimezone(bound.zone).date()), "…"
        if (until := binding.valid_until) is not None:
            last = max(until - timedelta(microseconds=1), binding.valid_from)  # it holds until before that
            end = style.day(last.astimezone(bound.zone).date())
        facts = [
            (self._word("program"), f"{bound.program.name} ({binding.terms_version})"),
            (self._word("evse"), " · ".join(filter(None, (binding.evse, binding.evse_id)))),
            (self._word("contract"), binding.contract_id or ""),
            (self._word("binding"), binding.id),
        ]
        texts = [f"{name}: {value}" for name, value in facts if value]
        cells = [[paragraph(f"{begin} – {end}", STRONG), [paragraph(text) for text in texts]]]
        return table(cells, self._widths(0.37, 0.63), ROWS_PLAIN)
