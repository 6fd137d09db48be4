"""When which price is in force: blocks of hours of one tier."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.household.household import Household

_HOUR = 3600
_QUARTER = 900
"""Tiers begin at full hours of local time, which is a whole number of quarters of an hour from UTC everywhere."""
_AHEAD = 36


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive hours of one tier, in Unix time."""

    start: int
    end: int
    tier: int

    @property
    def number(self) -> int:
        """Its number among all blocks there ever are."""
        return self.start // _HOUR


def blocks(household: Household, now: float) -> list[Block]:
    """The block in force and those of the next 36 hours."""
    tier = household.tier
    start = int(now) // _QUARTER * _QUARTER
    while tier(start - 1) == tier(start):
        start -= _QUARTER
    found: list[Block] = []
    end = int(now) + _AHEAD * _HOUR
    while start < end:
        until = start + _QUARTER
        while tier(until) == tier(start):
            until += _QUARTER
        found.append(Block(start, until, tier(start)))
        start = until
    return found
