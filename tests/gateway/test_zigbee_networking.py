"""What a radio says of its network where that is not as it was, or does not let it in."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from bellows import types as t

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import networking
from custom_components.utility_han.gateway.zigbee.networking import Heard, Networking
from tests.helpers.said_meter import SaidMeter

pytestmark = pytest.mark.use_case("IP-6")

METER = "0123456789ABCDEF"
NETWORK = Heard(channel=15, pan_id=0x1234, extended_pan_id=METER, lqi=200, rssi=-50)
UP, DOWN = t.sl_Status.NETWORK_UP, t.sl_Status.NETWORK_DOWN
JOINED, NONE = t.EmberNetworkStatus.JOINED_NETWORK, t.EmberNetworkStatus.NO_NETWORK


class Radio(SaidMeter):
    """A radio whose networking commands answer what a test says, and tell these statuses of the network, in turn."""

    has_new_names = False

    def __init__(self, statuses: Sequence[t.sl_Status] = (), **commands: Any) -> None:
        super().__init__()
        self.statuses = list(statuses)
        answers: dict[str, Any] = {
            "networkState": [NONE],
            "initialize_network": t.sl_Status.OK,
            "findAndRejoinNetwork": [t.EmberStatus.SUCCESS],
            "joinNetwork": [t.EmberStatus.SUCCESS],
            "setInitialSecurityState": [t.EmberStatus.SUCCESS],
            "getNetworkParameters": [
                t.EmberStatus.SUCCESS,
                t.EmberNodeType.END_DEVICE,
                SimpleNamespace(extendedPanId=t.ExtendedPanId(bytes.fromhex(METER)[::-1])),
            ],
        }
        self.commands = {name: AsyncMock(side_effect=self._answering(value)) for name, value in answers.items()}
        self.commands |= {name: AsyncMock(side_effect=self._answering(value)) for name, value in commands.items()}
        self._ezsp = SimpleNamespace(**self.commands)

    def _answering(self, value: Any) -> Any:
        async def answer(**_arguments: Any) -> Any:
            return value

        return answer

    def networking(self) -> Networking:
        """Return what knows of its networks; each command that goes on until the network is told tells the next."""
        there = Networking(self)
        for name in ("initialize_network", "findAndRejoinNetwork", "joinNetwork"):
            command, told = self.commands[name], self.commands[name].side_effect

            async def telling(_told: Any = told, **arguments: Any) -> Any:
                if self.statuses:
                    self.on_network_status(self.statuses.pop(0))
                return await _told(**arguments)

            command.side_effect = telling
        return there


async def test_radio_that_never_joined_has_no_network() -> None:
    radio = Radio(initialize_network=t.sl_Status.NOT_JOINED)
    assert await radio.networking().resume() is None
    radio.commands["findAndRejoinNetwork"].assert_not_awaited()


async def test_network_that_is_up_is_taken_as_it_is() -> None:
    radio = Radio(networkState=[JOINED])
    assert await radio.networking().resume() == METER
    radio.commands["initialize_network"].assert_not_awaited()


@pytest.mark.parametrize(
    ("statuses", "tries"), [([UP], 0), ([DOWN, UP], 1), ([DOWN, DOWN, UP], 2)], ids=["parent", "our key", "its own"]
)
async def test_parent_that_does_not_answer_is_looked_for_with_either_key(
    statuses: Sequence[t.sl_Status], tries: int
) -> None:
    radio = Radio(statuses)
    assert await radio.networking().resume() == METER
    keys = [call.kwargs["haveCurrentNetworkKey"] for call in radio.commands["findAndRejoinNetwork"].await_args_list]
    assert keys == [True, False][:tries]
    assert radio.counts.rejoins == bool(tries)


async def test_meter_that_takes_the_radio_back_with_no_key_is_silent() -> None:
    radio = Radio([DOWN, DOWN, DOWN])
    with pytest.raises(GatewayError) as caught:
        await radio.networking().resume()
    assert caught.value.reason is Reason.GATEWAY_SILENT


async def test_radio_that_tells_nothing_of_its_network_is_not_waited_for_without_end() -> None:
    with patch.object(networking, "COMMAND_SECONDS", 0.0):
        radio = Radio()
        with pytest.raises(GatewayError) as caught:
            await radio.networking().resume()
        assert caught.value.reason is Reason.GATEWAY_SILENT
        assert not await radio.networking().join(NETWORK, bytes(16))


@pytest.mark.parametrize(
    ("on", "kind", "meant", "left"),
    [
        (METER, t.EmberNodeType.END_DEVICE, METER, True),
        (METER, t.EmberNodeType.END_DEVICE, None, True),
        (METER, t.EmberNodeType.END_DEVICE, "FEDCBA9876543210", False),
        (METER, t.EmberNodeType.COORDINATOR, METER, False),
        (None, t.EmberNodeType.UNKNOWN_DEVICE, METER, True),
    ],
    ids=["the meter's", "any", "another meter's", "its own", "told to leave"],
)
async def test_radio_leaves_the_meters_network_and_no_other(
    on: str | None, kind: t.EmberNodeType, meant: str | None, *, left: bool
) -> None:
    status = t.EmberStatus.SUCCESS if on else t.EmberStatus.NOT_JOINED
    network = SimpleNamespace(extendedPanId=t.ExtendedPanId(bytes.fromhex(on or METER)[::-1]))
    radio = Radio([UP], getNetworkParameters=[status, kind, network], leaveNetwork=[t.EmberStatus.SUCCESS])
    await radio.networking().leave(meant)
    assert bool(radio.commands["leaveNetwork"].await_count) is left


@pytest.mark.parametrize("status", [UP, DOWN], ids=["there", "gone"])
async def test_meter_is_left_also_where_it_is_gone_and_not_looked_for(status: t.sl_Status) -> None:
    """Who removes a hub waits for it; a radio leaves a network that it has taken up."""
    radio = Radio([status], leaveNetwork=[t.EmberStatus.SUCCESS])
    await radio.networking().leave(METER)
    radio.commands["initialize_network"].assert_awaited_once()
    radio.commands["findAndRejoinNetwork"].assert_not_awaited()
    radio.commands["leaveNetwork"].assert_awaited_once()


async def test_radio_that_never_joined_has_nothing_to_leave() -> None:
    radio = Radio(initialize_network=t.sl_Status.NOT_JOINED, leaveNetwork=[t.EmberStatus.INVALID_CALL])
    await radio.networking().leave(METER)
    radio.commands["leaveNetwork"].assert_not_awaited()


async def test_network_of_its_own_is_no_meters() -> None:
    own = [t.EmberStatus.SUCCESS, t.EmberNodeType.COORDINATOR, None]
    radio = Radio(networkState=[JOINED], getNetworkParameters=own)
    assert await radio.networking().resume() is None
    radio = Radio([UP], getNetworkParameters=own)
    assert await radio.networking().is_coordinator()


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        (t.sl_Status.ZIGBEE_NO_LINK_KEY_RECEIVED, Reason.WRONG_INSTALL_CODE),
        (t.sl_Status.ZIGBEE_PRECONFIGURED_KEY_REQUIRED, Reason.WRONG_INSTALL_CODE),
        (t.sl_Status.NO_BEACONS, Reason.NO_NETWORK),
        (t.sl_Status.NOT_JOINED, None),
        (UP, None),
    ],
)
async def test_joining_ends_as_the_radio_says(ended: t.sl_Status, reason: Reason | None) -> None:
    there = (radio := Radio([ended])).networking()
    radio.on_network_status(UP)  # of before: it says nothing of this
    if reason is None:
        assert await there.join(NETWORK, bytes(16)) is (ended is UP)
        return
    with pytest.raises(GatewayError) as caught:
        await there.join(NETWORK, bytes(16))
    assert caught.value.reason is reason


async def test_radio_that_does_not_begin_to_join_has_not_joined() -> None:
    radio = Radio([UP], joinNetwork=[t.EmberStatus.INVALID_CALL])
    assert not await radio.networking().join(NETWORK, bytes(16))
