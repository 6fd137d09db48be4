"""Joining a meter's network: by an EZSP radio and by a certified stick, as people do it."""

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.gateway import GatewayError, Reason
from custom_components.utility_han.gateway.commissioning_data import with_checksum
from custom_components.utility_han.gateway.identifiers import lfdi_of
from custom_components.utility_han.gateway.zigbee import EzspGateway, UnusableRadioError, probe_radio, radio
from custom_components.utility_han.gateway.zigbee.probe import RadioProblem
from tests.component.conftest import Commission, over_zigbee
from tests.component.test_device_flow import DeviceFlow
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import accounts, flows
from tests.helpers.states import persistent_notifications, state_of, until
from tests.helpers.stick import METER, OTHER, meter_info, plugged_in, two_meters
from tests.helpers.utility import SimulatedUtility

GONE = GatewayError(Reason.RADIO_GONE, "it does not answer")
OTHER_CODE = with_checksum(bytes(range(16))).hex()


@pytest.fixture
def transport() -> str:
    return "ezsp"


@pytest.mark.use_case("IP-1", "IP-2", "IP-3", "IP-4", "IP-5", "IP-6", "IP-7", "IP-8", "IP-9", "IP-10")
async def test_radio_joins_the_meters_network(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    assert gateway.zigbee is not None
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert result["step_id"] == "network"
    assert result["data_schema"] is not None
    choice = next(iter(result["data_schema"].schema.values()))
    assert "LQI 220 (-48 dBm)" in choice.config["options"][0]["label"]
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    assert flows.placeholder(result, "eui64") == gateway.radio()["eui64"]
    assert flows.comes_at_once(hass, result)
    label = f"Z:{gateway.radio()['eui64']}$I:{gateway.radio()['install_code']}"
    assert result["data_schema"] is not None
    shown = {str(marker): marker.description for marker in result["data_schema"].schema}
    assert shown["install_code"]["suggested_value"].replace(" ", "") == gateway.radio()["install_code"]
    assert result["data_schema"].schema["qr"].config["data"] == label
    await gateway.permit()
    result = await flows.submit(hass, result, {"install_code": label})
    assert result["step_id"] == "commissioned", result
    assert "⚠\ufe0e **Link secured by:** The install code" in flows.placeholder(result, "found")
    assert "✓ **Signal:** Good" in flows.placeholder(result, "found")
    assert "✓ **Power now:**" in flows.placeholder(result, "found")
    assert flows.placeholder(result, "gateway") == gateway.zigbee["eui64"]
    before = await gateway.readings()
    result = await flows.finish(hass, result)
    await hass.async_block_till_done(wait_background_tasks=True)

    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.unique_id == gateway.radio()["eui64"]
    assert entry.data["gateway_lfdi"] == gateway.lfdi
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    assert device.serial_number == (await gateway.describe())["sfdi"], "the meter's, and not the radio's"
    truth = await gateway.readings()
    assert float(state_of(hass, entry, "power").state) in {before["power_w"], truth["power_w"]}
    energy = float(state_of(hass, entry, "energy_summation_delivered").state)
    assert energy == pytest.approx(truth["delivered_wh"] / 1000, abs=0.1)
    assert (state_of(hass, entry, "link_quality").state, state_of(hass, entry, "signal_strength").state) == (
        "220",
        "-48",
    )


@pytest.mark.use_case("IP-6", "IP-7", "IP-10")
async def test_utility_that_takes_its_time_is_waited_for_in_the_background(
    hass: HomeAssistant, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.hub.flow.stepping.WAIT_FOR_ACCEPTANCE", 0.1)
    permit = gateway.permit
    monkeypatch.setattr(gateway, "permit", flows.nothing)
    result = await over_zigbee(hass, gateway)
    assert result["step_id"] == "pending"
    entry = (await flows.choose(hass, result, "background"))["result"]
    await hass.async_block_till_done()
    assert entry.data["state"] == "commissioning"
    await permit()
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["state"] == "commissioned"
    assert entry.state is ConfigEntryState.LOADED
    assert any("commissioned" in str(notice).lower() for notice in persistent_notifications(hass))


@pytest.mark.use_case("IP-7", "IP-8")
async def test_meter_without_metering_is_commissioned_with_what_it_offers(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    meter = await make_gateway(zigbee=True, endpoints="unmetered")
    result = await over_zigbee(hass, meter)
    assert flows.remarks(result) == ["no_readings"]
    result = await flows.finish(hass, result)
    await hass.async_block_till_done(wait_background_tasks=True)
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    coordinator = entry.runtime_data.coordinator
    await coordinator.async_refresh()
    assert state_of(hass, entry, "connectivity").state == "on"
    assert float(state_of(hass, entry, "price").state) > 0
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state_of(hass, entry, "connectivity").state == "on"
    await meter.fault("silence")
    await entry.runtime_data.coordinator.async_refresh()
    assert state_of(hass, entry, "problem").attributes["reason"] == "gateway_silent"


@pytest.mark.use_case("IP-1", "IP-5")
async def test_bad_input_is_said_where_it_can_be_mended(
    hass: HomeAssistant, gateway: SimulatedGateway, make_gateway: GatewayFactory, tmp_path: Path
) -> None:
    assert gateway.zigbee is not None
    of_zha = await make_gateway(zigbee=True, coordinator=True)
    port, by_id = "/dev/ttyUSB-of-ZHA", tmp_path / "usb-radio-if00"
    by_id.symlink_to(port)
    for used in ("socket://127.0.0.1:1", port):
        taken = MockConfigEntry(domain="zha", title="ZHA", data={"device": {"path": used}})
        taken.add_to_hass(hass)
        taken.mock_state(hass, ConfigEntryState.SETUP_RETRY)
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    for path, error in (
        ("socket://127.0.0.1:1", "radio_in_use"),
        (str(by_id), "radio_in_use"),
        ("nonsense", "no_such_port"),
        ("socket://127.0.0.1:nonsense", "no_such_port"),
        ("socket://127.0.0.1:9", "radio_not_ezsp"),
        (of_zha.radio()["url"], "radio_is_coordinator"),
    ):
        result = await flows.submit(hass, result, {"device": path})
        assert result["errors"] == {"device": error}
        assert flows.placeholder(result, "user") == ("ZHA" if error == "radio_in_use" else "–")
    await gateway.fault("silence")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert (result["step_id"], result["errors"]) == ("network", {"base": "no_network"})
    await gateway.mend()
    result = await flows.submit(hass, result, flows.PREMISE)
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], "name": " "})
    assert result["errors"] == {"name": "name_missing"}
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    code = gateway.radio()["install_code"]
    for typed, error in (
        (code[:-1] + ("1" if code.endswith("0") else "0"), "invalid_install_code"),
        (f"Z:000D6F0000000000$I:{code}", "other_radio"),
    ):
        result = await flows.submit(hass, result, {"install_code": typed})
        assert result["errors"] == {"install_code": error}
    await gateway.permit()
    result = await flows.join(hass, result, OTHER_CODE)
    assert flows.failure(result) == "wrong_install_code"
    assert result["menu_options"] == ["commission", "method", "start_over"]
    hass.config_entries.flow.async_abort(result["flow_id"])
    await hass.async_block_till_done()

    # What was entered is kept for this radio: the code is mended where it was left.
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert result["step_id"] == "resume"
    result = await flows.choose(hass, result, "method")
    result = await flows.join(hass, result, code)
    assert result["step_id"] == "commissioned", result


