"""A device that was out of sight while a control runs: what it is found doing is no person's hand."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er

from custom_components.utility_han.esi import ResponseStatus
from custom_components.utility_han.load_control.store import KeptControls
from custom_components.utility_han.procedures import Effect
from tests.component.test_load_control import SLOW_FAN, SWITCH, MakeHome, make_home, slow_fan
from tests.helpers.devices import link_otherwise

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")
R = ResponseStatus


async def test_power_cut_that_shows_only_after_a_while_is_no_persons_hand(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    """What was remembered of a plug is shown first; that it came back on is heard later, and nobody said so."""
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    hass.states.async_set("input_boolean.load", "unavailable")
    hass.states.async_set("input_boolean.load", "off")
    await home.settle()
    hass.states.async_set("input_boolean.load", "on")
    await home.turned("off")
    await home.settle()

    person = Context(user_id="somebody")
    hass.states.async_set("input_boolean.load", "on", context=person)
    await home.settle()
    assert home.is_on()
    await home.let_pass(31)
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.REJECTED_PARAMETER]


async def test_hand_at_a_plug_that_has_long_been_back_counts(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    hass.states.async_set("input_boolean.load", "unavailable")
    hass.states.async_set("input_boolean.load", "off")
    await home.let_pass(5)
    hass.states.async_set("input_boolean.load", "on")
    await home.settle()
    assert home.is_on()
    await home.let_pass(31)
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED_WITHOUT_PARTICIPATION]


async def test_what_was_off_before_is_off_again_after_a_power_cut(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.turn("off")
    await home.ask(duration=1800)
    hass.states.async_set("input_boolean.load", "unavailable")
    hass.states.async_set("input_boolean.load", "on")
    await home.turned("off")
    await home.let_pass(31)
    assert not home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.REJECTED_PARAMETER]


async def test_slow_device_that_comes_back_before_it_followed_is_told_once_more(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    told = slow_fan(hass)
    home = await make_home(SLOW_FAN)
    await home.ask(duration=1200)
    await hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert told == ["turn_off", "turn_off"]
    hass.states.async_set("fan.slow", "off")
    await home.settle()
    assert await home.answers() == [R.RECEIVED, R.STARTED]


@pytest.mark.parametrize(
    ("found", "minutes", "at_end"),
    [("off", 0.5, R.COMPLETED), ("on", 0.5, R.REJECTED_PARAMETER), (None, 2, R.REJECTED_PARAMETER)],
)
async def test_device_out_of_sight_at_the_end_is_looked_at_before_the_utility_is_told(
    hass: HomeAssistant, make_home: MakeHome, found: str | None, minutes: float, at_end: R
) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=600)
    hass.states.async_set("input_boolean.load", "unavailable")
    await home.let_pass(10)
    assert await home.answers() == [R.RECEIVED, R.STARTED]
    assert home.state("active_event").state == "none"
    await home.let_pass(minutes)
    if found is not None:
        hass.states.async_set("input_boolean.load", found)
        await home.settle()
        assert home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED, at_end]


async def test_emergency_is_gone_back_to_after_a_power_cut(hass: HomeAssistant, make_home: MakeHome) -> None:
    """The time that the person had it until then is told (DrResponse.overrideDuration, sep.xsd)."""
    home = await make_home(SWITCH)
    await home.ask(duration=1800, mandatory=True, override_duration=900)
    await home.turn("on")
    await home.settle()
    await home.let_pass(10)
    assert home.is_on()
    hass.states.async_set("input_boolean.load", "unavailable")
    hass.states.async_set("input_boolean.load", "on")
    await home.turned("off")
    await home.let_pass(21)
    answer = (await home.gateway.responses())[-1]
    assert answer["status"] == R.PARTIALLY_COMPLETED_OPT_OUT
    assert 600 <= answer["extras"]["override_duration"] <= 900


async def test_what_a_device_did_is_never_written_without_the_answer(hass: HomeAssistant, make_home: MakeHome) -> None:
    """Many begin at once: what one has done is written with another, before all of it is told."""
    home = await make_home(SWITCH)
    kept = await KeptControls.async_get(hass, home.entry.entry_id)
    acted, written = kept.rules.acted, list[dict[str, Any]]()

    def note(lfdi: str, control_id: str, applied: Mapping[str, float], now: datetime) -> list[Effect]:
        effects = acted(lfdi, control_id, applied, now)
        hass.loop.call_soon(lambda: written.append(kept.snapshot()))
        return effects

    with patch.object(kept.rules, "acted", note):
        await home.ask(duration=600)
    (record,) = written[0]["rules"]["records"]
    assert record["told"][-1] == R.STARTED
    assert written[0]["outbox"][-1]["status"] == R.STARTED
    assert await home.answers() == [R.RECEIVED, R.STARTED]


async def test_what_was_not_written_to_its_end_is_written_anew(hass: HomeAssistant) -> None:
    """Who keeps it may be cancelled meanwhile, as an action is whose script was stopped."""
    kept = await KeptControls.async_get(hass, "home")
    kept.webhook_id = "the one"
    begun = asyncio.Event()

    async def write(_snapshot: dict[str, Any]) -> bool:
        begun.set()
        await asyncio.Event().wait()
        return True

    with patch.object(kept, "async_write", write):
        keeping = hass.async_create_task(kept.async_save())
        await begun.wait()
        keeping.cancel()
        await asyncio.wait([keeping])
    await kept.async_save()
    anew = KeptControls(hass, "home")
    await anew.async_open()
    assert anew.webhook_id == "the one"


async def test_entity_that_is_no_more_keeps_its_device_from_no_other(hass: HomeAssistant, make_home: MakeHome) -> None:
    """It was removed while it was off for a control, and the person chose the one that took its place."""
    told = slow_fan(hass)
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    assert not home.is_on()
    er.async_get(hass).async_remove("input_boolean.load")
    subentry = home.entry.subentries[home.device.subentry_id or ""]
    link_otherwise(hass, home.entry, subentry, SLOW_FAN)
    await home.settle()
    assert told == ["turn_off"]
