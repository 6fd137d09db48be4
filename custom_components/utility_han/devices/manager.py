"""The one owner of a hub's devices: registers them with the utility and follows what it says of them."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from aio2030dot5 import InvalidIdentity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, callback

from ..account.manager import AccountManager
from ..const import CONF_ADDED_BY_US, CONF_GATEWAY_LFDI, CONF_IDENTITY, CONF_UTILITY, LOGGER, SUBENTRY_DEVICE
from ..gateway import DeviceState, GatewayError, Identity, ListedDevice
from ..hub.hub import Hub
from ..hub.leaving import async_forget_former, former_devices
from ..hub.listeners import Listeners
from ..hub.notifications import async_notify
from ..hub.subentries import async_add_subentry
from ..hub.subject import Occurrence
from ..procedures import Outcome, RegistrationRun, StepResult, deregister, find_registration, register
from ..utility import Event, Feature, Registration, Stage, UtilityError, UtilityReason
from . import notices
from .device import HanDevice
from .store import Record, Registrations

REGISTRATION = "registration"
"""What happened to a device whose registration went on: shown by the event entity of this key."""
# Behind these there is no use in asking about the next device.
_CONCERNS_ALL = frozenset({UtilityReason.UTILITY_UNREACHABLE, UtilityReason.UTILITY_BUSY, UtilityReason.UNAUTHORIZED})


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
        for record in registrations.records.values():
            self._bring_up_to_date(record)
        account.follow(self._async_round, self._async_heard)
        self._entry.async_on_unload(self._coordinator.async_add_listener(self._polled))

    @callback
    def _polled(self) -> None:
        """How the gateway is reached says how its devices are."""
        for device in self.devices.values():
            device.async_tell()

    def reached(self, device: HanDevice) -> bool | None:
        """Whether the gateway is reached and lists the device, and the entity that the device is can be used.

        None before the gateway was heard of, where nothing else is known against it.
        """
        if self._coordinator.connected is False or device.listed is False or not device.enabled:
            return False
        if device.control is not None:
            state = self._hass.states.get(device.control[CONF_ENTITY_ID])
            if state is None or state.state == STATE_UNAVAILABLE:
                return False
        return self._coordinator.connected

    async def async_steps(self, record: Record) -> AsyncGenerator[StepResult]:
        """Take the registration's steps and tell each, as :func:`~.procedures.registration.register` does."""
        run = record.run
        async with self._locks.setdefault(run.lfdi, asyncio.Lock()):
            await self._async_give_voice(record)
            before = run.device_state
            result: StepResult | None = None
            steps = register(self.account.utility, self._gateway, run, self.async_save)
            async for result in steps:
                LOGGER.debug("%s: %s %s", record.title, result.step, result.outcome)
                yield result
            self._note_reason(result)
            await self._settled(record, before)

    async def async_start(self) -> None:
        """Have devices speak for themselves that the gateway knows by certificates which are with us."""
        for record in self.registrations.records.values():
            await self._async_give_voice(record)

    async def _async_give_voice(self, record: Record) -> None:
        """Have a device speak with its certificate, where Home Assistant made it and did not announce the device."""
        made = record.data.get(CONF_IDENTITY)
        if made is None or record.data.get(CONF_ADDED_BY_US):
            return
        try:
            await self._gateway.give_voice(await self._hass.async_add_executor_job(Identity.from_dict, made))
        except (GatewayError, InvalidIdentity) as err:
            LOGGER.warning(
                "%s cannot answer the gateway, its certificate cannot be used (%s); replace the device for another",
                record.title,
                err,
            )

    async def async_pass(self, record: Record) -> StepResult | None:
        """Take every step that can be taken now and return the last."""
        results = [result async for result in self.async_steps(record)]
        return results[-1] if results else None

    async def async_save(self, _run: RegistrationRun) -> None:
        """Write every registration; on disk when this returns."""
        await self.registrations.async_save()

    def _note_reason(self, result: StepResult | None) -> None:
        if result is not None and result.reason is UtilityReason.UNAUTHORIZED:
            self.account.async_wake()  # it finds out whether the refusal stands

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
        if (device := self._bring_up_to_date(record)) is not None:
            device.async_tell()
            self.changed.tell()

    def _bring_up_to_date(self, record: Record) -> HanDevice | None:
        device = self.devices.get(record.subentry_id or "")
        if device is None:
            return None
        run, before = record.run, device.state
        device.state = run.device_state
        device.dr_programs = run.programs
        device.program_names = tuple(consent["name"] for consent in run.consents or ())
        if device.state is not before:
            device.async_tell(Occurrence(REGISTRATION, device.state.value))
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
                with self.account.rounds.round("registering", record.title):
                    await self._passed(record)

    async def _do_what_is_left(self) -> None:
        for record in list(self.registrations.records.values()):
            with self.account.rounds.round("registering", record.title):  # one that fails holds up no other
                if record.run.closing:
                    await self._closed(record)
                elif self._is_left(record):
                    await self._passed(record)

    def _is_left(self, record: Record) -> bool:
        run = record.run
        if record.subentry_id is None or run.lfdi in self.registrations.claimed or run.finished:
            return False
        # What failed for a reason of its own waits for a person, or for the utility's event.
        return run.device_state not in (DeviceState.FAILED, DeviceState.REMOVED)

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
        if result is None or result.outcome is not Outcome.WAITING:
            return
        if result.reason in _CONCERNS_ALL:
            raise UtilityError(UtilityReason(result.reason), str(result.evidence.get("detail", "")))

    async def _closed(self, record: Record) -> None:
        """Close a registration; one that is refused leaves the others to be looked at."""
        try:
            await self._close(record)
        except UtilityError as err:
            if err.reason in _CONCERNS_ALL:
                raise
            LOGGER.warning("%s could not be deregistered: %s", record.title, err)

    async def _close(self, record: Record) -> None:
        """Deregister a device whose subentry was removed, take it off the gateway's list, and forget it."""
        await deregister(self.account.utility, record.run, self.async_save)
        await self.async_take_off_list(record)
        del self.registrations.records[record.run.lfdi]
        await self.registrations.async_save()

    async def async_take_off_list(self, record: Record) -> None:
        """Take a device off the gateway's list, where it was us who put it there."""
        if record.data.get(CONF_ADDED_BY_US) and record.run.href is not None:
            try:
                await self._gateway.withdraw(record.run.href)
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
            for registration in await utility.registrations(premise_id, self._entry.data[CONF_GATEWAY_LFDI])
            if registration.stage is Stage.PRE_REGISTERED and registration.lfdi not in known
        ]
        notices.async_update(self._hass, self._entry, waiting)
        return waiting

    @property
    def _witnessed(self) -> list[Record]:
        """Devices that are registered elsewhere: only the gateway can tell what the utility has made of them."""
        if self.account.utility.offers(Feature.REGISTRATION):
            return []
        return [
            record
            for record in self.registrations.records.values()
            if record.subentry_id is not None and not record.run.closing
        ]

    @property
    def watching(self) -> bool:
        """Whether somebody waits for the utility to enroll a device that is registered elsewhere."""
        return any(record.run.device_state is not DeviceState.ENROLLED for record in self._witnessed)

    async def async_take_list(self, listed: Sequence[ListedDevice] | None, now: datetime) -> None:
        """Note which devices the gateway lists; where it keeps no list (None), they are as good as the gateway."""
        known: dict[str | None, ListedDevice] = {device.lfdi: device for device in listed or ()}
        own = known.get(self._gateway.client_lfdi)
        self._coordinator.data.enabled = own is None or own.enabled
        for device in self.devices.values():
            before = device.standing
            device.listed = None if listed is None else device.lfdi in known
            if device.listed is False:
                device.spoken_for = True  # it is nobody's, and that it is not listed is said
                if device.lfdi in former_devices(self._entry.data):
                    self._forget_former(device.lfdi)
            found = known.get(device.lfdi)
            device.enabled = self._coordinator.data.enabled and (found is None or found.enabled)
            if device.standing is not before:
                LOGGER.warning("%s is now %s by what the gateway lists", device.title, device.standing)
                device.async_tell(Occurrence(REGISTRATION, device.standing.value))
            if device.listed is not False:
                device.last_contact = now
        await self._async_look(known)
        if not self.account.utility.offers(Feature.REGISTRATION):
            for record in [each for each in self.registrations.records.values() if each.run.closing]:
                await self._close(record)  # the gateway's list is all that there is to be taken off

    def _forget_former(self, lfdi: str) -> None:
        """It is off the list, so it is no former identity's any more; that it is not listed has its own notice."""
        async_forget_former(self._hass, self._entry, lfdi)
        left = former_devices(self._entry.data)
        titles = [device.title for device in self.devices.values() if device.lfdi in left]
        notices.async_tell_left_behind(self._hass, self._entry, titles)

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

    async def _async_look(self, listed: Mapping[str | None, ListedDevice]) -> None:
        """Have the gateway's list (by LFDI) and assignments tell how far devices registered elsewhere have come."""
        for record in self._witnessed:
            run, before = record.run, record.run.device_state
            if (device := listed.get(run.lfdi)) is None:
                continue
            run.href = device.href
            programs = (await self.account.utility.standing(device.href)).programs
            run.dr_programs = [asdict(program) for program in programs]
            run.state = (DeviceState.ENROLLED if programs else DeviceState.COMMISSIONED).value
            # Many devices are looked at in one poll, which has all of them shown when it ends.
            self._bring_up_to_date(record)
            if run.device_state is not before:
                await self.async_save(run)
                await self._settled(record, before)


@callback
def async_adopt_records(hass: HomeAssistant, entry: ConfigEntry, registrations: Registrations) -> None:
    """Bring subentries and records together after a start.

    A device whose flow was cut off while registering gets its subentry now; one whose subentry was removed is to be
    deregistered; one whose record was lost is registered from what its subentry says.
    """
    by_lfdi = {subentry.unique_id: subentry for subentry in entry.get_subentries_of_type(SUBENTRY_DEVICE)}
    for lfdi, record in registrations.records.items():
        if (shown := by_lfdi.get(lfdi)) is not None:
            record.subentry_id = shown.subentry_id
        elif record.subentry_id is not None:
            record.run.closing = True
        elif lfdi not in registrations.claimed:
            record.subentry_id = async_add_subentry(hass, entry, SUBENTRY_DEVICE, record.title, lfdi, record.data)
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
