"""Pages on which a gateway that is set up is changed: commissioned again, moved, replaced, its identity."""

from collections.abc import Mapping
from typing import Any

from aio2030dot5 import format_lfdi
from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST
from homeassistant.helpers import discovery_flow

from ...const import (
    CONF_DCAP_PATH,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_UTILITY,
    CONF_VTN,
    DOMAIN,
)
from ...gateway import GatewayError, Identity, Peer, Reason, export_identity
from ..hub import UtilityHanConfigEntry
from ..poll.coordinator import REASONS_FOR_REAUTH
from ..reach.transport import Transport
from ..telling.texts import plain
from . import forms as flow_forms
from .dialog import GatewayDialog, address_typed

_WAYS = ("account", "vtn")


class ChangingPages(GatewayDialog):
    """What can be changed about a gateway."""

    def gateway_refuses(self) -> bool:
        """Whether it is the gateway that asks for a person."""
        entry: UtilityHanConfigEntry = self._get_reauth_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return True  # only an expired certificate keeps a hub from being set up
        return entry.runtime_data.coordinator.contact.reason in REASONS_FOR_REAUTH

    def gateway_holds_another_pin(self) -> bool:
        """Whether a person is asked because of the PIN."""
        entry: UtilityHanConfigEntry = self._get_reauth_entry()
        loaded = entry.state is ConfigEntryState.LOADED
        return loaded and entry.runtime_data.coordinator.contact.reason is Reason.WRONG_PIN

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Register the same certificate again, or another."""
        if self.transport is not Transport.IP:
            return await self.async_step_left()
        options = ["method", "identity_new", "identity_import"]
        if (await self.async_ensure_identity()).expired():
            options.remove("method")
        return self.async_show_menu(
            step_id="reauth_confirm",
            menu_options=options,
            description_placeholders={"title": plain(self._get_reauth_entry().title)},
        )

    async def async_step_left(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The meter took the radio off its network: joining again takes the utility once more."""
        return self.async_show_menu(
            step_id="left",
            menu_options=["method"],
            description_placeholders={"title": plain(self._get_reauth_entry().title)},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What can be changed about a gateway."""
        entry = self._get_reconfigure_entry()
        await self.async_take_entry(entry.data)
        # There is one way to the utility; who wants another leaves the one that there is.
        linked = CONF_UTILITY in entry.data and CONF_VTN not in entry.data
        ways = ("vtn_change",) if CONF_VTN in entry.data else ("account",) if linked else _WAYS
        options = [*ways, "address", "replaced", "identity_change", "export"]
        if self.transport is not Transport.IP:
            options = [*ways, "radio_moved", "rejoin", *(["stick_meter"] if self.meters_to_choose() else [])]
        leaves = ["account_leave"] if linked else []
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[*options, *leaves],
            description_placeholders={"title": plain(entry.title)},
        )

    async def async_take_entry(self, data: Mapping[str, Any]) -> None:
        """Begin with what an entry says."""
        self.data = {key: value for key, value in data.items() if key != "state"}
        if CONF_IDENTITY in data:
            self.identity = await self.hass.async_add_executor_job(Identity.from_dict, data[CONF_IDENTITY])

    async def async_step_address(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The same gateway at another address."""
        errors: dict[str, str] = {}
        if user_input is not None:
            address, peer = await self._async_identify_at(user_input, errors)
            if peer is not None and peer.lfdi == self.data[CONF_GATEWAY_LFDI]:
                return self.async_update_reload_and_abort(self._get_reconfigure_entry(), data_updates=address)
            if peer is not None:
                errors["base"] = Reason.WRONG_GATEWAY
        schema = flow_forms.ADDRESS_ONLY
        return self.async_show_form(
            step_id="address",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or self.data),
            errors=errors,
        )

    async def async_step_replaced(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Another meter in the place of this one: its history goes on, or it begins its own."""
        errors: dict[str, str] = {}
        if user_input is not None:
            address, peer = await self._async_identify_at(user_input, errors)
            if peer is not None and peer.lfdi != self.data[CONF_GATEWAY_LFDI]:
                return await self._async_replaced_by(peer, address, anew=user_input[flow_forms.CONF_SERIES] == "anew")
            if peer is not None:
                errors["base"] = "same_gateway"
        return self.async_show_form(
            step_id="replaced",
            data_schema=self.add_suggested_values_to_schema(flow_forms.REPLACED, user_input or self.data),
            errors=errors,
            last_step=False,
        )

    async def _async_identify_at(
        self, user_input: Mapping[str, Any], errors: dict[str, str]
    ) -> tuple[dict[str, Any], Peer | None]:
        """Return the address typed and who answers there; None, and why in ``errors``, if nobody does."""
        try:
            address = address_typed(user_input, self.data[CONF_DCAP_PATH])
        except ValueError:
            errors[CONF_HOST] = "invalid_address"
            return {}, None
        try:
            return address, await self.async_identify(address)
        except GatewayError as err:
            errors["base"] = err.reason
            return address, None

    async def _async_replaced_by(self, peer: Peer, address: dict[str, Any], *, anew: bool) -> ConfigFlowResult:
        if anew:
            discovery_flow.async_create_flow(
                self.hass,
                DOMAIN,
                {"source": SOURCE_INTEGRATION_DISCOVERY},
                {**address, CONF_GATEWAY_SFDI: peer.sfdi},
            )
            return self.async_abort(reason="set_up_anew")
        if self.hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, peer.sfdi):
            return self.async_abort(reason="already_configured")
        self.data |= {**address, CONF_GATEWAY_LFDI: peer.lfdi, CONF_GATEWAY_SFDI: peer.sfdi}
        self._gateway = None
        return await self.async_step_method()

    async def async_step_identity_change(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Another identity means registering again, so it is said first."""
        options = ["identity_new", "identity_import"]
        if (await self.async_store()).all("identities"):
            options.append("identity_kept")
        return self.async_show_menu(step_id="identity_change", menu_options=options)

    async def async_step_identity_new(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make a new identity, now that a person asks for it."""
        self.identity = None
        return await self.async_identity_chosen()

    async def async_step_export(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the passphrase that protects the exported key."""
        errors: dict[str, str] = {}
        if user_input is not None:
            passphrase = user_input[flow_forms.CONF_PASSPHRASE]
            if len(passphrase) >= 8:
                identity = await self.async_ensure_identity()
                pem = await self.hass.async_add_executor_job(export_identity, identity, passphrase)
                return self.async_show_form(
                    step_id="exported",
                    description_placeholders={"lfdi": format_lfdi(identity.lfdi), "pem": pem},
                )
            errors[flow_forms.CONF_PASSPHRASE] = "passphrase_too_short"
        return self.async_show_form(step_id="export", data_schema=flow_forms.EXPORT, errors=errors, last_step=False)

    async def async_step_exported(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Nothing was changed."""
        return self.async_abort(reason="exported")
