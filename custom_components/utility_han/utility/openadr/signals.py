"""Makes of events what a home is told: controls, prices, messages and what is shown.

Which payload becomes what is in :mod:`.payloads`; how its value is to be taken is here, and says the text of the type
(``event-interval-payloads.schema.yaml``). Units are the descriptor's of the event, else of its program.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush, nsmallest
from itertools import pairwise
from typing import Any

from ...esi import (
    ControlStatus,
    LoadControl,
    Message,
    Price,
    PriceSchedule,
    Priority,
    ReductionUnit,
    Signal,
    Source,
    TargetReduction,
    Wanted,
)
from .model import Descriptor, Value, VtnEvent, VtnProgram
from .payloads import KINDS, Becomes
from .periods import Part, parts, slots
from .reading import Notes

_PAST = timedelta(hours=1)
_TOLD_PAST = timedelta(hours=25)
"""Of what is shown: the day that lasts, from its beginning, also where it is one on which clocks are put back."""
_AHEAD = timedelta(days=2)
_PRICES_AHEAD = timedelta(days=7)
_MOST_PARTS = 100_000
"""Of all events together: prices every five minutes for a week are two thousand."""
_MOST_MESSAGES = 200
_MOST_CONTROLS = 100
"""Of what one program asks at once and next: each is shown, kept and answered, and nobody holds more."""
_LONGEST_CONTROL = timedelta(hours=24)
_MANAGER = 1 << 14
"""Energy management system (DeviceCategoryType, sep.xsd): what is asked of the premise is asked of it."""
_ALL_BUT_MANAGER = (2**32 - 1) & ~_MANAGER
_PRIORITIES = list(Priority)
_LOWEST = 2**31
"""The priority of events that have none."""
_NOTHING = Descriptor(None, None)
_OF_PREMISE = "P"
"""At the end of the ids of what is asked of the premise."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known beside the events while they are told."""

    programs: Mapping[str, VtnProgram]
    seed: str
    """Of the VEN, for randomised starts."""
    notes: Notes
    lower_percent_is_less: bool | None = None
    """What a person says of CONTROL_LEVEL_OFFSET_PERCENT; None: nothing, and it is not acted on."""
    resources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The targets of each resource, by the LFDI of its device."""
    ven: frozenset[str] = frozenset()
    """The targets of the ven."""

    def descriptor(self, event: VtnEvent, kind: str) -> Descriptor:
        """Return in what the values of a type are."""
        program = self.programs.get(event.program)
        return event.descriptors.get(kind) or (program and program.descriptors.get(kind)) or _NOTHING

    def meant(self, event: VtnEvent) -> frozenset[str] | None:
        """Return the devices that an event is aimed at, None where it is for all of the VEN's."""
        if not event.targets or event.targets & self.ven:
            return None
        return frozenset(lfdi for lfdi, targets in self.resources.items() if targets & event.targets)


def device_program(program: str, lfdi: str) -> str:
    """Return the name of what a program asks of one device alone."""
    return f"{program}/{lfdi}"


def of_premise(control_id: str) -> bool:
    """Return whether a control is one of the premise, by its id."""
    return control_id.endswith(_OF_PREMISE)


def controls(
    events: Iterable[VtnEvent], devices: Collection[str], now: datetime, telling: Telling
) -> list[LoadControl]:
    """Return the load controls for devices, soonest first."""
    by_program: dict[str, list[LoadControl]] = {}
    for event, meant, part, asks, premise in _bounded(_asked_by(events, now, telling), telling):
        if premise and telling.resources and meant is not None and not meant:
            telling.notes.add(f"event {event.id}: its limit is aimed at others")
            continue
        aimed: Iterable[str | None] = (None,) if premise or meant is None else sorted(meant & set(devices))
        for lfdi in aimed:
            for control in _pieces(event, part, asks, premise=premise, lfdi=lfdi, now=now):
                by_program.setdefault(control.program, []).append(control)
    found: list[LoadControl] = []
    for program, asked in by_program.items():
        if len(asked) > _MOST_CONTROLS:
            telling.notes.add(f"program {program} asks for more than {_MOST_CONTROLS} things: the first are taken up")
        # What is over comes last, and of what is asked for now the one that goes before the others first.
        found += nsmallest(
            _MOST_CONTROLS, asked, key=lambda each: (each.end <= now, max(each.start, now), each.primacy, each.id)
        )
    return sorted(found, key=lambda control: (control.start, control.id))


