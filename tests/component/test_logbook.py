"""The logbook tells in sentences what happens to gateway, devices and vehicles, in every language of the component."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.utility_han.const import (
    DOMAIN,
    EVENT_CARE,
    EVENT_CONTROL,
    EVENT_HEALTH,
    EVENT_MESSAGE,
    EVENT_REGISTRATION,
    EVENT_SESSION,
)
from custom_components.utility_han.esi import Priority
from custom_components.utility_han.gateway import DeviceState
from custom_components.utility_han.health.texts import async_load_words
from custom_components.utility_han.load_control.manager import MEASURED
from custom_components.utility_han.logbook import SENTENCES
from custom_components.utility_han.procedures import Happening, HealthEvent, Repair, Verdict
from custom_components.utility_han.vehicles.session_news import SessionEvent
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_health_automations import logbook as logbook  # noqa: PLC0414 - the fixture
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import until


def everything() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield all that may happen, by event."""
    for event in HealthEvent:
        yield EVENT_HEALTH, {"type": event.value, "reason": "no_answer", "status": "scheduled"}
    for verdict in Verdict:
        yield EVENT_CARE, {"type": "diagnosed", "verdict": verdict.value}
    for repair in Repair:
        yield EVENT_CARE, {"type": "repairing", "repair": repair.value}
    for happening in Happening:
        yield EVENT_CONTROL, {"type": happening.value, "what": "set_point", "reason": "unsupported"}
    yield EVENT_CONTROL, {"type": MEASURED, "what": "set_point", "reason": None, "summary": "It used 1 kWh."}
    for state in DeviceState:
        yield EVENT_REGISTRATION, {"type": state.value}
    for session in SessionEvent:
        yield EVENT_SESSION, {"type": session.value, "energy_kwh": 1234.5, "cost": 31.995, "currency": "EUR"}
    for priority in Priority:
        yield EVENT_MESSAGE, {"type": priority.value, "text": "Works in your street"}


@pytest.mark.use_case("DM-2", "UR-15", "UR-EV")
@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
async def test_all_that_happens_has_a_sentence(hass: HomeAssistant, language: str) -> None:
    hass.config.language = language
    await async_load_words(hass)
    await async_get_translations(hass, language, "entity", [DOMAIN])
    said = {}
    for event, told in everything():
        sentence = SENTENCES[event](hass, told)
        assert " " in sentence, (event, told)
        assert not set("{}_") & set(sentence), sentence
        said[event, *told.values()] = sentence
    assert {event for event, *_ in said} == set(SENTENCES)
    assert len(set(said.values())) == len(said) - len(Priority) + 1, "no two things are told by the same words"


@pytest.mark.parametrize(
    ("language", "country", "figures"),
    [
        ("en", "US", "1,234.50\xa0kWh, €32.00"),
        ("de", "DE", "1.234,50\xa0kWh, 32,00\xa0€"),
        ("fr", None, "1\u202f234,50\xa0kWh, 32,00\xa0€"),
        ("tlh", None, "1,234.50\xa0kWh, €32.00"),
    ],
)
async def test_figures_are_written_as_people_write_them(
    hass: HomeAssistant, language: str, country: str | None, figures: str
) -> None:
    hass.config.language, hass.config.country = language, country
    await async_load_words(hass)
    told = {"type": "ended", "energy_kwh": 1234.5, "cost": 31.995, "currency": "EUR"}
    assert SENTENCES[EVENT_SESSION](hass, told).endswith(figures)
    assert "€" not in SENTENCES[EVENT_SESSION](hass, told | {"cost": None})


@pytest.mark.use_case("UR-P", "RD-11")
async def test_a_day_of_a_device_is_told(
    logbook: None,
    hass: HomeAssistant,
    patient: Patient,
    gateway: SimulatedGateway,
    hass_ws_client: WebSocketGenerator,
) -> None:
    begun = dt_util.utcnow()
    await gateway.publish(program=1, duration=600, duty_cycle=0)
    await patient.look()
    await until(lambda: hass.states.get("input_boolean.pump").state == "off")  # type: ignore[union-attr]
    await gateway.send("Works in your street")
    await patient.look()
    await patient.act("diagnose")
    await hass.async_block_till_done()
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    hub = Patient(hass, patient.entry, patient.entry.entry_id)
    devices = [patient.device_id, hub.device_id]
    asked = {"type": "logbook/get_events", "start_time": begun.isoformat(), "device_ids": devices}
    await client.send_json_auto_id(asked)
    lines = [line for line in (await client.receive_json())["result"] if line.get("domain") == DOMAIN]
    sentences = [f"{line['name']} {line['message']}" for line in lines]
    assert "Boiler room switch follows a load control: Reduce the load" in sentences
    assert "Boiler room switch was diagnosed: nothing is wrong" in sentences
    assert f"{patient.entry.title} has a message of the utility: Works in your street" in sentences
    assert all(line["entity_id"] for line in lines)
