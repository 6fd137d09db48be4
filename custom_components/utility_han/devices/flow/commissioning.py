"""Pages on which a device is commissioned on the gateway (IP-5 to IP-9)."""

from collections.abc import AsyncGenerator, Collection
from contextlib import suppress
from typing import Any, override

from aio2030dot5 import format_lfdi
from aio2030dot5.identity import sfdi_from_lfdi
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME

from ...const import (
    CONF_CONTROL,
    CONF_EUI64,
    CONF_GATEWAY_LFDI,
    CONF_IDENTITY,
    CONF_INSTALL_CODE,
    CONF_KIND,
    CONF_LFDI,
    CONF_METHOD,
    CONF_SFDI,
)
from ...gateway import (
    GatewayError,
    create_identity,
    create_pin,
    invented_lfdi,
    label_of,
    lfdi_of,
    parse_eui64,
    parse_label,
    parse_lfdi,
    parse_pin,
)
from ...hub.flow import forms as flow_forms
from ...hub.flow.progress import shows_progress
from ...hub.reach.link import loading
from ...hub.telling.texts import plain
from ...procedures import (
    DeviceCommissioning,
    DeviceMethod,
    StepResult,
    ZigbeeCredentials,
    commission_device,
)
from ...utility import Feature
from . import forms as device_forms
from .discovered import DiscoveredPages
from .forms import CONF_KEY


