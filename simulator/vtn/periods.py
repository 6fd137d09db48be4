"""When an event has transpired (openadr3.yaml: ``active`` of GET /events; schemas intervalPeriod and duration)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_DURATION = re.compile(
    r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)([DW]))?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_LONGEST = timedelta(days=36_500)
"""Whatever lasts longer (P9999Y means infinity) has not transpired."""


def seconds_of(text: str | None) -> float:
    """A duration of ISO 8601, with a year of 365 days and a month of 30; what is left out lasts PT0S."""
    found = _DURATION.fullmatch(text or "PT0S")
    if found is None:
        return 0.0
    sign, years, months, days, of, hours, minutes, seconds = found.groups("0")
    whole = int(years) * 365 + int(months) * 30 + int(days) * (7 if of == "W" else 1)
    length = whole * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    return -length if sign == "-" else length


def _time_of(text: str) -> datetime | None:
    """A time in UTC; None for the one that means now, and for those that Python does not have."""
    leap = text[17:19] == "60"
    try:
        found = datetime.fromisoformat((f"{text[:17]}59{text[19:]}" if leap else text).upper()).astimezone(UTC)
    except ValueError, OverflowError:
        return None
    return None if found.year <= 1 else found


def _end(period: dict[str, Any], times: int = 1) -> datetime | None:
    """The end of a period that is gone through several times; None while it has none."""
    length = seconds_of(period.get("duration")) * times
    start = _time_of(period["start"]) if period.get("start") else None
    if start is None or length > _LONGEST.total_seconds():
        return None
    try:
        return start + timedelta(seconds=length)
    except OverflowError:
        return None


def is_over(event: dict[str, Any], now: datetime) -> bool:
    """Whether an event has transpired: its end is past, or it was ended by a start of now that lasts no time."""
    period = event.get("intervalPeriod") or {}
    intervals = event.get("intervals") or [{}]
    ends_now = period.get("start") is not None and _time_of(period["start"]) is None
    if ends_now and period.get("duration") is not None and seconds_of(period["duration"]) == 0:
        return True
    if event.get("duration") is not None and seconds_of(event["duration"]):
        ends = [_end({**period, "duration": event["duration"]})]
    elif any(each.get("intervalPeriod") for each in intervals):
        ends = [_end({**period, **(each.get("intervalPeriod") or {})}) for each in intervals]
    else:
        ends = [_end(period, len(intervals))]
    return all(end is not None and end < now for end in ends)
