"""What is shown of a meter, and what statistics make of it: meters.yaml, the id of each case in the name."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.flow.meter_question import MeterQuestionFlow
from custom_components.utility_han.repairs import async_create_fix_flow
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.recorder import compile_statistics
from tests.helpers.states import entity_id_of, state_of

pytestmark = pytest.mark.use_case("IP-7")

MINE = {"M1", "M2", "M13"}
CASES = [case for case in yaml.safe_load((Path(__file__).parent / "meters.yaml").read_text()) if case["id"] in MINE]
QUARTER = timedelta(minutes=15)
ENERGY = "energy_summation_delivered"


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    assert {case["id"] for case in CASES} == MINE
    for case in CASES:
        assert re.search(rf"_{case['id'].lower()}_", names), case


class Home:
    """A commissioned hub that is read at times of the test's choosing, and states that are kept as they come."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self.hass, self.entry = hass, entry
        self.later = timedelta(0)
        """How much later it is to the hub than to everybody else."""
        now = datetime.now(UTC)
        self._begun = now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0)

    async def poll(self, after: timedelta = timedelta(minutes=1)) -> None:
        """Read once more."""
        self.later += after
        await self.entry.runtime_data.coordinator.async_refresh()
        await self.hass.async_block_till_done()

    @property
    def energy(self) -> str:
        """The state of what was delivered."""
        return state_of(self.hass, self.entry, ENERGY).state

    @property
    def reason(self) -> str | None:
        """What the problem sensor says."""
        state = state_of(self.hass, self.entry, "problem")
        assert (state.state == "on") is (state.attributes["reason"] is not None)
        reason: str | None = state.attributes["reason"]
        return reason

    async def growth(self) -> float:
        """Return by how much the statistic has grown by all that was shown, in kWh."""
        entity_id = entity_id_of(self.hass, self.entry, ENERGY)
        await async_wait_recording_done(self.hass)
        period = self._begun
        while period < datetime.now(UTC):
            await compile_statistics(self.hass, period)
            period += timedelta(minutes=5)
        await async_wait_recording_done(self.hass)
        rows = await get_instance(self.hass).async_add_executor_job(
            statistics_during_period, self.hass, self._begun, None, {entity_id}, "5minute", {"energy": "kWh"}, {"sum"}
        )
        return float(rows[entity_id][-1]["sum"] or 0)


