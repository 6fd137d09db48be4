"""A home whose utility speaks OpenADR and has no meter that can be read: it loads, lives and is removed."""

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from custom_components.utility_han.const import DOMAIN, SUBENTRY_DEVICE
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway import DeviceState
from custom_components.utility_han.hub.hub import Hub
from custom_components.utility_han.system_health import _async_info
from tests.helpers.subentries import SubentryFlow
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn


@pytest.fixture
async def home(hass: HomeAssistant, vtn: Vtn) -> ConfigEntry:
    """A hub without a meter, and something that it can control."""
    switches = {"pump": {"initial": True}, "boiler": {"initial": True}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": switches})
    return await hub_without_meter(hass, vtn)


async def add_device(hass: HomeAssistant, entry: ConfigEntry, *programs: str, entity: str = "pump") -> SubentryFlow:
    """Go through the dialog up to registering."""
    flow = await SubentryFlow(hass, entry, SUBENTRY_DEVICE, {}).start()
    assert flow.page == "kind"
    await flow.submit({"kind": "pool_pump", "name": entity.title()})
    assert flow.page == "entity"
    await flow.submit({"entity_id": f"input_boolean.{entity}"})
    assert flow.page == "response"
    await flow.submit({"response": "off"})
    return flow


async def test_nothing_of_a_gateway_is_shown_asked_or_unhealthy(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn
) -> None:
    assert home.state is ConfigEntryState.LOADED
    hub: Hub = home.runtime_data
    assert not hub.has_meter
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, home.entry_id), home.entry_id)
    assert device is not None
    assert (device.name, device.entry_type, device.serial_number) == ("Example Utility", "service", None)
    shown = {
        entity.unique_id.removeprefix(f"{home.entry_id}_")
        for entity in er.async_entries_for_config_entry(er.async_get(hass), home.entry_id)
    }
    assert "health" in shown
    assert not shown & {"connectivity", "problem", "commissioning_state", "last_contact", "clock_offset", "firmware"}
    assert hass.states.is_state("sensor.example_utility_health", "ok")
    assert not [issue for domain, issue in ir.async_get(hass).issues if domain == DOMAIN]
    assert (await async_get_config_entry_diagnostics(hass, home))["state"] == "commissioned"
    assert (await _async_info(hass))["gateways"] == 0
    await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert home.state is ConfigEntryState.LOADED
    await hass.config_entries.async_remove(home.entry_id)
    assert await vtn.request("GET", "/vens") == []


@pytest.mark.use_case("UR-3", "UR-6", "UR-15")
async def test_device_is_registered_with_the_utility_alone(hass: HomeAssistant, home: ConfigEntry, vtn: Vtn) -> None:
    program = await vtn.make_program(
        "Limits",
        programDescriptions=[{"URL": "https://utility.example/limits"}],
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}
        ],
    )
    flow = await add_device(hass, home)
    assert flow.page == "programs"
    assert "limits of your import" in flow.said["terms"]
    assert "<https://utility.example/limits>" in flow.said["terms"]
    await flow.submit({"programs": [program["id"]], "consent": True})
    assert flow.page == "registered"
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    (device,) = home.runtime_data.manager(Registrar).devices.values()
    assert (device.state, device.by_utility) == (DeviceState.ENROLLED, True)
    assert home.runtime_data.manager(Registrar).reached(device) is True


async def register(hass: HomeAssistant, entry: ConfigEntry, *programs: str) -> SubentryFlow:
    """Agree to programs and go on to whatever shows then."""
    flow = await add_device(hass, entry)
    await flow.submit({"programs": list(programs), "consent": bool(programs)})
    return flow


@pytest.mark.use_case("UR-14")
async def test_device_that_is_removed_leaves_nothing_at_the_utility(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn
) -> None:
    program = await vtn.make_program("Shed")
    flow = await register(hass, home, program["id"])
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(await vtn.request("GET", "/resources")) == 1
    (subentry,) = home.subentries.values()
    hass.config_entries.async_remove_subentry(home, subentry.subentry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await vtn.request("GET", "/resources") == []
    assert not home.runtime_data.manager(Registrar).registrations.records
