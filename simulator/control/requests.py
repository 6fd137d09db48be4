"""What all handlers of the control endpoint need of a request."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.fleet.fleet import Simulation
from simulator.gateway.parameters import BadParameterError
from simulator.gateway.service import GatewayService

SIMULATION = web.AppKey("simulation", Simulation)

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def error(status: int, text: str) -> web.Response:
    """An answer that says what is wrong."""
    return web.json_response({"error": text}, status=status)


async def body(request: web.Request) -> Any:
    """The JSON of a request; an empty body is an empty object."""
    text = await request.text()
    return json.loads(text) if text.strip() else {}


def service_of(request: web.Request) -> GatewayService:
    """The gateway that a path names, or ``UnknownGatewayError``."""
    return request.app[SIMULATION].service(request.match_info["id"])


def number_of(request: web.Request, name: str) -> int:
    """A number in a path."""
    text = request.match_info[name]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadParameterError(f"{name} is not a number")
    return int(text)
