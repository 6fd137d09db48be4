"""Has the recorder make statistics when a test wants them."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.db_schema import StatisticsRuns
from homeassistant.components.recorder.tasks import RecorderTask, StatisticsTask
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
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
