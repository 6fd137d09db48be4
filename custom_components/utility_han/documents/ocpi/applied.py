"""The tariff as it was applied to one session, in elements that give each of its periods the price it was charged at.

Said as it was agreed where that comes to the same. Else by date and time of day: so prices that change. Else, as where
the clock shows an hour twice and each has a price of its own, by what had been charged: a Tariff has no other way to
tell the two hours apart, for its times are local and without an offset.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...procedures.charging.charge import Charge
from ...procedures.charging.tariff import Holidays
from .agreed import Span, agreed_elements
from .elements import MIDNIGHT, Element, price_at
from .values import price, second_of

_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Run:
    """Periods at one price in a row."""

    per_kwh: Decimal
    started_at: datetime
    ended_at: datetime
    from_wh: int
    until_wh: int


def applied_elements(charge: Charge, zone: ZoneInfo, is_holiday: Holidays) -> tuple[list[Element], bool]:
    """Return elements that give each period of a charge its price, and whether they are those agreed on."""
    runs = _runs(charge)
    ways: tuple[Callable[[], list[Element]], ...] = (
        lambda: _agreed(charge, zone, is_holiday),
        lambda: _by_clock(runs, zone),
        lambda: _by_energy(runs),
    )
    for number, way in enumerate(ways):
        if _gives(elements := way(), charge, zone):
            return elements, number == 0
    raise AssertionError("what had been charged tells every two periods with energy apart")


def _gives(elements: Sequence[Element], charge: Charge, zone: ZoneInfo) -> bool:
    """Whether elements give all that was charged its price, looked at where a period begins, as its price is."""
    charged = 0
    for period in charge.periods:
        if period.energy_wh:
            local = second_of(period.started_at).astimezone(zone)
            if price_at(elements, local, charged) != price(period.per_kwh):
                return False
        charged += period.energy_wh
    return True


def _agreed(charge: Charge, zone: ZoneInfo, is_holiday: Holidays) -> list[Element]:
    if charge.program.source is not None:
        return []
    first, last = (at.astimezone(zone).date() for at in (charge.started_at, charge.ended_at))
    return agreed_elements(charge.program, Span(first, last + _DAY, is_holiday), charge.month_wh_before)


def _runs(charge: Charge) -> list[_Run]:
    found: list[_Run] = []
    charged = 0
    for period in charge.periods:
        per_kwh = price(period.per_kwh)
        if found and (not period.energy_wh or found[-1].until_wh == found[-1].from_wh or found[-1].per_kwh == per_kwh):
            # Where nothing was charged, any price is right.
            if period.energy_wh:
                found[-1].per_kwh = per_kwh
            found[-1].ended_at = period.ended_at
            found[-1].until_wh += period.energy_wh
        else:
            found.append(_Run(per_kwh, period.started_at, period.ended_at, charged, charged + period.energy_wh))
        charged += period.energy_wh
    return found


def _by_clock(runs: Sequence[_Run], zone: ZoneInfo) -> list[Element]:
    """Return an element for each day and time of a price, but for the price of most: that one is the rest's."""
    usual = max(runs, key=lambda run: run.until_wh - run.from_wh).per_kwh
    found = [each for run in runs if run.per_kwh != usual for each in _days(run, zone, last=run is runs[-1])]
    return [*found, Element(usual)]


def _days(run: _Run, zone: ZoneInfo, *, last: bool) -> Iterator[Element]:
    begun, until = (at.astimezone(zone).replace(second=0, microsecond=0) for at in (run.started_at, run.ended_at))
    day = begun.date()
    while day < until.date() or (day == until.date() and (last or until.time() > MIDNIGHT)):
        start: time = begun.time() if day == begun.date() else MIDNIGHT
        end = until.time() if day == until.date() and not last else MIDNIGHT
        yield Element(run.per_kwh, (), start, end, day, day + _DAY)
        day += _DAY


def _by_energy(runs: Sequence[_Run]) -> list[Element]:
    return [
        Element(
            run.per_kwh,
            min_wh=run.from_wh if run is not runs[0] else None,
            max_wh=run.until_wh if run is not runs[-1] else None,
        )
        for run in runs
    ]
