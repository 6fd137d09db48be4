"""The demo without a person, over Home Assistant's API: commissions, registers, controls, charges and repairs."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from . import charging, health, joining, registration
from .checked import checked
from .home import Home
from .simulator import Simulator
from .walking import at, walk

DOMAIN = "utility_han"
_PATIENCE = 120


def answers(gateway: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what to submit on each page, and what to choose in each menu."""
    return {
        "user": {"next_step_id": "ip"},
        "ip": {"gateway": "manual"},  # only where other gateways are heard
        "manual": {"host": gateway["host"], "port": gateway["port"], "sfdi": gateway["sfdi"]},
        "location": {"name": "Demo home"},
        "method": {"way": "in_band", "pin": gateway["pin"]},
        "commissioned": {"next_step_id": "finish"},
    }


async def commission(
    home: Home, gateway: Mapping[str, Any], instead: Mapping[str, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Walk the flow to its end, with ``instead`` of the answers for IP, and return the entry made."""
    pages = answers(gateway) | dict(instead or {})
    entry: dict[str, Any] = at(await walk(home, await home.flow_start(DOMAIN), pages), "create_entry")["result"]
    return entry


async def readings(home: Home, entry_id: str) -> dict[str, float]:
    """Wait until every enabled register of the entry has a number; return them by entity id."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            wanted = {
                entity["entity_id"]
                for entity in await home.ws("config/entity_registry/list")
                if entity["config_entry_id"] == entry_id
                and not entity["disabled_by"]
                and entity["entity_category"] is None
                and entity["entity_id"].startswith("sensor.")
                and entity["translation_key"] not in ("price", "health", "messages")
            }
            found = {
                state["entity_id"]: float(state["state"])
                for state in await home.states()
                if state["entity_id"] in wanted and state["state"] not in ("unknown", "unavailable")
            }
            if wanted and found.keys() == wanted:
                return found
            await asyncio.sleep(0.5)


async def check(transport: str) -> int:
    """Check a home with a meter that is reached so, and the utility's own API; 0 if all went well."""
    options = ("--zigbee",) if transport == "zigbee" else ()
    return await checked(partial(_live, transport), "--registration", "both", *options, charger=True)


async def _live(transport: str, home: Home, simulator: Simulator, begin: float) -> dict[str, Any]:
    zigbee = transport == "zigbee"
    await home.start()
    started = time.monotonic()
    if zigbee:
        await joining.permit(simulator)
    entry = await commission(home, simulator.gateway, joining.answers(simulator.gateway) if zigbee else None)
    commissioned = time.monotonic()
    found = await readings(home, entry["entry_id"])
    first_reading = time.monotonic()
    await registration.link_account(home, simulator, entry["entry_id"])
    pin = simulator.gateway["pin"]
    for device in registration.DEVICES:
        await registration.register(home, entry["entry_id"], device, pin)
    await registration.enrolled(home, len(registration.DEVICES))
    registered = time.monotonic()
    # Smart Energy counts the duration of events in minutes.
    acted = await registration.control(home, simulator, seconds=60 if zigbee else 8)
    await registration.register(home, entry["entry_id"], registration.WALLBOX, pin)
    await registration.enrolled(home, len(registration.DEVICES) + 1)
    reduced = await registration.reduce_by_tenth(home, simulator, seconds=60 if zigbee else 20)
    charged = await charging.bind_and_charge(home, simulator, entry["entry_id"])
    repaired = await health.break_and_repair(home, simulator, "Pool pump")
    entities = [e for e in await home.ws("config/entity_registry/list") if e["platform"] == DOMAIN]
    return {
        "transport": transport,
        "entities": len(entities),
        "readings": len(found),
        "seconds": round(time.monotonic() - begin, 1),
        "start_seconds": round(started - begin, 1),
        "commission_seconds": round(commissioned - started, 1),
        "first_reading_seconds": round(first_reading - commissioned, 1),
        "devices": len(registration.DEVICES) + 1,
        "register_seconds": round(registered - first_reading, 1),
        **acted,
        **reduced,
        **charged,
        **repaired,
    }
