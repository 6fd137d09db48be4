"""The devices a gateway knows: who is registered, how, and what they said about themselves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class LogEvent:
    """An event of a device (IEEE 2030.5-2018 clause 9.5); ``created`` is a Unix time."""

    created: int
    function_set: int
    code: int
    number: int
    pen: int
    profile_id: int
    details: str | None = None
    extended_data: int | None = None


@dataclass(slots=True)
class Registration:
    """A device on the gateway's list. It counts from ``accepted_at`` (Unix time) on.

    ``changed_at``, ``category`` (DeviceCategoryType), ``enabled`` and ``post_rate`` are its EndDevice's.
    ``battery`` is what it tells in its PowerStatus (batteryStatus), None where it tells nothing.
    ``added_by`` is the LFDI of the client that registered it for another device, as energy management systems do.
    """

    number: int
    lfdi: str
    pin: int
    in_band: bool
    registered_at: int
    accepted_at: float
    changed_at: int
    category: bytes | None = None
    enabled: bool = True
    post_rate: int | None = None
    events: list[LogEvent] = field(default_factory=list)
    added_by: str | None = None
    battery: int | None = None

    def accepted(self) -> bool:
        """Whether the utility has accepted the device by now."""
        return time.time() >= self.accepted_at

    @property
    def holders(self) -> set[str]:
        """The LFDIs of those who may speak for the device: its own, and that of the client that announced it."""
        return {self.lfdi} if self.added_by is None else {self.lfdi, self.added_by}

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return asdict(self) | {"category": self.category.hex() if self.category is not None else None}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Registration:
        """The reverse of ``to_dict``; older files tell also what the gateway could not know."""
        known = {each.name for each in fields(cls)}
        data = {name: value for name, value in data.items() if name in known}
        category = bytes.fromhex(data["category"]) if data["category"] is not None else None
        events = [LogEvent(**event) for event in data["events"]]
        return cls(**data | {"category": category, "events": events})


class Registrations:
    """The registrations of one gateway, by LFDI; numbers (as in /edev/1) are never used twice."""

    def __init__(self) -> None:
        self._by_lfdi: dict[str, Registration] = {}
        self._last = 0

    def __iter__(self) -> Iterator[Registration]:
        return iter(self._by_lfdi.values())

    def get(self, lfdi: str) -> Registration | None:
        """The device with this LFDI, accepted or not."""
        return self._by_lfdi.get(lfdi)

    def numbered(self, number: int) -> Registration | None:
        """The device at /edev/``number``."""
        return next((entry for entry in self._by_lfdi.values() if entry.number == number), None)

    def accepted(self, lfdi: str) -> bool:
        """Whether a client with this LFDI may use everything."""
        entry = self._by_lfdi.get(lfdi)
        return entry is not None and entry.accepted()

    def add(
        self, lfdi: str, pin: int, *, in_band: bool, after_seconds: float = 0.0, added_by: str | None = None
    ) -> Registration:
        """Put a device on the list, or give it another PIN and time of acceptance."""
        now = time.time()
        if (entry := self._by_lfdi.get(lfdi)) is not None:
            entry.pin, entry.accepted_at = pin, now + after_seconds
            return entry
        self._last += 1
        entry = Registration(
            self._last, lfdi, pin, in_band, int(now), now + after_seconds, int(now), added_by=added_by
        )
        self._by_lfdi[lfdi] = entry
        return entry

    def remove(self, lfdi: str) -> bool:
        """Take a device off the list; False if it is not on it."""
        return self._by_lfdi.pop(lfdi, None) is not None

    def clear(self) -> None:
        """Forget all devices."""
        self._by_lfdi.clear()

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {"last": self._last, "entries": [entry.to_dict() for entry in self]}

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self._last = data["last"]
        self._by_lfdi = {entry["lfdi"]: Registration.from_dict(entry) for entry in data["entries"]}
