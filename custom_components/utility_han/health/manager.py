"""Keeps the health of a hub: has it evaluated, told, shown and stored."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..hub.notifications import async_notify
from ..procedures.control_record import Refusal
from ..procedures.health import Finding, Health, HealthEvent, HealthReason, HealthState
from ..procedures.load_control import Effect
from ..procedures.verdict import finding
from ..utility.errors import UtilityError
from ..utility.model import Event
from ..utility.service_model import Case, CaseStatus
from . import notices
from .store import Condition, Conditions
from .subjects import Subjects, Watched
from .words import async_load_words, words

if TYPE_CHECKING:
    from ..hub.coordinator import UtilityHanConfigEntry

_EVERY = timedelta(minutes=1)
_SLICE = 100
"""Evaluated in one go; then the event loop has its turn."""
# What only a diagnosis can find out lasts until another one does not find it.
_TESTED = frozenset(
    {
        HealthReason.NO_ANSWER,
        HealthReason.NOT_ASSIGNED,
        HealthReason.PROGRAMS_DIFFER,
        HealthReason.ACCOUNT_DIFFERS,
        HealthReason.SELF_TEST_FAILED,
    }
)
_OF_STATE = {
    HealthState.OK: HealthEvent.RECOVERED,
    HealthState.MARGINAL: HealthEvent.MARGINAL,
    HealthState.FAILING: HealthEvent.FAILING,
    HealthState.FAILED: HealthEvent.FAILED,
}
_OUR_OWN = frozenset({Refusal.ENTITY_MISSING, Refusal.UNSUPPORTED})
"""Refusals that are about the device, and not about the control."""

type Told = tuple[HealthEvent, dict[str, Any]]
type Listener = Callable[[Told | None], None]


class HealthManager:
    """The health of one hub's gateway, devices and vehicles."""

    def __init__(self, hass: HomeAssistant, entry: UtilityHanConfigEntry, conditions: Conditions) -> None:
        """``entry`` must have its runtime data before :meth:`async_start`."""
        self._hass = hass
        self._entry = entry
        self.conditions = conditions
        self.subjects = Subjects(hass, entry)
        self.account_suspended = False
        self.diagnosing = asyncio.Lock()
        """Held while something is diagnosed: what two find out at once would mislead both."""
        self._evaluating = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._to_ask = False
        """Whether the utility could not be asked when there was something to ask."""
        self._again = False
        self._listeners: dict[str, list[Listener]] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []

    async def async_start(self) -> None:
        """Begin to watch."""
        await async_load_words(self._hass)
        runtime = self._entry.runtime_data
        self._unsubscribe += [
            runtime.coordinator.async_add_listener(self.async_schedule),
            async_track_time_interval(self._hass, self._minute, _EVERY),
        ]
        for device in runtime.devices.values():
            self._unsubscribe.append(
                runtime.load_control.async_add_listener(device, self._control_listener(device.subentry_id))
            )
        runtime.registrar.async_add_listener(self._utility_told)
        if runtime.registrar.utility is not None:
            self._entry.async_create_background_task(self._hass, self.async_ask_utility(), f"{DOMAIN} cases")
        for watched in self.subjects.all():
            notices.async_update(self._hass, self._entry, watched, self.condition(watched.key).health)
        await self.async_evaluate()

    async def async_shutdown(self) -> None:
        """End everything and keep how it stands."""
        for cancel in self._unsubscribe:
            cancel()
        self._unsubscribe.clear()
        notices.async_clear(self._hass, self._entry)
        await self.conditions.async_save()

    # What there is

    def condition(self, key: str) -> Condition:
        """Return how a subject is."""
        return self.conditions.of(key)

    def watched(self, key: str) -> Watched | None:
        """Return the subject kept under ``key``."""
        return next((each for each in self.subjects.all() if each.key == key), None)

    def open_cases(self) -> Iterator[tuple[Watched, Mapping[str, str]]]:
        """Yield what has a case open at the utility, with the case."""
        for watched in self.subjects.all():
            if (case := self.condition(watched.key).case) is not None:
                yield watched, case

    @callback
    def async_add_listener(self, key: str, listener: Listener) -> CALLBACK_TYPE:
        """Have ``listener`` told of each event of a subject, and called with None after other changes."""
        listeners = self._listeners.setdefault(key, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    # Evaluation

    async def _minute(self, _now: datetime) -> None:
        await self.async_evaluate()
        if self._to_ask:
            await self.async_ask_utility()

    @callback
    def async_schedule(self) -> None:
        """Evaluate soon."""
        if not self._again:
            self._again = True
            self._entry.async_create_background_task(self._hass, self.async_evaluate(), f"{DOMAIN} health")

    async def async_evaluate(self, now: datetime | None = None) -> None:
        """Look at everything (at ``now``), in slices that leave the event loop to others; tell what changed."""
        async with self._evaluating:
            self._again = False
            now = now or dt_util.utcnow()
            gateway = self.condition(self.subjects.gateway.key).health
            changed = False
            for number, watched in enumerate(list(self.subjects.all())):
                if number % _SLICE == _SLICE - 1:
                    await asyncio.sleep(0)
                changed |= self._evaluate(watched, gateway, now)
            if changed:
                self.conditions.save_later()

    def _evaluate(self, watched: Watched, gateway: Health, now: datetime) -> bool:
        condition = self.condition(watched.key)
        tested = (each for each in _diagnosed(condition) if each.reason in _TESTED)
        findings = [*self.subjects.findings(watched, gateway, now), *tested]
        return self._took(watched, lambda: condition.health.take(findings, now))

    @callback
    def async_believe(self, watched: Watched) -> None:
        """Take what is found now at once: it was looked at with care."""
        gateway = self.condition(self.subjects.gateway.key).health
        condition, now = self.condition(watched.key), dt_util.utcnow()
        # Of a reason that both have, what is evident says how bad it is.
        findings = [*_diagnosed(condition), *self.subjects.findings(watched, gateway, now)]
        self._took(watched, lambda: condition.health.take(findings, now, sure=True))

    def _took(self, watched: Watched, take: Callable[[], bool]) -> bool:
        """Let ``take`` change the health of a subject, and tell what came of it."""
        health = self.condition(watched.key).health
        before, lost = health.state, HealthReason.REGISTRATION_LOST in health.believed
        if not take():
            return False
        LOGGER.debug("%s: %s is %s (%s)", self._entry.title, watched.title, health.state, health.reason)
        told = {"reason": health.reason and health.reason.value}
        self.async_tell(watched.key, None)  # who reacts to the events shall find the state as it is
        if HealthReason.REGISTRATION_LOST in health.believed and not lost:
            self.async_tell(watched.key, (HealthEvent.REGISTRATION_LOST, told))
        if health.state is not before:
            self.async_tell(watched.key, (_OF_STATE[health.state], told))
            if health.state.rank > max(before.rank, HealthState.MARGINAL.rank) and self._concerns_itself(watched):
                self._notify(watched)
        notices.async_update(self._hass, self._entry, watched, health)
        return True

    def _concerns_itself(self, watched: Watched) -> bool:
        return self.condition(watched.key).health.reason is not HealthReason.GATEWAY_DOWN

    def _notify(self, watched: Watched) -> None:
        health = self.condition(watched.key).health
        said = {"device": watched.title, "reason": words(self._hass, health.reason)}
        self._entry.async_create_task(
            self._hass, async_notify(self._hass, self._entry, "unhealthy", said, watched.key), f"{DOMAIN} notify"
        )

    @callback
    def async_tell(self, key: str, told: Told | None) -> None:
        """Tell whoever listens."""
        for listener in list(self._listeners.get(key, ())):
            listener(told)

    def _control_listener(self, key: str) -> Callable[[Effect | None], None]:
        @callback
        def happened(effect: Effect | None) -> None:
            if effect is None or effect.refusal not in _OUR_OWN:
                return
            device = self._entry.runtime_data.devices[key]
            device.missed_control = dt_util.utcnow()
            told = {"reason": effect.refusal.value, "control": effect.control.id}
            self.async_tell(key, (HealthEvent.CONTROL_MISSED, told))
            self.async_schedule()

        return happened

    # What the utility tells

    @callback
    def _utility_told(self, event: Event) -> None:
        if event.type in ("account.updated", "case.updated", "diagnostics.requested"):
            self._entry.async_create_background_task(self._hass, self.async_ask_utility(), f"{DOMAIN} cases")

    async def async_ask_utility(self) -> None:
        """Bring account, cases and what is to be diagnosed up to date; where it fails it is tried each minute."""
        async with self._asking:
            await self._ask_utility()

    async def _ask_utility(self) -> None:
        registrar = self._entry.runtime_data.registrar
        utility, premise_id = registrar.utility, registrar.premise_id
        if utility is None or premise_id is None:
            return
        try:
            accounts = await utility.accounts()
            cases = await utility.cases(premise_id)
            requests = await utility.diagnostics_requests(premise_id)
        except UtilityError as err:
            LOGGER.debug("%s: cases are asked for later: %s", self._entry.title, err)
            self._to_ask = True
            return
        self._to_ask = False
        self.account_suspended = any(account.status == "suspended" for account in accounts)
        for case in cases:
            self.async_take_case(case)
        await self.async_evaluate()
        await notices.async_ask_permission(self._hass, self._entry, requests)

    @callback
    def async_take_case(self, case: Case) -> None:
        """Keep how a case stands with what it is about, and tell of changes."""
        if (watched := self.subjects.about(case.registration_id, case.binding_id)) is None:
            return
        condition = self.condition(watched.key)
        known = condition.case
        if case.status is CaseStatus.CLOSED:
            if known is None or known["id"] != case.id:
                return
            condition.case = None
        else:
            said = {"id": case.id, "status": case.status.value, "summary": case.summary}
            said |= {"note": case.note} if case.note else {}
            said |= {"appointment": case.appointment.start.isoformat()} if case.appointment else {}
            if said == known:
                return
            condition.case = said
        for key in (watched.key, self.subjects.gateway.key):
            self.async_tell(key, None)
        self.async_tell(watched.key, (HealthEvent.CASE_UPDATED, {"case": case.id, "status": case.status.value}))
        self.conditions.save_later()


def _diagnosed(condition: Condition) -> Iterator[Finding]:
    """Yield what the last diagnosis found."""
    return (finding(HealthReason(reason)) for reason in (condition.diagnosis or {}).get("reasons", ()))
