"""Health without a person: a device is lost on its gateway, diagnosed, repaired, and well again."""

import asyncio
import time
from typing import Any

import aiohttp

from .home import Home, HomeError
from .simulator import Simulator

_DOMAIN = "utility_han"
_PATIENCE = 120


async def break_and_repair(home: Home, simulator: Simulator, name: str) -> dict[str, Any]:
    """Have the gateway forget a device; return verdict and figures once it was repaired and is healthy."""
    device = next(each for each in await home.ws("config/device_registry/list") if each["name"] == name)
    entities = [each for each in await home.ws("config/entity_registry/list") if each["device_id"] == device["id"]]
    health = next(each["entity_id"] for each in entities if each["translation_key"] == "health")
    await _health_is(home, health, "ok")
    lfdi = await _lfdi(simulator, name)
    async with (
        aiohttp.ClientSession() as session,
        session.delete(f"{simulator.control}/gateways/{simulator.gateway['id']}/registrations/{lfdi}") as response,
    ):
        response.raise_for_status()
    begin = time.monotonic()
    found = await _act(home, "diagnose", device["id"])
    diagnosed = time.monotonic()
    await _health_is(home, health, "failed")
    repaired = await _act(home, "repair", device["id"])
    if not repaired["fixed"]:
        raise HomeError(f"{name} was not repaired: {repaired['verdict']}, {repaired['reason']}")
    await _health_is(home, health, "ok")
    return {
        "verdict": found["verdict"],
        "diagnosis_seconds": round(diagnosed - begin, 1),
        "repair": repaired["repair"],
        "healthy_diagnosis_seconds": repaired["seconds"],
        "repair_seconds": round(time.monotonic() - diagnosed, 1),
        "healthy": True,
    }


async def _lfdi(simulator: Simulator, name: str) -> str:
    kind = name.lower().replace(" ", "_")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.control}/utility/registrations") as response,
    ):
        registrations = await response.json()
    return str(next(each["device"]["lfdi"] for each in registrations if each["device"]["kind"] == kind))


async def _act(home: Home, action: str, device_id: str) -> dict[str, Any]:
    answer = await home.ws(
        "call_service",
        domain=_DOMAIN,
        service=action,
        service_data={"device_id": device_id},
        return_response=True,
    )
    response: dict[str, Any] = answer["response"]
    return response


async def _health_is(home: Home, entity_id: str, wanted: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while True:
            if (entity_id, wanted) in {(each["entity_id"], each["state"]) for each in await home.states()}:
                return
            await asyncio.sleep(0.2)
