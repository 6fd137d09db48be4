"""What appliances do, and what the utility is told of it: controls.yaml, the id of each case in the name.

What is right is from the documentation in sep.xsd and from Smart Energy's commands, as the file says.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from homeassistant.core import HomeAssistant, ServiceCall, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.esi import ControlResponse, ResponseStatus
from custom_components.utility_han.gateway.zigbee import event_status
from custom_components.utility_han.health.manager import HealthManager
from tests.component.test_load_control import SWITCH, Home, MakeHome, make_home
from tests.conftest import BOTH_TRANSPORTS

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")

CASES = yaml.safe_load((Path(__file__).parent / "controls.yaml").read_text())
R = ResponseStatus
CHARGER = {"entity_id": "input_number.charger", "response": "limit"}
THERMOSTAT = {"entity_id": "climate.home", "response": "offset"}


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    for case in CASES:
        assert re.search(rf"_{case['id'].lower()}_", names), case


class Appliance:
    """An entity of another integration, reduced to its states and actions."""

    def __init__(self, hass: HomeAssistant, entity_id: str, state: str, **attributes: Any) -> None:
        self._hass, self._entity_id = hass, entity_id
        self.refuses = False
        self.told: list[tuple[str, dict[str, Any]]] = []
        limits = {"min_temp": 7, "max_temp": 35, "target_temp_step": 0.5}
        hass.states.async_set(entity_id, state, limits | attributes)
        for action in ("set_temperature", "set_hvac_mode", "set_preset_mode", "set_operation_mode"):
            hass.services.async_register(entity_id.partition(".")[0], action, self._do)

    @callback
    def _do(self, call: ServiceCall) -> None:
        if self.refuses:
            raise HomeAssistantError("the device cannot be reached")
        data = {key: value for key, value in call.data.items() if key != "entity_id"}
        self.told.append((call.service, data))
        state = self.state
        mode = data.pop("hvac_mode", state.state)
        if call.service == "set_temperature" and "preset_mode" in state.attributes:
            data["preset_mode"] = "hold"
        self._hass.states.async_set(self._entity_id, mode, {**state.attributes, **data})

    @property
    def state(self) -> State:
        """Its state."""
        found = self._hass.states.get(self._entity_id)
        assert found is not None
        return found

    @property
    def temperature(self) -> float:
        """What it is set to."""
        return float(self.state.attributes["temperature"])


def limit_of(home: Home) -> float:
    """Return what the charger of :func:`make_home` is set to."""
    state = home.hass.states.get("input_number.charger")
    assert state is not None
    return float(state.state)


@BOTH_TRANSPORTS
@pytest.mark.parametrize(("percent", "amperes"), [(10, 28.0), (100, 0.0), (0, 32.0)])
async def test_l1_percentage_is_taken_off(make_home: MakeHome, percent: int, amperes: float) -> None:
    home = await make_home(CHARGER, "evse")
    await home.ask(duration=600, load_adjustment=100 * percent)
    assert limit_of(home) == amperes
    await home.let_pass(11)
    assert limit_of(home) == 32.0


async def test_l1_percentage_is_added_where_load_is_shifted_forward(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(CHARGER, "evse")
    await hass.services.async_call(
        "input_number", "set_value", {"entity_id": "input_number.charger", "value": 20}, blocking=True
    )
    await home.ask(duration=600, load_adjustment=1000, load_shift_forward=True)
    assert limit_of(home) == 22.0


@pytest.mark.parametrize(("highest", "during"), [(70, 60.0), (58, 58.0)])
async def test_l2_water_is_heated_ahead(hass: HomeAssistant, make_home: MakeHome, highest: int, during: float) -> None:
    heater = Appliance(hass, "water_heater.tank", "eco", temperature=55.0, max_temp=highest, operation_mode="eco")
    home = await make_home({"entity_id": "water_heater.tank", "response": "offset"})
    await home.ask(duration=600, heating_offset=50, load_shift_forward=True)
    assert heater.temperature == during
    await home.let_pass(11)
    assert heater.temperature == 55.0


async def test_l3_what_passes_the_limit_ends_at_the_limit(hass: HomeAssistant, make_home: MakeHome) -> None:
    thermostat = Appliance(hass, "climate.home", "cool", temperature=26.0, max_temp=27)
    home = await make_home(THERMOSTAT, "thermostat")
    await home.ask(duration=600, cooling_offset=20)
    assert thermostat.temperature == 27.0
    assert await home.answers() == [R.RECEIVED, R.STARTED]


@pytest.mark.parametrize("mode", ["heat_cool", "auto"])
@pytest.mark.parametrize(("action", "during"), [("cooling", 24.0), ("heating", 20.0)])
async def test_l4_one_set_point_for_both(
    hass: HomeAssistant, make_home: MakeHome, mode: str, action: str, during: float
) -> None:
    thermostat = Appliance(hass, "climate.home", mode, temperature=22.0, hvac_action=action)
    home = await make_home(THERMOSTAT, "thermostat")
    await home.ask(duration=600, cooling_offset=20, heating_offset=20)
    assert thermostat.temperature == during
    await home.let_pass(11)
    assert thermostat.temperature == 22.0
    assert (await home.answers())[-1] == R.COMPLETED


@pytest.mark.parametrize(
    ("state", "appliance", "kind", "asked"),
    [
        ("fan_only", THERMOSTAT, "thermostat", {"cooling_offset": 20}),
        ("off", THERMOSTAT, "thermostat", {"cooling_offset": 20}),
        ("off", CHARGER | {"limit": 32}, "evse", {"duty_cycle": 50}),
    ],
)
async def test_l4_nothing_that_could_be_done_is_not_completed(
    hass: HomeAssistant,
    make_home: MakeHome,
    state: str,
    appliance: dict[str, Any],
    kind: str,
    asked: dict[str, Any],
) -> None:
    """Nor is the device unwell: one that is off, or at its least already, does what it does when it is well."""
    Appliance(hass, "climate.home", state, temperature=None)
    home = await make_home(appliance, kind)
    await home.ask(duration=600, **asked)
    await home.let_pass(11)
    assert R.COMPLETED not in await home.answers()
    assert (await home.answers())[-1] == R.REJECTED_PARAMETER
    await home.entry.runtime_data.manager(HealthManager).async_evaluate(dt_util.utcnow() + timedelta(minutes=2))
    assert home.state("health").state == "ok"


async def test_l5_device_that_refuses_is_a_rejection(hass: HomeAssistant, make_home: MakeHome) -> None:
    thermostat = Appliance(hass, "climate.home", "cool", temperature=22.0)
    home = await make_home(THERMOSTAT, "thermostat")
    thermostat.refuses = True
    await home.ask(duration=600, cooling_offset=20)
    for _ in range(6):
        await home.let_pass(2)
    assert not {R.STARTED, R.COMPLETED, R.COMPLETED_WITHOUT_PARTICIPATION} & set(await home.answers())
    assert (await home.answers())[-1] == R.REJECTED_PARAMETER
    assert home.state("health").attributes["reason"] == "control_missed"


async def test_l5_device_that_follows_again_is_well(hass: HomeAssistant, make_home: MakeHome) -> None:
    """Without a diagnosis; a control that asks for nothing shows nothing of it."""
    thermostat = Appliance(hass, "climate.home", "cool", temperature=22.0)
    home = await make_home(THERMOSTAT, "thermostat")
    thermostat.refuses = True
    await home.ask(duration=600, cooling_offset=20)
    for _ in range(6):
        await home.let_pass(2)
    assert home.state("health").attributes["reason"] == "control_missed"
    thermostat.refuses = False
    await home.ask(duration=600, duty_cycle=100)
    later = dt_util.utcnow() + timedelta(minutes=2)
    await home.entry.runtime_data.manager(HealthManager).async_evaluate(later)
    assert home.state("health").attributes["reason"] == "control_missed"
    await home.let_pass(11)
    await home.ask(duration=600, cooling_offset=20)
    assert thermostat.temperature == 24.0
    await home.entry.runtime_data.manager(HealthManager).async_evaluate(later + timedelta(minutes=2))
    assert home.state("health").state == "ok"


@pytest.mark.parametrize(
    ("appliance", "kind", "asked"),
    [(CHARGER, "evse", {"cooling_offset": 20}), (THERMOSTAT, "thermostat", {"duty_cycle": 50})],
)
async def test_l5_what_is_no_device_of_the_kind_to_do_is_no_trouble_of_it(
    hass: HomeAssistant, make_home: MakeHome, appliance: dict[str, str], kind: str, asked: dict[str, Any]
) -> None:
    """A program asks for temperatures of a charger: it answers that it cannot (sep.xsd), and is well."""
    Appliance(hass, "climate.home", "cool", temperature=22.0)
    home = await make_home(appliance, kind)
    await home.ask(duration=600, **asked)
    assert (await home.answers())[-1] == R.REJECTED_PARAMETER
    await home.entry.runtime_data.manager(HealthManager).async_evaluate(dt_util.utcnow() + timedelta(minutes=5))
    assert home.state("health").state == "ok"


async def test_l6_schedule_is_put_back_last(hass: HomeAssistant, make_home: MakeHome) -> None:
    presets = {"preset_mode": "home", "preset_modes": ["home", "away", "hold"]}
    thermostat = Appliance(hass, "climate.home", "cool", temperature=22.0, **presets)
    home = await make_home(THERMOSTAT, "thermostat")
    await home.ask(duration=600, cooling_offset=20)
    assert (thermostat.temperature, thermostat.state.attributes["preset_mode"]) == (24.0, "hold")
    await home.let_pass(11)
    assert thermostat.told[-1] == ("set_preset_mode", {"preset_mode": "home"})
    assert (thermostat.temperature, thermostat.state.attributes["preset_mode"]) == (22.0, "home")


async def test_l6_schedule_waits_for_the_control_that_follows(hass: HomeAssistant, make_home: MakeHome) -> None:
    presets = {"preset_mode": "home", "preset_modes": ["home", "away", "hold"]}
    thermostat = Appliance(hass, "climate.home", "cool", temperature=22.0, **presets)
    home = await make_home(THERMOSTAT, "thermostat")
    await home.ask(duration=600, cooling_offset=20)
    await home.ask(start_in=600, duration=600, cooling_offset=30)
    await home.let_pass(11)
    assert (thermostat.temperature, thermostat.state.attributes["preset_mode"]) == (25.0, "hold")
    assert "set_preset_mode" not in [action for action, _ in thermostat.told]
    await home.let_pass(11)
    assert thermostat.told[-1] == ("set_preset_mode", {"preset_mode": "home"})
    assert (thermostat.temperature, thermostat.state.attributes["preset_mode"]) == (22.0, "home")


@pytest.mark.parametrize(
    ("mode", "before", "asked", "during"),
    [
        ("cool", 22.0, {"cooling_setpoint": 2650}, 27.0),
        ("heat", 29.0, {"heating_setpoint": 2650}, 26.0),
    ],
)
async def test_l7_whole_degrees_save_what_was_asked(
    hass: HomeAssistant, make_home: MakeHome, mode: str, before: float, asked: dict[str, int], during: float
) -> None:
    thermostat = Appliance(hass, "climate.home", mode, temperature=before, target_temp_step=1)
    home = await make_home(THERMOSTAT | {"response": "setpoint"}, "thermostat")
    await home.ask(duration=600, **asked)
    assert thermostat.temperature == during


@BOTH_TRANSPORTS
async def test_l8_each_change_is_told(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    for action in ("opt_out", "opt_in", "opt_out"):
        await home.act(action)
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.OPTED_OUT, R.OPTED_IN, R.OPTED_OUT]
    assert home.is_on()


def entity_of(home: Home, key: str) -> str:
    """Return the id of the device's entity with this key."""
    entries = er.async_get(home.hass).entities.values()
    return next(each.entity_id for each in entries if each.unique_id == f"{home.device.subentry_id}_{key}")


