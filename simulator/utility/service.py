"""The utility on the network: its API, sign-in and console on one port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from aiohttp import web

from simulator.utility import console, sign_in
from simulator.utility.api import routes
from simulator.utility.problems import ProblemError
from simulator.utility.spoiling import with_faults
from simulator.utility.utility import UTILITY, Utility


class UtilityService:
    """Serves a utility on loopback; ``control`` is the control endpoint, for the console."""

    def __init__(self, utility: Utility, control: web.Application) -> None:
        self._utility = utility
        spoil = with_faults(utility.state.faults, ProblemError("rate-limited", "slow down").response)
        app = web.Application(middlewares=[self._logged, routes.problem_answers, spoil])
        app[UTILITY] = utility
        app.on_response_prepare.append(self._date)
        for method, path, handler in sign_in.ROUTES:
            app.router.add_route(method, path, handler)
        routes.add_routes(app)
        console.add_routes(app, control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)

    async def start(self, port: int) -> None:
        """Listen, on a free port if ``port`` is 0."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._utility.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._utility.resume()

    async def stop(self) -> None:
        """End it."""
        await self._utility.stop_working()
        await self._runner.cleanup()
        self._utility.state.store.close()

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self._utility.state.now(), usegmt=True)

    @web.middleware
    async def _logged(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if not request.path.startswith("/console"):
            self._utility.log.append(
                {
                    "method": request.method,
                    "path": request.path,
                    "status": response.status,
                    "idempotency_key": request.headers.get("Idempotency-Key"),
                }
            )
        return response
