"""A poll of a VTN (OpenADR 3.1), beside a bare client that reads the same pages and parses them; an event to acting.

Our poll is what :class:`~custom_components.utility_han.account.vtn.VtnCoordinator` asks of its way to the utility with
each: ven, resources, programs and events, and prices, messages and further values made of them; controls besides, for
as many devices as are enrolled. The VTN is the simulated one, over TLS, in a process of its own.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import aiohttp
from yarl import URL

from bench import acting
from bench.simulated import simulated_vtn
from bench.vtn import BareClient, vtn_tls
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection

EVENTS = (1, 100, 1_000)
DEVICES = (1, 100)
_ROUNDS = 5
_HOURS = 24


async def measure() -> dict[str, Any]:
    """Return ms of polls with so many events and devices, ratios to a bare client, and ms of an event to acting."""
    by_events = [await _polled(count, 1) for count in EVENTS]
    by_devices = [await _polled(100, count) for count in DEVICES]
    return {
        "events": list(EVENTS),
        **{name: [row[name] for row in by_events] for name in by_events[0]},
        "exponent": round(math.log(by_events[-1]["poll_ms"] / by_events[-2]["poll_ms"]) / math.log(10), 2),
        "devices": list(DEVICES),
        "devices_poll_ms": [row["poll_ms"] for row in by_devices],
        "devices_controls_ms": [row["controls_ms"] for row in by_devices],
        "event": await acting.measure(),
    }


async def _polled(events: int, devices: int) -> dict[str, float]:
    async with simulated_vtn() as vtn, aiohttp.ClientSession() as session:
        tls = await vtn_tls(vtn)
        program = await _offer(await BareClient.business(session, vtn), events)
        client = BareClient(session, tls, vtn.url, vtn.ven)
        connection = VtnConnection(session, URL(vtn.url), Credentials(*vtn.ven), tls=tls)
        openadr = OpenAdr(connection, "bench", kinds=("water_heater",))
        lfdis = [f"{number:040X}" for number in range(1, devices + 1)]
        for lfdi in lfdis:
            opened = await openadr.open_registration("", "", "", "water_heater", lfdi, "", lfdi)
            await openadr.set_programs(opened.id, [{"program_id": program, "terms_version": "", "consented_at": ""}])

        async def poll() -> None:
            await openadr.poll()
            await openadr.prices()
            await openadr.messages()
            await openadr.signals()

        first = await _cpu_ms(poll)
        again = [await _cpu_ms(poll) for _ in range(_ROUNDS)]
        bare = [await _cpu_ms(lambda: _bare(client)) for _ in range(_ROUNDS)]
        controls = [await _cpu_ms(lambda: openadr.controls(lfdis)) for _ in range(_ROUNDS)]
        if not await openadr.controls(lfdis):
            raise RuntimeError("no control was read")
        holds = [await _longest_hold_ms(poll) for _ in range(_ROUNDS)]
    return {
        "first_ms": round(first, 1),
        "poll_ms": round(median(again), 1),
        "bare_ms": round(median(bare), 1),
        "ratio": round(median(again) / median(bare), 2),
        "controls_ms": round(median(controls), 1),
        "longest_hold_ms": round(median(holds), 1),
    }


async def _cpu_ms(job: Callable[[], Awaitable[object]]) -> float:
    start = time.process_time()
    await job()
    return (time.process_time() - start) * 1000


async def _longest_hold_ms(job: Callable[[], Awaitable[object]]) -> float:
    """Return for how long nothing else had a turn at most."""
    longest, done = 0.0, False

    async def watch() -> None:
        nonlocal longest
        while not done:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    watching = asyncio.create_task(watch())
    await job()
    done = True
    await watching
    return longest * 1000


async def _bare(client: BareClient) -> None:
    """Read what our poll reads, over the same session, and do nothing with it."""
    for path in ("vens", "resources", "programs", "events"):
        await client.every(path)


async def _offer(business: BareClient, events: int) -> str:
    """Offer a program with so many events, one a day: prices of 24 hours; every tenth is a level instead."""
    program = (await business.call("POST", "programs", json={"programName": "bench"}))["id"]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(events):
        start = midnight + timedelta(days=number // 2)
        level = number % 10 == 0
        values = [{"type": "SIMPLE", "values": [1]}] if level else None
        await business.call(
            "POST",
            "events",
            json={
                "programID": program,
                "eventName": f"event {number}",
                "intervalPeriod": {"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "duration": "PT1H"},
                "payloadDescriptors": []
                if level
                else [
                    {
                        "payloadType": "PRICE",
                        "units": "KWH",
                        "currency": "EUR",
                        "objectType": "EVENT_PAYLOAD_DESCRIPTOR",
                    }
                ],
                "intervals": [
                    {"id": hour, "payloads": values or [{"type": "PRICE", "values": [0.2 + hour / 100]}]}
                    for hour in range(_HOURS)
                ],
            },
        )
    return str(program)
