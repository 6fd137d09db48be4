"""Events of calendars, on our clock, also on the night on which an hour comes twice."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from homeassistant.components.calendar import CalendarEvent
from homeassistant.util import dt as dt_util


def event_of(start: datetime, end: datetime, summary: str, **more: Any) -> CalendarEvent:
    """Return an event; ``more`` are the other fields of ``CalendarEvent``.

    Home Assistant compares both ends as clocks show them (``has_min_duration`` in ``calendar/helper.py``), and refuses
    what ends in the second of the two hours, by the clock before it begins in the first: that is shown from when it
    begins for as long as it lasts.
    """
    begins, ends = dt_util.as_local(start), dt_util.as_local(end)
    return CalendarEvent(begins, ends if begins <= ends else begins + (end - start), summary, **more)


def events_between(found: Iterable[CalendarEvent], start: datetime, end: datetime) -> list[CalendarEvent]:
    """Return those of which something is within a time."""
    return [each for each in found if each.start_datetime_local < end and each.end_datetime_local > start]
