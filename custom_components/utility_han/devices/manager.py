"""The one owner of the way to the utility: registers the hub's devices and follows what the utility says of them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..account.backoff import Backoff, async_rest
from ..const import CONF_ADDED_BY_US, CONF_GATEWAY_LFDI, CONF_UTILITY, DOMAIN, LOGGER, SUBENTRY_DEVICE
from ..gateway.errors import GatewayError
from ..gateway.model import DeviceState, ListedDevice
from ..hub.notifications import async_notify
from ..procedures.registration import RegistrationRun, deregister, register
from ..procedures.step import AnyReason, Outcome, StepResult
from ..utility.errors import UtilityError, UtilityReason
from ..utility.han_api.client import UtilityClient
from ..utility.model import Event, Registration, Stage
from .store import Record, Registrations

if TYPE_CHECKING:
    from ..hub.coordinator import GatewayCoordinator

LONG_POLL = 50
"""Seconds that the utility may keep a request for events."""
LOOK_AGAIN = 60.0
"""Seconds after which what waits is looked at again, events or not."""
# Behind these there is no use in asking about the next device.
_CONCERNS_ALL = frozenset({UtilityReason.UTILITY_UNREACHABLE, UtilityReason.UTILITY_BUSY, UtilityReason.UNAUTHORIZED})


class Registrar:
    """Registers devices with the utility, in flows and in the background, one pass of a device at a time."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: GatewayCoordinator,
        registrations: Registrations,
        utility: UtilityClient | None,
    ) -> None:
        """``utility`` is None where the hub has no account linked (portal mode)."""
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self.registrations = registrations
        self.utility = utility
        lost = CONF_UTILITY in self._entry.data and utility is None
        self.reason: AnyReason | None = UtilityReason.UNAUTHORIZED if lost else None
        """Why the utility cannot be spoken with, None while it can."""
        self.pre_registered: list[Registration] = []
        """Devices that the utility registered beforehand and nobody has taken over yet."""
        self._locks: dict[str, asyncio.Lock] = {}
        self._wake = asyncio.Event()
        self._listeners: list[Callable[[Event], None]] = []

    @callback
    def async_add_listener(self, listener: Callable[[Event], None]) -> None:
        """Have ``listener`` told of every event at the utility, for as long as the hub is loaded."""
        self._listeners.append(listener)

    @property
    def linked_utility(self) -> UtilityClient:
        """The way to the utility; ``UtilityError`` where no account is linked."""
        if self.utility is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "no utility account is linked")
        return self.utility

    @property
    def premise_id(self) -> str | None:
        """The premise of the linked account."""
        account = self._entry.data.get(CONF_UTILITY)
        return str(account["premise_id"]) if account else None

    @callback
    def async_start(self) -> None:
        """Begin to follow the utility, where an account is linked."""
        if self.utility is not None:
            self._entry.async_create_background_task(self._hass, self._follow_utility(), f"{DOMAIN} registrations")

    @callback
    def async_wake(self) -> None:
        """Look at once at what is left to do."""
        self._wake.set()

    async def async_steps(self, record: Record) -> AsyncGenerator[StepResult]:
        """Take the registration's steps and tell each, as :func:`~.procedures.registration.register` does."""
        utility = self.linked_utility
        run = record.run
        async with self._locks.setdefault(run.lfdi, asyncio.Lock()):
            before = run.device_state
            result: StepResult | None = None
            steps = register(utility, self._coordinator.gateway, run, self.async_save)
            async for result in steps:
                LOGGER.debug("%s: %s %s", record.title, result.step, result.outcome)
                yield result
            self._note_reason(result)
            await self._settled(record, before)

    async def async_pass(self, record: Record) -> StepResult | None:
        """Take every step that can be taken now and return the last."""
        results = [result async for result in self.async_steps(record)]
        return results[-1] if results else None

    async def async_save(self, _run: RegistrationRun) -> None:
        """Write every registration; on disk when this returns."""
        await self.registrations.async_save()

    def _note_reason(self, result: StepResult | None) -> None:
        if result is not None and result.reason is UtilityReason.UNAUTHORIZED:
            self._set_reason(UtilityReason.UNAUTHORIZED)

    def _set_reason(self, reason: AnyReason | None) -> None:
        if reason is self.reason:
            return
        self.reason = reason
        if reason is UtilityReason.UNAUTHORIZED:
            self._entry.async_start_reauth(self._hass)
        self._coordinator.async_update_listeners()

    async def _settled(self, record: Record, before: DeviceState) -> None:
        """Let the rest of Home Assistant know where a device stands after a pass."""
        run = record.run
        self.async_show(record)
        after = run.device_state
        if after is not before and record.run.lfdi not in self.registrations.claimed:
            told = {
                DeviceState.ENROLLED: "device_registered",
                DeviceState.REGISTERED: "device_registered",
                DeviceState.FAILED: "device_failed",
                DeviceState.REMOVED: "device_closed",
            }
            if (key := told.get(after)) is not None and before is not DeviceState.REMOVED:
                await async_notify(self._hass, self._entry, key, {"device": record.title})

    @callback
    def async_show(self, record: Record) -> None:
        """Bring the device that entities show up to date with its record, and have it shown."""
        if self._bring_up_to_date(record):
            self._coordinator.async_update_listeners()

    def _bring_up_to_date(self, record: Record) -> bool:
        device = self._entry.runtime_data.devices.get(record.subentry_id or "")
        if device is None:
            return False
        run = record.run
        device.state = run.device_state
        device.dr_programs = run.programs
        device.program_names = tuple(consent["name"] for consent in run.consents or ())
        return True

    async def _follow_utility(self) -> None:
        """Bring every device as far as it can come, then wait for the utility's events; for as long as the hub is."""
        backoff = Backoff()
        while True:
            self._wake.clear()
            try:
                await self._do_what_is_left()
                await self._find_pre_registered()
                await self._wait_for_news()
            except UtilityError as err:
                self._set_reason(err.reason)
                if err.reason is UtilityReason.UNAUTHORIZED:
                    return  # a person is asked; the hub is loaded anew afterwards
                wait = backoff.after(err)
                LOGGER.debug("%s: utility: %s; again in %.0f s", self._entry.title, err, wait)
                await async_rest(self._wake, wait)
            else:
                backoff.reset()
                self._set_reason(None)

    async def _wait_for_news(self) -> None:
        """Return when the utility told something, when something was begun here, or after a while."""
        if self.utility is None:
            return
        news = asyncio.ensure_future(self.utility.events(self.registrations.cursor, LONG_POLL))
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
            events, self.registrations.cursor = news.result()
        except UtilityError as err:
            if err.reason is not UtilityReason.CURSOR_EXPIRED:
                raise
            self.registrations.cursor = None
            return
        self.registrations.save_later()
        known = {record.run.registration_id: record for record in self.registrations.records.values()}
        changed: dict[str, Record] = {}
        for event in events:
            for listener in self._listeners:
                listener(event)
            # Events come at least once and in any order: what counts is the registration as it is now.
            record = known.get(event.subject)
            if record is not None and (event.version is None or event.version > record.run.version):
                changed[record.run.lfdi] = record
        for record in changed.values():
            if record.run.lfdi not in self.registrations.claimed and not record.run.closing:
                await self._passed(record)

    async def _do_what_is_left(self) -> None:
        for record in list(self.registrations.records.values()):
            if record.run.closing:
                await self._close(record)
            elif self._is_left(record):
                await self._passed(record)

    def _is_left(self, record: Record) -> bool:
        run = record.run
        if record.subentry_id is None or run.lfdi in self.registrations.claimed or run.finished:
            return False
        # What failed for a reason of its own waits for a person, or for the utility's event.
        return run.device_state not in (DeviceState.FAILED, DeviceState.REMOVED)

    async def _passed(self, record: Record) -> None:
        result = await self.async_pass(record)
        if result is None or result.outcome is not Outcome.WAITING:
            return
        if result.reason in _CONCERNS_ALL:
            raise UtilityError(UtilityReason(result.reason), str(result.evidence.get("detail", "")))

    async def _close(self, record: Record) -> None:
        """Deregister a device whose subentry was removed, take it off the gateway's list, and forget it."""
        if self.utility is None:
            return
        await deregister(self.utility, record.run, self.async_save)
        await self.async_take_off_list(record)
        del self.registrations.records[record.run.lfdi]
        await self.registrations.async_save()

    async def async_take_off_list(self, record: Record) -> None:
        """Take a device off the gateway's list, where it was us who put it there."""
        if record.data.get(CONF_ADDED_BY_US) and record.run.href is not None:
            try:
                await self._coordinator.gateway.withdraw(record.run.href)
            except GatewayError as err:
                LOGGER.warning("%s stays on the gateway's list: %s", record.title, err)

    async def _find_pre_registered(self) -> None:
        if self.utility is None or self.premise_id is None:
            return
        lfdi = self._entry.data[CONF_GATEWAY_LFDI]
        known = self.registrations.records
        self.pre_registered = [
            registration
            for registration in await self.utility.registrations(self.premise_id, lfdi)
            if registration.stage is Stage.PRE_REGISTERED and registration.lfdi not in known
        ]
        issue_id = f"pre_registered_{self._entry.entry_id}"
        if not self.pre_registered:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        names = ", ".join(registration.name or registration.lfdi for registration in self.pre_registered)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key="pre_registered",
            translation_placeholders={"title": self._entry.title, "devices": names},
        )

    @property
    def _portal(self) -> list[Record]:
        """Devices of which, without an account, only the gateway can tell what the utility has made of them."""
        if CONF_UTILITY in self._entry.data:
            return []
        return [record for record in self.registrations.records.values() if record.subentry_id is not None]

    @property
    def watching(self) -> bool:
        """Whether somebody waits for the utility to enroll a device in its portal."""
        return any(record.run.device_state is not DeviceState.ENROLLED for record in self._portal)

    async def async_look(self, listed: Mapping[str | None, ListedDevice]) -> None:
        """Portal mode: the gateway's list (by LFDI) and assignments tell how far the devices have come."""
        gateway = self._coordinator.gateway
        for record in self._portal:
            run, before = record.run, record.run.device_state
            if (device := listed.get(run.lfdi)) is None:
                continue
            run.href = device.href
            programs = await gateway.device_programs(device.href)
            run.dr_programs = [asdict(program) for program in programs]
            run.state = (DeviceState.ENROLLED if programs else DeviceState.COMMISSIONED).value
            # Many devices are looked at in one poll, which has all of them shown when it ends.
            self._bring_up_to_date(record)
            if run.device_state is not before:
                await self.async_save(run)
                await self._settled(record, before)


