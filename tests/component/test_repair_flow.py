"""A person in the dialog of a repair notice, where it goes another way than usual: each page says what is so."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockUser, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.health.replacing import Replacement, async_replace
from custom_components.utility_han.hub.telling.words import Sheet, word
from tests.component.test_health import Fix
from tests.component.test_health import fix as fix  # noqa: PLC0414 - the fixture
from tests.component.test_health import own_patient as own_patient  # noqa: PLC0414 - the fixture
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_without_meter import home as home  # noqa: PLC0414 - the fixture
from tests.component.test_without_meter import register
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import bind
from tests.openadr.under_test import Vtn


def fields(fix: Fix) -> dict[str, bool]:
    """The fields that the page asks for, and whether each has to be filled in."""
    return {each["name"]: bool(each.get("required")) for each in fix.page["data_schema"]}


async def unwell(hass: HomeAssistant, patient: Patient) -> None:
    """Have the entity of a device be away, and be noticed."""
    hass.states.async_set("input_boolean.pump", "unavailable")
    await patient.act("diagnose")
    assert patient.health == ("failing", "entity_unavailable")


async def unload(hass: HomeAssistant, patient: Patient) -> None:
    assert await hass.config_entries.async_unload(patient.entry.entry_id)


async def remove(hass: HomeAssistant, patient: Patient) -> None:
    assert hass.config_entries.async_remove_subentry(patient.entry, patient.key)
    await hass.async_block_till_done()


@pytest.mark.use_case("RD-8")
async def test_notice_is_in_the_language_of_who_reads_it(hass: HomeAssistant, patient: Patient) -> None:
    """It has names in its places, and no words of the home's language."""
    await unwell(hass, patient)
    (notice,) = [each for each in ir.async_get(hass).issues.values() if each.translation_key == "unhealthy"]
    said = notice.translation_placeholders or {}
    assert said == {"title": patient.entry.title, "device": patient.entry.subentries[patient.key].title}


@pytest.mark.parametrize("meanwhile", [unload, remove])
@pytest.mark.use_case("RD-8", "DM-5a", "RD-10a")
async def test_page_whose_device_is_gone_meanwhile_says_so(
    hass: HomeAssistant,
    patient: Patient,
    hass_client: ClientSessionGenerator,
    meanwhile: Callable[[HomeAssistant, Patient], Awaitable[None]],
) -> None:
    await unwell(hass, patient)
    chosen = {option: Fix(hass, hass_client) for option in ("repair", "replace", "appointment")}
    for dialog in chosen.values():
        await dialog.open(patient.issue)
    typed = Fix(hass, hass_client)
    await typed.open(patient.issue)
    await typed.choose("replace")
    await meanwhile(hass, patient)
    for option, dialog in chosen.items():
        await dialog.choose(option)
        assert (dialog.page["type"], dialog.page["reason"]) == ("abort", "gone"), option
    await typed.submit(entity_id="input_boolean.pump")
    assert (typed.page["type"], typed.page["reason"]) == ("abort", "gone")


@pytest.mark.use_case("RD-12", "RD-10a")
async def test_dialog_speaks_the_language_of_the_profile(
    hass: HomeAssistant, patient: Patient, fix: Fix, hass_admin_user: MockUser
) -> None:
    """What it says of the device too, and not as the home speaks."""
    store = await async_user_store(hass, hass_admin_user.id)
    await store.async_set_item("language", {"language": "de"})
    await unwell(hass, patient)
    await fix.open(patient.issue)
    said = fix.page["description_placeholders"]
    assert said["now"] == "seine Entität ist in Home Assistant nicht verfügbar"
    assert said["repair"] == word(hass, Sheet.REPAIR, "check_device", "de") != "check_device"
    await fix.choose("appointment")
    (times,) = (each["selector"]["select"]["options"] for each in fix.page["data_schema"])
    days = {each["label"].split()[0] for each in times}
    assert days <= {"Mo.,", "Di.,", "Mi.,", "Do.,", "Fr.,", "Sa.,", "So.,"}


