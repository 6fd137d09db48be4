"""Pages on which a commissioned device is registered with the utility and enrolled in programs (UR-3 to UR-15)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, override

import probatio
from aio2030dot5 import format_lfdi
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME

from ...const import (
    CONF_ADDED_BY_US,
    CONF_AREA,
    CONF_BY_UTILITY,
    CONF_CONTROL,
    CONF_GATEWAY_LFDI,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_LFDI,
    CONF_METHOD,
    CONF_MODEL,
    CONF_SERIAL,
    CONF_SFDI,
)
from ...gateway import DeviceState
from ...hub.flow.progress import shows_progress
from ...hub.flow.stepping import End
from ...hub.renaming import ids_of_now
from ...hub.telling.texts import plain
from ...procedures import AnyReason, Outcome, RegistrationRun, StepResult, serial_fits
from ...utility import Feature, Program, UtilityError, UtilityReason
from ..linked_entity import serial_number_of
from ..store import Record
from . import forms as device_forms
from .dialog import DeviceDialog
from .forms import CONF_KEY, CONF_PROGRAMS
from .identification import take_identification
from .programs import async_signal_words, choice_errors, consents, program_choice, terms_text

_SUBENTRY_KEYS = (CONF_KIND, CONF_AREA, CONF_MODEL, CONF_CONTROL, CONF_LFDI, CONF_SFDI, CONF_SERIAL, CONF_IDENTITY)
# Where a person can mend what failed.
_PAGE_OF: Mapping[AnyReason | None, str] = {
    UtilityReason.TERMS_CHANGED: "programs",
    UtilityReason.PROGRAM_CLOSED: "programs",
    UtilityReason.PROGRAM_NOT_FOR_DEVICE: "programs",
    UtilityReason.WRONG_SERIAL: "identification",
    UtilityReason.WRONG_KEY: "identification",
    UtilityReason.NOT_IDENTIFIED: "identification",
    UtilityReason.NOT_DISCOVERED: "not_discovered",
}
_FIELD_OF = {UtilityReason.WRONG_SERIAL: CONF_SERIAL, UtilityReason.WRONG_KEY: CONF_KEY}
_WITHOUT_GATEWAY = {"ur_10": "granting", UtilityReason.AWAITING_APPROVAL.value: "granting"}
"""What is told of a device that the utility alone knows, where others are told of their gateway."""
_STILL_AT_WORK = frozenset({UtilityReason.LINKING, UtilityReason.AWAITING_APPROVAL})


class DeviceRegistrationPages(DeviceDialog):
    """Leads from a device that the gateway lists to one that is registered with the utility."""

    _programs: list[Program] | None = None

    @override
    async def async_commissioned(self) -> SubentryFlowResult:
        """Go on to registration, where the utility has an API for it; else the gateway is watched from now on."""
        self._result = None
        if not self.utility.offers(Feature.REGISTRATION):
            self.take_record(await self._async_record())
            return await self.async_step_registered()
        if self.begun:  # discovery had failed: go on where that was
            return await self._async_register_anew()
        return await self.async_step_programs()

    async def async_step_programs(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-3 and UR-9: the programs, their terms, and consent to them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = user_input[CONF_PROGRAMS]
            errors = choice_errors(user_input)
            if not errors:
                self.data["consents"] = consents(self._programs or [], chosen)
                return await self.async_programs_chosen()
        elif (reason := self._failed_for("programs")) is not None:
            errors["base"] = reason
        if self._programs is None:
            try:
                self._programs = await self._async_open_programs([self.data[CONF_KIND]])
            except UtilityError as err:
                return self.async_abort(reason=err.reason)
        if not self._programs and self.by_utility:
            return await self.async_step_no_programs()
        chosen = [consent["program_id"] for consent in self.data.get("consents") or ()]
        return await self.async_show_programs(
            "programs", user_input[CONF_PROGRAMS] if user_input else chosen, errors, last_step=False
        )

    async def async_show_programs(
        self, step_id: str, chosen: list[str], errors: dict[str, str], *, last_step: bool | None = None
    ) -> SubentryFlowResult:
        """Show the programs that were read, with their terms, and ask for consent."""
        programs = self._programs or []
        return self.async_show_form(
            step_id=step_id,
            data_schema=program_choice(programs, chosen),
            description_placeholders={
                "terms": terms_text(programs, await async_signal_words(self.hass)),
                "wrong": await self.async_wrong(errors),
            },
            errors=errors,
            last_step=last_step,
        )

    async def async_step_no_programs(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-3: a utility may show its programs only to those whom it knows; the device is made known to it first."""
        if user_input is None:
            return self.async_show_form(step_id="no_programs", data_schema=probatio.Schema({}), last_step=False)
        self.data["consents"] = []
        return await self.async_programs_chosen()

    @override
    async def async_prepare(self) -> None:
        with suppress(UtilityError):  # the page says so where it still cannot be had then
            self._programs = await self._async_open_programs([self.data[CONF_KIND]])

    async def _async_open_programs(self, kinds: list[str]) -> list[Program]:
        if not self.utility.offers(Feature.PROGRAMS):
            return []
        return [
            program
            for program in await self.utility.programs(self.account.premise_id or "")
            if program.open and set(program.device_kinds) & set(kinds)
        ]

    async def async_programs_chosen(self) -> SubentryFlowResult:
        """Go on after consent."""
        await self.async_keep_draft()
        if not self.utility.offers(Feature.IDENTIFICATION):
            return await self._async_register_anew()
        if self.begun and self.record.run.registration_id is not None and self.record.run.key is None:
            return await self._async_register_anew()
        if not self.begun and self._identifies_itself():
            return await self._async_register_anew()
        return await self.async_step_identification()

    def _identifies_itself(self) -> bool:
        """Whether serial number and PIN are Home Assistant's to give (UR-8): nobody has a label to read them from."""
        if not self.unasked or CONF_KEY not in self.data:
            return False
        serial = self.data.get(CONF_SERIAL) or self.suggested_serial()
        if serial is None or not serial_fits(serial, (self.data.get(CONF_MODEL) or {}).get("serial_pattern")):
            return False
        self.data[CONF_SERIAL] = serial
        return True

    async def async_step_identification(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-8: the device's unique registration information, checked here before it goes anywhere."""
        errors: dict[str, str] = {}
        if user_input is not None:
            pattern = (self.data.get(CONF_MODEL) or {}).get("serial_pattern")
            if (found := take_identification(user_input, pattern, errors, pin=CONF_KEY)) is not None:
                self.data[CONF_SERIAL], self.data[CONF_KEY] = found
                await self.async_keep_draft()
                return await self._async_register_anew()
        elif (reason := self._failed_for("identification")) is not None:
            errors[_FIELD_OF.get(reason, "base")] = reason
        known = {CONF_SERIAL: self.suggested_serial(), **self.data}
        return self.async_show_form(
            step_id="identification",
            data_schema=self.add_suggested_values_to_schema(device_forms.IDENTIFICATION, user_input or known),
            errors=errors,
            last_step=False,
        )

    def suggested_serial(self) -> str | None:
        """Return the serial number that Home Assistant knows of the linked entity's device, or one of our own."""
        if CONF_IDENTITY in self.data or (self.over_zigbee and self.data.get(CONF_CONTROL)):
            return f"HA-{self.data[CONF_SFDI]}"
        control = self.data.get(CONF_CONTROL)
        return serial_number_of(self.hass, control[CONF_ENTITY_ID]) if control else None

    def _failed_for(self, page: str) -> UtilityReason | None:
        """Return why registering led back to ``page``, None where it did not."""
        if self._result is None or self._result.outcome is not Outcome.FAILED:
            return None
        reason = self._result.reason
        return reason if isinstance(reason, UtilityReason) and _PAGE_OF.get(reason) == page else None

    async def _async_record(self) -> Record:
        """Begin or change the record of the device; from here on the registration goes on by itself if need be."""
        registrations, utility = await self.async_registrations(), self.utility
        self.data = ids_of_now(self.hass, self.data)
        data = {key: self.data[key] for key in _SUBENTRY_KEYS if self.data.get(key) is not None}
        commissioned = self.data.get(CONF_METHOD) or {}
        if self.by_utility:
            data[CONF_BY_UTILITY] = True
        data[CONF_ADDED_BY_US] = self.data.get(CONF_ADDED_BY_US) or commissioned.get("method") == "in_band"
        record = registrations.records.get(self.data[CONF_LFDI])
        if record is None:
            run = RegistrationRun(
                lfdi=self.data[CONF_LFDI],
                kind=self.data[CONF_KIND],
                model_id=(self.data.get(CONF_MODEL) or {}).get("id", ""),
                premise_id=self.account.premise_id or "",
                gateway_lfdi="" if self.by_utility else self.entry.data[CONF_GATEWAY_LFDI],
                href=commissioned.get("href"),
            )
            record = registrations.records[run.lfdi] = Record(run, self.data[CONF_NAME], data)
        elif record.run.closing:  # brought again before its removal was told
            record.run.bring_again()
            record.subentry_id = None
        record.data = data
        record.run.href = commissioned.get("href") or record.run.href
        record.run.serial = self.data.get(CONF_SERIAL)
        record.run.key = self.data.get(CONF_KEY) if utility.offers(Feature.REGISTRATION) else None
        record.run.consents = self.data.get("consents")
        registrations.claimed.add(record.run.lfdi)
        registrations.draft = None
        await registrations.async_save()
        return record

    async def _async_register_anew(self) -> SubentryFlowResult:
        self._result = self._waiting_since = None
        self.take_record(await self._async_record())
        return await self.async_step_register()

    @shows_progress
    async def async_step_register(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-4 to UR-15: shown step by step; the utility's part is waited for."""
        end = await self._async_step_on(self._async_next_registration_step, _still_at_work)
        if end is None:
            return self.async_show_progress(
                step_id="register", progress_action=self._register_action(), progress_task=self._task
            )
        failed = _PAGE_OF.get(self._result.reason, "register_failed") if self._result else "register_failed"
        page = {End.THROUGH: "registered", End.PENDING: "register_pending", End.FAILED: failed}
        return self.async_show_progress_done(next_step_id=page[end])

    def _register_action(self) -> str:
        if self._waiting_since is not None and self._result is not None and self._result.reason is not None:
            shown = self._result.reason.value
        else:
            shown = self._step_or("ur_1")
        return _WITHOUT_GATEWAY.get(shown, shown) if self.by_utility else shown

    async def _async_next_registration_step(self) -> StepResult | None:
        if self._steps is None:
            await self._async_rested()
            self._steps = self.registrar.async_steps(self.record)
        result = await anext(self._steps, None)
        if result is not None and result.outcome in (Outcome.WAITING, Outcome.FAILED):
            await anext(self._steps, None)  # it was the last: let the pass come to its end
        if result is not None and _PAGE_OF.get(result.reason) == "programs":
            await self.async_prepare()
        return result

    async def async_step_register_pending(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The utility is still at work: wait on, or let Home Assistant wait in the background."""
        return self.async_show_menu(step_id="register_pending", menu_options=["background", "register"])

    async def async_step_not_discovered(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-7 failed: the device was not commissioned; everything typed is kept."""
        return self.async_show_menu(step_id="not_discovered", menu_options=["method", "register", "background"])

    async def async_step_register_failed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what went wrong; submitting tries again with everything kept."""
        if user_input is not None:
            if self._result is not None and self._result.reason in _ENDED:
                self.record.run.begin_anew()
            return await self._async_register_anew()
        return self.async_show_form(
            step_id="register_failed",
            errors=self._errors,
            description_placeholders=self._utility_says,
            last_step=False,
        )

    async def async_step_background(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Finish the dialog; the device goes on by itself and says when it is through."""
        return await self.async_finish("background")

    async def async_step_registered(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-15: the device is initialised and its programs are active.

        A page, since progress in several steps may not end the dialog: each has the frontend ask what comes next, and
        to ask twice is an error once a dialog has ended.
        """
        said = self._said
        if user_input is not None:
            return await self.async_finish(said)
        return self.async_show_form(step_id=said, description_placeholders=self._told)

    async def async_step_registered_portal(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Portal mode: the gateway lists the device."""
        return await self.async_step_registered(user_input)

    @property
    def _said(self) -> str:
        """How far the device has come."""
        listed_only = self.record.run.device_state is DeviceState.COMMISSIONED
        return "registered_portal" if listed_only else "registered"

    @property
    def _told(self) -> dict[str, str]:
        run = self.record.run
        return {
            "device": plain(self.record.title),
            "programs": ", ".join(plain(consent["name"]) for consent in run.consents or ()) or "–",
            "record": run.record_id or "–",
            "lfdi": format_lfdi(run.lfdi),
        }

    @override
    async def async_finish(self, said: str) -> SubentryFlowResult:
        return self.async_create_entry(
            title=self.record.title,
            data=self.record.data,
            description=said,
            description_placeholders={"device": plain(self.record.title)},
            unique_id=self.record.run.lfdi,
        )


_ENDED = frozenset({UtilityReason.REFUSED_BY_UTILITY, UtilityReason.REGISTRATION_CLOSED})


def _still_at_work(result: StepResult) -> bool:
    return result.outcome is Outcome.WAITING and result.reason in _STILL_AT_WORK
