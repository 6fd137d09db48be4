"""Reads a utility's Green Button file: usage points of electricity with their readings in Wh, and what was left out.

Entries refer to one another by their links, whatever their order: a MeterReading is related to the collection that its
IntervalBlocks are "up" to, and to its ReadingType. :func:`read_steps` pauses after every few milliseconds of work.
"""

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from .codes import COST_DIGITS, CURRENCIES, Accumulation, Commodity, Flow, Quality, ServiceKind, Unit
from .errors import GreenButtonError, Skip, Unreadable
from .local_time import NO_RULE, LocalTime
from .parse import LAST, LONGEST_INTERVAL, MOST, Entry, Parser
from .series import Reading, Run, Series, assemble

PIECE = 32 * 1024
"""Bytes that are taken at a time."""
_BY_NUMBER = {number: code for code, number in CURRENCIES.items()}
_INTERVAL_DATA = frozenset({Accumulation.NONE, Accumulation.DELTA_DATA})
_LARGEST_MULTIPLIER = 12
_MOST_SKIPPED = 50


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of the file that was left out."""

    title: str
    reason: Skip
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A MeterReading of interval data in Wh, one direction of it."""

    title: str
    flow: Flow
    wh_per_unit: float
    """What a value of 1 is: ten to the powerOfTenMultiplier."""
    currency: str | None
    interval_length: int
    default_quality: int
    series: Series

    def wh(self) -> Iterator[tuple[int, int, float, Reading]]:
        """Yield start, duration and energy of each reading, oldest first."""
        for reading in self.series:
            yield reading.start, reading.duration, reading.value * self.wh_per_unit, reading

    def quality(self, reading: Reading) -> int:
        """Return the QualityOfReading that holds for a reading."""
        return self.default_quality if reading.quality < 0 else reading.quality


@dataclass(frozen=True, slots=True)
class BillSummary:
    """UsageSummary (ElectricPowerUsageSummary of old): what was billed for a period."""

    start: int
    duration: int
    wh: float | None
    amount: Decimal | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class UsagePoint:
    """A point at which electricity is measured."""

    title: str
    role_flags: str
    local_time: LocalTime | None
    registers: tuple[Register, ...]
    summaries: tuple[BillSummary, ...]


@dataclass(frozen=True, slots=True)
class GreenButtonFile:
    """What a file says."""

    usage_points: tuple[UsagePoint, ...]
    skipped: tuple[Skipped, ...]
    unreadable_readings: int


@dataclass(slots=True)
class _Found:
    points: list[Entry] = field(default_factory=list)
    readings: list[Entry] = field(default_factory=list)
    kinds: dict[str, Entry] = field(default_factory=dict)
    clocks: dict[str, Entry] = field(default_factory=dict)
    summaries: dict[str, list[Entry]] = field(default_factory=dict)
    blocks: dict[str, list[Entry]] = field(default_factory=dict)
    """By the link that says what they belong to."""

    def take(self, entry: Entry) -> None:
        match entry.kind:
            case "UsagePoint":
                self.points.append(entry)
            case "MeterReading":
                self.readings.append(entry)
            case "ReadingType":
                self.kinds[entry.own] = entry
            case "LocalTimeParameters":
                self.clocks[entry.own] = entry
            case "IntervalBlock":
                self.blocks.setdefault(entry.up or entry.own, []).append(entry)
            case _:
                self.summaries.setdefault(entry.up, []).append(entry)

    def complete(self) -> None:
        """Put in what some utilities leave out: a single MeterReading, and the UsagePoint of those that have none."""
        if not self.readings and len(self.kinds) == 1 and self.blocks:
            self.readings.append(Entry("MeterReading", next(iter(self.kinds.values())).title))
        if not self.points and self.readings:
            self.points.append(Entry("UsagePoint", self.readings[0].title))


def read_file(source: BinaryIO) -> GreenButtonFile:
    """Read a file at once; for an executor, whose thread lets others go on after each step."""
    steps = read_steps(iter(lambda: source.read(PIECE), b""))
    while True:
        try:
            next(steps)
            time.sleep(0)  # or the interpreter's lock is given away each 5 ms only, to whoever asks first
        except StopIteration as stop:
            found: GreenButtonFile = stop.value
            return found


