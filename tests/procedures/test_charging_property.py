"""Whatever happens in whatever order, what is billed is what was charged, or a person is asked (UR-EV)."""

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, override
from uuid import uuid4

import aiohttp
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from custom_components.utility_han.procedures.charging.attribution import Candidate, whose
from custom_components.utility_han.procedures.charging.delivery import compare_bills, deliver_records
from custom_components.utility_han.procedures.charging.ledger import Ledger
from custom_components.utility_han.procedures.charging.open_sessions import UNSEEN_WH
from custom_components.utility_han.procedures.charging.settling import settle_session
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun, Wanted, bind_vehicle
from custom_components.utility_han.utility.errors import UtilityError
from tests.helpers.charging_courses import COURSES, Course
from tests.helpers.charging_home import TroubledHome
from tests.helpers.charging_life import CARS, ChargingLife, TroubledLife
from tests.helpers.utility import SimulatedUtility

PROGRAMS = ("ev-tou", "ev-flat", "ev-night")
HOMES = int(os.environ.get("HOMES", "0"))
"""How many homes to try, other ones each time; a few that are always the same where nothing is said."""
PARTS = 10 if HOMES else 1
"""In how many parts, for as many cores as there are."""
_in_parts = pytest.mark.parametrize("part", range(PARTS))


def _live(home: type[ChargingLife], homes: int) -> None:
    run_state_machine_as_test(
        home,
        settings=settings(
            max_examples=HOMES // PARTS or homes,
            stateful_step_count=20,
            deadline=None,
            derandomize=not HOMES,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class WatchedHome(ChargingLife):
    """In the end everything that the charger gave is in the ledger, or kept and doubted."""

    def teardown(self) -> None:
        if not self.lives:
            return
        self.come_to_rest()
        point, known = self.point, self.known
        assert not point.open
        left = point.meter.departure
        asked = self.asked + point.meter.doubted + (left.held if left is not None else 0.0)
        exact = 1 + len(self.ledger.entries) + self.nobodys_at_most
        truth = self.charger.charged
        assert known <= truth + exact, (known, asked, truth)
        assert truth - self.charger.lost <= known + asked + exact, (known, asked, truth, self.charger.lost)
        # What is enough for a question has led to one.
        waiting = max(point.leftovers.doubt, point.leftovers.unplugged)
        assert waiting <= UNSEEN_WH, waiting
        assert not point.leftovers.late


@pytest.mark.timeout(600 + 5 * HOMES)
@pytest.mark.use_case("UR-EV")
@_in_parts
def test_no_watt_hour_is_dropped_whatever_the_clock_says(part: int) -> None:
    _live(WatchedHome, 120)


@pytest.mark.timeout(600 + 5 * HOMES)
@pytest.mark.use_case("UR-EV")
@_in_parts
def test_no_watt_hour_is_dropped_or_known_twice_whatever_the_counter_says(part: int) -> None:
    _live(TroubledHome, 120)


@pytest.mark.use_case("UR-EV")
@pytest.mark.parametrize(("every", "late", "each_session", "course"), COURSES)
def test_courses_that_were_wrong_once(every: int, late: int, *, each_session: bool, course: Course) -> None:
    home = TroubledHome()
    home.go(every, late, course, each_session=each_session)
    home.is_right()


@pytest.mark.timeout(600 + 5 * HOMES)
@pytest.mark.use_case("UR-EV", "SC-1")
@_in_parts
def test_billed_energy_is_charged_energy(simulator_url: str, part: int) -> None:
    loop = asyncio.new_event_loop()

    class Home(TroubledLife):
        """It is billed by a utility that is away at times."""

        def run(self, work: Coroutine[Any, Any, Any]) -> Any:
            return loop.run_until_complete(work)

        @override
        def settled_in(self) -> None:
            self.down = False
            self.held: list[Any] = []
            self.run(self.sign_up())
            for car in CARS:
                self.bind(car, "ev-tou")

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

        async def save(self) -> None:
            self.keep()

        def bind(self, car: str, program: str) -> None:
            run = self.cars[car]

            async def work() -> None:
                programs = await self.client.rate_programs(self.utility.premise_id)
                current = run.current(self.at)
                wanted = next(each for each in programs if each.id == program)
                replaces = current.id if current else None
                run.wanted = Wanted({"name": "Garage"}, wanted, self.at, "vehicle_owner", self.at, replaces=replaces)
                results = [each async for each in bind_vehicle(self.client, run, self.save)]
                assert results[-1].outcome == "done", results[-1]

            self.run(work())

        @override
        def looked(self) -> None:
            if (session := self.point.session) is not None and self.charger.car is not None:
                car = self.cars[self.charger.car].id
                session.seen += [car] if car not in session.seen else []

        @override
        def entered(self) -> None:
            candidates = [Candidate(run.id, guest=False, tells=True) for run in self.cars.values()]
            for entry in list(self.ledger.attention.values()):
                of = self.ledger.entries.get(entry.session.late_of or "")
                entry.session.vehicle = of.session.vehicle if of else whose(entry.session, candidates)
                if not entry.settled and entry.session.vehicle is not None:
                    settle_session(entry, self.runs[entry.session.vehicle])
                self.ledger.note(entry)

        def send(self) -> None:
            async def work() -> None:
                try:
                    await deliver_records(self.client, self.ledger, self.runs, self.save)
                    if await compare_bills(self.client, self.ledger, self.utility.premise_id, self.at):
                        await deliver_records(self.client, self.ledger, self.runs, self.save)
                except UtilityError:
                    assert self.down

            self.run(work())

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
            if not self.lives:
                return
            ids = [record.session.session_id for _, record in self.ledger.records()]
            assert len(ids) == len(set(ids))

        @invariant()
        def ledger_knows_what_it_holds(self) -> None:
            if not self.lives:
                return
            if (listed := self.ledger.to_list()) == self.held:
                return
            self.held = listed
            anew = Ledger.from_list(listed)
            assert anew.attention.keys() == self.ledger.attention.keys()
            for run in self.runs.values():
                assert (last := anew.last_of(run.id)) is None or last.session.id == getattr(
                    self.ledger.last_of(run.id), "session", last.session
                ).id
                for month in ("2026-10", "2026-11"):
                    assert anew.billed_in(run.id, month) == self.ledger.billed_in(run.id, month)

        def teardown(self) -> None:
            if not self.lives:
                return
            self.run(self.utility.mend())
            self.down = False
            self.come_to_rest()
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
            exact = 1 + len(entries) + (self.nobodys_at_most if self.clock_went_back or self.killed else 0)
            known = total + unbound + whose_it_is
            truth = self.charger.charged
            assert known <= truth + exact, (known, in_doubt, truth)
            # Less than what is asked about at all may still be collected.
            asked = in_doubt + self.point.leftovers.doubt + self.point.leftovers.unplugged
            assert truth - self.charger.lost <= known + asked + exact, (known, asked, truth, self.charger.lost)

    try:
        _live(Home, 40)
    finally:
        loop.close()
