"""The meter's network: who may join it, who has, and what its trust centre does to them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum
from typing import Any

from zigpy import types as t
from zigpy.util import convert_install_code

from simulator.gateway.state import GatewayState
from simulator.zigbee.air import Node, Packet
from simulator.zigbee.identifiers import text_of

_GOOD_LQI = 220
_INSTALL_CODE = re.compile("[0-9A-Fa-f]{16}|[0-9A-Fa-f]{20}|[0-9A-Fa-f]{28}|[0-9A-Fa-f]{36}")
"""Six, eight, twelve or sixteen bytes and two of checksum (Base Device Behavior Specification, 10.1)."""
_FIRST_ADDRESS = 0x1001


class Joined(Enum):
    """How joining ended."""

    DONE = "done"
    NOT_PERMITTED = "not permitted"
    WRONG_KEY = "wrong key"


@dataclass(slots=True)
class Member:
    """A device on the network; keys are hexadecimal."""

    nwk: int
    link_key: str
    authorized: bool = False
    """Whether key establishment gave it a link key of its own."""
    rejoins: int = 0


class Network:
    """The state of one meter's network. What follows from the gateway's identity is not kept."""

    def __init__(self, gateway: GatewayState) -> None:
        self._gateway = gateway
        self.permitted: dict[str, str] = {}
        """Link keys (hex) by EUI64 (hex, most significant byte first): what the utility told the meter."""
        self.members: dict[str, Member] = {}
        self.key_sequence = 0
        self._nodes: dict[str, Node] = {}

    def _made(self, name: str, length: int) -> bytes:
        return hashlib.sha256(f"{self._gateway.identity.lfdi}/zigbee/{name}".encode()).digest()[:length]

    @property
    def eui64(self) -> bytes:
        """The meter's own address, most significant byte first."""
        return b"\x00\x07\x81" + self._made("eui64", 5)

    @property
    def pan_id(self) -> int:
        """The PAN id."""
        return int.from_bytes(self._made("pan", 2)) & 0x3FFF

    @property
    def channel(self) -> int:
        """The channel, 11 to 26."""
        return 11 + self._made("channel", 1)[0] % 16

    @property
    def key(self) -> bytes:
        """The network key in use."""
        return self._made(f"key {self.key_sequence}", 16)

    @property
    def lqi(self) -> int:
        """How well radios hear the meter, 0 to 255."""
        fault = self._gateway.faults.peek("weak_link")
        return int(fault["lqi"]) if fault else _GOOD_LQI

    def loses(self) -> bool:
        """Whether the next message is lost on a weak link."""
        return self._gateway.faults.share("weak_link", "loss")

    def permit(self, eui64: str, install_code: str) -> None:
        """Let a device join with the key of its install code; ``ValueError`` where it is none."""
        if not _INSTALL_CODE.fullmatch(install_code):
            raise ValueError("an install code has 16, 20, 28 or 36 hex digits, with its checksum")
        try:
            key = convert_install_code(bytes.fromhex(install_code))
        except ValueError:
            raise ValueError("the checksum (the last four digits) of the install code does not fit") from None
        self.permitted[eui64.upper()] = key.serialize().hex()

    def attach(self, node: Node) -> None:
        """Take up a node that is powered on."""
        self._nodes[text_of(node.eui64)] = node

    def detach(self, node: Node) -> None:
        """Hear of a node no longer."""
        self._nodes.pop(text_of(node.eui64), None)

    def join(self, node: Node, link_key: bytes) -> Joined:
        """Let a node in, or not."""
        eui64 = text_of(node.eui64)
        if (expected := self.permitted.get(eui64)) is None:
            return Joined.NOT_PERMITTED
        if link_key.hex() != expected or self._gateway.faults.take("wrong_key"):
            return Joined.WRONG_KEY
        known = self.members.get(eui64)
        self.members[eui64] = Member(known.nwk if known else self._free_address(), link_key.hex())
        self.attach(node)
        return Joined.DONE

    def admit(self, node: Node) -> Member:
        """Have a node on the network without asking anybody: with the network's key, and no link key that counts."""
        self.attach(node)
        return self.members.setdefault(text_of(node.eui64), Member(self._free_address(), bytes(16).hex()))

    def _free_address(self) -> int:
        taken = {member.nwk for member in self.members.values()}
        return next(nwk for nwk in range(_FIRST_ADDRESS, 0xFFF8) if nwk not in taken)

    def rejoin(self, node: Node) -> Member | None:
        """Take a member back; None where the meter knows it no longer."""
        member = self.members.get(text_of(node.eui64))
        if member is not None:
            member.rejoins += 1
            self.attach(node)
        return member

    def member(self, node: Node) -> Member | None:
        """The member that a node is."""
        return self.members.get(text_of(node.eui64))

    def node(self, eui64: str) -> Node | None:
        """The node with an address, while it is powered on."""
        return self._nodes.get(eui64)

    def nodes(self) -> list[Node]:
        """All members that are powered on."""
        return [node for eui64, node in self._nodes.items() if eui64 in self.members]

    def send(self, node: Node, packet: Packet) -> None:
        """Send to a node, unless the way to it is broken."""
        if not self.silent:
            node.deliver(packet)

    @property
    def silent(self) -> bool:
        """Whether nothing comes through."""
        return self._gateway.faults.peek("silence") is not None

    def remove(self, eui64: str, *, tell: bool = True) -> bool:
        """Take a device off the network, and tell it to leave; False if it is not on it."""
        self.permitted.pop(eui64, None)
        known = self.members.pop(eui64, None)
        node = self._nodes.get(eui64)
        if known is not None and node is not None and tell:
            node.told_to_leave()
        return known is not None

    def switch_key(self) -> None:
        """Give all members the network's next key."""
        self.key_sequence = (self.key_sequence + 1) % 256
        for node in self.nodes():
            node.key_switched(self.key, self.key_sequence)

    def forget_all(self) -> None:
        """Begin anew, as another meter does."""
        self.permitted.clear()
        self.members.clear()
        self.key_sequence = 0

    def describe(self) -> dict[str, Any]:
        """For the control endpoint."""
        return {
            "eui64": text_of(self.eui64),
            "pan_id": f"{self.pan_id:04X}",
            "channel": self.channel,
            "permitted": sorted(self.permitted),
            "members": {
                eui64: {"nwk": f"{member.nwk:04X}", "authorized": member.authorized, "rejoins": member.rejoins}
                for eui64, member in self.members.items()
            },
            "key_sequence": self.key_sequence,
        }

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {
            "permitted": self.permitted,
            "members": {
                eui64: {
                    "nwk": each.nwk,
                    "link_key": each.link_key,
                    "authorized": each.authorized,
                    "rejoins": each.rejoins,
                }
                for eui64, each in self.members.items()
            },
            "key_sequence": self.key_sequence,
        }

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self.permitted = dict(data["permitted"])
        self.members = {eui64: Member(**each) for eui64, each in data["members"].items()}
        self.key_sequence = data["key_sequence"]


def address(eui64: bytes) -> t.EUI64:
    """An EUI64 as zigpy has it, from its bytes with the most significant first."""
    return t.EUI64(eui64[::-1])
