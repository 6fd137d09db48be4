"""Keeps the health of a hub: has it evaluated, told, shown and stored."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..devices.device import HanDevice
from ..devices.manager import Registrar
from ..hub.hub import Hub
from ..hub.subject import Occurrence
from ..hub.telling.notifications import async_notify, async_withdraw
from ..hub.telling.phone import Button, Choice
from ..load_control.manager import LoadControlManager
from ..procedures import (
    BY_OTHERS,
    CAUSES,
    Effect,
    Finding,
    Happening,
    Health,
    HealthEvent,
    HealthReason,
    HealthState,
    Refusal,
    asks_nothing,
    finding,
)
from ..utility import Case, Feature
from ..vehicles.manager import VehicleManager
from . import notices
from .appointment_news import async_tell_appointment, async_withdraw_news, news_of
from .cases import ABOUT, KnownCase, appointment_of, change, standing
from .chosen import ChosenEntities
from .store import Condition, Conditions
from .subjects import Subjects, Watched
from .texts import async_load_words, in_words, words

_EVERY = timedelta(minutes=1)
_UNHEALTHY = "unhealthy"
"""The notification that something is not well."""
_SLICE = 100
"""Evaluated in one go; then the event loop has its turn."""
_TOLD_OTHERWISE = frozenset({HealthReason.GATEWAY_DOWN, HealthReason.REGISTRATION_FAILED})
"""Of what people are notified by the gateway, or by whoever registers the device."""
_OF_STATE = {
    HealthState.OK: HealthEvent.RECOVERED,
    HealthState.MARGINAL: HealthEvent.MARGINAL,
    HealthState.FAILING: HealthEvent.FAILING,
    HealthState.FAILED: HealthEvent.FAILED,
}
_OUR_OWN = frozenset(
    {
        Refusal.ENTITY_MISSING,
        Refusal.ENTITY_UNAVAILABLE,
        Refusal.ENTITY_REFUSES,
        Refusal.ENTITY_SILENT,
    }
)
"""Refusals that are about the device, and not about the control: that a program asks for what is no device's to do, as
for temperatures of a charger, is no trouble of the device, nor that a thermostat which is off could do no less."""

HEALTH = "health_event"
"""What happened to the health of something: shown by the event entity of this key."""


class HealthManager:
    """The health of one hub's gateway, devices and vehicles."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        conditions: Conditions,
        registrar: Registrar,
        controls: LoadControlManager,
        vehicles: VehicleManager,
    ) -> None:
        """The managers must know everything that is shown."""
        self.hass = hass
        self.hub = hub
        self.registrar = registrar
        self.account = registrar.account
        self.conditions = conditions
        self.subjects = Subjects(hass, hub, registrar, controls, vehicles)
        self.account_suspended = False
        self.diagnosing = asyncio.Lock()
        """Held while something is diagnosed: what two find out at once would mislead both."""
        self.controls = controls
        self._chosen = ChosenEntities(hass, hub, registrar, vehicles)
        self._evaluating = asyncio.Lock()
        self._again = False
        self._closed = False
        """Whether the hub was unloaded: a diagnosis that outlives it tells nobody, as nobody would take it back."""
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @property
    def entry(self) -> ConfigEntry:
        """The hub's config entry."""
        return self.hub.entry

    async def async_start(self) -> None:
        """Begin to watch."""
        await async_load_words(self.hass)
        self.conditions.note_whose(self.account.account_key)
        self.conditions.forget_all_but({self.entry.entry_id, *self.entry.subentries})
        self._unsubscribe += [
            self.hub.coordinator.async_add_listener(self.async_schedule),
            self.account.changed.add(self.async_schedule),
            self.registrar.changed.add(self.async_schedule),
            self.hub.rounds.changed.add(self.async_schedule),
            self.controls.effects.add(self._controlled),
            async_track_time_interval(self.hass, self.hub.rounds.timed("health", self._minute), _EVERY),
        ]
        for watched in self.subjects.all:
            notices.async_update(self.hass, self.entry, watched, self.condition(watched.key).health)
        await self.async_evaluate()

    async def async_shutdown(self) -> None:
        """End everything and keep how it stands."""
        self._closed = True
        for cancel in self._unsubscribe:
            cancel()
        self._unsubscribe.clear()
        await self.conditions.async_save()

    # What there is

    def condition(self, key: str) -> Condition:
        """Return how a subject is."""
        return self.conditions.of(key)

    def open_cases(self) -> Iterator[tuple[Watched, Mapping[str, str]]]:
        """Yield what has a case open at the utility, with the case in the words of the home.

        Of a utility that was left nobody hears what becomes of them; they are known once it is linked again.
        """
        if not self.account.utility.offers(Feature.CASES):
            return
        for watched in self.subjects.all:
            if (case := self.condition(watched.key).case) is not None:
                yield watched, in_words(self.hass, watched.title, case)

    # Evaluation

    async def _minute(self, _now: datetime) -> None:
        await self.hub.rounds.do("health", self.async_evaluate)

    @callback
    def async_schedule(self) -> None:
        """Evaluate soon."""
        if not self._again:
            self._again = True
            self.hub.rounds.begin("health", self.async_evaluate)

    async def async_evaluate(self, now: datetime | None = None) -> None:
        """Look at everything (at ``now``), in slices that leave the event loop to others; tell what changed."""
        async with self._evaluating:
            self._again = False
            now = now or dt_util.utcnow()
            gateway = self.condition(self.subjects.gateway.key).health
            changed = False
            for number, watched in enumerate(self.subjects.all):
                if number % _SLICE == _SLICE - 1:
                    await asyncio.sleep(0)
                # One that fails keeps no other from it.
                with self.hub.rounds.round("looking at", watched.key, watched.title):
                    changed |= self._evaluate(watched, gateway, now)
            if not self._closed:
                self._chosen.async_look(now)
            if changed:
                self.conditions.save_later()

    def _evaluate(self, watched: Watched, gateway: Health, now: datetime) -> bool:
        condition = self.condition(watched.key)
        # Of a reason that both have, what is evident says how bad it is.
        findings = [*map(finding, condition.tested), *self._found(watched, gateway, now)]
        return self._took(watched, lambda: condition.health.take(findings, now))

    def _found(self, watched: Watched, gateway: Health, now: datetime) -> Iterable[Finding]:
        return self.subjects.findings(watched, gateway, now, suspended=self.account_suspended)

    @callback
    def async_believe(self, watched: Watched) -> None:
        """Take what is found now at once: it was looked at with care."""
        gateway = self.condition(self.subjects.gateway.key).health
        condition, now = self.condition(watched.key), dt_util.utcnow()
        findings = [*_diagnosed(condition), *self._found(watched, gateway, now)]
        self._took(watched, lambda: condition.health.take(findings, now, sure=True))

    def _took(self, watched: Watched, take: Callable[[], bool]) -> bool:
        """Let ``take`` change the health of a subject, and tell what came of it."""
        health = self.condition(watched.key).health
        before, lost = health.state, HealthReason.REGISTRATION_LOST in health.believed
        if self._closed or not take():
            return False
        LOGGER.debug("%s: %s is %s (%s)", self.entry.title, watched.title, health.state, health.reason)
        told = {"reason": health.reason and health.reason.value}
        watched.async_tell()  # who reacts to the events shall find the state as it is
        if HealthReason.REGISTRATION_LOST in health.believed and not lost:
            _tell(watched, HealthEvent.REGISTRATION_LOST, told)
        if health.state is not before:
            _tell(watched, _OF_STATE[health.state], told)
            if health.state.rank > max(before.rank, HealthState.MARGINAL.rank) and self._concerns_itself(watched):
                self._notify(watched)
            elif health.state is HealthState.OK:
                over = partial(async_withdraw, self.hass, self.entry, _UNHEALTHY, watched.key)
                self.hub.rounds.begin("notifying of", over, watched.key, watched.title, waited_for=True)
        notices.async_update(self.hass, self.entry, watched, health)
        return True

    def _concerns_itself(self, watched: Watched) -> bool:
        return self.condition(watched.key).health.reason not in _TOLD_OTHERWISE

    def _notify(self, watched: Watched) -> None:
        health = self.condition(watched.key).health
        said = {"device": watched.title, "reason": words(self.hass, health.reason)}
        # What helps comes first: where the reason is known, and is mended here, nobody need look for it.
        mended_here = health.reason is not None and CAUSES[health.reason].repair not in BY_OTHERS
        order = (Button.REPAIR, Button.DIAGNOSE) if mended_here else (Button.DIAGNOSE, Button.REPAIR)
        choices = [Choice(button, watched.key) for button in order]
        notified = partial(async_notify, self.hass, self.entry, _UNHEALTHY, said, watched.key, choices)
        self.hub.rounds.begin("notifying of", notified, watched.key, watched.title, waited_for=True)

    @callback
    def _controlled(self, device: HanDevice, effect: Effect) -> None:
        """A control is carried out, or could not be for a reason that is the device's own."""
        if (watched := self.subjects.of(device.key)) is None:
            return
        if effect.happening is Happening.STARTED and not asks_nothing(effect.control):
            self._carried_out(device)
        if effect.refusal not in _OUR_OWN:
            return
        device.missed_control = dt_util.utcnow()
        told = {"reason": effect.refusal.value, "control": effect.control.id}
        _tell(watched, HealthEvent.CONTROL_MISSED, told)
        self.async_schedule()

    def _carried_out(self, device: HanDevice) -> None:
        """What it did not do before is no fault any more once it does what is asked."""
        tested = self.condition(device.key).tested
        if device.missed_control is not None or HealthReason.CONTROL_MISSED in tested:
            device.missed_control = None
            tested.pop(HealthReason.CONTROL_MISSED, None)
            self.async_schedule()

    @callback
    def async_take_case(self, case: Case, about: Mapping[str, str] | None = None, *, by_person: bool = False) -> None:
        """Keep how a case stands with what it is about, and tell of changes; ``about`` it is by a code.

        ``by_person`` is whether the appointment is as a person here has just made it, who need not be told.
        """
        if (watched := self.subjects.about(case.registration_id, case.binding_id)) is None:
            return
        condition = self.condition(watched.key)
        if (what := change(condition.case, case)) is None:
            return
        known = condition.case if condition.case is not None and condition.case["id"] == case.id else {}
        if (said := standing(case)) is not None:
            said |= about or {name: known[name] for name in ABOUT if name in known}
        self._tell_appointment(watched, known, said, by_person=by_person)
        condition.case = said
        watched.async_tell()
        self.subjects.gateway.async_tell()
        told = {"case": case.id, "status": case.status.value, "change": what.value}
        _tell(watched, HealthEvent.CASE_UPDATED, told)
        self.conditions.save_later()

    @callback
    def _tell_appointment(
        self, watched: Watched, known: KnownCase, said: KnownCase | None, *, by_person: bool
    ) -> None:
        """Tell who waits for somebody at home what is otherwise; what was told holds no more once somebody comes."""
        news = None if by_person else news_of(known, said, dt_util.utcnow())
        if news is not None:
            tell = partial(async_tell_appointment, self.hass, self.entry, watched, *news)
        elif said is not None and appointment_of(said) not in (None, appointment_of(known)):
            tell = partial(async_withdraw_news, self.hass, self.entry, watched)
        else:
            return
        self.hub.rounds.begin("telling of the appointment for", tell, watched.key, watched.title)


@callback
def _tell(watched: Watched, event: HealthEvent, told: Mapping[str, Any]) -> None:
    watched.async_tell(Occurrence(HEALTH, event.value, told))


def _diagnosed(condition: Condition) -> Iterator[Finding]:
    """Yield what the last diagnosis found."""
    return (finding(HealthReason(reason)) for reason in (condition.diagnosis or {}).get("reasons", ()))
