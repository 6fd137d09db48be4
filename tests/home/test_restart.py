"""The real Home Assistant is killed while it waits for the utility, and goes on where it was (IP-5 to IP-10)."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from script.demo_home.check import answers, readings
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.helpers.demo import on_disk

# Other gateways advertised on loopback meanwhile would be offered here as well.
pytestmark = [pytest.mark.timeout(600)]


async def begin_at_portal(home: Home, gateway: dict[str, Any]) -> tuple[str, str]:
    """Walk to what the portal has to be told; return the flow and the LFDI to register."""
    pages = answers(gateway)
    result = await home.flow_start("utility_han")
    while result["step_id"] != "method":
        result = await home.flow_settled(await home.flow_step(result["flow_id"], pages[result["step_id"]]))
    return result["flow_id"], result["description_placeholders"]["lfdi"]


async def register(simulator: Simulator, lfdi: str) -> None:
    """Have the utility accept the certificate."""
    path = f"{simulator.control}/gateways/{simulator.gateway['id']}/registrations"
    async with aiohttp.ClientSession() as session, session.post(path, json={"lfdi": lfdi}) as response:
        assert response.status == 201


@pytest.mark.use_case("IP-5", "IP-6", "IP-7", "IP-10")
async def test_killed_while_waiting(tmp_path: Path, home: Home) -> None:
    simulator = Simulator(tmp_path / "riva", "--port", "0", "--control-port", "0", "--personality", "riva")
    await simulator.start()
    try:
        flow, lfdi = await begin_at_portal(home, simulator.gateway)
        waiting = await home.flow_step(flow, {"way": "portal"})
        assert waiting["type"] == "progress"
        await asyncio.sleep(2)
        await home.stop(signal.SIGKILL)

        await register(simulator, lfdi)
        await home.start()
        result = await home.flow_start("utility_han")
        assert result["step_id"] == "user"
        result = await home.flow_step(result["flow_id"], {"next_step_id": "ip"})
        result = await home.flow_step(result["flow_id"], {"gateway": simulator.gateway["sfdi"]})
        assert result["step_id"] == "resume"
        result = await home.flow_settled(await home.flow_step(result["flow_id"], {"next_step_id": "commission"}))
        assert result["step_id"] == "commissioned", result
        assert (
            result["description_placeholders"]["gateway"] == simulator.gateway["sfdi"]
        )  # which lets in that LFDI alone
        result = await home.flow_step(result["flow_id"], {"next_step_id": "finish"})
        assert result["type"] == "create_entry"
        assert len(await readings(home, result["result"]["entry_id"])) == 3  # power, from the grid, to the grid
    finally:
        await simulator.stop()


async def test_readings_are_back_after_a_power_cut(home: Home, simulator: Simulator) -> None:
    pages = answers(simulator.gateway)
    result = await home.flow_start("utility_han")
    while result["type"] != "create_entry":
        result = await home.flow_settled(await home.flow_step(result["flow_id"], pages.pop(result["step_id"])))
    entry_id = result["result"]["entry_id"]
    before = await readings(home, entry_id)
    await on_disk(home, "core.config_entries", lambda data: entry_id in [each["entry_id"] for each in data["entries"]])
    await home.stop(signal.SIGKILL)
    await home.start()
    after = await readings(home, entry_id)
    assert after.keys() == before.keys()
    counted = [key for key in before if key.endswith("_the_grid")]
    assert len(counted) == 2
    assert all(after[key] >= before[key] for key in counted)
