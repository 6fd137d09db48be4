"""A home whose utility speaks OpenADR and has no meter that can be read: it loads, lives and is removed."""

from datetime import timedelta

import pytest
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigEntryState, ConfigFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import CONF_VTN, DOMAIN, SUBENTRY_DEVICE, SUBENTRY_VEHICLE
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway import DeviceState
from custom_components.utility_han.health.replacing import Replacement, async_replace
from custom_components.utility_han.hub.flow import stepping
from custom_components.utility_han.hub.hub import Hub
from custom_components.utility_han.procedures import Outcome
from custom_components.utility_han.system_health import _async_info
from custom_components.utility_han.utility import Stage
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.devices import describe
from tests.helpers.health import Patient
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.states import state_of
from tests.helpers.subentries import SubentryFlow
from tests.helpers.vtn_hub import hub_without_meter, poll, put_beside_meter
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
    await describe(flow, "pool_pump", entity.title(), {"entity_id": f"input_boolean.{entity}", "response": "off"})
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


@pytest.mark.use_case("UR-1", "UR-3", "UR-6", "UR-8", "UR-9", "UR-15")
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
    assert "Limits of your import" in flow.said["terms"]
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


@pytest.mark.use_case("UR-3")
async def test_utility_that_shows_programs_only_to_whom_it_knows_is_told_of_the_device_first(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn
) -> None:
    program = await vtn.make_program("Feeder", targets=["feeder-7"])
    flow = await add_device(hass, home)
    assert flow.page == "no_programs"
    await flow.submit({})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    (device,) = home.runtime_data.manager(Registrar).devices.values()
    assert device.state is DeviceState.REGISTERED

    (ven,) = await vtn.request("GET", "/vens")
    await vtn.grant(ven["id"], "feeder-7")
    flow = await SubentryFlow(hass, home, SUBENTRY_DEVICE, {}).change()
    await flow.choose("programs_change")
    await flow.submit({"programs": [program["id"]], "consent": True})
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    (device,) = home.runtime_data.manager(Registrar).devices.values()
    assert device.state is DeviceState.ENROLLED


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


@pytest.fixture
async def patient(hass: HomeAssistant, home: ConfigEntry, vtn: Vtn) -> Patient:
    """A device that is enrolled in a program."""
    program = await vtn.make_program("Shed")
    # Readiness is told to it.
    descriptors = [{"payloadType": "OPERATING_STATE", "reportIntervals": "OPEN_INTERVALS", "frequency": 0}]
    period = {"start": (dt_util.utcnow() - timedelta(minutes=1)).isoformat(), "duration": "PT1H"}
    intervals = [{"id": 0, "payloads": [{"type": "SIMPLE", "values": [1]}]}]
    await vtn.make_event(program["id"], intervalPeriod=period, intervals=intervals, reportDescriptors=descriptors)
    flow = await register(hass, home, program["id"])
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    return Patient(hass, home, next(iter(home.subentries)))


