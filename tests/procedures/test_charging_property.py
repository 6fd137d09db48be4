"""Whatever happens in whatever order, what is billed is what was charged, or a person is asked (UR-EV)."""

import asyncio
import os
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from custom_components.utility_han.procedures.charging.attribution import Candidate, whose
from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.delivery import compare_bills, deliver_records, settle_session
from custom_components.utility_han.procedures.charging.ledger import Ledger
from custom_components.utility_han.procedures.charging.meter import EnergyMeter
from custom_components.utility_han.procedures.charging.point import UNSEEN_WH, ChargingPoint
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun, Wanted, bind_vehicle
from custom_components.utility_han.utility.errors import UtilityError
from tests.helpers.field_charger import POWER, FieldCharger
from tests.helpers.utility import SimulatedUtility

START = datetime(2026, 10, 30, tzinfo=UTC)  # two days before the clocks change in Denver
PROGRAMS = ("ev-tou", "ev-flat", "ev-night")
CARS = ("family", "second")
HOMES = int(os.environ.get("HOMES", "0"))
"""How many homes to try, other ones each time; a few that are always the same where nothing is said."""


@pytest.mark.timeout(600 + 5 * HOMES)
@pytest.mark.use_case("UR-EV", "SC-1")
def test_billed_energy_is_charged_energy(simulator_url: str) -> None:
    loop = asyncio.new_event_loop()

    class Home(RuleBasedStateMachine):
        """Two vehicles in turn, a charger of any habit, a home that is killed, a utility that is away."""

        def run(self, work: Coroutine[Any, Any, Any]) -> Any:
            return loop.run_until_complete(work)

        @initialize(
            every=st.one_of(st.integers(1, 120), st.integers(120, 24 * 3600)),
            late=st.integers(0, 900),
            each_session=st.booleans(),
        )
        def move_in(self, every: int, late: int, *, each_session: bool) -> None:
            self.charger = FieldCharger(START, timedelta(seconds=every), timedelta(seconds=late), each_session)
            self.down = self.clock_went_back = self.disturbed = self.killed = False
            self.skew = timedelta(0)
            self.saved: dict[str, Any] = {}
            self.run(self.sign_up())
            self.point = ChargingPoint(EnergyMeter(POWER))
            self.ledger = Ledger()
            self.alive = True
            for car in CARS:
                self.bind(car, "ev-tou")
            self.look()

        @property
        def at(self) -> datetime:
            """What the home's clock says."""
            return self.charger.at + self.skew

        async def sign_up(self) -> None:
            self.http = aiohttp.ClientSession()
            async with self.http.get(f"{simulator_url}/utility") as response:
                url = (await response.json())["url"]
            name = {"name": f"home-{uuid4().hex[:12]}"}
            async with self.http.post(f"{simulator_url}/utility/users", json=name) as response:
                self.utility = SimulatedUtility(self.http, simulator_url, url, await response.json())
            self.client = await self.utility.client()
            self.cars: dict[str, VehicleRun] = {}
            for car in CARS:
                vin = f"WVW{uuid4().int % 10**14:014}"
                self.cars[car] = VehicleRun(vin, "Voltline", "One", self.utility.premise_id)
            self.runs = {run.id: run for run in self.cars.values()}

        async def keep(self) -> None:
            self.saved = {"point": self.point.to_dict(), "ledger": self.ledger.to_list()}

        def bind(self, car: str, program: str) -> None:
            run = self.cars[car]

            async def work() -> None:
                programs = await self.client.rate_programs(self.utility.premise_id)
                current = run.current(self.at)
                wanted = next(each for each in programs if each.id == program)
                replaces = current.id if current else None
                run.wanted = Wanted({"name": "Garage"}, wanted, self.at, "vehicle_owner", self.at, replaces=replaces)
                results = [each async for each in bind_vehicle(self.client, run, self.keep)]
                assert results[-1].outcome == "done", results[-1]

            self.run(work())

        # What a home that is alive does

        def look(self) -> None:
            """Read the charger."""
            if not self.alive:
                return
            before = (self.point.session, len(self.point.ending), self.point.plugged)
            if (reading := self.charger.read()) is not None:
                self.point.read_counter(self.at, reading)
            elif self.point.resumed:
                return
            self.point.set_plugged(self.at, self.charger.car is not None)
            if (session := self.point.session) is not None and self.charger.car is not None:
                car = self.cars[self.charger.car].id
                session.seen += [car] if car not in session.seen else []
            self.point.settle(self.at)
            closed, self.point.closed = self.point.closed, []
            for session in closed:
                self.ledger.add(session, "garage", Measured("evse", "VL11"))
            if closed:
                self.settle()
            if closed or (self.point.session, len(self.point.ending), self.point.plugged) != before:
                self.run(self.keep())

        def settle(self) -> None:
            candidates = [Candidate(run.id, guest=False, tells=True) for run in self.cars.values()]
            for entry in list(self.ledger.attention.values()):
                of = self.ledger.entries.get(entry.session.late_of or "")
                entry.session.vehicle = of.session.vehicle if of else whose(entry.session, candidates)
                if not entry.settled and entry.session.vehicle is not None:
                    settle_session(entry, self.runs[entry.session.vehicle])
                self.ledger.note(entry)

        def pass_by(self, minutes: int) -> None:
            """Let time pass; the home looks each minute."""
            for _ in range(minutes):
                self.charger.wait(timedelta(minutes=1))
                self.look()
            if self.alive:
                self.run(self.keep())

        def send(self) -> None:
            async def work() -> None:
                try:
                    await deliver_records(self.client, self.ledger, self.runs, self.keep)
                    if await compare_bills(self.client, self.ledger, self.utility.premise_id, self.at):
                        await deliver_records(self.client, self.ledger, self.runs, self.keep)
                except UtilityError:
                    assert self.down

            self.run(work())

        # What happens

        @rule(minutes=st.integers(1, 300))
        def wait(self, minutes: int) -> None:
            self.pass_by(minutes)

        @rule(car=st.sampled_from(CARS))
        def plug(self, car: str) -> None:
            if self.charger.car is None:
                self.charger.plug(car, watched=self.alive)
                self.look()

        @rule()
        def unplug(self) -> None:
            self.charger.unplug()
            self.look()

        # Enough not to be taken for the charger's own use where nobody looked.
        @rule(car=st.sampled_from(CARS), minutes=st.integers(10, 200), power=st.integers(1_400, int(POWER)))
        def charge(self, car: str, minutes: int, power: int) -> None:
            self.plug(car)
            self.charger.power = power
            self.pass_by(minutes)
            self.charger.power = 0

        @rule(minutes=st.integers(1, 240))
        def go_away(self, minutes: int) -> None:
            """The charger's entities are unavailable, and it charges on."""
            self.disturbed = True
            self.charger.unavailable = True
            self.pass_by(minutes)
            self.charger.unavailable = False
            self.look()

        @rule()
        def reset_counter(self) -> None:
            """Its firmware restarts; what nobody had read before is lost with the counter."""
            if self.alive:
                self.disturbed = True
                self.charger.reset()
                self.look()

        @rule(minutes=st.integers(1, 240))
        def rebound(self, minutes: int) -> None:
            """It shows 0 for a while."""
            self.disturbed = True
            self.charger.factor = 0.0
            self.look()
            self.pass_by(minutes)
            self.charger.factor = 1.0
            self.look()

        @rule(minutes=st.integers(1, 240), factor=st.sampled_from((1000.0, 0.001)))
        def flip_unit(self, minutes: int, factor: float) -> None:
            """It says kWh and means Wh for a while, or the other way round."""
            self.disturbed = True
            self.charger.factor = factor
            self.look()
            self.pass_by(minutes)
            self.charger.factor = 1.0
            self.look()

        @rule(seconds=st.integers(-3600, 3600))
        def set_clock(self, seconds: int) -> None:
            self.disturbed = True
            self.skew += timedelta(seconds=seconds)
            self.clock_went_back = self.clock_went_back or seconds < 0
            self.look()

        @rule()
        def kill(self) -> None:
            self.alive, self.disturbed, self.killed = False, True, True

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

        @rule(car=st.sampled_from(CARS), program=st.sampled_from(PROGRAMS))
        def rebind(self, car: str, program: str) -> None:
            newest = max(each.valid_from for each in self.cars[car].bindings.values())
            if self.alive and not self.down and self.at > newest:
                self.send()
                recorded = [each.session.ended_at for _, each in self.ledger.records()]
                if not recorded or self.at >= max(recorded):
                    self.bind(car, program)

        @invariant()
        def none_twice(self) -> None:
            if not hasattr(self, "ledger"):
                return
            ids = [record.session.session_id for _, record in self.ledger.records()]
            assert len(ids) == len(set(ids))

        @invariant()
        def ledger_knows_what_it_holds(self) -> None:
            if not hasattr(self, "ledger"):
                return
            anew = Ledger.from_list(self.ledger.to_list())
            assert anew.attention.keys() == self.ledger.attention.keys()
            for run in self.runs.values():
                assert (last := anew.last_of(run.id)) is None or last.session.id == getattr(
                    self.ledger.last_of(run.id), "session", last.session
                ).id
                for month in ("2026-10", "2026-11"):
                    assert anew.billed_in(run.id, month) == self.ledger.billed_in(run.id, month)

        def teardown(self) -> None:
            if not hasattr(self, "saved"):
                return
            self.run(self.utility.mend())
            self.down = False
            self.start()
            self.charger.unplug()
            self.pass_by(3 * 24 * 60)
            self.send()
            billed = self.run(self.utility.billed())
            self.run(self.http.close())
            total = sum(record["energy_wh"] for record in billed)
            entries = self.ledger.entries.values()
            unbound = sum(entry.unbound_wh for entry in entries)
            whose_it_is = sum(each.energy_wh for each in entries if not each.settled and not each.session.doubted)
            in_doubt = sum(each.energy_wh for each in entries if not each.settled and each.session.doubted)
            # What a clock that was put back brings before the first binding is billed to nobody, and noticed.
            assert unbound == 0 or self.clock_went_back
            assert self.disturbed or whose_it_is + in_doubt == 0, "nothing was odd, and a person is asked"
            # To the watt-hour of each session: they are whole on the bill. Where the clock goes back or nobody looked,
            # what comes late is nobody's if it is too little for a session.
            exact = 1 + len(entries) + (UNSEEN_WH if self.clock_went_back or self.killed else 0)
            known = total + unbound + whose_it_is
            truth = self.charger.charged
            assert known <= truth + exact, (known, in_doubt, truth)
            # Less than what is asked about at all may still be collected.
            asked = in_doubt + self.point.leftovers.doubt + self.point.leftovers.unplugged
            assert truth - self.charger.lost <= known + asked + exact, (known, asked, truth, self.charger.lost)

    try:
        run_state_machine_as_test(
            Home,
            settings=settings(
                max_examples=HOMES or 40,
                stateful_step_count=20,
                deadline=None,
                derandomize=not HOMES,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        loop.close()
