"""Where devices answer to events (IEEE 2030.5-2018 clause 8.8, Response function set)."""

from __future__ import annotations

from simulator.gateway.event_responses import EventResponse
from simulator.gateway.http import Answer, Request
from simulator.gateway.load_controls import LoadControlResponse
from simulator.gateway.resources import reductions
from simulator.gateway.resources.demand_response import REPLY_TO, is_offered
from simulator.gateway.resources.lists import list_answer, numbered, with_number
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, list_link, render, root_of, typed, variant

_SET, _EVENT_SET = "/rsps/1", "/rsps/2"
_EVENT_REPLY_TO = f"{_EVENT_SET}/rsp"
_EVENT_KINDS = ("TextResponse", "PriceResponse", "FlowReservationResponseResponse")


def wanted(response_required: int) -> Fields:
    """The attributes by which a message, a price or a reservation asks for answers; none where it asks for none."""
    if not response_required:
        return {}
    return {"reply_to": _EVENT_REPLY_TO, "response_required": bytes([response_required])}


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


def _sets_of(gateway: GatewayState, request: Request) -> list[Fields]:
    counts = {
        _SET: ("Demand response", len(_visible(gateway, request))),
        _EVENT_SET: ("Messages, prices, reservations", len(_visible_events(gateway, request))),
    }
    return [
        {
            "href": href,
            "m_rid": typed(gateway.mrid(href)),
            "description": description,
            "response_list_link": list_link(f"{href}/rsp", count),
        }
        for href, (description, count) in counts.items()
    ]


async def _sets(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "ResponseSetList", "response_set", _sets_of(gateway, request), lambda each: each, polled=True
    )


async def _one_set(gateway: GatewayState, request: Request, number: int) -> Answer:
    return Answer(body=render("ResponseSet", numbered(_sets_of(gateway, request), number)))


async def _list(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "ResponseList", "response", _visible(gateway, request),
        lambda response: variant(_type(response), _fields(response)),
    )  # fmt: skip


async def _get(gateway: GatewayState, request: Request, item: int) -> Answer:
    response = with_number(_visible(gateway, request), item, "response")
    return Answer(body=render(_type(response), _fields(response)))


def _speaks_for(gateway: GatewayState, client: str, lfdi: str) -> bool:
    """Whether a client may answer for a device (``endDeviceLFDI``): for itself, and for one that it announced."""
    entry = gateway.registrations.get(lfdi)
    return lfdi == client if entry is None else client in entry.holders


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


# Messages, prices, reservations


def _visible_events(gateway: GatewayState, request: Request) -> list[EventResponse]:
    found = [each for each in gateway.event_responses.all if request.lfdi in {each.client, each.lfdi}]
    return sorted(found, key=lambda each: (-(each.created or 0), each.lfdi))


def _event_fields(response: EventResponse) -> Fields:
    return {
        "href": f"{_EVENT_REPLY_TO}/{response.number}",
        "created_date_time": typed(response.created) if response.created is not None else None,
        "end_device_lfdi": bytes.fromhex(response.lfdi),
        "status": response.status,
        "subject": typed(bytes.fromhex(response.mrid)),
    }


async def _list_events(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(
        gateway, request, "ResponseList", "response", _visible_events(gateway, request),
        lambda response: variant(response.kind, _event_fields(response)),
    )  # fmt: skip


async def _get_event(gateway: GatewayState, request: Request, item: int) -> Answer:
    response = with_number(_visible_events(gateway, request), item, "response")
    return Answer(body=render(response.kind, _event_fields(response)))


async def _post_event(gateway: GatewayState, request: Request) -> Answer:
    kind = root_of(request.body)
    if kind not in _EVENT_KINDS:
        raise RequestError(400, f"answers to these events are {', '.join(_EVENT_KINDS)}")
    document = read_document(kind, request)
    lfdi = document.end_device_lfdi.hex().upper()
    if not _speaks_for(gateway, request.lfdi, lfdi):
        raise RequestError(403, "this client does not speak for the device")
    response = gateway.event_responses.take(
        kind=kind,
        mrid=document.subject.value.hex().upper(),
        lfdi=lfdi,
        status=document.status,
        created=document.created_date_time.value if document.created_date_time is not None else None,
        client=request.lfdi,
    )
    if gateway.registrations.get(lfdi) is not None:
        gateway.contacts.heard(lfdi, request.lfdi, kind)
    await gateway.changed()
    return Answer(201, headers={"Location": f"{_EVENT_REPLY_TO}/{response.number}"})


def _wants_answers(gateway: GatewayState) -> bool:
    personality = gateway.settings.personality
    return personality.messaging or personality.pricing


ROUTES = (
    Route("GET", "/rsps", _sets, when=is_offered),
    Route("GET", "/rsps/{number}", _one_set, when=is_offered),
    Route("GET", REPLY_TO, _list, when=is_offered),
    Route("POST", REPLY_TO, _post, when=is_offered),
    Route("GET", f"{REPLY_TO}/{{item}}", _get, when=is_offered),
    Route("GET", _EVENT_REPLY_TO, _list_events, when=_wants_answers),
    Route("POST", _EVENT_REPLY_TO, _post_event, when=_wants_answers),
    Route("GET", f"{_EVENT_REPLY_TO}/{{item}}", _get_event, when=_wants_answers),
)
