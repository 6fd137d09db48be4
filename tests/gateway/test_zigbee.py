"""The client over Smart Energy against the simulator: real bellows, zigpy and aioraven from the socket up."""

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, patch

import bellows.types as t
import pytest
from aioraven.serial import RAVEnSerialDevice
from bellows.ash import AshException, Reserved, RStackFrame
from bellows.exception import EzspError
from bellows.ezsp import EZSP
from bellows.uart import Gateway
from zigpy.util import convert_install_code
from zigpy.zcl import Cluster
from zigpy.zcl.clusters import smartenergy

from custom_components.utility_han.esi import EventResponse, ResponseStatus, in_force
from custom_components.utility_han.gateway.commissioning_data import parse_label, with_checksum
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.identifiers import lfdi_of
from custom_components.utility_han.gateway.model import Battery, LinkSecurity, SelfReport, SignalQuality
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.probe import RadioKind, RadioProblem, UnusableRadioError, probe_radio
from custom_components.utility_han.gateway.zigbee.radio import Radio
from custom_components.utility_han.gateway.zigbee.raven import RavenGateway
from simulator.gateway.settings import read_settings
from simulator.gateway.state import GatewayState
from simulator.zigbee.identifiers import text_of
from simulator.zigbee.network import Network
from simulator.zigbee.side import ZigbeeSide
from simulator.zigbee.stranger import Stranger
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.faults import fault_of_ours
from tests.helpers.states import eventually, until
from tests.helpers.zigbee import opened

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def transport() -> str:
    return "ezsp"


async def failing(link: EzspGateway | RavenGateway) -> Reason:
    """Why reading fails."""
    with pytest.raises(GatewayError) as caught:
        await link.read(["power"])
    return caught.value.reason


@pytest.mark.use_case("IP-6", "IP-7")
@pytest.mark.parametrize("certified", [True, False], ids=["certified", "plain"])
@pytest.mark.parametrize("version", [8, 13, 14, 19])
async def test_radios_of_every_ezsp_version_join(make_gateway: GatewayFactory, version: int, certified: bool) -> None:
    gateway = await make_gateway(zigbee=True, ezsp_version=version, certified=certified)
    link = opened(gateway)
    assert not (await link.identify()).accepts_us  # the utility has told the meter nothing yet
    await gateway.permit()

    peer = await link.identify()
    registers = await link.discover_registers()
    before = await gateway.readings()
    read = await link.read([register.key for register in registers])
    truth = await gateway.readings()

    assert peer.accepts_us
    assert peer.lfdi == gateway.lfdi == link.expected_lfdi
    assert link.link_security is (LinkSecurity.CERTIFICATE if certified else LinkSecurity.INSTALL_CODE)
    assert (await gateway.network())["members"][gateway.radio()["eui64"]]["authorized"] is certified
    assert read.values["power"] in {before["power_w"], truth["power_w"]}
    assert before["delivered_wh"] <= read.values["energy_summation_delivered"] <= truth["delivered_wh"]
    received = read.values["energy_summation_received_tier_1"]
    assert before["tiers"]["received"]["1"] <= received <= truth["tiers"]["received"]["1"]
    assert len(read.values) == len(registers) == 9
    await link.close()


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("command", ["getCertificate", "generateCbkeKeys", "calculateSmacs"])
@pytest.mark.parametrize("failure", [TimeoutError(), EzspError("not running"), AshException()])
async def test_radio_that_fails_during_key_establishment_is_gone(
    make_gateway: GatewayFactory, command: str, failure: Exception
) -> None:
    gateway = await make_gateway(zigbee=True, certified=True)
    await gateway.permit()
    link = opened(gateway)
    await link.identify()
    with patch.object(EZSP, command, AsyncMock(side_effect=failure), create=True):
        with pytest.raises(GatewayError) as caught:
            await link.discover_registers()
        assert caught.value.reason is Reason.RADIO_GONE
    before = link.link_security
    await link.discover_registers()
    assert (before, link.link_security) == (LinkSecurity.INSTALL_CODE, LinkSecurity.CERTIFICATE)
    await link.close()