def offered(home: Home) -> set[str]:
    """Return which of the buttons about one control can be pressed."""
    states = {key: home.hass.states.get(entity_of(home, key)) for key in ("opt_out_event", "opt_in_event")}
    return {key for key, state in states.items() if state is not None and state.state != "unavailable"}


async def press(home: Home, key: str) -> None:
    """Press one of them."""
    await home.hass.services.async_call("button", "press", {"entity_id": entity_of(home, key)}, blocking=True)
    await home.settle()


@BOTH_TRANSPORTS
async def test_l9_switch_ends_what_runs_and_what_comes(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    await home.ask(start_in=3600, duration=600)
    assert not home.is_on()
    ends = home.state("active_event").attributes["end"]
    switch = entity_of(home, "opt_out")
    await home.hass.services.async_call("switch", "turn_on", {"entity_id": switch}, blocking=True)
    await home.settle()
    assert home.is_on()
    assert home.state("opt_out").attributes["until"] == ends
    assert (await home.answers()).count(R.OPTED_OUT) == 2
    assert home.state("active_event").attributes["participating"] is False
    await home.hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
    await home.settle()
    assert home.state("opt_out").attributes["until"] is None
    assert not home.is_on(), "what was left by the switch is gone back to"


async def test_l9_button_leaves_this_control_alone(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    assert offered(home) == set()
    await home.ask(duration=600)
    assert offered(home) == {"opt_out_event"}
    await press(home, "opt_out_event")
    assert home.is_on()
    assert (await home.answers())[-1] == R.OPTED_OUT
    assert home.state("opt_out").state == "off"
    assert offered(home) == {"opt_in_event"}
    await press(home, "opt_in_event")
    assert not home.is_on()
    assert (await home.answers())[-1] == R.OPTED_IN
    await press(home, "opt_out_event")
    await home.let_pass(11)
    assert offered(home) == set()
    await home.ask(duration=600)
    assert not home.is_on()


async def test_l9_nothing_is_offered_in_an_emergency_but_the_next_can_be_left(make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=600, mandatory=True)
    assert offered(home) == set()
    await home.let_pass(11)
    await home.ask(start_in=3600, duration=600)
    assert offered(home) == {"opt_out_event"}
    await press(home, "opt_out_event")
    assert offered(home) == {"opt_in_event"}


@pytest.mark.parametrize(
    ("status", "code"),
    [(R.REJECTED_INVALID, 0xFE), (R.REJECTED_EXPIRED, 0xFB), (R.REJECTED_PARAMETER, 0xFE)],
)
def test_l10_zigbee_has_its_own_codes(status: ResponseStatus, code: int) -> None:
    """What is sent is in tests/gateway/test_zigbee_events.py."""
    response = ControlResponse("0000002A", "", status, datetime.now(UTC), "drlc/2")
    fields = event_status.report(42, event_status.status_of_response(response), response.at, None)
    assert fields["event_status"] == code