def _asked_by(
    events: Iterable[VtnEvent], now: datetime, telling: Telling
) -> Iterator[tuple[VtnEvent, frozenset[str] | None, Part, dict[str, Any], bool]]:
    for event in events:
        meant = telling.meant(event)
        for part, asks, premise in _asked(event, now, telling):
            yield event, meant, part, asks, premise


def _bounded[T](parts: Iterable[T], telling: Telling) -> Iterator[T]:
    """Yield what events say, as far as anybody needs it: each of thousands may say something every second."""
    for place, part in enumerate(parts):
        if place == _MOST_PARTS:
            telling.notes.add(f"the events say more than {_MOST_PARTS} things, and the first are looked at")
            return
        yield part


def prices(events: Iterable[VtnEvent], now: datetime, telling: Telling) -> PriceSchedule | None:
    """Return the prices of a kWh, None where there are none; the first currency that is named is theirs."""
    told = list(events)
    bought = list(_bounded(_values(told, Becomes.PRICE, now, telling), telling))
    sold = list(_bounded(_values(told, Becomes.PRICE_RECEIVED, now, telling), telling))
    currencies = [descriptor.currency for _, _, descriptor, _ in bought + sold if descriptor.currency]
    currency = currencies[0] if currencies else None

    rivals: set[str] = set()

    def schedule(values: list[_Valued]) -> tuple[Price, ...]:
        fitting = []
        rivals.update(_rivals(values))
        for event, part, descriptor, kind in values:
            if descriptor.units not in (None, "KWH") or descriptor.currency not in (None, currency):
                telling.notes.add(
                    f"event {event.id}: {kind} per {descriptor.units} in {descriptor.currency} is not shown"
                )
            elif (value := _number(part.values[0])) is None:
                telling.notes.add(f"event {event.id}: {kind} {part.values[0]!r:.40} is not shown")
            else:
                fitting.append((_rank(event), part, value))
        return tuple(Price(start, end, value, 0) for start, end, value in in_force(fitting))

    found = PriceSchedule(currency, schedule(bought), schedule(sold))
    names = sorted(telling.programs[each].name if each in telling.programs else each for each in rivals)
    return replace(found, rivals=tuple(names)) if found.prices or found.received else None


def _rivals(values: Iterable[_Valued]) -> Iterator[str]:
    """Yield the programs of which one holds while another does that has the same priority."""
    last: dict[int | None, tuple[datetime, str]] = {}
    for event, part, _, _ in sorted(values, key=lambda each: each[1].start):
        end, program = last.get(event.priority, (part.start, event.program))
        if part.start < end and program != event.program:
            yield from (program, event.program)
        if part.end > end:
            last[event.priority] = (part.end, event.program)


def messages(events: Iterable[VtnEvent], now: datetime, telling: Telling) -> list[Message]:
    """Return the alerts in force and those to come, oldest first."""
    found = []
    for event, part, _, kind in _bounded(_values(events, Becomes.MESSAGE, now, telling), telling):
        if now < part.end:
            program = telling.programs.get(event.program)
            retailer = program.attributes.get("RETAILER_LONG_NAME", (program.name,))[0] if program else None
            text = " ".join(str(value) for value in part.values)[:1000]
            source = None if retailer is None else str(retailer)
            about = f"{event.id}:{kind}:{part.start.isoformat()}"
            found.append(Message(about, text, KINDS[kind].priority, source, part.start, part.end, alert=kind))
    most = nsmallest(
        _MOST_MESSAGES, found, key=lambda each: (max(each.start, now), -_PRIORITIES.index(each.priority), each.id)
    )
    return sorted(most, key=lambda message: (message.start, message.id))


def signals(events: Iterable[VtnEvent], now: datetime, telling: Telling) -> list[Signal]:
    """Return what is shown of the events, soonest first; of two of a type at once that of the higher priority."""
    by_type: dict[tuple[str, str, str | None, str | None], list[tuple[_Rank, Part, tuple[Value, ...]]]] = {}
    for event, part, descriptor, kind in _bounded(_values(events, Becomes.SIGNAL, now, telling), telling):
        of = (kind, event.program, descriptor.units, descriptor.currency)
        by_type.setdefault(of, []).append((_rank(event), part, part.values))
    found = [
        Signal(kind, start, end, values, units, currency, program)
        for (kind, program, units, currency), given in by_type.items()
        for start, end, values in in_force(given)
    ]
    return sorted(found, key=lambda signal: (signal.start, signal.type, signal.program or ""))


