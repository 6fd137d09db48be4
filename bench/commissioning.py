"""From the gateway's announcement until its power is shown: with a meter's pacing, and with none.

A person's part is left out: each page of the dialog is answered at once, with the PIN that the gateway takes. Beside a
gateway that has all there is (eighteen registers, programs, prices, messages) is one as utilities have put up: Itron's
Riva, as it was measured by aio2030dot5's author, which the utility tells of a client.
"""

import time
from ipaddress import ip_address
from statistics import median
from typing import Any

import aiohttp
from homeassistant.config_entries import SOURCE_ZEROCONF
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from bench.home import home_with_switches, until
from bench.pacing import PACINGS, at_pace
from bench.simulated import register, simulated_gateway
from custom_components.utility_han.const import DOMAIN
from tests.helpers import flows

_TRIALS = 3
_GATEWAYS: dict[str, dict[str, Any]] = {
    "with everything": {"registration": "both"},
    "Itron Riva": {"personality": "riva", "registration": "out-of-band", "bad_signature_rate": 0},
}


async def measure() -> dict[str, Any]:
    """Return seconds in either way for both gateways, how many of them are pauses, and what they are between."""
    rows = [await _with(of) for of in _GATEWAYS.values()]
    return {"gateways": list(_GATEWAYS), **{figure: [row[figure] for row in rows] for figure in rows[0]}}


async def _with(settings: dict[str, Any]) -> dict[str, Any]:
    took: dict[str, float] = {}
    asked: dict[str, float] = {}
    for name, pacing in PACINGS.items():
        with at_pace(pacing):
            trials = [await _once(settings) for _ in range(_TRIALS)]
        took[name] = median(seconds for seconds, _ in trials)
        asked = {what: round(median(log[what] for _, log in trials)) for what in trials[0][1]}
    return {
        **asked,
        "paced_seconds": round(took["paced"], 1),
        "work_seconds": round(took["work"], 1),
        "pauses_seconds": round(took["paced"] - took["work"], 1),
        "pauses_share": round(1 - took["work"] / took["paced"], 2),
    }


async def _once(settings: dict[str, Any]) -> tuple[float, dict[str, int]]:
    async with simulated_gateway("00" * 20, **settings) as gateway, home_with_switches(0) as hass:
        start = time.perf_counter()
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_ZEROCONF}, data=_announcement(gateway)
        )
        result = await flows.walk(hass, result, "method")
        if settings["registration"] == "out-of-band":
            await register(gateway, flows.placeholder(result, "lfdi"))
            result = await flows.by_portal(hass, result)
        else:
            result = await flows.by_pin(hass, result, gateway["pin"])
        result = await flows.finish(hass, result)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await until(lambda: _power(hass) not in (None, "unknown", "unavailable"))
        seconds = time.perf_counter() - start
        return seconds, await _traffic(gateway)


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
