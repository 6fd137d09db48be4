"""Pages on which a vehicle is bound: rate program, terms, consent, and what the utility says to it (SC-1)."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.util import dt as dt_util

from ...devices.flow.forms import CONF_CONSENT
from ...hub.flow import stepping
from ...hub.flow.progress import shows_progress
from ...hub.renaming import ids_of_now
from ...hub.telling.texts import plain
from ...procedures import AnyReason, Outcome, StepResult, VehicleRun, Wanted
from ...utility import Binding, RateProgram, UtilityReason
from ..chargers.sources import (
    CONF_ENERGY,
    CONF_EVSE,
    CONF_EVSE_DEVICE,
    CONF_MAX_POWER,
    CONF_METER,
    CONF_VEHICLE_POWER,
    SOURCES,
)
from ..document import local_time, period
from ..download import week_url
from ..rates.words import week_pictures
from ..store import VehicleRecord
from . import forms as vehicle_forms
from .account import AccountPages
from .forms import (
    CONF_ACCOUNT_NUMBER,
    CONF_BATTERY_SIZE,
    CONF_BILL_TO,
    CONF_LATER,
    CONF_MAKE,
    CONF_OWNER,
    CONF_PROGRAM,
    CONF_VALID_FROM,
    CONF_VALID_FROM_TIME,
    CONF_VEHICLE_MODEL,
    CONF_VIN,
    GUEST,
)

_MOST_WEEKS = 6
_SUBENTRY_KEYS = (*SOURCES, CONF_METER, CONF_MAX_POWER, CONF_VEHICLE_POWER, CONF_EVSE, CONF_EVSE_DEVICE)
# Where a person can mend what failed.
_PAGE_OF: Mapping[AnyReason | None, str] = {
    UtilityReason.TERMS_CHANGED: "program",
    UtilityReason.PROGRAM_CLOSED: "account",
    UtilityReason.PROGRAM_NOT_FOR_PREMISE: "account",
    UtilityReason.BINDING_OVERLAP: "program",
    UtilityReason.SESSIONS_AFTER_END: "program",
    UtilityReason.NOT_VEHICLE_OWNER: "account",
}
_AT_HOME = {"program": "preview", "account": "home_account"}
"""What these pages are called where the household keeps the books."""
_OF_PROGRAM = frozenset(
    {UtilityReason.TERMS_CHANGED, UtilityReason.PROGRAM_CLOSED, UtilityReason.PROGRAM_NOT_FOR_PREMISE}
)
"""After which the rate programs are read anew."""
_FIELD_OF = {
    UtilityReason.PROGRAM_CLOSED: CONF_PROGRAM,
    UtilityReason.PROGRAM_NOT_FOR_PREMISE: CONF_PROGRAM,
    UtilityReason.BINDING_OVERLAP: CONF_LATER,
    UtilityReason.SESSIONS_AFTER_END: CONF_LATER,
    UtilityReason.NOT_VEHICLE_OWNER: CONF_ACCOUNT_NUMBER,
}


class VehicleBindingPages(AccountPages):
    """Leads from a rate program that was chosen to a vehicle that is bound."""

    @override
    def failed_for(self, page: str) -> dict[str, str]:
        if self._result is None or self._result.outcome is not Outcome.FAILED:
            return {}
        reason = self._result.reason
        if self._page_of(reason) != page or not isinstance(reason, UtilityReason):
            return {}
        return {_FIELD_OF.get(reason, "base"): reason}

    def _page_of(self, reason: AnyReason | None) -> str | None:
        """Return where a person can mend what failed."""
        page = _PAGE_OF.get(reason)
        return _AT_HOME.get(page, page) if page is not None and self.at_home else page

    async def async_step_program(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What is agreed to: the rate program, its week as a picture, its terms, and from when on."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if (page := self.way_back(user_input)) is not None:
                return await page()
            if not user_input[CONF_CONSENT]:
                errors[CONF_CONSENT] = UtilityReason.CONSENT_MISSING
            else:
                later = vehicle_forms.later_of(user_input)
                self.data |= {
                    CONF_VALID_FROM: on_day(later.get(CONF_VALID_FROM), later.get(CONF_VALID_FROM_TIME)),
                    "consented_at": dt_util.utcnow().isoformat(timespec="seconds"),
                }
                await self.async_keep_draft()
                return await self.async_bind_anew()
        if (reason := await self.async_read_programs()) is not None:
            return self.async_abort(reason=reason)
        if not any(each.id == self.data.get(CONF_PROGRAM) for each in self.programs or []):
            return await self.async_step_account()
        program, errors = self.agreed_program(), errors or self.failed_for("program")
        shown = user_input or _day_of(self.data.get(CONF_VALID_FROM))
        way_back = vehicle_forms.back("account", self.first_page)
        conflict = self.conflict()
        return self.async_show_form(
            step_id="program",
            data_schema=self.add_suggested_values_to_schema(
                vehicle_forms.agreement(way_back, shown, errors, to_the_minute=True), shown
            ),
            description_placeholders={
                "vehicle": plain(self.data[CONF_NAME]),
                "payer": self.words.payer(self.pays, self.data.get(CONF_ACCOUNT_NUMBER)),
                "weeks": await self.async_weeks(program),
                "program": await self.async_shown([program]),
                "terms": program.terms,
                "version": program.terms_version,
                "evse": plain(self.data[CONF_EVSE][CONF_NAME]),
                "conflict": conflict,
                "wrong": await self.async_wrong(errors, {"conflict": conflict}, self.person.language),
            },
            errors=errors,
            last_step=False,
        )

    def conflict(self) -> str:
        """Return what is in the way, in words."""
        found = (self._result.evidence if self._result else {}).get("bindings", [])
        bindings = [Binding.from_json(each) for each in found]
        return "; ".join(f"{each.evse}, {period(each, self.words.style)}" for each in bindings) or "–"

    async def async_weeks(self, program: RateProgram) -> str:
        """Draw the weeks of a program, and return them as Markdown; prices that somebody tells have none."""
        if program.source is not None:
            return ""
        charging = await self.async_charging()
        # Off the loop: there may be many periods, and as many parts of the year.
        weeks = islice(week_pictures(program, self.words, dt_util.now().date()), _MOST_WEEKS)
        pictures = await self.hass.async_add_executor_job(list, weeks)
        charging.pictures[self.flow_id] = pictures
        links = (week_url(self.hass, self.entry.entry_id, self.flow_id, number) for number in range(len(pictures)))
        return "\n\n".join(f"![]({link})" for link in links)

    def agreed_program(self) -> RateProgram:
        """Return the rate program that was agreed to."""
        return next(each for each in self.programs or [] if each.id == self.data[CONF_PROGRAM])

    def _wanted(self, replaces: str | None) -> Wanted:
        return Wanted(
            evse=dict(self.data[CONF_EVSE]),
            program=self.agreed_program(),
            consented_at=datetime.fromisoformat(self.data["consented_at"]),
            bill_to=self.data[CONF_BILL_TO],
            valid_from=moment(self.data.get(CONF_VALID_FROM)),
            replaces=replaces,
            payer=self.payer(),
            contract_id=self.contract_id(),
        )

    async def async_bind_anew(self) -> SubentryFlowResult:
        """Keep what is wanted; from here on the binding is made by itself if need be."""
        self._result = None
        books, charging = self.manager.billers.books, await self.async_charging()
        battery = self.data.get(CONF_BATTERY_SIZE)
        if not self.begun:
            run = VehicleRun(
                vin=self.data[CONF_VIN],
                make=self.data[CONF_MAKE],
                model=self.data[CONF_VEHICLE_MODEL],
                premise_id=self.premise_id(),
                at_home=self.at_home,
            )
            self.take_record(VehicleRecord(run, self.data[CONF_NAME], {}))
            charging.vehicles[run.id] = self.record
            charging.claimed[run.id] = self.flow_id
        record, run = self.record, self.record.run
        comes_home = self.manager.billers.comes_home(record)
        if not run.bindings:
            run.premise_id, run.at_home = self.premise_id(), self.at_home
            run.vin, run.make, run.model = self.data[CONF_VIN], self.data[CONF_MAKE], self.data[CONF_VEHICLE_MODEL]
            run.battery_wh = round(battery * 1000) if battery else None
            run.vehicle_id = self.data.get("vehicle_id") or run.vehicle_id
        guest = self.data.get(CONF_OWNER) == GUEST
        if number := self.data.get(CONF_ACCOUNT_NUMBER):
            run.guest_account, run.vehicle_id = number, None
        elif not guest and run.guest:
            # The number may be one that the utility refused.
            run.guest_account, run.vehicle_id = None, None
        run.guest = guest
        record.title = self.data[CONF_NAME]
        record.data = self.subentry_data()
        current = None if comes_home else self.corrected or run.current(dt_util.utcnow())
        run.wanted = self._wanted(current.id if current and self.source == SOURCE_RECONFIGURE else None)
        if comes_home:
            run.premise_id = self.premise_id()
            self.manager.billers.take_home(record, run.wanted.valid_from)
        if self.at_home:
            books.keep_program(run.wanted.program)
        charging.draft = None
        await charging.async_save()
        return await self.async_step_bind()

    def subentry_data(self) -> dict[str, Any]:
        """Return what the subentry keeps."""
        self.data = ids_of_now(self.hass, self.data)
        return {key: self.data[key] for key in _SUBENTRY_KEYS if self.data.get(key) is not None}

    @shows_progress
    async def async_step_bind(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The vehicle is told, the binding asked for, the utility's word waited for."""
        if self._task is None:
            self._task = self.hass.async_create_task(self._async_bind(), eager_start=False)
        if not self._task.done():
            return self.async_show_progress(
                step_id="bind", progress_action="bind_at_home" if self.at_home else "bind", progress_task=self._task
            )
        self._result, self._task = await self._task, None
        result = self._result
        if result is None or result.outcome is Outcome.DONE:
            page = "bound"
        elif result.reason is UtilityReason.AWAITING_APPROVAL:
            page = "bind_pending"
        else:
            page = self._page_of(result.reason) or "bind_failed"
        return self.async_show_progress_done(next_step_id=page)

    async def _async_bind(self) -> StepResult | None:
        """Take the steps of binding, waiting a while for a representative."""
        delivery = self.manager.delivery
        begun = time.monotonic()
        while True:
            result = await delivery.async_bind(self.record)
            waits = result is not None and result.reason is UtilityReason.AWAITING_APPROVAL
            if not waits or time.monotonic() - begun > stepping.WAIT_FOR_ACCEPTANCE:
                break
            await asyncio.sleep(stepping.RETRY_EVERY)
        if result is not None and result.reason in _OF_PROGRAM:
            self.programs = None
        return result

    async def async_step_bind_pending(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """A representative has still to decide: wait on, or let Home Assistant wait in the background."""
        return self.async_show_menu(step_id="bind_pending", menu_options=["background", "bind"])

    async def async_step_bind_failed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what went wrong; submitting tries again with everything kept."""
        if user_input is not None:
            refused = self._result is not None and self._result.reason is UtilityReason.REFUSED_BY_UTILITY
            return await (self.async_step_account() if refused else self.async_step_bind())
        return self.async_show_form(
            step_id="bind_failed",
            errors=self._errors,
            description_placeholders=self._utility_says,
            last_step=False,
        )

    async def async_step_background(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Finish the dialog; the binding is made by itself and a notification says so."""
        return await self.async_finish("pending", {"vehicle": plain(self.record.title)})

    async def async_step_bound(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The vehicle is bound; from now on its charging is billed under the program, or recorded and priced here."""
        binding = list(self.record.run.bindings.values())[-1]
        meter = self.hass.states.get(self.record.data[CONF_ENERGY])
        told = {
            "vehicle": plain(self.record.title),
            "program": plain(self.record.run.programs[binding.id].name),
            "payer": plain(f"{binding.payer.holder}, {binding.payer.number}"),
            "evse": plain(binding.evse),
            "meter": plain(meter.name) if meter is not None else self.record.data[CONF_ENERGY],
            "begins": local_time(binding.valid_from, self.words.style),
        }
        return await self.async_finish("bound_at_home" if self.at_home else "bound", told)

    async def async_finish(self, said: str, told: dict[str, str]) -> SubentryFlowResult:
        """Show the vehicle in Home Assistant; its last page says what is ``said``, filled with what is ``told``."""
        return self.async_create_entry(
            title=self.record.title,
            data=self.record.data,
            description=said,
            description_placeholders=told,
            unique_id=self.record.run.vin,
        )


def on_day(day: str | None, time_of_day: str | None) -> str | None:
    """Return a day and the time on it as they were typed in two fields; from its beginning on where none was."""
    return f"{day} {time_of_day or '00:00:00'}" if day else None


def _day_of(text: str | None) -> dict[str, Any]:
    """Return a time for its two fields, in their section."""
    if not text:
        return {}
    begins = dt_util.as_local(moment(text))
    return {CONF_LATER: {CONF_VALID_FROM: f"{begins:%Y-%m-%d}", CONF_VALID_FROM_TIME: f"{begins:%H:%M:%S}"}}


def moment(text: str | None) -> datetime:
    """Return the time typed, which is local; now where none was."""
    typed = dt_util.parse_datetime(text) if text else None
    if typed is None:
        return dt_util.utcnow()
    return dt_util.as_utc(typed if typed.tzinfo else typed.replace(tzinfo=dt_util.get_default_time_zone()))
