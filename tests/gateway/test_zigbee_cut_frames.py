"""Frames of a meter that end early: each that we decode, cut at every length, asked for and not."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from zigpy.types import CharacterString, NoData, Single, uint8_t, uint16_t, uint48_t, uint64_t
from zigpy.zcl import Cluster
from zigpy.zcl.foundation import (
    Attribute,
    AttributeReportingConfig,
    DataTypeId,
    GeneralCommand,
    ReadAttributeRecord,
    ReportingDirection,
    Status,
    TypeValue,
    ZCLCommandDef,
    ZCLHeader,
)
from zigpy.zdo.types import ZDOCmd

from custom_components.utility_han.gateway.clock import GatewayClock
from custom_components.utility_han.gateway.errors import GatewayError
from custom_components.utility_han.gateway.identifiers import OWN_ENDPOINT
from custom_components.utility_han.gateway.model import Battery
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.clusters import (
    Drlc,
    KeyEstablishment,
    Messaging,
    Metering,
    PriceCluster,
)
from custom_components.utility_han.gateway.zigbee.load_control import MeterControls
from custom_components.utility_han.gateway.zigbee.messaging import Messages
from custom_components.utility_han.gateway.zigbee.messenger import Messenger
from custom_components.utility_han.gateway.zigbee.metering import intervals, self_report
from custom_components.utility_han.gateway.zigbee.neighbours import read_neighbours
from custom_components.utility_han.gateway.zigbee.pricing import read_prices
from custom_components.utility_han.gateway.zigbee.registers import MeterRegisters
from custom_components.utility_han.gateway.zigbee.scale import Scale
from custom_components.utility_han.gateway.zigbee.services import MeterServices
from tests.helpers.said_meter import SaidMeter, from_meter, impatient

CLUSTERS: tuple[type[Cluster], ...] = (PriceCluster, Drlc, Metering, Messaging, KeyEstablishment)
COMMANDS = [
    pytest.param(cluster, command, id=f"{cluster.__name__}-{command.name}")
    for cluster in CLUSTERS
    for command in cluster.client_commands.values()
]


@pytest.fixture(autouse=True)
def _impatient() -> Iterator[None]:
    with impatient():
        yield


def whole(command: ZCLCommandDef, filler: int) -> bytes:
    """Return a command with every field there."""
    raw = bytes([filler]) * 300
    _, rest = command.schema.deserialize(raw)
    return raw[: len(raw) - len(rest)]


def listening() -> SaidMeter:
    """Return a meter to which everything of ours listens."""
    meter = SaidMeter()
    MeterControls(meter.messenger, GatewayClock())
    Messages(meter.messenger, GatewayClock())
    MeterRegisters(meter.messenger)
    return meter


@pytest.mark.parametrize("filler", [0x00, 0x01, 0x7F, 0xFF])
@pytest.mark.parametrize(("cluster", "command"), COMMANDS)
async def test_command_that_nobody_asked_for(cluster: type[Cluster], command: ZCLCommandDef, filler: int) -> None:
    meter = listening()
    meter.messenger.listen(KeyEstablishment, KeyEstablishment.ClientCommandDefs.terminate, _ignore)
    frame = from_meter(1, command.id, whole(command, filler))
    for length in range(len(frame) + 1):
        meter.hear(cluster.cluster_id, frame[:length])
        assert meter.well, (length, meter.messenger.failing.kinds)


def _ignore(_endpoint: int, _said: Any) -> None:
    """Take a command and do nothing."""


_UINT8, _UINT48 = 0x20, 0x25
GENERAL = {
    GeneralCommand.Report_Attributes: Attribute(uint16_t(0), TypeValue(_UINT48, uint48_t(7))).serialize() * 3,
    GeneralCommand.Write_Attributes: Attribute(uint16_t(0), TypeValue(_UINT8, uint8_t(2))).serialize() * 2,
    GeneralCommand.Write_Attributes_No_Response: Attribute(uint16_t(0), TypeValue(_UINT8, uint8_t(2))).serialize(),
    GeneralCommand.Read_Attributes: uint16_t(0).serialize() * 3,
    GeneralCommand.Default_Response: bytes([0x00, Status.FAILURE]),
    GeneralCommand.Read_Attributes_rsp: ReadAttributeRecord(
        uint16_t(0), Status.SUCCESS, TypeValue(_UINT48, uint48_t(7))
    ).serialize(),
    GeneralCommand.Configure_Reporting_rsp: bytes([Status.SUCCESS]),
}


@pytest.mark.parametrize("cluster", [each.cluster_id for each in CLUSTERS])
@pytest.mark.parametrize("command", GENERAL)
async def test_general_command_that_nobody_asked_for(cluster: int, command: GeneralCommand) -> None:
    meter = listening()
    frame = from_meter(1, command, GENERAL[command], general=True)
    for length in range(len(frame) + 1):
        meter.hear(cluster, frame[:length])
        assert meter.well, (length, meter.messenger.failing.kinds)


@pytest.mark.parametrize(
    "cluster", [ZDOCmd.Active_EP_rsp, ZDOCmd.Simple_Desc_rsp, ZDOCmd.Mgmt_Lqi_rsp, 0x0000, 0xFFFF]
)
async def test_network_answer_that_nobody_asked_for(cluster: int) -> None:
    meter = listening()
    for length in range(40):
        meter.hear(cluster, b"\x01" * length, profile=0, endpoint=0)
        assert meter.well


async def _attributes(messenger: Messenger) -> None:
    await messenger.read(Metering, [0, 1, 2])


async def _reporting(messenger: Messenger) -> None:
    wish = AttributeReportingConfig()
    wish.direction, wish.attrid, wish.datatype = ReportingDirection.SendReports, 0, Metering.attributes[0].zcl_type
    wish.min_interval, wish.max_interval, wish.reportable_change = 1, 30, 1
    await messenger.configure_reporting(Metering, [wish])


async def _messages(messenger: Messenger) -> None:
    await Messages(messenger, GatewayClock()).read()


async def _profile(messenger: Messenger) -> None:
    await intervals(messenger, Scale(1, 1), "delivered", datetime(2026, 1, 1, tzinfo=UTC))


async def _events(messenger: Messenger) -> None:
    await MeterControls(messenger, GatewayClock()).announce(2)


async def _services(messenger: Messenger) -> None:
    services = MeterServices(messenger)
    await services.discover()
    await services.choose_meter()


async def _registers(messenger: Messenger) -> None:
    await MeterRegisters(messenger).discover(offered=True)


def _cluster(command: ZCLCommandDef, filler: int) -> bytes:
    return from_meter(0, command.id, whole(command, filler))


def _general(command: GeneralCommand) -> bytes:
    return from_meter(0, command, GENERAL[command], general=True)


ASKED: dict[str, tuple[Callable[[Messenger], Awaitable[object]], bytes]] = {
    "attributes": (_attributes, _general(GeneralCommand.Read_Attributes_rsp)),
    "attributes refused": (_attributes, _general(GeneralCommand.Default_Response)),
    "reporting": (_reporting, _general(GeneralCommand.Configure_Reporting_rsp)),
    "registers": (_registers, _general(GeneralCommand.Read_Attributes_rsp)),
    "prices": (read_prices, _cluster(PriceCluster.ClientCommandDefs.publish_price, 0x01)),
    "prices of nothing": (read_prices, _cluster(PriceCluster.ClientCommandDefs.publish_price, 0x00)),
    "prices of all": (read_prices, _cluster(PriceCluster.ClientCommandDefs.publish_price, 0xFF)),
    "messages": (_messages, _cluster(Messaging.ClientCommandDefs.display_message, 0x01)),
    "messages of all": (_messages, _cluster(Messaging.ClientCommandDefs.display_message, 0xFF)),
    "profile": (_profile, from_meter(0, 0, bytes.fromhex("00000000 00 01 02 0102")) + b"\x01\x02\x03" * 2),
    "profile at the beginning": (_profile, from_meter(0, 0, bytes.fromhex("01000000 00 00 02")) + b"\x01\x02\x03" * 2),
    "events": (_events, _cluster(Drlc.ClientCommandDefs.load_control_event, 0x01)),
}


@pytest.mark.parametrize(("ask", "answer"), ASKED.values(), ids=ASKED)
async def test_answer(ask: Callable[[Messenger], Awaitable[object]], answer: bytes) -> None:
    length = 0

    def cut(_cluster: int, asked: bytes) -> list[bytes]:
        header, _ = ZCLHeader.deserialize(asked)
        return [(answer[:1] + bytes([header.tsn]) + answer[2:])[:length]]

    for length in range(len(answer) + 1):
        meter = SaidMeter(cut)
        with_error = False
        try:
            await ask(meter.messenger)
        except GatewayError:
            with_error = True
        assert meter.well, (length, meter.messenger.failing.kinds)
        assert with_error or length, "nothing is no answer"


@pytest.mark.parametrize("ask", [_services, read_neighbours], ids=["services", "neighbours"])
@pytest.mark.parametrize("filler", [0x00, 0x01, 0xFF])
async def test_answer_of_the_network(ask: Callable[[Messenger], Awaitable[object]], filler: int) -> None:
    length = 0

    def cut(_cluster: int, asked: bytes) -> list[bytes]:
        return [(asked[:1] + bytes([filler]) * 60)[:length]]

    for length in range(61):  # noqa: B007 - cut() goes by it
        meter = SaidMeter(cut)
        try:
            await ask(meter.messenger)
        except GatewayError:
            continue
        assert meter.well


@pytest.mark.parametrize(
    "value",
    [
        TypeValue(DataTypeId.nodata, NoData()),
        TypeValue(DataTypeId.string, CharacterString("none")),
        TypeValue(DataTypeId.single, Single(1.5)),
        TypeValue(DataTypeId.uint64, uint64_t(2**63)),
    ],
)
async def test_number_that_is_none_is_not_told(value: TypeValue) -> None:
    """Found by whole polls: a status of the type "no data" ended the look at the meter's own report."""

    def answer(_cluster: int, asked: bytes) -> list[bytes]:
        header, wanted = ZCLHeader.deserialize(asked)
        records = b"".join(
            ReadAttributeRecord(uint16_t.deserialize(wanted[at:])[0], Status.SUCCESS, value).serialize()
            for at in range(0, len(wanted), 2)
        )
        return [from_meter(header.tsn, GeneralCommand.Read_Attributes_rsp, records, general=True)]

    link = EzspGateway(SaidMeter(answer), None, None)
    is_number = isinstance(value.value, int)
    found = await link._messenger.read(Metering, [Metering.AttributeDefs.status.id])
    assert list(found.values()) == [value.value if is_number else None]
    assert (await self_report(link._messenger)).battery is (Battery.NORMAL if is_number else None)
    assert await link._clock_offset(link._messenger) is None
    assert not link._messenger.failing.kinds


