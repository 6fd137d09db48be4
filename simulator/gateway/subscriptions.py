"""Who wants to be told of changes (IEEE 2030.5-2018 clause 8.7, Subscription/Notification)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(slots=True)
class Subscription:
    """A Subscription of device ``lfdi`` to the list at path ``resource``; notifications are posted to ``uri``.

    ``base`` is how the client calls the gateway (``https://host:port``), for absolute addresses in notifications.
    ``level`` and ``limit`` are as the client wrote them. ``failures`` counts notifications lost in a row.
    """

    number: int
    lfdi: str
    device: int
    resource: str
    uri: str
    base: str
    level: str
    limit: int
    failures: int = 0

    @property
    def href(self) -> str:
        """Where the gateway serves it."""
        return f"/edev/{self.device}/sub/{self.number}"


class Subscriptions:
    """The subscriptions of one gateway; numbers (as in /edev/1/sub/1) are never used twice."""

    def __init__(self) -> None:
        self._entries: list[Subscription] = []
        self._last = 0

    def all(self) -> list[Subscription]:
        """Every one, oldest first."""
        return list(self._entries)

    def of(self, lfdi: str) -> list[Subscription]:
        """Those of a device, oldest first."""
        return [entry for entry in self._entries if entry.lfdi == lfdi]

    def to(self, resource: str) -> list[Subscription]:
        """Those to the list at path ``resource``."""
        return [entry for entry in self._entries if entry.resource == resource]

    def add(self, lfdi: str, device: int, **wanted: Any) -> Subscription:
        """Keep a subscription; the same resource and URI once more give the one there is."""
        for entry in self.of(lfdi):
            if (entry.resource, entry.uri) == (wanted["resource"], wanted["uri"]):
                entry.failures = 0
                return entry
        self._last += 1
        entry = Subscription(self._last, lfdi, device, **wanted)
        self._entries.append(entry)
        return entry

    def remove(self, subscription: Subscription) -> bool:
        """End a subscription; False if it has ended."""
        if subscription not in self._entries:
            return False
        self._entries.remove(subscription)
        return True

    def remove_all(self, lfdi: str) -> None:
        """End those of a device."""
        self._entries = [entry for entry in self._entries if entry.lfdi != lfdi]

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {"last": self._last, "entries": [asdict(entry) for entry in self._entries]}

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self._last = data["last"]
        self._entries = [Subscription(**entry) for entry in data["entries"]]
