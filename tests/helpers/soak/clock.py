"""Time that passes only where everybody waits: an event loop's clock that goes on to the next timer at once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any
from unittest.mock import patch

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

_RESOLUTION = 1e-6
"""What a float can tell apart after a quarter of a year in seconds."""


class ControlledClock:
    """Loop and calendar in step; while a thread is at work for the loop, time stands still.

    Nothing here depends on how fast the machine is: what takes long takes no time.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, began: float, frozen: FrozenDateTimeFactory) -> None:
        self._frozen = frozen
        self._began = self._passed = began
        self._told = 0
        """Microseconds that the calendar has gone on."""
        self._at_work = 0
        self._run: Callable[..., asyncio.Future[Any]] = loop.run_in_executor
        self._look: Callable[[float | None], list[Any]] = loop._selector.select  # type: ignore[attr-defined]

    def time(self) -> float:
        """The loop's time, in seconds."""
        return self._passed

    def run_in_executor(self, executor: Any, work: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """Have a thread at work, and time wait for it."""
        future = self._run(executor, work, *arguments)
        self._at_work += 1
        future.add_done_callback(self._done)
        return future

    def _done(self, _future: asyncio.Future[Any]) -> None:
        self._at_work -= 1

    def select(self, timeout: float | None) -> list[Any]:
        """Return what is ready; where nothing is, and nobody at work, it is ``timeout`` seconds later."""
        if timeout is None or timeout <= 0:
            return self._look(timeout)
        if self._at_work:
            return self._look(None)
        if not (ready := self._look(0)):
            self._passed += timeout
            # Never behind the loop: who wakes up before the time that was waited for waits again.
            microseconds = ceil((self._passed - self._began) * 1e6)
            self._frozen.tick(timedelta(microseconds=microseconds - self._told))
            self._told = microseconds
        return ready


@contextmanager
def controlled_clock(begins: datetime) -> Iterator[ControlledClock]:
    """Have the running loop live by a clock of its own from ``begins`` on."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with freeze_time(begins, real_asyncio=True) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        clock = ControlledClock(loop, began, frozen)
        selector = loop._selector  # type: ignore[attr-defined]
        debug = loop.get_debug()
        loop.set_debug(False)  # the stack of everybody who waits, a hundred million times
        with (
            patch.object(loop, "time", clock.time),
            patch.object(loop, "_clock_resolution", _RESOLUTION),
            patch.object(loop, "run_in_executor", clock.run_in_executor),
            patch.object(selector, "select", clock.select),
        ):
            yield clock
        loop.set_debug(debug)


def now() -> datetime:
    """The time that it is."""
    return datetime.now(UTC)


async def pass_time(time: timedelta) -> None:
    """Wait; no longer than the machine needs."""
    await asyncio.sleep(time.total_seconds())