@pytest.mark.use_case("RD-11")
async def test_what_is_well_again_by_itself_is_not_repaired(hass: HomeAssistant, patient: Patient, fix: Fix) -> None:
    await unwell(hass, patient)
    await fix.open(patient.issue)
    hass.states.async_set("input_boolean.pump", "on")
    await patient.manager.async_evaluate()
    await fix.choose("repair")
    assert fix.page["type"] == "create_entry", fix.page
    assert patient.well
    assert patient.issue is None


@pytest.mark.use_case("RD-4", "RD-12")
async def test_permission_that_only_a_person_gives_waits_for_them(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await unwell(hass, patient)
    await fix.open(patient.issue)
    await utility.revoke()
    await fix.choose("repair")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "begun")
    assert fix.page["description_placeholders"]["next"] == "sign in to the utility again"
    (flow,) = hass.config_entries.flow.async_progress()
    assert (flow["context"]["source"], flow["step_id"]) == ("reauth", "reauth_account")


@pytest.mark.use_case("DM-1", "DM-4a")
async def test_vehicle_whose_charger_says_nothing_is_repaired_and_not_replaced(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix
) -> None:
    await async_setup_component(hass, REPAIRS, {})
    charger = await bind(hass, hub)
    patient = Patient(hass, hub, hub.get_subentries_of_type("vehicle")[0].subentry_id)
    charger.hide()
    await patient.act("diagnose")
    await fix.open(patient.issue)
    assert fix.page["menu_options"] == ["repair", "appointment"]
    await fix.choose("repair")
    assert (fix.page["type"], fix.page["step_id"]) == ("menu", "still_wrong")
    assert fix.page["menu_options"] == ["repair", "appointment"]
    charger.show()
    charger.plug(plugged=False)
    await fix.choose("repair")
    assert fix.page["type"] == "create_entry", "what was done for it was not done by us"
    assert patient.well


@pytest.fixture
async def at_utility(hass: HomeAssistant, home: ConfigEntry, vtn: Vtn) -> Patient:
    """A device in a home without a meter, enrolled with a utility that speaks OpenADR."""
    program = await vtn.make_program("Shed")
    flow = await register(hass, home, program["id"])
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    return Patient(hass, home, next(iter(home.subentries)))


@pytest.mark.use_case("DM-5a")
async def test_device_that_the_utility_alone_knows_is_replaced_without_a_label(
    hass: HomeAssistant, at_utility: Patient, fix: Fix
) -> None:
    """No gateway lists it, so there is no LFDI and no PIN to type."""
    await async_setup_component(hass, REPAIRS, {})
    before = at_utility.lfdi
    await unwell(hass, at_utility)
    await fix.open(at_utility.issue)
    assert fix.page["menu_options"] == ["repair", "replace"], "nobody from the utility comes"
    await fix.choose("replace")
    assert fields(fix) == {"entity_id": False}
    await fix.submit(entity_id="input_boolean.boiler")
    assert fix.page["type"] == "create_entry", fix.page
    await hass.async_block_till_done(wait_background_tasks=True)
    assert at_utility.lfdi != before
    assert at_utility.entry.subentries[at_utility.key].data["control"]["entity_id"] == "input_boolean.boiler"


