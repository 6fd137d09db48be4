"""People, automations and the utility look after a device: told, asked, repaired, replaced, visited."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import CONF_UTILITY, DOMAIN, EVENT_HEALTH
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.health import repairing
from custom_components.utility_han.health.requests import UtilityRequests
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures import diagnosis
from custom_components.utility_han.procedures.repair import commission_again
from custom_components.utility_han.utility import asking
from custom_components.utility_han.utility.han_api.connection import ApiConnection
from tests.component.test_device_flow import DeviceFlow, registered, registered_by_itself
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.radio import link_radio
from tests.helpers.states import eventually, persistent_notifications, until
from tests.helpers.utility import SimulatedUtility


@pytest.fixture
async def patient(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> Patient:
    """A device that is registered and well."""
    await async_setup_component(hass, "repairs", {})
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    return Patient(hass, hub, next(iter(hub.subentries)))


@pytest.fixture
async def own_patient(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> Patient:
    """A device that speaks for itself, registered and well."""
    await async_setup_component(hass, "repairs", {})
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered_by_itself(flow, gateway)
    await hass.async_block_till_done()
    return Patient(hass, hub, next(iter(hub.subentries)))


class Fix:
    """A person in the dialog of a repair notice."""

    def __init__(self, hass: HomeAssistant, web: ClientSessionGenerator) -> None:
        self._hass = hass
        self._web = web
        self.page: Mapping[str, Any] = {}

    async def open(self, issue: ir.IssueEntry | None) -> None:
        assert issue is not None
        assert issue.is_fixable
        await self._post("/api/repairs/issues/fix", {"handler": DOMAIN, "issue_id": issue.issue_id})

    async def answer(self, **answer: str) -> None:
        """Submit the page, and see the next, whatever it is."""
        await self._post(f"/api/repairs/issues/fix/{self.page['flow_id']}", answer)

    async def submit(self, **answer: str) -> None:
        """Submit the page, and wait until the next wants something."""
        await self.answer(**answer)
        await self.watch()

    async def watch(self) -> None:
        """Wait until a page wants something."""
        web = await self._web()
        while self.page["type"] == "progress":
            await self._hass.async_block_till_done()
            self.page = await (await web.get(f"/api/repairs/issues/fix/{self.page['flow_id']}")).json()

    async def choose(self, option: str) -> None:
        await self.submit(next_step_id=option)

    async def _post(self, path: str, body: dict[str, str]) -> None:
        response = await (await self._web()).post(path, json=body)
        assert response.status == HTTPStatus.OK, await response.text()
        self.page = await response.json()


@pytest.fixture
def fix(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Fix:
    """The dialog."""
    return Fix(hass, hass_client)


@pytest.mark.use_case("DM-1", "RD-6", "RD-8a")
async def test_device_that_is_listed_by_its_short_number_alone_is_the_one_it_is(
    patient: Patient, gateway: SimulatedGateway
) -> None:
    """In sep.xsd ``lFDI`` of an EndDevice may be left out; ``sFDI`` is always there."""
    await gateway.fault("no_lfdi")
    await patient.look()
    assert patient.well
    assert patient.state("registration_state").state == "enrolled"
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert patient.health == ("failed", "not_listed"), "others are listed without an LFDI, and are others"
    assert patient.state("health").attributes["next"] == "re_announce", "what helps is known before any diagnosis"


@pytest.mark.use_case("DM-1", "DM-2", "RD-8a", "RD-8b")
async def test_failure_is_told_and_repaired_from_its_notice(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    told = async_capture_events(hass, EVENT_HEALTH)
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert patient.health == ("failed", "not_listed")
    assert patient.state("health_event").attributes["event_type"] == "failed"
    assert [(each.data["type"], each.data["reason"]) for each in told] == [("failed", "not_listed")]
    assert any("does not list" in each["message"] for each in persistent_notifications(hass))

    await fix.open(patient.issue)
    assert fix.page["type"] == "menu"
    assert "does not list" in fix.page["description_placeholders"]["now"]
    await fix.choose("repair")
    assert fix.page["reason"] == "repaired", fix.page
    assert fix.page["description_placeholders"]["done"] == "put the device on the gateway's list again"
    assert patient.well
    assert patient.told[0] == "re_announce"
    assert patient.issue is None
    assert [each.data["type"] for each in told if each.data["type"] != "case_updated"] == ["failed", "recovered"]
    assert patient.lfdi in (await gateway.describe())["registered"]
    # It was enrolled again too: the gateway assigns it, and the next control reaches it.
    assert patient.entry.runtime_data.manager(Registrar).devices[patient.key].dr_programs


@pytest.mark.use_case("DM-2")
async def test_notice_of_what_is_not_well_goes_with_its_hub(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert patient.issue is not None
    assert await hass.config_entries.async_unload(patient.entry.entry_id)
    assert patient.issue is None
    # A hub that could not be set up has told why all the same, and is removed without ever being unloaded.
    said = {"is_fixable": False, "severity": ir.IssueSeverity.ERROR, "translation_key": "gateway_silent"}
    ir.async_create_issue(hass, DOMAIN, f"gateway_silent_{patient.entry.entry_id}", **said)
    ir.async_create_issue(hass, DOMAIN, "gateway_silent_another", **said)
    await hass.config_entries.async_remove(patient.entry.entry_id)
    assert [each.issue_id for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN] == [
        "gateway_silent_another"
    ]


@pytest.mark.use_case("DM-2")
async def test_what_was_known_of_a_device_goes_with_it(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert set(patient.manager.conditions.known) == {patient.entry.entry_id, patient.key}
    hass.config_entries.async_remove_subentry(patient.entry, patient.key)
    await hass.async_block_till_done()
    assert set(patient.manager.conditions.known) == {patient.entry.entry_id}
    assert patient.issue is None


@BOTH_TRANSPORTS
@pytest.mark.use_case("RD-1", "RD-2", "RD-9", "RD-11")
async def test_problem_is_reported_and_the_case_is_followed_until_it_is_closed(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    hub = Patient(hass, patient.entry, patient.entry.entry_id)
    answer = await patient.act("report_problem", summary="it hums")
    (case,) = await utility.cases()
    assert answer["case"] == case["id"]
    assert "it hums" in case["summary"]
    assert hub.state("open_cases").state == "1"
    # What is said in a case is long, and nobody's history.
    assert (info := hub.state("open_cases").state_info) is not None
    assert "cases" in info["unrecorded_attributes"]
    assert patient.state("health_event").attributes["event_type"] == "case_updated"

    await utility.say(case["id"], "We have a look at it.")
    await until(lambda: (patient.manager.condition(patient.key).case or {}).get("note") == "We have a look at it.")
    await gateway.unenroll(patient.lfdi)
    found = await patient.act("diagnose")
    assert (found["case"], found["verdict"]) == (case["id"], "registration_problem")
    (case,) = await utility.cases()
    assert [report["verdict"] for report in case["reports"]] == ["registration_problem"]
    assert "input_boolean" not in str(case)

    assert patient.told == (None, False)
    answer = await patient.act("repair")
    assert answer["fixed"]
    (case,) = await utility.cases()
    assert case["status"] == "closed"
    assert hub.state("open_cases").state == "0"
    assert patient.told == (answer["repair"], True)
    assert patient.manager.condition(patient.key).to_dict()["diagnosis"]["repair"] == answer["repair"]
    await patient.act("diagnose")
    assert patient.told == (None, False), "what is told is the last diagnosis, and not the repair before it"


@BOTH_TRANSPORTS
@pytest.mark.use_case("RD-10")
async def test_test_signal_changes_nothing_at_the_device(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    seen: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        lambda event: (
            seen.append(event.data["new_state"].state) if event.data["entity_id"] == "input_boolean.pump" else None
        ),
    )
    await patient.look()  # what the hub does after it was loaded is no part of it
    await gateway.clear_log()
    asked: set[tuple[str, str]] = set()  # however often it has to be asked whether there is an answer
    ask = ApiConnection._ask

    async def counted(self: ApiConnection, token: str, request: Any) -> Any:
        asked.add((request.method, request.path))
        return await ask(self, token, request)

    with patch.object(ApiConnection, "_ask", counted):
        found = await patient.act("diagnose")
    assert 3 < len(asked) + len((await gateway.log())["requests"]) < 25
    (signal,) = [step for step in found["steps"] if step["step"] == "RD-10"]
    assert signal["evidence"]["status"] == "answered"
    assert found["verdict"] == "nothing_wrong"
    await hass.async_block_till_done()
    assert seen == []


@pytest.mark.use_case("RD-10")
async def test_what_a_look_finds_is_answered_over_the_same_connection(
    patient: Patient, gateway: SimulatedGateway
) -> None:
    await gateway.clear_log()
    made = await gateway.publish(program=1, duration=600)
    await patient.entry.runtime_data.manager(LoadControlManager).async_look()
    assert made["mrid"] in {each["mrid"] for each in await gateway.responses()}
    log = await gateway.log()
    # A poll may read as well: no connection is there for answers alone.
    assert log["connections"] <= sum(each["path"].startswith("/dr/1/edc") for each in log["requests"])


@BOTH_TRANSPORTS
@pytest.mark.use_case("RD-5a")
async def test_utility_diagnoses_once_it_may(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, fix: Fix
) -> None:
    registration = (await utility.registrations())[-1]

    async def asked() -> ir.IssueEntry:
        request = await utility.ask_diagnosis(registration_id=registration["id"], note="You called us.")
        issue_id = f"diagnostics_requested_{patient.entry.entry_id}_{request['id']}"
        await until(lambda: ir.async_get(hass).async_get_issue(DOMAIN, issue_id))
        issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
        assert issue is not None
        return issue

    await fix.open(await asked())
    # The frontend fills in the first answer where one is required, which allows it.
    (field,) = fix.page["data_schema"]
    assert not field.get("required")
    await fix.submit()
    assert fix.page["errors"] == {"permission": "nothing_chosen"}
    await fix.submit(permission="never")
    assert fix.page["type"] == "create_entry"
    await fix.open(await asked())
    await fix.submit(permission="once")
    assert fix.page["step_id"] == "returned", fix.page
    await fix.submit()
    assert fix.page["type"] == "create_entry"
    assert [each["status"] for each in await utility.diagnoses()] == ["denied", "done"]
    result = (await utility.diagnoses())[-1]["result"]
    assert result["verdict"] == "nothing_wrong"
    assert "RD-10" in result["evidence"]

    await fix.open(await asked())
    await fix.submit(permission="always")
    await fix.submit()
    await utility.ask_diagnosis(registration_id=registration["id"])
    await eventually(utility.diagnoses, lambda found: [each["status"] for each in found][2:] == ["done", "done"])


@pytest.mark.use_case("RD-5a")
async def test_utility_that_is_away_has_its_diagnosis_within_the_minute_after(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked while it could not be read, and what could not be returned: neither is asked for twice."""
    monkeypatch.setattr(asking, "_PAUSE", 0.0)
    patient.manager.conditions.always_allowed = True
    requests: UtilityRequests = patient.entry.runtime_data.manager(UtilityRequests)
    await requests.async_ask()
    requests._unsubscribe.pop(0)()  # the utility's events got lost
    (registration,) = await utility.registrations()
    for minute, path in enumerate(("/api/v1/accounts", "/api/v1/diagnostics-requests/"), 1):
        await utility.fault("http_error", path=path)
        await utility.ask_diagnosis(registration_id=registration["id"])
        await requests.async_ask()
        assert (await utility.diagnoses())[-1]["status"] != "done"
        await utility.mend()
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61 * minute))
        await eventually(utility.diagnoses, lambda found: found[-1]["status"] == "done")


