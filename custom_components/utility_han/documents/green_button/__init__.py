"""Green Button: energy usage as Atom with ESPI (NAESB REQ.21). Free of Home Assistant.

This is the public face; who is outside imports from here.
"""

from .codes import Flow, Quality
from .compare import BillInterval, Tolerance, compare_bill
from .errors import GreenButtonError, Skip, Unreadable
from .findings import BillComparison, BillFinding, Compared, PeriodCompared, Reason
from .parse import MOST_BYTES
from .read import (
    PIECE,
    BillSummary,
    GreenButtonFile,
    Register,
    Skipped,
    UsagePoint,
    read_file,
    read_steps,
)
from .remainder import Premise, Remainder, Rest, without_vehicles
from .series import Gap, Reading, Series, is_estimate
from .write import write_feed

__all__ = [
    "MOST_BYTES",
    "PIECE",
    "BillComparison",
    "BillFinding",
    "BillInterval",
    "BillSummary",
    "Compared",
    "Flow",
    "Gap",
    "GreenButtonError",
    "GreenButtonFile",
    "PeriodCompared",
    "Premise",
    "Quality",
    "Reading",
    "Reason",
    "Register",
    "Remainder",
    "Rest",
    "Series",
    "Skip",
    "Skipped",
    "Tolerance",
    "Unreadable",
    "UsagePoint",
    "compare_bill",
    "is_estimate",
    "read_file",
    "read_steps",
    "without_vehicles",
    "write_feed",
]
