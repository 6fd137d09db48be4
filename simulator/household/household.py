"""A household as a deterministic function of time: load, solar, and the energy that follows from them.

Net power (W, positive when the grid delivers) is constant within a minute, so that energy is its exact integral.
A pattern of 28 days is made once per seed and repeated: any past or future moment costs one look-up.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

SLOT = 60
DAY_SLOTS = 1440
CYCLE_SLOTS = 28 * DAY_SLOTS
CYCLE = CYCLE_SLOTS * SLOT
REFERENCE = 1_735_689_600 + 5 * 86400  # Monday 2025-01-06 00:00, the start of a cycle (local time)
TIERS = (1, 2, 3)  # off-peak, shoulder, peak

_APPLIANCES = (  # watts, minutes, earliest and latest start (minute of the day), chance per day
    (2000, 25, 6 * 60, 8 * 60, 0.5),  # kettle, toaster, hair dryer
    (1800, 60, 17 * 60, 19 * 60, 0.8),  # oven
    (2100, 50, 9 * 60, 20 * 60, 0.45),  # washing machine
    (2600, 70, 18 * 60, 22 * 60, 0.35),  # tumble dryer
    (1300, 90, 19 * 60, 22 * 60, 0.6),  # dishwasher
    (3600, 180, 20 * 60, 20 * 60 + 59, 0.4),  # the car
)


class Cumulative:
    """Energy (Wh) from the reference time on, given that of each slot of a cycle."""

    def __init__(self, energies: Iterable[float]) -> None:
        self._sums = array("d", accumulate(energies, initial=0.0))

    def at(self, local_time: float) -> float:
        """The energy up to ``local_time`` (seconds), interpolated within its slot."""
        cycles, within = divmod(local_time - REFERENCE, CYCLE)
        slot, part = divmod(within, SLOT)
        index = int(slot)
        low = self._sums[index]
        return cycles * self._sums[-1] + low + (self._sums[index + 1] - low) * part / SLOT


class Pattern:
    """Four weeks of a household."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        self.net = array("d")
        for day in range(28):
            load = _load_of_day(rng, weekend=day % 7 >= 5)
            self.net.extend(round(watts - sun) for watts, sun in zip(load, _solar_of_day(rng), strict=True))
        tiers = [tier_at(slot) for slot in range(CYCLE_SLOTS)]
        signs = {"delivered": 1, "received": -1}
        flows = {name: [max(sign * watts, 0.0) / 60 for watts in self.net] for name, sign in signs.items()}
        self.total = {name: Cumulative(flow) for name, flow in flows.items()}
        self.by_tier = {
            name: {
                tier: Cumulative(wh if own == tier else 0.0 for wh, own in zip(flow, tiers, strict=True))
                for tier in TIERS
            }
            for name, flow in flows.items()
        }
        self.peak = {
            name: max(sum(flow[slot : slot + 15]) for slot in range(0, CYCLE_SLOTS, 15)) * 4
            for name, flow in flows.items()
        }


def tier_at(slot: int) -> int:
    """The tier in force in a slot of the cycle: peak 15–19 h and shoulder 13–15 h on weekdays, else off-peak."""
    day, minute = divmod(slot % CYCLE_SLOTS, DAY_SLOTS)
    if day % 7 >= 5 or not 13 * 60 <= minute < 19 * 60:
        return 1
    return 2 if minute < 15 * 60 else 3


def _bump(minute: int, centre: int, width: int) -> float:
    return math.exp(-(((minute - centre) / width) ** 2))


@lru_cache
def _shape(*, weekend: bool) -> tuple[float, ...]:
    morning, lunch, evening = (9 * 60, 350.0, 250.0) if weekend else (7 * 60, 100.0, 450.0), 13 * 60, 19 * 60
    centre, midday, late = morning
    return tuple(
        180 + 400 * _bump(m, centre, 70) + midday * _bump(m, lunch, 120) + late * _bump(m, evening, 130)
        for m in range(DAY_SLOTS)
    )


@lru_cache
def _sun() -> tuple[float, ...]:
    return tuple(max(math.sin((m - 360) / 720 * math.pi), 0.0) ** 1.3 for m in range(DAY_SLOTS))


def _load_of_day(rng: random.Random, *, weekend: bool) -> list[float]:
    busy = rng.uniform(0.85, 1.2)
    fridge, cycle = rng.randrange(45), 45
    load = [
        busy * watts + (110.0 if (minute + fridge) % cycle < 15 else 0.0) + rng.random() * 25
        for minute, watts in enumerate(_shape(weekend=weekend))
    ]
    for watts, minutes, earliest, latest, chance in _APPLIANCES:
        if rng.random() < chance:
            start = rng.randint(earliest, latest)
            for minute in range(start, min(start + minutes, DAY_SLOTS)):
                load[minute] += watts
    return load


def _solar_of_day(rng: random.Random) -> list[float]:
    haze = rng.uniform(0.35, 1.0)
    clouds = rng.uniform(0.02, 0.25)
    clear, result = 1.0, []
    for height in _sun():
        clear = min(max(clear + rng.uniform(-clouds, clouds) + (1 - clear) * 0.1, 0.15), 1.0)
        result.append(3800 * haze * clear * height)
    return result


@lru_cache(maxsize=16)
def pattern(seed: int) -> Pattern:
    """The pattern of a seed; making one takes about a tenth of a second."""
    return Pattern(seed)


class Household:
    """A household at a place: all times are Unix times, ``tz_offset`` is in seconds east of UTC."""

    def __init__(self, seed: int, tz_offset: int) -> None:
        self._seed = seed
        self._offset = tz_offset

    @property
    def _pattern(self) -> Pattern:
        return pattern(self._seed)

    def power(self, time: float) -> int:
        """Net power in W, negative while the household feeds the grid."""
        slot = int((time + self._offset - REFERENCE) // SLOT) % CYCLE_SLOTS
        return int(self._pattern.net[slot])

    def energy(self, flow: str, time: float, tier: int = 0) -> float:
        """Wh ``delivered`` or ``received`` since the reference time; tier 0 is the total."""
        found = self._pattern.by_tier[flow][tier] if tier else self._pattern.total[flow]
        return found.at(time + self._offset)

    def tier(self, time: float) -> int:
        """The time-of-use tier in force."""
        return tier_at(int((time + self._offset - REFERENCE) // SLOT))

    def peak_demand(self, flow: str) -> int:
        """The highest demand (W, mean of 15 minutes) there is."""
        return round(self._pattern.peak[flow])
