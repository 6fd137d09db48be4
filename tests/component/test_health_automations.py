"""Automations react to what becomes of devices, by the integration's own triggers and conditions."""

from typing import Any

import pytest
from homeassistant.components.device_automation import DeviceAutomationType, async_get_device_automations
from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.utility_han.health.automation import TRIGGERS
from custom_components.utility_han.health.cases import CaseChange
from custom_components.utility_han.health.manager import HEALTH
from custom_components.utility_han.health.texts import async_load_words, happened
from custom_components.utility_han.hub.subject import Occurrence
from custom_components.utility_han.procedures.health import HealthEvent
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.automations import automate
from tests.helpers.health import Patient


@pytest.mark.use_case("DM-2")
async def test_failure_and_recovery_run_automations(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    target = {"device_id": patient.device_id}

    def on(name: str) -> dict[str, Any]:
        return {"trigger": f"utility_han.{name}", "target": target}

    failing = {"condition": "utility_han.is_failing", "target": target, "options": {"behavior": "any"}}
    well = {"condition": "utility_han.is_healthy", "target": target, "options": {"behavior": "all"}}
    said = await automate(
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
    said = await automate(
        hass,
        {"alias": name, "triggers": [{"trigger": f"utility_han.{name}", "target": {"device_id": patient.device_id}}]},
    )
    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    for event in HealthEvent:
        of_case = event is HealthEvent.CASE_UPDATED
        for change in (CaseChange.OPENED, CaseChange.APPOINTMENT, CaseChange.CLOSED) if of_case else (None,):
            told = {"reason": None} if change is None else {"change": change.value}
            watched.async_tell(Occurrence(HEALTH, event.value, told))
            await hass.async_block_till_done()
    assert len(said) == {"device_failed": 2, "case_updated": 3}.get(name, 1)


@pytest.mark.use_case("DM-2")
async def test_triggers_take_whatever_is_of_the_device(hass: HomeAssistant, as_found: None, patient: Patient) -> None:
    """The event entity too, which automations named before it was one to be enabled."""
    registry = er.async_get(hass)
    event = registry.async_get_entity_id("event", "utility_han", f"{patient.key}_{HEALTH}")
    assert event is not None
    assert hass.states.get(event) is None
    area = ar.async_get(hass).async_create("Boiler room")
    dr.async_get(hass).async_update_device(patient.device_id, area_id=area.id)
    of_gateway = Patient(hass, patient.entry, patient.entry.entry_id)
    targets = {
        "device": {"device_id": patient.device_id},
        "sensor": {"entity_id": patient.state("health").entity_id},
        "event": {"entity_id": event},
        "area": {"area_id": area.id},
        "never": {"device_id": of_gateway.device_id},
    }
    said = await automate(
        hass,
        *(
            {"alias": name, "triggers": [{"trigger": "utility_han.device_marginal", "target": target}]}
            for name, target in targets.items()
        ),
    )
    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    watched.async_tell(Occurrence(HEALTH, HealthEvent.MARGINAL.value, {"reason": None}))
    await hass.async_block_till_done()
    assert sorted(said) == ["area", "device", "event", "sensor"]


@pytest.mark.use_case("DM-2")
async def test_device_offers_triggers_of_its_own(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    offered = await async_get_device_automations(hass, DeviceAutomationType.TRIGGER, [patient.device_id])
    ours = [
        {name: value for name, value in each.items() if name != "metadata"}
        for each in offered[patient.device_id]
        if each["domain"] == "utility_han"
    ]
    assert {each["type"] for each in ours} >= {
        "failed", "recovered", "marginal", "registration_lost", "control_missed", "case_updated",
    }  # fmt: skip
    other = {**ours[0], "device_id": "another", "type": "failed"}
    said = await automate(
        hass,
        *({"alias": each["type"], "triggers": [each]} for each in ours),
        {"alias": "never", "triggers": [other]},
    )
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert said == ["failed"]
    await patient.act("repair")
    await hass.async_block_till_done()
    assert said[-1] in ("recovered", "case_updated")
    assert said.count("recovered") == 1
    assert "never" not in said


@pytest.fixture
async def logbook(recorder_mock: Recorder, hass: HomeAssistant) -> None:
    """Write a logbook; its pages are there before anybody asks for one."""
    assert await async_setup_component(hass, "logbook", {})


@pytest.mark.use_case("DM-2")
async def test_logbook_reads_like_sentences(
    logbook: None,
    hass: HomeAssistant,
    patient: Patient,
    gateway: SimulatedGateway,
    hass_ws_client: WebSocketGenerator,
) -> None:
    begun = dt_util.utcnow()
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    await patient.act("repair")
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {"type": "logbook/get_events", "start_time": begun.isoformat(), "device_ids": [patient.device_id]}
    )
    lines = [line for line in (await client.receive_json())["result"] if line.get("domain") == "utility_han"]
    sentences = [f"{line['name']} {line['message']}" for line in lines]
    assert sentences[0] == "Boiler room switch has failed: the gateway does not list the device any more"
    assert "Boiler room switch is well again" in sentences
    assert "Boiler room switch has news of its case with the utility: it is closed" in sentences
    told_by = {patient.state(key).entity_id for key in ("health", "last_diagnosis", "active_event")}
    assert {line["entity_id"] for line in lines} <= told_by


@pytest.mark.use_case("DM-2")
@pytest.mark.parametrize("event", HealthEvent)
async def test_every_event_has_a_sentence(hass: HomeAssistant, event: HealthEvent) -> None:
    await async_load_words(hass)
    sentence = happened(hass, {"type": event, "reason": "no_answer", "status": "scheduled"})
    assert " " in sentence
    assert "{" not in sentence
