"""The entities of a home as people find it: few, each with a name of its own, and none says "unknown"."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.config import device_registry
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

import custom_components.utility_han
from custom_components.utility_han import PLATFORMS
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway import Register, RegisterKind
from custom_components.utility_han.hub.entities import register_sensors
from custom_components.utility_han.hub.prices.entities import SIGNALS
from custom_components.utility_han.vehicles.vehicle import VehicleSubject
from script.referencing.entities import rows_of
from tests.component.conftest import Commission
from tests.component.test_charging_plan import charger as charger  # noqa: PLC0414 - the fixture
from tests.component.test_household_charging import bind
from tests.component.test_prices import tell
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.states import entity_id_of, state_of
from tests.helpers.vehicles import VIN, Charger
from tests.helpers.vtn_hub import hub_without_meter, poll, put_beside_meter
from tests.openadr.under_test import Vtn
from tests.procedures.test_charging_sessions import program

pytestmark = pytest.mark.usefixtures("as_found")

TRANSLATIONS = Path(custom_components.utility_han.__file__).parent / "translations"
LANGUAGES = sorted(each.stem for each in TRANSLATIONS.glob("*.json"))
MOST = {"gateway": 12, "device": 8, "vehicle": 8}
# What "unknown" is right for, by translation key.
RIGHTLY_UNKNOWN = {
    "charge_now": "a button shows when it was last pressed",
    "message": "an event shows when something was last told",
    "next_event": "a time has no word for never, and what is unavailable may still come, for who waits for it",
    "departure": "nobody has said when the vehicle is to leave, and it is here that they do",
}


def kind_of(entry: ConfigEntry, subject_key: str) -> str:
    return entry.subentries[subject_key].subentry_type if subject_key in entry.subentries else "gateway"


def enabled(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[er.RegistryEntry]:
    for each in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if each.disabled_by is None:
            yield each


def counts(hass: HomeAssistant, entry: ConfigEntry) -> Mapping[str, int]:
    """Return how many entities are enabled on the device that has most of them, by kind."""
    by_device = Counter(each.config_subentry_id or entry.entry_id for each in enabled(hass, entry))
    most: dict[str, int] = {}
    for key, count in by_device.items():
        kind = kind_of(entry, key)
        most[kind] = max(most.get(kind, 0), count)
    return most


async def names(hass: HomeAssistant, entry: ConfigEntry, language: str) -> Mapping[str, Counter[str]]:
    """Return the names of all that there is to be enabled, by the device on which they are."""
    ours = json.loads((TRANSLATIONS / f"{language}.json").read_text())["entity"]
    of_classes = await async_get_translations(hass, language, "entity_component", [each.value for each in PLATFORMS])
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for shown in entry.runtime_data.shown:
        for subject in shown.subjects:
            for platform, row in rows_of(shown):
                if not row.exists_fn(subject):
                    continue
                text = ours[platform].get(row.translation_key, {}).get("name")
                if text is None:
                    text = of_classes[f"component.{platform}.entity_component.{row.device_class}.name"]
                found[subject.key][text.format(**(row.translation_placeholders or {}))] += 1
    return found


async def all_is_right(hass: HomeAssistant, entry: ConfigEntry) -> Mapping[str, int]:
    """Check names and states of a home after its first poll; return how many are enabled."""
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    for language in LANGUAGES:
        for key, told in (await names(hass, entry, language)).items():
            assert [name for name, count in told.items() if count > 1] == [], (language, kind_of(entry, key))
    silent = {each.translation_key or each.entity_id for each in enabled(hass, entry) if is_unknown(hass, each)}
    assert silent - RIGHTLY_UNKNOWN.keys() == set()
    found = counts(hass, entry)
    assert {kind: count for kind, count in found.items() if count > MOST[kind]} == {}
    return found


def is_unknown(hass: HomeAssistant, entity: er.RegistryEntry) -> bool:
    state = hass.states.get(entity.entity_id)
    return state is None or state.state == STATE_UNKNOWN


@pytest.mark.use_case("UR-EV")
async def test_home_over_ip_with_a_device_and_a_vehicle_that_is_planned_with_it(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger
) -> None:
    assert (await all_is_right(hass, hub)).keys() == {"gateway", "device", "vehicle"}
    # The sum says it all; its parts are there for who wants them.
    assert state_of(hass, hub, "energy_summation_delivered").name.endswith("From the grid")
    tier = er.async_get(hass).async_get(entity_id_of(hass, hub, "energy_tou_summation_delivered_tier_1"))
    assert tier is not None
    assert tier.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@pytest.mark.use_case("IP-7")
async def test_home_over_zigbee(hass: HomeAssistant, make_gateway: GatewayFactory, commission: Commission) -> None:
    entry = await commission(await make_gateway(personality="standard", registration="both", zigbee=True))
    assert (await all_is_right(hass, entry)).keys() == {"gateway"}


@pytest.mark.use_case("SC-1")
async def test_home_without_a_utility_whose_vehicle_is_billed_by_the_household(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    Charger(hass)
    await bind(hass, entry, VIN, "Family car", program(periods=[]))
    assert (await all_is_right(hass, entry)).keys() == {"gateway", "vehicle"}


EVERYTHING: dict[str, Any] = {"PRICE": [0.3, 0.1], "EXPORT_PRICE": [0.08, 0.07]} | {kind: [1, 2] for kind in SIGNALS}


@pytest.mark.use_case("UR-P")
async def test_home_without_a_meter_whose_utility_tells_everything(hass: HomeAssistant, vtn: Vtn) -> None:
    entry = await hub_without_meter(hass, vtn)
    await tell(vtn, await vtn.make_program("Dynamic"), 2, **EVERYTHING)
    await poll(hass, entry)
    assert (await all_is_right(hass, entry)).keys() == {"gateway"}


@pytest.mark.use_case("UR-P")
async def test_home_with_a_meter_and_a_utility_that_both_tell_everything(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    entry = await commission(gateway)
    await tell(vtn, await vtn.make_program("Dynamic"), 2, **EVERYTHING)
    await put_beside_meter(hass, entry, vtn)
    await poll(hass, entry)
    assert (await all_is_right(hass, entry)).keys() == {"gateway"}


def test_tiers_are_enabled_where_nothing_else_says_their_sum() -> None:
    def tiers(*registers: Register) -> list[bool]:
        return [row.entity_registry_enabled_default for row in register_sensors(registers) if "tier" in row.key]

    total = Register("energy_summation_delivered", "energy", RegisterKind.SUMMATION, "delivered", "Wh", None)
    parts = [
        Register(f"energy_summation_delivered_tier_{tier}", "energy", RegisterKind.SUMMATION, "delivered", "Wh", tier)
        for tier in (1, 2)
    ]
    assert tiers(total, *parts) == [False, False]
    assert tiers(*parts) == [True, True]


@pytest.mark.use_case("UR-EV")
async def test_vin_is_in_documents_and_not_for_all_to_see(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    Charger(hass)
    await bind(hass, entry, VIN, "Family car", program(periods=[]))
    (vehicle,) = (each for shown in entry.runtime_data.shown for each in shown.subjects if is_vehicle(each))
    found = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    (device,) = (each for each in found if each.config_subentry_id)
    assert device.serial_number == f"…{VIN[-4:]}"
    assert vehicle.record.run.vin == VIN
    assert VIN not in json.dumps([state.as_dict() for state in hass.states.async_all()], default=str)
    answer = await hass.services.async_call(
        DOMAIN, "binding_record", {"device_id": device.id}, blocking=True, return_response=True
    )
    assert VIN in json.dumps(answer, default=str)


def is_vehicle(subject: Any) -> bool:
    return isinstance(subject, VehicleSubject)


@pytest.mark.use_case("UR-EV")
async def test_live_device_is_not_removed_by_its_menu(
    hass: HomeAssistant, hub: ConfigEntry, charger: Charger, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    device_registry.async_setup(hass)

    async def remove(device_id: str) -> Mapping[str, Any]:
        await client.send_json_auto_id({"type": "config/device_registry/remove", "device_id": device_id})
        answer: Mapping[str, Any] = await client.receive_json()
        return answer

    devices = dr.async_entries_for_config_entry(dr.async_get(hass), hub.entry_id)
    assert len(devices) == 3
    for device in devices:
        refused = await remove(device.id)
        assert not refused["success"]
        assert refused["error"]["translation_key"] == (
            "remove_the_subentry" if device.config_subentry_id else "remove_the_gateway"
        )
        assert str(device.name) in refused["error"]["message"]
        assert dr.async_get(hass).async_get(device.id) is not None
    left = dr.async_get(hass).async_get_or_create(
        config_entry_id=hub.entry_id, identifiers={(DOMAIN, "of a subentry that is gone")}
    )
    assert (await remove(left.id))["success"]


async def test_entities_of_the_version_before_are_removed_and_the_others_stay(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    registry = er.async_get(hass)
    kept = {each.entity_id: each.unique_id for each in er.async_entries_for_config_entry(registry, entry.entry_id)}
    unique_id = f"{entry.entry_id}_firmware"
    registry.async_get_or_create("sensor", DOMAIN, unique_id, config_entry=entry)
    hass.config_entries.async_update_entry(entry, minor_version=2)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.minor_version == 3
    found = er.async_entries_for_config_entry(registry, entry.entry_id)
    assert {each.entity_id: each.unique_id for each in found} == kept
    # What it showed is said of the device.
    await entry.runtime_data.coordinator.async_refresh()
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert device.sw_version == entry.runtime_data.coordinator.data.configuration.info.software_version
