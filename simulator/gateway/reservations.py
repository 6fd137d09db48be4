"""What vehicles tell a gateway of their charging, and the energy that is reserved for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

ACTIVE, SCHEDULED, CANCELLED = 1, 0, 2


@dataclass(slots=True)
class FlowRequest:
    """A FlowReservationRequest: Wh, W, Unix times and seconds; ``answer`` is the response, once there is one."""

    number: int
    lfdi: str
    mrid: str
    created: int
    description: str | None
    energy: int
    power: int
    start: int
    duration: int
    duration_requested: int | None = None
    cancelled_at: int | None = None
    answered_at: int = 0
    """When the gateway answers."""
    answer: dict[str, int] = field(default_factory=dict)
    """What the response says otherwise: ``start``, ``duration``, ``energy``, ``power``, ``status``."""

    @property
    def granted(self) -> dict[str, int]:
        """The response: as asked for, unless the utility said otherwise."""
        needed = round(3600 * self.energy / self.power) if self.power else self.duration
        asked = {"start": self.start, "duration": min(needed, self.duration) or self.duration}
        return {**asked, "energy": self.energy, "power": self.power, **self.answer}

    def status(self, now: float) -> int:
        """EventStatus.currentStatus of the response."""
        if self.cancelled_at is not None or self.granted.get("status") == CANCELLED:
            return CANCELLED
        return ACTIVE if self.granted["start"] <= now else SCHEDULED


class Reservations:
    """The requests of all devices, and what each tells in its PowerStatus."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.requests: list[FlowRequest] = []
        self.power_status: dict[str, dict[str, Any]] = {}
        """By LFDI, as it was put."""
        self._last = 0

    def of(self, lfdi: str) -> list[FlowRequest]:
        """The requests for a device, newest first."""
        return [each for each in reversed(self.requests) if each.lfdi == lfdi]

    def answered(self, lfdi: str) -> list[FlowRequest]:
        """Those that the gateway has answered by now."""
        return [each for each in self.of(lfdi) if each.answered_at <= self._clock()]

    def find(self, mrid: str) -> FlowRequest | None:
        """A request by its mRID."""
        return next((each for each in self.requests if each.mrid == mrid), None)

    def add(self, **fields: Any) -> FlowRequest:
        """Take a request."""
        self._last += 1
        request = FlowRequest(number=self._last, **fields)
        self.requests.append(request)
        return request

    def forget(self, lfdi: str) -> None:
        """Forget a device."""
        self.requests = [each for each in self.requests if each.lfdi != lfdi]
        self.power_status.pop(lfdi, None)

    def clear(self) -> None:
        """Forget everything."""
        self.requests.clear()
        self.power_status.clear()

    def to_dict(self) -> dict[str, Any]:
        """What is kept over restarts."""
        return {
            "requests": [asdict(each) for each in self.requests],
            "power_status": self.power_status,
            "last": self._last,
        }

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self.requests = [FlowRequest(**each) for each in data["requests"]]
        self.power_status = data["power_status"]
        self._last = data["last"]
