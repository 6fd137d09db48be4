"""Keeps values of meter registers away that cannot be, and goes on counting over a meter that was replaced.

One wrong value of a lifetime register ruins an energy statistic for good. Each is judged by what the register can
physically have done since it last *changed*: some move every second, others once an hour. What does not follow is kept
aside; when it goes on for long, consistent with itself, it is a new series (a meter replaced, a counter set), and what
is shown goes on from where it stood. All energies are in Wh, power in W, times are Home Assistant's.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ..esi.typed import plain
from ..gateway import Readings, Register, RegisterKind

_MOST_WATTS = 100_000.0
"""More than a home's service carries: 400 A at 240 V, or three phases of 125 A at 230 V.

Behind current transformers the meter counts a part of it, and a person says what it is to be multiplied by: the limits
are multiplied likewise. What the meter tells of power makes no room for energy: a scale that is wrong is so for both.
"""
_MOST_WATTS_SHOWN = 500_000.0
"""A reading of power is gone with the next, and ruins no statistic: what a small business draws is shown."""
_MOST_ENERGY = 1e11
"""What the widest register of a meter's display shows, eight digits of kWh, in Wh."""
_SLACK = 1000.0
"""The finest step that some registers move by, in Wh."""
_LONGEST_UPDATE = timedelta(minutes=90)
"""How long a register may keep what it counts to itself while it is read all the time; one that sits still earns no
more than this, or a quiet night would make room for any spike."""
_LARGE_STEP = 5000.0
"""A step in Wh that may turn out to have been none."""
_BELIEVED_READS, _BELIEVED_SECONDS = 12, 86_400.0
"""How often and how long a new series has to be seen. Of the time between two readings at most a twelfth counts: no
outage confirms anything."""
_ASKED_READS, _ASKED_SECONDS = 3, 900.0
"""After how much of it a person is asked: what is over by then was a rejoin or a restart."""
_STRAYS = 4
"""One stray in so many consistent readings does not end a series."""


@dataclass(frozen=True, slots=True)
class Moves:
    """How a register can move."""

    falls: bool = False
    """Whether it counts both ways: what is delivered less what is received (flowDirection net)."""
    factor: float = 1.0
    """By how much its value is more than what the meter itself counts: all limits in W and Wh are the meter's own."""

    @property
    def slack(self) -> float:
        """The finest step, in Wh."""
        return _SLACK * self.factor


@dataclass(frozen=True, slots=True)
class Point:
    """A value, when it was first read, and when it was last read."""

    value: float
    since: datetime
    seen: datetime

    def at(self, value: float, now: datetime) -> Point:
        """Return the point after ``value`` was read."""
        return replace(self, seen=now) if value == self.value else Point(value, now, now)

    def leads_to(self, value: float, now: datetime, *, how: Moves) -> bool:
        """Whether the register can show ``value`` now."""
        # Where the clock stepped back nobody knows how long it was: a register's own update at most.
        counted = max(min(now - self.since, now - self.seen + _LONGEST_UPDATE), timedelta(0))
        hours = (counted if now >= self.seen else _LONGEST_UPDATE) / timedelta(hours=1)
        most = _MOST_WATTS * how.factor * hours + how.slack
        return (-most if how.falls else 0.0) <= value - self.value <= most


@dataclass(slots=True)
class Doubt:
    """Readings that follow on each other and not on what was believed; ``first`` is the first value of them."""

    first: float
    point: Point
    reads: int = 1
    strays: int = 0
    observed: float = 0.0
    """In seconds."""
    denied: bool = False
    """Whether a person says that it is not true, however long it lasts."""

    def take(self, value: float, now: datetime, *, how: Moves) -> bool:
        """Take one more reading; False where it belongs to neither this series nor the strays that it bears."""
        if not self.point.leads_to(value, now, how=how):
            self.strays += 1
            return self.strays * _STRAYS <= self.reads
        seconds = (now - self.point.seen).total_seconds()
        self.observed += min(max(seconds, 0.0), _BELIEVED_SECONDS / _BELIEVED_READS)
        self.point = self.point.at(value, now)
        self.reads += 1
        return True

    @property
    def goes_on(self) -> bool:
        """Whether it was seen to count by itself, and nobody says that it is not true."""
        return not self.denied and self.reads >= _ASKED_READS and self.point.value != self.first

    @property
    def asks(self) -> bool:
        """Whether it is time to ask a person."""
        return not self.denied and self.reads >= _ASKED_READS and self.observed >= _ASKED_SECONDS

    @property
    def believed(self) -> bool:
        """Whether there is nothing left to wait for."""
        return not self.denied and self.reads >= _BELIEVED_READS and self.observed >= _BELIEVED_SECONDS


