"""The charger of the demo home, as Home Assistant's own rest integration shows the simulated one."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from script.demo_home.home import Home
from script.demo_home.simulator import Simulator

pytestmark = [pytest.mark.timeout(600)]
FULL_SPEED = 1000
OF_CHARGER = (
    "sensor.garage_charger_energy",
    "sensor.garage_charger_power",
    "sensor.garage_charger_state",
    "binary_sensor.garage_charger_plug",
    "switch.garage_charger",
)
OF_CAR = ("sensor.family_car_battery", "binary_sensor.family_car_plug")


async def shown(home: Home) -> dict[str, dict[str, Any]]:
    """Return the states of the charger and the car."""
    return {each["entity_id"]: each for each in await home.states() if each["entity_id"] in OF_CHARGER + OF_CAR}


async def until(home: Home, wanted: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Wait for states, and return all."""
    found: dict[str, dict[str, Any]] = {}
    try:
        async with asyncio.timeout(120):
            while any(found.get(each, {}).get("state") != state for each, state in wanted.items()):
                await asyncio.sleep(0.2)
                found = await shown(home)
    except TimeoutError:
        pytest.fail(f"{ {each: state['state'] for each, state in found.items()} } is not {wanted}")
    return found


async def test_charger_in_home_assistant(home: Home, simulator: Simulator) -> None:
    async with aiohttp.ClientSession(f"{simulator.control}/chargers/") as session:

        async def charger(method: str, path: str = "", body: Any = None) -> dict[str, Any]:
            async with session.request(method, f"garage{path}", json=body) as response:
                assert response.status == 200, await response.text()
                return dict(await response.json())

        async def switch(action: str) -> None:
            message = {"domain": "switch", "service": action, "target": {"entity_id": "switch.garage_charger"}}
            await home.ws("call_service", **message)

        states = await until(home, {"sensor.garage_charger_state": "available", "switch.garage_charger": "on"})
        assert states.keys() == {*OF_CHARGER, *OF_CAR}
        energy = states["sensor.garage_charger_energy"]
        assert {key: energy["attributes"][key] for key in ("device_class", "state_class", "unit_of_measurement")} == {
            "device_class": "energy", "state_class": "total_increasing", "unit_of_measurement": "kWh",
        }  # fmt: skip
        assert {each["entity_id"] for each in await home.ws("config/entity_registry/list")} >= states.keys()
        assert states["sensor.family_car_battery"]["state"] == "40.0"

        await charger("PATCH", "", {"speed": FULL_SPEED})
        await charger("POST", "/plug", {"vehicle": "visitor"})
        states = await until(home, {"binary_sensor.garage_charger_plug": "on"})
        assert states["binary_sensor.family_car_plug"]["state"] == "off"
        assert states["sensor.family_car_battery"]["state"] == "40.0"
        await switch("turn_off")
        states = await until(home, {"sensor.garage_charger_state": "suspended", "sensor.garage_charger_power": "0"})
        counted = await charger("GET")
        assert counted["enabled"] is False
        states = await until(home, {"sensor.garage_charger_energy": str(counted["total_kwh"])})
        assert counted["total_kwh"] > float(energy["state"])

        await charger("POST", "/plug", {"vehicle": "family"})
        await until(home, {"binary_sensor.family_car_plug": "on", "sensor.garage_charger_state": "connected"})
        await charger("PUT", "/faults/offline")
        states = await until(home, dict.fromkeys(OF_CHARGER, "unavailable"))
        assert states["binary_sensor.family_car_plug"]["state"] == "on", "the car tells by itself"
        await charger("DELETE", "/faults/offline")
        await until(home, {"sensor.garage_charger_state": "connected", "switch.garage_charger": "off"})
        await switch("turn_on")
        await until(home, {"sensor.garage_charger_state": "finished", "sensor.family_car_battery": "100.0"})
        await charger("POST", "/unplug")
        await until(home, {"binary_sensor.family_car_plug": "off", "binary_sensor.garage_charger_plug": "off"})
    log = home.child.log.read_text()
    assert "components.rest" not in log
    assert "Garage" not in log
