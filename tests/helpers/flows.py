"""Walks through config flows as a person does."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.utility_han.const import DOMAIN
from tests.helpers.states import PATIENCE

_ENGLISH = Path(__file__).parent.parent.parent / "custom_components" / DOMAIN / "translations" / "en.json"
_MARGINAL = "⚠\ufe0e "

PREMISE = {"name": "Elm Street 5"}
ANSWERS: Mapping[str, Mapping[str, Any]] = dict.fromkeys(
    ("location", "discovery_confirm", "network", "stick"), PREMISE
)
"""What is answered on the pages that say what was found, whichever it was."""


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
        asked = {str(marker.schema) for marker in result["data_schema"].schema} if result["data_schema"] else set()
        answers = {field: value for field, value in ANSWERS[result["step_id"]].items() if field in asked}
        result = await submit(hass, result, answers)
    return result


async def by_pin(hass: HomeAssistant, result: ConfigFlowResult, pin: str) -> ConfigFlowResult:
    """Have Home Assistant announce itself to the gateway, with a PIN."""
    assert result.get("step_id") == "method", result
    return await submit(hass, result, {"way": "in_band", "pin": pin})


async def by_portal(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Say that the utility was told; what it is told is on the page before."""
    assert result.get("step_id") == "method", result
    return await submit(hass, result, {"way": "portal"})


async def join(hass: HomeAssistant, result: ConfigFlowResult, install_code: str) -> ConfigFlowResult:
    """Say that the utility was told of the radio; a code that was not shown yet is shown before."""
    assert result.get("step_id") == "install_code", result
    result = await submit(hass, result, {"install_code": install_code})
    return await submit(hass, result, {}) if result.get("step_id") == "join_portal" else result


async def finish(hass: HomeAssistant, result: ConfigFlowResult) -> ConfigFlowResult:
    """Leave the page that tells of success without linking an account."""
    assert result.get("step_id") == "commissioned", result
    return await choose(hass, result, "finish")


def comes_at_once(hass: HomeAssistant, result: ConfigFlowResult) -> bool:
    """Whether a page is made without waiting for anything.

    Home Assistant may ask twice for one that follows progress; the later answer would take the place of what came
    meanwhile.
    """
    flow = hass.config_entries.flow._progress[result["flow_id"]]
    page = getattr(flow, f"async_step_{result['step_id']}")()
    try:
        page.send(None)
    except StopIteration:
        return True
    page.close()
    return False


def failure(result: ConfigFlowResult) -> str:
    """Return why commissioning failed, by the words of the page that says so."""
    assert result.get("step_id") == "commission_failed", result
    (reason,) = [reason for reason, said in _errors().items() if said == placeholder(result, "reason")]
    return reason


def remarks(result: ConfigFlowResult) -> list[str]:
    """Return what the page that tells of success remarks besides, by its words."""
    assert result.get("step_id") == "commissioned", result
    lines = [line.removeprefix(_MARGINAL) for line in placeholder(result, "found").splitlines()]
    return [reason for reason, text in _errors().items() if text in lines]


def _errors() -> dict[str, str]:
    texts: dict[str, str] = json.loads(_ENGLISH.read_text())["config"]["error"]
    return texts


def shown(result: ConfigFlowResult, field: str) -> object:
    """Return the value a form shows in ``field`` before anybody touches it."""
    schema = result["data_schema"]
    assert schema is not None
    return next(marker.default() for marker in schema.schema if marker.schema == field)


def placeholder(result: ConfigFlowResult | SubentryFlowResult, name: str) -> str:
    """Return what a page's text says for ``{name}``."""
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    return placeholders[name]


async def nothing() -> None:
    """Do nothing, where something else would have been done."""
