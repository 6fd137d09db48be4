"""What clients did: counters and the last requests."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

_KEPT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request; ``status`` is None when no whole answer was sent, ``lfdi`` the last six digits.

    ``body`` is what the client sent, read as UTF-8.
    """

    method: str
    path: str
    status: int | None
    lfdi: str
    body: str = ""


@dataclass(slots=True)
class Traffic:
    """Counters of a gateway. ``concurrent_max`` counts TCP connections, also those kept waiting."""

    connections: int = 0
    resumed: int = 0
    refused_handshakes: int = 0
    failed_handshakes: int = 0
    concurrent: int = 0
    concurrent_max: int = 0
    requests: deque[Entry] = field(default_factory=lambda: deque(maxlen=_KEPT))

    def opened(self) -> None:
        """A client connected."""
        self.connections += 1
        self.concurrent += 1
        self.concurrent_max = max(self.concurrent_max, self.concurrent)

    def closed(self) -> None:
        """A client is gone."""
        self.concurrent -= 1

    def clear(self) -> None:
        """Start counting anew; connections that are open stay counted as open."""
        self.connections = self.resumed = self.refused_handshakes = self.failed_handshakes = 0
        self.concurrent_max = self.concurrent
        self.requests.clear()

    def to_dict(self) -> dict[str, Any]:
        """For the control endpoint."""
        return {
            "connections": self.connections,
            "resumed": self.resumed,
            "refused_handshakes": self.refused_handshakes,
            "failed_handshakes": self.failed_handshakes,
            "concurrent": self.concurrent,
            "concurrent_max": self.concurrent_max,
            "requests": [asdict(entry) for entry in self.requests],
        }
