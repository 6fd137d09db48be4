"""A device that was out of sight while a control runs: what it is found doing is no person's hand."""

import pytest
from homeassistant.core import Context, HomeAssistant

from custom_components.utility_han.esi import ResponseStatus
from tests.component.test_load_control import SLOW_FAN, SWITCH, MakeHome, make_home, slow_fan

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
