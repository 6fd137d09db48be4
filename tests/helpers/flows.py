"""Walks through config flows as a person does."""

import asyncio
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.utility_han.const import DOMAIN
from tests.helpers.states import PATIENCE

PREMISE = {"name": "Elm Street 5"}
ANSWERS: Mapping[str, Mapping[str, Any]] = {
    "location": {"kind": "energy_management_system"},
    "installation": {"network": True, "power": True},
    "self_check_result": {},
    "premises": PREMISE,
    "portal": {},
    "commissioned": {},
}


async def start(hass: HomeAssistant) -> ConfigFlowResult:
    """Add the integration by hand, over IP; without mDNS that asks for the address at once."""
    return await choose(hass, await begin(hass), "ip")


async def begin(hass: HomeAssistant) -> ConfigFlowResult:
    """Add the integration by hand, up to the choice of how the meter is reached."""
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})


async def submit(hass: HomeAssistant, result: ConfigFlowResult, answer: Mapping[str, Any]) -> ConfigFlowResult:
    """Submit a page, and wait until progress ends."""
    result = await hass.config_entries.flow.async_configure(result["flow_id"], dict(answer))
    return await settled(hass, result)


async def choose(hass: HomeAssistant, result: ConfigFlowResult, option: str) -> ConfigFlowResult:
    """Choose in a menu."""
    return await submit(hass, result, {"next_step_id": option})


async def settled(hass: HomeAssistant, result: ConfigFlowResult, until: str | None = None) -> ConfigFlowResult:
    """Wait until progress ends, or until it shows the action ``until``."""
    async with asyncio.timeout(PATIENCE):
        while result["type"] is FlowResultType.SHOW_PROGRESS and result["progress_action"] != until:
            await asyncio.sleep(0.01)
            result = await hass.config_entries.flow.async_configure(result["flow_id"])
    return result


async def walk(hass: HomeAssistant, result: ConfigFlowResult, until: str) -> ConfigFlowResult:
    """Answer every page until the page ``until`` shows."""
    while result.get("step_id") != until:
        assert result["type"] is FlowResultType.FORM, result
        assert not result["errors"], result
        result = await submit(hass, result, ANSWERS[result["step_id"]])
    return result


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Leave the page that tells of success without linking an account."""
    assert result.get("step_id") == "commissioned", result
    result = await submit(hass, result, {})
    assert result["step_id"] == "utility"
    return await choose(hass, result, "finish")


def shown(result: ConfigFlowResult, field: str) -> object:
    """Return the value a form shows in ``field`` before anybody touches it."""
    schema = result["data_schema"]
    assert schema is not None
    return next(marker.default() for marker in schema.schema if marker.schema == field)


def placeholder(result: ConfigFlowResult, name: str) -> str:
    """Return what a page's text says for ``{name}``."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders[name]


async def nothing() -> None:
    """Do nothing, where something else would have been done."""
