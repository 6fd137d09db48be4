"""How events want to be answered, and the answers to those that are no controls: messages, prices, reservations."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, IntFlag, StrEnum


class ResponseStatus(IntEnum):
    """What became of an event (IEEE 2030.5-2018, table 27; its values as in ``envoy_schema``'s ``ResponseType``)."""

    RECEIVED = 1
    STARTED = 2
    COMPLETED = 3
    OPTED_OUT = 4
    OPTED_IN = 5
    CANCELLED = 6
    SUPERSEDED = 7
    PARTIALLY_COMPLETED_OPT_OUT = 8
    PARTIALLY_COMPLETED_OPT_IN = 9
    COMPLETED_WITHOUT_PARTICIPATION = 10
    ACKNOWLEDGED = 11
    """A person has acknowledged the event."""
    CANNOT_BE_DISPLAYED = 12
    SUPERSEDED_BY_OTHER_PROGRAM = 14
    REJECTED_PARAMETER = 252
    """What it asks for is out of range or nothing this device can do."""
    REJECTED_INVALID = 253
    """Not for this device, not registered, or a control that was over before (a replay)."""
    REJECTED_EXPIRED = 254
    """It was over when it was received."""


class Wanted(IntFlag):
    """RespondableResource.responseRequired (sep.xsd): who is to say something of an event."""

    RECEIVED = 1
    """The device, that it received the event."""
    SPECIFIC = 2
    """The device, what became of it."""
    CUSTOMER = 4
    """A person."""


class EventKind(StrEnum):
    """Events that are no controls."""

    TEXT = "text"
    PRICE = "price"
    RESERVATION = "reservation"


@dataclass(frozen=True, slots=True)
class Answerable:
    """An event that wants an answer; none of these kinds has a deviceCategory, so that whoever receives it answers."""

    kind: EventKind
    subject: str
    """The mRID, upper-case hexadecimal."""
    reply_to: str
    required: int
    """Bits of :class:`Wanted`."""


_ASKED_FOR = {ResponseStatus.RECEIVED: Wanted.RECEIVED, ResponseStatus.ACKNOWLEDGED: Wanted.CUSTOMER}


def asked_for(required: int, status: ResponseStatus) -> bool:
    """Whether an event with these bits of :class:`Wanted` asks to be told a status."""
    return bool(required & _ASKED_FOR.get(status, Wanted.SPECIFIC))


@dataclass(frozen=True, slots=True)
class EventResponse:
    """One Response to an event; ``at`` is when it happened, on our clock."""

    kind: EventKind
    subject: str
    lfdi: str
    status: ResponseStatus
    at: datetime
    reply_to: str
