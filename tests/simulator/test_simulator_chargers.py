"""The charger of the simulated home: what flows, what its meter shows of it, and what can go wrong with it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.control.endpoint import ControlEndpoint, control_app
from simulator.devices.devices import Devices
from simulator.fleet.fleet import Fleet
from simulator.household.chargers import Chargers
from tests.simulator.test_simulator_command import ready, start, stop

HOUR = 3600.0
TOLD = {
    "state", "plugged", "charging", "power_w", "total_kwh", "enabled", "vehicle", "vehicle_name", "state_of_charge",
}  # fmt: skip


class Garage:
    """The charger from outside, with a clock that is set by hand."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.now = 1_800_000_000.0
        self.kept: dict[str, Any] = {}
        self.url = url
        self._session = session

    async def call(self, method: str, path: str, data: Any = None, *, status: int = 200) -> Any:
        content = {"data": data} if isinstance(data, str) else {"json": data}
        async with self._session.request(method, self.url + path, **content) as response:
            answer = await response.json()
            assert response.status == status, answer
            return answer

    async def charger(self, method: str = "GET", path: str = "", data: Any = None, *, status: int = 200) -> Any:
        return await self.call(method, f"/chargers/garage{path}", data, status=status)

    async def vehicle(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.call("GET", f"/vehicles/{name}")
        return found


@pytest.fixture
async def garage(fleet: Fleet) -> AsyncIterator[Garage]:
    async with aiohttp.ClientSession() as session:
        garage = Garage("", session)
        chargers = Chargers(None, garage.kept.update, lambda: garage.now)
        endpoint = ControlEndpoint(control_app(fleet, Devices(), chargers=chargers))
        await endpoint.start(0)
        garage.url = endpoint.url
        yield garage
    await endpoint.stop()


async def test_nothing_is_plugged_in(garage: Garage) -> None:
    told = await garage.charger()
    assert (told["name"], told["serial"]) == ("Garage charger", "VL11-004711")
    assert {key: told[key] for key in TOLD - {"total_kwh"}} == {
        "state": "available", "plugged": False, "charging": False, "power_w": 0, "enabled": True, "vehicle": None,
        "vehicle_name": None, "state_of_charge": None,
    }  # fmt: skip
    garage.now += HOUR
    assert await garage.charger() == told
    assert await garage.call("GET", "/chargers") == [told]
    assert [(each["vin"], each["state_of_charge"]) for each in told["vehicles"].values()] == [
        ("1M8GDM9AXKP042788", 40.0),
        ("WVWZZZ1JZXW000001", 55.0),
    ]


async def test_energy_is_power_times_time(garage: Garage) -> None:
    began = (await garage.charger())["total_kwh"]
    told = await garage.charger("POST", "/plug", {"vehicle": "family"})
    assert (told["state"], told["plugged"], told["power_w"], told["vehicle_name"]) == (
        "charging", True, 11_000, "Family car",
    )  # fmt: skip
    for _ in range(6):
        garage.now += HOUR / 6
        told = await garage.charger()
    assert told["delivered_kwh"] == pytest.approx(11.0)
    assert told["total_kwh"] == pytest.approx(began + 11.0)
    assert told["state_of_charge"] == pytest.approx(40 + 11 / 60 * 100)
    told = await garage.charger("POST", "/unplug")
    garage.now += HOUR
    assert (await garage.charger())["delivered_kwh"] == told["delivered_kwh"]
    assert (await garage.vehicle("family"))["state_of_charge"] == pytest.approx(40 + 11 / 60 * 100)


async def test_speed_and_limits(garage: Garage) -> None:
    await garage.charger("PATCH", "", {"speed": 10, "max_power_w": 3_000})
    assert (await garage.charger("POST", "/plug", {"vehicle": "family"}))["power_w"] == 30_000
    garage.now += HOUR / 10
    assert (await garage.charger("PATCH", "", {"speed": 1}))["delivered_kwh"] == pytest.approx(3.0)
    garage.now += HOUR
    assert (await garage.charger("PATCH", "", {"max_power_w": 11_000}))["delivered_kwh"] == pytest.approx(6.0)
    assert (await garage.charger("POST", "/plug", {"vehicle": "visitor"}))["power_w"] == 7_400


async def test_states_and_the_switch(garage: Garage) -> None:
    assert (await garage.charger("POST", "/enabled", "OFF"))["enabled"] is False
    assert (await garage.charger("POST", "/plug", {"vehicle": "family"}))["state"] == "connected"
    assert (await garage.charger("POST", "/enabled", {"enabled": True}))["state"] == "charging"
    garage.now += HOUR
    assert (await garage.charger("POST", "/enabled", "off"))["state"] == "suspended"
    garage.now += HOUR
    assert (await garage.charger("POST", "/plug", {"vehicle": "family"}))["state"] == "suspended"
    assert (await garage.charger("POST", "/plug", {"vehicle": "visitor"}))["state"] == "connected"
    told = await garage.charger("PATCH", "", {"enabled": True})
    assert (told["state"], told["delivered_kwh"]) == ("charging", pytest.approx(11.0))


async def test_full(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    garage.now += 100 * HOUR
    told = await garage.charger()
    assert (told["state"], told["charging"], told["power_w"], told["state_of_charge"]) == ("finished", False, 0, 100.0)
    assert told["delivered_kwh"] == pytest.approx(36.0)
    await garage.charger("POST", "/unplug")
    assert (await garage.call("PATCH", "/vehicles/family", {"state_of_charge": 30}))["state_of_charge"] == 30
    assert (await garage.charger("POST", "/plug", {"vehicle": "family"}))["state"] == "charging"


async def test_counter_shows_whole_steps(garage: Garage) -> None:
    await garage.charger("POST", "/counter", {"total_kwh": 0})
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    garage.now += 1.99 / 11 * HOUR
    assert (await garage.charger())["total_kwh"] == pytest.approx(1.99)
    assert (await garage.charger("PATCH", "", {"resolution_kwh": 0.1}))["total_kwh"] == 1.9
    assert (await garage.charger("PATCH", "", {"resolution_kwh": 1}))["total_kwh"] == 1.0


async def test_counter_reset_and_replaced(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    garage.now += 0.7 * HOUR
    assert (await garage.charger("POST", "/counter"))["total_kwh"] == 0.0
    garage.now += HOUR
    told = await garage.charger()
    assert (told["total_kwh"], told["delivered_kwh"]) == (pytest.approx(11.0), pytest.approx(18.7))
    for number in (5.0, 0.123, 98_765.432):
        garage.now += 1.2345
        assert (await garage.charger("POST", "/counter", {"total_kwh": number}))["total_kwh"] == number


async def test_offline(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    told = await garage.charger("PUT", "/faults/offline")
    assert {told[key] for key in TOLD} == {None}
    assert (told["online"], told["faults"]) == (False, ["offline"])
    assert "offline" in (await garage.charger("POST", "/enabled", "OFF", status=503))["error"]
    garage.now += HOUR
    assert (await garage.charger())["delivered_kwh"] == pytest.approx(11.0)
    assert (await garage.vehicle("family"))["plugged"], "the vehicle itself is not offline"
    told = await garage.charger("DELETE", "/faults/offline")
    assert (told["online"], told["state"], told["faults"]) == (True, "charging", [])


async def test_stuck(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    stuck_at = (await garage.charger("PUT", "/faults/stuck"))["total_kwh"]
    garage.now += HOUR
    told = await garage.charger("PUT", "/faults/stuck")
    assert (told["total_kwh"], told["delivered_kwh"]) == (stuck_at, pytest.approx(11.0))
    await garage.charger("PUT", "/faults/offline")
    told = await garage.charger("DELETE", "/faults")
    assert (told["faults"], told["total_kwh"]) == ([], pytest.approx(stuck_at + 11.0))


async def test_clock_that_goes_back_takes_nothing_away(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    garage.now += HOUR
    before = await garage.charger()
    garage.now -= HOUR / 2
    assert await garage.charger() == before


async def test_what_is_kept_goes_on_meanwhile(garage: Garage) -> None:
    await garage.charger("POST", "/plug", {"vehicle": "family"})
    garage.now += HOUR
    await garage.charger("PUT", "/faults/stuck")
    told = await garage.charger()
    again = Chargers(json.loads(json.dumps(garage.kept)), lambda _: None, lambda: garage.now)
    assert again.describe(again.find("garage")) == told
    garage.now += HOUR
    assert again.describe(again.find("garage")) == await garage.charger()


@pytest.mark.parametrize(
    ("method", "path", "data", "status", "said"),
    [
        ("GET", "/chargers/attic", None, 404, "there is no charger attic"),
        ("GET", "/vehicles/truck", None, 404, "there is no vehicle truck"),
        ("POST", "/chargers/garage/plug", {"vehicle": "truck"}, 404, "there is no vehicle truck"),
        ("POST", "/chargers/garage/plug", {"car": "family"}, 400, "unknown: car"),
        ("POST", "/chargers/garage/plug", "{", 400, ""),
        ("PATCH", "/chargers/garage", {"speed": 0}, 400, "speed must be between"),
        ("PATCH", "/chargers/garage", {"enabled": "yes"}, 400, "enabled must be of type bool"),
        ("PATCH", "/chargers/garage", {"resolution_kwh": 0}, 400, "resolution_kwh must be between"),
        ("PATCH", "/chargers/garage", ["speed"], 400, "expected a JSON object"),
        ("PATCH", "/vehicles/family", {"state_of_charge": 101}, 400, "state_of_charge must be between"),
        ("PATCH", "/vehicles/family", {}, 400, "state_of_charge must be of type float"),
        ("POST", "/chargers/garage/counter", {"total_kwh": -1}, 400, "total_kwh must be between"),
        ("POST", "/chargers/garage/enabled", "maybe", 400, "say ON, OFF"),
        ("POST", "/chargers/garage/enabled", "", 400, "say ON, OFF"),
        ("POST", "/chargers/garage/enabled", {"enabled": None}, 400, "enabled must be of type bool"),
        ("PUT", "/chargers/garage/faults/fire", None, 404, "there is no fault fire; there are offline, stuck"),
    ],
)
async def test_errors(garage: Garage, method: str, path: str, data: Any, status: int, said: str) -> None:
    before = await garage.charger()
    assert said in (await garage.call(method, path, data, status=status))["error"]
    assert await garage.charger() == before


async def test_kept_over_a_restart_of_the_simulator(tmp_path: Path) -> None:
    process = await start("--data", str(tmp_path))
    url = f"{(await ready(process))['control']}/chargers/garage"
    async with aiohttp.ClientSession() as session:
        await session.patch(url, json={"speed": 1000})
        await session.post(f"{url}/plug", json={"vehicle": "visitor"})
        async with session.get(url) as response:
            before = await response.json()
    await stop(process)
    process = await start("--data", str(tmp_path))
    control = (await ready(process))["control"]
    async with aiohttp.ClientSession() as session, session.get(f"{control}/chargers/garage") as response:
        after = await response.json()
    await stop(process)
    assert (after["vehicle"], after["speed"]) == ("visitor", 1000)
    assert after["delivered_kwh"] > before["delivered_kwh"]
    grown = after["total_kwh"] - before["total_kwh"]
    assert grown == pytest.approx(after["delivered_kwh"] - before["delivered_kwh"], abs=0.002)
