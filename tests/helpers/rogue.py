"""Servers over TLS that mean harm, and servers that are meant: each says what a test has written down.

They have one certificate of loopback, by whose authority a client's context knows them; they differ by their ports,
and so by their origins (RFC 6454, 4).
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from simulator.vtn.certificate import make_certificate, server_context

MIB = 1024 * 1024

type Say = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request, as it came."""

    what: str
    """Method and path."""
    headers: dict[str, str]
    body: str
    query: str


@dataclass
class Server:
    """What is answered where, and all that was asked."""

    url: URL = field(default_factory=URL)
    says: dict[str, Any] = field(default_factory=dict)
    """By method and path: JSON, or a function that answers; 404 elsewhere."""
    asked: list[Asked] = field(default_factory=list)

    @property
    def heard(self) -> str:
        """Everything that anybody told it."""
        return "\n".join(f"{each.what} {each.query} {each.headers} {each.body}" for each in self.asked)

    def at(self, path: str) -> str:
        """Return an address here."""
        return f"{self.url}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as it was written down."""
        what = f"{request.method} {request.path}"
        self.asked.append(Asked(what, dict(request.headers), await request.text(), request.query_string))
        said = self.says.get(what)
        if said is None:
            return web.json_response({}, status=404)
        answered: web.StreamResponse = await said(request) if callable(said) else web.json_response(said)
        return answered


@dataclass
class Internet:
    """Two servers, of which one is trusted and the other is not, and a client's session."""

    real: Server
    rogue: Server
    session: aiohttp.ClientSession


@asynccontextmanager
async def internet() -> AsyncGenerator[Internet]:
    """Serve both."""
    made = make_certificate()
    servers = Server(), Server()
    async with AsyncExitStack() as stack:
        for each in servers:
            app = web.Application()
            app.router.add_route("*", "/{path:.*}", each.answer)
            server = TestServer(app, scheme="https")
            await server.start_server(ssl=server_context(made))
            stack.push_async_callback(server.close)
            each.url = URL(f"https://127.0.0.1:{server.port}")
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(cadata=made["ca"]))
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        yield Internet(*servers, session)


def redirect(status: int, to: str) -> Say:
    """Send whoever asks elsewhere."""

    async def say(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": to})

    return say


@dataclass
class Flood:
    """An answer of so many bytes; ``sent`` is how many of them found a taker before the client had enough."""

    size: int
    coding: str | None = None
    chunked: bool = True
    sent: int = 0

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        """Send it, chunked and so without a length, or with one; spaces are JSON's as long as they last."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        pieces = [b" " * MIB] * (self.size // MIB)
        if self.coding is not None:
            response.headers["Content-Encoding"] = self.coding
            pieces = [coded(self.coding, self.size // MIB)]
        elif not self.chunked:
            response.content_length = self.size
        with suppress(ConnectionError):
            await response.prepare(request)
            for piece in pieces:
                await response.write(piece)
                self.sent += len(piece)
        return response


@cache
def coded(coding: str, mebibytes: int) -> bytes:
    """Return so many MiB of nothing, compressed to a thousandth (RFC 9110, 8.4.1.2 and 8.4.1.3)."""
    packing = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
    return b"".join(packing.compress(b" " * MIB) for _ in range(mebibytes)) + packing.flush()


async def drip(request: web.Request) -> web.StreamResponse:
    """Send a little again and again, so that no single wait is long, and never come to an end."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    with suppress(ConnectionError):
        await response.prepare(request)
        while request.transport is not None and not request.transport.is_closing():
            await response.write(b" ")
            await asyncio.sleep(0.02)
    return response
