"""The one connection to a gateway: aio2030dot5's transport, with writes and sessions over several of its calls.

aio2030dot5 reads only, and opens a connection per call. Here reads and writes share its lock, pacing, pinning and TLS
session.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from aio2030dot5 import Meter, PeerCertificate, Timeouts
from aio2030dot5.transport import Batch, Response
from py20305.models import sep

from . import private_names
from .addresses import local_path
from .failures import AnswerTooLargeError, NotXmlError, gateway_errors

CIPHERS = "ECDHE-ECDSA-AES128-CCM8:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:@SECLEVEL=0"
"""What is offered, first what IEEE 2030.5 asks for: many servers of utilities can do GCM only.

All have the server prove that it holds its certificate's key.
"""
MAX_BODY = 512 * 1024
"""Bytes of the largest answer that is looked at; a full page of 25 list entries is a tenth of it."""
_MOST_RECEIVED = 2 * MAX_BODY
"""Bytes of one answer with its header and the sizes of its chunks."""
PAGE = re.compile(r"[?&]s=\d+&l=\d+$")
"""What asks for a page of a list at the end of its address."""
_DESCRIBES = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]*>\s*)?"
    rb"<(?:\w+:)?(?:DeviceCapability|DeviceInformation|EndDevice|FunctionSetAssignmentsList|SelfDevice|UsagePointList)[\s/>]"
)
"""What says what a gateway or a device is, or what is metered where, and is asked for once over a connection.

Of these sep.xsd lets EndDevice (``enabled``) and UsagePoint (``status``) change at any time: nobody waits for that
within a session, and the next one reads them anew, as all do once something was written. The EndDeviceList is asked
for each time: a utility may put us on it while we are let in already.
"""
_MOST_DESCRIBED = 64
"""Answers that are kept for that, a long list being many, and entries of such a list."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Seconds between two connections, two requests, and two probes of the way (connections that ask nothing)."""

    connections: float = 2.0
    requests: float = 0.25
    probes: float = 0.2


class ConnectionSession:
    """Requests over one connection; what ``Meter`` needs of a batch, and writes besides."""

    def __init__(self, batch: Batch, dcap_path: str) -> None:
        """``dcap_path`` is where the gateway has its DeviceCapability."""
        self.dcap_path = dcap_path
        self._batch = batch
        self._instead: Mapping[str, bytes] = {}
        self._described: dict[str, bytes] = {}
        """What was read of that since we wrote last, by path: to ask again would be a request more, and a pause."""
        self._listed: dict[str, sep.EndDevice] = {}
        """Likewise the entries of the EndDeviceList, which holds them whole."""
        self.clocks: dict[str, timedelta] = {}
        """By how much clocks that were read over this connection were ahead of ours, by their paths."""

    @asynccontextmanager
    async def aside(self, other: Connection) -> AsyncIterator[ConnectionSession]:
        """Have another identity speak for a while: over a connection of its own, ours being closed meanwhile."""
        await self._batch.close()
        batch = private_names.beside(self._batch, other._transport)
        try:
            yield ConnectionSession(batch, other.dcap_path)
        finally:
            await batch.close()

    @property
    def peer(self) -> PeerCertificate | None:
        """The gateway's certificate on this connection."""
        return self._batch.peer

    async def connect(self) -> PeerCertificate | None:
        """Open the connection now and return the gateway's certificate."""
        return await self._batch.connect()

    async def get(self, path: str) -> bytes:
        """Return the body at ``path``, refused where no XML parser should ever see it."""
        if self._instead and (instead := self._instead.get(PAGE.sub("", path))) is not None:
            return instead
        path = local_path(path)
        if (known := self._described.get(path)) is not None:
            return known
        body = checked(path, await self._batch.get(path))
        if len(self._described) < _MOST_DESCRIBED and _DESCRIBES.match(body):
            self._described[path] = body
        return body

    @contextmanager
    def instead(self, bodies: Mapping[str, bytes]) -> Iterator[None]:
        """Have ``bodies`` read at their paths: aio2030dot5 knows no other way to a resource than its own.

        A list is read there as a whole, whichever page is asked for.
        """
        before, self._instead = self._instead, {**self._instead, **bodies}
        try:
            yield
        finally:
            self._instead = before

    def note_listed(self, entries: Sequence[sep.EndDevice]) -> None:
        """Take note of the entries of the EndDeviceList, which need not be asked for by themselves."""
        found = {local_path(entry.href): entry for entry in entries if entry.href}
        self._listed = dict(islice(found.items(), _MOST_DESCRIBED))

    def listed(self, href: str) -> sep.EndDevice | None:
        """Return the entry at ``href`` as the list had it over this connection, None where it is not known."""
        return self._listed.get(local_path(href))

    def forget(self) -> None:
        """Know nothing more of what was read: it may be otherwise by now, or nobody asks any more."""
        self._described.clear()
        self._listed.clear()

    async def send(self, method: str, path: str, body: bytes = b"") -> Response:
        """Send a POST, PUT or DELETE once; a lost answer is an error, never a silent second write."""
        self.forget()
        return await private_names.send(self._batch, method, local_path(path), body)


