"""What the utility is told was applied: what the appliance was brought to, after its limits and its steps.

DrResponse (sep.xsd) says what "the device applied", in the units of EndDeviceControl's elements; Report Event Status
(Smart Energy, D.2.2.4.1) has the set points, load adjustment and duty cycle applied.
"""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from tests.component.test_load_control import MakeHome, make_home
from tests.field_cases.test_controls import CHARGER, Appliance

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")

OFFSET = {"entity_id": "climate.home", "response": "offset"}
SETPOINT = {"entity_id": "climate.home", "response": "setpoint"}


@pytest.mark.parametrize(
    ("config", "asked", "applied"),
    [
        (CHARGER, {"load_adjustment": 1000}, {"load_adjustment": 1250}),  # 28.8 A is 28 A at its steps
        (CHARGER | {"limit": 6}, {"load_adjustment": 9000}, {"load_adjustment": 8125}),  # no lower than 6 A
        (CHARGER | {"limit": 6}, {"cooling_offset": 20}, {"load_adjustment": 8125}),  # did what it can
        (CHARGER | {"response": "off"}, {"load_adjustment": 1000}, {"load_adjustment": 10000}),
        (CHARGER, {"duty_cycle": 50, "override_duration": 60}, {"duty_cycle": 50}),
    ],
)
async def test_charger(
    make_home: MakeHome, config: dict[str, Any], asked: dict[str, int], applied: dict[str, int]
) -> None:
    home = await make_home(config, "evse")
    await home.ask(duration=600, **asked)
    assert (await home.gateway.responses())[-1]["extras"] == applied


@pytest.mark.parametrize(
    ("config", "mode", "thermostat", "asked", "applied"),
    [
        (OFFSET, "cool", {"temperature": 26.0, "max_temp": 27}, {"cooling_offset": 20}, {"cooling_offset": 10}),
        (OFFSET, "cool", {"temperature": 26.0}, {"cooling_offset": 12, "heating_offset": 9}, {"cooling_offset": 15}),
        (OFFSET | {"offset": 2}, "heat", {"temperature": 20.0}, {"duty_cycle": 50}, {"heating_offset": 20}),
        (
            SETPOINT,
            "cool",
            {"temperature": 22.0, "target_temp_step": 1},
            {"cooling_setpoint": 2650, "heating_setpoint": 1800},
            {"cooling_setpoint": 2700},
        ),
        (SETPOINT | {"offset": 2}, "heat", {"temperature": 20.0}, {"duty_cycle": 50}, {"heating_offset": 20}),
        (SETPOINT, "heat", {"temperature": 20.0}, {"heating_offset": 15}, {"heating_offset": 15}),
        (
            SETPOINT,
            "cool",
            {"temperature": 22.0},
            {"cooling_setpoint": 2600, "cooling_offset": 10},
            {"cooling_setpoint": 2600},
        ),
        (
            OFFSET | {"response": "off"},
            "cool",
            {"temperature": 22.0},
            {"cooling_offset": 20},
            {"load_adjustment": 10000},
        ),
    ],
)
async def test_thermostat(
    hass: HomeAssistant,
    make_home: MakeHome,
    config: dict[str, Any],
    mode: str,
    thermostat: dict[str, float],
    asked: dict[str, int],
    applied: dict[str, int],
) -> None:
    Appliance(hass, "climate.home", mode, **thermostat)
    home = await make_home(config, "thermostat")
    await home.ask(duration=600, **asked)
    assert (await home.gateway.responses())[-1]["extras"] == applied


@pytest.mark.parametrize("transport", ["ezsp"])
async def test_over_zigbee(make_home: MakeHome) -> None:
    home = await make_home(CHARGER, "evse")
    await home.ask(duration=600, load_adjustment=1000)
    report = (await home.gateway.network())["reports"][-1]
    assert (report["status"], report["load_adjustment"]) == (2, -12)
