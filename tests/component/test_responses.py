"""How linked entities respond where a control asks for part of what they can, or they say less of themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.utility_han.const import EVENT_CONTROL
from custom_components.utility_han.devices.responses import RESPONSES, Situation, plan_of
from custom_components.utility_han.esi import ControlStatus, LoadControl, ReductionUnit, TargetReduction
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.hub.telling.wording import Wording
from custom_components.utility_han.load_control.asked import what_is_done
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.load_control.messages import about_controls
from custom_components.utility_han.procedures import ASKS, CHARGES, LEVELS
from tests.component.test_load_control import SWITCH, Home, MakeHome, make_home
from tests.field_cases.test_controls import Appliance

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
REDUCE = LoadControl("C0", "p", 0, 1, NOON, NOON, timedelta(hours=1), ControlStatus.ACTIVE, mandatory=False)
"""It leaves to the device by how much."""


@pytest.mark.parametrize(("there", "during"), [(25.0, 24.0), (18.0, 20.0), (None, 20.0)])
async def test_one_set_point_for_both_goes_by_the_room_where_nothing_says_what_is_done(
    hass: HomeAssistant, make_home: MakeHome, there: float | None, during: float
) -> None:
    """It cools where it is warmer than was asked for."""
    appliance = Appliance(hass, "climate.home", "heat_cool", temperature=22.0, current_temperature=there)
    home = await make_home({"entity_id": "climate.home", "response": "offset"}, "thermostat")
    await home.ask(duration=600, cooling_offset=20, heating_offset=20)
    assert appliance.temperature == during
    await home.let_pass(11)
    assert appliance.temperature == 22.0


async def test_set_point_that_is_not_asked_for_stays(hass: HomeAssistant, make_home: MakeHome) -> None:
    """``SetPoint`` has either or both of cooling and heating (sep.xsd)."""
    between: dict[str, Any] = {"target_temp_high": 25.0, "target_temp_low": 20.0, "temperature": None}
    appliance = Appliance(hass, "climate.home", "heat_cool", **between)
    home = await make_home({"entity_id": "climate.home", "response": "setpoint"}, "thermostat")
    await home.ask(duration=600, cooling_setpoint=2700)
    attributes = appliance.state.attributes
    assert (attributes["target_temp_high"], attributes["target_temp_low"]) == (27.0, 20.0)
    assert await said_of(home) == "Hold a set point 27\N{NO-BREAK SPACE}°C"


async def test_duty_cycle_of_the_whole_time_turns_nothing_off(make_home: MakeHome) -> None:
    home = await make_home(SWITCH | {"response": "duty_cycle"})
    await home.ask(duration=1800, duty_cycle=100)
    assert home.is_on()
    await home.let_pass(31)
    assert home.is_on()
    assert R.STARTED in await home.answers()


@pytest.mark.parametrize("response", ["off", "limit"])
@pytest.mark.parametrize(
    ("before", "bounds", "limit", "expected"),
    [
        (3000.0, (-5000, 5000), None, 0.0),  # a battery that charges: it is not emptied at full power instead
        (-2000.0, (-5000, 5000), None, -2000.0),  # and one that gives goes on
        (3000.0, (-5000, 5000), -1000, -1000.0),  # unless a person has said so
        (-8.0, (-10, -2), None, -8.0),
        (16.0, (6, 32), None, 6.0),
        (3.0, (0, 32), 6, 3.0),  # lower already than a person would have it lowered
    ],
)
def test_number_that_is_turned_down_takes_nothing_and_is_never_raised(
    response: str, before: float, bounds: tuple[int, int], limit: int | None, expected: float
) -> None:
    lowest, highest = bounds
    state = State("number.power", str(before), {"min": lowest, "max": highest, "step": 1})
    asked = REDUCE
    config = {"entity_id": "number.power", "response": response, **({} if limit is None else {"limit": limit})}
    situation = Situation(state, {"value": before}, asked, timedelta(0), config, "°C")
    planned = plan_of(response, situation).settings
    assert planned.get("value", before) == expected


def test_more_is_not_asked_of_what_gives() -> None:
    state = State("number.power", "-2000", {"min": -5000, "max": 5000, "step": 1})
    asked = replace(REDUCE, load_adjustment=150)
    config = {"entity_id": "number.power", "response": "limit"}
    situation = Situation(state, {"value": -2000.0}, asked, timedelta(0), config, "°C")
    assert plan_of("limit", situation).settings == {}


_ASKED: dict[str, Any] = {
    "duty_cycle": 50,
    "load_adjustment": 50.0,
    "target_reduction": TargetReduction(ReductionUnit.WATTS, 1000),
    "cooling_offset": 2.0,
    "heating_offset": 2.0,
    "cooling_setpoint": 27.0,
    "heating_setpoint": 18.0,
    "level": 2,
    "level_offset": 1,
    "charge_state": 80.0,
    "charge_energy": 10.0,
    "appliance_load_reduction": 0,
}
_OFF = dict.fromkeys(_ASKED, "reduction")
_ROWS: dict[str, dict[str, str]] = {
    "off": _OFF,
    "duty_cycle": {"duty_cycle": "duty_cycle", "load_adjustment": "duty_cycle"},
    "offset": {"cooling_offset": "temperature_offset", "heating_offset": "temperature_offset"},
    "setpoint": dict.fromkeys(("cooling_offset", "heating_offset"), "temperature_offset")
    | dict.fromkeys(("cooling_setpoint", "heating_setpoint"), "set_point"),
    "limit": {"load_adjustment": "load_limit", "duty_cycle": "load_limit", "target_reduction": "power_limit"},
}
"""By response: what a device does for what is asked; what is not there it cannot do."""
_ENTITIES = {"off": "switch.pump", "duty_cycle": "switch.pump", "limit": "number.charger"}
_FALLBACKS: dict[str, tuple[str, str]] = {
    "offset": ("offset", "temperature_offset"),
    "setpoint": ("offset", "temperature_offset"),
    "limit": ("limit", "power_limit"),
}


@pytest.mark.parametrize("name", ASKS)
@pytest.mark.parametrize("response", RESPONSES)
def test_what_is_asked_is_told_as_what_the_device_does(response: str, name: str) -> None:
    """A pump that is switched off shifts no temperature; a level is told as one by a device that knows levels."""
    config = {"entity_id": _ENTITIES.get(response, "climate.hall"), "response": response}
    control = replace(REDUCE, **{name: _ASKED[name]})
    if (done := _ROWS[response].get(name)) is not None:
        assert what_is_done(control, config) == done
    fallback, instead = _FALLBACKS.get(response, ("", "reduction"))
    able = config | ({fallback: 2} if fallback else {})
    if fallback or response == "off":
        assert what_is_done(control, able) == (done or instead)
    if name in LEVELS:
        assert what_is_done(control, able, LEVELS) == "load_level"
    if name in CHARGES:
        assert what_is_done(control, able, CHARGES) == "charge_state"
    assert what_is_done(REDUCE, able) == "reduction", "it is left to the device"


def test_of_two_things_that_are_asked_the_one_is_told_that_the_device_does() -> None:
    both = replace(REDUCE, duty_cycle=50, heating_offset=2.0, heating_setpoint=18.0)
    done = {
        response: what_is_done(both, {"entity_id": _ENTITIES.get(response, "climate.hall"), "response": response})
        for response in RESPONSES
    }
    assert done == {
        "off": "reduction",
        "duty_cycle": "duty_cycle",
        "offset": "temperature_offset",
        "setpoint": "set_point",
        "limit": "load_limit",
    }


async def test_pump_that_is_switched_off_for_a_shift_of_temperature_is_told_as_that(
    hass: HomeAssistant, make_home: MakeHome
) -> None:
    home = await make_home(SWITCH)
    happened = async_capture_events(hass, EVENT_CONTROL)
    await home.ask(duration=600, cooling_offset=20, heating_setpoint=1800)
    assert not home.is_on()
    assert home.state("active_event").state == "reduction"
    assert {each.data["what"] for each in happened} == {"reduction"}
    assert await said_of(home) == "Reduce the load", "a pump has no 18 °C"


async def said_of(home: Home) -> str:
    """Return as what a person is told what is asked now."""
    controls = home.entry.runtime_data.manager(LoadControlManager)
    return about_controls(controls, home.device, await Wording.async_of(home.hass)).values["what"]
