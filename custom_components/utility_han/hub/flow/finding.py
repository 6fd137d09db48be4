"""Pages on which a gateway is found: heard on the network, typed, announced, or on a radio."""

from collections.abc import Mapping
from typing import Any, override

from aio2030dot5 import Advertisement, MeterProtocolError, parse_advertisement
from homeassistant.config_entries import SOURCE_IGNORE, SOURCE_RECONFIGURE, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from ...const import CONF_DCAP_PATH, CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI
from ...gateway import GatewayError, parse_sfdi
from ..reach.discovery import async_browse_gateways
from ..reach.following import async_take_over
from ..reach.transport import Transport, place_of, transport_of
from ..telling.words import Sheet, async_load, filled, word
from . import forms as flow_forms
from .dialog import address_of, address_typed
from .found import FoundFields

_MANUAL = "manual"
_DEFAULT_DCAP = "/dcap"


class FindingPages(FoundFields):
    """Leads from nothing to a gateway that has answered, whose identity is pinned from then on."""

    _found: Mapping[str, Advertisement] = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """How the meter is reached."""
        return self.async_show_menu(step_id="user", menu_options=["ip", "radio", "vtn"])

    @override
    async def async_begin_again(self) -> ConfigFlowResult:
        return await (self.async_step_meter_add() if self.source == SOURCE_RECONFIGURE else self.async_step_user())

    async def async_step_meter_add(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """How the meter is reached that a hub is to have now, whose utility alone has made it."""
        return self.async_show_menu(step_id="meter_add", menu_options=["ip", "radio"])

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
        drafts = (await self.async_store()).all("drafts")
        options |= {
            sfdi: f"{sfdi} ({draft[CONF_HOST]})"
            for sfdi, draft in drafts.items()
            if sfdi not in configured and transport_of(draft) is Transport.IP
        }
        if not options:
            return await self.async_step_manual()
        return self.async_show_form(
            step_id="ip",
            data_schema=flow_forms.gateways(options, _MANUAL),
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
            try:
                address = address_typed(user_input, _DEFAULT_DCAP)
            except ValueError:
                errors[CONF_HOST] = "invalid_address"
            if not errors:
                try:
                    return await self._async_begin_with(sfdi, address)
                except GatewayError as err:
                    errors["base"] = err.reason
        schema = self.add_suggested_values_to_schema(flow_forms.ADDRESS, user_input)
        return self.async_show_form(step_id="manual", data_schema=schema, errors=errors, last_step=False)

    async def _async_begin_with(self, sfdi: str | None, address: dict[str, Any]) -> ConfigFlowResult:
        """Go on with who was pinned: where commissioning had begun, else with what was found."""
        return await self._async_pin(sfdi, address) or await self.async_step_location()

    async def _async_pin(self, sfdi: str | None, address: dict[str, Any]) -> ConfigFlowResult | None:
        """Pin whoever answers, if it is the gateway meant; ``GatewayError`` if it is not or nobody answers.

        Return where an earlier dialog for it goes on, None where there was none.
        """
        peer = await self.async_meet(sfdi, address)
        await self.async_set_unique_id(peer.sfdi, raise_on_progress=False)
        self._abort_if_unique_id_configured(updates=address)
        if (resumed := await self.async_take_up_draft(peer.sfdi, address)) is not None:
            return resumed
        self.data |= {**address, CONF_GATEWAY_LFDI: peer.lfdi, CONF_GATEWAY_SFDI: peer.sfdi}
        return None

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
        known = await self.async_set_unique_id(sfdi)
        if known is not None and known.source != SOURCE_IGNORE:
            loaded = known.state is ConfigEntryState.LOADED
            works = loaded and known.runtime_data.coordinator.connected is not False
            await async_take_over(self.hass, known, address, works=works)
        self._abort_if_unique_id_configured()
        self.data = {**address, CONF_GATEWAY_SFDI: sfdi}
        # Whoever looks at what was discovered reads it: it is told before anybody does, in the home's language. The
        # one ``flow_title`` that there is for meter, stick and VTN can choose no words by what was found: Home
        # Assistant refuses a translation with a ``select``, as it reads placeholders by ``string.Formatter``.
        await async_load(self.hass)
        self.context["title_placeholders"] = {"name": filled(word(self.hass, Sheet.PAGE, "meter"), {"gateway": sfdi})}
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-1 and IP-4: what was heard and what it is to be called, before anything is sent to it."""
        errors: dict[str, str] = {}
        address = {key: self.data[key] for key in (CONF_HOST, CONF_PORT, CONF_DCAP_PATH)}
        if user_input is not None and not (errors := self.take_found(user_input)):
            try:
                resumed = await self._async_pin(self.data[CONF_GATEWAY_SFDI], address)
            except GatewayError as err:
                errors["base"] = err.reason
            else:
                return resumed or await self.async_step_self_check()
        return self.async_show_form(
            step_id="discovery_confirm",
            data_schema=self.found_schema(user_input),
            description_placeholders={"gateway": self.data[CONF_GATEWAY_SFDI], "place": place_of(self.data)},
            errors=errors,
            last_step=False,
        )
