"""How a gateway is found, reached again and changed; commissioning itself is in ``commissioning_pages``."""

from collections.abc import Mapping
from typing import Any, override

from aio2030dot5 import Advertisement, MeterProtocolError, format_lfdi, parse_advertisement
from homeassistant.config_entries import (
    SOURCE_INTEGRATION_DISCOVERY,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from .account.flow import AccountPages
from .const import (
    CONF_ACCOUNT_REFUSED,
    CONF_DCAP_PATH,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_UTILITY,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_VEHICLE,
)
from .devices.flow import DeviceSubentryFlow
from .gateway.commissioning_data import parse_sfdi
from .gateway.errors import GatewayError, Reason
from .gateway.ieee2030_5 import identity as identities
from .gateway.ieee2030_5.identity import Identity
from .gateway.model import Peer
from .hub.coordinator import REASONS_FOR_REAUTH, UtilityHanConfigEntry
from .hub.discovery import async_browse_gateways
from .hub.flow import forms as flow_forms
from .hub.flow.commissioning import CommissioningPages, address_of
from .hub.flow.options import UtilityHanOptionsFlow
from .hub.flow.radio import RadioPages
from .hub.link import async_open_link
from .hub.storage import async_get_store
from .hub.transport import Transport, transport_of
from .vehicles.flow import VehicleSubentryFlow

_MANUAL = "manual"
_DEFAULT_DCAP = "/dcap"


class UtilityHanConfigFlow(RadioPages, AccountPages, domain=DOMAIN):
    """Finds a gateway and commissions Home Assistant on it."""

    VERSION = 1

    def __init__(self) -> None:
        """Begin with nothing answered."""
        super().__init__()
        self.data = {}
        self._found: dict[str, Advertisement] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> UtilityHanOptionsFlow:
        return UtilityHanOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_DEVICE: DeviceSubentryFlow, SUBENTRY_VEHICLE: VehicleSubentryFlow}

    @override
    def is_matching(self, other_flow: CommissioningPages) -> bool:
        return bool(self.data) and other_flow.data.get(CONF_GATEWAY_SFDI) == self.data.get(CONF_GATEWAY_SFDI)

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """How the meter is reached."""
        return self.async_show_menu(step_id="user", menu_options=["ip", "radio"])

    async def async_step_ip(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the gateways heard on the network and those that were begun before."""
        errors: dict[str, str] = {}
        if user_input is not None:
            chosen = user_input[flow_forms.CONF_GATEWAY]
            if chosen == _MANUAL:
                return await self.async_step_manual()
            if (found := self._found.get(chosen)) is None:
                await self.async_set_unique_id(chosen, raise_on_progress=False)
                return await self.async_take_up_draft(chosen, {}) or await self.async_step_manual()
            try:
                return await self._async_begin_with(found.sfdi, address_of(found.host, found.port, found.dcap_path))
            except GatewayError as err:
                errors["base"] = err.reason
        configured = {entry.unique_id for entry in self._async_current_entries()}
        heard = await async_browse_gateways(self.hass)
        self._found = {found.sfdi: found for found in heard if found.sfdi and found.sfdi not in configured}
        options = {sfdi: f"{sfdi} ({found.host})" for sfdi, found in self._found.items()}
        drafts = (await async_get_store(self.hass)).all("drafts")
        options |= {
            sfdi: f"{sfdi} ({draft[CONF_HOST]})"
            for sfdi, draft in drafts.items()
            if sfdi not in configured and transport_of(draft) is Transport.IP
        }
        if not options:
            return await self.async_step_manual()
        return self.async_show_form(
            step_id="ip",
            data_schema=flow_forms.found_gateways({**options, _MANUAL: _MANUAL}),
            errors=errors,
            last_step=False,
        )

    async def async_step_manual(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the address, and the SFDI on the meter's label where the person wants to be sure."""
        errors: dict[str, str] = {}
        if user_input is not None:
            sfdi: str | None = None
            try:
                if text := user_input.get(flow_forms.CONF_SFDI):
                    sfdi = parse_sfdi(text)
            except ValueError:
                errors[flow_forms.CONF_SFDI] = "invalid_sfdi"
            else:
                address = address_of(user_input[CONF_HOST].strip(), user_input[CONF_PORT], _DEFAULT_DCAP)
                try:
                    return await self._async_begin_with(sfdi, address)
                except GatewayError as err:
                    errors["base"] = err.reason
        schema = self.add_suggested_values_to_schema(flow_forms.ADDRESS, user_input)
        return self.async_show_form(step_id="manual", data_schema=schema, errors=errors, last_step=False)

    async def _async_begin_with(self, sfdi: str | None, address: dict[str, Any]) -> ConfigFlowResult:
        """Pin whoever answers, if it is the gateway meant; ``GatewayError`` if it is not or nobody answers."""
        peer = await self._async_identify(address)
        if sfdi is not None and peer.sfdi != sfdi:
            raise GatewayError(Reason.WRONG_GATEWAY, f"the device there has the SFDI {peer.sfdi}")
        await self.async_set_unique_id(peer.sfdi, raise_on_progress=False)
        self._abort_if_unique_id_configured(updates=address)
        if (resumed := await self.async_take_up_draft(peer.sfdi, address)) is not None:
            return resumed
        self.data = {**address, CONF_GATEWAY_LFDI: peer.lfdi, CONF_GATEWAY_SFDI: peer.sfdi}
        return await self.async_step_location()

    async def _async_identify(self, address: dict[str, Any]) -> Peer:
        identity = await self.async_ensure_identity()
        link = await async_open_link(self.hass, {**address, CONF_IDENTITY: identity.to_dict()}, pinned=False)
        return await link.identify()

    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """A gateway announced itself; a known one may have moved."""
        try:
            found = parse_advertisement(
                discovery_info.name, discovery_info.host, discovery_info.port or 0, discovery_info.properties
            )
        except MeterProtocolError:
            return self.async_abort(reason="invalid_discovery")
        if found.sfdi is None:
            return self.async_abort(reason="invalid_discovery")
        return await self._async_discovered(found.sfdi, address_of(found.host, found.port, found.dcap_path))

    async def async_step_integration_discovery(self, discovery_info: dict[str, Any]) -> ConfigFlowResult:
        """A replaced meter is set up as a gateway of its own."""
        address = address_of(discovery_info[CONF_HOST], discovery_info[CONF_PORT], discovery_info[CONF_DCAP_PATH])
        return await self._async_discovered(discovery_info[CONF_GATEWAY_SFDI], address)

    async def _async_discovered(self, sfdi: str, address: dict[str, Any]) -> ConfigFlowResult:
        await self.async_set_unique_id(sfdi)
        self._abort_if_unique_id_configured(updates=address)
        self.data = {**address, CONF_GATEWAY_SFDI: sfdi}
        self.context["title_placeholders"] = {"name": sfdi}
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask before anything is sent to a gateway that was merely heard."""
        errors: dict[str, str] = {}
        address = {key: self.data[key] for key in (CONF_HOST, CONF_PORT, CONF_DCAP_PATH)}
        if user_input is not None:
            try:
                return await self._async_begin_with(self.data[CONF_GATEWAY_SFDI], address)
            except GatewayError as err:
                errors["base"] = err.reason
        self._set_confirm_only()
        return self.async_show_form(
            step_id="discovery_confirm",
            description_placeholders={"gateway": self.data[CONF_GATEWAY_SFDI], "host": self.data[CONF_HOST]},
            errors=errors,
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """The gateway no longer accepts the certificate, or the utility the customer's permission."""
        await self._async_take_entry(entry_data)
        self.data.pop(CONF_ACCOUNT_REFUSED, None)
        if CONF_ACCOUNT_REFUSED in entry_data or (CONF_UTILITY in entry_data and not self._gateway_refuses()):
            return await self.async_step_reauth_account()
        return await self.async_step_reauth_confirm()

    def _gateway_refuses(self) -> bool:
        entry: UtilityHanConfigEntry = self._get_reauth_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return True  # only an expired certificate keeps a hub from being set up
        return entry.runtime_data.coordinator.reason in REASONS_FOR_REAUTH

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
            description_placeholders={"title": self._get_reauth_entry().title},
        )

    async def async_step_left(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The meter took the radio off its network: joining again takes the utility once more."""
        return self.async_show_menu(
            step_id="left",
            menu_options=["method"],
            description_placeholders={"title": self._get_reauth_entry().title},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """What can be changed about a gateway."""
        entry = self._get_reconfigure_entry()
        await self._async_take_entry(entry.data)
        over_ip = ["account", "address", "replaced", "identity_change", "export"]
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=over_ip if self.transport is Transport.IP else ["account", "radio_moved", "rejoin"],
            description_placeholders={"title": entry.title},
        )

    @override
    async def async_account_linked(self, updates: dict[str, Any]) -> ConfigFlowResult:
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self.async_update_account(updates)
        self.data |= updates
        return await (self.async_step_join_request() if self.joining else self.async_step_finish())

    async def _async_take_entry(self, data: Mapping[str, Any]) -> None:
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
        address = address_of(user_input[CONF_HOST].strip(), user_input[CONF_PORT], self.data[CONF_DCAP_PATH])
        try:
            return address, await self._async_identify(address)
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
        if (await async_get_store(self.hass)).all("identities"):
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
                pem = await self.hass.async_add_executor_job(identities.export, identity, passphrase)
                return self.async_show_form(
                    step_id="exported",
                    data_schema=flow_forms.exported(pem),
                    description_placeholders={"lfdi": format_lfdi(identity.lfdi)},
                )
            errors[flow_forms.CONF_PASSPHRASE] = "passphrase_too_short"
        return self.async_show_form(step_id="export", data_schema=flow_forms.EXPORT, errors=errors, last_step=False)

    async def async_step_exported(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Nothing was changed."""
        return self.async_abort(reason="exported")
