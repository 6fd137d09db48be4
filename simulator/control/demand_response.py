"""Demand response at the control endpoint: what a utility does, and what the devices answered it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from simulator.control import requests
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.load_controls import LOAD_CONTROL, PROGRAM, LoadControl
from simulator.gateway.parameters import Parameter, read_parameters

_CONTROL = {"program": Parameter(int, 1, minimum=1), **LOAD_CONTROL}
_CANCEL = {"randomized": Parameter(bool, False)}


def _described(gateway: InstalledGateway, control: LoadControl) -> dict[str, Any]:
    """A control with its EventStatus, as the control endpoint shows it."""
    standing = gateway.state.demand_response.standing(control)
    return control.to_dict() | {
        "status": int(standing.status),
        "potentially_superseded": standing.potentially_superseded_at is not None,
    }


async def _programs(request: web.Request) -> web.Response:
    events = requests.gateway_of(request).state.demand_response
    return web.json_response([program.to_dict() for program in events.programs])


async def _add_program(request: web.Request) -> web.Response:
    gateway = requests.gateway_of(request)
    program = await gateway.add_program(**read_parameters(PROGRAM, await requests.body(request)))
    return web.json_response(program.to_dict(), status=201)


def _enrolling(action: Callable[[InstalledGateway, str, int], Awaitable[None]]) -> requests.Handler:
    async def handle(request: web.Request) -> web.Response:
        gateway, number = requests.gateway_of(request), requests.number_of(request, "program")
        await action(gateway, requests.read_lfdi(request.match_info["lfdi"]), number)
        return web.json_response(gateway.state.demand_response.program(number).to_dict())

    return handle


async def _controls(request: web.Request) -> web.Response:
    gateway = requests.gateway_of(request)
    return web.json_response([_described(gateway, each) for each in gateway.state.demand_response.controls])


async def _publish(request: web.Request) -> web.Response:
    gateway, said = requests.gateway_of(request), await requests.body(request)
    program = read_parameters(_CONTROL, said)["program"]
    named = {name: value for name, value in said.items() if name != "program"}
    return web.json_response(_described(gateway, await gateway.publish_control(program, **named)), status=201)


async def _cancel(request: web.Request) -> web.Response:
    gateway, number = requests.gateway_of(request), requests.number_of(request, "number")
    said = read_parameters(_CANCEL, await requests.body(request))
    control = await gateway.cancel_control(number, randomized=said["randomized"])
    return web.json_response(_described(gateway, control))


async def _unlist(request: web.Request) -> web.Response:
    gateway, number = requests.gateway_of(request), requests.number_of(request, "number")
    await gateway.unlist_control(number)
    return web.Response(status=204)


async def _responses(request: web.Request) -> web.Response:
    events = requests.gateway_of(request).state.demand_response
    return web.json_response([asdict(response) for response in events.responses])


async def _clear_responses(request: web.Request) -> web.Response:
    gateway = requests.gateway_of(request).state
    gateway.demand_response.responses.clear()
    await gateway.changed()
    return web.Response(status=204)


_DEVICE = "/gateways/{id}/programs/{program}/devices/{lfdi}"

ROUTES: tuple[requests.Route, ...] = (
    ("GET", "/gateways/{id}/programs", _programs),
    ("POST", "/gateways/{id}/programs", _add_program),
    ("PUT", _DEVICE, _enrolling(InstalledGateway.enroll)),
    ("DELETE", _DEVICE, _enrolling(InstalledGateway.unenroll)),
    ("GET", "/gateways/{id}/controls", _controls),
    ("POST", "/gateways/{id}/controls", _publish),
    ("POST", "/gateways/{id}/controls/{number}/cancel", _cancel),
    ("DELETE", "/gateways/{id}/controls/{number}", _unlist),
    ("GET", "/gateways/{id}/responses", _responses),
    ("DELETE", "/gateways/{id}/responses", _clear_responses),
)
