"""The one owner of the link to a gateway: commissions on it, then polls it politely."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import uniform
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import Store
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from ..const import (
    CONF_DCAP_PATH,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_POLL_INTERVAL,
    CONF_STATE,
    DEFAULT_POLL_INTERVAL,
    DOMAIN,
    LOGGER,
    MIN_POLL_INTERVAL,
)
from ..devices.device import HanDevice
from ..devices.manager import Registrar
from ..gateway.errors import AWAY, GatewayError, Reason
from ..gateway.ieee2030_5.identity import Identity
from ..gateway.model import DeviceState, GatewayConfiguration, Message, PriceSchedule, Register
from ..gateway.protocol import Gateway
from ..health.manager import HealthManager
from ..load_control.manager import LoadControlManager
from ..procedures.commissioning import CommissioningRun, clock_reason, commission
from ..procedures.step import Outcome, Step, StepResult
from ..vehicles.manager import ChargingManager
from . import notices as issues
from .discovery import async_locate_gateway
from .notifications import async_notify
from .storage import HanStore
from .transport import Transport, transport_of

_CLOCK_EVERY = timedelta(minutes=15)
_CONFIGURATION_EVERY = timedelta(hours=6)
_PRICES_EVERY = timedelta(hours=1)
_MESSAGES_EVERY = timedelta(minutes=5)
_DEVICES_EVERY = timedelta(minutes=5)
_WATCHED_EVERY = timedelta(minutes=1)
_SAVE_EVERY = timedelta(minutes=15)
_PENDING_POLL = timedelta(seconds=60)
_MAX_BACKOFF = timedelta(minutes=15)
_JITTER = 0.2
_FAILURES_TO_BELIEVE = 3
_POLLS_COUNTED = 40
_FAILURES_OF_A_WAY = 3
"""Polls in a row that fail on a weak way; more are an outage."""
_STALE_AFTER = timedelta(minutes=5)
# Reasons behind which the gateway may have moved to another address.
_MAY_HAVE_MOVED = frozenset({Reason.WRONG_GATEWAY, Reason.UNREACHABLE, Reason.GATEWAY_SILENT})
_LOCATE_EVERY_FAILURES = 10
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
REASONS_FOR_REAUTH = _NEEDS_A_PERSON | {Reason.CERTIFICATE_REFUSED}
"""Behind which a person is asked to commission Home Assistant again."""


@dataclass(slots=True)
class RuntimeData:
    """What a loaded config entry holds."""

    coordinator: GatewayCoordinator
    identity: Identity | None
    """None over Zigbee, where the radio has its own."""
    registers: Sequence[Register]
    devices: dict[str, HanDevice]
    """By subentry id."""
    registrar: Registrar
    load_control: LoadControlManager
    charging: ChargingManager
    health: HealthManager


type UtilityHanConfigEntry = ConfigEntry[RuntimeData]


@dataclass(slots=True)
class GatewayData:
    """What is known of the gateway: values by register key, in the register's unit."""

    values: dict[str, float] = field(default_factory=dict)
    clock_offset: timedelta | None = None
    configuration: GatewayConfiguration | None = None
    prices: PriceSchedule | None = None
    messages: list[Message] = field(default_factory=list)