@pytest.mark.use_case("IP-7")
async def test_link_key_that_the_radio_does_not_store_is_none(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, certified=True)
    await gateway.permit()
    link = opened(gateway)
    await link.identify()
    refused = AsyncMock(return_value=[t.EmberStatus.ERR_FATAL])
    with (
        patch.object(EZSP, "clearTemporaryDataMaybeStoreLinkKey", refused, create=True),
        pytest.raises(GatewayError) as caught,
    ):
        await link.discover_registers()
    assert caught.value.reason is Reason.NOT_AUTHORIZED
    assert link.link_security is LinkSecurity.INSTALL_CODE
    await link.close()


@pytest.mark.parametrize("fault", [RuntimeError("ours"), AttributeError("ours"), KeyError("ours")])
async def test_fault_of_our_own_is_not_taken_for_a_radio_that_is_gone(
    gateway: SimulatedGateway, fault: Exception
) -> None:
    radio = Radio(gateway.radio()["url"])
    await radio.open()
    with pytest.raises(type(fault)), radio.errors():
        raise fault
    await radio.close()


@pytest.mark.parametrize("kind", [RuntimeError, AttributeError])
async def test_fault_of_our_own_stays_one_when_the_radio_is_lost(
    gateway: SimulatedGateway, kind: type[Exception]
) -> None:
    radio = Radio(gateway.radio()["url"])
    await radio.open()
    radio.connection_lost(None)
    with pytest.raises(kind), radio.errors():
        fault_of_ours(kind)()
    # What the library raises once its port is gone is the radio's.
    with pytest.raises(GatewayError) as caught, radio.errors():
        raise kind("theirs")
    assert caught.value.reason is Reason.RADIO_GONE
    await radio.close()


async def test_scan_that_the_radio_refuses_is_its_own_failure(gateway: SimulatedGateway) -> None:
    link = opened(gateway)
    await link.scan()
    refused = AsyncMock(return_value=[t.EmberStatus.MAC_SCANNING])
    with patch.object(EZSP, "_command", refused), pytest.raises(GatewayError) as caught:
        await link.scan()
    assert caught.value.reason is Reason.RADIO_GONE
    await link.close()


@pytest.mark.use_case("IP-1")
async def test_networks_are_heard_with_their_quality(gateway: SimulatedGateway) -> None:
    assert gateway.zigbee is not None
    link = opened(gateway)
    (heard,) = await link.scan()
    assert (heard.extended_pan_id, heard.channel) == (gateway.zigbee["eui64"], gateway.zigbee["channel"])
    assert (heard.lqi, heard.rssi) == (220, -48)
    await gateway.fault("weak_link", lqi=30)
    signal = await link.measure_signal()
    assert (signal.quality, signal.lqi) == (SignalQuality.TOO_WEAK, 30)
    await gateway.fault("silence")
    with pytest.raises(GatewayError) as caught:
        await link.measure_signal()
    assert caught.value.reason is Reason.NO_NETWORK
    await link.close()


@pytest.mark.use_case("IP-5", "IP-7")
async def test_wrong_install_code_is_told_from_a_meter_that_is_not_open(gateway: SimulatedGateway) -> None:
    link = opened(gateway)
    other = with_checksum(bytes(range(16))).hex().upper()
    await gateway.permit(install_code=other)
    with pytest.raises(GatewayError) as caught:
        await link.identify()
    assert caught.value.reason is Reason.WRONG_INSTALL_CODE
    await gateway.permit()
    await gateway.fault("wrong_key")
    with pytest.raises(GatewayError) as caught:
        await link.identify()
    assert caught.value.reason is Reason.WRONG_INSTALL_CODE
    await gateway.mend()
    assert (await link.identify()).accepts_us
    await link.close()


