"""What of aio2030dot5 has no public name: a write on a connection of its, and a connection of somebody else's.

The only module that reaches below its public names, for as long as it has none (``docs/aio2030dot5.md`` proposes
them). It holds for the version that the manifest requires.
"""

import asyncio
import time

from aio2030dot5 import MeterConnectionError, MeterTimeout
from aio2030dot5.transport import CONTENT_TYPE, Batch, MeterTransport, Response, _host_header


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
