"""What a sensor's statistics say of the intervals of a report; what they do not say is not known.

OpenADR 3 (report-payloads.schema.yaml) asks for energy and power over intervals that begin and end whenever the
utility has them do so; statistics are of five minutes, and of hours where they are older. An interval that begins or
ends within five minutes gets its share of them, and is said to be estimated.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ..utility import Estimated

FIVE_MINUTES = timedelta(minutes=5)
_SATURDAY = 5
_DAYS_BACK, _DAYS, _FEWEST_DAYS = 31, 10, 4
_DIGITS = 6
_MOST_ROWS = 40_000

type Number = float | Estimated | None


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """A row of statistics: of five minutes, or of an hour."""

    start: datetime
    end: datetime
    mean: float | None = None
    lowest: float | None = None
    highest: float | None = None
    state: float | None = None
    """What a counter showed at the end."""
    total: float | None = None
    """What it had counted by then since it is known."""


def next_five_minutes(time: datetime) -> datetime:
    """Return when the five minutes end that ``time`` is in; itself where they end with it."""
    begun = _five_minutes_of(time)
    return time if begun == time else begun + FIVE_MINUTES


def _five_minutes_of(time: datetime) -> datetime:
    return time.replace(minute=time.minute // 5 * 5, second=0, microsecond=0)


class RecordedValues:
    """The statistics of one sensor."""

    def __init__(self, rows: Iterable[StatisticsRow] = ()) -> None:
        self._short: dict[datetime, StatisticsRow] = {}
        self._hours: dict[datetime, StatisticsRow] = {}
        self._totals: dict[datetime, float] = {}
        self._states: dict[datetime, float] = {}
        for row in rows:
            (self._short if row.end - row.start == FIVE_MINUTES else self._hours)[row.start] = row
            if row.total is not None:
                self._totals[row.end] = row.total
            if row.state is not None:
                self._states[row.end] = row.state

    def counted(self, start: datetime, end: datetime) -> Number:
        """Return what a counter has counted in an interval."""
        if end <= start:
            return None
        before, after = _at(self._totals, start), _at(self._totals, end)
        if before is None or after is None:
            return None
        counted = round(_plain(after) - _plain(before), _DIGITS)
        return Estimated(counted) if isinstance(before, Estimated) or isinstance(after, Estimated) else counted

    def shown(self, at: datetime) -> Number:
        """Return what a counter showed at a moment."""
        return _at(self._states, at)

    def mean(self, start: datetime, end: datetime) -> Number:
        """Return the mean over an interval, where there is a row for each moment of it."""
        if (covering := self._covering(start, end)) is None:
            return None
        weights = [(min(row.end, end) - max(row.start, start)) / (end - start) for row in covering]
        values = [row.mean for row in covering if row.mean is not None]
        if len(values) < len(covering):
            return None
        mean = round(sum(weight * value for weight, value in zip(weights, values, strict=True)), _DIGITS)
        return Estimated(mean) if _sticks_out(covering, start, end) else mean

    def peak(self, start: datetime, end: datetime) -> Number:
        """Return the highest value in an interval, where there is a row for each moment of it."""
        if (covering := self._covering(start, end)) is None:
            return None
        values = [row.highest for row in covering if row.highest is not None]
        if len(values) < len(covering):
            return None
        return Estimated(max(values)) if _sticks_out(covering, start, end) else max(values)

    def lowest(self, start: datetime, end: datetime) -> float | None:
        """Return the lowest value in an interval, or a little beside it; None where that is not known."""
        values = [row.lowest for row in self._covering(start, end) or () if row.lowest is not None]
        return min(values, default=None)

    def about(self, at: datetime) -> float | None:
        """Return the mean of the five minutes that a moment is in, or that end with it."""
        begun = _five_minutes_of(at)
        row = self._short.get(begun if begun != at else begun - FIVE_MINUTES)
        return row.mean if row is not None else None

    def _covering(self, start: datetime, end: datetime) -> list[StatisticsRow] | None:
        """Return the rows that an interval is covered by without a break, None where there is one."""
        found: list[StatisticsRow] = []
        time = start
        while time < end and len(found) < _MOST_ROWS:
            row = self._short.get(_five_minutes_of(time))
            if row is None:
                row = self._hours.get(time)
                if row is None or row.end > end:
                    return None
            found.append(row)
            time = row.end
        return found or None


def _at(values: dict[datetime, float], time: datetime) -> Number:
    if (exact := values.get(time)) is not None:
        return exact
    begun = _five_minutes_of(time)
    before, after = values.get(begun), values.get(begun + FIVE_MINUTES)
    if before is None or after is None or after < before:
        return None
    return Estimated(round(before + (after - before) * ((time - begun) / FIVE_MINUTES), _DIGITS))


def _sticks_out(rows: list[StatisticsRow], start: datetime, end: datetime) -> bool:
    return rows[0].start < start or rows[-1].end > end


def _plain(number: float | Estimated) -> float:
    return number.value if isinstance(number, Estimated) else number


def difference(value: Number, baseline: Number) -> Number:
    """Return by how much a value differs from its baseline, which is an estimate always (DELTA_USAGE)."""
    if value is None or baseline is None:
        return None
    return Estimated(round(_plain(value) - _plain(baseline), _DIGITS))


def baseline_since(start: datetime) -> datetime:
    """Return since when statistics are looked at for a baseline."""
    return start - timedelta(days=_DAYS_BACK)


def baseline(
    start: datetime,
    end: datetime,
    measured: Callable[[datetime, datetime], Number],
    controlled: Callable[[datetime, datetime], bool],
    zone: tzinfo,
) -> Number:
    """Return what would be used "in the absence of load control" (BASELINE): the mean of days like this one.

    The standard says no more of it. Taken are the latest ten days of the same kind (Monday to Friday, or Saturday and
    Sunday) of the last 31, at the same time on the clock on the wall, without those on which a control lasted then,
    ``controlled``, and those of which it is not known what was used. Of fewer than four days none is made.
    """
    there = start.astimezone(zone)
    length, found = end - start, list[float]()
    for days in range(1, _DAYS_BACK + 1):
        # Arithmetic on a time with a zone is that of the clock on the wall.
        day = there - timedelta(days=days)
        if (day.weekday() >= _SATURDAY) != (there.weekday() >= _SATURDAY):
            continue
        begins = day.astimezone(start.tzinfo)
        value = None if controlled(begins, begins + length) else measured(begins, begins + length)
        if value is not None:
            found.append(_plain(value))
        if len(found) == _DAYS:
            break
    return Estimated(round(sum(found) / len(found), _DIGITS)) if len(found) >= _FEWEST_DAYS else None