@pytest.mark.use_case("IP-8", "IP-9", "IP-11")
async def test_configuration_prices_and_neighbours(link: EzspGateway, gateway: SimulatedGateway) -> None:
    configuration = await link.configuration()
    assert configuration.poll_interval == timedelta(seconds=30)
    assert {"time", "metering", "pricing", "messaging", "demand_response"} <= set(configuration.function_sets)
    assert configuration.info.model == "HAN gateway"
    assert configuration.info.serial_number == (await gateway.describe())["sfdi"], "the meter's, and not the radio's"
    assert abs(configuration.clock_offset or timedelta.max) < timedelta(minutes=1)
    assert configuration.instructions == ()  # the meter's message is one, and nothing in it says so

    prices = await link.prices()
    assert prices is not None
    assert prices.currency == "USD"
    now = in_force(prices.prices, datetime.now(UTC))
    assert now is not None
    assert now.per_kwh == {1: 0.118, 2: 0.214, 3: 0.342}[now.tier]
    assert all(first.end == then.start for first, then in pairwise(prices.prices))

    listed = await link.listed_devices()
    assert listed is not None
    assert [device.lfdi for device in listed] == [link.client_lfdi]
    assert await link.self_report() == SelfReport(Battery.NORMAL, ())
    await gateway.fault("meter_status", flags=0b1000111)
    told = await link.self_report()
    assert told.battery is Battery.LOW
    assert told.flags == ("check_meter", "service_disconnect_open", "tamper_detect")


@pytest.mark.parametrize("hours", [3, -3])
async def test_what_a_meter_with_a_wrong_clock_tells_is_told_on_ours(
    link: EzspGateway, gateway: SimulatedGateway, hours: int
) -> None:
    await gateway.fault("wrong_clock", seconds=hours * 3600)
    await gateway.send("Peak today")
    await link.configuration()
    now = datetime.now(UTC)
    prices = await link.prices()
    assert prices is not None
    assert in_force(prices.prices, now + timedelta(seconds=30)) is not None
    assert prices.prices[0].start <= now + timedelta(seconds=30)
    (message,) = [each for each in await link.messages() if each.text == "Peak today"]
    assert abs(message.start - now) < timedelta(minutes=1)


