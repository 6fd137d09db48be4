"""Charging without a person: binds a vehicle, charges it, and compares the bill with the meter."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from .home import Home, HomeError
from .simulator import Simulator
from .walking import at, walk

_PATIENCE = 90
_SPEED = 200
ANSWERS: Mapping[str, dict[str, Any]] = {
    "vehicle": {
        "vin": "1M8GDM9AXKP042788",
        "vehicle_model": "One",
        "more": {"make": "Voltline", "name": "Family car"},
        "energy": "sensor.garage_charger_energy",
        "station": {
            "name": "Garage",
            "serial": "VL11-004711",
            "plug": "binary_sensor.garage_charger_plug",
            "meter": "evse",
            "max_power": f"{11 * _SPEED}",
            "switch": "switch.garage_charger",
            "battery": "sensor.family_car_battery",
            "presence": "binary_sensor.family_car_plug",
        },
    },
    "account": {"pays": "own", "program": "ev-tou"},
    "program": {"consent": True},
}
"""What to answer on each page."""


async def bind(home: Home, entry_id: str) -> None:
    """Walk the vehicle flow to its end."""
    at(await walk(home, await home.subentry_start(entry_id, "vehicle"), ANSWERS, sub=True), "create_entry")


type _Control = Callable[..., Awaitable[Any]]


@asynccontextmanager
async def controlling(simulator: Simulator) -> AsyncIterator[_Control]:
    """Do something to the simulator by method, path and body."""
    async with aiohttp.ClientSession() as session:

        async def control(method: str, path: str, **body: Any) -> Any:
            async with session.request(method, f"{simulator.control}{path}", json=body) as response:
                response.raise_for_status()
                return await response.json()

        yield control


async def charge_bound(home: Home, control: _Control, binding: Awaitable[None]) -> int:
    """Have the family's car bound, charge it at its charger, and return the Wh that its meter has counted."""
    await control("PATCH", "/chargers/garage", speed=_SPEED)
    await wait_for(home, "binary_sensor.garage_charger_plug", "off")
    await binding
    await wait_for(home, "sensor.family_car_binding", "in_force")
    before = (await control("GET", "/chargers/garage"))["total_kwh"]
    await control("POST", "/chargers/garage/plug", vehicle="family")
    await wait_for(home, "binary_sensor.family_car_plug_2", "on")
    await asyncio.sleep(5)
    await control("POST", "/chargers/garage/unplug")
    charged: float = (await control("GET", "/chargers/garage"))["total_kwh"] - before
    return round(charged * 1000)


async def bind_and_charge(home: Home, simulator: Simulator, entry_id: str) -> dict[str, Any]:
    """Bind the family's car, charge it, and return what meter and bill say; they are equal."""
    async with controlling(simulator) as control:
        metered = await charge_bound(home, control, bind(home, entry_id))
        unplugged = time.monotonic()
        async with asyncio.timeout(_PATIENCE):
            while not (bills := await control("GET", "/utility/bills")):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
    billed = bills[0]["energy_wh"]
    if billed != metered:
        raise HomeError(f"{metered} Wh were charged, and {billed} Wh are billed")
    return {
        "charged_wh": metered,
        "billed_wh": billed,
        "billed_amount": bills[0]["amount"],
        "bill_seconds": round(time.monotonic() - unplugged, 1),
    }


async def wait_for(home: Home, entity_id: str, wanted: str) -> None:
    """Wait for a state; a number is as good however it is written."""
    found = None
    try:
        async with asyncio.timeout(_PATIENCE):
            while found is None or not _same(found, wanted):
                found = next((each["state"] for each in await home.states() if each["entity_id"] == entity_id), None)
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise HomeError(f"{entity_id} is {found}, not {wanted}") from None


def _same(found: str, wanted: str) -> bool:
    try:
        return round(float(found), 3) == round(float(wanted), 3)
    except ValueError:
        return found == wanted
