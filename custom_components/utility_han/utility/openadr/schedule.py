"""When which reports are due, and of which intervals: OpenADR 3.1 user guide, 7.5 "Report Management".

Its examples do not agree with each other about ``startInterval`` with ``historical``: once the report is of the
intervals up to it ("generate report 1" at interval 1 of 0 and 1), once of those from it on ("only interested in report
data for the last 5. startInterval = 5"). Both are met so: of the intervals that end with it where there are enough
before it, else of those that begin with it. A forecast is due when its first interval begins (8.8).
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from sys import maxsize

from .model import FOREVER, ReportDescriptor, VtnEvent
from .periods import Slot, implied, lasting, later
from .report_kinds import REPORTS

_MOST_LOOKED_AT = 10_000
_MOST_LOOKS = 500_000
MOST_DUE = 500
"""Of all events at once; no more are kept until they are given."""
_MOST_AT_ONCE = 50
_MOST_INTERVALS = 500


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that is due; ``name`` is the same whenever it is looked at, so that it is sent once for one time."""

    name: str
    event: str
    program: str
    descriptor: ReportDescriptor
    at: datetime
    intervals: tuple[Slot, ...]
    """Empty where the VEN chooses them ("ad hoc", or an event that has none)."""

    @property
    def unit(self) -> str | None:
        """The unit in which its values are to be given, None where it has none."""
        return self.descriptor.units or REPORTS[self.descriptor.payload_type] or None

    @property
    def answered(self) -> bool:
        """Whether a report of this type can be given at all."""
        return REPORTS[self.descriptor.payload_type] is not None

    @property
    def forecast(self) -> bool:
        """Whether it is about what is to come ("historical = False", 7.5), which is not known here."""
        return any(slot.end > self.at for slot in self.intervals) or self.descriptor.reading_type == "FORECAST"


@dataclass(slots=True)
class Looks:
    """How many more intervals are looked at: a thousand events may each ask for reports of thousands of them."""

    left: int = _MOST_LOOKS


def due_reports(
    event: VtnEvent, since: datetime | None, now: datetime, seed: str, looks: Looks | None = None
) -> list[DueReport]:
    """Return the reports that fell due after ``since``; where that is None, the latest one alone.

    So the user guide has it: of reports that were due before the event was seen, a single one is issued.
    """
    found: list[DueReport] = []
    intervals = _Intervals(event, seed, looks or Looks())
    for place, descriptor in enumerate(event.reports):
        due: deque[_Turn] = deque(maxlen=1 if since is None else _MOST_AT_ONCE)
        for turn in _turns(event, descriptor, intervals, since, now):
            if turn.at > now:
                break
            due.append(turn)
        found += [
            _due(event, place, descriptor, each.number, each.at, tuple(intervals.between(each.first, each.length)))
            for each in due
        ]
    return found


@dataclass(frozen=True, slots=True)
class _Turn:
    """One of the reports that a descriptor asks for, its intervals not looked at yet."""

    number: int
    at: datetime
    first: int = 0
    length: int = 0


def _turns(
    event: VtnEvent, descriptor: ReportDescriptor, intervals: _Intervals, since: datetime | None, now: datetime
) -> Iterator[_Turn]:
    if descriptor.frequency == 0 or not intervals.any:
        # Whenever the VEN deems it useful: once as soon as it is asked, then with news ("ad hoc", "report-only").
        if since is None or event.modified > since:
            yield _Turn(0, event.modified)
        return
    # Without intervals there is no "all" of them.
    all_of_them = intervals.count or 1
    length = min(descriptor.num_intervals, _MOST_INTERVALS) if descriptor.num_intervals > 0 else all_of_them
    step = descriptor.frequency if descriptor.frequency > 0 else length
    first, at_end = _first(descriptor, length, all_of_them)
    times = max(descriptor.repeat, 1) if descriptor.repeat >= 0 else maxsize
    if since is None:
        # The latest alone is wanted: it is none of those before the last that was due for certain.
        skipped = _skipped(intervals, first, step, length, min(now, intervals.end)) - 1
        start = max(min(skipped, times - 1), 0)
    else:
        start = _skipped(intervals, first, step, length, since)
    for turn in range(start, start + _MOST_LOOKED_AT):
        if turn >= times:
            return
        begin = first + turn * step
        if (
            slot := intervals.last(begin, length) if at_end else intervals.at(begin)
        ) is None or not intervals.looks.left:
            return
        at = slot.end if at_end else slot.start
        if since is not None and at <= since:
            continue
        yield _Turn(turn, at, begin, length)