@pytest.mark.use_case("RD-5a")
async def test_utility_is_asked_nothing_where_its_account_is_linked_no_more(
    hass: HomeAssistant, patient: Patient, utility: SimulatedUtility
) -> None:
    """Until the hub is loaded anew without it."""
    requests: UtilityRequests = patient.entry.runtime_data.manager(UtilityRequests)
    await requests.async_ask()
    data = {key: value for key, value in patient.entry.data.items() if key != CONF_UTILITY}
    hass.config_entries.async_update_entry(patient.entry, data=data)
    before = [each["path"] for each in await utility.log()]
    await requests.async_ask()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()
    assert [each["path"] for each in await utility.log()].count("/api/v1/accounts") == before.count("/api/v1/accounts")


@pytest.mark.use_case("DM-5a")
async def test_replaced_device_keeps_everything_but_its_identity(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    old, entities = patient.lfdi, {state.entity_id for state in hass.states.async_all() if "boiler" in state.entity_id}
    device_id = patient.device_id
    hass.states.async_set("input_boolean.pump", "unavailable")
    await patient.act("diagnose")
    await fix.open(patient.issue)
    await fix.choose("replace")
    await fix.submit(lfdi="not an LFDI", entity_id="input_boolean.pump")
    assert fix.page["errors"] == {"lfdi": "invalid_lfdi"}
    hass.states.async_set("input_boolean.pump", "on")
    await fix.submit(entity_id="input_boolean.pump", serial=f"HA-{uuid4().hex[:10]}")
    assert fix.page["type"] == "create_entry", fix.page
    await hass.async_block_till_done()
    await until(lambda: patient.state("registration_state").state == "enrolled")
    assert patient.lfdi != old
    assert patient.device_id == device_id
    assert {state.entity_id for state in hass.states.async_all() if "boiler" in state.entity_id} == entities
    listed = (await gateway.describe())["registered"]
    assert (old in listed, patient.lfdi in listed) == (False, True)
    stages = {each["device"]["lfdi"]: each["stage"] for each in await utility.registrations()}
    assert (stages[old], stages[patient.lfdi]) == ("closed", "active")
    assert (await patient.act("diagnose"))["verdict"] == "nothing_wrong"


@pytest.mark.timeout(300)  # two test signals that nobody answers are waited for
@pytest.mark.use_case("RD-7", "RD-9", "DM-4a", "DM-6")
async def test_repair_that_does_not_help_says_what_else_can_be_done(
    own_patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    patient = own_patient
    assert (await patient.act("diagnose"))["verdict"] == "nothing_wrong"
    await utility.set(answer_seconds=1.0)
    await gateway.set_device(patient.lfdi, answering=False)
    with patch.object(diagnosis, "MOST_PATIENCE", 0.5):  # no answer comes, however long it is waited for
        await patient.act("diagnose")
        await fix.open(patient.issue)
        await fix.choose("repair")
    assert (fix.page["type"], fix.page["step_id"]) == ("menu", "still_wrong")
    assert "did not answer" in fix.page["description_placeholders"]["now"]
    assert [case["status"] for case in await utility.cases()] == ["open"]
    await gateway.set_device(patient.lfdi, answering=True)
    await utility.set(answer_seconds=30.0)
    await fix.choose("repair")
    assert fix.page["type"] == "create_entry", "nobody is told to have done what a person did"
    assert patient.well
    assert [case["status"] for case in await utility.cases()] == ["closed"]


@pytest.mark.use_case("RD-8b", "RD-12a")
async def test_repair_may_be_cut_off_anywhere_and_begun_again(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await gateway.withdraw(patient.lfdi)
    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    record = patient.manager.subjects.record(watched)
    assert record is not None
    # The device is announced; then Home Assistant is gone before it was enrolled again.
    await commission_again(repairing.tools_for(patient.manager, record))
    await hass.config_entries.async_reload(patient.entry.entry_id)
    await hass.async_block_till_done()
    answer = await patient.act("repair")
    assert answer["fixed"], answer
    assert answer["repair"] == "correct_enrollment"
    assert len([each for each in await utility.registrations() if each["stage"] == "active"]) == 1

    await utility.decide((await utility.registrations())[-1]["id"], "close")
    await until(lambda: patient.health == ("failed", "registration_lost"))
    with patch.object(repairing, "repair_device", side_effect=RuntimeError("power cut")), pytest.raises(RuntimeError):
        await patient.act("repair")
    answer = await patient.act("repair")
    assert (answer["fixed"], answer["repair"]) == (True, "reregister"), answer
    assert len([each for each in await utility.registrations() if each["stage"] == "active"]) == 1


@pytest.mark.parametrize("transport", ["ezsp"])
@pytest.mark.use_case("RD-12a", "UR-8", "DM-6")
async def test_person_is_asked_once_for_the_pin_that_no_gateway_tells(
    patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility, fix: Fix
) -> None:
    """Over Zigbee there is no Registration with a PIN to read (sep.xsd has it for IP)."""

    async def lose() -> None:
        (active,) = [each["id"] for each in await utility.registrations() if each["stage"] == "active"]
        await utility.decide(active, "close")
        await until(lambda: patient.health == ("failed", "registration_lost"))

    run = patient.entry.runtime_data.manager(Registrar).registrations.records[patient.lfdi].run
    run.pin = None  # as kept before it was known that it would be needed
    await lose()
    answer = await patient.act("repair")
    assert (answer["fixed"], answer["reason"], answer["next"]) == (False, "not_identified", "reregister"), answer
    assert patient.health == ("failed", "not_identified")

    await fix.open(patient.issue)
    await fix.choose("repair")
    assert fix.page["step_id"] == "identification", fix.page
    serial = fix.page["data_schema"][0]["description"]["suggested_value"]
    await fix.submit(serial=serial, pin="111111")
    assert fix.page["errors"] == {"pin": "invalid_pin"}
    await fix.submit(serial=serial, pin="111115")
    assert fix.page["errors"] == {"pin": "wrong_key"}, fix.page
    await fix.submit(serial=serial, pin=gateway.pin)
    assert fix.page["reason"] == "repaired", fix.page
    assert fix.page["description_placeholders"]["done"] == "register the device with the utility again"
    assert patient.well

    await lose()
    assert (await patient.act("repair"))["fixed"], "nobody is asked twice"
    assert [each["stage"] for each in await utility.registrations()] == ["closed", "closed", "active"]


@pytest.mark.parametrize("transport", ["ezsp"])
@pytest.mark.use_case("UR-8", "RD-12a")
async def test_pin_can_be_said_in_the_dialog_of_the_device_too(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    run = patient.entry.runtime_data.manager(Registrar).registrations.records[patient.lfdi].run
    run.pin = None
    await utility.decide((await utility.registrations())[-1]["id"], "close")
    await until(lambda: patient.health == ("failed", "registration_lost"))
    assert not (await patient.act("repair"))["fixed"]
    flow = DeviceFlow(hass, patient.entry)
    await flow.change()
    await flow.choose("identification")
    await flow.submit({"serial": flow.suggested["serial"], "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    assert patient.state("registration_state").state == "enrolled"


@BOTH_TRANSPORTS
@pytest.mark.use_case("DM-4a", "DM-4b")
async def test_silence_behind_a_weak_signal_is_no_fault_of_the_device(hass: HomeAssistant, patient: Patient) -> None:
    radio = link_radio(hass, patient)
    radio.switch("unavailable")
    found = await patient.act("diagnose", report=False)
    assert (found["verdict"], found["reason"]) == ("faulty_device", "entity_unavailable")
    radio.tell("signal_strength", -92)
    found = await patient.act("diagnose", report=False)
    assert (found["verdict"], found["next"]) == ("network_coverage", "improve_coverage")
    (local,) = [step for step in found["steps"] if step["step"] == "RD-7"]
    assert local["evidence"]["signal_strength"] == -92
    radio.switch("on")
    radio.tell("signal_strength", -60)
    radio.tell("battery", 4)
    found = await patient.act("diagnose", report=False)
    assert (found["verdict"], found["reason"]) == ("faulty_device", "battery_low")


@BOTH_TRANSPORTS
@pytest.mark.use_case("RD-11")
async def test_button_diagnoses_and_tells(hass: HomeAssistant, patient: Patient) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": patient.state("diagnose").entity_id}, blocking=True
    )
    assert patient.state("last_diagnosis").state == "nothing_wrong"
    assert any("found nothing wrong" in each["message"] for each in persistent_notifications(hass))
    with pytest.raises(ServiceValidationError, match="is not a gateway, device or vehicle"):
        await hass.services.async_call(DOMAIN, "diagnose", {"device_id": "nothing"}, blocking=True)


@BOTH_TRANSPORTS
@pytest.mark.use_case("DM-1", "RD-11")
async def test_health_outlives_a_restart_and_is_told_once(
    hass: HomeAssistant, patient: Patient, gateway: SimulatedGateway
) -> None:
    hass.states.async_set("input_boolean.pump", "unavailable")
    await patient.act("diagnose")
    told = async_capture_events(hass, EVENT_HEALTH)
    await hass.config_entries.async_reload(patient.entry.entry_id)
    await hass.async_block_till_done()
    assert patient.health == ("failing", "entity_unavailable")
    assert patient.issue is not None
    assert told == []


async def test_diagnosis_that_outlives_its_hub_tells_nobody(hass: HomeAssistant, patient: Patient) -> None:
    """Who unloads or removes a hub while something is diagnosed is not told of it afterwards, by what nobody ends."""
    health, watched = patient.manager, patient.manager.subjects[patient.key]
    assert await hass.config_entries.async_unload(patient.entry.entry_id)
    hass.states.async_set("input_boolean.pump", "unavailable")
    health.async_believe(watched)
    await hass.async_block_till_done()
    assert patient.issue is None
