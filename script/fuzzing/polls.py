"""Whole polls of a simulated gateway over the wire, whose answers are spoilt on the way."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aio2030dot5 import Timeouts

from custom_components.utility_han.gateway import GatewayError, Ieee2030_5Gateway, Pacing, create_identity
from script.demo_home.simulator import Simulator

from .runner import Figures

_PACING = Pacing(connections=0.0, requests=0.0, probes=0.0)
_TIMEOUTS = Timeouts(connect=2.0, handshake=2.0, response=2.0)
_KEYS = ("power", "energy_summation_delivered", "energy_summation_received")


def _questions(client: Ieee2030_5Gateway) -> tuple[Callable[[], Awaitable[object]], ...]:
    return (
        client.configuration,
        client.discover_registers,
        lambda: client.read(_KEYS, include_clock=True),
        client.prices,
        client.messages,
        client.listed_devices,
        client.self_report,
        lambda: client.device_programs("/edev/1"),
        lambda: client.intervals("delivered", datetime.now(UTC) - timedelta(hours=2)),
    )


async def poll_spoilt(control: str, rounds: Callable[[int], bool]) -> Figures:
    """Poll for as long as ``rounds`` says of the number of questions so far; what the client may raise is known."""
    figures, identity = Figures(), create_identity()
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{control}/gateways", json={}) as response:
            gateway = await response.json()
        url = f"{control}/gateways/{gateway['id']}"
        async with session.post(f"{url}/registrations", json={"lfdi": identity.lfdi}) as response:
            response.raise_for_status()
        client = await Ieee2030_5Gateway.create(
            gateway["host"], gateway["port"], identity, pacing=_PACING, timeouts=_TIMEOUTS
        )
        while rounds(figures.inputs) and figures.finding is None:
            async with session.put(f"{url}/faults/spoilt", json={"seed": figures.inputs}) as response:
                response.raise_for_status()
            for question in _questions(client):
                figures.inputs += 1
                try:
                    await question()
                except GatewayError:
                    continue
                except Exception as err:
                    figures.finding = f"{type(err).__name__}: {err}"[:2000]
                    break
        async with session.delete(url):
            return figures


def poll_for(seconds: float) -> Figures:
    """Start a simulator and poll it for so long."""

    async def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            simulator = Simulator(Path(folder), "--port", "0", "--control-port", "0")
            await simulator.start()
            until = asyncio.get_running_loop().time() + seconds
            try:
                return await poll_spoilt(simulator.control, lambda _: asyncio.get_running_loop().time() < until)
            finally:
                await simulator.stop()

    return asyncio.run(run())
