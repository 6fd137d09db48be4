"""ZCL and ZDO over a radio: asks the meter and waits for its answers, and passes on what it tells by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
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
from ..failing import Failing
from ..identifiers import OWN_ENDPOINT
from .admission import SECURED, Doubt, Dropped, counted_as, doubt_of
from .attributes import Attributes, attributes_of, value_of
from .clusters import PROFILE, Metering
from .radio import Incoming, Radio
from .waiting import MOST_ANSWERS, Waiting

_LOGGER = logging.getLogger(__name__)

_ATTEMPTS = 2
ATTRIBUTES_AT_ONCE = 8
_WISHES_AT_ONCE = 5
_REFUSALS = frozenset({Status.NOT_AUTHORIZED})
_FIRST_ENDPOINT = 1
_ZDO_PROFILE = 0

type Pushed = Callable[[int, Any], None]
"""Called with the endpoint that a command is for, and the command."""
type Written = Callable[[int, int, int, Any], Status]
"""Called with the endpoint of ours, cluster, attribute and value that the meter writes; returns how that went."""
type Reported = Callable[[int, Mapping[int, Any]], None]
"""Called with the cluster and the attributes' values that the meter tells by itself, those of a frame at once."""
type Readable = Callable[[int, int], Mapping[int, Any]]
"""Called with an endpoint of ours and a cluster; returns the values (of zigpy's types) of its attributes."""


@dataclass(slots=True)
class LinkFigures:
    """How the last message of the meter came over its last hop: LQI 0 to 255, RSSI in dBm."""

    lqi: int | None = None
    rssi: int | None = None


