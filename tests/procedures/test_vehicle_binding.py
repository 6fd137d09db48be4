"""SC-1 against the running utility: what is cut off goes on, and what is told is of the binding that was asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest

from custom_components.utility_han.procedures.step import Outcome, StepResult
from custom_components.utility_han.procedures.vehicle_binding import (
    VehicleRun,
    Wanted,
    bind_vehicle,
    end_binding,
    refresh_bindings,
)
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.vehicle_model import BindingStatus
from tests.helpers.killed import Disk
from tests.helpers.utility import SimulatedUtility

pytestmark = pytest.mark.use_case("SC-1")

VIN = "WVWZZZ1JZXW000021"
EVSE = {"name": "Garage"}
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


class Customer:
    """A customer who binds a vehicle."""

    def __init__(self, utility: SimulatedUtility, client: HanApi) -> None:
        self.utility = utility
        self.client = client
        self.car = self.run()

    def run(self) -> VehicleRun:
        """Return the vehicle as somebody who has nothing of it yet."""
        return VehicleRun(VIN, "Voltline", "One", self.utility.premise_id)

    async def save(self) -> None:
        """What is kept is kept in memory."""

    async def wants(
        self,
        since: datetime,
        until: datetime | None = None,
        *,
        bill_to: str = "vehicle_owner",
        replaces: str | None = None,
    ) -> Wanted:
        """Return a binding to the program that is for everybody."""
        program = next(each for each in await self.client.rate_programs(self.utility.premise_id) if each.guests)
        return Wanted(EVSE, program, NOW, bill_to, since, until, replaces)

    async def bind(self, run: VehicleRun) -> StepResult:
        """Make a pass; return how it ended."""
        return [result async for result in bind_vehicle(self.client, run, self.save)][-1]


@pytest.fixture
async def customer(utility: SimulatedUtility) -> Customer:
    """A customer who has allowed everything."""
    return Customer(utility, await utility.client())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("other_owner", [False, True])
async def test_killed_at_every_save_it_binds_changes_and_ends_once(
    customer: Customer, when: str, *, other_owner: bool
) -> None:
    """At each save in turn the home is killed, goes on, and has in the end what it would have had."""
    for stop_at in range(1, 40):
        number = f"{stop_at:02d}{'12'[other_owner]}{'34'[when == 'after']}"
        run = replace(customer.run(), vin=f"WVWZZZ1JZXW1{number}0", wanted=await customer.wants(NOW - 2 * DAY))
        disk = Disk(run, VehicleRun.from_dict, stop_at, when)

        async def bind(run: VehicleRun, disk: Disk[VehicleRun] = disk) -> None:
            results = [each async for each in bind_vehicle(customer.client, run, disk.save)]
            assert results[-1].outcome is Outcome.DONE, results[-1]

        await disk.until_done(bind)
        (own,) = disk.run.bindings
        owner = disk.run.vehicle_id
        if other_owner:
            owner = str((await customer.utility.add_vehicle(f"WVWZZZ1JZXW2{number}0"))["id"])
        changed = await customer.wants(NOW - DAY, replaces=own)

        def change(run: VehicleRun, owner: str | None = owner, changed: Wanted = changed) -> None:
            run.vehicle_id, run.wanted = owner, Wanted.from_dict(changed.to_dict())

        def sell(run: VehicleRun) -> None:
            run.ending = {"valid_until": NOW.isoformat(), "reason": "sold"}

        await disk.keep(change)
        await disk.until_done(bind)
        await disk.keep(sell)
        await disk.until_done(lambda run, disk=disk: end_binding(customer.client, run, disk.save))  # type: ignore[misc]

        known = disk.run.bindings
        periods = [(each.valid_from, each.valid_until) for each in known.values()]
        assert periods == [(NOW - 2 * DAY, NOW - DAY), (NOW - DAY, NOW)], stop_at
        vehicles = {each.vehicle_id for each in known.values()}
        there = [each.id for each in await customer.client.bindings(run.premise_id) if each.vehicle_id in vehicles]
        assert sorted(there) == sorted(known), stop_at
        assert [each.vin for each in await customer.client.vehicles()].count(run.vin) == 1
        if not disk.killed:
            break
    assert stop_at > 12


async def test_change_of_owner_that_was_cut_off_goes_on(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("custom_components.utility_han.utility.asking._PAUSE", 0.01)
    customer.car.wanted = await customer.wants(NOW - DAY)
    assert (await customer.bind(customer.car)).outcome is Outcome.DONE
    (own,) = customer.car.bindings
    # Another vehicle of the utility's from here on, as where it has another owner.
    other = await customer.utility.add_vehicle("WVWZZZ1JZXW000022")
    customer.car.vehicle_id = str(other["id"])
    customer.car.wanted = await customer.wants(NOW, replaces=own)
    await customer.utility.fault("http_error", status=503, path=f"/api/v1/bindings/{own}/end")
    waits = await customer.bind(customer.car)
    assert (waits.outcome, waits.reason) == (Outcome.WAITING, UtilityReason.UTILITY_BUSY)
    await customer.utility.mend()
    again = VehicleRun.from_dict(customer.car.to_dict())  # the power failed meanwhile
    assert (await customer.bind(again)).outcome is Outcome.DONE
    ended, made = again.bindings.values()
    assert (ended.id, ended.valid_until, made.valid_from, made.vehicle_id) == (own, NOW, NOW, other["id"])


async def test_what_a_representative_has_still_to_decide_elsewhere_is_not_told_of_ours(customer: Customer) -> None:
    elsewhere = customer.run()
    elsewhere.wanted = await customer.wants(NOW + 30 * DAY)
    await customer.utility.set(approval="manual")
    assert (await customer.bind(elsewhere)).reason is UtilityReason.AWAITING_APPROVAL
    await customer.utility.set(approval="auto")
    customer.car.wanted = await customer.wants(NOW, NOW + 10 * DAY)
    told = await customer.bind(customer.car)
    assert (told.outcome, told.evidence["status"]) == (Outcome.DONE, BindingStatus.IN_FORCE)
    assert len(customer.car.bindings) == 2
    assert told.evidence["binding_id"] not in elsewhere.bindings


async def test_end_of_what_the_utility_has_no_more_is_over_with_its_first_answer(customer: Customer) -> None:
    customer.car.wanted = await customer.wants(NOW - DAY)
    assert (await customer.bind(customer.car)).outcome is Outcome.DONE
    ((name, bound),) = customer.car.bindings.items()
    gone = replace(bound, id="bind-gone")
    customer.car.bindings = {gone.id: gone}
    customer.car.programs = {gone.id: customer.car.programs[name]}
    customer.car.ending = {"valid_until": NOW.isoformat(), "reason": "sold"}
    await end_binding(customer.client, customer.car, customer.save)
    assert customer.car.ending is None
    ended = customer.car.bindings[gone.id]
    assert (ended.status, ended.valid_until) == (BindingStatus.ENDED, NOW)


async def test_ends_that_were_asked_for_are_known_from_those_of_the_utility(customer: Customer) -> None:
    """Also those of bindings that somebody else has made, and of what an older version has kept."""
    car = customer.car
    car.wanted = await customer.wants(NOW - DAY, NOW + DAY)
    await customer.bind(car)
    (first,) = car.bindings.values()
    over = replace(first, status=BindingStatus.ENDED)
    older = car.to_dict()
    del older["ends"]
    elsewhere = replace(customer.run(), vehicle_id=car.vehicle_id)
    await refresh_bindings(customer.client, elsewhere, customer.save)
    for each in (car, VehicleRun.from_dict(older), VehicleRun.from_dict(car.to_dict()), elsewhere):
        assert not each.is_lost(first)
        assert not each.is_lost(over)
        assert each.is_lost(replace(over, valid_until=NOW)), "the utility ended it a day before"
        assert each.is_lost(replace(first, status=BindingStatus.REFUSED))
    car.ending = {"valid_until": NOW.isoformat(), "reason": "moved"}
    await end_binding(customer.client, car, customer.save)
    assert not car.is_lost(car.bindings[first.id])
    assert not VehicleRun.from_dict(car.to_dict()).is_lost(car.bindings[first.id])
    car.wanted = await customer.wants(NOW + DAY)
    await customer.bind(car)
    (second,) = (each for each in car.bindings.values() if each.id != first.id)
    assert car.is_lost(replace(second, status=BindingStatus.ENDED, valid_until=NOW + 2 * DAY))


async def test_end_that_is_answered_by_mistake_is_told_again(customer: Customer) -> None:
    """By its own list the utility has the binding."""
    customer.car.wanted = await customer.wants(NOW - DAY)
    await customer.bind(customer.car)
    (name,) = customer.car.bindings
    customer.car.ending = {"valid_until": NOW.isoformat(), "reason": "sold"}
    mistake = UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "no such binding")
    with patch.object(customer.client, "end_binding", side_effect=mistake), pytest.raises(UtilityError):
        await end_binding(customer.client, customer.car, customer.save)
    assert customer.car.ending is not None
    await end_binding(customer.client, customer.car, customer.save)
    assert customer.car.bindings[name].valid_until == NOW
