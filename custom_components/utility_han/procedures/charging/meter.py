"""A charger's energy as one total that never goes back, whatever its counter does.

Every energy in a session is a difference of this total, so that sessions and their parts add up to what was charged,
with nothing lost between them and nothing counted twice.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ...esi.typed import read_record

LONGEST_GAP = timedelta(minutes=5)
"""Readings further apart than this, with energy between them, leave open when it flowed."""
_SLACK_WH = 1000.0
_AFTER_CLOCK_CHANGE = timedelta(hours=1)
"""How long it may have been since the last reading where the clock was put back meanwhile."""
# Below this part of the last reading a counter has begun again, as Home Assistant's recorder has it.
_RESET_BELOW = 0.9
_DIP_WH = 1000.0


class Oddity(StrEnum):
    """What was odd about a reading; what was charged meanwhile is estimated."""

    COUNTER_RESET = "counter_reset"
    """It began at zero again: what it counted between the last reading and that is not known."""
    COUNTER_BACKWARDS = "counter_backwards"
    COUNTER_JUMPED = "counter_jumped"
    """It rose by more than can have been charged: a charger was replaced, or it reports nonsense."""
    GAP = "gap"
    """Nothing was read for a while."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a reading added: ``energy`` in Wh and what was odd, if anything."""

    energy: float
    oddity: Oddity | None = None


@dataclass(slots=True)
class EnergyMeter:
    """Follows a counter (Wh) or a power (W); ``max_power`` in W is more than the charger can give."""

    max_power: float
    total: float = 0.0
    """Wh since it was first read."""
    counter: float | None = None
    """The last reading of the counter, Wh."""
    power: float | None = None
    """The power since the last reading, W, where there is no counter."""
    at: datetime | None = None
    """When it was last read."""
    ceiling: float | None = None
    """The reading that a counter which went back a little has to pass before it counts again, Wh."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return asdict(self) | {"at": self.at.isoformat() if self.at else None}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EnergyMeter:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("total",))

    def read_counter(self, at: datetime, counter: float) -> Change:
        """Take a reading of the counter, Wh."""
        before, since = self.counter, self.at
        self.counter, self.at = counter, at
        if before is None or since is None:
            return Change(0.0)
        if self.ceiling is not None:
            return self._below(self.ceiling, before, counter)
        if counter >= before:
            return self._rose(counter - before, at - since)
        if before - counter < _DIP_WH and counter >= before * _RESET_BELOW:
            self.ceiling = before
            return Change(0.0, Oddity.COUNTER_BACKWARDS)
        if counter < before * _RESET_BELOW and self._possible(counter, at - since):
            return self._add(counter, Oddity.COUNTER_RESET)
        return Change(0.0, Oddity.COUNTER_BACKWARDS)

    def _below(self, ceiling: float, before: float, counter: float) -> Change:
        if counter < before * _RESET_BELOW:
            self.ceiling = None
            return self._add(counter, Oddity.COUNTER_RESET)
        if counter < ceiling:
            return Change(0.0)
        self.ceiling = None
        return self._add(counter - ceiling, Oddity.COUNTER_BACKWARDS)

    def _rose(self, energy: float, elapsed: timedelta) -> Change:
        if not self._possible(energy, elapsed):
            return Change(0.0, Oddity.COUNTER_JUMPED)
        timed = timedelta(0) <= elapsed <= LONGEST_GAP
        return self._add(energy, None if timed or energy == 0 else Oddity.GAP)

    def _possible(self, energy: float, elapsed: timedelta) -> bool:
        if elapsed < timedelta(0):
            elapsed = _AFTER_CLOCK_CHANGE
        return energy <= self.max_power * elapsed.total_seconds() / 3600 + _SLACK_WH

    def read_power(self, at: datetime, power: float | None) -> Change:
        """Take the power from now on, W; None while it is not known, and nothing is counted then."""
        before, since = self.power, self.at
        self.power, self.at = power, at
        if since is None or before is None:
            return Change(0.0, Oddity.GAP if since is not None else None)
        if at < since:
            return Change(0.0, Oddity.GAP)
        energy = min(max(before, 0.0), self.max_power) * (at - since).total_seconds() / 3600
        return self._add(energy, None)

    def _add(self, energy: float, oddity: Oddity | None) -> Change:
        self.total += energy
        return Change(energy, oddity)
