"""What is reported of an event: Report Event Status (annex D.2.2.4.1).

The numbers are those of NXP's ``teSE_DRLCEventStatus`` and its description ("LCE Status Enumerations"); ZBOSS's
cluster header and Silicon Labs' ``EMBER_ZCL_AMI_EVENT_STATUS`` agree. Up to 10 they are those of IEEE 2030.5's
table 27, above they are not: 254 is "expired" there, and "rejected" here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from zigpy import types as t

from ...esi import ControlResponse, ResponseStatus
from ..errors import GatewayError, Reason
from .times import utc_time

NOT_GIVEN_8, NOT_GIVEN_16, NOT_GIVEN_ADJUSTMENT = 0xFF, -0x8000, -0x80
"""What stands for "not used": offsets and duty cycle, set points, load adjustment."""
_NO_SIGNATURE = 0x00
_SIGNATURE = b"\xff" * 42
_CRITICALITY_UNKNOWN = 1
"""Green: 0 is reserved, and something has to be said of an event that is not known (NXP, ``DRLC.c``)."""


class EventStatus(IntEnum):
    """Event Status."""

    RECEIVED = 0x01
    STARTED = 0x02
    COMPLETED = 0x03
    OPTED_OUT = 0x04
    OPTED_IN = 0x05
    CANCELLED = 0x06
    SUPERSEDED = 0x07
    PARTIALLY_COMPLETED_OPT_OUT = 0x08
    PARTIALLY_COMPLETED_OPT_IN = 0x09
    COMPLETED_WITHOUT_PARTICIPATION = 0x0A
    INVALID_CANCEL = 0xF8
    """A cancel command that does not fit the event, or anything that is there."""
    INVALID_CANCEL_TIME = 0xF9
    """A cancel command whose effective time is after the event's end."""
    EXPIRED = 0xFB
    """The event was received after it had expired."""
    INVALID_CANCEL_UNDEFINED = 0xFD
    """A cancel command for an event that is not known."""
    REJECTED = 0xFE
    """The event command is rejected."""


_CODES = {
    **{number: EventStatus(number) for number in range(EventStatus.RECEIVED, 11)},
    13: EventStatus.SUPERSEDED,
    14: EventStatus.SUPERSEDED,
    ResponseStatus.REJECTED_PARAMETER.value: EventStatus.REJECTED,
    ResponseStatus.REJECTED_INVALID.value: EventStatus.REJECTED,
    ResponseStatus.REJECTED_EXPIRED.value: EventStatus.EXPIRED,
}
"""By what is answered in the words of IEEE 2030.5; 13 and 14 are aborted for another server's, program's event."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What a device did of what an event asked for, in the units of the wire; by default nothing."""

    cooling_setpoint: int = NOT_GIVEN_16
    heating_setpoint: int = NOT_GIVEN_16
    load_adjustment: int = NOT_GIVEN_ADJUSTMENT
    duty_cycle: int = NOT_GIVEN_8


_NOTHING = Applied()


def status_of_response(response: ControlResponse) -> EventStatus:
    """Return the code of an answer; ``NOT_FOUND`` where Smart Energy has none for it."""
    if (found := _CODES.get(int(response.status))) is None:
        raise GatewayError(Reason.NOT_FOUND, f"Smart Energy has no event status for {response.status.name}")
    return found


def applied_of_response(response: ControlResponse) -> Applied:
    """Return what a device did of a control; the report has no offsets.

    Load adjustment is relative to the average, and signed, here: 10 % less is -10 (annex D.2.3.1.1.1, "Average Load
    Adjustment Percentage"); :attr:`ControlResponse.applied` has what remains, 90 %.
    """
    said = response.applied
    return Applied(
        cooling_setpoint=_hundredths(said.get("cooling_setpoint")),
        heating_setpoint=_hundredths(said.get("heating_setpoint")),
        load_adjustment=(
            NOT_GIVEN_ADJUSTMENT if (percent := said.get("load_adjustment")) is None else round(percent - 100)
        ),
        duty_cycle=NOT_GIVEN_8 if (duty := said.get("duty_cycle")) is None else round(duty),
    )


def _hundredths(degrees: float | None) -> int:
    return NOT_GIVEN_16 if degrees is None else round(degrees * 100)


def report(
    number: int, status: EventStatus, at: datetime, event: Any | None, applied: Applied = _NOTHING
) -> dict[str, Any]:
    """Return the fields of a report on event ``number``; ``event`` is the event itself where it is known.

    ``applied`` is what the device does or did, by default nothing.
    """
    return {
        "issuer_event_id": number,
        "event_status": int(status),
        "event_status_time": utc_time(at),
        "criticality_applied": _CRITICALITY_UNKNOWN if event is None else int(event.criticality),
        "cooling_setpoint_applied": applied.cooling_setpoint,
        "heating_setpoint_applied": applied.heating_setpoint,
        "load_adjustment_applied": applied.load_adjustment,
        "duty_cycle_applied": applied.duty_cycle,
        "event_control": 0 if event is None else int(event.event_control),
        "signature_type": _NO_SIGNATURE,
        "signature": t.Bytes(_SIGNATURE),
    }
