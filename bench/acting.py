"""An event of a VTN until devices act, and until the VTN has all answers: a hub without a meter, as it runs.

Every device is an ``input_boolean`` of its own that has to switch off, registered with the simulated VTN as any other
is. ``exponent`` is the slope on a log-log scale: 1 is linear.
"""

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from types import MappingProxyType
from typing import Any

import aiohttp
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from bench.entry import vtn_entry
from bench.home import home_with_switches, switched, until
from bench.simulated import Vtn, simulated_vtn
from bench.vtn import BareClient, vtn_tls
from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.account.vtn import VtnCoordinator
from custom_components.utility_han.const import CONF_VTN
from custom_components.utility_han.devices.levels import LEVELS
from custom_components.utility_han.devices.store import Record, Registrations
from custom_components.utility_han.procedures import Outcome, RegistrationRun, register
from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection

COUNTS = (1, 100)
_TRIALS = 3
_KIND, _TITLE = "load_switch", "Load"


async def measure() -> dict[str, Any]:
    """Return ms from the beginning of a poll with an event in it, for so many devices, and exponents."""
    rows = [await _with_devices(count) for count in COUNTS]
    return {
        "counts": list(COUNTS),
        **{name: [row[name] for row in rows] for name in rows[0]},
        "exponents": {name: _exponent(rows, name) for name in ("act_ms", "answered_ms")},
    }


def _exponent(rows: list[dict[str, float]], name: str) -> float:
    return round(math.log(rows[-1][name] / rows[0][name]) / math.log(COUNTS[-1] / COUNTS[0]), 2)


async def _with_devices(count: int) -> dict[str, float]:
    async with (
        simulated_vtn() as vtn,
        aiohttp.ClientSession() as session,
        home_with_switches(count) as hass,
    ):
        business = await BareClient.business(session, vtn)
        program = (await business.call("POST", "programs", json={"programName": "Peak Saver"}))["id"]
        entry = await _hub(hass, vtn, session, count)
        trials = [await _event(hass, entry, business, program, count) for _ in range(_TRIALS)]
        await hass.config_entries.async_unload(entry.entry_id)
    return {name: round(median(trial[name] for trial in trials), 1) for name in trials[0]}


async def _hub(hass: HomeAssistant, vtn: Vtn, session: aiohttp.ClientSession, count: int) -> MockConfigEntry:
    """Set up a hub without a meter that has so many devices in all programs that there are."""
    datas = [
        {
            "kind": _KIND,
            "lfdi": f"{number + 1:040X}",
            "by_utility": True,
            "control": {"entity_id": f"input_boolean.load_{number}", "response": "off"} | dict.fromkeys(LEVELS, "off"),
        }
        for number in range(count)
    ]
    subentries = [
        ConfigSubentry(data=MappingProxyType(data), subentry_type="device", title=_TITLE, unique_id=str(data["lfdi"]))
        for data in datas
    ]
    entry = vtn_entry(vtn, subentries)
    entry.add_to_hass(hass)
    connection = VtnConnection(session, URL(vtn.url), Credentials(*vtn.ven), tls=await vtn_tls(vtn))
    openadr = OpenAdr(connection, entry.data[CONF_VTN]["ven_name"], kinds=(_KIND,))
    registrations = await Registrations.async_get(hass, entry.entry_id)
    for data in datas:
        run = await _registered(openadr, str(data["lfdi"]))
        registrations.records[run.lfdi] = Record(run, _TITLE, data)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    return entry


async def _registered(openadr: OpenAdr, lfdi: str) -> RegistrationRun:
    """Register a device in all programs that there are."""
    now = datetime.now(UTC).isoformat()
    consents = [
        {"program_id": each.id, "name": each.name, "terms_version": each.terms_version, "consented_at": now}
        for each in await openadr.programs("")
    ]
    run = RegistrationRun(lfdi=lfdi, kind=_KIND, model_id="", premise_id="", gateway_lfdi="", consents=consents)

    async def save(run: RegistrationRun) -> None:
        """It is kept by the hub."""

    results = [result async for result in register(openadr, None, run, save)]
    assert results[-1].outcome is Outcome.DONE, results[-1]
    return run


async def _event(
    hass: HomeAssistant, entry: MockConfigEntry, business: BareClient, program: str, count: int
) -> dict[str, float]:
    """Have all devices act on an event that begins now, and be back when it is deleted."""
    coordinator = entry.runtime_data.manager(AccountManager).vtn
    assert isinstance(coordinator, VtnCoordinator)
    began = datetime.now(UTC) - timedelta(seconds=5)
    event = await business.call(
        "POST",
        "events",
        json={
            "programID": program,
            "intervalPeriod": {"start": f"{began:%Y-%m-%dT%H:%M:%SZ}", "duration": "PT1H"},
            "intervals": [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [1]}]}],
            "reportDescriptors": [
                {"payloadType": "OPERATING_STATE", "reportIntervals": "OPEN_INTERVALS", "frequency": 0}
            ],
        },
    )
    start = time.perf_counter()
    poll = asyncio.ensure_future(coordinator.async_refresh())
    await until(lambda: switched(hass, count, "off"))
    act = time.perf_counter() - start
    await poll
    await hass.async_block_till_done(wait_background_tasks=True)
    answered = time.perf_counter() - start
    reports = await business.every("reports", eventID=event["id"])
    told = [each for each in reports if f"{event['id']}:" in each["reportName"]]  # others say how the home is
    assert len(told) == count, "every device says that it uses less"
    await business.call("DELETE", f"events/{event['id']}")
    await coordinator.async_refresh()
    await until(lambda: switched(hass, count, "on"))
    await hass.async_block_till_done(wait_background_tasks=True)
    return {"act_ms": act * 1000, "answered_ms": answered * 1000}
