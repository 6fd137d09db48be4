"""Records that are handed over: one that is answered oddly keeps no other waiting."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.procedures.charging.billing import Measured, billable_records
from custom_components.utility_han.procedures.charging.delivery import deliver_records
from custom_components.utility_han.procedures.charging.ledger import Ledger, LedgerEntry, RecordState
from custom_components.utility_han.procedures.charging.settling import settle_session
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.utility import Utility, UtilityError, UtilityReason
from custom_components.utility_han.utility.vehicle_model import BindingStatus, Confirmation, Payer
from tests.procedures.test_charging_sessions import KW_11, Charger, binding, program

pytestmark = pytest.mark.use_case("UR-EV")


def charged(ledger: Ledger, run: VehicleRun, *, sessions: int) -> list[LedgerEntry]:
    """Charge the vehicle that ``run`` is, a session after the other."""
    charger, entries = Charger(), []
    for _ in range(sessions):
        charger.plug()
        charger.wait(30, KW_11)
        session = charger.unplug()
        session.vehicle = run.id
        entry = ledger.add(session, "garage", Measured("evse", "VL11"))
        assert entry is not None
        settle_session(entry, run)
        ledger.note(entry)
        entries.append(entry)
        charger.at += timedelta(hours=1)
    return entries


def bound_vehicle(vin: str = "WVWZZZ1JZXW000001") -> VehicleRun:
    """Return a vehicle whose binding is in force."""
    run = VehicleRun(vin, "Voltline", "One", "premise")
    run.bindings = {(bound := binding()).id: bound}
    run.programs = {bound.id: program()}
    return run


def test_session_is_entered_once_whatever_was_kept_of_it() -> None:
    """After a power cut it is in the file of the charging points as well as in the ledger."""
    ledger, run = Ledger(), bound_vehicle()
    (entry,) = charged(ledger, run, sessions=1)
    kept = ledger.from_list(ledger.to_list())
    assert kept.add(entry.session, "garage", Measured("evse", "VL11")) is None
    assert [each.energy_wh for each in kept.entries.values()] == [entry.energy_wh]


async def test_what_is_open_is_known_by_vehicle() -> None:
    ledger, one, other = Ledger(), bound_vehicle(), bound_vehicle("WVWZZZ1JZXW000021")
    entries = {run.id: charged(ledger, run, sessions=2) for run in (one, other)}
    for kept in (ledger, Ledger.from_list(ledger.to_list())):
        for run in (one, other):
            assert kept.open_of(run.id) == [each for entry in entries[run.id] for each in entry.records]
    for each in entries[one.id]:
        each.records[0].state = RecordState.SENT
        ledger.note(each)
    assert ledger.open_of(one.id) == []
    assert len(ledger.open_of(other.id)) == 2


async def test_odd_answer_about_one_record_keeps_no_other_waiting() -> None:
    ledger, run = Ledger(), bound_vehicle()
    charged(ledger, run, sessions=3)
    records = [record for _, record in ledger.open_records()]
    assert len(records) == 3

    async def answer(session: Any, key: str) -> Any:
        if key == records[0].idempotency_key:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "no amount")

    utility = create_autospec(Utility, instance=True, record_session=AsyncMock(side_effect=answer))
    with pytest.raises(UtilityError, match="no amount"):
        await deliver_records(utility, ledger, {run.id: run}, AsyncMock())
    assert [record.state for record in records] == [RecordState.TO_SEND, RecordState.SENT, RecordState.SENT]


def waits(*, guest: bool = False) -> tuple[Ledger, VehicleRun, LedgerEntry]:
    """Return a session that waits for whoever has to confirm it."""
    ledger, run = Ledger(), bound_vehicle()
    ((name, bound),) = run.bindings.items()
    run.bindings[name] = replace(bound, guest=guest)
    (entry,) = charged(ledger, run, sessions=1)
    entry.records[0].state = RecordState.WAITING
    return ledger, run, entry


@pytest.mark.parametrize(
    ("status", "state", "reason", "again"),
    [
        (BindingStatus.PENDING, RecordState.WAITING, UtilityReason.BINDING_NOT_IN_FORCE, True),
        (BindingStatus.REFUSED, RecordState.REFUSED, UtilityReason.BINDING_NOT_IN_FORCE, False),
        (BindingStatus.IN_FORCE, RecordState.SENT, None, False),
        (BindingStatus.ENDED, RecordState.SENT, None, False),
    ],
)
async def test_session_waits_for_its_binding(
    status: BindingStatus, state: RecordState, reason: UtilityReason | None, *, again: bool
) -> None:
    ledger, run, entry = waits()
    ((name, bound),) = run.bindings.items()
    run.bindings[name] = replace(bound, status=status)
    utility, save = create_autospec(Utility, instance=True), AsyncMock()
    assert await deliver_records(utility, ledger, {run.id: run}, save) is again
    (record,) = entry.records
    assert (record.state, record.reason) == (state, reason)
    assert utility.record_session.await_count == (state is RecordState.SENT)
    assert save.await_count == 1, "what is known is kept"
    assert await deliver_records(utility, ledger, {run.id: run}, save) is again
    assert save.await_count == 1, "and once"


@pytest.mark.parametrize(
    ("decided", "state", "reason", "again"),
    [
        ("pending", RecordState.WAITING, UtilityReason.SESSION_NOT_CONFIRMED, True),
        ("refused", RecordState.REFUSED, UtilityReason.SESSION_NOT_CONFIRMED, False),
        ("confirmed", RecordState.SENT, None, False),
    ],
)
async def test_session_of_a_guest_waits_for_the_owner(
    decided: str, state: RecordState, reason: UtilityReason | None, *, again: bool
) -> None:
    ledger, run, entry = waits(guest=True)
    (record,) = entry.records
    utility = create_autospec(Utility, instance=True)
    utility.confirm_session.return_value = Confirmation(record.session.session_id, decided, Payer("…4711", "Kim"))
    assert await deliver_records(utility, ledger, {run.id: run}, AsyncMock()) is again
    assert (record.state, record.reason) == (state, reason)
    asked = record.session.binding_id, record.session.session_id, record.session.started_at
    utility.confirm_session.assert_awaited_once_with(*asked)


@pytest.mark.parametrize(
    ("reason", "state"),
    [
        (UtilityReason.UNKNOWN_TO_UTILITY, RecordState.REFUSED),
        (UtilityReason.BINDING_NOT_IN_FORCE, RecordState.WAITING),
    ],
)
async def test_guest_whose_session_cannot_be_confirmed_keeps_no_other_from_the_bill(
    reason: UtilityReason, state: RecordState
) -> None:
    ledger, run, entry = waits(guest=True)
    other = bound_vehicle("WVWZZZ1JZXW000021")
    (behind,) = charged(ledger, other, sessions=1)
    utility = create_autospec(Utility, instance=True)
    utility.confirm_session.side_effect = UtilityError(reason, "not this one")
    runs = {each.id: each for each in (run, other)}
    assert await deliver_records(utility, ledger, runs, AsyncMock()) is (state is RecordState.WAITING)
    assert (entry.records[0].state, entry.records[0].reason) == (state, reason)
    assert behind.records[0].state is RecordState.SENT


async def test_odd_answer_about_a_guests_session_keeps_no_other_waiting_and_is_asked_again() -> None:
    ledger, run, entry = waits(guest=True)
    other = bound_vehicle("WVWZZZ1JZXW000021")
    (behind,) = charged(ledger, other, sessions=1)
    (record,) = entry.records
    utility, save, runs = (
        create_autospec(Utility, instance=True),
        AsyncMock(),
        {each.id: each for each in (run, other)},
    )
    utility.confirm_session.side_effect = UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "no status")
    with pytest.raises(UtilityError, match="no status"):
        await deliver_records(utility, ledger, runs, save)
    assert behind.records[0].state is RecordState.SENT
    assert (record.state, record.reason) == (RecordState.WAITING, UtilityReason.UTILITY_NOT_UNDERSTOOD)
    utility.confirm_session.side_effect = None
    utility.confirm_session.return_value = Confirmation(record.session.session_id, "confirmed", Payer("…4711", "Kim"))
    assert not await deliver_records(utility, ledger, runs, save)
    assert (record.state, record.reason) == (RecordState.SENT, None)


@pytest.mark.parametrize("lost", ["vehicle", "binding"])
async def test_session_whose_vehicle_or_binding_is_lost_here_is_for_the_utility_to_say(lost: str) -> None:
    """A watt-hour that was measured is billed once: who removes a vehicle keeps what it has charged."""
    ledger, run, entry = waits()
    if lost == "binding":
        run.bindings.clear()
    utility = create_autospec(Utility, instance=True)
    known = {} if lost == "vehicle" else {run.id: run}
    assert not await deliver_records(utility, ledger, known, AsyncMock())
    assert entry.records[0].state is RecordState.SENT


@pytest.mark.parametrize("reason", [UtilityReason.BINDING_NOT_IN_FORCE, UtilityReason.SESSION_NOT_CONFIRMED])
async def test_record_that_the_utility_wants_confirmed_first_waits(reason: UtilityReason) -> None:
    ledger, run = Ledger(), bound_vehicle()
    (entry,) = charged(ledger, run, sessions=1)
    utility = create_autospec(Utility, instance=True)
    utility.record_session.side_effect = UtilityError(reason, "not yet")
    assert await deliver_records(utility, ledger, {run.id: run}, AsyncMock())
    (record,) = entry.records
    assert (record.state, record.reason) == (RecordState.WAITING, reason)


def test_session_under_a_binding_that_was_refused_is_billed_to_nobody() -> None:
    charger = Charger()
    charger.plug()
    charger.wait(30, KW_11)
    lasting = charger.point.session
    assert lasting is not None
    with pytest.raises(ValueError, match="has not ended"):
        billable_records(lasting, [binding()], {"bind-1": program()}, Measured("evse", "VL11"))
    session = charger.unplug()
    refused = replace(binding(), status=BindingStatus.REFUSED)
    records, beside = billable_records(session, [refused], {"bind-1": program()}, Measured("evse", "VL11"))
    assert (records, beside) == ([], session.energy_wh)
