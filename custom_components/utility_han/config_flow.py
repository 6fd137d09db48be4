"""The dialog of a hub: a gateway found, commissioned and changed, with the customer's account at the utility."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from .account.discovery import VTN_SERVICE
from .account.flow.leaving import LeavingPages
from .account.flow.vtn_changing import VtnChangingPages
from .const import (
    CONF_ACCOUNT_REFUSED,
    CONF_COMMISSION_AGAIN,
    CONF_GATEWAY_SFDI,
    CONF_UTILITY,
    CONF_VTN,
    DOMAIN,
    SUBENTRY_DEVICE,
    SUBENTRY_VEHICLE,
)
from .devices.flow import DeviceSubentryFlow
from .health.flow.survey import SURVEY, SurveyPages
from .hub.flow.changing import ChangingPages
from .hub.flow.commissioning import CommissioningPages
from .hub.flow.done import DonePages
from .hub.flow.finding import FindingPages
from .hub.flow.method import MethodPages
from .hub.flow.options import UtilityHanOptionsFlow
from .hub.flow.preparing import PreparingPages
from .hub.flow.radio import RadioPages
from .hub.flow.stick import StickPages
from .hub.kept.versions import ENTRY_VERSION
from .procedures import Method
from .vehicles.flow import VehicleSubentryFlow
from .vehicles.left_behind import async_left_behind


class DeviceFlow(SurveyPages, DeviceSubentryFlow):
    """The dialog of a device, which can also be carried around."""

    more_changes = (SURVEY,)


class UtilityHanConfigFlow(
    FindingPages,
    RadioPages,
    StickPages,
    PreparingPages,
    MethodPages,
    CommissioningPages,
    DonePages,
    ChangingPages,
    LeavingPages,
    VtnChangingPages,
    domain=DOMAIN,
):
    """Finds a gateway, commissions Home Assistant on it, and links the account."""

    VERSION, MINOR_VERSION = ENTRY_VERSION

    def __init__(self) -> None:
        """Begin with nothing answered."""
        super().__init__()
        self.data, self.prepared = {}, {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> UtilityHanOptionsFlow:
        return UtilityHanOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        types: dict[str, type[ConfigSubentryFlow]] = {SUBENTRY_VEHICLE: VehicleSubentryFlow}
        vtn = config_entry.data.get(CONF_VTN)
        # Who has neither credentials nor a gateway cannot say to a VTN whose a device is.
        if vtn is None or CONF_GATEWAY_SFDI in config_entry.data or vtn["client_id"] is not None:
            types = {SUBENTRY_DEVICE: DeviceFlow, **types}
        return types

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        if discovery_info.type == VTN_SERVICE:
            return await self.async_vtn_announced(discovery_info)
        return await super().async_step_zeroconf(discovery_info)

    @override
    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        if CONF_GATEWAY_SFDI not in self._get_reconfigure_entry().data:
            return await self.async_step_vtn_change()
        return await super().async_step_reconfigure(user_input)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """The gateway no longer accepts the certificate, or the utility the customer's permission or credentials."""
        has_gateway = CONF_GATEWAY_SFDI in entry_data
        of_gateway = has_gateway and (CONF_COMMISSION_AGAIN in entry_data or self.gateway_refuses())
        if CONF_VTN in entry_data and not of_gateway:
            return await self.async_step_reauth_vtn()
        await self.async_take_entry(entry_data)
        for why in (CONF_ACCOUNT_REFUSED, CONF_COMMISSION_AGAIN):
            self.data.pop(why, None)
        if CONF_ACCOUNT_REFUSED in entry_data or (CONF_UTILITY in entry_data and not of_gateway):
            return await self.async_step_reauth_account()
        if self.gateway_holds_another_pin():
            run = (await self.async_store()).run(self.data[CONF_GATEWAY_SFDI])
            if run is not None:
                self.take_run(run)
                return await self.async_step_pin_differs()
        return await self.async_step_reauth_confirm()

    @override
    async def async_account_linked(self, updates: dict[str, Any]) -> ConfigFlowResult:
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self.async_update_account(updates)
        self.data |= updates
        if CONF_VTN in updates:
            return await self.async_step_finish()
        return await (self.async_step_join_request() if self.joining else self.async_step_finish())

    @override
    async def async_stays_behind(self, entry: ConfigEntry) -> tuple[Sequence[str], int]:
        return await async_left_behind(self.hass, entry)

    @override
    async def async_tell_utility(self) -> ConfigFlowResult:
        return await (self.async_step_join_request() if CONF_UTILITY in self.data else self.async_step_account())

    @override
    async def async_go_without(self) -> ConfigFlowResult:
        return await (self.async_step_commissioned() if self.begun else self.async_step_method())

    @override
    async def async_utility_asked(self) -> ConfigFlowResult:
        return await self.async_begin(Method.OUT_OF_BAND, None)
