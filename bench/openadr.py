"""A poll of a VTN (OpenADR 3.1), beside a bare client that reads the same pages and parses them.

Our poll is what :class:`~custom_components.utility_han.account.vtn.VtnCoordinator` asks of its way to the utility with
each: ven, resources, programs and events, and prices, messages and further values made of them; controls besides, for
as many devices as are enrolled. The VTN is the simulated one, over TLS, in a process of its own.
"""

import asyncio
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import aiohttp
from yarl import URL

from bench.simulated import Vtn, simulated_vtn
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection

EVENTS = (1, 100, 1_000)
DEVICES = (1, 100)
_ROUNDS = 5
_PAGE = 50
_HOURS = 24


async def measure() -> dict[str, Any]:
    """Return ms of a poll of so many events, and of so many devices with 100 events, and ratios to a bare client."""
    by_events = [await _polled(count, 1) for count in EVENTS]
    by_devices = [await _polled(100, count) for count in DEVICES]
    return {
        "events": list(EVENTS),
        **{name: [row[name] for row in by_events] for name in by_events[0]},
        "exponent": round(math.log(by_events[-1]["poll_ms"] / by_events[-2]["poll_ms"]) / math.log(10), 2),
        "devices": list(DEVICES),
        "devices_poll_ms": [row["poll_ms"] for row in by_devices],
        "devices_controls_ms": [row["controls_ms"] for row in by_devices],
    }


async def _polled(events: int, devices: int) -> dict[str, float]:
    async with simulated_vtn() as vtn, aiohttp.ClientSession() as session:
        tls = await asyncio.to_thread(ssl.create_default_context, cadata=vtn.ca)
        program = await _offer(session, tls, vtn, events)
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
        bare = [await _cpu_ms(lambda: _bare(session, tls, vtn)) for _ in range(_ROUNDS)]
        controls = [await _cpu_ms(lambda: openadr.controls(lfdis)) for _ in range(_ROUNDS)]
        if not await openadr.controls(lfdis):
            raise RuntimeError("no control was read")
        hold = await _longest_hold_ms(poll)
    return {
        "first_ms": round(first, 1),
        "poll_ms": round(median(again), 1),
        "bare_ms": round(median(bare), 1),
        "ratio": round(median(again) / median(bare), 2),
        "controls_ms": round(median(controls), 1),
        "longest_hold_ms": round(hold, 1),
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


async def _bare(session: aiohttp.ClientSession, tls: ssl.SSLContext, vtn: Vtn) -> None:
    """Read what our poll reads, over the same session, and do nothing with it."""
    token = await _token(session, tls, vtn, vtn.ven)
    for path in ("vens", "resources", "programs", "events"):
        skip = 0
        while True:
            query = {"skip": str(skip), "limit": str(_PAGE)}
            entries = await _asked(session, tls, vtn, "GET", path, token, params=query)
            skip += _PAGE
            if len(entries) < _PAGE:
                break


_tokens: dict[tuple[str, str], str] = {}


async def _token(session: aiohttp.ClientSession, tls: ssl.SSLContext, vtn: Vtn, client: tuple[str, str]) -> str:
    if (vtn.url, client[0]) not in _tokens:
        form = {"grant_type": "client_credentials", "client_id": client[0], "client_secret": client[1]}
        async with session.post(f"{vtn.url}/auth/token", data=form, ssl=tls) as response:
            _tokens[vtn.url, client[0]] = (await response.json())["access_token"]
    return _tokens[vtn.url, client[0]]


async def _asked(
    session: aiohttp.ClientSession, tls: ssl.SSLContext, vtn: Vtn, method: str, path: str, token: str, **more: Any
) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    async with session.request(method, f"{vtn.url}/{path}", headers=headers, ssl=tls, **more) as response:
        response.raise_for_status()
        return await response.json()


async def _offer(session: aiohttp.ClientSession, tls: ssl.SSLContext, vtn: Vtn, events: int) -> str:
    """Offer a program with so many events, one a day: prices of 24 hours; every tenth is a level instead."""
    token = await _token(session, tls, vtn, vtn.business)

    async def make(path: str, said: Mapping[str, Any]) -> Any:
        return await _asked(session, tls, vtn, "POST", path, token, json=said)

    program = (await make("programs", {"programName": "bench"}))["id"]
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(events):
        start = midnight + timedelta(days=number // 2)
        level = number % 10 == 0
        values = [{"type": "SIMPLE", "values": [1]}] if level else None
        await make(
            "events",
            {
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
