"""What was charged is exported by actions, downloaded from the dialog, and seen in a calendar (UR-EV)."""

import csv
import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch
from zipfile import ZipFile

import jwt
import pytest
from aiohttp.test_utils import make_mocked_request
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.websocket_api import ActiveConnection, current_connection
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.http import current_request
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pypdf import PdfReader
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.telling.person import Person
from custom_components.utility_han.procedures import Measured
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.vehicles import manager
from custom_components.utility_han.vehicles.exports.charges import Taken, all_vehicles
from custom_components.utility_han.vehicles.exports.download import charging_url
from custom_components.utility_han.vehicles.exports.session_rows import session_rows
from custom_components.utility_han.vehicles.exports.span import Asked
from custom_components.utility_han.vehicles.exports.wanted import Format, Wanted
from tests.helpers.states import until
from tests.helpers.vehicles import (
    ENERGY,
    Charger,
    VehicleFlow,
    bind,
    manager_of,
    record_of,
    vehicle_device_id,
    vehicle_entity,
)
from tests.procedures.test_charging_reckoning import DAY, MAY, Home, agreed, session

pytestmark = pytest.mark.use_case("UR-EV")


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Let the meter settle at once."""
    with patch.object(point, "SETTLE", timedelta(milliseconds=20)), patch.object(manager, "_SURE_AFTER", timedelta(0)):
        yield


@pytest.fixture
async def charger(hass: HomeAssistant, hub: ConfigEntry) -> Charger:
    """The charger of a home whose vehicle has charged 10 kWh today."""
    charger = await bind(hass, hub)
    await charger.session(10_000)
    await until(lambda: list(manager_of(hub).charging.ledger.records()))
    return charger


async def act(hass: HomeAssistant, action: str, context: Context | None = None, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True, context=context)


def this_month() -> str:
    return f"{dt_util.now():%Y-%m}"


async def test_statement_is_returned_written_and_downloaded(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    hass_client_no_auth: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    hass.config.allowlist_external_dirs.add(str(tmp_path))
    answer = await act(hass, "export_sessions", format="pdf", month=this_month())
    (added_up,) = answer["statements"]
    assert (added_up["sessions"], added_up["energy_kwh"], added_up["totals"]) == (1, 10.0, {"USD": 1.5})
    assert answer["content_type"] == "application/pdf"
    text = PdfReader(BytesIO(b64decode(answer["content_base64"]))).pages[0].extract_text()
    assert "Family car" in text
    assert "10.000" in text
    web = await hass_client_no_auth()
    response = await web.get(answer["url"])
    assert response.headers["Content-Disposition"] == f'attachment; filename="charging-family-car-{this_month()}.pdf"'
    assert (await response.read()).startswith(b"%PDF")
    assert (await web.get(answer["url"].partition("&authSig")[0])).status == 401
    written = await act(hass, "export_sessions", format="csv", month=this_month(), path=f"{tmp_path}/a/")
    assert written["path"] == f"{tmp_path}/a/charging-family-car-{this_month()}.csv"
    assert "content" not in written
    text = await hass.async_add_executor_job(Path(written["path"]).read_text, "utf-8-sig")
    (row,) = csv.DictReader(StringIO(text))
    assert (row["Energy (kWh)"], row["VIN"]) == ("10.000", "1M8GDM9AXKP042788")
    assert all(record.issued for _, record in manager_of(hub).charging.ledger.records())


async def test_statement_calls_a_meter_without_a_serial_number_by_its_name(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """Who pays reads the statement; what the utility is told, and data for automations, keep the id."""
    for entry in manager_of(hub).charging.ledger.entries.values():
        entry.meter = Measured("evse", ENERGY)
    answer = await act(hass, "export_sessions", format="csv", month=this_month())
    (row,) = csv.DictReader(StringIO(answer["content"].removeprefix("\ufeff")))
    assert row["Meter"] == "Garage charger energy"
    answer = await act(hass, "export_sessions", format="pdf", month=this_month())
    text = PdfReader(BytesIO(b64decode(answer["content_base64"]))).pages[0].extract_text()
    assert "Garage charger energy" in text.replace("\n", " ")
    assert ENERGY not in text
    (session,) = (await act(hass, "get_sessions", month=this_month()))["sessions"]
    assert session["meter"] == ENERGY


async def test_statement_is_in_the_language_and_numbers_of_who_asks(hass: HomeAssistant, charger: Charger) -> None:
    user = MockUser(is_owner=True).add_to_hass(hass)
    store = await async_user_store(hass, user.id)
    await store.async_set_item("language", {"language": "de", "number_format": "comma_decimal"})
    context = Context(user_id=user.id)
    answer = await act(hass, "export_sessions", context, format="csv", month=this_month())
    (row,) = csv.DictReader(StringIO(answer["content"]))
    assert (row["Art"], row["Energie (kWh)"]) == ("Ladevorgang", "10.000")
    answer = await act(hass, "export_sessions", context, format="csv", month=this_month(), language="fr")
    assert answer["content"].startswith("Véhicule,")


@pytest.mark.parametrize(
    ("browser", "profile", "language"),
    [
        ("de-DE,de;q=0.9,en;q=0.8", {}, "de"),
        ("xx, *, ../manifest, fr-CA;q=0.5", {}, "fr"),
        ("de", {"language": "es", "number_format": "comma_decimal"}, "es"),
        ("", {}, "en"),
        ("*", {}, "en"),
    ],
)
async def test_links_are_in_the_language_in_which_the_dialog_is_read(
    hass: HomeAssistant, browser: str, profile: dict[str, str], language: str
) -> None:
    """Who chose none in the profile has Home Assistant's pages in the browser's language."""
    user = MockUser(is_owner=True).add_to_hass(hass)
    await (await async_user_store(hass, user.id)).async_set_item("language", profile)
    request = make_mocked_request("POST", "/api/config/config_entries/subentries/flow", {"Accept-Language": browser})
    request[KEY_HASS_USER] = user
    asking = current_request.set(request)
    try:
        person = await Person.async_asking(hass)
    finally:
        current_request.reset(asking)
    assert (person.language, person.numbers) == (language, profile.get("number_format"))
    assert (await Person.async_asking(hass)).language == "en", "nobody asks"


async def test_link_of_a_dialog_holds_for_minutes_and_one_that_is_sent_for_a_day(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    """Who has it reads it without signing in."""
    held = next(iter(all_vehicles(hass)))
    wanted = Wanted(Format.PDF, (held,), Asked.month(dt_util.now()), None, Person("en"))
    for sent, lasts in ((False, timedelta(minutes=15)), (True, timedelta(days=1))):
        asking = current_connection.set(cast("ActiveConnection", SimpleNamespace(refresh_token_id="of a person")))
        signed = URL(charging_url(hass, wanted, sent=sent)).query["authSig"]
        current_connection.reset(asking)
        claims = jwt.decode(signed, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == lasts.total_seconds()
        assert claims["iss"] != "of a person", "it is read in the name of Home Assistant, for whoever has it"


def test_credit_takes_back_energy_and_money() -> None:
    """Who adds up the sessions of a month gets what is owed."""
    home = Home(agreed())
    home.tell(session("second", MAY + 2 * DAY, 8_000))
    home.hand_over()
    home.tell(session("first", MAY + DAY, 8_000))
    rows = session_rows(Taken([*home.charges()], [], {}, [], (MAY, MAY + 9 * DAY)))
    assert sum(row["energy_kwh"] for row in rows) == pytest.approx(16)
    assert sum(row["amount"] for row in rows) == pytest.approx(float(sum(home.owed().values())))


@pytest.mark.use_case("SC-1", "UR-EV")
async def test_sessions_and_bindings_are_returned(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> None:
    device_id = vehicle_device_id(hass, hub)
    (session,) = (await act(hass, "get_sessions", device_id=device_id, month=this_month()))["sessions"]
    assert (session["energy_kwh"], session["quality"], session["currency"]) == (10.0, "measured", "USD")
    assert session["amount"] == pytest.approx(10 * 0.15)
    (binding,) = (await act(hass, "get_bindings"))["bindings"]
    assert (binding["program"], binding["vehicle"], session["binding"]) == ("EV Flat", "Family car", binding["id"])
    end = binding["payer"]["number"][-4:]
    assert (await act(hass, "get_sessions", month=this_month(), payer=end))["sessions"] == [session]
    assert (await act(hass, "get_bindings", payer=end))["bindings"] == [binding]
    assert (await act(hass, "get_sessions"))["sessions"] == []  # last month
    exported = await act(hass, "export_sessions", format="json", year=dt_util.now().year)
    assert json.loads(exported["content"])["sessions"] == [session]


async def test_software_is_given_records_tariffs_and_green_button(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    hass.config.country = "US"
    for version in ("2.2.1", "2.3.0"):
        answer = await act(hass, "export_sessions", format="cdr", month=this_month(), version=version)
        (record,) = json.loads(answer["content"])
        assert (record["total_energy"], record["currency"], record["country_code"]) == (10, "USD", "US")
        place = record["cdr_location"]
        assert (place["name"], place["address"]) == (hub.title, hass.config.location_name), "no street is made up"
        assert (place["connector_standard"], place["connector_power_type"]) == ("IEC_62196_T1", "AC_2_PHASE_SPLIT")
    assert [each.issued is not None for _, each in manager_of(hub).charging.ledger.records()] == [True]
    (tariff,) = json.loads((await act(hass, "export_sessions", format="tariff", month=this_month()))["content"])
    assert tariff["elements"][0]["price_components"][0]["price"] == 0.15
    feed = await act(hass, "export_sessions", format="green_button", month=this_month())
    assert feed["content_type"] == "application/atom+xml"
    assert "<IntervalReading" in feed["content"]
    hass.config.country = None
    with pytest.raises(HomeAssistantError) as failed:
        await act(hass, "export_sessions", format="cdr", month=this_month())
    assert failed.value.translation_key == "not_in_ocpi"


async def test_year_is_one_file_that_says_what_is_not_in_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, hass_client_no_auth: ClientSessionGenerator
) -> None:
    hass.config.country = "US"
    year = dt_util.now().year
    answer = await act(hass, "export_sessions", format="zip", year=year)
    stem = f"charging-family-car-{year}"
    assert (answer["name"], answer["content_type"]) == (f"{stem}.zip", "application/zip")
    assert all(record.issued for _, record in manager_of(hub).charging.ledger.records())
    web = await hass_client_no_auth()
    data = await (await web.get(answer["url"])).read()
    with ZipFile(BytesIO(data)) as archive:
        assert archive.namelist() == [f"{stem}.{kind}" for kind in ("pdf", "csv", "cdr.json", "tariff.json", "xml")]
        assert archive.testzip() is None
        (record,) = json.loads(archive.read(f"{stem}.cdr.json"))
        assert record["total_energy"] == 10
        assert "Family car" in PdfReader(BytesIO(archive.read(f"{stem}.pdf"))).pages[0].extract_text()
    hass.config.country = None
    answer = await act(hass, "export_sessions", format="zip", year=year)
    with ZipFile(BytesIO(b64decode(answer["content_base64"]))) as archive:
        assert archive.namelist() == [f"{stem}.{kind}" for kind in ("pdf", "csv", "xml", "txt")]
        said = archive.read(f"{stem}.txt").decode()
        (line,) = (line for line in said.splitlines() if line.startswith(f"{stem}.cdr.json: "))
        assert line.endswith(": country_code")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"month": "2026-13"}, "no_month"),
    ({"month": "2026-11", "year": 2026}, "one_time_only"),
    ({"start": "2026-11-01 00:00:00"}, "two_ends"),
    ({"start": "2026-11-02 00:00:00", "end": "2026-11-01 00:00:00"}, "ends_before_start"),
    ({"start": "2026-11-01 00:00:00", "end": "2026-11-01 00:00:00"}, "ends_before_start"),
    ({"device_id": "none"}, "not_a_vehicle"),
]


@pytest.fixture
async def actions(hass: HomeAssistant) -> None:
    """The actions, which are there before any hub is."""
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.mark.usefixtures("actions")
@pytest.mark.parametrize(("said", "key"), WRONG)
async def test_what_is_asked_wrongly_is_refused_in_words(hass: HomeAssistant, said: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "get_sessions", **said)
    assert refused.value.translation_key == key


@pytest.mark.usefixtures("actions")
@pytest.mark.parametrize("path", ["/etc/statement.pdf", "{allowed}/../statement.pdf", "{allowed}/link/new/", "{own}"])
async def test_nothing_is_written_where_home_assistant_may_not(hass: HomeAssistant, path: str, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    allowed, outside = disk / "allowed", disk / "outside"
    for folder in (allowed, outside):
        folder.mkdir(parents=True)
    (allowed / "link").symlink_to(outside)
    hass.config.allowlist_external_dirs.add(str(allowed))
    target = path.format(allowed=allowed, own=".storage/core.config_entries")
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, "export_sessions", format="csv", path=target)
    assert refused.value.translation_key == "may_not_write"
    assert sorted(each.name for each in disk.rglob("*")) == ["allowed", "link", "outside"]


@pytest.mark.usefixtures("actions")
async def test_path_that_cannot_be_written_is_said(hass: HomeAssistant, tmp_path: Path) -> None:
    hass.config.allowlist_external_dirs.add(str(tmp_path))
    (tmp_path / "file").write_text("kept")
    with pytest.raises(HomeAssistantError) as failed:
        await act(hass, "export_sessions", format="csv", path=f"{tmp_path}/file/statement.csv")
    assert failed.value.translation_key == "path_not_writable"
    with pytest.raises(ServiceValidationError) as refused:
        await hass.services.async_call(DOMAIN, "export_sessions", {"format": "csv"}, blocking=True)
    assert refused.value.translation_key == "nowhere_to_export"


async def test_dialog_offers_the_months_in_which_there_can_be_anything(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    hass_client: ClientSessionGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    flow = VehicleFlow(hass, hub)
    await flow.change()
    await flow.choose("document")
    links = flow.said["links"]
    assert f"{dt_util.now():%B %Y}: " in links
    assert links.count("Green Button") == 1  # it was bound this month
    web = await hass_client_no_auth()
    hass.config.country = "US"
    urls = [unescape(each.partition('"')[0]) for each in links.split('href="')[1:]]
    found = [await web.get(url) for url in urls]
    assert len(found) == 8
    assert {response.status for response in found} == {200}
    assert all(response.headers["Content-Disposition"].startswith("attachment;") for response in found)
    hass.config.country = None
    refused = await web.get(urls[2])
    assert (refused.status, "country" in await refused.text()) == (422, True)
    signed_in = await hass_client()
    for query, status in (("", 404), (f"?vehicle={record_of(hub).key}&start=yesterday&end=now", 400)):
        assert (await signed_in.get(f"/api/{DOMAIN}/charging/pdf{query}")).status == status


async def test_calendar_has_what_was_what_lasts_and_what_is_planned(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    entity_id = vehicle_entity(hass, hub, "sessions")

    async def events(days: int) -> list[dict[str, str]]:
        span = {
            "start_date_time": dt_util.now() - timedelta(days=days),
            "end_date_time": dt_util.now() + timedelta(days=2),
        }
        found: Any = await hass.services.async_call(
            "calendar", "get_events", {"entity_id": entity_id, **span}, blocking=True, return_response=True
        )
        return list(found[entity_id]["events"])

    async def summaries(days: int) -> list[str]:
        return [event["summary"] for event in await events(days)]

    def said() -> str:
        state = hass.states.get(entity_id)
        return str(state.attributes.get("message")) if state else ""

    assert await summaries(1) == ["10.00 kWh · 1.50 USD"]
    leaves = dt_util.now() + timedelta(hours=20)
    await act_plan(hass, hub, leaves.isoformat(), 22)
    assert await summaries(1) == ["10.00 kWh · 1.50 USD", "Planned · 22.00 kWh"]
    planned = (await events(1))[1]
    start, end = datetime.fromisoformat(planned["start"]), datetime.fromisoformat(planned["end"])
    assert (end, end - start) == (leaves, timedelta(hours=2)), "as late as can be"
    plan = record_of(hub).plan
    for departure, energy in ((dt_util.utcnow(), 22_000.0), (plan.departure, 0.0)):
        with patch.object(plan, "departure", departure), patch.object(plan, "energy_wh", energy):
            assert await summaries(1) == ["10.00 kWh · 1.50 USD"], "it is over, or nothing is wanted"
    with patch.object(plan, "departure", dt_util.utcnow() + timedelta(hours=1)):
        start = datetime.fromisoformat((await events(1))[1]["start"])
        assert timedelta(0) <= dt_util.utcnow() - start < timedelta(minutes=16), "and no earlier than now"
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    await until(lambda: said() == "Charging")
    assert (await summaries(1))[1] == "Charging · 2.00 kWh · 0.30 USD"


async def test_calendar_says_nothing_new_with_each_reading(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    entity_id = vehicle_entity(hass, hub, "sessions")
    charger.plug()
    charger.charge(1_000)

    def charges() -> bool:
        return (state := hass.states.get(entity_id)) is not None and "Charging" in state.attributes.get("message", "")

    await until(charges)
    told: list[State | None] = []
    async_track_state_change_event(hass, [entity_id], lambda event: told.append(event.data["new_state"]))
    for _ in range(6):
        charger.charge(100)
        await hass.async_block_till_done()
    assert len(told) <= 1, "one quarter of an hour may be over meanwhile"


async def act_plan(hass: HomeAssistant, hub: ConfigEntry, departure: str, energy: float) -> None:
    data = {"device_id": vehicle_device_id(hass, hub), "departure": departure, "energy": energy}
    await hass.services.async_call(DOMAIN, "plan_charging", data, blocking=True)
