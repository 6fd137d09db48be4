"""Which tier of a rate program is in force when; local time of the program, daylight saving included."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ...utility.rate_model import RateProgram, TierPeriod

_DAY = timedelta(days=1)


def tier_at(program: RateProgram, at: datetime) -> str:
    """Return the tier in force at ``at``."""
    local = at.astimezone(rate_zone(program))
    for period in program.periods:
        if _in_force(period, local):
            return period.tier
    return program.default_tier


def rate_zone(program: RateProgram) -> ZoneInfo:
    """Return the program's time zone."""
    return ZoneInfo(program.time_zone)


@lru_cache
def _clock(text: str) -> time:
    return time.fromisoformat(text)


def _in_force(period: TierPeriod, local: datetime) -> bool:
    start, end, now = _clock(period.start), _clock(period.end), local.time()
    if start < end:
        return local.isoweekday() in period.days and start <= now < end
    if now >= start:
        return local.isoweekday() in period.days
    return now < end and (local - _DAY).isoweekday() in period.days


def tiers_between(program: RateProgram, start: datetime, end: datetime) -> Iterator[tuple[str, datetime, datetime]]:
    """Yield the tiers in force from ``start`` until ``end`` in order, each with its time (UTC)."""
    begun, tier = start, tier_at(program, start)
    for boundary in _boundaries(program, start, end):
        if (following := tier_at(program, boundary)) != tier:
            yield tier, begun, boundary
            begun, tier = boundary, following
    yield tier, begun, end


def _boundaries(program: RateProgram, start: datetime, end: datetime) -> list[datetime]:
    """Return every moment between at which a tier could change; one too many does no harm."""
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
