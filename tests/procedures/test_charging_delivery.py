"""Records that are handed over: one that is answered oddly keeps no other waiting."""

from datetime import timedelta
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest

from custom_components.utility_han.procedures.charging.billing import Measured
from custom_components.utility_han.procedures.charging.delivery import deliver_records, settle_session
from custom_components.utility_han.procedures.charging.ledger import Ledger, RecordState
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.utility import Utility, UtilityError, UtilityReason
from tests.procedures.test_charging_sessions import KW_11, Charger, binding, program

pytestmark = pytest.mark.use_case("UR-EV")


async def test_odd_answer_about_one_record_keeps_no_other_waiting() -> None:
    run = VehicleRun("WVWZZZ1JZXW000001", "Voltline", "One", "premise")
    run.bindings = {(bound := binding()).id: bound}
    run.programs = {bound.id: program()}
    ledger, charger = Ledger(), Charger()
    for _ in range(3):
        charger.plug()
        charger.wait(30, KW_11)
        session = charger.unplug()
        session.vehicle = run.id
        entry = ledger.add(session, "garage", Measured("evse", "VL11"))
        assert entry is not None
        settle_session(entry, run)
        ledger.note(entry)
        charger.at += timedelta(hours=1)
    records = [record for _, record in ledger.open_records()]
    assert len(records) == 3

    async def answer(session: Any, key: str) -> Any:
        if key == records[0].idempotency_key:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "no amount")

    utility = create_autospec(Utility, instance=True, record_session=AsyncMock(side_effect=answer))
    with pytest.raises(UtilityError, match="no amount"):
        await deliver_records(utility, ledger, {run.id: run}, AsyncMock())
    assert [record.state for record in records] == [RecordState.TO_SEND, RecordState.SENT, RecordState.SENT]
