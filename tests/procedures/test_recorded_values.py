"""What statistics say of the intervals of reports (OpenADR 3: USAGE, DEMAND, READING, BASELINE)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.procedures import RecordedValues, StatisticsRow, baseline, next_five_minutes
from custom_components.utility_han.utility import Estimated

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIVE, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)


def rows(used: list[float], start: datetime = NOON, length: timedelta = FIVE) -> Iterator[StatisticsRow]:
    """Return statistics of a counter that begins with 100 kWh and uses so many in each."""
    total = 0.0
    yield StatisticsRow(start - length, start, 0.0, 0.0, 0.0, 100.0, total)
    for place, each in enumerate(used):
        begun, total = start + place * length, total + each
        yield StatisticsRow(begun, begun + length, each, each / 2, each * 2, 100 + total, total)


def test_whole_five_minutes_are_measured_and_parts_of_them_estimated() -> None:
    known = RecordedValues(rows([1.0, 2.0, 3.0]))
    assert known.counted(NOON, NOON + 3 * FIVE) == 6.0
    assert known.counted(NOON + FIVE / 5, NOON + 2 * FIVE) == Estimated(2.8)
    assert known.shown(NOON + FIVE) == 101.0
    assert known.shown(NOON + FIVE * 1.5) == Estimated(102.0)
    assert known.mean(NOON, NOON + 2 * FIVE) == 1.5
    assert known.mean(NOON, NOON + 1.5 * FIVE) == Estimated(1.333333)
    assert known.peak(NOON, NOON + 3 * FIVE) == 6.0
    assert known.about(NOON + 2 * FIVE) == 2.0


def test_what_nobody_recorded_is_not_known() -> None:
    known = RecordedValues([row for row in rows([1.0, 2.0, 3.0, 4.0]) if row.start != NOON + FIVE])
    assert known.counted(NOON, NOON + 4 * FIVE) == 10.0, "a counter goes on while nobody looks"
    assert known.counted(NOON, NOON + 2 * FIVE) is None
    assert known.mean(NOON, NOON + 4 * FIVE) is None
    assert known.peak(NOON, NOON + 4 * FIVE) is None
    assert known.counted(NOON + 4 * FIVE, NOON + 6 * FIVE) is None
    assert RecordedValues().counted(NOON, NOON + HOUR) is None


def test_of_older_times_there_are_hours() -> None:
    known = RecordedValues(rows([1.0, 2.0], length=HOUR))
    assert known.counted(NOON, NOON + 2 * HOUR) == 3.0
    assert known.mean(NOON, NOON + 2 * HOUR) == 1.5
    assert known.counted(NOON, NOON + HOUR / 2) is None, "no more is known of a part of one"


@given(st.lists(st.floats(0, 5), min_size=6, max_size=40), st.lists(st.integers(0, 12000), min_size=1, max_size=8))
def test_parts_add_up_to_the_whole(used: list[float], cuts: list[int]) -> None:
    """Whatever the utility's intervals are: energy is told once, all of it."""
    known = RecordedValues(rows(used))
    end = NOON + len(used) * FIVE
    times = sorted({NOON, end, *(min(NOON + timedelta(seconds=cut), end) for cut in cuts)})
    parts = [known.counted(start, until) for start, until in pairwise(times)]
    plain = [part.value if isinstance(part, Estimated) else part for part in parts]
    assert all(part is not None and part >= 0 for part in plain)
    assert sum(filter(None, plain)) == pytest.approx(sum(used), abs=1e-4)


@given(st.floats(0, 1e6))
def test_statistics_are_awaited_that_are_made_after_the_interval(seconds: float) -> None:
    time = NOON + timedelta(seconds=seconds)
    made = next_five_minutes(time)
    assert timedelta(0) <= made - time < FIVE
    assert next_five_minutes(made) == made


def test_baseline_is_the_mean_of_like_days_without_a_control() -> None:
    """At the same time on the wall: between two of the days, summer time has ended."""
    zone = ZoneInfo("Europe/Berlin")
    evening = datetime(2026, 10, 28, 18, tzinfo=zone)  # a Wednesday
    asked: list[datetime] = []

    def measured(start: datetime, end: datetime) -> float | None:
        assert end - start == HOUR
        asked.append(start)
        return None if start.astimezone(zone).day == 23 else float(start.astimezone(zone).day)

    def controlled(start: datetime, _end: datetime) -> bool:
        return start.astimezone(zone).day == 26

    begins = evening.astimezone(UTC)
    found = baseline(begins, begins + HOUR, measured, controlled, zone)
    days = [27, 22, 21, 20, 19, 16, 15, 14, 13, 12]
    assert found == Estimated(sum(days) / len(days))
    assert {each.astimezone(zone).hour for each in asked} == {18}
    assert {each.hour for each in asked} == {16, 17}


def test_no_baseline_is_made_of_too_little() -> None:
    few = {NOON - days * DAY for days in (7, 14, 21)}
    assert baseline(NOON, NOON + HOUR, lambda s, _: 1.0 if s in few else None, lambda *_: False, UTC) is None
