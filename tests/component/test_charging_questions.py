"""A person answers what only they can say of a charging session, in the dialog of its repair notice."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.repairs.const import DOMAIN as REPAIRS
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.telling.person import Person
from custom_components.utility_han.procedures import RecordState
from custom_components.utility_han.utility import PriceKind, PriceSource
from custom_components.utility_han.vehicles.document import local_time
from custom_components.utility_han.vehicles.notices import missing_price
from tests.component.conftest import Commission
from tests.component.test_health import Fix
from tests.component.test_health import fix as fix  # noqa: PLC0414 - the fixture
from tests.component.test_household_charging import CAR, _soon
from tests.component.test_household_charging import bind as bind_at_home
from tests.component.test_vehicle_flow import from_then
from tests.conftest import SimulatedGateway
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import (
    CAR_PLUG,
    Charger,
    VehicleFlow,
    bind,
    issues_of,
    manager_of,
    record_of,
    vehicle_device_id,
)
from tests.procedures.test_charging_pricing import with_more
from tests.procedures.test_charging_sessions import program

pytestmark = pytest.mark.use_case("UR-EV")
__all__ = ["_soon"]


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant) -> None:
    await async_setup_component(hass, REPAIRS, {})


async def strange_session(hass: HomeAssistant, hub: ConfigEntry) -> str:
    """Have a vehicle charge that nobody knows; return the session's id."""
    charger = await bind(hass, hub)
    await charger.session(6_000, present=False)
    await until(lambda: issues_of(hass, "whose_session"))
    (session_id,) = manager_of(hub).charging.ledger.entries
    return session_id


async def test_what_outlives_the_hub_asks_nobody(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """An action that still waits for the gateway when the hub is unloaded tells of charging when it ends."""
    await strange_session(hass, hub)
    manager = manager_of(hub)
    assert await hass.config_entries.async_unload(hub.entry_id)
    manager.async_tell()
    assert issues_of(hass, "whose_session") == []


async def test_session_that_was_said_to_be_somebodys_meanwhile_is_not_asked_about_twice(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, fix: Fix
) -> None:
    session_id = await strange_session(hass, hub)
    (issue,) = issues_of(hass, "whose_session")
    await fix.open(issue)
    (field,) = fix.page["data_schema"]
    answers = {each["label"]: each["value"] for each in field["selector"]["select"]["options"]}
    assert answers == {"Family car": record_of(hub).key, "nobody": "nobody"}
    # An automation was quicker.
    said = {"device_id": vehicle_device_id(hass, hub), "session": session_id}
    await hass.services.async_call(DOMAIN, "assign_session", said, blocking=True)
    await until(lambda: manager_of(hub).charging.ledger.entries[session_id].settled)
    await fix.submit(vehicle="nobody")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "session_gone")
    assert [each["energy_wh"] for each in await utility.billed()] == [6_000], "what was said first holds"


async def test_nobody_pays_for_a_session_before_somebody_chose(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix
) -> None:
    """The frontend fills in the first answer where one is required: a press of the button would have it billed."""
    session_id = await strange_session(hass, hub)
    await fix.open(issues_of(hass, "whose_session")[0])
    (field,) = fix.page["data_schema"]
    assert not field.get("required")
    await fix.submit()
    assert fix.page["errors"] == {"vehicle": "nothing_chosen"}
    assert not manager_of(hub).charging.ledger.entries[session_id].settled
    await fix.submit(vehicle="nobody")
    assert fix.page["type"] == "create_entry"


async def test_question_has_energy_and_times_as_who_reads_it_writes_them(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix, hass_admin_user: MockUser
) -> None:
    """The words of the page are in the language of the profile."""
    await strange_session(hass, hub)
    (issue,) = issues_of(hass, "whose_session")
    await fix.open(issue)
    english = fix.page["description_placeholders"]
    store = await async_user_store(hass, hass_admin_user.id)
    await store.async_set_item("language", {"language": "de", "time_format": "24"})
    await fix.open(issue)
    german = fix.page["description_placeholders"]
    assert (english["energy"], german["energy"]) == ("6.000", "6,000")
    assert "." in german["started"]
    assert {"AM", "PM"}.isdisjoint(german["started"].split())


async def test_question_about_a_session_of_a_hub_that_is_not_loaded_waits(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix
) -> None:
    await strange_session(hass, hub)
    await fix.open(issues_of(hass, "whose_session")[0])
    assert await hass.config_entries.async_unload(hub.entry_id)
    await fix.submit(vehicle="nobody")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "session_gone")


async def test_question_about_a_session_that_is_no_more_is_over(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix
) -> None:
    session_id = await strange_session(hass, hub)
    await fix.open(issues_of(hass, "whose_session")[0])
    del manager_of(hub).charging.ledger.entries[session_id]
    await fix.submit(vehicle="nobody")
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "session_gone")


