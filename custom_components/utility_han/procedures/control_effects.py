"""What happens to a control as one device goes through it, each thing once, with the answer it is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..esi import ControlResponse, LoadControl, ResponseStatus
from .control_record import ControlRecord, OptedOut, Phase, Refusal

_RECEIVED_WANTED, _SPECIFIC_WANTED = 1, 2  # responseRequired


class Happening(StrEnum):
    """What happens to a control, in the words of events and automations."""

    RECEIVED = "received"
    STARTED = "started"
    COMPLETED = "completed"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


_HAPPENINGS = {
    ResponseStatus.RECEIVED: Happening.RECEIVED,
    ResponseStatus.STARTED: Happening.STARTED,
    ResponseStatus.COMPLETED: Happening.COMPLETED,
    ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION: Happening.COMPLETED,
    ResponseStatus.OPTED_OUT: Happening.OPTED_OUT,
    ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT: Happening.OPTED_OUT,
    ResponseStatus.OPTED_IN: Happening.OPTED_IN,
    ResponseStatus.CANCELLED: Happening.CANCELLED,
    ResponseStatus.SUPERSEDED: Happening.SUPERSEDED,
    ResponseStatus.SUPERSEDED_BY_OTHER_PROGRAM: Happening.SUPERSEDED,
    ResponseStatus.REJECTED_PARAMETER: Happening.REJECTED,
    ResponseStatus.REJECTED_INVALID: Happening.REJECTED,
    ResponseStatus.REJECTED_EXPIRED: Happening.REJECTED,
}
_REJECTIONS = {
    Refusal.NOT_ENROLLED: ResponseStatus.REJECTED_INVALID,
    Refusal.REPLAY: ResponseStatus.REJECTED_INVALID,
    Refusal.EXPIRED: ResponseStatus.REJECTED_EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that happened to a control for a device, and the answer that the gateway wants, if it wants one."""

    lfdi: str
    control: LoadControl
    status: ResponseStatus
    response: ControlResponse | None
    refusal: Refusal | None = None

    @property
    def happening(self) -> Happening:
        """What happened, in the words of events."""
        return _HAPPENINGS[self.status]


def end(
    record: ControlRecord, status: ResponseStatus, now: datetime, refusal: Refusal | None = None
) -> Iterator[Effect]:
    """Let a control be over for its device, and tell with which ``status``."""
    if record.phase is Phase.ACTIVE:
        record.end = min(record.end, now)
    record.phase = Phase.ENDED
    yield from tell(record, status, now, refusal)


def tell(
    record: ControlRecord, status: ResponseStatus, now: datetime, refusal: Refusal | None = None
) -> Iterator[Effect]:
    """Let a status come about, once; answered where the gateway wants that."""
    if status in record.told:
        return
    record.told.append(int(status))
    record.changed = now
    control = record.control
    wanted = _RECEIVED_WANTED if status is ResponseStatus.RECEIVED else _SPECIFIC_WANTED
    response = None
    if control.reply_to and control.response_required & wanted:
        response = ControlResponse(control.id, record.lfdi, status, now, control.reply_to)
    yield Effect(record.lfdi, control, status, response, refusal)


def refuse(record: ControlRecord, refusal: Refusal, now: datetime) -> Iterator[Effect]:
    """Reject a control that has not started; one that has is only answered."""
    if record.phase is Phase.SCHEDULED:
        record.phase, record.refusal = Phase.REJECTED, refusal
    yield from tell(record, _REJECTIONS.get(refusal, ResponseStatus.REJECTED_PARAMETER), now, refusal)


def run_out(record: ControlRecord, now: datetime) -> Iterator[Effect]:
    """Let an active control reach its end."""
    if record.cancelling:
        yield from end(record, ResponseStatus.CANCELLED, now)
    elif record.out is None:
        yield from end(record, ResponseStatus.COMPLETED, now)
    elif record.out is OptedOut.DURING:
        record.phase = Phase.ENDED  # that it was completed in part has been said
    else:
        yield from end(record, ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION, now)
