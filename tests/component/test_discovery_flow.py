"""Gateways that are heard: offered, followed to a new address, and never trusted for what they say."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from unittest.mock import patch

import pytest
from aio2030dot5 import Advertisement
from homeassistant.config_entries import SOURCE_ZEROCONF, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from custom_components.utility_han.account import discovery as account_discovery
from custom_components.utility_han.account.flow import vtn
from custom_components.utility_han.config_flow import UtilityHanConfigFlow
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway import Signal, SignalQuality
from custom_components.utility_han.gateway.ieee2030_5 import signal
from custom_components.utility_han.hub.flow import finding
from custom_components.utility_han.hub.flow.dialog import address_of
from custom_components.utility_han.hub.reach import discovery, following
from tests.component.conftest import Commission
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import flows
from tests.helpers.states import state_of


def announcement(gateway: SimulatedGateway, **txt: str) -> ZeroconfServiceInfo:
    """Return what zeroconf would pass on from a gateway's advertisement."""
    return ZeroconfServiceInfo(
        ip_address=ip_address(gateway.host),
        ip_addresses=[ip_address(gateway.host)],
        port=gateway.port,
        hostname="meter.local.",
        type="_smartenergy._tcp.local.",
        name=f"itrondnsserver-{gateway.sfdi}._smartenergy._tcp.local.",
        properties={"txtvers": "1", "dcap": "/dcap", "level": "-S0", "https": str(gateway.port)} | txt,
    )


def heard_as(gateway: SimulatedGateway) -> Advertisement:
    """Return the advertisement as browsing finds it."""
    return Advertisement("itrondnsserver", gateway.host, gateway.port, "/dcap", gateway.sfdi, "-S0")


async def announce(hass: HomeAssistant, info: ZeroconfServiceInfo) -> ConfigFlowResult:
    """Have zeroconf hear ``info``."""
    return await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_ZEROCONF}, data=info)


