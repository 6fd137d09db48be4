"""The one owner of the connection to a VTN (OpenADR 3): polls it politely, and tells what came."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import TYPE_CHECKING, Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import CONF_VTN, CONF_VTN_INTERVAL, DEFAULT_VTN_INTERVAL, DOMAIN, LOGGER
from ..esi import Message, PriceSchedule, Signal
from ..hub.background.listeners import Listeners
from ..hub.background.rounds import Rounds
from ..procedures import Lasting
from ..utility import UtilityError, UtilityReason
from .access import ven_key_of
from .refusals import Refusals

if TYPE_CHECKING:
    from ..utility.openadr import Changes, OpenAdr  # loaded for those who have a VTN

_READING = "reading what the VTN has"
_MAX_BACKOFF = timedelta(hours=1)
_LONGEST_ASKED_FOR = timedelta(days=1)
"""A VTN that asks to be left alone for longer is asked again all the same."""
_LONGEST_POLL = 600.0
"""Seconds: a VTN that always has more to tell is left for this time."""
_JITTER = 0.1
"""Not all homes come at the same moment."""
_REFUSALS = frozenset({UtilityReason.UNAUTHORIZED, UtilityReason.CREDENTIALS_REFUSED})
_MOST_SAID = 200
"""Different notes in the log since the start: a VTN may have others each time."""
_TO_BE_SURE = timedelta(minutes=1)
"""How soon it is asked again after a refusal that is not believed yet: a person is to hear of it before long."""


@dataclass(frozen=True, slots=True)
class VtnData:
    """What the last poll that was answered has read."""

    prices: PriceSchedule | None = None
    messages: tuple[Message, ...] = ()
    signals: tuple[Signal, ...] = ()
    changes: Changes | None = None
    """The events that are new, were written anew or are there no more since the poll before; None before the first."""
    read_at: datetime | None = None
    """None before the first poll was answered."""


class VtnCoordinator(DataUpdateCoordinator[VtnData]):
    """Polls one VTN; the standard names no rate (OpenADR 3.1 Definition, "Polling")."""

    config_entry: ConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, known: Mapping[str, Any], openadr: OpenAdr, rounds: Rounds
    ) -> None:
        """``openadr`` is the way to the VTN ``known``, ``rounds`` what goes on in the background of the hub."""
        super().__init__(hass, LOGGER, config_entry=entry, name=f"{entry.title} (OpenADR)")
        self.openadr = openadr
        self.known = known
        """What is known of the VTN; the entry may have another, or none, as the hub is about to be loaded anew."""
        self._rounds = rounds
        self.data = VtnData()
        self.polled: Listeners[bool] = Listeners()
        """Told after each poll, whether it succeeded; entities are told by Home Assistant's own rules."""
        self.reason: UtilityReason | None = None
        """Why the VTN could not be spoken with the last time, None where nothing is known against it."""
        self.failures = 0
        """How many polls in a row have failed."""
        self.failing: Lasting | None = None
        """For how long they have, None where the last poll was answered."""
        self._refusals = Refusals(_REFUSALS)
        self._said: set[str] = set()
        self._closed = False
        self.update_interval = self._next()

    @property
    def key(self) -> str:
        """What no two homes at any VTNs share, also after signing in anew."""
        return ven_key_of(self.known)

    @property
    def connected(self) -> bool | None:
        """Whether the VTN can be spoken with; None before it was."""
        if self.reason is not None:
            return False
        return True if self.data.read_at is not None else None

    @callback
    def async_start(self) -> None:
        """Begin to poll, whether or not entities want to be told."""
        self.config_entry.async_on_unload(self.async_add_listener(lambda: None))
        self.config_entry.async_create_background_task(
            self.hass, self.async_refresh(), f"{DOMAIN} first poll of a VTN"
        )

    async def async_refresh_for_news(self) -> None:
        """Poll, unless the last poll, also one that is under way, has failed: it is left alone as long as it asks."""
        async with self._debounced_refresh.async_lock():
            if self.last_update_success:
                await self._async_refresh()

    def told(self) -> dict[str, Any]:
        """Return how it goes, for diagnostics."""
        prices = self.data.prices
        return {
            "reason": self.reason,
            "failures": self.failures,
            "read_at": self.data.read_at.isoformat() if self.data.read_at else None,
            "prices": len(prices.prices) if prices is not None else 0,
            "messages": len(self.data.messages),
            "signals": sorted({signal.type for signal in self.data.signals}),
            "notes": list(self.openadr.notes),
        }

    def _interval(self) -> timedelta:
        """Return how often it is polled while all is well."""
        if minutes := self.config_entry.options.get(CONF_VTN_INTERVAL):
            return timedelta(minutes=minutes)
        return DEFAULT_VTN_INTERVAL

    def _next(self) -> timedelta:
        return self._interval() * uniform(1 - _JITTER, 1 + _JITTER)

    @override
    async def _async_update_data(self) -> VtnData:
        data: VtnData | None = None
        failure: UtilityError | None = None
        with self._rounds.round(_READING):
            try:
                async with asyncio.timeout(_LONGEST_POLL):
                    data = await self._read()
            except TimeoutError:
                failure = UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"not done in {_LONGEST_POLL:.0f} s")
            except UtilityError as err:
                failure = err
        if data is None:
            raise self._failed(failure)
        self.reason, self.failures, self.failing = None, 0, None
        self._refusals.believe(None)
        self.update_interval = self._next()
        self.data = data
        self._tell(succeeded=True)
        self._say()
        return data

    def _say(self) -> None:
        """Say once what of the VTN's objects cannot be read or acted on."""
        for note in self.openadr.notes:
            if note not in self._said and len(self._said) < _MOST_SAID:
                LOGGER.warning("%s: what the VTN tells is not all understood: %s", self.config_entry.title, note)
                self._said.add(note)

    async def _read(self) -> VtnData:
        changes = await self.openadr.poll()
        self._keep_identity()
        return VtnData(
            prices=await self.openadr.prices(),
            messages=tuple(await self.openadr.messages()),
            signals=tuple(await self.openadr.signals()),
            changes=changes,
            read_at=dt_util.utcnow(),
        )

    @callback
    def _keep_identity(self) -> None:
        """Keep which ven is ours, by which this VTN is known again at another address."""
        identity, entry = self.openadr.ven_identity, self.config_entry
        told = identity is not None and identity != self.known.get("ven_identity")
        if told and not self._closed and entry.data.get(CONF_VTN) == self.known:
            self.known = {**self.known, "ven_identity": identity}
            self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VTN: self.known})

    def _failed(self, err: UtilityError | None) -> UpdateFailed:
        """Take note of a poll that failed, by what the VTN did wrong or, where that is None, by a fault of our own."""
        self.failures += 1
        self.failing = self.failing or Lasting(dt_util.utcnow())
        wait = min(self._interval() * 2 ** min(self.failures - 1, 10), max(_MAX_BACKOFF, self._interval()))
        if err is not None:
            if self._refusals.believe(err.reason):
                self.reason = err.reason
            else:
                wait = min(wait, _TO_BE_SURE)
            if err.retry_after is not None:
                wait = min(max(wait, err.retry_after), _LONGEST_ASKED_FOR)
        self._tell(succeeded=False)
        LOGGER.debug("%s: %s", self.config_entry.title, err.detail if err else "unexpected")
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key="vtn_not_read",
            translation_placeholders={"title": self.config_entry.title},
            retry_after=wait.total_seconds() * uniform(1, 1 + 2 * _JITTER),
        )

    @override
    async def async_shutdown(self) -> None:
        await super().async_shutdown()
        self._closed = True

    def _tell(self, *, succeeded: bool) -> None:
        if self._closed:
            return  # a poll that was under way ends after its hub, whose notices and questions were withdrawn
        with self._rounds.round("what follows a poll of the VTN"):
            self.polled.tell(succeeded)
