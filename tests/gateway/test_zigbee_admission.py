"""Only the meter is believed: frames of strangers, and frames without the link key, over the wire."""

import asyncio
from functools import partial
from typing import Any

import pytest
from zigpy import types as t
from zigpy.zcl.foundation import GeneralCommand

from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import messenger
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from simulator.zigbee import zcl
from simulator.zigbee.commands import CancelMessage, DisplayMessage
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import zigbee
from tests.helpers.states import PATIENCE, eventually

GROUP_2 = DemandResponseProgram("drlc/2", None, 2, "drlc/2")


@pytest.fixture
def transport() -> str:
    return "ezsp"


def message(number: int = 0x77) -> bytes:
    """A text message for an hour."""
    said = DisplayMessage(message_id=number, control=0, start=0, duration=60, message=t.LVBytes(b"Free power"))
    return zcl.command(1, 0x00, said)


def dropped(link: EzspGateway) -> dict[str, dict[str, int]]:
    """What was not believed, by reason and cluster."""
    found: dict[str, dict[str, int]] = link.statistics()["dropped"]
    return found


async def until_dropped(link: EzspGateway, reason: str, cluster: int, number: int = 1) -> None:
    """Wait until so many frames were dropped."""
    await zigbee.until(lambda: dropped(link).get(reason, {}).get(f"{cluster:04X}", 0) >= number)


@pytest.mark.parametrize("how", [{"sender": "stranger", "secured": True}, {"sender": "stranger"}, {}], ids=str)
async def test_load_control_is_taken_from_the_meter_with_the_link_key_alone(
    link: EzspGateway, gateway: SimulatedGateway, how: dict[str, Any]
) -> None:
    _, program = await zigbee.enrolled(link, gateway)
    told = asyncio.Event()
    link.watch(told.set)
    assert dropped(link) == {}

    await gateway.frame(zigbee.DRLC, zigbee.event(), destination=2, **how)
    reason = "stranger" if "sender" in how else "unsecured"
    await until_dropped(link, reason, zigbee.DRLC)
    assert not told.is_set()
    assert await link.controls([program]) == []

    await gateway.frame(zigbee.DRLC, zigbee.event(), destination=2, secured=True)
    await asyncio.wait_for(told.wait(), PATIENCE)
    (control,) = await link.controls([program])
    assert control.duty_cycle == 50

    told.clear()
    await gateway.frame(zigbee.DRLC, zigbee.cancel(), destination=2, **how)
    await gateway.frame(zigbee.DRLC, zcl.command(3, 0x02, t.uint8_t(0)), destination=2, **how)
    await until_dropped(link, reason, zigbee.DRLC, 3)
    assert not told.is_set(), "nor does anybody else end it"
    assert [each.status for each in await link.controls([program])] == [control.status]
    assert dropped(link) == {reason: {"0701": 3}}


@pytest.mark.parametrize("version", [8, 14, 19])
async def test_every_ezsp_version_says_who_sent_a_frame(make_gateway: GatewayFactory, version: int) -> None:
    gateway = await make_gateway(zigbee=True, ezsp_version=version)
    await gateway.permit()
    link = zigbee.opened(gateway)
    assert (await link.identify()).accepts_us
    for how in ({"sender": "stranger", "secured": True}, {"sender": "meter"}):
        await gateway.frame(zigbee.DRLC, zigbee.event(), **how)
    await until_dropped(link, "unsecured", zigbee.DRLC)
    assert dropped(link) == {"stranger": {"0701": 1}, "unsecured": {"0701": 1}}
    await link.close()


@pytest.mark.parametrize("how", [{"sender": "stranger", "secured": True}, {}], ids=str)
async def test_group_of_a_device_is_written_by_the_meter_alone(
    link: EzspGateway, gateway: SimulatedGateway, how: dict[str, Any]
) -> None:
    lfdi = link.unused_lfdi([])
    assert lfdi is not None
    href = await link.announce(zigbee.POOL_PUMP_CATEGORY, lfdi)
    await asyncio.sleep(0.1)
    assert await link.device_programs(href) == []
    write = zigbee.attributes(GeneralCommand.Write_Attributes, {0x0000: t.uint8_t(2)})

    await gateway.frame(zigbee.DRLC, write, destination=2, **how)
    await until_dropped(link, "stranger" if how else "unsecured", zigbee.DRLC)
    assert await link.device_programs(href) == []

    # Attribute 0 of another cluster is no group, whoever writes it.
    await gateway.frame(zigbee.PRICE, write, destination=2, secured=True)
    await asyncio.sleep(0.1)
    assert await link.device_programs(href) == []

    await gateway.frame(zigbee.DRLC, write, destination=2, secured=True)
    assert await eventually(partial(link.device_programs, href)) == [GROUP_2]
    assert dropped(link)["stranger" if how else "unsecured"] == {"0701": 1}


