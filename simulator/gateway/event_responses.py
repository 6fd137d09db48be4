"""What clients answered to messages, prices and reservations (IEEE 2030.5-2018 clause 8.8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from simulator.gateway.parameters import Parameter

RESPONSE_REQUIRED = Parameter(int, 0, minimum=0, maximum=7)
"""RespondableResource.responseRequired: 1 received, 2 specific response, 4 response of the customer."""
_KEPT = 500


@dataclass(slots=True)
class EventResponse:
    """A ``kind`` (TextResponse, PriceResponse, FlowReservationResponseResponse) to the event with this ``mrid`` (hex).

    It was posted by ``client`` for device ``lfdi``, ``count`` times; ``created`` is the Unix time that it names.
    """

    number: int
    kind: str
    mrid: str
    lfdi: str
    status: int | None
    created: int | None
    client: str
    count: int = 1


class EventResponses:
    """The latest answers, oldest first; numbers are never used twice."""

    def __init__(self) -> None:
        self.all: list[EventResponse] = []
        self._last = 0

    def take(self, **said: Any) -> EventResponse:
        """Keep an answer; the same once more, of the same client, is only counted."""
        for known in self.all:
            if all(getattr(known, name) == said[name] for name in ("kind", "mrid", "lfdi", "status", "client")):
                known.count += 1
                return known
        self._last += 1
        response = EventResponse(self._last, **said)
        self.all = [*self.all, response][-_KEPT:]
        return response

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {"last": self._last, "all": [asdict(each) for each in self.all]}

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self._last, self.all = data["last"], [EventResponse(**each) for each in data["all"]]
