"""An outage of the meter that is over, and whose hours are to be filled in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ..procedures import plain, read_record


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a register stood at the last contact before the outage, and what it showed at the first after it."""

    at: datetime
    value: float
    returned: float


@dataclass(frozen=True, slots=True)
class Outage:
    """It lasted until after an hour had begun, ``until``; ``anchors`` are by register key."""

    until: datetime
    anchors: Mapping[str, Anchor]

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        kept: dict[str, Any] = plain(asdict(self))
        return kept

    @classmethod
    def from_dict(cls, data: Any) -> Outage:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data)
