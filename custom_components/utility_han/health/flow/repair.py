"""The fix flow of health: what is not well is repaired or replaced, or somebody comes."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, override

import probatio
from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.const import CONF_ENTITY_ID, CONF_PIN
from homeassistant.helpers.selector import EntitySelector, EntitySelectorConfig, SelectSelectorMode, TextSelector

from ...const import CONF_LFDI, CONF_MODEL, CONF_SERIAL, LOGGER
from ...devices.flow.identification import take_identification
from ...devices.store import Record
from ...gateway import parse_lfdi, parse_pin
from ...hub.flow.choices import choice, our_entities
from ...hub.flow.progress import shows_progress
from ...hub.hub import UtilityHanConfigEntry
from ...hub.renaming import ids_of_now
from ...hub.telling.person import Person
from ...hub.telling.texts import plain
from ...hub.telling.wording import named
from ...hub.telling.words import async_load
from ...procedures import CAUSES, OF_DEVICE, Diagnosis, HealthReason, Outcome, Repair, Step, StepResult, Verdict
from ...utility import Case, Feature, Slot, UtilityError, UtilityReason
from ..cases import appointment_of
from ..diagnosing import async_diagnosis_steps, async_open_case, gateway_of
from ..repairing import async_repair_steps
from ..replacing import Replacement, async_replace
from ..subjects import Watched
from ..texts import words
from ..written import async_spans
from .steps import StepsFlow

CONF_SLOT = "slot"
_FIELD_OF = {UtilityReason.WRONG_SERIAL: CONF_SERIAL, UtilityReason.WRONG_KEY: CONF_PIN}
_OF_A_PERSON = frozenset({Repair.COMMISSION_AGAIN, Repair.RENEW_CERTIFICATE, Repair.SIGN_IN})
_OURS = frozenset({*OF_DEVICE, Repair.RESYNCHRONISE})
"""What is done here; the words of the others are for who has to do something."""

type _Page[**AndMore] = Callable[Concatenate[UnhealthyFlow, AndMore], Coroutine[Any, Any, RepairsFlowResult]]


def _while_there[**AndMore](page: _Page[AndMore]) -> _Page[AndMore]:
    """Have a page say so where what it is about was removed since the one before, or its hub is not loaded."""

    @wraps(page)
    async def shown(flow: UnhealthyFlow, /, *answer: AndMore.args, **more: AndMore.kwargs) -> RepairsFlowResult:
        await flow.async_learn_reader()
        return flow.async_abort(reason="gone") if flow.gone else await page(flow, *answer, **more)

    return shown


class UnhealthyFlow(StepsFlow):
    """Something is not well: it is diagnosed, repaired and diagnosed again, or replaced, or somebody comes."""

    def __init__(self, entry: UtilityHanConfigEntry, subject: str) -> None:
        """``subject`` is what it is kept under in the hub's health."""
        super().__init__(entry)
        self.subject = subject
        self._found = Diagnosis()
        self._repair: Repair | None = None
        self._reader: Person | None = None
        self._slots: list[Slot] = []
        self._record: Record
        """The registration that wants a serial number and a PIN."""

    async def async_learn_reader(self) -> None:
        """Have the words of who reads the pages at hand; whoever opens the first of them reads all."""
        if self._reader is None:
            self._reader = await Person.async_asking(self.hass)
            await async_load(self.hass, self._reader.language)

    @property
    def _person(self) -> Person:
        return self._reader or Person.of_home(self.hass)

    def _words(self, code: HealthReason | Verdict | Repair | None) -> str:
        return words(self.hass, code, self._person.language)

    @property
    def gone(self) -> bool:
        """Whether there is nothing left to look after."""
        return not self.loaded or self.health.subjects.of(self.subject) is None

    @property
    def watched(self) -> Watched:
        """What is not well, while it is there."""
        return self.health.subjects[self.subject]

    @property
    def _placeholders(self) -> dict[str, str]:
        health = self.health.condition(self.subject).health
        return {
            "device": plain(self.watched.title),
            "named": named(self.hass, plain(self.entry.title), plain(self.watched.title), self._person.language),
            "now": self._words(self._found.reason or health.reason),
            "verdict": self._words(self._found.verdict),
            "next": self._words(self._found.next),
            "repair": self._words(CAUSES[health.reason].repair if health.reason else None),
        }

    @_while_there
    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Offer what can be done."""
        return self._menu("init")

    def _menu(self, step_id: str) -> RepairsFlowResult:
        options = ["repair"]
        if self.watched.device is not None:
            options.append("replace")
        if self.health.account.utility.offers(Feature.APPOINTMENTS):
            options.append("appointment")
            if self._appointment is not None:
                options.append("appointment_cancel")
        return self.async_show_menu(step_id=step_id, menu_options=options, description_placeholders=self._placeholders)

    # Diagnosis and repair, step by step

    @_while_there
    @shows_progress
    async def async_step_repair(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """RD-3 to RD-12, DM-3 to DM-6: diagnose, repair by the verdict, diagnose again."""
        page = await self._async_walk("repair", self._first, self._placeholders)
        return page or self.async_show_progress_done(next_step_id=self._end())

    @property
    def _first(self) -> Step:
        return Step.DM_3 if gateway_of(self.health, self.watched) is not None else Step.RD_3

    @override
    async def _take(self) -> AsyncGenerator[StepResult]:
        watched = self.watched
        async for result in async_diagnosis_steps(self.health, watched, self._found):
            yield result
        if (repair := self._found.next) is None:
            return
        self._repair = repair
        async for result in async_repair_steps(self.health, watched, repair):
            yield result
        if repair in _OF_A_PERSON:
            return
        self._found = Diagnosis()
        async for result in async_diagnosis_steps(self.health, watched, self._found):
            yield result

    def _end(self) -> str:
        if self._found.verdict is Verdict.NOTHING_WRONG:
            return "healthy"
        record = self.health.subjects.record(self.watched)
        if self._repair is Repair.REREGISTER and record is not None and record.run.unidentified is not None:
            self._record = record
            return "identification"
        return "person" if self._repair in _OF_A_PERSON else "still_wrong"

    @_while_there
    async def async_step_healthy(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """RD-11: it works; what was done for it is said, where it was done here."""
        if self._repair not in _OURS:
            return self.async_create_entry(data={})
        # The notice has gone by itself, and Home Assistant's own last page says that it was repaired, and no more.
        said = {"device": plain(self.watched.title), "done": self._words(self._repair)}
        return self.async_abort(reason="repaired", description_placeholders=said)

    @_while_there
    async def async_step_identification(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """UR-8 again: the utility wants serial number and PIN, which nobody else tells; then the repair goes on."""
        record, errors = self._record, dict[str, str]()
        if user_input is not None:
            pattern = (record.data.get(CONF_MODEL) or {}).get("serial_pattern")
            if (found := take_identification(user_input, pattern, errors, pin=CONF_PIN)) is not None:
                record.run.serial, record.run.key = found
                await self.health.registrar.async_save(record.run)
                self._repair, self._found = None, Diagnosis()
                return await self.async_step_repair()
        elif (reason := record.run.unidentified) in _FIELD_OF:
            errors[_FIELD_OF[reason]] = reason
        fields = {probatio.Required(CONF_SERIAL): TextSelector(), probatio.Required(CONF_PIN): TextSelector()}
        known = {CONF_SERIAL: record.run.serial}
        return self.async_show_form(
            step_id="identification",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input or known),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    @_while_there
    async def async_step_person(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """What a person has to do was begun, and waits among the discovered integrations."""
        return self.async_abort(reason="begun", description_placeholders=self._placeholders)

    @_while_there
    async def async_step_still_wrong(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """RD-11: it does not work yet; what was found, and what is left to do."""
        self._repair = None
        return self._menu("still_wrong")

    # Replacement

    @_while_there
    async def async_step_replace(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """DM-5a: ask for what identifies the new device."""
        errors: dict[str, str] = {}
        if user_input is not None and (new := _replacement(ids_of_now(self.hass, user_input), errors)) is not None:
            result = await async_replace(self.health, self.watched, new)
            if result.outcome is Outcome.DONE:
                return self.async_create_entry(data={})
            errors["base"] = "not_replaced"
        control = self.watched.device.control if self.watched.device else None
        fields: dict[Any, Any] = {}
        if gateway_of(self.health, self.watched) is not None:
            fields = {
                (probatio.Optional if control else probatio.Required)(CONF_LFDI): TextSelector(),
                probatio.Optional(CONF_SERIAL): TextSelector(),
                probatio.Optional(CONF_PIN): TextSelector(),
            }
        if control is not None:
            fields[probatio.Optional(CONF_ENTITY_ID, default=control[CONF_ENTITY_ID])] = EntitySelector(
                EntitySelectorConfig(exclude_entities=sorted(our_entities(self.hass)))
            )
        return self.async_show_form(
            step_id="replace",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), user_input),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    # Somebody comes

    @_while_there
    async def async_step_appointment(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """RD-10a: choose among the utility's slots."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._async_book(user_input[CONF_SLOT])
            except UtilityError as err:
                LOGGER.warning("the utility did not take an appointment: %s", err.detail)
                errors["base"] = "slot_taken" if err.reason is UtilityReason.SLOT_TAKEN else "not_booked"
        if errors.get("base") != "not_booked":  # of those that are offered one is gone, or none is known yet
            self._slots = await self._async_slots()
        if not self._slots:
            return self.async_abort(reason="no_slots", description_placeholders=self._placeholders)
        times = await async_spans(self.hass, self._person, [(slot.start, slot.end) for slot in self._slots])
        offered = {slot.id: time for slot, time in zip(self._slots, times, strict=True)}
        slots = choice(offered, mode=SelectSelectorMode.DROPDOWN)
        return self.async_show_form(
            step_id="appointment",
            data_schema=probatio.Schema({probatio.Required(CONF_SLOT): slots}),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def _async_slots(self) -> list[Slot]:
        account = self.health.account
        try:
            return list(await account.utility.appointment_slots(account.premise_id or ""))
        except UtilityError as err:
            LOGGER.warning("the utility gave no appointments: %s", err.detail)
            return []

    async def _async_book(self, slot_id: str) -> RepairsFlowResult:
        reason = self.health.condition(self.subject).health.reason
        case_id = await async_open_case(self.health, self.watched, reason)
        case = await self.health.account.utility.book_appointment(case_id, slot_id)
        self.health.async_take_case(case, by_person=True)
        return self.async_abort(reason="booked", description_placeholders=await self._booked(case))

    @property
    def _appointment(self) -> tuple[str, datetime, datetime] | None:
        """The case for which somebody comes, and from when to when; None where nobody does."""
        case = self.health.condition(self.subject).case or {}
        return (case["id"], *coming) if (coming := appointment_of(case)) is not None else None

    @_while_there
    async def async_step_appointment_cancel(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """RD-10a: have nobody come after all; the case stays open."""
        if (appointment := self._appointment) is None:
            return self.async_abort(reason="appointment_gone", description_placeholders=self._placeholders)
        case_id, *span = appointment
        (when,) = await async_spans(self.hass, self._person, [(span[0], span[1])])
        said, errors = {**self._placeholders, "when": when, "case": case_id}, {}
        if user_input is not None:
            try:
                case = await self.health.account.utility.cancel_appointment(case_id)
                self.health.async_take_case(case, by_person=True)
            except UtilityError as err:
                LOGGER.warning("the utility did not cancel an appointment: %s", err.detail)
                errors["base"] = "not_cancelled"
            else:
                return self.async_abort(reason="cancelled", description_placeholders=said)
        return self.async_show_form(
            step_id="appointment_cancel",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=said,
        )

    async def _booked(self, case: Case) -> dict[str, str]:
        """Return when somebody comes, by the utility's word, and what for."""
        booked = case.appointment
        spans = [(booked.start, booked.end)] if booked is not None else []
        when = next(iter(await async_spans(self.hass, self._person, spans)), "–")
        return {**self._placeholders, "case": case.id, "when": when}


def _replacement(user_input: dict[str, str], errors: dict[str, str]) -> Replacement | None:
    """Return what was typed, checked; None with ``errors`` by field where it cannot be."""
    found: dict[str, str | None] = {}
    for name, parse in ((CONF_LFDI, parse_lfdi), (CONF_PIN, lambda text: f"{parse_pin(text):06}")):
        text = user_input.get(name, "").strip()
        try:
            found[name] = parse(text) if text else None
        except ValueError:
            errors[name] = f"invalid_{name}"
    if errors:
        return None
    serial = user_input.get(CONF_SERIAL, "").strip().upper() or None
    return Replacement(found[CONF_LFDI], serial, found[CONF_PIN], user_input.get(CONF_ENTITY_ID))
