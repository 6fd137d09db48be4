"""The entities of a gateway: units, classes and names that the Energy dashboard and people rely on."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from homeassistant.components.sensor import ATTR_STATE_CLASS
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_FRIENDLY_NAME, ATTR_UNIT_OF_MEASUREMENT, EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

import custom_components.utility_han
from custom_components.utility_han.gateway import Register, RegisterKind
from custom_components.utility_han.hub.entities import register_sensors
from tests.component.conftest import Commission
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import flows
from tests.helpers.states import entity_id_of, state_of

TRANSLATIONS = Path(custom_components.utility_han.__file__).parent / "translations"
UNDIRECTED = ("voltage", "frequency", "power_factor")
INSTANTANEOUS = ("power", "apparent_power", "reactive_power", "current", *UNDIRECTED)
SUMMATIONS = ("energy", "reactive_energy", "apparent_energy")
DIRECTIONS = ("none", "delivered", "received", "net", "total")


@pytest.mark.parametrize(
    ("key", "unit", "device_class", "state_class", "name"),
    [
        ("power", "W", "power", "measurement", "Power"),
        ("energy_summation_delivered", "kWh", "energy", "total_increasing", "From the grid"),
        ("energy_summation_received", "kWh", "energy", "total_increasing", "To the grid"),
        ("energy_tou_summation_delivered_tier_1", "kWh", "energy", "total_increasing", "From the grid tier 1"),
        ("clock_offset", "s", "duration", "measurement", "Clock offset"),
        ("last_contact", None, "timestamp", None, "Last contact"),
        ("certificate_expiry", None, "timestamp", None, "Certificate expiry"),
        ("commissioning_state", None, "enum", None, "Commissioning state"),
        ("connectivity", None, "connectivity", None, "Connectivity"),
        ("problem", None, "problem", None, "Gateway problem"),
    ],
)
async def test_entity(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    key: str,
    unit: str | None,
    device_class: str | None,
    state_class: str | None,
    name: str,
) -> None:
    state = state_of(hass, await commission(gateway), key)
    assert state.state not in ("unknown", "unavailable")
    assert state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) == unit
    assert state.attributes.get(ATTR_DEVICE_CLASS) == device_class
    assert state.attributes.get(ATTR_STATE_CLASS) == state_class
    assert state.attributes[ATTR_FRIENDLY_NAME].endswith(name)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_every_register_has_a_name_of_its_own(language: str) -> None:
    """Whatever a gateway measures: names are made of quantity, direction, tier and phase."""
    kinds = ((RegisterKind.INSTANTANEOUS, INSTANTANEOUS, (None,)), (RegisterKind.SUMMATION, SUMMATIONS, (None, 1)))
    registers = [
        Register(f"{quantity}_{kind}_{direction}_{phase}_{tier}", quantity, kind, direction, "", tier, phase)
        for kind, quantities, tiers in kinds
        for quantity in quantities
        for direction in (DIRECTIONS if quantity not in UNDIRECTED else ("none",))
        for phase in (None, "A")
        for tier in tiers
    ]
    texts = json.loads((TRANSLATIONS / f"{language}.json").read_text())["entity"]["sensor"]
    names = [
        texts[row.translation_key]["name"].format(**(row.translation_placeholders or {}))
        for row in register_sensors(registers)
    ]
    assert len(names) == len(registers)
    assert len(set(names)) == len(names)


async def test_health_is_diagnostic_and_readings_are_not(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    registry = er.async_get(hass)
    diagnostic = {
        e.unique_id.removeprefix(f"{entry.entry_id}_")
        for e in er.async_entries_for_config_entry(registry, entry.entry_id)
        if e.entity_category is EntityCategory.DIAGNOSTIC
    }
    assert diagnostic == {
        "connectivity",
        "problem",
        "commissioning_state",
        "last_contact",
        "clock_offset",
        "certificate_expiry",
        "diagnose",
        "last_diagnosis",
        "open_cases",
    }


async def test_price_now_and_ahead(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> None:
    entry = await commission(gateway)
    await entry.runtime_data.coordinator.async_refresh()  # the first poll is for readings only
    state = state_of(hass, entry, "price")
    tier = (await gateway.readings())["tier"]
    assert float(state.state) == {1: 0.118, 2: 0.214, 3: 0.342}[tier]
    assert state.attributes[ATTR_UNIT_OF_MEASUREMENT] == "USD/kWh"
    assert state.attributes["tier"] == tier
    forecast = state.attributes["forecast"]
    assert forecast[0]["price"] == float(state.state)
    # At a weekend one price lasts for days.
    # One hour of the day that is told may have passed since.
    assert datetime.fromisoformat(forecast[-1]["end"]) > dt_util.utcnow() + timedelta(hours=22)


async def test_register_nobody_asked_for_can_be_enabled(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    registry = er.async_get(hass)
    entity_id = entity_id_of(hass, entry, "reactive_energy_summation_delivered")
    assert hass.states.get(entity_id) is None
    registry.async_update_entity(entity_id, disabled_by=None)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert float(state_of(hass, entry, "reactive_energy_summation_delivered").state) > 0


async def test_riva_meter_gives_the_same_entities(
    hass: HomeAssistant, make_gateway: GatewayFactory, commission: Commission, gateway: SimulatedGateway
) -> None:
    standard = await commission(gateway)
    registry = er.async_get(hass)

    def keys(entry_id: str) -> set[str]:
        entries = er.async_entries_for_config_entry(registry, entry_id)
        return {e.unique_id.removeprefix(f"{entry_id}_") for e in entries}

    meter = await make_gateway(personality="riva", registration="out-of-band", bad_signature_rate=0)
    result = await flows.submit(hass, await flows.start(hass), {"host": meter.host, "port": meter.port})
    result = await flows.walk(hass, result, "method")
    await meter.register(flows.placeholder(result, "lfdi"))
    result = await flows.finish(hass, await flows.by_portal(hass, result))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert keys(result["result"].entry_id) == keys(standard.entry_id) - {
        "price",
        "next_price",
        "lowest_price",
        "highest_price",
        "message",
        "messages",
    }  # such meters tell neither
