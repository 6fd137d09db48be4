"""Hands over what is billed of sessions exactly once, and compares it with what is billed (UR-EV)."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from ...utility.errors import PASSING, UtilityError, UtilityReason
from ...utility.protocol import VehicleFunctions
from ...utility.vehicle_model import BindingStatus
from ..vehicle_binding import VehicleRun
from .ledger import BillableRecord, Ledger, RecordState

RECONCILED = timedelta(days=62)
"""How far back what is billed is compared."""
# Behind these the utility may take it later.
_LATER = PASSING | {UtilityReason.ACCOUNT_SUSPENDED}
_TO_CONFIRM = frozenset({UtilityReason.BINDING_NOT_IN_FORCE, UtilityReason.SESSION_NOT_CONFIRMED})
_CONFIRMED = "confirmed"

type Save = Callable[[], Awaitable[None]]
type Its = Callable[[BillableRecord], bool]


def _all(_record: BillableRecord) -> bool:
    return True


async def deliver_records(
    utility: VehicleFunctions, ledger: Ledger, runs: Mapping[str, VehicleRun], save: Save, its: Its = _all
) -> bool:
    """Hand over what can be, oldest first; return whether something still waits for the utility.

    ``runs`` are the vehicles by subentry id, ``its`` says which records are for this utility. ``save`` keeps the
    ledger over a restart; it is called after each record that was taken. Raises ``UtilityError`` where there is no use
    in trying the next one, and, after all others, where an answer was not understood.
    """
    waiting = False
    odd: UtilityError | None = None
    for entry, record in list(ledger.open_records()):
        if not record.untold or not its(record) or record.cost is None:
            continue
        before = (record.state, record.reason)
        try:
            await _hand_over(utility, record, runs.get(entry.session.vehicle or ""))
        except UtilityError as err:
            record.reason = err.reason
            if err.reason is not UtilityReason.UTILITY_NOT_UNDERSTOOD:
                raise
            # That may be about this record alone: those behind it need not wait for it.
            odd = err
        waiting = waiting or record.state is RecordState.WAITING
        ledger.note(entry)
        if (record.state, record.reason) != before:
            await save()
    if odd is not None:
        raise odd
    return waiting


async def _hand_over(utility: VehicleFunctions, record: BillableRecord, run: VehicleRun | None) -> None:
    """Hand over a record as soon as it is confirmed; ``UtilityError`` where it is to be tried again as it is."""
    if record.state is RecordState.WAITING and not await _ready(utility, record, run):
        return
    record.state = RecordState.TO_SEND
    try:
        record.billed = await utility.record_session(record.session, record.idempotency_key)
    except UtilityError as err:
        _note_refusal(record, err)
    else:
        record.state, record.reason = RecordState.SENT, None


async def _ready(utility: VehicleFunctions, record: BillableRecord, run: VehicleRun | None) -> bool:
    """Whether binding and owner have confirmed a record by now; a refusal is noted in it."""
    if run is None:
        # The vehicle was removed: its binding was in force when the session took place, or the utility says so.
        return True
    if (binding := run.bindings.get(record.session.binding_id)) is None:
        return True  # it was lost here; the utility knows it, or says so
    if binding.status is BindingStatus.PENDING:
        record.reason = UtilityReason.BINDING_NOT_IN_FORCE
        return False
    if binding.status is BindingStatus.REFUSED:
        record.state, record.reason = RecordState.REFUSED, UtilityReason.BINDING_NOT_IN_FORCE
        return False
    if not binding.guest:
        return True
    try:
        decided = await utility.confirm_session(binding.id, record.session.session_id, record.session.started_at)
    except UtilityError as err:
        _note_refusal(record, err)
        return False
    if decided.status == _CONFIRMED:
        return True
    record.reason = UtilityReason.SESSION_NOT_CONFIRMED
    if decided.status == "refused":
        record.state = RecordState.REFUSED
    return False


def _note_refusal(record: BillableRecord, err: UtilityError) -> None:
    """Note in a record what it is refused for; what may pass is raised."""
    if err.reason in _LATER:
        raise err
    record.state = RecordState.WAITING if err.reason in _TO_CONFIRM else RecordState.REFUSED
    record.reason = err.reason


async def compare_bills(
    utility: VehicleFunctions, ledger: Ledger, premise_id: str, now: datetime, its: Its = _all
) -> bool:
    """Take what is billed now for what was handed over lately; return whether anything changed.

    A session that the utility has lost is handed over again; it is recorded once, whichever way it got lost.
    """
    recent = [
        (entry, record)
        for entry, record in ledger.records()
        if record.state is RecordState.SENT and now - entry.ended_at < RECONCILED and its(record)
    ]
    if not recent:
        return False
    billed = {record.session_id: record for record in await utility.billing_records(premise_id=premise_id)}
    changed = False
    for entry, record in recent:
        found = billed.get(record.session.session_id)
        if found is None:
            record.state, record.billed, changed = RecordState.TO_SEND, None, True
        elif found != record.billed:
            record.billed, changed = found, True
        ledger.note(entry)
    return changed
