"""What comes of comparing a bill with the home's own meter."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Reason(StrEnum):
    """Why a bill and a meter differ."""

    NO_OVERLAP = "no_overlap"
    """They are not of the same time."""
    MISSING_IN_BILL = "missing_in_bill"
    """The bill has no readings where the meter has."""
    MISSING_IN_METER = "missing_in_meter"
    """The meter has no readings where the bill has."""
    SHIFTED = "shifted"
    """The same course of energy, so many seconds later in the bill: a time zone, or daylight saving."""
    FACTOR = "factor"
    """The same course, so many times as much in the bill: a transformer's ratio, or a multiplier."""
    DIRECTION_SWAPPED = "direction_swapped"
    """The bill's consumption is what the meter has as export."""
    ANOTHER_PREMISE = "another_premise"
    """The one goes up and down without the other."""
    ESTIMATED = "estimated"
    """The bill's readings of the day are estimates."""
    SUMMARY_DIFFERS = "summary_differs"
    """What is billed for a period is not what the bill's own readings add up to."""
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class BillFinding:
    """What differs from start to end (seconds since 1970), and why."""

    reason: Reason
    start: int
    end: int
    bill_wh: float
    meter_wh: float
    detail: float | None = None
    """The factor; or by how many seconds it is shifted."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both energies of a day (local time), a tier or a billing period, where both are known."""

    name: str
    bill_wh: float
    meter_wh: float
    differs: bool


@dataclass(frozen=True, slots=True)
class PeriodCompared:
    """A billing period; what is not known of it is None."""

    start: int
    end: int
    billed_wh: float | None
    readings_wh: float | None
    meter_wh: float | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class BillComparison:
    """A bill beside the home's own meter."""

    start: int
    end: int
    bill_wh: float
    meter_wh: float
    days: tuple[Compared, ...]
    tiers: tuple[Compared, ...]
    periods: tuple[PeriodCompared, ...]
    findings: tuple[BillFinding, ...]
