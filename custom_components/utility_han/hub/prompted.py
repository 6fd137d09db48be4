"""Does something as soon as somebody prompts it, and once more for what has prompted it meanwhile.

Who hears of news asks for it; what was read when the news came may be older than that. Home Assistant's ``Debouncer``
drops what asks while it is at work, where that takes longer than its cooldown.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import DOMAIN, LOGGER
from ..gateway import GatewayError
from ..utility import UtilityError
from .rounds import Rounds

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
    ) -> None:
        """``do`` it, which ``rounds`` knows as ``work``, with so many seconds of ``rest`` after each time."""
        self._hass = hass
        self._entry = entry
        self._rounds = rounds
        self._work = work
        self._do = do
        self._rest = rest
        self._prompted = self._working = self._closed = False
        self._rests: CALLBACK_TYPE | None = None
        """Ends the rest, while there is one."""
        entry.async_on_unload(self._close)

    @callback
    def async_prompt(self) -> None:
        """Have it done: at once, or once it was done and has rested."""
        self._prompted = True
        if not (self._working or self._rests or self._closed):
            self._begin()

    @callback
    def _begin(self) -> None:
        self._working, self._prompted = True, False
        self._entry.async_create_background_task(self._hass, self._async_do(), f"{DOMAIN} {self._work}")

    async def _async_do(self) -> None:
        try:
            with self._rounds.round(self._work):
                await self._do()
        except (GatewayError, UtilityError) as err:
            LOGGER.debug("%s: %s: %s; left to the next poll", self._entry.title, self._work, err)
        self._working = False
        if not self._closed:
            self._rests = async_call_later(self._hass, self._rest, HassJob(self._rested, cancel_on_shutdown=True))

    @callback
    def _rested(self, _now: datetime) -> None:
        self._rests = None
        if self._prompted:
            self._begin()

    @callback
    def _close(self) -> None:
        self._closed = True
        if self._rests is not None:
            self._rests()
            self._rests = None