async def test_meter_that_answers_for_ever_is_left() -> None:
    published = _cluster(PriceCluster.ClientCommandDefs.publish_price, 0x01)

    def for_ever(_cluster: int, asked: bytes) -> list[bytes]:
        header, _ = ZCLHeader.deserialize(asked)
        return [published[:1] + bytes([header.tsn]) + published[2:]] * 5_000

    meter = SaidMeter(for_ever)
    found, _ = await meter.messenger.ask_for_all(
        PriceCluster,
        PriceCluster.ServerCommandDefs.get_scheduled_prices,
        PriceCluster.ClientCommandDefs.publish_price,
        endpoint=OWN_ENDPOINT,
        start_time=0,
        events=0,
    )
    assert len(found) == 100


async def test_error_nobody_thought_of_ends_one_frame(caplog: pytest.LogCaptureFixture) -> None:
    meter = SaidMeter()
    taken: list[Any] = []

    def odd(_endpoint: int, said: Any) -> None:
        taken.append(said)
        if len(taken) < 3:
            raise ZeroDivisionError

    command = Drlc.ClientCommandDefs.load_control_event
    meter.messenger.listen(Drlc, command, odd)
    frame = from_meter(1, command.id, whole(command, 1))
    meter.hear(Drlc.cluster_id, frame)
    meter.hear(Drlc.cluster_id, frame)
    assert list(meter.messenger.failing.kinds.values()) == ["ZeroDivisionError"]
    assert [each.levelname for each in caplog.records if each.exc_info] == ["ERROR"]
    meter.hear(Drlc.cluster_id, frame)
    assert meter.well
    assert len(taken) == 3
