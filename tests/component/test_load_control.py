"""Load controls from the utility's click to the appliance and back: real Home Assistant, simulated gateway."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType, SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from aiohttp.test_utils import TestClient
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigSubentry
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, ServiceCall, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.utility_han.const import DOMAIN, EVENT_REGISTRATION
from custom_components.utility_han.devices.device import HanDevice
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.esi import DemandResponseProgram, LoadControl, ResponseStatus, Source
from custom_components.utility_han.gateway import GatewayError, Ieee2030_5Gateway, Reason, ends_subscription
from custom_components.utility_han.gateway.ieee2030_5 import demand_response
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.hub import acting, hearing
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.load_control import calendars, subscription
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.load_control.store import KeptControls
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.files import start_anew
from tests.helpers.states import eventually, until

pytestmark = pytest.mark.use_case("UR-P")

LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
R = ResponseStatus
SWITCH = {"entity_id": "input_boolean.load", "response": "off"}
SLOW_FAN = {"entity_id": "fan.slow", "response": "off"}
HOUR = 3600
_OVER = b"""<Notification xmlns="urn:ieee:std:2030.5:ns"><subscribedResource>/x</subscribedResource>
<status>1</status><subscriptionURI>/sub/1</subscriptionURI></Notification>"""
"""A subscription was cancelled (sep.xsd, Notification.status 1)."""


class Home:
    """A hub with one controlled device."""

    def __init__(self, hass: HomeAssistant, gateway: SimulatedGateway, entry: ConfigEntry) -> None:
        self.hass, self.gateway, self.entry = hass, gateway, entry
        self._passed = 0

    @property
    def device(self) -> HanDevice:
        found: HanDevice = next(iter(self.entry.runtime_data.manager(Registrar).devices.values()))
        return found

    async def poll(self) -> None:
        await self.entry.runtime_data.coordinator.async_refresh()
        await self.settle()

    async def settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def let_pass(self, minutes: float, *, poll: bool = True) -> None:
        """Let time pass for the gateway, which is whose time controls go by."""
        self._passed += round(minutes * 60)
        await self.gateway.fault("wrong_clock", seconds=self._passed)
        if poll:
            self.entry.runtime_data.coordinator.read_anew()
            await self.poll()

    async def ask(self, **control: Any) -> dict[str, Any]:
        """Have the utility ask for something, beginning now unless it says when."""
        made = await self.gateway.publish(**{"program": 1, "start_in": -2} | control)
        await self.poll()
        return made

    async def answers(self) -> list[int]:
        return [response["status"] for response in await self.gateway.responses()]

    def state(self, key: str) -> State:
        registry = er.async_get(self.hass)
        unique_id = f"{self.device.subentry_id}_{key}"
        found = next(each for each in registry.entities.values() if each.unique_id == unique_id)
        assert found.config_subentry_id == self.device.subentry_id
        state = self.hass.states.get(found.entity_id)
        assert state is not None
        return state

    def is_on(self) -> bool:
        return self.hass.states.is_state("input_boolean.load", "on")

    async def turn(self, how: str) -> None:
        await self.hass.services.async_call("input_boolean", f"turn_{how}", {"entity_id": "input_boolean.load"}, True)

    async def turned(self, how: str) -> None:
        """Wait until the load is on or off."""
        await until(lambda: self.hass.states.is_state("input_boolean.load", how))

    def switched(self) -> list[str]:
        """Return what the load becomes from now on, as it happens."""
        states: list[str] = []

        @callback
        def keep(event: Event[EventStateChangedData]) -> None:
            if event.data["new_state"]:
                states.append(event.data["new_state"].state)

        async_track_state_change_event(self.hass, ["input_boolean.load"], keep)
        return states

    async def act(self, action: str, **data: Any) -> None:
        found = dr.async_get(self.hass).async_get_device_by_identifier((DOMAIN, self.device.key), self.entry.entry_id)
        assert found is not None
        await self.hass.services.async_call(DOMAIN, action, {"device_id": found.id, **data}, blocking=True)
        await self.settle()


type MakeHome = Callable[..., Awaitable[Home]]


@pytest.fixture
def make_home(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> MakeHome:
    async def make(control: Mapping[str, Any], kind: str = "water_heater") -> Home:
        assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"load": {"initial": True}}})
        numbers = {"charger": {"min": 0, "max": 32, "step": 1, "initial": 32}}
        assert await async_setup_component(hass, "input_number", {"input_number": numbers})
        home = Home(hass, gateway, await commission(gateway))
        link = home.entry.runtime_data.coordinator.gateway
        lfdi = link.unused_lfdi(()) or LFDI
        subentry = ConfigSubentry(
            data=MappingProxyType({"lfdi": lfdi, "kind": kind, "control": dict(control)}),
            subentry_type="device",
            title="Basement",
            unique_id=lfdi,
        )
        hass.config_entries.async_add_subentry(home.entry, subentry)
        await home.settle()
        link = home.entry.runtime_data.coordinator.gateway
        href = await link.announce(home.device.device_category, lfdi)
        # Over Zigbee a device is in one group at a time.
        programs = (1, 2) if gateway.zigbee is None else (1,)
        for program in programs:
            await gateway.enroll(lfdi, program)
        for _ in range(2):
            home.entry.runtime_data.coordinator.read_anew()
            await home.poll()
        home.device.dr_programs = tuple(await link.device_programs(href))
        home.device.state = DeviceState.ENROLLED
        assert len(home.device.dr_programs) == len(programs)
        return home

    return make


@BOTH_TRANSPORTS
async def test_switched_off_for_as_long_as_it_lasts(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    assert home.state("active_event").state == "none"
    await home.ask(start_in=600, duration=1800, duty_cycle=30)
    assert home.is_on()
    assert await home.answers() == [R.RECEIVED]
    begins = dt_util.parse_datetime(home.state("next_event").state)
    assert begins is not None
    # The gateway tells its clock in whole seconds (sep.xsd, Time.currentTime), and may be a second behind by it.
    assert timedelta(minutes=9) < begins - dt_util.utcnow() <= timedelta(minutes=10, seconds=1)

    await home.let_pass(11)
    assert not home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED]
    active = home.state("active_event")
    assert active.state == "reduction", "it is off for the whole time"
    assert active.attributes["what"] == {"duty_cycle": 30}
    assert active.attributes["mandatory"] is False
    assert home.state("load_control").state == "on"

    await home.let_pass(30)
    assert home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]
    assert home.state("control").attributes["event_type"] == "completed"
    assert home.state("active_event").state == "none"


async def test_times_are_kept_without_any_poll(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    switched = home.switched()
    await home.ask(start_in=1, duration=5)
    await until(lambda: switched == ["off", "on"])
    await home.settle()
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]


async def test_what_was_off_stays_off(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.turn("off")
    await home.ask(duration=600)
    await home.let_pass(11)
    assert not home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]


@BOTH_TRANSPORTS
async def test_duty_cycle(make_home: MakeHome) -> None:
    home = await make_home({"entity_id": "input_boolean.load", "response": "duty_cycle"})
    await home.ask(duration=HOUR, duty_cycle=40)
    on = [home.is_on()]
    for _ in range(20):
        await home.let_pass(2.9)
        on.append(home.is_on())
    # 18 minutes off, 12 on, in each half hour.
    assert on == [False] * 7 + [True] * 4 + [False] * 6 + [True] * 4
    await home.let_pass(5)
    assert home.is_on()
    assert (await home.answers())[-1] == R.COMPLETED


@pytest.mark.parametrize(
    ("percent", "config", "expected"),
    [
        (1000, {}, 28.0),  # L1: 28.8 A, rounded down to the charger's step
        (5000, {}, 16.0),
        (5900, {}, 13.0),
        (10000, {"limit": 6}, 6.0),
        (9000, {"limit": 6}, 6.0),
        (0, {"limit": 6}, 32.0),
        (None, {"limit": 6}, 6.0),
    ],
)
async def test_limit_of_a_charger(
    hass: HomeAssistant, make_home: MakeHome, percent: int | None, config: dict[str, Any], expected: float
) -> None:
    home = await make_home({"entity_id": "input_number.charger", "response": "limit", **config}, "evse")

    def value() -> float:
        state = hass.states.get("input_number.charger")
        assert state is not None
        return float(state.state)

    await home.ask(duration=600, **({"load_adjustment": percent} if percent is not None else {}))
    assert value() == expected
    await home.let_pass(11)
    assert value() == 32


def climate(hass: HomeAssistant, mode: str, **attributes: Any) -> None:
    """A thermostat of another integration, reduced to its states and actions."""
    hass.states.async_set("climate.home", mode, {"min_temp": 7, "max_temp": 95, "target_temp_step": 0.5, **attributes})

    @callback
    def changed(call: ServiceCall) -> None:
        state = hass.states.get("climate.home")
        assert state is not None
        new = {key: value for key, value in call.data.items() if key not in ("entity_id", "hvac_mode")}
        hass.states.async_set("climate.home", call.data.get("hvac_mode", state.state), {**state.attributes, **new})

    hass.services.async_register("climate", "set_temperature", changed)
    hass.services.async_register("climate", "set_hvac_mode", changed)


OFFSET = {"response": "offset"}


@BOTH_TRANSPORTS
@pytest.mark.parametrize(
    ("config", "mode", "before", "asked", "during"),
    [
        (OFFSET, "cool", {"temperature": 22.0}, {"cooling_offset": 20, "heating_offset": 10}, {"temperature": 24.0}),
        (OFFSET, "heat", {"temperature": 21.0}, {"cooling_offset": 20, "heating_offset": 15}, {"temperature": 19.5}),
        (OFFSET, "off", {"temperature": 21.0}, {"cooling_offset": 20}, {"temperature": 21.0}),
        (OFFSET | {"offset": 2}, "cool", {"temperature": 22.0}, {"duty_cycle": 50}, {"temperature": 24.0}),
        (
            OFFSET,
            "heat_cool",
            {"target_temp_high": 25.0, "target_temp_low": 20.0},
            {"cooling_offset": 20, "heating_offset": 10},
            {"target_temp_high": 27.0, "target_temp_low": 19.0},
        ),
        ({"response": "setpoint"}, "cool", {"temperature": 22.0}, {"cooling_setpoint": 2600}, {"temperature": 26.0}),
        ({"response": "setpoint"}, "heat", {"temperature": 17.0}, {"heating_setpoint": 1800}, {"temperature": 17.0}),
        ({"response": "setpoint"}, "heat", {"temperature": 21.0}, {"heating_offset": 30}, {"temperature": 18.0}),
        (
            {"response": "setpoint", "offset": 2},
            "cool",
            {"temperature": 22.0},
            {"cooling_setpoint": 2600, "cooling_offset": 10},
            {"temperature": 26.0},
        ),
        (
            {"response": "setpoint", "offset": 2},
            "cool",
            {"temperature": 22.0},
            {"duty_cycle": 50},
            {"temperature": 24.0},
        ),
    ],
)
async def test_thermostat_gives_way_and_comes_back(
    hass: HomeAssistant,
    make_home: MakeHome,
    config: dict[str, Any],
    mode: str,
    before: dict[str, float],
    asked: dict[str, int],
    during: dict[str, float],
) -> None:
    climate(hass, mode, **before)
    home = await make_home({"entity_id": "climate.home", **config}, "thermostat")
    await home.ask(duration=600, **asked)
    state = hass.states.get("climate.home")
    assert state is not None
    assert during.items() <= state.attributes.items()
    await home.let_pass(11)
    state = hass.states.get("climate.home")
    assert state is not None
    assert before.items() <= state.attributes.items()
    assert state.state == mode


async def test_thermostat_in_fahrenheit(hass: HomeAssistant, make_home: MakeHome) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    climate(hass, "cool", temperature=72.0, target_temp_step=1)
    home = await make_home({"entity_id": "climate.home", "response": "offset"}, "thermostat")
    await home.ask(duration=600, cooling_offset=20)
    state = hass.states.get("climate.home")
    assert state is not None
    assert state.attributes["temperature"] == 76.0
    await home.let_pass(11)
    state = hass.states.get("climate.home")
    assert state is not None
    assert state.attributes["temperature"] == 72.0


@BOTH_TRANSPORTS
async def test_what_a_person_changed_is_not_undone(make_home: MakeHome) -> None:
    home = await make_home({"entity_id": "input_boolean.load", "response": "duty_cycle"})
    await home.ask(duration=HOUR, duty_cycle=40)
    assert not home.is_on()
    await home.turn("on")
    for _ in range(3):
        await home.let_pass(15)
        assert home.is_on()
    await home.turn("off")
    await home.let_pass(20)
    assert not home.is_on()


def slow_fan(hass: HomeAssistant) -> list[str]:
    """Have a fan, :data:`SLOW_FAN`, that follows when the test says so; return the actions that it is told."""
    told: list[str] = []
    hass.states.async_set(SLOW_FAN["entity_id"], "on")
    for how in ("on", "off"):
        hass.services.async_register("fan", f"turn_{how}", lambda call: told.append(call.service))
    return told


async def test_slow_device_is_not_taken_for_a_person(hass: HomeAssistant, make_home: MakeHome) -> None:
    told = slow_fan(hass)
    home = await make_home(SLOW_FAN)
    await home.ask(duration=1200)
    await home.let_pass(2)
    assert told == ["turn_off"]
    hass.states.async_set("fan.slow", "off")
    await home.let_pass(20)
    assert told == ["turn_off", "turn_on"]


async def test_slow_device_is_told_of_the_end_even_before_it_followed(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    told = slow_fan(hass)
    home = await make_home(SLOW_FAN)
    await home.ask(duration=600)
    await home.let_pass(11)
    assert told == ["turn_off", "turn_on"]


async def test_failing_action_is_tried_again(
    hass: HomeAssistant, make_home: MakeHome, caplog: pytest.LogCaptureFixture
) -> None:
    hass.states.async_set("fan.moody", "on")
    calls = 0

    @callback
    def turn_off(call: ServiceCall) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("not now")
        hass.states.async_set("fan.moody", "off")

    hass.services.async_register("fan", "turn_off", turn_off)
    home = await make_home({"entity_id": "fan.moody", "response": "off"})
    await home.ask(duration=600)
    assert "turn_off failed" in caplog.text
    await home.poll()
    assert hass.states.is_state("fan.moody", "off")


async def test_action_that_never_comes_back_keeps_nothing_from_its_end(
    hass: HomeAssistant, make_home: MakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "MAY_TAKE", timedelta(milliseconds=50))
    hass.states.async_set("fan.stuck", "on")
    told: list[str] = []
    home = await make_home({"entity_id": "fan.stuck", "response": "off"})

    async def stuck(call: ServiceCall) -> None:
        told.append(call.service)
        if call.service == "turn_off":
            await asyncio.Event().wait()

    for how in ("on", "off"):
        hass.services.async_register("fan", f"turn_{how}", stuck)
    await home.ask(duration=600)
    await home.let_pass(2)
    await until(lambda: told[-1:] == ["turn_on"])
    await home.settle()
    event = home.state("control")
    assert (event.attributes["event_type"], event.attributes["reason"]) == ("rejected", "entity_silent")
    assert await home.answers() == [R.RECEIVED, R.REJECTED_PARAMETER]


async def test_action_that_takes_its_time_is_not_begun_again_by_each_poll(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    hass.states.async_set("fan.slow", "on")
    begun, done, told = asyncio.Event(), asyncio.Event(), list[str]()
    home = await make_home(SLOW_FAN)

    async def takes_its_time(call: ServiceCall) -> None:
        told.append(call.service)
        begun.set()
        await done.wait()
        raise HomeAssistantError("in vain")

    for how in ("on", "off"):
        hass.services.async_register("fan", f"turn_{how}", takes_its_time)
    await home.gateway.publish(program=1, start_in=-2, duration=600)
    await home.entry.runtime_data.coordinator.async_refresh()
    await begun.wait()
    for _ in range(5):
        await home.entry.runtime_data.manager(LoadControlManager).async_take(None, None)
    done.set()
    await home.settle()
    assert told == ["turn_off", "turn_off"], "once more, not once for each that asked meanwhile"


@BOTH_TRANSPORTS
async def test_restart_in_the_middle(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    assert not home.is_on()
    await start_anew(hass, home.entry)
    await home.settle()
    assert not home.is_on()
    assert home.state("active_event").state == "reduction"
    home.device.state = DeviceState.ENROLLED
    await home.let_pass(31)
    assert home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]


async def test_control_tells_when_something_was_asked_before_it(hass: HomeAssistant, make_home: MakeHome) -> None:
    """Who paused something under the one before, and saw nothing in between, has to put it back after this one."""
    home = await make_home(SWITCH)
    first = await home.ask(duration=1800)
    told = home.state("active_event").attributes
    assert "last_start" not in told
    start = dt_util.parse_datetime(told["start"])
    await home.gateway.cancel(first["number"])
    await home.poll()
    assert home.state("active_event").state == "none"
    await home.ask(duration=600)
    told = home.state("active_event").attributes
    assert told["participating"] is True
    assert dt_util.parse_datetime(told["last_start"]) == start
    assert told["last_end"] < told["end"]


async def test_restart_after_the_end_puts_back_at_once(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=600)
    start, end = (home.state("active_event").attributes[name] for name in ("start", "end"))
    await hass.config_entries.async_unload(home.entry.entry_id)
    assert not home.is_on()
    await home.gateway.fault("refuse")
    with patch.object(dt_util, "utcnow", return_value=dt_util.utcnow() + timedelta(minutes=11)):
        await hass.config_entries.async_setup(home.entry.entry_id)
        await hass.async_block_till_done()
    assert home.is_on()
    told = home.state("active_event").attributes
    assert [dt_util.parse_datetime(told[name]) for name in ("last_start", "last_end")] == [
        dt_util.parse_datetime(name) for name in (start, end)
    ], "who undoes something at the end has missed it, and knows by this"


@BOTH_TRANSPORTS
async def test_removed_hub_puts_back_what_it_changed(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    assert not home.is_on()
    await hass.config_entries.async_remove(home.entry.entry_id)
    await home.settle()
    assert home.is_on()


async def test_entity_that_is_away_when_its_hub_is_removed_is_told_of_and_put_back_when_it_is_there(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    hass.states.async_set("input_boolean.load", "unavailable")
    await hass.config_entries.async_remove(home.entry.entry_id)
    await home.settle()
    issues = ir.async_get(hass)
    issue = issues.async_get_issue(DOMAIN, "left_switched_input_boolean.load")
    assert issue is not None
    assert issue.is_persistent
    assert (issue.translation_placeholders or {})["entity"] == "load", "its name, as its id is no word"
    hass.states.async_set("input_boolean.load", "off")
    await home.settle()
    assert home.is_on()
    assert issues.async_get_issue(DOMAIN, "left_switched_input_boolean.load") is None
    await home.turn("off")
    await home.settle()
    assert not home.is_on(), "it is nobody's now"


async def test_device_that_the_gateway_disables_is_told_with_how_it_stood_before(
    hass: HomeAssistant, make_home: MakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is told of what comes next, as by a blueprint, goes by both."""
    home = await make_home(SWITCH)
    link, coordinator = home.entry.runtime_data.gateway, home.entry.runtime_data.coordinator
    listed, told = await link.listed_devices(), async_capture_events(hass, EVENT_REGISTRATION)
    for enabled in (False, True):
        now = [replace(each, enabled=enabled or each.lfdi != home.device.lfdi) for each in listed]
        monkeypatch.setattr(link, "listed_devices", AsyncMock(return_value=now))
        coordinator.read_anew()
        await home.poll()
    registrar = home.entry.runtime_data.manager(Registrar)
    (record,) = registrar.registrations.records.values()
    record.run.state = DeviceState.FAILED.value
    registrar.bring_up_to_date(record)
    await home.settle()
    stood = [(each.data["before"], each.data["type"]) for each in told]
    assert stood == [("enrolled", "commissioned"), ("commissioned", "enrolled"), ("enrolled", "failed")]


