"""What the gateway is told of the energy that it reserved for a vehicle (FlowReservationResponse, sep.xsd)."""

from datetime import datetime

from homeassistant.core import callback

from ...esi import ControlStatus, ResponseStatus
from ...gateway import Reservation
from ...hub.answers import EventAnswers

_OVER = {
    ControlStatus.CANCELLED: ResponseStatus.CANCELLED,
    ControlStatus.CANCELLED_RANDOMIZED: ResponseStatus.CANCELLED,
    ControlStatus.SUPERSEDED: ResponseStatus.SUPERSEDED,
}


class ReservationAnswers:
    """Answers reservations in the name of the EVSE, as each asks for that."""

    def __init__(self, answers: EventAnswers) -> None:
        """``answers`` sends each once."""
        self._answers = answers

    @callback
    def async_follow(self, found: Reservation, lfdi: str, now: datetime, *, charges: bool) -> None:
        """Tell how a reservation stands; ``charges`` says whether the vehicle is there and may charge."""
        if found.answer is None:
            return
        self._answers.async_tell(found.answer, ResponseStatus.RECEIVED, lfdi)
        begun = self._answers.told(found.answer, ResponseStatus.STARTED)
        status = _OVER.get(found.status)
        if status is None and now >= found.start + found.duration:
            status = ResponseStatus.COMPLETED if begun else ResponseStatus.COMPLETED_WITHOUT_PARTICIPATION
        elif status is None and now >= found.start and charges:
            status = ResponseStatus.STARTED
        if status is not None:
            self._answers.async_tell(found.answer, status, lfdi)

    @callback
    def async_left(self, found: Reservation | None, lfdi: str) -> None:
        """Tell that a person charges without regard to the reservation."""
        if found is not None:
            self._answers.async_tell(found.answer, ResponseStatus.OPTED_OUT, lfdi)
