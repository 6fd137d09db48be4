"""Gateways at the control endpoint: making and ending them, their devices, faults, log, messages and prices."""

from __future__ import annotations

import time
from dataclasses import asdict

from aiohttp import web

from simulator.control.requests import DEVICES, FLEET, Route, body, error, gateway_of, read_lfdi
from simulator.gateway.event_responses import RESPONSE_REQUIRED
from simulator.gateway.identity import canonical_lfdi
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.gateway.registrations import LogEvent
from simulator.gateway.settings import read_pin, read_settings
from simulator.gateway.texts import string32

_REGISTRATION = {
    "lfdi": Parameter(str, required=True, convert=canonical_lfdi),
    "pin": Parameter(str, convert=read_pin),
    "after_seconds": Parameter(float, 0.0, minimum=0, maximum=86400),
}
_CANCEL = {"status": Parameter(int, 1, minimum=1, maximum=4)}
_REPLACE = {"keep_registrations": Parameter(bool, False)}
_MOVE = {"port": Parameter(int, 0, minimum=0, maximum=65535)}
_LOG_EVENT = {
    "code": Parameter(int, 0, minimum=0, maximum=255),
    "function_set": Parameter(int, 0, minimum=0, maximum=255),
    "profile_id": Parameter(int, 2, minimum=0, maximum=255),
    "pen": Parameter(int, 40732, minimum=0, maximum=2**32 - 1),
    "details": Parameter(str, convert=string32),
    "extended_data": Parameter(int, minimum=0, maximum=2**32 - 1),
    "lfdi": Parameter(str),
}
_MESSAGE = {
    "text": Parameter(str, required=True),
    "priority": Parameter(int, 1, minimum=0, maximum=3),
    "duration": Parameter(int, 3600, minimum=1, maximum=2**31),
    "response_required": RESPONSE_REQUIRED,
}


async def _gateways(request: web.Request) -> web.Response:
    return web.json_response([gateway.describe() for gateway in request.app[FLEET].all()])


async def _add(request: web.Request) -> web.Response:
    """Make a gateway; with ``kept`` it goes on as the one whose that was."""
    said = await body(request)
    kept = said.pop("kept", None) if isinstance(said, dict) else None
    settings = read_settings(said)
    try:
        gateway = await request.app[FLEET].add(settings, kept=kept)
    except (AttributeError, KeyError, TypeError, ValueError) as err:
        if kept is None:
            raise
        raise BadParameterError(f"kept: not what a gateway keeps: {err!r}", "kept") from err
    return web.json_response(gateway.describe(), status=201)


async def _kept(request: web.Request) -> web.Response:
    """What is kept of a gateway over restarts, its private key among it."""
    return web.json_response(gateway_of(request).state.to_dict())


async def _get(request: web.Request) -> web.Response:
    return web.json_response(gateway_of(request).describe())


async def _remove(request: web.Request) -> web.Response:
    await request.app[FLEET].remove(request.match_info["id"])
    await request.app[DEVICES].remove(request.match_info["id"])
    return web.Response(status=204)


async def _register(request: web.Request) -> web.Response:
    gateway = gateway_of(request)
    state = gateway.state
    wanted = read_parameters(_REGISTRATION, await body(request))
    if not state.settings.out_of_band:
        return error(409, "this gateway registers devices in-band only")
    lfdi = wanted["lfdi"]
    pin = state.settings.pin if wanted["pin"] is None else wanted["pin"]
    state.registrations.add(lfdi, pin, in_band=False, after_seconds=wanted["after_seconds"])
    await state.changed()
    return web.json_response(gateway.describe(), status=201)


async def _withdraw(request: web.Request) -> web.Response:
    lfdi = read_lfdi(request.match_info["lfdi"])
    if not await gateway_of(request).withdraw(lfdi):
        return error(404, "this LFDI is not registered")
    return web.Response(status=204)


async def _cancel_subscriptions(request: web.Request) -> web.Response:
    """End every subscription, and tell so with the status of a Notification."""
    await gateway_of(request).service.cancel_subscriptions(read_parameters(_CANCEL, await body(request))["status"])
    return web.Response(status=204)


async def _faults(request: web.Request) -> web.Response:
    return web.json_response(gateway_of(request).state.faults.to_dict())


async def _set_fault(request: web.Request) -> web.Response:
    await gateway_of(request).set_fault(request.match_info["name"], await body(request))
    return await _faults(request)


async def _clear_faults(request: web.Request) -> web.Response:
    await gateway_of(request).clear_faults(request.match_info.get("name"))
    return await _faults(request)


