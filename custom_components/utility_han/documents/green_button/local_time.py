"""LocalTimeParameters (TimeConfiguration of espi.xsd): a time zone as offsets and rules of when its clocks change.

DstRuleType: "Bits 0 - 11: seconds, 12 - 16: hours, 17 - 19: day of the week (Monday = 1), 20 - 24: day of the month,
25 - 27: operator, 28 - 31: month"; 0xFFFFFFFF is none. Hours are those on the clock that is about to change.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NO_RULE = "FFFFFFFF"
_HOUR = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)
"""Zones differ from UTC by quarters of an hour, and so do the moments of their changes."""
_LAST = 7


@dataclass(frozen=True, slots=True)
class LocalTime:
    """TimeConfiguration; offsets in seconds, rules as eight hexadecimal digits."""

    tz_offset: int
    dst_offset: int = 0
    dst_start_rule: str = NO_RULE
    dst_end_rule: str = NO_RULE


def local_time(zone: ZoneInfo, year: int) -> LocalTime:
    """Return what is true of a zone in a year; without rules where its clocks do not change twice."""
    changes = _changes(zone, year)
    standard = min(_offset(zone, datetime(year, month, 1, tzinfo=UTC)) for month in range(1, 13))
    offset = int(standard.total_seconds())
    if len(changes) != 2:
        return LocalTime(offset)
    start, end = sorted(changes, key=lambda at: _offset(zone, at) == standard)
    saved = int((_offset(zone, start) - standard).total_seconds())
    return LocalTime(offset, saved, _rule(zone, start), _rule(zone, end))


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """Return the moments (UTC) with which another offset begins."""
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        following = at + timedelta(days=1)
        if _offset(zone, at) != _offset(zone, following):
            quarters = (at + count * _QUARTER for count in range(1, 4 * 24 + 1))
            found.append(next(quarter for quarter in quarters if _offset(zone, quarter) != _offset(zone, at)))
        at = following
    return found


def _rule(zone: ZoneInfo, at: datetime) -> str:
    """Return the rule that finds this change, and those of the years before and after it."""
    clock = at.astimezone(UTC) + _offset(zone, at - _HOUR)
    days = [clock.date()]
    for year in (clock.year - 1, clock.year + 1):
        days += [
            (each + _offset(zone, each - _HOUR)).date()
            for each in _changes(zone, year)
            if _offset(zone, each) == _offset(zone, at)
        ]
    operator, weekday, day = _operator(days)
    bits = clock.minute * 60 + clock.second | clock.hour << 12 | weekday << 17 | day << 20 | operator << 25
    return f"{bits | clock.month << 28:08X}"


def _operator(days: list[date]) -> tuple[int, int, int]:
    """Return operator, day of the week and day of the month that all these days have in common."""
    weekday = days[0].isoweekday()
    if any(day.isoweekday() != weekday or day.month != days[0].month for day in days):
        return 0, 0, days[0].day
    if all((day + timedelta(days=7)).month != day.month for day in days):
        return _LAST, weekday, 0
    if len(nth := {(day.day - 1) // 7 for day in days}) == 1:
        return nth.pop() + 2, weekday, 0
    return 1, weekday, min(day.day for day in days)
