"""When reports are due: the examples of OpenADR 3.1's user guide, 7.5 and 8.3 to 8.8."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.utility.openadr.model import Period, Version, VtnEvent
from custom_components.utility_han.utility.openadr.reading import Notes, read_event
from custom_components.utility_han.utility.openadr.schedule import DueReport, Looks, due_reports

START = datetime(2026, 11, 26, tzinfo=UTC)
BEFORE = START - timedelta(seconds=1)
HOUR = timedelta(hours=1)


def event(count: int, *, duration: str | None = None, **descriptor: Any) -> VtnEvent:
    """Return an event with so many hourly intervals that asks for one report."""
    given = {
        "id": "e1",
        "programID": "p",
        "createdDateTime": "2026-11-25T12:00:00Z",
        "modificationDateTime": "2026-11-25T12:00:00Z",
        "intervalPeriod": {"start": "2026-11-26T00:00:00Z", "duration": "PT1H"},
        "intervals": [{"id": 10 + place, "payloads": []} for place in range(count)],
        "duration": duration,
        "reportDescriptors": [{"payloadType": "USAGE"} | descriptor],
    }
    return read_event(given, Version.V3_1, Notes())


def due(of: VtnEvent, hours: float, since: datetime | None = BEFORE) -> list[DueReport]:
    return due_reports(of, since, START + HOUR * hours, "home")


def told(found: list[DueReport]) -> list[tuple[float, list[int]]]:
    """Return the hours at which reports are due, and the numbers of their intervals."""
    return [((each.at - START) / HOUR, [(slot.start - START) // HOUR for slot in each.intervals]) for each in found]


def test_all_intervals_are_reported_when_the_last_one_is_over() -> None:
    """7.5 "Report on all intervals", 8.3: all properties have their defaults."""
    assert due(event(4), 3.9) == []
    (report,) = due(event(4), 4)
    assert told([report]) == [(4, [0, 1, 2, 3])]
    assert [slot.interval.id for slot in report.intervals] == [10, 11, 12, 13]


def test_forecast_is_due_when_the_first_interval_begins() -> None:
    """7.5 "historical = False": "generated prior to the start of a set of intervals"."""
    assert told(due(event(4, historical=False), 0)) == [(0, [0, 1, 2, 3])]


def test_part_of_the_intervals() -> None:
    """7.5 "Report on a subset of intervals": startInterval = 1, numIntervals = 3 are the intervals 1, 2 and 3."""
    assert told(due(event(5, startInterval=1, numIntervals=3), 9)) == [(4, [1, 2, 3])]


def test_the_last_ones_of_all() -> None:
    """7.5: "perhaps an event contains 10 intervals but is only interested in report data for the last 5"."""
    assert told(due(event(10, startInterval=5), 20)) == [(10, [5, 6, 7, 8, 9])]


def test_every_so_many_intervals() -> None:
    """7.5 "at a regular period": startInterval = 1, numIntervals = 2, frequency = 2, repeat = 3."""
    asked = event(6, startInterval=1, numIntervals=2, frequency=2, repeat=3)
    assert told(due(asked, 24)) == [(2, [0, 1]), (4, [2, 3]), (6, [4, 5])]


def test_rolling_forecast() -> None:
    """7.5 "Rolling reports": startInterval = 0, numIntervals = 3, frequency = 1, repeat = 3, historical = false."""
    asked = event(5, startInterval=0, numIntervals=3, frequency=1, repeat=3, historical=False)
    assert told(due(asked, 24)) == [(0, [0, 1, 2]), (1, [1, 2, 3]), (2, [2, 3, 4])]


def test_looped_intervals_are_reported_each_time() -> None:
    """7.5 "Looping intervals": event.duration = P9999Y; -1 is "when all intervals have transpired"."""
    asked = event(2, duration="P9999Y", repeat=-1)
    assert told(due(asked, 6)) == [(2, [0, 1]), (4, [2, 3]), (6, [4, 5])]
    years = 24 * 365 * 20
    assert told(due(asked, years, START + HOUR * (years - 2))) == [(years, [years - 2, years - 1])]


def test_intervals_may_be_implied() -> None:
    """8.7: no intervals, an hour each by the event's period, 48 at a time, each hour, for ever."""
    asked = event(0, startInterval=0, numIntervals=48, historical=False, frequency=1, repeat=-1)
    found = due(asked, 2)
    assert [each.at for each in found] == [START, START + HOUR, START + HOUR * 2]
    assert all(len(each.intervals) == 48 for each in found)


