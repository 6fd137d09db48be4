"""Energy over time, of intervals of any length: how much there is between two moments, and how much is known."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import pairwise


class Profile:
    """Intervals (start, seconds, Wh) that do not overlap, oldest first; what is odd is left out."""

    def __init__(self, intervals: Iterable[tuple[int, int, float]]) -> None:
        self._starts, self._ends = array("q"), array("q")
        self._energy, self._known = array("d", [0.0]), array("q", [0])
        """What there was, and how many seconds, until each interval begins."""
        for start, duration, wh in intervals:
            if duration > 0 and (not self._ends or start >= self._ends[-1]):
                self._starts.append(start)
                self._ends.append(start + duration)
                self._energy.append(self._energy[-1] + wh)
                self._known.append(self._known[-1] + duration)

    def __bool__(self) -> bool:
        return bool(self._starts)

    @property
    def start(self) -> int:
        """Return when the first interval begins."""
        return self._starts[0]

    @property
    def end(self) -> int:
        """Return when the last interval ends."""
        return self._ends[-1]

    @property
    def usual_length(self) -> int:
        """Return the length that the middle one of all intervals has."""
        lengths = sorted(self._ends[at] - self._starts[at] for at in range(len(self._starts)))
        return lengths[len(lengths) // 2]

    def intervals(self) -> Iterable[tuple[int, int]]:
        """Return start and end of each."""
        return zip(self._starts, self._ends, strict=True)

    def between(self, start: int, end: int) -> tuple[float, float]:
        """Return Wh and seconds that are known; an interval that sticks out gives its share."""
        first, last = bisect_right(self._ends, start), bisect_left(self._starts, end)
        if first >= last:
            return 0.0, 0.0
        energy, known = self._energy[last] - self._energy[first], float(self._known[last] - self._known[first])
        outside = ((first, start - self._starts[first]), (last - 1, self._ends[last - 1] - end))
        for at, seconds in outside:
            if seconds > 0:
                energy -= (self._energy[at + 1] - self._energy[at]) * seconds / (self._ends[at] - self._starts[at])
                known -= seconds
        return energy, known


def joined(times: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return times (start, end; oldest first) with those made one that follow one another."""
    given = list(times)
    cuts = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(given)) if one[1] < other[0]), len(given)]
    return [(given[first][0], given[last - 1][1]) for first, last in pairwise(cuts) if first < last]
