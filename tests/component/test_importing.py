"""What a vehicle has charged elsewhere is read in from operators' records, and shows beside that of home."""

import csv
import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
from pypdf import PdfReader
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.hub.kept.storage import _OPEN
from custom_components.utility_han.procedures import VehicleRun
from custom_components.utility_han.vehicles.store import Charging, VehicleRecord
from tests.component.test_exporting import _soon, act, charger, this_month
from tests.helpers.states import until
from tests.helpers.vehicles import (
    Charger,
    VehicleFlow,
    manager_of,
    record_of,
    vehicle_device_id,
    vehicle_entity,
    vehicle_state,
)

__all__ = ["_soon", "charger"]

pytestmark = pytest.mark.use_case("UR-EV")

CONTRACT = "DE8ACC12E46L89"


def example(**changed: Any) -> dict[str, Any]:
    """Return the CDR that OCPI's text has for an example (2.2.1, *CDRs module*), of the first of this month."""
    start = dt_util.start_of_local_day().replace(day=1, hour=9)
    told: dict[str, Any] = {
        "country_code": "BE",
        "party_id": "BEC",
        "id": "12345",
        "start_date_time": start.isoformat(),
        "end_date_time": (start + timedelta(hours=1, minutes=58, seconds=23)).isoformat(),
        "cdr_token": {"country_code": "DE", "party_id": "TNM", "uid": "012345678", "contract_id": CONTRACT},
        "auth_method": "WHITELIST",
        "cdr_location": {"id": "LOC1", "name": "Gent Zuid", "city": "Gent", "evse_id": "BE*BEC*E041503003"},
        "currency": "EUR",
        "total_cost": {"excl_vat": 4.00, "incl_vat": 4.40},
        "total_energy": 15.342,
    }
    return told | changed


CREDIT = {
    "id": "12345-C",
    "credit": True,
    "credit_reference_id": "12345",
    "total_cost": {"excl_vat": -4.00, "incl_vat": -4.40},
}
SWISS = {"id": "777", "party_id": "abc", "currency": "CHF", "total_cost": {"excl_vat": 9.5}, "total_energy": 20}


async def read_in(hass: HomeAssistant, hub: ConfigEntry, *records: dict[str, Any], **data: Any) -> dict[str, Any]:
    given = data if "path" in data else {"content": list(records)} | data
    answer = await act(hass, "import_sessions", device_id=vehicle_device_id(hass, hub), **given)
    return dict(answer)


async def refused(hass: HomeAssistant, hub: ConfigEntry, *records: dict[str, Any], **data: Any) -> tuple[str, str]:
    """Return the key and the words of what is refused; nothing is taken."""
    before = manager_of(hub).charging.elsewhere.to_list()
    with pytest.raises(ServiceValidationError) as raised:
        await read_in(hass, hub, *records, **data)
    assert manager_of(hub).charging.elsewhere.to_list() == before
    return str(raised.value.translation_key), str(raised.value)