def read_steps(pieces: Iterable[bytes]) -> Generator[None, None, GreenButtonFile]:
    """Read a file that comes in pieces of :data:`PIECE`; pauses after each, and while it puts them together."""
    found = _Found()
    parser = Parser(found.take)
    for piece in pieces:
        parser.feed(piece)
        yield
    parser.feed(b"", last=True)
    found.complete()
    linked = _Linked(found)
    points = yield from linked.points()
    if not points:
        others = ", ".join(dict.fromkeys(f"{each.title}: {each.reason.value}" for each in linked.skipped))
        raise GreenButtonError(Unreadable.NO_ELECTRICITY, others[:500])
    return GreenButtonFile(points, tuple(linked.skipped[:_MOST_SKIPPED]), parser.unreadable)


class _Linked:
    """Puts together what belongs together."""

    def __init__(self, found: _Found) -> None:
        self._found = found
        self.skipped: list[Skipped] = []

    def points(self) -> Generator[None, None, tuple[UsagePoint, ...]]:
        """Return the usage points of electricity that have readings or summaries."""
        points = []
        owned: set[int] = set()
        for entry in self._found.points:
            theirs = [each for each in self._found.readings if _is_part(each, entry, alone=self._alone())]
            owned |= {id(each) for each in theirs}
            kind = _number(entry, "ServiceCategory.kind", ServiceKind.ELECTRICITY)
            if kind != ServiceKind.ELECTRICITY:
                name = ServiceKind(kind).name.lower() if kind in set(ServiceKind) else str(kind)
                self.skipped.append(Skipped(entry.title, Skip.ANOTHER_SERVICE, name))
                for reading in theirs:
                    self._blocks(reading)
                continue
            registers = []
            for reading in theirs:
                register = yield from self._register(reading)
                registers += [register] if register is not None else []
            summaries = tuple(self._summaries(entry))
            if registers or summaries:
                flags = entry.leaves.get("roleFlags", "")
                clock = self._clock(entry)
                points.append(UsagePoint(entry.title, flags, clock, tuple(registers), summaries))
        for entry in self._found.readings:
            if id(entry) not in owned:
                self.skipped.append(Skipped(entry.title, Skip.NO_USAGE_POINT))
                self._blocks(entry)
        self.skipped += [
            Skipped(blocks[0].title, Skip.NO_METER_READING, up) for up, blocks in self._found.blocks.items()
        ]
        return tuple(points)

    def _alone(self) -> bool:
        return len(self._found.points) == 1

    def _register(self, entry: Entry) -> Generator[None, None, Register | None]:
        blocks = self._blocks(entry)
        kind = next((self._found.kinds[each] for each in entry.related if each in self._found.kinds), None)
        if kind is None and len(self._found.kinds) == len(self._found.readings) == 1:
            kind = next(iter(self._found.kinds.values()))
        if kind is None:
            self.skipped.append(Skipped(entry.title, Skip.NO_READING_TYPE))
            return None
        if (reason := _unfit(kind)) is not None:
            self.skipped.append(Skipped(entry.title or kind.title, *reason))
            return None
        length = _number(kind, "intervalLength", 0)
        series = yield from assemble((yield from _runs(blocks, length)))
        if not series:
            return None
        flow = _number(kind, "flowDirection", Flow.NONE)
        return Register(
            title=entry.title,
            flow=Flow(flow) if flow in set(Flow) else Flow.NONE,
            wh_per_unit=_power(_number(kind, "powerOfTenMultiplier", 0)),
            currency=_BY_NUMBER.get(_number(kind, "currency", 0)),
            interval_length=length,
            default_quality=_number(kind, "defaultQuality", Quality.VALID),
            series=series,
        )

    def _blocks(self, reading: Entry) -> list[Entry]:
        """Take the blocks of a MeterReading out of what is left."""
        places = [*reading.related, reading.own, f"{reading.own}/IntervalBlock"]
        if len(self._found.readings) == 1:
            places = list(self._found.blocks)
        return [block for each in dict.fromkeys(places) for block in self._found.blocks.pop(each, ())]

    def _clock(self, point: Entry) -> LocalTime | None:
        entry = next((self._found.clocks[each] for each in point.related if each in self._found.clocks), None)
        if entry is None and len(self._found.clocks) == 1:
            entry = next(iter(self._found.clocks.values()))
        if entry is None:
            return None
        rules = (entry.leaves.get(name, NO_RULE) for name in ("dstStartRule", "dstEndRule"))
        return LocalTime(_number(entry, "tzOffset", 0), _number(entry, "dstOffset", 0), *rules)

    def _summaries(self, point: Entry) -> Iterator[BillSummary]:
        places = [*point.related, point.own, f"{point.own}/UsageSummary"]
        if self._alone():
            places = list(self._found.summaries)
        for entry in (each for place in dict.fromkeys(places) for each in self._found.summaries.pop(place, ())):
            start, duration = (_number(entry, f"billingPeriod.{name}", -1) for name in ("start", "duration"))
            if not (0 <= start < LAST and 0 < duration <= LONGEST_INTERVAL):
                continue
            used = "overallConsumptionLastPeriod"
            if f"{used}.value" not in entry.leaves:
                used = "currentBillingPeriodOverAllConsumption"
            wh, value = None, _number(entry, f"{used}.value", None)
            if value is not None and _number(entry, f"{used}.uom", Unit.WH) == Unit.WH:
                wh = value * _power(_number(entry, f"{used}.powerOfTenMultiplier", 0))
            bill = _number(entry, "billLastPeriod", None)
            amount = None if bill is None else Decimal(bill).scaleb(-COST_DIGITS)
            currency = _BY_NUMBER.get(_number(entry, "currency", 0))
            yield BillSummary(start, duration, wh, amount, currency)


