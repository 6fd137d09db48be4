"""The utility's rules on vehicles, bindings and billing, as a home meets them through its client."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.han_api.client import HanApi
from custom_components.utility_han.utility.vehicle_model import (
    Binding,
    BindingRequest,
    BindingStatus,
    ChargingSession,
    SessionPart,
    Vehicle,
)
from tests.helpers.utility import SimulatedUtility

VIN = "1M8GDM9AXKP042788"
DAY = timedelta(days=1)
START = datetime(2026, 6, 1, tzinfo=UTC)  # a Monday, 18:00 on Sunday in Denver


def key() -> str:
    return uuid4().hex


def european_vin() -> str:
    """A VIN without a check digit that no other test has."""
    return f"WVW{uuid4().int % 10**14:014}"


@dataclass
class Home:
    """A customer's home at the utility."""

    utility: SimulatedUtility
    client: HanApi
    vehicle: Vehicle

    def request(self, **changed: Any) -> BindingRequest:
        request = BindingRequest(
            vehicle_id=self.vehicle.id,
            premise_id=self.utility.premise_id,
            evse={"name": "Garage"},
            program_id="ev-tou",
            terms_version="2026-01",
            consented_at=START,
            bill_to="vehicle_owner",
            valid_from=START,
        )
        return replace(request, **changed)

    async def bind(self, **changed: Any) -> Binding:
        return await self.client.bind_vehicle(self.request(**changed), key())


@pytest.fixture
async def home(utility: SimulatedUtility) -> AsyncIterator[Home]:
    client = await utility.client()
    yield Home(utility, client, await client.add_vehicle(european_vin(), "Voltline", "One", 60_000, None, key()))
    await utility.set_rate_program("ev-tou", closed_premises=[], guests=True)


async def refusal(asked: Any) -> UtilityError:
    with pytest.raises(UtilityError) as caught:
        await asked
    return caught.value


def session(binding: Binding, **changed: Any) -> ChargingSession:
    start = START + timedelta(hours=1)
    found = ChargingSession(
        session_id=uuid4().hex,
        binding_id=binding.id,
        started_at=start,
        ended_at=start + timedelta(hours=2),
        energy_wh=3_000,
        quality="measured",
        meter={"kind": "evse", "id": "VL11-004711", "start_wh": 1_000, "end_wh": 4_000},
        parts=(
            SessionPart("off_peak", start, start + timedelta(hours=1), 1_000, "measured"),
            SessionPart("peak", start + timedelta(hours=1), start + timedelta(hours=2), 2_000, "measured"),
        ),
    )
    return replace(found, **changed)


@pytest.mark.use_case("SC-1")
async def test_vehicle_is_known_once(home: Home) -> None:
    again = await home.client.add_vehicle(home.vehicle.vin, "Voltline", "One", None, None, key())
    assert again.id == home.vehicle.id
    assert [each.id for each in await home.client.vehicles()] == [home.vehicle.id]


@pytest.mark.use_case("SC-1")
async def test_wrong_check_digit_is_refused(home: Home) -> None:
    assert (await home.client.add_vehicle(VIN, "MCI", "Bus", None, None, key())).vin == VIN
    wrong = VIN[:8] + "1" + VIN[9:]
    assert (await refusal(home.client.add_vehicle(wrong, "MCI", "Bus", None, None, key()))).reason is (
        UtilityReason.INVALID_VIN
    )


@pytest.mark.use_case("SC-1")
async def test_vehicle_of_another_account(home: Home) -> None:
    neighbour = await home.utility.neighbour()
    vin = european_vin()
    await neighbour.add_vehicle(vin)
    for number in (None, home.utility.number, "0000"):
        err = await refusal(home.client.add_vehicle(vin, "Voltline", "One", None, number, key()))
        assert err.reason is UtilityReason.NOT_VEHICLE_OWNER
    guest = await home.client.add_vehicle(vin, "Voltline", "One", None, neighbour.number, key())
    assert guest.guest
    assert guest.owner.number.endswith(neighbour.number[-4:])


