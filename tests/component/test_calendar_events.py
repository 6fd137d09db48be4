"""Calendars and times that are asked for on the days on which clocks are changed: none is refused that there is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from homeassistant.util import dt as dt_util

from custom_components.utility_han.hub.calendar_events import event_of, events_between
from custom_components.utility_han.vehicles.exports.span import Asked, SpanError

pytestmark = pytest.mark.use_case("UR-P", "UR-EV", "RD-10a")

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["Europe/Berlin", "America/Los_Angeles"])
def zone(request: pytest.FixtureRequest) -> Iterator[ZoneInfo]:
    """Home Assistant's time zone."""
    before, zone = dt_util.get_default_time_zone(), ZoneInfo(request.param)
    dt_util.set_default_time_zone(zone)
    yield zone
    dt_util.set_default_time_zone(before)


def test_span_is_one_by_the_time_and_not_by_what_clocks_show(zone: ZoneInfo) -> None:
    """On the night on which summer ends, from half past one until ten past one is forty minutes."""
    day = 25 if zone.key == "Europe/Berlin" else 1
    first = datetime(2026, 10 if day == 25 else 11, day, 2 if day == 25 else 1, 30, tzinfo=zone)
    start, end = first.isoformat(), (first.astimezone(UTC) + 40 * MINUTE).astimezone(zone).isoformat()
    told = {"start": datetime.fromisoformat(start), "end": datetime.fromisoformat(end)}
    asked = Asked.of(told, dt_util.utcnow())
    assert asked.until.astimezone(UTC) - asked.since.astimezone(UTC) == 40 * MINUTE
    with pytest.raises(SpanError) as refused:
        Asked.of({"start": told["end"], "end": told["start"]}, dt_util.utcnow())
    assert refused.value.reason == "ends_before_start"


@pytest.mark.parametrize("day", [datetime(2026, 10, 25), datetime(2026, 11, 1), datetime(2027, 3, 28)])  # noqa: DTZ001
@pytest.mark.parametrize("lasts", [timedelta(0), 30 * MINUTE, 90 * MINUTE])
def test_event_of_any_time_of_the_day_begins_then_and_ends_then_where_clocks_can_show_it(
    zone: ZoneInfo, day: datetime, lasts: timedelta
) -> None:
    """From 1:43 for half an hour it ends at 1:13: then Home Assistant refused it, and with it who opted out of it."""
    first = day.replace(tzinfo=zone).astimezone(UTC)
    for minutes in range(0, 24 * 60, 10):
        start = first + minutes * MINUTE
        event = event_of(start, start + lasts, "Off", uid="1")
        assert event.start_datetime_local.astimezone(UTC) == start
        shown = event.end_datetime_local.replace(tzinfo=None) - event.start_datetime_local.replace(tzinfo=None)
        assert shown >= timedelta(0)
        # Who is there in both hours of one is shown for as long as it lasts.
        assert event.end_datetime_local.astimezone(UTC) == start + lasts or shown == lasts
        assert events_between([event], start - MINUTE, start + MINUTE) == [event]
