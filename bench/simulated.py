"""A simulator for the time of a benchmark."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


@asynccontextmanager
async def simulated_gateway(lfdi: str, **settings: Any) -> AsyncIterator[dict[str, Any]]:
    """Start the simulator with one gateway that accepts ``lfdi``; yield the gateway's description."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--port", "0", "--control-port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    control = json.loads(await process.stdout.readline())["control"]
    try:
        async with aiohttp.ClientSession(control) as session:
            async with session.post("/gateways", json=settings) as response:
                gateway = await response.json() | {"control": control}
            async with session.post(f"/gateways/{gateway['id']}/registrations", json={"lfdi": lfdi}) as response:
                response.raise_for_status()
        yield gateway
    finally:
        process.terminate()
        await process.wait()
