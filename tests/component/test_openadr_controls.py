"""OpenADR events carried out, with a meter and without one: who asks is answered, and by whose clock it goes."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, ServiceCall, State, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN, SUBENTRY_DEVICE
from custom_components.utility_han.devices.device import HanDevice
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.gateway import DeviceState
from tests.component.conftest import Commission
from tests.component.test_load_control import SWITCH, Home
from tests.conftest import SimulatedGateway
from tests.helpers.devices import describe, link_otherwise
from tests.helpers.files import start_anew
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.states import state_of
from tests.helpers.subentries import SubentryFlow
from tests.helpers.vtn_hub import coordinator_of, hub_without_meter, put_beside_meter
from tests.openadr.under_test import Vtn

pytestmark = pytest.mark.use_case("UR-P")

STATE = [{"payloadType": "OPERATING_STATE", "reportIntervals": "OPEN_INTERVALS", "frequency": 0}]


class OpenAdrHome:
    """A home whose utility has a VTN, with devices in one of its programs."""

    def __init__(self, hass: HomeAssistant, vtn: Vtn, entry: ConfigEntry, program: str) -> None:
        self.hass, self.vtn, self.entry, self.program = hass, vtn, entry, program
        self.draws: dict[str, float] = {}

    @property
    def devices(self) -> list[HanDevice]:
        return list(self.entry.runtime_data.manager(Registrar).devices.values())

    async def add(self, kind: str, control: Mapping[str, Any], **levels: Any) -> None:
        """Add a device by its dialog, enrolled in the program."""
        flow = await SubentryFlow(self.hass, self.entry, SUBENTRY_DEVICE, {}).start()
        await describe(flow, kind, f"{kind} {len(self.devices)}", control)
        if flow.page == "levels":
            await flow.submit(levels)
        assert flow.page == "programs"
        await flow.submit({"programs": [self.program], "consent": True})
        await flow.submit({})
        await self.settle()
        assert self.devices[-1].state is DeviceState.ENROLLED

    async def settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def poll(self) -> None:
        await coordinator_of(self.entry).async_refresh()
        await self.settle()

    async def event(self, kind: str, *values: Any, minutes: int = 60, **more: Any) -> dict[str, Any]:
        """Have the VTN ask for something that began just now."""
        made = await self.vtn.make_event(
            self.program,
            intervalPeriod={"start": utc(-5), "duration": f"PT{minutes}M"},
            intervals=[{"id": 0, "payloads": [{"type": kind, "values": list(values)}]}],
            reportDescriptors=STATE,
            **more,
        )
        await self.poll()
        return made

    async def change(self, event: dict[str, Any], **changed: Any) -> None:
        await self.vtn.request("PUT", f"/events/{event['id']}", event | changed)
        await self.poll()

    async def end(self, event: dict[str, Any]) -> None:
        """Have the VTN cancel an event by a time in the past, without duration (user guide 7.9)."""
        await self.change(event, intervalPeriod={"start": "0001-01-01T00:00:00Z", "duration": "PT0S"})

    async def delete(self, event: dict[str, Any]) -> None:
        """Have the VTN cancel an event by deleting it (user guide 7.9); its reports go first, as one VTN wants it."""
        for report in await self.vtn.reports(event["id"]):
            await self.vtn.delete("reports", report["id"])
        await self.vtn.request("DELETE", f"/events/{event['id']}")
        await self.poll()

    async def told(self, event: dict[str, Any]) -> list[str]:
        """Return how devices were said to stand to an event, in order, whether they ran or not."""
        answers = [each for each in await self.vtn.reports(event["id"]) if f"{event['id']}:" in each["reportName"]]
        intervals = [each["resources"][0]["intervals"][0] for each in answers]
        by_time = sorted(intervals, key=lambda each: each["intervalPeriod"]["start"])
        states = [str(each["payloads"][0]["values"][0]) for each in by_time]
        return [state.removeprefix("IDLE_").removeprefix("RUNNING_") for state in states]

    def state(self, key: str, device: int = 0) -> State:
        registry = er.async_get(self.hass)
        unique_id = f"{self.devices[device].subentry_id}_{key}"
        found = next(each for each in registry.entities.values() if each.unique_id == unique_id)
        state = self.hass.states.get(found.entity_id)
        assert state is not None
        return state

    def is_on(self, name: str = "load") -> bool:
        return self.hass.states.is_state(f"input_boolean.{name}", "on")

    async def act(self, action: str, device: int = 0) -> None:
        registry = dr.async_get(self.hass)
        found = registry.async_get_device_by_identifier((DOMAIN, self.devices[device].key), self.entry.entry_id)
        assert found is not None
        await self.hass.services.async_call(DOMAIN, action, {"device_id": found.id}, blocking=True)
        await self.settle()


def utc(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="seconds").replace("+00:00", "Z")


async def appliances(hass: HomeAssistant) -> None:
    """Something that can be switched, and something that can be limited."""
    loads = {"load": {"initial": True}, "other": {"initial": True}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": loads})
    numbers = {"charger": {"min": 0, "max": 32, "step": 1, "initial": 32}}
    assert await async_setup_component(hass, "input_number", {"input_number": numbers})


type MakeHome = Callable[..., Awaitable[OpenAdrHome]]


@pytest.fixture
def make_home(hass: HomeAssistant, vtn: Vtn) -> MakeHome:
    """A home without a meter, and with one device."""

    async def make(control: Mapping[str, Any] = SWITCH, kind: str = "water_heater", **levels: Any) -> OpenAdrHome:
        await appliances(hass)
        program = await vtn.make_program("Flexible")
        home = OpenAdrHome(hass, vtn, await hub_without_meter(hass, vtn), program["id"])
        await home.add(kind, control, **levels)
        return home

    return make


async def test_event_goes_by_utc_whatever_the_meter_takes_for_the_time(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    await appliances(hass)
    entry = await commission(gateway)
    program = await vtn.make_program("Flexible")
    await put_beside_meter(hass, entry, vtn)
    home, meter = OpenAdrHome(hass, vtn, entry, program["id"]), Home(hass, gateway, entry)
    await home.add("water_heater", SWITCH)
    await meter.let_pass(-120)  # the meter's clock is two hours slow
    event = await home.event("DISPATCH_SETPOINT", 1.0)
    assert not home.is_on()
    active = home.state("active_event")
    assert active.state == "reduction"
    start = dt_util.parse_datetime(active.attributes["start"])
    assert start is not None
    assert abs(dt_util.utcnow() - start) < timedelta(minutes=2)
    assert await home.told(event) == ["CURTAILED"]
    await home.act("opt_out")
    assert home.is_on()
    assert await home.told(event) == ["CURTAILED", "OPTED_OUT"]
    await home.act("opt_in")
    assert not home.is_on()
    await home.end(event)
    assert home.is_on()
    assert await gateway.responses() == [], "the meter asked for nothing"
    link, lfdi = entry.runtime_data.gateway, home.devices[0].lfdi
    href = await link.announce(home.devices[0].device_category, lfdi)
    await gateway.enroll(lfdi, 1)
    home.devices[0].dr_programs += tuple(await link.device_programs(href))
    await meter.ask(duration=600, load_adjustment=10000)
    assert not home.is_on(), "the meter asks as ever, by its own clock"
    assert (await meter.answers())[-1] == R.STARTED


@pytest.mark.simulator_only("faults")
async def test_answer_waits_for_the_vtn_and_is_given_once(make_home: MakeHome, simulated_vtn: SimulatedVtn) -> None:
    home = await make_home()
    event = await home.event("DISPATCH_SETPOINT", 1.0)
    await simulated_vtn.call("PUT", "/faults/rate_limit")
    await home.act("opt_out")
    await simulated_vtn.call("DELETE", "/faults")
    assert await home.told(event) == ["CURTAILED"]
    for _ in range(2):
        await home.poll()
        assert await home.told(event) == ["CURTAILED", "OPTED_OUT"]


async def test_event_that_is_moved_keeps_who_left_it(make_home: MakeHome) -> None:
    """An event of OpenADR keeps its id when it is changed (PUT /events/{eventID}); that is no replay."""
    home = await make_home()
    event = await home.event("DISPATCH_SETPOINT", 1.0)
    assert not home.is_on()
    later = utc(7200)
    await home.change(event, intervalPeriod={"start": later, "duration": "PT1H"})
    assert home.is_on()
    assert home.state("next_event").state == later.replace("Z", "+00:00")
    await home.act("opt_out")
    await home.change(event)
    assert home.is_on(), "who left it stays out of it"
    assert home.state("active_event").attributes["participating"] is False


async def test_of_two_events_the_other_counts_when_one_is_over(make_home: MakeHome) -> None:
    """User guide 7.1: the lower number has the higher priority, for as long as it is there."""
    home = await make_home({"entity_id": "input_number.charger", "response": "off", "limit": 6}, "evse")
    lasting = await home.event("DISPATCH_SETPOINT", 2.0, priority=5)
    other = await home.event("DISPATCH_SETPOINT", 1.0, priority=1)
    assert home.state("active_event").attributes["what"] == {"target_reduction": 1000.0}
    await home.delete(other)
    assert home.state("active_event").attributes["what"] == {"target_reduction": 2000.0}
    assert home.hass.states.is_state("input_number.charger", "6.0")
    assert await home.told(lasting) == ["CURTAILED", "NORMAL", "CURTAILED"]


async def test_levels_do_what_a_person_said_that_they_are(make_home: MakeHome) -> None:
    how = {"response": "limit", "limit": 6, "level_1": "nothing", "level_2": "percent_50", "level_3": "off"}
    home = await make_home({"entity_id": "input_number.charger"} | how, "evse")
    moderate = await home.event("SIMPLE", 1, priority=9)
    assert home.state("active_event").state == "load_level"
    assert home.hass.states.is_state("input_number.charger", "32.0"), "a person wants it so"
    assert await home.told(moderate) == ["CURTAILED"]
    offset = await home.event("CONTROL_LEVEL_OFFSET", 1, priority=1)
    assert home.hass.states.is_state("input_number.charger", "16.0"), "one more than the level in force"
    await home.end(offset)
    await home.change(moderate, intervals=[{"id": 0, "payloads": [{"type": "SIMPLE", "values": [3]}]}])
    assert home.hass.states.is_state("input_number.charger", "6.0")
    await home.end(moderate)
    assert home.hass.states.is_state("input_number.charger", "32.0")


async def test_what_nobody_can_do_is_refused_in_words(make_home: MakeHome) -> None:
    home = await make_home()
    event = await home.event(
        "CHARGE_STATE_SETPOINT",
        0.8,
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "CHARGE_STATE_SETPOINT", "units": "PERCENT"}
        ],
    )
    assert home.is_on()
    told = home.state("control")
    assert (told.attributes["event_type"], told.attributes["reason"]) == ("rejected", "charge_state")
    assert await home.told(event) == ["NORMAL"]
    (kept,) = home.entry.subentries.values()
    without = {name: value for name, value in kept.data["control"].items() if not name.startswith("level")}
    link_otherwise(home.hass, home.entry, kept, without)
    await home.settle()
    await home.event("SIMPLE", 2)
    assert home.state("control").attributes["reason"] == "level_not_set"
    assert home.is_on()


async def test_programs_that_are_chosen_later_count_and_those_left_do_not(make_home: MakeHome) -> None:
    home = await make_home()
    first, home.program = home.program, (await home.vtn.make_program("Later"))["id"]
    await home.event("SIMPLE", 3)
    assert home.is_on()
    for programs in ([home.program], [first]):
        flow = await SubentryFlow(home.hass, home.entry, SUBENTRY_DEVICE, {}).change()
        await flow.choose("programs_change")
        await flow.submit({"programs": programs, "consent": True})
        await flow.submit({})
        await home.settle()
        assert home.is_on() is (home.program not in programs), "what was asked already counts, without another poll"
        if not home.is_on():
            assert home.state("load_control").attributes["message"] == "Load level 3"


async def test_calendar_of_the_home_has_what_all_devices_are_asked_and_will_be(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    home = await make_home()
    await home.add("pool_pump", {"entity_id": "input_boolean.other", "response": "off"})
    assert state_of(hass, home.entry, "all_load_controls").state == "off"
    event = await home.event("SIMPLE", 3)
    await home.vtn.make_event(
        home.program,
        intervalPeriod={"start": utc(2 * 3600), "duration": "PT1H"},
        intervals=[{"id": 0, "payloads": [{"type": "SIMPLE", "values": [2]}]}],
    )
    await home.poll()
    calendar = state_of(hass, home.entry, "all_load_controls")
    both = ": pool_pump 1, water_heater 0"
    assert (calendar.state, calendar.attributes["message"]) == ("on", f"Load level 3{both}")
    await home.act("opt_out", 1)
    now = dt_util.utcnow()
    call = {
        "entity_id": calendar.entity_id,
        "start_date_time": now - timedelta(hours=1),
        "end_date_time": now + timedelta(days=1),
    }
    answer = await hass.services.async_call("calendar", "get_events", call, blocking=True, return_response=True)
    assert answer is not None
    found: Any = answer[calendar.entity_id]
    assert [each["summary"] for each in found["events"]] == [f"Load level 3{both}", f"Load level 2{both}"]
    await home.delete(event)
    calendar = state_of(hass, home.entry, "all_load_controls")
    assert (calendar.state, calendar.attributes["message"]) == ("off", f"Load level 2{both}")


async def test_limit_of_the_premise_is_shared_by_importance(make_home: MakeHome) -> None:
    home = await make_home(SWITCH | {"importance": 2})
    appliance = measured_switch(home, "boiler", 3000)
    await home.add("water_heater", {"entity_id": appliance, "response": "off", "importance": 3})
    other = measured_switch(home, "pump", 1000)
    await home.add("pool_pump", {"entity_id": other, "response": "off", "importance": 9})
    grid = Grid(home)
    await grid.choose()
    await grid.draws(8000)
    event = await home.event("IMPORT_CAPACITY_LIMIT", 6.0)
    assert not home.is_on(), "nobody knows what it draws, and it is the least important"
    assert home.hass.states.is_state(appliance, "off")
    assert home.hass.states.is_state(other, "on"), "enough is saved without it"
    assert home.state("active_event").attributes["by_meter"] is True
    assert await home.told(event) == ["CURTAILED"]
    await grid.draws(6500)
    await home.act("opt_out", 0)
    assert home.is_on("load"), "who is out of it uses what it uses"
    await home.end(event)
    assert home.hass.states.is_state(appliance, "on")


@pytest.mark.parametrize(
    ("unit", "highest", "drawn", "lowered"),
    [("W", 11000, 7000.0, 3750.0), ("A", 32, 7360.0, 17.0)],  # of 8000 W that are too many, 3250 W go
)
async def test_charger_is_lowered_as_far_as_it_takes(
    make_home: MakeHome, unit: str, highest: float, drawn: float, lowered: float
) -> None:
    home = await make_home()
    sensor = beside_a_sensor(home, "number", "wallbox")
    wallbox = limited_number(home, highest, max=highest, step=1, unit_of_measurement=unit)
    home.hass.states.async_set(sensor, str(drawn), {"unit_of_measurement": "W", "device_class": "power"})
    await home.add("evse", {"entity_id": "number.wallbox", "response": "limit", "limit": 6, "importance": 1})
    grid = Grid(home)
    await grid.choose()
    await grid.draws(8000)
    event = await home.event("IMPORT_CAPACITY_LIMIT", 5.0)
    await home.poll()
    assert wallbox() == lowered
    assert home.is_on(), "more important, and there is no need"
    await home.end(event)
    assert home.hass.states.is_state("number.wallbox", str(float(highest)))


@pytest.mark.parametrize(("lowest", "charges_at", "states"), [(6, 3000.0, ["CURTAILED"]), (5000, 5000.0, ["NORMAL"])])
async def test_set_point_that_is_aimed_at_one_charger_is_told_as_it_was_carried_out(
    make_home: MakeHome, lowest: int, charges_at: float, states: list[str]
) -> None:
    """Where nothing changes because a person lets it go no lower, the utility is not told that it did."""
    home = await make_home()
    wallbox = limited_number(home, 5000, max=11000, step=10, unit_of_measurement="W")
    await home.add("evse", {"entity_id": "number.wallbox", "response": "limit", "limit": lowest})
    name = f"evse-{home.devices[1].lfdi}"
    (resource,) = [each for each in await home.vtn.request("GET", "/resources") if each["resourceName"] == name]
    granted = resource | {"objectType": "BL_RESOURCE_REQUEST", "targets": ["garage"]}
    await home.vtn.request("PUT", f"/resources/{resource['id']}", granted)
    event = await home.event("DISPATCH_SETPOINT", 3.0, targets=["garage"])
    assert wallbox() == charges_at
    assert home.is_on(), "the other device was not meant"
    assert await home.told(event) == states
    assert {report["resources"][0]["resourceName"] for report in await home.vtn.reports(event["id"])} == {name}
    await home.end(event)
    assert wallbox() == 5000


async def test_smaller_limit_takes_over_where_another_was_held(make_home: MakeHome) -> None:
    """What was lowered is known to be so, and what is above the new limit goes down further."""
    home = await make_home()
    wallbox = limited_number(home, 7000, max=11000, step=10, unit_of_measurement="W")
    await home.add("evse", {"entity_id": "number.wallbox", "response": "limit", "limit": 0, "importance": 1})
    grid = Grid(home)
    await grid.choose()
    await grid.draws(8000)
    first = await home.event("IMPORT_CAPACITY_LIMIT", 6.0, priority=5)
    assert wallbox() == 4700
    await grid.draws(5700)
    second = await home.event("IMPORT_CAPACITY_LIMIT", 3.0, priority=1)
    assert wallbox() == 1850
    await home.end(second)
    await start_anew(home.hass, home.entry)
    await home.poll()
    assert wallbox() <= 4700, "it is held over a start"
    await home.end(first)
    assert wallbox() == 7000, "and what was there before is known"


async def test_limit_is_kept_to_whatever_else_is_asked_of_a_device(make_home: MakeHome) -> None:
    """Of one device one control is in force; SIMPLE 0, "normal operation", is no leave to go beyond a limit."""
    home = await make_home()
    grid = Grid(home)
    await grid.choose()
    await grid.draws(8000)
    limit = await home.event("IMPORT_CAPACITY_LIMIT", 6.0, priority=5)
    assert not home.is_on()
    level = await home.event("SIMPLE", 0, priority=1)
    assert home.state("active_event").state == "load_level"
    assert not home.is_on()
    await home.end(limit)
    assert home.is_on()
    await home.end(level)


@pytest.mark.use_case("UR-EV")
async def test_vehicle_is_charged_up_to_what_is_asked(make_home: MakeHome, hass: HomeAssistant) -> None:
    home = await make_home({**SWITCH, "battery": "sensor.battery"}, "evse")
    hass.states.async_set("sensor.battery", "55")
    units = {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "CHARGE_STATE_SETPOINT", "units": "PERCENT"}
    event = await home.event("CHARGE_STATE_SETPOINT", 0.8, payloadDescriptors=[units])
    assert home.is_on()
    assert home.state("active_event").state == "charge_state"
    hass.states.async_set("sensor.battery", "80")
    await home.poll()
    assert not home.is_on()
    assert await home.told(event) == ["CURTAILED"]
    await home.end(event)
    assert home.is_on()


async def test_limit_that_nothing_measures_is_kept_by_a_share(make_home: MakeHome) -> None:
    home = await make_home()
    grid = Grid(home)
    await grid.choose()
    home.hass.states.async_set("sensor.grid", "unavailable")
    event = await home.event("IMPORT_CAPACITY_LIMIT", 6.0)
    assert not home.is_on(), "nobody knows what it draws"
    assert home.state("active_event").attributes["by_meter"] is False
    issues = ir.async_get(home.hass)
    assert issues.async_get_issue(DOMAIN, f"limit_unmeasured_{home.entry.entry_id}") is not None
    await home.delete(event)
    assert home.is_on()
    assert issues.async_get_issue(DOMAIN, f"limit_unmeasured_{home.entry.entry_id}") is None


def limited_number(home: OpenAdrHome, value: float, **attributes: Any) -> Callable[[], float]:
    """Make ``number.wallbox``, from 0 to its ``max``, which can be set; return what says how it is set."""
    hass, shown = home.hass, {"min": 0, **attributes}
    hass.states.async_set("number.wallbox", str(value), shown)

    @callback
    def set_value(call: ServiceCall) -> None:
        hass.states.async_set("number.wallbox", str(call.data["value"]), shown)

    def now() -> float:
        state = hass.states.get("number.wallbox")
        assert state is not None
        return float(state.state)

    hass.services.async_register("number", "set_value", set_value)
    return now


def beside_a_sensor(home: OpenAdrHome, domain: str, name: str) -> str:
    """Make an entity on a device that also has a sensor of power; return that."""
    device = dr.async_get(home.hass).async_get_or_create(
        config_entry_id=home.entry.entry_id, identifiers={("plug", name)}
    )
    registry = er.async_get(home.hass)
    registry.async_get_or_create(domain, "plug", name, suggested_object_id=name, device_id=device.id)
    sensor = registry.async_get_or_create(
        "sensor", "plug", name, suggested_object_id=name, device_id=device.id, original_device_class="power"
    )
    return sensor.entity_id


def measured_switch(home: OpenAdrHome, name: str, watts: float) -> str:
    """Make a switch that is on, with a sensor that tells what its load draws."""
    hass, entity_id = home.hass, f"switch.{name}"
    beside_a_sensor(home, "switch", name)
    home.draws[entity_id] = watts

    @callback
    def show(switch: str, *, on: bool) -> None:
        hass.states.async_set(switch, "on" if on else "off")
        drawn = {"unit_of_measurement": "W", "device_class": "power"}
        told = str(home.draws[switch] if on else 0)
        hass.states.async_set(switch.replace("switch.", "sensor."), told, drawn)

    @callback
    def turn(call: ServiceCall) -> None:
        show(str(call.data["entity_id"]), on=call.service == "turn_on")

    for action in ("turn_on", "turn_off"):
        hass.services.async_register("switch", action, turn)
    show(entity_id, on=True)
    return entity_id


class Grid:
    """What the home takes from the grid, by a sensor of the energy dashboard."""

    def __init__(self, home: OpenAdrHome) -> None:
        self._home = home

    async def choose(self) -> None:
        self._home.hass.config.components.add("energy")
        manager = await async_get_manager(self._home.hass)
        await manager.async_update({"energy_sources": [{"type": "grid", "stat_rate": "sensor.grid"}]})  # type: ignore[typeddict-item]
        await self._home.poll()

    async def draws(self, watts: float) -> None:
        kilowatts = {"unit_of_measurement": "kW", "device_class": "power"}
        self._home.hass.states.async_set("sensor.grid", str(watts / 1000), kilowatts)
        await self._home.settle()