async def test_question_whose_session_ends_while_its_page_is_made_is_over(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix
) -> None:
    session_id = await strange_session(hass, hub)
    (issue,) = issues_of(hass, "whose_session")
    real, entries = Person.async_asking, manager_of(hub).charging.ledger.entries

    async def asking(hass: HomeAssistant) -> Person:
        entries.pop(session_id, None)
        return await real(hass)

    with patch.object(Person, "async_asking", asking):
        await fix.open(issue)
    assert (fix.page["type"], fix.page["reason"]) == ("abort", "session_gone")


async def test_times_of_missing_prices_are_those_of_the_currency_that_is_asked_for(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    await (await bind(hass, hub)).session(1_000)
    charging = manager_of(hub).charging
    await until(lambda: charging.ledger.entries)
    (entry,) = charging.ledger.entries.values()
    (record,) = entry.records
    began, hour = record.session.started_at, timedelta(hours=1)
    record.missing = [(began, began + hour)]
    other = replace(record, currency="SEK", missing=[(began + 2 * hour, began + 3 * hour)])
    entry.records = [record, other]
    first, second = (local_time(each.missing[0][0], charging.style) for each in entry.records)
    said = missing_price(entry, charging.style)
    assert said is not None
    assert (said["currency"], first in said["times"], second in said["times"]) == (record.currency, True, False)
    record.missing = []
    said = missing_price(entry, charging.style)
    assert said is not None
    assert (said["currency"], second in said["times"]) == ("SEK", True)


@pytest.fixture
async def home(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> ConfigEntry:
    """A commissioned hub without an account."""
    return await commission(gateway)


async def test_price_is_asked_for_until_it_can_be_right_and_once(
    hass: HomeAssistant, home: ConfigEntry, fix: Fix, hass_client: ClientSessionGenerator
) -> None:
    charger = Charger(hass)
    told = PriceSource(PriceKind.ENTITY, "sensor.spot_price", Decimal("0.10"))
    await bind_at_home(hass, home, CAR, "Family car", with_more(program(periods=[]), source=told), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(10_000)
    await until(lambda: manager_of(home).charging.ledger.entries)
    await hass.async_block_till_done()
    later = charger.at + timedelta(days=2, minutes=1)
    with patch.object(dt_util, "utcnow", lambda: later):
        manager_of(home).async_tell()
    (issue,) = issues_of(hass, "price_missing")
    on_the_phone = Fix(hass, hass_client)
    for dialog in (fix, on_the_phone):
        await dialog.open(issue)
    assert fix.page["description_placeholders"]["energy"] == "10.000"
    for typed, error in ((" ", "price_missing"), ("0.2 USD", "number_not_read"), ("25", "price_high")):
        await fix.submit(price=typed)
        assert (fix.page["step_id"], fix.page["errors"]) == ("ask", {"price": error})
        (field,) = fix.page["data_schema"]
        assert field["description"]["suggested_value"] == typed
    await fix.submit(price="0.25")
    assert fix.page["type"] == "create_entry", fix.page
    ((_, record),) = manager_of(home).charging.ledger.records()
    await until(lambda: record.state is RecordState.SENT)
    assert record.cost == Decimal("3.50")  # with ten cents of the program's own
    await on_the_phone.submit(price="0.30")
    assert (on_the_phone.page["type"], on_the_phone.page["reason"]) == ("abort", "session_gone")
    assert record.cost == Decimal("3.50")


async def test_energy_under_no_binding_is_taken_note_of_once(
    hass: HomeAssistant, hub: ConfigEntry, fix: Fix, hass_client: ClientSessionGenerator
) -> None:
    charger = Charger(hass)
    flow = await VehicleFlow(hass, hub).start()
    await flow.walk("program")
    await flow.submit({"consent": True, **from_then(dt_util.utcnow() + timedelta(days=3))})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result
    await hass.async_block_till_done()
    charger.at = dt_util.utcnow()
    await charger.session(5_000)
    await until(lambda: issues_of(hass, "session_unbound"))
    (issue,) = issues_of(hass, "session_unbound")
    on_the_phone, too_late = Fix(hass, hass_client), Fix(hass, hass_client)
    for dialog in (fix, on_the_phone, too_late):
        await dialog.open(issue)
        assert dialog.page["description_placeholders"]["vehicle"] == "Family car"
        assert dialog.page["description_placeholders"]["unbound"] == "5.000"
    await fix.submit()
    assert fix.page["type"] == "create_entry"
    assert not issues_of(hass, "session_unbound")
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert not issues_of(hass, "session_unbound"), "nobody is told twice"
    manager_of(hub).charging.ledger.entries.clear()
    await too_late.submit()
    assert (too_late.page["type"], too_late.page["reason"]) == ("abort", "session_gone")
    assert await hass.config_entries.async_unload(hub.entry_id)
    await on_the_phone.submit()
    assert (on_the_phone.page["type"], on_the_phone.page["reason"]) == ("abort", "session_gone")
