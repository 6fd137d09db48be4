"""A hand-over report to print.

What this needs takes a moment to load and to draw: import it, and call it, where the loop is not held.
"""

from collections.abc import Iterator, Sequence

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, TableStyle

from .pages import print_pages, width_of
from .paper import HEAD, PLAIN, SMALL, SPAN, STRONG, TITLE, long_table, paragraph, table
from .report import Fact, Handover, Mark, Part
from .style import Style

_COLOURS = {Mark.WELL: HexColor("#2e7d32"), Mark.UNWELL: HexColor("#c62828"), Mark.UNKNOWN: HexColor("#8a8d91")}
_NAMES = 0.3
"""Which share of the width the names of facts have."""


def write_pdf(report: Handover, style: Style) -> bytes:
    """Return the report as a document to print; the style's words have ``page`` and ``foot``."""
    return print_pages(_flow(report, width_of(style)), style, report.title, style.word("foot"))


def _flow(report: Handover, width: float) -> Iterator[Flowable]:
    yield paragraph(report.title, TITLE)
    yield paragraph(report.subtitle, SPAN)
    yield Spacer(0, 4 * mm)
    yield _facts(report.facts, width)
    for part in report.installed:
        yield from _part(part, width)
    yield paragraph(report.cases_title, HEAD)
    if not report.cases:
        yield paragraph(report.cases_none)
    for part in report.cases:
        yield from _part(part, width)
    if report.notes:
        yield paragraph(report.notes_title, HEAD)
        for line in report.notes.splitlines():
            yield paragraph(line)
    yield Spacer(0, 5 * mm)
    yield paragraph(report.explained, SMALL)


def _part(part: Part, width: float) -> Iterator[Flowable]:
    head = [paragraph(part.title, HEAD), paragraph(part.about, SMALL), paragraph(part.standing, STRONG)]
    bar = TableStyle(
        [
            ("LINEBEFORE", (0, 0), (0, -1), 3, _COLOURS[part.mark]),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    yield Spacer(0, 5 * mm)
    yield KeepTogether([table([[head]], [width], bar), Spacer(0, 1.5 * mm), _facts(part.facts, width)])
    if part.rows:
        yield Spacer(0, 1.5 * mm)
        cells = [[paragraph(head, SMALL) for head in part.heads]]
        cells += [[paragraph(cell) for cell in row] for row in part.rows]
        yield long_table(cells, [width / len(part.heads)] * len(part.heads))


def _facts(facts: Sequence[Fact], width: float) -> Flowable:
    if not facts:
        return Spacer(0, 0)
    rows = [[paragraph(fact.name, SMALL), [paragraph(line) for line in fact.value.splitlines()]] for fact in facts]
    return table(rows, [width * _NAMES, width * (1 - _NAMES)], PLAIN)
