"""A home that was lived in: three meters, devices, a vehicle, and something unfinished of every kind.

Everything is done through Home Assistant's API and as the utility does it, so that it is what people leave behind.
"""

import asyncio
from collections.abc import Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp

from . import charging, check, health, joining, registration
from .home import Home, HomeError
from .simulator import Simulator
from .walking import Pages, at, walk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

DOMAIN = "utility_han"
MORE = """\
template:
  - switch:
      - name: Heat tape
        unique_id: demo_heat_tape
        turn_on: []
        turn_off: []
      - name: Well pump
        unique_id: demo_well_pump
        turn_on: []
        turn_off: []
"""
"""Configuration of the appliances that the other meters' devices are."""

_PATIENCE = 90
_LABEL_LFDI = "0123456789ABCDEF0123456789ABCDEF01234567"
_LONG = 20 * 3600
"""So long does the load control last that is in force at the end."""


class Control:
    """A simulator's control endpoint."""

    def __init__(self, session: aiohttp.ClientSession, simulator: Simulator) -> None:
        self._session = session
        self._url = simulator.control
        self.gateway = f"/gateways/{simulator.gateway['id']}"

    async def __call__(self, method: str, path: str, /, **body: Any) -> Any:
        """Ask for something; ``HomeError`` where it is refused."""
        async with self._session.request(method, f"{self._url}{path}", json=body) as response:
            if response.status >= 400:
                raise HomeError(f"{method} {path}: HTTP {response.status} {await response.text()}")
            return await response.json() if response.content_type == "application/json" else None


@asynccontextmanager
async def control_of(simulator: Simulator) -> AsyncIterator[Control]:
    """Open the control endpoint of a simulator."""
    async with aiohttp.ClientSession() as session:
        yield Control(session, simulator)


async def live(home: Home, meter: Simulator, portal: Simulator, zigbee: Simulator) -> dict[str, Any]:
    """Live in a home that was just set up, until it is left with everything under way.

    Returns what only the simulators know: where the charger's counter stood, in Wh, when the open session began.
    """
    async with control_of(meter) as control:
        await _forget_a_meter(home, control)
        entry_id = (await check.commission(home, meter.gateway))["entry_id"]
        await home.ws("config/area_registry/create", name="Cellar")
        readings = await check.readings(home, entry_id)
        await _import_statistics(home, readings)
        await registration.link_account(home, meter, entry_id)
        for name in registration.DEVICES:
            await registration.register(home, entry_id, name)
        await registration.enrolled(home, len(registration.DEVICES))
        await registration.control(home, meter)
        await charging.bind_and_charge(home, meter, entry_id)
        await health.break_and_repair(home, meter, "Pool pump")

        await _second_meter(home, portal)
        await _third_meter(home, zigbee)

        await _suffer(home, meter, control)
        await _survey(home, entry_id)
        await _visit(home, control)
        await _be_controlled(home, control)
        counter_wh = await _begin_charging(home, control)
        await _leave_unfinished(home, control, entry_id)
    return {"session_began_at_wh": counter_wh}


async def _forget_a_meter(home: Home, control: Control) -> None:
    """Commission on a meter and remove it, keeping the identity for the next one."""
    other = await control("POST", "/gateways", registration="both")
    entry = await check.commission(home, other)
    result = await home.post("/api/config/config_entries/options/flow", {"handler": entry["entry_id"]})
    path = f"/api/config/config_entries/options/flow/{result['flow_id']}"
    await home.post(path, {"keep_identity": True})
    await asyncio.sleep(2)
    await home.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    await control("DELETE", f"/gateways/{other['id']}")


