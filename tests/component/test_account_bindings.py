"""Two utilities, of a former account and of the one that is linked, which give their bindings the same ids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.procedures import (
    VehicleRun,
    Wanted,
    bind_vehicle,
    end_binding,
    record_id,
    refresh_bindings,
)
from custom_components.utility_han.procedures.charging.ledger import Ledger
from custom_components.utility_han.utility import Utility
from custom_components.utility_han.utility.vehicle_model import BillingRecord, BindingRequest, BindingStatus, Payer
from custom_components.utility_han.vehicles.billers import Billers
from custom_components.utility_han.vehicles.store import VehicleRecord
from tests.procedures.test_charging_delivery import charged
from tests.procedures.test_charging_sessions import binding, program

pytestmark = pytest.mark.use_case("SC-1", "UR-EV")
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
FORMER, LINKED = "https://former.example 1", "https://linked.example 1"


class Linked:
    """The utility that is linked now; its first binding has the id that the former's has."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.ended: list[str] = []
        self.api = create_autospec(Utility, instance=True)
        self.api.offers.return_value = True
        self.api.bind_vehicle.side_effect = self._bind
        self.api.bindings.side_effect = self._bindings
        self.api.binding.side_effect = self._binding
        self.api.end_binding.side_effect = self._end
        self.api.add_vehicle.return_value = SimpleNamespace(id="veh-9", guest=False)

    async def _bind(self, request: BindingRequest, _key: str) -> Any:
        made = binding("1", vehicle_id=request.vehicle_id, valid_from=request.valid_from.isoformat())
        self.made.append(made)
        return made

    async def _bindings(self, _premise: str) -> list[Any]:
        return self.made

    async def _binding(self, name: str) -> Any:
        return next(each for each in self.made if each.id == name)

    async def _end(self, name: str, until: datetime, _reason: str, _key: str) -> Any:
        self.ended.append(name)
        self.made = [replace(each, version=2, valid_until=until) for each in self.made]
        return self.made[0]


async def moved() -> tuple[Linked, Billers, VehicleRun, Any]:
    """Bind a vehicle by another account, whose utility counts from one as the former does; it was charged before."""
    run = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "premise")
    run.vehicle_id, run.bindings, run.programs = "veh-1", {"1": binding("1")}, {"1": program()}
    run.made_at = {"1": FORMER}
    ledger = Ledger()
    charging: Any = SimpleNamespace(
        vehicles={run.id: VehicleRecord(run, "Car", {})}, ledger=ledger, household=SimpleNamespace(vehicles={})
    )
    linked = Linked()
    billers = Billers(linked.api, charging, LINKED)
    (entry,) = charged(ledger, run, sessions=1)
    run.wanted = Wanted({"name": "Garage"}, program(), SINCE, "vehicle_owner", SINCE)
    billers.take_over(charging.vehicles[run.id], "premise")
    results = [each async for each in bind_vehicle(billers.utility, run, AsyncMock())]
    assert results[-1].outcome == "done", results[-1]
    billers.note_account()
    return linked, billers, run, entry


async def test_former_binding_stays_beside_the_new_one_of_its_id() -> None:
    _, billers, run, entry = await moved()
    former, new = run.bindings.values()
    assert (former.id, former.valid_until, run.made_at[former.id]) == ("1", SINCE, FORMER)
    assert (new.valid_from, run.made_at[new.id]) == (SINCE, LINKED)
    assert not billers.takes(billers.utility, entry.records[0]), "it was charged under the former"
    here = replace(entry.records[0], session=replace(entry.records[0].session, binding_id=new.id))
    assert billers.takes(billers.utility, here)
    assert record_id(entry.session, former) != record_id(entry.session, new)


async def test_utility_hears_its_own_ids_and_nothing_of_the_formers() -> None:
    linked, billers, run, entry = await moved()
    _, new = run.bindings.values()
    session = replace(entry.records[0].session, binding_id=new.id)
    linked.api.record_session.return_value = billed = BillingRecord(
        "b", session.session_id, "1", "veh-9", "premise", Payer("…1", "K"), "2026-03", SINCE, SINCE, 1, "measured",
        entry.records[0].cost, "USD",
    )  # fmt: skip
    assert (await billers.utility.record_session(session, "key")).binding_id == new.id
    assert linked.api.record_session.await_args.args[0].binding_id == "1"
    linked.api.billing_records.return_value = [billed]
    assert [each.binding_id for each in await billers.utility.billing_records()] == [new.id]
    await refresh_bindings(billers.utility, run, AsyncMock())
    assert len(run.bindings) == 2
    # Ended before the former's own end, which is that account's alone.
    until = SINCE - timedelta(days=1)
    run.ending = {"valid_until": until.isoformat(), "reason": "sold"}
    await end_binding(billers.utility, run, AsyncMock())
    assert linked.ended == ["1"], "once, and its own"
    assert run.bindings["1"].status is BindingStatus.ENDED


async def test_after_a_restart_it_is_known_by_the_same_id() -> None:
    linked, billers, run, _ = await moved()
    kept = VehicleRun.from_dict(run.to_dict())
    charging: Any = SimpleNamespace(
        vehicles={kept.id: VehicleRecord(kept, "Car", {})}, ledger=Ledger(), household=SimpleNamespace(vehicles={})
    )
    again = Billers(linked.api, charging, LINKED)
    assert await again.utility.bindings("premise") == await billers.utility.bindings("premise")
    back = Billers(linked.api, charging, FORMER)
    assert [each.id for each in await back.utility.bindings("premise")] == ["1"], "the former's are as they were"
