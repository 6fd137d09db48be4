"""Keeps values away that cannot be: one of them ruins an energy statistic for good."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_MOST_WATTS = 500_000.0
"""More than any home's service carries."""
_BELIEVED_AFTER = 2
"""How often in a row a register has to insist on a series of its own."""


class Plausibility:
    """Knows the last believed value of each register; energies in Wh only rise, and no faster than a home draws."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[datetime, float]] = {}
        self._doubted: dict[str, tuple[int, float]] = {}

    def accept(self, at: datetime, values: Mapping[str, float]) -> tuple[dict[str, float], frozenset[str]]:
        """Return the values that can be, and which registers begin a new series with them."""
        believed: dict[str, float] = {}
        rebased: set[str] = set()
        for key, value in values.items():
            if not key.startswith("energy"):
                if abs(value) <= _MOST_WATTS:
                    believed[key] = value
            elif self._follows(key, at, value):
                believed[key] = value
                self._doubted.pop(key, None)
            elif self._insists(key, value):
                believed[key] = value
                rebased.add(key)
                self._doubted.pop(key, None)
            if key in believed and key.startswith("energy"):
                self._last[key] = (at, value)
        return believed, frozenset(rebased)

    def _follows(self, key: str, at: datetime, value: float) -> bool:
        if (known := self._last.get(key)) is None:
            return True
        since, before = known
        hours = max((at - since).total_seconds(), 60.0) / 3600
        return before <= value <= before + _MOST_WATTS * hours

    def _insists(self, key: str, value: float) -> bool:
        times, last = self._doubted.get(key, (0, value))
        times = times + 1 if value >= last else 1
        self._doubted[key] = (times, value)
        return times > _BELIEVED_AFTER

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {key: [at.isoformat(), value] for key, (at, value) in self._last.items()}

    def load(self, data: Mapping[str, Any]) -> None:
        """Take up what :meth:`to_dict` gave."""
        self._last = {key: (datetime.fromisoformat(at), float(value)) for key, (at, value) in data.items()}
