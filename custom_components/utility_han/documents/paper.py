"""What is printed: letters, colours and tables.

Roboto has the Latin, Greek and Cyrillic letters of all languages of Europe. A letter that it has not (of a name in
Chinese, say) is printed as �; the table (CSV) has it as it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import font_roboto
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, Table, TableStyle

from .style import Style

REGULAR, _BOLD = "Roboto", "Roboto-Bold"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
MARGIN, TOP, BOTTOM, FOOT = 18 * mm, 18 * mm, 20 * mm, 12 * mm
_INK, SOFT, _RULE, _TINT = (colors.HexColor(each) for each in ("#1c1c1c", "#5f6368", "#c4c7ca", "#f1f4f6"))


@cache
def register() -> frozenset[int]:
    """Have the typeface at hand; return the code points that it has letters for."""
    regular, bold = TTFont(REGULAR, font_roboto.Roboto), TTFont(_BOLD, font_roboto.RobotoBold)
    for font in (regular, bold):
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=_BOLD, italic=REGULAR, boldItalic=_BOLD)
    return frozenset(regular.face.charToGlyph)


def _style(size: float, color: colors.Color = _INK, font: str = REGULAR, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}", fontName=font, fontSize=size, leading=size * 1.32, textColor=color, splitLongWords=1, **more
    )


TITLE = _style(19, font=_BOLD)
SPAN = _style(12, SOFT)
HEAD = _style(11, font=_BOLD, spaceBefore=5 * mm, spaceAfter=1.5 * mm)
TEXT = _style(8.5)
STRONG = _style(8.5, font=_BOLD)
SMALL = _style(7.2, SOFT)
RIGHT = _style(8.5, alignment=TA_RIGHT)
RIGHT_STRONG = _style(8.5, font=_BOLD, alignment=TA_RIGHT)
RIGHT_SMALL = _style(7.2, SOFT, alignment=TA_RIGHT)
FIGURE = _style(13, font=_BOLD)


def printed(style: Style) -> Style:
    """Return how a person writes, with what the typeface has letters for."""
    return replace(style, letters=register())


def paragraph(text: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Return a text as it is, whatever is in it."""
    letters = register()
    return Paragraph(escape("".join(each if ord(each) in letters else _UNKNOWN for each in text)), style)


_TIGHT = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
PLAIN = TableStyle([*_TIGHT, ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)])
BAND = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, -1), _TINT),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ("TOPPADDING", (0, 0), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
    ]
)
ROWS = TableStyle(
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
ROWS_PLAIN = TableStyle([*_TIGHT, ("LINEABOVE", (0, 0), (-1, 0), 0.3, _RULE)])
TOTALS = TableStyle(
    [
        *_TIGHT,
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEABOVE", (0, -1), (-1, -1), 0.8, _INK),
    ]
)


def table(rows: Sequence[list[Any]], widths: Sequence[float], style: TableStyle) -> Table:
    """Return a table, of which a row goes on over the pages: nobody says how long a name may be."""
    return Table(rows, colWidths=widths, style=style, splitInRow=1)


def long_table(rows: Sequence[list[Any]], widths: Sequence[float]) -> Table:
    """Return a table of any length, the first row of which is repeated at the top of each page."""
    return LongTable(rows, colWidths=widths, style=ROWS, repeatRows=1, splitInRow=1)
