"""Registration without a person: links the utility's account, registers devices, and watches a control act."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aiohttp
from yarl import URL

from .home import Home, HomeError
from .simulator import Simulator
from .walking import at, walk

_PATIENCE = 120
DEVICES: dict[str, dict[str, dict[str, Any]]] = {
    "Pool pump": {
        "entity": {"entities": ["input_boolean.pool_pump"]},
        "device": {
            "kind": "pool_pump",
            "name": "Pool pump",
            "model": "homeassistant-pool-pump",
            "response": "off",
        },
    },
    "Hall thermostat": {
        "entity": {"entities": ["climate.hall"]},
        "device": {
            "kind": "thermostat",
            "name": "Hall thermostat",
            "model": "homeassistant-thermostat",
            "response": "offset",
            "offset": 2,
        },
    },
}
"""What to answer for each device on the pages that describe it."""
WALLBOX = "Wallbox"
_LIMITED: dict[str, dict[str, dict[str, Any]]] = {
    WALLBOX: {
        "entity": {"entities": ["input_number.wallbox_current"]},
        "device": {
            "kind": "evse",
            "name": WALLBOX,
            "model": "homeassistant-evse",
            "response": "limit",
            "limit": 6,
        },
        "programs": {"programs": ["ev-smart-charge"], "consent": True},
    },
}


async def link_account(home: Home, simulator: Simulator, entry_id: str) -> None:
    """Sign in with the simulated utility as its demo customer."""
    result = await home.flow_start("utility_han", entry_id=entry_id)
    result = await home.flow_step(result["flow_id"], {"next_step_id": "account"})
    result = await home.flow_step(result["flow_id"], {"url": simulator.utility})
    if result["type"] != "external":
        raise HomeError(f"linking stopped at {result.get('step_id')}: {result.get('errors') or result.get('reason')}")
    form = {"user": "demo", "password": "demo", "allow": "yes"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(URL(result["url"], encoded=True), data=form, allow_redirects=False) as response,
    ):
        back = URL(response.headers["Location"])
    await home.open_page(str(back.relative()))
    result = await home.flow_get(result["flow_id"])
    result = await home.flow_step(result["flow_id"], {"premise": "0"})
    if result.get("reason") != "account_linked":
        raise HomeError(f"linking stopped at {result.get('step_id')}: {result.get('errors') or result.get('reason')}")
    await _loaded(home, entry_id)


async def _loaded(home: Home, entry_id: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            entries = await home.ws("config_entries/get", domain="utility_han")
            if any(entry["entry_id"] == entry_id and entry["state"] == "loaded" for entry in entries):
                return
            await asyncio.sleep(0.2)


async def register(home: Home, entry_id: str, name: str, pin: str = "") -> None:
    """Walk the device flow to its end: announced in-band, enrolled in Peak Saver.

    ``pin`` is what the utility's letter says, which is asked for where no gateway keeps it (Zigbee).
    """
    pages: dict[str, dict[str, Any]] = {
        "user": {"next_step_id": "entity"},
        "programs": {"programs": ["peak-saver"], "consent": True},
        "identification": {"serial": f"HA-{name.upper().replace(' ', '-')}", "key": pin},
        "registered": {},
        **(DEVICES | _LIMITED)[name],
    }
    at(await walk(home, await home.subentry_start(entry_id, "device"), pages, sub=True), "create_entry")
    await asyncio.sleep(0.5)  # the hub is loaded anew with the device
    await _loaded(home, entry_id)


async def enrolled(home: Home, count: int) -> None:
    """Wait until Home Assistant shows ``count`` enrolled devices."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            states = await home.states()
            found = [each for each in states if each["entity_id"].endswith("_registration") and _is_sensor(each)]
            if sum(each["state"] == "enrolled" for each in found) >= count:
                return
            await asyncio.sleep(0.2)


def _is_sensor(state: Mapping[str, Any]) -> bool:
    return str(state["entity_id"]).startswith("sensor.")


async def control(home: Home, simulator: Simulator, seconds: int = 8) -> dict[str, Any]:
    """Have the utility lower load for some seconds; return how fast it acted, and whether all was put back after."""
    before = await _settings(home)
    async with aiohttp.ClientSession() as session:
        url = f"{simulator.control}/gateways/{simulator.gateway['id']}"
        body = {"program": 1, "duration": seconds, "heating_offset": 20}
        published = time.time()
        async with session.post(f"{url}/controls", json=body) as response:
            response.raise_for_status()
        lowered = {"pump": "off", "hall": before["hall"] - 2}
        await _until(home, lowered)
        pump = next(each for each in await home.states() if each["entity_id"] == "input_boolean.pool_pump")
        acted = datetime.fromisoformat(pump["last_changed"]).timestamp()
        await _until(home, before, seconds + _PATIENCE)
        answers: list[int] = []
        async with asyncio.timeout(_PATIENCE):
            while answers != [1, 1, 2, 2, 3, 3]:  # both devices: received, started, completed
                await asyncio.sleep(0.1)
                async with session.get(f"{url}/responses") as response:
                    answers = sorted(each["status"] for each in await response.json())
    return {"control_ms": round((acted - published) * 1000), "responses": len(answers), "restored": True}


async def reduce_by_tenth(home: Home, simulator: Simulator, seconds: int) -> dict[str, Any]:
    """Have the utility take 10 % off a charger at 32 A; return its limit during that, and whether it was put back."""

    async def limit() -> float:
        states = {each["entity_id"]: each["state"] for each in await home.states()}
        return float(states["input_number.wallbox_current"])

    async with aiohttp.ClientSession() as session, asyncio.timeout(seconds + _PATIENCE):
        url = f"{simulator.control}/gateways/{simulator.gateway['id']}/controls"
        before = await limit()
        async with session.post(url, json={"program": 2, "duration": seconds, "load_adjustment": 1000}) as response:
            response.raise_for_status()
        while (during := await limit()) == before:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
        while await limit() != before:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    return {"amperes_before": before, "amperes_at_10_percent_less": during}


async def _until(home: Home, wanted: dict[str, Any], patience: float = _PATIENCE) -> None:
    async with asyncio.timeout(patience):
        while await _settings(home) != wanted:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)


async def _settings(home: Home) -> dict[str, Any]:
    states = {each["entity_id"]: each for each in await home.states()}
    return {
        "pump": states["input_boolean.pool_pump"]["state"],
        "hall": states["climate.hall"]["attributes"]["temperature"],
    }
