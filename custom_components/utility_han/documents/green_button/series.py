"""Readings in the order of time, in little memory: ten years of quarters of an hour are some 350,000 of them.

They come in runs, each of them short and in order, and are put together a piece at a time, so that nobody waits for
all of them. They are kept as plain numbers: what objects there would be, the garbage collector would look at again and
again. What is there twice is taken once.
"""

from array import array
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from typing import NamedTuple

from .codes import ESTIMATES

LONGEST_RUN = 2048
_PIECE = 2000
_WIDTH = 7
_MOST_GAPS = 100
NO_COST = -(2**63)


class Reading(NamedTuple):
    """An IntervalReading; ``value`` is in the units of its ReadingType."""

    start: int
    duration: int
    value: int
    quality: int = -1
    """QualityOfReading, -1 where the ReadingType's default holds."""
    tou: int = 0
    tier: int = 0
    cost: int = NO_COST
    """In hundred-thousandths of the currency."""

    @property
    def known_cost(self) -> int | None:
        """Return the cost, None where none is told."""
        return None if self.cost == NO_COST else self.cost


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without a reading between readings."""

    start: int
    duration: int


class Series:
    """Readings that do not overlap, oldest first."""

    def __init__(self) -> None:
        self._columns = tuple(array(kind) for kind in "qqqbhhq")
        self.repeated = 0
        """How many readings were there again, with the same value."""
        self.contradicted = 0
        """How many were there again with another value, of which the newest counts, or overlapped an earlier one."""
        self.gaps: list[Gap] = []
        """The first of them, not all where there are very many."""
        self.missing_seconds = 0

    def __len__(self) -> int:
        return len(self._columns[0])

    def __iter__(self) -> Iterator[Reading]:
        return map(Reading._make, zip(*self._columns, strict=True))

    def add(self, reading: Reading) -> None:
        """Add one that begins no earlier than the last one did."""
        starts, durations, values = self._columns[:3]
        if starts:
            end = starts[-1] + durations[-1]
            if reading.start < end:
                same = (reading.start, reading.duration, reading.value) == (starts[-1], durations[-1], values[-1])
                self.repeated += same
                self.contradicted += not same
                return
            if reading.start > end:
                self.missing_seconds += reading.start - end
                if len(self.gaps) < _MOST_GAPS:
                    self.gaps.append(Gap(end, reading.start - end))
        for column, value in zip(self._columns, reading, strict=True):
            column.append(value)

    @property
    def start(self) -> int:
        """Return when the first one begins."""
        return self._columns[0][0]

    @property
    def end(self) -> int:
        """Return when the last one ends."""
        return self._columns[0][-1] + self._columns[1][-1]


def is_estimate(quality: int) -> bool:
    """Whether a QualityOfReading says that a part was not measured."""
    return quality in ESTIMATES


class Run:
    """A few readings, in the order of time once they are sorted."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._sorted = True
        self.end = 0
        """A time that none of them begins after."""
        self.rank = 0
        """Of runs that contradict one another the one of the lower rank counts."""

    def __len__(self) -> int:
        return len(self._numbers) // _WIDTH

    def __iter__(self) -> Iterator[Reading]:
        numbers = iter(self._numbers)
        return map(Reading._make, zip(*[numbers] * _WIDTH, strict=True))

    def add(self, reading: Reading) -> None:
        """Add one."""
        self._sorted = self._sorted and reading.start >= self.end
        self.end = max(self.end, reading.start)
        self._numbers.extend(reading)

    @property
    def start(self) -> int:
        """Return when the first one begins; of a sorted run that has one."""
        return self._numbers[0]

    def sort(self) -> None:
        """Bring them into the order of time."""
        if not self._sorted:
            readings = sorted(self, key=lambda each: each.start)
            self._numbers = array("q", (number for reading in readings for number in reading))
            self._sorted = True


def assemble(runs: Iterable[Run]) -> Generator[None, None, Series]:
    """Return the series of all runs, each of which is sorted and let go once it is in it; pauses after every piece."""
    series, done = Series(), 0
    waiting = deque(sorted((run for run in runs if len(run)), key=lambda run: run.start))
    while waiting:
        cluster = _overlapping(waiting)
        for reading in merge(*cluster, key=lambda each: each.start) if len(cluster) > 1 else cluster[0]:
            series.add(reading)
            done += 1
            if done % _PIECE == 0:
                yield
    return series


def _overlapping(waiting: deque[Run]) -> list[Run]:
    """Take the first run and those that overlap it, or one another, by their rank; most do not."""
    cluster = [waiting.popleft()]
    until = cluster[0].end
    while waiting and waiting[0].start <= until:
        cluster.append(waiting.popleft())
        until = max(until, cluster[-1].end)
    return sorted(cluster, key=lambda each: each.rank)
