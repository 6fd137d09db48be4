"""What is an answer over Zigbee, for how long one is waited for, and what is none."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from bellows import types as t
from zigpy.types import Bytes
from zigpy.zcl.foundation import Direction, GeneralCommand, Status, ZCLHeader

from custom_components.utility_han.gateway.clock import GatewayClock
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import cbke, radio, waiting
from custom_components.utility_han.gateway.zigbee.clusters import (
    PROFILE,
    Drlc,
    KeyEstablishment,
    Messaging,
    PriceCluster,
)
from custom_components.utility_han.gateway.zigbee.load_control import MeterControls
from custom_components.utility_han.gateway.zigbee.messaging import Messages
from custom_components.utility_han.gateway.zigbee.networking import Networking
from custom_components.utility_han.gateway.zigbee.pricing import read_prices
from custom_components.utility_han.gateway.zigbee.radio import Radio
from custom_components.utility_han.gateway.zigbee.times import utc_time
from tests.gateway.test_zigbee_listed_events import PROGRAMS, event
from tests.helpers.said_meter import SaidMeter, from_meter, impatient

_KEYS = KeyEstablishment.ClientCommandDefs


def taken(asked: ZCLHeader) -> bytes:
    """Return the Default Response by which a meter says that it took a command."""
    said = bytes([asked.command_id, Status.SUCCESS])
    return from_meter(asked.tsn, GeneralCommand.Default_Response, said, general=True)


def price() -> bytes:
    """Return a Publish Price command: 12 cents from now on."""
    fields: dict[str, Any] = {
        "provider_id": 1,
        "rate_label": b"Day",
        "issuer_event_id": 1,
        "current_time": 800_000_000,
        "unit_of_measure": 0,
        "currency": 840,
        "trailing_digit_and_tier": 0x21,
        "tiers_and_register_tier": 0,
        "start_time": 0,
        "duration_minutes": 60,
        "price": 12,
    }
    return bytes(PriceCluster.ClientCommandDefs.publish_price.schema(**fields).serialize())


async def test_meter_that_says_first_that_it_took_a_command_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "QUIET_SECONDS", 0.0)

    def answer(cluster: int, asked: bytes) -> list[bytes]:
        header, _ = ZCLHeader.deserialize(asked)
        asyncio.get_running_loop().call_later(0.05, meter.hear, cluster, from_meter(header.tsn, 0, price()))
        return [taken(header)]

    meter = SaidMeter(answer)
    schedule = await read_prices(meter.messenger)
    assert schedule is not None
    assert [each.per_kwh for each in schedule.prices] == [0.12]


async def test_meter_that_took_a_command_and_has_nothing_to_answer_is_not_silent() -> None:
    meter = SaidMeter(lambda _cluster, asked: [taken(ZCLHeader.deserialize(asked)[0])])
    with impatient():
        said = await meter.messenger.ask(
            Messaging, Messaging.ServerCommandDefs.get_last_message, Messaging.ClientCommandDefs.display_message
        )
    assert said == []


@pytest.mark.use_case("UR-P")
async def test_event_for_another_endpoint_is_told_while_others_are_listed() -> None:
    """It is one that nobody asked for: it is told at once, and acknowledged."""
    sent: list[bytes] = []

    def answer(_cluster: int, asked: bytes) -> list[bytes]:
        sent.append(asked)
        header, _ = ZCLHeader.deserialize(asked)
        if header.command_id != 1:
            return []
        head = ZCLHeader.cluster(99, 0, direction=Direction.Server_to_Client)
        head.frame_control = head.frame_control.replace(disable_default_response=False)
        meter.hear(Drlc.cluster_id, head.serialize() + event(2), endpoint=3, source=1)
        return [from_meter(header.tsn, 0, event(1))]

    meter = SaidMeter(answer)
    controls = MeterControls(meter.messenger, GatewayClock())
    told: list[str] = []
    controls.changed = lambda: told.append("changed")
    with impatient():
        assert await controls.announce(1) == {1}
    assert told == ["changed"]
    await asyncio.gather(*meter.messenger._replies)
    assert any(ZCLHeader.deserialize(each)[0].tsn == 99 for each in sent), "it is acknowledged"
    with impatient():
        assert len(await controls.controls(PROGRAMS, [1])) == 2


@pytest.mark.use_case("UR-P")
async def test_event_that_is_sent_again_is_the_one_that_it_was() -> None:
    meter = SaidMeter()
    controls = MeterControls(meter.messenger, GatewayClock())
    meter.hear(Drlc.cluster_id, from_meter(1, 0, event(1)))
    with impatient():
        before = await controls.controls(PROGRAMS, [])
    command = Drlc.ClientCommandDefs.load_control_event
    again, _ = command.schema.deserialize(event(1))
    again.start_time, again.duration_minutes, again.load_adjustment = t.uint32_t(0), t.uint16_t(5), t.int8s(-90)
    meter.hear(Drlc.cluster_id, from_meter(2, 0, again.serialize()))
    assert await controls.controls(PROGRAMS, []) == before
    assert len(before) == 1


class SlowMeter(SaidMeter):
    """A meter that says how long it works on its part of a key establishment, and ends one when it is asked twice."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    async def send(
        self, profile: int, cluster: int, endpoint: int, destination: int, payload: bytes, *, secured: bool
    ) -> None:
        """Take a step."""
        header, _ = ZCLHeader.deserialize(payload)
        if header.command_id in self.asked:
            refusal = _KEYS.terminate.schema(status=3, wait_time=30, suite=1).serialize()
            self.hear(cluster, from_meter(header.tsn, _KEYS.terminate.id, refusal))
        self.asked.append(header.command_id)
        certificate = Bytes(bytes(48))
        answers = [
            _KEYS.initiate_key_establishment.schema(
                suite=1, ephemeral_data_generate_time=11, confirm_key_generate_time=16, identity=certificate
            ),
            _KEYS.ephemeral_data.schema(ephemeral=Bytes(bytes(22))),
            _KEYS.confirm_key_data.schema(mac=Bytes(bytes(16))),
        ]
        answer = from_meter(header.tsn, header.command_id, answers[header.command_id].serialize())
        asyncio.get_running_loop().call_later(0.2, self.hear, cluster, answer)


