"""The utility at the control endpoint: what its representative, its systems and chance do."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.control.requests import Route, body, error
from simulator.gateway.identity import canonical_lfdi
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.gateway.settings import read_pin
from simulator.utility.catalogue import COMPATIBLE_DEVICES
from simulator.utility.faults import FAULTS
from simulator.utility.utility import UTILITY, Utility

_SETTINGS = {
    "approval": Parameter(str, choices=("auto", "manual")),
    "session_confirmation": Parameter(str, choices=("auto", "manual")),
    "models": Parameter(str, choices=("all", "makers")),
    "stage_seconds": Parameter(float, minimum=0, maximum=3600),
    "answer_seconds": Parameter(float, minimum=0.1, maximum=60),
    "commission_seconds": Parameter(float, minimum=0, maximum=86400),
    "token_seconds": Parameter(float, minimum=1, maximum=86400),
}
_USER = {"name": Parameter(str, required=True), "password": Parameter(str, "demo")}
_GATEWAY = {"lfdi": Parameter(str, required=True, convert=canonical_lfdi)}
_PRE_REGISTRATION = {
    "premise_id": Parameter(str),
    "gateway_lfdi": Parameter(str, convert=canonical_lfdi),
    "model_id": Parameter(str, "acme-t100", choices=tuple(device["id"] for device in COMPATIBLE_DEVICES)),
    "lfdi": Parameter(str, required=True, convert=canonical_lfdi),
    "serial": Parameter(str),
    "pin": Parameter(str, convert=read_pin),
    "name": Parameter(str, required=True),
}
_DECISION = {"detail": Parameter(str, "")}
_TERMS = {"version": Parameter(str, required=True), "text": Parameter(str)}
_OF_CUSTOMER = ("name", "account_number", "account", "premise")
_DECISIONS = ("approve", "refuse", "suspend", "resume", "close")


def _described(utility: Utility) -> dict[str, Any]:
    return {
        "url": utility.url,
        "name": utility.name,
        "settings": utility.state.settings,
        "customers": [{key: customer[key] for key in _OF_CUSTOMER} for customer in utility.customers.all()],
        "programs": list(utility.state.store.all("program")),
        "models": list(COMPATIBLE_DEVICES),
        "registrations": len(utility.registrations.all()),
        "requests": list(utility.state.store.all("request")),
        "faults": {name: list(parameters) for name, parameters in FAULTS.items()},
    }


async def _get(request: web.Request) -> web.Response:
    return web.json_response(_described(request.app[UTILITY]))


async def _set(request: web.Request) -> web.Response:
    utility, said = request.app[UTILITY], read_parameters(_SETTINGS, await body(request))
    utility.state.change_settings(**{name: value for name, value in said.items() if value is not None})
    return web.json_response(_described(utility))


async def _add_user(request: web.Request) -> web.Response:
    said = read_parameters(_USER, await body(request))
    customers = request.app[UTILITY].customers
    if customers.get(said["name"]) is not None:
        return error(409, f"there is a user {said['name']}", "name")
    customer = customers.add(said["name"], said["password"])
    return web.json_response({key: customer[key] for key in _OF_CUSTOMER}, status=201)


async def _remove_user(request: web.Request) -> web.Response:
    utility, name = request.app[UTILITY], request.match_info["name"]
    utility.tokens.revoke_user(name)
    utility.vehicles.forget(name)
    utility.state.store.delete("customer", name)
    return web.Response(status=204)


async def _revoke(request: web.Request) -> web.Response:
    request.app[UTILITY].tokens.revoke_user(request.match_info["name"])
    return web.Response(status=204)


async def _attach(request: web.Request) -> web.Response:
    said = read_parameters(_GATEWAY, await body(request))
    if not request.app[UTILITY].customers.attach(request.match_info["id"], said["lfdi"]):
        raise web.HTTPNotFound(reason="there is no such premise")
    return web.json_response({"lfdi": said["lfdi"]}, status=201)


async def _set_account(request: web.Request) -> web.Response:
    utility, decision = request.app[UTILITY], request.match_info["decision"]
    status = {"suspend": "suspended", "resume": "active", "close": "closed"}.get(decision)
    customer = utility.customers.set_status(request.match_info["id"], status) if status else None
    if customer is None:
        raise web.HTTPNotFound(reason="there is no such account, or no such decision")
    utility.state.tell(customer["name"], "account.updated", customer["account"]["id"])
    return web.json_response(customer["account"])


async def _registrations(request: web.Request) -> web.Response:
    return web.json_response(request.app[UTILITY].registrations.all())


async def _pre_register(request: web.Request) -> web.Response:
    utility, said = request.app[UTILITY], read_parameters(_PRE_REGISTRATION, await body(request))
    customers = utility.customers.all()
    customer = utility.customers.of_premise(said["premise_id"]) if said["premise_id"] else customers[0]
    if customer is None or not customer["premise"]["gateways"]:
        raise BadParameterError("premise_id: no such premise, or it has no gateway", "premise_id")
    gateway_lfdi = said["gateway_lfdi"] or customer["premise"]["gateways"][0]
    gateway = utility.fleet.known_as(gateway_lfdi)
    if gateway is None:
        raise BadParameterError("gateway_lfdi: no such gateway", "gateway_lfdi")
    model = next(device for device in COMPATIBLE_DEVICES if device["id"] == said["model_id"])
    state = gateway.state
    pin = state.settings.pin if said["pin"] is None else said["pin"]
    state.registrations.add(said["lfdi"], pin, in_band=False)
    await state.changed()
    registration = utility.desk.pre_register(
        customer["name"],
        {
            "premise_id": customer["premise"]["id"],
            "gateway_lfdi": gateway_lfdi,
            "device": {"kind": model["kind"], "lfdi": said["lfdi"], "model_id": model["id"], "name": said["name"]},
            "serial": said["serial"],
        },
    )
    return web.json_response(registration, status=201)


async def _decide(request: web.Request) -> web.Response:
    utility, decision = request.app[UTILITY], request.match_info["decision"]
    if decision not in _DECISIONS:
        raise web.HTTPNotFound(reason=f"there is no decision {decision}")
    said = read_parameters(_DECISION, await body(request))
    async with utility.state.writing:
        registration = utility.registrations.get(request.match_info["id"])
        return web.json_response(await utility.desk.decide(registration, decision, said["detail"]))


async def _set_terms(request: web.Request) -> web.Response:
    utility, identifier = request.app[UTILITY], request.match_info["id"]
    program = utility.state.store.get("program", identifier)
    if program is None:
        raise web.HTTPNotFound(reason=f"there is no program {identifier}")
    said = read_parameters(_TERMS, await body(request))
    program["terms"] = {"version": said["version"], "text": said["text"] or program["terms"]["text"]}
    utility.state.store.put("program", identifier, program)
    for customer in utility.customers.all():
        utility.state.tell(customer["name"], "program.updated", identifier)
    return web.json_response(program)


async def _faults(request: web.Request) -> web.Response:
    return web.json_response(request.app[UTILITY].state.faults.to_dict())


async def _set_fault(request: web.Request) -> web.Response:
    request.app[UTILITY].state.faults.set(request.match_info["name"], await body(request))
    return await _faults(request)


async def _clear_faults(request: web.Request) -> web.Response:
    request.app[UTILITY].state.faults.clear(request.match_info.get("name"))
    return await _faults(request)


async def _log(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[UTILITY].log))


async def _clear_log(request: web.Request) -> web.Response:
    request.app[UTILITY].log.clear()
    return web.Response(status=204)


ROUTES: tuple[Route, ...] = (
    ("GET", "/utility", _get),
    ("PATCH", "/utility", _set),
    ("POST", "/utility/users", _add_user),
    ("DELETE", "/utility/users/{name}", _remove_user),
    ("POST", "/utility/users/{name}/revoke", _revoke),
    ("POST", "/utility/premises/{id}/gateways", _attach),
    ("POST", "/utility/accounts/{id}/{decision}", _set_account),
    ("GET", "/utility/registrations", _registrations),
    ("POST", "/utility/registrations", _pre_register),
    ("POST", "/utility/registrations/{id}/{decision}", _decide),
    ("POST", "/utility/programs/{id}/terms", _set_terms),
    ("GET", "/utility/faults", _faults),
    ("DELETE", "/utility/faults", _clear_faults),
    ("PUT", "/utility/faults/{name}", _set_fault),
    ("DELETE", "/utility/faults/{name}", _clear_faults),
    ("GET", "/utility/log", _log),
    ("DELETE", "/utility/log", _clear_log),
)
