"""Records that are handed over: one that is answered oddly keeps no other waiting."""

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.delivery import deliver_records
from custom_components.utility_han.procedures.charging.ledger import Ledger, LedgerEntry, RecordState
from custom_components.utility_han.procedures.charging.settling import settle_session
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.utility import Utility, UtilityError, UtilityReason
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
