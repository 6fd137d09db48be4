"""What comes to a home through an Energy Services Interface (OpenHAN): the gateway's, or the utility's own."""

from .answers import Answerable, EventKind, EventResponse, ResponseStatus, Wanted, asked_for
from .course import Timed, between, continued, following, in_force, next_change, one_at_a_time
from .model import (
    ControlResponse,
    ControlStatus,
    DemandResponseProgram,
    LoadControl,
    Message,
    Price,
    PriceSchedule,
    Priority,
    ReductionUnit,
    Signal,
    Source,
    TargetReduction,
)

__all__ = [
    "Answerable",
    "ControlResponse",
    "ControlStatus",
    "DemandResponseProgram",
    "EventKind",
    "EventResponse",
    "LoadControl",
    "Message",
    "Price",
    "PriceSchedule",
    "Priority",
    "ReductionUnit",
    "ResponseStatus",
    "Signal",
    "Source",
    "TargetReduction",
    "Timed",
    "Wanted",
    "asked_for",
    "between",
    "continued",
    "following",
    "in_force",
    "next_change",
    "one_at_a_time",
]