async def test_disabled_hub_keeps_nothing_switched_off(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    assert not home.is_on()
    await hass.config_entries.async_set_disabled_by(home.entry.entry_id, ConfigEntryDisabler.USER)
    assert home.is_on()


async def test_entity_that_is_being_switched_as_its_hub_is_disabled_is_put_back_after_that(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    """An appliance may take seconds: it was switched on again first, and off after that, by nobody any more."""
    home, begun, goes_on = await make_home(SWITCH), asyncio.Event(), asyncio.Event()

    async def slowly(call: ServiceCall) -> None:
        if call.service == "turn_off":
            begun.set()
            await goes_on.wait()
        hass.states.async_set("input_boolean.load", call.service.removeprefix("turn_"))

    for how in ("on", "off"):
        hass.services.async_register("input_boolean", f"turn_{how}", slowly)
    await home.gateway.publish(program=1, start_in=-2, duration=1800)
    polling = asyncio.create_task(home.entry.runtime_data.coordinator.async_refresh())
    await begun.wait()
    disabling = asyncio.create_task(
        hass.config_entries.async_set_disabled_by(home.entry.entry_id, ConfigEntryDisabler.USER)
    )
    for _ in range(20):
        await asyncio.sleep(0.01)
    goes_on.set()
    await asyncio.gather(polling, disabling)
    await home.settle()
    assert home.is_on()


async def test_entity_that_is_away_while_its_hub_is_disabled_is_told_of_and_put_back_when_it_is_there(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    hass.states.async_set("input_boolean.load", "unavailable")
    await hass.config_entries.async_set_disabled_by(home.entry.entry_id, ConfigEntryDisabler.USER)
    issues = ir.async_get(hass)
    assert issues.async_get_issue(DOMAIN, "left_switched_input_boolean.load") is not None
    hass.states.async_set("input_boolean.load", "off")
    await home.settle()
    assert home.is_on()
    assert issues.async_get_issue(DOMAIN, "left_switched_input_boolean.load") is None
    assert not (await KeptControls.async_get(hass, home.entry.entry_id)).jobs


async def test_entity_that_is_away_follows_when_it_is_back(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    hass.states.async_set("input_boolean.load", "unavailable")
    await home.ask(duration=600)
    assert await home.answers() == [R.RECEIVED], "it has not started"
    hass.states.async_set("input_boolean.load", "on")
    await home.settle()
    assert not home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED]
    hass.states.async_set("input_boolean.load", "unavailable")
    await home.let_pass(11)
    hass.states.async_set("input_boolean.load", "off")
    await home.settle()
    assert home.is_on()


async def test_opting_out_in_again_and_for_good(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    made = await home.ask(duration=1800)
    assert not home.is_on()
    await home.act("opt_out")
    assert home.is_on()
    assert home.state("active_event").attributes["participating"] is False
    await home.act("opt_in", control=made["mrid"].lower())
    assert not home.is_on()
    await home.act("opt_out")
    assert home.is_on()
    await home.let_pass(31)
    told = [R.RECEIVED, R.STARTED, R.OPTED_OUT, R.OPTED_IN, R.OPTED_OUT, R.PARTIALLY_COMPLETED_OPT_OUT]
    assert await home.answers() == told
    with pytest.raises(ServiceValidationError) as caught:
        await home.act("opt_out")
    assert caught.value.translation_key == "no_control"

    switch = home.state("opt_out").entity_id
    await home.hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
    assert home.state("opt_out").state == "on"
    await home.ask(duration=600)
    assert home.is_on()
    await home.let_pass(11)
    assert await home.answers() == [*told, R.RECEIVED, R.OPTED_OUT, R.COMPLETED_WITHOUT_PARTICIPATION]
    await home.ask(duration=600, mandatory=True)
    assert not home.is_on()


@BOTH_TRANSPORTS
async def test_nobody_opts_out_of_an_emergency(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800, mandatory=True)
    with pytest.raises(ServiceValidationError) as caught:
        await home.act("opt_out")
    assert caught.value.translation_key == "emergency_cannot_opt_out"
    assert "Basement" in str(caught.value.translation_placeholders)
    assert not home.is_on()


async def test_actions_want_a_device_that_is_controlled_here(hass: HomeAssistant, make_home: MakeHome) -> None:
    await make_home(SWITCH)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "opt_out", {"device_id": "nothing"}, blocking=True)
    assert caught.value.translation_key == "not_controlled_here"


async def test_superseded_without_switching_to_and_fro(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    switched = home.switched()
    await asyncio.sleep(1.1)  # creation times are in seconds
    await home.ask(duration=1800)
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.RECEIVED, R.SUPERSEDED, R.STARTED]
    await home.ask(program=2, duration=600)
    assert (await home.answers())[-2:] == [R.SUPERSEDED_BY_OTHER_PROGRAM, R.STARTED]
    assert switched == []
    await home.let_pass(11)
    assert switched == ["on"]


@BOTH_TRANSPORTS
@pytest.mark.parametrize("minutes_before", [0, 20])
async def test_called_off(make_home: MakeHome, minutes_before: int) -> None:
    home = await make_home(SWITCH)
    made = await home.ask(start_in=minutes_before * 60, duration=1800)
    assert home.is_on() == bool(minutes_before)
    await home.gateway.cancel(made["number"])
    await home.poll()
    await home.poll()
    assert home.is_on()
    assert (await home.answers())[-1] == R.CANCELLED
    assert home.state("control").attributes["event_type"] == "cancelled"
    assert home.state("next_event").state == "unknown"


@pytest.mark.parametrize(
    ("asked", "answer", "reason"),
    [
        ({"start_in": -HOUR, "duration": 60}, R.REJECTED_EXPIRED, "expired"),
        ({"duration": 0}, R.REJECTED_PARAMETER, "duration"),
        ({"duration": 48 * HOUR}, R.REJECTED_PARAMETER, "duration"),
        ({"duration": 600, "duty_cycle": 200}, R.REJECTED_PARAMETER, "duty_cycle"),
        ({"duration": 60, "start_in": 2 * 366 * 86400}, R.REJECTED_PARAMETER, "start"),
    ],
)
async def test_unreasonable_is_refused_logged_and_told_once(
    make_home: MakeHome, caplog: pytest.LogCaptureFixture, asked: dict[str, int], answer: R, reason: str
) -> None:
    home = await make_home(SWITCH)
    made = await home.ask(**asked)
    await home.poll()
    assert home.is_on()
    assert await home.answers() == [R.RECEIVED, answer]
    assert [response["count"] for response in await home.gateway.responses()] == [1, 1]
    event = home.state("control").attributes
    assert (event["event_type"], event["reason"], event["control"]) == ("rejected", reason, made["mrid"])
    refused = [record for record in caplog.records if "was refused" in record.message]
    assert [record.levelno for record in refused] == [logging.WARNING]
    assert made["mrid"] in refused[0].message


async def test_control_that_is_listed_no_longer_goes_on_and_is_completed(make_home: MakeHome) -> None:
    """IEEE 2030.5-2018, 10.2.3.3: it may be for want of room, and clients "SHALL NOT assume" that it was cancelled."""
    home = await make_home(SWITCH)
    made = await home.ask(duration=600)
    await home.gateway.unlist(made["number"])
    await home.poll()
    await home.poll()
    assert not home.is_on()
    await home.let_pass(21)
    await home.turned("on")
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]


async def test_device_that_is_not_enrolled_is_left_alone(
    make_home: MakeHome, caplog: pytest.LogCaptureFixture
) -> None:
    home = await make_home(SWITCH)
    home.device.state = DeviceState.REGISTERED
    await home.ask(duration=1800)
    assert home.is_on()
    assert await home.answers() == [R.RECEIVED, R.REJECTED_INVALID]
    assert "not_enrolled" in caplog.text


@BOTH_TRANSPORTS
async def test_replayed_control_is_refused(make_home: MakeHome, transport: str) -> None:
    """Over Zigbee the same number is the same event, said once more, and that is over: nothing is answered."""
    home = await make_home(SWITCH)
    mrid = "5F" * 16
    await home.ask(duration=600, mrid=mrid)
    await home.let_pass(21)
    await home.turned("on")
    await home.ask(duration=600, mrid=mrid)
    await home.poll()
    assert home.is_on()
    refused = [R.REJECTED_INVALID] if transport == "ip" else []
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED, *refused]


async def test_entity_that_does_not_exist(make_home: MakeHome) -> None:
    home = await make_home({"entity_id": "switch.gone", "response": "off"})
    await home.ask(duration=600)
    assert await home.answers() == [R.RECEIVED, R.REJECTED_PARAMETER]


async def test_answers_outlive_trouble_and_restarts(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.gateway.fault("http_error", status=503, path="/rsps")
    await home.ask(duration=1800)
    assert not home.is_on()
    assert await home.answers() == []
    await hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    assert await home.answers() == []
    await home.gateway.mend()
    await home.poll()
    await home.poll()
    responses = await home.gateway.responses()
    assert [(each["status"], each["count"]) for each in responses] == [(R.RECEIVED, 1), (R.STARTED, 1)]


async def test_answer_nobody_wants_any_more_is_dropped(make_home: MakeHome, caplog: pytest.LogCaptureFixture) -> None:
    home = await make_home(SWITCH)
    await home.gateway.fault("http_error", status=404, path="/rsps")
    await home.ask(duration=1800)
    await home.gateway.mend()
    await home.poll()
    assert await home.answers() == []
    assert "takes no answer RECEIVED" in caplog.text


async def test_unreadable_program_costs_neither_readings_nor_the_control_in_force(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    await home.gateway.fault("http_error", status=500, path="/dr/1")
    await home.poll()
    assert home.entry.runtime_data.coordinator.connected
    assert not home.is_on()
    await home.gateway.fault("silence", path="/dr")
    await home.poll()
    assert home.entry.runtime_data.coordinator.connected
    assert not home.is_on()


async def test_calendar_shows_past_active_and_coming(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home({"entity_id": "input_number.charger", "response": "limit", "limit": 6}, "evse")
    await home.ask(duration=600, duty_cycle=20)
    await home.let_pass(11)
    await home.ask(duration=1800, cooling_offset=10)
    await home.ask(start_in=2 * HOUR, duration=600)
    called_off = await home.ask(start_in=3 * HOUR, duration=600)
    await home.gateway.cancel(called_off["number"])
    await home.poll()
    now, calendar = dt_util.utcnow(), home.state("load_control").entity_id

    async def events(start: timedelta, end: timedelta) -> list[Any]:
        asked = {"entity_id": calendar, "start_date_time": now + start, "end_date_time": now + end}
        found: Any = await hass.services.async_call(
            "calendar", "get_events", asked, blocking=True, return_response=True
        )
        return list(found[calendar]["events"])

    day, nothing = timedelta(days=1), timedelta(0)
    past, lasting, coming = await events(-day, day)
    assert [each["summary"] for each in (past, lasting, coming)] == [
        "Limit the load",
        "Power limit",
        "Reduce the load",
    ]
    assert past["description"] == "Peak Saver"
    assert await events(nothing, day) == [lasting, coming]
    assert await events(-day, nothing) == [past, lasting]
    begins, ends = (dt_util.parse_datetime(lasting[key], raise_on_error=True) - now for key in ("start", "end"))
    assert await events(ends, day) == [coming], "what ends then is over"
    assert await events(-day, begins) == [past], "what begins then is to come"


async def test_calendar_of_the_home_has_an_event_for_each_thing_that_devices_do_at_once(hass: HomeAssistant) -> None:
    now = dt_util.utcnow()
    programs = [SimpleNamespace(href=href, description=href.title()) for href in ("another", "peak")]
    control = SimpleNamespace(id="1", program="peak", level=None)
    record: Any = SimpleNamespace(control=control, start=now, end=now + timedelta(hours=1))
    asked = {"pump": "reduce", "boiler": "shift", "heater": "reduce"}
    devices: Any = [SimpleNamespace(title=title, dr_programs=programs) for title in asked]
    controls: Any = SimpleNamespace(what_is_done=lambda device, _control: asked[device.title])
    found = calendars._together(hass, controls, [(device, record) for device in devices])
    assert sorted(each.summary for each in found) == ["reduce: heater, pump", "shift: boiler"]
    assert {each.description for each in found} == {"Peak"}


async def test_told_by_the_gateway_it_acts_without_waiting_for_the_poll(
    hass: HomeAssistant, make_home: MakeHome, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]
) -> None:
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    await home.gateway.clear_log()
    await hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    await home.poll()
    subscribed = [each for each in (await home.gateway.log())["requests"] if each["path"].endswith("/sub")]
    assert [each["method"] for each in subscribed].count("POST") == 2

    await home.gateway.publish(program=1, start_in=-2, duration=1800)
    await home.turned("off")

    # Anybody on the network can post there; it makes us look, and that is all.
    webhook_id = await (await KeptControls.async_get(home.hass, home.entry.entry_id)).async_webhook_id()
    answer = await client.post(f"/api/webhook/{webhook_id}", data=b"<EndDeviceControl><off/></EndDeviceControl>")
    assert answer.status == 200
    await home.settle()
    assert not home.is_on()
    assert await home.answers() == [R.RECEIVED, R.STARTED]


async def test_control_that_is_pushed_while_the_one_before_is_read_is_read_at_once_too(
    hass: HomeAssistant,
    make_home: MakeHome,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was read may be older than it: it is read once more, and no poll comes to find it."""
    monkeypatch.setattr(subscription, "_COOLDOWN", 0.0)
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    hass.config_entries.async_update_entry(home.entry, pref_disable_polling=True)
    await hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    await home.poll()
    link = home.entry.runtime_data.gateway
    controls = link.controls
    has_read, goes_on, told = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slowly(programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        found: list[LoadControl] = await controls(programs)
        has_read.set()
        await goes_on.wait()
        return found

    def heard(notification: bytes) -> bool:
        told.set()
        return ends_subscription(notification)

    monkeypatch.setattr(link, "controls", slowly)
    await home.gateway.publish(program=1, start_in=HOUR, duration=1800)
    await has_read.wait()
    monkeypatch.setattr(subscription, "ends_subscription", heard)
    await home.gateway.publish(program=1, start_in=-2, duration=1800)
    await told.wait()
    await home.gateway.describe()  # who would drop it has done so by then
    assert home.is_on()
    goes_on.set()
    await home.turned("off")
    await home.settle()
    assert await home.answers() == [R.RECEIVED, R.RECEIVED, R.STARTED]


async def has_subscribed(home: Home) -> bool:
    """Return whether the gateway was asked for a subscription since its log was cleared."""
    requests = (await home.gateway.log())["requests"]
    return any(each["path"].endswith("/sub") and each["method"] == "POST" for each in requests)


async def test_program_that_is_new_is_subscribed_to_with_the_next_poll_and_no_other_again(
    hass: HomeAssistant,
    make_home: MakeHome,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    await home.poll()

    async def subscribed() -> bool:
        await home.gateway.clear_log()
        await home.poll()
        return await has_subscribed(home)

    assert not await subscribed()
    manager = home.entry.runtime_data.manager(LoadControlManager)
    known = manager.programs(Source.GATEWAY)
    monkeypatch.setattr(manager, "programs", lambda _source=None: [*known, replace(known[0], href="/drp/99")])
    assert await subscribed()
    assert not await subscribed()


async def test_gateway_that_takes_no_subscription_now_is_asked_again_ever_less_often(
    hass: HomeAssistant, make_home: MakeHome, hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]]
) -> None:
    """It was polled only for six hours, for having been busy once."""
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    with patch.object(Ieee2030_5Gateway, "subscribe", side_effect=GatewayError(Reason.GATEWAY_BUSY, "503")) as asked:
        await hass.config_entries.async_reload(home.entry.entry_id)
        await home.settle()
        await home.poll()
        assert asked.call_count == 1
        began = dt_util.utcnow()
        for seconds, times in ((30, 1), (70, 2), (130, 2), (200, 3)):
            with patch.object(dt_util, "utcnow", return_value=began + timedelta(seconds=seconds)):
                await home.poll()
            assert (seconds, asked.call_count) == (seconds, times)


async def test_what_the_gateway_ends_is_subscribed_to_again_until_that_succeeds(
    hass: HomeAssistant,
    make_home: MakeHome,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rounds, "_FIRST", 0.05)
    monkeypatch.setattr(rounds, "_LONGEST", 0.1)
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    await home.poll()
    path = f"/api/webhook/{await (await KeptControls.async_get(hass, home.entry.entry_id)).async_webhook_id()}"
    with patch.object(Registrar, "async_read_programs", side_effect=ValueError("nobody thought of it")) as tried:
        assert (await client.post(path, data=_OVER)).status == 200
        await until(lambda: tried.call_count > 2)
        await home.gateway.clear_log()
        assert "subscribing again" in home.entry.runtime_data.rounds.failing

    await eventually(partial(has_subscribed, home))
    assert "subscribing again" not in home.entry.runtime_data.rounds.failing


async def test_flood_at_the_webhook_has_the_gateway_asked_no_more_often(
    hass: HomeAssistant,
    make_home: MakeHome,
    hass_client_no_auth: Callable[[], Awaitable[TestClient[Any, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Anybody on the network may post, as often, as much and as slowly as they like."""
    home = await make_home(SWITCH)
    client = await hass_client_no_auth()
    hass.config.internal_url = f"http://127.0.0.1:{client.port}"
    monkeypatch.setattr(subscription, "_COOLDOWN", 3600.0)
    monkeypatch.setattr(subscription, "_RENEWAL_COOLDOWN", 3600.0)
    monkeypatch.setattr(hearing, "_PATIENCE", 0.2)
    await hass.config_entries.async_reload(home.entry.entry_id)
    await home.settle()
    await home.poll()
    await home.gateway.clear_log()
    path = f"/api/webhook/{await (await KeptControls.async_get(hass, home.entry.entry_id)).async_webhook_id()}"
    for body in [_OVER, b"x" * 1_000_000, b"", b"<" * 100_000] * 25:
        assert (await client.post(path, data=body)).status == 200
    # One that says to be long, and then says nothing, is answered all the same.
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n<".encode())
    assert (await reader.readline()).split()[1] == b"200"
    writer.close()
    await home.settle()
    asked = [each["path"] for each in (await home.gateway.log())["requests"]]
    assert 0 < len(asked) < 60  # once when it began: of a hundred, each would have asked for ten


async def test_what_is_left_of_an_endless_list_is_said_once_and_not_called_off(
    make_home: MakeHome, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = await make_home(SWITCH)
    for minutes in (60, 120, 180):
        await home.ask(start_in=60 * minutes, duration=60)
    assert await home.answers() == [R.RECEIVED] * 3
    monkeypatch.setattr(demand_response, "MOST_CONTROLS", 2)
    for _ in range(2):
        await home.poll()
    assert await home.answers() == [R.RECEIVED] * 3, "what was not read was not called off"
    assert caplog.text.count("more controls than a device can have; the last 1 are not read") == 1
    diagnostics = await async_get_config_entry_diagnostics(home.hass, home.entry)
    assert diagnostics["load_control"]["controls_left"] == 1
