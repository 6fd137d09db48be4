"""RespondableResource and the Responses to events that are no controls (sep.xsd), in our words, and ours in theirs."""

from py20305.models import sep

from ...esi import Answerable, EventKind, EventResponse
from ..clock import GatewayClock

type _Respondable = sep.TextMessage | sep.TimeTariffInterval | sep.FlowReservationResponse

_DOCUMENTS: dict[EventKind, type[sep.TextResponse | sep.PriceResponse | sep.FlowReservationResponseResponse]] = {
    EventKind.TEXT: sep.TextResponse,
    EventKind.PRICE: sep.PriceResponse,
    EventKind.RESERVATION: sep.FlowReservationResponseResponse,
}


def answerable(
    kind: EventKind, event: sep.TextMessage | sep.TimeTariffInterval | sep.FlowReservationResponse
) -> Answerable | None:
    """Return how an event wants to be answered; None where it does not (``responseRequired`` is 00 by default)."""
    required = int.from_bytes(event.response_required or b"")
    if not event.reply_to or not required:
        return None
    return Answerable(kind, event.m_rid.value.hex().upper(), event.reply_to, required)


def event_response(
    response: EventResponse, clock: GatewayClock
) -> sep.TextResponse | sep.PriceResponse | sep.FlowReservationResponseResponse:
    """Return the document of an answer, which has the elements of Response and no others.

    ``createdDateTime`` "should be relative to the time server indicated by the FunctionSetAssignment that also
    indicated the event resource", and may be left out (minOccurs 0): so it is where that never told its time.
    """
    at = clock.told(response.at)
    return _DOCUMENTS[response.kind](
        created_date_time=sep.TimeType(value=int(at.timestamp())) if at is not None else None,
        end_device_lfdi=bytes.fromhex(response.lfdi),
        status=int(response.status),
        subject=sep.MRidtype(value=bytes.fromhex(response.subject)),
    )
