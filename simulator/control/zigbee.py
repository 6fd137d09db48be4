"""The Zigbee side at the control endpoint: what a utility tells the meter, and what happens to the radios."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

from simulator.control.requests import Route, body, error, gateway_of
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters

if TYPE_CHECKING:
    from simulator.zigbee.side import ZigbeeSide

_EUI64 = re.compile(r"[0-9A-F]{16}")


def _digits(text: str) -> str:
    return re.sub(r"[\s:.-]", "", text).upper()


def _read_eui64(text: str) -> str:
    digits = _digits(text)
    if not _EUI64.fullmatch(digits):
        raise ValueError("an EUI64 has sixteen hexadecimal digits")
    return digits


_PERMIT = {
    "eui64": Parameter(str, required=True, convert=_read_eui64),
    "install_code": Parameter(str, required=True),
}
_UINT8, _UINT16 = 2**8 - 1, 2**16 - 1
_FRAME = {
    "sender": Parameter(str, "meter", choices=("meter", "stranger")),
    "cluster": Parameter(int, required=True, minimum=0, maximum=_UINT16),
    "payload": Parameter(str, required=True, may_be_blank=True, convert=bytes.fromhex),
    "secured": Parameter(bool, False),
    "source": Parameter(int, 1, minimum=0, maximum=_UINT8),
    "destination": Parameter(int, 1, minimum=0, maximum=_UINT8),
}


def _side(request: web.Request) -> ZigbeeSide:
    zigbee = gateway_of(request).zigbee
    if zigbee is None:
        raise BadParameterError("this gateway has no Zigbee side")
    return zigbee


async def _describe(request: web.Request) -> web.Response:
    return web.json_response(_side(request).describe())


async def _permit(request: web.Request) -> web.Response:
    said, side = read_parameters(_PERMIT, await body(request)), _side(request)
    try:
        side.network.permit(said["eui64"], _digits(said["install_code"]))
    except ValueError as err:
        raise BadParameterError(f"install_code: {err}", "install_code") from err
    await gateway_of(request).state.changed()
    return web.json_response(side.describe())


async def _remove(request: web.Request) -> web.Response:
    if not _side(request).network.remove(request.match_info["eui64"].upper()):
        return error(404, "this device is not on the network")
    await gateway_of(request).state.changed()
    return web.Response(status=204)


async def _switch_key(request: web.Request) -> web.Response:
    _side(request).network.switch_key()
    await gateway_of(request).state.changed()
    return web.json_response(_side(request).describe())


async def _send(request: web.Request) -> web.Response:
    said = read_parameters(_FRAME, await body(request))
    by_stranger = said.pop("sender") == "stranger"
    _side(request).send(**said, by_stranger=by_stranger)
    return web.Response(status=204)


async def _plug(request: web.Request) -> web.Response:
    side, plugged = _side(request), request.method == "PUT"
    radio = side.ezsp if request.match_info["kind"] == "ezsp" else side.raven
    await (radio.start() if plugged else radio.unplug())
    return web.Response(status=204)


_RADIO = "/gateways/{id}/zigbee/radios/{kind:ezsp|raven}"

ROUTES: tuple[Route, ...] = (
    ("GET", "/gateways/{id}/zigbee", _describe),
    ("POST", "/gateways/{id}/zigbee/permitted", _permit),
    ("DELETE", "/gateways/{id}/zigbee/members/{eui64}", _remove),
    ("POST", "/gateways/{id}/zigbee/key", _switch_key),
    ("POST", "/gateways/{id}/zigbee/frames", _send),
    ("PUT", _RADIO, _plug),
    ("DELETE", _RADIO, _plug),
)
