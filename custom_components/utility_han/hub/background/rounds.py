"""Rounds of what works in the background: an error that nobody thought of ends one round, and nothing else.

It is logged once, with where it came from, until a round succeeds; meanwhile the work is ``failing``, which the hub's
health shows. The next round of a loop comes as any other; what was begun once, or is begun by an event only, is tried
again until it succeeds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ...const import DOMAIN, LOGGER
from ...gateway import Attempt, Failing, GatewayError
from ...utility import UtilityError
from .listeners import Listeners

_FIRST = 5.0
_LONGEST = 900.0
LONGEST_ROUND = 900.0
ENDS_WITHIN = 10.0
"""Seconds that a hub that is unloaded waits for what is under way, as Home Assistant does."""
_LONGEST_ASKED_FOR = 86400.0
"""Who asks to be left alone for longer is asked again all the same."""
_UNDERSTOOD = (GatewayError, UtilityError)
"""Errors that whoever begins a round has words for."""


class Backoff:
    """How long something that fails is left alone: twice as long each time, unless it says how long."""

    def __init__(self, first: float | None = None, longest: float | None = None) -> None:
        """Nothing has failed yet; ``first`` and ``longest`` are seconds, the usual where they are not said."""
        self._first = self._next = _FIRST if first is None else first
        self._longest = _LONGEST if longest is None else longest

    def after(self, retry_after: timedelta | None = None) -> float:
        """Return the seconds to wait after a failure."""
        wait = retry_after.total_seconds() if retry_after else self._next
        self._next = min(self._next * 2, self._longest)
        return min(wait, _LONGEST_ASKED_FOR)

    def reset(self) -> None:
        """Begin anew: it has succeeded."""
        self._next = self._first


async def async_rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait about so long, or until ``wake``; not all homes come back at the same moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds * uniform(1, 1.2)):
            await wake.wait()


@dataclass(frozen=True, slots=True)
class _Begun:
    """What was begun: by which name no two are, what it is to do, and what the log calls it."""

    what: str
    each: Callable[[], Awaitable[object]]
    told: str


class Rounds:
    """The work that goes on in the background of one hub, and what of it fails."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """What is begun here ends with ``entry``, when it is unloaded."""
        self._hass = hass
        self._entry = entry
        self.changed: Listeners[()] = Listeners()
        """Told when other work fails than before."""
        self._failing = Failing(LOGGER, _UNDERSTOOD, self.changed.tell, entry.title)
        self._resting: dict[str, asyncio.Event] = {}
        """What was begun and has failed, by its name, until it is tried again; set where it is not to be."""
        self._backoffs: dict[str, Backoff] = {}
        self._closed = False
        entry.async_on_unload(self._close)

    @callback
    def _close(self) -> None:
        self._closed = True

    @property
    def failing(self) -> Mapping[str, str]:
        """The kind of the error, by the work whose last round ended in it."""
        return self._failing.kinds

    def round(self, work: str, about: str = "", title: str = "") -> AbstractContextManager[Attempt]:
        """Do one round inside; an error that nobody thought of ends it, and goes no further.

        What gateway and utility are known to do wrong does. ``about`` is which of many the work is done for, by what
        no two share and nobody changes; ``title`` is what the log calls that.
        """
        return self._failing.attempt(_named(work, about), _named(work, title or about))

    async def do(self, work: str, each: Callable[[], Awaitable[object]], about: str = "") -> None:
        """Do a round that only an event or a timer begins; what ends it in an error is tried again as by ``begin``.

        ``each`` has to be what may be done once more. What gateway and utility are known to do wrong is raised, the
        first time.
        """
        what = _named(work, about)
        self._replace(what)
        with self.round(work, about) as this:
            await each()
        if this.failed:
            self._try_again(_Begun(what, each, what))
        else:
            self._backoffs.pop(what, None)

    async def repeat(
        self,
        work: str,
        each: Callable[[], Awaitable[float]],
        failed: Callable[[UtilityError], None],
        wake: asyncio.Event,
    ) -> None:
        """Do ``each`` round and rest for the seconds that it returns, or until ``wake``; until cancelled.

        ``failed`` is told what the utility does wrong. After that, and after an error that nobody thought of, it rests
        for longer each time.
        """
        backoff = Backoff()
        while True:
            wake.clear()
            seconds = None
            with self.round(work):
                try:
                    seconds = await each()
                except UtilityError as err:
                    seconds = backoff.after(err.retry_after)
                    LOGGER.debug("%s: %s: %s; again in %.0f s", self._entry.title, work, err, seconds)
                    failed(err)
                else:
                    backoff.reset()
            await async_rest(wake, backoff.after() if seconds is None else seconds)

    @callback
    def begin(
        self,
        work: str,
        each: Callable[[], Awaitable[object]],
        about: str = "",
        title: str = "",
        *,
        waited_for: bool = False,
    ) -> None:
        """Have something done in the background, and tried again after longer pauses each time until it succeeds.

        ``about`` is which of many it is done for, and ``title`` what the log calls that, as for a round: the same work
        for the same takes the place of what failed before.
        There, nobody else has words for what goes wrong. ``waited_for`` is what Home Assistant waits for, the first
        time, where it waits until all is done that was begun. Where the hub was unloaded nothing is begun:
        nobody would end it.
        """
        if self._closed:
            return
        begun = _Begun(_named(work, about), each, _named(work, title or about))
        self._replace(begun.what)

        async def first() -> None:
            if not await self._succeeds(begun):
                self._try_again(begun)

        create = self._entry.async_create_task if waited_for else self._entry.async_create_background_task
        create(self._hass, first(), f"{DOMAIN} {begun.what}")

    @callback
    def timed(self, work: str, each: Callable[[datetime], Coroutine[Any, Any, None]]) -> Callable[[datetime], None]:
        """Return what a timer is to call for ``each``: a hub that is unloaded waits for what its timers began.

        A coroutine that is given to a timer outlives the hub, beside the one that is loaded anew.
        """

        @callback
        def time_came(now: datetime) -> None:
            if self._closed:
                return
            self._entry.async_create_task(self._hass, each(now), f"{DOMAIN} {work}")

        return time_came

    def _try_again(self, begun: _Begun) -> None:
        if self._closed:
            return
        again = self._again(begun)
        self._entry.async_create_background_task(self._hass, again, f"{DOMAIN} {begun.what} again")

    def _replace(self, what: str) -> None:
        if (resting := self._resting.pop(what, None)) is not None:
            resting.set()

    async def _again(self, begun: _Begun) -> None:
        """Try what has failed until it succeeds, or the same is begun anew."""
        while True:
            self._replace(begun.what)
            replaced = self._resting[begun.what] = asyncio.Event()
            await async_rest(replaced, self._backoffs.setdefault(begun.what, Backoff()).after())
            if replaced.is_set():
                return
            del self._resting[begun.what]
            if await self._succeeds(begun):
                return

    async def _succeeds(self, begun: _Begun) -> bool:
        with self._failing.attempt(begun.what, begun.told) as this:
            try:
                async with asyncio.timeout(LONGEST_ROUND):
                    await begun.each()
            except _UNDERSTOOD as err:
                raise RuntimeError(f"nobody took {err}") from err
        if not this.failed:
            self._backoffs.pop(begun.what, None)
        return not this.failed


def _named(work: str, about: str) -> str:
    return f"{work} {about}".rstrip()
