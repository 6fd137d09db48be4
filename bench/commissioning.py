"""From the gateway's announcement until its power is shown: with a meter's pacing, and with none.

Each page of the dialog is answered at once, with the PIN that the gateway takes; and once more by a person who reads
it, which is not counted: pauses go by meanwhile. Beside a gateway that has all there is (eighteen registers, programs,
prices, messages) is one as utilities have put up: Itron's Riva, as it was measured by aio2030dot5's author, which the
utility tells of a client.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from statistics import median
from typing import Any

import aiohttp
from homeassistant.config_entries import SOURCE_ZEROCONF, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from bench.home import home_with_switches, until
from bench.pacing import NO_PAUSES, at_pace
from bench.simulated import register, simulated_gateway
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway import Pacing
from tests.helpers import flows

_TRIALS = 3
_READS = 3.0
"""Seconds for which a person looks at a page."""
_GATEWAYS: dict[str, dict[str, Any]] = {
    "with everything": {"registration": "both"},
    "Itron Riva": {"personality": "riva", "registration": "out-of-band", "bad_signature_rate": 0},
}


async def measure() -> dict[str, Any]:
    """Return seconds in either way for both gateways, how many of them are pauses, and what they are between."""
    rows = [await _with(of) for of in _GATEWAYS.values()]
    return {"gateways": list(_GATEWAYS), **{figure: [row[figure] for row in rows] for figure in rows[0]}}


@dataclass(frozen=True, slots=True)
class _Trial:
    """Seconds until the dialog's last page tells the power, and until its sensor has one; the gateway's traffic."""

    told: float
    shown: float
    traffic: dict[str, int]


async def _with(settings: dict[str, Any]) -> dict[str, Any]:
    work = await _trials(settings, NO_PAUSES)
    paced = await _trials(settings, Pacing())
    read = await _trials(settings, Pacing(), _READS)
    return {
        **paced.traffic,
        "work_seconds": round(work.shown, 1),
        "paced_seconds": round(paced.shown, 1),
        "pauses_seconds": round(paced.shown - work.shown, 1),
        "pauses_share": round(1 - work.shown / paced.shown, 2),
        "told_seconds": round(paced.told, 1),
        "read_seconds": round(read.shown, 1),
        "read_told_seconds": round(read.told, 1),
    }


async def _trials(settings: dict[str, Any], pacing: Pacing, reads: float = 0.0) -> _Trial:
    """Return the medians of a few."""
    with at_pace(pacing):
        trials = [await _once(settings, reads) for _ in range(_TRIALS)]
    traffic = {what: round(median(each.traffic[what] for each in trials)) for what in trials[0].traffic}
    return _Trial(median(each.told for each in trials), median(each.shown for each in trials), traffic)


async def _once(settings: dict[str, Any], reads: float) -> _Trial:
    """Set a gateway up by a person who takes ``reads`` seconds for each page, which are not counted."""
    read = 0.0

    async def answer(page: Callable[[], Awaitable[ConfigFlowResult]]) -> ConfigFlowResult:
        nonlocal read
        await asyncio.sleep(reads)
        read += reads
        return await page()

    async with simulated_gateway("00" * 20, **settings) as gateway, home_with_switches(0) as hass:
        start = time.perf_counter()
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_announcement(gateway)
        )
        result = await answer(partial(flows.walk, hass, result, "method"))
        if settings["registration"] == "out-of-band":
            await register(gateway, flows.placeholder(result, "lfdi"))
            result = await answer(partial(flows.by_portal, hass, result))
        else:
            result = await answer(partial(flows.by_pin, hass, result, gateway["pin"]))
        assert "Power now" in flows.placeholder(result, "found")
        told = time.perf_counter() - start - read
        result = await answer(partial(flows.finish, hass, result))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await until(lambda: _power(hass) not in (None, "unknown", "unavailable"))
        shown = time.perf_counter() - start - read
        return _Trial(told, shown, await _traffic(gateway))


async def _traffic(gateway: dict[str, Any]) -> dict[str, int]:
    """Return the gateway's count of connections, those of TCP alone included, and requests."""
    url = f"{gateway['control']}/gateways/{gateway['id']}/log"
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        log = await response.json()
    return {"connections": log["connections"], "requests": len(log["requests"])}


def _announcement(gateway: dict[str, Any]) -> ZeroconfServiceInfo:
    """Return what Home Assistant hears of the gateway, as aio2030dot5 reads it (``parse_advertisement``)."""
    return ZeroconfServiceInfo(
        ip_address=ip_address(gateway["host"]),
        ip_addresses=[ip_address(gateway["host"])],
        port=gateway["port"],
        hostname="meter.local.",
        type="_smartenergy._tcp.local.",
        name=f"meter-{gateway['sfdi']}._smartenergy._tcp.local.",
        properties={"txtvers": "1", "dcap": gateway["dcap"], "level": "-S0", "https": str(gateway["port"])},
    )


def _power(hass: HomeAssistant) -> str | None:
    """Return the state of the sensor of power, None where there is none."""
    for entry in er.async_get(hass).entities.values():
        if entry.platform == DOMAIN and entry.unique_id.endswith("_power"):
            state = hass.states.get(entry.entity_id)
            return state.state if state is not None else None
    return None
