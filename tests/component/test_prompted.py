"""What somebody has heard of is looked at at once, and once more where it was being looked at already."""

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.core import CALLBACK_TYPE, CoreState, HassJob, HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.hub.background.prompted import Prompted
from custom_components.utility_han.hub.background.rounds import Rounds
from tests.helpers.states import until


class Work:
    """Something that takes until it is let go on, and may fail."""

    def __init__(self, hass: HomeAssistant, rest: float = 0.0, **how: float | None) -> None:
        entry = MockConfigEntry(domain=DOMAIN)
        entry.add_to_hass(hass)
        self.rounds = Rounds(hass, entry)
        self.prompted = Prompted(hass, entry, self.rounds, "working", self._do, rest=rest, **how)
        self.begun = 0
        self.goes_on = asyncio.Event()
        self.fails: BaseException | None = None
        self._entry = entry
        self._hass = hass

    async def _do(self) -> None:
        self.begun += 1
        await self.goes_on.wait()
        if self.fails is not None:
            raise self.fails

    async def rests(self) -> None:
        """Let it end, and rest."""
        self.goes_on.set()
        await self._hass.async_block_till_done(wait_background_tasks=True)
        async_fire_time_changed(self._hass, dt_util.utcnow() + timedelta(seconds=1))
        await self._hass.async_block_till_done(wait_background_tasks=True)

    async def unload(self) -> None:
        await self._entry._async_process_on_unload(self._hass)


@pytest.mark.use_case("UR-P")
async def test_what_prompts_while_it_is_done_has_it_done_once_more(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.prompted.async_prompt()
    assert work.begun == 1
    for _ in range(100):
        work.prompted.async_prompt()
    await work.rests()
    assert work.begun == 2
    work.prompted.async_prompt()
    assert work.begun == 3
    await work.unload()


async def test_what_prompts_while_it_rests_waits_for_the_end_of_that(hass: HomeAssistant) -> None:
    work = Work(hass, rest=3600.0)
    work.prompted.async_prompt()
    await work.rests()
    work.prompted.async_prompt()
    await work.rests()
    assert work.begun == 1
    await work.unload()


async def test_error_that_nobody_thought_of_is_shown_and_ends_nothing(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(hass)
    work.fails = ZeroDivisionError()
    work.prompted.async_prompt()
    await work.rests()
    assert work.rounds.failing == {"working": "ZeroDivisionError"}
    work.fails = None
    work.prompted.async_prompt()
    await work.rests()
    assert (work.begun, dict(work.rounds.failing)) == (2, {})
    await work.unload()


async def test_what_failed_is_done_again_by_itself_and_at_once_where_it_is_prompted(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.fails = ZeroDivisionError()
    work.prompted.async_prompt()
    await work.rests()
    assert work.begun == 1
    work.prompted.async_prompt()
    assert work.begun == 2, "who prompts it waits for no pause"
    await work.rests()
    work.fails = None
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=30))
    await work.rests()
    assert (work.begun, dict(work.rounds.failing)) == (3, {})
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=3600))
    await work.rests()
    assert work.begun == 3
    await work.unload()


async def test_pause_after_a_failure_is_longer_each_time_until_it_succeeds(hass: HomeAssistant) -> None:
    work, waits = Work(hass), list[float]()

    def later(_hass: HomeAssistant, seconds: float, _job: HassJob[Any, Any]) -> CALLBACK_TYPE:
        waits.append(seconds)
        return lambda: None

    work.goes_on.set()
    with patch("custom_components.utility_han.hub.background.prompted.async_call_later", later):
        for fails in (True, True, False, True):
            work.fails = ZeroDivisionError() if fails else None
            work.prompted.async_prompt()
            await hass.async_block_till_done(wait_background_tasks=True)
            work.prompted._rested(dt_util.utcnow())
    assert [each for each in waits if each] == [5.0, 10.0, 5.0]
    await work.unload()


async def test_what_failed_is_not_done_again_once_its_hub_is_unloaded(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.fails = ZeroDivisionError()
    work.prompted.async_prompt()
    await work.rests()
    assert work.prompted._waits is not None
    await work.unload()
    assert work.prompted._waits is None, "no timer outlives it"


async def test_what_is_under_way_has_ended_once_it_is_ended(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.fails = ZeroDivisionError()
    work.prompted.async_prompt()
    assert work.prompted.working
    await work.prompted.async_end()
    assert not work.prompted.working
    work.prompted.async_prompt()
    await work.rests()
    assert (work.begun, dict(work.rounds.failing)) == (1, {})
    await work.prompted.async_end()
    await work.unload()


async def test_what_a_gateway_is_known_to_do_is_left_to_the_next_poll(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.fails = GatewayError(Reason.GATEWAY_SILENT, "no answer")
    for begun in (1, 2):
        work.prompted.async_prompt()
        await work.rests()
        assert (work.begun, dict(work.rounds.failing)) == (begun, {})
    await work.unload()


async def test_what_is_cancelled_within_keeps_it_from_nothing(hass: HomeAssistant) -> None:
    """A port that is closed cancels what waits for its answers."""
    work = Work(hass)
    work.fails = asyncio.CancelledError()
    for begun in (1, 2):
        work.prompted.async_prompt()
        await work.rests()
        assert work.begun == begun
    await work.unload()


async def test_what_does_not_come_to_an_end_is_given_up(hass: HomeAssistant) -> None:
    work = Work(hass, longest=0.0)
    work.prompted.async_prompt()
    await until(lambda: work.rounds.failing)
    assert work.rounds.failing == {"working": "TimeoutError"}
    await work.rests()
    work.prompted.async_prompt()
    assert (work.begun, dict(work.rounds.failing)) == (2, {})
    await work.unload()


async def test_what_has_bounds_of_its_own_is_not_given_up(hass: HomeAssistant) -> None:
    work = Work(hass, longest=None)
    work.prompted.async_prompt()
    await work.rests()
    assert (work.begun, dict(work.rounds.failing)) == (1, {})
    await work.unload()


@pytest.mark.parametrize("rests", [False, True], ids=["is done", "rests"])
async def test_what_prompts_while_it_is_unloaded_is_not_done(hass: HomeAssistant, *, rests: bool) -> None:
    work = Work(hass, rest=0.5)
    work.prompted.async_prompt()
    if rests:
        work.goes_on.set()
        await hass.async_block_till_done(wait_background_tasks=True)
    work.prompted.async_prompt()
    await work.unload()
    await work.rests()
    assert work.begun == 1


@pytest.mark.parametrize("rests", [False, True], ids=["is idle", "rests"])
async def test_what_prompts_while_home_assistant_stops_is_not_done(hass: HomeAssistant, *, rests: bool) -> None:
    """What is begun by then would go on where others have closed what it needs."""
    work = Work(hass)
    work.goes_on.set()
    if rests:
        work.prompted.async_prompt()
        work.prompted.async_prompt()
        await asyncio.sleep(0)
    hass.set_state(CoreState.stopping)
    work.prompted.async_prompt()
    await work.rests()
    assert work.begun == rests
    hass.set_state(CoreState.running)
    await work.unload()


async def test_who_is_unloaded_does_nothing_any_more(hass: HomeAssistant) -> None:
    work = Work(hass)
    work.prompted.async_prompt()
    await work.unload()
    work.prompted.async_prompt()
    await work.rests()
    assert work.begun == 1