async def _import_statistics(home: Home, readings: Mapping[str, float]) -> None:
    """Give the register of delivered energy two days of history, as if it had been read all the time."""
    entity_id = next(each for each in readings if each.endswith(("from_the_grid", "energy_delivered")))
    state = next(each for each in await home.states() if each["entity_id"] == entity_id)
    value, unit = float(state["state"]), state["attributes"]["unit_of_measurement"]
    this_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = 48
    each_hour = 500.0 if unit == "Wh" else 0.5
    stats = [
        {
            "start": (this_hour - timedelta(hours=ago)).isoformat(),
            "state": value - ago * each_hour,
            "sum": (hours - ago) * each_hour,
        }
        for ago in range(hours, 0, -1)
    ]
    metadata = {
        "has_mean": False,
        "mean_type": 0,
        "has_sum": True,
        "name": None,
        "source": "recorder",
        "statistic_id": entity_id,
        "unit_class": "energy",
        "unit_of_measurement": unit,
    }
    await home.ws("recorder/import_statistics", metadata=metadata, stats=stats)


async def _register_at_portal(simulator: Simulator, lfdi: str) -> None:
    async with control_of(simulator) as control:
        await control("POST", f"{control.gateway}/registrations", lfdi=lfdi)


async def _second_meter(home: Home, portal: Simulator) -> None:
    """A meter whose utility has a portal only, with a device that follows it by itself."""
    pages = check.answers(portal.gateway) | {"location": {"name": "Cabin"}}
    del pages["method"]
    result = at(await walk(home, await home.flow_start(DOMAIN), pages), "method")
    await _register_at_portal(portal, result["description_placeholders"]["lfdi"])
    result = await home.flow_settled(await home.flow_step(result["flow_id"], {"way": "portal"}))
    entry = at(await walk(home, result, pages), "create_entry")["result"]
    await check.readings(home, entry["entry_id"])

    device: Pages = {
        "entity": {},
        "kind": {"kind": "load_switch", "name": "Cabin heater"},
        "installation": {"power": True, "control_point": True, "electrician": True},
        "method": {"next_step_id": "portal"},
        "portal": {"lfdi": _LABEL_LFDI},
    }
    result = await walk(home, await home.subentry_start(entry["entry_id"], "device"), device, sub=True)
    result = at(result, "portal_shown")
    await _register_at_portal(portal, _LABEL_LFDI)
    result = await home.subentry_step(result["flow_id"], {})
    at(await walk(home, result, {"registered_portal": {}}, sub=True), "create_entry")
    await charging.wait_for(home, "sensor.cabin_heater_registration", "commissioned")


async def _third_meter(home: Home, zigbee: Simulator) -> None:
    """A meter behind a Zigbee radio, with a device that Home Assistant speaks for."""
    await joining.permit(zigbee)
    pages = joining.answers(zigbee.gateway)
    pages["network"]["name"] = "Workshop"
    entry = await check.commission(home, zigbee.gateway, pages)
    await check.readings(home, entry["entry_id"])
    device: Pages = {
        "entity": {"entities": ["switch.heat_tape"]},
        "device": {"kind": "load_switch", "name": "Heat tape", "response": "off"},
        "registered_portal": {},
    }
    result = await home.subentry_start(entry["entry_id"], "device")
    at(await walk(home, result, device, sub=True), "create_entry")
    await charging.wait_for(home, "sensor.heat_tape_registration", "commissioned")


async def _device_id(home: Home, name: str) -> str:
    return str(next(each for each in await home.ws("config/device_registry/list") if each["name"] == name)["id"])


async def _act(home: Home, action: str, name: str, **data: Any) -> Any:
    data["device_id"] = await _device_id(home, name)
    return await home.ws("call_service", domain=DOMAIN, service=action, service_data=data)


