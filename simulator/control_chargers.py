"""Charger and vehicles of the simulated home at the control endpoint."""

from __future__ import annotations

from aiohttp import web

from simulator.chargers import Charger, Chargers, UnknownChargerError
from simulator.control_requests import Handler, body, error
from simulator.parameters import Parameter, read_parameters

CHARGERS: web.AppKey[Chargers] = web.AppKey("chargers")
_PLUG = {"vehicle": Parameter(str, "family")}
_CHANGES = {
    "enabled": Parameter(bool),
    "speed": Parameter(float, minimum=0.01, maximum=10_000),
    "max_power_w": Parameter(float, minimum=100, maximum=1_000_000),
}
_RESET = {"total_kwh": Parameter(float, 0.0, minimum=0, maximum=1e9)}


def _of(request: web.Request) -> tuple[Chargers, Charger]:
    chargers = request.app[CHARGERS]
    return chargers, chargers.find(request.match_info["id"])


def _answering(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except UnknownChargerError as err:
            return error(404, str(err))

    return handle


def _described(chargers: Chargers, charger: Charger) -> web.Response:
    return web.json_response(chargers.describe(charger))


async def _get(request: web.Request) -> web.Response:
    return _described(*_of(request))


async def _list(request: web.Request) -> web.Response:
    chargers = request.app[CHARGERS]
    return web.json_response([chargers.describe(chargers.find(each)) for each in chargers.chargers])


async def _plug(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    chargers.plug(charger, read_parameters(_PLUG, await body(request))["vehicle"])
    return _described(chargers, charger)


async def _unplug(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    chargers.unplug(charger)
    return _described(chargers, charger)


async def _change(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    for name, value in read_parameters(_CHANGES, await body(request)).items():
        if value is not None:
            setattr(charger, name, value)
    chargers.changed()
    return _described(chargers, charger)


async def _enable(request: web.Request) -> web.Response:
    """What Home Assistant's rest switch posts: ON or OFF."""
    chargers, charger = _of(request)
    word = (await request.text()).strip().upper()
    if word not in ("ON", "OFF"):
        return error(400, "say ON or OFF")
    charger.enabled = word == "ON"
    chargers.changed()
    return _described(chargers, charger)


async def _reset(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    chargers.reset_counter(charger, read_parameters(_RESET, await body(request))["total_kwh"])
    return _described(chargers, charger)


async def _set_fault(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    chargers.set_fault(charger, request.match_info["name"], on=request.method == "PUT")
    return _described(chargers, charger)


ROUTES: tuple[tuple[str, str, Handler], ...] = tuple(
    (method, path, _answering(handler))
    for method, path, handler in (
        ("GET", "/chargers", _list),
        ("GET", "/chargers/{id}", _get),
        ("PATCH", "/chargers/{id}", _change),
        ("POST", "/chargers/{id}/plug", _plug),
        ("POST", "/chargers/{id}/unplug", _unplug),
        ("GET", "/chargers/{id}/enabled", _get),
        ("POST", "/chargers/{id}/enabled", _enable),
        ("POST", "/chargers/{id}/counter", _reset),
        ("PUT", "/chargers/{id}/faults/{name}", _set_fault),
        ("DELETE", "/chargers/{id}/faults/{name}", _set_fault),
    )
)
