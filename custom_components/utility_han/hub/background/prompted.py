"""Does something as soon as somebody prompts it, and once more for what has prompted it meanwhile.

Who hears of news asks for it; what was read when the news came may be older than that. Home Assistant's ``Debouncer``
drops what asks while it is at work, where that takes longer than its cooldown.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ...const import DOMAIN, LOGGER
from ...gateway import GatewayError
from ...utility import UtilityError
from .rounds import ENDS_WITHIN, LONGEST_ROUND, Backoff, Rounds

REST = 10.0
"""Seconds between two polls, however much a gateway or a VTN tells of."""


class Prompted:
    """One thing that is done in the background of a hub, until that is unloaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        rounds: Rounds,
        work: str,
        do: Callable[[], Awaitable[object]],
        *,
        rest: float,
        longest: float | None = LONGEST_ROUND,
    ) -> None:
        """``do`` it, which ``rounds`` knows as ``work``, with so many seconds of ``rest`` after each time.

        What takes longer than ``longest`` is given up; None is for what has bounds of its own, as polls have. After an
        error that nobody thought of it is done again by itself, after longer pauses each time.
        """
        self._hass = hass
        self._entry = entry
        self._rounds = rounds
        self._work = work
        self._do = do
        self._rest = rest
        self._longest = longest
        self._prompted = self._working = self._closed = False
        self._task: asyncio.Task[None] | None = None
        self._failed = False
        self._backoff = Backoff()
        self._rests: CALLBACK_TYPE | None = None
        """Ends the rest, while there is one."""
        self._waits: CALLBACK_TYPE | None = None
        """Ends the pause after it failed, while there is one; who prompts it does."""
        entry.async_on_unload(self._close)

    @property
    def working(self) -> bool:
        """Whether it is being done."""
        return self._working

    @callback
    def async_prompt(self) -> None:
        """Have it done: at once, or once it was done and has rested."""
        self._prompted = True
        if not (self._working or self._rests):
            self._begin()

    @callback
    def _begin(self) -> None:
        self._wait_no_more()
        if self._closed or self._hass.is_stopping:
            return
        self._working, self._prompted = True, False
        task = self._entry.async_create_background_task(self._hass, self._async_do(), f"{DOMAIN} {self._work}")
        self._task = task

    async def _async_do(self) -> None:
        try:
            with self._rounds.round(self._work) as this:
                async with asyncio.timeout(self._longest):
                    await self._do()
            self._failed = this.failed
        except (GatewayError, UtilityError) as err:
            LOGGER.debug("%s: %s: %s; left to the next poll", self._entry.title, self._work, err)
        finally:  # what it waits for may be cancelled, as by a port that is closed
            self._working = False
            if not self._closed:
                self._rests = self._after(self._rest, self._rested)

    def _after(self, seconds: float, then: Callable[[datetime], None]) -> CALLBACK_TYPE:
        return async_call_later(self._hass, seconds, HassJob(then, cancel_on_shutdown=True))

    @callback
    def _rested(self, _now: datetime) -> None:
        self._rests = None
        if not self._failed:
            self._backoff.reset()
        if self._prompted:
            self._begin()
        elif self._failed:
            self._waits = self._after(self._backoff.after(), self._waited)

    @callback
    def _waited(self, _now: datetime) -> None:
        self._waits = None
        self._begin()

    @callback
    def _wait_no_more(self) -> None:
        if self._waits is not None:
            self._waits()
            self._waits = None

    @callback
    def _close(self) -> None:
        self._closed = True
        self._wait_no_more()
        if self._rests is not None:
            self._rests()
            self._rests = None

    async def async_end(self) -> None:
        """Do it no more; what is under way has ended when this returns."""
        self._close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=ENDS_WITHIN)