class Messenger:
    """Speaks with the meter's endpoints; one question at a time."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self.lock = asyncio.Lock()
        """Held while a question waits for its answer."""
        self._tsn = 0
        self._waiting: Waiting | None = None
        self._pushed: dict[tuple[int, int], Pushed] = {}
        self._schemas: dict[int, type[Cluster]] = {}
        self._replies: set[asyncio.Task[None]] = set()
        self.written: Written = lambda _endpoint, _cluster, _attribute, _value: Status.UNSUPPORTED_ATTRIBUTE
        self.readable: Readable = lambda _endpoint, _cluster: {}
        self.reported: Reported = lambda _cluster, _values: None
        self.last_hop = LinkFigures()
        self.endpoints: Mapping[int, int] = {}
        """The endpoint of the meter's on which each cluster is asked."""
        self.dropped = Dropped()
        self.failing = Failing(_LOGGER, (), title="Zigbee")
        """What was heard of the meter, or is to be said to it, and ends in errors that nobody thought of."""
        radio.on_message = self._received

    def listen(self, cluster: type[Cluster], command: ZCLCommandDef, pushed: Pushed) -> None:
        """Have ``pushed`` called with each such command that nobody asked for."""
        self._pushed[cluster.cluster_id, command.id] = pushed
        self._schemas[cluster.cluster_id] = cluster

    def close(self) -> None:
        """Stop answering."""
        for task in self._replies:
            task.cancel()

    async def read(self, cluster: type[Cluster], attributes: Collection[int], *, at: int | None = None) -> Attributes:
        """Read attributes of the meter, or of its endpoint ``at``.

        An answer may end before all that was asked for (it has to fit a frame): the rest is asked for again.
        """
        found = Attributes()
        wanted = list(attributes)
        while wanted:
            some = wanted[:ATTRIBUTES_AT_ONCE]
            payload = b"".join(t.uint16_t(number).serialize() for number in some)
            asked = await self._ask(
                cluster,
                GeneralCommand.Read_Attributes,
                payload,
                GeneralCommand.Read_Attributes_rsp,
                general=True,
                at=at,
            )
            found.take(cluster, asked.found[0] if asked.found else ())
            lost = [number for number in some if number in found.lost(some)]
            wanted = wanted[len(some) :]
            if len(lost) < len(some):
                wanted = lost + wanted
        return found

    async def configure_reporting(self, cluster: type[Cluster], wishes: Sequence[AttributeReportingConfig]) -> bool:
        """Ask the meter to tell attributes by itself; return whether it will tell them all."""
        for first in range(0, len(wishes), _WISHES_AT_ONCE):
            payload = b"".join(wish.serialize() for wish in wishes[first : first + _WISHES_AT_ONCE])
            asked = await self._ask(
                cluster,
                GeneralCommand.Configure_Reporting,
                payload,
                GeneralCommand.Configure_Reporting_rsp,
                general=True,
            )
            if not asked.found or asked.found[0].status != Status.SUCCESS:
                return False
        return bool(wishes)

    async def ask(
        self,
        cluster: type[Cluster],
        command: ZCLCommandDef,
        answer: ZCLCommandDef,
        *,
        patience: float | None = None,
        **fields: Any,
    ) -> Sequence[Any]:
        """Give a command and return what is answered, none where the meter has nothing.

        One that has to be given once only is answered within ``patience``, in seconds.
        """
        self._schemas[cluster.cluster_id] = cluster
        payload = command.schema(**fields).serialize()
        return (await self._ask(cluster, command.id, payload, answer.id, patience=patience)).found

    async def ask_for_all(
        self, cluster: type[Cluster], command: ZCLCommandDef, answer: ZCLCommandDef, *, endpoint: int, **fields: Any
    ) -> tuple[Sequence[Any], bool]:
        """Give a command that is answered once for each thing there is; return these, and whether they are all.

        Answers are taken until it is quiet. A meter that has none says NOT_FOUND; any other status says nothing of it.
        """
        self._schemas[cluster.cluster_id] = cluster
        payload = command.schema(**fields).serialize()
        asked = await self._ask(cluster, command.id, payload, answer.id, many=True, endpoint=endpoint)
        return asked.found, asked.failure in (None, Status.NOT_FOUND) and len(asked.found) < MOST_ANSWERS

    async def tell(
        self, cluster: type[Cluster], command: ZCLCommandDef, *, endpoint: int = OWN_ENDPOINT, **fields: Any
    ) -> None:
        """Give a command whose only answer is a status; ``NOT_FOUND`` where the meter knows nothing of it."""
        payload = command.schema(**fields).serialize()
        await self._ask(cluster, command.id, payload, None, endpoint=endpoint, status_wanted=True)

    def say(self, cluster: type[Cluster], command: ZCLCommandDef, *, endpoint: int, **fields: Any) -> None:
        """Give a command, soon, that nobody waits for: what there is to say of a frame that was just taken."""
        header = ZCLHeader.cluster(self._next_tsn(), command.id)
        header.frame_control = header.frame_control.replace(disable_default_response=True)
        payload = header.serialize() + command.schema(**fields).serialize()
        self._send_soon(cluster.cluster_id, endpoint, self._endpoint_of(cluster.cluster_id), payload)

    def _endpoint_of(self, cluster: int) -> int:
        return self.endpoints.get(cluster, _FIRST_ENDPOINT)

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
        at: int | None = None,
        status_wanted: bool = False,
        patience: float | None = None,
    ) -> Waiting:
        make = ZCLHeader.general if general else ZCLHeader.cluster
        number = cluster.cluster_id
        there = at if at is not None else self._endpoint_of(number)

        async def send(tsn: int) -> None:
            await self._send(number, endpoint, there, make(tsn, command).serialize() + payload)

        waits = Waiting(there, number, answer, endpoint, many, general, patience)
        waiting = await self._answered(send, waits, attempts=_ATTEMPTS if patience is None else 1)
        if waiting.failure in _REFUSALS:
            raise GatewayError(
                Reason.NOT_AUTHORIZED, f"the meter refuses cluster {cluster.cluster_id:04X} at this security"
            )
        if status_wanted and waiting.failure not in (None, Status.SUCCESS):
            raise GatewayError(Reason.NOT_FOUND, f"the meter answers with {waiting.failure!r}")
        return waiting

    async def _answered(
        self, send: Callable[[int], Awaitable[None]], waits: Waiting, *, attempts: int = _ATTEMPTS
    ) -> Waiting:
        """Ask until an answer comes that ``waits`` for it; ``send`` is given the transaction's number."""
        async with self.lock:
            for left in reversed(range(attempts)):
                tsn = self._next_tsn()
                waiting = self._waiting = waits.for_transaction(tsn)
                try:
                    await send(tsn)
                    await waiting.settled()
                except GatewayError as err:
                    if not left or err.reason is not Reason.GATEWAY_SILENT:
                        raise
                else:
                    return waiting
                finally:
                    self._waiting = None
        raise AssertionError("unreachable")

    async def zdo(self, command: ZDOCmd, *values: Any) -> list[Any]:
        """Ask the meter about nodes and endpoints; return the fields of its answer."""
        _, schema = zdo_t.CLUSTERS[command]
        payload = t.serialize(values, schema)

        async def send(tsn: int) -> None:
            await self._radio.send(_ZDO_PROFILE, command, 0, 0, bytes([tsn]) + payload, secured=False)

        found: list[Any] = (await self._answered(send, Waiting(0, ZDOCmd(command | 0x8000), None))).found[0]
        return found

    async def _send(self, cluster: int, endpoint: int, there: int, payload: bytes) -> None:
        await self._radio.send(PROFILE, cluster, endpoint, there, payload, secured=cluster in SECURED)

    def _send_soon(self, cluster: int, endpoint: int, there: int, payload: bytes) -> None:
        async def send() -> None:
            with self.failing.attempt("answering the meter"):
                try:
                    await self._send(cluster, endpoint, there, payload)
                except GatewayError:
                    return  # the meter says again what it wants an answer to

        task = asyncio.create_task(send())
        self._replies.add(task)
        task.add_done_callback(self._replies.discard)

    def _next_tsn(self) -> int:
        self._tsn = (self._tsn + 1) % 256
        return self._tsn

    def _received(self, message: Incoming) -> None:
        if message.endpoint != 0 and message.profile != PROFILE:
            return
        with self.failing.attempt(f"hearing the meter's cluster {counted_as(message.cluster)}"):
            try:
                self._take(message)
            except ValueError, TypeError, LookupError, ParsingError:
                # What cannot be read is as good as lost: whoever waits for it asks again.
                self.dropped.count(Doubt.UNREADABLE, message.cluster)

    def _take(self, message: Incoming) -> None:
        doubt = doubt_of(message)
        if message.endpoint == 0:
            self._take_zdo(message, doubt)
        elif doubt is None:
            self.last_hop = LinkFigures(message.lqi, message.rssi)
            self._take_zcl(message)
        elif doubt is not Doubt.UNSECURED or self._waiting is None or not self._waiting.take_unsecured(message):
            self.dropped.count(doubt, message.cluster)

    def _take_zdo(self, message: Incoming, doubt: Doubt | None) -> None:
        waiting = self._waiting
        if waiting is None or waiting.cluster != message.cluster or message.payload[:1] != bytes([waiting.tsn]):
            return
        if doubt is not None:
            self.dropped.count(doubt, message.cluster)
            return
        _, schema = zdo_t.CLUSTERS[ZDOCmd(message.cluster)]
        values, _ = t.deserialize(message.payload[1:], schema)
        self.last_hop = LinkFigures(message.lqi, message.rssi)
        waiting.take(values)

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
        if waiting is not None and waiting.awaits(message, header):
            waiting.take(body)
        elif (pushed := self._pushed.get((message.cluster, header.command_id))) is not None:
            pushed(message.endpoint, body)
            self._acknowledge(message, header)
        elif waiting is not None and waiting.is_for(message) and waiting.tsn == header.tsn:
            waiting.fail(Status.FAILURE)  # another command than was asked for: a refusal

    def _take_general(self, message: Incoming, header: ZCLHeader, payload: bytes) -> None:
        if header.command_id == GeneralCommand.Report_Attributes:
            self._take_report(message, payload)
            self._acknowledge(message, header)
            return
        if header.command_id in (GeneralCommand.Write_Attributes, GeneralCommand.Write_Attributes_No_Response):
            refused = b"".join(_refused(self.written, message, *each) for each in attributes_of(payload))
            if header.command_id == GeneralCommand.Write_Attributes:
                done = refused or bytes([Status.SUCCESS])
                self._reply(message, header.tsn, GeneralCommand.Write_Attributes_rsp, done)
            return
        if header.command_id == GeneralCommand.Read_Attributes:
            records = _read_records(payload, self.readable(message.endpoint, message.cluster))
            self._reply(message, header.tsn, GeneralCommand.Read_Attributes_rsp, records)
            return
        waiting = self._waiting
        if waiting is None or not waiting.is_for(message) or waiting.tsn != header.tsn:
            return
        if header.command_id == GeneralCommand.Default_Response:
            waiting.take_status(Status(payload[1]))
        elif waiting.general and header.command_id == waiting.number:
            waiting.take(_GENERAL_ANSWERS[header.command_id](payload))

    def _take_report(self, message: Incoming, payload: bytes) -> None:
        told = {key: value_of(typed, Metering, key) for key, typed in attributes_of(payload)}
        if message.source == self._endpoint_of(message.cluster):
            self.reported(message.cluster, told)
        elif message.cluster == Metering.cluster_id:
            self.dropped.count(Doubt.OTHER_ENDPOINT, message.cluster)

    def _acknowledge(self, message: Incoming, header: ZCLHeader) -> None:
        if not header.frame_control.disable_default_response:
            success = bytes([header.command_id, Status.SUCCESS])
            self._reply(message, header.tsn, GeneralCommand.Default_Response, success)

    def _reply(self, message: Incoming, tsn: int, command: GeneralCommand, payload: bytes) -> None:
        header = ZCLHeader.general(tsn, command)
        header.frame_control = header.frame_control.replace(disable_default_response=True)
        self._send_soon(message.cluster, message.endpoint, message.source, header.serialize() + payload)


def _refused(write: Written, message: Incoming, number: int, typed: Any) -> bytes:
    """Write an attribute of ours; return what there is to answer if it is refused."""
    if isinstance(typed, foundation.TypeValue):
        status = write(message.endpoint, message.cluster, number, typed.value)
    else:
        status = Status.INVALID_DATA_TYPE
    return b"" if status is Status.SUCCESS else bytes(status.serialize() + t.uint16_t(number).serialize())


def _records(payload: bytes) -> list[ReadAttributeRecord]:
    found: list[ReadAttributeRecord] = []
    while payload:
        record, payload = ReadAttributeRecord.deserialize(payload)
        found.append(record)
    return found


_GENERAL_ANSWERS: dict[int, Callable[[bytes], Any]] = {
    GeneralCommand.Read_Attributes_rsp: _records,
    GeneralCommand.Configure_Reporting_rsp: lambda payload: ConfigureReportingResponseRecord.deserialize(payload)[0],
}
"""How answers to general commands are read; what cannot be is as good as lost."""


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
