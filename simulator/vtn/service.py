"""The VTN on the network: HTTPS on loopback, as the Definition asks everywhere; plain HTTP where it is told to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from simulator.gateway.advertisement import Advertisement
from simulator.utility.spoiling import with_faults
from simulator.vtn import earlier
from simulator.vtn.api import BASE, CALLER, add_routes, problem_answers
from simulator.vtn.certificate import server_context
from simulator.vtn.problems import VtnProblemError
from simulator.vtn.vtn import VTN, Vtn

SERVICE_TYPE = "_openadr3._tcp.local."
_HOST = "127.0.0.1"
_LONGEST_TEXT = 200
"""Of a property: a TXT record's strings have at most 255 bytes (RFC 6763, 6.1)."""
_LARGEST = 16 * 1024 * 1024
_LONGEST_LINE = 256 * 1024
"""A query may name many targets."""


class VtnService:
    """Serves a VTN."""

    def __init__(self, vtn: Vtn, *, plain: bool = False, advertised: bool = False) -> None:
        self._vtn = vtn
        self._plain = plain
        self._advertisement = Advertisement(_HOST) if advertised else None
        spoil = with_faults(vtn.faults, VtnProblemError(429, "slow down").response, BASE, earlier.BASE)
        app = web.Application(middlewares=[self._logged, problem_answers, spoil], client_max_size=_LARGEST)
        app[VTN] = vtn
        add_routes(app)
        earlier.add_routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, max_line_size=_LONGEST_LINE)

    async def start(self, port: int) -> None:
        """Listen, on a free port if ``port`` is 0."""
        await self._runner.setup()
        context = None if self._plain else server_context(self._vtn.certificate)
        await web.TCPSite(self._runner, _HOST, port, ssl_context=context).start()
        scheme, port = "http" if self._plain else "https", self._runner.addresses[0][1]
        self._vtn.url = f"{scheme}://{_HOST}:{port}{BASE}"
        if self._advertisement is not None:
            await self._advertise(self._advertisement, scheme, port)

    async def stop(self) -> None:
        """End it."""
        if self._advertisement is not None:
            await self._advertisement.stop()
        await self._vtn.stop()
        await self._runner.cleanup()
        self._vtn.close()

    async def _advertise(self, advertisement: Advertisement, scheme: str, port: int) -> None:
        """Say where it is, as "Discovery and Configuration of Local VTNs" of the Definition words it."""
        hostname = self._vtn.certificate["hostname"]
        programs = [each["programName"] for each in self._vtn.objects.every("program")]
        properties = {
            "version": "3.1.0",
            "base_path": BASE.removeprefix("/"),
            "local_url": f"{scheme}://{hostname}:{port}{BASE}",
            "program_names": ",".join(programs)[:_LONGEST_TEXT],
            "requires_auth": str(not self._vtn.settings["public"]),
        }
        name = f"Power & Light {hostname.removeprefix('vtn-').removesuffix('.local')}.{SERVICE_TYPE}"
        await advertisement.announce(SERVICE_TYPE, name, f"{hostname}.", port, properties)

    @web.middleware
    async def _logged(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        said = {"method": request.method, "path": request.path_qs.removeprefix(BASE), "status": response.status}
        self._vtn.log.append(said | {"client_id": request.get(CALLER, "")})
        return response