@pytest.fixture
async def home(
    recorder_mock: Recorder, hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> AsyncIterator[Home]:
    home = Home(hass, await commission(gateway))
    with patch("homeassistant.util.dt.utcnow", lambda: datetime.now(UTC) + home.later):
        yield home


@BOTH_TRANSPORTS
async def test_m1_zero_for_four_polls_is_not_counted(home: Home, gateway: SimulatedGateway) -> None:
    before = await gateway.readings()
    assert home.reason is None
    await gateway.fault("zeroed")
    for _ in range(4):
        await home.poll()
        assert home.energy == "unavailable"
        assert home.reason == "readings_doubted"
    await gateway.mend()
    await home.poll()
    assert home.reason is None
    for _ in range(3):
        await home.poll(timedelta(minutes=5))
    after = await gateway.readings()
    used = (after["delivered_wh"] - before["delivered_wh"]) / 1000
    assert 0 <= await home.growth() <= used + 0.01


@BOTH_TRANSPORTS
async def test_m2_another_meter_is_asked_about_and_counted_on(
    home: Home,
    gateway: SimulatedGateway,
    issue_registry: ir.IssueRegistry,
    hass_client: ClientSessionGenerator,
) -> None:
    before, shown = await gateway.readings(), float(home.energy)
    issue_id = f"meter_doubted_{home.entry.entry_id}"
    await gateway.fault("leap", wh=1_844_000)
    await home.poll()
    assert home.energy == "unavailable"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    for _ in range(3):
        await home.poll(QUARTER)
    assert home.energy == "unavailable"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None

    page = await _answer(home.hass, hass_client, issue_id, "replaced")
    assert "summation" not in page, "what has no entity has no name"
    counted = int((before["delivered_wh"] + 1_844_000) / 1000)
    assert any(f"{counted + more:,}." in page for more in (0, 1))
    await home.poll()
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None
    for _ in range(3):
        await home.poll(timedelta(minutes=5))
    after = await gateway.readings()
    used = (after["delivered_wh"] - before["delivered_wh"]) / 1000
    assert shown <= float(home.energy) <= shown + used + 0.01
    assert await home.growth() <= used + 0.01


async def test_m2_that_goes_on_for_a_day_is_counted_on_and_can_be_taken_back(
    home: Home, gateway: SimulatedGateway, issue_registry: ir.IssueRegistry, hass_client: ClientSessionGenerator
) -> None:
    shown = float(home.energy)
    await gateway.fault("leap", wh=1_844_000)
    for _ in range(25 * 4):
        await home.poll(QUARTER)
    assert shown <= float(home.energy) < shown + 1
    assert home.reason is None
    issue_id = f"meter_rebased_{home.entry.entry_id}"
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is not None
    await _answer(home.hass, hass_client, issue_id, "undo")
    await home.poll()
    assert home.energy == "unavailable"
    await gateway.mend()
    await home.poll()
    assert shown <= float(home.energy) < shown + 1
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None


async def test_m2_that_is_said_to_be_the_same_meter_is_waited_for(
    home: Home, gateway: SimulatedGateway, issue_registry: ir.IssueRegistry, hass_client: ClientSessionGenerator
) -> None:
    shown = float(home.energy)
    issue_id = f"meter_doubted_{home.entry.entry_id}"
    await gateway.fault("leap", wh=1_844_000)
    for _ in range(4):
        await home.poll(QUARTER)
    issue = issue_registry.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    home.hass.config.language = "de"
    page = await _answer(home.hass, hass_client, issue_id, "same")
    assert re.search(r"\d,\d\xa0kWh → \d+\.\d{3},\d\xa0kWh", page), page
    # Another window in which the notice was shown still.
    flow = await async_create_fix_flow(home.hass, issue_id, dict(issue.data or {}))
    assert isinstance(flow, MeterQuestionFlow)
    flow.hass, flow.handler, flow.flow_id = home.hass, DOMAIN, "another"
    over = await flow.async_step_init()
    assert (over["type"], over["reason"]) == (FlowResultType.ABORT, "over")
    await home.poll()
    assert issue_registry.async_get_issue(DOMAIN, issue_id) is None, "it is asked once"
    assert (home.energy, home.reason) == ("unavailable", "readings_doubted")
    await gateway.mend()
    await home.poll()
    assert shown <= float(home.energy) < shown + 1


@pytest.fixture
def _broken_library() -> Iterator[None]:
    with patch(
        "custom_components.utility_han.gateway.ieee2030_5.connection.Connection.read", side_effect=ZeroDivisionError
    ):
        yield


async def test_m13_error_that_nobody_expected_is_a_failed_poll(
    home: Home, caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("_broken_library")
    for _ in range(30):
        await home.poll()
    async_fire_time_changed(home.hass, dt_util.utcnow())
    await home.hass.async_block_till_done()
    assert home.energy == "unavailable"
    assert home.reason == "unexpected"
    assert state_of(home.hass, home.entry, "connectivity").state == "off"
    health = state_of(home.hass, home.entry, "health")
    assert health.state == "failing"
    assert health.attributes["reason"] == "unexpected"
    # Said once, with where it happened.
    said = [each for each in caplog.records if each.levelname == "ERROR" and each.name.endswith(DOMAIN)]
    assert ["unexpected error while reading" in each.getMessage() for each in said if each.exc_info] == [True]


async def _answer(hass: HomeAssistant, hass_client: ClientSessionGenerator, issue_id: str, choice: str) -> str:
    """Open the notice's dialog, choose, and return what the page shows."""
    assert await async_setup_component(hass, "repairs", {})
    client = await hass_client()
    shown = await (await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id})).json()
    assert shown["type"] == "menu"
    assert choice in shown["menu_options"]
    done = await (
        await client.post(f"/api/repairs/issues/fix/{shown['flow_id']}", json={"next_step_id": choice})
    ).json()
    assert done["type"] == "create_entry"
    values: str = shown["description_placeholders"]["values"]
    return values