@dataclass(frozen=True, slots=True)
class Rebase:
    """A register went over to a new series: when, from and to which value of the meter's, and what it was before."""

    at: datetime
    before: Point
    offset: float
    to: float


@dataclass(slots=True)
class Series:
    """What is believed of one register: the meter's own value, and what has to be added to it to go on counting."""

    point: Point
    shown: float
    offset: float = 0.0
    step_from: Point | None = None
    """Where it stood before the last large step."""
    rebase: Rebase | None = None
    """The last, until a person has agreed to it or taken it back."""
    anew: bool = False
    """Whether the next reading is another meter's, and begins a series of its own."""

    def take(self, value: float, now: datetime, *, how: Moves) -> bool:
        """Take a reading that follows; False where it does not."""
        if self.point.leads_to(value, now, how=how):
            if abs(value - self.point.value) > _LARGE_STEP * how.factor:
                self.step_from = self.point
            self.point = self.point.at(value, now)
        elif not how.falls and 0 < self.point.value - value <= how.slack:
            self.point = replace(self.point, seen=now)  # two counters of one meter, rounded each in its way
        elif self.step_from is not None and self._undoes_step(self.step_from, value, now, how=how):
            # The step was none. What is shown stays until the register has caught up: then nothing was counted twice.
            self.point, self.step_from = Point(value, now, now), None
        else:
            return False
        shown = self.point.value + self.offset
        self.shown = shown if how.falls else max(self.shown, shown)
        return True

    def _undoes_step(self, before: Point, value: float, now: datetime, *, how: Moves) -> bool:
        """Whether it goes on from before the last large step; with time that leads to any leap beyond it as well."""
        back = abs(value - before.value) < abs(value - self.point.value)
        return back and before.leads_to(value, now, how=how)

    def begin(self, doubt: Doubt, now: datetime) -> None:
        """Go over to the series that was doubted: what it has counted since it was first read is counted."""
        self.rebase = Rebase(now, self.point, self.offset, doubt.first)
        self.offset = self.shown - doubt.first
        self.point, self.step_from, self.anew = doubt.point, None, False
        self.shown = self.point.value + self.offset

    def undo(self) -> Doubt | None:
        """Take the rebase back, and return the series that was none; the register has to go on from before it."""
        if (rebase := self.rebase) is None:
            return None
        doubt = Doubt(rebase.to, self.point, denied=True)
        self.point, self.offset, self.rebase, self.step_from = rebase.before, rebase.offset, None, None
        return doubt


@dataclass(slots=True)
class GuardRecord:
    """What a guard has to know after a restart, by register key."""

    series: dict[str, Series] = field(default_factory=dict)
    doubts: dict[str, Doubt] = field(default_factory=dict)

    @classmethod
    def of_values(cls, values: Mapping[str, float], at: datetime) -> GuardRecord:
        """Return it of values that were shown before there was a guard for them."""
        return cls({key: Series(Point(value, at, at), value) for key, value in values.items()})


