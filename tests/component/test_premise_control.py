"""A control aimed at Home Assistant as the premise's energy management system, carried out by the devices at hand.

EndDeviceControl.deviceCategory bit 14 (sep.xsd, ``DeviceCategoryType``); a single percentage offset aimed at it asks
for that share of what the premise uses (``Offset``).
"""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from custom_components.utility_han.esi import ReductionUnit, TargetReduction
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.load_control import limiting
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.load_control.store import KeptControls
from custom_components.utility_han.procedures import LimitState, PremiseGoal
from tests.component.test_load_control import SWITCH, Home, MakeHome, make_home
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.field_cases.test_controls import CHARGER, Appliance, limit_of
from tests.helpers.files import start_anew
from tests.procedures.test_load_control_rules import control

__all__ = ["make_home"]
pytestmark = pytest.mark.use_case("UR-P")

EMS, EVSE = 1 << 14, 1 << 17
HALF_AN_HOUR = timedelta(minutes=30)
EVENING, HALF_A_DAY, DAY, HOUR = 20, 12, 24, 3600
type MakeManaged = Callable[..., Awaitable[Home]]


@pytest.fixture
async def gateway(make_gateway: GatewayFactory) -> SimulatedGateway:
    """A gateway where it is evening, so that the home takes from the grid, whatever the sun does here."""
    east = (EVENING - int(time.time()) // HOUR % DAY + HALF_A_DAY) % DAY - HALF_A_DAY
    return await make_gateway(personality="standard", registration="both", tz_offset=HOUR * east)


@pytest.fixture
def managed(make_home: MakeHome) -> MakeManaged:
    """A home whose Home Assistant is enrolled itself, in program 1."""

    async def make(*how: object) -> Home:
        home = await make_home(*how)
        await home.gateway.enroll(home.entry.runtime_data.gateway.client_lfdi)
        home.entry.runtime_data.coordinator.read_anew()
        await home.poll()
        return home

    return make


def goals(home: Home) -> dict[str, PremiseGoal]:
    """Return what the premise is asked for comes to."""
    found: dict[str, PremiseGoal] = home.entry.runtime_data.manager(LoadControlManager)._kept.goals
    return found


async def told(home: Home) -> list[int]:
    """Return what Home Assistant told the utility; devices tell nothing of their own."""
    own = home.entry.runtime_data.gateway.client_lfdi
    assert {each["lfdi"] for each in await home.gateway.responses()} <= {own}
    return await home.answers()


async def test_percentage_of_the_premise(managed: MakeManaged) -> None:
    home = await managed(CHARGER, "evse")
    made = await home.ask(duration=600, device_category=EMS, load_adjustment=1000)
    assert limit_of(home) == 28.0, "nothing is measured at the charger: it keeps to the share that the premise does"
    assert await told(home) == [R.RECEIVED, R.STARTED]
    before = goals(home)[made["mrid"]].average
    assert before is not None
    assert home.state("active_event").state == "load_limit"
    await home.poll()
    measured = goals(home)[made["mrid"]].measured
    assert measured is not None
    await start_anew(home.hass, home.entry)
    await home.settle()
    assert goals(home)[made["mrid"]].average == before
    await home.poll()
    assert limit_of(home) == 28.0
    assert await told(home) == [R.RECEIVED, R.STARTED], "it goes on after a restart"
    await home.let_pass(11, poll=False)
    await start_anew(home.hass, home.entry)
    await home.settle()
    await home.poll()
    assert limit_of(home) == 32.0
    assert await told(home) == [R.RECEIVED, R.STARTED, R.COMPLETED]
    completed = (await home.gateway.responses())[-1]
    saved = 10000 - round(min(100 * measured / before, 100) * 100)
    assert completed["extras"]["load_adjustment"] == pytest.approx(saved, abs=1), "by the meter, not as asked"
    assert goals(home) == {}
    await start_anew(home.hass, home.entry)
    await home.settle()
    await home.poll()
    assert await told(home) == [R.RECEIVED, R.STARTED, R.COMPLETED], "it is over, also after another start"


async def test_share_is_what_the_premise_has_to_save(hass: HomeAssistant, managed: MakeManaged) -> None:
    """Half of what is drawn at the charger would be far more than a tenth of the premise."""
    home = await managed({"entity_id": "number.limit", "response": "limit"}, "evse")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=home.entry.entry_id, identifiers={("wallbox", "1")}
    )
    registry = er.async_get(hass)
    registry.async_get_or_create("number", "wallbox", "limit", suggested_object_id="limit", device_id=device.id)
    registry.async_get_or_create(
        "sensor", "wallbox", "drawn", suggested_object_id="drawn", device_id=device.id, original_device_class="power"
    )
    limits = {"min": 0, "max": 20000, "step": 1, "unit_of_measurement": "W"}
    hass.states.async_set("number.limit", "11000", limits)

    @callback
    def set_value(call: ServiceCall) -> None:
        hass.states.async_set("number.limit", str(call.data["value"]), limits)

    hass.services.async_register("number", "set_value", set_value)
    drawn = 8000.0  # of the day's hours the simulated home takes more in some than in others
    hass.states.async_set("sensor.drawn", str(drawn), {"unit_of_measurement": "W", "device_class": "power"})
    made = await home.ask(duration=600, device_category=EMS, load_adjustment=1000)
    goal = goals(home)[made["mrid"]]
    assert goal.average is not None
    assert goal.share == pytest.approx(100 - 10 * goal.average / drawn)
    state = hass.states.get("number.limit")
    assert state is not None
    assert float(state.state) == pytest.approx(drawn * goal.share / 100, abs=1)