@pytest.mark.use_case("UR-10")
async def test_what_the_utility_takes_back_is_noticed_and_waited_for_over_a_restart(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.2)
    (program,) = await vtn.request("GET", "/programs")
    changed = {"programName": "Shed", "targets": ["feeder-7"]}
    await vtn.request("PUT", f"/programs/{program['id']}", changed)
    await poll(hass, home)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert patient.health == ("failing", "programs_differ")
    flow = await SubentryFlow(hass, home, SUBENTRY_DEVICE, {}).change()
    await flow.choose("retry")
    assert flow.page == "register_pending", "a person is told, and need not wait here"
    await flow.choose("background")
    assert patient.state("registration_state").attributes["reason"] == "awaiting_approval"

    await hass.config_entries.async_reload(home.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    (ven,) = await vtn.request("GET", "/vens")
    await vtn.grant(ven["id"], "feeder-7")
    await poll(hass, home)
    await hass.async_block_till_done(wait_background_tasks=True)
    (record,) = home.runtime_data.manager(Registrar).registrations.records.values()
    assert (record.run.stage, record.run.device_state) == (Stage.ACTIVE, DeviceState.ENROLLED)


@pytest.mark.use_case("UR-13", "RD-3", "RD-4", "RD-10", "RD-10b", "RD-11", "RD-12a", "DM-2", "DM-4a", "DM-6")
async def test_device_that_the_utility_forgot_is_diagnosed_and_registered_again(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn, patient: Patient
) -> None:
    await poll(hass, home)
    await hass.async_block_till_done(wait_background_tasks=True)
    found = await patient.act("diagnose")
    assert found["verdict"] == "nothing_wrong"
    checks = {step["step"]: step["evidence"] for step in found["steps"]}
    assert "DM-3" not in checks, "there is no gateway to be asked"
    assert checks["RD-3"]["enrolled"]
    assert checks["RD-3"]["known_at"] <= checks["RD-3"]["answered_at"]
    assert checks["RD-3"]["reported_at"] <= checks["RD-3"]["answered_at"]
    assert checks["RD-12"]["stage"] == "active"
    assert checks["RD-10"].keys() >= {"control", "seen_at", "answered_at"}

    (resource,) = await vtn.request("GET", "/resources")
    await vtn.request("DELETE", f"/resources/{resource['id']}")
    await poll(hass, home)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert patient.health == ("failed", "registration_lost")
    mended = await patient.act("repair")
    assert (mended["repair"], mended["fixed"]) == ("reregister", True)
    (again,) = await vtn.request("GET", "/resources")
    assert again["resourceName"] == resource["resourceName"]
    assert patient.well

    assert await vtn.reports()
    await hass.config_entries.async_remove(home.entry_id)
    assert await vtn.request("GET", "/resources") == []
    assert await vtn.request("GET", "/vens") == [], "also where there are reports of it"


@pytest.mark.use_case("RD-3", "RD-12a", "DM-1", "DM-4a")
@pytest.mark.usefixtures("_credentials_count")
async def test_utility_that_refuses_us_is_what_is_unhealthy(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn, patient: Patient
) -> None:
    await vtn.remove_ven_client()
    for _ in range(2):
        await poll(hass, home)
    hub = Patient(hass, home, home.entry_id)
    await hub.manager.async_evaluate()
    assert hub.health == ("failing", "permission_lost")
    assert patient.state("connectivity").state == "off"
    await hub.manager.async_evaluate(dt_util.utcnow() + timedelta(hours=2))
    assert patient.health == ("marginal", "utility_unreachable"), "what is wrong with the hub is told once"
    assert (await hub.act("diagnose"))["next"] == "sign_in"
    flow = await add_device(hass, home, entity="boiler")
    assert flow.result["reason"] == "credentials_refused", "its dialog says so too"


@pytest.mark.use_case("DM-5a")
async def test_replaced_device_is_another_entity_under_another_name(
    hass: HomeAssistant, home: ConfigEntry, vtn: Vtn, patient: Patient
) -> None:
    before = patient.lfdi
    watched = patient.manager.subjects.of(patient.key)
    assert watched is not None
    other = Replacement(None, None, None, "input_boolean.boiler")
    assert (await async_replace(patient.manager, watched, other)).outcome is Outcome.DONE
    await hass.async_block_till_done(wait_background_tasks=True)
    assert patient.lfdi != before
    (resource,) = await vtn.request("GET", "/resources")
    assert resource["resourceName"] == f"pool_pump-{patient.lfdi}"


@pytest.mark.simulator_only("public mode")
async def test_who_has_neither_meter_nor_credentials_is_told_prices_and_offered_no_devices(
    hass: HomeAssistant, vtn: Vtn, simulated_vtn: SimulatedVtn
) -> None:
    await simulated_vtn.call("PATCH", public=True)
    program = await vtn.make_program("Dynamic")
    price = [{"id": 0, "payloads": [{"type": "PRICE", "values": [0.3]}]}]
    lasting = {"start": "2026-01-01T00:00:00Z", "duration": "P9999Y"}
    await vtn.make_event(program["id"], intervalPeriod=lasting, intervals=price)
    entry = await hub_without_meter(hass, vtn, public=True)
    assert float(state_of(hass, entry, "vtn_price").state) == 0.3
    assert set(entry.supported_subentry_types) == {SUBENTRY_VEHICLE}


@pytest.mark.use_case("UR-6", "UR-c")
async def test_beside_a_meter_a_device_is_the_utilitys_and_no_gateways(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn
) -> None:
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"pump": {"initial": True}}})
    entry = await commission(gateway)
    await put_beside_meter(hass, entry, vtn)
    assert set(entry.supported_subentry_types) == {SUBENTRY_DEVICE, SUBENTRY_VEHICLE}
    program = await vtn.make_program("Shed")
    flow = await register(hass, entry, program["id"])
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done(wait_background_tasks=True)
    patient = Patient(hass, entry, next(iter(entry.subentries)))
    await patient.look()
    assert patient.well, "no gateway has to list it"
    assert patient.state("registration_state").state == "enrolled"

    data = {key: value for key, value in entry.data.items() if key != CONF_VTN}
    hass.config_entries.async_update_entry(entry, data=data)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert patient.health == ("failed", "registration_lost"), "nobody controls it any more"
    assert patient.state("registration_state").state == "commissioned"


@pytest.mark.use_case("IP-5", "IP-6")
async def test_meter_is_added_later_and_everything_stays(
    hass: HomeAssistant, home: ConfigEntry, patient: Patient, gateway: SimulatedGateway
) -> None:
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=home.entry_id)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    result = await flows.choose(hass, result, "meter_add")
    result = await flows.choose(hass, result, "ip")
    result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    result = await flows.by_pin(hass, result, gateway.pin)
    assert result["reason"] == "commissioning_continues"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert home.runtime_data.has_meter
    assert hass.states.get("sensor.example_utility_from_the_grid") is not None
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, home.entry_id), home.entry_id)
    assert device is not None
    assert device.entry_type is None
    await poll(hass, home)
    await patient.look()
    assert patient.well
    assert patient.state("registration_state").state == "enrolled"
