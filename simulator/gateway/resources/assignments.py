"""FunctionSetAssignments: what is meant for a device (IEEE 2030.5-2018 clause 8.4).

The first is what every device gets; each demand response program that it is enrolled in has one of its own.
"""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.load_controls import DrProgram
from simulator.gateway.resources.demand_response import is_offered, program_list
from simulator.gateway.resources.end_device import device_at, is_served
from simulator.gateway.resources.lists import list_answer
from simulator.gateway.resources.routing import RequestError, Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, link, list_link, render, typed


def _enrolments(gateway: GatewayState, request: Request, number: int) -> dict[int, DrProgram | None]:
    """What is assigned to the device at /edev/``number``, by number. A program's never changes."""
    entry = device_at(gateway, request, number)
    programs = gateway.demand_response.enrolments(entry.lfdi)
    return {1: None} | {1 + program.number: program for program in programs}


def _basics(gateway: GatewayState) -> Fields:
    fields: Fields = {"usage_point_list_link": list_link("/upt", 1), "description": "Metering"}
    if gateway.settings.personality.messaging:
        fields["messaging_program_list_link"] = list_link("/msg", 1)
    if gateway.settings.personality.pricing:
        fields["tariff_profile_list_link"] = list_link("/tp", 1)
    return fields


def _fields(gateway: GatewayState, href: str, program: DrProgram | None) -> Fields:
    clock = f"{href}/tm" if gateway.faults.take("no_assigned_time") else "/tm"
    fields: Fields = {"href": href, "time_link": link(clock), "m_rid": typed(gateway.mrid(href))}
    if program is None:
        return fields | _basics(gateway)
    return fields | {
        "description": program.description,
        "demand_response_program_list_link": list_link(f"{href}/dr", 1),
        "response_set_list_link": list_link("/rsps", 1),
    }


async def _list(gateway: GatewayState, request: Request, number: int) -> Answer:
    return list_answer(
        gateway, request, "FunctionSetAssignmentsList", "function_set_assignments",
        list(_enrolments(gateway, request, number).items()),
        lambda entry: _fields(gateway, f"{request.path}/{entry[0]}", entry[1]), polled=True,
    )  # fmt: skip


def _assigned(gateway: GatewayState, request: Request, number: int, item: int) -> DrProgram | None:
    found = _enrolments(gateway, request, number)
    if item not in found:
        raise RequestError(404, "no such resource")
    return found[item]


async def _get(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    program = _assigned(gateway, request, number, item)
    return Answer(body=render("FunctionSetAssignments", _fields(gateway, request.path, program)))


async def _programs(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    program = _assigned(gateway, request, number, item)
    if program is None:
        raise RequestError(404, "no such resource")
    return program_list(gateway, request, [program], subscribable=False)


ROUTES = (
    Route("GET", "/edev/{number}/fsa", _list, when=is_served),
    Route("GET", "/edev/{number}/fsa/{item}", _get, when=is_served),
    Route("GET", "/edev/{number}/fsa/{item}/dr", _programs, when=is_offered),
)
