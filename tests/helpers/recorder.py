"""Has the recorder make statistics when a test wants them."""

from datetime import datetime

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.tasks import StatisticsTask, SynchronizeTask
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done


async def compile_statistics(hass: HomeAssistant, start: datetime) -> None:
    """Make the statistics of the five minutes from ``start``; they are there when this returns.

    The recorder's own wait sees an empty queue while it works on what was the last in it; and what it could not do for
    a database that was busy, it does once more, behind what waits by then.
    """
    await async_wait_recording_done(hass)
    await _all_done(hass)
    get_instance(hass).queue_task(StatisticsTask(start, False))
    for _ in range(3):
        await _all_done(hass)
    await async_wait_recording_done(hass)


async def _all_done(hass: HomeAssistant) -> None:
    done = hass.loop.create_future()
    get_instance(hass).queue_task(SynchronizeTask(done))
    await done