class DeviceCommissioningPages(DiscoveredPages):
    """Leads from a device that is described to one that the gateway lists."""

    @override
    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5: how the gateway comes to know the device."""
        if self.by_utility:
            # There is nothing to commission it on: an identifier is all that it needs.
            self.data.setdefault(CONF_LFDI, invented_lfdi(self.known_lfdis()))
            await self.async_keep_draft()
            return await self.async_commissioned()
        await self.async_keep_draft()
        told = "request" if self.utility.offers(Feature.COMMISSIONING) else "portal"
        if self.over_zigbee:
            # Those that we speak for are endpoints of our radio; only the utility lets others onto the network.
            if self.data.get(CONF_CONTROL) is not None:
                return await self.async_step_endpoint()
            options = ["join", "discovered"] if self.utility.offers(Feature.COMMISSIONING) else ["discovered"]
        else:
            options = ["in_band", told, "discovered"]
        self.unasked = False
        name = self.data[CONF_NAME]
        return self.async_show_menu(
            step_id="method", menu_options=options, description_placeholders={"name": name, "device": plain(name)}
        )

    async def async_step_in_band(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5, in-band: the device's LFDI and PIN; Home Assistant announces it."""
        return await self._async_take_credentials("in_band", DeviceMethod.IN_BAND, user_input)

    async def async_step_request(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5 through the utility: it tells the gateway about the device."""
        return await self._async_take_credentials("request", DeviceMethod.REQUEST, user_input)

    async def async_step_endpoint(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5 over Zigbee: the device is an endpoint of our radio, which is on the network already."""
        try:
            await self.async_make_known(self.known_lfdis())
        except GatewayError:
            return self.async_abort(reason="no_endpoint")
        return await self.async_begin(DeviceMethod.IN_BAND)

    async def async_make_known(self, taken: Collection[str]) -> None:
        """Give the device that we speak for what the gateway is to know it by, where it has nothing yet.

        Over Zigbee that is an endpoint of our radio, one that is not ``taken``; over IP it is an identity.
        ``GatewayError`` where the radio has no endpoint left.
        """
        if self.over_zigbee and CONF_LFDI in self.data:
            return
        if (lfdi := self.hub.gateway.unused_lfdi(taken)) is None:
            await self.async_give_identity()
        else:
            self.data |= {CONF_LFDI: lfdi, CONF_SFDI: sfdi_from_lfdi(lfdi)}

    async def async_give_identity(self) -> None:
        """Give the device an identity and a PIN of its own.

        That PIN was told to nobody yet, so the gateway's counts where that has one (sep.xsd, Registration.pIN): that
        it is the right gateway was seen when Home Assistant itself was commissioned.
        """
        if CONF_IDENTITY not in self.data:
            await self._async_take_lfdi({}, {})
        self.data.setdefault(CONF_KEY, create_pin())

    async def async_step_join(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5 over Zigbee: another device's EUI64 and install code, by which the utility has the meter take it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                found, code = parse_label(user_input[CONF_INSTALL_CODE])
            except ValueError:
                errors[CONF_INSTALL_CODE] = "invalid_install_code"
            else:
                try:
                    eui64 = found or parse_eui64(user_input.get(CONF_EUI64, ""))
                except ValueError:
                    errors[CONF_EUI64] = "invalid_eui64"
                else:
                    if (lfdi := lfdi_of(eui64)) not in self.known_lfdis():
                        self.data |= {CONF_LFDI: lfdi, CONF_SFDI: sfdi_from_lfdi(lfdi)}
                        return await self.async_begin(
                            DeviceMethod.REQUEST, ZigbeeCredentials(eui64, code.hex().upper())
                        )
                    errors[CONF_EUI64] = "already_added"
        schema = self.add_suggested_values_to_schema(device_forms.JOIN, user_input)
        return self.async_show_form(step_id="join", data_schema=schema, errors=errors, last_step=False)

    async def _async_take_credentials(
        self, step_id: str, method: DeviceMethod, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self.data[CONF_KEY] = f"{parse_pin(user_input[CONF_KEY]):06d}"
            except ValueError:
                errors[CONF_KEY] = "invalid_pin"
            await self._async_take_lfdi(user_input, errors)
            if not errors:
                return await self.async_begin(method)
        elif self.data.get(CONF_CONTROL) is not None:
            # A device that we speak for has no label: its PIN is ours to make, and is its own.
            self.data.setdefault(CONF_KEY, create_pin())
        schema = self.add_suggested_values_to_schema(device_forms.IN_BAND, user_input or self.data)
        return self.async_show_form(step_id=step_id, data_schema=schema, errors=errors, last_step=False)

    async def _async_take_lfdi(self, user_input: dict[str, Any], errors: dict[str, str]) -> None:
        """Take the LFDI typed, or make one for a device that Home Assistant speaks for."""
        text = user_input.get(CONF_LFDI)
        if text:
            try:
                lfdi = parse_lfdi(text)
            except ValueError:
                errors[CONF_LFDI] = "invalid_lfdi"
                return
            if lfdi != self.data.get(CONF_LFDI):
                self.data.pop(CONF_IDENTITY, None)
        elif CONF_IDENTITY in self.data:
            lfdi = self.data[CONF_LFDI]
        elif self.data.get(CONF_CONTROL) is None:
            errors[CONF_LFDI] = "lfdi_needed"
            return
        else:
            identity = await self.hass.async_add_executor_job(create_identity)
            self.data[CONF_IDENTITY] = identity.to_dict()
            lfdi = identity.lfdi
        if lfdi in self.known_lfdis():
            errors[CONF_LFDI] = "already_added"
            return
        self.data |= {CONF_LFDI: lfdi, CONF_SFDI: sfdi_from_lfdi(lfdi)}

    async def async_step_portal(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-5 where the utility has no API: which device it is that goes to the portal."""
        errors: dict[str, str] = {}
        if user_input is not None or self.data.get(CONF_CONTROL) is not None:
            await self._async_take_lfdi(user_input or {}, errors)
            if not errors:
                return await self.async_step_portal_shown()
        schema = self.add_suggested_values_to_schema(device_forms.PORTAL, user_input or self.data)
        return self.async_show_form(step_id="portal", data_schema=schema, errors=errors, last_step=False)

    async def async_step_portal_shown(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Portal mode: what to type where, to read and to scan; then the gateway is watched."""
        if user_input is not None:
            return await self.async_begin(DeviceMethod.PORTAL)
        if CONF_IDENTITY in self.data:  # it has no label: its PIN is ours to make
            self.data.setdefault(CONF_KEY, create_pin())
            await self.async_keep_draft()
        lfdi, sfdi, pin = format_lfdi(self.data[CONF_LFDI]), self.data[CONF_SFDI], self.data.get(CONF_KEY)
        return self.async_show_form(
            step_id="portal_shown",
            data_schema=flow_forms.to_scan(label_of(lfdi, sfdi, pin)),
            description_placeholders={
                "lfdi": lfdi,
                "sfdi": sfdi,
                "pin": pin or "–",
                "device": plain(self.data[CONF_NAME]),
            },
            last_step=False,
        )

    @override
    async def async_begin(
        self, method: DeviceMethod, zigbee: ZigbeeCredentials | None = None, *, pin_accepted: bool = False
    ) -> SubentryFlowResult:
        self.data[CONF_METHOD] = self._commissioning(method, zigbee, pin_accepted=pin_accepted).to_dict()
        await self.async_keep_draft()
        self._waiting_since = None
        return await self.async_step_commission()

    def _commissioning(
        self, method: DeviceMethod, zigbee: ZigbeeCredentials | None = None, *, pin_accepted: bool = False
    ) -> DeviceCommissioning:
        """Return the device's commissioning as it begins."""
        return DeviceCommissioning(
            method=method,
            lfdi=self.data[CONF_LFDI],
            kind=self.data[CONF_KIND],
            key=self.data.get(CONF_KEY),
            premise_id=self.account.premise_id,
            gateway_lfdi=self.entry.data[CONF_GATEWAY_LFDI],
            zigbee=zigbee,
            pin_accepted=pin_accepted,
        )

    async def _async_save_commissioning(self, run: DeviceCommissioning) -> None:
        """Keep how far the device has come, on disk, with the identity by which the gateway is about to know it."""
        self.data[CONF_METHOD] = run.to_dict()
        if run.key is not None:
            self.data[CONF_KEY] = run.key
        await self.async_keep_draft()

    async def _async_commission(self, run: DeviceCommissioning) -> AsyncGenerator[StepResult]:
        """Return the steps of ``run``; the device can speak for itself where Home Assistant made its certificate."""
        if (made := self.data.get(CONF_IDENTITY)) is not None:
            await self.hub.gateway.give_voice(run.lfdi, loading(self.hass, made), alone=False)
        return commission_device(self.hub.gateway, self.utility, run, self._async_save_commissioning)

    @shows_progress
    async def async_step_commission(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-6 to IP-9: shown step by step; the utility's part is waited for."""
        if (end := await self._async_step_on(self._async_next_step)) is None:
            return self.async_show_progress(
                step_id="commission", progress_action=self._commissioning_action, progress_task=self._task
            )
        page = self._page_after_commissioning(end, pending="commission_pending")
        return self.async_show_progress_done(next_step_id=page)

    async def async_step_pin_differs(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-7: the gateway holds another PIN for the device, which may be a default of its own."""
        return self.async_show_menu(
            step_id="pin_differs",
            menu_options=["pin_accept", "pin_again"],
            description_placeholders={"device": plain(self.data[CONF_NAME]), "pin": self.data[CONF_KEY]},
        )

    async def async_step_pin_accept(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The gateway's PIN holds from now on."""
        run = DeviceCommissioning.from_dict(self.data[CONF_METHOD])
        run.pin_accepted = True
        await self._async_save_commissioning(run)
        return await self.async_step_commission()

    async def async_step_pin_again(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Another PIN is typed; nothing is left on the gateway."""
        with suppress(GatewayError):  # what holds another PIN was announced: it has an address
            await self.hub.gateway.withdraw(self.data[CONF_METHOD]["href"], self.data[CONF_LFDI])
        return await self.async_step_in_band()

    async def _async_next_step(self) -> StepResult | None:
        if self._steps is None:
            await self._async_rested()
            self._steps = await self._async_commission(DeviceCommissioning.from_dict(self.data[CONF_METHOD]))
        result = await anext(self._steps, None)
        if result is None:
            await self.async_prepare()
        return result

    async def async_step_commission_pending(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The utility has not acted yet: wait on, or come back later to what is kept."""
        return self.async_show_menu(step_id="commission_pending", menu_options=["commission", "method", "later"])

    async def async_step_later(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Leave; everything is kept for the next time."""
        return self.async_abort(reason="draft_kept")

    async def async_step_commission_failed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Say what went wrong; submitting leads back to choosing how, with everything kept."""
        if user_input is not None:
            return await self.async_step_method()
        return self.async_show_form(
            step_id="commission_failed",
            errors=self._errors,
            last_step=False,
        )

    async def async_step_commissioned(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The gateway lists the device."""
        return await self.async_commissioned()
