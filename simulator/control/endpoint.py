"""The control endpoint: JSON over HTTP on loopback, for tests and demonstrations."""

from __future__ import annotations

import json

from aiohttp import web

from simulator.control import chargers as charger_requests
from simulator.control import demand_response, devices, gateways, reservations, utility_cases, utility_vehicles, zigbee
from simulator.control import utility as utility_requests
from simulator.control import vtn as vtn_requests
from simulator.control.chargers import CHARGERS
from simulator.control.requests import DEVICES, FLEET, Handler, error
from simulator.devices.devices import Devices
from simulator.fleet.fleet import Fleet, UnknownGatewayError
from simulator.gateway.demand_response import NotKnownError
from simulator.gateway.faults import FAULTS
from simulator.gateway.parameters import BadParameterError
from simulator.gateway.settings import SETTINGS
from simulator.household.chargers import Chargers, UnknownChargerError
from simulator.utility.problems import ProblemError
from simulator.utility.utility import UTILITY, Utility
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.vtn import VTN, Vtn


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except BadParameterError as err:
        return error(400, str(err), err.field)
    except (json.JSONDecodeError, UnicodeDecodeError) as err:
        return error(400, str(err))
    except (UnknownGatewayError, NotKnownError, UnknownChargerError) as err:
        return error(404, str(err))
    except (ProblemError, VtnProblemError) as problem:
        return error(problem.status, problem.detail)
    except OSError as err:
        return error(409, f"the port cannot be used: {err.strerror or err}")
    except web.HTTPException as err:
        return error(err.status, err.reason)


async def _index(request: web.Request) -> web.Response:
    return web.json_response(
        {
            "name": "Utility HAN simulator",
            "gateways": [gateway.state.id for gateway in request.app[FLEET].all()],
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


def control_app(
    fleet: Fleet,
    brought: Devices,
    utility: Utility | None = None,
    chargers: Chargers | None = None,
    vtn: Vtn | None = None,
) -> web.Application:
    """The control endpoint of gateways and devices, and of a utility, the chargers of a home and a VTN where given."""
    app = web.Application(middlewares=[_errors])
    app[FLEET] = fleet
    app[DEVICES] = brought
    modules = [gateways, devices, demand_response, reservations, zigbee]
    if utility is not None:
        app[UTILITY] = utility
        modules += [utility_requests, utility_vehicles, utility_cases]
    if chargers is not None:
        app[CHARGERS] = chargers
        modules.append(charger_requests)
    if vtn is not None:
        app[VTN] = vtn
        modules.append(vtn_requests)
    app.router.add_route("GET", "/", _index)
    for module in modules:
        for method, path, handler in module.ROUTES:
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
