"""A hub whose files are damaged, or of a newer version: what is found again, what is told, what is left alone."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.repairs import ConfirmRepairFlow
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.health.store import Conditions
from custom_components.utility_han.hub.kept.storage import _OPEN, Kept
from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.hub.kept.versions import ENTRY_VERSION
from custom_components.utility_han.hub.link_record import LinkRecord
from custom_components.utility_han.load_control.store import KeptControls
from custom_components.utility_han.repairs import async_create_fix_flow
from custom_components.utility_han.vehicles.store import Charging, ChargingPoints
from tests.component.test_charging import _soon, charger
from tests.component.test_device_flow import DeviceFlow, registered
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.files import hass_storage
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, manager_of, record_of, vehicle_state

__all__ = ["_soon", "charger", "hass_storage"]

OF_A_HUB: tuple[type[Kept], ...] = (LinkRecord, Registrations, KeptControls, Charging, ChargingPoints, Conditions)
ALL: tuple[type[Kept], ...] = (HanStore, *OF_A_HUB)


@pytest.fixture
async def lfdi(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> str:
    """A device that is registered and enrolled."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    return next(str(each.unique_id) for each in hub.get_subentries_of_type("device"))


def path(hass: HomeAssistant, kind: type[Kept], entry: ConfigEntry) -> Path:
    """Return where a file lies."""
    return Path(hass.config.path(".storage", kind._key("" if kind is HanStore else entry.entry_id)))


