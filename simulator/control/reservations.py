"""Vehicles at the control endpoint of a gateway: what they told, and what is reserved for them."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from simulator.control.requests import Route, body, gateway_of
from simulator.gateway.parameters import Parameter, read_parameters
from simulator.gateway.reservations import CANCELLED, FlowRequest

_ANSWER = {
    "start": Parameter(int, minimum=0),
    "duration": Parameter(int, minimum=1, maximum=2**31),
    "energy": Parameter(int, minimum=0),
    "power": Parameter(int, minimum=0),
    "response_required": Parameter(int, minimum=0, maximum=7),
}


async def _vehicles(request: web.Request) -> web.Response:
    return web.json_response(gateway_of(request).state.reservations.power_status)


async def _reservations(request: web.Request) -> web.Response:
    gateway = gateway_of(request).state
    return web.json_response(
        [
            {**asdict(each), "granted": each.granted, "status": each.status(gateway.clock())}
            for each in gateway.reservations.requests
        ]
    )


def _named(request: web.Request) -> FlowRequest:
    found = gateway_of(request).state.reservations.find(request.match_info["mrid"].upper())
    if found is None:
        raise web.HTTPNotFound(reason="there is no such request")
    return found


async def _answer(request: web.Request) -> web.Response:
    said = read_parameters(_ANSWER, await body(request))
    found = _named(request)
    found.answer |= {name: value for name, value in said.items() if value is not None}
    await gateway_of(request).state.changed()
    return web.json_response(found.granted)


async def _cancel(request: web.Request) -> web.Response:
    _named(request).answer["status"] = CANCELLED
    await gateway_of(request).state.changed()
    return web.Response(status=204)


ROUTES: tuple[Route, ...] = (
    ("GET", "/gateways/{id}/vehicles", _vehicles),
    ("GET", "/gateways/{id}/reservations", _reservations),
    ("POST", "/gateways/{id}/reservations/{mrid}", _answer),
    ("DELETE", "/gateways/{id}/reservations/{mrid}", _cancel),
)