@pytest.mark.use_case("DM-5a")
async def test_device_that_speaks_for_itself_is_replaced_by_its_label_once_the_utility_knows(
    own_patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    before = own_patient.lfdi
    await gateway.withdraw(before)
    await own_patient.look()
    await fix.open(own_patient.issue)
    await fix.choose("replace")
    assert fields(fix) == {"lfdi": True, "serial": False, "pin": False}
    other = await gateway.bring_device()
    label = {"lfdi": other["lfdi"], "serial": f"LS1-{other['lfdi'][:8]}", "pin": other["pin"]}
    await utility.fault("http_error", status=503)
    await fix.submit(**label)
    assert (fix.page["step_id"], fix.page["errors"]) == ("replace", {"base": "not_replaced"})
    assert own_patient.lfdi == before
    suggested = {each["name"]: each["description"]["suggested_value"] for each in fix.page["data_schema"]}
    assert suggested == label, "nothing has to be typed again"
    await utility.mend()
    await fix.submit(**label)
    assert fix.page["type"] == "create_entry", fix.page
    assert own_patient.lfdi == other["lfdi"]


@pytest.mark.use_case("DM-5a")
async def test_replacement_that_the_power_cuts_short_goes_on_after_it(
    hass: HomeAssistant, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = patient.manager.registrar.registrations.records
    before, consents = patient.lfdi, records[patient.lfdi].run.consents
    assert consents, "what the person agreed to"

    async def cut(*_: object) -> None:
        raise asyncio.CancelledError

    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    with monkeypatch.context() as patched:
        patched.setattr("custom_components.utility_han.health.replacing.commission_again", cut)
        with pytest.raises(asyncio.CancelledError):
            await async_replace(patient.manager, watched, Replacement(None, "HA-2", None))
    assert patient.lfdi == before, "the power is cut before the gateway lists the new one"

    await hass.config_entries.async_reload(patient.entry.entry_id)
    await hass.async_block_till_done()
    assert patient.lfdi != before
    (record,) = patient.manager.registrar.registrations.records.values()
    assert (record.run.lfdi, record.run.serial, record.run.consents) == (patient.lfdi, "HA-2", consents)
    assert not record.run.closing


def slots(fix: Fix) -> list[str]:
    """The appointments that the page offers."""
    (field,) = fix.page["data_schema"]
    return [option["value"] for option in field["selector"]["select"]["options"]]


@pytest.mark.use_case("RD-10a")
async def test_appointment_that_cannot_be_had_says_why(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await unwell(hass, patient)
    await utility.fault("http_error", status=503)
    await fix.open(patient.issue)
    await fix.choose("appointment")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "no_slots")
    await utility.mend()
    await fix.open(patient.issue)
    await fix.choose("appointment")
    first, second, *_ = slots(fix)
    # The utility is away for a moment: that says nothing of the appointment.
    await utility.fault("http_error", status=503)
    await fix.submit(slot=first)
    assert (fix.page["step_id"], fix.page["errors"]) == ("appointment", {"base": "not_booked"})
    assert first in slots(fix)
    await utility.mend()
    # Somebody else is quicker.
    hub = Patient(hass, patient.entry, patient.entry.entry_id)
    other = (await hub.act("report_problem", summary="it hums"))["case"]
    await (await utility.client()).book_appointment(other, first)
    await fix.submit(slot=first)
    assert (fix.page["step_id"], fix.page["errors"]) == ("appointment", {"base": "slot_taken"})
    assert slots(fix)[0] == second, "what is gone is not offered again"
    await fix.submit(slot=second)
    assert fix.page["reason"] == "booked"


@pytest.mark.use_case("RD-10a")
async def test_appointment_is_cancelled_once(
    hass: HomeAssistant, patient: Patient, hass_client: ClientSessionGenerator, fix: Fix
) -> None:
    await unwell(hass, patient)
    await fix.open(patient.issue)
    await fix.choose("appointment")
    await fix.submit(slot=slots(fix)[0])
    assert fix.page["reason"] == "booked"
    on_the_phone = Fix(hass, hass_client)
    for dialog in (fix, on_the_phone):
        await dialog.open(patient.issue)
    await on_the_phone.choose("appointment_cancel")
    await on_the_phone.submit()
    assert on_the_phone.page["reason"] == "cancelled"
    await fix.choose("appointment_cancel")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "appointment_gone")


@pytest.mark.use_case("RD-8b", "RD-11")
async def test_repair_whose_dialog_is_closed_is_begun_again(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    await utility.fault("slow", seconds=600)
    await fix.open(patient.issue)
    flow_id = fix.page["flow_id"]
    manager: Any = hass.data[REPAIRS]["flow_manager"]
    page = await manager.async_configure(flow_id, {"next_step_id": "repair"})
    assert page["type"] == "progress"
    await until(patient.manager.diagnosing.locked)
    manager.async_abort(flow_id)
    await until(lambda: not patient.manager.diagnosing.locked())
    await utility.mend()
    await fix.open(patient.issue)
    await fix.choose("repair")
    assert fix.page["reason"] == "repaired", fix.page
    assert patient.well


async def asked(hass: HomeAssistant, patient: Patient, utility: SimulatedUtility) -> ir.IssueEntry:
    """Have the utility ask for a diagnosis; return the notice that says so."""
    registration = (await utility.registrations())[-1]
    request = await utility.ask_diagnosis(registration_id=registration["id"], note="You called us.")
    issue_id = f"diagnostics_requested_{patient.entry.entry_id}_{request['id']}"
    await until(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    return issue


async def given_twice(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix, permission: str
) -> None:
    """Answer what the utility asks to diagnose: it does not hear it the first time, and is told so."""
    await fix.open(await asked(hass, patient, utility))
    await utility.fault("http_error", status=503)
    await fix.submit(permission=permission)
    assert (fix.page["step_id"], fix.page["errors"]) == ("ask", {"base": "not_answered"})
    await utility.mend()
    await fix.submit(permission=permission)


@pytest.mark.use_case("RD-5a")
async def test_answer_that_the_utility_did_not_hear_is_given_once_more(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await given_twice(hass, patient, utility, fix, "never")
    assert fix.page["type"] == "create_entry", fix.page
    assert [each["status"] for each in await utility.diagnoses()] == ["denied"]


@pytest.mark.use_case("RD-5a")
async def test_permission_that_the_utility_did_not_hear_is_given_once_more(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await given_twice(hass, patient, utility, fix, "once")
    assert fix.page["step_id"] == "returned", fix.page
    assert [each["status"] for each in await utility.diagnoses()] == ["done"]


@pytest.mark.use_case("RD-5a")
async def test_diagnosis_is_not_shown_of_a_hub_that_is_not_loaded_any_more(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await fix.open(await asked(hass, patient, utility))
    await fix.answer(permission="once")
    assert fix.page["type"] == "progress", fix.page
    await unload(hass, patient)
    await fix.watch()
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "gone")


@pytest.mark.use_case("RD-5a")
async def test_result_of_a_hub_that_is_not_loaded_any_more_is_not_sent(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await not_returned(hass, patient, utility, fix)
    await unload(hass, patient)
    await fix.submit()
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "gone")


@pytest.mark.use_case("RD-5a")
async def test_answer_to_a_hub_that_is_not_loaded_waits(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    await fix.open(await asked(hass, patient, utility))
    await unload(hass, patient)
    await fix.submit(permission="always")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "gone")
    assert [each["status"] for each in await utility.diagnoses()] == ["requested"]


@pytest.mark.use_case("RD-5a")
async def test_person_sees_that_what_was_allowed_is_being_diagnosed(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    issue = await asked(hass, patient, utility)
    await fix.open(issue)
    await fix.answer(permission="once")
    assert (fix.page["type"], fix.page["step_id"]) == ("progress", "diagnose"), fix.page
    ir.async_delete_issue(hass, DOMAIN, issue.issue_id)  # as where the utility is heard meanwhile
    await fix.watch()
    assert fix.page["step_id"] == "returned", fix.page


async def not_returned(hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix) -> str:
    """Have the utility not take the result of what it asked to diagnose; return when that was diagnosed."""
    issue = await asked(hass, patient, utility)
    (request,) = await utility.diagnoses()
    await utility.fault("http_error", status=503, path=f"/api/v1/diagnostics-requests/{request['id']}/result")
    await fix.open(issue)
    await fix.submit(permission="once")
    assert (fix.page["step_id"], fix.page["errors"]) == ("not_returned", {"base": "not_returned"})
    return diagnosed_at(patient)


def diagnosed_at(patient: Patient) -> str:
    diagnosis = patient.manager.condition(patient.key).diagnosis
    assert diagnosis is not None
    return str(diagnosis["at"])


@pytest.mark.use_case("RD-5a")
async def test_result_that_the_utility_did_not_take_is_sent_again_and_nothing_diagnosed_anew(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    at = await not_returned(hass, patient, utility, fix)
    await fix.submit()
    assert (fix.page["step_id"], fix.page["errors"]) == ("not_returned", {"base": "not_returned"})
    await utility.mend()
    await fix.submit()
    assert fix.page["step_id"] == "returned", fix.page
    assert [each["status"] for each in await utility.diagnoses()] == ["done"]
    assert diagnosed_at(patient) == at
    await fix.submit()
    assert fix.page["type"] == "create_entry", fix.page


@pytest.mark.use_case("RD-5a")
async def test_result_that_nobody_sends_again_is_sent_by_itself(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    at = await not_returned(hass, patient, utility, fix)
    await utility.mend()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=2))
    await eventually(utility.diagnoses, lambda found: [each["status"] for each in found] == ["done"])
    assert diagnosed_at(patient) == at
