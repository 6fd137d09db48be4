"""Pages about a certified stick: what it can do, and which of the meters on it is read."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState, ConfigFlowResult

from ...const import CONF_METER
from ...gateway import Gateway
from ...procedures import Method
from ..hub import UtilityHanConfigEntry
from ..reach.transport import Transport
from . import forms as flow_forms
from .found import FoundFields


class StickPages(FoundFields):
    """A stick with one meter of electricity asks nothing."""

    @override
    async def async_step_stick(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-1 and IP-4: what a certified stick can and cannot do, and what the premises are called."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := self.take_found(user_input)):
            return await self.async_step_self_check()
        return self.async_show_form(
            step_id="stick", data_schema=self.found_schema(user_input), errors=errors, last_step=False
        )

    @override
    async def async_step_commissioned(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-7: which meters there are a stick knows once it is on the network."""
        if user_input is None and CONF_METER not in self.data and len(self.meters_of(self._gateway)) > 1:
            return await self.async_step_stick_meter()
        return await super().async_step_commissioned(user_input)

    def meters_of(self, gateway: Gateway | None) -> Mapping[str, str]:
        """Return the meters of electricity that a stick lists, each with how it is called for people."""
        if gateway is None or self.transport is not Transport.RAVEN:
            return {}
        from ...gateway.zigbee import RavenGateway  # noqa: PLC0415 - for those who have a stick

        found = gateway.meters.electric if isinstance(gateway, RavenGateway) else ()
        return {meter.eui64: f"{meter.name} — {meter.eui64}" if meter.name else meter.eui64 for meter in found}

    @override
    def meters_to_choose(self) -> Mapping[str, str]:
        entry: UtilityHanConfigEntry = self._get_reconfigure_entry()
        found = self.meters_of(entry.runtime_data.gateway) if entry.state is ConfigEntryState.LOADED else {}
        return found if len(found) > 1 else {}

    async def async_step_stick_meter(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-7: of several meters of electricity on a stick, one is read."""
        changing = self.source == SOURCE_RECONFIGURE
        meters = self.meters_to_choose() if changing else self.meters_of(self._gateway)
        if user_input is not None:
            chosen = user_input[CONF_METER]
            if changing:
                return self._change_to(chosen)
            self.data[CONF_METER] = chosen
            await self.async_keep_draft()
            await self._async_let_go()  # the next client is made for this meter
            return await self.async_begin(Method.OUT_OF_BAND, None)
        return self.async_show_form(
            step_id="stick_meter",
            data_schema=flow_forms.meters(meters, self.data.get(CONF_METER)),
            last_step=changing,
        )

    def _change_to(self, meter: str) -> ConfigFlowResult:
        entry: UtilityHanConfigEntry = self._get_reconfigure_entry()
        if entry.state is ConfigEntryState.LOADED and meter != entry.data.get(CONF_METER):
            # It counts from another value, and what is shown goes on.
            entry.runtime_data.link.guard.expect_other_meter()
        return self.async_update_reload_and_abort(entry, data_updates={CONF_METER: meter})
