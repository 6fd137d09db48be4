"""A person registers devices with the utility: UR-1 to UR-15 through the real flow, against the simulator."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, override
from unittest.mock import patch

import pytest
from aio2030dot5 import sfdi_from_lfdi
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.hub.flow import stepping, subentry
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.utility import UtilityReason
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, GatewayFactory, SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.states import persistent_notifications, until
from tests.helpers.subentries import SubentryFlow
from tests.helpers.utility import SimulatedUtility

LABEL_LFDI = "0123456789ABCDEF0123456789ABCDEF01234567"
ANSWERS: dict[str, dict[str, Any]] = {
    "kind": {"kind": "load_switch", "name": "Boiler room switch"},
    "model": {"model": "homeassistant-load-switch"},
    "installation": {"power": True, "control_point": True, "electrician": True},
    "control": {"entity_id": "input_boolean.pump"},
    "response": {"response": "off"},
    "programs": {"programs": ["peak-saver"], "consent": True},
    "registered": {},
}


class DeviceFlow(SubentryFlow):
    """A person in the device dialog of a hub."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        super().__init__(hass, entry, "device", ANSWERS)

    @override
    def answer(self, answers: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Say on two pages what there is to say of an entity, and choose how the gateway comes to know it."""
        if self.page == "entity":
            return {"entities": list(answers["control"].values())}
        if self.page != "device":
            return super().answer(answers)
        said = answers["kind"] | answers["model"] | answers["response"] | {"more": {"choose_way": True}}
        if "model" in self.asked and said["model"] not in {each["value"] for each in self.offered("model")}:
            said["model"] = self.suggested["model"]  # of the kind that was thought; that of the one said is taken
        return {key: value for key, value in said.items() if key in self.asked}


@pytest.fixture
async def flow(hass: HomeAssistant, hub: ConfigEntry) -> DeviceFlow:
    """The dialog, open at its first page."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    return flow


def device_state(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str | None:
    """Return the state of the first device's entity ``key``."""
    subentry_id = next(iter(entry.subentries), "")
    registry = er.async_get(hass)
    for found in er.async_entries_for_config_entry(registry, entry.entry_id):
        if found.unique_id == f"{subentry_id}_{key}" and (state := hass.states.get(found.entity_id)):
            return state.state
    return None


@BOTH_TRANSPORTS
@pytest.mark.use_case(
    "UR-1", "UR-2", "UR-3", "UR-4", "UR-5", "UR-6", "UR-7", "UR-8", "UR-9", "UR-10", "UR-12", "UR-13", "UR-14",
    "UR-15", "UR-c",
)  # fmt: skip
async def test_device_announced_in_band_is_registered(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await flow.announce(gateway.pin)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", flow.result
    placeholders = flow.result["description_placeholders"] or {}
    assert placeholders["programs"] == "Peak Saver"
    (registration,) = await utility.registrations()
    assert placeholders["record"] == registration["record_id"]
    await flow.submit({})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert len(hub.subentries) == 1
    assert device_state(hass, hub, "registration_state") == "enrolled"
    assert device_state(hass, hub, "programs") == "Peak Saver"
    await until(lambda: device_state(hass, hub, "connectivity") == "on")


@pytest.mark.use_case("UR-2", "UR-7")
async def test_device_through_the_utility_and_one_discovered(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    own: dict[str, dict[str, Any]] = {
        "control": {},
        "model": {"model": "switchco-ls1"},
    }
    await flow.walk("method", **own)
    await flow.choose("request")
    await flow.submit({"lfdi": LABEL_LFDI, "key": "123456"})
    assert flow.errors == {"key": "invalid_pin"}, flow.result
    await flow.submit({"key": gateway.pin})
    assert flow.errors == {"lfdi": "lfdi_needed"}
    await flow.submit({"lfdi": LABEL_LFDI, "key": gateway.pin})
    assert flow.page == "programs", flow.result
    assert LABEL_LFDI in (await gateway.describe())["registered"]

    other = "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
    await gateway.register(other)
    second = DeviceFlow(hass, hub)
    await second.start()
    await second.choose("entity")
    await second.walk("method", **own)
    await second.choose("discovered")
    await second.submit({"lfdi": other})
    assert second.page == "programs", second.result


@pytest.mark.use_case("IP-9", "UR-2", "UR-7")
async def test_device_that_is_listed_by_its_short_number_alone_is_added_by_its_label(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    """In sep.xsd ``lFDI`` of an EndDevice may be left out; ``sFDI``, which follows from it, is always there."""
    other = "FEDCBA9876543210FEDCBA9876543210FEDCBA98"
    await gateway.register(other)
    await gateway.fault("no_lfdi")
    await flow.walk("method", control={}, model={"model": "switchco-ls1"})
    await flow.choose("discovered")
    (offered,) = flow.offered("lfdi")
    assert offered["value"] == sfdi_from_lfdi(other), "we are on the list too, and are not offered"
    await flow.submit({"lfdi": offered["value"]})
    assert flow.page == "discovered_label"
    await flow.submit({"lfdi": "12"})
    assert flow.errors == {"lfdi": "invalid_lfdi"}
    await flow.submit({"lfdi": LABEL_LFDI})
    assert flow.errors == {"lfdi": "lfdi_of_another"}
    await flow.submit({"lfdi": other})
    assert flow.page == "programs", flow.result


@pytest.mark.use_case("UR-2", "UR-8", "UR-10", "UR-P")
async def test_device_that_the_utility_announced_answers_with_its_own_certificate(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await flow.walk("method")
    await flow.choose("request")
    pin = flow.suggested["key"]
    await flow.submit({"key": pin})
    await flow.walk("identification")
    await flow.submit({"serial": flow.suggested["serial"], "key": pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    (subentry,) = hub.subentries.values()
    lfdi, ours = subentry.data["lfdi"], hub.runtime_data.identity.lfdi
    assert not subentry.data["added_by_us"]
    # Over a restart too, what it answers to a control comes by its own certificate, and by nobody else's.
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    await hub.runtime_data.coordinator.async_refresh()
    await gateway.clear_log()
    made = await gateway.publish(program=1, duration=3600)
    await hub.runtime_data.manager(LoadControlManager).async_look()
    answers = [each for each in await gateway.responses() if each["mrid"] == made["mrid"]]
    assert {(each["lfdi"], each["client"]) for each in answers} == {(lfdi, lfdi)}
    log = await gateway.log()
    assert {each["lfdi"] for each in log["requests"] if each["method"] == "POST"} == {lfdi[-6:]}
    assert {each["lfdi"] for each in log["requests"] if each["method"] == "GET"} == {ours[-6:]}
    assert log["concurrent_max"] == 1
    (registration,) = await utility.registrations()
    assert registration["stage"] == "active"


@pytest.mark.use_case("UR-2", "UR-10")
async def test_device_whose_certificate_is_elsewhere_has_to_answer_itself(
    flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility, caplog: pytest.LogCaptureFixture
) -> None:
    await utility.set(answer_seconds=0.3)
    await flow.walk("method")
    await flow.choose("request")
    await flow.submit({"lfdi": LABEL_LFDI, "key": gateway.pin})
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert (flow.page, flow.errors) == ("register_failed", {"base": "link_failed"}), flow.result
    assert "nothing that only the device can have said" in caplog.text


@pytest.mark.use_case("UR-2", "UR-8")
async def test_device_without_a_label_has_a_pin_of_its_own(
    hass: HomeAssistant, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("method")
    await flow.choose("in_band")
    own = flow.suggested["key"]
    await flow.submit({"key": own})
    assert flow.page == "pin_differs"
    # What the gateway holds is what the utility will ask for.
    await flow.choose("pin_accept")
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": flow.suggested["key"]})
    assert flow.page == "registered", flow.result


@pytest.mark.use_case("UR-1", "UR-3", "UR-8")
async def test_bad_input_is_said_where_it_can_be_mended(
    hass: HomeAssistant, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("device")
    said = flow.answer(ANSWERS)
    await flow.submit(said | {"model": "other"})
    assert flow.errors == {"model": "device_incompatible"}
    with pytest.raises(InvalidData):
        await flow.submit(said | {"response": "offset"})
    await flow.submit(said)
    await flow.choose("in_band")
    await flow.submit({"key": "000000"})
    assert flow.page == "pin_differs"
    await flow.choose("pin_again")
    assert flow.page == "in_band"
    await flow.submit({"key": gateway.pin})
    await flow.submit({"programs": ["peak-saver"], "consent": False})
    assert flow.errors == {"consent": "consent_missing"}
    assert flow.said["wrong"] == "✗ Please read the terms and agree to them, or choose no program.\n\n"
    await flow.submit(ANSWERS["programs"])
    await flow.submit({"serial": "no!", "key": gateway.pin})
    assert flow.errors == {"serial": "invalid_serial"}
    await flow.submit({"serial": gateway.free_serial, "key": "123456"})
    assert flow.errors == {"key": "invalid_pin"}
    await flow.submit({"serial": gateway.free_serial, "key": "000000"})
    assert flow.page == "identification"
    assert flow.errors == {"key": "wrong_key"}
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered"


@pytest.mark.use_case("UR-7")
async def test_failed_discovery_leads_back_to_commissioning_with_everything_kept(
    hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("method")
    await flow.choose("in_band")
    await flow.submit({"key": gateway.pin})
    await flow.walk("identification")
    lfdi = next(x for x in (await gateway.describe())["registered"] if x != hub.runtime_data.identity.lfdi)
    await gateway.withdraw(lfdi)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "not_discovered"
    await flow.choose("method")
    await flow.choose("in_band")
    await flow.submit({"key": gateway.pin})
    assert flow.page == "registered", flow.result
    assert lfdi in (await gateway.describe())["registered"]


@pytest.mark.use_case("UR-10", "UR-15")
async def test_approval_is_waited_for_in_the_background(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: DeviceFlow,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await utility.set(approval="manual")
    monkeypatch.setattr(stepping, "WAIT_FOR_ACCEPTANCE", 0.5)
    await flow.walk("method")
    await flow.choose("in_band")
    await flow.submit({"key": gateway.pin})
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "register_pending", flow.result
    await flow.choose("background")
    await hass.async_block_till_done()
    assert device_state(hass, hub, "registration_state") == "registering"
    (registration,) = await utility.registrations()
    await utility.decide(registration["id"], "approve")
    await until(lambda: device_state(hass, hub, "registration_state") == "enrolled")
    await until(lambda: any("is registered" in note["title"] for note in persistent_notifications(hass)))


@pytest.mark.use_case("UR-6")
async def test_dialog_closed_in_the_middle_goes_on_by_itself(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await utility.set(stage_seconds=0.3)
    await flow.walk("method")
    await flow.choose("in_band")
    await flow.submit({"key": gateway.pin})
    await flow.walk("identification")
    manager = hass.config_entries.subentries
    await manager.async_configure(flow.result["flow_id"], {"serial": gateway.free_serial, "key": gateway.pin})
    while not await utility.registrations():  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    manager.async_abort(flow.result["flow_id"])
    await until(lambda: device_state(hass, hub, "registration_state") == "enrolled")
    assert len(await utility.registrations()) == 1


async def test_dialog_that_ends_while_its_hub_is_loaded_anew_lets_go_of_the_device(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway
) -> None:
    await flow.walk("method")
    await flow.choose("in_band")
    await flow.submit({"key": gateway.pin})
    await flow.walk("identification")
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered"
    registrations = hub.runtime_data.manager(Registrar).registrations
    assert registrations.claimed
    async with hub.setup_lock:
        assert await hass.config_entries.async_unload(hub.entry_id, _lock=False)
        hass.config_entries.subentries.async_abort(flow.result["flow_id"])
        assert not registrations.claimed
    await hass.async_block_till_done()
    await until(lambda: device_state(hass, hub, "registration_state") == "enrolled")


async def test_what_was_typed_is_kept_when_the_dialog_is_closed(hass: HomeAssistant, hub: ConfigEntry) -> None:
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.walk("method")
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    again = DeviceFlow(hass, hub)
    await again.start()
    assert again.page == "user"
    assert flows.placeholder(again.result, "device") == "Boiler room switch"
    await again.choose("resume")
    assert again.page == "device"
    assert again.suggested["name"] == "Boiler room switch"
    await again.walk("method")


async def test_hub_that_is_just_loaded_anew_is_waited_for(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """It is after each dialog that changed something, and a person goes on at once."""
    flow = DeviceFlow(hass, hub)
    async with hub.setup_lock:
        assert await hass.config_entries.async_unload(hub.entry_id, _lock=False)
        opened = hass.async_create_task(flow.start())
        await asyncio.sleep(0)
        assert not opened.done()
        assert await hass.config_entries.async_setup(hub.entry_id, _lock=False)
    await opened
    assert flow.page == "entity"


async def test_what_cannot_be_is_refused_at_its_field(hass: HomeAssistant, flow: DeviceFlow) -> None:
    hass.states.async_set("input_number.current", "16", {"min": 6, "max": 32, "unit_of_measurement": "A"})
    await flow.submit({"entities": ["input_number.current"]})
    assert flow.suggested["kind"] == "evse"
    said = {"kind": "evse", "name": "   ", "model": "homeassistant-evse", "response": "limit", "limit": 999}
    await flow.submit(said)
    assert (flow.page, flow.errors) == ("device", {"name": "name_missing", "limit": "limit_out_of_range"})
    assert (flow.said["lowest"], flow.said["highest"]) == ("6", "32")
    await flow.submit(said | {"name": " Wallbox ", "limit": 6, "more": {"choose_way": True}})
    assert flow.page == "method"
    assert flow.said["device"] == "Wallbox"


async def test_what_no_gateway_controls_has_its_name_asked_for(flow: DeviceFlow) -> None:
    await flow.submit({})
    await flow.submit({"kind": "load_switch", "name": "   "})
    assert (flow.page, flow.errors) == ("kind", {"name": "name_missing"})


async def test_hub_that_is_not_set_up_is_said_to_be_so(hass: HomeAssistant, hub: ConfigEntry) -> None:
    assert await hass.config_entries.async_unload(hub.entry_id)
    flow = DeviceFlow(hass, hub)
    await flow.start()
    assert flow.result["reason"] == "hub_not_ready"
    async with hub.setup_lock:
        with patch.object(subentry, "_LOADING", 0.01):
            await flow.start()
    assert flow.result["reason"] == "hub_not_ready"


@pytest.mark.use_case("UR-a", "UR-b")
async def test_devices_registered_beforehand_turn_up_and_are_taken_over_in_one_go(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    for number in (1, 2):
        device = await gateway.bring_device(register=False)
        serial = f"AT{int(gateway.lfdi[:6], 16) % 10**7 * 10 + number:08}"
        about = {"pin": device["pin"], "gateway_lfdi": gateway.lfdi}
        await utility.pre_register(device["lfdi"], serial, f"Thermostat {number}", **about)
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue(DOMAIN, f"pre_registered_{hub.entry_id}"))
    flow = DeviceFlow(hass, hub)
    await flow.start()
    assert flow.page == "user"
    await flow.choose("takeover")
    await flow.submit({"devices": []})
    assert flow.errors == {"devices": "choose_device"}
    await flow.submit({"devices": [each["id"] for each in await utility.registrations()]})
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.result["reason"] == "taken_over"
    await hass.async_block_till_done()
    assert {subentry.title for subentry in hub.subentries.values()} == {"Thermostat 1", "Thermostat 2"}
    await until(
        lambda: all(
            device.state is DeviceState.ENROLLED for device in hub.runtime_data.manager(Registrar).devices.values()
        )
    )
    await until(lambda: issues.async_get_issue(DOMAIN, f"pre_registered_{hub.entry_id}") is None)
    assert {each["stage"] for each in await utility.registrations()} == {"active"}


@pytest.mark.use_case("UR-a")
async def test_device_to_take_over_is_told_of_as_long_as_there_is_the_hub(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    def told() -> bool:
        return ir.async_get(hass).async_get_issue(DOMAIN, f"pre_registered_{hub.entry_id}") is not None

    device = await gateway.bring_device(register=False)
    about = {"pin": device["pin"], "gateway_lfdi": gateway.lfdi}
    await utility.pre_register(device["lfdi"], "AT0004711001", "Thermostat", **about)
    await until(told)
    assert await hass.config_entries.async_unload(hub.entry_id)
    assert not told()
    assert await hass.config_entries.async_setup(hub.entry_id)
    await until(told)
    await hass.config_entries.async_remove(hub.entry_id)
    assert not told()
    left = [each for each in ir.async_get(hass).issues.values() if each.domain == DOMAIN]
    assert not left


async def registered(flow: DeviceFlow, gateway: SimulatedGateway) -> None:
    """Register a device from the first page to the last."""
    await flow.announce(gateway.pin)
    await flow.submit({"serial": gateway.free_serial, "key": gateway.pin})
    assert flow.page == "registered", (flow.page, flow.errors)
    await flow.submit({})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result


async def registered_by_itself(flow: DeviceFlow, gateway: SimulatedGateway) -> str:
    """Register a device that speaks for itself, from the first page to the last; return its LFDI."""
    device = await gateway.bring_device()
    await flow.walk("method", control={}, model={"model": "switchco-ls1"})
    await flow.choose("discovered")
    await flow.submit({"lfdi": device["lfdi"]})
    await flow.walk("identification")
    await flow.submit({"serial": f"LS1-{device['lfdi'][:8]}", "key": device["pin"]})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    return str(device["lfdi"])


@pytest.mark.use_case("UR-8", "UR-10")
async def test_device_that_speaks_for_itself_has_to_prove_that_it_does(
    hass: HomeAssistant, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    """IEEE 2030.5: Registration.pIN is the device's own, and only its certificate makes its LFDI (clause 6.3.4)."""
    device = await gateway.bring_device()
    await gateway.set_device(device["lfdi"], answering=False)
    await utility.set(answer_seconds=0.3)
    await flow.walk("method", control={}, model={"model": "switchco-ls1"})
    await flow.choose("discovered")
    await flow.submit({"lfdi": device["lfdi"]})
    await flow.walk("identification")
    serial = f"LS1-{device['lfdi'][:8]}"
    if device["pin"] != gateway.pin:
        await flow.submit({"serial": serial, "key": gateway.pin})
        assert flow.errors == {"key": "wrong_key"}
    await flow.submit({"serial": serial, "key": device["pin"]})
    assert flow.page == "register_failed", flow.result
    (registration,) = await utility.registrations()
    assert registration["reason"]["type"].endswith("link-failed")
    stages = {stage["name"]: stage["status"] for stage in registration["link"]["stages"]}
    assert stages["device_authenticated"] == "failed"

    await gateway.set_device(device["lfdi"], answering=True)
    await utility.set(answer_seconds=30.0)
    await flow.submit({})
    assert flow.page == "registered", flow.result


@pytest.mark.use_case("UR-9")
async def test_programs_are_changed_and_the_device_is_removed(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    await registered(flow, gateway)
    await hass.async_block_till_done()
    await flow.change()
    await flow.choose("programs_change")
    await flow.submit({"programs": [], "consent": False})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    assert flow.result["reason"] == "programs_changed"
    await hass.async_block_till_done()
    assert device_state(hass, hub, "registration_state") == "registered"

    (subentry_id,) = hub.subentries
    lfdi = hub.subentries[subentry_id].unique_id
    hass.config_entries.async_remove_subentry(hub, subentry_id)
    await hass.async_block_till_done()
    registrations = await Registrations.async_get(hass, hub.entry_id)
    await until(lambda: lfdi not in registrations.records)
    (registration,) = await utility.registrations()
    assert registration["stage"] == "closed"
    assert lfdi not in (await gateway.describe())["registered"]


@pytest.mark.use_case("UR-5")
async def test_two_hubs_share_one_account(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: DeviceFlow,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    make_gateway: GatewayFactory,
    hass_client_no_auth: ClientSessionGenerator,
    commission: Commission,
) -> None:
    other_gateway = await make_gateway(registration="both")
    await utility.attach(other_gateway.lfdi)
    other = await commission(other_gateway, beside=True)
    await accounts.link(hass, other, utility, hass_client_no_auth)
    await registered(flow, gateway)
    await hass.async_block_till_done()
    second = DeviceFlow(hass, other)
    await second.start()
    await registered(second, other_gateway)
    await hass.async_block_till_done()
    assert len(hub.subentries) == len(other.subentries) == 1
    assert {each["gateway_lfdi"] for each in await utility.registrations()} == {gateway.lfdi, other_gateway.lfdi}


@BOTH_TRANSPORTS
@pytest.mark.use_case("UR-1", "UR-2", "UR-3", "UR-8", "UR-15", "IP-6", "IP-7", "IP-9")
async def test_what_home_assistant_controls_is_registered_in_four_pages(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: DeviceFlow,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    pool: str,
) -> None:
    assert flow.page == "entity"
    await flow.submit({"entities": [pool]})
    assert flow.page == "device"
    assert flow.suggested == {
        "name": "Pool pump",
        "kind": "pool_pump",
        "area": "garden",
        "model": "homeassistant-pool-pump",
    }
    await flow.submit(flow.suggested | {"response": "off"})
    assert flow.page == "programs", flow.result
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    if flow.page == "identification":  # a meter's radio keeps no PIN of a device: only the utility's letter has one
        assert flow.suggested["serial"].startswith("HA-")
        await flow.submit({"serial": flow.suggested["serial"], "key": gateway.pin})
    assert flow.page == "registered", flow.result
    await flow.submit({})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    (subentry,) = hub.subentries.values()
    assert (subentry.title, subentry.data["kind"], subentry.data["area"]) == ("Pool pump", "pool_pump", "garden")
    (registration,) = await utility.registrations()
    assert registration["device"]["serial"] == subentry.data["serial"] == f"HA-{subentry.data['sfdi']}"
    assert device_state(hass, hub, "registration_state") == "enrolled"
    again = DeviceFlow(hass, hub)
    await again.start()
    # What is a device already, and what shows and steers that, cannot be chosen.
    registry = er.async_get(hass)
    ours = {each for each, entry in registry.entities.items() if entry.platform == DOMAIN}
    assert "switch" in {registry.entities[each].domain for each in ours}
    assert again.offered("entities", "exclude_entities") == sorted({pool} | ours)


@pytest.fixture
def pool(hass: HomeAssistant) -> str:
    """A pool pump in the garden."""
    area = ar.async_get(hass).async_create("Garden")
    entity = er.async_get(hass).async_get_or_create("switch", "demo", "pool", suggested_object_id="pool")
    er.async_get(hass).async_update_entity(entity.entity_id, area_id=area.id)
    hass.states.async_set(entity.entity_id, "on", {"friendly_name": "Pool pump"})
    return entity.entity_id


@pytest.fixture
def hall(hass: HomeAssistant) -> str:
    """A thermostat of which no registry knows."""
    hass.states.async_set("climate.hall", "heat", {"friendly_name": "Hall", "temperature": 21})
    return "climate.hall"


@pytest.mark.use_case("IP-5", "IP-6", "UR-7")
@pytest.mark.parametrize("linked", [True, False], ids=["api", "portal"])
async def test_gateway_that_takes_no_announcements_is_told_by_the_utility(
    hass: HomeAssistant,
    make_gateway: GatewayFactory,
    utility: SimulatedUtility,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
    pool: str,
    *,
    linked: bool,
) -> None:
    gateway = await make_gateway(personality="riva", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": gateway.host, "port": gateway.port})
    result = await flows.walk(hass, result, "method")
    await gateway.register(flows.placeholder(result, "lfdi"))
    entry = (await flows.finish(hass, await flows.by_portal(hass, result)))["result"]
    await hass.async_block_till_done()
    if linked:
        await utility.attach(gateway.lfdi)
        await accounts.link(hass, entry, utility, hass_client_no_auth)
    flow = DeviceFlow(hass, entry)
    await flow.start()
    await flow.submit({"entities": [pool]})
    said = {"name": "Pool", "kind": "pool_pump", "response": "off"}
    await flow.submit(said | ({"model": "homeassistant-pool-pump"} if linked else {}))
    assert flow.page == ("programs" if linked else "portal_shown"), flow.result
    if not linked:
        await gateway.register(flow.said["lfdi"])
        await flow.submit({})
        assert flow.page == "registered_portal", flow.result
    assert len((await gateway.describe())["registered"]) == 2


@BOTH_TRANSPORTS
@pytest.mark.use_case("UR-1", "UR-3", "UR-9", "UR-15")
async def test_several_devices_in_one_go(
    hass: HomeAssistant,
    hub: ConfigEntry,
    flow: DeviceFlow,
    utility: SimulatedUtility,
    pool: str,
    hall: str,
    transport: str,
) -> None:
    await flow.submit({"entities": [pool, hall]})
    assert flow.page == "several"
    assert flow.suggested == {"Pool pump": "pool_pump", "Hall": "thermostat"}
    assert flow.said["devices"].splitlines() == [
        "- **Pool pump** (Garden): Switch on and off in turns (duty cycle)",
        "- **Hall**: Take the utility's temperature (set point)",
    ]
    await flow.submit(flow.suggested)
    assert flow.page == "several_programs"
    await flow.submit({"programs": ["peak-saver"], "consent": False})
    assert flow.errors == {"consent": "consent_missing"}
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.page == "several_done", flow.result
    assert flow.said["devices"] == "✓ **Pool pump**\n\n✓ **Hall**"
    await flow.submit({})
    assert flow.result["reason"] == "several_added"
    await hass.async_block_till_done()
    assert {subentry.title for subentry in hub.subentries.values()} == {"Pool pump", "Hall"}
    registrar = hub.runtime_data.manager(Registrar)
    if transport == "ip":
        await until(lambda: {each.state for each in registrar.devices.values()} == {DeviceState.ENROLLED})
        assert {each["stage"] for each in await utility.registrations()} == {"active"}
    else:  # the utility's letter has their PINs, which are entered for each
        records = registrar.registrations.records
        await until(lambda: {each.run.unidentified for each in records.values()} == {UtilityReason.NOT_IDENTIFIED})


@pytest.mark.use_case("UR-1", "IP-9")
async def test_one_of_several_that_fails_holds_up_no_other_and_is_kept(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, pool: str, hall: str
) -> None:
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    real: Callable[..., Awaitable[str]] = hub.runtime_data.gateway.announce
    announced: list[Any] = []

    async def announce(*about: Any) -> str:
        if announced:
            await gateway.fault("silence")
        announced.append(about)
        return await real(*about)

    with patch.object(hub.runtime_data.gateway, "announce", announce):
        await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.page == "several_kept", flow.result
    good, bad = flow.said["devices"].split("\n\n")
    assert good == "✓ **Pool pump**"
    assert bad.startswith("✗ **Hall**: ")
    await gateway.mend()
    await flow.submit({})
    await hass.async_block_till_done()
    assert [subentry.title for subentry in hub.subentries.values()] == ["Pool pump"]
    again = DeviceFlow(hass, hub)
    await again.start()
    assert flows.placeholder(again.result, "device") == "Hall"
    await again.choose("resume")
    assert (again.page, again.suggested) == ("several", {"Hall": "thermostat"})
    await again.submit({"Hall": "thermostat"})
    await again.submit({"programs": ["peak-saver"], "consent": True})
    assert again.page == "several_done", again.result
    await again.submit({})
    await hass.async_block_till_done()
    assert {subentry.title for subentry in hub.subentries.values()} == {"Pool pump", "Hall"}


@pytest.mark.use_case("IP-9")
async def test_several_of_which_the_dialog_is_closed_are_not_lost(
    hass: HomeAssistant, hub: ConfigEntry, flow: DeviceFlow, gateway: SimulatedGateway, pool: str, hall: str
) -> None:
    await flow.submit({"entities": [pool, hall]})
    await flow.submit(flow.suggested)
    await gateway.fault("slow", seconds=0.5)
    manager = hass.config_entries.subentries
    await manager.async_configure(flow.result["flow_id"], {"programs": ["peak-saver"], "consent": True})
    registrations = hub.runtime_data.manager(Registrar).registrations
    await until(lambda: len(registrations.records) == 1)
    manager.async_abort(flow.result["flow_id"])
    await gateway.mend()
    await until(lambda: [each.title for each in hub.subentries.values()] == ["Pool pump"])
    await until(lambda: hub.state is ConfigEntryState.LOADED)
    again = DeviceFlow(hass, hub)
    await again.start()
    await again.choose("resume")
    assert (again.page, again.suggested) == ("several", {"Hall": "thermostat"})