type _Rank = tuple[int, float, str]
type _Valued = tuple[VtnEvent, Part, Descriptor, str]


def _rank(event: VtnEvent) -> _Rank:
    """Return the order of events that are in force at once: "Lower numbers have a higher priority" (user guide 7.1).

    Of two with the same priority "the resulting behavior is not specified"; the one that was written last goes first.
    """
    return (_LOWEST if event.priority is None else event.priority, -event.modified.timestamp(), event.id)


def in_force[T](given: Iterable[tuple[_Rank, Part, T]]) -> Iterator[tuple[datetime, datetime, T]]:
    """Yield what is in force, without overlaps, soonest first: of what overlaps that of the lowest rank."""
    waiting = deque(sorted(enumerate(given), key=lambda each: each[1][1].start))
    times = sorted({time for _, (_, part, _) in waiting for time in (part.start, part.end)})
    open_ones: list[tuple[_Rank, int, Part, T]] = []
    last: tuple[datetime, datetime, int, T] | None = None
    for start, end in pairwise(times):
        while waiting and waiting[0][1][1].start <= start:
            place, (rank, part, value) = waiting.popleft()
            heappush(open_ones, (rank, place, part, value))
        while open_ones and open_ones[0][2].end <= start:
            heappop(open_ones)
        if not open_ones:
            continue
        _, place, _, value = open_ones[0]
        if last is not None and last[2] == place and last[1] == start:
            last = (last[0], end, place, value)
            continue
        if last is not None:
            yield last[0], last[1], last[3]
        last = (start, end, place, value)
    if last is not None:
        yield last[0], last[1], last[3]


def _values(events: Iterable[VtnEvent], becomes: Becomes, now: datetime, telling: Telling) -> Iterator[_Valued]:
    for event in events:
        kinds = {each.type for interval in event.intervals for each in interval.payloads}
        if not any(KINDS[kind].becomes is becomes for kind in kinds):
            continue
        for slot in slots(event, now - _TOLD_PAST, now + _PRICES_AHEAD, telling.seed):
            for payload in slot.interval.payloads:
                if KINDS[payload.type].becomes is becomes:
                    descriptor = telling.descriptor(event, payload.type)
                    for part in parts(slot, payload):
                        yield event, part, descriptor, payload.type


def _asked(event: VtnEvent, now: datetime, telling: Telling) -> Iterator[tuple[Part, dict[str, Any], bool]]:
    """Yield what an event asks of devices, and of the premise as a whole; together what holds for the same time."""
    kinds = {each.type for interval in event.intervals for each in interval.payloads}
    if not any(KINDS[kind].becomes in (Becomes.CONTROL, Becomes.PREMISE_LIMIT) for kind in kinds):
        return
    for slot in slots(event, now - _PAST, now + _AHEAD, telling.seed):
        together: dict[tuple[datetime, datetime, bool], tuple[Part, dict[str, Any]]] = {}
        for payload in slot.interval.payloads:
            becomes = KINDS[payload.type].becomes
            if becomes not in (Becomes.CONTROL, Becomes.PREMISE_LIMIT):
                continue
            descriptor = telling.descriptor(event, payload.type)
            for part in parts(slot, payload):
                if not (asks := ASKED[payload.type](part.values[0], descriptor, telling)):
                    what = f"{part.values[0]!r:.40} {descriptor.units or ''}"
                    telling.notes.add(f"event {event.id}: {payload.type} {what} cannot be acted on")
                    continue
                numbered = Part(
                    part.start,
                    part.end,
                    part.values,
                    (slot.turn * len(event.intervals) + slot.place) * 1000 + part.place,
                )
                of = (part.start, part.end, becomes is Becomes.PREMISE_LIMIT)
                together.setdefault(of, (numbered, {}))[1].update(asks)
        for (_, _, premise), (part, asks) in together.items():
            yield part, asks, premise


