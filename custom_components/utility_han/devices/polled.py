"""The gateway's list of devices, as a part of the poll: what it lists, and what it is the witness of."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic
from typing import override

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from ..esi import DemandResponseProgram
from ..gateway import DeviceState, Listed, ListedDevice
from ..hub.hub import Hub
from ..hub.leaving import async_forget_former, former_devices
from ..hub.poll.parts import Part
from ..hub.reach.transport import Transport, transport_of
from ..hub.subject import Occurrence
from ..utility import Feature
from . import notices
from .manager import REGISTRATION, Registrar, by_utility
from .store import Record

_EVERY = timedelta(minutes=5)
_WATCHED_EVERY = timedelta(minutes=1)
"""While somebody waits for the utility."""
_LOOKED_FOR = 20.0
"""Seconds for which assignments of devices are read in one poll, the rest with the next ones: one that speaks for
itself needs a connection for that, and a gateway a pause before it."""


class ListedDevices(Part):
    """Which of the hub's devices the gateway lists, and whether Home Assistant is still registered itself."""

    def __init__(self, hass: HomeAssistant, hub: Hub, registrar: Registrar) -> None:
        """``registrar`` has the devices that are looked for."""
        super().__init__(_EVERY)
        self._hass = hass
        self._entry = hub.entry
        self._data = hub.coordinator.data
        self._gateway = hub.gateway
        self._registrar = registrar
        self._looked_at: dict[str, float] = {}
        """When a device's assignments were asked for last (monotonic), by its LFDI."""

    @property
    @override
    def every(self) -> timedelta:
        waiting = any(record.run.device_state is not DeviceState.ENROLLED for record in self._witnessed)
        return _WATCHED_EVERY if waiting else max(_EVERY, self._data.preferred("end_device"))

    @property
    @override
    def wanted(self) -> bool:
        lists_us = transport_of(self._entry.data) is Transport.IP
        return lists_us or bool(self._registrar.devices)

    @override
    async def read(self, now: datetime) -> None:
        await self._take(await self._gateway.listed_devices(), now)

    @property
    def _witnessed(self) -> list[Record]:
        """Devices that are registered elsewhere: only the gateway can tell what the utility has made of them."""
        return [
            record
            for record in self._registrar.registrations.records.values()
            if record.subentry_id is not None
            and not record.run.closing
            and not by_utility(record)
            and not self._registrar.registers(record)
        ]

    async def _take(self, listed: Sequence[ListedDevice] | None, now: datetime) -> None:
        """Note which devices the gateway lists; where it keeps no list (None), they are as good as the gateway."""
        registrar = self._registrar
        known = Listed(listed or ())
        own = known.get(self._gateway.client_lfdi)
        self._data.enabled = own is None or own.enabled
        for device in [each for each in registrar.devices.values() if not each.by_utility]:
            before = device.standing
            found = known.get(device.lfdi)
            device.listed = None if listed is None else found is not None
            if device.listed is False:
                device.spoken_for = True  # it is nobody's, and that it is not listed is said
                if device.lfdi in former_devices(self._entry.data):
                    self._forget_former(device.lfdi)
            device.enabled = self._data.enabled and (found is None or found.enabled)
            if device.standing is not before:
                LOGGER.warning("%s is now %s by what the gateway lists", device.title, device.standing)
                device.async_tell(Occurrence(REGISTRATION, device.standing.value, {"before": before.value}))
            if device.listed is not False:
                device.last_contact = now
        await self._look(known)
        if not registrar.account.utility.offers(Feature.REGISTRATION):
            for record in [each for each in registrar.registrations.records.values() if each.run.closing]:
                await registrar.async_close(record)  # the gateway's list is all that there is to be taken off

    def _forget_former(self, lfdi: str) -> None:
        """It is off the list, so it is no former identity's any more; that it is not listed has its own notice."""
        async_forget_former(self._hass, self._entry, lfdi)
        left = former_devices(self._entry.data)
        records = self._registrar.registrations.records
        silent = [record.title for lfdi, record in records.items() if lfdi in left and not record.can_speak]
        notices.async_tell_left_behind(self._hass, self._entry, silent)

    async def _look(self, listed: Listed) -> None:
        """Have the gateway's list and assignments tell how far devices registered elsewhere have come."""
        until = monotonic() + _LOOKED_FOR
        for record in sorted(self._witnessed, key=lambda each: self._looked_at.get(each.run.lfdi, 0.0)):
            run, before = record.run, record.run.device_state
            if (device := listed.get(run.lfdi)) is None:
                continue
            if monotonic() > until:
                return
            self._looked_at[run.lfdi] = monotonic()
            run.href = device.href
            programs = await self._assigned(device.href)
            run.dr_programs = [asdict(program) for program in programs]
            run.state = (DeviceState.ENROLLED if programs else DeviceState.COMMISSIONED).value
            # Many devices are looked at in one poll, which has all of them shown when it ends.
            self._registrar.bring_up_to_date(record)
            if run.device_state is not before:
                await self._registrar.async_save(run)
                await self._registrar.async_settled(record, before)

    async def _assigned(self, href: str) -> Sequence[DemandResponseProgram]:
        """Return the programs of a device on the gateway's list."""
        utility = self._registrar.account.utility
        if utility.offers(Feature.CONTROLS):  # it speaks of its own devices only
            return await self._gateway.device_programs(href)
        return (await utility.standing(href)).programs
