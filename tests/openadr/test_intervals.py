"""When intervals are: the examples of OpenADR 3.1's user guide (7.3, 7.4, 7.9), and what holds for all events."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.utility.openadr.model import FOREVER, Interval, Payload, Period, Version, VtnEvent
from custom_components.utility_han.utility.openadr.periods import Slot, first_turn, parts, slots
from custom_components.utility_han.utility.openadr.reading import Notes, read_event

SEED = "home"
HOUR = timedelta(hours=1)
MADE = "2023-02-09T12:00:00.000Z"
MIDNIGHT = datetime(2023, 2, 10, tzinfo=UTC)
DAY = (MIDNIGHT, MIDNIGHT + timedelta(days=1))


def event(**fields: Any) -> VtnEvent:
    """Return an event of the user guide, whose examples leave out what the VTN adds."""
    given = {"id": "e1", "programID": "44", "createdDateTime": MADE, "modificationDateTime": MADE} | fields
    return read_event(given, Version.V3_1, Notes())


def prices(*values: Any, **period: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place, value in enumerate(values):
        each = list(value) if isinstance(value, tuple) else [value]
        found.append({"id": place, "payloads": [{"type": "PRICE", "values": each}]})
    if period:
        found[0]["intervalPeriod"] = period
    return found


def hours(found: list[Slot], since: datetime = MIDNIGHT) -> list[tuple[float, float]]:
    return [((slot.start - since) / HOUR, (slot.end - since) / HOUR) for slot in found]


def between(of: VtnEvent, since: datetime = DAY[0], until: datetime = DAY[1]) -> list[Slot]:
    return list(slots(of, since, until, SEED))


def test_period_of_the_event_is_that_of_each_interval() -> None:
    """Example 8.3-2: two prices, an hour each."""
    told = event(
        intervalPeriod={"start": "2023-02-10T00:00:00.000Z", "duration": "PT1H"}, intervals=prices(0.17, 0.03)
    )
    assert hours(between(told)) == [(0, 1), (1, 2)]


def test_interval_with_a_duration_of_its_own_follows_the_one_before() -> None:
    """Example 7.4-1: the second interval says "PT2H" and no start."""
    intervals = prices(0.17, 0.22, 0.3)
    intervals[1]["intervalPeriod"] = {"duration": "PT2H"}
    told = event(intervalPeriod={"start": "2023-02-10T00:00:00.000Z", "duration": "PT1H"}, intervals=intervals)
    assert hours(between(told)) == [(0, 1), (1, 3), (3, 4)]


def test_several_values_split_the_interval() -> None:
    """Example 7.3-1: three prices in three hours are an hour each."""
    told = event(intervals=prices((0.17, 0.03, 0.11), start="2023-02-10T00:00:00.000Z", duration="PT3H"))
    (slot,) = between(told)
    split = parts(slot, slot.interval.payloads[0])
    assert [((part.start - MIDNIGHT) / HOUR, part.values) for part in split] == [
        (0, (0.17,)),
        (1, (0.03,)),
        (2, (0.11,)),
    ]
    assert split[-1].end == slot.end


@pytest.mark.parametrize(("duration", "expected"), [("PT12H", 12), ("P7D", 24 * 7), (None, 24), ("PT0S", 24)])
def test_duration_of_the_event_truncates_or_repeats(duration: str | None, expected: int) -> None:
    """7.3 "event.duration": of 24 hourly prices PT12H omits the last 12, P7D repeats them for a week."""
    told = event(
        intervalPeriod={"start": "2023-02-10T00:00:00.000Z", "duration": "PT1H"},
        intervals=prices(*range(24)),
        duration=duration,
    )
    found = between(told, until=MIDNIGHT + timedelta(days=30))
    assert len(found) == expected
    assert [slot.interval.payloads[0].values[0] for slot in found] == [hour % 24 for hour in range(expected)]
    assert [slot.turn for slot in found] == [hour // 24 for hour in range(expected)]


def test_tariff_that_repeats_for_ever_is_found_years_later() -> None:
    """7.3: "event.duration = P9999Y indicates the set of intervals repeat indefinitely"."""
    told = event(
        intervalPeriod={"start": "2023-02-10T00:00:00.000Z", "duration": "PT1H"},
        intervals=prices(*range(24)),
        duration="P9999Y",
    )
    noon = datetime(2031, 7, 1, 12, tzinfo=UTC)
    (slot,) = between(told, noon, noon + HOUR)
    assert (slot.start, slot.interval.payloads[0].values) == (noon, (12,))


@pytest.mark.parametrize("start", ["0001-01-01", "0001-01-01T00:00:00", "0001-01-01T00:00:00Z", None])
def test_beginning_of_time_is_now(start: str | None) -> None:
    """7.3 "do it now": an alert that starts at '0001-01-01' and has a duration of "P9999Y"."""
    period = {"start": start, "duration": "P9999Y"}
    told = event(
        intervalPeriod=period, intervals=[{"id": 0, "payloads": [{"type": "ALERT_FIRE", "values": ["Fire"]}]}]
    )
    (slot,) = between(told)
    assert (slot.start, slot.end) == (told.modified, FOREVER)


@pytest.mark.parametrize("start", ["0001-01-01", "2023-02-10T00:00:00Z"])
def test_event_without_duration_is_over(start: str) -> None:
    """7.9: "start and duration may be set to minimal values (“0001-01-01” and “PT0S” respectively)"."""
    told = event(intervalPeriod={"start": start, "duration": "PT0S"}, intervals=prices(0.17, 0.2), duration="P9999Y")
    assert between(told, MIDNIGHT - timedelta(days=9)) == []


def test_event_that_says_no_time_cannot_be_read() -> None:
    """7.4: "If an intervalPeriod is not present in the event, then one must be present in every interval"."""
    with pytest.raises(ValueError, match="neither event nor interval"):
        event(intervals=prices(0.17))


def shifts(told: VtnEvent, seed: str = SEED) -> list[timedelta]:
    plain = [MIDNIGHT + HOUR * place for place in range(len(told.intervals))]
    return [slot.start - start for slot, start in zip(first_turn(told, seed), plain, strict=True)]


def test_randomized_start_moves_all_that_follow_by_the_same() -> None:
    """7.3 "intervalPeriod.randomizeStart": "shifting one start necessarily shifts all subsequent"."""
    period = {"start": "2023-02-10T00:00:00Z", "duration": "PT1H", "randomizeStart": "PT10M"}
    told = event(intervalPeriod=period, intervals=prices(1, 2, 3))
    moved = shifts(told)
    assert len(set(moved)) == 1
    assert moved == shifts(told), "it is drawn once"
    drawn = {shifts(told, str(seed))[0] for seed in range(200)}
    assert all(abs(shift) <= timedelta(minutes=10) for shift in drawn)
    assert min(drawn) < timedelta(0) < max(drawn), "increment or decrement"


def test_absolute_start_moves_along_unless_it_is_randomized_itself() -> None:
    """7.3: "this time is incremented or decremented by the same amount as the first interval unless it too …"."""
    period = {"start": "2023-02-10T00:00:00Z", "duration": "PT1H", "randomizeStart": "PT10M"}
    intervals = prices(1, 2, 3)
    intervals[1]["intervalPeriod"] = {"start": "2023-02-10T01:00:00Z"}
    intervals[2]["intervalPeriod"] = {"start": "2023-02-10T02:00:00Z", "randomizeStart": "PT5S"}
    first, second, third = shifts(event(intervalPeriod=period, intervals=intervals))
    assert first == second
    assert third != first
    assert abs(third) <= timedelta(seconds=5)


durations = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=9999 * 365))
starts = st.none() | st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them so
periods = st.builds(Period, starts, durations, st.timedeltas(timedelta(0), timedelta(days=99)))
values = st.lists(st.floats(-9, 9), min_size=1, max_size=4).map(tuple)
intervals = st.builds(
    Interval, st.integers(0, 9), st.none() | periods, st.tuples(st.builds(Payload, st.just("PRICE"), values))
)
events = st.builds(
    VtnEvent,
    id=st.text("ab", min_size=1, max_size=3),
    program=st.just("p"),
    name=st.none(),
    created=st.just(MIDNIGHT),
    modified=st.just(MIDNIGHT),
    priority=st.none(),
    targets=st.just(frozenset()),
    period=periods,
    duration=st.none() | durations,
    intervals=st.lists(intervals, max_size=5).map(tuple),
    descriptors=st.just({}),
    reports=st.just(()),
)


@given(events, st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)), durations)  # noqa: DTZ001
def test_whatever_an_event_says_its_intervals_lie_in_the_window_and_are_split_whole(
    told: VtnEvent, since: datetime, ahead: timedelta
) -> None:
    until = since + min(ahead, timedelta(days=9))
    for slot in between(told, since, until):
        assert slot.start < slot.end <= FOREVER
        assert slot.start < until
        assert since < slot.end
        split = parts(slot, slot.interval.payloads[0])
        assert (split[0].start, split[-1].end) == (slot.start, slot.end)
        assert all(one.end == other.start for one, other in pairwise(split))
        assert [part.values[0] for part in split] == list(slot.interval.payloads[0].values)


@given(events, st.integers(0, 500), st.integers(1, 5))
def test_windows_side_by_side_find_what_one_window_finds(told: VtnEvent, after: int, hours_each: int) -> None:
    """So that a poll misses nothing and finds nothing twice, whenever it comes."""
    since = MIDNIGHT + HOUR * after
    middle, until = since + HOUR * hours_each, since + HOUR * 2 * hours_each
    whole = between(told, since, until)
    if len(whole) < 1000:
        halves = {
            (slot.place, slot.turn, slot.start) for slot in between(told, since, middle) + between(told, middle, until)
        }
        assert halves == {(slot.place, slot.turn, slot.start) for slot in whole}
