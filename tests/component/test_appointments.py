"""Somebody from the utility comes: in its working hours, told in the home's own time, and in the home's calendar."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.utility_han.health.texts import async_load_words
from custom_components.utility_han.utility import CaseStatus
from tests.component.test_health import Fix
from tests.component.test_health import fix as fix  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import persistent_notifications, until
from tests.helpers.utility import SimulatedUtility


async def fails(hass: HomeAssistant, patient: Patient, fix: Fix | None = None) -> Mapping[str, Any]:
    """Have the device be diagnosed as faulty, and its notice opened where there is ``fix``; return what was found."""
    hass.states.async_set("input_boolean.pump", "unavailable")
    found = await patient.act("diagnose")
    if fix is not None:
        await fix.open(patient.issue)
    return found


async def first_slot(fix: Fix) -> dict[str, str]:
    """Ask for somebody to come; return the first time that is offered (``value``, ``label``)."""
    await fix.choose("appointment")
    (field,) = fix.page["data_schema"]
    option: dict[str, str] = field["selector"]["select"]["options"][0]
    return option


@BOTH_TRANSPORTS
@pytest.mark.use_case("RD-10a", "RD-12b")
async def test_somebody_comes_in_one_of_the_utilitys_slots(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    found = await fails(hass, patient, fix)
    assert found["verdict"] == "faulty_device"
    option = await first_slot(fix)
    slot = option["value"]
    await fix.submit(slot=slot)
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "booked")
    assert fix.page["description_placeholders"]["when"] == option["label"]
    (case,) = await utility.cases()
    assert (case["status"], case["appointment"]["id"]) == ("scheduled", slot)
    condition = patient.manager.condition(patient.key)
    assert condition.case is not None
    assert condition.case["status"] == "scheduled"
    start, end = (datetime.fromisoformat(case["appointment"][name]) for name in ("start", "end"))
    local = start.astimezone(ZoneInfo(hass.config.time_zone))
    assert f"{local:%a, %b} {local.day}, {local.year}" in option["label"], "in the home's own time"
    working = start.astimezone(ZoneInfo("America/Denver"))
    assert (working.hour in range(8, 16), working.weekday() < 5) == (True, True), "nobody is offered a night"
    await hass.async_block_till_done()
    calendar = Patient(hass, patient.entry, patient.entry.entry_id).state("appointments")
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {"start_date_time": start - timedelta(days=1), "end_date_time": end + timedelta(days=1)},
        target={"entity_id": calendar.entity_id},
        blocking=True,
        return_response=True,
    )
    assert isinstance(answer, dict)
    told: Any = answer[calendar.entity_id]
    (event,) = told["events"]
    assert (datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"])) == (start, end)
    assert event["summary"] == "Your utility comes: Boiler room switch"


@contextmanager
def no_news() -> Iterator[None]:
    """Have nothing told of appointments inside."""
    with patch("custom_components.utility_han.health.manager.async_tell_appointment") as told:
        yield
    assert told.call_count == 0


def news(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return what is told of appointments: title, message."""
    told = [(str(each["title"]), str(each["message"])) for each in persistent_notifications(hass)]
    return [each for each in told if each[0].startswith(("Nobody comes", "Another appointment"))]


