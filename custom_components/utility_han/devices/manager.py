"""The one owner of a hub's devices: registers them with the utility and follows what it says of them."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback

from ..account.manager import AccountManager
from ..const import (
    CONF_ADDED_BY_US,
    CONF_BY_UTILITY,
    CONF_GATEWAY_LFDI,
    CONF_UTILITY,
    LOGGER,
    SUBENTRY_DEVICE,
)
from ..gateway import DeviceState, Gateway, GatewayError
from ..hub.background.listeners import Listeners
from ..hub.hub import Hub
from ..hub.subentries import async_add_subentry, async_align, was_never_written
from ..hub.subject import Occurrence
from ..hub.telling.notifications import async_notify
from ..procedures import Outcome, RegistrationRun, StepResult, come_back, deregister, find_registration, register
from ..utility import PASSING, Event, Feature, Registration, Stage, UtilityError, UtilityReason
from . import notices
from .device import HanDevice
from .store import Record, Registrations
from .voice import async_give_voice

REGISTRATION = "registration"
"""What happened to a device whose registration went on: shown by the event entity of this key."""
# Behind these there is no use in asking about the next device.
_CONCERNS_ALL = frozenset(
    {
        UtilityReason.UTILITY_UNREACHABLE,
        UtilityReason.UTILITY_BUSY,
        UtilityReason.UNAUTHORIZED,
        UtilityReason.CREDENTIALS_REFUSED,
        UtilityReason.ELSEWHERE,
        UtilityReason.CERTIFICATE_UNTRUSTED,
    }
)


class Registrar:
    """Registers devices with the utility, in flows and in the background, one pass of a device at a time."""

    def __init__(self, hass: HomeAssistant, hub: Hub, registrations: Registrations, account: AccountManager) -> None:
        """The hub's ``device`` subentries must have been brought together with ``registrations``."""
        self._hass = hass
        self._entry = hub.entry
        self._coordinator = hub.coordinator
        self._gateway = hub.gateway
        self.registrations = registrations
        self.account = account
        self.devices = {
            subentry.subentry_id: HanDevice(subentry, hub.subject)
            for subentry in self._entry.get_subentries_of_type(SUBENTRY_DEVICE)
        }
        """By subentry id."""
        self.changed: Listeners[()] = Listeners()
        """Told when a registration has gone on."""
        self._locks: dict[str, asyncio.Lock] = {}
        self._looking = asyncio.Lock()
        """Held while all devices are looked at."""
        self._unsure: set[str] = set()
        """The LFDIs of devices of which the utility may have told something that was not heard."""
        for record in registrations.records.values():
            self.bring_up_to_date(record)
        account.follow(self._async_round, self._async_heard)
        unload = self._entry.async_on_unload
        unload(self._coordinator.async_add_listener(self._polled))
        unload(account.changed.add(self._polled))
        unload(account.missed.add(lambda: self._unsure.update(registrations.records)))
        if account.vtn is not None:
            unload(account.vtn.polled.add(self._vtn_polled))

    @callback
    def _polled(self) -> None:
        """How gateway and utility are reached says how the devices are that they speak with."""
        for device in self.devices.values():
            device.async_tell()

    @callback
    def _vtn_polled(self, succeeded: bool) -> None:
        """What a utility has done that tells no events is looked for after each poll."""
        if succeeded:
            self.async_look()

    @callback
    def async_look(self) -> None:
        """Look soon at what is left to do."""
        if self.account.vtn is None:
            self.account.async_wake()
        else:
            self.account.rounds.begin("registrations", self._async_look_after_poll)

    async def _async_look_after_poll(self) -> None:
        async with self._looking:
            try:
                await self._async_round()
            except UtilityError as err:
                LOGGER.debug("%s: registrations go on after the next poll: %s", self._entry.title, err)

    def registers(self, record: Record) -> bool:
        """Whether a device is registered here; one by which controls come registers none that a gateway lists."""
        utility = self.account.utility
        return utility.offers(Feature.REGISTRATION) and utility.offers(Feature.CONTROLS) == by_utility(record)

    def gateway_of(self, record: Record) -> Gateway | None:
        """Return the gateway that a device is on, None where the utility alone knows it."""
        return None if by_utility(record) else self._gateway

    def reached(self, device: HanDevice) -> bool | None:
        """Whether who controls the device is reached and lists it, and the entity that the device is can be used.

        None before gateway or utility was heard of, where nothing else is known against it.
        """
        connected = self.account.connected if device.by_utility else self._coordinator.connected
        if connected is False or device.listed is False or not device.enabled or device.orphaned:
            return False
        if device.control is not None:
            state = self._hass.states.get(device.control[CONF_ENTITY_ID])
            if state is None or state.state == STATE_UNAVAILABLE:
                return False
        return connected

    async def async_steps(self, record: Record) -> AsyncGenerator[StepResult]:
        """Take the registration's steps and tell each, as :func:`~.procedures.registration.register` does."""
        run = record.run
        async with self._locks.setdefault(run.lfdi, asyncio.Lock()):
            await async_give_voice(self._hass, self._gateway, record)
            with suppress(UtilityError):  # the steps meet the same, and say so
                await come_back(self.account.utility, run, self.async_save)
            run.name = run.name or record.title
            before = run.device_state
            result: StepResult | None = None
            steps = register(self.account.utility, self.gateway_of(record), run, self.async_save)
            async for result in steps:
                LOGGER.debug("%s: %s %s", record.title, result.step, result.outcome)
                yield result
            self._note_reason(result)
            await self.async_settled(record, before)

    async def async_start(self) -> None:
        """Have devices speak for themselves that the gateway knows by certificates which are with us."""
        for record in self.registrations.records.values():
            await async_give_voice(self._hass, self._gateway, record)

    async def async_pass(self, record: Record) -> StepResult | None:
        """Take every step that can be taken now and return the last."""
        results = [result async for result in self.async_steps(record)]
        return results[-1] if results else None

    async def async_take_standing(self, record: Record) -> None:
        """Take up how a registration stands at the utility, which was seen to be otherwise than it is known here."""
        if not record.run.closing and record.run.lfdi not in self.registrations.claimed:
            await self.async_pass(record)

    async def async_save(self, _run: RegistrationRun) -> None:
        """Write every registration; on disk when this returns."""
        await self.registrations.async_save()

    def _note_reason(self, result: StepResult | None) -> None:
        if result is not None and result.reason is UtilityReason.UNAUTHORIZED:
            self.account.async_wake()  # it finds out whether the refusal stands

    async def async_settled(self, record: Record, before: DeviceState) -> None:
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
        if (device := self.bring_up_to_date(record)) is not None:
            device.async_tell()
            self.changed.tell()

    def bring_up_to_date(self, record: Record) -> HanDevice | None:
        """Bring a device up to date with its record; return it, None where entities show none."""
        device = self.devices.get(record.subentry_id or "")
        if device is None:
            return None
        run, before = record.run, device.state
        device.state, device.waits_for = run.device_state, run.waits_for
        device.orphaned = device.by_utility and not self.registers(record)
        device.dr_programs = run.programs
        device.program_names = tuple(consent["name"] for consent in run.consents or ())
        if device.state is not before:
            device.async_tell(Occurrence(REGISTRATION, device.state.value, {"before": before.value}))
        return device

    async def _async_round(self) -> None:
        """Bring every device as far as it can come."""
        await self._do_what_is_left()
        await self.async_find_pre_registered()

    async def _async_heard(self, events: Sequence[Event]) -> None:
        known = {record.run.registration_id: record for record in self.registrations.records.values()}
        changed: dict[str, Record] = {}
        for event in events:
            # Events come at least once and in any order: what counts is the registration as it is now.
            record = known.get(event.subject)
            if record is not None and (event.version is None or event.version > record.run.version):
                changed[record.run.lfdi] = record
        for record in changed.values():
            if record.run.lfdi not in self.registrations.claimed and not record.run.closing:
                with self.account.rounds.round("registering", record.run.lfdi, record.title):
                    await self._passed(record)

    async def _do_what_is_left(self) -> None:
        for record in list(self.registrations.records.values()):
            # One that fails holds up no other.
            with self.account.rounds.round("registering", record.run.lfdi, record.title):
                if record.run.closing:
                    await self._closed(record)
                elif self._is_left(record):
                    await self._passed(record)

    def _is_left(self, record: Record) -> bool:
        run = record.run
        if record.subentry_id is None or run.lfdi in self.registrations.claimed or not self.registers(record):
            return False
        if run.returned or (run.lfdi in self._unsure and run.registration_id is not None):
            return True
        if run.finished:
            return by_utility(record) and self._is_other(run)
        # What failed for a reason of its own waits for a person, or for the utility's event.
        return run.device_state not in (DeviceState.FAILED, DeviceState.REMOVED)

    def _is_other(self, run: RegistrationRun) -> bool:
        """Whether a utility that tells no events shows a registration that was through no more as it was."""
        vtn = self.account.vtn
        return vtn is not None and run.registration_id is not None and vtn.openadr.shows(run.registration_id) is False

    async def _passed(self, record: Record) -> None:
        utility, run = self.account.utility, record.run
        if run.consents is None and run.registration_id is None and utility.offers(Feature.REGISTRATION):
            try:
                await find_registration(utility, run)
            except UtilityError as err:
                if err.reason in _CONCERNS_ALL:
                    raise
                LOGGER.debug("%s: %s", record.title, err)
        result = await self.async_pass(record)
        if result is None or result.outcome is not Outcome.WAITING or result.reason not in PASSING:
            self._unsure.discard(run.lfdi)
        if result is None or result.outcome is not Outcome.WAITING:
            return
        if result.reason in _CONCERNS_ALL:
            raise UtilityError(UtilityReason(result.reason), str(result.evidence.get("detail", "")))

    async def _closed(self, record: Record) -> None:
        """Close a registration; one that is refused leaves the others to be looked at."""
        try:
            await self.async_close(record)
        except UtilityError as err:
            if err.reason in _CONCERNS_ALL:
                raise
            LOGGER.warning("%s could not be deregistered: %s", record.title, err)

    async def async_close(self, record: Record) -> None:
        """Deregister a device whose subentry was removed, take it off the gateway's list, and forget it.

        One that is brought again meanwhile stays, and is registered anew.
        """
        run, known = record.run, self.registrations.records
        async with self._locks.setdefault(run.lfdi, asyncio.Lock()):
            if not run.closing or known.get(run.lfdi) is not record:
                return
            await deregister(self.account.utility, run, self.async_save)
            if run.closing:
                await self.async_take_off_list(record)
            if run.closing:
                del known[run.lfdi]
            else:
                run.begin_anew()
            await self.registrations.async_save()

    async def async_take_off_list(self, record: Record) -> None:
        """Take a device off the gateway's list, where it was us who put it there."""
        if record.data.get(CONF_ADDED_BY_US) and record.run.href is not None:
            try:
                await self._gateway.withdraw(record.run.href, record.run.lfdi)
            except GatewayError as err:
                LOGGER.warning("%s stays on the gateway's list: %s", record.title, err)

    async def async_find_pre_registered(self) -> list[Registration]:
        """Return the devices that the utility registered beforehand and nobody has taken over, and tell of them."""
        premise_id, utility = self.account.premise_id, self.account.utility
        if premise_id is None or not utility.offers(Feature.REGISTRATION):
            return []
        known = self.registrations.records
        waiting = [
            registration
            for registration in await utility.registrations(premise_id, self._entry.data.get(CONF_GATEWAY_LFDI, ""))
            if registration.stage is Stage.PRE_REGISTERED and registration.lfdi not in known
        ]
        notices.async_update(self._hass, self._entry, waiting)
        return waiting

    async def async_read_programs(self) -> None:
        """Read anew what the gateway assigns to devices that are in programs; what cannot be read stays as it was."""
        changed = False
        for record in self.registrations.records.values():
            run = record.run
            if record.subentry_id is None or run.href is None or not run.dr_programs:
                continue
            try:
                programs = [asdict(program) for program in await self._gateway.device_programs(run.href)]
            except GatewayError as err:
                LOGGER.debug("%s: programs are read later: %s", record.title, err)
                continue
            if programs != run.dr_programs:
                run.dr_programs, changed = programs, True
                self.async_show(record)
        if changed:
            await self.registrations.async_save()


