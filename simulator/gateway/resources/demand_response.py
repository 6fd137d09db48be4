"""Demand response programs and their controls (IEEE 2030.5-2018 clause 10.3)."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.gateway.demand_response import NotKnownError
from simulator.gateway.http import Answer, Request
from simulator.gateway.load_controls import DrProgram, LoadControl
from simulator.gateway.resources import reductions
from simulator.gateway.resources.lists import list_answer, with_number
from simulator.gateway.resources.routing import RequestError, Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, list_link, render, typed

REPLY_TO = "/rsps/1/rsp"
_RECEIVED_AND_SPECIFIC = b"\x03"  # "message was received" and "specific response"


def is_offered(gateway: GatewayState) -> bool:
    """Whether the gateway has demand response at all."""
    return gateway.settings.personality.demand_response


def program_fields(gateway: GatewayState, program: DrProgram) -> Fields:
    """A DemandResponseProgram."""
    events = gateway.demand_response
    return {
        "href": program.href,
        "m_rid": typed(gateway.mrid(program.href)),
        "description": program.description,
        "active_end_device_control_list_link": list_link(f"{program.href}/actedc", len(events.active(program.number))),
        "end_device_control_list_link": list_link(program.controls_href, len(events.listed(program.number))),
        "primacy": typed(program.primacy),
    }


def program_list(
    gateway: GatewayState, request: Request, programs: Sequence[DrProgram], *, subscribable: bool
) -> Answer:
    """A DemandResponseProgramList, in the order of clause 10.3.2: primacy ascending, then mRID descending."""
    by_mrid = sorted(programs, key=lambda program: gateway.mrid(program.href), reverse=True)
    return list_answer(
        gateway, request, "DemandResponseProgramList", "demand_response_program",
        sorted(by_mrid, key=lambda program: program.primacy), lambda program: program_fields(gateway, program),
        polled=True, subscribable=subscribable,
    )  # fmt: skip


def _control(gateway: GatewayState, control: LoadControl) -> Fields:
    standing = gateway.demand_response.standing(control)
    superseding = standing.potentially_superseded_at
    status: Fields = {
        "current_status": int(standing.status),
        "date_time": typed(standing.since),
        "potentially_superseded": superseding is not None,
    }
    if superseding is not None:
        status["potentially_superseded_time"] = typed(superseding)
    fields: Fields = {
        "href": f"/dr/{control.program}/edc/{control.number}",
        "reply_to": REPLY_TO,
        "response_required": _RECEIVED_AND_SPECIFIC,
        "m_rid": typed(control.mrid),
        "creation_time": typed(control.created),
        "event_status": status,
        "interval": {"duration": control.duration, "start": typed(control.start)},
        "device_category": typed(control.device_category.to_bytes(4)),
        "dr_program_mandatory": control.mandatory,
        "load_shift_forward": control.load_shift_forward,
    }
    for name in ("randomize_start", "randomize_duration"):
        if (seconds := getattr(control, name)) is not None:
            fields[name] = typed(seconds)
    return fields | reductions.to_fields(control.to_dict())


def _program(gateway: GatewayState, number: int) -> DrProgram:
    try:
        return gateway.demand_response.program(number)
    except NotKnownError as err:
        raise RequestError(404, str(err)) from err


def _controls(
    gateway: GatewayState, request: Request, found: Sequence[LoadControl], *, subscribable: bool = False
) -> Answer:
    return list_answer(
        gateway, request, "EndDeviceControlList", "end_device_control", found,
        lambda control: _control(gateway, control), time_of=lambda control: control.start,
        subscribable=subscribable,
    )  # fmt: skip


async def _programs(gateway: GatewayState, request: Request) -> Answer:
    subscribable = gateway.settings.subscribable
    return program_list(gateway, request, gateway.demand_response.programs, subscribable=subscribable)


async def _one_program(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("DemandResponseProgram", program_fields(gateway, _program(gateway, number))))


async def _all_controls(gateway: GatewayState, request: Request, number: int) -> Answer:
    found = gateway.demand_response.listed(_program(gateway, number).number)
    return _controls(gateway, request, found, subscribable=gateway.settings.subscribable)


async def _active_controls(gateway: GatewayState, request: Request, number: int) -> Answer:
    return _controls(gateway, request, gateway.demand_response.active(_program(gateway, number).number))


async def _one_control(gateway: GatewayState, _request: Request, number: int, item: int) -> Answer:
    control = with_number(gateway.demand_response.listed(_program(gateway, number).number), item, "control")
    return Answer(body=render("EndDeviceControl", _control(gateway, control)))


ROUTES = tuple(
    Route("GET", path, handler, when=is_offered)
    for path, handler in (
        ("/dr", _programs),
        ("/dr/{number}", _one_program),
        ("/dr/{number}/edc", _all_controls),
        ("/dr/{number}/edc/{item}", _one_control),
        ("/dr/{number}/actedc", _active_controls),
    )
)
