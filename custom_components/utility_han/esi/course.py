"""What holds one after the other, as prices do: found by its time in O(log n), soonest first, nothing overlaps."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import Field, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol


class Timed(Protocol):
    """A record that holds from ``start`` to ``end``."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def start(self) -> datetime:
        """When it begins to hold."""

    @property
    def end(self) -> datetime:
        """From when on it holds no more."""


def in_force[T: Timed](course: Sequence[T], time: datetime) -> T | None:
    """Return what holds at ``time``."""
    place = bisect_right(course, time, key=_start) - 1
    return course[place] if place >= 0 and time < course[place].end else None


def following[T: Timed](course: Sequence[T], time: datetime) -> T | None:
    """Return what begins next after ``time``."""
    place = bisect_right(course, time, key=_start)
    return course[place] if place < len(course) else None


def between[T: Timed](course: Sequence[T], start: datetime, end: datetime, most: int | None = None) -> Sequence[T]:
    """Return what holds at some time between two, as it is; the first ``most`` of it."""
    first, beyond = bisect_right(course, start, key=_end), bisect_left(course, end, key=_start)
    return course[first : beyond if most is None else min(first + most, beyond)]


def next_change(course: Sequence[Timed], time: datetime) -> datetime | None:
    """Return when something else, or nothing, holds for the first time after ``time``; None where it never does."""
    if (now := in_force(course, time)) is not None:
        return now.end
    return found.start if (found := following(course, time)) is not None else None


def one_at_a_time[T: Timed](found: Iterable[T]) -> tuple[T, ...]:
    """Return what was ``found`` as a course: of what overlaps, what began first lasts to its end."""
    course: list[T] = []
    for each in sorted(found, key=_start):
        start = max(each.start, course[-1].end) if course else each.start
        if start < each.end:
            course.append(each if start == each.start else replace(each, start=start))
    return tuple(course)


def continued[T: Timed](known: Sequence[T], told: Sequence[T], now: datetime, since: datetime) -> tuple[T, ...]:
    """Return the course that was ``told`` at ``now``, and before that what was ``known`` of the time after ``since``.

    Who tells what holds may tell no more what is over. What lasts at ``now`` is as it was told last.
    """
    pivot = since
    if (place := bisect_right(known, now, key=_start)) > 0:
        last = known[place - 1]
        pivot = last.start if now < last.end else last.end
        lasting = in_force(told, now)
        pivot = now if lasting is None else max(pivot, lasting.start)
    past = (each if each.end <= pivot else replace(each, end=pivot) for each in between(known, since, pivot))
    coming = between(told, pivot, told[-1].end) if told else ()
    return (*past, *(each if place == 0 or pivot <= each.start else replace(each, start=pivot) for each in coming))


def _start(each: Timed) -> datetime:
    return each.start


def _end(each: Timed) -> datetime:
    return each.end
