"""A radio's dialog where something is not as it should be: it says what, and leads on."""

from pathlib import Path
from unittest.mock import AsyncMock, patch

import pytest
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.service_info.usb import UsbServiceInfo
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.utility.asking import ATTEMPTS
from custom_components.utility_han.utility.han_api.client import HanApi
from tests.component.conftest import Commission
from tests.component.test_changes import reconfigure
from tests.component.test_device_flow import DeviceFlow
from tests.component.test_radio_flow import join_again, with_stick
from tests.conftest import SimulatedGateway
from tests.helpers import flows
from tests.helpers.states import persistent_notifications, until
from tests.helpers.stick import METER, plugged_in, two_meters
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn

STICK = UsbServiceInfo(
    device="/dev/ttyACM9", vid="04B4", pid="0003", serial_number="1", manufacturer="Rainforest", description="EMU-2"
)


@pytest.fixture
def transport() -> str:
    return "ezsp"


def used_by_zha(hass: HomeAssistant, path: str) -> None:
    """Have ZHA use a port."""
    taken = MockConfigEntry(domain="zha", title="ZHA", data={"device": {"path": path}})
    taken.add_to_hass(hass)
    taken.mock_state(hass, ConfigEntryState.LOADED)


async def test_stick_that_another_integration_uses_is_not_offered(hass: HomeAssistant) -> None:
    used_by_zha(hass, STICK.device)
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": "usb"}, data=STICK)
    assert result["reason"] == "already_configured"


