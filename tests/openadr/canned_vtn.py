"""A VTN that says what a test has written down, over TLS; its objects are the examples of ``openadr3.yaml``."""

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from yarl import URL

from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection

META = {
    "id": "object-999",
    "createdDateTime": "2023-06-15T09:30:00Z",
    "modificationDateTime": "2023-06-15T09:30:00Z",
}
PROGRAM = META | {"objectType": "PROGRAM", "programName": "ResTOU"}
EVENT = META | {
    "objectType": "EVENT",
    "programID": "object-999",
    "eventName": "price event 11-18-2022",
    "priority": 0,
    "targets": ["group-1"],
    "payloadDescriptors": [
        {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"}
    ],
    "intervalPeriod": {"start": "2023-06-15T09:30:00Z", "duration": "PT1H", "randomizeStart": "PT0S"},
    "intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [0.17]}]}],
}
VEN = META | {"objectType": "BL_VEN_REQUEST", "clientID": "249rj49jiej", "venName": "home", "targets": ["group-1"]}

type Say = Callable[[web.Request, int], web.StreamResponse]
"""What is answered to a request, of which so many came before."""


@dataclass
class CannedVtn:
    """What is answered where, and what was asked."""

    says: dict[str, Any] = field(default_factory=dict)
    """By method and path: JSON, or a function."""
    asked: list[str] = field(default_factory=list)
    authorized: list[str | None] = field(default_factory=list)
    """The tokens that were shown, without those of the token service."""
    url: URL = field(default_factory=URL)
    tls: ssl.SSLContext | None = None

    def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as it was written down; 404 where nothing was."""
        what = f"{request.method} {request.path}"
        before = self.asked.count(what)
        self.asked.append(what)
        if not request.path.startswith("/auth"):
            self.authorized.append(request.headers.get("Authorization"))
        said = self.says.get(what)
        if said is None:
            return web.json_response({"status": 404, "title": "Not Found"}, status=404)
        return said(request, before) if callable(said) else web.json_response(said)

    def connection(self, session: aiohttp.ClientSession, *, known: bool = True, **more: Any) -> VtnConnection:
        """Return a connection to it."""
        credentials = Credentials("ven_client_99", "ven_secret_99") if known else None
        return VtnConnection(session, self.url, credentials, **({"tls": self.tls} | more))

    def home(self, session: aiohttp.ClientSession, *, known: bool = True, **more: Any) -> OpenAdr:
        """Return a home that is its VEN."""
        return OpenAdr(self.connection(session, known=known, **more), "home", kinds=("thermostat",))


def problem(status: int, **headers: str) -> Say:
    """Refuse with a problem."""
    return lambda request, before: web.json_response({"status": status, "title": "No"}, status=status, headers=headers)


def token(text: str = "MTQ0NjJkZmQ5OTM2NDE1ZTZjNGZmZjI3", **more: Any) -> dict[str, Any]:
    """Return a token as the token service gives it."""
    return {"access_token": text, "token_type": "Bearer", "expires_in": 3600} | more


@asynccontextmanager
async def canned_vtn(folder: Path, **says: Any) -> AsyncGenerator[CannedVtn]:
    """Serve a VTN of 3.1 that has nothing but what is written down."""
    canned = CannedVtn()
    app = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        return canned.answer(request)

    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, scheme="https")
    context, canned.tls = _tls(folder)
    await server.start_server(ssl=context)
    canned.url = URL(f"https://127.0.0.1:{server.port}")
    canned.says = {
        "GET /auth/server": {"tokenURL": f"{canned.url}/auth/token"},
        "POST /auth/token": token(),
        "GET /programs": [],
        "GET /events": [],
        "GET /vens": [],
        "GET /resources": [],
        "GET /reports": [],
    } | says
    try:
        yield canned
    finally:
        await server.close()


def _tls(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return the server's side of a certificate made for it, and that of who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "VTN")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = folder / "vtn.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(pem)
    return served, ssl.create_default_context(cadata=certificate.public_bytes(Encoding.PEM).decode())
