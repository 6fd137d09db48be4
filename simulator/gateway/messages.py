"""Text messages for people, the registration instructions of use case IP-11 first."""

from __future__ import annotations

from dataclasses import dataclass, replace

_INSTRUCTIONS = (
    "Devices are registered by your utility's app or portal (My account, Meters and devices), or by what you sign in "
    "to it with; there you choose the programs that each is to take part in."
)
_YEAR = 365 * 86400


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A message for people: ``start`` in Unix time, ``duration`` in seconds, priority 0 (low) to 3 (critical).

    ``response_required`` has the bits of RespondableResource (sep.xsd).
    """

    text: str
    start: int
    duration: int
    priority: int
    response_required: int = 0
    description: str | None = None
    """What it is, for people (description of an IdentifiedObject)."""

    @property
    def end(self) -> int:
        """When it is over, in Unix time."""
        return self.start + self.duration


class Messages:
    """The messages of one gateway, oldest first, numbered from 1."""

    def __init__(self, started_at: int) -> None:
        """``started_at`` (Unix time) is since when the instructions are in force."""
        self._all = [TextMessage(_INSTRUCTIONS, started_at, _YEAR, 1, description="Registration instructions")]
        self.confirmed: list[int] = []
        """Numbers of messages that a Zigbee client confirmed."""

    def all(self) -> list[tuple[int, TextMessage]]:
        """Every message with its number."""
        return list(enumerate(self._all, 1))

    def active(self, now: float) -> list[tuple[int, TextMessage]]:
        """Every message in force ``now`` (Unix time) with its number."""
        return [(number, message) for number, message in self.all() if message.start <= now < message.end]

    def add(self, text: str, start: int, duration: int, priority: int, response_required: int = 0) -> int:
        """Put a message up; its number."""
        self._all.append(TextMessage(text, start, duration, priority, response_required))
        return len(self._all)

    def recall(self, number: int, now: int) -> bool:
        """End a message ``now`` (Unix time), but for the instructions; False if there is none with this number."""
        if not 1 < number <= len(self._all):
            return False
        message = self._all[number - 1]
        self._all[number - 1] = replace(message, duration=max(now - message.start, 0))
        return True
