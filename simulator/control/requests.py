"""What all handlers of the control endpoint need of a request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.devices.devices import Devices
from simulator.fleet.fleet import Fleet
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.identity import canonical_lfdi
from simulator.gateway.parameters import BadParameterError

FLEET = web.AppKey("fleet", Fleet)
DEVICES = web.AppKey("devices", Devices)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Route = tuple[str, str, Handler]
"""Method, path and handler."""


def error(status: int, text: str, field: str | None = None) -> web.Response:
    """An answer that says what is wrong, and with which field of the request's body where it is one's."""
    return web.json_response({"error": text} | ({"field": field} if field is not None else {}), status=status)


async def body(request: web.Request) -> Any:
    """The JSON of a request; an empty body is an empty object."""
    text = await request.text()
    return json.loads(text) if text.strip() else {}


def gateway_of(request: web.Request) -> InstalledGateway:
    """The gateway that a path names, or ``UnknownGatewayError``."""
    return request.app[FLEET].get(request.match_info["id"])


def read_lfdi(text: str) -> str:
    """An LFDI from a person; ``BadParameterError`` if it is none."""
    try:
        return canonical_lfdi(text)
    except ValueError as err:
        raise BadParameterError(str(err)) from err


def number_of(request: web.Request, name: str) -> int:
    """A number in a path."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadParameterError(f"{name} is not a number")
    return int(text)
