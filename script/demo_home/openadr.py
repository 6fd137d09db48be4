"""A utility with OpenADR and no meter, without a person: devices registered, a price shown, events carried out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .checked import checked
from .home import Home, HomeError
from .simulator import Simulator
from .vtn import IMPORT_LIMIT, PEAK_HOURS, TARIFF, DemoVtn
from .walking import at, walk

DOMAIN = "utility_han"
GRID_POWER = "sensor.grid_power"
_PATIENCE = 120
_HEATER, _CHARGER = "input_number.water_heater_power", "input_number.charger_power"
_LIMIT_KW, _LOWER_KW = 6.0, 3.0
_LEVELS = {"level_1": "nothing", "level_2": "percent_50", "level_3": "off"}
DEVICES: Mapping[str, Mapping[str, dict[str, Any]]] = {
    "Water heater": {
        "entity": {"entities": [_HEATER]},
        "device": {
            "kind": "water_heater",
            "name": "Water heater",
            "response": "limit",
            "limit": 0,
            "importance": 8,
            **_LEVELS,
        },
    },
    "Charger": {
        "entity": {"entities": [_CHARGER]},
        "device": {"kind": "evse", "name": "Charger", "response": "limit", "limit": 0, "importance": 3, **_LEVELS},
    },
}
"""What to answer for each device on the pages that describe it."""


async def choose_grid_power(home: Home) -> None:
    """Choose the power of the grid in the Energy dashboard, as a person does."""
    grid = {"type": "grid", "stat_rate": GRID_POWER, "cost_adjustment_day": 0}
    await home.ws("energy/save_prefs", energy_sources=[grid])


async def check() -> int:
    """Check a home without a meter; 0 if all went well."""
    return await checked(_live, "--mqtt")


async def _live(home: Home, simulator: Simulator, begin: float) -> dict[str, Any]:
    home.trust(simulator.vtn["ca"])
    vtn = DemoVtn(simulator.vtn)
    await vtn.offer()
    await home.start()
    started = time.monotonic()
    await choose_grid_power(home)
    entry = await set_up(home, vtn)
    price = await _shows_price(home, vtn)
    priced = time.monotonic()
    for device in DEVICES:
        await register(home, entry["entry_id"], device)
    registered = time.monotonic()
    followed = [await follow(home, vtn) for follow in (_follows_level, _shares_limit, _stays_out)]
    return {
        "utility": "openadr",
        "seconds": round(time.monotonic() - begin, 1),
        "start_seconds": round(started - begin, 1),
        "price_seconds": round(priced - started, 1),
        "price": price,
        "devices": len(DEVICES),
        "register_seconds": round(registered - priced, 1),
        **{name: value for each in followed for name, value in each.items()},
    }


async def set_up(home: Home, vtn: DemoVtn) -> dict[str, Any]:
    """Add the utility by its pages; return the entry that was made."""
    pages: dict[str, dict[str, Any]] = {
        "user": {"next_step_id": "vtn"},
        "vtn_address": {"url": vtn.url},
        "vtn_credentials": {key: vtn.ven[key] for key in ("client_id", "client_secret")},
        "vtn_ready": {"name": "Example utility", "ven_name": "demo-home"},
    }
    entry: dict[str, Any] = at(await walk(home, await home.flow_start(DOMAIN), pages), "create_entry")["result"]
    return entry


async def register(home: Home, entry_id: str, name: str) -> None:
    """Walk the device's pages to their end: enrolled in all programs of events."""
    begun = await home.subentry_start(entry_id, "device")
    page = at(await walk(home, begun, DEVICES[name], sub=True), "programs")
    chosen = {"programs": {"programs": _but_tariffs(page), "consent": True}, "registered": {}}
    at(await walk(home, page, chosen, sub=True), "create_entry")
    slug = name.lower().replace(" ", "_")
    await home.shows({f"sensor.{slug}_registration": "enrolled"})


def _but_tariffs(page: Mapping[str, Any]) -> list[str]:
    """Return the values of the page's programs that are no tariff."""
    fields = {each["name"]: each for each in page["data_schema"]}
    options = fields["programs"]["selector"]["select"]["options"]
    return [option["value"] for option in options if TARIFF not in option["label"]]


