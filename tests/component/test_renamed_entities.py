"""A person gives entities of the home other ids: what is known of them, and what they do, goes on."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import CONF_RENAMED
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.esi import ResponseStatus
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.hub.renaming import async_follow_renames, ids_of_now, renamed, taken_over
from custom_components.utility_han.procedures import PricePoints
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.vehicles import manager
from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_device_flow import DeviceFlow
from tests.component.test_load_control import SWITCH, MakeHome, make_home
from tests.conftest import SimulatedGateway
from tests.helpers import vehicles
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import ENERGY, PLUG, Charger, VehicleFlow, bind, manager_of, record_of, vehicle_state

__all__ = ["make_home"]
R = ResponseStatus
OTHER = "sensor.wallbox_energy"


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with patch.object(point, "SETTLE", timedelta(milliseconds=20)), patch.object(manager, "_SURE_AFTER", timedelta(0)):
        yield


def rename(hass: HomeAssistant, before: str, after: str) -> None:
    """Give an entity of the charger another id, as a person does in its settings; its state goes with it."""
    state = hass.states.get(before)
    assert state is not None
    er.async_get(hass).async_update_entity(before, new_entity_id=after)
    hass.states.async_remove(before)
    hass.states.async_set(after, state.state, state.attributes)


@pytest.mark.use_case("UR-EV")
@pytest.mark.parametrize("loaded", [True, False])
async def test_session_goes_on_where_its_charger_has_another_id(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    for domain, _, name in (ENERGY.partition("."), PLUG.partition(".")):
        er.async_get(hass).async_get_or_create(domain, "charger", name, suggested_object_id=name)
    charger = await bind(hass, hub)
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    if not loaded:
        assert await hass.config_entries.async_unload(hub.entry_id)
    rename(hass, ENERGY, OTHER)
    rename(hass, PLUG, "binary_sensor.wallbox_plug")
    monkeypatch.setattr(vehicles, "ENERGY", OTHER)
    monkeypatch.setattr(vehicles, "PLUG", "binary_sensor.wallbox_plug")
    if not loaded:
        assert await hass.config_entries.async_setup(hub.entry_id)
    await until(lambda: CONF_RENAMED not in hub.data)
    await hass.async_block_till_done()
    assert record_of(hub).data["energy"] == OTHER
    assert record_of(hub).chargers == [OTHER]
    assert record_of(hub).used == {OTHER: None}
    charger.charge(4_000)
    await hass.async_block_till_done()
    assert float(vehicle_state(hass, hub, "session_energy")) == 7
    charger.plug(plugged=False)
    (billed,) = await eventually(utility.billed, lambda found: len(found) == 1)
    assert billed["energy_wh"] == 7_000
    (entry,) = manager_of(hub).charging.ledger.entries.values()
    assert entry.point == OTHER


@pytest.mark.use_case("UR-P")
async def test_control_is_ended_on_the_entity_that_has_another_id(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    await home.ask(duration=1800)
    assert not home.is_on()
    er.async_get(hass).async_update_entity("input_boolean.load", new_entity_id="input_boolean.boiler")
    await home.settle()
    assert home.device.control == {**SWITCH, "entity_id": "input_boolean.boiler"}
    home.device.state = DeviceState.ENROLLED
    assert hass.states.is_state("input_boolean.boiler", "off")
    await home.let_pass(31)
    assert hass.states.is_state("input_boolean.boiler", "on")
    assert await home.answers() == [R.RECEIVED, R.STARTED, R.COMPLETED]


@pytest.mark.use_case("UR-P")
async def test_entity_that_nobody_uses_has_nothing_loaded_anew(hass: HomeAssistant, make_home: MakeHome) -> None:
    home = await make_home(SWITCH)
    before = home.entry.runtime_data
    er.async_get(hass).async_update_entity("input_number.charger", new_entity_id="input_number.other")
    await home.settle()
    assert home.entry.runtime_data is before
    assert CONF_RENAMED not in home.entry.data


@pytest.mark.use_case("UR-EV")
async def test_what_is_kept_of_a_charger_that_is_no_more_makes_room(hass: HomeAssistant) -> None:
    """A charger was exchanged for another, whose entity gets the id of the first; a power cut has it done twice."""
    charging = await Charging.async_get(hass, "home")
    former, present = {"meter": {"max_power": 1}}, {"meter": {"max_power": 2}}
    charging._points.kept = {ENERGY: former, OTHER: present}
    points = charging.prices.courses[f"entity|{OTHER}|EUR"] = PricePoints()
    now = dt_util.utcnow()
    points.tell(now, now + timedelta(hours=1), Decimal("0.3"))
    for _ in range(2):
        await charging.async_rename(OTHER, ENERGY)
        assert charging._points.kept == {ENERGY: present, f"{ENERGY} (1)": former}
        assert list(charging.prices.courses) == [f"entity|{ENERGY}|EUR"]


def test_only_whole_values_are_renamed() -> None:
    told = {"entity_id": "a.b", "of": ["a.b", "a.bc", {"a.b": None}], "power": 11}
    assert renamed(told, "a.b", "a.c") == {"entity_id": "a.c", "of": ["a.c", "a.bc", {"a.b": None}], "power": 11}
    assert taken_over({"x": 1}, "a.b", "a.c") == {"x": 1}


PUMP, RENAMED = "input_boolean.pump", "input_boolean.well"


@pytest.mark.use_case("UR-1")
@pytest.mark.parametrize("page", ["entity", "device", "programs"])
async def test_dialog_of_a_device_keeps_the_id_that_its_entity_was_given_meanwhile(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, page: str
) -> None:
    flow = DeviceFlow(hass, hub)
    await flow.start()
    if page == "programs":
        await flow.announce(gateway.pin)
        assert flow.page == "identification", flow.result
    else:
        await flow.walk(page)
    rename(hass, PUMP, RENAMED)
    if page != "programs":
        await flow.announce(gateway.pin)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    await flow.submit({})
    await hass.async_block_till_done()
    (subentry,) = hub.get_subentries_of_type("device")
    assert subentry.data["control"]["entity_id"] == RENAMED
    (record,) = hub.runtime_data.manager(Registrar).registrations.records.values()
    assert record.data == subentry.data


@pytest.mark.use_case("UR-EV")
async def test_dialog_of_a_vehicle_keeps_the_id_that_its_entity_was_given_meanwhile(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    er.async_get(hass).async_get_or_create(
        "binary_sensor", "charger", "plug", suggested_object_id="garage_charger_plug"
    )
    Charger(hass)
    flow = VehicleFlow(hass, hub)
    await flow.start()
    await flow.walk("program")
    rename(hass, PLUG, "binary_sensor.wallbox_plug")
    rename(hass, PUMP, RENAMED)
    await flow.bind()
    assert (record_of(hub).data["plug"], record_of(hub).data["switch"]) == ("binary_sensor.wallbox_plug", RENAMED)
    (subentry,) = hub.get_subentries_of_type("vehicle")
    assert subentry.data == record_of(hub).data


async def test_id_that_another_entity_has_by_now_is_that_ones(hass: HomeAssistant) -> None:
    async_follow_renames(hass, lambda *_: False)
    registry = er.async_get(hass)
    for name in ("one", "other"):
        registry.async_get_or_create("switch", "home", name, suggested_object_id=name)
    registry.async_update_entity("switch.one", new_entity_id="switch.first")
    await hass.async_block_till_done()
    assert ids_of_now(hass, {"switch": ["switch.one"]}) == {"switch": ["switch.first"]}
    registry.async_update_entity("switch.first", new_entity_id="switch.last")
    await hass.async_block_till_done()
    assert ids_of_now(hass, "switch.one") == "switch.last"
    registry.async_update_entity("switch.other", new_entity_id="switch.one")
    await hass.async_block_till_done()
    assert ids_of_now(hass, ["switch.one", "switch.other"]) == ["switch.one", "switch.one"]
