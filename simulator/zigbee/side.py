"""The Zigbee side of a gateway: its network, and the radios around it on their ports."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from simulator.gateway.state import GatewayState
from simulator.zigbee.air import METER, SMART_ENERGY, Packet
from simulator.zigbee.identifiers import lfdi_of, text_of
from simulator.zigbee.meter_node import MeterNode
from simulator.zigbee.ncp import Ncp
from simulator.zigbee.ncp_node import Membership, NcpNode
from simulator.zigbee.network import Network
from simulator.zigbee.raven import Raven
from simulator.zigbee.raven_node import RavenNode
from simulator.zigbee.stranger import Stranger

_COORDINATOR = 1


class ZigbeeSide:
    """The network of a gateway, an EZSP radio and a certified stick (RAVEn) near it."""

    def __init__(self, gateway: GatewayState) -> None:
        self._gateway = gateway
        self.network = Network(gateway)
        self.meter = MeterNode(gateway, self.network)
        settings = gateway.settings
        seed = hashlib.sha256(f"{gateway.id}/{settings.seed}".encode()).digest()
        self.radio = NcpNode(
            b"\x00\x0d\x6f" + seed[:5], self.network, self.meter, _install_code(seed[8:24]), settings.certified
        )
        if settings.coordinator:
            self.radio.membership = _network_of_its_own(seed)
        self.stranger = Stranger(b"\x00\x0b\x57" + seed[5:10])
        self.stick = RavenNode(b"\x00\x15\xf8" + seed[:5], _install_code(seed[16:32]))
        self.ezsp = Ncp(gateway, settings.host, settings.ezsp_port, self.radio, settings.ezsp_version)
        self.raven = Raven(gateway, self.network, self.meter, self.stick, settings.host, settings.raven_port)

    async def start(self) -> None:
        """Have the radios listen."""
        await self.ezsp.start()
        await self.raven.start()

    async def stop(self) -> None:
        """End everything."""
        self.meter.reporting.stop()
        await self.ezsp.stop()
        await self.raven.stop()

    def describe(self) -> dict[str, Any]:
        """For the control endpoint."""
        radios: dict[str, tuple[int, NcpNode | RavenNode]] = {
            "ezsp": (self.ezsp.port, self.radio),
            "raven": (self.raven.port, self.stick),
        }
        return {
            "lfdi": self.lfdi,
            **self.network.describe(),
            "device_classes": self.meter.device_classes,
            "reports": self.meter.reports,
            "confirmed_messages": self._gateway.messages.confirmed,
            "radios": {
                kind: {
                    "url": f"socket://{self._gateway.settings.host}:{port}",
                    "eui64": text_of(node.eui64),
                    "install_code": node.install_code.hex().upper(),
                }
                for kind, (port, node) in radios.items()
            },
        }

    @property
    def lfdi(self) -> str:
        """What utilities know the meter by."""
        return lfdi_of(self.network.eui64)

    def send(
        self, *, by_stranger: bool, cluster: int, payload: bytes, source: int, destination: int, secured: bool
    ) -> None:
        """Send the EZSP radio any frame: the meter does, or a stranger that is on the network from then on."""
        sender = self.network.admit(self.stranger).nwk if by_stranger else METER
        packet = Packet(SMART_ENERGY, cluster, source, destination, payload, secured, sender)
        self.network.send(self.radio, packet)

    def permitted(self, eui64: str, install_code: str) -> bool:
        """Let a device join, and whether its install code is one."""
        try:
            self.network.permit(eui64, install_code)
        except ValueError:
            return False
        return True

    def forget_devices(self) -> None:
        """Begin anew, as another meter does."""
        self.network.forget_all()

    def withdraw(self, lfdi: str) -> None:
        """Take the node off the network that a device was registered as."""
        for eui64 in list(self.network.members):
            if lfdi_of(bytes.fromhex(eui64)) == lfdi:
                self.network.remove(eui64)

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        membership = self.radio.membership
        return {"network": self.network.to_dict(), "radio": asdict(membership) if membership else None}

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self.network.load(data["network"])
        self.radio.membership = Membership(**data["radio"]) if data["radio"] else None


def _install_code(code: bytes) -> bytes:
    crc = 0xFFFF
    for byte in code:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x8408 if crc & 1 else 0)
    return code + (crc ^ 0xFFFF).to_bytes(2, "little")


def _network_of_its_own(seed: bytes) -> Membership:
    """The network of a radio that is a coordinator already, as ZHA's are."""
    return Membership(
        _COORDINATOR,
        0,
        0x1A62,
        (b"\x00\x0d\x6f" + seed[:5]).hex(),
        15,
        b"ZigBeeAlliance09".hex(),
        seed[:16].hex(),
    )