async def _shows_price(home: Home, vtn: DemoVtn) -> float:
    """Wait until Home Assistant shows the price that is in force by what the VTN itself lists."""
    found = 0.0

    async def right() -> bool:
        nonlocal found
        states = {each["entity_id"]: each["state"] for each in await home.states()}
        wanted, shown = await vtn.price(datetime.now(UTC)), states.get("sensor.example_utility_price", "")
        found = wanted
        return shown not in ("", "unknown", "unavailable") and float(shown) == wanted

    await _until(right, "the price")
    return found


async def _follows_level(home: Home, vtn: DemoVtn) -> dict[str, Any]:
    """Have the utility ask for level 2: both do with half, and are put back once it asks no more."""
    before = await _powers(home)
    sent = time.monotonic()
    event = await vtn.send(PEAK_HOURS, "SIMPLE", 2, timedelta(minutes=10), reports=("OPERATING_STATE",))
    await _powers_become(home, lambda now: now == {name: value / 2 for name, value in before.items()})
    acted = time.monotonic()
    reported = await _reported(vtn, event, len(DEVICES), "CURTAILED")
    await vtn.withdraw(event)
    await _powers_become(home, lambda now: now == before)
    return {"level_ms": round((acted - sent) * 1000), "states_reported": reported, "restored": True}


async def _shares_limit(home: Home, vtn: DemoVtn) -> dict[str, Any]:
    """Have it limit the import: the less important device is lowered first, and the whole stays under the limit."""
    before = await _powers(home)
    event = await vtn.send(IMPORT_LIMIT, "IMPORT_CAPACITY_LIMIT", _LIMIT_KW, timedelta(minutes=10))

    async def held() -> bool:
        states = {each["entity_id"]: each["state"] for each in await home.states()}
        return float(states[GRID_POWER]) <= _LIMIT_KW * 1000

    await _until(held, "the limit")
    during = await _powers(home)
    if during[_HEATER] != before[_HEATER] or during[_CHARGER] >= before[_CHARGER]:
        raise HomeError(f"the limit was not shared by importance: {before} became {during}")
    # A smaller limit by an event that goes before the first: both have to give way.
    lower = await vtn.send(IMPORT_LIMIT, "IMPORT_CAPACITY_LIMIT", _LOWER_KW, timedelta(minutes=10), priority=0)
    await _powers_become(home, lambda now: now[_CHARGER] < during[_CHARGER] and now[_HEATER] < before[_HEATER])
    for each in (lower, event):
        await vtn.withdraw(each)
    await _powers_become(home, lambda now: now == before)
    return {"limit_kw": _LIMIT_KW, "charger_kw_under_limit": during[_CHARGER]}


async def _stays_out(home: Home, vtn: DemoVtn) -> dict[str, Any]:
    """Opt a device out: it stays as it is, and the utility is told so."""
    before = await _powers(home)
    await home.post("/api/services/switch/turn_on", {"entity_id": "switch.water_heater_opt_out_of_load_control"})
    event = await vtn.send(PEAK_HOURS, "SIMPLE", 3, timedelta(minutes=10), reports=("OPERATING_STATE",))
    await _powers_become(home, lambda now: now == {**before, _CHARGER: 0.0})
    reported = await _reported(vtn, event, 1, "OPTED_OUT")
    await vtn.withdraw(event)
    await _powers_become(home, lambda now: now == before)
    return {"opted_out": reported}


async def _reported(vtn: DemoVtn, event: str, resources: int, state: str) -> list[str]:
    """Wait until so many resources have told a state that ends so; return all that was told."""
    told: dict[str, set[str]] = {}

    async def all_told() -> bool:
        for report in await vtn.reports(event):
            for resource in report["resources"]:
                values = {str(each["payloads"][0]["values"][0]) for each in resource["intervals"]}
                told.setdefault(resource["resourceName"], set()).update(values)
        return sum(any(each.endswith(state) for each in values) for values in told.values()) >= resources

    await _until(all_told, f"{state} in the reports")
    return sorted({each for values in told.values() for each in values})


async def _powers(home: Home) -> dict[str, float]:
    states = {each["entity_id"]: each["state"] for each in await home.states()}
    return {name: float(states[name]) for name in (_HEATER, _CHARGER)}


async def _powers_become(home: Home, right: Callable[[dict[str, float]], bool]) -> None:
    async def become() -> bool:
        return right(await _powers(home))

    await _until(become, "what the devices draw")


async def _until(right: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await right():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
    except TimeoutError as err:
        raise HomeError(f"{what}: not as it should be in {_PATIENCE} s") from err
