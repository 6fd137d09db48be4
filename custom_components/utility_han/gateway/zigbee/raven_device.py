"""aioraven's stick, mended as it would be upstream: what it says is read as :mod:`.raven_fragments` has it.

Beside that a stick can refuse a command, tell several meters apart, and fill no memory: the library waits for ever
for the answer to a command that the stick does not know, and keeps every fragment that it ever read.
"""

import xml.etree.ElementTree as Et
from asyncio import get_running_loop
from typing import Any, override

from aioraven.data import (
    CurrentSummationDelivered,
    InstantaneousDemand,
    PriceCluster,
    RAVEnData,
    convert_currency,
    convert_datetime,
    convert_hex_to_bytes,
    convert_int,
)
from aioraven.device import RAVEnWarning, UnknownRAVEnCommandWarning
from aioraven.protocols import RAVEnReaderProtocol
from aioraven.reader import RAVEnReader
from aioraven.serial import RAVEnSerialDevice
from aioraven.streams import RAVEnWriter
from serial_asyncio_fast import create_serial_connection

from . import raven_fragments

_BAUD_RATE = 115200
_LONGEST_FRAGMENT = 16_384
_LISTS_METERS = "MeterList"


class _Reader(RAVEnReader):
    """Takes fragments of the meter that is asked, and refusals of one command without ending the line."""

    meter: bytes | None = None
    """Whose fragments are meant, None where the stick has one meter only."""

    @override
    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        if isinstance(exc, RAVEnWarning):
            self._exception = None

    @override
    def feed_element(self, data: Et.Element) -> None:
        told = data.findtext("MeterMacId") if data.tag != _LISTS_METERS else None
        meant = self.meter is None or raven_fragments.is_from(told, self.meter)
        if meant and data.tag in self._waiters:
            super().feed_element(data)


class _Protocol(RAVEnReaderProtocol):
    """Cuts what the stick says into fragments; only one is kept at a time."""

    _parser: Any
    _root: Any
    _stash: bytes
    _depth = _unfinished = 0

    @override
    def _reset(self) -> None:
        super()._reset()
        self._depth = self._unfinished = 0
        self._parser = Et.XMLPullParser(events=("start", "end"))
        self._parser.feed(b'<?xml version="1.0" encoding="Windows-1252"?><root>')
        _, self._root = next(self._parser.read_events())

    @override
    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            return
        self._unfinished += len(data)
        self._stash += data
        try:
            if b">" in data:
                self._parser.feed(self._stash)
                self._parser.flush()
                self._stash = b""
            for event, element in self._parser.read_events():
                self._depth += 1 if event == "start" else -1
                if event == "end" and self._depth == 0:
                    self._take(element)
                    self._root.clear()
                    self._unfinished = 0
        except Et.ParseError as err:
            self._give_up(err)
        if self._unfinished > _LONGEST_FRAGMENT:
            self._give_up(Et.ParseError("a fragment without an end"))

    def _give_up(self, err: Et.ParseError) -> None:
        self._reader.set_exception(err)
        self._reset()

    def _take(self, element: Et.Element) -> None:
        if element.tag != "Warning":
            self._reader.feed_element(element)
            return
        text = next((each.text.strip() for each in element if each.text), "")
        unknown = text == UnknownRAVEnCommandWarning.MESSAGE
        self._reader.set_exception(UnknownRAVEnCommandWarning() if unknown else RAVEnWarning(text or "without words"))


class RavenDevice(RAVEnSerialDevice):
    """A stick behind a serial port or ``socket://``, as :class:`~.raven.RavenGateway` asks it."""

    _reader: _Reader | None
    _writer: RAVEnWriter | None

    @override
    async def open(self) -> None:
        if self._reader or self._writer:
            return
        loop = get_running_loop()
        reader = _Reader(loop=loop)
        protocol = _Protocol(reader, loop=loop)
        transport, _ = await create_serial_connection(loop, lambda: protocol, self._url, baudrate=_BAUD_RATE)
        self._reader, self._writer = reader, RAVEnWriter(transport, protocol)

    @override
    async def _query(
        self, cmd_name: str, res_name: str | None = None, args: dict[str, str] | None = None
    ) -> RAVEnData | None:
        if self._reader is not None:
            self._reader.meter = convert_hex_to_bytes((args or {}).get("MeterMacId"))
        raw = await super()._query(cmd_name, res_name, args)
        return raw if raw is None or res_name is None else raven_fragments.tidied(res_name, raw)

    async def _told(
        self, command: str, fragment: str, meter: bytes | None, refresh: bool | None
    ) -> tuple[RAVEnData, dict[str, Any]] | None:
        """Return a fragment, and what all fragments of a meter have in common as the library names it."""
        args = {"MeterMacId": f"0x{meter.hex().upper()}"} if meter is not None else {}
        if refresh is not None:
            args["Refresh"] = "Y" if refresh else "N"
        raw = await self._query(command, fragment, args)
        if raw is None:
            return None
        return raw, {
            "device_mac_id": convert_hex_to_bytes(raw.get("DeviceMacId")),
            "meter_mac_id": convert_hex_to_bytes(raw.get("MeterMacId")),
            "time_stamp": convert_datetime(raw.get("TimeStamp"), utc=True),
        }

    @override
    async def get_instantaneous_demand(
        self, *, meter: bytes | None = None, refresh: bool | None = None
    ) -> InstantaneousDemand | None:
        told = await self._told("get_instantaneous_demand", "InstantaneousDemand", meter, refresh)
        if told is None:
            return None
        raw, common = told
        return InstantaneousDemand(**common, demand=raven_fragments.demand(raw))

    @override
    async def get_current_summation_delivered(
        self, *, meter: bytes | None = None, refresh: bool | None = None
    ) -> CurrentSummationDelivered | None:
        told = await self._told("get_current_summation_delivered", "CurrentSummationDelivered", meter, refresh)
        if told is None:
            return None
        raw, common = told
        return CurrentSummationDelivered(
            **common,
            summation_delivered=raven_fragments.summation(raw, "SummationDelivered"),
            summation_received=raven_fragments.summation(raw, "SummationReceived"),
        )

    @override
    async def get_current_price(
        self, *, meter: bytes | None = None, refresh: bool | None = None
    ) -> PriceCluster | None:
        told = await self._told("get_current_price", "PriceCluster", meter, refresh)
        if told is None:
            return None
        raw, common = told
        return PriceCluster(
            **common,
            price=raven_fragments.price(raw),
            currency=convert_currency(raw.get("Currency")),
            tier=convert_int(raw.get("Tier")),
            tier_label=raw.get("TierLabel"),
            rate_label=raw.get("RateLabel"),
        )
