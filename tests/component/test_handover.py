"""An installer surveys, and hands over what was installed: as it was found, nothing called well that was not seen."""

from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from typing import Any

import pytest
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.json import json_dumps
from homeassistant.util.json import json_loads
from pypdf import PdfReader
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from tests.component.test_health import patient as patient  # noqa: PLC0414 - the fixture
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.radio import Radio, link_radio
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import bind

_VIN = "1M8GDM9AXKP042788"


@pytest.fixture
def radio(hass: HomeAssistant, patient: Patient) -> Radio:
    """What the device receives with."""
    return link_radio(hass, patient)


class Reader:
    """Somebody who asks for the report, and prints it."""

    def __init__(self, hass: HomeAssistant, patient: Patient, web: ClientSessionGenerator) -> None:
        self._hass = hass
        self._patient = patient
        self._web = web

    async def ask(self, context: Context | None = None, **data: Any) -> Any:
        data["device_id"] = self._patient.device_id
        answer = await self._hass.services.async_call(
            DOMAIN, "get_handover_report", data, blocking=True, return_response=True, context=context
        )
        return json_loads(json_dumps(answer))  # as a page is told it

    async def printed(self, answer: Any) -> str:
        response = await (await self._web()).get(answer["url"])
        assert response.status == HTTPStatus.OK
        assert response.headers["Content-Disposition"] == f'attachment; filename="{answer["name"]}"'
        pages = PdfReader(BytesIO(await response.read())).pages
        return _plain(" ".join(page.extract_text() for page in pages))


@pytest.fixture
def reader(hass: HomeAssistant, patient: Patient, hass_client_no_auth: ClientSessionGenerator) -> Reader:
    """Somebody who is not signed in where the report is printed."""
    return Reader(hass, patient, hass_client_no_auth)


def _plain(text: str) -> str:
    """Return a text with single spaces only, as it is whatever lines it was set in."""
    return " ".join(text.split())


