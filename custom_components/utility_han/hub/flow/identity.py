"""Pages about the client identity: brought as PEM, kept from before, exported."""

from typing import Any

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.data_entry_flow import AbortFlow

from ...const import CONF_IDENTITY
from ...gateway import Identity, IdentityProblem, UnusableIdentityError, create_identity, load_identity
from ..storage import MadeByNewerVersionError
from ..store import HanStore
from . import forms as flow_forms

_PROBLEM_FIELDS = {
    IdentityProblem.KEY_UNREADABLE: flow_forms.CONF_KEY,
    IdentityProblem.KEY_MISMATCH: flow_forms.CONF_KEY,
    IdentityProblem.KEY_PASSPHRASE: flow_forms.CONF_PASSPHRASE,
}


class IdentityPages(ConfigFlow):
    """The identity by which this flow's client is known; never replaced unless a person says so."""

    identity: Identity | None = None

    async def async_ensure_identity(self) -> Identity:
        """Return the identity, made now if there is none yet."""
        if self.identity is None:
            self.identity = await self.hass.async_add_executor_job(create_identity)
        return self.identity

    async def async_identity_chosen(self) -> ConfigFlowResult:
        """Go on with the identity that was brought or taken up."""
        raise NotImplementedError

    async def async_store(self) -> HanStore:
        """Return what is kept of flows; the flow ends where a newer version kept it."""
        try:
            return await HanStore.async_get(self.hass)
        except MadeByNewerVersionError as err:
            raise AbortFlow("made_by_newer_version") from err

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
        return self.async_show_form(step_id="identity_kept", data_schema=flow_forms.found_gateways(options))
