"""Tells who asked what became of a control: a box of answers for each, emptied in the background."""

from asyncio import Lock
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..devices.device import HanDevice
from ..esi import Source
from ..hub.hub import Hub
from ..procedures import Effect
from .running import runs_now
from .sources import ControlSource
from .store import KeptControls


class Answering:
    """The answers of one hub's devices."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        kept: KeptControls,
        sources: Mapping[Source, ControlSource],
        device: Callable[[str], HanDevice | None],
    ) -> None:
        """``device`` finds one by its LFDI."""
        self._hass = hass
        self._title = hub.entry.title
        self._rounds = hub.rounds
        self._kept = kept
        self._sources = sources
        self._device = device
        self._sending = {source: Lock() for source in sources}
        self._known = {Source.GATEWAY}
        """Who can be told: the utility only knows what an answer is about once it was read."""

    @callback
    def async_heard_of(self, source: Source) -> None:
        """Take note that somebody can be told."""
        self._known.add(source)

    @callback
    def async_keep(self, effect: Effect) -> None:
        """Keep the answer to what happened, where there is one, with whether the device runs at this moment."""
        if (response := effect.response) is None:
            return
        device = self._device(response.lfdi)
        if device is not None and device.control:
            response = replace(response, running=runs_now(self._hass, device.control["entity_id"]))
        self._kept.outboxes[effect.control.source].add(response)

    def lock(self, source: Source) -> Lock:
        """Return what is held by who sends."""
        return self._sending[source]

    @callback
    def async_begin(self) -> None:
        """Begin to send what waits, where nobody is at it."""
        for source, lock in self._sending.items():
            if source in self._known and self._kept.outboxes[source] and not lock.locked():
                self._rounds.begin("answering controls", partial(self._async_answer, source), source)

    async def _async_answer(self, source: Source) -> None:
        """Send what waits in batches: a poll, which brings controls, never waits for more than one of them."""
        async with self._sending[source]:
            await self.async_send(source)

    async def async_send(self, source: Source) -> None:
        """Send what waits for one who asks; the caller holds the lock."""
        await self._kept.outboxes[source].async_send(
            self._sources[source],
            dt_util.utcnow,
            self._rounds,
            self._kept.async_save,
            self._delivered_to_gateway if source is Source.GATEWAY else self._delivered,
            self._refused,
        )

    @callback
    def _delivered(self, lfdi: str) -> None:
        if (device := self._device(lfdi)) is not None:
            device.last_contact = dt_util.utcnow()

    @callback
    def _delivered_to_gateway(self, lfdi: str) -> None:
        self._delivered(lfdi)
        if (device := self._device(lfdi)) is not None:
            device.spoken_for = True

    @callback
    def _refused(self, lfdi: str) -> None:
        device = self._device(lfdi)
        if device is not None and device.spoken_for and device.listed is not False:
            device.spoken_for = False
            LOGGER.warning(
                "%s: the gateway takes no answers for %s from Home Assistant: it belongs to another certificate",
                self._title,
                device.title,
            )
