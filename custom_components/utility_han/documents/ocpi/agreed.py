"""A rate program's hours, seasons, holidays and blocks as elements of an OCPI tariff.

The first period of a RateProgram that fits is in force, as is the first element of a Tariff: they keep their order.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

from ...procedures.charging.tariff import Holidays, in_season, no_holidays
from ...utility.rate_model import RateProgram, TierPeriod
from .elements import MIDNIGHT, Element

_DAY = timedelta(days=1)
_WEEK = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class Span:
    """Days for which elements are asked; seasons and holidays, which come again each year, are dates in it."""

    first: date
    until: date
    is_holiday: Holidays = no_holidays


def is_dated(program: RateProgram) -> bool:
    """Whether it can be said for certain days only: OCPI's dates have a year."""
    return any(period.first_day is not None or period.holidays is not None for period in program.periods)


def agreed_elements(program: RateProgram, span: Span, charged_wh: int) -> list[Element]:
    """Return the elements of a program without a source, after so much was charged in the month."""
    timed = [each for period in program.periods for each in _elements(program.prices[period.tier], period, span)]
    timed.append(Element(program.prices[program.default_tier]))
    return [each for element in timed for each in _by_blocks(element, program, charged_wh)]


def _elements(per_kwh: Decimal, period: TierPeriod, span: Span) -> Iterator[Element]:
    """Yield a period's elements; one that goes over midnight is two, both of the day on which it begins."""
    start, end = time.fromisoformat(period.start), time.fromisoformat(period.end)
    days = frozenset() if period.holidays else frozenset(period.days)
    if not days and not period.holidays:
        return
    # One that goes over midnight may have begun on the day before the first.
    for first, until in _dates(period, replace(span, first=span.first - _DAY)):
        today = Element(per_kwh, _listed(days), start, end if start < end else MIDNIGHT, first, until)
        yield today
        if end <= start and end != MIDNIGHT:
            next_days = frozenset(day % 7 + 1 for day in days)
            yield replace(
                today,
                days=_listed(next_days),
                start=MIDNIGHT,
                end=end,
                first=first + _DAY if first else None,
                until=until + _DAY if until else None,
            )


def _listed(days: frozenset[int]) -> tuple[int, ...]:
    return () if days == _WEEK else tuple(sorted(days))


def _dates(period: TierPeriod, span: Span) -> Iterator[tuple[date | None, date | None]]:
    """Yield the dates from and until before which a period may hold, whatever the day of the week."""
    if period.first_day is None and period.holidays is None:
        yield None, None
        return
    begun: date | None = None
    day = span.first
    while day < span.until:
        holds = in_season(period, day) and (period.holidays is None or span.is_holiday(day) is period.holidays)
        if holds and begun is None:
            begun = day
        elif not holds and begun is not None:
            yield begun, day
            begun = None
        day += _DAY
    if begun is not None:
        yield begun, span.until


def _by_blocks(element: Element, program: RateProgram, charged_wh: int) -> Iterator[Element]:
    """Yield an element for each block of the month, in what is charged in the session."""
    blocks = sorted(program.blocks, key=lambda block: block.above_wh)
    if not blocks:
        yield element
        return
    steps = [(0, Decimal(0)), *((block.above_wh, block.addition) for block in blocks)]
    for (above, addition), (until, _) in pairwise([*steps, (None, None)]):
        least = above - charged_wh if above is not None else 0
        most = until - charged_wh if until is not None else None
        if most is None or most > 0:
            yield replace(
                element,
                per_kwh=element.per_kwh + (addition or 0),
                min_wh=least if least > 0 else None,
                max_wh=most,
            )
