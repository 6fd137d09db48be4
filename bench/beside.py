"""What it costs to set up an entry of ours, and one of two of Home Assistant's own integrations that read a meter.

``homewizard`` reads a P1 meter over HTTP, which is a server of our own here that says what its documentation shows;
``rainforest_raven`` reads the simulated stick that ours reads too. CPU of this process, the median of some times, once
everything is imported and all entities are in the registries.
"""

import gc
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.entry import meter_entry
from bench.home import home_with_switches
from bench.pacing import at_pace
from bench.simulated import permit, simulated_gateway
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.ieee2030_5.identity import create_identity
from custom_components.utility_han.hub.kept.versions import ENTRY_VERSION

_TRIALS = 9
_P1 = {
    "api": {
        "product_type": "HWE-P1",
        "product_name": "P1 meter",
        "serial": "5c2faf000001",
        "firmware_version": "5.18",
        "api_version": "v1",
    },
    "api/v1/system": {"cloud_enabled": True},
    "api/v1/data": {
        "wifi_ssid": "Home",
        "wifi_strength": 90,
        "smr_version": 50,
        "meter_model": "ISKRA AM550",
        "unique_id": "00" * 16,
        "active_tariff": 1,
        "total_power_import_kwh": 5102.4,
        "total_power_import_t1_kwh": 3001.2,
        "total_power_import_t2_kwh": 2101.2,
        "total_power_export_kwh": 812.9,
        "total_power_export_t1_kwh": 400.1,
        "total_power_export_t2_kwh": 412.8,
        "active_power_w": 543.0,
        "active_power_l1_w": 543.0,
        "active_voltage_l1_v": 231.1,
        "active_current_l1_a": 2.4,
        "voltage_sag_l1_count": 1,
        "voltage_swell_l1_count": 0,
        "any_power_fail_count": 4,
        "long_power_fail_count": 2,
    },
}


async def measure() -> dict[str, Any]:
    """Return entities that are enabled and registered, ms of CPU, µs for each; and how ours is to the others."""
    with at_pace():
        rows = {"homewizard": await _homewizard(), **await _meters()}
    each = {name: row["us_per_entity"] for name, row in rows.items()}
    return {
        "who": list(rows),
        **{figure: [row[figure] for row in rows.values()] for figure in rows["homewizard"]},
        "to_homewizard": round(each["ours, over IP"] / each["homewizard"], 2),
        "to_raven": round(each["ours, by its stick"] / each["rainforest_raven"], 2),
    }


async def _homewizard() -> dict[str, Any]:
    async with _p1_meter() as host, home_with_switches(0) as hass:
        return await _set_up(hass, MockConfigEntry(domain="homewizard", title="P1", data={"ip_address": host}))


@asynccontextmanager
async def _p1_meter() -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        said = _P1.get(request.match_info["path"])
        return web.json_response(said) if said else web.Response(status=404)  # it has no state

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield f"127.0.0.1:{server.port}"


async def _meters() -> dict[str, dict[str, Any]]:
    """A meter of ours over IP, and the stick of a meter, which ours and rainforest_raven read one after the other."""
    identity = create_identity()
    rows = {}
    async with simulated_gateway(identity.lfdi, zigbee=True, certified=True) as meter:
        async with home_with_switches(0) as hass:
            rows["ours, over IP"] = await _set_up(hass, meter_entry(meter, identity))
        stick = meter["zigbee"]["radios"]["raven"]
        await permit(meter, stick)
        raven = MockConfigEntry(
            domain="rainforest_raven", data={"device": stick["url"], "mac": [meter["zigbee"]["eui64"].lower()]}
        )
        async with home_with_switches(0) as hass:
            rows["rainforest_raven"] = await _set_up(hass, raven)
        async with home_with_switches(0) as hass:
            rows["ours, by its stick"] = await _set_up(hass, _by_stick(stick["url"], meter["zigbee"]["eui64"]))
    return rows


def _by_stick(url: str, eui64: str) -> MockConfigEntry:
    """Return an entry of ours that reads the meter of this EUI64 by the stick at ``url``."""
    major, minor = ENTRY_VERSION
    data = {
        "transport": "raven",
        "device": url,
        "network": eui64,
        "gateway_lfdi": eui64.rjust(40, "0"),
        "gateway_sfdi": eui64,
        "kind": "energy_management_system",
        "state": "commissioned",
        "premise": {"name": "Home", "location": {"latitude": 0, "longitude": 0}},
    }
    return MockConfigEntry(domain=DOMAIN, title="Stick", version=major, minor_version=minor, data=data)


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, Any]:
    entry.add_to_hass(hass)
    found = []
    for _ in range(_TRIALS):
        gc.collect()
        start = time.process_time()
        assert await hass.config_entries.async_setup(entry.entry_id), f"{entry.domain} is set up"
        await hass.async_block_till_done()
        found.append((time.process_time() - start) * 1000)
        known = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        entities = sum(1 for each in known if each.disabled_by is None)
        assert await hass.config_entries.async_unload(entry.entry_id)
    return {
        "entities": entities,
        "registered": len(known),
        "ms": round(median(found), 1),
        "us_per_entity": round(1000 * median(found) / len(known)),
    }