class GatewayCoordinator(DataUpdateCoordinator[GatewayData]):
    """Owns the connection to one gateway.

    Entities subscribe with a register key as context; only registers somebody wants are read.
    """

    config_entry: UtilityHanConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: UtilityHanConfigEntry,
        gateway: Gateway,
        run: CommissioningRun,
        store: HanStore,
        link_store: Store[dict[str, Any]],
        link: dict[str, Any],
    ) -> None:
        """``link`` is what the link's store held."""
        super().__init__(hass, LOGGER, config_entry=entry, name=entry.title)
        self.gateway = gateway
        self.run = run
        self.reason: Reason | None = None
        self.gateway_device_id = ""
        """The gateway in the device registry."""
        self.failures = 0
        self.repeated = 0
        """How often in a row polls failed for the reason they fail for now."""
        self.last_contact: datetime | None = dt_util.parse_datetime(link.get("last_contact") or "")
        self.last_values: dict[str, float] = link.get("values", {})
        self.data = GatewayData()
        self._store = store
        self._link_store = link_store
        self._clock_read: datetime | None = None
        self._prices_read: datetime | None = None
        self._messages_read: datetime | None = None
        self._devices_read: datetime | None = None
        self.seen_messages: list[str] = link.get("seen_messages", [])
        """Ids of messages that were told already; the gateway lists a message for as long as it is in force."""
        self._link_saved: datetime | None = None
        self._configuration_read: datetime | None = None
        self._cancel_stale: CALLBACK_TYPE | None = None
        self._polls: deque[bool] = deque(maxlen=_POLLS_COUNTED)
        self.gap_start: datetime | None = None
        """Last contact before the outage that the latest successful poll ended; None after any other poll."""
        self.values_before_gap: dict[str, float] = {}
        self.update_interval = self._interval()

    @property
    def state(self) -> DeviceState:
        """How far Home Assistant has come on this gateway."""
        return DeviceState(self.config_entry.data[CONF_STATE])

    @property
    def steps(self) -> list[StepResult]:
        """The commissioning steps as they were last taken."""
        return [StepResult.from_dict(result) for result in self.run.results.values()]

    @property
    def connected(self) -> bool:
        """Whether the last poll reached the gateway and was let in."""
        return self.state is DeviceState.COMMISSIONED and self.reason in (None, Reason.CLOCK_OFF)

    @property
    def fresh(self) -> bool:
        """Whether values are recent enough to be shown: one missed poll is no reason to lose them."""
        if self.last_contact is None or not self.data.values:
            return False
        interval = self.update_interval or DEFAULT_POLL_INTERVAL
        return dt_util.utcnow() - self.last_contact < max(_STALE_AFTER, 3 * interval)

    @property
    def persists(self) -> bool:
        """Whether polls fail for the same reason again and again: once may be a gateway in trouble."""
        return self.repeated >= _FAILURES_TO_BELIEVE

    def silent_for(self, now: datetime) -> timedelta:
        """Return how long the gateway has not been heard of, while it is away; nothing otherwise."""
        if self.reason not in AWAY or self.last_contact is None:
            return timedelta(0)
        return now - self.last_contact

    @property
    def missed_share(self) -> float:
        """The share of the last polls that failed, but for outages: those say nothing of how good the way is."""
        return self._polls.count(False) / _POLLS_COUNTED

    def _interval(self) -> timedelta:
        if self.state is not DeviceState.COMMISSIONED:
            return _PENDING_POLL
        if seconds := self.config_entry.options.get(CONF_POLL_INTERVAL):
            return timedelta(seconds=seconds)
        if self.data.configuration is not None:
            rate = self.data.configuration.poll_interval
        else:
            found = self.run.results.get(Step.IP_8, {}).get("evidence", {}).get("poll_interval")
            rate = timedelta(seconds=found) if found else None
        return max(rate or DEFAULT_POLL_INTERVAL, MIN_POLL_INTERVAL)

    @override
    async def _async_update_data(self) -> GatewayData:
        try:
            if self.state is DeviceState.COMMISSIONED:
                data = await self._poll()
            else:
                data = await self._commission()
        except GatewayError as err:
            raise await self._failed(err) from err
        self.update_interval = self._interval()
        return data

    async def _poll(self) -> GatewayData:
        now = dt_util.utcnow()
        keys = set(self.async_contexts())
        load_control = self.config_entry.runtime_data.load_control
        with_clock = self._clock_read is None or now - self._clock_read > _CLOCK_EVERY
        async with self.gateway.session():
            readings = await self.gateway.read(keys, include_clock=with_clock)
            more = await self._read_more(now)
            controls = await load_control.async_read()
        if with_clock:
            self._clock_read = now
        offset = readings.clock_offset if with_clock else self.data.clock_offset
        self.data = replace(more, values=readings.values, clock_offset=offset)
        self._succeeded(now, readings.values, clock_reason(offset))
        await load_control.async_take(controls, offset)
        return self.data

    async def _read_more(self, now: datetime) -> GatewayData:
        """Read what changes seldom, where it is time; readings are not lost when that fails."""
        data = self.data
        try:
            if self._due(now, self._configuration_read, _CONFIGURATION_EVERY):
                self._configuration_read = now
                data = replace(data, configuration=await self._read_configuration())
            if self.offers("pricing") and self._due(now, self._prices_read, _PRICES_EVERY):
                self._prices_read = now
                data = replace(data, prices=await self.gateway.prices())
            if self.offers("messaging") and self._due(now, self._messages_read, _MESSAGES_EVERY):
                self._messages_read = now
                data = replace(data, messages=await self.gateway.messages())
            runtime = self.config_entry.runtime_data
            every = _WATCHED_EVERY if runtime.registrar.watching else _DEVICES_EVERY
            if runtime.devices and self._due(now, self._devices_read, every):
                self._devices_read = now
                await self._read_devices(now)
        except GatewayError as err:
            LOGGER.debug("%s: read later: %s", self.name, err)
        return data

    async def _read_devices(self, now: datetime) -> None:
        """Note which of the hub's devices the gateway lists; where it keeps no list, it is as good as the gateway."""
        listed = await self.gateway.listed_devices()
        known = {device.lfdi: device for device in listed or ()}
        for device in self.config_entry.runtime_data.devices.values():
            device.listed = None if listed is None else device.lfdi in known
            if device.listed is not False:
                device.last_contact = now
        await self.config_entry.runtime_data.registrar.async_look(known)

    def _due(self, now: datetime, last: datetime | None, every: timedelta) -> bool:
        # Nothing more with the very first poll: entities shall have their values soon after a start.
        return bool(self.data.values) if last is None else now - last > every

    def offers(self, function_set: str) -> bool:
        """Whether the gateway has a function set (names as in ``GatewayConfiguration``), as far as is known."""
        if self.data.configuration is not None:
            return function_set in self.data.configuration.function_sets
        return function_set in self.run.results.get(Step.IP_8, {}).get("evidence", {}).get("function_sets", ())

    async def _read_configuration(self) -> GatewayConfiguration:
        configuration = await self.gateway.configuration()
        known = self.data.configuration
        if known is not None and known.info.software_version != configuration.info.software_version:
            # Firmware updates move resources and add registers.
            LOGGER.info("%s: firmware is now %s", self.name, configuration.info.software_version)
            before = {register.key for register in self.gateway.known_registers()}
            if before != {register.key for register in await self.gateway.discover_registers()}:
                self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        return configuration

    async def _commission(self) -> GatewayData:
        """Take the commissioning steps that can be taken now; the utility may need days for its part."""
        result: StepResult | None = None
        async for result in commission(self.gateway, self.run, self._save_run):
            LOGGER.debug("%s: %s %s", self.name, result.step, result.outcome)
        if result is None or result.outcome in (Outcome.WAITING, Outcome.FAILED):
            reason = result.reason if result and isinstance(result.reason, Reason) else Reason.GATEWAY_SILENT
            if result is not None and result.outcome is Outcome.WAITING:
                self.reason = reason
                return self.data
            raise GatewayError(reason, str(result.evidence.get("detail", reason)) if result else reason)
        self.reason = None
        self.last_contact = dt_util.utcnow()
        self.config_entry.async_create_task(self.hass, self._commissioned(), f"{DOMAIN} commissioned")
        return self.data

    async def _commissioned(self) -> None:
        await self.async_save_link()
        await async_notify(self.hass, self.config_entry, "commissioned")
        known = self.gateway.expected_lfdi or self.config_entry.data[CONF_GATEWAY_LFDI]
        data = {**self.config_entry.data, CONF_STATE: DeviceState.COMMISSIONED.value, CONF_GATEWAY_LFDI: known}
        self.hass.config_entries.async_update_entry(self.config_entry, data=data)
        self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    async def _save_run(self, run: CommissioningRun) -> None:
        await self._store.async_put("runs", self.config_entry.data[CONF_GATEWAY_SFDI], run.to_dict())

    def _succeeded(self, now: datetime, values: dict[str, float], reason: Reason | None) -> None:
        self.gap_start = None
        if self._missed_hours(now):
            self.gap_start, self.values_before_gap = self.last_contact, self.last_values
        self.failures = self.repeated = 0
        self._polls.append(True)
        self.reason = reason
        self.last_contact = now
        self.last_values = self.last_values | values
        self._cancel_stale_timer()
        issues.async_update(self.hass, self)
        if self._link_saved is None or now - self._link_saved > _SAVE_EVERY:
            self._link_saved = now
            self._link_store.async_delay_save(self._link_snapshot)

    def _missed_hours(self, now: datetime) -> bool:
        if self.last_contact is None:
            return False
        hour = now.replace(minute=0, second=0, microsecond=0)
        return hour - self.last_contact > timedelta(hours=1)

    async def _failed(self, err: GatewayError) -> UpdateFailed | ConfigEntryAuthFailed:
        self.failures += 1
        if self.failures <= _FAILURES_OF_A_WAY:
            self._polls.append(False)
        elif self.failures == _FAILURES_OF_A_WAY + 1:
            for _ in range(min(_FAILURES_OF_A_WAY, len(self._polls))):
                self._polls.pop()
        self.repeated = self.repeated + 1 if self.reason is err.reason else 1
        if self.reason is not err.reason:
            self.reason = err.reason
            self.async_update_listeners()
        if err.reason in _MAY_HAVE_MOVED and self.failures % _LOCATE_EVERY_FAILURES == 1:
            await self._relocate()
        issues.async_update(self.hass, self)
        self._watch_staleness()
        placeholders = {"title": self.name, "detail": err.detail}
        refused = err.reason is Reason.CERTIFICATE_REFUSED and self.persists
        if refused or err.reason in _NEEDS_A_PERSON:
            # One refusal may be a gateway in trouble; a person is asked only when it persists. What only a person
            # can change is not tried again until then.
            self.update_interval = None if err.reason in _NEEDS_A_PERSON else self._backoff()
            return ConfigEntryAuthFailed(
                translation_domain=DOMAIN, translation_key=err.reason, translation_placeholders=placeholders
            )
        return UpdateFailed(
            translation_domain=DOMAIN,
            translation_key=err.reason,
            translation_placeholders=placeholders,
            retry_after=self._backoff().total_seconds(),
        )

    def _backoff(self) -> timedelta:
        interval = self._interval()
        longest = max(_MAX_BACKOFF, interval)
        seconds = min(interval * 2 ** min(self.failures - 1, 10), longest).total_seconds()
        return timedelta(seconds=seconds * uniform(1 - _JITTER, 1 + _JITTER))

    async def _relocate(self) -> None:
        """Follow the gateway to a new address, where mDNS knows one."""
        if transport_of(self.config_entry.data) is not Transport.IP:
            return
        sfdi = self.config_entry.data[CONF_GATEWAY_SFDI]
        if (found := await async_locate_gateway(self.hass, sfdi)) is None:
            return
        address = {CONF_HOST: found.host, CONF_PORT: found.port, CONF_DCAP_PATH: found.dcap_path}
        if address.items() <= self.config_entry.data.items():
            return
        LOGGER.info("%s: found at a new address", self.name)
        self.hass.config_entries.async_update_entry(self.config_entry, data={**self.config_entry.data, **address})
        self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    async def async_resynchronise(self) -> None:
        """Find the gateway where it is now, and read everything of it anew."""
        await self._relocate()
        self._polls.clear()
        self._clock_read = self._configuration_read = self._devices_read = None
        self._prices_read = self._messages_read = None
        await self.async_refresh()

    @callback
    def _watch_staleness(self) -> None:
        """Have entities look again when their values turn stale, however long the next poll takes."""
        if self._cancel_stale is None and self.fresh:
            interval = self.update_interval or DEFAULT_POLL_INTERVAL
            self._cancel_stale = async_call_later(self.hass, max(_STALE_AFTER, 3 * interval), self._turned_stale)

    @callback
    def _turned_stale(self, _now: datetime) -> None:
        self._cancel_stale = None
        self.async_update_listeners()

    @callback
    def _cancel_stale_timer(self) -> None:
        if self._cancel_stale is not None:
            self._cancel_stale()
            self._cancel_stale = None

    def _link_snapshot(self) -> dict[str, Any]:
        return {
            CONF_GATEWAY_LFDI: self.gateway.expected_lfdi,
            "gateway": self.gateway.snapshot(),
            "last_contact": self.last_contact.isoformat() if self.last_contact else None,
            "values": self.last_values,
            "seen_messages": self.seen_messages,
        }

    async def async_save_link(self) -> None:
        """Write what a restart would otherwise have to discover again."""
        await self._link_store.async_save(self._link_snapshot())

    @override
    async def async_shutdown(self) -> None:
        await super().async_shutdown()
        self._cancel_stale_timer()
