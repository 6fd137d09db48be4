"""What of a home must stay level, and what it may write into the log."""

import asyncio
import gc
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override
from unittest.mock import patch

from homeassistant.components.recorder import Recorder
from homeassistant.helpers.storage import Store
from homeassistant.util.async_ import get_scheduled_timer_handles
from pytest_homeassistant_custom_component import patch_recorder

_WORKERS = ("SyncWorker", "DbWorker", "ImportExecutor")
"""Threads of pools: each makes one more where none is idle, up to its bound, which is a matter of the machine."""


class LogWatch(logging.Handler):
    """Counts what is written at the level of warnings and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines = 0
        self.said: dict[str, int] = {}

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines += 1
        said = f"{record.levelname} {record.name}: {record.msg}"
        self.said[said] = self.said.get(said, 0) + 1


@contextmanager
def watched_log() -> Iterator[LogWatch]:
    """Watch the log, and have nothing else written: a quarter of a year of it is not kept."""
    root, watch = logging.getLogger(), LogWatch()
    level, handlers = root.level, root.handlers
    root.setLevel(logging.WARNING)
    root.handlers = [watch]  # those of pytest keep everything, with all that an error has seen
    try:
        yield watch
    finally:
        root.handlers = handlers
        root.setLevel(level)


@dataclass(frozen=True, slots=True)
class Level:
    """How much there is of what nobody counts."""

    tasks: int
    timers: int
    threads: int
    files: int
    objects: int


@contextmanager
def watched_disk() -> Iterator[list[int]]:
    """Count how often a file is written, as the only number of a list."""
    counted = [0]
    write: Any = Store._async_handle_write_data

    async def count(store: Store[Any], *arguments: Any) -> None:
        counted[0] += 1
        await write(store, *arguments)

    with patch.object(Store, "_async_handle_write_data", count):
        yield counted


def level() -> Level:
    """Measure it now, without what the doubles of storage and database remember of all that they were asked."""
    doubles: tuple[Any, ...] = (
        Store._async_load,
        Store._async_write_data,
        Recorder.async_periodic_statistics,
        Recorder.async_nightly_tasks,
        patch_recorder.real_session_scope,
    )
    for double in doubles:
        double.reset_mock()
    gc.collect()
    loop = asyncio.get_running_loop()
    return Level(
        len(asyncio.all_tasks()),
        sum(not handle.cancelled() for handle in get_scheduled_timer_handles(loop)),
        sum(not thread.name.startswith(_WORKERS) for thread in threading.enumerate()),
        sum(1 for _ in Path("/proc/self/fd").iterdir()),
        len(gc.get_objects()),
    )