@pytest.mark.use_case("IP-7")
async def test_key_establishment_goes_at_the_pace_of_the_meter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A meter computes for as many seconds as it says, and takes no step twice."""
    monkeypatch.setattr(waiting, "ANSWER_SECONDS", 0.05)
    meter = SlowMeter()
    own = SimpleNamespace(
        ephemeral_key=AsyncMock(return_value=bytes(22)), codes=AsyncMock(return_value=(bytes(16), bytes(16)))
    )
    await cbke._agree(own, meter.messenger, bytes(48))  # type: ignore[arg-type]
    assert meter.asked == [0, 1, 2]


async def test_message_that_the_radio_tells_nothing_of_is_the_meters_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The radio took it: it is there, and still tries to deliver it."""
    monkeypatch.setattr(radio, "_SENT_SECONDS", 0.0)
    ours = Radio("none")
    ours._ezsp = SimpleNamespace(send_unicast=AsyncMock(return_value=(t.sl_Status.OK, 0)), ezsp_version=13)
    with pytest.raises(GatewayError) as caught:
        await ours.send(PROFILE, PriceCluster.cluster_id, 1, 1, b"", secured=True)
    assert caught.value.reason is Reason.GATEWAY_SILENT
    assert ours.counts.undelivered == 1


async def test_what_a_radio_tells_of_its_network_fills_no_memory() -> None:
    ours = SaidMeter()
    networking = Networking(ours)
    for _ in range(10_000):
        ours.on_network_status(t.sl_Status.NETWORK_DOWN)
    ours.on_network_status(t.sl_Status.NETWORK_UP)
    kept = [networking._statuses.get_nowait() for _ in range(networking._statuses.qsize())]
    assert len(kept) < 100
    assert kept[-1] is t.sl_Status.NETWORK_UP


async def test_new_message_is_kept_whatever_its_number_is() -> None:
    """A meter may number its messages as it likes: the oldest of too many goes."""
    meter = SaidMeter()
    kept = Messages(meter.messenger, GatewayClock())
    began = datetime.now(UTC) - timedelta(hours=1)
    for number in range(30):
        said = Messaging.ClientCommandDefs.display_message.schema(
            message_id=1000 - number,
            message_control=0,
            start_time=utc_time(began + timedelta(minutes=number)),
            duration_minutes=600,
            message=b"Number %d" % number,
        )
        meter.hear(Messaging.cluster_id, from_meter(number, 0, said.serialize()))
    meter.answer = lambda _cluster, asked: [taken(ZCLHeader.deserialize(asked)[0])]
    with impatient():
        texts = [each.text for each in await kept.read()]
    assert texts[-1] == "Number 29"
    assert len(texts) < 30
