"""The health of the gateway and of vehicles."""

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import bind


@pytest.fixture
async def vehicle(hass: HomeAssistant, hub: ConfigEntry) -> Patient:
    """A vehicle that is bound, at a charger that works."""
    (await bind(hass, hub)).show()
    return Patient(hass, hub, next(iter(hub.subentries)))


@pytest.mark.use_case("RD-3", "DM-4a")
async def test_vehicle_is_diagnosed_by_its_charger_and_its_binding(
    hass: HomeAssistant, vehicle: Patient, utility: SimulatedUtility
) -> None:
    found = await vehicle.act("diagnose")
    assert found["verdict"] == "nothing_wrong", found
    assert vehicle.well

    plug = vehicle.entry.subentries[vehicle.key].data["plug"]
    before = hass.states.get(plug)
    assert before is not None
    hass.states.async_set(plug, "unavailable")
    found = await vehicle.act("diagnose")
    assert (found["verdict"], found["reason"]) == ("faulty_device", "entity_unavailable")
    assert vehicle.health == ("failing", "entity_unavailable")
    hass.states.async_set(plug, before.state, before.attributes)
    assert (await vehicle.act("repair"))["fixed"]

    (binding,) = await utility.bindings()
    await utility.decide_vehicle("bindings", binding["id"], "end")
    found = await vehicle.act("diagnose")
    assert (found["verdict"], found["reason"]) == ("registration_problem", "binding_lost")


@pytest.mark.use_case("DM-1", "DM-3", "RD-3")
async def test_gateway_is_diagnosed_and_found_again(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    meter = Patient(hass, hub, hub.entry_id)
    found = await meter.act("diagnose")
    assert found["verdict"] == "nothing_wrong"
    (network,) = [step for step in found["steps"] if step["step"] == "DM-3"]
    assert network["evidence"].keys() >= {"signal", "latency_ms", "loss", "tls_ms", "clock_offset", "neighbours"}
    await gateway.fault("refuse")
    found = await meter.act("diagnose")
    assert (found["verdict"], found["next"], found["case"] is not None) == ("gateway_down", "resynchronise", True)
    await gateway.mend()
    assert (await meter.act("repair"))["fixed"]
    assert meter.well
