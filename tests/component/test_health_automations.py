"""Automations react to what becomes of devices, by the integration's own triggers and conditions."""

from typing import Any

import pytest
from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.utility_han.condition import CONDITIONS
from custom_components.utility_han.health.manager import Told
from custom_components.utility_han.procedures.health import HealthEvent
from custom_components.utility_han.trigger import TRIGGERS
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient


async def _automate(hass: HomeAssistant, *automations: dict[str, Any]) -> list[str]:
    """Set automations up that say their name; return what they say."""
    said: list[str] = []

    def heard(event: Event) -> None:
        said.append(event.data["name"])

    hass.bus.async_listen("said", heard)
    made = [
        {**each, "id": each["alias"], "actions": [{"event": "said", "event_data": {"name": each["alias"]}}]}
        for each in automations
    ]
    assert await async_setup_component(hass, "automation", {"automation": made})
    await hass.async_block_till_done()
    return said


@pytest.mark.use_case("DM-2")
async def test_failure_and_recovery_run_automations(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    target = {"device_id": patient.device_id}

    def on(name: str) -> dict[str, Any]:
        return {"trigger": f"utility_han.{name}", "target": target}

    failing = {"condition": "utility_han.is_failing", "target": target, "options": {"behavior": "any"}}
    well = {"condition": "utility_han.is_healthy", "target": target, "options": {"behavior": "all"}}
    said = await _automate(
        hass,
        {"alias": "failed", "triggers": [on("device_failed")], "conditions": [failing]},
        {"alias": "never", "triggers": [on("device_failed")], "conditions": [well]},
        {"alias": "recovered", "triggers": [on("device_recovered")], "conditions": [well]},
        {"alias": "case", "triggers": [on("case_updated")]},
    )
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert said == ["failed"]
    await patient.act("repair")
    await hass.async_block_till_done()
    assert said[0:1] + [each for each in said[1:] if each != "case"] == ["failed", "recovered"]
    assert said.count("case") >= 2, "it was opened and closed"


@pytest.mark.use_case("DM-2")
@pytest.mark.parametrize("name", TRIGGERS)
async def test_each_trigger_is_for_its_own_event(hass: HomeAssistant, patient: Patient, name: str) -> None:
    said = await _automate(
        hass,
        {"alias": name, "triggers": [{"trigger": f"utility_han.{name}", "target": {"device_id": patient.device_id}}]},
    )
    for event in HealthEvent:
        told: Told = (event, {"reason": None})
        patient.manager.async_tell(patient.key, told)
        await hass.async_block_till_done()
    assert len(said) == (2 if name == "device_failed" else 1)
    assert set(CONDITIONS) == {"is_healthy", "is_marginal", "is_failing"}