@pytest.mark.use_case("SC-1")
async def test_one_binding_at_a_time_and_the_one_in_the_way_is_named(home: Home) -> None:
    first = await home.bind(valid_until=START + 10 * DAY)
    err = await refusal(home.bind(valid_from=START + 9 * DAY))
    assert err.reason is UtilityReason.BINDING_OVERLAP
    assert [each.id for each in err.bindings] == [first.id]
    second = await home.bind(valid_from=START + 10 * DAY)
    assert second.status is BindingStatus.IN_FORCE


@pytest.mark.use_case("SC-1")
async def test_change_ends_one_binding_and_begins_another(home: Home) -> None:
    first = await home.bind()
    second = await home.bind(program_id="ev-flat", valid_from=START + 5 * DAY, replaces=first.id)
    found = {each.id: each for each in await home.client.bindings(home.utility.premise_id)}
    assert found[first.id].valid_until == START + 5 * DAY
    assert found[first.id].status is BindingStatus.ENDED
    assert found[second.id].valid_until is None


@pytest.mark.use_case("SC-1")
async def test_refused_change_leaves_the_binding_as_it_was(home: Home) -> None:
    first = await home.bind()
    await home.utility.set(approval="manual")
    second = await home.bind(program_id="ev-flat", valid_from=START + 5 * DAY, replaces=first.id)
    assert second.status is BindingStatus.PENDING
    await home.utility.decide_vehicle("bindings", second.id, "refuse", detail="no meter")
    refused = await home.client.binding(second.id)
    assert (refused.status, refused.reason) == (BindingStatus.REFUSED, "no meter")
    assert (await home.client.binding(first.id)).valid_until is None


@pytest.mark.use_case("SC-1")
async def test_vehicle_bound_at_another_premise_of_its_owner(home: Home) -> None:
    neighbour = await home.utility.neighbour()
    theirs = await neighbour.client()
    vin = european_vin()
    own = await theirs.add_vehicle(vin, "Voltline", "One", None, None, key())
    visiting = await home.client.add_vehicle(vin, "Voltline", "One", None, neighbour.number, key())
    assert own.id == visiting.id
    guest = await home.bind(vehicle_id=visiting.id)
    assert guest.guest
    assert guest.payer.number.endswith(neighbour.number[-4:])
    # A guest's binding is none of the owner's own.
    at_home = replace(home.request(), vehicle_id=own.id, premise_id=neighbour.premise_id)
    assert not (await theirs.bind_vehicle(at_home, key())).guest


@pytest.mark.use_case("SC-1")
@pytest.mark.parametrize(
    ("changes", "wanted", "reason"),
    [
        ({}, {"program_id": "ev-pilot"}, UtilityReason.PROGRAM_CLOSED),
        ({"closed": True}, {}, UtilityReason.PROGRAM_NOT_FOR_PREMISE),
        ({}, {"terms_version": "2025-12"}, UtilityReason.TERMS_CHANGED),
        ({}, {"valid_until": START - DAY}, UtilityReason.INVALID_REQUEST),
        ({}, {"vehicle_id": "veh-unknown"}, UtilityReason.UNKNOWN_TO_UTILITY),
    ],
)
async def test_binding_that_is_refused(
    home: Home, changes: dict[str, Any], wanted: dict[str, Any], reason: UtilityReason
) -> None:
    if changes:
        await home.utility.set_rate_program("ev-tou", closed_premises=[home.utility.premise_id])
    assert (await refusal(home.bind(**wanted))).reason is reason


@pytest.mark.use_case("SC-1")
async def test_guest_in_a_program_that_takes_none(home: Home) -> None:
    neighbour = await home.utility.neighbour()
    guest = await home.client.add_vehicle(european_vin(), "Voltline", "One", None, neighbour.number, key())
    err = await refusal(home.bind(vehicle_id=guest.id, program_id="ev-night"))
    assert err.reason is UtilityReason.PROGRAM_NOT_FOR_PREMISE


@pytest.mark.use_case("SC-1")
async def test_sold_with_a_date(home: Home) -> None:
    binding = await home.bind()
    await home.client.record_session(session(binding), key())
    early = await refusal(home.client.end_binding(binding.id, START + timedelta(hours=2), "sold", key()))
    assert early.reason is UtilityReason.SESSIONS_AFTER_END
    ended = await home.client.end_binding(binding.id, START + DAY, "sold", key())
    assert (ended.status, ended.valid_until) == (BindingStatus.ENDED, START + DAY)
    # From then on the vehicle can be bound again.
    assert (await home.bind(valid_from=START + DAY)).status is BindingStatus.IN_FORCE


