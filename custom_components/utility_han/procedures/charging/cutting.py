"""What of a session falls into a time: its energy in whole Wh, and how sure that is."""

from datetime import datetime
from enum import StrEnum

from ...utility.vehicle_model import Binding, BindingStatus
from .session import MeasuredSession

_BILLED = (BindingStatus.IN_FORCE, BindingStatus.ENDED, BindingStatus.PENDING)


class Quality(StrEnum):
    """The API's words."""

    MEASURED = "measured"
    ESTIMATED = "estimated"


def span_under(session: MeasuredSession, binding: Binding) -> tuple[datetime, datetime] | None:
    """Return the time of a session that has ended in which a binding held, None where there is none."""
    if session.ended_at is None:
        raise ValueError("the session has not ended")
    if binding.status not in _BILLED:
        return None
    start = max(session.started_at, binding.valid_from)
    end = min(session.ended_at, binding.valid_until) if binding.valid_until else session.ended_at
    return (start, end) if start < end else None


def measured_between(session: MeasuredSession, start: datetime, end: datetime) -> tuple[int, Quality]:
    """Return the Wh between two times of a session; those of times side by side add up to those of both."""
    (low, low_sure), (high, high_sure) = session.total_at(start), session.total_at(end)
    sure = low_sure and high_sure and not session.oddities
    return round(high) - round(low), Quality.MEASURED if sure else Quality.ESTIMATED


def shown_between(session: MeasuredSession, start: datetime, end: datetime) -> tuple[int, int] | None:
    """Return what the counter itself showed at two times of a session, where it counted without a break."""
    if session.raw_start is None or not session.unbroken:
        return None
    offset = session.raw_start - session.marks[0].total
    low, high = session.total_at(start)[0] + offset, session.total_at(end)[0] + offset
    return round(low), round(high)
