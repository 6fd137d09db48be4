"""The meter's registers over a household: whole units, counting from the day it was installed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulator.household.household import REFERENCE, TIERS, Household

INTERVAL = 900
SET_LENGTH = 12 * 3600
SETS = 60


@dataclass(frozen=True, slots=True)
class IntervalSet:
    """Twelve hours of intervals, aligned to UTC; ``count`` are complete, ``start`` is a Unix time."""

    start: int
    count: int


class Meter:
    """What a meter shows at a Unix time. A register at ``installed_at`` is 0."""

    def __init__(self, household: Household, installed_at: float = REFERENCE) -> None:
        self.household = household
        self.installed_at = installed_at

    def power(self, time: float) -> int:
        """Net power in W."""
        return self.household.power(time)

    def summation(self, flow: str, time: float, tier: int = 0) -> int:
        """Wh since installation, ``delivered`` or ``received``; tier 0 is the total."""
        energy = self.household.energy(flow, max(time, self.installed_at), tier)
        return math.floor(energy - self.household.energy(flow, self.installed_at, tier) + 1e-6)

    def interval(self, flow: str, start: int) -> int:
        """Wh in the quarter of an hour from ``start``: the difference of two summations."""
        return self.summation(flow, start + INTERVAL) - self.summation(flow, start)

    def interval_sets(self, now: float) -> list[IntervalSet]:
        """The sets in store, newest first; the newest is partial."""
        newest = int(now // SET_LENGTH) * SET_LENGTH
        starts = (newest - n * SET_LENGTH for n in range(SETS))
        return [
            IntervalSet(start, int(min(now - start, SET_LENGTH) // INTERVAL))
            for start in starts
            if start + SET_LENGTH > self.installed_at
        ]

    def truth(self, now: float) -> dict[str, object]:
        """What the meter shows now, for comparison with what a client read."""
        return {
            "time": now,
            "power_w": self.power(now),
            "delivered_wh": self.summation("delivered", now),
            "received_wh": self.summation("received", now),
            "tier": self.household.tier(now),
            "tiers": {
                flow: {str(tier): self.summation(flow, now, tier) for tier in TIERS}
                for flow in ("delivered", "received")
            },
        }