def _first(descriptor: ReportDescriptor, length: int, count: int) -> tuple[int, bool]:
    """Return the first interval of the first report, and whether it is due at the end of its last one."""
    named = descriptor.start_interval
    if not descriptor.historical:
        return max(named, 0), False
    if named < 0:
        return max(count - length, 0), True
    return (named if named - length + 1 < 0 else named - length + 1), True


def _skipped(intervals: _Intervals, first: int, step: int, length: int, since: datetime) -> int:
    """Return how many reports were due for certain before ``since``, without looking at each."""
    if (one := intervals.at(first)) is None or intervals.even is None:
        return 0
    passed = (since - one.start) // (intervals.even * step) if intervals.even * step else 0
    return max(passed - length // step - 2, 0)


def _due(
    event: VtnEvent, place: int, descriptor: ReportDescriptor, turn: int, at: datetime, covered: tuple[Slot, ...]
) -> DueReport:
    # An event that was moved keeps its id, and is reported on anew.
    name = f"{event.id}-{place}-{descriptor.payload_type}-{turn}-{at:%Y%m%dT%H%M%S}"
    return DueReport(name, event.id, event.program, descriptor, at, covered)


class _Intervals:
    """The intervals of an event by number, on through its loops, and those that it implies (8.7)."""

    def __init__(self, event: VtnEvent, seed: str, looks: Looks) -> None:
        self._event = event
        self.looks = looks
        turn = lasting(event, seed)
        self._turn = turn
        self._span = max((slot.end for slot in turn), default=event.modified) - turn[0].start if turn else timedelta(0)
        self._over = later(turn[0].start, event.duration) if turn and event.duration else None

    @property
    def any(self) -> bool:
        """Whether there are intervals at all."""
        return self.at(0) is not None

    @property
    def count(self) -> int:
        """How many there are, gone through once."""
        return len(self._turn)

    def between(self, first: int, length: int) -> Iterator[Slot]:
        """Yield those of so many intervals that there are."""
        for number in range(first, first + length):
            if (slot := self.at(number)) is None:
                return
            yield slot

    def last(self, first: int, length: int) -> Slot | None:
        """Return the last of so many intervals, by halving where there are fewer; None where there is none."""
        fewest, most = 0, length
        found: Slot | None = None
        if (whole := self.at(first + length - 1)) is not None:
            return whole
        while fewest < most - 1:
            middle = (fewest + most) // 2
            if (slot := self.at(first + middle - 1)) is None:
                most = middle
            else:
                fewest, found = middle, slot
        return found

    @property
    def end(self) -> datetime:
        """When the last of them ends."""
        if self._over is not None:
            return self._over
        return later(self._turn[0].start, self._span) if self._turn else FOREVER

    @property
    def even(self) -> timedelta | None:
        """How long each is where they are all the same and follow one another."""
        if not self._turn:
            return self._event.period.duration if self._event.period else None
        lengths = {slot.end - slot.start for slot in self._turn}
        return lengths.pop() if len(lengths) == 1 else None

    def at(self, number: int) -> Slot | None:
        """Return an interval, None where there is no such."""
        self.looks.left = max(self.looks.left - 1, 0)
        if not self._turn:
            return implied(self._event, number)
        turn, place = divmod(number, len(self._turn))
        slot = self._turn[place]
        by = self._span * turn
        start = later(slot.start, by)
        if turn and (self._over is None or start >= self._over):
            return None
        if self._over is not None and start >= self._over:
            return None
        end = later(slot.end, by)
        return Slot(slot.interval, place, turn, start, min(end, self._over) if self._over else end)
