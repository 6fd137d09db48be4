"""What comes over Zigbee, from a meter that says odd things: frames of a radio, fragments of a stick."""

import asyncio
import xml.etree.ElementTree as ET
from contextlib import suppress
from typing import Any, override

from aioraven.reader import RAVEnReader
from aioraven.serial import RAVEnSerialDevice
from hypothesis import strategies as st
from zigpy.zcl import Cluster

from custom_components.utility_han.gateway import GatewayError
from custom_components.utility_han.gateway.clock import GatewayClock
from custom_components.utility_han.gateway.zigbee.clusters import (
    PROFILE,
    Drlc,
    KeyEstablishment,
    Messaging,
    Metering,
    PriceCluster,
)
from custom_components.utility_han.gateway.zigbee.load_control import MeterControls
from custom_components.utility_han.gateway.zigbee.messaging import Messages
from custom_components.utility_han.gateway.zigbee.messenger import Messenger
from custom_components.utility_han.gateway.zigbee.radio import METER, Incoming, Radio
from custom_components.utility_han.gateway.zigbee.raven import RavenGateway
from custom_components.utility_han.gateway.zigbee.registers import MeterRegisters

type Frame = tuple[int, bytes, bool]

_CLUSTERS: tuple[type[Cluster], ...] = (PriceCluster, Drlc, Metering, Messaging, KeyEstablishment)
_CONTROLS = (0x08, 0x09, 0x0C, 0x18, 0x19)
_COMMANDS = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x07, 0x0A, 0x0B)
_KEYS = ("power", "energy_summation_delivered", "energy_summation_received")


class _Silence(Radio):
    @override
    async def send(
        self, profile: int, cluster: int, endpoint: int, destination: int, payload: bytes, *, secured: bool
    ) -> None:
        """Send nothing."""


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Draw a cluster, a frame in it, and whether it came with the link key."""
    head = bytes([draw(st.sampled_from(_CONTROLS)), draw(st.integers(0, 255)), draw(st.sampled_from(_COMMANDS))])
    cluster = draw(st.sampled_from(_CLUSTERS))
    return cluster.cluster_id, head + draw(st.binary(max_size=80)), draw(st.booleans())


def hear_frame(frame: Frame) -> None:
    """Have everything of ours hear a frame; ``AssertionError`` where that ends in an error nobody thought of."""
    cluster, payload, secured = frame

    async def hear() -> None:
        radio = _Silence("none")
        messenger = Messenger(radio)
        MeterControls(messenger, GatewayClock())
        Messages(messenger, GatewayClock())
        MeterRegisters(messenger)
        radio.on_message(Incoming(PROFILE, cluster, 1, payload, 200, -50, METER, 1, secured))
        messenger.close()
        assert not messenger.failing.kinds, messenger.failing.kinds

    asyncio.run(hear())


class _Stick(RAVEnSerialDevice):  # type: ignore[misc]
    """A stick that answers whatever it is asked with one fragment."""

    def __init__(self, raw: bytes) -> None:
        super().__init__("none")
        self.raw = raw

    @override
    async def abort(self) -> None:
        """Nothing is open."""

    async def _query(self, cmd_name: str, res_name: str | None = None, args: Any = None) -> Any:
        if res_name is None:
            return None
        fragment = ET.fromstring(self.raw)  # noqa: S314 - as aioraven does
        reader = RAVEnReader(asyncio.get_running_loop())
        waiting = asyncio.ensure_future(reader.read_tag(fragment.tag))
        await asyncio.sleep(0)
        reader.feed_element(fragment)
        return await waiting


def read_fragment(raw: bytes) -> None:
    """Have our client of a stick ask for everything, each time answered with ``raw``."""
    with suppress(ET.ParseError):  # aioraven itself leaves those out
        ET.fromstring(raw)  # noqa: S314 - as aioraven does
        asyncio.run(_ask_everything(raw))


async def _ask_everything(raw: bytes) -> None:
    link = RavenGateway("none", None)
    questions = (
        link.discover_registers,
        link.identify,
        lambda: link.read(_KEYS, include_clock=True),
        link.prices,
        link.messages,
    )
    for question in questions:
        link._device = _Stick(raw)
        with suppress(GatewayError):
            await question()
