"""Fix flows of repair notices, by the key that a notice carries."""

from typing import Any

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .health.flow.permission import DiagnosticsRequestedFlow
from .health.flow.repair import UnhealthyFlow
from .health.notices import DIAGNOSTICS_REQUESTED, UNHEALTHY
from .hub import meter_notices
from .hub.answers import ACKNOWLEDGE
from .hub.flow.acknowledge import AcknowledgeFlow
from .hub.flow.meter_question import MeterQuestionFlow
from .hub.handing_back import LEFT
from .hub.kept import notices as store_notices
from .vehicles.flow.repair import PriceMissingFlow, UnboundFlow, WhoseSessionFlow
from .vehicles.notices import PRICE_MISSING, WHOSE_ENERGY, WHOSE_SESSION


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None) -> RepairsFlow:
    """Return the flow that mends an issue."""
    if data is not None and data["key"] in {*store_notices.LOST, LEFT}:
        return ConfirmRepairFlow()
    if data is None or (entry := hass.config_entries.async_get_entry(data["entry_id"])) is None:
        raise ValueError(f"{DOMAIN} knows no repair of {issue_id}")
    if data["key"] in {meter_notices.DOUBTED, meter_notices.REBASED}:
        return MeterQuestionFlow(entry, data["key"])
    if data["key"] == ACKNOWLEDGE:
        return AcknowledgeFlow(entry, data["subject"])
    if data["key"] == UNHEALTHY:
        return UnhealthyFlow(entry, data["subject"])
    if data["key"] == DIAGNOSTICS_REQUESTED:
        return DiagnosticsRequestedFlow(entry, data["request_id"])
    if data["key"] in (WHOSE_SESSION, WHOSE_ENERGY):
        return WhoseSessionFlow(entry, data["session_id"], data["key"])
    if data["key"] == PRICE_MISSING:
        return PriceMissingFlow(entry, data["session_id"])
    return UnboundFlow(entry, data["session_id"])
