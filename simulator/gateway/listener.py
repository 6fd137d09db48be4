"""A TCP port that can be opened, closed, refused and moved."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

type OnConnection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """Runs ``on_connection`` for every connection to a port, which nobody gets as a free one while it is refused."""

    def __init__(self, host: str, port: int, on_connection: OnConnection) -> None:
        self.host = host
        self.port = port
        self._on_connection = on_connection
        self._server: asyncio.Server | None = None
        self._reserved: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio then sets TCP_NODELAY
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.setblocking(False)
            bound.bind((self.host, self.port))
        except BaseException:
            bound.close()
            raise
        self.port = bound.getsockname()[1]
        return bound

    async def open(self) -> None:
        """Listen, if it does not already."""
        if self._server is None:
            bound, self._reserved = self._reserved or self._bind(), None
            self._server = await asyncio.start_server(self._connected, sock=bound)

    async def refuse(self) -> None:
        """End all connections and refuse new ones, but keep the port."""
        if self._server is not None:
            await self.close()
            self._reserved = self._bind()

    async def move(self, port: int) -> None:
        """Listen on another port (0: a free one); the old one is given up, also when it was refused."""
        previous = self.port
        await self.close()
        try:
            self.port = port
            await self.open()
        except OSError:
            self.port = previous
            await self.open()
            raise

    async def close(self) -> None:
        """End all connections and give up the port."""
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._on_connection(reader, writer)
            writer.close()
            await writer.wait_closed()
        except OSError:  # the client went away
            return
        finally:
            writer.transport.abort()
