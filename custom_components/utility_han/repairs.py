"""Fix flows of repair notices: the person answers a question, and it is done."""

from typing import Any, override

import probatio as vol
from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import SelectOptionDict, SelectSelector, SelectSelectorConfig, SelectSelectorMode

from .const import DOMAIN
from .health.notices import DIAGNOSTICS_REQUESTED, UNHEALTHY
from .health.repair_flow import DiagnosticsRequestedFlow, UnhealthyFlow
from .hub.coordinator import UtilityHanConfigEntry
from .hub.repair_flow import HubQuestionFlow
from .vehicles.manager import ChargingManager
from .vehicles.notices import WHOSE_SESSION

_NOBODY = "nobody"
CONF_VEHICLE = "vehicle"


class ChargingQuestionFlow(HubQuestionFlow):
    """Something about a charging session that only a person can say."""

    def __init__(self, entry: UtilityHanConfigEntry, session_id: str) -> None:
        """``session_id`` is the session's in the ledger."""
        super().__init__(entry)
        self.session_id = session_id

    @property
    def charging(self) -> ChargingManager:
        """The hub's charging."""
        return self.entry.runtime_data.charging

    @property
    def gone(self) -> bool:
        """Whether there is nothing left to ask."""
        return not self.loaded or self.session_id not in self.charging.charging.ledger.entries


class WhoseSessionFlow(ChargingQuestionFlow):
    """Whose vehicle was charged."""

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask, and have it billed or not."""
        if self.gone:
            return self.async_abort(reason="session_gone")
        if user_input is not None:
            chosen = user_input[CONF_VEHICLE]
            try:
                await self.charging.async_assign(self.session_id, None if chosen == _NOBODY else chosen)
            except ValueError:
                return self.async_abort(reason="session_gone")
            return self.async_create_entry(data={})
        options = [SelectOptionDict(value=each.key, label=each.title) for each in self.charging.vehicles]
        selector = SelectSelector(
            SelectSelectorConfig(
                options=[*options, SelectOptionDict(value=_NOBODY, label=_NOBODY)],
                translation_key="whose_session",
                mode=SelectSelectorMode.LIST,
            )
        )
        return self.async_show_form(
            step_id="ask",
            data_schema=vol.Schema({vol.Required(CONF_VEHICLE): selector}),
            description_placeholders=self.charging.about(self.session_id),
        )


class UnboundFlow(ChargingQuestionFlow):
    """Energy that was charged while no binding was in force: the person is told, and takes note."""

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say so."""
        if self.gone:
            return self.async_abort(reason="session_gone")
        if user_input is not None:
            await self.charging.async_accept_unbound(self.session_id)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="ask",
            data_schema=vol.Schema({}),
            description_placeholders=self.charging.about(self.session_id),
        )


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if data is None or (entry := hass.config_entries.async_get_entry(data["entry_id"])) is None:
        raise ValueError(f"{DOMAIN} knows no repair of {issue_id}")
    if data["key"] == UNHEALTHY:
        return UnhealthyFlow(entry, data["subject"])
    if data["key"] == DIAGNOSTICS_REQUESTED:
        return DiagnosticsRequestedFlow(entry, data["request_id"])
    if data["key"] == WHOSE_SESSION:
        return WhoseSessionFlow(entry, data["session_id"])
    return UnboundFlow(entry, data["session_id"])