@pytest.mark.use_case("RD-10a", "RD-12")
async def test_who_waits_for_somebody_is_told_what_the_utility_does_to_it(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    """What a person made or called off here is no news; each news takes the place of the one before."""
    await fails(hass, patient, fix)
    option = await first_slot(fix)
    with no_news():
        await fix.submit(slot=option["value"])
    (case,) = await patient.manager.account.utility.cases(patient.manager.account.premise_id or "")
    assert case.appointment is not None
    with no_news(), patch("custom_components.utility_han.health.manager.async_withdraw_news") as withdrawn:
        patient.manager.async_take_case(replace(case, note="Somebody is to be there"))
    assert withdrawn.call_count == 0, "nothing was told"
    later = replace(case.appointment, start=case.appointment.start + timedelta(days=1))
    patient.manager.async_take_case(replace(case, appointment=later))
    await until(lambda: [title for title, _ in news(hass)] == ["Another appointment for Boiler room switch"])
    patient.manager.async_take_case(replace(case, appointment=None))
    await until(lambda: ["still open" in message for _, message in news(hass)] == [True])
    patient.manager.async_take_case(case, by_person=True)
    await until(lambda: news(hass) == [])
    patient.manager.async_take_case(replace(case, status=CaseStatus.CLOSED))
    await until(lambda: ["is closed" in message for _, message in news(hass)] == [True])


@pytest.mark.use_case("RD-10a", "RD-12")
async def test_appointment_that_is_over_is_no_news_once_its_case_is_closed(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await fails(hass, patient, fix)
    option = await first_slot(fix)
    await fix.submit(slot=option["value"])
    (case,) = await patient.manager.account.utility.cases(patient.manager.account.premise_id or "")
    assert case.appointment is not None
    with no_news(), patch.object(dt_util, "utcnow", return_value=case.appointment.start):
        patient.manager.async_take_case(replace(case, status=CaseStatus.CLOSED))


@pytest.mark.use_case("RD-10a")
async def test_pages_are_in_the_language_of_who_reads_them(
    hass: HomeAssistant, patient: Patient, fix: Fix, hass_admin_user: MockUser
) -> None:
    """What a page says is in it, and so is what Home Assistant found out and when somebody comes."""
    profile = {"language": "de", "time_format": "24"}
    await (await async_user_store(hass, hass_admin_user.id)).async_set_item("language", profile)
    await fails(hass, patient, fix)
    assert fix.page["description_placeholders"]["now"] == "seine Entität ist in Home Assistant nicht verfügbar"
    option = await first_slot(fix)
    assert re.fullmatch(r"(Mo|Di|Mi|Do|Fr)\., \d+\. .* \d{4}, \d{2}:\d{2}\D+\d{2}:\d{2}", option["label"])
    await fix.submit(slot=option["value"])
    assert fix.page["description_placeholders"]["when"] == option["label"]


@pytest.mark.use_case("RD-10a")
async def test_an_appointment_is_cancelled_where_it_was_made(
    patient: Patient, utility: SimulatedUtility, fix: Fix, hass: HomeAssistant
) -> None:
    await fails(hass, patient, fix)
    assert "appointment_cancel" not in fix.page["menu_options"], "there is nothing to cancel"
    option = await first_slot(fix)
    await fix.submit(slot=option["value"])
    await fix.open(patient.issue)
    await fix.choose("appointment_cancel")
    assert fix.page["description_placeholders"]["when"] == option["label"]
    await utility.fault("http_error", status=503)
    await fix.submit()
    assert fix.page["errors"] == {"base": "not_cancelled"}
    (case,) = await utility.cases()
    assert case["status"] == "scheduled"
    await utility.mend()
    with no_news():
        await fix.submit()
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "cancelled")
    (case,) = await utility.cases()
    assert (case["status"], case["appointment"]) == ("open", None)
    assert patient.manager.condition(patient.key).case is not None, "the case stays"
    await fix.open(patient.issue)
    assert "appointment_cancel" not in fix.page["menu_options"]


@pytest.mark.use_case("RD-2")
async def test_a_case_is_read_in_the_language_that_the_home_has(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility
) -> None:
    def summaries() -> list[str]:
        return [case["summary"] for _, case in patient.manager.open_cases()]

    await fails(hass, patient)
    assert summaries() == ["Boiler room switch: its entity is unavailable in Home Assistant"]
    (case,) = await utility.cases()
    await utility.say(case["id"], "We look into it")
    await until(lambda: (patient.manager.condition(patient.key).case or {}).get("note") == "We look into it")
    hass.config.language = "de"
    await async_load_words(hass)
    assert summaries() == ["Boiler room switch: seine Entität ist in Home Assistant nicht verfügbar"]


@pytest.mark.use_case("RD-1")
async def test_what_a_person_wrote_stays_as_it_is(hass: HomeAssistant, patient: Patient) -> None:
    await patient.act("report_problem", summary="gateway_down")
    hass.config.language = "de"
    await async_load_words(hass)
    assert [case["summary"] for _, case in patient.manager.open_cases()] == ["Boiler room switch: gateway_down"]
