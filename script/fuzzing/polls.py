"""Whole polls of a simulated gateway over the wire, whose answers are spoilt on the way: over IP and over Zigbee."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
from aio2030dot5 import Timeouts
from bellows.ezsp import protocol

from custom_components.utility_han.gateway import Gateway, Ieee2030_5Gateway, Pacing, create_identity
from custom_components.utility_han.gateway.zigbee import cbke, radio, waiting
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from script.demo_home.simulator import Simulator

from .asking import Question, ask_all
from .figures import Figures

_PACING = Pacing(connections=0.0, requests=0.0, probes=0.0)
_TIMEOUTS = Timeouts(connect=2.0, handshake=2.0, response=2.0)
_KEYS = ("power", "energy_summation_delivered", "energy_summation_received")
_POOL_PUMP = 16
"""DeviceCategoryType (sep.xsd)."""
_PROGRAM = 2
_IMPATIENT = (
    (waiting, "ANSWER_SECONDS", 0.2),
    (waiting, "QUIET_SECONDS", 0.05),
    (cbke, "_ON_THE_WAY", 0.2),
    (radio, "_SENT_SECONDS", 0.5),
    (radio, "COMMAND_SECONDS", 0.5),
    (protocol, "EZSP_CMD_TIMEOUT", 0.5),
)
"""How long the simulator is waited for, which answers at once or never."""
_SPOILT_OVER_ZIGBEE = ("/zcl", "/zcl/0702", "/zcl/0701", "/zdo", "/zcl/0700", "/zcl/0703", "/zcl/0000", "/ezsp")


class _Simulated:
    """A gateway of the simulator."""

    def __init__(self, session: aiohttp.ClientSession, url: str, said: dict[str, Any]) -> None:
        self._session, self._url = session, url
        self.said = said

    async def call(self, method: str, path: str, /, **body: Any) -> None:
        """Have something done at the control endpoint."""
        async with self._session.request(method, f"{self._url}/{path}", json=body) as response:
            response.raise_for_status()


@asynccontextmanager
async def _simulated(control: str, **settings: Any) -> AsyncIterator[_Simulated]:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{control}/gateways", json=settings) as response:
            response.raise_for_status()
            said = await response.json()
        url = f"{control}/gateways/{said['id']}"
        try:
            yield _Simulated(session, url, said)
        finally:
            async with session.delete(url):
                pass


def _questions(client: Gateway, device: str) -> Sequence[Question]:
    """Return all that is asked, ``device`` is the address of a device on the list."""

    async def controls() -> None:
        await client.controls(await client.device_programs(device))

    return (
        client.configuration,
        client.discover_registers,
        lambda: client.read(_KEYS, include_clock=True),
        client.prices,
        client.messages,
        client.listed_devices,
        client.self_report,
        controls,
        lambda: client.intervals("delivered", datetime.now(UTC) - timedelta(hours=2)),
    )


async def poll_over_ip(control: str, rounds: Callable[[int], bool]) -> Figures:
    """Poll a gateway of IEEE 2030.5."""
    identity = create_identity()
    async with _simulated(control) as gateway:
        await gateway.call("POST", "registrations", lfdi=identity.lfdi)
        client = await Ieee2030_5Gateway.create(
            gateway.said["host"], gateway.said["port"], identity, pacing=_PACING, timeouts=_TIMEOUTS
        )

        async def spoil(number: int) -> None:
            await gateway.call("PUT", "faults/spoilt", seed=number)

        return await ask_all(client, _questions(client, "/edev/1"), spoil, rounds)


async def poll_over_zigbee(control: str, rounds: Callable[[int], bool]) -> Figures:
    """Poll a meter over a radio of our own: what the meter says is spoilt, and in turn what the radio does."""
    async with _simulated(control, zigbee=True) as gateway:
        on_label = gateway.said["zigbee"]["radios"]["ezsp"]
        await gateway.call("POST", "zigbee/permitted", eui64=on_label["eui64"], install_code=on_label["install_code"])
        client = EzspGateway(radio.Radio(on_label["url"]), bytes.fromhex(on_label["install_code"]), None)
        with ExitStack() as patched:
            for module, name, seconds in _IMPATIENT:
                patched.enter_context(patch.object(module, name, seconds))
            await client.identify()
            await client.discover_registers()
            lfdi = client.unused_lfdi([])
            device = await client.announce(_POOL_PUMP, lfdi)
            await gateway.call("PUT", f"programs/{_PROGRAM}/devices/{lfdi}")
            await gateway.call("POST", "controls", program=_PROGRAM, duration=7200)
            await gateway.call("POST", "messages", text="Peak today")

            paths = cycle(_SPOILT_OVER_ZIGBEE)

            async def spoil(number: int) -> None:
                path = next(paths)
                await gateway.call("PUT", "faults/spoilt", seed=number, path=path)

            try:
                return await ask_all(client, _questions(client, device), spoil, rounds)
            finally:
                await client.close()


def poll_for(poll: Callable[[str, Callable[[int], bool]], Awaitable[Figures]], seconds: float) -> Figures:
    """Start a simulator and poll it for so long."""

    async def run() -> Figures:
        with tempfile.TemporaryDirectory() as folder:
            simulator = Simulator(Path(folder), "--port", "0", "--control-port", "0")
            await simulator.start()
            until = asyncio.get_running_loop().time() + seconds
            try:
                return await poll(simulator.control, lambda _: asyncio.get_running_loop().time() < until)
            finally:
                await simulator.stop()

    return asyncio.run(run())
