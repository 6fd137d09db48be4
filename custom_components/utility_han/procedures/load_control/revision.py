"""What becomes of a control that its utility has changed: an event of OpenADR keeps its id when it is modified.

In IEEE 2030.5 an mRID is one interval for ever, and another is a replay (``known.py``). By openadr3.yaml an
event may be PUT anew at any time, ends by being deleted, and of two that overlap the one of the lower priority number
counts (user guide 7.1) for as long as both are there: then the other one counts again.
"""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from ...esi import LoadControl, ResponseStatus, Source
from .known import interval_of
from .record import ControlRecord, OptedOut, Phase

_BY_A_PERSON = frozenset({OptedOut.BEFORE, OptedOut.DURING})


def comes_anew(record: ControlRecord, control: LoadControl, rivals: Iterable[ControlRecord], now: datetime) -> bool:
    """Whether ``control`` is to be taken up as if it were not known: changed, or there again after it was over.

    ``rivals`` are those in force that go before it.
    """
    if control.source is not Source.UTILITY or now >= control.end:
        return False
    moved = interval_of(record.control) != interval_of(control)
    if not record.over:
        return moved and record.phase is Phase.ACTIVE and now < control.start
    again = record.superseded or record.outcome is ResponseStatus.CANCELLED
    return moved or (again and not any(True for _ in rivals))


def out_before(record: ControlRecord | None) -> OptedOut | None:
    """Return how a person had left a control that is taken up anew: that holds on."""
    return record.out if record is not None and record.out in _BY_A_PERSON else None


def follow_change(
    record: ControlRecord, control: LoadControl, draw: Callable[[LoadControl], tuple[datetime, datetime]]
) -> None:
    """Take up a control as it is listed now; where it was moved, ``draw`` says when it starts and ends now."""
    moved = control.source is Source.UTILITY and interval_of(record.control) != interval_of(control)
    record.control = control
    if moved:
        record.start, record.end = draw(control)


def forgotten(control: LoadControl, remembered: Collection[str]) -> bool:
    """Whether a control was over so long ago that its record is gone; one that can change may be there anew."""
    return control.source is Source.GATEWAY and control.id in remembered