@pytest.mark.use_case("IP-6", "UR-5")
async def test_utility_opens_the_meter_over_its_api(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    utility: SimulatedUtility,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    assert gateway.zigbee is not None
    await utility.attach(gateway.lfdi)
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    code = gateway.radio()["install_code"]
    result = await flows.submit(hass, result, {"install_code": code, "way": "account"})
    result = await flows.submit(hass, result, {"url": utility.url})
    result = await accounts.sign_in(hass, result, utility, hass_client_no_auth)
    result = await flows.submit(hass, result, {"premise": "0"})
    assert result["step_id"] == "commissioned", result
    assert (await gateway.network())["permitted"] == [gateway.radio()["eui64"]]
    assert result["menu_options"] == ["finish"]  # the way to the utility is there already
    result = await flows.choose(hass, result, "finish")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["utility"]["premise_id"]


@pytest.mark.use_case("IP-1", "IP-6", "IP-10")
async def test_certified_stick_says_what_it_cannot_do(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    with patch.object(radio, "CONNECT_SECONDS", 0.5):  # to a stick, what a radio is asked first is noise
        result = await flows.submit(hass, result, {"device": gateway.radio("raven")["url"]})
    assert result["step_id"] == "stick"
    result = await flows.submit(hass, result, flows.PREMISE)
    await gateway.permit("raven")
    result = await flows.join(hass, result, gateway.radio("raven")["install_code"])
    assert result["step_id"] == "commissioned", result
    before = await gateway.readings()
    entry = (await flows.finish(hass, result))["result"]
    await hass.async_block_till_done(wait_background_tasks=True)

    assert entry.data["gateway_lfdi"] == gateway.lfdi
    truth = await gateway.readings()
    assert float(state_of(hass, entry, "power").state) in {before["power_w"], truth["power_w"]}
    flow = DeviceFlow(hass, entry)
    await flow.start()
    assert flow.result["type"] is FlowResultType.ABORT
    assert flow.result["reason"] == "stick_only_reads"


async def test_stick_is_discovered_when_it_is_plugged_in(hass: HomeAssistant) -> None:
    info = UsbServiceInfo(
        device="/dev/ttyACM9",
        vid="04B4",
        pid="0003",
        serial_number="1",
        manufacturer="Rainforest",
        description="EMU-2",
    )
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "usb"}, data=info)
    assert result["step_id"] == "radio"
    assert result["data_schema"] is not None
    (marker,) = result["data_schema"].schema
    assert marker.description == {"suggested_value": "/dev/ttyACM9"}
    (card,) = hass.config_entries.flow.async_progress()
    assert card["context"]["title_placeholders"] == {"name": "EMU-2, with messages and vehicles"}


