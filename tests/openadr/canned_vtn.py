"""A VTN that says what a test has written down, over TLS; its objects are the examples of ``openadr3.yaml``."""

import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from custom_components.utility_han.utility.openadr import Credentials, OpenAdr, VtnConnection
from simulator.vtn.certificate import make_certificate, server_context

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
    put: list[Any] = field(default_factory=list)
    """What was put in the place of something else."""
    authorized: list[str | None] = field(default_factory=list)
    """The tokens that were shown, without those of the token service."""
    url: URL = field(default_factory=URL)
    ca: str = ""
    """The authority of its certificate (PEM)."""
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
async def canned_vtn(**says: Any) -> AsyncGenerator[CannedVtn]:
    """Serve a VTN of 3.1 that has nothing but what is written down."""
    canned = CannedVtn()
    app = web.Application()

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.method == "PUT":
            canned.put.append(await request.json())
        return canned.answer(request)

    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, scheme="https")
    made = make_certificate()
    canned.ca = made["ca"]
    canned.tls = ssl.create_default_context(cadata=canned.ca)
    await server.start_server(ssl=server_context(made))
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