@pytest.mark.parametrize("asked", [event(3, frequency=0), event(0)])
def test_whenever_the_ven_sees_fit_is_once_as_soon_as_it_is_seen(asked: VtnEvent) -> None:
    """7.5 "Ad hoc report"."""
    found = due(asked, 0, None)
    if asked.intervals:
        assert [(each.at, each.intervals) for each in found] == [(asked.modified, ())]


def test_of_reports_that_were_due_before_the_event_was_seen_one_is_given() -> None:
    """7.5 "'do it now' event reporting": "a single report should be issued immediately"."""
    asked = event(6, numIntervals=1, startInterval=0, frequency=1, repeat=-1)
    assert told(due(asked, 4.5, None)) == [(4, [3])]
    assert told(due(asked, 4.5, START + HOUR * 2)) == [(3, [2]), (4, [3])]


@pytest.mark.parametrize("asked", [event(4), event(3, frequency=0)], ids=["intervals", "ad hoc"])
def test_event_that_is_moved_is_reported_on_anew(asked: VtnEvent) -> None:
    """An event may be PUT anew (openadr3.yaml), and 7.5 "Ad hoc report" is given with news."""
    later = replace(asked, modified=asked.modified + HOUR, period=Period(START + HOUR * 9, HOUR))
    (before,), (after,) = due(asked, 8, None), due(later, 24, None)
    assert before.name != after.name
    (again,) = due(later, 24, None)
    assert again.name == after.name


@given(
    st.integers(0, 6),
    st.sampled_from([None, "PT5H", "P9999Y"]),
    st.integers(-1, 7),
    st.integers(-1, 9),
    st.booleans(),
    st.integers(-1, 4),
    st.integers(-1, 4),
    st.lists(st.integers(0, 40), min_size=1, max_size=6),
)
def test_each_report_falls_due_once_whenever_it_is_looked_at(
    count: int,
    duration: str | None,
    start: int,
    length: int,
    historical: bool,
    frequency: int,
    repeat: int,
    looks: list[int],
) -> None:
    asked = event(
        count,
        duration=duration,
        startInterval=start,
        numIntervals=length,
        historical=historical,
        frequency=frequency,
        repeat=repeat,
    )
    times = sorted({0, *looks, 41})
    found, since = [], asked.modified - timedelta(days=1)
    for hours in times:
        found += due(asked, hours, since)
        since = START + HOUR * hours
    whole = due(asked, 41, asked.modified - timedelta(days=1))
    assert [each.name for each in found] == [each.name for each in whole]
    assert len({each.name for each in found}) == len(found)
    assert told(due(asked, 41, None)) == told(whole[-1:]), "of those before, the latest alone"


@pytest.mark.parametrize("count", [1, 24])
def test_latest_of_an_event_that_lasts_for_years_is_found_at_once(count: int) -> None:
    """It is looked for after each start, of each event."""
    hours = 24 * 365 * 20
    asked = event(count, duration="P9999Y", numIntervals=count, frequency=1, repeat=-1)
    assert told(due(asked, hours, None)) == [(hours, list(range(hours - count, hours)))]


def test_reports_of_thousands_of_intervals_are_found_without_looking_at_all() -> None:
    """Their lengths differ, so that none can be skipped; each report is of five hundred."""
    uneven = [
        {"id": place, "payloads": [], "intervalPeriod": {"start": None, "duration": f"PT{1 + place % 2}M"}}
        for place in range(5000)
    ]
    asks = {"payloadType": "USAGE", "frequency": 1, "numIntervals": 500, "startInterval": 0}
    given = {
        "id": "e1",
        "programID": "p",
        "createdDateTime": "2026-11-25T12:00:00Z",
        "modificationDateTime": "2026-11-25T12:00:00Z",
        "intervalPeriod": {"start": "2026-11-26T00:00:00Z", "duration": "PT1M"},
        "reportDescriptors": [asks | {"repeat": -1}],
    }
    of, looks = read_event(given | {"intervals": uneven}, Version.V3_1, Notes()), Looks()
    before = looks.left
    found = due_reports(of, BEFORE, START + HOUR * 1000, "home", looks)
    assert len(found) == 50
    assert before - looks.left < 100_000
    assert due_reports(of, BEFORE, START + HOUR * 1000, "home", Looks(left=0)) == []
