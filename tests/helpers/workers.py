"""The threads of Home Assistant's executor, which end with the test that used them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial


async def async_end_workers(executor: ThreadPoolExecutor | None) -> None:
    """Have all workers end in their own time, before Home Assistant's way of ending them would interrupt one.

    That gives each a tenth of a second or less, and a full machine may need longer. A worker that is interrupted as it
    is woken to end wakes no other (``concurrent.futures.thread._worker``), so that the rest stays for good: a thread
    that lingers, whatever the test did.
    """
    if executor is None:
        return
    with ThreadPoolExecutor(1) as apart:
        shutdown = partial(ThreadPoolExecutor.shutdown, executor, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(apart, shutdown)
