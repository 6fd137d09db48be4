"""A person in the vehicle dialog where it goes another way than usual: hub, home or utility is not as it is mostly."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.hub.flow import stepping
from tests.component.test_charging_plan import _soon
from tests.component.test_charging_plan import charger as planned  # noqa: F401 - the fixture
from tests.component.test_vehicle_flow import bound, charger, flow
from tests.helpers import flows
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import (
    ANSWERS,
    ENERGY,
    PLUG,
    VIN,
    Charger,
    VehicleFlow,
    manager_of,
    record_of,
    vehicle_state,
)

pytestmark = pytest.mark.use_case("SC-1")
__all__ = ["_soon", "bound", "charger", "flow"]

OTHER_VIN = "WVWZZZ1JZXW000007"
CAR_BATTERY_TOO = "sensor.family_car_battery_level"
COUNTER = {"device_class": "energy", "unit_of_measurement": "kWh", "friendly_name": "Carport charger energy"}


@pytest.fixture(autouse=True)
async def _loaded(hass: HomeAssistant) -> AsyncIterator[None]:
    """Have the hub loaded anew that a dialog has changed, also once the test is over."""
    yield
    await hass.async_block_till_done()


async def test_hub_that_is_not_loaded_is_said_before_anything_is_asked(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow
) -> None:
    assert await hass.config_entries.async_unload(hub.entry_id)
    for begin in (bound.start, bound.change):
        await begin()
        assert (bound.result["type"], bound.result["reason"]) == (FlowResultType.ABORT, "hub_not_ready")


@pytest.mark.parametrize("asked", ["known vehicles", "rate programs"])
async def test_utility_that_is_away_is_the_reason_and_what_was_typed_is_kept(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility, asked: str
) -> None:
    flow = VehicleFlow(hass, hub)
    if asked == "known vehicles":
        await utility.fault("http_error", status=503)
        await flow.start()
    else:
        await flow.start()
        await utility.fault("http_error", status=503)
        await flow.submit(ANSWERS["vehicle"])
    assert (flow.result["type"], flow.result["reason"]) == (FlowResultType.ABORT, "utility_busy")
    await utility.mend()
    await flow.start()
    if asked == "rate programs":
        assert flows.placeholder(flow.result, "vehicle") == "Voltline One"
        await flow.choose("resume")
        assert flow.suggested["vin"] == VIN
    await flow.bind()


async def test_vehicle_that_is_none_of_those_that_the_utility_knows(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    known = await utility.add_vehicle(OTHER_VIN, "Volkswagen", "e-Golf")
    flow = await VehicleFlow(hass, hub).start()
    assert [each["value"] for each in flow.offered("vehicle")] == [known["id"], "other"]
    await flow.submit({"vehicle": "other"})
    assert flow.page == "vehicle"
    assert "vin" not in flow.suggested
    await flow.bind()
    assert record_of(hub).run.vin == VIN
    await flow.start()
    await flow.submit({"vehicle": known["id"]})
    assert flow.suggested["vin"] == OTHER_VIN
    assert "battery_size" not in flow.folded("more"), "the utility does not know it either"


async def test_vehicle_that_is_here_already_is_changed_and_not_added(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow
) -> None:
    await bound.start()
    await bound.submit(ANSWERS["vehicle"])
    assert (bound.page, bound.errors) == ("vehicle", {"vin": "vehicle_already_here"})
    await bound.submit(ANSWERS["vehicle"] | {"vin": OTHER_VIN})
    assert bound.page == "account"


async def test_charger_that_nobody_found_is_chosen(hass: HomeAssistant, hub: ConfigEntry) -> None:
    flow = await VehicleFlow(hass, hub).start()
    assert not {"energy", "plug"} & flow.suggested.keys()
    assert {"energy", "plug"} <= flow.asked, "its plug is asked for in the open"
    Charger(hass)
    typed = {**ANSWERS["vehicle"], "station": {"name": "Garage", "meter": "evse"}, "plug": PLUG}
    await flow.bind(vehicle=typed)
    assert (record_of(hub).data["plug"], record_of(hub).data["max_power"]) == (PLUG, 11)


async def test_serial_number_of_a_charger_that_home_assistant_knows_is_filled_in(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    integration = MockConfigEntry(domain="peblar")
    integration.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=integration.entry_id,
        identifiers={("peblar", "CP-1")},
        serial_number="CP-1",
        name="Carport charger",
    )
    made = er.async_get(hass).async_get_or_create(
        "sensor", "peblar", "energy", config_entry=integration, device_id=device.id, object_id_base="carport"
    )
    hass.states.async_set(made.entity_id, "7.0", COUNTER)
    flow = await VehicleFlow(hass, hub).start()
    assert flow.suggested["energy"] == made.entity_id
    station = flow.folded("station")
    assert (station["name"], station["serial"]) == ("Carport charger", "CP-1")


@pytest.mark.usefixtures("planned")
async def test_charger_that_is_a_registered_device_stays_chosen(hass: HomeAssistant, hub: ConfigEntry) -> None:
    device = hub.get_subentries_of_type("device")[0]
    flow = await VehicleFlow(hass, hub).change()
    await flow.choose("charger")
    station = flow.folded("station")
    assert station["evse"] == device.subentry_id
    # It is another one: the binding names no registered device any more, and what was filled in stays.
    await flow.submit({"energy": ENERGY, "station": station | {"evse": "other", "name": "Street"}})
    await flow.submit({"consent": False, "way_back": {"back": "reconfigure"}})
    await flow.choose("charger")
    assert flow.folded("station")["evse"] == device.subentry_id, "nothing was agreed to yet"


async def test_only_the_entities_are_changed(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    hass.states.async_set(CAR_BATTERY_TOO, "55", {"device_class": "battery", "unit_of_measurement": "%"})
    await bound.change()
    await bound.choose("entities")
    await bound.submit({"energy": ENERGY, "station": bound.folded("station") | {"battery": CAR_BATTERY_TOO}})
    assert (bound.result["type"], bound.result["reason"]) == (FlowResultType.ABORT, "entities_changed")
    await hass.async_block_till_done()
    subentry = hub.get_subentries_of_type("vehicle")[0]
    assert (subentry.data["energy"], subentry.data["battery"]) == (ENERGY, CAR_BATTERY_TOO)
    assert manager_of(hub).battery(record_of(hub)) == 55
    assert len(await utility.bindings()) == 1, "nothing else was agreed to"


async def test_who_turns_back_from_one_change_makes_another(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    back = {"way_back": {"back": "reconfigure"}}
    await bound.change()
    await bound.choose("document")
    await bound.submit({})
    assert bound.page == "reconfigure"
    await bound.choose("end")
    await bound.submit({"valid_until": "2026-12-31", "valid_until_time": "00:00:00", **back})
    assert bound.page == "reconfigure"
    await bound.choose("entities")
    await bound.submit({"energy": ENERGY, **back})
    assert bound.page == "reconfigure"
    # The charging station is part of the binding, however often its entities alone were thought of before.
    await bound.choose("charger")
    await bound.submit({"energy": ENERGY, "station": bound.folded("station") | {"name": "Carport"}})
    assert bound.page == "program"
    await bound.submit(ANSWERS["program"])
    assert bound.said["evse"] == "Carport"
    assert [each["evse"]["name"] for each in await utility.bindings()] == ["Garage", "Carport"]


async def test_end_that_the_utility_does_not_take_is_told_and_said_again(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    ends = dt_util.as_local(dt_util.utcnow() + timedelta(days=1))
    typed = {"valid_until": f"{ends:%Y-%m-%d}", "valid_until_time": f"{ends:%H:%M:%S}", "reason": "sold"}
    await bound.change()
    await bound.choose("end")
    await utility.fault("http_error", status=503)
    await bound.submit(typed)
    assert (bound.page, bound.errors) == ("end", {"base": "utility_busy"})
    assert bound.suggested == typed
    await utility.mend()
    assert record_of(hub).run.ending is None, "nobody ends it behind the person's back"
    await bound.submit(typed)
    assert bound.result["reason"] == "binding_ended"
    (binding,) = await utility.bindings()
    assert binding["reason"] == "sold"


async def test_program_that_is_closed_is_said_where_another_is_chosen(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    await bound.change()
    await bound.choose("charger")
    await utility.set_rate_program("ev-flat", open=False)
    try:
        await bound.submit({"energy": ENERGY, "station": bound.folded("station") | {"name": "Carport"}})
        assert (bound.page, bound.errors) == ("account", {"program": "program_closed"})
        offered = {each["value"] for each in bound.offered("program")}
        assert "ev-flat" not in offered
        await bound.submit(ANSWERS["account"] | {"program": "ev-tou"})
        await bound.submit(ANSWERS["program"])
        assert (bound.said["program"], bound.said["evse"]) == ("EV Time of Use", "Carport")
    finally:
        await utility.set_rate_program("ev-flat", open=True)


async def test_program_that_is_closed_while_its_terms_are_read(flow: VehicleFlow, utility: SimulatedUtility) -> None:
    await flow.walk("program")
    await utility.set_rate_program("ev-flat", open=False)
    try:
        await flow.submit(ANSWERS["program"])
        assert (flow.page, flow.errors) == ("account", {"program": "program_closed"})
        assert "ev-flat" not in {each["value"] for each in flow.offered("program")}
        await flow.submit(ANSWERS["account"] | {"program": "ev-tou"})
        await flow.submit(ANSWERS["program"])
        assert flow.said["program"] == "EV Time of Use"
    finally:
        await utility.set_rate_program("ev-flat", open=True)


async def test_number_of_a_guest_that_was_refused_is_forgotten_where_it_is_no_guest(flow: VehicleFlow) -> None:
    await flow.walk("account")
    await flow.submit(ANSWERS["account"] | {"pays": "guest", "account_number": "99999"})
    await flow.submit(ANSWERS["program"])
    assert (flow.page, flow.errors) == ("account", {"account_number": "not_vehicle_owner"})
    await flow.submit(ANSWERS["account"] | {"pays": "own"})
    await flow.submit(ANSWERS["program"])
    assert (flow.result["type"], flow.said["program"]) == (FlowResultType.CREATE_ENTRY, "EV Flat")


async def test_programs_that_cannot_be_read_before_consent_are_the_reason(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow, utility: SimulatedUtility
) -> None:
    await bound.change()
    await bound.choose("charger")
    await utility.fault("http_error", status=503)
    await bound.submit({"energy": ENERGY, "station": bound.folded("station")})
    assert (bound.result["type"], bound.result["reason"]) == (FlowResultType.ABORT, "utility_busy")
    await utility.mend()
    assert len(await utility.bindings()) == 1


async def test_guests_vehicle_that_was_bought_is_told_anew(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow, utility: SimulatedUtility
) -> None:
    neighbour = await utility.neighbour()
    await flow.walk("account")
    await flow.bind(account=ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number})
    guest = record_of(hub).run.vehicle_id
    await flow.change()
    await flow.choose("account")
    assert flow.suggested["pays"] == "guest"
    await flow.submit(ANSWERS["account"])
    await flow.submit(ANSWERS["program"])
    # The utility knows it as the neighbour's still.
    assert (flow.page, flow.errors) == ("account", {"account_number": "not_vehicle_owner"})
    assert record_of(hub).run.vehicle_id is None
    await flow.submit(ANSWERS["account"] | {"pays": "guest", "account_number": neighbour.number})
    await flow.submit(ANSWERS["program"])
    assert flow.result["reason"] == "bound", flow.result
    assert record_of(hub).run.vehicle_id == guest


async def test_dialog_that_is_closed_before_the_utility_was_told_is_a_draft_again(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow, utility: SimulatedUtility
) -> None:
    await flow.walk("program")
    await utility.fault("slow", seconds=600)
    manager = hass.config_entries.subentries
    page = await manager.async_configure(flow.result["flow_id"], ANSWERS["program"])
    assert (page["type"], page["progress_action"]) == (FlowResultType.SHOW_PROGRESS, "bind")
    manager.async_abort(page["flow_id"])
    await hass.async_block_till_done()
    await utility.mend()
    charging = manager_of(hub).charging
    assert (charging.vehicles, charging.claimed) == ({}, {})
    again = await VehicleFlow(hass, hub).start()
    await again.choose("resume")
    assert again.suggested["vin"] == VIN
    await again.bind()
    assert len(await utility.bindings()) == 1


async def test_dialog_that_is_closed_while_a_representative_decides_leaves_the_vehicle(
    hass: HomeAssistant, hub: ConfigEntry, flow: VehicleFlow, utility: SimulatedUtility, monkeypatch: Any
) -> None:
    await utility.set(approval="manual")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
    await flow.walk("program")
    await flow.submit(ANSWERS["program"])
    assert flow.page == "bind_pending"
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    await until(lambda: hub.get_subentries_of_type("vehicle"))
    await hass.async_block_till_done()
    assert vehicle_state(hass, hub, "binding") == "pending"
    (binding,) = await utility.bindings()
    await utility.decide_vehicle("bindings", binding["id"], "approve")
    await until(lambda: vehicle_state(hass, hub, "binding") == "in_force")


async def test_vehicle_that_is_added_while_its_hub_is_loaded_anew_is_shown(
    hass: HomeAssistant, hub: ConfigEntry, bound: VehicleFlow
) -> None:
    """As where two dialogs end at once: the second one's is there before the hub looks for changes again."""
    first = hub.get_subentries_of_type("vehicle")[0]
    added = ConfigSubentry(data=first.data, subentry_type="vehicle", title="Second", unique_id=OTHER_VIN)
    forward = hass.config_entries.async_forward_entry_setups

    async def forward_late(*args: Any) -> None:
        if added.subentry_id not in hub.subentries:
            hass.config_entries.async_add_subentry(hub, added)
        await forward(*args)

    with patch.object(hass.config_entries, "async_forward_entry_setups", forward_late):
        await hass.config_entries.async_reload(hub.entry_id)
        await until(lambda: hub.state is ConfigEntryState.LOADED and len(manager_of(hub).vehicles) == 2)
    await hass.async_block_till_done()
    assert {record.title for record in manager_of(hub).vehicles} == {"Family car", "Second"}
