"""A document of pages to print: PDF by ReportLab, on the paper of the person, with a foot that numbers them."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any, override

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from .paper import BOTTOM, FOOT, MARGIN, REGULAR, SOFT, TOP, register
from .style import Style


def width_of(style: Style) -> float:
    """Return how wide what is printed may be, in points."""
    return float((LETTER if style.letter else A4)[0] - 2 * MARGIN)


def print_pages(flow: Iterable[Flowable], style: Style, title: str, foot: str) -> bytes:
    """Return a PDF of what flows down its pages; ``foot`` stands on each, and the words have ``page``."""
    register()
    file = BytesIO()
    width, height = size = LETTER if style.letter else A4
    frame = Frame(
        MARGIN,
        BOTTOM,
        width - 2 * MARGIN,
        height - BOTTOM - TOP,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document = BaseDocTemplate(
        file,
        pagesize=size,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=title,
        author="",
        creator="Utility HAN",
        lang=str(style.locale).replace("_", "-"),
    )

    class Numbered(_NumberedCanvas):
        words = style
        right = width - MARGIN
        said = foot

    document.build(list(flow), canvasmaker=Numbered)
    return file.getvalue()


class _NumberedCanvas(Canvas):
    """Writes at the foot of each page which of how many it is; that is known at the end."""

    words: Style
    right: float
    """Where the margin begins."""
    said: str

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
        self.setFont(REGULAR, 7.2)
        self.setFillColor(SOFT)
        self.drawString(MARGIN, FOOT, self.said)
        page = self.words.word("page", number=self.words.count(number), pages=self.words.count(of))
        self.drawRightString(self.right, FOOT, page)
