"""The node that a certified stick is: it joins and secures its link by itself."""

from __future__ import annotations

from dataclasses import dataclass

from zigpy.util import convert_install_code

from simulator.zigbee.air import Packet


@dataclass(slots=True)
class RavenNode:
    """One stick."""

    eui64: bytes
    install_code: bytes
    joined: bool = False

    @property
    def link_key(self) -> bytes:
        """The key of its install code."""
        return bytes(convert_install_code(self.install_code).serialize())

    def deliver(self, packet: Packet) -> None:
        """A stick tells its host nothing that it was not asked for."""

    def key_switched(self, key: bytes, sequence: int) -> None:
        """It follows by itself."""

    def told_to_leave(self) -> None:
        """It leaves."""
        self.joined = False