@pytest.mark.use_case("UR-EV")
async def test_session_becomes_one_record_however_often_it_is_handed_over(home: Home) -> None:
    binding = await home.bind()
    told = session(binding)
    first = await home.client.record_session(told, key())
    assert str(first.amount) == "0.8100"  # 1 kWh at 0.09 and 2 kWh at 0.36
    assert first.month == "2026-05"  # where the premise is, it is still May
    assert (await home.client.record_session(told, key())).id == first.id
    assert len(await home.utility.billed()) == 1
    (bill,) = await home.client.bills("2026-05")
    assert (bill.energy_wh, bill.record_ids) == (3_000, (first.id,))


@pytest.mark.use_case("UR-EV")
async def test_another_session_under_the_same_id_is_refused(home: Home) -> None:
    binding = await home.bind()
    told = session(binding)
    await home.client.record_session(told, key())
    other = replace(told, meter={"kind": "evse", "id": "another"})
    assert (await refusal(home.client.record_session(other, key()))).reason is UtilityReason.SESSION_DIFFERS


@pytest.mark.use_case("UR-EV")
@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"started_at": START - DAY}, UtilityReason.SESSION_OUTSIDE_BINDING),
        ({"energy_wh": 3_001}, UtilityReason.SESSION_INCONSISTENT),
        ({"meter": {"kind": "evse", "id": "x", "start_wh": 0, "end_wh": 9}}, UtilityReason.SESSION_INCONSISTENT),
        ({"binding_id": "bind-unknown"}, UtilityReason.UNKNOWN_TO_UTILITY),
    ],
)
async def test_session_that_is_refused(home: Home, changed: dict[str, Any], reason: UtilityReason) -> None:
    told = session(await home.bind(), **changed)
    assert (await refusal(home.client.record_session(told, key()))).reason is reason
    assert await home.utility.billed() == []


@pytest.mark.use_case("UR-EV")
async def test_sessions_that_overlap_are_refused(home: Home) -> None:
    binding = await home.bind()
    await home.client.record_session(session(binding), key())
    assert (await refusal(home.client.record_session(session(binding), key()))).reason is (
        UtilityReason.SESSION_OVERLAPS
    )


@pytest.mark.use_case("UR-EV")
async def test_guests_session_is_confirmed_by_the_owner_who_pays(home: Home) -> None:
    neighbour = await home.utility.neighbour()
    await home.utility.set(session_confirmation="manual")
    guest = await home.client.add_vehicle(european_vin(), "Voltline", "One", None, neighbour.number, key())
    binding = await home.bind(vehicle_id=guest.id)
    told = session(binding)
    assert (await refusal(home.client.record_session(told, key()))).reason is UtilityReason.SESSION_NOT_CONFIRMED
    asked = await home.client.confirm_session(binding.id, told.session_id, told.started_at)
    assert asked.status == "pending"
    await home.utility.decide_vehicle("confirmations", told.session_id, "confirm")
    assert (await home.client.confirm_session(binding.id, told.session_id, told.started_at)).status == "confirmed"
    record = await home.client.record_session(told, key())
    assert record.payer.number.endswith(neighbour.number[-4:])
    theirs = await neighbour.client()
    assert [each.id for each in await theirs.billing_records(vehicle_id=guest.id)] == [record.id]
    assert [each.record_ids for each in await theirs.bills(record.month)] == [(record.id,)]
    assert await home.client.bills(record.month) == []


@pytest.mark.use_case("UR-EV")
async def test_session_under_a_binding_not_confirmed_yet(home: Home) -> None:
    await home.utility.set(approval="manual")
    binding = await home.bind()
    told = session(binding)
    assert (await refusal(home.client.record_session(told, key()))).reason is UtilityReason.BINDING_NOT_IN_FORCE
    await home.utility.decide_vehicle("bindings", binding.id, "approve")
    assert (await home.client.record_session(told, key())).energy_wh == 3_000
