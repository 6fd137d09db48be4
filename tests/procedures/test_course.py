"""What holds one after the other: found by its time, as by looking at each, and without looking at each."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.esi.course import (
    between,
    continued,
    following,
    in_force,
    next_change,
    one_at_a_time,
)

NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Piece:
    start: datetime
    end: datetime
    value: int = 0


def at(minute: float) -> datetime:
    return NOW + timedelta(minutes=minute)


def piece(start: float, end: float, value: int = 0) -> Piece:
    return Piece(at(start), at(end), value)


def value_at(course: tuple[Piece, ...], minute: float) -> int | None:
    found = in_force(course, at(minute))
    return found.value if found else None


pieces = st.builds(lambda start, lasts, value: piece(start, start + lasts, value),
                   st.integers(-60, 60), st.integers(1, 40), st.integers(1, 9))  # fmt: skip
courses = st.lists(pieces, max_size=12).map(one_at_a_time)


@given(courses, st.integers(-70, 110))
def test_found_is_what_looking_at_each_finds(course: tuple[Piece, ...], minute: int) -> None:
    time = at(minute)
    assert all(one.end <= other.start for one, other in pairwise(course))
    assert in_force(course, time) == next((each for each in course if each.start <= time < each.end), None)
    assert following(course, time) == next((each for each in course if each.start > time), None)
    changes = [change for each in course for change in (each.start, each.end) if change > time]
    assert next_change(course, time) == min(changes, default=None)
    until = time + timedelta(minutes=20)
    overlapping = [each for each in course if each.end > time and each.start < until]
    assert list(between(course, time, until)) == overlapping
    assert list(between(course, time, until, 2)) == overlapping[:2]


@given(st.lists(pieces, max_size=12), st.integers(-70, 110))
def test_what_began_first_lasts_to_its_end(found: list[Piece], minute: int) -> None:
    """As a list of a gateway was always read: the first by its start that holds."""
    first = next(
        (each for each in sorted(found, key=lambda one: one.start) if each.start <= at(minute) < each.end), None
    )
    assert value_at(one_at_a_time(found), minute) == (first and first.value)


@given(courses, courses)
def test_past_is_as_it_was_known_and_the_future_as_it_is_told(
    known: tuple[Piece, ...], told: tuple[Piece, ...]
) -> None:
    course = continued(known, told, NOW, at(-1000))
    assert all(one.end <= other.start for one, other in pairwise(course))
    assert all(each.start < each.end for each in course)
    for minute in range(0, 101, 7):
        assert value_at(course, minute) == value_at(told, minute)
    lasted = [each.start for each in (in_force(known, NOW), in_force(told, NOW)) if each is not None]
    begun = any(each.start <= NOW for each in known)
    for minute in range(-60, 0, 7):
        if begun and all(at(minute) < start for start in lasted) and value_at(known, minute) is not None:
            assert value_at(course, minute) == value_at(known, minute)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((piece(-20, 40, 1), piece(40, 90, 2)), [(-90, 9), (-20, 1), (40, 2)]),
        ((piece(-20, 40, 5),), [(-90, 9), (-20, 5)]),
        ((piece(-5000, 5000, 7),), [(-90, 9), (-20, 7)]),
        ((piece(40, 90, 2),), [(-90, 9), (-20, 1), (40, 2)]),
        ((), [(-90, 9), (-20, 1)]),
    ],
    ids=["told again", "told otherwise", "a standing price remains", "the present is taken back", "all is"],
)
def test_what_is_over_stays_whatever_is_told_then(told: tuple[Piece, ...], expected: list[tuple[int, int]]) -> None:
    known = (piece(-5000, -4000, 8), piece(-90, -20, 9), piece(-20, 40, 1))
    course = continued(known, told, NOW, at(-1500))
    assert [(each.start, each.value) for each in course] == [(at(minute), value) for minute, value in expected]
    # Told once more a minute later, nothing changes.
    assert continued(course, told, at(1), at(-1499)) == course


def test_first_time_all_that_is_told_counts() -> None:
    told = (piece(-90, -20, 9), piece(-20, 40, 1))
    assert continued((), told, NOW, at(-1500)) == told


def test_nothing_looks_at_each_of_them() -> None:
    """A hundred thousand intervals are looked up by a few dozen of their times."""
    looked = 0

    class Counted(Piece):
        def __getattribute__(self, name: str) -> object:
            nonlocal looked
            looked += name in ("start", "end")
            return super().__getattribute__(name)

    course = [Counted(at(5 * place), at(5 * place + 5), place) for place in range(100_000)]
    for look in (in_force, following, next_change):
        looked = 0
        look(course, at(123_456))
        assert looked <= log2(len(course)) * 3
    looked = 0
    between(course, at(123_456), at(223_456), 200)
    assert looked <= log2(len(course)) * 3
