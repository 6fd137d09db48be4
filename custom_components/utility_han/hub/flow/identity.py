"""Pages about the client identity: brought as PEM, or kept from before."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from ...const import CONF_IDENTITY
from ...gateway import Identity, IdentityProblem, UnusableIdentityError, load_identity
from . import forms as flow_forms
from .dialog import GatewayDialog

_PROBLEM_FIELDS = {
    IdentityProblem.KEY_UNREADABLE: flow_forms.CONF_KEY,
    IdentityProblem.KEY_MISMATCH: flow_forms.CONF_KEY,
    IdentityProblem.KEY_PASSPHRASE: flow_forms.CONF_PASSPHRASE,
}


class IdentityPages(GatewayDialog):
    """Leads back to how the gateway comes to know us, with another identity."""

    async def async_step_identity_import(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take a certificate and its key as PEM text; both may be pasted into the first field."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self.identity = await self.hass.async_add_executor_job(
                    load_identity,
                    user_input[flow_forms.CONF_CERTIFICATE],
                    user_input[flow_forms.CONF_KEY],
                    user_input.get(flow_forms.CONF_PASSPHRASE),
                )
            except UnusableIdentityError as err:
                errors[_PROBLEM_FIELDS.get(err.problem, flow_forms.CONF_CERTIFICATE)] = err.problem
            else:
                return await self.async_identity_chosen()
        schema = self.add_suggested_values_to_schema(flow_forms.IDENTITY, user_input)
        return self.async_show_form(step_id="identity_import", data_schema=schema, errors=errors)

    async def async_step_identity_kept(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take up an identity that was kept when a gateway was removed."""
        store = await self.async_store()
        kept = store.all("identities")
        if user_input is not None:
            record = kept[user_input[flow_forms.CONF_GATEWAY]]
            self.identity = await self.hass.async_add_executor_job(Identity.from_dict, record[CONF_IDENTITY])
            return await self.async_identity_chosen()
        options = {sfdi: f"{record['title']} ({sfdi})" for sfdi, record in kept.items()}
        return self.async_show_form(step_id="identity_kept", data_schema=flow_forms.gateways(options))