async def test_threshold_of_the_premise_is_held_by_the_meter(managed: MakeManaged) -> None:
    """TargetReduction: "a threshold that a device/premises should maintain its consumption below"."""
    home = await managed(SWITCH)
    assert home.entry.runtime_data.coordinator.data.values["power"] > 100
    await home.ask(duration=600, device_category=EMS, target_type=2, target_value=100)
    assert not home.is_on()
    active = home.state("active_event")
    assert (active.state, active.attributes["by_meter"]) == ("power_limit", True)
    assert await told(home) == [R.RECEIVED, R.STARTED]
    await home.let_pass(11)
    assert home.is_on()
    assert (await told(home))[-1] == R.COMPLETED


@pytest.mark.parametrize(("within", "goes_off"), [(timedelta(minutes=6), False), (timedelta(0), True)])
async def test_device_under_a_limit_stays_as_it_is_over_a_start_until_the_meter_is_read(
    managed: MakeManaged, monkeypatch: pytest.MonkeyPatch, within: timedelta, *, goes_off: bool
) -> None:
    home = await managed(SWITCH)
    power = home.entry.runtime_data.coordinator.data.values["power"]
    await home.ask(duration=3600, device_category=EMS, target_type=2, target_value=round(1.5 * power))
    assert home.is_on(), "the premise is under its limit as it is"
    was_off = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        was_off.append((state := event.data["new_state"]) is not None and state.state == "off")

    async_track_state_change_event(home.hass, [SWITCH["entity_id"]], changed)
    monkeypatch.setattr(limiting, "_READ_WITHIN", within)
    await start_anew(home.hass, home.entry)
    await home.settle()
    await home.poll()
    assert any(was_off) == goes_off, "who has waited for the meter in vain keeps to the limit without it"


@pytest.mark.parametrize("read", [True, False], ids=["read before", "never read"])
async def test_clock_that_was_put_back_makes_no_reading_of_before_one_of_now(
    hass: HomeAssistant, *, read: bool
) -> None:
    """Until the clock has caught up, which took days, a limit was kept by what the meter had said before that."""
    now = dt_util.utcnow()
    state = LimitState(measured=True)
    kept = cast("KeptControls", SimpleNamespace(limits={"limit": state}))
    limits = limiting.Limiting(hass, kept)
    if read:
        limits.measured(100.0, now, HALF_AN_HOUR)
    limit = control(id="limit", target_reduction=TargetReduction(ReductionUnit.WATTS, 1000))
    limits.settle(limit, [], now)
    assert state.measured is True
    limits.settle(limit, [], now - timedelta(days=3))
    assert state.measured is False


async def test_person_opts_devices_out_and_the_utility_hears(managed: MakeManaged) -> None:
    home = await managed(SWITCH)
    await home.ask(duration=600, device_category=EMS, load_adjustment=10000)
    assert not home.is_on()
    await home.act("opt_out")
    assert home.is_on()
    assert await told(home) == [R.RECEIVED, R.STARTED, R.OPTED_OUT]
    await home.act("opt_in")
    assert not home.is_on()
    assert (await told(home))[-1] == R.OPTED_IN


async def test_nothing_that_could_use_less_is_a_rejection(hass: HomeAssistant, managed: MakeManaged) -> None:
    Appliance(hass, "climate.home", "cool", temperature=22.0)
    home = await managed({"entity_id": "climate.home", "response": "offset"}, "thermostat")
    await home.ask(duration=600, device_category=EMS, load_adjustment=1000)
    assert await told(home) == [R.RECEIVED, R.REJECTED_PARAMETER]
    assert home.state("control").state == "unknown", "its thermostat has nothing to do with it"
    await home.ask(duration=600, device_category=EMS, cooling_offset=20)
    assert (await told(home))[-1] == R.STARTED, "several devices, each what fits it"


async def test_nobody_else_is_meant(managed: MakeManaged) -> None:
    """RespondableResource.responseRequired: where deviceCategory does not match, the device SHALL NOT respond."""
    home = await managed(SWITCH, "water_heater")
    await home.ask(duration=600, device_category=EVSE, load_adjustment=1000)
    assert await told(home) == []
    assert home.is_on()
