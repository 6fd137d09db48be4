"""A person binds a vehicle to account, premise, EVSE and rate program, changes that and ends it (SC-1)."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.flow import stepping
from custom_components.utility_han.vehicles import subentries
from tests.conftest import BOTH_TRANSPORTS
from tests.helpers.files import start_before
from tests.helpers.states import eventually, persistent_notifications, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import (
    ANSWERS,
    CAR_PLUG,
    ENERGY,
    PLUG,
    SWITCH,
    VIN,
    Charger,
    VehicleFlow,
    manager_of,
    record_of,
    vehicle_device_id,
    vehicle_entity,
    vehicle_state,
)

pytestmark = pytest.mark.use_case("SC-1")


@pytest.fixture
def charger(hass: HomeAssistant, hub: ConfigEntry) -> Charger:
    return Charger(hass)


@pytest.fixture
async def flow(hass: HomeAssistant, hub: ConfigEntry, charger: Charger) -> VehicleFlow:
    """The dialog, open at its first page."""
    flow = VehicleFlow(hass, hub)
    await flow.start()
    return flow


def from_then(moment: Any) -> dict[str, Any]:
    local = dt_util.as_local(moment)
    return {"later": {"valid_from": f"{local:%Y-%m-%d}", "valid_from_time": f"{local:%H:%M:%S}"}}


@BOTH_TRANSPORTS
async def test_vehicle_is_bound(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: VehicleFlow,
    utility: SimulatedUtility,
) -> None:
    # What the home has is filled in.
    assert (flow.suggested["energy"], flow.folded("station")["plug"]) == (ENERGY, PLUG)
    await flow.walk("account")
    assert "0.15 USD/kWh" in flow.said["programs"]
    await flow.walk("program")
    assert "0.15 USD/kWh" in flow.said["program"]
    assert flow.said["weeks"].startswith("![](")
    await flow.bind()
    assert flow.said["program"] == "EV Flat"
    assert flow.said["payer"].endswith(utility.number[-4:])
    await hass.async_block_till_done()
    (binding,) = await utility.bindings()
    assert (binding["status"], binding["evse"]) == ("in_force", {"name": "Garage", "serial": "VL11-004711"})
    assert vehicle_state(hass, hub, "binding") == "in_force"
    assert vehicle_state(hass, hub, "plugged") == "off"
    assert vehicle_state(hass, hub, "problem") == "off"
    state = hass.states.get(vehicle_entity(hass, hub, "binding"))
    assert state is not None
    assert state.attributes["program"] == "EV Flat"


async def test_vehicle_that_the_utility_knows_is_offered(
    hass: HomeAssistant,
    hub: ConfigEntry,
    charger: Charger,
    utility: SimulatedUtility,
) -> None:
    known = await utility.add_vehicle("WVWZZZ1JZXW000007", "Volkswagen", "e-Golf", battery_wh=36_000)
    flow = VehicleFlow(hass, hub)
    await flow.start()
    assert flow.page == "known"
    await flow.submit({"vehicle": known["id"]})
    assert flow.page == "vehicle"
    assert flow.suggested["vehicle_model"] == "e-Golf"
    assert flow.folded("more") == {"make": "Volkswagen", "battery_size": "36"}
    await flow.bind(vehicle=flow.as_shown())
    await hass.async_block_till_done()
    run = record_of(hub).run
    assert (run.vehicle_id, run.battery_wh) == (known["id"], 36_000)


@pytest.mark.parametrize(
    ("page", "answer", "errors"),
    [
        ("vehicle", {"vin": "1M8GDM9A1KP042788"}, {"vin": "invalid_vin"}),
        ("vehicle", {"vin": "123"}, {"vin": "invalid_vin_form"}),
        ("vehicle", {"vin": "11111111111111111", "more": {}}, {"more": "make_missing"}),
        ("vehicle", {"vehicle_model": " "}, {"vehicle_model": "model_missing"}),
        ("vehicle", {"more": {"make": "Voltline", "battery_size": "0,7"}}, {"more": "battery_size_unfit"}),
        ("vehicle", {"more": {"make": "Voltline", "battery_size": "sixty"}}, {"more": "battery_size_unfit"}),
        ("vehicle", {"station": {"plug": PLUG, "max_power": "0"}}, {"station": "power_unfit"}),
        ("vehicle", {"station": {"plug": PLUG, "max_power": "11 kW"}}, {"station": "power_unfit"}),
        ("vehicle", {"station": {"plug": PLUG, "vehicle_power": "7,4 kW"}}, {"station": "power_unfit"}),
        ("account", {"pays": "guest", "account_number": "none"}, {"account_number": "account_number_missing"}),
        ("program", {"consent": False}, {"consent": "consent_missing"}),
    ],
)
async def test_bad_input_is_said_where_it_can_be_mended(
    flow: VehicleFlow, page: str, answer: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.walk(page)
    await flow.submit(ANSWERS[page] | answer)
    assert (flow.page, flow.errors) == (page, errors)
    if page != "vehicle":
        assert flow.said["wrong"].startswith("✗ "), "the field is more than a screen below"
    await flow.submit(ANSWERS[page])
    assert not flow.said.get("wrong")
    await flow.bind()


@pytest.mark.parametrize("used", [True, False])
async def test_charger_of_another_hub_is_refused(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow, *, used: bool
) -> None:
    """Each would bill what is charged there; a hub that is disabled bills nothing."""
    there = ConfigSubentryData(data={"energy": ENERGY}, subentry_type="vehicle", title="Van", unique_id="van")
    disabled_by = None if used else ConfigEntryDisabler.USER
    MockConfigEntry(domain=DOMAIN, subentries_data=[there], disabled_by=disabled_by).add_to_hass(hass)
    await flow.submit(ANSWERS["vehicle"])
    assert flow.errors == ({"energy": "charger_elsewhere"} if used else {})


async def test_entities_that_say_nothing_of_charging_are_asked_for_in_the_open(
    flow: VehicleFlow, utility: SimulatedUtility
) -> None:
    wrong = ANSWERS["vehicle"] | {"energy": PLUG, "station": ANSWERS["vehicle"]["station"] | {"plug": ENERGY}}
    await flow.submit(wrong)
    assert flow.errors == {"energy": "no_energy", "plug": "no_plug"}
    station = flow.folded("station")
    assert (flow.suggested["plug"], station["name"], "plug" in station) == (ENERGY, "Garage", False)
    await flow.submit(flow.as_shown() | {"energy": ENERGY, "plug": PLUG})
    await flow.bind()
    (binding,) = await utility.bindings()
    assert binding["evse"] == {"name": "Garage", "serial": "VL11-004711"}


async def test_another_charger_than_the_one_filled_in_brings_all_that_is_its_own(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow
) -> None:
    carport, plug = "sensor.carport_charger_energy", "binary_sensor.carport_charger_plug"
    energy = {"device_class": "energy", "unit_of_measurement": "kWh", "friendly_name": "Carport charger energy"}
    hass.states.async_set(carport, "7.0", energy)
    hass.states.async_set(plug, "off", {"device_class": "plug", "friendly_name": "Carport charger plug"})
    typed = flow.as_shown()
    typed["station"] |= {"max_power": "7,4", "vehicle_power": "3,7", "serial": "CP-1"}
    await flow.bind(vehicle=ANSWERS["vehicle"] | {"energy": carport, "station": typed["station"]})
    data = record_of(hub).data
    assert (data["energy"], data["plug"], data["max_power"]) == (carport, plug, 7.4)
    assert data["vehicle_power"] == 3.7
    assert data["evse"] == {"name": "Carport charger", "serial": "CP-1"}
    assert data["presence"] == CAR_PLUG


async def test_vehicle_that_home_assistant_knows_is_filled_in(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    integration = MockConfigEntry(domain="renault")
    integration.add_to_hass(hass)
    registry = dr.async_get(hass)
    registry.async_get_or_create(
        config_entry_id=integration.entry_id,
        identifiers={("renault", "VF1AAAAA555777999")},
        manufacturer="Renault",
        model="Zoe",
        name="REG-NUMBER",
    )
    for other in ("tesla_fleet", "renault"):  # an energy site, an account: no vehicle
        registry.async_get_or_create(config_entry_id=integration.entry_id, identifiers={(other, "2252266277888999")})
    flow = await VehicleFlow(hass, hub).start()
    assert (flow.suggested["vin"], flow.suggested["vehicle_model"]) == ("VF1AAAAA555777999", "Zoe")
    assert flow.folded("more") == {"name": "REG-NUMBER", "make": "Renault"}
    await flow.bind(vehicle=flow.as_shown())
    assert (flow.result["title"], record_of(hub).run.make) == ("REG-NUMBER", "Renault")


async def test_every_page_leads_back(flow: VehicleFlow) -> None:
    await flow.walk("account")
    await flow.submit(
        ANSWERS["account"] | {"pays": "host", "account_number": "123456", "way_back": {"back": "vehicle"}}
    )
    assert (flow.page, flow.suggested["vin"], flow.folded("more")["battery_size"]) == ("vehicle", VIN, "60")
    await flow.submit(flow.as_shown())
    assert flow.suggested["pays"] == "host"
    await flow.walk("program")
    await flow.submit({"consent": False, "way_back": {"back": "account"}})
    assert flow.page == "account"
    await flow.bind()


async def test_program_that_is_not_for_guests_is_said_where_it_is_chosen(
    flow: VehicleFlow, utility: SimulatedUtility
) -> None:
    neighbour = await utility.neighbour()
    guest = ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number}
    await flow.walk("account")
    await flow.submit(guest | {"program": "ev-night"})
    assert (flow.page, flow.errors) == ("account", {"program": "program_not_for_guests"})
    await flow.submit(guest)
    assert flow.page == "program"


async def test_nothing_typed_is_lost(hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow) -> None:
    await flow.walk("account")
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    again = VehicleFlow(hass, hub)
    await again.start()
    assert again.page == "user"
    await again.choose("resume")
    assert again.suggested["vin"] == VIN
    assert again.folded("station")["switch"] == SWITCH
    await again.bind(vehicle=again.as_shown())


async def test_vehicle_of_another_account_leads_back_to_the_account(
    flow: VehicleFlow, utility: SimulatedUtility
) -> None:
    vin = "WVWZZZ1JZXW000011"
    neighbour = await utility.neighbour()
    await neighbour.add_vehicle(vin)
    await flow.walk("account", vehicle={**ANSWERS["vehicle"], "vin": vin})
    await flow.walk("program")
    await flow.submit(ANSWERS["program"])
    assert (flow.page, flow.errors) == ("account", {"account_number": "not_vehicle_owner"})
    await flow.submit(ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number})
    await flow.bind()
    assert flow.said["payer"].endswith(neighbour.number[-4:])


async def test_representative_decides_in_the_background(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: VehicleFlow,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await utility.set(approval="manual")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
    await flow.walk("program")
    await flow.submit(ANSWERS["program"])
    assert flow.page == "bind_pending", flow.result
    await flow.choose("background")
    await hass.async_block_till_done()
    assert vehicle_state(hass, hub, "binding") == "pending"
    (binding,) = await utility.bindings()
    await utility.decide_vehicle("bindings", binding["id"], "approve")
    await until(lambda: vehicle_state(hass, hub, "binding") == "in_force")
    await until(lambda: any("is bound" in note["title"] for note in persistent_notifications(hass)))


async def test_refusal_is_said_and_can_be_asked_anew(
    flow: VehicleFlow, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    await utility.set(approval="manual")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
    await flow.walk("program")
    await flow.submit(ANSWERS["program"])
    (binding,) = await utility.bindings()
    await utility.decide_vehicle("bindings", binding["id"], "refuse", detail="no meter there")
    await flow.choose("bind")
    assert (flow.page, flow.errors) == ("bind_failed", {"base": "refused_by_utility"})
    assert flow.said["utility"] == "> no meter there\n\n"
    await utility.set(approval="auto")
    await flow.submit({})
    assert flow.page == "account"
    await flow.bind()


@pytest.fixture
async def bound(hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow) -> VehicleFlow:
    """The vehicle is bound, and its dialog is open again to change it."""
    await flow.bind()
    await hass.async_block_till_done()
    return flow


async def choose_program(flow: VehicleFlow, program: str) -> None:
    """Choose to change the vehicle's rate program, up to consent."""
    await flow.change()
    await flow.choose("account")
    await flow.submit(ANSWERS["account"] | {"program": program})