async def join_again(
    hass: HomeAssistant, entry: ConfigEntry, gateway: SimulatedGateway, result: ConfigFlowResult
) -> None:
    """Walk from the install code to a hub that is commissioned once more."""
    await gateway.permit()
    result = await flows.join(hass, result, gateway.radio()["install_code"])
    assert result["reason"] == "commissioning_continues"
    await hass.async_block_till_done(wait_background_tasks=True)
    await until(lambda: entry.data["state"] == "commissioned")
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.use_case("DM-1", "DM-2", "RD-8b")
async def test_radio_that_was_taken_off_asks_to_join_again(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await gateway.tell_to_leave(gateway.radio()["eui64"])
    await coordinator.async_refresh()
    await hass.async_block_till_done()
    assert coordinator.contact.reason == "left_network"
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"left_network_{entry.entry_id}") is not None
    (flow,) = [each for each in hass.config_entries.flow.async_progress() if each["context"]["source"] == "reauth"]
    assert flow["step_id"] == "left"
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], {"next_step_id": "method"})
    assert result["step_id"] == "install_code"
    await join_again(hass, entry, gateway, result)
    assert entry.runtime_data.coordinator.contact.reason is None
    assert float(state_of(hass, entry, "energy_summation_delivered").state) > 0


@pytest.mark.use_case("DM-1", "DM-2")
async def test_radio_that_is_pulled_out_is_told_and_comes_back(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    coordinator = entry.runtime_data.coordinator
    await gateway.unplug()
    for _ in range(3):
        await coordinator.async_refresh()
    assert coordinator.contact.reason == "radio_gone"
    assert state_of(hass, entry, "problem").attributes["reason"] == "radio_gone"
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"radio_gone_{entry.entry_id}") is not None
    await gateway.plug_in()
    await coordinator.async_refresh()
    assert coordinator.contact.reason is None
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"radio_gone_{entry.entry_id}") is None


