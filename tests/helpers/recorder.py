"""Has the recorder make statistics when a test wants them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.db_schema import StatisticsRuns
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import async_add_external_statistics, async_import_statistics
from homeassistant.components.recorder.tasks import RecorderTask, StatisticsTask
from homeassistant.components.recorder.util import session_scope
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

_TIMES = 100


async def compile_statistics(hass: HomeAssistant, start: datetime) -> None:
    """Make the statistics of the five minutes from ``start``; they are there when this returns.

    The recorder's own wait sees an empty queue while it works on what was the last in it. What it could not do for a
    database that was busy, it does once more, behind what waits by then, or gives up with a line in the log: so the
    database is asked, and what it does not have is made again.
    """
    await async_wait_recording_done(hass)
    await _all_done(hass)
    for _ in range(_TIMES):
        if await get_instance(hass).async_add_executor_job(_compiled, hass, start):
            return
        get_instance(hass).queue_task(StatisticsTask(start, False))
        await _all_done(hass)
        await async_wait_recording_done(hass)
    raise AssertionError(f"the recorder does not make the statistics of {start}")


def _compiled(hass: HomeAssistant, start: datetime) -> bool:
    with session_scope(hass=hass, read_only=True) as session:
        return session.query(StatisticsRuns).filter_by(start=start).first() is not None


@dataclass(slots=True)
class _Reached(RecorderTask):
    """Says that all that was queued before it is done."""

    reached: threading.Event

    @override
    def run(self, instance: Recorder) -> None:
        self.reached.set()


async def _all_done(hass: HomeAssistant) -> None:
    # In a thread: a clock that goes on when all wait shall see that somebody is at work.
    reached = threading.Event()
    get_instance(hass).queue_task(_Reached(reached))
    await hass.loop.run_in_executor(None, reached.wait)


async def record_hours(
    hass: HomeAssistant, statistic_id: str, start: int, energies: Sequence[float], length: int = 3600
) -> None:
    """Put a statistic in that has counted so many Wh in each hour, or at the first hour of each longer time."""
    external = ":" in statistic_id
    metadata = StatisticMetaData(
        mean_type=StatisticMeanType.NONE,
        has_sum=True,
        name=None,
        source=statistic_id.partition(":")[0] if external else "recorder",
        statistic_id=statistic_id,
        unit_class="energy",
        unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    )
    total, rows = 0.0, [StatisticData(start=dt_util.utc_from_timestamp(start - 3600), state=0, sum=0)]
    for at, wh in enumerate(energies):
        total += wh / 1000
        rows.append(StatisticData(start=dt_util.utc_from_timestamp(start + at * length), state=total, sum=total))
    (async_add_external_statistics if external else async_import_statistics)(hass, metadata, rows)
    await async_wait_recording_done(hass)
