"""What would have been paid under rate programs for what a charger gave in the month before, where it is recorded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ...procedures import tiers_between
from ...reports.hourly import Intervals, async_hours
from ...utility import RateProgram

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class LastMonth:
    """What was counted in the month before, Wh, and what that costs under each program that says so, by its id."""

    energy_wh: float
    costs: dict[str, Decimal]


async def async_last_month(
    hass: HomeAssistant, statistic_id: str | None, programs: Iterable[RateProgram]
) -> LastMonth | None:
    """Return what the hours of a counter cost; None where none are recorded, or nothing was counted."""
    until = dt_util.start_of_local_day(dt_util.now().date().replace(day=1))
    since = dt_util.start_of_local_day((until - timedelta(days=1)).date().replace(day=1))
    hours = await async_hours(hass, statistic_id, since, until)
    energy = sum(wh for _, _, wh in hours or ())
    if not hours or energy <= 0:
        return None
    costs = {program.id: _cost(hours, program) for program in programs if _by_hours_alone(program)}
    return LastMonth(energy, costs)


def _by_hours_alone(program: RateProgram) -> bool:
    """Whether hours of energy are all that it takes: no prices that others tell, no sessions, months or holidays."""
    holidays = any(period.holidays is not None for period in program.periods)
    return program.source is None and not program.blocks and not program.session_fee and not holidays


def _cost(hours: Intervals, program: RateProgram) -> Decimal:
    total = program.monthly_fee
    for begun, seconds, wh in hours:
        start = datetime.fromtimestamp(begun, dt_util.UTC)
        end = start + timedelta(seconds=seconds)
        for tier, since, until in tiers_between(program, start, end):
            share = Decimal(str(wh)) / 1000 * Decimal((until - since).total_seconds()) / seconds
            total += share * program.prices[tier]
    return total * (1 + program.tax_percent / _HUNDRED) if program.tax_percent is not None else total