def _is_part(reading: Entry, point: Entry, *, alone: bool) -> bool:
    return (
        reading.up in point.related
        or reading.own in point.related
        or reading.up == f"{point.own}/MeterReading"
        or alone
    )


def _unfit(kind: Entry) -> tuple[Skip, str] | None:
    commodity = _number(kind, "commodity", 0)
    if commodity and commodity not in set(Commodity):
        return Skip.ANOTHER_SERVICE, f"commodity {commodity}"
    if (unit := _number(kind, "uom", -1)) != Unit.WH:
        return Skip.ANOTHER_UNIT, f"uom {unit}"
    if abs(power := _number(kind, "powerOfTenMultiplier", 0)) > _LARGEST_MULTIPLIER:
        return Skip.ANOTHER_UNIT, f"powerOfTenMultiplier {power}"
    if (behaviour := _number(kind, "accumulationBehaviour", Accumulation.DELTA_DATA)) not in _INTERVAL_DATA:
        return Skip.A_COUNTER, f"accumulationBehaviour {behaviour}"
    return None


def _runs(blocks: list[Entry], length: int) -> Generator[None, None, Iterator[Run]]:
    """Return the runs of blocks, those of a block that was updated later first; they are let go as they are taken."""
    runs: deque[Run] = deque()
    for rank, block in enumerate(sorted(blocks, key=lambda each: -each.updated)):
        for run in _timed(block.runs, length) if block.untimed else block.runs:
            run.rank = rank
            runs.append(run)
        block.runs = []
        yield
    return (runs.popleft() for _ in range(len(runs)))


def _timed(runs: Iterable[Run], length: int) -> Iterator[Run]:
    """Yield the runs of a block with times: without a timePeriod "readings for each intervalLength are present"."""
    block, at = None, 0
    for run in runs:
        timed = Run()
        for reading in run:
            if reading.duration:
                timed.add(reading)
            elif length > 0:
                block, at = reading.start, at + 1 if reading.start == block else 0
                timed.add(reading._replace(start=block + at * length, duration=length))
        timed.sort()
        yield timed


def _number[Otherwise: (int, None)](entry: Entry, leaf: str, otherwise: Otherwise) -> int | Otherwise:
    try:
        number = int(entry.leaves[leaf])
    except KeyError, ValueError:
        return otherwise
    return number if abs(number) <= MOST else otherwise


def _power(exponent: int) -> float:
    """Return ten to a power."""
    bounded = max(-_LARGEST_MULTIPLIER, min(_LARGEST_MULTIPLIER, exponent))
    return float(10**bounded) if bounded >= 0 else 1 / float(10**-bounded)
