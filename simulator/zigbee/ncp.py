"""An EZSP network co-processor behind a TCP port: bellows' command tables from the other side."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, override

import bellows.types as t
from bellows.ash import AshException
from bellows.ezsp import EZSP

from simulator.gateway.spoilt import Spoiler
from simulator.gateway.state import GatewayState
from simulator.zigbee import ncp_commands
from simulator.zigbee.ash import NcpAsh
from simulator.zigbee.ncp_node import NcpNode
from simulator.zigbee.port import RadioPort

_LOGGER = logging.getLogger(__name__)
_RESPONSE, _CALLBACK, _EXTENDED = 0x80, 0x90, 0x01
_READ_BYTES = 4096
_LONGEST = 200
"""Bytes of a frame's body that is spoilt."""
_BOOT_SECONDS = 0.15
"""How long a network radio takes to come up once a host connects, and to say so."""
_NEW_NAMES_SINCE = 14
_NEW_NAMES = {
    "type": "message_type",
    "indexOrDestination": "nwk",
    "apsFrame": "aps_frame",
    "messageTag": "message_tag",
    "messageContents": "message",
    "lastHopLqi": "lqi",
    "lastHopRssi": "rssi",
    "sender": "nwk",
    "bindingIndex": "binding_index",
    "addressIndex": "address_index",
}
"""What EZSP 14 and later call the arguments of messages."""
_RENAMED = frozenset({"sendUnicast", "incomingMessageHandler", "messageSentHandler"})


class Ncp(RadioPort):
    """Serves one EZSP radio to one host at a time."""

    def __init__(self, gateway: GatewayState, host: str, port: int, node: NcpNode, version: int) -> None:
        super().__init__(host, port)
        self._gateway = gateway
        self._spoiler = Spoiler(gateway.faults)
        self.node = node
        self._commands = EZSP._BY_VERSION[version].COMMANDS
        self._names = {number: name for name, (number, _, _) in self._commands.items()}
        self._version = version
        self._negotiated = False
        self._sequence = 0
        self._ash: NcpAsh | None = None
        self._sending: asyncio.Queue[bytes] = asyncio.Queue()
        self._begun = asyncio.Event()
        """Set once the host knows of a reset: frames are numbered from there, and none goes before."""
        node.callback = self._callback

    @override
    def _power_off(self) -> None:
        self.node.power_off()

    @override
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ash = self._ash = NcpAsh(self._received, self._reset)
        ash.corrupt = lambda: self._gateway.faults.share("corrupted_frames")
        ash.connect(writer)
        self._negotiated = False
        self._sending = asyncio.Queue()
        self._begun = asyncio.Event()
        sender = asyncio.create_task(self._send_all(ash, self._sending))
        boot = asyncio.get_running_loop().call_later(_BOOT_SECONDS, ash.powered_up)
        try:
            while data := await reader.read(_READ_BYTES):
                ash.data_received(data)
        finally:
            boot.cancel()
            sender.cancel()
            ash.close()
            if self._ash is ash:
                self._ash = None

    async def _send_all(self, ash: NcpAsh, queue: asyncio.Queue[bytes]) -> None:
        """Send what is queued, in order: ASH waits for each to be acknowledged."""
        await self._begun.wait()
        while True:
            data = await queue.get()
            try:
                await ash.send_data(data)
            except (AshException, TimeoutError, RuntimeError) as err:  # what ASH raises of a host that is gone
                _LOGGER.debug("NCP: not delivered: %r", err)

    def _reset(self) -> None:
        self._negotiated = False
        while not self._sending.empty():
            self._sending.get_nowait()
        self._begun.set()
        self.node.reset()

    def _received(self, data: bytes) -> None:
        """Do what a frame asks for; one that ends before what its command needs is answered with that."""
        try:
            self._carry_out(data)
        except ValueError, IndexError:
            if data:
                self._respond(data[0], "invalidCommand", {"status": t.EzspStatus.ERROR_TRUNCATED})

    def _carry_out(self, data: bytes) -> None:
        if not self._negotiated:
            sequence, number, payload = data[0], data[2], data[3:]
            if number == 0 and self._version >= 8 and payload[:1] != bytes([self._version]):
                # The first question for the version comes in the frames of old, and is answered in them.
                body = bytes([self._version, 2]) + t.uint16_t(0x7430).serialize()
                self._sending.put_nowait(bytes([sequence, _RESPONSE, 0]) + body)
                self._negotiated = True
                return
        extended = self._version >= 8
        sequence = data[0]
        number, payload = (int.from_bytes(data[3:5], "little"), data[5:]) if extended else (data[2], data[3:])
        name = self._names.get(number)
        if name is None:
            self._respond(sequence, "invalidCommand", {"status": t.EzspStatus.ERROR_INVALID_FRAME_ID})
            return
        _, schema, answer_schema = self._commands[name]
        arguments, _ = t.deserialize_dict(payload, schema) if isinstance(schema, dict) else schema.deserialize(payload)
        handler: Callable[..., dict[str, Any] | None] | None = ncp_commands.HANDLERS.get(name)
        values = ncp_commands.nothing(answer_schema)
        if name == "version":
            values |= {"protocolVersion": t.uint8_t(self._version), "stackType": t.uint8_t(2)}
        elif name in ncp_commands.UNSUPPORTED:
            self._respond(sequence, "invalidCommand", {"status": t.EzspStatus.ERROR_INVALID_FRAME_ID})
            return
        elif handler is not None:
            if self._version >= _NEW_NAMES_SINCE and name in _RENAMED:
                old = {new: old for old, new in _NEW_NAMES.items() if old != "sender"}
                arguments = {old.get(key, key): value for key, value in arguments.items()}
            values |= handler(self.node, **arguments if isinstance(arguments, dict) else arguments.as_dict()) or {}
        self._respond(sequence, name, values)

    def _respond(self, sequence: int, name: str, values: dict[str, Any]) -> None:
        self._sequence = sequence
        self._sending.put_nowait(self._frame(sequence, _RESPONSE, name, values))

    def _callback(self, name: str, values: dict[str, Any]) -> None:
        if self._version >= _NEW_NAMES_SINCE and name in _RENAMED:
            values = {_NEW_NAMES.get(key, key): value for key, value in values.items()}
        if self._ash is not None:
            self._sending.put_nowait(self._frame(self._sequence, _CALLBACK, name, values))

    def _frame(self, sequence: int, control: int, name: str, values: dict[str, Any]) -> bytes:
        number: int
        number, _, schema = self._commands[name]
        body: bytes
        if isinstance(schema, dict):
            values = {**ncp_commands.nothing(schema), **values}
            body = b"".join(ncp_commands.typed(kind, values[key]).serialize() for key, kind in schema.items())
        else:
            body = schema(**values).serialize()
        body = self._spoiler.frame(f"/ezsp/{name}", body, _LONGEST)
        if self._version >= 8:
            return bytes([sequence, control, _EXTENDED]) + number.to_bytes(2, "little") + body
        return bytes([sequence, control, number]) + body
