"""How a request becomes an operation of openadr3.yaml on the VTN's objects, and an answer."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from aiohttp import web

from simulator.utility.failing import with_problems
from simulator.vtn.clients import ANYBODY, Caller
from simulator.vtn.document import Operation, check_component, operations
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.topics import named
from simulator.vtn.vtn import VTN, Vtn

BASE = "/openadr3/3.1.0"
_CREDENTIALS = ("grant_type", "client_id", "client_secret")
_TOPICS = "/notifiers/mqtt/topics/"
_PUBLIC = ("/programs", "/events")
CALLER = web.RequestKey("caller", str)


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that is as the document says."""

    vtn: Vtn
    caller: Caller
    values: dict[str, Any]
    body: Any
    origin: str
    """Scheme, host and port at which the VTN was asked: it has several names."""


type _Reply = tuple[int, Any]
type _Operate = Callable[[_Call], Awaitable[_Reply]]


def _of_kind(kind: str, key: str) -> tuple[_Operate, ...]:
    """Search, create, get, replace and delete objects of a kind, whose id is the path's ``key``."""

    async def search(call: _Call) -> _Reply:
        return 200, call.vtn.objects.search(kind, call.caller, call.values)

    async def create(call: _Call) -> _Reply:
        if kind == "subscription":
            await call.vtn.webhooks.check(call.body)
        return 201, call.vtn.objects.create(kind, call.caller, call.body)

    async def get(call: _Call) -> _Reply:
        return 200, call.vtn.objects.get(kind, call.caller, call.values[key])

    async def replace(call: _Call) -> _Reply:
        call.vtn.objects.get(kind, call.caller, call.values[key])
        if kind == "subscription":
            await call.vtn.webhooks.check(call.body)
        return 200, call.vtn.objects.replace(kind, call.caller, call.values[key], call.body)

    async def delete(call: _Call) -> _Reply:
        return 200, call.vtn.objects.delete(kind, call.caller, call.values[key])

    return search, create, get, replace, delete


async def _server(call: _Call) -> _Reply:
    return 200, {"tokenURL": f"{call.origin}{BASE}/auth/token"}


async def _token(call: _Call) -> _Reply:
    return 200, await _issue(call.vtn, call.body)


async def _issue(vtn: Vtn, said: dict[str, str]) -> dict[str, Any]:
    issued = vtn.clients.issue(said["client_id"], said["client_secret"], said.get("scope", ""))
    await vtn.mqtt.admit(said["client_id"], issued["access_token"])
    return issued


async def issue_token(request: web.Request) -> web.Response:
    """Answer a token request, which is the same in earlier versions."""
    return web.json_response(await _issue(request.app[VTN], await _form(request)))


async def _notifiers(call: _Call) -> _Reply:
    return 200, {"WEBHOOK": True} | call.vtn.mqtt.described(call.caller)


def _topics(path: str) -> _Operate:
    """Name the topics of a path below ``/notifiers/mqtt/topics``, of objects that the client may see."""

    async def name(call: _Call) -> _Reply:
        if not call.vtn.mqtt.on:
            raise VtnProblemError(404, "this VTN has no MQTT notifier")
        for kind, key in (("program", "programID"), ("ven", "venID")):
            if key in call.values:
                call.vtn.objects.get(kind, call.caller, call.values[key])
        return 200, named(path, call.caller, call.values)

    return name


def _operate() -> Mapping[str, _Operate]:
    """What carries out each operation, by its id in the document."""
    made: dict[str, _Operate] = {"getAuthServerInfo": _server, "fetchToken": _token, "listAllNotifiers": _notifiers}
    for kind, key in (
        ("program", "programID"), ("event", "eventID"), ("report", "reportID"),
        ("subscription", "subscriptionID"), ("ven", "venID"), ("resource", "resourceID"),
    ):  # fmt: skip
        search, create, get, replace, delete = _of_kind(kind, key)
        for each in operations():
            if each.path == f"/{kind}s":
                made[each.id] = search if each.method == "GET" else create
            elif each.path == f"/{kind}s/{{{key}}}":
                made[each.id] = {"GET": get, "PUT": replace, "DELETE": delete}[each.method]
    made |= {each.id: _topics(each.path[len(_TOPICS) :]) for each in operations() if each.path.startswith(_TOPICS)}
    return made


