"""What devices cost: set-up, one control and memory for 1 to 1,000 of them, and how fast a control acts.

Every device is an ``input_boolean`` of its own that has to switch off. ``exponent`` is the slope between the two
largest counts on a log-log scale: 1 is linear.
"""

import asyncio
import gc
import math
import statistics
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import aiohttp
from aio2030dot5 import Timeouts, sfdi_from_lfdi
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.bare import set_up_like, set_up_times
from bench.entry import meter_entry
from bench.home import home_with_switches, switched, until
from bench.pacing import NO_PAUSES, at_pace
from bench.simulated import simulated_gateway
from custom_components.utility_han.devices.store import Record, Registrations
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity
from custom_components.utility_han.gateway.ieee2030_5.resources import end_device, render
from custom_components.utility_han.gateway.ieee2030_5.writing import post
from custom_components.utility_han.procedures import INSTALLATIONS, DeviceKind
from custom_components.utility_han.procedures.registration_run import RegistrationRun

COUNTS = (1, 10, 100, 1000)
_TRIALS = 5
_SLOPES = ("set_up_ms", "uncollected_ms", "act_ms", "answered_ms", "memory_kb")
_QUIET = 6
"""Seconds without any contact before a control, so that its way is not measured behind answers to the one before."""
_PROGRAM = {
    "href": "/dr/1",
    "description": "Peak Saver",
    "primacy": 2,
    "controls_href": "/dr/1/edc",
    "subscribable": True,
}


class Utility:
    """The control endpoint of the simulated gateway."""

    def __init__(self, session: aiohttp.ClientSession, gateway: dict[str, Any]) -> None:
        self._session = session
        self._url = f"{gateway['control']}/gateways/{gateway['id']}"

    async def call(self, method: str, path: str, **body: Any) -> Any:
        """Do something to the gateway."""
        async with self._session.request(method, self._url + path, json=body) as response:
            response.raise_for_status()
            return await response.json() if response.content_type == "application/json" else None


async def measure() -> dict[str, Any]:
    """Return figures per count, exponents, and the latency of notified controls in ms."""
    with at_pace():
        rows = [await _with_devices(count) for count in COUNTS]
    latencies = await _notified()
    return {
        "counts": list(COUNTS),
        **{name: [row[name] for row in rows] for name in rows[0]},
        "exponents": {name: _exponent(rows, name) for name in _SLOPES},
        "notified_ms": {"median": round(statistics.median(latencies)), "longest": round(max(latencies))},
    }


def _exponent(rows: list[dict[str, Any]], name: str) -> float:
    return round(math.log(rows[-1][name] / rows[-2][name]) / math.log(COUNTS[-1] / COUNTS[-2]), 2)


@asynccontextmanager
async def home_with_devices(count: int) -> AsyncIterator[tuple[HomeAssistant, MockConfigEntry, Utility]]:
    """A Home Assistant with a hub that has ``count`` enrolled devices, and the simulated gateway behind it."""
    identity = await asyncio.to_thread(create_identity)
    async with (
        simulated_gateway(identity.lfdi, registration="both") as gateway,
        aiohttp.ClientSession() as session,
        home_with_switches(count) as hass,
    ):
        utility = Utility(session, gateway)
        yield hass, await _entry(hass, gateway, identity, count, utility), utility


async def _entry(
    hass: HomeAssistant, gateway: dict[str, Any], identity: Identity, count: int, utility: Utility
) -> MockConfigEntry:
    """A hub with ``count`` devices that are enrolled, as its files would say after a restart."""
    subentries, records = [], {}
    lfdis = [f"{number + 1:09X}".ljust(40, "0") for number in range(count)]  # the first 36 bits are the SFDI
    await _announce(gateway, identity, lfdis)
    for number, lfdi in enumerate(lfdis):
        await utility.call("PUT", f"/programs/1/devices/{lfdi}")
        data = {
            "kind": "load_switch",
            "lfdi": lfdi,
            "control": {"entity_id": f"input_boolean.load_{number}", "response": "off"},
        }
        subentries.append(
            ConfigSubentry(data=MappingProxyType(data), subentry_type="device", title=f"Load {number}", unique_id=lfdi)
        )
        run = RegistrationRun(
            lfdi=lfdi,
            kind="load_switch",
            model_id="",
            premise_id="",
            gateway_lfdi=gateway["lfdi"],
            dr_programs=[dict(_PROGRAM)],
            state="enrolled",
        )
        records[lfdi] = Record(run, f"Load {number}", data)
    entry = meter_entry(gateway, identity, subentries)
    entry.add_to_hass(hass)
    (await Registrations.async_get(hass, entry.entry_id)).records.update(records)
    return entry


