"""What holds for all of a comparison: whether one course of energy is the other, later, greater, or not at all.

How well two courses fit is the share of their energy that does not lie on both: 0 where they are the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import sqrt

from .findings import BillFinding, Reason
from .profile import Profile

_HOUR = 3600
_SHIFTS = tuple(half * 1800 for half in range(-28, 29))
"""Time zones are from 12 hours before UTC to 14 hours after it."""
_MOST_CELLS = 24 * 31
"""As many as a pattern is looked for in, spread over all of them."""
_FEWEST_CELLS = 12
_FITS = 0.12
_FITS_MUCH_BETTER = 0.5
_SAME = 0.02
_TOGETHER = 0.4
"""Below this correlation two courses have nothing to do with one another."""
_FAR_APART = 0.25


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour, or an interval of the bill, of which both know."""

    start: int
    end: int
    bill: float
    meter: float


def likely_reasons(cells: Sequence[Cell], ours: Profile, exported: Profile, zone: tzinfo) -> list[BillFinding]:
    """Return what explains the differences as a whole; nothing where they have to be looked at day by day."""
    if len(cells) < _FEWEST_CELLS:
        return []
    bill, meter = [each.bill for each in cells], [each.meter for each in cells]
    plain = _misfit(bill, meter)
    if exported:
        export = [exported.between(each.start, each.end)[0] for each in cells]
        if _misfit(bill, export) < min(_FITS, plain * _FITS_MUCH_BETTER):
            return [_finding(Reason.DIRECTION_SWAPPED, cells)]
    if found := list(_shifts(cells, ours, zone)):
        ratio = _late_ratio(cells, ours, found[0])
    elif (ratio := _ratio(bill, meter)) is None:
        apart = plain > _FAR_APART and _correlation(bill, meter) < _TOGETHER
        return [_finding(Reason.ANOTHER_PREMISE, cells)] if apart else []
    if ratio is not None and abs(ratio - 1) > _SAME:
        found.append(_finding(Reason.FACTOR, cells, ratio))
    return found


def _finding(reason: Reason, cells: Sequence[Cell], detail: float | None = None) -> BillFinding:
    bill, meter = sum(each.bill for each in cells), sum(each.meter for each in cells)
    return BillFinding(reason, cells[0].start, cells[-1].end, bill, meter, detail)


def _late_ratio(cells: Sequence[Cell], ours: Profile, shift: BillFinding) -> float | None:
    """Return how many times the meter's energy the bill has where it is that late."""
    by = int(shift.detail or 0)
    within = [each for each in cells if shift.start <= each.start < shift.end]
    return _ratio([each.bill for each in within], [ours.between(each.start - by, each.end - by)[0] for each in within])


def _shifts(cells: Sequence[Cell], ours: Profile, zone: tzinfo) -> Iterator[BillFinding]:
    """Yield by how much the bill is late, for summer and winter time each where it is not the same in both."""
    if cells[0].end - cells[0].start > _HOUR:
        return
    seasons: dict[object, list[Cell]] = {}
    for cell in cells:
        seasons.setdefault(datetime.fromtimestamp(cell.start, zone).utcoffset(), []).append(cell)
    late = {season: _shift(theirs, ours) for season, theirs in seasons.items() if len(theirs) >= _FEWEST_CELLS}
    if len(set(late.values())) == 1:
        if (by := next(iter(late.values()))) != 0:
            yield _finding(Reason.SHIFTED, cells, by)
        return
    for season, by in late.items():
        if by:
            yield _finding(Reason.SHIFTED, seasons[season], by)


def _shift(cells: Sequence[Cell], ours: Profile) -> int:
    """Return by how many seconds the bill is later than the meter; 0 where that explains nothing."""
    some = cells[:: max(1, len(cells) // _MOST_CELLS)]

    def misfit(by: int) -> float:
        bill, meter = [], []
        for cell in some:
            energy, known = ours.between(cell.start - by, cell.end - by)
            if known >= cell.end - cell.start:
                bill.append(cell.bill)
                meter.append(energy)
        if len(bill) < max(_FEWEST_CELLS, len(some) // 2) or not sum(meter):
            return 1.0
        ratio = sum(bill) / sum(meter)
        return _misfit(bill, [ratio * each for each in meter])

    if (plain := misfit(0)) < _SAME:
        return 0
    found = {by: misfit(by) for by in _SHIFTS}
    best = min(found, key=lambda by: (found[by], abs(by)))
    return best if found[best] < min(_FITS, plain * _FITS_MUCH_BETTER) else 0


def _ratio(bill: Sequence[float], meter: Sequence[float]) -> float | None:
    """Return the factor by which the one course is the other, None where it is by none."""
    if not (total := sum(meter)) or not sum(bill):
        return None
    ratio = sum(bill) / total
    scaled = _misfit(bill, [ratio * each for each in meter])
    return ratio if scaled < min(_FITS, max(_misfit(bill, meter) * _FITS_MUCH_BETTER, _SAME)) else None


def _misfit(one: Sequence[float], other: Sequence[float]) -> float:
    apart = sum(abs(first - second) for first, second in zip(one, other, strict=True))
    return apart / max(sum(abs(each) for each in one) + sum(abs(each) for each in other), 1e-9)


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    count = len(one)
    first, second = sum(one) / count, sum(other) / count
    both = sum((a - first) * (b - second) for a, b in zip(one, other, strict=True))
    spread = sqrt(sum((a - first) ** 2 for a in one) * sum((b - second) ** 2 for b in other))
    return both / spread if spread else 0.0