def _caller(request: web.Request, operation: Operation) -> Caller:
    """Who asks, or the problem that they may not."""
    vtn = request.app[VTN]
    if operation.scopes is None:
        return ANYBODY
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    public = vtn.settings["public"] and operation.method == "GET" and operation.path.startswith(_PUBLIC)
    caller = vtn.clients.caller(token) if scheme.lower() == "bearer" else ANYBODY if public and not scheme else None
    if caller is None:
        raise VtnProblemError(401, "the access token is missing, unknown, expired or revoked")
    request[CALLER] = caller.id or ""
    # The document lists 403 where a scope is asked of everybody who has a token.
    if 403 in operation.answers and not caller.may(operation.scopes):
        raise VtnProblemError(403, f"the token has none of the scopes {', '.join(sorted(operation.scopes))}")
    return caller


async def _body(request: web.Request, operation: Operation) -> Any:
    if operation.body is None:
        return None
    if operation.form:
        said = await _form(request)
    else:
        said = await json_body(request)
        operation.check_body(said)
    return said


def _number(text: str) -> int | float:
    """A number of JSON; 1.0 and 1e3 are integers too, and what is beyond a double is none."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("not a finite number")
    return int(value) if value.is_integer() else value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


async def json_body(request: web.Request) -> Any:
    """The JSON of a request."""
    if request.content_type != "application/json":
        raise VtnProblemError(400, "the body is not application/json")
    try:
        said = json.loads(await request.read(), parse_float=_number, parse_constant=_refuse)
    except ValueError, RecursionError:
        raise VtnProblemError(400, "the body is no JSON") from None
    return _said(said)


def _said(value: Any) -> Any:
    """A value without the properties that are null.

    Optional ones are "generally nullable" (Definition, "Required and optional properties"), whatever the schema of a
    shared component says; of what is required null is as good as nothing.
    """
    if isinstance(value, list):
        return [_said(each) for each in value]
    if isinstance(value, dict):
        return {key: _said(each) for key, each in value.items() if each is not None}
    return value


async def _form(request: web.Request) -> dict[str, str]:
    """A token request; a client may say who it is by HTTP Basic instead (RFC 6749, 2.3.1)."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise VtnProblemError(400, "the body is no form", error="invalid_request")
    fields = await request.post()
    if len(set(fields)) != len(fields):
        raise VtnProblemError(400, "a parameter is there twice", error="invalid_request")
    said = {key: value for key, value in fields.items() if isinstance(value, str)}
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic" and "client_secret" not in said:
        try:
            identifier, _, secret = b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            raise VtnProblemError(401, "the credentials cannot be read", error="invalid_client") from None
        said |= {"client_id": unquote_plus(identifier), "client_secret": unquote_plus(secret)}
    for name in _CREDENTIALS:
        if not said.get(name):
            raise VtnProblemError(400, f"{name} is missing", error="invalid_request")
    if said["grant_type"] != "client_credentials":
        raise VtnProblemError(400, "grant_type is not client_credentials", error="unsupported_grant_type")
    try:
        check_component("clientCredentialRequest", said)
    except VtnProblemError as problem:
        raise VtnProblemError(400, problem.detail, error="invalid_request") from None
    return said


def _handler(operation: Operation, do: _Operate) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        caller = _caller(request, operation)
        values = operation.check(request.match_info, request.query)
        origin = str(request.url.origin())
        call = _Call(request.app[VTN], caller, values, await _body(request, operation), origin)
        status, answer = await do(call)
        return web.json_response(answer, status=status)

    return handle


def _refused(err: web.HTTPException) -> VtnProblemError:
    return VtnProblemError(err.status, err.reason)


problem_answers = with_problems(_refused, lambda: VtnProblemError(500, "the VTN has a problem"))
"""Answers what goes wrong with problem objects."""


def add_routes(app: web.Application) -> None:
    """Route every operation of the document."""
    do = _operate()
    for operation in operations():
        app.router.add_route(operation.method, BASE + operation.path, _handler(operation, do[operation.id]))
