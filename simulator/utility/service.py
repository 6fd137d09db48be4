"""The utility on the network: its API, sign-in and console on one port."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.fleet.fleet import Fleet
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.utility import console, sign_in
from simulator.utility.api import routes as api
from simulator.utility.billing import Billing
from simulator.utility.cases import Cases
from simulator.utility.catalogue import PROGRAMS, RATE_PROGRAMS
from simulator.utility.customers import Customers
from simulator.utility.desk import Desk
from simulator.utility.faults import ApiFaults, with_faults
from simulator.utility.keys import UTILITY
from simulator.utility.remote_diagnosis import RemoteDiagnosis
from simulator.utility.store import Document, UtilityStore
from simulator.utility.tokens import Tokens
from simulator.utility.vehicles import Vehicles

_LOGGED = 200
_SETTINGS: dict[str, Any] = {
    "approval": "auto",
    "session_confirmation": "auto",
    "stage_seconds": 0.2,
    "commission_seconds": 0.2,
    "token_seconds": 600.0,
}


class Utility:
    """One utility; ``url`` is known once it is started.

    ``settings``: ``approval`` of devices and bindings and ``session_confirmation`` by the owners of guests' vehicles
    (auto or manual), ``stage_seconds`` that each stage of a link takes,
    ``commission_seconds`` until the gateway is told about a device, ``token_seconds`` that an access token lasts.
    """

    name = "Simulated Power & Light"

    def __init__(self, fleet: Fleet, folder: Path | None, control: web.Application) -> None:
        """``control`` is the control endpoint, for the console; ``folder`` keeps everything over restarts."""
        self._fleet = fleet
        self.store = UtilityStore(folder / "utility.sqlite" if folder else None)
        self.customers = Customers(self.store)
        self.desk = Desk(self)
        self.vehicles = Vehicles(self)
        self.billing = Billing(self)
        self.cases = Cases(self)
        self.remote = RemoteDiagnosis(self)
        self.faults = ApiFaults()
        self.settings: dict[str, Any] = _SETTINGS | (self.store.get("settings", "") or {})
        self.tokens = Tokens(self.store, lambda: float(self.settings["token_seconds"]))
        self.log: deque[dict[str, Any]] = deque(maxlen=_LOGGED)
        self.url = ""
        self.writing = asyncio.Lock()
        """Held while something changes: the utility does one thing at a time."""
        self._news = asyncio.Condition()
        control[UTILITY] = self
        app = web.Application(middlewares=[self._logged, api.with_problems, with_faults])
        app[UTILITY] = self
        app.on_response_prepare.append(self._date)
        for method, path, handler in sign_in.ROUTES:
            app.router.add_route(method, path, handler)
        api.add_routes(app)
        console.add_routes(app, control)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        if self.customers.get("demo") is None:
            self.customers.add("demo", "demo")
        for kind, programs in (("program", PROGRAMS), ("rate_program", RATE_PROGRAMS)):
            for program in programs:
                if self.store.get(kind, program["id"]) is None:
                    self.store.put(kind, program["id"], dict(program))

    async def start(self, port: int) -> None:
        """Listen on loopback, on a free port if ``port`` is 0."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.desk.resume()

    async def stop(self) -> None:
        """End it."""
        await self.desk.close()
        await self._runner.cleanup()
        self.store.close()

    def now(self) -> datetime:
        """The utility's idea of the time."""
        fault = self.faults.peek("wrong_clock")
        return datetime.now(UTC) + timedelta(seconds=fault["seconds"] if fault else 0.0)

    def now_text(self) -> str:
        """The same as the API writes it, RFC 3339."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self.now(), usegmt=True)

    def gateway(self, lfdi: str) -> InstalledGateway | None:
        """The gateway with this LFDI."""
        return self._fleet.known_as(lfdi)

    def program(self, program: Document) -> Document:
        """A program as the API shows it."""
        return {key: value for key, value in program.items() if key != "number"}

    def set(self, **settings: Any) -> None:
        """Change settings, and keep them."""
        self.settings |= settings
        self.store.put("settings", "", self.settings)

    def tell(self, user: str, kind: str, subject: str, *, version: int | None = None) -> None:
        """Append an event for a customer and wake whoever waits for one."""
        event: Document = {"type": kind, "at": self.now_text(), "subject": subject}
        event["id"] = f"evt-{self.store.last_event() + 1}"
        if version is not None:
            event["version"] = version
        self.store.add_event(user, event)
        asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def events_after(self, user: str, cursor: int, wait: float) -> list[tuple[int, Document]]:
        """Events of a customer after a cursor; waits up to ``wait`` seconds for one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait), self._news:
                while not (found := self.store.events(user, cursor)):
                    await self._news.wait()
                return found
        return self.store.events(user, cursor)

    @web.middleware
    async def _logged(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if not request.path.startswith("/console"):
            self.log.append(
                {
                    "method": request.method,
                    "path": request.path,
                    "status": response.status,
                    "idempotency_key": request.headers.get("Idempotency-Key"),
                }
            )
        return response
