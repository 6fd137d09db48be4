"""The gateway's registration instructions as a text message (IEEE 2030.5-2018 clause 10.5; use case IP-11)."""

from __future__ import annotations

from simulator.gateway import Gateway
from simulator.http import Answer, Request
from simulator.resources.lists import list_answer, numbered
from simulator.resources.routing import Route
from simulator.wire import Fields, list_link, render, typed

_PROGRAM = "/msg/1"
INSTRUCTIONS = (
    "Register this device at your utility's portal (My account, Meters and devices): enter its LFDI, then choose "
    "the programs it is to take part in."
)


def _program(gateway: Gateway) -> Fields:
    return {
        "href": _PROGRAM,
        "m_rid": typed(gateway.mrid(_PROGRAM)),
        "description": "Registration",
        "active_text_message_list_link": list_link(f"{_PROGRAM}/actmsg", 1),
        "locale": typed("en"),
        "primacy": typed(1),
        "text_message_list_link": list_link(f"{_PROGRAM}/txt", 1),
    }


def _message(gateway: Gateway) -> Fields:
    href, since = f"{_PROGRAM}/txt/1", gateway.started_at
    return {
        "href": href,
        "m_rid": typed(gateway.mrid(href)),
        "description": "Registration instructions",
        "creation_time": typed(since),
        "event_status": {"current_status": 1, "date_time": typed(since), "potentially_superseded": False},  # active
        "interval": {"duration": 365 * 86400, "start": typed(since)},
        "originator": "Simulated utility",
        "priority": typed(1),  # normal
        "text_message": INSTRUCTIONS,
    }


async def _programs(gateway: Gateway, request: Request) -> Answer:
    return list_answer(
        gateway, request, "MessagingProgramList", "messaging_program", [gateway], _program,
        attributes={"poll_rate": gateway.settings.poll_rate},
    )  # fmt: skip


async def _one_program(gateway: Gateway, _request: Request, number: int) -> Answer:
    return Answer(body=render("MessagingProgram", _program(numbered([gateway], number))))


async def _messages(gateway: Gateway, request: Request) -> Answer:
    return list_answer(gateway, request, "TextMessageList", "text_message", [gateway], _message)


async def _one_message(gateway: Gateway, _request: Request, number: int) -> Answer:
    return Answer(body=render("TextMessage", _message(numbered([gateway], number))))


def _served(gateway: Gateway) -> bool:
    return gateway.settings.personality.messaging


ROUTES = (
    Route("GET", "/msg", _programs, when=_served),
    Route("GET", "/msg/{number}", _one_program, when=_served),
    Route("GET", "/msg/1/txt", _messages, when=_served),
    Route("GET", "/msg/1/actmsg", _messages, when=_served),
    Route("GET", "/msg/1/txt/{number}", _one_message, when=_served),
)
