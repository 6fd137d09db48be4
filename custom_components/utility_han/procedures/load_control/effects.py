"""What happens to a control as one device goes through it, each thing once, with the answer it is worth."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ...esi import ControlResponse, LoadControl, ResponseStatus, asked_for
from .record import ControlRecord, OptedOut, Phase, Refusal


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
    ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT: Happening.COMPLETED,
    ResponseStatus.PARTIALLY_COMPLETED_OPT_IN: Happening.COMPLETED,
    ResponseStatus.OPTED_IN: Happening.OPTED_IN,
    ResponseStatus.CANCELLED: Happening.CANCELLED,
    ResponseStatus.SUPERSEDED: Happening.SUPERSEDED,
    ResponseStatus.SUPERSEDED_BY_OTHER_PROGRAM: Happening.SUPERSEDED,
    ResponseStatus.REJECTED_PARAMETER: Happening.REJECTED,
    ResponseStatus.REJECTED_INVALID: Happening.REJECTED,
    ResponseStatus.REJECTED_EXPIRED: Happening.REJECTED,
}
_EACH_TIME = frozenset({ResponseStatus.OPTED_OUT, ResponseStatus.OPTED_IN})
"""Each change of these is told: the last word is what holds."""
_OF_THE_APPLIANCE = frozenset(
    {
        ResponseStatus.STARTED,
        ResponseStatus.COMPLETED,
        ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT,
        ResponseStatus.PARTIALLY_COMPLETED_OPT_IN,
    }
)
"""With these goes what was applied."""
_REJECTIONS = {
    Refusal.NOT_ENROLLED: ResponseStatus.REJECTED_INVALID,
    Refusal.REPLAY: ResponseStatus.REJECTED_INVALID,
    Refusal.EXPIRED: ResponseStatus.REJECTED_EXPIRED,
}
_PARTLY = ResponseStatus.PARTIALLY_COMPLETED_OPT_OUT
_NOT_AT_ALL = ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that happened to a control for a device, and the answer that the gateway wants, if it wants one."""

    lfdi: str
    control: LoadControl
    status: ResponseStatus
    response: ControlResponse | None
    refusal: Refusal | None = None
    only_answered: bool = False
    """Whether nobody at home is to be told: it says nothing that they could act on."""

    @property
    def happening(self) -> Happening:
        """What happened, in the words of events."""
        return _HAPPENINGS[self.status]


def only_answered(effects: Iterable[Effect]) -> Iterator[Effect]:
    """Let effects be answered and told to nobody at home."""
    return (replace(effect, only_answered=True) for effect in effects)


def end(
    record: ControlRecord,
    status: ResponseStatus,
    now: datetime,
    refusal: Refusal | None = None,
    overridden: timedelta | None = None,
) -> Iterator[Effect]:
    """Let a control be over for its device, and tell with which ``status``."""
    if record.phase is Phase.ACTIVE:
        record.end = min(record.end, now)
    record.phase, record.refusal = Phase.ENDED, refusal
    yield from tell(record, status, now, refusal, overridden)


def tell(
    record: ControlRecord,
    status: ResponseStatus,
    now: datetime,
    refusal: Refusal | None = None,
    overridden: timedelta | None = None,
) -> Iterator[Effect]:
    """Let a status come about; answered where the gateway wants that.

    Opting out and in is told each time, anything else once. ``overridden`` is for how long a person had it otherwise.
    """
    if status in record.told[-1:] or (status in record.told and status not in _EACH_TIME):
        return
    record.told.append(int(status))
    record.changed = now
    control = record.control
    response = None
    if control.reply_to and asked_for(control.response_required, status):
        response = ControlResponse(
            control.id,
            record.lfdi,
            status,
            now,
            control.reply_to,
            applied=dict(record.applied) if status in _OF_THE_APPLIANCE else {},
            overridden=overridden.total_seconds() if overridden is not None else None,
            heightened=control.asks_for_more,
        )
    yield Effect(record.lfdi, control, status, response, refusal)


def refuse(record: ControlRecord, refusal: Refusal, now: datetime) -> Iterator[Effect]:
    """Reject a control that the appliance does not follow; one that is over is only answered."""
    if not record.over:
        record.phase, record.refusal = Phase.REJECTED, refusal
    yield from tell(record, _REJECTIONS.get(refusal, ResponseStatus.REJECTED_PARAMETER), now, refusal)


def run_out(record: ControlRecord, now: datetime) -> Iterator[Effect]:
    """Let an active control reach its end, and tell what the appliance did until then, once that is known.

    Partial participation is told as the documentation of ``DrResponse.overrideDuration`` has it: 8 with the time
    overridden where that is within what the control allows, 10 where it is longer.
    """
    if record.cancelling:
        yield from end(record, ResponseStatus.CANCELLED, now)
    elif record.out is not None:
        partly = record.out in (OptedOut.DURING, OptedOut.STANDING_DURING) and record.acted
        yield from end(record, _PARTLY if partly else _NOT_AT_ALL, now)
    elif not record.acted:
        yield from end(record, ResponseStatus.REJECTED_PARAMETER, now, Refusal.ENTITY_UNAVAILABLE)
    elif record.interrupted:
        yield from end(record, ResponseStatus.REJECTED_PARAMETER, now, Refusal.INTERRUPTED)
    elif record.overridden_at is not None or record.overridden:
        yield from _end_overridden(record, now)
    elif record.unseen:
        record.phase = Phase.RUN_OUT
    elif record.back_in:
        yield from end(record, ResponseStatus.PARTIALLY_COMPLETED_OPT_IN, now)
    else:
        yield from end(record, ResponseStatus.COMPLETED, now)


def _end_overridden(record: ControlRecord, now: datetime) -> Iterator[Effect]:
    overridden = timedelta(seconds=record.overridden)
    if record.overridden_at is not None:
        overridden += min(record.end, now) - record.overridden_at
    if overridden <= (record.control.override_duration or timedelta(0)):
        yield from end(record, _PARTLY, now, overridden=overridden)
    else:
        yield from end(record, _NOT_AT_ALL, now)
