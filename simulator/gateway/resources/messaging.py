"""Text messages (IEEE 2030.5-2018, Messaging function set)."""

from __future__ import annotations

from simulator.gateway.http import Answer, Request
from simulator.gateway.messages import TextMessage
from simulator.gateway.resources import responses
from simulator.gateway.resources.lists import list_answer, numbered
from simulator.gateway.resources.routing import Route
from simulator.gateway.state import GatewayState
from simulator.gateway.wire import Fields, list_link, render, typed

_PROGRAM = "/msg/1"


def _program(gateway: GatewayState) -> Fields:
    active = gateway.messages.active(gateway.clock())
    return {
        "href": _PROGRAM,
        "m_rid": typed(gateway.mrid(_PROGRAM)),
        "description": "Messages",
        "active_text_message_list_link": list_link(f"{_PROGRAM}/actmsg", len(active)),
        "locale": typed("en"),
        "primacy": typed(1),
        "text_message_list_link": list_link(f"{_PROGRAM}/txt", len(gateway.messages.all())),
    }


def _message(gateway: GatewayState, number: int, message: TextMessage) -> Fields:
    href, now = f"{_PROGRAM}/txt/{number}", gateway.clock()
    return responses.wanted(message.response_required) | {
        "href": href,
        "m_rid": typed(gateway.mrid(href)),
        "description": message.description,
        "creation_time": typed(message.start),
        "event_status": {
            "current_status": int(message.start <= now),  # scheduled or active
            "date_time": typed(message.start),
            "potentially_superseded": False,
        },
        "interval": {"duration": message.duration, "start": typed(message.start)},
        "originator": "Simulated utility",
        "priority": typed(message.priority),
        "text_message": message.text,
    }


async def _programs(gateway: GatewayState, request: Request) -> Answer:
    return list_answer(gateway, request, "MessagingProgramList", "messaging_program", [gateway], _program, polled=True)


async def _one_program(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("MessagingProgram", _program(numbered([gateway], number))))


def _listed(gateway: GatewayState, request: Request, found: list[tuple[int, TextMessage]]) -> Answer:
    return list_answer(
        gateway, request, "TextMessageList", "text_message", found, lambda entry: _message(gateway, *entry)
    )


async def _messages(gateway: GatewayState, request: Request) -> Answer:
    return _listed(gateway, request, gateway.messages.all())


async def _active_messages(gateway: GatewayState, request: Request) -> Answer:
    return _listed(gateway, request, gateway.messages.active(gateway.clock()))


async def _one_message(gateway: GatewayState, _request: Request, number: int) -> Answer:
    return Answer(body=render("TextMessage", _message(gateway, *numbered(gateway.messages.all(), number))))


def _served(gateway: GatewayState) -> bool:
    return gateway.settings.personality.messaging


ROUTES = (
    Route("GET", "/msg", _programs, when=_served),
    Route("GET", "/msg/{number}", _one_program, when=_served),
    Route("GET", "/msg/1/txt", _messages, when=_served),
    Route("GET", "/msg/1/actmsg", _active_messages, when=_served),
    Route("GET", "/msg/1/txt/{number}", _one_message, when=_served),
)
