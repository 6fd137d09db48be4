"""The one owner of the way to the utility: follows what it tells, and leaves it alone while it is away."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import uniform
from typing import Protocol

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import CONF_UTILITY, DOMAIN, LOGGER
from ..hub.listeners import Listeners
from ..utility import Event, Feature, Utility, UtilityError, UtilityReason

LONG_POLL = 50
"""Seconds that the utility may keep a request for events."""
LOOK_AGAIN = 60.0
"""Seconds after which what waits is looked at again, events or not."""
_REFUSALS_TO_BELIEVE = 2
"""One may be a utility in trouble. Also what is believed is tried again: a permission may be given back."""
_FIRST = 5.0
_LONGEST = 900.0

type Round = Callable[[], Awaitable[None]]
type Heard = Callable[[Sequence[Event]], Awaitable[None]]


class Backoff:
    """How long a utility that is away is left alone: twice as long each time, unless it says how long."""

    def __init__(self) -> None:
        """Nothing has failed yet."""
        self._next = _FIRST

    def after(self, err: UtilityError) -> float:
        """Return the seconds to wait after a failure."""
        wait = err.retry_after.total_seconds() if err.retry_after else self._next
        self._next = min(self._next * 2, _LONGEST)
        return wait

    def reset(self) -> None:
        """Begin anew: the utility was spoken with."""
        self._next = _FIRST


async def async_rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait about so long, or until ``wake``; not all homes come back at the same moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds * uniform(1, 1.2)):
            await wake.wait()


class EventCursor(Protocol):
    """Where we are in the utility's events, kept over restarts by whoever has a file for it."""

    cursor: str | None

    def save_later(self) -> None:
        """Write it within a few seconds."""


class AccountManager:
    """The customer's account at the utility, as far as the way to it has one."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        utility: Utility,
        cursor: EventCursor,
        reason: UtilityReason | None,
    ) -> None:
        """``reason`` is why the utility cannot be spoken with from the start."""
        self._hass = hass
        self._entry = entry
        self._cursor = cursor
        self.utility = utility
        self.reason = reason
        """Why the utility cannot be spoken with, None while it can."""
        self.changed: Listeners[()] = Listeners()
        """Told when ``reason`` is another one."""
        self.events: Listeners[Event] = Listeners()
        """Told of every event at the utility."""
        self._each_round: Round | None = None
        self._heard: Heard | None = None
        self._wake = asyncio.Event()

    @property
    def premise_id(self) -> str | None:
        """The premise of the linked account."""
        account = self._entry.data.get(CONF_UTILITY)
        return str(account["premise_id"]) if account else None

    def follow(self, each_round: Round, heard: Heard) -> None:
        """Have ``each_round`` done before events are waited for, and ``heard`` what came."""
        self._each_round, self._heard = each_round, heard

    @callback
    def async_start(self) -> None:
        """Begin to follow the utility, where it tells anything."""
        if self.utility.offers(Feature.EVENTS) and self.reason is not UtilityReason.UNAUTHORIZED:
            self._entry.async_create_background_task(self._hass, self._follow(), f"{DOMAIN} registrations")

    @callback
    def async_wake(self) -> None:
        """Look at once at what is left to do."""
        self._wake.set()

    @callback
    def async_set_reason(self, reason: UtilityReason | None) -> None:
        """Take note of why the utility cannot be spoken with; a person is asked where the permission is gone."""
        if reason is self.reason:
            return
        before, self.reason = self.reason, reason
        if reason is UtilityReason.UNAUTHORIZED:
            self._entry.async_start_reauth(self._hass)
        elif reason is None and before is UtilityReason.UNAUTHORIZED:
            self._withdraw_question()
        self.changed.tell()

    def _withdraw_question(self) -> None:
        """Ask no longer to sign in, unless somebody is about to."""
        for flow in self._entry.async_get_active_flows(self._hass, {SOURCE_REAUTH}):
            if flow.get("step_id") == "reauth_account":
                self._hass.config_entries.flow.async_abort(flow["flow_id"])

    async def _follow(self) -> None:
        """Do what is left to do, then wait for the utility's events; for as long as the hub is loaded."""
        backoff = Backoff()
        refusals = 0
        while True:
            self._wake.clear()
            try:
                if self._each_round is not None:
                    await self._each_round()
                await self._wait_for_news()
            except UtilityError as err:
                refusals = refusals + 1 if err.reason is UtilityReason.UNAUTHORIZED else 0
                if refusals == 0 or refusals >= _REFUSALS_TO_BELIEVE:
                    self.async_set_reason(err.reason)
                wait = backoff.after(err)
                LOGGER.debug("%s: utility: %s; again in %.0f s", self._entry.title, err, wait)
                await async_rest(self._wake, wait)
            else:
                backoff.reset()
                refusals = 0
                self.async_set_reason(None)

    async def _wait_for_news(self) -> None:
        """Return when the utility told something, when something was begun here, or after a while."""
        # Who was away shall be known to be back as soon as it is, and not when it has something to tell.
        patience = LONG_POLL if self.reason is None else 0
        news = asyncio.ensure_future(self.utility.events(self._cursor.cursor, patience))
        woken = asyncio.ensure_future(self._wake.wait())
        try:
            done, _ = await asyncio.wait({news, woken}, timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            woken.cancel()
            if not news.done():
                news.cancel()
        if news not in done:
            return
        try:
            events, cursor = news.result()
        except UtilityError as err:
            if err.reason is not UtilityReason.CURSOR_EXPIRED:
                raise
            self._cursor.cursor = None
            return
        for event in events:
            self.events.tell(event)
        if self._heard is not None:
            await self._heard(events)
        if cursor != self._cursor.cursor:  # a quiet utility is no reason to write a file each minute
            # Only now: what somebody could not take up is told again.
            self._cursor.cursor = cursor
            self._cursor.save_later()