@callback
def async_adopt_records(hass: HomeAssistant, coordinator: GatewayCoordinator, registrations: Registrations) -> None:
    """Bring subentries and records together after a start.

    A device whose flow was cut off while registering gets its subentry now; one whose subentry was removed is to be
    deregistered; one whose record was lost is registered from what its subentry says.
    """
    entry = coordinator.config_entry
    by_lfdi = {subentry.unique_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)}
    for lfdi, record in registrations.records.items():
        if (shown := by_lfdi.get(lfdi)) is not None:
            record.subentry_id = shown.subentry_id
        elif record.subentry_id is not None:
            record.run.closing = True
        elif lfdi not in registrations.claimed:
            record.subentry_id = _add_subentry(hass, coordinator, record)
    for subentry in by_lfdi.values():
        if (unknown := subentry.unique_id) is not None and unknown not in registrations.records:
            data = dict(subentry.data)
            run = RegistrationRun(
                lfdi=unknown,
                kind=data["kind"],
                model_id=(data.get("model") or {}).get("id", ""),
                premise_id=(entry.data.get(CONF_UTILITY) or {}).get("premise_id", ""),
                gateway_lfdi=entry.data[CONF_GATEWAY_LFDI],
                serial=data.get("serial"),
                consents=data.get("consents"),
            )
            registrations.records[unknown] = Record(run, subentry.title, data, subentry.subentry_id)


def _add_subentry(hass: HomeAssistant, coordinator: GatewayCoordinator, record: Record) -> str:
    subentry = ConfigSubentry(
        data=MappingProxyType(record.data),
        subentry_type=SUBENTRY_DEVICE,
        title=record.title,
        unique_id=record.run.lfdi,
    )
    hass.config_entries.async_add_subentry(coordinator.config_entry, subentry)
    return subentry.subentry_id
