"""LogEventList of the gateway, and of each device, which writes its own (IEEE 2030.5-2018 clause 9.5)."""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.registrations import LogEvent
from simulator.gateway.resources.end_device import device_at, is_served, own_device
from simulator.gateway.resources.lists import list_answer, numbered
from simulator.gateway.resources.routing import RequestError, Route, read_document
from simulator.gateway.state import GatewayState
from simulator.gateway.texts import STRING32
from simulator.gateway.wire import Fields, filled, render, typed

_KEPT = 1000


def _fields(event: LogEvent, href: str) -> Fields:
    fields: Fields = {
        "href": href,
        "created_date_time": typed(event.created),
        "function_set": event.function_set,
        "log_event_code": event.code,
        "log_event_id": event.number,
        "log_event_pen": typed(event.pen),
        "profile_id": event.profile_id,
    }
    optional = {"details": event.details and event.details[:STRING32], "extended_data": event.extended_data}
    return fields | filled(optional)


def _list(gateway: GatewayState, request: Request, events: list[LogEvent]) -> Answer:
    newest_first = list(enumerate(events, 1))[::-1]
    return list_answer(
        gateway, request, "LogEventList", "log_event", newest_first,
        lambda entry: _fields(entry[1], f"{request.path}/{entry[0]}"),
        time_of=lambda entry: entry[1].created, polled=True,
    )  # fmt: skip


async def _gateway_list(gateway: GatewayState, request: Request) -> Answer:
    return _list(gateway, request, gateway.events)


async def _gateway_event(gateway: GatewayState, request: Request, item: int) -> Answer:
    return Answer(body=render("LogEvent", _fields(numbered(gateway.events, item), request.path)))


async def _device_list(gateway: GatewayState, request: Request, number: int) -> Answer:
    return _list(gateway, request, device_at(gateway, request, number).events)


async def _device_event(gateway: GatewayState, request: Request, number: int, item: int) -> Answer:
    event = numbered(device_at(gateway, request, number).events, item)
    return Answer(body=render("LogEvent", _fields(event, request.path)))


async def _post(gateway: GatewayState, request: Request, number: int) -> Answer:
    entry = own_device(gateway, request, number)
    if len(entry.events) >= _KEPT:
        raise RequestError(413, "the log is full")
    document = read_document("LogEvent", request)
    entry.events.append(
        LogEvent(
            created=document.created_date_time.value,
            function_set=document.function_set,
            code=document.log_event_code,
            number=document.log_event_id,
            pen=document.log_event_pen.value,
            profile_id=document.profile_id,
            details=document.details,
            extended_data=document.extended_data,
        )
    )
    await gateway.changed()
    return Answer(201, headers={"Location": f"{request.path}/{len(entry.events)}"})


ROUTES = (
    Route("GET", "/sdev/log", _gateway_list),
    Route("GET", "/sdev/log/{item}", _gateway_event),
    Route("GET", "/edev/{number}/log", _device_list, when=is_served),
    Route("POST", "/edev/{number}/log", _post, when=is_served),
    Route("GET", "/edev/{number}/log/{item}", _device_event, when=is_served),
)
