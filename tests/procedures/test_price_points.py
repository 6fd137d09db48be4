"""What a kWh cost is kept for years, and what nobody told stays unknown (UR-EV)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.esi.typed import UnreadableRecordError
from custom_components.utility_han.procedures.charging import price_points
from custom_components.utility_han.procedures.charging.price_points import PricePoints

pytestmark = pytest.mark.use_case("UR-EV")

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 48

_spans = st.lists(
    st.tuples(st.booleans(), st.integers(0, HOURS), st.integers(0, HOURS), st.none() | st.decimals(-1, 1, places=6)),
    max_size=12,
)


def at(hour: float) -> datetime:
    return START + timedelta(hours=hour)


@given(told=_spans)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_course_is_what_was_told_last_of_each_hour(told: list[tuple[bool, int, int, Decimal | None]]) -> None:
    points, truth = PricePoints(), dict.fromkeys(range(HOURS))
    for fill, start, end, price in told:
        if fill and price is not None:
            points.fill(at(start), at(end), price)
        else:
            points.tell(at(start), at(end), price)
        for hour in range(start, end):
            if not (fill and price is not None) or truth[hour] is None:
                truth[hour] = price
    for known in (points, PricePoints.unpack(points.pack())):
        found = dict.fromkeys(range(HOURS))
        for span in known.spans(START, at(HOURS)):
            for hour in range(HOURS):
                if span.start <= at(hour) < span.end:
                    found[hour] = span.per_kwh
        assert found == truth


def test_second_in_which_a_session_ends_is_priced_whole() -> None:
    points, end = PricePoints(), START + timedelta(hours=1, microseconds=900_000)
    points.fill(START, end, Decimal("0.20"))
    assert points.spans(START, end)[-1].end >= end
    assert points.spans(START, at(0.5))[-1].end == at(0.5) + timedelta(seconds=1)


def by_the_hour(hours: int) -> PricePoints:
    """Return a course with another price each hour: as many cents as hours have passed."""
    points = PricePoints()
    for hour in range(hours):
        points.tell(at(hour), at(hour + 1), Decimal(hour) / 100)
    return points


@pytest.mark.parametrize("before", [-1.0, 0.0, 0.5, 1.0, 2.5, 3.0, 3.5])
def test_what_held_when_it_is_forgotten_stays_known(before: float) -> None:
    points, moment = by_the_hour(3), START + timedelta(hours=before)
    known = by_the_hour(3).spans(max(moment, START), at(4))
    points.prune(moment)
    assert points.spans(max(moment, START), at(4)) == known
    begun = min(max(int(before), 0), 3)
    assert len(points) == 4 - begun
    assert all(each.start >= at(begun) for each in points.spans(START, at(4)))


def test_course_that_grows_too_long_forgets_what_is_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(price_points, "_MOST", 5)
    points = by_the_hour(5)
    points.prune(START)
    assert len(points) == 5
    assert [each.per_kwh for each in points.spans(START, at(9))] == [Decimal(hour) / 100 for hour in range(1, 5)]


def test_three_years_of_quarters_are_small() -> None:
    points = PricePoints()
    for quarter in range(4 * 24 * 365 * 3):
        start = START + timedelta(minutes=15 * quarter)
        points.tell(start, start + timedelta(minutes=15), Decimal(quarter * 7919 % 400_000) / 10**6)
    assert len(points.pack()) < 1_500_000
    points.prune(START + timedelta(days=1000))
    assert len(points) == pytest.approx(4 * 24 * 95, abs=2)
    assert points.spans(START, at(1)) == []


def test_what_is_kept_is_where_the_price_changes_to_the_second() -> None:
    points = by_the_hour(2)
    points.tell(at(2), at(3), Decimal("0.01"))  # as before: no point of its own
    points.tell(at(5), at(6), Decimal("-0.0123456"))
    points.tell(at(6), at(7), None)
    packed = f"{int(START.timestamp())}:0 3600:10000 7200: 7200:-12346 3600:"
    assert points.pack() == packed
    back = PricePoints.unpack(packed)
    assert back.pack() == packed
    assert back.spans(START, at(9)) == points.spans(START, at(9))


@pytest.mark.parametrize("packed", ["x:1", "5:1 0:2", "5:1 -5:2", f"1:{10**30}", "1:2:3"])
def test_course_that_is_none_is_said_to_be_none(packed: str) -> None:
    with pytest.raises(UnreadableRecordError, match="PricePoints"):
        PricePoints.unpack(packed)


@pytest.mark.parametrize("told", ["1e300", "NaN", "Infinity", "-1e12", "1e9"])
def test_what_can_be_no_price_is_not_known(told: str) -> None:
    points, hour = PricePoints(), timedelta(hours=1)
    points.tell(START, START + hour, Decimal("0.2"))
    points.tell(START + hour, START + 2 * hour, Decimal(told))
    assert [each.end for each in points.spans(START, START + 3 * hour)] == [START + hour]
