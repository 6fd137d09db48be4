"""What was handed over of which time: what becomes known of it later goes out with what is made later (UR-EV)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ...esi.typed import read_record
from .charge import Charge
from .ledger import KEPT

_MOST = 200
"""Of one binding: sixteen years of months, were they kept."""


@dataclass(frozen=True, slots=True)
class Handing:
    """What was charged under a binding from ``since`` until before ``until`` was handed over at a time."""

    since: datetime
    until: datetime
    at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {name: getattr(self, name).isoformat() for name in ("since", "until", "at")}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Handing:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("since", "until", "at"))

    def misses(self, charge: Charge) -> bool:
        """Whether a charge is of that time, and was not known yet."""
        return self.since <= charge.started_at < min(self.until, self.at) and self.at < charge.issued_at


@dataclass(slots=True)
class HandedOver:
    """All of it, by binding."""

    of_bindings: dict[str, list[Handing]] = field(default_factory=dict)

    def add(self, bindings: Iterable[str], since: datetime, until: datetime, now: datetime) -> None:
        """Take note of what is handed over now; where the same time was before, that was when it was."""
        for binding in bindings:
            kept = [each for each in self.of_bindings.get(binding, ()) if now - each.until <= KEPT]
            if not any((each.since, each.until) == (since, until) and each.until <= each.at for each in kept):
                kept.append(Handing(since, until, now))
            if len(kept) > _MOST:
                # A month that is not over is looked at often: that goes before one that is closed.
                kept.remove(next((each for each in kept if each.at < each.until), kept[0]))
            self.of_bindings[binding] = kept

    def as_made(self, charge: Charge) -> datetime:
        """Return of which time a charge is where each is handed over once, by the time.

        What takes one back or its place, and what was not known when its time was handed over, is of when it was made.
        """
        made_later = charge.credits or charge.corrects
        known_later = any(each.misses(charge) for each in self.of_bindings.get(charge.binding.id, ()))
        return charge.issued_at if made_later or known_later else charge.started_at

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {"of_bindings": {name: [each.to_dict() for each in told] for name, told in self.of_bindings.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HandedOver:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data)
