"""The health of the gateway and of vehicles."""

from datetime import timedelta
from errno import ENOSPC
from unittest.mock import AsyncMock, patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.hub import self_checks
from custom_components.utility_han.procedures.vehicle_binding import end_binding, refresh_bindings
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import bind, record_of


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
    run = record_of(vehicle.entry).run
    await refresh_bindings(vehicle.manager.account.utility, run, AsyncMock())
    await vehicle.manager.async_evaluate(dt_util.utcnow() + timedelta(hours=1))
    assert vehicle.health == ("failed", "binding_lost"), "it is as lost as it was"


@pytest.mark.use_case("RD-3", "DM-4a")
async def test_vehicle_whose_binding_a_person_ended_has_nothing_wrong(
    hass: HomeAssistant, vehicle: Patient, utility: SimulatedUtility
) -> None:
    run = record_of(vehicle.entry).run
    run.ending = {"valid_until": dt_util.utcnow().isoformat(), "reason": "moved"}
    await end_binding(vehicle.manager.account.utility, run, AsyncMock())
    (binding,) = await utility.bindings()
    assert binding["status"] == "ended"
    found = await vehicle.act("diagnose")
    assert (found["verdict"], found["reason"]) == ("nothing_wrong", None)
    assert not await utility.cases()
    assert vehicle.well


@pytest.mark.use_case("DM-1", "DM-3", "RD-3")
async def test_gateway_is_diagnosed_and_found_again(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    meter = Patient(hass, hub, hub.entry_id)
    found = await meter.act("diagnose")
    assert found["verdict"] == "nothing_wrong"
    (network,) = [step for step in found["steps"] if step["step"] == "DM-3"]
    assert network["evidence"].keys() >= {"signal", "latency_ms", "loss", "clock_offset", "neighbours"}
    (own,) = [step for step in found["steps"] if step["step"] == "DM-1"]
    assert own["evidence"]["self_test"] == {"identity": "passed", "clock": "passed", "storage": "passed"}
    await gateway.fault("refuse")
    found = await meter.act("diagnose")
    assert (found["verdict"], found["next"], found["case"] is not None) == ("gateway_down", "resynchronise", True)
    await gateway.mend()
    assert (await meter.act("repair"))["fixed"]
    assert meter.well


@pytest.mark.use_case("DM-1", "DM-4a")
async def test_home_that_cannot_keep_anything_is_the_faulty_device(hass: HomeAssistant, hub: ConfigEntry) -> None:
    meter = Patient(hass, hub, hub.entry_id)
    with patch(f"{self_checks.__name__}.async_probe_storage", side_effect=OSError(ENOSPC, "disk full")):
        found = await meter.act("diagnose")
        assert (found["verdict"], found["reason"]) == ("faulty_device", "self_test_failed")
        assert (await meter.act("repair"))["fixed"] is False
    assert (await meter.act("repair"))["fixed"]
    assert meter.well


@pytest.mark.use_case("DM-1")
async def test_log_of_the_gateway_is_evidence(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await gateway.log_event(code=3, function_set=12, details="the clock was set")
    found = await Patient(hass, hub, hub.entry_id).act("diagnose")
    assert found["verdict"] == "nothing_wrong"
    (network,) = [step for step in found["steps"] if step["step"] == "DM-3"]
    (event,) = network["evidence"]["log"]
    assert (event["function_set"], event["code"], event["details"]) == (12, 3, "the clock was set")
