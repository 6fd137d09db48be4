"""Threads of Home Assistant's executor end with their test, however full the machine is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from homeassistant.util import executor
from homeassistant.util.executor import InterruptibleThreadPoolExecutor
from homeassistant.util.thread import async_raise

from tests.helpers.workers import async_end_workers

_WORKERS = 8


def shutdown_of_a_full_machine(workers: ThreadPoolExecutor, **_how: bool) -> None:
    """Interrupt every worker before it comes to hear that it is to end."""
    for each in workers._threads:
        if each.is_alive() and each.ident is not None:
            async_raise(each.ident, SystemExit)
    shutdown(workers, wait=False)


shutdown = ThreadPoolExecutor.shutdown


async def test_no_worker_lingers_where_home_assistant_interrupts_them() -> None:
    """The first that is woken after that wakes no other."""
    workers = InterruptibleThreadPoolExecutor(max_workers=_WORKERS)
    all_there = threading.Barrier(_WORKERS)
    for begun in [workers.submit(all_there.wait) for _ in range(_WORKERS)]:
        begun.result()
    await async_end_workers(workers)
    with (
        patch.object(executor, "EXECUTOR_SHUTDOWN_TIMEOUT", 1.0),
        patch.object(ThreadPoolExecutor, "shutdown", shutdown_of_a_full_machine),
    ):
        workers.shutdown()
    assert [each for each in workers._threads if each.is_alive()] == []


async def test_who_used_no_thread_has_none_to_end() -> None:
    await async_end_workers(None)