async def elsewhere(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    found = await act(hass, "get_sessions", month=this_month(), **data)
    return [each for each in found["sessions"] if each["place"] == "elsewhere"]


async def test_a_month_is_that_of_the_vehicle(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, tmp_path: Path
) -> None:
    hass.config.allowlist_external_dirs.add(str(tmp_path))
    hass.config.country = "US"
    kinds = ("cdr", "green_button")
    before = {kind: await act(hass, "export_sessions", format=kind, month=this_month()) for kind in kinds}
    await until(lambda: float(vehicle_state(hass, hub, "month_cost")) == 1.5)
    path = tmp_path / "november.json"
    path.write_text(json.dumps({"status_code": 1000, "data": [example(), example(**SWISS)]}))
    answer = await read_in(hass, hub, path=str(path))
    assert answer == {
        "taken": 2, "known": 0, "taken_back": 0, "unmatched_credits": 0, "too_old": 0,
        "energy_kwh": 35.342, "money": {"CHF": 9.5, "EUR": 4.4},
    }  # fmt: skip
    gent, other = await elsewhere(hass)
    assert (gent["operator"], gent["location"], gent["amount"], gent["tax"]) == ("BE*BEC", "Gent Zuid", 4.4, 0.4)
    assert (other["currency"], other["amount"], other["tax"], other["energy_kwh"]) == ("CHF", 9.5, None, 20)
    assert await elsewhere(hass, payer="vehicle_owner") == []
    table = await act(hass, "export_sessions", format="csv", month=this_month())
    assert [each["sessions"] for each in table["statements"]] == [1]
    (added_up,) = table["elsewhere"]
    assert (added_up["sessions"], added_up["totals"]) == (2, {"EUR": 4.4, "CHF": 9.5})
    home, first, second = csv.DictReader(StringIO(table["content"].removeprefix("\ufeff")))
    assert (home["Amount"], home["Elsewhere, amount"], first["Amount"]) == ("1.50", "", "")
    assert [each["Elsewhere, amount"] for each in (first, second)] == ["4.40", "9.50"]
    assert (first["Kind"], first["Place"], first["Operator"]) == ("Charged elsewhere", "Gent Zuid", "BE*BEC")
    printed = await act(hass, "export_sessions", format="pdf", month=this_month())
    own, beside = (page.extract_text() for page in PdfReader(BytesIO(b64decode(printed["content_base64"]))).pages)
    assert "Gent Zuid" in beside
    assert beside.count("CHF") == beside.count("€4.40") == 2, "in its row and in the total"
    assert "45.342" in beside.replace("\N{NO-BREAK SPACE}", " "), "10 kWh of home with 35.342 of elsewhere"
    assert "Gent" not in own
    for kind, document in before.items():
        again = await act(hass, "export_sessions", format=kind, month=this_month())
        assert (again["content"], again["elsewhere"]) == (document["content"], [])
    assert float(vehicle_state(hass, hub, "month_cost")) == 1.5
    entity_id = vehicle_entity(hass, hub, "sessions")
    span = {"start_date_time": dt_util.now() - timedelta(days=40), "end_date_time": dt_util.now() + timedelta(days=1)}
    found: Any = await hass.services.async_call(
        "calendar", "get_events", {"entity_id": entity_id, **span}, blocking=True, return_response=True
    )
    events = {each["summary"]: each.get("location") for each in found[entity_id]["events"]}
    assert events["15.34 kWh · 4.40 EUR · Gent Zuid"] == "Gent Zuid"


async def test_nothing_counts_twice_and_a_credit_takes_back_its_own(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, hass_storage: dict[str, Any]
) -> None:
    hass.config.country = "US"
    own = json.loads((await act(hass, "export_sessions", format="cdr", month=this_month()))["content"])
    assert (await read_in(hass, hub, example(), *own))["known"] == 1, "what was charged at home is not of elsewhere"
    assert (await read_in(hass, hub, content=json.dumps(example())))["known"] == 1
    await restart(hass, hub)
    assert [each["id"] for each in await elsewhere(hass)] == ["12345"]
    credited = await read_in(hass, hub, example(**CREDIT), example(**SWISS))
    assert (credited["taken"], credited["taken_back"], credited["money"]) == (1, 1, {"CHF": 9.5})
    await restart(hass, hub)
    assert [each["id"] for each in await elsewhere(hass)] == ["777"]
    assert (await read_in(hass, hub, example()))["known"] == 1
    assert [each["id"] for each in await elsewhere(hass)] == ["777"]
    assert await hass.config_entries.async_unload(hub.entry_id)
    file = hass_storage[Charging._key(hub.entry_id)]["data"]
    assert len(file.pop("elsewhere")) == 3
    await restart(hass, hub)
    assert await elsewhere(hass) == [], "a file of a version that knew of no elsewhere is read"
    assert record_of(hub).title == "Family car"


async def restart(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """Have everything read from its file anew."""
    await hass.config_entries.async_unload(hub.entry_id)
    hass.data.pop(_OPEN)
    assert await hass.config_entries.async_setup(hub.entry_id)
    await hass.async_block_till_done()


async def test_whose_contract_it_is_is_looked_at(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> None:
    record, vehicles = record_of(hub), manager_of(hub).charging.vehicles
    van = VehicleRecord(VehicleRun("1M8GDM9AXKP042788", "", "", "p"), "Van", {})
    vehicles[van.key] = van
    binding = next(iter(record.run.bindings.values()))
    ended = replace(binding, id="before", valid_until=binding.valid_from)
    for of, contract in ((van, "DE-8AC-C12E46L89"), (record, "NL-TNM-001234567")):
        of.run.bindings["before"] = replace(ended, contract_id=contract)
        of.run.programs["before"] = record.run.programs[binding.id]
    key, words = await refused(hass, hub, example())
    assert key == "contract_of_another_vehicle"
    assert CONTRACT in words
    assert "Van" in words
    token = {"contract_id": "GB-XYZ-1"}
    key, words = await refused(hass, hub, example(cdr_token=token), example(**SWISS, cdr_token={}))
    assert (key, "GB-XYZ-1" in words) == ("another_contract", True)
    known = example(cdr_token={"contract_id": "nl-tnm-001234567"})
    assert (await read_in(hass, hub, known, example(**SWISS, cdr_token={})))["taken"] == 2
    assert (await read_in(hass, hub, example(id="9", cdr_token=token), force=True))["taken"] == 1
    assert (await read_in(hass, hub, example(id="10", cdr_token=token)))["taken"] == 1, "it is known from now on"


async def test_records_of_another_vehicle_move_by_force(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    await read_in(hass, hub, example())
    charging = manager_of(hub).charging
    (told,) = charging.elsewhere.of_vehicle(record_of(hub).key, *always())
    charging.elsewhere.take("gone", [told], dt_util.utcnow())
    assert (await refused(hass, hub, example()))[0] == "records_of_another_vehicle"
    assert (await read_in(hass, hub, example(), force=True))["taken"] == 1
    assert len(await elsewhere(hass)) == 1


async def upload(web: ClientSessionGenerator, name: str, *records: dict[str, Any]) -> str:
    """Upload a file as the frontend does, and return its id."""
    form = FormData()
    form.add_field("file", json.dumps(records).encode(), filename=name, content_type="application/json")
    answer = await (await web()).post("/api/file_upload", data=form)
    return str((await answer.json())["file_id"])


async def test_file_is_read_in_from_the_dialog(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, hass_client: ClientSessionGenerator
) -> None:
    flow = VehicleFlow(hass, hub)
    await flow.change()
    await flow.choose("elsewhere")
    await flow.submit({"file": "0" * 32, "force": False})
    assert flow.errors == {"file": "upload_gone"}
    wrong = await upload(hass_client, "november.json", example(), example(id=7))
    await flow.submit({"file": wrong, "force": False})
    assert flow.errors == {"base": "cdr_no_cdr"}
    assert (flow.said["path"], flow.said["where"]) == ("november.json", "[1].id")
    assert await elsewhere(hass) == []
    await flow.submit({"file": await upload(hass_client, "november.json", example()), "force": False})
    assert flow.result["reason"] == "elsewhere_read"
    assert (flow.said["taken"], flow.said["energy"]) == ("1", "15.342")
    assert [each["id"] for each in await elsewhere(hass)] == ["12345"]


def always() -> tuple[Any, Any]:
    return dt_util.utc_from_timestamp(0), dt_util.utcnow() + timedelta(days=1)


WRONG: list[tuple[Any, str, str]] = [
    ("[", "cdr_no_json", "1:2"),
    ("\ud800", "cdr_no_json", "1:1"),
    ([example(), example(id=7)], "cdr_no_cdr", "[1].id"),
    ([example(), example(currency="EURO")], "cdr_no_cdr", "[1].currency"),
    ([example(total_cost={"net": 4})], "cdr_unknown_version", "[0].total_cost"),
    ({"status_code": 2001}, "cdr_refused", "status_code"),
]


async def test_what_cannot_be_read_says_where_and_takes_nothing(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, tmp_path: Path
) -> None:
    for content, key, where in WRONG:
        found, words = await refused(hass, hub, content=content)
        assert (found, where in words) == (key, True), words
    path = tmp_path / "cdrs.json"
    assert (await refused(hass, hub, path=str(path)))[0] == "path_not_allowed"
    hass.config.allowlist_external_dirs.add(str(tmp_path))
    assert (await refused(hass, hub, path=str(path)))[0] == "no_such_file"
    with path.open("wb") as large:
        large.truncate(65 * 2**20)
    assert (await refused(hass, hub, path=str(path)))[0] == "cdr_too_large"
    with pytest.raises(ServiceValidationError) as nothing:
        await act(hass, "import_sessions", device_id=vehicle_device_id(hass, hub))
    assert nothing.value.translation_key == "no_records_named"
