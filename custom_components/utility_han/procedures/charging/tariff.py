"""Which tier of a rate program is in force when; local time of the program, daylight saving included."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ...utility.rate_model import RateProgram, TierPeriod

_DAY = timedelta(days=1)

type Holidays = Callable[[date], bool]
"""Whether a day is a holiday where the program holds."""


def no_holidays(_day: date) -> bool:
    """Where a program names none."""
    return False


def tier_at(program: RateProgram, at: datetime, is_holiday: Holidays = no_holidays) -> str:
    """Return the tier in force at ``at``."""
    local = at.astimezone(rate_zone(program))
    for period in program.periods:
        if _in_force(period, local, is_holiday):
            return period.tier
    return program.default_tier


def rate_zone(program: RateProgram) -> ZoneInfo:
    """Return the program's time zone."""
    return ZoneInfo(program.time_zone)


@lru_cache
def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _in_force(period: TierPeriod, local: datetime, is_holiday: Holidays) -> bool:
    """Whether a period holds; one that goes over midnight is of the day on which it begins, all of it."""
    start, end, now = _clock(period.start), _clock(period.end), local.time()
    if start < end:
        return start <= now < end and _on(period, local.date(), is_holiday)
    if now >= start:
        return _on(period, local.date(), is_holiday)
    return now < end and _on(period, local.date() - _DAY, is_holiday)


def _on(period: TierPeriod, day: date, is_holiday: Holidays) -> bool:
    return in_season(period, day) and _on_weekday(period, day, is_holiday)


def in_season(period: TierPeriod, day: date) -> bool:
    """Whether a day is in the season in which a period holds."""
    if period.first_day is None or period.last_day is None:
        return True
    # As texts they have the order of the year. One that ends on 29 February ends on the 28th where there is none.
    today = f"{day:%m-%d}"
    if period.first_day <= period.last_day:
        return period.first_day <= today <= period.last_day
    return today >= period.first_day or today <= period.last_day


def _on_weekday(period: TierPeriod, day: date, is_holiday: Holidays) -> bool:
    if period.holidays is not None and is_holiday(day):
        return period.holidays
    return period.holidays is not True and day.isoweekday() in period.days


def tiers_between(
    program: RateProgram, start: datetime, end: datetime, is_holiday: Holidays = no_holidays
) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield the tiers in force from ``start`` until ``end`` in order, each with its time (UTC)."""
    begun, tier = start, tier_at(program, start, is_holiday)
    for boundary in _boundaries(program, start, end):
        if (following := tier_at(program, boundary, is_holiday)) != tier:
            yield tier, begun, boundary
            begun, tier = boundary, following
    yield tier, begun, end


def _boundaries(program: RateProgram, start: datetime, end: datetime) -> list[datetime]:
    """Return every moment between at which a tier could change; one too many does no harm."""
    if not program.periods:
        return []
    local = rate_zone(program)
    clocks = {_clock(text) for period in program.periods for text in (period.start, period.end)} | {time(0)}
    found: set[datetime] = set()
    day = (start.astimezone(local) - _DAY).date()
    while day <= (end.astimezone(local) + _DAY).date():
        for clock in clocks:
            for fold in (0, 1):  # both times a clock shows it when summer ends; once it is the same
                found.add(datetime.combine(day, clock, local).replace(fold=fold).astimezone(UTC))
        day += _DAY
    # Where the clock is put forward or back, another tier may be in force at once, between two of its times.
    found |= _clock_changes(local, start, end)
    return sorted(moment for moment in found if start < moment < end)


def _clock_changes(local: ZoneInfo, start: datetime, end: datetime) -> set[datetime]:
    """Return when the offset of a zone changes between two times, to the minute."""
    changes: set[datetime] = set()
    low = start.astimezone(UTC).replace(second=0, microsecond=0)
    while low < end:
        high = min(low + _DAY, end.astimezone(UTC))
        before = low.astimezone(local).utcoffset()
        if before != high.astimezone(local).utcoffset():
            near, far = low, high
            while far - near > timedelta(minutes=1):
                middle = near + (far - near) // 2
                near, far = (middle, far) if middle.astimezone(local).utcoffset() == before else (near, middle)
            changes.add((far).replace(second=0, microsecond=0))
        low += _DAY
    return changes
