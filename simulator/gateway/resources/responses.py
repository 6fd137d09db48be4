"""Where devices answer to events (IEEE 2030.5-2018 clause 8.8, Response function set)."""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.load_controls import LoadControlResponse
from simulator.gateway.resources import reductions
from simulator.gateway.resources.demand_response import REPLY_TO, is_offered
from simulator.gateway.resources.lists import list_answer, numbered, with_number
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, list_link, render, typed, variant

_SET = "/rsps/1"


def _visible(gateway: GatewayState, request: Request) -> list[LoadControlResponse]:
    """What the client posted, and what others posted for it; newest first, as clause 8.8.2 has it."""
    found = [each for each in gateway.demand_response.responses if request.lfdi in {each.client, each.lfdi}]
    return sorted(found, key=lambda each: (-(each.created or 0), each.lfdi))


def _type(response: LoadControlResponse) -> str:
    return "DrResponse" if response.extras else "Response"


def _fields(response: LoadControlResponse) -> Fields:
    fields: Fields = {
        "href": f"{REPLY_TO}/{response.number}",
        "created_date_time": typed(response.created) if response.created is not None else None,
        "end_device_lfdi": bytes.fromhex(response.lfdi),
        "status": response.status,
        "subject": typed(bytes.fromhex(response.mrid)),
    }
    return fields | reductions.to_fields(response.extras)


def _set(gateway: GatewayState, request: Request) -> Fields:
    return {
        "href": _SET,
        "m_rid": typed(gateway.mrid(_SET)),
        "description": "Demand response",
        "response_list_link": list_link(REPLY_TO, len(_visible(gateway, request))),
    }


async def _sets(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "ResponseSetList", "response_set", [gateway], lambda _: _set(gateway, request), polled=True
    )


async def _one_set(gateway: GatewayState, request: Request, number: int) -> Answer:
    return Answer(body=render("ResponseSet", _set(numbered([gateway], number), request)))


async def _list(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "ResponseList", "response", _visible(gateway, request),
        lambda response: variant(_type(response), _fields(response)),
    )  # fmt: skip


async def _get(gateway: GatewayState, request: Request, item: int) -> Answer:
    response = with_number(_visible(gateway, request), item, "response")
    return Answer(body=render(_type(response), _fields(response)))


def _speaks_for(gateway: GatewayState, client: str, lfdi: str) -> bool:
    """Whether a client may answer for a device: itself, one it added, or one the utility enrolled."""
    entry = gateway.registrations.get(lfdi)
    added = entry is not None and entry.added_by == client
    return lfdi == client or added or bool(gateway.demand_response.enrolments(lfdi))


async def _post(gateway: GatewayState, request: Request) -> Answer:
    document = read_document("DrResponse", request)
    mrid, lfdi = document.subject.value.hex().upper(), document.end_device_lfdi.hex().upper()
    events = gateway.demand_response
    if all(control.subject != mrid for control in events.controls):
        raise RequestError(404, "no such event")
    if not _speaks_for(gateway, request.lfdi, lfdi):
        raise RequestError(403, "this client does not speak for the device")
    created = document.created_date_time.value if document.created_date_time is not None else None
    response = events.respond(mrid, lfdi, document.status, created, request.lfdi, reductions.from_document(document))
    entry = gateway.registrations.get(lfdi)
    if entry is not None and request.lfdi in entry.holders:
        gateway.contacts.heard(lfdi, request.lfdi, "Response")
    await gateway.changed()
    return Answer(201, headers={"Location": f"{REPLY_TO}/{response.number}"})


ROUTES = (
    Route("GET", "/rsps", _sets, when=is_offered),
    Route("GET", "/rsps/{number}", _one_set, when=is_offered),
    Route("GET", REPLY_TO, _list, when=is_offered),
    Route("POST", REPLY_TO, _post, when=is_offered),
    Route("GET", f"{REPLY_TO}/{{item}}", _get, when=is_offered),
)