def by_utility(record: Record) -> bool:
    """Whether the utility alone knows a device: no gateway lists it."""
    return bool(record.data.get(CONF_BY_UTILITY))


@callback
def async_adopt_records(
    hass: HomeAssistant, entry: ConfigEntry, registrations: Registrations, written: datetime
) -> None:
    """Bring subentries and records together after a start; ``written`` is when the entry was changed last before it.

    A device whose flow was cut off while registering gets its subentry now, as does one whose subentry was lost in a
    power cut; one that was being replaced is the new one from now on; one whose subentry was removed is to be
    deregistered; one whose record was lost is registered from what its subentry says.
    """
    by_lfdi = {subentry.unique_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)}
    for lfdi, record in registrations.records.items():
        if (shown := by_lfdi.get(lfdi)) is not None:
            async_align(hass, entry, shown, record)
            if record.run.closing:  # a power cut took its removal back
                record.run.bring_again()
        elif (replaced := entry.subentries.get(record.subentry_id or "")) is not None:
            by_lfdi.pop(replaced.unique_id)
            hass.config_entries.async_update_subentry(
                entry, replaced, data=MappingProxyType(record.data), unique_id=lfdi
            )
        elif record.subentry_id is not None and not was_never_written(record, written):
            record.run.closing = True
        elif lfdi not in registrations.claimed:
            async_add_subentry(hass, entry, SUBENTRY_DEVICE, lfdi, record)
    for subentry in by_lfdi.values():
        if (unknown := subentry.unique_id) is not None and unknown not in registrations.records:
            data = dict(subentry.data)
            run = RegistrationRun(
                lfdi=unknown,
                kind=data["kind"],
                model_id=(data.get("model") or {}).get("id", ""),
                premise_id=(entry.data.get(CONF_UTILITY) or {}).get("premise_id", ""),
                gateway_lfdi="" if data.get(CONF_BY_UTILITY) else entry.data.get(CONF_GATEWAY_LFDI, ""),
                serial=data.get("serial"),
                consents=data.get("consents"),
            )
            registrations.records[unknown] = Record(run, subentry.title, data, subentry.subentry_id)
