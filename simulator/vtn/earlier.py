"""The same VTN as OpenADR 3.0.1 has it, whose document (3.0.1/openadr3.yaml of the Alliance) differs from that of 3.1.

There is no ``/auth/server``; targets are values maps, and whoever has a token reads all programs and events (scope
read_all); resources are below their ven, and a ven holds them; reports name their program, and events have to have
intervals. Requests are put into the form of 3.1 and checked as such. There are no subscriptions here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiohttp import web

from simulator.utility.store import Document
from simulator.vtn.api import CALLER, issue_token, json_body
from simulator.vtn.clients import Caller
from simulator.vtn.document import check_component
from simulator.vtn.objects import KINDS, MOST
from simulator.vtn.privacy import TARGETED
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.vtn import VTN, Vtn

BASE = "/openadr3/3.0.1"
_FILTERS = ("programID", "eventID", "clientName", "venName", "resourceName")
_REQUIRED = {"event": ("intervals",), "report": ("programID",)}
_WRITES = {"program": "write_programs", "event": "write_events", "report": "write_reports"}
_DESCRIPTORS = {"report": "REPORT_PAYLOAD_DESCRIPTOR"}


def _caller(request: web.Request, kind: str) -> Caller:
    vtn = request.app[VTN]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    caller = vtn.clients.caller(token) if scheme.lower() == "bearer" else None
    if caller is None:
        raise VtnProblemError(401, "the access token is missing, unknown, expired or revoked")
    request[CALLER] = caller.id or ""
    wanted = frozenset({"read_targets"} if request.method == "GET" else {_WRITES.get(kind, "write_vens")})
    if not caller.may(wanted):
        raise VtnProblemError(403, f"the token has none of the scopes {', '.join(wanted)}")
    # Targets are criteria here, and nothing that is granted.
    return replace(caller, business=True) if kind in TARGETED else caller


def _query(request: web.Request) -> dict[str, Any]:
    """What is asked for but for targets."""
    found: dict[str, Any] = {key: request.query[key] for key in _FILTERS if key in request.query}
    for key in ("skip", "limit"):
        if (text := request.query.get(key)) is not None:
            if not (text.isascii() and text.isdigit() and len(text) < 10):
                raise VtnProblemError(400, f"query parameter {key} is no number")
            found[key] = int(text)
    return found


def _found(request: web.Request, kind: str, caller: Caller, query: dict[str, Any]) -> list[Document]:
    """A page of what is asked for; any of ``targetValues`` will do, of whatever ``targetType``."""
    objects, values = request.app[VTN].objects, set(request.query.getall("targetValues", []))
    if not values:
        return objects.search(kind, caller, query)
    skip, limit = query.pop("skip", 0), query.pop("limit", MOST)
    every = objects.search(kind, caller, query | {"limit": None})
    return [each for each in every if values & set(each.get("targets") or ())][skip:][:limit]


def _newer(kind: str, caller: Caller, said: Any, ven_id: str | None) -> Document:
    """A request in the form of 3.1."""
    if not isinstance(said, dict):
        raise VtnProblemError(400, "the body is no object")
    for key in _REQUIRED.get(kind, ()):
        if key not in said:
            raise VtnProblemError(400, f"the body: '{key}' is a required property")
    made: Document = dict(said)
    for each in made.get("targets") or ():
        check_component("valuesMap", each)
    made["targets"] = [str(value) for each in made.get("targets") or () for value in each["values"]]
    for each in made.get("payloadDescriptors") or ():
        if isinstance(each, dict):
            each.setdefault("objectType", _DESCRIPTORS.get(kind, "EVENT_PAYLOAD_DESCRIPTOR"))
    if kind in ("ven", "resource"):
        made["objectType"] = f"{'BL' if caller.business else 'VEN'}_{kind.upper()}_REQUEST"
        made["clientID"] = made.get("venName")
    if ven_id is not None:
        made["venID"] = ven_id
    schema = KINDS[kind].business if caller.business else KINDS[kind].ven
    check_component(schema, made)
    return made


def _older(vtn: Vtn, kind: str, found: Document) -> Document:
    """An object in the form of 3.0.1."""
    made = {key: value for key, value in found.items() if key not in ("clientID", "targets")}
    if found.get("targets"):
        made["targets"] = [{"type": "GROUP", "values": found["targets"]}]
    if kind == "event":
        made.setdefault("intervals", [])
    if kind == "report":
        made["programID"] = vtn.objects.program_of(found["id"])
    if kind == "ven":
        resources = [each for each in vtn.objects.every("resource") if each["venID"] == found["id"]]
        made["resources"] = [_older(vtn, "resource", each) for each in resources]
    return made


def _handlers(kind: str) -> tuple[Callable[[web.Request], Awaitable[web.Response]], ...]:
    async def several(request: web.Request) -> web.Response:
        caller, vtn, ven_id = _caller(request, kind), request.app[VTN], request.match_info.get("venID")
        below = {"venID": ven_id} if ven_id else {}
        if ven_id:
            vtn.objects.get("ven", caller, ven_id)
        if request.method == "GET":
            found = _found(request, kind, caller, _query(request) | below)
            return web.json_response([_older(vtn, kind, each) for each in found])
        body = _newer(kind, caller, await json_body(request), ven_id)
        if kind == "resource" and caller.business:
            body["clientID"] = vtn.objects.get("ven", caller, body["venID"])["clientID"]
        return web.json_response(_older(vtn, kind, vtn.objects.create(kind, caller, body, all_seen=True)), status=201)

    async def one(request: web.Request) -> web.Response:
        caller, vtn, identifier = _caller(request, kind), request.app[VTN], request.match_info["id"]
        found = vtn.objects.get(kind, caller, identifier)
        ven_id = request.match_info.get("venID")
        if ven_id is not None and found["venID"] != ven_id:
            raise VtnProblemError(404, f"ven {ven_id} has no resource {identifier}")
        if request.method == "PUT":
            body = _newer(kind, caller, await json_body(request), ven_id)
            if kind in ("ven", "resource"):
                body["clientID"] = found["clientID"]
            found = vtn.objects.replace(kind, caller, identifier, body, all_seen=True)
        answer = _older(vtn, kind, found)
        if request.method == "DELETE":
            vtn.objects.delete(kind, caller, identifier)
        return web.json_response(answer)

    return several, one


def add_routes(app: web.Application) -> None:
    """Route what 3.0.1 has."""
    app.router.add_route("POST", f"{BASE}/auth/token", issue_token)
    paths = {kind: f"{BASE}/{kind}s" for kind in KINDS if kind not in ("resource", "subscription")}
    for kind, path in (paths | {"resource": f"{BASE}/vens/{{venID}}/resources"}).items():
        several, one = _handlers(kind)
        for method in ("GET", "POST"):
            app.router.add_route(method, path, several)
        for method in ("GET", "PUT", "DELETE"):
            app.router.add_route(method, f"{path}/{{id}}", one)