def checked(path: str, body: bytes) -> bytes:
    """Return a body that is a document of IEEE 2030.5 by its looks; ``path`` says of what in errors."""
    if len(body) > MAX_BODY:
        raise AnswerTooLargeError(f"GET {path}: {len(body)} bytes")
    # No resource of IEEE 2030.5 has a document type; entities that expand or fetch come only with one.
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"\x00" in body:
        raise NotXmlError(f"GET {path}: a document type declaration")
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise NotXmlError(f"GET {path}: no XML")
    return body


class _SessionTransport(private_names.BoundedTransport):
    """A transport whose open session is used by every call of the same task."""

    _held: ConnectionSession | None = None
    _holder: asyncio.Task[object] | None = None
    dcap_path: str
    """Where the gateway has its DeviceCapability."""
    most_received = _MOST_RECEIVED

    @asynccontextmanager
    async def batch(self, *, verify_identity: bool = True) -> AsyncIterator[ConnectionSession]:  # type: ignore[override]
        if self._held is not None and self._holder is asyncio.current_task():
            yield self._held
            return
        async with super().batch(verify_identity=verify_identity) as batch:
            session = ConnectionSession(batch, self.dcap_path)
            self._held, self._holder = session, asyncio.current_task()
            try:
                yield session
            finally:
                self._held = self._holder = None
                session.forget()


class Connection(Meter):
    """``Meter`` of aio2030dot5 with :meth:`session` and writes.

    ``accepted`` says whether the gateway ever let this identity in, by which a pending registration is told from a
    withdrawn one.
    """

    def __init__(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        *,
        dcap_path: str,
        expected_lfdi: str | None,
        accepted_before: bool,
        pacing: Pacing,
        timeouts: Timeouts,
    ) -> None:
        super().__init__(host, context, port, dcap_path=dcap_path, expected_lfdi=expected_lfdi)
        self.accepted = accepted_before
        self.pacing = pacing
        self._transport: _SessionTransport = _SessionTransport(
            host,
            port,
            context,
            timeouts=timeouts,
            min_connect_interval=pacing.connections,
            request_spacing=pacing.requests,
            expected_lfdi=expected_lfdi,
        )
        self._transport.dcap_path = dcap_path

    def with_context(self, context: ssl.SSLContext) -> Connection:
        """Return a connection to the same gateway as somebody else."""
        transport = self._transport
        return Connection(
            transport.host,
            transport.port,
            context,
            dcap_path=self.dcap_path,
            expected_lfdi=self.expected_lfdi,
            accepted_before=self.accepted,
            pacing=self.pacing,
            timeouts=transport.timeouts,
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[ConnectionSession]:
        """Hold the gateway's only connection for every call made inside, by the task that opened it.

        What the gateway makes aio2030dot5 raise inside comes out as ``GatewayError``.
        """
        with gateway_errors(accepted_before=self.accepted):
            async with self._transport.batch() as session:
                yield session
