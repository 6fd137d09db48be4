"""Attribute reporting: the meter tells clients the values that they asked to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from zigpy import types as t
from zigpy.zcl import foundation
from zigpy.zcl.foundation import AttributeReportingConfig, ConfigureReportingResponseRecord, GeneralCommand, Status

from simulator.gateway.state import GatewayState
from simulator.zigbee import zcl
from simulator.zigbee.air import Node

_AT_ONCE = 6
"""As many as fit a frame."""


class Reporting:
    """Keeps who wants which attributes of Metering, and tells them; nobody where the meter does not report."""

    def __init__(
        self,
        gateway: GatewayState,
        read: Callable[[GatewayState], dict[int, Any]],
        tell: Callable[[Node, int, bytes], None],
    ) -> None:
        """``tell`` is given the node, its endpoint and what to report to it."""
        self._gateway = gateway
        self._read = read
        self._tell = tell
        self._wanted: dict[tuple[bytes, int], dict[int, int]] = {}
        self._timers: dict[tuple[bytes, int], asyncio.TimerHandle] = {}

    def configure(self, node: Node, endpoint: int, frame: zcl.Frame) -> bytes:
        """Take wishes, and answer them."""
        refused = b""
        wishes = list(_wishes(frame.payload))
        for wish in wishes:
            if not self._gateway.settings.reporting:
                refused += ConfigureReportingResponseRecord(
                    Status.UNREPORTABLE_ATTRIBUTE, wish.direction, t.uint16_t(wish.attrid)
                ).serialize()
        key = (node.eui64, endpoint)
        if wishes and not refused:
            self._wanted.setdefault(key, {}).update({wish.attrid: wish.min_interval for wish in wishes})
            self._go_on(node, endpoint)
        return zcl.general(
            frame.header.tsn, GeneralCommand.Configure_Reporting_rsp, refused or bytes([Status.SUCCESS])
        )

    def stop(self) -> None:
        """Tell nobody anything any more."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def forget(self, node: Node) -> None:
        """Tell a node that left nothing any more."""
        for key in [key for key in self._timers if key[0] == node.eui64]:
            self._timers.pop(key).cancel()
            self._wanted.pop(key, None)

    def _go_on(self, node: Node, endpoint: int) -> None:
        key = (node.eui64, endpoint)
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()
        period = min(self._wanted[key].values())
        self._timers[key] = asyncio.get_running_loop().call_later(period, self._report, node, endpoint)

    def _report(self, node: Node, endpoint: int) -> None:
        self._go_on(node, endpoint)
        values = self._read(self._gateway)
        there = [number for number in self._wanted[node.eui64, endpoint] if number in values]
        for first in range(0, len(there), _AT_ONCE):
            told = b"".join(
                foundation.Attribute(t.uint16_t(number), zcl.type_value(values[number])).serialize()
                for number in there[first : first + _AT_ONCE]
            )
            self._tell(node, endpoint, told)


def _wishes(payload: bytes) -> Iterator[AttributeReportingConfig]:
    while payload:
        wish, payload = AttributeReportingConfig.deserialize(payload)
        yield wish
