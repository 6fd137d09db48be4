"""What a kWh cost is kept for years, and what nobody told stays unknown (UR-EV)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.esi.typed import UnreadableRecordError
from custom_components.utility_han.procedures.charging.price_points import PricePoints

pytestmark = pytest.mark.use_case("UR-EV")

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = 48

_spans = st.lists(
    st.tuples(st.booleans(), st.integers(0, HOURS), st.integers(0, HOURS), st.none() | st.decimals(-1, 1, places=6)),
    max_size=12,
)


def at(hour: int) -> datetime:
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


def test_three_years_of_quarters_are_small() -> None:
    points = PricePoints()
    for quarter in range(4 * 24 * 365 * 3):
        start = START + timedelta(minutes=15 * quarter)
        points.tell(start, start + timedelta(minutes=15), Decimal(quarter * 7919 % 400_000) / 10**6)
    assert len(points.pack()) < 1_500_000
    points.prune(START + timedelta(days=1000))
    assert len(points) == pytest.approx(4 * 24 * 95, abs=2)
    assert points.spans(START, at(1)) == []


@pytest.mark.parametrize("packed", ["x:1", "5:1 -5:2", f"1:{10**30}"])
def test_course_that_is_none_is_said_to_be_none(packed: str) -> None:
    with pytest.raises(UnreadableRecordError):
        PricePoints.unpack(packed)


@pytest.mark.parametrize("told", ["1e300", "NaN", "Infinity", "-1e12"])
def test_what_can_be_no_price_is_not_known(told: str) -> None:
    points, hour = PricePoints(), timedelta(hours=1)
    points.tell(START, START + hour, Decimal("0.2"))
    points.tell(START + hour, START + 2 * hour, Decimal(told))
    assert [each.end for each in points.spans(START, START + 3 * hour)] == [START + hour]
