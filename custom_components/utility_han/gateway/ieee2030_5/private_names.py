"""What of aio2030dot5 has no public name: a write, a connection of somebody else's, a bound on what is received.

The only module that reaches below its public names, for as long as it has none (``docs/aio2030dot5.md`` proposes
them). It holds for the version that the manifest requires.
"""

import asyncio
import time
from typing import cast, override

from aio2030dot5 import MeterConnectionError, MeterProtocolError, MeterTimeout
from aio2030dot5.transport import CONTENT_TYPE, Batch, MeterTransport, Response, _host_header, _TlsConnection

from .failures import AnswerTooLargeError


class _BoundedConnection(_TlsConnection):
    """A connection that counts what it receives of one answer.

    aio2030dot5 looks at the length of a chunk once all of it is there, and at that of trailers never (RFC 9112, 7.1):
    a chunk that says to be of gigabytes would be gathered until the time is up, with the loop held by copying.
    """

    most: int
    _received = 0

    @override
    async def read_response(self) -> Response:
        self._received = 0
        try:
            return await super().read_response()
        except MeterProtocolError as err:
            if "Content-Length" in str(err) or "too large" in str(err):
                raise AnswerTooLargeError(str(err)) from err
            raise

    @override
    async def _recv_some(self) -> bytes:
        data = await super()._recv_some()
        self._received += len(data)
        if self._received > self.most:
            raise AnswerTooLargeError(f"more than {self.most} bytes")
        return data


class BoundedTransport(MeterTransport):
    """A transport whose connections end with ``AnswerTooLargeError`` where one answer has more bytes than that."""

    most_received: int
    """Bytes of one answer with its header and the sizes of its chunks."""

    @override
    async def _open_once(self, verify: bool) -> _BoundedConnection:
        made = await super()._open_once(verify)
        # The library makes connections itself, and has no name for what it makes them of.
        made.__class__ = _BoundedConnection
        connection = cast("_BoundedConnection", made)
        connection.most = self.most_received
        return connection


def beside(batch: Batch, transport: MeterTransport) -> Batch:
    """Return a batch of another transport to the same gateway, under the lock and the deadline that ``batch`` holds.

    Its identity is verified; ``batch`` has to be closed while the other is in use, which has to be closed too.
    """
    return Batch(transport, True, batch._deadline, batch._shared)


async def send(batch: Batch, method: str, path: str, body: bytes) -> Response:
    """Send a POST, PUT or DELETE once, with the pacing of ``batch``; nothing is ever sent a second time.

    Raises aio2030dot5's ``MeterConnectionError`` and ``MeterTimeout``; the connection is not used again after either.
    """
    transport = batch._t
    wait = batch._last_request + transport.request_spacing - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)
    await batch.connect()
    connection = batch._conn
    if connection is None:
        raise MeterConnectionError("the gateway closed the connection")
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {_host_header(transport.host, transport.port)}\r\n"
        f"Accept: {CONTENT_TYPE}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    transport.stats.requests += 1
    try:
        async with asyncio.timeout(transport.timeouts.response):
            await connection.send(head.encode("ascii") + body)
            response = await connection.read_response()
    except BaseException as err:
        batch._kill()
        if isinstance(err, TimeoutError):
            raise MeterTimeout(f"{method} {path} timed out") from err
        raise
    finally:
        batch._last_request = time.monotonic()
    if connection.leftover:
        batch._kill()
    elif not response.keep_alive:
        await batch.close()
    return response
