"""The utility: its customers, and all that it does for them. How it is reached is in ``service``."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.fleet.fleet import Fleet
from simulator.utility.billing import Billing
from simulator.utility.cases import Cases
from simulator.utility.catalogue import PROGRAMS, RATE_PROGRAMS
from simulator.utility.commissioning import Commissioning
from simulator.utility.customers import Customers
from simulator.utility.desk import Desk
from simulator.utility.device_registrations import DeviceRegistrations
from simulator.utility.links import Links
from simulator.utility.remote_diagnosis import RemoteDiagnosis
from simulator.utility.remote_reach import RemoteReach
from simulator.utility.state import UtilityState
from simulator.utility.tokens import Tokens
from simulator.utility.vehicles import Vehicles
from simulator.utility.work import Work

_LOGGED = 200


class Utility:
    """One utility over a fleet of gateways; ``folder`` keeps everything over restarts.

    ``url`` is known once it is served; ``log`` has the last requests.
    """

    name = "Simulated Power & Light"

    def __init__(self, fleet: Fleet, folder: Path | None) -> None:
        self.fleet = fleet
        self.url = ""
        self.log: deque[dict[str, Any]] = deque(maxlen=_LOGGED)
        self.state = state = UtilityState(folder)
        self.customers = Customers(state.store)
        self.tokens = Tokens(state.store, lambda: float(state.settings["token_seconds"]))
        self._work = Work()
        self.registrations = DeviceRegistrations(state, fleet)
        self.links = Links(state, self.registrations, self._work)
        self.desk = Desk(state, self.registrations, self.links)
        self.commissioning = Commissioning(state, fleet, self._work)
        self.vehicles = Vehicles(state, self.customers)
        self.billing = Billing(state, self.vehicles)
        self.cases = Cases(state)
        self.reach = RemoteReach(state, fleet, self.registrations)
        self.remote = RemoteDiagnosis(state, fleet, self.registrations, self.reach, self.cases)
        if self.customers.get("demo") is None:
            self.customers.add("demo", "demo")
        for kind, programs in (("program", PROGRAMS), ("rate_program", RATE_PROGRAMS)):
            for program in programs:
                if state.store.get(kind, program["id"]) is None:
                    state.store.put(kind, program["id"], dict(program))

    def resume(self) -> None:
        """Go on with what a restart interrupted."""
        self.links.resume()
        self.commissioning.resume()

    async def stop_working(self) -> None:
        """End what takes its time; it is gone on with after the next start."""
        await self._work.stop()


UTILITY = web.AppKey("utility", Utility)
"""Where handlers find the utility."""
