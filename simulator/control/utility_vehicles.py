"""Vehicles and billing at the control endpoint: what the utility's people and mistakes do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from simulator.control.requests import Route, body, error
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.utility.api.schema import check_component
from simulator.utility.problems import ProblemError
from simulator.utility.utility import UTILITY


def _of_schema(name: str, otherwise: str) -> Callable[[str], str]:
    """What reads a text of the API's schema ``name``; ``ValueError`` with ``otherwise`` where it is none."""

    def read(text: str) -> str:
        try:
            check_component(name, text)
        except ProblemError:
            raise ValueError(otherwise) from None
        return text

    return read


_WORDS = Parameter(str, required=True, convert=_of_schema("Words", "at most 64 characters"))
_VEHICLE = {
    "user": Parameter(str, required=True),
    "vin": Parameter(str, required=True, convert=_of_schema("Vin", "17 capital letters and digits, no I, O or Q")),
    "make": _WORDS,
    "model": _WORDS,
    "battery_wh": Parameter(int, minimum=1, maximum=1_000_000),
}
_OF_VIN = ("invalid-vin", "not-vehicle-owner")
_DECISION = {"detail": Parameter(str, "")}
_RECORD = {"energy_wh": Parameter(int, required=True, minimum=0, maximum=10**9)}
_PROGRAM_CHANGES = frozenset({"open", "guests", "time_zone", "tiers", "periods", "default_tier", "closed_premises"})


async def _vehicles(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[UTILITY].state.store.all("vehicle")))


async def _add_vehicle(request: web.Request) -> web.Response:
    utility, said = request.app[UTILITY], read_parameters(_VEHICLE, await body(request))
    if utility.customers.get(said["user"]) is None:
        raise BadParameterError(f"user: there is no customer {said['user']}", "user")
    try:
        return web.json_response(utility.vehicles.add(said["user"], said), status=201)
    except ProblemError as problem:
        if problem.name not in _OF_VIN:
            raise
        return error(problem.status, f"vin: {problem.detail}", "vin")


async def _bindings(request: web.Request) -> web.Response:
    return web.json_response(request.app[UTILITY].vehicles.bindings())


async def _decide_binding(request: web.Request) -> web.Response:
    utility, decision = request.app[UTILITY], request.match_info["decision"]
    if decision not in ("approve", "refuse", "end"):
        raise web.HTTPNotFound(reason=f"there is no decision {decision}")
    said = read_parameters(_DECISION, await body(request))
    async with utility.state.writing:
        return web.json_response(utility.vehicles.decide(request.match_info["id"], decision, said["detail"]))


async def _confirmations(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[UTILITY].state.store.all("confirmation")))


async def _decide_confirmation(request: web.Request) -> web.Response:
    utility, decision = request.app[UTILITY], request.match_info["decision"]
    if decision not in ("confirm", "refuse"):
        raise web.HTTPNotFound(reason=f"there is no decision {decision}")
    async with utility.state.writing:
        return web.json_response(utility.billing.decide(request.match_info["id"], decision))


async def _records(request: web.Request) -> web.Response:
    store, premise = request.app[UTILITY].state.store, request.query.get("premise_id")
    found = store.of("billing_record", "premise_id", premise) if premise else store.all("billing_record")
    return web.json_response(list(found))


async def _change_record(request: web.Request) -> web.Response:
    said = read_parameters(_RECORD, await body(request))
    record = request.app[UTILITY].billing.spoil(request.match_info["id"], said["energy_wh"])
    if record is None:
        raise web.HTTPNotFound(reason="there is no such billing record")
    return web.json_response(record)


async def _bills(request: web.Request) -> web.Response:
    utility = request.app[UTILITY]
    return web.json_response(
        [
            {"user": customer["name"], **bill}
            for customer in utility.customers.all()
            for bill in utility.billing.bills(customer["name"])
        ]
    )


async def _programs(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[UTILITY].state.store.all("rate_program")))


def _check_program(program: dict[str, Any]) -> None:
    """Raise ``BadParameterError`` for a rate program that nobody could be billed by."""
    try:
        check_component("RateProgram", program)
        ZoneInfo(program["time_zone"])
    except ProblemError as problem:
        raise BadParameterError(problem.detail) from None
    except ValueError, OSError, ZoneInfoNotFoundError:
        raise BadParameterError(f"time_zone: there is no {program['time_zone']}") from None
    tiers = [tier["id"] for tier in program["tiers"]]
    if len(set(tiers)) != len(tiers):
        raise BadParameterError("tiers: an id is there twice")
    if unknown := {program["default_tier"], *(period["tier"] for period in program["periods"])} - set(tiers):
        raise BadParameterError(f"there is no tier {min(unknown)}")
    closed = program["closed_premises"]
    if not isinstance(closed, list) or not all(isinstance(each, str) for each in closed):
        raise BadParameterError("closed_premises: expected the ids of premises")


async def _change_program(request: web.Request) -> web.Response:
    utility, identifier = request.app[UTILITY], request.match_info["id"]
    program: dict[str, Any] | None = utility.state.store.get("rate_program", identifier)
    if program is None:
        raise web.HTTPNotFound(reason=f"there is no rate program {identifier}")
    said = await body(request)
    if not isinstance(said, dict):
        raise BadParameterError("expected a JSON object")
    if unknown := said.keys() - _PROGRAM_CHANGES - {"terms_version"}:
        raise BadParameterError(f"{min(unknown)} is no parameter")
    program |= {name: value for name, value in said.items() if name in _PROGRAM_CHANGES}
    if "terms_version" in said:
        program["terms"] = {**program["terms"], "version": said["terms_version"]}
    _check_program(program)
    utility.state.store.put("rate_program", identifier, program)
    for customer in utility.customers.all():
        utility.state.tell(customer["name"], "program.updated", identifier)
    return web.json_response(program)


ROUTES: tuple[Route, ...] = (
    ("GET", "/utility/vehicles", _vehicles),
    ("POST", "/utility/vehicles", _add_vehicle),
    ("GET", "/utility/bindings", _bindings),
    ("POST", "/utility/bindings/{id}/{decision}", _decide_binding),
    ("GET", "/utility/confirmations", _confirmations),
    ("POST", "/utility/confirmations/{id}/{decision}", _decide_confirmation),
    ("GET", "/utility/billing-records", _records),
    ("PATCH", "/utility/billing-records/{id}", _change_record),
    ("GET", "/utility/bills", _bills),
    ("GET", "/utility/rate-programs", _programs),
    ("PATCH", "/utility/rate-programs/{id}", _change_program),
)
