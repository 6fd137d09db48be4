"""How linked entities respond where a control asks for part of what they can, or they say less of themselves."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.utility_han.esi import ResponseStatus as R
from tests.component.test_load_control import SWITCH, MakeHome, make_home
from tests.field_cases.test_controls import Appliance

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")


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


async def test_duty_cycle_of_the_whole_time_turns_nothing_off(make_home: MakeHome) -> None:
    home = await make_home(SWITCH | {"response": "duty_cycle"})
    await home.ask(duration=1800, duty_cycle=100)
    assert home.is_on()
    await home.let_pass(31)
    assert home.is_on()
    assert R.STARTED in await home.answers()
