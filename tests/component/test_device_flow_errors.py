"""A device's dialog where something is not as it should be: each page says what, and leads on with everything kept."""

import asyncio
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import InvalidData
from homeassistant.util.unit_system import METRIC_SYSTEM, US_CUSTOMARY_SYSTEM, UnitSystem
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.hub.flow import stepping
from custom_components.utility_han.utility import asking
from tests.component.conftest import Commission
from tests.component.test_device_flow import LABEL_LFDI, DeviceFlow, device_state, registered, registered_by_itself
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.states import PATIENCE, until
from tests.helpers.utility import SimulatedUtility

MODELS = "/api/v1/compatible-devices"
PROGRAMS = "/api/v1/programs"
REGISTRATIONS = "/api/v1/device-registrations"
FOLLOWS_BY_ITSELF: dict[str, dict[str, Any]] = {"control": {}, "model": {"model": "switchco-ls1"}}


@pytest.fixture(autouse=True)
def _not_asked_again_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_PAUSE", 0.0)


@pytest.fixture
async def flow(hass: HomeAssistant, hub: ConfigEntry) -> DeviceFlow:
    """The dialog, open at its first page."""
    return await DeviceFlow(hass, hub).start()


@pytest.fixture
def pool(hass: HomeAssistant) -> str:
    """A pool pump."""
    hass.states.async_set("switch.pool", "on", {"friendly_name": "Pool pump"})
    return "switch.pool"


@pytest.fixture
def hall(hass: HomeAssistant) -> str:
    """A thermostat."""
    hass.states.async_set("climate.hall", "heat", {"friendly_name": "Hall", "temperature": 21})
    return "climate.hall"


async def closed(hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow) -> DeviceFlow:
    """Close the dialog, and open it again."""
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    await hass.async_block_till_done()
    return await DeviceFlow(hass, hub).start()


@pytest.mark.use_case("UR-1", "UR-3")
async def test_utility_that_cannot_say_what_a_page_needs_is_told_of(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, utility: SimulatedUtility, pool: str, hall: str
) -> None:
    """At the first page, on that of an entity, on that of a model, and on those of programs."""
    await utility.fault("http_error", path=MODELS)
    await flow.submit({"entities": [pool]})
    assert flow.result["reason"] == "utility_error"
    flow = await DeviceFlow(hass, hub).start()
    await flow.submit({})
    await flow.submit({"kind": "load_switch", "name": "Boiler"})
    assert flow.result["reason"] == "utility_error"
    await utility.mend()

    await utility.fault("http_error", path=PROGRAMS)
    flow = await DeviceFlow(hass, hub).start()
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    assert flow.result["reason"] == "utility_error"
    await utility.mend()

    await utility.fault("http_error", path=REGISTRATIONS)
    flow = await DeviceFlow(hass, hub).start()
    assert flow.result["reason"] == "utility_error"
    await utility.mend()
    flow = await DeviceFlow(hass, hub).start()
    assert flow.result["menu_options"] == ["resume", "entity"], "what was said of several is kept"


