"""Frames of Zigbee Smart Energy as Wireshark takes them apart, whose people know neither side here."""

import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from simulator.zigbee.air import METER, SMART_ENERGY

_CLIENT = 0x1234
_PCAP_MAGIC, _IEEE802_15_4_NOFCS = 0xA1B2C3D4, 230
"""Of the file format pcap, and of its list of link types."""
_DATA_FRAME, _DATA_PACKET = 0x8861, 0x0008
"""IEEE 802.15.4: data, short addresses in one PAN; Zigbee's network layer: data, protocol version 2, no security."""


@dataclass(frozen=True)
class Sent:
    """An APS message of Smart Energy with its ZCL frame; ``to_client`` is one of the meter's."""

    cluster: int
    zcl: bytes
    to_client: bool

    def on_air(self, number: int) -> bytes:
        """Return it as it would be heard if nothing were encrypted."""
        source, destination = (METER, _CLIENT) if self.to_client else (_CLIENT, METER)
        count = number & 0xFF
        return (
            struct.pack("<HBHHH", _DATA_FRAME, count, 0xABCD, destination, source)
            + struct.pack("<HHHBB", _DATA_PACKET, destination, source, 30, count)
            + struct.pack("<BBHHBB", 0x00, 1, self.cluster, SMART_ENERGY, 1, count)
            + self.zcl
        )


@dataclass(frozen=True)
class Field:
    """A field: its number or text, and how Wireshark would show it to a person, with its name."""

    show: str
    said: str


@dataclass
class Seen:
    """What Wireshark makes of a frame: the name of its command, and its fields by theirs, each as often as it is."""

    sent: Sent
    command: str = ""
    malformed: bool = False
    fields: dict[str, list[Field]] = field(default_factory=dict)
    values: list[Field] = field(default_factory=list)
    """Those of attributes, in their order."""

    def __getitem__(self, name: str) -> Field:
        """Return the one field of a name, which may leave out what all of Smart Energy's begin with."""
        (found,) = self.all(name)
        return found

    def all(self, name: str) -> list[Field]:
        """Return all fields of a name."""
        return self.fields.get(f"zbee_zcl_se.{name}", self.fields.get(name, []))


def look(tshark: str, folder: Path, frames: Sequence[Sent]) -> list[Seen]:
    """Return what Wireshark (``tshark``) makes of frames, in their order."""
    capture = folder / "air.pcap"
    head = struct.pack("<IHHiIII", _PCAP_MAGIC, 2, 4, 0, 0, 65535, _IEEE802_15_4_NOFCS)
    packets = [each.on_air(number) for number, each in enumerate(frames)]
    capture.write_bytes(head + b"".join(struct.pack("<IIII", 0, 0, len(p), len(p)) + p for p in packets))
    shown = subprocess.run(  # noqa: S603
        [tshark, "-n", "-r", str(capture), "-T", "pdml"], check=True, capture_output=True
    ).stdout
    return [_seen(*each) for each in zip(frames, ET.fromstring(shown).iter("packet"), strict=True)]  # noqa: S314


def _seen(sent: Sent, packet: ET.Element) -> Seen:
    seen = Seen(sent)
    for part in packet.iter("proto"):
        seen.malformed |= (part.get("name") or "").startswith("_ws.malformed")
        if (part.get("name") or "").startswith("zbee_zcl"):
            for each in part.iter("field"):
                name, said = each.get("name") or "", each.get("showname") or ""
                found = Field(each.get("show") or "", said)
                seen.fields.setdefault(name, []).append(found)
                if name.startswith("zbee_zcl.attr.") and not name.endswith((".status", ".type", ".id")):
                    seen.values.append(found)
                if said.startswith("Command: "):
                    seen.command = said.removeprefix("Command: ").rpartition(" (")[0]
    return seen
