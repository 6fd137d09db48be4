"""The control endpoint: JSON over HTTP on loopback, for tests and demonstrations."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import replace

from aiohttp import web

from simulator.control import demand_response as control_demand_response
from simulator.control import reservations as control_vehicles
from simulator.control.requests import SIMULATION, Handler, body, error, service_of
from simulator.fleet import fleet as actions
from simulator.fleet.fleet import Simulation, UnknownGatewayError, describe
from simulator.gateway.demand_response import NotKnownError
from simulator.gateway.faults import FAULTS
from simulator.gateway.parameters import BadParameterError, Parameter, read_parameters
from simulator.gateway.registrations import LogEvent
from simulator.gateway.settings import SETTINGS, read_pin, read_settings
from simulator.gateway.state import TextMessage

_REGISTRATION = {
    "lfdi": Parameter(str, required=True),
    "pin": Parameter(str, convert=read_pin),
    "after_seconds": Parameter(float, 0.0, minimum=0, maximum=86400),
}
_DEVICE = {
    "answering": Parameter(bool),
    "autonomous": Parameter(bool),
    "battery": Parameter(int, minimum=0, maximum=4),
}
_REPLACE = {"keep_registrations": Parameter(bool, False)}
_MOVE = {"port": Parameter(int, 0, minimum=0, maximum=65535)}
_LOG_EVENT = {
    "code": Parameter(int, 0, minimum=0, maximum=255),
    "function_set": Parameter(int, 0, minimum=0, maximum=255),
    "profile_id": Parameter(int, 2, minimum=0, maximum=255),
    "pen": Parameter(int, 40732, minimum=0, maximum=2**32 - 1),
    "details": Parameter(str),
    "extended_data": Parameter(int, minimum=0, maximum=2**32 - 1),
    "lfdi": Parameter(str),
}

_MESSAGE = {
    "text": Parameter(str, required=True),
    "priority": Parameter(int, 1, minimum=0, maximum=3),
    "duration": Parameter(int, 3600, minimum=1, maximum=2**31),
}


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except (BadParameterError, json.JSONDecodeError, UnicodeDecodeError) as err:
        return error(400, str(err))
    except (UnknownGatewayError, NotKnownError) as err:
        return error(404, str(err))
    except OSError as err:
        return error(409, f"the port cannot be used: {err.strerror or err}")
    except web.HTTPException as err:
        return error(err.status, err.reason)


async def _index(request: web.Request) -> web.Response:
    return web.json_response(
        {
            "name": "Utility HAN simulator",
            "gateways": [service.gateway.id for service in request.app[SIMULATION].services()],
            "settings": list(SETTINGS),
            "faults": {
                name: {"summary": fault.summary, "parameters": list(fault.parameters)}
                for name, fault in FAULTS.items()
            },
            "paths": sorted(
                {
                    f"{route.method} {route.resource.canonical}"
                    for route in request.app.router.routes()
                    if route.resource
                }
            ),
        }
    )


async def _gateways(request: web.Request) -> web.Response:
    return web.json_response([describe(service) for service in request.app[SIMULATION].services()])


async def _add(request: web.Request) -> web.Response:
    service = await request.app[SIMULATION].add(read_settings(await body(request)))
    return web.json_response(describe(service), status=201)


async def _get(request: web.Request) -> web.Response:
    return web.json_response(describe(service_of(request)))


async def _remove(request: web.Request) -> web.Response:
    await request.app[SIMULATION].remove(request.match_info["id"])
    return web.Response(status=204)


async def _register(request: web.Request) -> web.Response:
    service = service_of(request)
    gateway = service.gateway
    wanted = read_parameters(_REGISTRATION, await body(request))
    if not gateway.settings.out_of_band:
        return error(409, "this gateway registers devices in-band only")
    lfdi = actions.read_lfdi(wanted["lfdi"])
    pin = gateway.settings.pin if wanted["pin"] is None else wanted["pin"]
    gateway.registrations.add(lfdi, pin, in_band=False, after_seconds=wanted["after_seconds"])
    await gateway.changed()
    return web.json_response(describe(service), status=201)


async def _set_device(request: web.Request) -> web.Response:
    gateway, lfdi = service_of(request).gateway, actions.read_lfdi(request.match_info["lfdi"])
    entry = gateway.registrations.get(lfdi)
    if entry is None:
        raise web.HTTPNotFound(reason="this device is not registered")
    for name, value in read_parameters(_DEVICE, await body(request)).items():
        if value is not None:
            setattr(entry, name, value)
    await gateway.changed()
    return web.json_response({"lfdi": lfdi, **{name: getattr(entry, name) for name in _DEVICE}})


async def _withdraw(request: web.Request) -> web.Response:
    lfdi = actions.read_lfdi(request.match_info["lfdi"])
    if not await actions.withdraw(service_of(request), lfdi):
        return error(404, "this LFDI is not registered")
    return web.Response(status=204)


async def _faults(request: web.Request) -> web.Response:
    return web.json_response(service_of(request).gateway.faults.to_dict())


async def _set_fault(request: web.Request) -> web.Response:
    await actions.set_fault(service_of(request), request.match_info["name"], await body(request))
    return await _faults(request)


async def _clear_faults(request: web.Request) -> web.Response:
    await actions.clear_faults(service_of(request), request.match_info.get("name"))
    return await _faults(request)


async def _replace(request: web.Request) -> web.Response:
    service = service_of(request)
    await actions.replace(service, **read_parameters(_REPLACE, await body(request)))
    return web.json_response(describe(service))


async def _move(request: web.Request) -> web.Response:
    service = service_of(request)
    await service.move(read_parameters(_MOVE, await body(request))["port"])
    return web.json_response(describe(service))


async def _log(request: web.Request) -> web.Response:
    return web.json_response(service_of(request).gateway.traffic.to_dict())


async def _clear_log(request: web.Request) -> web.Response:
    service_of(request).gateway.traffic.clear()
    return web.Response(status=204)


async def _readings(request: web.Request) -> web.Response:
    return web.json_response(service_of(request).gateway.meter.truth(time.time()))


async def _add_log_event(request: web.Request) -> web.Response:
    """Have the gateway, or the device ``lfdi``, write an event into its log."""
    gateway = service_of(request).gateway
    said = read_parameters(_LOG_EVENT, await body(request))
    events, href = gateway.events, "/sdev/log"
    if (lfdi := said.pop("lfdi")) is not None:
        if (entry := gateway.registrations.get(actions.read_lfdi(lfdi))) is None:
            return error(404, "this LFDI is not registered")
        events, href = entry.events, f"/edev/{entry.number}/log"
    events.append(LogEvent(created=int(gateway.clock()), number=len(events) + 1, **said))
    await gateway.changed()
    return web.json_response({"href": f"{href}/{len(events)}"}, status=201)


async def _add_message(request: web.Request) -> web.Response:
    gateway = service_of(request).gateway
    said = read_parameters(_MESSAGE, await body(request))
    gateway.messages.append(TextMessage(start=int(gateway.clock()), **said))
    if gateway.zigbee is not None:
        gateway.zigbee.meter.messaged()
    return web.json_response({"href": f"/msg/1/txt/{len(gateway.messages) + 1}"}, status=201)


async def _recall_message(request: web.Request) -> web.Response:
    """Take a message back before its time; it is numbered as it is listed, the instructions being 1."""
    gateway, number = service_of(request).gateway, int(request.match_info["number"]) - 2
    if not 0 <= number < len(gateway.messages):
        return error(404, "there is no such message")
    message = gateway.messages[number]
    gateway.messages[number] = replace(message, duration=max(int(gateway.clock()) - message.start, 0))
    if gateway.zigbee is not None:
        gateway.zigbee.meter.recalled(number + 2)
    return web.Response(status=204)


async def _set_prices(request: web.Request) -> web.Response:
    """Take prices per kWh in dollars, that of tier 1 first."""
    gateway, said = service_of(request).gateway, await body(request)
    prices = said.get("prices") if isinstance(said, dict) else None
    if not isinstance(prices, list) or len(prices) != len(gateway.prices):
        raise BadParameterError(f"prices must be a list of {len(gateway.prices)} numbers")
    if not all(type(price) in (int, float) and 0 <= price < 1000 for price in prices):
        raise BadParameterError("a price is a number from 0 to 1000")
    gateway.prices = {tier: round(price * 1000) for tier, price in enumerate(prices, 1)}
    return web.json_response({"prices": prices})


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/", _index),
    ("GET", "/gateways", _gateways),
    ("POST", "/gateways", _add),
    ("GET", "/gateways/{id}", _get),
    ("DELETE", "/gateways/{id}", _remove),
    ("POST", "/gateways/{id}/registrations", _register),
    ("PATCH", "/gateways/{id}/registrations/{lfdi}", _set_device),
    ("DELETE", "/gateways/{id}/registrations/{lfdi}", _withdraw),
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
)


def control_app(simulation: Simulation, more: Iterable[tuple[str, str, Handler]] = ()) -> web.Application:
    """The control endpoint as an application, with the routes of others besides its own."""
    app = web.Application(middlewares=[_errors])
    app[SIMULATION] = simulation
    for method, path, handler in (*_ROUTES, *control_demand_response.ROUTES, *control_vehicles.ROUTES, *more):
        app.router.add_route(method, path, handler)
    return app


class ControlEndpoint:
    """Serves the control endpoint on loopback; ``url`` is known once it is started."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None)
        self.url = ""

    async def start(self, port: int) -> None:
        """Listen on ``port``, 0 being a free one."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End it."""
        await self._runner.cleanup()
