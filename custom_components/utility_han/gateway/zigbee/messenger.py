"""ZCL and ZDO over a radio: asks the meter and waits for its answers, and passes on what it tells by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zigpy import types as t
from zigpy.exceptions import ParsingError
from zigpy.zcl import Cluster, foundation
from zigpy.zcl.foundation import (
    AttributeReportingConfig,
    ConfigureReportingResponseRecord,
    Direction,
    FrameType,
    GeneralCommand,
    ReadAttributeRecord,
    Status,
    ZCLCommandDef,
    ZCLHeader,
)
from zigpy.zdo import types as zdo_t
from zigpy.zdo.types import ZDOCmd

from ..errors import GatewayError, Reason
from ..identifiers import OWN_ENDPOINT
from .clusters import PROFILE, Drlc, Messaging, Metering, PriceCluster
from .radio import Incoming, Radio

SECURED = frozenset(cluster.cluster_id for cluster in (PriceCluster, Drlc, Metering, Messaging))
"""Clusters that are spoken with the link key (Zigbee Smart Energy 1.4, 5.4.6)."""
ANSWER_SECONDS = 5.0
"""How long an answer is waited for."""
QUIET_SECONDS = 1.0
"""How long nothing more comes once all of many answers have."""
_ATTEMPTS = 2
_ATTRIBUTES_AT_ONCE = 8
_WISHES_AT_ONCE = 5
_REFUSALS = frozenset({Status.NOT_AUTHORIZED})
_ZDO_PROFILE = 0

type Pushed = Callable[[int, Any], None]
"""Called with the endpoint that a command is for, and the command."""
type Written = Callable[[int, int, Any], None]
"""Called with the endpoint of ours, the attribute and the value that the meter writes."""
type Reported = Callable[[int, int, Any], None]
"""Called with the cluster, the attribute and the value that the meter tells by itself."""
type Readable = Callable[[int, int], Mapping[int, Any]]
"""Called with an endpoint of ours and a cluster; returns the values (of zigpy's types) of its attributes."""


@dataclass(slots=True)
class _Waiting:
    """Somebody who waits for the answer ``number`` in a cluster; one that asks for many is told when each comes."""

    cluster: int
    number: int | None
    tsn: int
    many: bool
    general: bool = False
    found: list[Any] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Status | None = None


@dataclass(slots=True)
class LinkFigures:
    """How the last message of the meter came over its last hop: LQI 0 to 255, RSSI in dBm."""

    lqi: int | None = None
    rssi: int | None = None


class Messenger:
    """Speaks with the meter's endpoint; one question at a time."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self.lock = asyncio.Lock()
        """Held while a question waits for its answer."""
        self._tsn = 0
        self._waiting: _Waiting | None = None
        self._pushed: dict[tuple[int, int], Pushed] = {}
        self._schemas: dict[int, type[Cluster]] = {}
        self._replies: set[asyncio.Task[None]] = set()
        self.written: Written = lambda _endpoint, _attribute, _value: None
        self.readable: Readable = lambda _endpoint, _cluster: {}
        self.reported: Reported = lambda _cluster, _attribute, _value: None
        self.last_hop = LinkFigures()
        self.meter_endpoint = 1
        radio.on_message = self._received

    def listen(self, cluster: type[Cluster], command: ZCLCommandDef, pushed: Pushed) -> None:
        """Have ``pushed`` called with each such command that nobody asked for."""
        self._pushed[cluster.cluster_id, command.id] = pushed
        self._schemas[cluster.cluster_id] = cluster

    def close(self) -> None:
        """Stop answering."""
        for task in self._replies:
            task.cancel()

    async def read(self, cluster: type[Cluster], attributes: Collection[int]) -> dict[int, Any]:
        """Read attributes of the meter; what it does not have is left out."""
        found: dict[int, Any] = {}
        wanted = list(attributes)
        for first in range(0, len(wanted), _ATTRIBUTES_AT_ONCE):
            some = wanted[first : first + _ATTRIBUTES_AT_ONCE]
            payload = b"".join(t.uint16_t(number).serialize() for number in some)
            answer = await self._ask(
                cluster, GeneralCommand.Read_Attributes, payload, GeneralCommand.Read_Attributes_rsp, general=True
            )
            for record in _records(answer[0]):
                if record.status == Status.SUCCESS and record.value is not None:
                    found[int(record.attrid)] = record.value.value
        return found

    async def configure_reporting(self, cluster: type[Cluster], wishes: Sequence[AttributeReportingConfig]) -> bool:
        """Ask the meter to tell attributes by itself; return whether it will tell them all."""
        for first in range(0, len(wishes), _WISHES_AT_ONCE):
            payload = b"".join(wish.serialize() for wish in wishes[first : first + _WISHES_AT_ONCE])
            answer = await self._ask(
                cluster,
                GeneralCommand.Configure_Reporting,
                payload,
                GeneralCommand.Configure_Reporting_rsp,
                general=True,
            )
            if not answer or ConfigureReportingResponseRecord.deserialize(answer[0])[0].status != Status.SUCCESS:
                return False
        return bool(wishes)

    async def ask(
        self,
        cluster: type[Cluster],
        command: ZCLCommandDef,
        answer: ZCLCommandDef,
        *,
        many: bool = False,
        endpoint: int = OWN_ENDPOINT,
        **fields: Any,
    ) -> Sequence[Any]:
        """Give a command and return what is answered, none where the meter has nothing.

        With ``many`` answers are taken until none came for a while.
        """
        self._schemas[cluster.cluster_id] = cluster
        payload = command.schema(**fields).serialize()
        return await self._ask(cluster, command.id, payload, answer.id, many=many, endpoint=endpoint)

    async def tell(
        self, cluster: type[Cluster], command: ZCLCommandDef, *, endpoint: int = OWN_ENDPOINT, **fields: Any
    ) -> None:
        """Give a command whose only answer is a status; ``NOT_FOUND`` where the meter knows nothing of it."""
        payload = command.schema(**fields).serialize()
        await self._ask(cluster, command.id, payload, None, endpoint=endpoint, status_wanted=True)

    async def _ask(
        self,
        cluster: type[Cluster],
        command: int,
        payload: bytes,
        answer: int | None,
        *,
        general: bool = False,
        many: bool = False,
        endpoint: int = OWN_ENDPOINT,
        status_wanted: bool = False,
    ) -> list[Any]:
        make = ZCLHeader.general if general else ZCLHeader.cluster

        async def send(tsn: int) -> None:
            await self._send(cluster.cluster_id, endpoint, make(tsn, command).serialize() + payload)

        waiting = await self._answered(send, cluster.cluster_id, answer, many=many, general=general)
        if waiting.failure in _REFUSALS:
            raise GatewayError(
                Reason.NOT_AUTHORIZED, f"the meter refuses cluster {cluster.cluster_id:04X} at this security"
            )
        if status_wanted and waiting.failure not in (None, Status.SUCCESS):
            raise GatewayError(Reason.NOT_FOUND, f"the meter answers with {waiting.failure!r}")
        return waiting.found

    async def _answered(
        self,
        send: Callable[[int], Awaitable[None]],
        cluster: int,
        answer: int | None,
        *,
        many: bool = False,
        general: bool = False,
    ) -> _Waiting:
        """Ask until an answer comes; ``send`` is given the transaction's number."""
        async with self.lock:
            for left in reversed(range(_ATTEMPTS)):
                tsn = self._next_tsn()
                waiting = self._waiting = _Waiting(cluster, answer, tsn, many, general)
                try:
                    await send(tsn)
                    await self._settled(waiting)
                except GatewayError as err:
                    if not left or err.reason is not Reason.GATEWAY_SILENT:
                        raise
                else:
                    return waiting
                finally:
                    self._waiting = None
        raise AssertionError("unreachable")

    async def _settled(self, waiting: _Waiting) -> None:
        """Wait for the answer; where there may be many, until it has been quiet."""
        patience = ANSWER_SECONDS
        while True:
            try:
                async with asyncio.timeout(patience):
                    await waiting.news.wait()
            except TimeoutError:
                if waiting.found:
                    return
                raise GatewayError(
                    Reason.GATEWAY_SILENT, f"no answer from the meter's cluster {waiting.cluster:04X}"
                ) from None
            waiting.news.clear()
            if waiting.failure is not None or not waiting.many:
                return
            patience = QUIET_SECONDS

    async def zdo(self, command: ZDOCmd, *values: Any) -> list[Any]:
        """Ask the meter about nodes and endpoints; return the fields of its answer."""
        _, schema = zdo_t.CLUSTERS[command]
        payload = t.serialize(values, schema)

        async def send(tsn: int) -> None:
            await self._radio.send(_ZDO_PROFILE, command, 0, 0, bytes([tsn]) + payload, secured=False)

        found: list[Any] = (await self._answered(send, ZDOCmd(command | 0x8000), None)).found[0]
        return found

    async def _send(self, cluster: int, endpoint: int, payload: bytes) -> None:
        await self._radio.send(PROFILE, cluster, endpoint, self.meter_endpoint, payload, secured=cluster in SECURED)

    def _next_tsn(self) -> int:
        self._tsn = (self._tsn + 1) % 256
        return self._tsn

    def _received(self, message: Incoming) -> None:
        self.last_hop = LinkFigures(message.lqi, message.rssi)
        try:
            if message.endpoint == 0:
                self._take_zdo(message)
            elif message.profile == PROFILE:
                self._take_zcl(message)
        except ValueError, KeyError, ParsingError:
            return  # what cannot be read is as good as lost: whoever waits for it asks again

    def _take_zdo(self, message: Incoming) -> None:
        waiting = self._waiting
        if waiting is None or waiting.cluster != message.cluster or message.payload[:1] != bytes([waiting.tsn]):
            return
        _, schema = zdo_t.CLUSTERS[ZDOCmd(message.cluster)]
        values, _ = t.deserialize(message.payload[1:], schema)
        waiting.found.append(values)
        waiting.news.set()

    def _take_zcl(self, message: Incoming) -> None:
        header, payload = ZCLHeader.deserialize(message.payload)
        if header.direction != Direction.Server_to_Client:
            return
        if header.frame_control.frame_type == FrameType.GLOBAL_COMMAND:
            self._take_general(message, header, payload)
            return
        cluster = self._schemas.get(message.cluster)
        if cluster is None or (command := cluster.client_commands.get(header.command_id)) is None:
            return
        body, _ = command.schema.deserialize(payload)
        waiting = self._waiting
        asked = (
            waiting is not None
            and not waiting.general
            and (waiting.cluster, waiting.number) == (message.cluster, header.command_id)
            and (waiting.many or waiting.tsn == header.tsn)
        )
        if asked and waiting is not None:
            waiting.found.append(body)
            waiting.news.set()
        elif (pushed := self._pushed.get((message.cluster, header.command_id))) is not None:
            pushed(message.endpoint, body)
            self._acknowledge(message, header)
        elif waiting is not None and waiting.cluster == message.cluster and waiting.tsn == header.tsn:
            waiting.failure = Status.FAILURE  # another command than was asked for: a refusal
            waiting.news.set()

    def _take_general(self, message: Incoming, header: ZCLHeader, payload: bytes) -> None:
        if header.command_id == GeneralCommand.Report_Attributes:
            for number, value in _values(payload):
                self.reported(message.cluster, number, value)
            self._acknowledge(message, header)
            return
        if header.command_id in (GeneralCommand.Write_Attributes, GeneralCommand.Write_Attributes_No_Response):
            for number, value in _values(payload):
                self.written(message.endpoint, number, value)
            if header.command_id == GeneralCommand.Write_Attributes:
                self._reply(message, header.tsn, GeneralCommand.Write_Attributes_rsp, bytes([Status.SUCCESS]))
            return
        if header.command_id == GeneralCommand.Read_Attributes:
            records = _read_records(payload, self.readable(message.endpoint, message.cluster))
            self._reply(message, header.tsn, GeneralCommand.Read_Attributes_rsp, records)
            return
        waiting = self._waiting
        if waiting is None or waiting.cluster != message.cluster or waiting.tsn != header.tsn:
            return
        if header.command_id == GeneralCommand.Default_Response:
            waiting.failure = Status(payload[1])
        elif waiting.general and header.command_id == waiting.number:
            waiting.found.append(payload)
        waiting.news.set()

    def _acknowledge(self, message: Incoming, header: ZCLHeader) -> None:
        if not header.frame_control.disable_default_response:
            success = bytes([header.command_id, Status.SUCCESS])
            self._reply(message, header.tsn, GeneralCommand.Default_Response, success)

    def _reply(self, message: Incoming, tsn: int, command: GeneralCommand, payload: bytes) -> None:
        header = ZCLHeader.general(tsn, command)
        header.frame_control = header.frame_control.replace(disable_default_response=True)

        async def send() -> None:
            try:
                await self._send(message.cluster, message.endpoint, header.serialize() + payload)
            except GatewayError:
                return  # the meter says it again

        task = asyncio.create_task(send())
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)


def _records(payload: bytes) -> Iterator[ReadAttributeRecord]:
    while payload:
        record, payload = ReadAttributeRecord.deserialize(payload)
        yield record


def _read_records(payload: bytes, values: Mapping[int, Any]) -> bytes:
    """Return the answer to a reading of our own attributes."""
    found = b""
    for at in range(0, len(payload) - 1, 2):
        number = int.from_bytes(payload[at : at + 2], "little")
        if (value := values.get(number)) is None:
            found += ReadAttributeRecord(number, Status.UNSUPPORTED_ATTRIBUTE).serialize()
        else:
            kind = foundation.DataType.from_python_type(type(value)).type_id
            typed = foundation.TypeValue(kind, value)
            found += ReadAttributeRecord(number, Status.SUCCESS, typed).serialize()
    return found


def _values(payload: bytes) -> Iterator[tuple[int, Any]]:
    while payload:
        attribute, payload = foundation.Attribute.deserialize(payload)
        yield int(attribute.attrid), attribute.value.value