@pytest.mark.use_case("IP-1")
async def test_radio_that_is_pulled_out_while_it_listens_is_told(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    assert gateway.zigbee is not None
    result = await flows.choose(hass, await flows.begin(hass), "radio")
    await gateway.fault("silence")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    assert (result["step_id"], result["errors"]) == ("network", {"base": "no_network"})
    await gateway.unplug()
    result = await flows.submit(hass, result, flows.PREMISE)
    assert (result["step_id"], result["errors"]) == ("network", {"base": "radio_gone"})
    await gateway.plug_in()
    await gateway.mend()
    result = await flows.submit(hass, result, flows.PREMISE)
    assert result["errors"] == {}, result
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"], **flows.PREMISE})
    assert result["step_id"] == "install_code"


async def moved(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Say that the radio is at another port."""
    return await reconfigure(hass, entry, "radio_moved")


async def test_radio_at_another_port_is_looked_for_there(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    used_by_zha(hass, "/dev/ttyUSB-of-ZHA")
    result = await moved(hass, entry)
    for path, error, user in (
        ("/dev/ttyUSB-of-ZHA", "radio_in_use", "ZHA"),
        ("/dev/nothing-there", "no_such_port", "–"),
        ("socket://127.0.0.1:9", "radio_not_ezsp", "–"),
    ):
        result = await flows.submit(hass, result, {"device": path})
        assert (result["errors"], flows.placeholder(result, "user")) == ({"device": error}, user)
    assert await hass.config_entries.async_unload(entry.entry_id)  # it is not found where it was
    other_name = entry.data["device"].replace("127.0.0.1", "localhost")
    result = await flows.submit(hass, result, {"device": other_name})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.data["device"] == other_name
    assert entry.state is ConfigEntryState.LOADED


async def test_port_of_the_radio_is_taken_by_another_name_without_being_opened(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, tmp_path: Path
) -> None:
    """The names of ports change with what is plugged in, and those by id do not: it was in use, by the hub itself."""
    entry = await commission(gateway)
    port, by_id = tmp_path / "ttyUSB0", tmp_path / "usb-radio-if00"
    port.touch()
    by_id.symlink_to(port)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "device": str(port)})
    result = await moved(hass, entry)
    with (
        patch("custom_components.utility_han.gateway.zigbee.radio.Radio.open") as opened,
        patch("custom_components.utility_han.async_setup_entry", return_value=True),
    ):
        result = await flows.submit(hass, result, {"device": str(by_id)})
        await hass.async_block_till_done()
    assert (result["reason"], entry.data["device"], opened.call_count) == ("reconfigure_successful", str(by_id), 0)


@pytest.mark.use_case("RD-8b")
async def test_radio_that_is_away_has_nothing_to_leave_before_it_joins_again(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await reconfigure(hass, entry, "rejoin")
    assert result["step_id"] == "install_code"
    await join_again(hass, entry, gateway, result)
    assert entry.runtime_data.coordinator.connected


@pytest.mark.use_case("IP-1", "IP-6")
async def test_hub_of_a_utility_alone_is_given_a_meter_by_radio(
    hass: HomeAssistant, gateway: SimulatedGateway, vtn: Vtn
) -> None:
    assert gateway.zigbee is not None
    entry = await hub_without_meter(hass, vtn)
    result = await flows.choose(hass, await reconfigure(hass, entry, "meter_add"), "radio")
    result = await flows.submit(hass, result, {"device": gateway.radio()["url"]})
    result = await flows.submit(hass, result, {"network": gateway.zigbee["eui64"]})
    assert result["step_id"] == "install_code"
    assert result["data_schema"] is not None
    assert "way" not in result["data_schema"].schema, "there is one way to the utility, and the hub has it"
    await join_again(hass, entry, gateway, result)
    assert entry.unique_id == gateway.radio()["eui64"]
    assert CONF_VTN in entry.data, "its utility stays"
    assert entry.runtime_data.coordinator.connected


@pytest.mark.use_case("IP-6")
async def test_utility_is_asked_to_open_the_meter_once_more(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    """It opens the meter for a while; what it was asked before, by the same code, does nothing again."""
    answer = {"install_code": gateway.radio()["install_code"], "way": "join_request"}
    for _ in range(2):
        result = await flows.submit(hass, await reconfigure(hass, hub, "rejoin"), answer)
        assert result.get("reason") == "commissioning_continues", result
        await hass.async_block_till_done()
    asked = [each for each in await utility.log() if each["path"].endswith("/commissioning-requests")]
    assert len({each["idempotency_key"] for each in asked}) == len(asked) == 2


@pytest.mark.use_case("IP-6")
async def test_request_whose_answer_was_lost_is_made_once(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    answer = {"install_code": gateway.radio()["install_code"], "way": "join_request"}
    await utility.fault("lost_answer", path="/api/v1/commissioning-requests", count=ATTEMPTS)
    result = await flows.submit(hass, await reconfigure(hass, hub, "rejoin"), answer)
    assert (result.get("step_id"), result.get("errors")) == ("join_request", {"base": "utility_unreachable"})
    assert (await flows.submit(hass, result, {})).get("reason") == "commissioning_continues"
    await hass.async_block_till_done()
    asked = [each for each in await utility.log() if each["path"].endswith("/commissioning-requests")]
    assert len({each["idempotency_key"] for each in asked}) == 1


@pytest.mark.use_case("IP-6")
async def test_utility_that_knows_no_meter_at_the_premise_is_asked_to_open_none(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway, utility: SimulatedUtility
) -> None:
    answer = {"install_code": gateway.radio()["install_code"], "way": "join_request"}
    with patch.object(HanApi, "accounts", AsyncMock(return_value=[])):
        result = await flows.submit(hass, await reconfigure(hass, hub, "rejoin"), answer)
    assert (result.get("step_id"), result.get("errors")) == ("join_request", {"base": "gateway_not_at_premise"})
    assert not [each for each in await utility.log() if each["path"].endswith("/commissioning-requests")]


@pytest.mark.use_case("UR-1", "IP-5")
async def test_radio_has_room_for_eight_devices(hass: HomeAssistant, hub: ConfigEntry) -> None:
    pumps = [f"switch.pump_{number}" for number in range(1, 10)]
    for number, pump in enumerate(pumps, 1):
        hass.states.async_set(pump, "on", {"friendly_name": f"Pump {number}"})
    flow = await DeviceFlow(hass, hub).start()
    await flow.submit({"entities": pumps})
    await flow.submit(flow.suggested)
    await flow.submit({"programs": [], "consent": False})
    assert flow.page == "several_kept", flow.result
    *came, left = flow.said["devices"].split("\n\n")
    assert came == [f"✓ **Pump {number}**" for number in range(1, 9)]
    assert left.startswith("✗ **Pump 9**: ")
    await flow.submit({})
    await until(lambda: len(hub.subentries) == 8)
    await until(lambda: hub.state is ConfigEntryState.LOADED)
    flow = await DeviceFlow(hass, hub).start()
    await flow.choose("entity")
    await flow.submit({"entities": [pumps[-1]]})
    await flow.submit({**flow.suggested, "response": "off"})
    assert flow.result["reason"] == "no_endpoint"


@pytest.mark.use_case("IP-5", "IP-9")
async def test_device_that_could_not_be_announced_keeps_its_endpoint(
    hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway
) -> None:
    hass.states.async_set("switch.pump", "on", {"friendly_name": "Pump"})
    flow = await DeviceFlow(hass, hub).start()
    await flow.submit({"entities": ["switch.pump"]})
    await gateway.unplug()
    await flow.submit({**flow.suggested, "response": "off"})
    assert (flow.page, flow.errors) == ("commission_failed", {"base": "radio_gone"})
    draft = (await Registrations.async_get(hass, hub.entry_id)).draft
    assert draft is not None
    lfdi = draft["lfdi"]
    await gateway.plug_in()
    await flow.submit({})
    assert flow.page == "programs", flow.result
    await flow.submit({"programs": [], "consent": False})
    await flow.submit({"serial": flow.suggested["serial"], "key": gateway.pin})
    assert (flow.page, flow.said["lfdi"].replace("-", "")) == ("registered", lfdi)


@pytest.mark.use_case("IP-7")
async def test_meter_of_a_stick_that_is_chosen_again_goes_on_counting(hass: HomeAssistant) -> None:
    async with plugged_in(two_meters()) as script:
        result = await flows.submit(hass, await with_stick(hass, script.url), {"meter": METER})
        entry = (await flows.finish(hass, result))["result"]
        await hass.async_block_till_done(wait_background_tasks=True)
        result = await flows.submit(hass, await reconfigure(hass, entry, "stick_meter"), {"meter": METER})
        assert result["reason"] == "reconfigure_successful"
        await hass.async_block_till_done(wait_background_tasks=True)
        assert entry.data["meter"] == METER
        assert not entry.runtime_data.link.guard.rebased
        assert await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(
    ("domain", "title", "state"),
    [
        ("zha", "ZHA", ConfigEntryState.SETUP_RETRY),
        ("zha", "ZHA that is disabled", ConfigEntryState.NOT_LOADED),
        ("rainforest_raven", "RAVEn", ConfigEntryState.LOADED),
        (DOMAIN, "The other house", ConfigEntryState.LOADED),
    ],
)
async def test_port_that_others_use_by_now_is_not_opened_for_a_hub_that_is_removed(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    domain: str,
    title: str,
    state: ConfigEntryState,
) -> None:
    """Whoever opens a port resets what is there: ZHA's network stood still, or a stick that is read."""
    entry = await commission(gateway)
    port = gateway.radio()["url"]
    taken = MockConfigEntry(domain=domain, title=title, data={"device": {"path": port} if domain == "zha" else port})
    taken.add_to_hass(hass)
    taken.mock_state(hass, state)
    with patch("custom_components.utility_han.hub.leaving.async_open_link") as opened:
        await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert bool(opened.await_count) is (state is ConfigEntryState.NOT_LOADED)
    if opened.await_count:
        return
    (told,) = [each for each in persistent_notifications(hass) if "radio" in each["title"]]
    assert (title in told["message"], gateway.radio()["eui64"] in told["message"]) == (True, True)
    taken.mock_state(hass, ConfigEntryState.NOT_LOADED)
