"""What a person is told of the hours of a rate program: which periods overlap, and which seasons it has."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations

from ...utility.rate_model import RateProgram, TierPeriod

_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_LEAP_YEAR = 2024
"""A year that has every day which a season may begin or end on."""


def specific_first(periods: Sequence[TierPeriod]) -> tuple[TierPeriod, ...]:
    """Return periods so that those for fewer days come first: the first period that fits is in force."""
    return tuple(sorted(periods, key=lambda each: (each.holidays is not True, each.first_day is None)))


def overlapping(periods: Sequence[TierPeriod]) -> Iterator[tuple[TierPeriod, TierPeriod]]:
    """Yield the periods of different tiers that hold at the same time somewhen; the first of two is in force then."""
    holding = [(each, _year(each), _week(each)) for each in periods]
    for (first, its_year, its_week), (second, year, week) in combinations(holding, 2):
        apart = first.tier == second.tier or {first.holidays, second.holidays} == {True, False}
        if not apart and its_year & year and its_week & week:
            yield first, second


def _week(period: TierPeriod) -> int:
    """Return the minutes of the week in which a period holds, as bits; a holiday may be any day."""
    start, end = _minute(period.start), _minute(period.end)
    of_day = (1 << (end - start - 1) % _DAY_MINUTES + 1) - 1
    found = 0
    for day in range(1, 8) if period.holidays else period.days:
        found |= of_day << (day - 1) * _DAY_MINUTES + start
    return (found | found >> _WEEK_MINUTES) & (1 << _WEEK_MINUTES) - 1  # Sunday's night ends on Monday


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _year(period: TierPeriod) -> int:
    """Return the days of the year on which a period holds, as bits."""
    every = (1 << 366) - 1
    if period.first_day is None or period.last_day is None:
        return every
    first, last = (_day(text).timetuple().tm_yday - 1 for text in (period.first_day, period.last_day))
    until_last, before_first = (1 << last + 1) - 1, (1 << first) - 1
    return until_last & ~before_first if first <= last else every & ~before_first | until_last


def _day(text: str) -> date:
    month, day = (int(part) for part in text.split("-"))
    return date(_LEAP_YEAR, month, day)


def seasons(program: RateProgram) -> list[tuple[str, str]]:
    """Return the parts of the year in which the same periods hold, by first and last day (MM-DD); [] for one alone."""
    begins = {each.first_day for each in program.periods if each.first_day}
    begins |= {f"{_day(each.last_day) + timedelta(days=1):%m-%d}" for each in program.periods if each.last_day}
    if not begins:
        return []
    firsts = sorted(begins)
    lasts = [f"{_day(first) - timedelta(days=1):%m-%d}" for first in (*firsts[1:], firsts[0])]
    return list(zip(firsts, lasts, strict=True))
