"""Pages about a Zigbee radio: which one, the networks it hears, and the install code that the meter has to know."""

import contextlib
import secrets
from typing import TYPE_CHECKING, Any, override

from homeassistant.components import usb
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_DEVICE
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers.service_info.usb import UsbServiceInfo

from ...const import (
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_INSTALL_CODE,
    CONF_NETWORK,
    CONF_TRANSPORT,
    CONF_UTILITY,
)
from ...gateway import GatewayError, Reason, lfdi_of, parse_label, with_checksum
from ...procedures import Method
from ..reach.ports import async_is_port, async_is_same, async_is_stick, async_user_of
from ..reach.transport import Transport
from ..reach.zigbee_libraries import async_load_zigbee
from ..telling.words import Sheet, async_load, filled, word
from . import forms as flow_forms
from .found import FoundFields

if TYPE_CHECKING:
    from ...gateway.zigbee import Heard, Probed

_CODE_BYTES = 16
_BY_PERSON = "join_portal"


class RadioPages(FoundFields):
    """Leads from a radio to commissioning; what a person has to do at the utility is shown, or sent by its API."""

    _heard: list[Heard]
    _usb_path: str | None = None

    async def async_step_radio(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the radio: a serial port, or ``socket://`` for one on the network."""
        errors: dict[str, str] = {}
        placeholders = {"user": "–"}
        if user_input is not None:
            path = user_input[CONF_DEVICE].strip()
            if (user := await async_user_of(self.hass, path)) is not None:
                errors[CONF_DEVICE], placeholders["user"] = "radio_in_use", user
            elif not await async_is_port(self.hass, path):
                errors[CONF_DEVICE] = "no_such_port"
            elif (probed := await self._async_probe(path, errors)) is not None:
                return await self._async_radio_chosen(path, probed)
        schema = self.add_suggested_values_to_schema(flow_forms.RADIO, user_input or {CONF_DEVICE: self._usb_path})
        return self.async_show_form(
            step_id="radio",
            data_schema=schema,
            description_placeholders=placeholders,
            errors=errors,
            last_step=False,
        )

    async def async_step_usb(self, discovery_info: UsbServiceInfo) -> ConfigFlowResult:
        """A certified stick was plugged in."""
        await self.async_set_unique_id(usb.usb_unique_id_from_service_info(discovery_info))
        self._usb_path = await self.hass.async_add_executor_job(usb.get_serial_by_id, discovery_info.device)
        if await async_user_of(self.hass, self._usb_path) is not None:
            return self.async_abort(reason="already_configured")
        # Home Assistant's rainforest_raven has a card for the same stick: this one says what it is for.
        await async_load(self.hass)  # in the home's language: nobody looks at it yet
        stick = {"stick": discovery_info.description or self._usb_path}
        title = filled(word(self.hass, Sheet.PAGE, "stick"), stick)
        self.context["title_placeholders"] = {"name": title}
        return await self.async_step_radio()

    async def _async_probe(self, path: str, errors: dict[str, str]) -> Probed | None:
        try:
            await async_load_zigbee(self.hass)
        except (ConfigEntryError, ConfigEntryNotReady) as err:
            errors["base"] = str(err.translation_key)
            return None
        from ...gateway.zigbee import UnusableRadioError, probe_radio  # noqa: PLC0415 - for those who have a radio

        try:
            return await probe_radio(path, stick_first=await async_is_stick(self.hass, path))
        except UnusableRadioError as err:
            errors[CONF_DEVICE] = err.problem
            return None

    async def _async_radio_chosen(self, path: str, probed: Probed) -> ConfigFlowResult:
        known = {CONF_DEVICE: path, CONF_TRANSPORT: probed.kind.value}
        await self.async_set_unique_id(probed.eui64, raise_on_progress=False)
        self._abort_if_unique_id_configured(updates=known)
        if (resumed := await self.async_take_up_draft(probed.eui64, known)) is not None:
            return resumed
        code = probed.install_code or with_checksum(secrets.token_bytes(_CODE_BYTES))
        self.data = {
            **known,
            CONF_GATEWAY_SFDI: probed.eui64,
            CONF_GATEWAY_LFDI: "",
            CONF_INSTALL_CODE: code.hex().upper(),
        }
        if self.transport is Transport.RAVEN:
            return await self.async_step_stick()
        return await self.async_step_network()

    async def async_step_network(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-1 and IP-4: the networks that the radio hears and how well, and what the premises are called."""
        errors: dict[str, str] = {}
        if user_input is not None and (network := user_input.get(CONF_NETWORK)):
            if not (errors := self.take_found(user_input)):
                self.data[CONF_NETWORK], self.data[CONF_GATEWAY_LFDI] = network, lfdi_of(network)
                await self._async_let_go()
                return await self.async_step_self_check()
        else:
            try:
                self._heard = await self._async_scan()
            except GatewayError as err:
                self._heard, errors["base"] = [], err.reason
            if not self._heard and not errors:
                errors["base"] = Reason.NO_NETWORK
        options = {network.extended_pan_id: _described(network) for network in self._heard}
        return self.async_show_form(
            step_id="network",
            data_schema=self.found_schema(user_input, flow_forms.networks(options)),
            errors=errors,
            last_step=False,
        )

    async def _async_scan(self) -> list[Heard]:
        from ...gateway.zigbee import EzspGateway  # noqa: PLC0415 - for those who have a radio

        link = await self.async_link()
        return await link.scan() if isinstance(link, EzspGateway) else []

    @override
    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5: over Zigbee the meter has to know the radio's install code."""
        if self.transport is Transport.IP:
            return await super().async_step_method(user_input)
        return await self.async_step_install_code()

    async def async_step_install_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5 and IP-6: the radio's install code, its own, its label's or one made for it; and who tells the utility.

        A stick says which meter is its own only once it is joined: until then no utility can be asked for one.
        """
        ways = [_BY_PERSON]
        if self.transport is not Transport.RAVEN and CONF_UTILITY in self.data:
            ways.append("join_request")
        elif self.transport is not Transport.RAVEN and self.source not in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            ways.append("account")  # a hub has its way to the utility, or is given one apart from its meter
        errors: dict[str, str] = {}
        if user_input is not None:
            shown = self.data[CONF_INSTALL_CODE]
            errors = self._take_install_code(user_input[CONF_INSTALL_CODE])
            if not errors:
                await self.async_keep_draft()
                await self._async_let_go()  # the next client is made with this code
                return await self._async_tell(
                    user_input.get(flow_forms.CONF_WAY, _BY_PERSON), anew=self.data[CONF_INSTALL_CODE] != shown
                )
        known = user_input or {CONF_INSTALL_CODE: _grouped(self.data[CONF_INSTALL_CODE])}
        form = flow_forms.install_code(ways, self._label())
        return self.async_show_form(
            step_id="install_code",
            data_schema=self.add_suggested_values_to_schema(form, known),
            description_placeholders={"eui64": self.data[CONF_GATEWAY_SFDI]},
            errors=errors,
            last_step=False,
        )

    def _take_install_code(self, text: str) -> dict[str, str]:
        try:
            eui64, code = parse_label(text)
        except ValueError:
            return {CONF_INSTALL_CODE: "invalid_install_code"}
        if eui64 not in (None, self.data[CONF_GATEWAY_SFDI]):
            return {CONF_INSTALL_CODE: "other_radio"}
        self.data[CONF_INSTALL_CODE] = code.hex().upper()
        return {}

    async def _async_tell(self, way: str, *, anew: bool) -> ConfigFlowResult:
        """IP-6: have the utility open the meter, by a person or its API; a code typed ``anew`` is shown first."""
        if way != _BY_PERSON:
            return await self.async_tell_utility()
        return await (self.async_step_join_portal() if anew else self.async_begin(Method.OUT_OF_BAND, None))

    async def async_step_join_portal(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-6, out-of-band: EUI64 and install code for the utility's portal, to read and to scan."""
        if user_input is not None:
            return await self.async_begin(Method.OUT_OF_BAND, None)
        eui64, code = self.data[CONF_GATEWAY_SFDI], self.data[CONF_INSTALL_CODE]
        return self.async_show_form(
            step_id="join_portal",
            data_schema=flow_forms.to_scan(self._label()),
            description_placeholders={"eui64": eui64, "install_code": _grouped(code)},
            last_step=False,
        )

    def _label(self) -> str:
        return f"Z:{self.data[CONF_GATEWAY_SFDI]}$I:{self.data[CONF_INSTALL_CODE]}"

    async def async_step_rejoin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Join once more: the network of a meter that was replaced, or the same with another install code."""
        self.data.pop(CONF_NETWORK, None)
        self.data[CONF_GATEWAY_LFDI] = ""
        return await self.async_step_install_code()

    @override
    async def async_begin(self, method: Method, pin: int | None) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE and self.transport is Transport.EZSP:
            await self._async_leave()
        return await super().async_begin(method, pin)

    async def _async_leave(self) -> None:
        """Have the hub's radio leave the network that it joined before; one that is away has nothing to leave."""
        from ...gateway.zigbee import EzspGateway  # noqa: PLC0415 - for those who have a radio

        entry = self._get_reconfigure_entry()
        if entry.state is ConfigEntryState.LOADED:
            gateway = entry.runtime_data.gateway
            if isinstance(gateway, EzspGateway):
                with contextlib.suppress(GatewayError):
                    await gateway.leave()

    async def async_step_radio_moved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The same radio at another port."""
        errors: dict[str, str] = {}
        placeholders = {"user": "–"}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            path = user_input[CONF_DEVICE].strip()
            if await async_is_same(self.hass, path, entry.data[CONF_DEVICE]):  # the hub may have it open
                return self.async_update_reload_and_abort(
                    entry, data_updates={CONF_DEVICE: path}, reload_even_if_entry_is_unchanged=False
                )
            if (user := await async_user_of(self.hass, path)) is not None:
                errors[CONF_DEVICE], placeholders["user"] = "radio_in_use", user
            elif not await async_is_port(self.hass, path):
                errors[CONF_DEVICE] = "no_such_port"
            elif (probed := await self._async_probe(path, errors)) is not None:
                if probed.eui64 == entry.unique_id:
                    return self.async_update_reload_and_abort(entry, data_updates={CONF_DEVICE: path})
                errors[CONF_DEVICE] = "other_radio"
        schema = self.add_suggested_values_to_schema(flow_forms.RADIO, user_input or entry.data)
        return self.async_show_form(
            step_id="radio_moved", data_schema=schema, description_placeholders=placeholders, errors=errors
        )

    @property
    def joining(self) -> bool:
        """Whether an account was linked on the way to joining, rather than for its own sake."""
        return self.transport is Transport.EZSP and not self.begun and self.source != SOURCE_RECONFIGURE


def _described(network: Heard) -> str:
    return (
        f"{network.extended_pan_id} — {network.channel} ({network.pan_id:04X}), LQI {network.lqi} ({network.rssi} dBm)"
    )


def _grouped(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
