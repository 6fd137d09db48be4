"""A register is judged to the watt-hour and to the second: what follows, what strays, when a series is believed."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.procedures.register_guard import Doubt, Moves, Point, Series

AT = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, MINUTE, NONE = timedelta(hours=1), timedelta(minutes=1), timedelta(0)
SLACK = 1000.0
AN_HOUR = 100_000.0 + SLACK
PLAIN = Moves()


@pytest.mark.parametrize(
    ("since", "seen", "most"),
    [
        (NONE, NONE, SLACK),
        (HOUR, NONE, AN_HOUR),  # it may have kept to itself what it counts
        (HOUR, HOUR, AN_HOUR),
        (24 * HOUR, NONE, 150_000.0 + SLACK),  # no register sits still for longer than 90 minutes
        (24 * HOUR, 12 * HOUR, 13.5 * 100_000.0 + SLACK),  # while nobody read it, it may have gone on
        (NONE, -HOUR, 150_000.0 + SLACK),  # the clock stepped back: nobody knows by how much
    ],
)
@pytest.mark.parametrize("factor", [1.0, 30.0])
def test_register_rises_by_what_a_home_can_draw_in_the_time(
    since: timedelta, seen: timedelta, most: float, factor: float
) -> None:
    point, most = Point(7.0, AT - since, AT - seen), most * factor
    for falls in (False, True):
        how = Moves(falls, factor)
        assert point.leads_to(7.0 + most, AT, how=how)
        assert not point.leads_to(7.1 + most, AT, how=how)
        assert point.leads_to(7.0 - most, AT, how=how) is falls
        assert not point.leads_to(6.9 - most, AT, how=how)
    assert point.leads_to(7.0, AT, how=PLAIN)
    assert not point.leads_to(6.9, AT, how=PLAIN)


@pytest.mark.parametrize(("value", "since"), [(7.0, AT - HOUR), (8.0, AT)])
def test_point_is_as_old_as_its_value(value: float, since: datetime) -> None:
    assert Point(7.0, AT - HOUR, AT - MINUTE).at(value, AT) == Point(value, since, AT)


@pytest.mark.parametrize(
    ("after", "observed"), [(NONE, 0.0), (MINUTE, 60.0), (-HOUR, 0.0), (2 * HOUR, 7200.0), (48 * HOUR, 7200.0)]
)
def test_series_is_seen_for_as_long_as_somebody_looked(after: timedelta, observed: float) -> None:
    doubt = Doubt(7.0, Point(7.0, AT, AT))
    assert doubt.take(8.0, AT + after, how=PLAIN)
    assert (doubt.reads, doubt.observed, doubt.strays) == (2, observed, 0)
    assert doubt.point == Point(8.0, AT + after, AT + after)


@pytest.mark.parametrize(("reads", "borne"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2), (12, 3)])
def test_one_stray_in_four_readings_is_borne(reads: int, borne: int) -> None:
    doubt = Doubt(7.0, Point(7.0, AT, AT), reads=reads)
    assert [doubt.take(5e6, AT + MINUTE, how=PLAIN) for _ in range(borne + 1)] == [True] * borne + [False]
    assert doubt.point.value == 7.0


@pytest.mark.parametrize(
    ("reads", "observed", "told"),
    [
        (2, 1e6, (False, False, False)),
        (3, 899.0, (True, False, False)),
        (3, 900.0, (True, True, False)),
        (11, 1e6, (True, True, False)),
        (12, 86_399.0, (True, True, False)),
        (12, 86_400.0, (True, True, True)),
    ],
)
def test_person_is_asked_after_a_quarter_of_an_hour_and_not_waited_for_longer_than_a_day(
    reads: int, observed: float, told: tuple[bool, bool, bool]
) -> None:
    for denied in (False, True):
        doubt = Doubt(7.0, Point(8.0, AT, AT), reads=reads, observed=observed, denied=denied)
        expected = (False, False, False) if denied else told
        assert (doubt.goes_on, doubt.asks, doubt.believed) == expected
    assert not Doubt(7.0, Point(7.0, AT, AT), reads=12).goes_on  # it sits still


@pytest.mark.parametrize("factor", [1.0, 30.0])
@pytest.mark.parametrize(("step", "large"), [(1.0, False), (5000.0, False), (5000.1, True), (50_000.0, True)])
def test_large_step_is_remembered_for_it_may_have_been_none(step: float, large: bool, factor: float) -> None:
    series, how = Series(Point(9e6, AT, AT), 9e6), Moves(factor=factor)
    assert series.take(9e6 + step * factor, AT + HOUR, how=how)
    assert series.step_from == (Point(9e6, AT, AT) if large else None)
    assert series.shown == 9e6 + step * factor


@pytest.mark.parametrize("factor", [1.0, 30.0])
@pytest.mark.parametrize(("back", "taken"), [(0.1, True), (1000.0, True), (1000.1, False)])
def test_value_that_is_rounded_downwards_is_the_same(back: float, taken: bool, factor: float) -> None:
    point = Point(9e6, AT, AT)
    series = Series(point, 9e6)
    assert series.take(9e6 - back * factor, AT + MINUTE, how=Moves(factor=factor)) is taken
    assert series.shown == 9e6
    assert series.point == (Point(9e6, AT, AT + MINUTE) if taken else point)


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (9e6 + 1, True),
        (9e6 + 24_999, True),
        (9e6 + 25_000, False),  # as near to where it came from as to where it went
        (9e6 + 40_000, False),
        (9e6 - 1, False),
    ],
)
def test_step_that_was_none_is_undone_where_the_register_goes_on_from_before_it(value: float, taken: bool) -> None:
    series = Series(Point(9e6 + 50_000, AT, AT), 9e6 + 50_000, step_from=Point(9e6, AT, AT))
    assert series.take(value, AT + HOUR, how=PLAIN) is taken
    assert series.shown == 9e6 + 50_000
    assert series.step_from == (None if taken else Point(9e6, AT, AT))
