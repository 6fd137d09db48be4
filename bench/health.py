"""What health costs: an evaluation of many devices, in CPU time."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.devices import home_with_devices
from custom_components.utility_han.health.manager import HealthManager

_DEVICES = 700
"""Home Assistant takes 10,000 enabled entities of an entry, and each device has thirteen."""
_EVALUATIONS = 20


async def measure() -> dict[str, Any]:
    """Return ms per 1,000 devices evaluated, and the longest hold of the loop in ms."""
    async with home_with_devices(_DEVICES) as (hass, entry, _):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        manager = entry.runtime_data.manager(HealthManager)
        took, held = [], []
        for _ in range(_EVALUATIONS):
            start = time.process_time()
            held.append(await _longest_hold(manager.async_evaluate))
            took.append(time.process_time() - start)
        await hass.config_entries.async_unload(entry.entry_id)
    return {
        "devices": _DEVICES,
        "evaluation_ms_per_1000": round(sorted(took)[len(took) // 2] * 1000 * 1000 / _DEVICES, 1),
        "longest_hold_ms": round(max(held) * 1000, 1),
    }


async def _longest_hold(evaluate: Callable[[], Any]) -> float:
    """Return the longest CPU time in seconds in which nothing else had a turn while ``evaluate`` ran."""
    task = asyncio.ensure_future(evaluate())
    longest = 0.0
    while not task.done():
        start = time.process_time()
        await asyncio.sleep(0)
        longest = max(longest, time.process_time() - start)
    await task
    return longest
