"""Statements to print: PDF by ReportLab, in Roboto, the typeface of Home Assistant.

Roboto has the Latin, Greek and Cyrillic letters of all languages of Europe. A letter that it has not (of a name in
Chinese, say) is printed as �; the table (CSV) has it as it is.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from typing import Any, override
from xml.sax.saxutils import escape

import font_roboto
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    LongTable,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from .statement import Bound, Fee, Kind, Line, Part, Statement, Sum
from .style import Style

_REGULAR, _BOLD = "Roboto", "Roboto-Bold"
_MARGIN, _TOP, _BOTTOM, _FOOT = 18 * mm, 18 * mm, 20 * mm, 12 * mm
_INK, _SOFT, _RULE, _TINT = (colors.HexColor(each) for each in ("#1c1c1c", "#5f6368", "#c4c7ca", "#f1f4f6"))
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_MOST_PARTS = 6
"""More prices than that in one session are told by their range."""


@cache
def _register() -> frozenset[int]:
    """Have the fonts at hand, once; return the code points that they have glyphs for."""
    regular, bold = TTFont(_REGULAR, font_roboto.Roboto), TTFont(_BOLD, font_roboto.RobotoBold)
    for font in (regular, bold):
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)
    return frozenset(regular.face.charToGlyph)


def _style(size: float, color: colors.Color = _INK, font: str = _REGULAR, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.32, textColor=color, splitLongWords=1, **more
    )


_TITLE = _style(19, font=_BOLD)
_SPAN = _style(12, _SOFT)
_HEAD = _style(11, font=_BOLD, spaceBefore=5 * mm, spaceAfter=1.5 * mm)
_TEXT = _style(8.5)
_STRONG = _style(8.5, font=_BOLD)
_SMALL = _style(7.2, _SOFT)
_RIGHT = _style(8.5, alignment=TA_RIGHT)
_RIGHT_STRONG = _style(8.5, font=_BOLD, alignment=TA_RIGHT)
_RIGHT_SMALL = _style(7.2, _SOFT, alignment=TA_RIGHT)
_FIGURE = _style(13, font=_BOLD)


def write_pdf(statements: Sequence[Statement], style: Style) -> bytes:
    """Return statements as a document to print, each on pages of its own."""
    _register()
    file = BytesIO()
    width, height = size = LETTER if style.letter else A4
    frame = Frame(
        _MARGIN,
        _BOTTOM,
        width - 2 * _MARGIN,
        height - _BOTTOM - _TOP,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document = BaseDocTemplate(
        file,
        pagesize=size,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=f"{style.word('title')} {style.span(statements[0].span) if statements else ''}".strip(),
        author="",
        creator="Utility HAN",
        lang=str(style.locale).replace("_", "-"),
    )
    parts: list[Flowable] = []
    for statement in statements:
        if parts:
            parts.append(PageBreak())
        parts += _Page(statement, style, width - 2 * _MARGIN).flow()

    class Numbered(_NumberedCanvas):
        words = style
        right = width - _MARGIN

    document.build(parts or [_paragraph(style.word("no_sessions"))], canvasmaker=Numbered)
    return file.getvalue()


def _paragraph(text: str, style: ParagraphStyle = _TEXT) -> Paragraph:
    letters = _register()
    return Paragraph(escape("".join(each if ord(each) in letters else _UNKNOWN for each in text)), style)


class _NumberedCanvas(Canvas):
    """Writes at the foot of each page which of how many it is; that is known at the end."""

    words: Style
    right: float
    """Where the margin begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with no page."""
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []

    @override
    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # how ReportLab's users number pages, in no stub

    @override
    def save(self) -> None:
        pages = self._pages
        for number, page in enumerate(pages, 1):
            self.__dict__.update(page)
            self._foot(number, len(pages))
            super().showPage()
        super().save()

    def _foot(self, number: int, of: int) -> None:
        self.setFont(_REGULAR, 7.2)
        self.setFillColor(_SOFT)
        self.drawString(_MARGIN, _FOOT, self.words.word("not_an_invoice"))
        page = self.words.word("page", number=self.words.count(number), pages=self.words.count(of))
        self.drawRightString(self.right, _FOOT, page)


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
        yield _paragraph(self._word("sessions"), _HEAD)
        if self._statement.lines:
            yield self._sessions()
        else:
            yield _paragraph(self._word("no_sessions"))
        yield Spacer(0, 3 * mm)
        for each in self._statement.sums:
            yield KeepTogether([self._sum(each), Spacer(0, 2 * mm)])
        yield KeepTogether([_paragraph(self._word("bindings"), _HEAD), *map(self._binding, self._statement.bound)])
        yield Spacer(0, 4 * mm)
        made = self._statement.made_at
        day = f"{self._style.day(made.date())}, {self._style.time(made)}"
        yield _paragraph(self._word("made", date=day), _SMALL)

    def _word(self, name: str, **values: str) -> str:
        return self._style.word(name, **values)

    def _head(self) -> Flowable:
        vehicle, payer = self._statement.vehicle, self._statement.payer
        model = f"{vehicle.make} {vehicle.model}".strip()
        left = [_paragraph(self._word("title"), _TITLE), _paragraph(self._style.span(self._statement.span), _SPAN)]
        facts = [
            (
                self._word("vehicle"),
                [vehicle.title, *([model] if model else []), f"{self._word('vin')} {vehicle.vin}"],
            ),
            (self._word("payer"), [payer.holder or "–", payer.number]),
        ]
        rows = [
            [_paragraph(name, _SMALL), [_paragraph(text, _TEXT) for text in texts if text]] for name, texts in facts
        ]
        wide = self._width * 0.45
        right = Table(rows, colWidths=[wide * 0.28, wide * 0.72], style=_PLAIN)
        return Table([[left, right]], colWidths=[self._width - wide, wide], style=_PLAIN)

    def _figures(self) -> Flowable:
        statement, style = self._statement, self._style
        figures = [
            (self._word("total"), [style.money(each.total, each.currency) for each in statement.sums]),
            (self._word("energy"), [style.energy(statement.energy_wh)]),
            (self._word("sessions"), [style.count(statement.sessions)]),
            (self._word("estimated_of_it"), [style.energy(statement.estimated_wh) if statement.estimated_wh else "–"]),
        ]
        cells = [[_paragraph(name, _SMALL), *(_paragraph(each, _FIGURE) for each in found)] for name, found in figures]
        return Table([cells], colWidths=self._widths(0.32, 0.25, 0.18, 0.25), style=_BAND)

    def _widths(self, *parts: float) -> list[float]:
        return [self._width * part for part in parts]

    def _sessions(self) -> Flowable:
        names = [("session", _SMALL), ("energy", _RIGHT_SMALL), ("price", _SMALL), ("amount", _RIGHT_SMALL)]
        rows: list[list[Any]] = [[_paragraph(self._word(name), style) for name, style in names]]
        rows += [self._session(line) for line in self._statement.lines]
        return LongTable(rows, colWidths=self._widths(0.39, 0.14, 0.32, 0.15), style=_ROWS, repeatRows=1)

    def _session(self, line: Line) -> list[Any]:
        style = self._style
        about = [_paragraph(style.from_to(line.started_at, line.ended_at))]
        about += [_paragraph(text, _SMALL) for text in self._about(line)]
        prices = [_paragraph(text) for text in self._prices(line)]
        return [
            about,
            _paragraph(style.energy(line.energy_wh), _RIGHT),
            prices,
            _paragraph(style.money(line.amount.net, line.program.currency), _RIGHT),
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
        cells = [[_paragraph(name, _RIGHT), _paragraph(amount, _RIGHT)] for name, amount in rows]
        total = style.money(each.total, currency)
        cells.append([_paragraph(self._word("total"), _RIGHT_STRONG), _paragraph(total, _RIGHT_STRONG)])
        return Table(cells, colWidths=self._widths(0.79, 0.21), style=_TOTALS)

    def _fee(self, fee: Fee) -> tuple[str, str]:
        name = f"{self._word('monthly_fee')} {fee.program.name}, {self._style.month(fee.month)}"
        return name, self._style.money(fee.amount.net, fee.program.currency)

    def _binding(self, bound: Bound) -> Flowable:
        binding, style = bound.binding, self._style
        begin = style.day(binding.valid_from.astimezone(bound.zone).date())
        end = style.day(binding.valid_until.astimezone(bound.zone).date()) if binding.valid_until else "…"
        facts = [
            (self._word("program"), f"{bound.program.name} ({binding.terms_version})"),
            (self._word("evse"), " · ".join(filter(None, (binding.evse, binding.evse_id)))),
            (self._word("contract"), binding.contract_id or ""),
            (self._word("binding"), binding.id),
        ]
        texts = [f"{name}: {value}" for name, value in facts if value]
        cells = [[_paragraph(f"{begin} – {end}", _STRONG), [_paragraph(text) for text in texts]]]
        return Table(cells, colWidths=self._widths(0.37, 0.63), style=_ROWS_PLAIN)


_TIGHT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
_PLAIN = TableStyle([*_TIGHT, ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])
_BAND = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, -1), _TINT),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ]
)
_ROWS = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, _INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, _RULE),
    ]
)
_ROWS_PLAIN = TableStyle([*_TIGHT, ("LINEABOVE", (0, 0), (-1, 0), 0.3, _RULE)])
_TOTALS = TableStyle(
    [
        *_TIGHT,
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, _INK),
    ]
)
