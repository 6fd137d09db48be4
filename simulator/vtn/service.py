"""The VTN on the network: HTTPS on loopback, as the Definition asks everywhere; plain HTTP where it is told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.utility.spoiling import with_faults
from simulator.vtn.api import BASE, CALLER, add_routes, with_problems
from simulator.vtn.certificate import server_context
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.vtn import VTN, Vtn

_LARGEST = 16 * 1024 * 1024
_LONGEST_LINE = 256 * 1024
"""A query may name many targets."""


class VtnService:
    """Serves a VTN."""

    def __init__(self, vtn: Vtn, *, plain: bool = False) -> None:
        self._vtn = vtn
        self._plain = plain
        spoil = with_faults(vtn.faults, VtnProblemError(429, "slow down").response, BASE)
        app = web.Application(middlewares=[self._logged, with_problems, spoil], client_max_size=_LARGEST)
        app[VTN] = vtn
        add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, max_line_size=_LONGEST_LINE)

    async def start(self, port: int) -> None:
        """Listen, on a free port if ``port`` is 0."""
        await self._runner.setup()
        context = None if self._plain else server_context(self._vtn.certificate)
        await web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=context).start()
        scheme = "http" if self._plain else "https"
        self._vtn.url = f"{scheme}://127.0.0.1:{self._runner.addresses[0][1]}{BASE}"

    async def stop(self) -> None:
        """End it."""
        await self._vtn.stop()
        await self._runner.cleanup()
        self._vtn.close()

    @web.middleware
    async def _logged(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        said = {"method": request.method, "path": request.path_qs.removeprefix(BASE), "status": response.status}
        self._vtn.log.append(said | {"client_id": request.get(CALLER, "")})
        return response
