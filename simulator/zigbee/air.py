"""What passes between a node of the network and the meter, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

SMART_ENERGY = 0x0109
"""The Smart Energy profile (Zigbee Smart Energy 1.4, clause 5)."""
ZDO = 0
METER = 0x0000
"""The meter's network address: it is the trust centre."""


@dataclass(frozen=True, slots=True)
class Packet:
    """An APS message, between endpoints ``source`` and ``destination``.

    ``secured`` is one that is encrypted with the link key besides the network's; ``sender`` is the network address of
    the node that sends it to a radio, by default the meter's.
    """

    profile: int
    cluster: int
    source: int
    destination: int
    payload: bytes
    secured: bool = False
    sender: int = METER


class Node(Protocol):
    """A radio as the network sees it. Nothing is awaited: what takes its time is put on the loop."""

    eui64: bytes

    def deliver(self, packet: Packet) -> None:
        """Take a packet from the meter."""

    def key_switched(self, key: bytes, sequence: int) -> None:
        """Take the network's next key."""

    def told_to_leave(self) -> None:
        """Leave the network for good."""


def rssi_of(lqi: int) -> int:
    """The received power in dBm that goes with a link quality of 0 to 255, as EFR32 radios have it."""
    return round(-100 + lqi * 60 / 255)
