"""The premise less its vehicles: what is left of the meter's intervals when what was charged is taken off them.

A quarter of an hour of which an interval is only a part gives it that part of its energy: such a remainder is an
estimate. Less than nothing is left where the two meters, or their clocks, do not agree: that is written as it is, as
"questionable", and returned to whoever asks, for it is not for us to mend.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...procedures import Charge
from .codes import Quality
from .submeter import QUARTER, energy_by_quarter, submeters


@dataclass(frozen=True, slots=True)
class Premise:
    """What the meter of a premise counted; intervals are start, length and Wh, of any length."""

    id: str
    title: str
    time_zone: str
    intervals: Sequence[tuple[datetime, timedelta, float]]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of an interval."""

    start: int
    duration: int
    wh: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class Remainder:
    """A premise without its vehicles."""

    premise: Premise
    intervals: tuple[Rest, ...]
    uncovered_wh: int
    """What was charged while there is no interval of the premise."""

    @property
    def negative(self) -> tuple[Rest, ...]:
        """Those in which more was charged than the premise used."""
        return tuple(rest for rest in self.intervals if rest.wh < 0)


type Span = tuple[datetime, datetime]


def without_vehicles(
    premise: Premise, charges: Iterable[Charge], span: Span | None = None, unknown: Collection[Span] = ()
) -> Remainder:
    """Take what was charged at the premise, by all of its vehicles, off what it used.

    What was charged outside of ``span`` is not looked at. Of the times of ``unknown`` it is not known yet what was
    charged, and so not what is left: intervals in them are left out.
    """
    charged = energy_by_quarter(submeters(charges))
    if span is not None:
        since, until = (each.timestamp() for each in span)
        charged = {quarter: wh for quarter, wh in charged.items() if since <= quarter < until}
    starts = sorted(charged)
    rests, taken = [], 0.0
    for start, length, wh in sorted(premise.intervals):
        begun, duration = int(start.timestamp()), int(length.total_seconds())
        vehicles, whole = _within(charged, starts, begun, begun + duration)
        taken += vehicles
        if any(start < last and first < start + length for first, last in unknown):
            continue
        left = round(wh - vehicles)
        quality = Quality.DERIVED if whole else Quality.ESTIMATED_BY_INTERPOLATION
        rests.append(Rest(begun, duration, left, Quality.QUESTIONABLE if left < 0 else quality))
    return Remainder(premise, tuple(rests), round(sum(charged.values()) - taken))


def _within(charged: dict[int, int], starts: list[int], start: int, end: int) -> tuple[float, bool]:
    """Return what was charged from start to end, and whether that is made of whole quarters of an hour."""
    energy, whole = 0.0, True
    at = bisect_right(starts, start - QUARTER)
    while at < len(starts) and starts[at] < end:
        quarter = starts[at]
        shared = min(quarter + QUARTER, end) - max(quarter, start)
        whole = whole and (shared == QUARTER or not charged[quarter])
        energy += charged[quarter] * shared / QUARTER
        at += 1
    return energy, whole
