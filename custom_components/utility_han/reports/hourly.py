"""Energy by the hour from Home Assistant's long-term statistics, as far back as there are any."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import get_metadata, statistics_during_period
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_conversion import EnergyConverter

from .recorded import is_recorded

type Intervals = list[tuple[int, int, float]]
"""Start (seconds since 1970), seconds and Wh."""
_HOUR = 3600
_LONGER = ((23 * _HOUR, 25 * _HOUR), (6 * 24 * _HOUR, 8 * 24 * _HOUR), (27 * 24 * _HOUR, 32 * 24 * _HOUR))
"""A day, a week or a month, as opower has what a utility gives no hours of: at the hour that it begins with."""


async def async_hours(
    hass: HomeAssistant, statistic_id: str | None, since: datetime, until: datetime | None
) -> Intervals | None:
    """Return the hours of a statistic of energy, None where it is none."""
    if statistic_id is None or not is_recorded(hass):
        return None
    return await get_instance(hass).async_add_executor_job(partial(_hours, hass, statistic_id, since, until))


def _hours(hass: HomeAssistant, statistic_id: str, since: datetime, until: datetime | None) -> Intervals | None:
    known = get_metadata(hass, statistic_ids={statistic_id}).get(statistic_id)
    if known is None or not known[1]["has_sum"] or known[1]["unit_of_measurement"] not in EnergyConverter.VALID_UNITS:
        return None
    units: dict[str, str] = {str(EnergyConverter.UNIT_CLASS): UnitOfEnergy.WATT_HOUR}
    rows = statistics_during_period(hass, since, until, {statistic_id}, "hour", units, {"change"})
    return list(_intervals(rows.get(statistic_id, ())))


def _intervals(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int, float]]:
    """Yield them with their lengths: an hour, or what is until the next one where that is a day, a week or a month."""
    told = [(int(row["start"]), float(change)) for row in rows if (change := row.get("change")) is not None]
    length = _HOUR
    for (start, wh), (following, _) in pairwise(told):
        length = following - start
        if not any(least <= length <= most for least, most in _LONGER):
            length = _HOUR
        yield start, length, wh
    if told:
        start, wh = told[-1]
        yield start, length, wh
