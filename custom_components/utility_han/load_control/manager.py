"""Keeps the controls of a hub's devices: has them decided, carried out, answered and shown."""

import asyncio
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..devices.device import HanDevice
from ..devices.levels import at_level, knows_levels
from ..devices.linked_entity import is_missing
from ..devices.responses import answers_of, goes_forward
from ..esi import DemandResponseProgram, LoadControl, Source
from ..gateway import GatewayError
from ..hub.background.listeners import Listeners
from ..hub.hub import Hub
from ..hub.notices import async_tell
from ..hub.subject import Occurrence
from ..procedures import LEVELS, ControlledDevice, ControlRecord, Effect, OptedOut, Refusal, program_of_parts
from ..utility import Feature, Utility, UtilityError
from .answering import Answering
from .asked import what_is_done
from .carrying import Carrying
from .charge_states import ChargeStates
from .premise import Premise, premise_lfdi
from .sources import ControlSource, GatewayControls, UtilityControls
from .store import KeptControls
from .subject import ControlledSubject

HISTORY = timedelta(days=30)

_SOON = timedelta(milliseconds=50)
_TOLD_AT_ONCE = 10
"""Effects that are told before others have their turn: a utility may ask for a thousand things at once."""
_READING = "reading controls"

CONTROL = "control"
"""What happened to a device's load control: shown by the event entity of this key."""
MEASURED = "measured"
"""The type of that event of what it came to, which is known some time after its end."""