async def _announce(gateway: dict[str, Any], identity: Identity, lfdis: Iterable[str]) -> None:
    """Put devices on the gateway's list as Home Assistant does, which speaks for them from then on."""
    client = await Ieee2030_5Gateway.create(
        gateway["host"],
        gateway["port"],
        identity,
        expected_lfdi=gateway["lfdi"],
        pacing=NO_PAUSES,
        timeouts=Timeouts(),
    )
    async with client._connection.session() as session:
        for lfdi in lfdis:
            device = end_device(
                lfdi, sfdi_from_lfdi(lfdi), INSTALLATIONS[DeviceKind.LOAD_SWITCH].device_category, int(time.time())
            )
            await post(session, "/edev", render(device))


async def _with_devices(count: int) -> dict[str, Any]:
    async with home_with_devices(count) as (hass, entry, utility):
        set_up = statistics.median(await set_up_times(hass, entry, 3))
        uncollected = statistics.median(await set_up_times(hass, entry, 3, collecting=False))
        await hass.config_entries.async_setup(entry.entry_id)
        registry = er.async_get(hass)
        entities = len(er.async_entries_for_config_entry(registry, entry.entry_id))
        await hass.async_block_till_done(wait_background_tasks=True)
        await entry.runtime_data.coordinator.async_refresh()  # after a start each device is looked at on the gateway
        await hass.async_block_till_done(wait_background_tasks=True)

        await utility.call("POST", "/controls", program=1, duration=3600)
        start = time.perf_counter()
        refresh = asyncio.ensure_future(entry.runtime_data.coordinator.async_refresh())
        await until(lambda: switched(hass, count, "off"))
        act = time.perf_counter() - start
        await refresh
        await hass.async_block_till_done(wait_background_tasks=True)
        answered = time.perf_counter() - start
        answers = await utility.call("GET", "/responses")
        assert len(answers) == 2 * count, "every device says that it received and started it"

        await hass.config_entries.async_unload(entry.entry_id)
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        gc.collect()
        memory = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        await hass.config_entries.async_unload(entry.entry_id)
        bare = await set_up_like(hass, entry)
    return {
        "set_up_ms": round(set_up * 1000, 1),
        "uncollected_ms": round(uncollected * 1000, 1),
        "bare_ms": round(bare * 1000, 1),
        "set_up_to_bare": round(set_up / bare, 2),
        "set_up_us_per_entity": round(set_up * 1e6 / entities),
        "act_ms": round(act * 1000, 1),
        "answered_ms": round(answered * 1000, 1),
        "memory_kb": round(memory / 1024),
    }


async def _notified() -> list[float]:
    """Time from publication by the gateway to the linked entity acting, with the pacing that meters need."""
    found = []
    async with home_with_devices(1) as (hass, entry, utility):
        await hass.async_start()
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        for _ in range(_TRIALS):
            await asyncio.sleep(_QUIET)
            start = time.perf_counter()
            number = (await utility.call("POST", "/controls", program=1, duration=3600))["number"]
            await until(lambda: switched(hass, 1, "off"))
            found.append((time.perf_counter() - start) * 1000)
            await asyncio.sleep(_QUIET)
            await utility.call("POST", f"/controls/{number}/cancel")
            await until(lambda: switched(hass, 1, "on"))
        await hass.config_entries.async_unload(entry.entry_id)
    return found
