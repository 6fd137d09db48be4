"""Compares what a bill says was used with what the home's own meter counted, by hour, day, tier and billing period.

Only what both know of is compared. A reason that holds for all of it (a shift, a factor, another premise) is looked
for first, and told once; where there is none, each day that differs is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from .findings import BillComparison, BillFinding, Compared, PeriodCompared, Reason
from .pattern import Cell, likely_reasons
from .profile import Profile, joined
from .read import BillSummary

HOUR = 3600
_KNOWN = 0.999
"""Which part of a cell has to be known."""
_MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class BillInterval:
    """What a bill says of an interval; ``tier`` is empty where it says none."""

    start: int
    duration: int
    wh: float
    estimated: bool = False
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is no difference: a share of the greater one, and some Wh a day."""

    share: float = 0.02
    wh: float = 100.0

    def exceeded(self, one: float, other: float, days: float = 1.0) -> bool:
        """Whether two energies differ by more."""
        return abs(one - other) > max(self.share * max(abs(one), abs(other)), self.wh * days)


def compare_bill(
    bill: Iterable[BillInterval],
    imported: Iterable[tuple[int, int, float]],
    exported: Iterable[tuple[int, int, float]],
    zone: tzinfo,
    *,
    summaries: Sequence[BillSummary] = (),
    tolerance: Tolerance | None = None,
) -> BillComparison:
    """Compare a bill's intervals (oldest first) with those of the meter (start, seconds, Wh), in the home's zone.

    The bill is gone through several times.
    """
    allowed = tolerance or Tolerance()
    theirs, ours = Profile((each.start, each.duration, each.wh) for each in bill), Profile(imported)
    periods = tuple(_period(summary, theirs, ours) for summary in summaries)
    start, end = (max(theirs.start, ours.start), min(theirs.end, ours.end)) if theirs and ours else (0, 0)
    if start >= end:
        none = BillFinding(Reason.NO_OVERLAP, start, max(start, end), 0, 0)
        return BillComparison(start, max(start, end), 0, 0, (), (), periods, (none,))
    cells, findings = _cells(theirs, ours, start, end)
    days = _days(cells, zone)
    compared = [_day(name, each, allowed) for name, each in days.items()]
    tiers = _tiers(bill, ours, start, end, allowed)
    bill_wh, meter_wh = sum(each.bill for each in cells), sum(each.meter for each in cells)
    findings += likely_reasons(cells, ours, Profile(exported), zone) or _daily(compared, days, bill, findings)
    findings += _summaries(periods, allowed)
    return BillComparison(
        start, end, bill_wh, meter_wh, tuple(compared), tuple(tiers), periods, tuple(findings[:_MOST_FINDINGS])
    )


def _day(name: str, cells: Sequence[Cell], allowed: Tolerance) -> Compared:
    bill, meter = sum(each.bill for each in cells), sum(each.meter for each in cells)
    return Compared(name, bill, meter, allowed.exceeded(bill, meter))


def _cells(theirs: Profile, ours: Profile, start: int, end: int) -> tuple[list[Cell], list[BillFinding]]:
    """Return the hours of which both know, or the bill's own intervals where these are longer; and what is missing."""
    times: Iterable[tuple[int, int]] = (
        ((at, at + HOUR) for at in range(start - start % HOUR, end, HOUR))
        if theirs.usual_length <= HOUR
        else theirs.intervals()
    )
    cells: list[Cell] = []
    missing: dict[Reason, list[tuple[int, int]]] = {Reason.MISSING_IN_BILL: [], Reason.MISSING_IN_METER: []}
    for begun, until in times:
        if begun < start or until > end:
            continue
        (bill, told), (meter, counted) = theirs.between(begun, until), ours.between(begun, until)
        enough = (until - begun) * _KNOWN
        if told >= enough and counted >= enough:
            cells.append(Cell(begun, until, bill, meter))
        elif counted >= enough:
            missing[Reason.MISSING_IN_BILL].append((begun, until))
        elif told >= enough:
            missing[Reason.MISSING_IN_METER].append((begun, until))
    findings = [
        BillFinding(reason, begun, until, theirs.between(begun, until)[0], ours.between(begun, until)[0])
        for reason, at in missing.items()
        for begun, until in joined(at)
    ]
    return cells, sorted(findings, key=lambda each: each.start)


def _days(cells: Iterable[Cell], zone: tzinfo) -> dict[str, list[Cell]]:
    days: dict[str, list[Cell]] = {}
    for cell in cells:
        days.setdefault(f"{datetime.fromtimestamp(cell.start, zone):%Y-%m-%d}", []).append(cell)
    return days


def _tiers(bill: Iterable[BillInterval], ours: Profile, start: int, end: int, allowed: Tolerance) -> list[Compared]:
    totals: dict[str, list[float]] = {}
    for each in bill:
        until = each.start + each.duration
        if each.tier and start <= each.start and until <= end:
            meter, known = ours.between(each.start, until)
            if known >= each.duration * _KNOWN:
                total = totals.setdefault(each.tier, [0.0, 0.0, 0.0])
                for at, value in enumerate((each.wh, meter, each.duration / 86_400)):
                    total[at] += value
    return [
        Compared(tier, theirs, meter, allowed.exceeded(theirs, meter, days))
        for tier, (theirs, meter, days) in sorted(totals.items())
    ]


def _daily(
    compared: Iterable[Compared],
    days: dict[str, list[Cell]],
    bill: Iterable[BillInterval],
    missing: Sequence[BillFinding],
) -> list[BillFinding]:
    """Return the days that differ, with what is known of them."""
    estimates = Profile((each.start, each.duration, each.wh) for each in bill if each.estimated)
    gaps = Profile(
        (each.start, each.end - each.start, 0.0) for each in missing if each.reason is Reason.MISSING_IN_METER
    )
    found = []
    for day in compared:
        if day.differs:
            start, end = days[day.name][0].start, days[day.name][-1].end
            reason = Reason.UNEXPLAINED
            if estimates.between(start, end)[1]:
                reason = Reason.ESTIMATED
            elif gaps.between(start - HOUR, end)[1]:
                reason = Reason.MISSING_IN_METER
            found.append(BillFinding(reason, start, end, day.bill_wh, day.meter_wh))
    return found


def _period(summary: BillSummary, theirs: Profile, ours: Profile) -> PeriodCompared:
    end = summary.start + summary.duration

    def whole(profile: Profile) -> float | None:
        energy, known = profile.between(summary.start, end)
        return energy if known >= summary.duration * _KNOWN else None

    return PeriodCompared(summary.start, end, summary.wh, whole(theirs), whole(ours), summary.amount, summary.currency)


def _summaries(periods: Iterable[PeriodCompared], allowed: Tolerance) -> Iterator[BillFinding]:
    for each in periods:
        days = (each.end - each.start) / 86_400
        if each.billed_wh is None or each.readings_wh is None:
            continue
        if allowed.exceeded(each.billed_wh, each.readings_wh, days):
            yield BillFinding(
                Reason.SUMMARY_DIFFERS, each.start, each.end, each.billed_wh, each.meter_wh or each.readings_wh
            )