async def _until(done: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await done():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise HomeError(f"waited in vain for {what}") from None


async def _issue(home: Home, begins: str) -> None:
    async def there() -> bool:
        issues = (await home.ws("repairs/list_issues"))["issues"]
        return any(each["domain"] == DOMAIN and each["issue_id"].startswith(begins) for each in issues)

    await _until(there, f"the notice {begins}")


async def _suffer(home: Home, meter: Simulator, control: Control) -> None:
    """One device has an open case, another is ill, and the utility wants to diagnose the first."""
    await _act(home, "report_problem", "Pool pump", summary="it hums")
    registrations = await control("GET", "/utility/registrations")
    by_kind = {each["device"]["kind"]: each for each in registrations}
    lfdi = by_kind["thermostat"]["device"]["lfdi"]
    await control("PATCH", f"{control.gateway}/registrations/{lfdi}", battery=2)  # low
    await _act(home, "diagnose", "Hall thermostat")
    await _issue(home, "unhealthy_")
    await control("POST", "/utility/diagnostics", registration_id=by_kind["pool_pump"]["id"], note="You called us.")
    await _issue(home, "diagnostics_requested_")


async def _survey(home: Home, entry_id: str) -> None:
    """Carry the pump around: two places are measured."""
    subentries = await home.ws("config_entries/subentries/list", entry_id=entry_id)
    pump = next(each["subentry_id"] for each in subentries if each["title"] == "Pool pump")
    result = await home.subentry_start(entry_id, "device", subentry_id=pump)
    for place in ("Cellar", "Garden shed"):
        result = await home.subentry_step(result["flow_id"], {"next_step_id": "survey"})
        result = at(await home.subentry_step(result["flow_id"], {"place": place}), "survey_good", "survey_poor")
    await home.subentry_step(result["flow_id"], {"next_step_id": "survey_done"})


async def _visit(home: Home, control: Control) -> None:
    """A visitor charges: nobody knows whose session that was."""
    await control("POST", "/chargers/garage/plug", vehicle="visitor")
    await charging.wait_for(home, "binary_sensor.garage_charger_plug", "on")
    await asyncio.sleep(4)
    await control("POST", "/chargers/garage/unplug")
    await _issue(home, "whose_session")


async def _be_controlled(home: Home, control: Control) -> None:
    """A control is in force that the thermostat stays out of, and another one is to come."""
    await control("POST", f"{control.gateway}/controls", program=1, duration=_LONG, heating_offset=20)
    await charging.wait_for(home, "input_boolean.pool_pump", "off")
    await _act(home, "opt_out", "Hall thermostat")
    await control("POST", f"{control.gateway}/controls", program=1, start_in=_LONG + 4 * 3600, duration=3600)


async def _begin_charging(home: Home, control: Control) -> int:
    """The family's car is planned to leave in two days, plugged in, and charges at the speed of a real one."""
    departure = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
    await _act(home, "plan_charging", "Family car", departure=departure, energy=12)
    await control("PATCH", "/chargers/garage", speed=1)
    charger = await control("POST", "/chargers/garage/plug", vehicle="family")
    await charging.wait_for(home, "binary_sensor.family_car_plug_2", "on")
    await asyncio.sleep(20)
    began_at: float = charger["total_kwh"]
    return round(began_at * 1000)


async def _leave_unfinished(home: Home, control: Control, entry_id: str) -> None:
    """A device, a vehicle and a meter were begun, and the dialogs left open."""
    device = {
        "user": {"next_step_id": "entity"},
        "entity": {},
        "kind": {"kind": "water_heater", "name": "Boiler"},
        "model": {"model": "homeassistant-water-heater"},
    }
    result = await home.subentry_start(entry_id, "device")
    at(await walk(home, result, device, sub=True), "installation")
    vehicle: dict[str, dict[str, Any]] = {
        "user": {"next_step_id": "begin"},
        "vehicle": {
            "vin": "WVWZZZ1JZXW000001",
            "vehicle_model": "ID.3",
            "more": {"make": "VW", "name": "Visitor's car"},
            "energy": "sensor.garage_charger_energy",
        },
    }
    result = await home.subentry_start(entry_id, "vehicle")
    at(await walk(home, result, vehicle, sub=True), "account")
    other = await control("POST", "/gateways", registration="both")
    pages = check.answers(other) | {"location": {"name": "Barn"}}
    del pages["method"]
    at(await walk(home, await home.flow_start(DOMAIN), pages), "method")
