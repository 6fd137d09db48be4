"""What the frontend is told of a page that shows progress: it asks once for each telling, and none may be too many."""

import ast
import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESSED,
    FlowContext,
    FlowHandler,
    FlowManager,
    FlowResult,
    FlowResultType,
)
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.utility_han.hub.flow.progress import shows_progress
from custom_components.utility_han.hub.flow.repair import HubRepairFlow

COMPONENT = Path(__file__).parents[2] / "custom_components" / "utility_han"

type Result = FlowResult[FlowContext, str]

pytestmark = pytest.mark.use_case("RD-12")


class _Pages(HubRepairFlow):
    unloaded_is = "gone"


@pytest.mark.parametrize("removed", [False, True])
async def test_step_and_its_end_are_not_told_at_once(hass: HomeAssistant, hub: ConfigEntry, *, removed: bool) -> None:
    """Who asks for both would be told at the second that there is no such dialog."""
    pages = _Pages(hub)
    pages.hass, pages.flow_id, pages.handler = hass, "a-flow", "a-handler"
    told = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    for _ in range(3):
        pages.async_notify_flow_changed()
    await hass.async_block_till_done()
    assert len(told) == 1
    if removed:
        pages.async_remove()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()
    assert len(told) == (1 if removed else 2)


class _Dialogs(FlowManager[FlowContext, Result, str]):
    """Home Assistant's own way with dialogs, for one of ours."""

    def __init__(self, hass: HomeAssistant, dialog: FlowHandler[Any, Any, Any]) -> None:
        super().__init__(hass)
        self._dialog = dialog

    async def async_create_flow(self, *_: Any, **__: Any) -> FlowHandler[Any, Any, Any]:
        return self._dialog

    async def async_finish_flow(self, flow: FlowHandler[Any, Any, Any], result: Result) -> Result:
        return result


class _Waiting(_Pages):
    """Shows progress, and meanwhile its hub is unloaded."""

    def __init__(self, hub: ConfigEntry, found: str) -> None:
        super().__init__(hub)
        self._found, self._go_on = found, asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def _work(self) -> None:
        await self._go_on.wait()
        if self._found == "by what is waited for":
            _ = self.hub
        if self._found == "an error":
            raise RuntimeError("nobody thought of it")

    @shows_progress
    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> Any:
        self._task = self._task or self.hass.async_create_task(self._work())
        if not self._task.done():
            return self.async_show_progress(step_id="init", progress_action="work", progress_task=self._task)
        await self._task
        if self._found == "as a page":
            return self.async_abort(reason="gone")
        return self.async_show_progress_done(next_step_id="end" if self._found == "nothing" or self.hub else "never")

    async def async_step_end(self, user_input: dict[str, Any] | None = None) -> Any:
        return self.async_show_form(step_id="end")


@pytest.mark.parametrize("found", ["by what is waited for", "by the page", "as a page"])
async def test_dialog_that_has_to_end_while_it_shows_progress_ends_with_a_word(
    hass: HomeAssistant, hub: ConfigEntry, found: str
) -> None:
    """Home Assistant lets progress be followed by no end: it answered with an error, and told the frontend nothing."""
    dialog = _Waiting(hub, found)
    dialogs = _Dialogs(hass, dialog)
    page = await dialogs.async_init("a-handler")
    assert page["type"] is FlowResultType.SHOW_PROGRESS
    assert await hass.config_entries.async_unload(hub.entry_id)
    told = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    dialog._go_on.set()
    await hass.async_block_till_done()
    assert told, "the frontend asks for the page that follows"
    page = await dialogs.async_configure(dialog.flow_id)
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "gone")
    assert dialogs.async_progress() == []


async def test_error_that_nobody_thought_of_ends_a_dialog_with_a_word(
    hass: HomeAssistant, hub: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant asks for the page itself as its task ends: the frontend heard nothing, and showed it for ever."""
    dialog = _Waiting(hub, "an error")
    dialogs = _Dialogs(hass, dialog)
    await dialogs.async_init("a-handler")
    told = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    dialog._go_on.set()
    await hass.async_block_till_done()
    assert told
    page = await dialogs.async_configure(dialog.flow_id)
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "unknown")
    assert "nobody thought of it" in caplog.text


async def test_dialog_that_has_to_end_before_it_shows_progress_ends_at_once(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    """Who begins a dialog is given its first page, and asks for none that follows progress."""
    dialog = _Waiting(hub, "as a page")
    dialog._go_on.set()
    page = await _Dialogs(hass, dialog).async_init("a-handler")
    assert (page["type"], page["reason"]) == (FlowResultType.ABORT, "gone")


@pytest.mark.parametrize("asked", [False, True])
async def test_end_of_progress_is_told_until_somebody_asks_for_what_follows(
    hass: HomeAssistant, hub: ConfigEntry, *, asked: bool
) -> None:
    """Who asks at a telling after that may be told that there is no such dialog."""
    dialog = _Waiting(hub, "nothing")
    dialogs = _Dialogs(hass, dialog)
    await dialogs.async_init("a-handler")
    dialog._go_on.set()
    await hass.async_block_till_done()
    if asked:
        page = await dialogs.async_configure(dialog.flow_id)
        assert page["step_id"] == "end"
    told = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    for seconds in (2**each for each in range(1, 10)):  # up to two minutes apart, and then no more
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=seconds))
        await hass.async_block_till_done()
    assert bool(told) is not asked
    dialogs.async_abort(dialog.flow_id)


async def test_end_of_progress_that_comes_twice_is_told_in_one_row(hass: HomeAssistant, hub: ConfigEntry) -> None:
    pages, ended = _Pages(hub), Mock()
    pages.hass, pages.flow_id, pages.handler = hass, "a-flow", "a-handler"
    with patch("custom_components.utility_han.hub.flow.progress.async_call_later", return_value=ended) as later:
        for _ in range(2):
            pages.async_show_progress_done(next_step_id="end")
    assert (later.call_count, ended.call_count) == (2, 1)


def test_every_dialog_that_shows_progress_has_a_word_for_what_nobody_thought_of() -> None:
    def dialogs(texts: Any, path: str = "") -> Iterator[tuple[str, Any]]:
        if isinstance(texts, dict):
            if "progress" in texts:
                yield path, texts
            for name, below in texts.items():
                yield from dialogs(below, f"{path}.{name}")

    found = dict(dialogs(json.loads((COMPONENT / "translations" / "en.json").read_text())))
    assert len(found) > 4
    assert [path for path, texts in found.items() if "unknown" not in texts["abort"]] == []


def test_every_step_that_shows_progress_is_marked() -> None:
    """One that is not would answer with an error where it has to end the dialog."""
    found = []
    for path in COMPONENT.rglob("*.py"):
        for step in ast.walk(ast.parse(path.read_text())):
            if not isinstance(step, ast.AsyncFunctionDef) or not step.name.startswith("async_step_"):
                continue
            called = {each.attr for each in ast.walk(step) if isinstance(each, ast.Attribute)}
            if called & {"async_show_progress", "_async_walk"}:
                marks = {each.id for each in step.decorator_list if isinstance(each, ast.Name)}
                found.append((step.name, "shows_progress" in marks))
    assert len(found) >= 10
    assert [name for name, marked in found if not marked] == []