async def _replace(request: web.Request) -> web.Response:
    gateway = gateway_of(request)
    await gateway.replace(**read_parameters(_REPLACE, await body(request)))
    return web.json_response(gateway.describe())


async def _move(request: web.Request) -> web.Response:
    gateway = gateway_of(request)
    await gateway.service.move(read_parameters(_MOVE, await body(request))["port"])
    return web.json_response(gateway.describe())


async def _log(request: web.Request) -> web.Response:
    return web.json_response(gateway_of(request).state.traffic.to_dict())


async def _clear_log(request: web.Request) -> web.Response:
    gateway_of(request).state.traffic.clear()
    return web.Response(status=204)


async def _readings(request: web.Request) -> web.Response:
    return web.json_response(gateway_of(request).state.meter.truth(time.time()))


async def _add_log_event(request: web.Request) -> web.Response:
    """Have the gateway, or the device ``lfdi``, write an event into its log."""
    gateway = gateway_of(request).state
    said = read_parameters(_LOG_EVENT, await body(request))
    events, href = gateway.events, "/sdev/log"
    if (lfdi := said.pop("lfdi")) is not None:
        if (entry := gateway.registrations.get(read_lfdi(lfdi))) is None:
            return error(404, "this LFDI is not registered")
        events, href = entry.events, f"/edev/{entry.number}/log"
    events.append(LogEvent(created=int(gateway.clock()), number=len(events) + 1, **said))
    await gateway.changed()
    return web.json_response({"href": f"{href}/{len(events)}"}, status=201)


async def _add_message(request: web.Request) -> web.Response:
    number = gateway_of(request).add_message(**read_parameters(_MESSAGE, await body(request)))
    return web.json_response({"href": f"/msg/1/txt/{number}"}, status=201)


async def _recall_message(request: web.Request) -> web.Response:
    """Take a message back before its time; it is numbered as it is listed, the instructions being 1."""
    if not gateway_of(request).recall_message(int(request.match_info["number"])):
        return error(404, "there is no such message")
    return web.Response(status=204)


async def _set_prices(request: web.Request) -> web.Response:
    """Take prices per kWh in dollars, that of tier 1 first."""
    gateway, said = gateway_of(request).state, await body(request)
    prices = said.get("prices") if isinstance(said, dict) else None
    if not isinstance(prices, list) or len(prices) != len(gateway.prices):
        raise BadParameterError(f"prices must be a list of {len(gateway.prices)} numbers", "prices")
    required = RESPONSE_REQUIRED.read("response_required", said.get("response_required"))
    if not all(type(price) in (int, float) and 0 <= price < 1000 for price in prices):
        raise BadParameterError("prices: a price is a number from 0 to 1000", "prices")
    gateway.prices = {tier: round(price * 1000) for tier, price in enumerate(prices, 1)}
    gateway.prices_want = required
    return web.json_response({"prices": prices})


async def _event_responses(request: web.Request) -> web.Response:
    """What clients answered to messages, prices and reservations."""
    return web.json_response([asdict(each) for each in gateway_of(request).state.event_responses.all])


ROUTES: tuple[Route, ...] = (
    ("GET", "/gateways", _gateways),
    ("POST", "/gateways", _add),
    ("GET", "/gateways/{id}", _get),
    ("DELETE", "/gateways/{id}", _remove),
    ("GET", "/gateways/{id}/kept", _kept),
    ("POST", "/gateways/{id}/registrations", _register),
    ("DELETE", "/gateways/{id}/registrations/{lfdi}", _withdraw),
    ("POST", "/gateways/{id}/subscriptions/cancel", _cancel_subscriptions),
    ("GET", "/gateways/{id}/faults", _faults),
    ("DELETE", "/gateways/{id}/faults", _clear_faults),
    ("PUT", "/gateways/{id}/faults/{name}", _set_fault),
    ("DELETE", "/gateways/{id}/faults/{name}", _clear_faults),
    ("POST", "/gateways/{id}/replace", _replace),
    ("POST", "/gateways/{id}/move", _move),
    ("GET", "/gateways/{id}/log", _log),
    ("DELETE", "/gateways/{id}/log", _clear_log),
    ("GET", "/gateways/{id}/readings", _readings),
    ("POST", "/gateways/{id}/log_events", _add_log_event),
    ("POST", "/gateways/{id}/messages", _add_message),
    ("DELETE", "/gateways/{id}/messages/{number:[0-9]+}", _recall_message),
    ("PUT", "/gateways/{id}/prices", _set_prices),
    ("GET", "/gateways/{id}/event_responses", _event_responses),
)