async def stop(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Unload the hub, and forget what its files said."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    hass.data.pop(_OPEN)


async def start(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Load it as after a start."""
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


def truncate(file: Path) -> None:
    """Cut a file off in the middle, as a disk that was full does."""
    file.write_text(file.read_text()[:-20])


def alter(file: Path, **changes: Any) -> None:
    """Change what a file says of itself or holds."""
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def told(hass: HomeAssistant, key: str) -> list[dict[str, str]]:
    """Return what notices of a kind are filled with."""
    issues = ir.async_get(hass).issues.values()
    return [each.translation_placeholders or {} for each in issues if each.translation_key == key]


def registered_entities(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, str]:
    """Return the entities of the hub, by their unique ids."""
    found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {each.unique_id: each.entity_id for each in found}


def devices(hass: HomeAssistant, entry: ConfigEntry) -> set[tuple[str, str | None, str | None]]:
    """Return name, maker and model of the hub's devices."""
    found = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {(str(each.name), each.manufacturer, each.model) for each in found}


async def test_vehicle_of_a_damaged_file_is_found_again(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    before, entities, shown = record_of(hub), registered_entities(hass, hub), devices(hass, hub)
    charger.plug()
    charger.charge(2000)
    await hass.async_block_till_done()
    await stop(hass, hub)
    truncate(path(hass, Charging, hub))
    await start(hass, hub)

    assert hub.state is ConfigEntryState.LOADED
    (said,) = told(hass, "store_unreadable")
    assert "sessions that were not handed over" in said["lost"]
    assert (registered_entities(hass, hub), devices(hass, hub)) == (entities, shown)
    record = record_of(hub)
    assert (record.title, record.data, record.subentry_id) == (before.title, before.data, before.subentry_id)
    await until(lambda: bool(record.run.bindings))
    assert (record.run.vehicle_id, record.run.bindings) == (before.run.vehicle_id, before.run.bindings)
    assert (record.run.programs, record.run.battery_wh) == (before.run.programs, 60_000)

    # The session goes on, measured and billed as ever: how far it had come is in a file of its own.
    charger.charge(3000)
    charger.plug(plugged=False)
    await hass.async_block_till_done()
    await until(lambda: manager_of(hub).charging.ledger.entries)
    entry = next(iter(manager_of(hub).charging.ledger.entries.values()))
    await until(lambda: bool(entry.records) and entry.records[0].billed is not None)
    (billed,) = await utility.billed()
    assert billed["energy_wh"] == 5000
    await until(lambda: vehicle_state(hass, hub, "binding") == "in_force")


async def test_unreadable_vehicle_is_found_again_with_its_sessions(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await charger.session(2000)
    await until(lambda: any(each.billed for _, each in manager_of(hub).charging.ledger.records()))
    charger.plug()
    charger.charge(500)
    await hass.async_block_till_done()
    before, point = record_of(hub), next(iter(manager_of(hub).charging.points.values()))
    session = point.session_open
    await stop(hass, hub)
    file = path(hass, Charging, hub)
    kept = json.loads(file.read_text())
    kept["data"]["vehicles"][0]["run"]["bindings"] = "damaged"
    file.write_text(json.dumps(kept))
    await start(hass, hub)

    (said,) = told(hass, "records_unreadable")
    assert "Family car" in said["records"]
    record = record_of(hub)
    assert record.key == before.key, "its sessions are still its own"
    assert [each.session.vehicle for each in manager_of(hub).charging.ledger.entries.values()] == [before.key]
    (point,) = manager_of(hub).charging.points.values()
    assert (point.session_open.id, point.session_open.energy) == (session.id, 500)
    await until(lambda: bool(record.run.bindings))
    charger.charge(700)
    charger.plug(plugged=False)
    await until(lambda: len(manager_of(hub).charging.ledger.entries) == 2)
    entry = manager_of(hub).charging.ledger.entries[session.id]
    await until(lambda: bool(entry.records) and entry.records[0].billed is not None)
    assert sorted(each["energy_wh"] for each in await utility.billed()) == [1200, 2000]


async def test_vehicle_is_found_again_while_the_utility_is_away(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, utility: SimulatedUtility
) -> None:
    await stop(hass, hub)
    path(hass, Charging, hub).write_text("")
    await utility.fault("http_error", status=503)
    await start(hass, hub)
    record = record_of(hub)
    assert (record.run.make, record.run.model, record.run.bindings) == ("Voltline", "One", {})
    await charger.session(800)
    await until(lambda: manager_of(hub).charging.ledger.entries)
    await utility.mend()
    (entry,) = manager_of(hub).charging.ledger.entries.values()
    await until(lambda: bool(record.run.bindings))
    await until(lambda: entry.session.vehicle == record.key and bool(entry.records))
    await until(lambda: entry.records[0].billed is not None)
    assert [each["energy_wh"] for each in await utility.billed()] == [800]


async def test_device_of_a_damaged_file_is_registered_as_before(
    hass: HomeAssistant, hub: ConfigEntry, lfdi: str, utility: SimulatedUtility
) -> None:
    (registration,) = await utility.registrations()
    entities, shown = registered_entities(hass, hub), devices(hass, hub)
    await stop(hass, hub)
    truncate(path(hass, Registrations, hub))
    await start(hass, hub)

    assert told(hass, "store_unreadable")
    registrations = await Registrations.async_get(hass, hub.entry_id)
    await until(lambda: registrations.records[lfdi].run.finished)
    run = registrations.records[lfdi].run
    assert (run.registration_id, run.state) == (registration["id"], "enrolled")
    (now,) = await utility.registrations()
    assert (now["id"], now["stage"]) == (registration["id"], "active")
    assert (registered_entities(hass, hub), devices(hass, hub)) == (entities, shown)


async def test_every_file_is_damaged_at_once(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, lfdi: str
) -> None:
    entities = registered_entities(hass, hub)
    await stop(hass, hub)
    files = [path(hass, kind, hub) for kind in ALL]
    for file in files:
        truncate(file)
    await start(hass, hub)
    assert hub.state is ConfigEntryState.LOADED
    assert len(told(hass, "store_unreadable")) == len(files)
    assert not [each for each in ir.async_get(hass).issues.values() if each.translation_key == "storage_corruption"]
    assert registered_entities(hass, hub) == entities
    await until(lambda: bool(record_of(hub).run.bindings))
    assert hub.runtime_data.coordinator.last_update_success

    # A person takes note of it; until then it is said, restarts or not.
    notices = [each for each in ir.async_get(hass).issues.values() if each.translation_key == "store_unreadable"]
    for notice in notices:
        assert notice.is_persistent
        flow = await async_create_fix_flow(hass, notice.issue_id, dict(notice.data or {}))
        assert isinstance(flow, ConfirmRepairFlow)
    assert await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done()
    assert [each["title"] for each in told(hass, "store_unreadable")] == ["Utility HAN"]
    assert not [each for each in files[0].parent.iterdir() if hub.entry_id in each.name]


@pytest.mark.parametrize("kind", [Registrations, KeptControls, Charging, ChargingPoints], ids=lambda kind: kind.what)
async def test_hub_of_a_newer_version_is_left_alone(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, kind: type[Kept]
) -> None:
    conditions = await Conditions.async_get(hass, hub.entry_id)
    await conditions.async_save()
    registrations = await Registrations.async_get(hass, hub.entry_id)
    await registrations.async_save()
    await stop(hass, hub)
    folder = path(hass, kind, hub).parent
    alter(path(hass, kind, hub), version=2)
    alter(path(hass, Conditions, hub), version=2)

    def files() -> dict[str, str]:
        return {each.name: each.read_text() for each in folder.iterdir() if each.name.startswith(DOMAIN)}

    before = files()
    await start(hass, hub)
    assert str(hub.state) == "ConfigEntryState.SETUP_ERROR"
    assert hub.error_reason_translation_key == "made_by_newer_version"
    assert told(hass, "made_by_newer_version") == [{"title": hub.title, "file": path(hass, kind, hub).name}]
    assert files() == before, "nothing is changed, nothing set aside"

    # The newer version again: here it is the file that is as old as before.
    for file in (path(hass, kind, hub), path(hass, Conditions, hub)):
        alter(file, version=1)
    await start(hass, hub)
    assert hub.state is ConfigEntryState.LOADED
    assert not told(hass, "made_by_newer_version")

    await stop(hass, hub)
    for one in OF_A_HUB:
        alter(path(hass, one, hub), version=2)
    await start(hass, hub)
    assert await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done()
    assert not [name for name in files() if hub.entry_id in name]
    assert not told(hass, "made_by_newer_version")


async def test_health_of_a_newer_version_begins_anew(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await stop(hass, hub)
    alter(path(hass, Conditions, hub), version=2)
    await start(hass, hub)
    assert hub.state is ConfigEntryState.LOADED
    (said,) = told(hass, "store_unreadable")
    assert json.loads((path(hass, Conditions, hub).parent / said["file"]).read_text())["version"] == 2


async def test_what_all_hubs_share_is_of_a_newer_version(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await stop(hass, hub)
    alter(path(hass, HanStore, hub), version=2)
    await start(hass, hub)
    assert hub.state is ConfigEntryState.SETUP_ERROR
    assert told(hass, "made_by_newer_version") == [{"title": "Utility HAN", "file": DOMAIN}]
    result = await flows.choose(hass, await flows.begin(hass), "ip")
    assert (result["type"], result.get("reason")) == ("abort", "made_by_newer_version")
    assert await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done()
    assert json.loads(path(hass, HanStore, hub).read_text())["version"] == 2


async def test_entry_of_a_newer_minor_version_is_read(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await hass.config_entries.async_unload(hub.entry_id)
    hass.config_entries.async_update_entry(hub, minor_version=9, data={**hub.data, "newer": True})
    await start(hass, hub)
    assert (hub.state, hub.minor_version, hub.data["newer"]) == (ConfigEntryState.LOADED, 9, True)


async def test_entry_of_an_older_version_is_brought_up_to_date(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await hass.config_entries.async_unload(hub.entry_id)
    hass.config_entries.async_update_entry(hub, minor_version=0)
    steps = {(1, 1): lambda data: {**data, "brought": "up to date"}}
    with patch("custom_components.utility_han.ENTRY_MIGRATIONS", steps):
        await start(hass, hub)
    assert (hub.state, (hub.version, hub.minor_version)) == (ConfigEntryState.LOADED, ENTRY_VERSION)
    assert hub.data["brought"] == "up to date"


@pytest.mark.use_case("IP-4")
async def test_place_that_nobody_needs_is_forgotten(hass: HomeAssistant, hub: ConfigEntry) -> None:
    await hass.config_entries.async_unload(hub.entry_id)
    place = {"name": "Elm Street 5", "latitude": 39.74, "longitude": -104.99}
    hass.config_entries.async_update_entry(hub, minor_version=1, data={**hub.data, "premise": place})
    await start(hass, hub)
    assert hub.data["premise"] == {"name": "Elm Street 5"}


async def test_hub_whose_identity_is_damaged_leaves_no_file_behind(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """Its gateway cannot be told that it is gone; who removes it has it removed all the same."""
    damaged = {**hub.data["identity"], "cert_pem": "nothing that could be read"}
    hass.config_entries.async_update_entry(hub, data={**hub.data, "identity": damaged})
    assert [path(hass, kind, hub).name for kind in OF_A_HUB if path(hass, kind, hub).exists()]
    assert await hass.config_entries.async_remove(hub.entry_id)
    assert [path(hass, kind, hub).name for kind in OF_A_HUB if path(hass, kind, hub).exists()] == []
