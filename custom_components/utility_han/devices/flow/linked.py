"""Pages for what Home Assistant controls already: which entity, and what is known of it on one page (UR-1, UR-2)."""

from collections.abc import Mapping, Sequence, Set
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME

from ...const import CONF_AREA, CONF_CONTROL, CONF_KIND, CONF_METHOD, CONF_MODEL, CONF_SERIAL
from ...gateway import Reason
from ...hub.flow.choices import our_entities
from ...hub.flow.forms import CONF_MORE
from ...hub.flow.stepping import End
from ...hub.renaming import ids_of_now
from ...procedures import DeviceMethod, serial_fits
from ...utility import CompatibleDevice, Feature, UtilityError, UtilityReason
from ..derived import Derived, derive, fitting_model, labelled
from . import forms as device_forms
from .commissioning import DeviceCommissioningPages
from .description import OTHER, kept_model
from .forms import CONF_CHOOSE_WAY, CONF_ENTITIES
from .response import ResponseFields

_DESCRIBES = (CONF_NAME, CONF_KIND, CONF_AREA, CONF_SERIAL)


class LinkedDevicePages(DeviceCommissioningPages, ResponseFields):
    """Leads from an entity to a device that the gateway lists, with nothing asked that is known."""

    _asked: Set[str] = frozenset()
    """What was asked of the response on the page that shows: another kind may be asked for more."""

    async def async_step_entity(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-1: what Home Assistant controls already, one or several; nothing for a device that follows by itself."""
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = list(dict.fromkeys(ids_of_now(self.hass, user_input.get(CONF_ENTITIES) or ())))
            if len(chosen) > 1:
                self.data = {CONF_ENTITIES: chosen}
                return await self.async_step_several()
            if chosen:
                self.data = {CONF_CONTROL: {CONF_ENTITY_ID: chosen[0]}}
                return await self.async_step_device()
            if not self.by_utility:
                self.data[CONF_CONTROL] = None
                return await self.async_step_kind()
            errors[CONF_ENTITIES] = "entity_missing"
        form = device_forms.entities(self.linked_elsewhere() | our_entities(self.hass), needed=self.by_utility)
        return self.async_show_form(step_id="entity", data_schema=form, errors=errors, last_step=False)

    async def async_step_device(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-1 and UR-2: what the entity is, and how it responds, as far as known; all of it can be said otherwise."""
        self.data = ids_of_now(self.hass, self.data)
        entity_id = str(self.data[CONF_CONTROL][CONF_ENTITY_ID])
        derived = derive(self.hass, entity_id)
        errors: dict[str, str] = {}
        kind = str((user_input or self.data).get(CONF_KIND) or derived.kind)
        try:
            models = await self.async_models(kind)
        except UtilityError as err:
            return self.async_abort(reason=err.reason)
        form = self.response_form(entity_id, kind)
        before, self._asked = self._asked, {str(marker) for marker in form.schema}
        if user_input is not None and self._asked == before:
            errors = self._take_description(user_input, derived, models)
            if not errors:
                self.data = (await self.async_take_entities({entity_id})).get(entity_id, {}) | self.data
                await self.async_keep_draft()
                ask = user_input.get(CONF_MORE, {}).get(CONF_CHOOSE_WAY)
                return await (self.async_step_method() if ask else self.async_own_way())
        return self.async_show_form(
            step_id="device",
            data_schema=self.add_suggested_values_to_schema(
                device_forms.device(
                    {model.id: labelled(model) for model in models},
                    OTHER,
                    form,
                    serial=self.utility.offers(Feature.IDENTIFICATION),
                    ways=not self.by_utility and not self.over_zigbee,
                ),
                self._suggested(derived, kind, models) | (user_input or {}),
            ),
            errors=errors,
            description_placeholders=self.entity_said(entity_id),
            last_step=False,
        )

    def _suggested(self, derived: Derived, kind: str, models: Sequence[CompatibleDevice]) -> dict[str, Any]:
        model = fitting_model(models, derived)
        fits = derived.serial is not None and serial_fits(derived.serial, model.serial_pattern if model else None)
        said = (self.data.get(CONF_MODEL) or {}).get("id")
        known = {
            CONF_NAME: derived.name,
            CONF_KIND: kind,
            CONF_AREA: derived.area_id,
            CONF_SERIAL: derived.serial if fits else None,
            **{key: self.data[key] for key in _DESCRIBES if self.data.get(key) is not None},
            CONF_MODEL: said if said in {each.id for each in models} else model.id if model else None,
            **self.response_shown(self.data[CONF_CONTROL]),
        }
        return {key: value for key, value in known.items() if value is not None}

    def _take_description(
        self, user_input: dict[str, Any], derived: Derived, models: Sequence[CompatibleDevice]
    ) -> dict[str, str]:
        """Take over what was entered; return what is wrong with it, by field."""
        errors = self.limit_errors(derived.entity_id, user_input)
        if not (name := user_input[CONF_NAME].strip()):
            errors[CONF_NAME] = "name_missing"
        model = next((each for each in models if each.id == user_input.get(CONF_MODEL)), None)
        if self.utility.offers(Feature.MODELS) and model is None:
            said_none = user_input.get(CONF_MODEL) == OTHER
            # The list was that of another kind where the kind was changed on the same page.
            model = None if said_none else fitting_model(models, derived)
            if model is None:
                page = CONF_MODEL if models else CONF_KIND
                errors[page] = UtilityReason.DEVICE_INCOMPATIBLE if said_none or not models else "model_of_kind"
        serial = user_input.get(CONF_SERIAL, "").strip().upper()
        if serial and not serial_fits(serial, model.serial_pattern if model else None):
            errors[CONF_SERIAL] = "invalid_serial"
        if errors:
            return errors
        for former in (CONF_MODEL, CONF_SERIAL):
            self.data.pop(former, None)
        self.data |= self.described(
            derived.entity_id,
            name=name,
            kind=user_input[CONF_KIND],
            area=user_input.get(CONF_AREA),
            model=model,
            control=self.response_kept({key: value for key, value in user_input.items() if key in self._asked}),
        )
        if serial:
            self.data[CONF_SERIAL] = serial
        return {}

    def described(
        self,
        entity_id: str,
        *,
        name: str,
        kind: str,
        area: str | None,
        model: CompatibleDevice | None,
        control: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return what is kept of an entity: what it is, and how it responds."""
        answers = {CONF_NAME: name, CONF_KIND: kind, CONF_AREA: area}
        of_model = {CONF_MODEL: kept_model(model)} if model is not None else {}
        return {**answers, **of_model, CONF_CONTROL: {CONF_ENTITY_ID: entity_id, **control}}

    async def async_own_way(self) -> SubentryFlowResult:
        """IP-5 for a device that Home Assistant speaks for: all that it takes is known, so it is announced."""
        if self.by_utility or self.over_zigbee:
            return await self.async_step_method()
        await self.async_give_identity()
        await self.async_keep_draft()
        self.unasked = True
        return await self.async_begin(DeviceMethod.IN_BAND, pin_accepted=True)

    @override
    def _page_after_commissioning(self, end: End, *, pending: str) -> str:
        refused = self._result is not None and self._result.reason is Reason.REGISTRATION_REFUSED
        announced = self.data[CONF_METHOD]["method"] == DeviceMethod.IN_BAND
        if end is End.FAILED and self.unasked and announced and refused:
            return "through_utility"
        return super()._page_after_commissioning(end, pending=pending)

    async def async_step_through_utility(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5: the gateway takes nobody's word but the utility's, which is told over its API or in its portal."""
        if not self.utility.offers(Feature.COMMISSIONING):
            return await self.async_step_portal_shown()
        if self.data[CONF_METHOD]["method"] == DeviceMethod.REQUEST:
            # Home Assistant and the frontend both come here when the page before is done: it is asked for once.
            return await self.async_step_commission()
        return await self.async_begin(DeviceMethod.REQUEST)