async def test_messages_are_kept_and_confirmed(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.send("Peak today", priority=2)
    await gateway.send("Thank you", priority=0)
    found = (await link.messages())[-2:]
    assert [message.text for message in found] == ["Peak today", "Thank you"]
    assert (await gateway.network())["confirmed_messages"] == [], "nobody has acknowledged them"
    answer = found[0].answer
    assert answer is not None
    now = datetime.now(UTC)
    await link.respond(
        EventResponse(answer.kind, answer.subject, link.client_lfdi, ResponseStatus.ACKNOWLEDGED, now, answer.reply_to)
    )
    assert (await gateway.network())["confirmed_messages"] == [2]
    await gateway.recall(2)
    await eventually(link.messages, lambda known: "Peak today" not in [message.text for message in known])


@pytest.mark.use_case("IP-6", "UR-P")
async def test_endpoint_is_announced_once_it_is_kept_and_asks_no_more_when_it_is_withdrawn(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    kept: list[str] = []

    async def adding() -> None:
        kept.append(lfdi)

    href = await link.announce(16, lfdi, adding=adding)
    assert kept == [lfdi]
    assert lfdi in [each.lfdi for each in await link.listed_devices() or ()]
    await link.withdraw(href, lfdi)
    assert lfdi not in [each.lfdi for each in await link.listed_devices() or ()]
    await link.withdraw("/edev/1", lfdi)  # no endpoint of ours


async def test_restart_keeps_keys_registers_and_groups(link: EzspGateway, gateway: SimulatedGateway) -> None:
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    await link.announce(16, lfdi)
    before = await link._radio.ezsp.get_network_key()
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()

    again = opened(gateway, known=True)
    again.restore(kept)
    assert len(again.known_registers()) == 9
    assert (await again.read(["power"])).values
    after = await again._radio.ezsp.get_network_key()
    assert after.key == before.key
    assert after.tx_counter > before.tx_counter
    assert again.client_lfdi == link.client_lfdi
    assert lfdi in {device.lfdi for device in await again.listed_devices() or []}
    await again.close()


async def test_network_key_is_followed(link: EzspGateway, gateway: SimulatedGateway) -> None:
    before = await link._radio.ezsp.get_network_key()
    await gateway.switch_network_key()
    after = await eventually(link._radio.ezsp.get_network_key, lambda key: key.seq != before.seq)
    assert after.key != before.key
    assert (await link.read(["power"])).values
    assert link.statistics()["key_updates"] == 1
    assert link.statistics()["parent"] == 0, "the meter itself"


async def test_radio_that_has_left_asks_nobody_any_more(link: EzspGateway) -> None:
    async with link._network.talk():
        pass
    await link.leave()
    with pytest.raises(GatewayError) as caught:
        await link._network.ensure_up()
    assert caught.value.reason is Reason.LEFT_NETWORK


@pytest.mark.use_case("DM-1")
async def test_order_to_leave_is_honoured(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.tell_to_leave(gateway.radio()["eui64"])
    await eventually(link._network._networking.has_left)
    assert await failing(link) is Reason.LEFT_NETWORK
    assert await failing(link) is Reason.LEFT_NETWORK
    assert (await gateway.network())["members"] == {}, "nobody joins again without being asked"
    await gateway.permit()
    assert (await link.identify()).accepts_us


@pytest.mark.use_case("DM-1", "DM-3")
async def test_silence_ends_in_a_rejoin(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.fault("silence")
    assert await failing(link) is Reason.GATEWAY_SILENT
    with suppress(GatewayError):
        await link.measure_signal()
    await gateway.mend()
    assert (await link.read(["power"])).values


@pytest.mark.use_case("DM-1")
async def test_radio_that_is_pulled_out_comes_back(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.unplug()
    assert await failing(link) is Reason.RADIO_GONE
    assert await failing(link) is Reason.RADIO_GONE
    await gateway.plug_in()
    assert (await link.read(["power"])).values
    assert link.statistics()["opened"] == 2


@pytest.mark.use_case("DM-1")
@pytest.mark.parametrize("answered", [False, True])
async def test_opening_that_is_cut_off_leaves_no_error_behind(gateway: SimulatedGateway, *, answered: bool) -> None:
    """What is being said is a command that the radio does not have, and nobody hears so."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: unhandled.append(context))
    link, said = opened(gateway), asyncio.Event()
    ask, send = EZSP.get_xncp_features, Gateway.send_data
    sending: list[asyncio.Future[None]] = []

    async def asks(self: EZSP) -> Any:
        with patch.object(Gateway, "send_data", sends):
            return await ask(self)

    async def sends(self: Gateway, data: bytes) -> None:
        sending.append(asyncio.ensure_future(send(self, data)))
        if answered:
            await until(lambda: not self._api._protocol._awaiting)
        said.set()
        await asyncio.Event().wait()

    with patch.object(EZSP, "get_xncp_features", asks):
        opening = asyncio.ensure_future(link.identify())
        await said.wait()
        opening.cancel()
        await asyncio.wait((opening,))
        await sending[0]
    assert opening.cancelled()
    del opening  # with which goes what was waited for
    gc.collect()
    assert not unhandled
    assert not (await link.identify()).accepts_us
    await link.close()


async def test_spoilt_frames_are_said_again(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.fault("corrupted_frames", share=0.2)
    keys = [register.key for register in link.known_registers()]
    for _ in range(3):
        assert len((await link.read(keys)).values) == 9


async def test_radio_says_nothing_before_it_tells_of_its_reset() -> None:
    """Frames are numbered from there: a host that connects while the meter sends would understand none of them."""
    side = ZigbeeSide(GatewayState("1", read_settings({"zigbee": True})))
    await side.ezsp.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", side.ezsp.port)
    await until(lambda: side.ezsp._ash)
    side.radio.callback("stackStatusHandler", {"status": t.EmberStatus.NETWORK_UP})
    first = await reader.readuntil(bytes([Reserved.FLAG]))
    writer.close()
    await side.stop()
    assert first[:2] == bytes([Reserved.CANCEL, RStackFrame.MASK_VALUE])


async def test_lost_messages_are_asked_for_again(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.fault("weak_link", lqi=100, loss=0.1)
    signal = await link.measure_signal()
    assert signal.quality is SignalQuality.MARGINAL
    assert signal.lqi == 100


async def test_what_was_not_read_is_never_made_up(link: EzspGateway, gateway: SimulatedGateway) -> None:
    keys = [register.key for register in link.known_registers()]
    before = await link.read(keys)
    await gateway.fault("empty_reading", count=2)
    readings = await link.read(keys)
    assert readings.values == {}
    assert readings.failed == before.values.keys()


async def test_intervals_of_a_day(link: EzspGateway, gateway: SimulatedGateway) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    found = await link.intervals("delivered", since)
    assert len(found) in (96, 97)
    assert all(each.end - each.start == timedelta(minutes=15) for each in found)
    assert all(first.end == then.start for first, then in pairwise(found))
    assert sum(each.energy for each in found) > 0
    assert await link.intervals("net", since) == []


async def test_meter_is_asked_for_values_as_often_as_they_are_read(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    await link.configuration()
    assert link.statistics()["update_seconds"] == 30
    await link.read(["power"])
    await link.read(["power"])  # sooner than the meter's 30 seconds
    assert link.statistics()["update_seconds"] == 5
    requests = [each["path"] for each in (await gateway.log())["requests"]]
    assert requests.count("/zcl/0702/command/03") == 1
    await link.read(["power"])
    requests = [each["path"] for each in (await gateway.log())["requests"]]
    assert requests.count("/zcl/0702/command/03") == 1, "it was granted for a while"


@pytest.mark.use_case("IP-1")
async def test_radios_are_told_apart(gateway: SimulatedGateway, make_gateway: GatewayFactory) -> None:
    ezsp = await probe_radio(gateway.radio()["url"])
    assert (ezsp.kind, ezsp.eui64) == (RadioKind.EZSP, gateway.radio()["eui64"])
    assert ezsp.install_code == bytes.fromhex(gateway.radio()["install_code"])
    stick = await probe_radio(gateway.radio("raven")["url"], stick_first=True)
    assert (stick.kind, stick.eui64) == (RadioKind.RAVEN, gateway.radio("raven")["eui64"])
    of_zha = await make_gateway(zigbee=True, coordinator=True)
    with pytest.raises(UnusableRadioError) as caught:
        await probe_radio(of_zha.radio()["url"])
    assert caught.value.problem is RadioProblem.IS_COORDINATOR
    with pytest.raises(UnusableRadioError) as caught:
        await probe_radio("socket://127.0.0.1:9", stick_first=True)
    assert caught.value.problem is RadioProblem.NOT_EZSP


@pytest.fixture
async def stick(gateway: SimulatedGateway) -> AsyncIterator[RavenGateway]:
    """A certified stick that has joined."""
    await gateway.permit("raven")
    stick = RavenGateway(gateway.radio("raven")["url"], None)
    assert (await stick.identify()).lfdi == gateway.lfdi
    await stick.discover_registers()
    yield stick
    await stick.close()


@pytest.mark.use_case("IP-6", "IP-7", "IP-8")
async def test_certified_stick_reads_the_meter(stick: RavenGateway, gateway: SimulatedGateway) -> None:
    before = await gateway.readings()
    read = await stick.read([register.key for register in stick.known_registers()], include_clock=True)
    truth = await gateway.readings()
    assert read.values["power"] in {before["power_w"], truth["power_w"]}
    assert before["delivered_wh"] <= read.values["energy_summation_delivered"] <= truth["delivered_wh"]
    assert read.clock_offset is not None
    assert stick.link_security is LinkSecurity.CERTIFICATE
    signal = await stick.measure_signal()
    assert (signal.quality, signal.lqi) == (SignalQuality.GOOD, 219)
    prices = await stick.prices()
    assert prices is not None
    assert prices.prices[0].per_kwh in (0.118, 0.214, 0.342)
    await gateway.send("Peak today")
    assert [message.text for message in await stick.messages()] == ["Peak today"]
    assert (await stick.configuration()).info.model == "Z105-2-EMU2-LEDD_JM"


async def test_stick_whose_lines_are_spoilt_is_asked_again(stick: RavenGateway, gateway: SimulatedGateway) -> None:
    await gateway.fault("corrupted_frames", share=1.0)
    with pytest.raises(GatewayError) as caught:
        await stick.read(["power"])
    assert caught.value.reason in (Reason.RADIO_GONE, Reason.GATEWAY_SILENT)
    await gateway.mend()
    assert (await stick.read(["power"])).values


async def test_stick_is_opened_once_whoever_asks_at_once(stick: RavenGateway, gateway: SimulatedGateway) -> None:
    other = RavenGateway(gateway.radio("raven")["url"], None)
    await stick.close()

    async def begin() -> None:
        async with other.session():
            assert (await other.read(["power"])).values

    await asyncio.gather(*(begin() for _ in range(3)))
    assert other.statistics()["opened"] == 1
    await other.close()


async def test_stick_whose_opening_is_cut_off_is_let_go_of(stick: RavenGateway, gateway: SimulatedGateway) -> None:
    await stick.close()
    asked = asyncio.Event()

    async def never(_device: RAVEnSerialDevice) -> None:
        asked.set()
        await asyncio.Event().wait()

    other = RavenGateway(gateway.radio("raven")["url"], None)
    with (
        patch.object(RAVEnSerialDevice, "get_device_info", never),
        patch.object(RAVEnSerialDevice, "abort", autospec=True, side_effect=RAVEnSerialDevice.abort) as abort,
    ):
        opening = asyncio.create_task(other.own_install_code())
        await asked.wait()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    abort.assert_called_once()
    assert (await other.read(["power"])).values
    await other.close()


@pytest.mark.use_case("UR-P")
async def test_stick_does_no_load_control(stick: RavenGateway) -> None:
    assert await stick.listed_devices() is None
    assert await stick.device_programs("") == []
    for refused in (stick.announce(16, "00" * 20), stick.respond(None)):  # type: ignore[arg-type]
        with pytest.raises(GatewayError) as caught:
            await refused
        assert caught.value.reason is Reason.REGISTRATION_REFUSED
    with pytest.raises(GatewayError):
        stick.unused_lfdi([])


@pytest.mark.use_case("DM-1")
async def test_stick_that_waits_left_fell_silent_or_is_gone(gateway: SimulatedGateway) -> None:
    stick = RavenGateway(gateway.radio("raven")["url"], None)
    with pytest.raises(GatewayError) as caught:
        await stick.identify()
    assert caught.value.reason is Reason.PORTAL_PENDING
    await gateway.permit("raven")
    await stick.identify()
    await stick.discover_registers()
    await gateway.fault("silence", count=4)
    assert await failing(stick) is Reason.GATEWAY_SILENT
    await gateway.mend()
    assert (await stick.read(["power"])).values
    await gateway.tell_to_leave(gateway.radio("raven")["eui64"])
    with pytest.raises(GatewayError) as caught:
        await stick.identify()
    assert caught.value.reason is Reason.LEFT_NETWORK
    await gateway.unplug("raven")
    assert await failing(stick) is Reason.RADIO_GONE
    await gateway.plug_in("raven")
    await gateway.permit("raven")
    assert (await stick.identify()).accepts_us
    await stick.close()


def test_network_gives_no_address_twice() -> None:
    network = Network(GatewayState("1", read_settings({})))
    first, second, third = (Stranger(bytes([number]) * 8) for number in range(3))
    addresses = {network.admit(node).nwk for node in (first, second)}
    network.remove(text_of(first.eui64))
    assert network.admit(third).nwk != network.admit(second).nwk
    assert len(addresses) == 2


def test_devices_are_known_by_eui64_and_endpoint() -> None:
    assert lfdi_of("000D6F000A0B0C0D") == "5E8BC7B7C7D026D30E16F5002D24D177E35D8F69"
    assert lfdi_of("000D6F000A0B0C0D", 1) != lfdi_of("000D6F000A0B0C0D", 2)


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    "label",
    [
        "Z:000D6F000A0B0C0D$I:83FED3407A939723A5C639B26916D505C3B5",
        "z:000d6f000a0b0c0d%M:1049%I:83fed3407a939723a5c639b26916d505c3b5",
        "EUI64: 000D6F000A0B0C0D IC: 83FED3407A939723A5C639B26916D505C3B5",
        "000D6F000A0B0C0D,83FED3407A939723A5C639B26916D505C3B5",
    ],
)
def test_label_is_understood(label: str) -> None:
    eui64, code = parse_label(label)
    assert eui64 == "000D6F000A0B0C0D"
    assert code.hex() == "83fed3407a939723a5c639b26916d505c3b5"


@pytest.mark.use_case("IP-5")
def test_link_key_of_the_published_install_code() -> None:
    key = convert_install_code(bytes.fromhex("83FED3407A939723A5C639B26916D505C3B5"))
    assert key is not None
    assert key.serialize().hex().upper() == "66B6900981E1EE3CA4206B6B861C02BB"


def test_zigpy_is_left_as_it_was_for_others() -> None:
    assert Cluster._registry[smartenergy.Price.cluster_id] is smartenergy.Price
    assert Cluster._registry[smartenergy.Metering.cluster_id] is smartenergy.Metering


def test_zigbee_libraries_are_not_loaded_without_a_radio() -> None:
    code = (
        "import sys, custom_components.utility_han.config_flow, custom_components.utility_han.hub.poll.coordinator; "
        "import custom_components.utility_han as c; "
        "print([m for m in ('zigpy', 'bellows', 'aioraven', 'zha') if m in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.use_case("IP-8", "IP-9")
async def test_what_the_meter_tells_by_itself_is_not_asked_for(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, reporting=True, poll_rate=1)
    await gateway.permit()
    link = opened(gateway)
    assert (await link.identify()).accepts_us
    keys = [register.key for register in await link.discover_registers()]
    await link.configuration()
    assert link.statistics()["reports"]
    asked = link.statistics()["sent"]
    heard = link.statistics()["received"]
    await until(lambda: link.statistics()["received"] >= heard + 2)  # the values do not fit one frame

    read = await link.read(keys)
    truth = await gateway.readings()
    assert link.statistics()["sent"] == asked
    assert len(read.values) == 9
    assert not read.failed
    assert read.values["energy_summation_delivered"] == pytest.approx(truth["delivered_wh"], abs=20)
    await link.close()


@pytest.mark.use_case("IP-8")
async def test_meter_that_reports_nothing_is_polled(link: EzspGateway) -> None:
    await link.configuration()
    assert not link.statistics()["reports"]
    first, second = await link.read(["power"]), await link.read(["power"])
    assert first.values.keys() == second.values.keys() == {"power"}
