"""A gateway on the network: its port, its TLS, its HTTP and its advertisement."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import struct
from contextlib import nullcontext
from http import HTTPStatus

from OpenSSL import SSL

from simulator.gateway import identity
from simulator.gateway.advertisement import Advertisement
from simulator.gateway.http import Answer, Delivery, Request, serve_http
from simulator.gateway.listener import Listener
from simulator.gateway.notifier import Notifier
from simulator.gateway.resources import (
    assignments,
    demand_response,
    device,
    end_device,
    log_events,
    messaging,
    metering,
    pricing,
    responses,
    subscriptions,
    vehicles,
)
from simulator.gateway.resources.routing import Router
from simulator.gateway.spoiling import with_faults
from simulator.gateway.state import GatewayState
from simulator.gateway.tls import HandshakeFailedError, HandshakeRefusedError, TlsStream, server_context
from simulator.gateway.traffic import Entry

_LOGGER = logging.getLogger(__name__)
_HANDSHAKE_SECONDS = 30
_LAST_WORDS_SECONDS = 0.05
"""How long it may take to notice that a connection was closed before the next one came."""
_RESET = struct.pack("ii", 1, 0)  # linger for 0 s: closing sends RST

FUNCTION_SETS = (
    device,
    end_device,
    assignments,
    metering,
    log_events,
    messaging,
    pricing,
    demand_response,
    responses,
    subscriptions,
    vehicles,
)


class GatewayService:
    """Serves one gateway; ``port`` is known once it is started."""

    def __init__(self, gateway: GatewayState) -> None:
        self.gateway = gateway
        self._router = Router(route for module in FUNCTION_SETS for route in module.ROUTES)
        self._listener = Listener(gateway.settings.host, gateway.settings.port, self._connection)
        self._advertisement = Advertisement(gateway.settings.host) if gateway.settings.mdns else None
        self._notifier = Notifier(gateway)
        self._handler = with_faults(gateway.faults, self._answer)
        self._contexts: dict[str, SSL.Context] = {}
        self._epoch = gateway.session_epoch
        self._rng = random.Random(gateway.settings.seed)
        self._slot = asyncio.Lock()

    @property
    def port(self) -> int:
        """The TCP port of the gateway."""
        return self._listener.port

    async def start(self) -> None:
        """Listen and advertise."""
        await self._listener.open()
        await self.advertise()

    async def stop(self) -> None:
        """End everything."""
        await self._listener.close()
        await self._notifier.close()
        if self._advertisement is not None:
            await self._advertisement.stop()

    async def advertise(self) -> None:
        """Tell of the gateway by mDNS, or of what changed about it."""
        if self._advertisement is not None:
            await self._advertisement.publish(self.gateway.identity.sfdi, self.port)

    async def move(self, port: int) -> None:
        """Listen on another port, 0 being a free one."""
        await self._listener.move(port)
        await self.apply_faults()
        await self.advertise()

    async def apply_faults(self) -> None:
        """Let the port follow the fault ``refuse``."""
        if self.gateway.faults.peek("refuse") is not None:
            await self._listener.refuse()
        else:
            await self._listener.open()

    async def drop_connections(self) -> None:
        """End all connections that are open."""
        await self._listener.refuse()
        await self.apply_faults()

    def notify(self, resource: str, *, after_seconds: float = 0.0) -> None:
        """Tell those who subscribed to the list at path ``resource`` that it changes; returns at once."""
        self._notifier.notify(resource, after_seconds)

    async def cancel_subscriptions(self, status: int) -> None:
        """End every subscription; subscribers are told why (Notification.status)."""
        await self._notifier.cancel_all(status)

    def _context(self) -> SSL.Context:
        """The TLS context for the next handshake. A new epoch has new contexts, which know no sessions."""
        gateway = self.gateway
        if self._epoch != gateway.session_epoch:
            self._contexts.clear()
            self._epoch = gateway.session_epoch
        name = "impostor" if gateway.faults.take("wrong_certificate") else "own"
        if name not in self._contexts:
            shown = gateway.identity if name == "own" else identity.generate("Another device")
            self._contexts[name] = server_context(shown, gateway.judge)
        return self._contexts[name]

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway = self.gateway
        if gateway.traffic.concurrent:
            await asyncio.sleep(_LAST_WORDS_SECONDS)
        gateway.traffic.opened()
        try:
            if gateway.faults.take("silence"):
                while await reader.read(65536):
                    pass
                return
            async with self._slot if gateway.settings.personality.one_connection else nullcontext():
                await self._tls(reader, writer)
        finally:
            gateway.traffic.closed()

    async def _tls(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gateway = self.gateway
        spoil = bool(gateway.faults.take("bad_signature")) or (
            self._rng.random() < gateway.settings.bad_signature_rate
        )
        stream = TlsStream(self._context(), reader, writer, spoil_signature=spoil)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await stream.handshake()
        except HandshakeRefusedError:
            gateway.traffic.refused_handshakes += 1
            return
        except (HandshakeFailedError, TimeoutError) as err:
            gateway.traffic.failed_handshakes += 1
            _LOGGER.debug("gateway %s: handshake failed: %s", gateway.id, err)
            return
        gateway.traffic.resumed += stream.resumed
        if await serve_http(stream, self._handle, gateway.settings.idle_seconds):
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()
        else:
            await stream.close()

    async def _handle(self, request: Request) -> Answer:
        answer = await self._handler(request)
        status = answer.status if answer.delivery is Delivery.WHOLE else None
        sent = request.body.decode(errors="replace")
        gateway = self.gateway
        gateway.traffic.requests.append(Entry(request.method, request.path, status, request.lfdi[-6:], sent))
        if answer.status < HTTPStatus.BAD_REQUEST:
            named = answer.headers.get("Location", request.path)
            gateway.contacts.request(gateway.registrations, request.lfdi, request.method, named)
        return answer

    async def _answer(self, request: Request) -> Answer:
        return await self._router.answer(self.gateway, request)
