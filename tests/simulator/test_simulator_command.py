"""``python -m simulator`` from start to stop."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aio2030dot5.identity import Identity
from yarl import URL
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from script.demo_home.process import led
from simulator.gateway.advertisement import SERVICE_TYPE
from simulator.vtn.service import SERVICE_TYPE as VTN_SERVICE_TYPE
from tests.helpers.states import PATIENCE

if TYPE_CHECKING:
    from tests.simulator.conftest import Control

ROOT = Path(__file__).parents[2]


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *led("-m", "simulator", "--port", "0", "--control-port", "0", *arguments), cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def ended(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    """Return what it still says until it ends; it would end with its standard input (``led.py``)."""
    assert process.stdout is not None
    assert process.stderr is not None
    said = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    return said


async def ready(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE))
    return line


async def stop(process: asyncio.subprocess.Process, how: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(how)
    out, err = await asyncio.wait_for(ended(process), PATIENCE)
    assert (process.returncode, out, err) == (0, b"", b"")


async def test_a_vtn_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    process = await start("--data", str(folder))
    first = await ready(process)
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{first['control']}/vtn/programs", json={"programName": "Peak"}) as response,
    ):
        assert response.status == 201
        program = await response.json()
    assert (folder / "vtn.sqlite").stat().st_mode & 0o777 == 0o600
    await stop(process)

    process = await start("--data", str(folder), "--vtn-plain")
    second = await ready(process)
    assert {**second["vtn"], "url": ""} == {**first["vtn"], "url": ""}, "VENs keep what they were given"
    assert second["vtn"]["url"].startswith("http://")
    async with aiohttp.ClientSession() as session, session.get(f"{second['control']}/vtn") as response:
        assert (await response.json())["programs"] == [program]
    await stop(process)


async def test_a_gateway_is_kept(tmp_path: Path, client: Identity) -> None:
    folder = tmp_path / "kept"
    process = await start("--data", str(folder), "--personality", "riva", "--pin", "000019")
    first = await ready(process)
    async with aiohttp.ClientSession() as session:
        url = f"{first['control']}/gateways/1"
        async with session.get(url) as response:
            assert await response.json() == first["gateway"]
        await session.post(f"{url}/registrations", json={"lfdi": client.lfdi})
    assert (folder / "gateway.json").stat().st_mode & 0o777 == 0o600
    await stop(process)

    process = await start("--data", str(folder), "--personality", "riva")
    second = await ready(process)
    assert second["gateway"]["lfdi"] == first["gateway"]["lfdi"]
    assert second["gateway"]["registered"] == [client.lfdi]
    await stop(process, signal.SIGINT)


@pytest.mark.parametrize("arguments", [("--pin", "123456"), ("--personality", "riva", "--registration", "both")])
async def test_bad_options(arguments: tuple[str, ...]) -> None:
    process = await start(*arguments)
    out, err = await ended(process)
    assert (process.returncode, out) == (2, b"")
    assert b"error:" in err


async def test_a_port_in_use() -> None:
    process = await start()
    port = (await ready(process))["gateway"]["port"]
    second = await start("--port", str(port))
    _, err = await ended(second)
    assert second.returncode == 1
    assert err.startswith(b"simulator: ")
    assert err.count(b"\n") == 1
    await stop(process)


@pytest.mark.xdist_group("mdns")
async def test_a_vtn_is_advertised(tmp_path: Path) -> None:
    process = await start("--vtn-mdns", "--data", str(tmp_path))
    described = (await ready(process))["vtn"]
    port = URL(described["url"]).port
    found: asyncio.Queue[AsyncServiceInfo] = asyncio.Queue()

    def changed(state_change: ServiceStateChange, **event: Any) -> None:
        if state_change is ServiceStateChange.Added:
            found.put_nowait(AsyncServiceInfo(event["service_type"], event["name"]))

    async with AsyncZeroconf(interfaces=["127.0.0.1"]) as zeroconf:
        await zeroconf.zeroconf.async_wait_for_start(120)
        async with AsyncServiceBrowser(zeroconf.zeroconf, VTN_SERVICE_TYPE, handlers=[changed]):
            info = await asyncio.wait_for(found.get(), 120)
            while not await info.async_request(zeroconf.zeroconf, 60_000) or info.port != port:
                info = await asyncio.wait_for(found.get(), 120)
    assert info.server is not None
    hostname = info.server.rstrip(".")
    assert info.parsed_addresses() == ["127.0.0.1"]
    assert info.decoded_properties == {
        "version": "3.1.0",
        "base_path": "openadr3/3.1.0",
        "local_url": f"https://{hostname}:{port}/openadr3/3.1.0",
        "program_names": "",
        "requires_auth": "True",
    }
    context = ssl.create_default_context(cadata=described["ca"])
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=hostname)
    writer.close()
    assert await reader.read() == b"", "its certificate is of that name too"
    await stop(process)


@pytest.mark.xdist_group("mdns")
async def test_advertised(control: Control) -> None:
    gateway = await control.gateway(mdns=True)
    found = asyncio.Event()
    name = f"itrondnsserver-{gateway['sfdi']}.{SERVICE_TYPE}"

    def changed(state_change: ServiceStateChange, **event: Any) -> None:
        if event["name"] == name and state_change is ServiceStateChange.Added:
            found.set()

    async with AsyncZeroconf(interfaces=["127.0.0.1"]) as zeroconf:
        await zeroconf.zeroconf.async_wait_for_start(120)
        async with AsyncServiceBrowser(zeroconf.zeroconf, SERVICE_TYPE, handlers=[changed]):
            await asyncio.wait_for(found.wait(), 120)
        info = AsyncServiceInfo(SERVICE_TYPE, name)
        assert await info.async_request(zeroconf.zeroconf, 60_000)
    assert info.port == gateway["port"]
    assert info.parsed_addresses() == ["127.0.0.1"]
    assert info.decoded_properties == {
        "txtvers": "1", "dcap": "/dcap", "level": "-S0", "https": str(gateway["port"]),
    }  # fmt: skip
