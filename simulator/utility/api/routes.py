"""How a request becomes the call of an operation of docs/utility-api.yaml, and an answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from aiohttp import web

from simulator.utility.api import cases, registrations, vehicles
from simulator.utility.api.call import Call, Operate
from simulator.utility.api.schema import Operation, operations
from simulator.utility.failing import with_problems
from simulator.utility.problems import ProblemError
from simulator.utility.utility import UTILITY

BASE = "/api/v1"
_OPERATIONS = registrations.OPERATIONS | vehicles.OPERATIONS | cases.OPERATIONS
_NAMES = {404: "not-found", 405: "method-not-allowed"}
_WAITING = frozenset({"checkReachability"})
"""Operations that wait for a device and write nothing: others go on meanwhile."""


async def _discovery(request: web.Request) -> web.Response:
    utility = request.app[UTILITY]
    return web.json_response(
        {
            "name": utility.name,
            "issuer": utility.url,
            "api_base": f"{utility.url}{BASE}",
            "features": ["registrations", "commissioning", "events", "vehicles", "service"],
            "support": {"phone": "+1 555 0100", "email": "support@utility.invalid"},
        }
    )


def _once_each(request: web.Request) -> dict[str, str]:
    if len(set(request.query)) != len(request.query):
        raise ProblemError("invalid-request", "a query parameter is there twice")
    return dict(request.query)


def _number(text: str) -> int | float:
    """A number of JSON; 1.0 and 1e3 are integers too."""
    value = float(text)
    return int(value) if value.is_integer() else value


async def _json(request: web.Request) -> Any:
    raw = await request.read()
    if not raw:
        return None
    if request.content_type != "application/json":
        raise ProblemError("invalid-request", "the body is not application/json")
    try:
        return json.loads(raw, parse_float=_number)
    except ValueError:
        raise ProblemError("invalid-request", "the body is no JSON") from None


def _handler(operation: Operation) -> Callable[[web.Request], Awaitable[web.Response]]:
    do = _OPERATIONS[operation.id]

    async def handle(request: web.Request) -> web.Response:
        utility = request.app[UTILITY]
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user = utility.tokens.user_of(token) if scheme.lower() == "bearer" else None
        if user is None or utility.customers.get(user) is None:
            raise ProblemError("unauthorized", "the access token is missing, unknown, expired or revoked")
        path = operation.check("path", dict(request.match_info))
        query = operation.check("query", _once_each(request))
        operation.check("header", request.headers)
        body = await _json(request) if operation.body is not None else None
        operation.check_body(body)
        waits = request.method == "GET" or operation.id in _WAITING
        async with nullcontext() if waits else utility.state.writing:
            if (customer := utility.customers.get(user)) is None:
                raise ProblemError("unauthorized", "there is no such customer any more")
            if not operation.always and customer["account"]["status"] != "active":
                raise ProblemError("account-suspended", "the account is suspended")
            call = Call(utility, customer, path, query, body)
            if operation.keyed:
                return await _once(request, call, do)
            status, answer = await do(call)
            return web.json_response(answer, status=status)

    return handle


async def _once(request: web.Request, call: Call, do: Operate) -> web.Response:
    """Do what an idempotency key stands for, or tell again what came of it."""
    key = f"{call.user}/{request.headers['Idempotency-Key']}"
    asked = hashlib.sha256(f"{request.method} {request.path} {json.dumps(call.body, sort_keys=True)}".encode())
    kept = call.utility.state.store.get("idempotency", key)
    if kept is not None and kept["asked"] != asked.hexdigest():
        raise ProblemError("idempotency-key-reused", "the key was used for another request")
    if kept is None:
        status, answer = await do(call)
        kept = {"asked": asked.hexdigest(), "status": status, "answer": answer}
        call.utility.state.store.put("idempotency", key, kept)
    return web.json_response(kept["answer"], status=kept["status"])


def _refused(err: web.HTTPException) -> ProblemError:
    return ProblemError(_NAMES.get(err.status, "invalid-request"), err.reason)


problem_answers = with_problems(_refused, lambda: ProblemError("internal-error"))
"""Answers what goes wrong with problem documents."""


def add_routes(app: web.Application) -> None:
    """Route every operation of the document."""
    app.router.add_get("/.well-known/utility-han", _discovery)
    for operation in operations():
        if not operation.open:
            app.router.add_route(operation.method, BASE + operation.path, _handler(operation))
