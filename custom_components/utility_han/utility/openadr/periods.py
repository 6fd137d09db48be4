"""When the intervals of an event are: OpenADR 3.1 user guide, 7.3 "Event and Interval Timing" and 7.4.

The text leaves two things to the reader. "Now" (a start at the beginning of time) is when the VTN says that the event
was last written, so that it is the same for everybody and after a restart. And the shift of ``randomizeStart`` is
drawn from the event and the VEN's own seed, so that it is one and the same whenever it is looked at.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from .model import FOREVER, Interval, Payload, Period, Value, VtnEvent
from .payloads import KINDS

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_ZERO = timedelta(0)
_MOST_SLOTS = 5000
"""Of one event in one window; a price every five minutes over two weeks is less."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One interval of an event at one time; ``turn`` counts how often the intervals were gone through before."""

    interval: Interval
    place: int
    turn: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A value of a payload with the time for which it holds."""

    start: datetime
    end: datetime
    values: tuple[Value, ...]
    place: int = 0


def later(time: datetime, by: timedelta) -> datetime:
    """Return a time moved on, within what times are looked at here."""
    if by >= FOREVER - time:
        return FOREVER
    return max(time + by, _EARLIEST) if by > _EARLIEST - FOREVER else _EARLIEST


def first_turn(event: VtnEvent, seed: str) -> list[Slot]:
    """Return the intervals of an event, gone through once."""
    slots: list[Slot] = []
    shift, follows = _ZERO, _EARLIEST
    for place, interval in enumerate(event.intervals):
        period = interval.period or event.period
        if period is None:
            raise ValueError("neither event nor interval says when")
        own = interval.period.start if interval.period else None
        randomize = interval.period.randomize if interval.period else _ZERO
        if place == 0:
            standing = event.period or period
            shift = _shift(event, place, randomize or standing.randomize, seed)
            start = later(own or standing.start or event.modified, shift)
        elif own is not None:
            shift = _shift(event, place, randomize, seed) if randomize else shift
            start = later(own, shift)
        else:
            start = follows
        follows = later(start, period.duration)
        slots.append(Slot(interval, place, 0, start, follows))
    return slots


def lasting(event: VtnEvent, seed: str) -> list[Slot]:
    """Return the intervals of one turn that last: of no duration they are none, and so events are called off (7.9)."""
    return [slot for slot in first_turn(event, seed) if slot.start < slot.end]


def slots(event: VtnEvent, since: datetime, until: datetime, seed: str) -> Iterator[Slot]:
    """Yield the intervals of an event between two times: looped or truncated by ``event.duration``; soonest first."""
    turn = lasting(event, seed)
    if not turn:
        return
    first, last = turn[0].start, max(slot.end for slot in turn)
    span, over = last - first, later(first, event.duration) if event.duration else last
    turns = (max(since - first, _ZERO) // span) if over > last else 0
    yielded = 0
    while (moved := later(first, span * turns)) < min(over, until) and yielded < _MOST_SLOTS:
        by = moved - first
        for slot in sorted(turn, key=lambda each: each.start):
            start, end = later(slot.start, by), min(later(slot.end, by), over)
            if since < end and start < min(until, over) and start < end and yielded < _MOST_SLOTS:
                yielded += 1
                yield replace(slot, turn=turns, start=start, end=end)
        turns += 1


def parts(slot: Slot, payload: Payload) -> list[Part]:
    """Return the values of a payload, each with its part of the interval ("multi-valued payloads")."""
    count = len(payload.values)
    if count < 2 or not KINDS[payload.type].splits:
        return [Part(slot.start, slot.end, payload.values)]
    share = (slot.end - slot.start) / count
    ends = [slot.start + share * (place + 1) for place in range(count - 1)] + [slot.end]
    starts = [slot.start, *ends[:-1]]
    return [
        Part(*each, place)
        for each, place in zip(
            zip(starts, ends, [(v,) for v in payload.values], strict=True), range(count), strict=True
        )
    ]


def implied(event: VtnEvent, place: int) -> Slot | None:
    """Return an interval that an event without intervals implies by its ``intervalPeriod`` (user guide 8.7)."""
    period = event.period
    if event.intervals or period is None or not period.duration:
        return None
    start = later(period.start or event.modified, period.duration * place)
    return Slot(Interval(place, Period(start, period.duration), ()), place, 0, start, later(start, period.duration))


def _shift(event: VtnEvent, place: int, most: timedelta, seed: str) -> timedelta:
    """Return by how much a start is moved, either way ("increment or decrement", with uniform distribution)."""
    if not most:
        return _ZERO
    drawn = random.Random(f"{seed}/{event.id}/{place}").uniform(-1.0, 1.0)
    return min(most, timedelta(days=366)) * drawn