class LoadControlManager:
    """The controls of one hub's devices.

    It speaks with the gateway, and with a utility by whose way controls come, to read controls and to send answers,
    and waits for neither to act.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        devices: Iterable[HanDevice],
        kept: KeptControls,
        utility: Utility,
        manager_lfdi: str | None = None,
    ) -> None:
        """Of ``devices`` we answer for those with a linked entity; the others obey the gateway themselves.

        ``manager_lfdi`` is Home Assistant's own LFDI, where it is the premise's energy management system.
        """
        self._hass = hass
        self._entry = hub.entry
        self._gateway = hub.gateway
        self._rounds = hub.rounds
        self._kept = kept
        self._rules = kept.rules
        self.subjects = {device.lfdi: ControlledSubject(device) for device in devices if device.control}
        """By LFDI."""
        self.effects: Listeners[HanDevice, Effect] = Listeners()
        """Told of each effect on a device."""
        ours = {lfdi: subject.device for lfdi, subject in self.subjects.items()}
        gateway = GatewayControls(hub.gateway, hub.entry.title)
        self.reader = gateway.reader
        self._sources: dict[Source, ControlSource] = {Source.GATEWAY: gateway}
        if utility.offers(Feature.CONTROLS):
            self._sources[Source.UTILITY] = UtilityControls(utility, ours)
            manager_lfdi = manager_lfdi or premise_lfdi(hub.entry.entry_id)
        self.premise = Premise(hass, kept, manager_lfdi, ours)
        self._rules.keep_only({*ours, *filter(None, [self.premise.lfdi])})
        self._carrying = Carrying(hass, hub, ours, kept, self._as_asked, self._take_note, self._async_happened)
        self.charge_states = ChargeStates(hass)
        self.premise.changed.add(self._shares_changed)
        self._answering = Answering(hass, hub, kept, self._sources, ours.get)
        self._shown: dict[str, tuple[LoadControl, OptedOut | None] | None] = {}
        """What lasts now, as it was told last, by LFDI."""
        self._untold: deque[Effect] = deque()  # told once it is kept
        self._closed = False
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._time_came = self._rounds.timed("load control", self._async_time_came)

    # Start and end

    async def async_start(self) -> None:
        """Begin to act: what is due is done, what ended while nobody looked is put back."""
        self._carrying.async_start()
        await self._async_advanced(self._rules.advance(dt_util.utcnow()))

    async def async_shutdown(self) -> None:
        """End all timers and keep how things stand; what is in force stays in force."""
        self._closed = True
        await self._carrying.async_end()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        await self._kept.async_save()

    # What there is

    def programs(self, source: Source | None = None) -> list[DemandResponseProgram]:
        """Return the programs of all devices and of Home Assistant itself, each once; or those of one who asks."""
        of_devices = [program for device in self._devices for program in device.dr_programs]
        found = {program.href: program for program in (*of_devices, *self.premise.programs)}
        return [program for program in found.values() if source in (None, program.source)]

    # Records are shown with their times on our clock.

    def active(self, device: HanDevice) -> ControlRecord | None:
        """Return the control that lasts now for a device, whether it takes part or not."""
        record = self._rules.active(device.lfdi)
        return self._rules.ours(record) if record is not None else None

    def upcoming(self, device: HanDevice) -> Iterator[ControlRecord]:
        """Yield the controls to come, soonest first; most want the first of many."""
        return map(self._rules.ours, self._rules.upcoming(device.lfdi))

    def meant(self, device: HanDevice) -> ControlRecord | None:
        """Return the control that a person means who names none: the active one, else the next."""
        record = self._rules.meant(device.lfdi)
        return self._rules.ours(record) if record is not None else None

    def history(self, device: HanDevice) -> list[ControlRecord]:
        """Return what ended in the last 30 days, by start."""
        since = dt_util.utcnow() - HISTORY
        records = map(self._rules.ours, self._rules.records(device.lfdi))
        return [each for each in records if each.over and each.changed > since]

    def lasted(self, device: HanDevice) -> tuple[datetime, datetime] | None:
        """Return from when to when a device was last asked for something, whether it took part or not."""
        return self._rules.lasted(device.lfdi)

    def begins(self, control: LoadControl) -> datetime:
        """Return when a control begins, on our clock."""
        return self._rules.our_time(control, control.start)

    def standing_opt_out(self, device: HanDevice) -> bool:
        """Whether a device stays out of all controls that it may stay out of."""
        return self._rules.standing(device.lfdi)

    # What who asks does

    async def async_read(self) -> tuple[list[LoadControl], set[str]] | None:
        """Return the controls of the gateway's programs, and which were read fully; None where there is none."""
        return await self._sources[Source.GATEWAY].read(self.programs(Source.GATEWAY))

    async def async_follow_utility(self) -> None:
        """Take up what the utility asks, as it was read just now, and tell it what waits to be told."""
        if (utility := self._sources.get(Source.UTILITY)) is None:
            return
        self._answering.async_heard_of(Source.UTILITY)
        try:
            read = await utility.read(self.programs(Source.UTILITY))
        except UtilityError as err:
            LOGGER.debug("%s: controls are read with the next poll of the utility: %s", self._entry.title, err)
            read = None
        await self.async_take(read, None)

    async def async_look(self, clock_offset: timedelta | None = None) -> None:
        """Read the controls now, apart from any poll; ``clock_offset`` is the gateway's clock less ours, if read.

        What is answered at once goes over the same connection: gateways rest between two. Where answers are being sent
        already, these are sent with them.
        """
        with self._rounds.round(_READING) as this:
            await self._async_look(clock_offset)
        if this.failed:
            self._rounds.begin(_READING, self._async_look)

    async def _async_look(self, clock_offset: timedelta | None = None) -> None:
        try:
            await self._async_look_now(clock_offset)
        except GatewayError as err:
            LOGGER.debug("%s: controls are read with the next poll: %s", self._entry.title, err)

    async def _async_look_now(self, clock_offset: timedelta | None) -> None:
        lock = self._answering.lock(Source.GATEWAY)
        async with AsyncExitStack() as sending:
            if answering := not lock.locked():
                await sending.enter_async_context(lock)
            async with self._gateway.session():
                await self.async_take(await self.async_read(), clock_offset)
                if answering:
                    await self._answering.async_send(Source.GATEWAY)

    async def async_take(
        self, read: tuple[Sequence[LoadControl], Collection[str]] | None, clock_offset: timedelta | None
    ) -> None:
        """Take up what :meth:`async_read` gave, and what is left to do from before."""
        if self._closed:
            return
        if clock_offset is not None:
            # The gateway tells its time in whole seconds, cut off.
            self._rules.clock_offset = timedelta(seconds=ceil(clock_offset.total_seconds()))
        if read is None:
            effects = self._rules.advance(dt_util.utcnow())
        else:
            controls, complete = read
            devices = [*map(self._controlled, self._devices), *self.premise.controlled()]
            effects = self._rules.take(
                [*controls, *self.premise.parts(controls)],
                {*complete, *map(program_of_parts, complete)},
                devices,
                dt_util.utcnow(),
            )
        await self._async_advanced(effects)

    # What people do

    async def async_opt_out(self, device: HanDevice, control_id: str | None = None) -> None:
        """Take a device out of the control named, else the active, else the next; ``OptError`` if it cannot be."""
        await self._async_advanced(self._rules.opt_out(device.lfdi, control_id, dt_util.utcnow()))

    async def async_opt_in(self, device: HanDevice, control_id: str | None = None) -> None:
        """Put a device back into the control named, else the active, else the next; ``OptError`` if there is none."""
        await self._async_advanced(self._rules.opt_in(device.lfdi, control_id, dt_util.utcnow()))

    async def async_set_standing_opt_out(self, device: HanDevice, *, out: bool) -> None:
        """Have a device stay out of all controls but emergencies, what lasts now among them, or take part again."""
        await self._async_advanced(self._rules.set_standing(device.lfdi, dt_util.utcnow(), out=out))
        self._tell(device.lfdi, None)

    # How it is carried out

    @property
    def _devices(self) -> list[HanDevice]:
        """The devices that we answer for."""
        return [subject.device for subject in self.subjects.values()]

    def _controlled(self, device: HanDevice) -> ControlledDevice:
        config = device.control or {}
        return ControlledDevice(
            lfdi=device.lfdi,
            device_category=device.device_category,
            programs=self.premise.programs_of(device).union(program.href for program in device.dr_programs),
            allowed=device.may_be_controlled,
            answers=answers_of(config),
            refusal=Refusal.ENTITY_MISSING if is_missing(self._hass, config["entity_id"]) else None,
            forward=goes_forward(config),
            beyond=(LEVELS if knows_levels(config) else frozenset()) | self.charge_states.answers_of(device),
        )

    def _as_asked(self, device: HanDevice, record: ControlRecord) -> tuple[ControlRecord, Mapping[str, Any]]:
        """Return what a control comes to for a device, and how it responds to that."""
        record, config = self.premise.as_asked(device, record)
        level = self._rules.level(device.lfdi, dt_util.utcnow())
        if level is not None and knows_levels(config):
            control, config = at_level(record.control, config, level)
            record = replace(record, control=control)
        record, config = self.charge_states.as_asked(device, record, config)
        return self.premise.within_limit(device, record, config)

    def what_is_done(self, device: HanDevice, control: LoadControl) -> str:
        """Return in one word what a device makes of a control (:data:`.asked.ASKED_WORDS`)."""
        return what_is_done(control, device.control or {}, self._controlled(device).beyond)

    @callback
    def _shares_changed(self) -> None:
        """Have devices keep to other shares of a limit."""
        if not self._closed:
            self._carrying.async_act()
            self._rounds.begin("keeping how a limit is shared", self._kept.async_save)

    async def _async_advanced(self, effects: Sequence[Effect]) -> None:
        """Keep what happened, then act, tell and answer."""
        self._take_note(effects)
        await self._async_happened()
        for lfdi in self.subjects:
            active = self._rules.active(lfdi)
            shown = None if active is None else (active.control, active.out)
            # It is over, and what the utility is told of it has yet to be seen; or it began, and nobody takes part.
            if self._rules.looked_for(lfdi) or shown != self._shown.get(lfdi):
                self._tell(lfdi, None)
            self._shown[lfdi] = shown
        if not self._closed:
            self._carrying.async_act()

    async def _async_happened(self) -> None:
        """Keep what was noted, and what follows for the premise as a whole, then tell and answer."""
        self._take_note(self.premise.look(dt_util.utcnow()))
        async_tell(self._hass, self._entry, "limit_unmeasured", wanted=self.premise.unmeasured and not self._closed)
        await self._kept.async_save()
        for place in range(1, len(self._untold) + 1):
            if not self._untold:
                break  # told by who came in between
            effect = self._untold.popleft()
            self._tell(effect.lfdi, effect)
            if place % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._arm()
        self._answering.async_begin()

    @callback
    def _take_note(self, effects: Iterable[Effect]) -> None:
        """Have effects answered, and told once they are kept."""
        for effect in effects:
            self._answering.async_keep(effect)
            if not effect.only_answered:
                self._untold.append(effect)
                _log(self._entry.title, effect)

    @callback
    def _tell(self, lfdi: str, effect: Effect | None) -> None:
        if (subject := self.subjects.get(lfdi)) is None:
            return
        if effect is None:
            subject.async_tell()
            return
        what = self.what_is_done(subject.device, effect.control)
        subject.async_tell(Occurrence(CONTROL, effect.happening.value, _details(effect, what)))
        self.effects.tell(subject.device, effect)

    # Time

    @callback
    def _arm(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self._closed:
            return
        times = [self._rules.next_change(), *self._carrying.times()]
        if known := [time for time in times if time is not None]:
            when = max(min(known), dt_util.utcnow() + _SOON)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, self._time_came, when)

    async def _async_time_came(self, _now: datetime) -> None:
        self._cancel_timer = None
        await self._rounds.do("load control", self._async_advance)

    async def _async_advance(self) -> None:
        await self._async_advanced(self._rules.advance(dt_util.utcnow()))


def _details(effect: Effect, what: str) -> dict[str, Any]:
    """Return what is told of an effect, ``what`` being what the device does (:data:`.asked.ASKED_WORDS`)."""
    return {
        "control": effect.control.id,
        "what": what,
        "mandatory": effect.control.mandatory,
        "reason": effect.refusal and effect.refusal.value,
    }


def _log(title: str, effect: Effect) -> None:
    of = (title, effect.control.id, effect.lfdi)
    if effect.refusal is None:
        LOGGER.debug("%s: control %s for device %s: %s", *of, effect.happening)
    else:
        words = "%s: control %s for device %s was refused (%s): %s"
        LOGGER.warning(words, *of, effect.status.name.lower(), effect.refusal)
