"""Demand response at the control endpoint: what a utility does, and what the devices answered it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from simulator.control import requests
from simulator.fleet import fleet as actions
from simulator.gateway.controls import CONTROL, PROGRAM, Control
from simulator.gateway.parameters import Parameter, read_parameters
from simulator.gateway.service import GatewayService
from simulator.gateway.state import GatewayState

_CONTROL = {"program": Parameter(int, 1, minimum=1), **CONTROL}
_CANCEL = {"randomized": Parameter(bool, False)}


def describe_control(gateway: GatewayState, control: Control) -> dict[str, Any]:
    """A control with its EventStatus, as the control endpoint shows it."""
    standing = gateway.demand_response.standing(control)
    return control.to_dict() | {
        "status": int(standing.status),
        "potentially_superseded": standing.potentially_superseded_at is not None,
    }


async def _programs(request: web.Request) -> web.Response:
    events = requests.service_of(request).gateway.demand_response
    return web.json_response([program.to_dict() for program in events.programs])


async def _add_program(request: web.Request) -> web.Response:
    service = requests.service_of(request)
    program = await actions.add_program(service, **read_parameters(PROGRAM, await requests.body(request)))
    return web.json_response(program.to_dict(), status=201)


def _enrolling(action: Callable[[GatewayService, str, int], Awaitable[None]]) -> requests.Handler:
    async def handle(request: web.Request) -> web.Response:
        service, number = requests.service_of(request), requests.number_of(request, "program")
        await action(service, actions.read_lfdi(request.match_info["lfdi"]), number)
        return web.json_response(service.gateway.demand_response.program(number).to_dict())

    return handle


async def _controls(request: web.Request) -> web.Response:
    gateway = requests.service_of(request).gateway
    return web.json_response([describe_control(gateway, each) for each in gateway.demand_response.controls])


async def _publish(request: web.Request) -> web.Response:
    service, said = requests.service_of(request), await requests.body(request)
    program = read_parameters(_CONTROL, said)["program"]
    named = {name: value for name, value in said.items() if name != "program"}
    control = await actions.publish_control(service, program, **named)
    return web.json_response(describe_control(service.gateway, control), status=201)


async def _cancel(request: web.Request) -> web.Response:
    service, number = requests.service_of(request), requests.number_of(request, "number")
    said = read_parameters(_CANCEL, await requests.body(request))
    control = await actions.cancel_control(service, number, said["randomized"])
    return web.json_response(describe_control(service.gateway, control))


async def _responses(request: web.Request) -> web.Response:
    events = requests.service_of(request).gateway.demand_response
    return web.json_response([asdict(response) for response in events.responses])


async def _clear_responses(request: web.Request) -> web.Response:
    gateway = requests.service_of(request).gateway
    gateway.demand_response.responses.clear()
    await gateway.changed()
    return web.Response(status=204)


_DEVICE = "/gateways/{id}/programs/{program}/devices/{lfdi}"

ROUTES: tuple[tuple[str, str, requests.Handler], ...] = (
    ("GET", "/gateways/{id}/programs", _programs),
    ("POST", "/gateways/{id}/programs", _add_program),
    ("PUT", _DEVICE, _enrolling(actions.enroll)),
    ("DELETE", _DEVICE, _enrolling(actions.unenroll)),
    ("GET", "/gateways/{id}/controls", _controls),
    ("POST", "/gateways/{id}/controls", _publish),
    ("POST", "/gateways/{id}/controls/{number}/cancel", _cancel),
    ("GET", "/gateways/{id}/responses", _responses),
    ("DELETE", "/gateways/{id}/responses", _clear_responses),
)