@pytest.mark.use_case("DM-3", "DM-4b")
async def test_weak_link_is_found_by_its_quality(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("weak_link", lqi=30)
    await entry.runtime_data.coordinator.async_refresh()
    found = await hass.services.async_call(
        DOMAIN,
        "diagnose",
        {"device_id": entry.runtime_data.subject.registry_id},
        blocking=True,
        return_response=True,
    )
    assert found is not None
    assert (found["verdict"], found["reason"]) == ("network_coverage", "weak_link")
    steps: Any = found["steps"]
    (network,) = [step for step in steps if step["step"] == "DM-3"]
    assert (network["evidence"]["lqi"], network["evidence"]["rssi"]) == (30, -93)


async def test_radio_at_another_port_is_the_same_hub(
    hass: HomeAssistant, gateway: SimulatedGateway, make_gateway: GatewayFactory, commission: Commission
) -> None:
    entry = await commission(gateway)
    other = await make_gateway(zigbee=True)
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    assert result["menu_options"] == ["account", "vtn", "radio_moved", "rejoin"]
    result = await flows.choose(hass, result, "radio_moved")
    result = await flows.submit(hass, result, {"device": other.radio()["url"]})
    assert result["errors"] == {"device": "other_radio"}
    result = await flows.submit(hass, result, {"device": entry.data["device"]})
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("keep", [False, True])
async def test_radio_of_a_hub_that_is_removed_leaves_the_network_unless_that_is_kept(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, *, keep: bool
) -> None:
    entry = await commission(gateway)
    hass.config_entries.async_update_entry(entry, options={"keep_identity": keep})
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    link = EzspGateway(radio.Radio(gateway.radio()["url"]), None, None)
    try:
        assert ((await link.measure_signal()).latency_ms is not None) is keep, "before it is joined, it is heard only"
    finally:
        await link.close()
    assert not [each for each in persistent_notifications(hass) if "radio" in each["title"]]


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("gateway.zigbee.EzspGateway.leave", GONE),
        ("gateway.zigbee.EzspGateway.leave", TimeoutError()),
        ("hub.reach.link.async_load_zigbee", ConfigEntryNotReady("its libraries cannot be installed")),
    ],
)
async def test_radio_that_is_away_when_its_hub_is_removed_is_told_of(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, where: str, why: Exception
) -> None:
    entry = await commission(gateway)
    close = patch.object(EzspGateway, "close", autospec=True, side_effect=EzspGateway.close)
    with patch(f"custom_components.utility_han.{where}", side_effect=why), close as closed:
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert closed.await_count == where.endswith("leave"), "the port is free again"
    (told,) = [each for each in persistent_notifications(hass) if "radio" in each["title"]]
    assert gateway.radio()["eui64"] in told["message"]


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("same", [False, True], ids=["another radio", "given to ZHA"])
async def test_hub_that_is_removed_takes_no_network_of_others_away(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    make_gateway: GatewayFactory,
    commission: Commission,
    *,
    same: bool,
) -> None:
    """Names of ports change hands, and so do radios: what answers there by now may be ZHA's."""
    entry = await commission(gateway)
    of_zha = await make_gateway(zigbee=True, coordinator=True)
    there = {"device": of_zha.radio()["url"]} | ({"gateway_sfdi": of_zha.radio()["eui64"]} if same else {})
    hass.config_entries.async_update_entry(entry, data={**entry.data, **there})
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    with pytest.raises(UnusableRadioError) as caught:
        await probe_radio(of_zha.radio()["url"])
    assert caught.value.problem is RadioProblem.IS_COORDINATOR, "its network is there"
    told = [each for each in persistent_notifications(hass) if "radio" in each["title"]]
    assert bool(told) is not same, "ours may be on the meter's network"


