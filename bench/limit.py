"""A capacity limit over a simulated day: how well it is held, and what a reading of the meter costs.

The home's own load goes by a seeded profile of minutes; a charger, a water heater and a heat pump want so much energy
and can be lowered. What they are kept from they want later, so that no limit is held by losing it. The meter is read
each 30 s, 25 s after the profile changes, and devices follow within 5 s of being told.

:class:`~custom_components.utility_han.procedures.PremiseLimit` is told of them what Home Assistant knows of such
devices: the charger has a limit in watts, the water heater a sensor of its power, the heat pump nothing.
"""

import math
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched
from typing import Any

from custom_components.utility_han.procedures import LimitedLoad, LimitState, PremiseLimit

DEVICES = (2, 10, 100)
_SEED = 16
_STEP, _POLL, _AFTER_CHANGE = 5, 30, 25
_DAY = 86400
_LIMIT, _LOW_LIMIT, _LOW_HOUR = 5000.0, 3000.0, 18
_PLOTTED = 300
"""Seconds to a point of the day."""
_EVENING = slice(17 * 120, 17 * 120 + 300)
"""The readings from 17:00 on, each of which is shown."""
_READINGS = 2000
_ROUNDS = 5


@dataclass(slots=True)
class Appliance:
    """What wants energy: it runs from when ``begins_at`` Wh are owed to it until nothing is."""

    name: str
    importance: int
    watts: float
    begins_at: float
    wants: Mapping[int, float]
    """Wh that it wants besides from a minute of the day on."""
    loses: float = 0.0
    """Watts that it wants all day."""
    stepless: bool = False
    measured: bool = True
    owed: float = 0.0
    level: float = 1.0
    told: int = 0
    _running: bool = False

    def draw(self, second: int) -> float:
        """Return the watts of the next step."""
        self.owed += self.loses * _STEP / 3600
        if second % 60 == 0:
            self.owed += self.wants.get(second // 60, 0.0)
        self._running = self._running or self.owed > self.begins_at
        watts = self.watts * self.level if self._running else 0.0
        self.owed = max(self.owed - watts * _STEP / 3600, 0.0)
        self._running = self._running and self.owed > 0
        return watts

    def load(self, drawn: float) -> LimitedLoad:
        """Return it as the controller sees it."""
        known = self.watts if self.stepless else None
        return LimitedLoad(self.name, self.importance, self.stepless, drawn if self.measured else None, known)


def _appliances() -> list[Appliance]:
    return [
        Appliance("charger", 3, 7400, 0, {17 * 60: 12_000.0}, stepless=True),
        Appliance("water_heater", 5, 3000, 600, {7 * 60: 2000.0, 13 * 60: 700.0, 19 * 60: 800.0, 1290: 1500.0}, 60),
        Appliance("heat_pump", 8, 2000, 500, {}, 900, measured=False),
    ]


def base_load() -> list[float]:
    """Return the watts of what cannot be controlled in each minute of the day."""
    seeded = random.Random(_SEED)
    kettle = {minute + more for minute in (402, 455, 630, 960, 1098, 1220) for more in range(3)}
    oven = {minute for start in (740, 1085) for minute in range(start, start + 50) if (minute - start) % 7 < 4}
    hob = {minute for minute in range(1090, 1125) if minute % 5 < 3}
    return [
        150
        + 90 * (minute % 45 < 20)  # the fridge
        + 700 * _peak(minute, 440, 45)
        + 900 * _peak(minute, 1180, 110)
        + 2000 * (minute in kettle)
        + 2400 * (minute in oven)
        + 1500 * (minute in hob)
        + abs(seeded.gauss(0, 60))
        for minute in range(_DAY // 60)
    ]


def _peak(minute: int, at: int, width: int) -> float:
    return math.exp(-(((minute - at) / width) ** 2))


def limit_at(second: int) -> float:
    """Return the limit of a second of the day."""
    return _LOW_LIMIT if second // 3600 == _LOW_HOUR else _LIMIT


@dataclass(slots=True)
class Day:
    """What a day came to."""

    readings: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)
    """What of each reading cannot be controlled."""
    limits: list[float] = field(default_factory=list)
    above_wh: float = 0.0
    base_above_wh: float = 0.0
    """What of that the home's own load is to blame for alone."""
    quarters: list[float] = field(default_factory=list)
    """Watts of each quarter of an hour."""
    told: dict[str, int] = field(default_factory=dict)
    undone_wh: float = 0.0
    """What appliances still want when it ends."""

    def excesses(self, *, avoidable: bool) -> Iterator[float]:
        """Yield the share of the limit by which each reading is above it, 0 where it is not.

        Those are not ``avoidable`` with which the home's own load alone is above it.
        """
        for reading, base, limit in zip(self.readings, self.base, self.limits, strict=True):
            yield max(reading / limit - 1, 0.0) if (base <= limit) is avoidable else 0.0


def a_day(base: Sequence[float], *, controlled: bool) -> Day:
    """Live a day."""
    day, appliances = Day(), _appliances()
    state, limit = LimitState(), 0.0
    drawn = [0.0] * len(appliances)
    wanted = [1.0] * len(appliances)
    for second in range(0, _DAY, _STEP):
        if second % 900 == 0:
            day.quarters.append(0.0)
        drawn = [each.draw(second) for each in appliances]
        for each, level in zip(appliances, wanted, strict=True):
            each.level = level
        own, now = base[second // 60], limit_at(second)
        total = own + sum(drawn)
        day.above_wh += max(total - now, 0.0) * _STEP / 3600
        day.base_above_wh += max(own - now, 0.0) * _STEP / 3600
        day.quarters[-1] += total * _STEP / 900
        if second % _POLL != _AFTER_CHANGE:
            continue
        day.readings.append(total)
        day.base.append(own)
        day.limits.append(now)
        if not controlled:
            continue
        if now != limit:  # another control begins: it takes over how devices stand
            state, limit = replace(state, measured=None, changes=[], unsure=[]), now
        keeper = PremiseLimit(state, limit)
        keeper.settle([each.load(watts) for each, watts in zip(appliances, drawn, strict=True)], total, float(second))
        wanted = [keeper.level(each.name) for each in appliances]
        for each, level in zip(appliances, wanted, strict=True):
            each.told += level != each.level
    day.told = {each.name: each.told for each in appliances}
    day.undone_wh = sum(each.owed for each in appliances)
    return day


def measure() -> dict[str, Any]:
    """Return how a day with the limit was, beside one without, and µs of CPU of a reading."""
    base = base_load()
    free, held = a_day(base, controlled=False), a_day(base, controlled=True)
    excesses = list(held.excesses(avoidable=True))
    by_devices = [_reading_us(count) for count in DEVICES]
    return {
        "polls": len(held.readings),
        "polls_above": {
            "without": sum(map(bool, free.excesses(avoidable=True))),
            "with": sum(map(bool, excesses)),
            "base_alone": sum(map(bool, held.excesses(avoidable=False))),
        },
        "longest_run": {
            "without": _longest_run(list(free.excesses(avoidable=True))),
            "with": _longest_run(excesses),
        },
        "overshoot_percent": {
            "without": round(100 * max(free.excesses(avoidable=True)), 1),
            "with": round(100 * max(excesses), 1),
        },
        "above_wh": {
            "without": round(free.above_wh),
            "with": round(held.above_wh),
            "base_alone": round(held.base_above_wh),
        },
        "quarter_kw": {"without": round(max(free.quarters) / 1000, 2), "with": round(max(held.quarters) / 1000, 2)},
        "told": held.told,
        "undone_kwh": {"without": round(free.undone_wh / 1000, 2), "with": round(held.undone_wh / 1000, 2)},
        "devices": list(DEVICES),
        "reading_us": by_devices,
        "exponent": round(math.log(by_devices[-1] / by_devices[-2]) / math.log(DEVICES[-1] / DEVICES[-2]), 2),
        "ratio_day": round(_cpu_of_day(base, controlled=True) / _cpu_of_day(base, controlled=False), 2),
        "day": {
            "hours": [round(second / 3600, 3) for second in range(0, _DAY, _PLOTTED)],
            "without_kw": _highest(free.readings),
            "with_kw": _highest(held.readings),
            "limit_kw": _highest(held.limits),
        },
        "evening": {
            "hours": [round(poll * _POLL / 3600, 3) for poll in range(_EVENING.start, _EVENING.stop)],
            "with_kw": _kw(held.readings[_EVENING]),
            "own_kw": _kw(held.base[_EVENING]),
            "limit_kw": _kw(held.limits[_EVENING]),
        },
    }


def _longest_run(excesses: Sequence[float]) -> int:
    longest = run = 0
    for excess in excesses:
        run = run + 1 if excess else 0
        longest = max(longest, run)
    return longest


def _highest(watts: Sequence[float]) -> list[float]:
    """Return the highest of each few minutes, in kW: one poll above the limit is to be seen."""
    return _kw([max(each) for each in batched(watts, _PLOTTED // _POLL, strict=True)])


def _kw(watts: Sequence[float]) -> list[float]:
    return [round(each / 1000, 2) for each in watts]


def _cpu_of_day(base: Sequence[float], *, controlled: bool) -> float:
    def once() -> float:
        start = time.process_time()
        a_day(base, controlled=controlled)
        return time.process_time() - start

    return min(once() for _ in range(_ROUNDS))


def _reading_us(devices: int) -> float:
    """Return µs of CPU of a reading, of a load that goes above the limit and comes back all the time."""
    seeded = random.Random(_SEED)
    keeper = PremiseLimit(state := LimitState(), _LIMIT)
    most = 2 * _LIMIT / devices
    spent = 0.0
    for number in range(_READINGS):
        own = seeded.uniform(0, _LIMIT)
        loads = [
            LimitedLoad(str(each), each % 10, each % 2 == 0, most * state.levels.get(str(each), 1.0), most)
            for each in range(devices)
        ]
        reading = own + sum(load.drawn or 0.0 for load in loads)
        start = time.process_time()
        keeper.settle(loads, reading, float(number * _POLL))
        spent += time.process_time() - start
    return round(spent / _READINGS * 1e6, 1)
