"""Statements of what was charged, for people: to print, and as a table.

What this needs takes a moment to load and to draw: import it, and call it, where the loop is not held.
"""

from .elsewhere import LineElsewhere, StatementElsewhere, amount_elsewhere, statements_elsewhere
from .page import write_pdf
from .statement import Bound, Kind, Line, Span, Statement, amount_of, statements
from .table import COLUMNS, write_csv

__all__ = [
    "COLUMNS",
    "Bound",
    "Kind",
    "Line",
    "LineElsewhere",
    "Span",
    "Statement",
    "StatementElsewhere",
    "amount_elsewhere",
    "amount_of",
    "statements",
    "statements_elsewhere",
    "write_csv",
    "write_pdf",
]