async def test_another_program_from_a_day_on(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
    utility: SimulatedUtility,
) -> None:
    await choose_program(bound, "ev-tou")
    later = dt_util.utcnow().replace(microsecond=0) + timedelta(days=3)
    await bound.submit({"consent": True, **from_then(later)})
    assert (bound.result["reason"], bound.said["program"]) == ("bound", "EV Time of Use")
    await hass.async_block_till_done()
    first, second = await utility.bindings()
    assert second["replaces"] == first["id"]
    bindings = record_of(hub).run.bindings
    assert bindings[first["id"]].valid_until == bindings[second["id"]].valid_from == later
    assert vehicle_state(hass, hub, "binding") == "in_force"


async def test_period_that_overlaps_names_what_it_overlaps(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
) -> None:
    now = dt_util.utcnow().replace(microsecond=0)
    await choose_program(bound, "ev-tou")
    await bound.submit({"consent": True, **from_then(now + timedelta(days=3))})
    # It would begin while the next one, which it does not replace, is in force.
    await choose_program(bound, "ev-flat")
    await bound.submit({"consent": True, **from_then(now + timedelta(days=1))})
    assert (bound.page, bound.errors) == ("program", {"later": "binding_overlap"})
    assert "Garage" in bound.said["conflict"]


async def test_another_charging_station_and_account(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
    utility: SimulatedUtility,
) -> None:
    await bound.change()
    await bound.choose("charger")
    await bound.submit({"energy": ENERGY, "station": bound.folded("station") | {"name": "Carport", "serial": ""}})
    await bound.submit(ANSWERS["program"])
    assert bound.said["evse"] == "Carport"
    await hass.async_block_till_done()
    await bound.change()
    await bound.choose("account")
    await bound.submit(ANSWERS["account"] | {"program": "ev-tou"})
    await bound.submit(ANSWERS["program"])
    await hass.async_block_till_done()
    found = await utility.bindings()
    assert [each["evse"]["name"] for each in found] == ["Garage", "Carport", "Carport"]
    assert [each["program_id"] for each in found] == ["ev-flat", "ev-flat", "ev-tou"]