class RegisterGuard:
    """Judges what was read of a gateway's registers, whatever the transport; kept with the gateway's record."""

    def __init__(self, kept: GuardRecord | None = None) -> None:
        self._kept = kept or GuardRecord()

    @property
    def series(self) -> Mapping[str, Series]:
        """What is believed, by register key."""
        return self._kept.series

    @property
    def doubts(self) -> Mapping[str, Doubt]:
        """What is read and not believed, by register key."""
        return self._kept.doubts

    @property
    def asks(self) -> Sequence[str]:
        """The registers whose values have been doubted for so long that a person should say what happened."""
        return sorted(key for key, doubt in self._kept.doubts.items() if doubt.asks)

    @property
    def rebased(self) -> Sequence[str]:
        """The registers that went over to a new series, and nobody has said yet that this is right."""
        return sorted(key for key, series in self._kept.series.items() if series.rebase is not None)

    def accept(
        self, readings: Readings, registers: Iterable[Register], now: datetime, *, factor: float = 1.0
    ) -> Readings:
        """Return what was read ``now`` as it may be shown: without what is doubted, which is named instead.

        ``factor`` is what the meter's own values were multiplied by.
        """
        known = [register for register in registers if register.key in readings.values]
        counting = any(_counts(register) and readings.values[register.key] > 0 for register in known)
        values: dict[str, float] = {}
        doubted: set[str] = set()
        for register in known:
            how = Moves(register.direction == "net", max(factor, 1.0))
            shown = self._shown(register, readings.values[register.key], now, how=how, counting=counting)
            if shown is None:
                doubted.add(register.key)
            else:
                values[register.key] = shown
        return replace(readings, values=values, doubted=frozenset(doubted))

    def _shown(self, register: Register, value: float, now: datetime, *, how: Moves, counting: bool) -> float | None:
        if not _counts(register):
            return value if abs(value) <= _MOST_WATTS_SHOWN * how.factor else None
        most = _MOST_ENERGY * how.factor
        if not -most * how.falls <= value <= most:
            return None  # for as long as it is said
        return self._judge(register.key, value, now, how=how, counting=counting)

    def _judge(self, key: str, value: float, now: datetime, *, how: Moves, counting: bool) -> float | None:
        series = self._kept.series.get(key)
        if series is None:
            # A meter that has just begun answers zero for everything; with one register that counts, zero is a value.
            if counting or how.falls:
                self._kept.series[key] = Series(Point(value, now, now), value)
                self._kept.doubts.pop(key, None)
                return value
        elif series.anew:
            series.begin(Doubt(value, Point(value, now, now)), now)
            series.rebase = None
            return series.shown
        elif not self._goes_on_doubted(key, value, now, how=how) and series.take(value, now, how=how):
            self._kept.doubts.pop(key, None)
            return series.shown
        if (doubt := self._kept.doubts.get(key)) is None or not doubt.take(value, now, how=how):
            doubt = self._kept.doubts[key] = Doubt(value, Point(value, now, now))
        return self._go_over(key, now) if doubt.believed else None

    def _goes_on_doubted(self, key: str, value: float, now: datetime, *, how: Moves) -> bool:
        """Whether it is more of what is doubted already: time makes room for any leap, and does not make it true.

        A meter that shows less than the one before it comes to what that had shown step by step, and is none the less
        another one.
        """
        doubt, series = self._kept.doubts.get(key), self._kept.series[key]
        if doubt is None:
            return False
        step = abs(value - doubt.point.value)
        if step >= abs(value - series.point.value) and not (doubt.goes_on and step <= how.slack):
            return False
        return doubt.point.leads_to(value, now, how=how)

    def _go_over(self, key: str, now: datetime) -> float:
        doubt = self._kept.doubts.pop(key)
        if (series := self._kept.series.get(key)) is None:
            series = self._kept.series[key] = Series(doubt.point, doubt.point.value)
        else:
            series.begin(doubt, now)
        return series.shown

    def go_over(self, keys: Collection[str], now: datetime) -> None:
        """Believe the doubted series of ``keys`` at once: a person says that the meter was replaced, or set."""
        for key in keys:
            if key in self._kept.doubts:
                self._go_over(key, now)

    def deny(self, keys: Collection[str]) -> None:
        """Never believe the doubted series of ``keys``: a person says that the meter is the same, and not set."""
        for key in keys:
            if (doubt := self._kept.doubts.get(key)) is not None:
                doubt.denied = True

    def expect_other_meter(self) -> None:
        """Go on counting with whatever the next readings are: a person says that the meter is another one."""
        self._kept.doubts.clear()
        for series in self._kept.series.values():
            series.anew, series.rebase = True, None

    def agree(self, keys: Collection[str]) -> None:
        """Keep the rebases of ``keys`` for good."""
        for key in keys:
            if (series := self._kept.series.get(key)) is not None:
                series.rebase = None

    def undo(self, keys: Collection[str]) -> None:
        """Take the rebases of ``keys`` back."""
        for key in keys:
            if (series := self._kept.series.get(key)) is not None and (doubt := series.undo()) is not None:
                self._kept.doubts[key] = doubt

    def to_dict(self) -> dict[str, Any]:
        """Return what a :class:`GuardRecord` is read from again, JSON-safe."""
        kept: dict[str, Any] = plain(asdict(self._kept))
        return kept


def _counts(register: Register) -> bool:
    return register.kind is RegisterKind.SUMMATION