@pytest.mark.use_case("RD-8b")
async def test_meter_that_was_replaced_is_joined_anew(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    before = entry.data["gateway_lfdi"]
    await gateway.replace()
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.contact.reason is not None
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
    result = await flows.choose(hass, result, "rejoin")
    await join_again(hass, entry, gateway, result)
    after = (await gateway.describe())["zigbee"]["lfdi"]
    assert entry.data["gateway_lfdi"] == after != before
    assert float(state_of(hass, entry, "energy_summation_delivered").state) >= 0


@pytest.mark.use_case("IP-5", "IP-6", "UR-2")
async def test_other_devices_join_by_their_labels_through_the_utility(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.hub.flow.stepping.WAIT_FOR_ACCEPTANCE", 0.1)
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.walk("method", control={})  # not of Home Assistant: it follows the meter by itself
    assert flow.result["menu_options"] == ["join", "discovered"]
    await flow.choose("join")
    for answer, field, error in (
        ({"install_code": "1234"}, "install_code", "invalid_install_code"),
        ({"install_code": OTHER_CODE}, "eui64", "invalid_eui64"),
        ({"install_code": OTHER_CODE, "eui64": gateway.radio()["eui64"]}, "eui64", "already_added"),
    ):
        await flow.submit(answer)
        assert flow.errors == {field: error}
    await flow.submit({"install_code": f"Z:000D6F0000C0FFEE$I:{OTHER_CODE}"})
    assert flow.page == "commission_pending"  # until somebody powers it on
    assert "000D6F0000C0FFEE" in (await gateway.network())["permitted"]
    draft = (await Registrations.async_get(hass, hub.entry_id)).draft
    assert draft is not None
    assert draft["lfdi"] == lfdi_of("000D6F0000C0FFEE")


async def test_diagnostics_tell_what_was_dropped_and_no_secrets(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.frame(0x0701, bytes(26), sender="stranger")
    connection = entry.runtime_data.coordinator.gateway
    await until(lambda: connection.statistics()["dropped"])
    told = json.dumps(await async_get_config_entry_diagnostics(hass, entry), default=str)
    assert gateway.radio()["install_code"] not in told
    assert gateway.radio()["eui64"] not in told
    assert gateway.zigbee is not None
    assert gateway.zigbee["eui64"] not in told
    assert '"security": "install_code"' in told
    assert '"dropped": {"stranger": {"0701": 1}}' in told


async def test_zha_and_the_meter_have_a_radio_each(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    make_gateway: GatewayFactory,
    commission: Commission,
    tmp_path: Path,
) -> None:
    hass.config.config_dir = str(tmp_path)  # ZHA keeps a database there, which is of another radio the next time
    of_zha = await make_gateway(zigbee=True, coordinator=True)
    device = {"path": of_zha.radio()["url"], "baudrate": 115200, "flow_control": None}
    zha = MockConfigEntry(domain="zha", title="ZHA", version=5, data={"device": device, "radio_type": "ezsp"})
    zha.add_to_hass(hass)
    entry = await commission(gateway)
    assert await hass.config_entries.async_setup(zha.entry_id)
    await hass.async_block_till_done()

    assert zha.state is ConfigEntryState.LOADED
    assert entry.state is ConfigEntryState.LOADED
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.connected
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": of_zha.radio()["url"]})
    assert result["errors"] == {"device": "radio_in_use"}
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert result["errors"] == {"device": "radio_in_use"}
    assert await hass.config_entries.async_unload(zha.entry_id)


async def with_stick(hass: HomeAssistant, url: str) -> ConfigFlowResult:
    """Commission on a stick that has joined, up to the page after that."""
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    result = await flows.submit(hass, result, {"device": url})
    result = await flows.submit(hass, result, flows.PREMISE)
    return await flows.join(hass, result, OTHER_CODE)


@pytest.mark.use_case("IP-7", "IP-10")
async def test_of_several_meters_on_a_stick_one_is_chosen(hass: HomeAssistant) -> None:
    async with plugged_in(two_meters()) as script:
        result = await with_stick(hass, script.url)
        assert result["step_id"] == "stick_meter", result
        assert result["data_schema"] is not None
        (choice,) = result["data_schema"].schema.values()
        labels = [option["label"] for option in choice.config["options"]]
        assert labels == [f"Garage — {OTHER}", f"House — {METER}"]
        result = await flows.submit(hass, result, {"meter": METER})
        assert result["step_id"] == "commissioned", result
        entry = (await flows.finish(hass, result))["result"]
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "power").state) == 5944

        context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
        result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
        assert result["menu_options"] == ["account", "vtn", "radio_moved", "rejoin", "stick_meter"]
        result = await flows.choose(hass, result, "stick_meter")
        result = await flows.submit(hass, result, {"meter": OTHER})
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "power").state) == 100
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7", "IP-10")
async def test_stick_with_one_meter_of_electricity_asks_for_none(hass: HomeAssistant) -> None:
    async with plugged_in(two_meters("gas")) as script:
        result = await with_stick(hass, script.url)
        assert result["step_id"] == "commissioned", result
        entry = (await flows.finish(hass, result))["result"]
        await hass.async_block_till_done(wait_background_tasks=True)
        assert float(state_of(hass, entry, "power").state) == 5944
        context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
        result = await hass.config_entries.flow.async_init(DOMAIN, context=context)
        assert result["menu_options"] == ["account", "vtn", "radio_moved", "rejoin"]
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
async def test_stick_with_gas_alone_is_told_so(hass: HomeAssistant) -> None:
    async with plugged_in({"get_meter_info": meter_info("gas")}) as script:
        result = await with_stick(hass, script.url)
        assert flows.failure(result) == "no_readings"
        hass.config_entries.flow.async_abort(result["flow_id"])
        await hass.async_block_till_done()
