"""Has the linked entities of a hub's devices do what is in force, and says what each makes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..const import AWAY_STATES, DOMAIN
from ..devices.device import HanDevice
from ..hub.background.rounds import ENDS_WITHIN
from ..hub.hub import Hub
from ..procedures import ControlRecord, Effect, Refusal
from .appliance import Appliance, Followed
from .store import KeptControls

_PATIENCE = timedelta(minutes=1)
"""How long an appliance may take to follow; then the utility is told that it does not."""
_TRIED_EVERY = timedelta(seconds=10)
_AT_LAST = {
    Followed.UNAVAILABLE: Refusal.ENTITY_UNAVAILABLE,
    Followed.REFUSES: Refusal.ENTITY_REFUSES,
    Followed.SILENT: Refusal.ENTITY_SILENT,
    Followed.NOTHING_TO_DO: Refusal.NOTHING_TO_DO,
}
"""What is told where it stays so."""


class Carrying:
    """The appliances of one hub."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        devices: Mapping[str, HanDevice],
        kept: KeptControls,
        as_asked: Callable[[HanDevice, ControlRecord], tuple[ControlRecord, Mapping[str, Any]]],
        note: Callable[[Iterable[Effect]], None],
        happened: Callable[[], Awaitable[None]],
    ) -> None:
        """``devices`` are by LFDI.

        ``as_asked`` says what a control comes to for a device, and how it responds to that. ``note`` takes what came
        of it at once: whoever writes how controls stand writes the answer with it. ``happened`` is told after that.
        """
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self._devices = devices
        self._kept = kept
        self._as_asked = as_asked
        self._note = note
        self._happened = happened
        self._began = self._now()
        self._appliances = {lfdi: Appliance(hass, lfdi, kept) for lfdi in devices.keys() | kept.jobs.keys()}
        self._by_entity: dict[str, set[str]] = {}
        """LFDIs of the devices that an entity is, or that still have to put it back."""
        self._under_way: set[str] = set()
        """LFDIs of the devices whose entities are being brought somewhere."""
        self._again: set[str] = set()
        """Those of them of which something else may be wanted by now."""
        self._cancel_watch: CALLBACK_TYPE | None = None
        self._flushing = self._ended = False
        self._acting: set[asyncio.Task[None]] = set()

    @callback
    def async_start(self) -> None:
        """Begin to watch the entities, of which nobody knows yet what they do."""
        for lfdi in self._devices:
            self._kept.rules.out_of_sight(lfdi)
        for lfdi, device in self._devices.items():
            if device.control:
                self._by_entity.setdefault(device.control["entity_id"], set()).add(lfdi)
        for lfdi, appliance in self._appliances.items():
            if appliance.entity_id is not None:
                self._by_entity.setdefault(appliance.entity_id, set()).add(lfdi)
        if self._by_entity:
            self._cancel_watch = async_track_state_change_event(self._hass, set(self._by_entity), self._entity_changed)

    async def async_end(self) -> None:
        """End; what was done to entities stays done, and nothing is done to them once this returns."""
        self._ended = True
        if self._cancel_watch is not None:
            self._cancel_watch()
            self._cancel_watch = None
        if self._acting:
            await asyncio.wait(self._acting, timeout=ENDS_WITHIN)

    def times(self) -> Iterable[datetime]:
        """Yield when there is something to do next, on our clock."""
        offset = self._kept.rules.clock_offset
        return (each.look_again - offset for each in self._appliances.values() if each.look_again is not None)

    def _now(self) -> datetime:
        """Return the time by which appliances go: the gateway's, as far as there is one."""
        return dt_util.utcnow() + self._kept.rules.clock_offset

    @callback
    def async_act(self) -> None:
        """Have every appliance brought where it belongs now."""
        for lfdi in self._appliances:
            self._act(lfdi)

    @callback
    def _act(self, lfdi: str) -> None:
        if self._ended:
            return
        if lfdi in self._under_way:
            # However often it is asked for while an action takes its time, it is looked at once after that.
            self._again.add(lfdi)
            return
        rules = self._kept.rules
        if rules.in_force(lfdi) or rules.looked_for(lfdi) or self._appliances[lfdi].entity_id is not None:
            self._under_way.add(lfdi)
            acting = self._entry.async_create_task(self._hass, self._async_one_by_one(lfdi), f"{DOMAIN} load control")
            self._acting.add(acting)
            acting.add_done_callback(self._acting.discard)

    async def _async_one_by_one(self, lfdi: str) -> None:
        """Bring an appliance where it belongs, and once more where that may have changed meanwhile."""
        try:
            await self._async_carry_out(lfdi)
        finally:
            self._under_way.discard(lfdi)
        if lfdi in self._again:
            self._again.discard(lfdi)
            self._act(lfdi)

    async def _async_carry_out(self, lfdi: str) -> None:
        device, appliance = self._devices.get(lfdi), self._appliances[lfdi]
        rules = self._kept.rules
        active = rules.active(lfdi)
        record, config = None, device.control if device else None
        if device is not None and active is not None and active.in_force:
            record, config = self._as_asked(device, rules.on_gateway_clock(active))
        followed = Followed.REFUSES  # what ends in an error of ours was not done either, and is tried again as such
        with self._rounds.round("carrying out", lfdi, device.title if device else ""):
            followed = await appliance.async_carry_out(record, config, self._now())
        effects = self._found(lfdi, appliance)
        if record is not None:
            effects += self._followed(lfdi, record, followed, appliance)
        self._note(effects)
        if any(effect.refusal for effect in effects):
            self._act(lfdi)  # what was begun is put back
        if not self._flushing:
            self._flushing = True
            self._entry.async_create_task(self._hass, self._flush(), f"{DOMAIN} followed", eager_start=False)

    async def _flush(self) -> None:
        """Tell what came of it, for all devices that were at it in the same moment."""
        self._flushing = False
        await self._rounds.do("telling what was carried out", self._happened)

    def _found(self, lfdi: str, appliance: Appliance) -> list[Effect]:
        """Take note of how an appliance that was out of sight was found, or that it is not looked for any longer."""
        rules, now, found = self._kept.rules, dt_util.utcnow(), appliance.found
        appliance.found = None
        effects = rules.found(lfdi, found.control, now, as_left=found.as_left) if found is not None else []
        for record in map(rules.on_gateway_clock, rules.looked_for(lfdi)):
            patient_until = self._patient_until(record.end)
            if appliance.control_id != record.control.id or self._now() >= patient_until:
                effects += rules.not_found(lfdi, record.control.id, now)
            else:
                self._look_again(appliance, patient_until)
        return effects

    def _patient_until(self, since: datetime) -> datetime:
        if not self._hass.is_running:
            self._began = self._now()  # what is not there yet may still come
        return max(since, self._began) + _PATIENCE

    def _look_again(self, appliance: Appliance, patient_until: datetime) -> None:
        again = min(self._now() + _TRIED_EVERY, patient_until)
        appliance.look_again = min(appliance.look_again or again, again)

    def _followed(self, lfdi: str, record: ControlRecord, followed: Followed, appliance: Appliance) -> list[Effect]:
        """Take note of what an appliance makes of a control; what it does not do for a minute, it does not do."""
        rules, now, control_id = self._kept.rules, dt_util.utcnow(), record.control.id
        if followed is Followed.DOES:
            return rules.acted(lfdi, control_id, appliance.applied, now)
        if followed is Followed.OVERRIDDEN:
            rules.overridden(lfdi, control_id, now)
        refusal = _AT_LAST.get(followed)
        if refusal is None:
            return []
        patient_until = self._patient_until(record.start)
        if refusal is Refusal.NOTHING_TO_DO or self._now() >= patient_until:
            return rules.could_not(lfdi, control_id, refusal, now)
        self._look_again(appliance, patient_until)
        return []

    @callback
    def _entity_changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        entity_id = event.data["entity_id"]
        lfdis = self._by_entity.get(entity_id, set())
        theirs = [lfdi for lfdi in lfdis if self._appliances[lfdi].entity_id == entity_id]
        if new is None or new.state in AWAY_STATES:
            for lfdi in theirs:
                self._appliances[lfdi].async_lost()
                self._kept.rules.out_of_sight(lfdi)
            return
        told = event.context.user_id is not None or event.context.parent_id is not None
        for lfdi in theirs:
            self._appliances[lfdi].async_note(new, self._now(), told=told)
        came_back = old is None or old.state in AWAY_STATES
        for lfdi in lfdis if came_back else theirs:
            self._act(lfdi)
