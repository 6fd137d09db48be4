"""Charger and vehicles of the simulated home at the control endpoint."""

from __future__ import annotations

import json

from aiohttp import web

from simulator.control.requests import Route, body, error
from simulator.gateway.parameters import Parameter, read_parameters
from simulator.household.chargers import Charger, Chargers

CHARGERS: web.AppKey[Chargers] = web.AppKey("chargers")
_PLUG = {"vehicle": Parameter(str, "family")}
_CHANGES = {
    "enabled": Parameter(bool),
    "speed": Parameter(float, minimum=0.01, maximum=10_000),
    "max_power_w": Parameter(float, minimum=100, maximum=1_000_000),
    "resolution_kwh": Parameter(float, minimum=0.000_001, maximum=1_000),
}
_ENABLED = {"enabled": Parameter(bool, required=True)}
_DRIVEN = {"state_of_charge": Parameter(float, required=True, minimum=0, maximum=100)}
_RESET = {"total_kwh": Parameter(float, 0.0, minimum=0, maximum=1e9)}


def _of(request: web.Request) -> tuple[Chargers, Charger]:
    chargers = request.app[CHARGERS]
    return chargers, chargers.find(request.match_info["id"])


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
    """What Home Assistant's rest switch posts, ON or OFF, or the same as JSON."""
    chargers, charger = _of(request)
    word = (await request.text()).strip()
    if (enabled := {"ON": True, "OFF": False}.get(word.upper())) is None:
        try:
            enabled = read_parameters(_ENABLED, json.loads(word))["enabled"]
        except json.JSONDecodeError:
            return error(400, 'say ON, OFF or {"enabled": true}')
    if "offline" in charger.faults:
        return error(503, "the charger is offline")
    charger.enabled = enabled
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


async def _clear_faults(request: web.Request) -> web.Response:
    chargers, charger = _of(request)
    chargers.clear_faults(charger)
    return _described(chargers, charger)


async def _vehicle(request: web.Request) -> web.Response:
    chargers = request.app[CHARGERS]
    return web.json_response(chargers.describe_vehicle(chargers.find_vehicle(request.match_info["id"])))


async def _drive(request: web.Request) -> web.Response:
    chargers = request.app[CHARGERS]
    vehicle = chargers.find_vehicle(request.match_info["id"])
    vehicle.state_of_charge = read_parameters(_DRIVEN, await body(request))["state_of_charge"]
    chargers.changed()
    return web.json_response(chargers.describe_vehicle(vehicle))


ROUTES: tuple[Route, ...] = (
    ("GET", "/chargers", _list),
    ("GET", "/chargers/{id}", _get),
    ("PATCH", "/chargers/{id}", _change),
    ("POST", "/chargers/{id}/plug", _plug),
    ("POST", "/chargers/{id}/unplug", _unplug),
    ("GET", "/chargers/{id}/enabled", _get),
    ("POST", "/chargers/{id}/enabled", _enable),
    ("POST", "/chargers/{id}/counter", _reset),
    ("DELETE", "/chargers/{id}/faults", _clear_faults),
    ("PUT", "/chargers/{id}/faults/{name}", _set_fault),
    ("DELETE", "/chargers/{id}/faults/{name}", _set_fault),
    ("GET", "/vehicles/{id}", _vehicle),
    ("PATCH", "/vehicles/{id}", _drive),
)
