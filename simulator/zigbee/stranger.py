"""A node on the network that is not the meter: it has the network's key, and says what it is told to."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.zigbee.air import Packet


@dataclass(slots=True)
class Stranger:
    """One such node; whatever is sent to it ends there."""

    eui64: bytes

    def deliver(self, packet: Packet) -> None:
        """It does not listen."""

    def key_switched(self, key: bytes, sequence: int) -> None:
        """It follows."""

    def told_to_leave(self) -> None:
        """It leaves."""
