"""Devices at the control endpoint: those that answer for themselves, and what is done to them."""

from __future__ import annotations

from aiohttp import web

from simulator.control.requests import DEVICES, Route, body, error, gateway_of, read_lfdi
from simulator.gateway.parameters import Parameter, read_parameters
from simulator.gateway.settings import read_pin

_DEVICE = {
    "pin": Parameter(str, convert=read_pin),
    "category": Parameter(int, 2**32 - 1, minimum=0, maximum=2**32 - 1),
    "poll_seconds": Parameter(float, 1.0, minimum=0.05, maximum=3600),
}
_CHANGES = {
    "answering": Parameter(bool),
    "battery": Parameter(int, minimum=0, maximum=4),
    "enabled": Parameter(bool),
}


async def _bring(request: web.Request) -> web.Response:
    """Bring a device with a certificate of its own; the gateway has to be told of it as of any other."""
    wanted = read_parameters(_DEVICE, await body(request))
    return web.json_response(request.app[DEVICES].bring(gateway_of(request), **wanted).describe(), status=201)


async def _list(request: web.Request) -> web.Response:
    found = request.app[DEVICES].of(gateway_of(request).state.id)
    return web.json_response([device.describe() for device in found])


async def _take_away(request: web.Request) -> web.Response:
    if not await request.app[DEVICES].remove(request.match_info["id"], read_lfdi(request.match_info["lfdi"])):
        return error(404, "there is no such device")
    return web.Response(status=204)


async def _change(request: web.Request) -> web.Response:
    """Have the client of a device run or not; have what the gateway holds as its PowerStatus say something."""
    gateway, lfdi = gateway_of(request).state, read_lfdi(request.match_info["lfdi"])
    wanted = read_parameters(_CHANGES, await body(request))
    device, entry = request.app[DEVICES].get(gateway.id, lfdi), gateway.registrations.get(lfdi)
    of_entry = {name: wanted[name] for name in ("battery", "enabled") if wanted[name] is not None}
    if of_entry:
        if entry is None:
            return error(404, "this device is not registered")
        for name, value in of_entry.items():
            setattr(entry, name, value)
        await gateway.changed()
    if wanted["answering"] is not None:
        if device is None:
            return error(409, "the device does not answer for itself: who speaks for it has to fall silent")
        if wanted["answering"]:
            device.start()
        else:
            await device.stop()
    return web.json_response(
        {
            "lfdi": lfdi,
            "answering": device.answering if device is not None else None,
            "battery": entry.battery if entry is not None else None,
            "enabled": entry.enabled if entry is not None else None,
        }
    )


ROUTES: tuple[Route, ...] = (
    ("GET", "/gateways/{id}/devices", _list),
    ("POST", "/gateways/{id}/devices", _bring),
    ("DELETE", "/gateways/{id}/devices/{lfdi}", _take_away),
    ("PATCH", "/gateways/{id}/registrations/{lfdi}", _change),
)
