"""The one owner of the link to a gateway: commissions on it, then polls it politely, part by part."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import uniform
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ...const import CONF_POLL_INTERVAL, CONF_STATE, DEFAULT_POLL_INTERVAL, DOMAIN, LOGGER, MIN_POLL_INTERVAL
from ...gateway import ABOUT_RESOURCE, DeviceState, Gateway, GatewayError, Reason, unexpected
from ...procedures import RegisterGuard, Step, clock_reason
from ..background.listeners import Listeners
from ..background.rounds import Rounds
from ..reach.following import MAY_HAVE_MOVED, async_follow
from ..reach.ports import async_before
from ..reach.transport import Transport, transport_of
from .commissioning import CommissioningPass
from .contact import Contact
from .corrections import CorrectedMeter, corrections_of
from .parts import Configuration, GatewayData, Part, Prices, Readings, Registers

_CLOCK_EVERY = timedelta(minutes=15)
_CONFIGURATION_EVERY = timedelta(hours=6)
_REGISTERS_EVERY = timedelta(minutes=15)
_PRICES_EVERY = timedelta(hours=1)
_PENDING_POLL = timedelta(seconds=60)
_MAX_BACKOFF = timedelta(minutes=15)
_JITTER = 0.2
_LONGEST_PART = 300.0
"""Seconds for one part of a poll: a gateway that always has more to tell is left for this time."""
_STALE_AFTER = timedelta(minutes=5)
_FOLLOW_EVERY_FAILURES = 10
_ABOUT_PART = ABOUT_RESOURCE | {Reason.CERTIFICATE_REFUSED, Reason.PORTAL_PENDING, Reason.UNEXPECTED}
_NEEDS_A_PERSON = frozenset(
    {
        Reason.CERTIFICATE_EXPIRED,
        Reason.WRONG_PIN,
        Reason.REGISTRATION_REFUSED,
        Reason.LEFT_NETWORK,
        Reason.WRONG_INSTALL_CODE,
        Reason.NOT_AUTHORIZED,
    }
)
_CONNECTED = (None, Reason.CLOCK_OFF, Reason.READINGS_DOUBTED)
REASONS_FOR_REAUTH = _NEEDS_A_PERSON | {Reason.CERTIFICATE_REFUSED}
"""Behind which a person is asked to commission Home Assistant again."""
_QUESTIONS = ("reauth_confirm", "left", "pin_differs")
"""The pages on which that dialog waits for a person to begin."""


class GatewayCoordinator(DataUpdateCoordinator[GatewayData]):
    """Owns the connection to one gateway.

    Entities subscribe with a register key as context; only registers somebody wants are read. Rooms above add the
    parts that they want read to ``parts``.
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        gateway: Gateway,
        commissioning: CommissioningPass,
        contact: Contact,
        guard: RegisterGuard,
        rounds: Rounds,
    ) -> None:
        """``contact`` is how contact with the gateway was before a restart, ``guard`` knows its registers' values."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title)
        self.gateway = gateway
        self.meter = CorrectedMeter(gateway, corrections_of(entry.options))
        self.rounds = rounds
        self.commissioning = commissioning
        self.contact = contact
        self.data = GatewayData()
        self.polled: Listeners[bool] = Listeners()
        """Told after each poll, whether it succeeded; entities are told by Home Assistant's own rules."""
        self.commissioned: Listeners[()] = Listeners()
        """Told when the last commissioning step was taken."""
        self.parts: list[Part] = [
            Readings(self.meter, guard, self.data, lambda: set(self.async_contexts()), _CLOCK_EVERY),
            Configuration(gateway, self.data, _CONFIGURATION_EVERY),
            Registers(gateway, _REGISTERS_EVERY),
            Prices(gateway, self.data, _PRICES_EVERY, self.offers),
        ]
        self._cancel_stale: CALLBACK_TYPE | None = None
        self._closed = False
        self._answered = False
        """Whether a poll was answered since the start."""
        self._asks = False
        """Whether a person was asked to commission Home Assistant again since a poll was last answered."""
        self.has_gateway = transport_of(entry.data) is not Transport.NONE
        """Whether there is one to be polled."""
        self.update_interval = self.poll_interval() if self.has_gateway else None

    @property
    def state(self) -> DeviceState:
        """How far Home Assistant has come on this gateway."""
        return DeviceState(self.config_entry.data.get(CONF_STATE, DeviceState.COMMISSIONED))

    @property
    def connected(self) -> bool | None:
        """Whether the last poll reached the gateway and was let in; None before the first has ended."""
        if self.state is not DeviceState.COMMISSIONED or self.contact.reason not in _CONNECTED:
            return False
        return True if self.contact.heard_of else None

    @property
    def fresh(self) -> bool:
        """Whether values are recent enough to be shown: one missed poll is no reason to lose them."""
        return self.heard and bool(self.data.values)

    @property
    def heard(self) -> bool:
        """Whether the gateway was heard of recently enough for what it said of itself to be shown."""
        last = self.contact.last_contact
        return last is not None and abs(dt_util.utcnow() - last) < self._stale_after

    @property
    def _stale_after(self) -> timedelta:
        return max(_STALE_AFTER, 3 * (self.update_interval or DEFAULT_POLL_INTERVAL))

    def offers(self, function_set: str) -> bool:
        """Whether the gateway has a function set (names as in ``GatewayConfiguration``), as far as is known."""
        if self.data.configuration is not None:
            return function_set in self.data.configuration.function_sets
        return function_set in self.commissioning.run.found(Step.IP_8).get("function_sets", ())

    def poll_interval(self) -> timedelta:
        """Return how often it is polled while all is well."""
        if self.state is not DeviceState.COMMISSIONED:
            return _PENDING_POLL
        if seconds := self.config_entry.options.get(CONF_POLL_INTERVAL):
            return timedelta(seconds=seconds)
        if self.data.configuration is not None:
            rate = self.data.configuration.poll_interval
        else:
            found = self.commissioning.run.found(Step.IP_8).get("poll_interval")
            rate = timedelta(seconds=found) if found else None
        return max(rate or DEFAULT_POLL_INTERVAL, MIN_POLL_INTERVAL)

    @override
    async def _async_update_data(self) -> GatewayData:
        if not self.has_gateway:
            return self.data
        now = dt_util.utcnow()
        try:
            await self._leave_to_others()
            if self.state is DeviceState.COMMISSIONED:
                await self._poll(now)
            else:
                await self._commission(now)
        except GatewayError as err:
            raise await self._failed(err) from err
        except Exception as err:
            # Whatever it is, nothing was read: a failed poll, and not the values of the last one.
            if self.contact.reason is not Reason.UNEXPECTED:
                LOGGER.exception("%s: unexpected error while reading", self.name)
            raise await self._failed(unexpected(err)) from err
        self.update_interval = self.poll_interval()
        return self.data

    async def _leave_to_others(self) -> None:
        """Open the port of a radio that is gone no more where somebody else has it by now: that would reset theirs."""
        if self.contact.reason is Reason.RADIO_GONE:
            user = await async_before(self.hass, self.config_entry)
            if user is not None:
                raise GatewayError(Reason.RADIO_GONE, f"{user} uses its port")

    async def _poll(self, now: datetime) -> None:
        first = not self._answered
        due = [part for part in self.parts if part.due(now, first=first)]
        async with self.gateway.session():
            read = await self._read(due, now)
        self._answered = True
        self.contact.succeeded(now, self._still_wrong())
        self._withdraw_question()
        self._cancel_stale_timer()
        self._tell(succeeded=True)
        for part in read:
            with suppress(GatewayError), self.rounds.round("what follows a poll", type(part).__name__):
                async with asyncio.timeout(_LONGEST_PART):
                    await part.take(now)

    def _still_wrong(self) -> Reason | None:
        """Return what is wrong although the poll was answered."""
        if not self.data.enabled:
            return Reason.NO_LONGER_REGISTERED
        return Reason.READINGS_DOUBTED if self.data.doubted else clock_reason(self.data.clock_offset)

    async def _read(self, parts: Sequence[Part], now: datetime) -> list[Part]:
        """Read what is due and return what was read; what is not essential is read again when its time has come."""
        read: list[Part] = []
        lost = 0
        for part in parts:
            part.begin(now)
            try:
                await self._read_part(part, now)
            except GatewayError as err:
                if part.essential:
                    raise
                part.note(err)
                LOGGER.debug("%s: %s: read later: %s", self.name, type(part).__name__, err)
                # Where what is essential was answered just now, one refusal, or one request that is dropped, is about
                # that resource; a second one that is dropped is the way to the gateway.
                lost += err.reason not in _ABOUT_PART
                if lost > 1 or err.reason in MAY_HAVE_MOVED - {Reason.GATEWAY_SILENT}:
                    break
            else:
                part.note(None)
                read.append(part)
        return read

    async def _read_part(self, part: Part, now: datetime) -> None:
        """Read one part; an error that nobody thought of is one of that part, unless it is essential."""
        try:
            async with asyncio.timeout(_LONGEST_PART) as deadline:
                await part.read(now)
        except GatewayError:
            raise
        except Exception as err:
            if deadline.expired():
                raise GatewayError(Reason.GATEWAY_SILENT, f"not done in {_LONGEST_PART:.0f} s") from err
            if part.essential:
                raise
            if part.failure is None or part.failure.reason is not Reason.UNEXPECTED:
                LOGGER.exception("%s: %s: unexpected error", self.name, type(part).__name__)
            raise unexpected(err) from err

    async def _commission(self, now: datetime) -> None:
        try:
            async with asyncio.timeout(_LONGEST_PART):
                waits_for = await self.commissioning.async_take()
        except TimeoutError as err:
            raise GatewayError(Reason.GATEWAY_SILENT, f"not done in {_LONGEST_PART:.0f} s") from err
        if waits_for is not None:
            self.contact.reason = waits_for
            return
        self.contact.succeeded(now)
        self.commissioned.tell()

    async def _failed(self, err: GatewayError) -> UpdateFailed | ConfigEntryAuthFailed:
        if self.contact.failed(err.reason):
            self.async_update_listeners()
        if err.reason in MAY_HAVE_MOVED and self.contact.failures % _FOLLOW_EVERY_FAILURES == 1:
            await async_follow(self.hass, self.config_entry)
        self._tell(succeeded=False)
        self._watch_staleness()
        placeholders = {"title": self.name}
        LOGGER.debug("%s: %s: %s", self.name, err.reason, err.detail)
        if err.reason in _NEEDS_A_PERSON:
            # What only a person can change is not tried again until then.
            self.update_interval, self._asks = None, True
            return ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key=err.reason, translation_placeholders=placeholders
            )
        if err.reason is Reason.CERTIFICATE_REFUSED and self.contact.persists and not self._closed:
            # One refusal may be a gateway in trouble; a person is asked only when it persists. That may be trouble as
            # well, so it is polled on, which Home Assistant would end with ``ConfigEntryAuthFailed``.
            self._asks = True
            self.config_entry.async_start_reauth(self.hass)
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=err.reason,
            translation_placeholders=placeholders,
            retry_after=self._backoff().total_seconds(),
        )

    def _withdraw_question(self) -> None:
        """Ask no longer, unless somebody is about to commission Home Assistant again."""
        if self._asks:
            self._asks = False
            for flow in self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
                if flow.get("step_id") in _QUESTIONS:
                    self.hass.config_entries.flow.async_abort(flow["flow_id"])

    def _tell(self, *, succeeded: bool) -> None:
        if self._closed:
            return  # a poll that was under way ends after its hub, whose notices were withdrawn
        with self.rounds.round("what follows a poll"):
            self.polled.tell(succeeded)

    def _backoff(self) -> timedelta:
        interval = self.poll_interval()
        longest = max(_MAX_BACKOFF, interval)
        seconds = min(interval * 2 ** min(self.contact.failures - 1, 10), longest).total_seconds()
        return timedelta(seconds=seconds * uniform(1 - _JITTER, 1 + _JITTER))

    def read_anew(self) -> None:
        """Have every part read with the next poll."""
        for part in self.parts:
            part.read_anew()

    async def async_resynchronise(self) -> None:
        """Find the gateway where it is now, and read everything of it anew."""
        await async_follow(self.hass, self.config_entry)
        self.contact.count_anew()
        self.read_anew()
        await self.async_refresh()

    @callback
    def _watch_staleness(self) -> None:
        """Have entities look again when their values turn stale, however long the next poll takes."""
        if self._cancel_stale is None and self.heard and not self._closed:
            self._cancel_stale = async_call_later(self.hass, self._stale_after, self._turned_stale)

    @callback
    def _turned_stale(self, _now: datetime) -> None:
        self._cancel_stale = None
        self.async_update_listeners()

    @callback
    def _cancel_stale_timer(self) -> None:
        if self._cancel_stale is not None:
            self._cancel_stale()
            self._cancel_stale = None

    @override
    async def async_shutdown(self) -> None:
        await super().async_shutdown()
        self._closed = True  # a poll that is under way may still fail
        self._cancel_stale_timer()
