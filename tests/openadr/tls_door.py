"""TLS before a server that speaks plain HTTP only: a MUST everywhere (OpenADR 3.1.1, Definition, "HTTPS/TLS").

A process of its own, as it outlives the loops of tests: ``python -m tests.openadr.tls_door CERTIFICATE`` says its
port on stdout, is told the server's on stdin, as often as that changes and said back, and ends when stdin does.
"""

import asyncio
import ssl
import sys
from contextlib import suppress
from pathlib import Path

_CHUNK = 65536


class TlsDoor:
    """Takes TLS connections on a port of loopback and carries what they say to the server in plain."""

    def __init__(self) -> None:
        self.server_port = 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until both sides have ended it."""
        with suppress(OSError):
            inner, inner_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner, writer))
        writer.close()


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Carry one direction until its source has no more, and then end the other's as well."""
    with suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()


async def _serve(certificate: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    door = TlsDoor()
    server = await asyncio.start_server(door.carry, "127.0.0.1", 0, ssl=context)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    while line := await asyncio.to_thread(sys.stdin.readline):
        door.server_port = int(line)
        sys.stdout.write(line)
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
