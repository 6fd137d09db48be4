"""The operations of docs/utility-api.yaml."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import secrets
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any

from aiohttp import web

from simulator.utility.api.call import Answer, Call
from simulator.utility.api.cases import SERVICE_OPERATIONS
from simulator.utility.api.schema import Operation, operations
from simulator.utility.api.vehicles import VEHICLE_OPERATIONS
from simulator.utility.catalogue import COMPATIBLE_DEVICES
from simulator.utility.keys import UTILITY
from simulator.utility.problems import ProblemError

BASE = "/api/v1"
_NAMES = {404: "not-found", 405: "method-not-allowed"}
_LOGGER = logging.getLogger(__name__)


def _shown(registration: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in registration.items() if key != "user"}


async def _accounts(call: Call) -> Answer:
    premise = call.customer["premise"]
    shown = {**premise, "gateways": [{"lfdi": lfdi} for lfdi in premise["gateways"]]}
    return 200, {"accounts": [{**call.customer["account"], "premises": [shown]}]}


async def _verify(call: Call) -> Answer:
    call.own_gateway(call.path["premise_id"], call.body["gateway_lfdi"])
    return 200, {"premise_id": call.path["premise_id"], "verified": True}


async def _compatible(call: Call) -> Answer:
    kind = call.query.get("kind")
    return 200, {"devices": [device for device in COMPATIBLE_DEVICES if kind in (None, device["kind"])]}


async def _programs(call: Call) -> Answer:
    call.own_premise(call.query["premise_id"])
    return 200, {"programs": [call.utility.program(program) for program in call.utility.store.all("program")]}


def _request_shown(request: dict[str, Any]) -> dict[str, Any]:
    return {key: request[key] for key in ("id", "status", "device_lfdi", "reason")}


async def _request_commissioning(call: Call) -> Answer:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    return 201, _request_shown(call.utility.desk.request_commissioning(call.user, call.body))


async def _commissioning(call: Call) -> Answer:
    request = call.utility.store.get("commissioning", call.path["id"])
    if request is None or request["user"] != call.user:
        raise ProblemError("not-found", f"there is no commissioning request {call.path['id']}")
    return 200, _request_shown(request)


async def _request_registration(call: Call) -> Answer:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    request = {
        "id": f"req-{secrets.token_hex(8)}",
        "premise_id": call.body["premise_id"],
        "received_at": call.utility.now_text(),
    }
    call.utility.store.put("request", request["id"], {**request, "user": call.user})
    return 201, request


async def _list(call: Call) -> Answer:
    call.own_premise(call.query["premise_id"])
    wanted = call.query.get("gateway_lfdi")
    return 200, {
        "registrations": [
            _shown(registration)
            for registration in call.utility.desk.all()
            if registration["user"] == call.user
            and registration["stage"] != "closed"
            and wanted in (None, registration["gateway_lfdi"])
        ]
    }


async def _open(call: Call) -> Answer:
    call.own_gateway(call.body["premise_id"], call.body["gateway_lfdi"])
    request = call.utility.store.get("request", call.body["request_id"])
    if request is None or request["user"] != call.user:
        raise ProblemError("not-found", f"there is no request {call.body['request_id']}")
    return 201, _shown(call.utility.desk.open(call.user, call.body))


async def _get(call: Call) -> Answer:
    return 200, _shown(call.own_registration())


async def _close(call: Call) -> Answer:
    return 200, _shown(await call.utility.desk.end(call.own_registration()))


async def _take_over(call: Call) -> Answer:
    return 200, _shown(call.utility.desk.take_over(call.own_registration()))


async def _discover(call: Call) -> Answer:
    return 200, _shown(call.utility.desk.discover(call.own_registration()))


async def _identify(call: Call) -> Answer:
    registration = call.own_registration()
    return 200, _shown(call.utility.desk.identify(registration, call.body["serial"], call.body["key"]))


async def _set_programs(call: Call) -> Answer:
    registration = call.own_registration()
    return 200, _shown(await call.utility.desk.set_programs(registration, call.body["programs"]))


async def _link(call: Call) -> Answer:
    return 200, _shown(call.utility.desk.link(call.own_registration()))


async def _acknowledge(call: Call) -> Answer:
    registration = call.own_registration()
    return 200, _shown(
        await call.utility.desk.acknowledge(registration, call.body["messages"], ready=call.body["ready"])
    )


async def _events(call: Call) -> Answer:
    utility, cursor = call.utility, int(call.query.get("cursor", "0"))
    if cursor > utility.store.last_event():
        raise ProblemError("cursor-expired", "begin again without a cursor")
    found = await utility.events_after(call.user, cursor, call.query.get("wait", 0))
    events = [event for _, event in found]
    if utility.faults.take("duplicate_events"):
        events += events
    if utility.faults.take("shuffled_events"):
        random.Random(len(events)).shuffle(events)
    return 200, {"events": events, "cursor": str(found[-1][0] if found else cursor)}


_OPERATIONS: dict[str, Callable[[Call], Awaitable[Answer]]] = {
    "listAccounts": _accounts,
    "verifyPremise": _verify,
    "listCompatibleDevices": _compatible,
    "listPrograms": _programs,
    "requestCommissioning": _request_commissioning,
    "getCommissioningRequest": _commissioning,
    "requestRegistration": _request_registration,
    "listRegistrations": _list,
    "openRegistration": _open,
    "getRegistration": _get,
    "closeRegistration": _close,
    "takeOverRegistration": _take_over,
    "discoverDevice": _discover,
    "identifyDevice": _identify,
    "setPrograms": _set_programs,
    "linkDevice": _link,
    "acknowledgeMessages": _acknowledge,
    "listEvents": _events,
    **VEHICLE_OPERATIONS,
    **SERVICE_OPERATIONS,
}


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
        async with nullcontext() if request.method == "GET" else utility.writing:
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


async def _once(request: web.Request, call: Call, do: Callable[[Call], Awaitable[Answer]]) -> web.Response:
    """Do what an idempotency key stands for, or tell again what came of it."""
    key = f"{call.user}/{request.headers['Idempotency-Key']}"
    asked = hashlib.sha256(f"{request.method} {request.path} {json.dumps(call.body, sort_keys=True)}".encode())
    kept = call.utility.store.get("idempotency", key)
    if kept is not None and kept["asked"] != asked.hexdigest():
        raise ProblemError("idempotency-key-reused", "the key was used for another request")
    if kept is None:
        status, answer = await do(call)
        kept = {"asked": asked.hexdigest(), "status": status, "answer": answer}
        call.utility.store.put("idempotency", key, kept)
    return web.json_response(kept["answer"], status=kept["status"])


@web.middleware
async def with_problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer what goes wrong with problem documents."""
    try:
        return await handler(request)
    except ProblemError as problem:
        return problem.response()
    except web.HTTPException as err:
        if err.status < 400:
            raise
        response = ProblemError(_NAMES.get(err.status, "invalid-request"), err.reason).response()
        if "Allow" in err.headers:
            response.headers["Allow"] = err.headers["Allow"]
        return response
    except Exception:
        _LOGGER.exception("%s %s", request.method, request.path)
        return ProblemError("internal-error").response()


def add_routes(app: web.Application) -> None:
    """Route every operation of the document."""
    app.router.add_get("/.well-known/utility-han", _discovery)
    for operation in operations():
        if not operation.open:
            app.router.add_route(operation.method, BASE + operation.path, _handler(operation))