def _pieces(
    event: VtnEvent, part: Part, asks: dict[str, Any], *, premise: bool, lfdi: str | None, now: datetime
) -> Iterator[LoadControl]:
    """Yield the controls for a part of an event: more than one where it is longer than a control can be."""
    first = max((now - _PAST - part.start) // _LONGEST_CONTROL, 0)
    start, piece = part.start + first * _LONGEST_CONTROL, first
    answers = any(report.payload_type == "OPERATING_STATE" for report in event.reports)
    while start < min(part.end, now + _AHEAD):
        end = min(start + _LONGEST_CONTROL, part.end)
        status = ControlStatus.ACTIVE if start <= now < end else ControlStatus.SCHEDULED
        yield LoadControl(
            id=f"{event.id}:{part.place}:{piece}{_OF_PREMISE if premise else ''}{f'@{lfdi}' if lfdi else ''}",
            program=device_program(event.program, lfdi) if lfdi else event.program,
            primacy=_LOWEST if event.priority is None else event.priority,
            device_category=_MANAGER if premise else _ALL_BUT_MANAGER,
            created=event.modified,
            start=start,
            duration=end - start,
            status=status,
            mandatory=False,
            reply_to=event.id if answers else None,
            response_required=int(Wanted.SPECIFIC) if answers else 0,
            source=Source.UTILITY,
            **asks,
        )
        start, piece = end, piece + 1


def _number(value: Value, least: float = -1e9, most: float = 1e9) -> float | None:
    """Return a value that is a number within bounds, else None."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most else None


def _whole(name: str, least: int, most: int) -> _Asked:
    def asked(value: Value, descriptor: Descriptor, telling: Telling) -> dict[str, Any]:
        del descriptor, telling
        number = _number(value, least, most)
        return {} if number is None or number != int(number) else {name: int(number)}

    return asked


def _percent(value: Value, descriptor: Descriptor, telling: Telling) -> dict[str, Any]:
    """``units`` PERCENT is -1.0 to 1.0 (units.schema.yaml); which way is less, a person says."""
    del descriptor
    number, lower = _number(value, -1.0, 1.0), telling.lower_percent_is_less
    if number is None or lower is None:
        return {}
    return {"load_adjustment": 100.0 * (1 + number if lower else 1 - number)}


def _charge(value: Value, descriptor: Descriptor, telling: Telling) -> dict[str, Any]:
    del telling
    if descriptor.units == "PERCENT" and (number := _number(value, 0.0, 1.0)) is not None:
        return {"charge_state": number * 100.0}
    if descriptor.units == "KWH" and (number := _number(value, 0.0)) is not None:
        return {"charge_energy": float(number)}
    return {}


def _power(value: Value, descriptor: Descriptor, telling: Telling) -> dict[str, Any]:
    """Of a limit and of an "absolute amount of consumption" the threshold to stay below is what a home can hold."""
    del telling
    number = _number(value, 0.0, 1e6)
    if descriptor.units not in (None, "KW") or number is None:
        return {}
    return {"target_reduction": TargetReduction(ReductionUnit.WATTS.value, round(number * 1000))}


def _setpoint(value: Value, descriptor: Descriptor, telling: Telling) -> dict[str, Any]:
    del telling
    number = _number(value, -100.0, 400.0)
    if descriptor.units not in ("CELSIUS", "FAHRENHEIT") or number is None:
        return {}
    celsius = round((number - 32) / 1.8, 2) if descriptor.units == "FAHRENHEIT" else float(number)
    return {"cooling_setpoint": celsius, "heating_setpoint": celsius}


type _Asked = Callable[[Value, Descriptor, Telling], dict[str, Any]]

ASKED: dict[str, _Asked] = {
    "SIMPLE": _whole("level", 0, 3),
    "CONTROL_LEVEL_OFFSET": _whole("level_offset", -10, 10),
    "CONTROL_LEVEL_OFFSET_PERCENT": _percent,
    "CHARGE_STATE_SETPOINT": _charge,
    "DISPATCH_SETPOINT": _power,
    "CONTROL_SETPOINT": _setpoint,
    "IMPORT_CAPACITY_LIMIT": _power,
}
"""What each payload type that is acted on asks for, by the names of ``LoadControl``; nothing where it cannot be."""
