"""A power cut in the middle of registering and of a load control, in a real Home Assistant."""

import asyncio
import signal

import aiohttp
import pytest

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.helpers.demo import credentials_on_disk

pytestmark = pytest.mark.timeout(600)


@pytest.mark.use_case("UR-6", "UR-10", "UR-15", "UR-P")
async def test_killed_while_registering_and_while_controlled(home: Home, simulator: Simulator) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await credentials_on_disk(home)
    async with aiohttp.ClientSession(simulator.control) as session:
        async with session.patch("/utility", json={"stage_seconds": 3.0}):
            pass
        walking = asyncio.create_task(registration.register(home, entry["entry_id"], "Pool pump"))

        async def stages() -> list[str]:
            async with session.get("/utility/registrations") as response:
                return [each["stage"] for each in await response.json()]

        async with asyncio.timeout(180):
            while await stages() != ["linking"]:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
        walking.cancel()
        await home.stop(signal.SIGKILL)
        await home.start()
        await registration.enrolled(home, 1)
        assert await stages() == ["active"], "registered once"

        gateway = f"/gateways/{simulator.gateway['id']}"
        async with session.post(f"{gateway}/controls", json={"program": 1, "duration": 3600}) as response:
            number = (await response.json())["number"]
        await pump(home, "off")
        await home.stop(signal.SIGKILL)
        async with session.post(f"{gateway}/controls/{number}/cancel", json={}):
            pass
        await home.start()
        await pump(home, "on")


async def pump(home: Home, state: str) -> None:
    """Wait until the pump is on or off."""
    async with asyncio.timeout(180):
        while True:
            states = {each["entity_id"]: each["state"] for each in await home.states()}
            if states.get("input_boolean.pool_pump") == state:
                return
            await asyncio.sleep(0.2)