async def test_sold_on_a_day(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
    utility: SimulatedUtility,
) -> None:
    await bound.change()
    await bound.choose("end")
    until = dt_util.as_local(dt_util.utcnow() + timedelta(seconds=2))
    await bound.submit({"valid_until": f"{until:%Y-%m-%d}", "valid_until_time": f"{until:%H:%M:%S}", "reason": "sold"})
    assert bound.result["reason"] == "binding_ended", bound.result
    (binding,) = await utility.bindings()
    assert binding["reason"] == "sold"


async def test_removed_vehicle_is_no_longer_bound(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
    utility: SimulatedUtility,
) -> None:
    subentry = hub.get_subentries_of_type("vehicle")[0]
    hass.config_entries.async_remove_subentry(hub, subentry.subentry_id)
    await hass.async_block_till_done()
    registry = dr.async_get(hass)
    found = dr.async_entries_for_config_entry(registry, hub.entry_id)
    assert not any((DOMAIN, subentry.subentry_id) in device.identifiers for device in found)

    await eventually(utility.bindings, lambda found: [each["status"] for each in found] == ["ended"])


async def test_vehicle_that_was_lost_in_a_power_cut_is_there_again_and_stays_bound(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    """Its binding is on disk at once, and the page that shows it a second later."""
    await manager_of(hub).charging.async_save()
    (shown,) = hub.get_subentries_of_type("vehicle")
    await start_before(hass, hub, hub.created_at, [shown.subentry_id])
    await manager_of(hub).delivery._async_pass()
    (again,) = hub.get_subentries_of_type("vehicle")
    assert (again.unique_id, again.title, again.data) == (shown.unique_id, shown.title, shown.data)
    assert [each["status"] for each in await utility.bindings()] == ["in_force"]


async def test_vehicle_whose_removal_was_lost_in_a_power_cut_stays_bound(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    record = record_of(hub)
    subentries._end(record, dt_util.utcnow())
    await manager_of(hub).charging.async_save()
    await start_before(hass, hub, hub.modified_at)
    await manager_of(hub).delivery._async_pass()
    assert [each.key for each in manager_of(hub).vehicles] == [record.key]
    assert [each["status"] for each in await utility.bindings()] == ["in_force"]


async def test_vehicle_has_the_name_that_a_person_gave_it_in_home_assistant(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow
) -> None:
    (shown,) = hub.get_subentries_of_type("vehicle")
    hass.config_entries.async_update_subentry(hub, shown, title="Her car")
    await hass.async_block_till_done()
    assert record_of(hub).title == "Her car"
    device = dr.async_get(hass).async_get(vehicle_device_id(hass, hub))
    assert device is not None
    assert device.name == "Her car"


async def test_what_was_agreed_to_in_a_dialog_that_is_closed_then_is_what_shows(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    """The vehicle is charged elsewhere as soon as the binding is asked for, and its last page may never be seen."""
    await utility.fault("http_error", status=503, path="/api/v1/bindings")
    await bound.change()
    await bound.choose("charger")
    await bound.submit({**bound.as_shown(), "station": {**bound.folded("station"), "max_power": "7.4"}})
    await bound.submit(ANSWERS["program"])
    assert record_of(hub).data["max_power"] == 7.4
    hass.config_entries.subentries.async_abort(bound.result["flow_id"])
    await hass.async_block_till_done()
    (shown,) = hub.get_subentries_of_type("vehicle")
    assert shown.data == record_of(hub).data


async def test_binding_record_is_shown_and_downloaded(
    hass: HomeAssistant,
    hub: ConfigEntry,
    bound: VehicleFlow,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    await bound.change()
    await bound.choose("document")
    assert VIN in bound.said["document"]
    assert bound.said["document"].endswith("\n\nNothing that was charged under it is counted yet.\n")
    web = await hass_client_no_auth()
    url = unescape(bound.said["links"].rpartition('href="')[2].partition('"')[0])
    response = await web.get(url)
    assert response.status == 200
    assert await response.text() == bound.said["document"]
    assert (await web.get(url.partition("?")[0])).status == 401
    answer: Any = await hass.services.async_call(
        DOMAIN, "binding_record", {"device_id": vehicle_device_id(hass, hub)}, blocking=True, return_response=True
    )
    assert answer["bindings"][0]["program"] == "EV Flat"
    assert manager_of(hub).charging.vehicles
