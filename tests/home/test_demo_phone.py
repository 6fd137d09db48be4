"""The demo's phone: what a blueprint sends to it, and what its buttons bring about."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from script.demo_home import registration
from script.demo_home.check import commission
from script.demo_home.home import Home, free_port
from script.demo_home.lived_in import control_of
from script.demo_home.nursery import Nursery
from script.demo_home.phone import NAME, DemoPhone
from script.demo_home.simulator import Simulator

pytestmark = [pytest.mark.timeout(600)]
_PATIENCE = 90


@pytest.fixture
async def home(tmp_path: Path, simulator: Simulator, nursery: Nursery) -> AsyncIterator[Home]:
    """A home in which phones may be."""
    home = Home(tmp_path / "config", free_port(), charger_of=simulator, more="mobile_app:\n", nursery=nursery)
    yield home
    await home.stop()


@pytest.fixture
async def phone(home: Home, tmp_path: Path) -> AsyncIterator[DemoPhone]:
    """The phone, registered with each start of the home."""
    phone = DemoPhone(home, tmp_path)
    await phone.start()
    home.begun.append(phone.register)
    await home.start()
    yield phone
    await phone.stop()


async def _shown(phone: DemoPhone, title: str) -> dict[str, Any]:
    """Wait for a notification, by a part of its title."""
    async with aiohttp.ClientSession(phone.url) as session, asyncio.timeout(_PATIENCE):
        while True:
            async with session.get("/shown") as response:
                for each in await response.json():
                    if title in each["title"]:
                        return dict(each)
            await asyncio.sleep(0.2)


async def _press(phone: DemoPhone, shown: dict[str, Any], title: str) -> None:
    (action,) = (each["action"] for each in shown["buttons"] if each["title"] == title)
    pressed = {"tag": shown["tag"], "action": action}
    async with aiohttp.ClientSession(phone.url) as session, session.post("/pressed", json=pressed) as response:
        response.raise_for_status()


@pytest.mark.use_case("DM-2", "DM-6")
async def test_failure_is_told_to_the_phone_and_repaired_by_its_button(
    home: Home, phone: DemoPhone, simulator: Simulator
) -> None:
    entry = await commission(home, simulator.gateway)
    await registration.link_account(home, simulator, entry["entry_id"])
    await registration.register(home, entry["entry_id"], "Pool pump")
    await registration.enrolled(home, 1)
    pump = (await home.device("Pool pump"))["id"]
    inputs = {"watched": {"device_id": [pump]}, "phone": (await home.device(NAME))["id"]}
    blueprint = {"path": "utility_han/notify_on_failure.yaml", "input": inputs}
    made = {"alias": "Tell me", "use_blueprint": blueprint}
    await home.post("/api/config/automation/config/tell_me", made)
    await home.shows({"automation.tell_me": "on"})

    async with control_of(simulator) as control:
        (registered,) = await control("GET", "/utility/registrations")
        await control("DELETE", f"{control.gateway}/registrations/{registered['device']['lfdi']}")
    about = {"domain": "utility_han", "service_data": {"device_id": pump}, "return_response": True}
    await home.ws("call_service", service="diagnose", **about)
    failed = await _shown(phone, "Pool pump")
    assert [each["title"] for each in failed["buttons"]] == ["Repair", "Diagnose"]
    await _press(phone, failed, "Repair")
    await home.shows({"sensor.pool_pump_health": "ok"})
    assert (await _shown(phone, "repaired"))["buttons"] == []


async def test_phone_is_the_same_one_after_a_restart(home: Home, phone: DemoPhone) -> None:
    before = await home.device(NAME)
    await home.stop()
    await home.start()
    found = [each["id"] for each in await home.ws("config/device_registry/list") if each["name"] == NAME]
    assert found == [before["id"]]
    await home.shows({"notify.demo_phone": "unknown"})
    message = {"entity_id": "notify.demo_phone", "title": "Hello", "message": "It is me."}
    await home.ws("call_service", domain="notify", service="send_message", service_data=message)
    assert (await _shown(phone, "Hello"))["message"] == "It is me."
