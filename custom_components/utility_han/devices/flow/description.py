"""Pages on which a device is described: its kind, model, installation, and the entity that it is (UR-1, UR-2)."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID, CONF_NAME

from ...const import (
    CONF_AREA,
    CONF_CONTROL,
    CONF_KIND,
    CONF_MODEL,
)
from ...hub.flow.choices import our_entities
from ...hub.flow.installation import InstallationPage
from ...utility import CompatibleDevice, Feature, UtilityError, UtilityReason
from ..derived import labelled
from . import forms as device_forms
from .response import ResponseFields

OTHER = "other"


def kept_model(model: CompatibleDevice) -> dict[str, Any]:
    """Return what is kept of a model that the utility supports; JSON-safe."""
    return {
        "id": model.id,
        "manufacturer": model.manufacturer,
        "name": model.name,
        "serial_pattern": model.serial_pattern,
    }


class DeviceDescriptionPages(InstallationPage[SubentryFlowResult], ResponseFields):
    """Leads from a device in its box to how the gateway comes to know it."""

    _control: Mapping[str, Any]

    async def async_step_kind(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What the device is and what it is called."""
        errors: dict[str, str] = {}
        if user_input is not None and not (name := user_input[CONF_NAME].strip()):
            errors[CONF_NAME] = "name_missing"
        elif user_input is not None:
            self.data |= {CONF_AREA: None, **user_input, CONF_NAME: name}
            return await (self.async_step_model() if self.utility.offers(Feature.MODELS) else self.async_described())
        return self.async_show_form(
            step_id="kind",
            data_schema=self.add_suggested_values_to_schema(device_forms.KIND, user_input),
            errors=errors,
            last_step=False,
        )

    async def async_step_model(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-1: which of the models that the utility supports it is."""
        errors: dict[str, str] = {}
        try:
            models = await self.async_models(self.data[CONF_KIND])
        except UtilityError as err:
            return self.async_abort(reason=err.reason)
        if user_input is not None and user_input[CONF_MODEL] == OTHER:
            errors[CONF_MODEL] = UtilityReason.DEVICE_INCOMPATIBLE
        elif user_input is not None:
            model = next(model for model in models if model.id == user_input[CONF_MODEL])
            self.data[CONF_MODEL] = kept_model(model)
            await self.async_keep_draft()
            return await self.async_described()
        options = {model.id: labelled(model) for model in models}
        known = {CONF_MODEL: (self.data.get(CONF_MODEL) or {}).get("id", next(iter(options), OTHER))}
        return self.async_show_form(
            step_id="model",
            data_schema=self.add_suggested_values_to_schema(device_forms.model(options, OTHER), user_input or known),
            errors=errors,
            last_step=False,
        )

    async def async_described(self) -> SubentryFlowResult:
        """Go on with what is to be installed near the gateway."""
        return await self.async_step_installation()

    @override
    async def async_installed(self) -> SubentryFlowResult:
        return await self.async_step_method()

    async def async_step_control(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which entity of Home Assistant the device is, if it is one; where the utility sends controls, it is."""
        if user_input is not None:
            entity_id = user_input.get(CONF_ENTITY_ID)
            return await (self.async_control_chosen(None) if entity_id is None else self._async_linked(entity_id))
        form = device_forms.control(self.linked_elsewhere() | our_entities(self.hass), needed=self.by_utility)
        schema = self.add_suggested_values_to_schema(form, self.data.get(CONF_CONTROL))
        return self.async_show_form(step_id="control", data_schema=schema, last_step=False)

    async def _async_linked(self, entity_id: str) -> SubentryFlowResult:
        known = self.data.get(CONF_CONTROL) or {}
        self._control = known if known.get(CONF_ENTITY_ID) == entity_id else {CONF_ENTITY_ID: entity_id}
        return await self.async_step_response()

    async def async_step_response(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """How the entity is to respond to controls."""
        entity_id = self._control[CONF_ENTITY_ID]
        errors = self.limit_errors(entity_id, user_input or {})
        if user_input is not None and not errors:
            return await self.async_control_chosen({CONF_ENTITY_ID: entity_id, **self.response_kept(user_input)})
        form = self.response_form(entity_id, self.data[CONF_KIND])
        schema = self.add_suggested_values_to_schema(form, user_input or self.response_shown(self._control))
        return self.async_show_form(
            step_id="response",
            data_schema=schema,
            errors=errors,
            description_placeholders=self.entity_said(entity_id),
            last_step=False,
        )

    async def async_control_chosen(self, control: dict[str, Any] | None) -> SubentryFlowResult:
        """Take the entity and its response, None for a device that follows the gateway by itself."""
        raise NotImplementedError