@pytest.mark.parametrize("how", [{"sender": "stranger", "secured": True}, {}], ids=str)
async def test_messages_and_values_are_the_meters_alone(
    link: EzspGateway, gateway: SimulatedGateway, how: dict[str, Any]
) -> None:
    reason = "stranger" if how else "unsecured"
    lqi = link.statistics()["lqi"]
    await gateway.send("Peak today")
    texts = [each.text for each in await link.messages()]
    assert "Peak today" in texts
    await gateway.fault("weak_link", lqi=7)
    await gateway.frame(zigbee.MESSAGING, message(), **how)
    await gateway.frame(zigbee.MESSAGING, zcl.command(2, 0x01, CancelMessage(message_id=2, control=0)), **how)
    report = zigbee.attributes(GeneralCommand.Report_Attributes, {0x0400: t.int24s(123_456)})
    await gateway.frame(zigbee.METERING, report, **how)
    await gateway.frame(zigbee.PRICE, bytes(4), **how)
    await until_dropped(link, reason, zigbee.PRICE)
    assert link.statistics()["lqi"] == lqi, "how a stranger is heard says nothing of the meter"
    await gateway.mend()

    assert [each.text for each in await link.messages()] == texts
    assert (await link.read(["power"])).values["power"] != 123_456
    assert dropped(link) == {reason: {"0700": 1, "0702": 1, "0703": 2}}


async def test_strangers_take_no_part_in_key_establishment_nor_tell_the_time(
    link: EzspGateway, gateway: SimulatedGateway
) -> None:
    for cluster in (zigbee.KEY_ESTABLISHMENT, zigbee.TIME, 0xFC00, 0xFC01):
        await gateway.frame(cluster, bytes([0x09, 1, 0x03, 1, 1, 1, 0]), sender="stranger")
    await zigbee.until(lambda: dropped(link).get("stranger", {}).get("other") == 2)
    assert dropped(link) == {"stranger": {"000A": 1, "0800": 1, "other": 2}}
    # The meter's own key establishment comes with the network's key only, and is read.
    await gateway.frame(zigbee.KEY_ESTABLISHMENT, bytes([0x09, 1, 0x03, 1, 1, 1, 0]))
    assert (await link.read(["power"])).values
    assert dropped(link) == {"stranger": {"000A": 1, "0800": 1, "other": 2}}


async def test_answers_without_the_link_key_are_no_answers(link: EzspGateway, gateway: SimulatedGateway) -> None:
    await gateway.fault("unsecured")
    with pytest.raises(GatewayError) as caught:
        await link.read(["power"])
    assert caught.value.reason is Reason.GATEWAY_SILENT
    assert dropped(link)["unsecured"]["0702"] >= 2
    await gateway.mend()
    assert (await link.read(["power"])).values


async def test_meter_that_shares_no_link_key_says_so_without_one(
    link: EzspGateway, gateway: SimulatedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messenger, "SECURED", frozenset())
    with pytest.raises(GatewayError) as caught:
        await link.read(["power"])
    assert caught.value.reason is Reason.NOT_AUTHORIZED
    monkeypatch.undo()
    # Nobody asked: that is no refusal of anything.
    await gateway.frame(zigbee.METERING, bytes([0x18, 200, 0x0B, 0x00, 0x7E]))
    await until_dropped(link, "unsecured", zigbee.METERING)


async def test_what_cannot_be_read_is_counted(link: EzspGateway, gateway: SimulatedGateway) -> None:
    whole = zigbee.event()
    for length in (0, 2, len(whole) - 1):
        await gateway.frame(zigbee.DRLC, whole[:length], destination=2, secured=True)
    await until_dropped(link, "unreadable", zigbee.DRLC, 3)
    assert (await link.read(["power"])).values
    assert await link.controls([GROUP_2]) == []
