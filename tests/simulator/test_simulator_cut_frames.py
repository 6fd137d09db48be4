"""Frames that end early, from a host to the radio and from there to the meter: they end nothing in the simulator."""

from collections.abc import AsyncIterator

import pytest

from custom_components.utility_han.gateway.zigbee.clusters import PROFILE
from custom_components.utility_han.gateway.zigbee.radio import Incoming, Radio
from simulator.zigbee.commands import GetScheduled
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers.zigbee import DRLC, MESSAGING, METERING, PRICE, opened, until

_DEFAULT_RESPONSE, _MALFORMED_COMMAND = 0x0B, 0x80
_SIMPLE_DESC, _LQI = 0x0004, 0x0031
_WHOLE = bytes(12)


@pytest.fixture
async def gateway(make_gateway: GatewayFactory) -> SimulatedGateway:
    """A meter, and a radio that it lets in."""
    made = await make_gateway(zigbee=True)
    await made.permit()
    return made


@pytest.fixture
async def heard() -> list[Incoming]:
    """What the meter says."""
    return []


@pytest.fixture
async def radio(gateway: SimulatedGateway, heard: list[Incoming]) -> AsyncIterator[Radio]:
    """The radio, on the meter's network."""
    link = opened(gateway)
    await link.identify()
    link._radio.on_message = heard.append
    yield link._radio
    await link.close()


async def test_radio_answers_on_after_commands_that_end_early(radio: Radio) -> None:
    protocol = radio.ezsp._protocol
    whole = protocol._ezsp_frame("getConfigurationValue", configId=1)
    protocol._seq += 1  # what is answered to these, perhaps late, is an answer to nothing that is asked next
    for length in range(1, len(whole)):
        await radio.ezsp._gw.send_data(whole[:length])
        (eui64,) = await radio.ezsp.getEui64()
        assert str(eui64).replace(":", "").upper() == radio.eui64


async def test_meter_says_which_commands_end_early(radio: Radio, heard: list[Incoming]) -> None:
    whole = b"\x01\x11\x01" + GetScheduled(start=0, events=0).serialize()
    await radio.send(PROFILE, PRICE, 1, 1, whole[:-1], secured=True)
    (answer,) = await until(lambda: heard)
    assert answer.payload[2:] == bytes([_DEFAULT_RESPONSE, 0x01, _MALFORMED_COMMAND])


@pytest.mark.parametrize("cluster", [PRICE, DRLC, METERING, MESSAGING])
async def test_meter_answers_on_after_frames_that_end_early(radio: Radio, heard: list[Incoming], cluster: int) -> None:
    for command in range(4):
        whole = bytes([0x01, command, command]) + _WHOLE
        for length in range(len(whole)):
            await radio.send(PROFILE, cluster, 1, 1, whole[:length], secured=True)
    for request in (_SIMPLE_DESC, _LQI):
        for length in range(3):
            await radio.send(0, request, 0, 0, _WHOLE[:length], secured=False)
    heard.clear()
    await radio.send(0, _LQI, 0, 0, bytes([0x55, 0]), secured=False)
    assert await until(lambda: [each for each in heard if each.payload[:1] == b"\x55"])
