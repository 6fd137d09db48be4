"""HTTP/1.1 with keep-alive over a TLS connection; faults of delivery included."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import responses
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from simulator.gateway.tls import TlsStream
from simulator.gateway.wire import CONTENT_TYPE

_MAX_BODY = 65536
_FILLER = b"<!-- 2030.5 -->\n" * 4096


@dataclass(frozen=True, slots=True)
class Request:
    """A request with the LFDI of the client's certificate; ``authority`` is what the client calls the gateway.

    ``accept`` is its Accept, empty where it sends none.
    """

    method: str
    path: str
    query: dict[str, str]
    body: bytes
    lfdi: str
    authority: str
    accept: str = ""


class Delivery(enum.Enum):
    """How an answer ends."""

    WHOLE = enum.auto()
    RESET = enum.auto()
    HALF = enum.auto()
    SILENT = enum.auto()


@dataclass(slots=True)
class Answer:
    """A response; ``filler`` is the number of bytes to send in place of a body, ``declared`` their length or not."""

    status: int = 200
    body: bytes = b""
    content_type: str = CONTENT_TYPE
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    filler: int = 0
    declared: bool = True

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces, never all in memory when it is filler."""
        if not self.filler:
            yield self.body
        for start in range(0, self.filler, len(_FILLER)):
            yield _FILLER[: self.filler - start]


type Handler = Callable[[Request], Awaitable[Answer]]


async def serve_http(stream: TlsStream, handler: Handler, idle_seconds: float) -> bool:
    """Answer requests until either side closes; True when the connection is to be reset rather than closed."""
    http = h11.Connection(h11.SERVER)
    while True:
        try:
            request = await _receive(http, stream, idle_seconds)
        except h11.RemoteProtocolError as err:
            with suppress(h11.LocalProtocolError):
                await _send(http, stream, Answer(err.error_status_hint))
            return False
        if request is None:
            return False
        answer = await handler(request)
        if answer.delivery is Delivery.SILENT:
            await stream.wait_closed()
            return False
        if request.method == "HEAD":
            await _send_head(http, stream, answer)
        else:
            await _send(http, stream, answer)
        if answer.delivery is not Delivery.WHOLE:
            return answer.delivery is Delivery.RESET
        if http.our_state is h11.MUST_CLOSE:
            return False
        http.start_next_cycle()


async def _receive(http: h11.Connection, stream: TlsStream, idle_seconds: float) -> Request | None:
    """The next request, or None once the client is gone or was idle for too long."""
    head: h11.Request | None = None
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            if http.they_are_waiting_for_100_continue:
                await stream.write(http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            try:
                async with asyncio.timeout(idle_seconds):
                    http.receive_data(await stream.read())
            except TimeoutError:
                return None
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _MAX_BODY:
                raise h11.RemoteProtocolError("the body is too long", error_status_hint=413)
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            try:
                target = urlsplit(head.target.decode("ascii"))
            except ValueError as err:
                raise h11.RemoteProtocolError(f"not a request target: {err}") from err
            query = dict(parse_qsl(target.query, keep_blank_values=True))
            headers = {name: value.decode("latin-1") for name, value in head.headers}
            return Request(
                head.method.decode("ascii"),
                unquote(target.path),
                query,
                body,
                stream.lfdi,
                headers.get(b"host", ""),
                headers.get(b"accept", ""),
            )
        else:
            return None


def _head(answer: Answer) -> h11.Response:
    length = answer.filler or len(answer.body)
    headers = dict(answer.headers)
    if answer.status != HTTPStatus.NO_CONTENT:
        if answer.declared:
            headers["Content-Length"] = str(length if answer.delivery is Delivery.WHOLE else length + 1)
        if length:
            headers["Content-Type"] = answer.content_type
    return h11.Response(
        status_code=answer.status, headers=list(headers.items()), reason=responses.get(answer.status, "")
    )


async def _send_head(http: h11.Connection, stream: TlsStream, answer: Answer) -> None:
    """Answer HEAD: the headers of GET, its Content-Length too, and no body (RFC 9110, 9.3.2)."""
    out = http.send(_head(answer)) or b""
    await stream.write(out + (http.send(h11.EndOfMessage()) or b""))


async def _send(http: h11.Connection, stream: TlsStream, answer: Answer) -> None:
    out = http.send(_head(answer)) or b""
    if answer.delivery is not Delivery.WHOLE:
        half = (answer.filler or len(answer.body)) // 2
        await stream.write(out + (http.send(h11.Data(data=answer.body[:half])) or b""))
        return
    for chunk in answer.chunks():
        await stream.write(out + (http.send(h11.Data(data=chunk)) or b""))
        out = b""
    await stream.write(http.send(h11.EndOfMessage()) or b"")
