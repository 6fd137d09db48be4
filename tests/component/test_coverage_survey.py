"""An installer walks through the home with a device, and may leave once the utility knows how the coverage is."""

from http import HTTPStatus
from xml.etree import ElementTree

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.hub.telling.person import Person
from tests.component.conftest import Commission
from tests.component.test_device_flow import DeviceFlow
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.component.test_renamed_entities import rename
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.radio import Radio, link_radio
from tests.helpers.utility import SimulatedUtility

_TEXT = "{http://www.w3.org/2000/svg}text"


@pytest.fixture
def radio(hass: HomeAssistant, patient: Patient) -> Radio:
    """What the device receives with."""
    return link_radio(hass, patient)


@pytest.fixture
async def walk(hass: HomeAssistant, patient: Patient, radio: Radio) -> DeviceFlow:
    """An installer who is asked where they are."""
    ar.async_get(hass).async_create("Cellar")
    walk = DeviceFlow(hass, patient.entry)
    await walk.change()
    await walk.choose("survey")
    return walk


@BOTH_TRANSPORTS
@pytest.mark.use_case("DM-4b", "DM-5b", "DM-6")
async def test_walk_is_measured_live_kept_and_told_to_the_utility(
    hass: HomeAssistant,
    patient: Patient,
    radio: Radio,
    walk: DeviceFlow,
    utility: SimulatedUtility,
    hass_client: ClientSessionGenerator,
) -> None:
    assert walk.page == "survey"
    assert walk.suggested == {"entity_id": radio.sensors["signal_strength"]}
    await walk.submit({"place": " ", **walk.suggested})
    assert walk.errors == {"place": "place_needed"}

    radio.tell("signal_strength", -91)
    await walk.submit({"place": "Cellar", "entity_id": radio.sensors["signal_strength"]})
    assert [said["round"] for said in walk.progress] == ["1", "2", "3", "4", "5"]
    assert walk.progress[-1]["signal"] == "-91 dBm"
    assert walk.page == "survey_poor"
    assert (walk.said["place"], walk.said["quality"], walk.said["best"]) == ("Cellar", "Too weak", "Cellar")

    radio.tell("signal_strength", -78)
    await walk.choose("survey")
    await walk.submit({"place": "Stairs | up", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.said["best"]) == ("survey_poor", r"Stairs \| up")
    assert walk.said["rows"].splitlines()[0].startswith("| Stairs / up | Marginal | -78 dBm |")

    await walk.choose("survey_report")
    assert walk.result["reason"] == "survey_reported"
    (case,) = await utility.cases()
    (report,) = case["reports"]
    assert (report["kind"], report["verdict"], report["reason"]) == ("coverage", "network_coverage", "weak_signal")
    assert [place["name"] for place in report["evidence"]["places"]] == ["Stairs | up", "Cellar"]
    assert patient.manager.condition(patient.key).case is not None

    await hass.async_block_till_done()
    client = await hass_client()
    answer = await client.get(patient.state("coverage").attributes["entity_picture"])
    assert (answer.status, answer.content_type) == (HTTPStatus.OK, "image/svg+xml")
    texts = [each.text or "" for each in ElementTree.fromstring(await answer.text()).iter(_TEXT)]  # noqa: S314
    assert texts[1] == "Stairs | up"
    assert texts[2].startswith("Marginal · -78 dBm · ")
    assert texts[3] == "Cellar"


@pytest.mark.use_case("DM-4b")
async def test_walk_goes_on_where_its_sensor_gets_another_id(
    hass: HomeAssistant, radio: Radio, walk: DeviceFlow
) -> None:
    sensor = radio.sensors["signal_strength"]
    rename(hass, sensor, "sensor.carried_signal")
    await hass.async_block_till_done()
    await walk.submit({"place": "Attic", "entity_id": sensor})
    assert (walk.page, walk.said["best"]) == ("survey_good", "Attic")


@pytest.mark.use_case("DM-4b")
async def test_coverage_is_told_in_the_language_of_who_walks(
    hass: HomeAssistant, patient: Patient, radio: Radio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asking(_hass: HomeAssistant) -> Person:
        return Person("de")

    monkeypatch.setattr(Person, "async_asking", asking)
    walk = DeviceFlow(hass, patient.entry)
    await walk.change()
    await walk.choose("survey")
    radio.tell("signal_strength", -91)
    await walk.submit({"place": "Keller", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.said["quality"]) == ("survey_poor", "Zu schwach")
    assert walk.said["rows"].startswith("| Keller | Zu schwach |")


@pytest.mark.use_case("DM-4b")
async def test_place_is_measured_anew_and_survives_a_restart(
    hass: HomeAssistant, patient: Patient, radio: Radio, walk: DeviceFlow
) -> None:
    radio.tell("signal_strength", None)
    await walk.submit({"place": "Attic", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.said["quality"]) == ("survey_poor", "Too weak")
    radio.tell("signal_strength", -50)
    await walk.choose("survey")
    assert walk.offered("place") == ["Cellar", "Attic"]
    await walk.submit({"place": "Attic", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.said["best"], len(walk.said["rows"].splitlines())) == ("survey_good", "Attic", 1)
    first = patient.state("coverage").state
    await walk.choose("survey_done")
    assert walk.result["reason"] == "survey_kept"

    assert await hass.config_entries.async_reload(patient.entry.entry_id)
    await hass.async_block_till_done()
    assert patient.state("coverage").state == first


@pytest.mark.use_case("DM-4b")
async def test_walk_without_a_sensor_measures_the_way_to_the_gateway(
    patient: Patient, walk: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await gateway.fault("refuse")
    await walk.submit({"place": "Attic"})
    assert walk.page == "survey_way"  # no place is worse for it: it is the same from everywhere
    assert walk.said["rows"] == "| Attic | – | – | – | 100% |"
    await gateway.mend()
    await walk.choose("survey")
    await walk.submit({"place": "Cellar"})
    assert walk.page == "survey_way"
    assert all(row.split("|")[2].strip() == "–" for row in walk.said["rows"].splitlines())


@pytest.mark.use_case("DM-4b", "DM-5b")
async def test_place_where_nothing_was_carried_is_never_called_the_best(
    hass: HomeAssistant, patient: Patient, radio: Radio, walk: DeviceFlow, hass_client: ClientSessionGenerator
) -> None:
    await walk.submit({"place": "Attic"})
    radio.tell("signal_strength", -60)
    await walk.choose("survey")
    await walk.submit({"place": "Cellar", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.said["best"]) == ("survey_good", "Cellar")
    await hass.async_block_till_done()
    client = await hass_client()
    drawn = await (await client.get(patient.state("coverage").attributes["entity_picture"])).text()
    texts = [each.text or "" for each in ElementTree.fromstring(drawn).iter(_TEXT)]  # noqa: S314
    assert texts[3] == "Attic"
    assert texts[4].startswith("– · ")


@pytest.mark.use_case("DM-5b", "DM-6")
async def test_repair_of_coverage_tells_the_survey_once(
    hass: HomeAssistant, patient: Patient, radio: Radio, walk: DeviceFlow, utility: SimulatedUtility
) -> None:
    radio.tell("signal_strength", -91)
    await patient.act("diagnose")
    assert patient.health == ("marginal", "weak_signal")
    answer = await patient.act("repair")
    assert [step["outcome"] for step in answer["repair_steps"]] == ["not_offered"]  # nobody has measured yet

    await walk.submit({"place": "Cellar", "entity_id": radio.sensors["signal_strength"]})
    for _ in range(2):
        answer = await patient.act("repair")
        assert (answer["repair"], answer["fixed"]) == ("improve_coverage", False)
        assert [(step["step"], step["outcome"]) for step in answer["repair_steps"]] == [("DM-5", "done")]
    (case,) = await utility.cases()
    assert [report["kind"] for report in case["reports"]].count("coverage") == 1

    radio.tell("signal_strength", -55)  # it was moved
    assert (await patient.act("repair"))["verdict"] == "nothing_wrong"
    assert patient.well
    assert [each["status"] for each in await utility.cases()] == ["closed"]


@pytest.mark.use_case("DM-5b")
async def test_what_was_measured_is_kept_where_the_utility_cannot_be_told(
    hass: HomeAssistant, patient: Patient, radio: Radio, walk: DeviceFlow, utility: SimulatedUtility
) -> None:
    radio.tell("signal_strength", -50)
    await walk.submit({"place": "Cellar", "entity_id": radio.sensors["signal_strength"]})
    await utility.fault("http_error", status=503)
    await walk.choose("survey_report")
    assert (walk.result["type"], walk.result["reason"]) == (FlowResultType.ABORT, "utility_busy")
    assert [place.name for place in patient.manager.condition(patient.key).survey] == ["Cellar"]
    await utility.mend()
    assert await utility.cases() == []


@pytest.mark.use_case("DM-4b")
async def test_walk_that_is_broken_off_while_it_measures_leaves_nothing_behind(
    hass: HomeAssistant, patient: Patient, radio: Radio, walk: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await gateway.fault("slow", seconds=600)
    manager = hass.config_entries.subentries
    typed = {"place": "Cellar", "entity_id": radio.sensors["signal_strength"]}
    page = await manager.async_configure(walk.result["flow_id"], typed)
    assert (page["type"], page["step_id"]) == (FlowResultType.SHOW_PROGRESS, "survey_measure")
    manager.async_abort(page["flow_id"])
    await gateway.mend()
    await walk.change()
    await walk.choose("survey")
    assert not patient.manager.condition(patient.key).survey, "half a measurement is none"
    radio.tell("signal_strength", -50)
    await walk.submit(typed)
    assert (walk.page, walk.said["best"]) == ("survey_good", "Cellar")


@pytest.mark.use_case("DM-4b")
async def test_walk_in_a_home_without_an_account_is_for_the_person_alone(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"pump": {"initial": True}}})
    entry = await commission(gateway)
    walk = await DeviceFlow(hass, entry).start()
    await walk.walk("method")
    await walk.choose("in_band")
    await walk.submit({"key": gateway.pin})
    assert walk.page == "registered_portal", walk.result
    await walk.submit({})
    await hass.async_block_till_done()
    patient = Patient(hass, entry, next(iter(entry.subentries)))
    radio = link_radio(hass, patient)
    radio.tell("signal_strength", -50)
    await walk.change()
    await walk.choose("survey")
    await walk.submit({"place": "Cellar", "entity_id": radio.sensors["signal_strength"]})
    assert (walk.page, walk.result["menu_options"]) == ("survey_good", ["survey", "survey_done"])
