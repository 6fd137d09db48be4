"""A simulator for the time of a benchmark."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from script.demo_home.process import led


@dataclass(frozen=True, slots=True)
class Vtn:
    """The simulated VTN, with the id and secret of a client of each role."""

    url: str
    ca: str
    ven: tuple[str, str]
    business: tuple[str, str]


@asynccontextmanager
async def _simulator() -> AsyncIterator[dict[str, Any]]:
    """Start the simulator; yield what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        *led("-m", "simulator", "--port", "0", "--control-port", "0"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def simulated_gateway(lfdi: str, **settings: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the simulator with one gateway that accepts ``lfdi``; yield the gateway's description."""
    async with _simulator() as started, aiohttp.ClientSession(started["control"]) as session:
        async with session.post("/gateways", json=settings) as response:
            gateway = await response.json()
        gateway |= {"control": started["control"]}
        await register(gateway, lfdi)
        yield gateway


async def register(gateway: dict[str, Any], lfdi: str) -> None:
    """Tell a gateway of a client, as its utility would."""
    path = f"/gateways/{gateway['id']}/registrations"
    async with (
        aiohttp.ClientSession(gateway["control"]) as session,
        session.post(path, json={"lfdi": lfdi}) as response,
    ):
        response.raise_for_status()


async def permit(meter: dict[str, Any], radio: dict[str, Any]) -> None:
    """Have a meter let a radio into its network, as its utility would."""
    body = {"eui64": radio["eui64"], "install_code": radio["install_code"]}
    path = f"/gateways/{meter['id']}/zigbee/permitted"
    async with aiohttp.ClientSession(meter["control"]) as session, session.post(path, json=body) as response:
        response.raise_for_status()


@asynccontextmanager
async def simulated_vtn() -> AsyncIterator[Vtn]:
    """Start the simulator and yield its VTN, which has nothing yet."""
    async with _simulator() as started:
        vtn = started["vtn"]
        clients = {each["role"]: (each["client_id"], each["client_secret"]) for each in vtn["clients"]}
        yield Vtn(vtn["url"], vtn["ca"], clients["ven"], clients["bl"])
