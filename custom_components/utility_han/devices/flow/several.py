"""Pages for several devices in one go: what they are, their programs, and what came of each."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, override

import probatio
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME
from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.translation import async_get_translations

from ...const import CONF_CONTROL, CONF_KIND, CONF_LFDI, CONF_METHOD, DOMAIN, LOGGER
from ...gateway import GatewayError, Reason, invented_lfdi
from ...hub.flow import stepping
from ...hub.flow.progress import shows_progress
from ...hub.flow.words import remark
from ...hub.renaming import ids_of_now
from ...hub.telling.person import Person
from ...hub.telling.texts import plain
from ...procedures import (
    AnyReason,
    CheckVerdict,
    DeviceCommissioning,
    DeviceMethod,
    Outcome,
    StepResult,
)
from ...utility import Feature, UtilityError, UtilityReason
from ..derived import Derived, derive, fitting_model
from ..responses import responses_of
from . import forms as device_forms
from .forms import CONF_ENTITIES, CONF_PROGRAMS, CONF_RESPONSE, CONF_SEVERAL
from .linked import LinkedDevicePages
from .programs import choice_errors, consents_of
from .registration import DeviceRegistrationPages


class SeveralDevicesPages(LinkedDevicePages, DeviceRegistrationPages):
    """Leads from entities to devices that the gateway lists, one after the other; the hub registers them then.

    One that fails holds up no other: it is said why, and it is kept for the next time.
    """

    _came: Mapping[str, AnyReason | None] = {}
    """What came of each by its name: None where it is on its way."""
    _shown: Mapping[str, str] = {}
    """The entities of the page by what they are called there."""

    async def async_step_several(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-1 and UR-2: what each is, as far as known."""
        self.data = ids_of_now(self.hass, self.data)
        names = self._named() if user_input is None else self._as_shown()
        errors: dict[str, str] = {}
        before = {each[CONF_CONTROL][CONF_ENTITY_ID]: each for each in self.data.get(CONF_SEVERAL, ())}
        if user_input is not None:
            described = []
            made = await self.async_take_entities({derived.entity_id for derived in names.values()})
            for name, derived in names.items():
                try:
                    described.append(await self._async_describe(name, derived, user_input[name], made | before))
                except UtilityError as err:
                    errors[name if err.reason is UtilityReason.DEVICE_INCOMPATIBLE else "base"] = err.reason
            if not errors:
                self.data = {CONF_ENTITIES: self.data[CONF_ENTITIES], CONF_SEVERAL: described}
                await self.async_keep_draft()
                return await self.async_step_several_programs()
        known = {
            name: before[derived.entity_id][CONF_KIND] if derived.entity_id in before else derived.kind
            for name, derived in names.items()
        }
        self._shown = {name: derived.entity_id for name, derived in names.items()}
        return self.async_show_form(
            step_id="several",
            data_schema=self.add_suggested_values_to_schema(device_forms.several(names), user_input or known),
            errors=errors,
            description_placeholders={"devices": await self._async_lines(names)},
            last_step=False,
        )

    def _named(self) -> dict[str, Derived]:
        """Return what is known of each by what it is called; those that share a name have their ids in it."""
        names: dict[str, Derived] = {}
        for entity_id in self.data[CONF_ENTITIES]:
            derived = derive(self.hass, entity_id)
            names[derived.name if derived.name not in names else f"{derived.name} ({entity_id})"] = derived
        return names

    def _as_shown(self) -> dict[str, Derived]:
        """Return the same by what each was called on the page, whatever it was called since."""
        return {name: derive(self.hass, entity_id) for name, entity_id in ids_of_now(self.hass, self._shown).items()}

    async def _async_lines(self, names: Mapping[str, Derived]) -> str:
        language = (await Person.async_asking(self.hass)).language
        texts = await async_get_translations(self.hass, language, "selector", [DOMAIN])
        areas = ar.async_get(self.hass)
        lines = []
        for name, derived in names.items():
            area = areas.async_get_area(derived.area_id or "")
            at = f" ({plain(area.name)})" if area is not None else ""
            response = f"component.{DOMAIN}.selector.{CONF_RESPONSE}.options.{responses_of(derived.entity_id)[0]}"
            lines.append(f"- **{plain(name)}**{at}: {texts[response]}")
        return "\n".join(lines)

    async def _async_describe(
        self, name: str, derived: Derived, kind: str, before: Mapping[str, dict[str, Any]]
    ) -> dict[str, Any]:
        """Return the answers that a person would give on the device's own page, had it been left as it was.

        :raises UtilityError: with ``DEVICE_INCOMPATIBLE`` where the utility supports none such.
        """
        model = fitting_model(await self.async_models(kind), derived)
        if self.utility.offers(Feature.MODELS) and model is None:
            raise UtilityError(UtilityReason.DEVICE_INCOMPATIBLE, f"no model of kind {kind}")
        control = self.response_kept(self.response_form(derived.entity_id, kind)({}))
        return before.get(derived.entity_id, {}) | self.described(
            derived.entity_id, name=name, kind=kind, area=derived.area_id, model=model, control=control
        )

    async def async_step_several_programs(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-3 and UR-9: the programs for all of them; each device takes part in those that take its kind."""
        if not self.utility.offers(Feature.REGISTRATION):
            return await self.async_step_several_commission()
        described = self.data[CONF_SEVERAL]
        errors = choice_errors(user_input) if user_input is not None else {}
        if user_input is not None and not errors:
            for each in described:
                each["consents"] = consents_of(each[CONF_KIND], self._programs or (), user_input[CONF_PROGRAMS])
            await self.async_keep_draft()
            return await self.async_step_several_commission()
        if self._programs is None:
            try:
                self._programs = await self._async_open_programs([each[CONF_KIND] for each in described])
            except UtilityError as err:
                return self.async_abort(reason=err.reason)
        return await self.async_show_programs(
            "several_programs", user_input[CONF_PROGRAMS] if user_input else [], errors, last_step=False
        )

    @shows_progress
    async def async_step_several_commission(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5 to IP-9 for each in turn."""
        if self._task is None:
            await self.async_read_words()
            self._came = {}
            self._task = self.hass.async_create_task(self._async_commission_all(), eager_start=False)
        if not self._task.done():
            return self.async_show_progress(
                step_id="several_commission", progress_action="several", progress_task=self._task
            )
        await self._task
        return self.async_show_progress_done(next_step_id="several_done")

    async def _async_commission_all(self) -> None:
        whole = self.data
        for described in list(whole[CONF_SEVERAL]):
            self.data, self.whole = described, whole
            try:
                reason = await self._async_commission_one()
            finally:
                self.data, self.whole = whole, None
            self._came = {**self._came, described[CONF_NAME]: reason}
            if reason is None:
                whole[CONF_SEVERAL].remove(described)
                whole[CONF_ENTITIES].remove(described[CONF_CONTROL][CONF_ENTITY_ID])
            registrations = await self.async_registrations()
            registrations.draft = whole if whole[CONF_SEVERAL] else None
            await registrations.async_save()

    async def _async_commission_one(self) -> AnyReason | None:
        """Bring the device of ``data`` onto the gateway's list and keep a record of it; return why it failed."""
        registrations = await self.async_registrations()
        taken = self.known_lfdis() | registrations.records.keys()
        if self.by_utility:
            self.data.setdefault(CONF_LFDI, invented_lfdi(taken))
        else:
            try:
                await self.async_make_known(taken)
            except GatewayError as err:
                return err.reason
            if (reason := await self._async_onto_list()) is not None:
                return reason
        self.unasked = True
        self._identifies_itself()
        record = await self._async_record()
        registrations.claimed.discard(record.run.lfdi)
        return None

    async def _async_onto_list(self) -> AnyReason | None:
        """Have the device announced, else by the utility, where it has an API for that; return why it failed."""
        result = await self._async_steps_of(DeviceMethod.IN_BAND)
        refused = result.reason is Reason.REGISTRATION_REFUSED
        if refused and self.utility.offers(Feature.COMMISSIONING):
            until = time.monotonic() + stepping.WAIT_FOR_ACCEPTANCE
            result = await self._async_steps_of(DeviceMethod.REQUEST)
            while result.outcome is Outcome.WAITING and time.monotonic() < until:
                await asyncio.sleep(stepping.RETRY_EVERY)
                result = await self._async_steps_of(DeviceMethod.REQUEST)
        if result.outcome not in (Outcome.WAITING, Outcome.FAILED):
            return None
        LOGGER.warning("%s: step %s failed: %s", self.data[CONF_NAME], result.step, result.reason)
        return result.reason

    async def _async_steps_of(self, method: DeviceMethod) -> StepResult:
        """Take the steps of one pass; one that was begun by the same method goes on."""
        kept = self.data.get(CONF_METHOD)
        if kept is not None and kept["method"] == method:
            run = DeviceCommissioning.from_dict(kept)
        else:
            run = self._commissioning(method, pin_accepted=True)
        return [result async for result in await self._async_commission(run)][-1]

    async def async_step_several_done(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say of each what came of it; the hub goes on with those that the gateway lists."""
        if user_input is not None:
            added = [plain(name) for name, reason in self._came.items() if reason is None]
            reason = "several_added" if added else "draft_kept"
            return self.async_abort(reason=reason, description_placeholders={"devices": ", ".join(added)})
        words = self.page_words
        lines = [
            remark(f"**{plain(name)}**", CheckVerdict.PASSED)
            if reason is None
            else remark(f"**{plain(name)}**: {words.error(reason)}", CheckVerdict.FAILED)
            for name, reason in self._came.items()
        ]
        return self.async_show_form(
            step_id="several_kept" if any(self._came.values()) else "several_done",
            data_schema=probatio.Schema({}),
            description_placeholders={"devices": "\n\n".join(lines)},
        )

    async def async_step_several_kept(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Some failed: they are kept."""
        return await self.async_step_several_done(user_input)

    @callback
    @override
    def async_remove(self) -> None:
        """Show those that the gateway lists, wherever the dialog was closed."""
        super().async_remove()
        if not self.is_removed and any(reason is None for reason in self._came.values()):
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
