"""The VTN at the control endpoint: its clients and settings, and what the utility's people make and grant there."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.control.requests import Route, body
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.vtn.clients import SCOPES, Caller
from simulator.vtn.document import check_component
from simulator.vtn.mosquitto import AUTHENTICATIONS
from simulator.vtn.objects import KINDS
from simulator.vtn.vtn import VTN

_SETTINGS = {
    "targets_in_query": Parameter(str, choices=("required", "optional")),
    "public": Parameter(bool),
    "token_seconds": Parameter(float, minimum=1, maximum=86400),
}
_CLIENT = {
    "client_id": Parameter(str, required=True),
    "client_secret": Parameter(str, required=True),
    "role": Parameter(str, "ven", choices=tuple(SCOPES)),
    "scopes": Parameter(str),
}
_MQTT = {"authentication": Parameter(str, "token", choices=AUTHENTICATIONS)}
_PEOPLE = Caller("people", business=True, scopes=frozenset())
_MADE_BY_PEOPLE = ("program", "event", "ven", "resource")


async def _get(request: web.Request) -> web.Response:
    return web.json_response(request.app[VTN].describe())


async def _set(request: web.Request) -> web.Response:
    vtn, said = request.app[VTN], read_parameters(_SETTINGS, await body(request))
    vtn.change_settings(**{name: value for name, value in said.items() if value is not None})
    return await _get(request)


async def _put_client(request: web.Request) -> web.Response:
    said = read_parameters(_CLIENT, await body(request))
    allowed = SCOPES[said["role"]]
    scopes = allowed if said["scopes"] is None else frozenset(said["scopes"].split())
    if unknown := sorted(scopes - allowed):
        raise BadParameterError(f"scopes: a {said['role']} cannot have {unknown[0]}")
    client = request.app[VTN].clients.put(said["client_id"], said["client_secret"], said["role"], scopes)
    return web.json_response(client, status=201)


async def _remove_client(request: web.Request) -> web.Response:
    request.app[VTN].clients.remove(request.match_info["id"])
    return web.Response(status=204)


async def _revoke(request: web.Request) -> web.Response:
    request.app[VTN].clients.revoke()
    return web.Response(status=204)


def _kind(request: web.Request, kinds: tuple[str, ...]) -> str:
    kind = request.match_info["kind"].removesuffix("s")
    if kind not in kinds:
        raise web.HTTPNotFound(reason=f"there are no {kind}s to do that with")
    return kind


async def _make(request: web.Request) -> web.Response:
    kind, said = _kind(request, _MADE_BY_PEOPLE), await body(request)
    check_component(KINDS[kind].business, said)
    return web.json_response(request.app[VTN].objects.create(kind, _PEOPLE, said), status=201)


async def _replace(request: web.Request) -> web.Response:
    kind, said = _kind(request, _MADE_BY_PEOPLE), await body(request)
    check_component(KINDS[kind].business, said)
    return web.json_response(request.app[VTN].objects.replace(kind, _PEOPLE, request.match_info["id"], said))


async def _grant(request: web.Request) -> web.Response:
    kind, said = _kind(request, ("ven", "resource")), await body(request)
    targets: Any = said.get("targets") if isinstance(said, dict) else None
    if not isinstance(targets, list):
        raise BadParameterError("targets must be a list of texts")
    for target in targets:
        check_component("target", target)
    return web.json_response(request.app[VTN].objects.grant(kind, request.match_info["id"], targets))


async def _delete(request: web.Request) -> web.Response:
    request.app[VTN].objects.delete(_kind(request, tuple(KINDS)), _PEOPLE, request.match_info["id"])
    return web.Response(status=204)


async def _have_mqtt(request: web.Request) -> web.Response:
    said = read_parameters(_MQTT, await body(request))
    await request.app[VTN].mqtt.start(said["authentication"])
    return web.Response(status=204)


async def _have_no_mqtt(request: web.Request) -> web.Response:
    await request.app[VTN].mqtt.stop()
    return web.Response(status=204)


async def _faults(request: web.Request) -> web.Response:
    return web.json_response(request.app[VTN].faults.to_dict())


async def _set_fault(request: web.Request) -> web.Response:
    request.app[VTN].faults.set(request.match_info["name"], await body(request))
    return await _faults(request)


async def _clear_faults(request: web.Request) -> web.Response:
    request.app[VTN].faults.clear(request.match_info.get("name"))
    return await _faults(request)


async def _log(request: web.Request) -> web.Response:
    return web.json_response(list(request.app[VTN].log))


async def _clear_log(request: web.Request) -> web.Response:
    request.app[VTN].log.clear()
    return web.Response(status=204)


ROUTES: tuple[Route, ...] = (
    ("GET", "/vtn", _get),
    ("PATCH", "/vtn", _set),
    ("GET", "/vtn/faults", _faults),
    ("DELETE", "/vtn/faults", _clear_faults),
    ("PUT", "/vtn/faults/{name}", _set_fault),
    ("DELETE", "/vtn/faults/{name}", _clear_faults),
    ("GET", "/vtn/log", _log),
    ("DELETE", "/vtn/log", _clear_log),
    ("POST", "/vtn/clients", _put_client),
    ("DELETE", "/vtn/clients/{id}", _remove_client),
    ("POST", "/vtn/revoke", _revoke),
    ("PUT", "/vtn/mqtt", _have_mqtt),
    ("DELETE", "/vtn/mqtt", _have_no_mqtt),
    ("POST", "/vtn/{kind}", _make),
    ("PUT", "/vtn/{kind}/{id}", _replace),
    ("PATCH", "/vtn/{kind}/{id}", _grant),
    ("DELETE", "/vtn/{kind}/{id}", _delete),
)
