"""Cases and remote diagnosis at the control endpoint: what the representative does."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.control.requests import Route, body
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.utility.utility import UTILITY, Utility

_NOTE = {"note": Parameter(str, required=True)}
_ASK = {
    "registration_id": Parameter(str),
    "premise_id": Parameter(str),
    "case_id": Parameter(str),
    "note": Parameter(str, "The utility would like to have a look."),
}


async def _cases(request: web.Request) -> web.Response:
    return web.json_response(request.app[UTILITY].cases.all())


async def _say(request: web.Request) -> web.Response:
    utility, said = request.app[UTILITY], read_parameters(_NOTE, await body(request))
    return web.json_response(utility.cases.say(utility.cases.get(request.match_info["id"]), said["note"]))


async def _requests(request: web.Request) -> web.Response:
    return web.json_response(request.app[UTILITY].remote.requests())


async def _ask(request: web.Request) -> web.Response:
    utility, said = request.app[UTILITY], read_parameters(_ASK, await body(request))
    customer, premise_id = _whose(utility, said)
    asked = utility.remote.ask(customer, premise_id, said["registration_id"], said["case_id"], said["note"])
    return web.json_response(asked, status=201)


def _whose(utility: Utility, said: dict[str, Any]) -> tuple[str, str]:
    if said["case_id"] is not None:
        case = utility.cases.get(said["case_id"])
        said["registration_id"] = said["registration_id"] or case["registration_id"]
        return case["user"], case["premise_id"]
    if said["registration_id"] is not None:
        registration = utility.registrations.get(said["registration_id"])
        return registration["user"], registration["premise_id"]
    customer = utility.customers.of_premise(said["premise_id"] or "")
    if customer is None:
        raise BadParameterError("premise_id: there is no such premise", "premise_id")
    return customer["name"], customer["premise"]["id"]


ROUTES: tuple[Route, ...] = (
    ("GET", "/utility/cases", _cases),
    ("POST", "/utility/cases/{id}/note", _say),
    ("GET", "/utility/diagnostics", _requests),
    ("POST", "/utility/diagnostics", _ask),
)