async def test_heard_gateway_is_offered_and_asked_about_once(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    result = await announce(hass, announcement(gateway))
    assert result["step_id"] == "discovery_confirm"
    again = await announce(hass, announcement(gateway))
    assert again["reason"] == "already_in_progress"
    result = await flows.submit(hass, result, {"name": " "})
    assert result["errors"] == {"name": "name_missing"}
    result = await flows.submit(hass, result, flows.PREMISE)
    assert result["step_id"] == "method"  # all is well: nothing else is asked


@pytest.mark.use_case("IP-1", "IP-5")
async def test_heard_gateway_says_over_one_connection_who_it_is_and_what_it_offers(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    result = await announce(hass, announcement(gateway))
    with patch.object(signal, "measure", return_value=Signal(SignalQuality.GOOD, 1.0, 0.0, 1)):  # by connections
        result = await flows.submit(hass, result, flows.PREMISE)
    assert result["step_id"] == "method"
    log = await gateway.log()
    assert (log["connections"], [each["path"] for each in log["requests"]]) == (1, ["/dcap"])


@pytest.mark.use_case("IP-1", "IP-5")
async def test_gateway_that_does_not_know_us_yet_is_asked_for_nothing(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    """It said so in the handshake, and meters pause after one that they refuse."""
    meter = await make_gateway(personality="riva", registration="out-of-band")
    result = await announce(hass, announcement(meter))
    with (
        patch.object(signal, "measure", return_value=Signal(SignalQuality.GOOD, 1.0, 0.0, 1)),
        patch("custom_components.utility_han.hub.flow.dialog.async_takes_announcements") as asked,
    ):
        result = await flows.submit(hass, result, flows.PREMISE)
    assert result["step_id"] == "method"
    assert asked.call_count == 0


@pytest.mark.use_case("IP-5", "RD-8b")
@pytest.mark.parametrize(
    ("meter", "accepts"), [({"personality": "riva", "registration": "out-of-band"}, False), ({}, True)]
)
async def test_what_the_handshake_says_need_not_be_asked(
    hass: HomeAssistant, make_gateway: GatewayFactory, meter: dict[str, str], *, accepts: bool
) -> None:
    gateway = await make_gateway(**meter)
    dialog = UtilityHanConfigFlow()
    dialog.hass = hass
    peer = await dialog.async_identify(address_of(gateway.host, gateway.port, "/dcap"))
    assert dialog.identity is not None
    assert peer.accepts_us is accepts
    assert dialog.announces == (None if accepts else (dialog.identity.lfdi, False))


async def test_gateway_that_lies_about_its_sfdi_is_refused(hass: HomeAssistant, make_gateway: GatewayFactory) -> None:
    real, other = await make_gateway(), await make_gateway()
    other.sfdi = real.sfdi
    result = await announce(hass, announcement(other))
    result = await flows.submit(hass, result, flows.PREMISE)
    assert result["errors"] == {"base": "wrong_gateway"}


@pytest.mark.parametrize("txt", [{"txtvers": "2"}, {"https": "99999"}, {"dcap": "no path"}])
async def test_unusable_announcement_is_left_alone(
    hass: HomeAssistant, gateway: SimulatedGateway, txt: dict[str, str]
) -> None:
    result = await announce(hass, announcement(gateway, **txt))
    assert result["reason"] == "invalid_discovery"


async def test_known_gateway_is_followed_to_its_new_address(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.move()
    result = await announce(hass, announcement(gateway))
    assert result["reason"] == "already_configured"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["port"] == gateway.port
    assert state_of(hass, entry, "connectivity").state == "on"


async def test_gateway_that_moved_unannounced_is_looked_for(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, heard: list[Advertisement]
) -> None:
    entry = await commission(gateway)
    await gateway.move()
    heard.append(heard_as(gateway))
    await entry.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["port"] == gateway.port
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.parametrize("moved", [True, False], ids=["away from where it was", "still where it was"])
async def test_another_gateway_that_is_announced_as_the_hubs_is_not_followed(
    hass: HomeAssistant, commission: Commission, make_gateway: GatewayFactory, *, moved: bool
) -> None:
    """Whoever is in the network can announce anything: who answers there proves who it is, or the hub stays."""
    real, other = await make_gateway(), await make_gateway()
    entry = await commission(real)
    before = dict(entry.data)
    if moved:
        await real.move()
    other.sfdi = real.sfdi
    result = await announce(hass, announcement(other))
    assert result["reason"] == "already_configured"
    await entry.runtime_data.coordinator.async_resynchronise()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert dict(entry.data) == before


async def test_gateway_that_answers_where_it_was_is_left_there_whatever_is_announced(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """What somebody else announces in its name would have it asked at the wrong place."""
    entry = await commission(gateway)
    before = dict(entry.data)
    result = await announce(hass, announcement(gateway, dcap="/elsewhere"))
    assert result["reason"] == "already_configured"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert dict(entry.data) == before


async def test_heard_gateways_are_offered_to_choose_from(
    hass: HomeAssistant, make_gateway: GatewayFactory, heard: list[Advertisement]
) -> None:
    first, second = await make_gateway(), await make_gateway()
    heard += [heard_as(first), heard_as(second)]
    result = await flows.start(hass)
    assert result["step_id"] == "ip"
    await second.fault("refuse")
    result = await flows.submit(hass, result, {"gateway": second.sfdi})
    assert result["errors"] == {"base": "unreachable"}
    result = await flows.submit(hass, result, {"gateway": first.sfdi})
    assert result["step_id"] == "location"


async def test_choosing_none_of_them_asks_for_the_address(
    hass: HomeAssistant, gateway: SimulatedGateway, heard: list[Advertisement]
) -> None:
    heard.append(heard_as(gateway))
    result = await flows.submit(hass, await flows.start(hass), {"gateway": "manual"})
    assert result["step_id"] == "manual"


@contextmanager
def without_mdns() -> Iterator[None]:
    """Have no network interface on which Home Assistant can open its sockets for mDNS."""
    no_device = OSError(19, "No such device")
    with (
        patch.object(finding, "async_browse_gateways", discovery.async_browse_gateways),
        patch.object(following, "async_locate_gateway", discovery.async_locate_gateway),
        patch.object(vtn, "async_browse_vtns", account_discovery.async_browse_vtns),
        patch.object(discovery, "async_get_async_instance", side_effect=no_device),
        patch.object(account_discovery, "async_get_async_instance", side_effect=no_device),
    ):
        yield


async def test_address_is_asked_for_where_nothing_can_be_heard(hass: HomeAssistant, gateway: SimulatedGateway) -> None:
    with without_mdns():
        result = await flows.start(hass)
        assert (result["step_id"], result["errors"]) == ("manual", {})
        result = await flows.submit(hass, result, {"host": gateway.host, "port": gateway.port})
        assert result["step_id"] == "location"
        result = await flows.choose(hass, await flows.begin(hass), "vtn")
        assert (result["step_id"], result["errors"]) == ("vtn_address", {})


async def test_gateway_that_moved_is_found_once_something_can_be_heard_again(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, heard: list[Advertisement]
) -> None:
    entry = await commission(gateway)
    before = entry.data["port"]
    await gateway.move()
    heard.append(heard_as(gateway))
    with without_mdns():
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["port"] == before
    assert state_of(hass, entry, "connectivity").state == "off"
    assert entry.runtime_data.rounds.failing == {}, "it is no fault of ours"
    await entry.runtime_data.coordinator.async_resynchronise()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.data["port"] == gateway.port
    assert state_of(hass, entry, "connectivity").state == "on"


@pytest.mark.use_case("IP-5")
async def test_flow_left_in_the_middle_is_taken_up_with_the_same_identity(
    hass: HomeAssistant, make_gateway: GatewayFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.utility_han.hub.flow.stepping.WAIT_FOR_ACCEPTANCE", 0.0)
    meter = await make_gateway(personality="riva", registration="out-of-band")
    result = await flows.submit(hass, await flows.start(hass), {"host": meter.host, "port": meter.port})
    result = await flows.walk(hass, result, "method")
    lfdi = flows.placeholder(result, "lfdi")
    result = await flows.by_portal(hass, result)
    assert result["step_id"] == "pending"
    hass.config_entries.flow.async_abort(result["flow_id"])  # the window is closed, or Home Assistant restarts

    await meter.register(lfdi)
    result = await flows.start(hass)
    assert result["step_id"] == "ip"
    result = await flows.submit(hass, result, {"gateway": meter.sfdi})
    assert result["step_id"] == "resume"
    result = await flows.choose(hass, result, "commission")
    assert result["step_id"] == "commissioned"
    result = await flows.finish(hass, result)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == flows.PREMISE["name"]
    assert result["result"].unique_id == meter.sfdi