@pytest.mark.use_case("UR-a", "UR-3")
async def test_programs_of_devices_taken_over_are_consented_to(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    device = await gateway.bring_device(register=False)
    about = {"pin": device["pin"], "gateway_lfdi": gateway.lfdi}
    await utility.pre_register(device["lfdi"], None, "Hall", **about)  # a device that has no serial number
    (waiting,) = await utility.registrations()

    async def chosen() -> DeviceFlow:
        flow = await DeviceFlow(hass, hub).start()
        await flow.choose("takeover")
        await flow.submit({"devices": [waiting["id"]]})
        return flow

    await utility.fault("http_error", path=PROGRAMS)
    assert (await chosen()).result["reason"] == "utility_error"
    await utility.mend()
    flow = await chosen()
    await flow.submit({"programs": ["peak-saver"], "consent": False})
    assert (flow.page, flow.errors) == ("takeover_programs", {"consent": "consent_missing"})
    await flow.submit({"programs": [], "consent": True})
    assert flow.errors == {"programs": "program_missing"}
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert (flow.result["reason"], flow.said["devices"]) == ("taken_over", "Hall")
    await until(lambda: [each.title for each in hub.subentries.values()] == ["Hall"])
    (subentry,) = hub.subentries.values()
    assert subentry.data["lfdi"] == device["lfdi"]
    assert "serial" not in subentry.data


@pytest.mark.use_case("UR-1")
async def test_dialog_goes_on_with_a_device_that_follows_by_itself(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow
) -> None:
    await flow.submit({})
    await flow.submit({"kind": "load_switch", "name": "Boiler"})
    await flow.submit({"model": "other"})
    assert (flow.page, flow.errors) == ("model", {"model": "device_incompatible"})
    await flow.submit({"model": "switchco-ls1"})
    assert flow.page == "installation"
    await flow.submit({"power": True, "control_point": False, "electrician": False})
    assert flow.errors == {"control_point": "not_confirmed", "electrician": "not_confirmed"}
    again = await closed(hass, hub, flow)
    await again.choose("resume")
    assert again.page == "installation"
    await again.walk("method")
    assert again.said["device"] == "Boiler"


async def test_draft_that_is_finished_in_another_window_is_begun_anew(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("method")
    waits, goes_on = await closed(hass, hub, flow), await DeviceFlow(hass, hub).start()
    await goes_on.choose("resume")
    await registered(goes_on, gateway)
    await hass.async_block_till_done()
    await waits.choose("resume")
    assert waits.page == "entity", "there is nothing left to go on with"
    assert "input_boolean.pump" in waits.offered("entities", "exclude_entities")


@pytest.mark.use_case("IP-5", "IP-9")
async def test_gateway_that_does_not_answer_is_waited_for_page_by_page(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("method", **FOLLOWS_BY_ITSELF)
    await gateway.fault("refuse")
    await flow.choose("discovered")
    assert (flow.page, flow.result["menu_options"]) == ("list_unread", ["discovered", "method"])
    assert "gateway" in flow.said["reason"].lower()
    await gateway.mend()
    manager = hass.config_entries.subentries
    flow.result = await manager.async_configure(flow.result["flow_id"])  # the window is opened anew
    assert (flow.page, flow.result["menu_options"]) == ("not_listed", ["discovered", "method"]), "we alone are on it"
    flow.result = await manager.async_configure(flow.result["flow_id"])
    assert flow.page == "not_listed"
    await flow.choose("method")
    await flow.choose("in_band")
    for typed, error in (("nonsense", "invalid_lfdi"), (hub.runtime_data.identity.lfdi, "already_added")):
        await flow.submit({"lfdi": typed, "key": gateway.pin})
        assert (flow.page, flow.errors) == ("in_band", {"lfdi": error})
    await gateway.fault("refuse")
    await flow.submit({"lfdi": LABEL_LFDI, "key": gateway.pin})
    assert (flow.page, flow.errors) == ("commission_failed", {"base": "unreachable"})
    await gateway.mend()
    await flow.submit({})
    assert flow.page == "method"
    await flow.choose("in_band")
    assert flow.suggested == {"lfdi": LABEL_LFDI, "key": gateway.pin}, "what was typed is kept"
    await flow.submit(flow.suggested)
    assert flow.page == "programs", flow.result


@pytest.mark.use_case("IP-5")
async def test_portal_is_told_of_no_device_by_a_wrong_name(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.1)
    entry = await commission(gateway)
    flow = await DeviceFlow(hass, entry).start()
    await flow.walk("method", control={})
    await flow.choose("portal")
    for typed, error in (({}, "lfdi_needed"), ({"lfdi": "nonsense"}, "invalid_lfdi")):
        await flow.submit(typed)
        assert (flow.page, flow.errors) == ("portal", {"lfdi": error})
    await flow.submit({"lfdi": LABEL_LFDI})
    await flow.submit({})
    assert (flow.page, flow.result["menu_options"]) == ("commission_pending", ["commission", "method", "later"])
    await flow.choose("later")
    assert flow.result["reason"] == "draft_kept"
    again = await DeviceFlow(hass, entry).start()
    assert again.result["menu_options"] == ["resume", "entity"]


@pytest.mark.use_case("UR-8")
async def test_serial_number_on_the_devices_own_page(
    hass: HomeAssistant, flow: DeviceFlow, utility: SimulatedUtility, pool: str
) -> None:
    await flow.submit({"entities": [pool]})
    said = {**flow.suggested, "response": "off"}
    await flow.submit(said | {"serial": "no!"})
    assert (flow.page, flow.errors) == ("device", {"serial": "invalid_serial"})
    await flow.submit(said | {"serial": "ha-4711"})
    await flow.submit({"programs": [], "consent": False})
    assert flow.page == "registered", flow.result
    (registration,) = await utility.registrations()
    assert registration["device"]["serial"] == "HA-4711"


@pytest.mark.use_case("UR-8")
async def test_device_of_a_maker_is_asked_for_its_serial_number(
    flow: DeviceFlow, gateway: SimulatedGateway, pool: str
) -> None:
    await flow.submit({"entities": [pool]})
    await flow.submit({**flow.suggested, "model": "aqua-p3", "response": "off"})
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.page == "identification", "what Home Assistant would say is no serial number of the maker's"
    await flow.submit({"serial": "AQP000001", "key": flow.suggested["key"]})
    assert flow.page == "registered", flow.result


@pytest.mark.use_case("UR-3")
async def test_terms_that_change_meanwhile_are_consented_to_anew(
    flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await flow.announce(gateway.pin)
    assert flow.page == "identification"
    await utility.set_terms("peak-saver", "2027-01")
    try:
        await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
        assert (flow.page, flow.errors) == ("programs", {"base": "terms_changed"})
        assert "(2027-01)" in flow.said["terms"]
        await flow.submit({"programs": ["peak-saver"], "consent": True})
        await flow.walk("registered", identification={"serial": gateway.free_serial, "key": gateway.pin})
        (registration,) = await utility.registrations()
        assert [each["terms_version"] for each in registration["programs"]] == ["2027-01"]
    finally:
        await utility.set_terms("peak-saver", "2026-01")


@pytest.mark.use_case("UR-10")
async def test_registration_that_the_utility_refused_is_begun_anew(
    flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility, monkeypatch: pytest.MonkeyPatch
) -> None:
    await utility.set(approval="manual")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.1)
    await flow.announce(gateway.pin)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "register_pending", flow.result
    (first,) = await utility.registrations()
    await utility.decide(first["id"], "refuse", "Not on this tariff")
    await flow.choose("register")
    assert (flow.page, flow.errors) == ("register_failed", {"base": "refused_by_utility"})
    assert flow.said["utility"] == "> Not on this tariff\n\n"
    await utility.set(approval="auto")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", PATIENCE)
    await flow.submit({})
    assert flow.page == "registered", "serial number and PIN are known here still"
    assert [each["stage"] for each in await utility.registrations()] == ["refused", "active"]


@pytest.mark.use_case("UR-8", "UR-10")
async def test_registration_that_is_begun_anew_later_asks_for_serial_number_and_pin(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await registered(flow, gateway)
    await hass.async_block_till_done()
    (first,) = await utility.registrations()
    await utility.decide(first["id"], "refuse")
    await until(lambda: device_state(hass, hub, "registration_state") == "failed")
    await flow.change()
    await flow.choose("retry")
    assert (flow.page, flow.errors) == ("register_failed", {"base": "refused_by_utility"})
    await flow.submit({})
    assert (flow.page, flow.errors) == ("identification", {}), "the PIN was forgotten once the utility had it"
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    assert flow.result["reason"] == "programs_changed"
    await until(lambda: device_state(hass, hub, "registration_state") == "enrolled")


@pytest.mark.use_case("UR-4")
async def test_device_of_which_nothing_was_told_is_a_draft_again(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await flow.announce(gateway.pin)
    await utility.fault("http_error", path=MODELS, status=404)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert (flow.page, flow.errors) == ("register_failed", {"base": "utility_error"})
    again = await closed(hass, hub, flow)
    await utility.mend()
    assert not hub.runtime_data.manager(Registrar).registrations.records
    assert again.result["menu_options"] == ["resume", "entity"]
    await again.choose("resume")
    assert again.suggested["name"] == "Boiler room switch"
    await registered(again, gateway)


@pytest.mark.use_case("UR-6", "UR-P")
async def test_device_is_brought_again_before_its_removal_was_told(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    lfdi = await registered_by_itself(flow, gateway)
    await hass.async_block_till_done()
    (registration,) = await utility.registrations()
    await utility.fault("http_error", path=f"{REGISTRATIONS}/{registration['id']}", status=400)
    hass.config_entries.async_remove_subentry(hub, next(iter(hub.subentries)))
    await hass.async_block_till_done()
    registrations = await Registrations.async_get(hass, hub.entry_id)
    await until(lambda: registrations.records[lfdi].run.closing)

    again = await DeviceFlow(hass, hub).start()
    await again.walk("method", **FOLLOWS_BY_ITSELF)
    await again.choose("discovered")
    await again.submit({"lfdi": lfdi})
    await again.walk("identification")
    await again.submit({"serial": registration["device"]["serial"], "key": gateway.pin})
    assert (again.page, again.errors) == ("register_failed", {"base": "invalid_request"})
    assert not registrations.records[lfdi].run.closing
    await utility.mend()
    await again.submit({})
    assert again.page == "registered", again.result
    await again.submit({})
    await hass.async_block_till_done()
    assert [each.unique_id for each in hub.subentries.values()] == [lfdi]
    assert [each["stage"] for each in await utility.registrations()] == ["active"]


@pytest.mark.use_case("UR-1")
async def test_those_of_several_that_the_utility_does_not_support_are_named(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, utility: SimulatedUtility, pool: str, hall: str
) -> None:
    await flow.submit({"entities": [pool, hall]})
    await flow.submit({"Pool pump": "pool_pump", "Hall": "thermostat"})
    assert flow.page == "several_programs"
    flow = await DeviceFlow(hass, hub).start()
    await flow.choose("entity")
    await utility.set(models="makers")
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    assert (flow.page, flow.errors) == (
        "several",
        {"Pool pump": "device_incompatible", "Hall": "device_incompatible"},
    )
    await utility.set(models="all")
    await utility.fault("http_error", path=MODELS)
    await flow.submit({"Pool pump": "load_switch", "Hall": "water_heater"})
    assert (flow.page, flow.errors) == ("several", {"base": "utility_error"})
    await utility.mend()
    await flow.submit({"Pool pump": "load_switch", "Hall": "water_heater"})
    assert flow.page == "several_programs"


@pytest.mark.use_case("IP-5", "UR-7")
async def test_several_devices_where_the_utility_has_no_api(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, pool: str, hall: str
) -> None:
    entry = await commission(gateway)
    flow = await DeviceFlow(hass, entry).start()
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    assert (flow.page, flow.said["devices"]) == ("several_done", "✓ **Pool pump**\n\n✓ **Hall**"), flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    assert {each.title for each in entry.subentries.values()} == {"Pool pump", "Hall"}
    assert len((await gateway.describe())["registered"]) == 3
    await flow.change()
    assert flow.result["menu_options"] == ["control", "survey"], "it is registered elsewhere"


async def requests_asked(utility: SimulatedUtility) -> set[str]:
    """Return the keys by which devices were to be commissioned, of whomever."""
    log = await utility.log()
    asked = (each for each in log if each["method"] == "POST" and each["path"].endswith("/commissioning-requests"))
    return {each["idempotency_key"] for each in asked}


@pytest.mark.use_case("IP-5", "IP-6", "UR-1")
async def test_gateway_that_believes_the_utility_alone_is_told_of_each_device(
    hass: HomeAssistant,
    make_gateway: GatewayFactory,
    utility: SimulatedUtility,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
    pool: str,
    hall: str,
) -> None:
    gateway = await make_gateway(personality="riva", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    await gateway.register(flows.placeholder(result, "lfdi"))
    entry = (await flows.finish(hass, await flows.by_portal(hass, result)))["result"]
    await hass.async_block_till_done()
    await utility.attach(gateway.lfdi)
    await accounts.link(hass, entry, utility, hass_client_no_auth)
    await utility.set(commission_seconds=0.3)
    before = await requests_asked(utility)  # the utility has other customers

    flow = await DeviceFlow(hass, entry).start()
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert (flow.page, flow.said["devices"]) == ("several_done", "✓ **Pool pump**\n\n✓ **Hall**"), flow.result
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    await until(lambda: len(entry.subentries) == 2)

    # One alone is asked for once, though Home Assistant and the frontend both come to the page.
    hass.states.async_set("switch.fan", "on", {"friendly_name": "Fan"})
    flow = await DeviceFlow(hass, entry).start()
    await flow.submit({"entities": ["switch.fan"]})
    manager = hass.config_entries.subentries
    flow.result = await manager.async_configure(flow.result["flow_id"], {**flow.suggested, "response": "off"})
    async with asyncio.timeout(PATIENCE):
        while flow.page != "programs":
            flow.result, _ = await asyncio.gather(
                manager.async_configure(flow.result["flow_id"]), manager.async_configure(flow.result["flow_id"])
            )
    handler = manager._progress[flow.result["flow_id"]]
    await handler.async_step_through_utility()  # type: ignore[attr-defined]  # who comes to it late
    # By its key: what the utility was slow to answer is sent once more, and is the same request.
    assert len(await requests_asked(utility) - before) == 3


@pytest.mark.use_case("UR-2")
async def test_device_is_another_entity_and_responds_otherwise(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await registered(flow, gateway)
    await hass.async_block_till_done()
    (subentry_id,) = hub.subentries

    def control() -> Any:
        return hub.subentries[subentry_id].data["control"]

    await flow.change()
    await flow.choose("control")
    assert flow.suggested == {"entity_id": "input_boolean.pump"}
    await flow.submit(flow.suggested)
    assert (flow.page, flow.suggested["response"]) == ("response", "off")
    hass.states.async_set("number.limit", "16", {"min": 6, "max": 32, "friendly_name": "Limit"})
    await flow.change()
    await flow.choose("control")
    await flow.submit({"entity_id": "number.limit"})
    assert (flow.page, flow.said["entity"]) == ("response", "Limit")
    await flow.submit({"response": "limit", "limit": 99})
    assert flow.errors == {"limit": "limit_out_of_range"}
    await flow.submit({"response": "limit", "limit": 6})
    assert flow.result["reason"] == "reconfigure_successful"
    assert control() == {"entity_id": "number.limit", "response": "limit", "limit": 6}
    await hass.async_block_till_done()
    record = hub.runtime_data.manager(Registrar).registrations.records[hub.subentries[subentry_id].unique_id]
    assert record.data["control"] == control()

    await flow.change()
    await flow.choose("control")
    await flow.submit({})
    assert flow.result["reason"] == "reconfigure_successful"
    assert control() is None, "it follows the gateway by itself"


@pytest.mark.use_case("UR-2")
async def test_device_cannot_become_an_entity_that_is_another_device(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await registered(flow, gateway)
    await hass.async_block_till_done()
    (shown,) = hub.subentries.values()
    other = dict(shown.data) | {"lfdi": "1" * 40, "control": {"entity_id": "input_boolean.heater", "response": "off"}}
    hass.config_entries.async_add_subentry(
        hub, ConfigSubentry(data=MappingProxyType(other), subentry_type="device", title="Heater", unique_id="1" * 40)
    )
    await hass.async_block_till_done()
    await flow.change()
    await flow.choose("control")
    with pytest.raises(InvalidData, match="entity_id"):
        await flow.submit({"entity_id": "input_boolean.heater"})
    await flow.submit({"entity_id": "input_boolean.pump"})
    assert flow.page == "response"


@pytest.mark.use_case("UR-1")
@pytest.mark.parametrize(
    ("units", "usual", "said", "kept"),
    [(METRIC_SYSTEM, 2.0, 1.5, 1.5), (US_CUSTOMARY_SYSTEM, 4.0, 3.0, 5 / 3)],
    ids=["Celsius", "Fahrenheit"],
)
async def test_how_far_a_temperature_may_move_is_said_in_the_homes_unit(
    hass: HomeAssistant,
    flow: DeviceFlow,
    hub: ConfigEntry,
    hall: str,
    units: UnitSystem,
    usual: float,
    said: float,
    kept: float,
) -> None:
    hass.config.units = units
    await flow.submit({"entities": [hall]})
    assert (flow.page, flow.default("offset")) == ("device", usual)
    await flow.submit(flow.suggested | {"response": "offset", "offset": said})
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    (subentry,) = hub.subentries.values()
    assert subentry.data["control"]["offset"] == pytest.approx(kept)
    await flow.change()
    await flow.choose("control")
    await flow.submit(flow.suggested)
    assert (flow.page, flow.suggested["offset"]) == ("response", said)
    await flow.submit(flow.suggested)
    assert hub.subentries[subentry.subentry_id].data["control"]["offset"] == pytest.approx(kept)


async def test_device_of_a_hub_that_is_not_set_up_is_not_changed(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await registered(flow, gateway)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(hub.entry_id)
    await flow.change()
    assert flow.result["reason"] == "hub_not_ready"