def part(answer: Any, title: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [each for each in answer["report"]["installed"] if each["title"] == title]
    return {fact["name"]: fact["value"] for fact in found["facts"]} | found


def texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for each in told.values():
            yield from texts(each)
    elif isinstance(told, list | tuple):
        for each in told:
            yield from texts(each)


@pytest.mark.use_case("RD-8b")
async def test_what_was_repaired_before_is_told(patient: Patient, gateway: SimulatedGateway, reader: Reader) -> None:
    await gateway.withdraw(patient.lfdi)
    await patient.look()
    assert (await patient.act("repair"))["fixed"]
    device = part(await reader.ask(), patient.entry.subentries[patient.key].title)
    assert device["Done before that"] == "put the device on the gateway's list again"
    assert device["Last diagnosis"].startswith("Nothing is wrong · ")


@BOTH_TRANSPORTS
@pytest.mark.use_case("IP-4", "DM-2", "DM-4b", "UR-13")
async def test_what_was_installed_is_on_the_page_and_on_the_paper(
    hass: HomeAssistant, patient: Patient, radio: Radio, reader: Reader
) -> None:
    shed = ar.async_get(hass).async_create("Shed")
    dr.async_get(hass).async_update_device(patient.device_id, area_id=shed.id)
    radio.tell("signal_strength", -78)
    await patient.act("measure_coverage", place="Stairs")
    radio.tell("signal_strength", -91)
    measured = await patient.act("measure_coverage", place="Cellar")
    assert [(place["name"], place["quality"], place["signal"]) for place in measured["places"]] == [
        ("Stairs", "marginal", -78.0),
        ("Cellar", "too_weak", -91.0),
    ]
    assert (await patient.act("get_coverage"))["places"] == measured["places"]
    await patient.look()
    await patient.act("diagnose")

    answer = await reader.ask(installer=" Ada Installer ", notes="Key is <under> the mat\nMeter behind the stairs")
    device = part(answer, patient.entry.subentries[patient.key].title)
    assert device["mark"] == "unwell"  # its own radio is too weak where it is now
    assert "signal" in device["standing"]
    assert (device["Area"], device["Registration"]) == ("Shed", "Enrolled")
    assert ", agreed on " in device["Programs"]
    assert device["Last diagnosis"].startswith("The network does not reach it well · ")
    assert [row[:3] for row in device["rows"]] == [
        ["Stairs", "Marginal", "-78 dBm"],
        ["Cellar", "Too weak", "-91 dBm"],
    ]
    gateway = part(answer, patient.entry.title)
    assert gateway["mark"] == "well"
    assert gateway["standing"].startswith("OK, seen ")
    assert gateway["Last diagnosis"] == "Not yet"
    (case,) = answer["report"]["cases"]
    assert case["standing"] == "Somebody is taking care of it"

    paper = await reader.printed(answer)
    for text in texts(answer["report"]["installed"]):
        if text not in ("well", "unwell", "unknown"):
            assert _plain(text) in paper
    assert "Handed over by Ada Installer" in paper
    assert "Key is <under> the mat Meter behind the stairs" in paper
    assert "Page 1 of " in paper


@pytest.mark.use_case("DM-2")
async def test_nothing_is_called_well_that_is_not_seen(
    hass: HomeAssistant, patient: Patient, radio: Radio, reader: Reader, gateway: SimulatedGateway
) -> None:
    await patient.look()
    answer = await reader.ask()
    title = patient.entry.subentries[patient.key].title
    assert part(answer, title)["mark"] == "well"
    radio.switch("unknown")
    assert part(await reader.ask(), title)["mark"] == "unknown"
    radio.switch("on")
    await gateway.fault("refuse")
    await patient.entry.runtime_data.coordinator.async_refresh()
    assert patient.well  # a moment of silence is no failure, and no health either
    answer = await reader.ask()
    assert [each["mark"] for each in answer["report"]["installed"]] == ["unknown", "unknown"]
    assert "Not seen" in await reader.printed(answer)
    assert part(answer, title)["Coverage"] == "Not measured"


@pytest.mark.use_case("DM-2", "UR-EV")
async def test_there_is_no_secret_in_it(
    hass: HomeAssistant, hub: Any, patient: Patient, reader: Reader, utility: SimulatedUtility
) -> None:
    await bind(hass, hub)
    await patient.look()
    answer = await reader.ask()
    told = " ".join(texts(answer["report"])) + await reader.printed(answer)
    record = patient.manager.subjects.record(patient.manager.subjects.of(patient.key))  # type: ignore[arg-type]
    assert record is not None
    secrets = [_VIN, record.run.premise_id, record.run.lfdi, record.run.key, record.run.pin]
    secrets += [str(each) for each in (hass.config.latitude, hass.config.longitude)]
    assert [each for each in secrets if each and each in told] == []
    assert f"…{_VIN[-4:]}" in told
    assert f"…{record.run.premise_id[-4:]}" in told
    assert part(answer, "Family car")["Binding"] == "In force"


@pytest.mark.use_case("DM-2")
async def test_report_is_in_the_language_of_who_asks_and_for_administrators_only(
    hass: HomeAssistant, patient: Patient, reader: Reader, hass_client_no_auth: ClientSessionGenerator
) -> None:
    user = MockUser(is_owner=True).add_to_hass(hass)
    await (await async_user_store(hass, user.id)).async_set_item("language", {"language": "de", "time_format": "24"})
    answer = await reader.ask(Context(user_id=user.id))
    assert answer["report"]["title"] == "Übergabebericht"
    assert answer["name"].startswith("uebergabe-")
    assert "Seite 1 von " in await reader.printed(answer)
    assert (await reader.ask(Context(user_id=user.id), language="fr"))["report"]["title"] == "Rapport de remise"

    with pytest.raises(Unauthorized):
        await reader.ask(Context(user_id=MockUser().add_to_hass(hass).id))
    web = await hass_client_no_auth()
    assert (await web.get(answer["url"].partition("?")[0])).status == HTTPStatus.UNAUTHORIZED
    for _ in range(16):
        await reader.ask()
    assert (await web.get(answer["url"])).status == HTTPStatus.NOT_FOUND  # of many, the last are kept


@pytest.mark.use_case("DM-4b", "DM-5b")
async def test_survey_is_told_to_the_utility_once_something_was_measured(
    hass: HomeAssistant, patient: Patient, radio: Radio, utility: SimulatedUtility
) -> None:
    with pytest.raises(HomeAssistantError) as untold:
        await patient.act("report_coverage")
    assert untold.value.translation_key == "coverage_not_offered"
    radio.tell("signal_strength", -91)
    await patient.act("measure_coverage", place="Cellar")
    assert (await patient.act("report_coverage"))["case"] is not None
    (case,) = await utility.cases()
    assert [report["kind"] for report in case["reports"]] == ["coverage"]
    with pytest.raises(ServiceValidationError) as refused:
        await Patient(hass, patient.entry, patient.entry.entry_id).act("measure_coverage", place="Cellar")
    assert refused.value.translation_key == "not_surveyed"


@pytest.mark.use_case("DM-4b")
async def test_what_is_measured_without_a_sensor_is_called_no_coverage(
    hass: HomeAssistant, patient: Patient, reader: Reader
) -> None:
    await patient.act("measure_coverage", place="Attic")
    row = part(await reader.ask(), patient.entry.subentries[patient.key].title)["rows"][0]
    assert row[1:3] == ["Nothing carried", "–"]
