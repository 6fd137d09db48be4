"""A power cut in the middle of a charging session, and of sending it, in a real Home Assistant."""

import asyncio
import signal
from typing import Any

import aiohttp
import pytest

from custom_components.utility_han.const import DOMAIN
from script.demo_home import charging, registration
from script.demo_home.check import commission
from script.demo_home.home import Home
from script.demo_home.simulator import Simulator
from tests.helpers.demo import credentials_on_disk, on_disk

pytestmark = pytest.mark.timeout(600)


@pytest.mark.use_case("UR-EV")
async def test_killed_during_a_session_and_while_sending_it(home: Home, simulator: Simulator) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    async with aiohttp.ClientSession(simulator.control) as session:

        async def control(method: str, url: str, /, **body: Any) -> Any:
            async with session.request(method, url, json=body) as response:
                return await response.json() if response.content_type == "application/json" else None

        async def billed(count: int) -> list[dict[str, Any]]:
            async with asyncio.timeout(180):
                while len(found := await control("GET", "/utility/billing-records")) < count:  # noqa: ASYNC110
                    await asyncio.sleep(0.2)
            return list(found)

        await control("PATCH", "/chargers/garage", speed=100)
        await charging.bind(home, entry["entry_id"])
        await charging.wait_for(home, "sensor.family_car_binding", "in_force")
        await credentials_on_disk(home)

        before = (await control("GET", "/chargers/garage"))["total_kwh"]
        await control("POST", "/chargers/garage/plug", vehicle="family")
        await charging.wait_for(home, "binary_sensor.family_car_plug_2", "on")
        points = f"{DOMAIN}.{entry['entry_id']}.charging_points"
        await on_disk(home, points, lambda data: any(point["session"] for point in data["points"].values()))
        await asyncio.sleep(2)  # more is charged than is on disk
        await home.stop(signal.SIGKILL)
        await home.start()
        await charging.wait_for(home, "binary_sensor.family_car_plug_2", "on")
        # The utility takes the session, and its answer is lost; then the power is cut again.
        await control("PUT", "/utility/faults/lost_answer", path="/api/v1/charging-sessions")
        await control("POST", "/chargers/garage/unplug")
        charged = (await control("GET", "/chargers/garage"))["total_kwh"] - before
        await billed(1)
        await home.stop(signal.SIGKILL)
        await control("DELETE", "/utility/faults")
        await home.start()
        await charging.wait_for(home, "sensor.family_car_billed_energy_this_month", f"{charged:.3f}")
        (record,) = await billed(1)
    assert record["energy_wh"] == round(charged * 1000)
