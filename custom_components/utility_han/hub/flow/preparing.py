"""Pages IP-1 to IP-4: where the client is, what installing it needs, its self-check, and the premise."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_NAME

from ...const import (
    CONF_AREA,
    CONF_KIND,
    CONF_NOTIFY,
    CONF_PREMISE,
)
from ...gateway import GatewayError, Signal
from ...procedures import (
    CheckResult,
    CheckVerdict,
    figures,
)
from ..self_checks import async_self_check
from ..transport import Transport
from ..wifi import wifi_signal
from . import forms as flow_forms
from .dialog import GatewayDialog
from .installation import InstallationPage

_MARKS = {
    verdict: f'<ha-icon icon="mdi:{icon}"></ha-icon>'
    for verdict, icon in (
        (CheckVerdict.PASSED, "check-circle-outline"),
        (CheckVerdict.MARGINAL, "alert-outline"),
        (CheckVerdict.FAILED, "close-circle-outline"),
    )
}


class PreparingPages(InstallationPage[ConfigFlowResult], GatewayDialog):
    """Leads from a gateway that was found to how it comes to know us."""

    _signal: Signal | None = None
    _checks: list[CheckResult]

    @override
    async def async_step_location(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-1: where the device is, of which kind, and how good the way to the gateway is from there."""
        if user_input is not None:
            self.data[CONF_KIND] = user_input[CONF_KIND]
            self.data[CONF_AREA] = user_input.get(CONF_AREA)
            return await self.async_step_installation()
        gateway = await self.async_link()
        try:
            self._signal = await gateway.measure_signal()
        except GatewayError:
            self._signal = None
        radio = self.transport is not Transport.IP
        form = flow_forms.location(self._signal, None if radio else wifi_signal(self.hass), radio=radio)
        schema = self.add_suggested_values_to_schema(form, self.data)
        return self.async_show_form(
            step_id="location",
            data_schema=schema,
            description_placeholders={
                "gateway": self.gateway_name(),
                "figures": figures(self._signal) if self._signal else "–",
            },
            last_step=False,
        )

    @override
    async def async_installed(self) -> ConfigFlowResult:
        return await self.async_step_self_check()

    async def async_step_self_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-3: the client checks itself."""
        if self._task is None:
            self._task = self.hass.async_create_task(self._async_self_check(), eager_start=False)
        if not self._task.done():
            return self.async_show_progress(
                step_id="self_check", progress_action="self_check", progress_task=self._task
            )
        self._checks, self._task = await self._task, None
        return self.async_show_progress_done(next_step_id="self_check_result")

    async def _async_self_check(self) -> list[CheckResult]:
        gateway = await self.async_link()
        identity = await self.async_ensure_identity() if self.transport is Transport.IP else None
        return await async_self_check(self.hass, gateway, identity)

    async def async_step_self_check_result(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-3: the result per item, before going on; what failed is checked again."""
        failed = any(result.verdict is CheckVerdict.FAILED for result in self._checks)
        if user_input is not None:
            return await (self.async_step_self_check() if failed else self._async_checked())
        return self.async_show_form(
            step_id="self_check_result",
            errors={"base": "self_check_failed"} if failed else {},
            description_placeholders={
                **{verdict.value: mark for verdict, mark in _MARKS.items()},
                **{result.check.value: f"{_MARKS[result.verdict]} {result.finding}" for result in self._checks},
            },
            last_step=False,
        )

    async def _async_checked(self) -> ConfigFlowResult:
        """Go on to what the premise is called, unless there is a hub already."""
        return await (self.async_step_method() if self.source == SOURCE_RECONFIGURE else self.async_step_premises())

    async def async_step_premises(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-4: what the premise is called, and whom to tell.

        Where it is nobody is told who does not know: the account names the premise (UR-5). The one field for a place,
        ``DeviceInformation.gpsLocation`` (sep.xsd), stands among elements that are required and that a maker gives
        (mfDate, mfHwVer, mfID, mfModel, mfSerNum, ...), which we would have to invent.
        """
        if user_input is not None:
            self.data[CONF_PREMISE] = {"name": user_input[CONF_NAME]}
            self.data[CONF_NOTIFY] = user_input.get(CONF_NOTIFY)
            return await self.async_step_method()
        schema = flow_forms.premises(self.hass.config.location_name)
        return self.async_show_form(step_id="premises", data_schema=schema, last_step=False)
