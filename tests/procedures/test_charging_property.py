"""Whatever happens in whatever order, what is billed is what was charged (UR-EV)."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.delivery import compare_bills, deliver_records, settle_session
from custom_components.utility_han.procedures.charging.ledger import Ledger
from custom_components.utility_han.procedures.charging.meter import EnergyMeter
from custom_components.utility_han.procedures.charging.point import ChargingPoint
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun, Wanted, bind_vehicle
from custom_components.utility_han.utility.errors import UtilityError
from tests.helpers.utility import SimulatedUtility

POWER = 22_000.0
START = datetime(2026, 10, 30, tzinfo=UTC)  # two days before the clocks change in Denver
PROGRAMS = ("ev-tou", "ev-flat", "ev-night")


@pytest.mark.timeout(240)
@pytest.mark.use_case("UR-EV", "SC-1")
def test_billed_energy_is_charged_energy(simulator_url: str) -> None:
    loop = asyncio.new_event_loop()

    class Home(RuleBasedStateMachine):
        """A charger that is read, a home that is killed, a utility that is away, a vehicle that is bound anew."""

        def run(self, work: Coroutine[Any, Any, Any]) -> Any:
            return loop.run_until_complete(work)

        @initialize()
        def move_in(self) -> None:
            self.at = START
            self.counter = 5_000_000.0
            self.charged = 0.0
            self.plugged = self.down = self.alive = self.clock_went_back = False
            self.saved: dict[str, Any] = {}
            self.run(self.sign_up())
            self.point = ChargingPoint(EnergyMeter(POWER))
            self.ledger = Ledger()
            self.alive = True
            self.bind("ev-tou")
            self.look()

        async def sign_up(self) -> None:
            self.http = aiohttp.ClientSession()
            async with self.http.get(f"{simulator_url}/utility") as response:
                url = (await response.json())["url"]
            name = {"name": f"home-{uuid4().hex[:12]}"}
            async with self.http.post(f"{simulator_url}/utility/users", json=name) as response:
                self.utility = SimulatedUtility(self.http, simulator_url, url, await response.json())
            self.client = await self.utility.client()
            vin = f"WVW{uuid4().int % 10**14:014}"
            self.vehicle = VehicleRun(vin, "Voltline", "One", self.utility.premise_id)

        async def keep(self) -> None:
            self.saved = {"point": self.point.to_dict(), "ledger": self.ledger.to_list()}

        def bind(self, program: str) -> None:
            async def work() -> None:
                programs = await self.client.rate_programs(self.utility.premise_id)
                current = self.vehicle.current(self.at)
                wanted = next(each for each in programs if each.id == program)
                self.vehicle.wanted = Wanted(
                    {"name": "Garage"},
                    wanted,
                    self.at,
                    "vehicle_owner",
                    self.at,
                    replaces=current.id if current else None,
                )
                results = [each async for each in bind_vehicle(self.client, self.vehicle, self.keep)]
                assert results[-1].outcome == "done", results[-1]

            self.run(work())

        def look(self) -> None:
            """Read the charger, as a home that is alive does all the time."""
            if not self.alive:
                return
            self.point.read_counter(self.at, self.counter)
            self.point.set_plugged(self.at, plugged=self.plugged)
            if not self.plugged and self.point.unplugged_at is not None:
                self.point.close(self.point.unplugged_at)
            closed, self.point.closed = self.point.closed, []
            for session in closed:
                if (entry := self.ledger.add(session, "garage", Measured("evse", "VL11"))) is not None:
                    session.vehicle = self.vehicle.id
                    settle_session(entry, self.vehicle)
            self.run(self.keep())

        def send(self) -> None:
            async def work() -> None:
                runs = {self.vehicle.id: self.vehicle}
                try:
                    await deliver_records(self.client, self.ledger, runs, self.keep)
                    if await compare_bills(self.client, self.ledger, self.utility.premise_id, self.at):
                        await deliver_records(self.client, self.ledger, runs, self.keep)
                except UtilityError:
                    assert self.down

            self.run(work())

        @rule(minutes=st.integers(1, 300))
        def wait(self, minutes: int) -> None:
            self.at += timedelta(minutes=minutes)
            self.look()

        @rule()
        def plug(self) -> None:
            self.plugged = True
            self.look()

        @rule()
        def unplug(self) -> None:
            self.plugged = False
            self.look()

        # Enough not to be taken for the charger's own use where nobody looked.
        @rule(minutes=st.lists(st.integers(5, 20), min_size=1, max_size=8), power=st.integers(7_400, 22_000))
        def charge(self, minutes: list[int], power: int) -> None:
            self.plugged = True
            self.look()
            for each in minutes:
                self.at += timedelta(minutes=each)
                energy = power * each / 60
                self.counter += energy
                self.charged += energy
                self.look()

        @rule()
        def reset_counter(self) -> None:
            """Its firmware restarts; what nobody had read before is lost with the counter."""
            if self.alive:
                self.counter = 0.0
                self.look()

        @rule(seconds=st.integers(-3600, 3600))
        def set_clock(self, seconds: int) -> None:
            self.at += timedelta(seconds=seconds)
            self.clock_went_back = self.clock_went_back or seconds < 0
            self.look()

        @rule()
        def kill(self) -> None:
            self.alive = False

        @rule()
        def start(self) -> None:
            if not self.alive:
                self.alive = True
                self.point = ChargingPoint.from_dict(self.saved["point"], POWER)
                self.ledger = Ledger.from_list(self.saved["ledger"])
                self.look()

        @rule(down=st.booleans())
        def outage(self, down: bool) -> None:
            self.down = down
            self.run(self.utility.fault("http_error", status=500) if down else self.utility.mend())

        @rule()
        def deliver(self) -> None:
            if self.alive and not self.down:
                self.send()

        @rule(program=st.sampled_from(PROGRAMS))
        def rebind(self, program: str) -> None:
            newest = max(each.valid_from for each in self.vehicle.bindings.values())
            if self.alive and not self.down and self.at > newest:
                self.send()
                recorded = [each.session.ended_at for _, each in self.ledger.records()]
                if not recorded or self.at >= max(recorded):
                    self.bind(program)

        @invariant()
        def none_twice(self) -> None:
            if not hasattr(self, "ledger"):
                return
            ids = [record.session.session_id for _, record in self.ledger.records()]
            assert len(ids) == len(set(ids))

        def teardown(self) -> None:
            if not hasattr(self, "saved"):
                return
            self.run(self.utility.mend())
            self.down = False
            self.start()
            self.plugged = False
            self.at += timedelta(minutes=1)
            self.look()
            self.send()
            billed = self.run(self.utility.billed())
            total = sum(record["energy_wh"] for record in billed)
            unbound = sum(entry.unbound_wh for entry in self.ledger.entries.values())
            self.run(self.http.close())
            # What a clock that was put back brings before the first binding is billed to nobody, and noticed.
            assert unbound == 0 or self.clock_went_back
            # To the watt-hour of each session: they are whole on the bill.
            assert abs(total + unbound - self.charged) <= 1 + len(billed), (total, unbound, self.charged)

    try:
        run_state_machine_as_test(
            Home,
            settings=settings(
                max_examples=60,
                stateful_step_count=40,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.close()
