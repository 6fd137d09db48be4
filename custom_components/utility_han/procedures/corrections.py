"""What is made of a meter's registers before they are judged and shown: corrected, and phases summed.

A meter behind current transformers counts a part of what flows, and one that is wired the other way round counts what
comes from the grid as if it went there. Neither can tell: a person does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..gateway import Interval, Readings, Register, RegisterKind

_OF_CURRENT = frozenset(
    {
        "apparent_energy",
        "apparent_power",
        "current",
        "energy",
        "power",
        "reactive_energy",
        "reactive_power",
    }
)
"""Quantities that a current transformer makes smaller."""
_SIGNED = frozenset({"power", "reactive_power"})
"""What is below zero where it flows to the grid, and no other register says that."""
_SUMMED = frozenset({"energy", "power"})
"""Quantities whose phases add up to the whole; apparent and reactive ones do so on paper only."""
_OPPOSITE = {"delivered": "received", "received": "delivered"}
_SIGNED_DIRECTIONS = frozenset({"delivered", "net", "none"})
"""Of power: what is the whole as soon as it is there, whatever the gateway calls it."""
_LEGS = {"A": "A", "AN": "A", "B": "B", "BN": "B", "C": "C", "CN": "C"}
"""The phase that a PhaseCode is about; what is measured between two phases is part of no sum."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person says of the meter: by how much it counts too little, and whether its directions are swapped."""

    factor: float = 1.0
    swapped: bool = False

    def interval(self, interval: Interval) -> Interval:
        """Return the energy of an interval, corrected."""
        return replace(interval, energy=interval.energy * self.factor)

    def told_direction(self, direction: str) -> str:
        """Return by which name the meter tells what flows in ``direction``."""
        return _OPPOSITE.get(direction, direction) if self.swapped else direction


@dataclass(frozen=True, slots=True)
class Corrected:
    """A register as it is judged and shown: ``factor`` times the sum of those that the gateway tells (``of``)."""

    register: Register
    of: tuple[str, ...]
    factor: float

    def value(self, told: Mapping[str, float]) -> float | None:
        """Return its value, None where a part of it was not told: a sum with a part missing is another one."""
        total = 0.0
        for key in self.of:
            if (part := told.get(key)) is None:
                return None
            total += part
        return self.factor * total + 0.0  # no zero is below zero


def correct(told: Sequence[Register], corrections: Corrections) -> tuple[Corrected, ...]:
    """Return the registers that are shown of those that a gateway tells."""
    keys = {register.key for register in told}
    single = [_corrected(register, keys, corrections) for register in told]
    return (*single, *_totals(single))


def keys_told(shown: Iterable[Corrected], keys: Collection[str]) -> set[str]:
    """Return what has to be asked of the gateway where ``keys`` are shown."""
    return {key for each in shown if each.register.key in keys for key in each.of}


def correct_readings(readings: Readings, shown: Iterable[Corrected]) -> Readings:
    """Return what a gateway told as readings of the registers that are shown."""
    values: dict[str, float] = {}
    failed: set[str] = set()
    for each in shown:
        if (value := each.value(readings.values)) is not None:
            values[each.register.key] = value
        if readings.failed and not readings.failed.isdisjoint(each.of):
            failed.add(each.register.key)
    return replace(readings, values=values, failed=frozenset(failed))


def sum_phases(intervals: Sequence[Interval], told: Iterable[Register], direction: str) -> list[Interval]:
    """Return the intervals of the whole meter, oldest first, as they are told or as the sum of its phases.

    Its phases are those whose registers are summed, of all that a gateway has ``told``. An interval that one of them
    does not have is none: a sum with a part missing is another one.
    """
    if not any(each.phase for each in intervals):
        return list(intervals)
    phases = {
        _LEGS[register.phase or ""]
        for register in told
        if (register.quantity, register.kind, register.direction) == ("energy", RegisterKind.SUMMATION, direction)
        and register.phase in _LEGS
    }
    energies: dict[tuple[datetime, datetime], dict[str, float]] = {}
    for each in intervals:
        if (leg := _LEGS.get(each.phase or "")) is not None:
            energies.setdefault((each.start, each.end), {}).setdefault(leg, each.energy)
    return [
        Interval(start, end, sum(legs.values()))
        for (start, end), legs in sorted(energies.items())
        if legs.keys() == phases
    ]


def _corrected(register: Register, told: Collection[str], corrections: Corrections) -> Corrected:
    shown, sign = _turned(register, told) if corrections.swapped else (register, 1.0)
    return Corrected(shown, (register.key,), sign * (corrections.factor if register.quantity in _OF_CURRENT else 1.0))


def _turned(register: Register, told: Collection[str]) -> tuple[Register, float]:
    """Return what ``register`` is where directions are swapped, and by what sign."""
    key, quantity, direction = register.key, register.quantity, register.direction
    if direction == "net":
        return register, -1.0
    if register.kind is not RegisterKind.INSTANTANEOUS:
        opposite = _OPPOSITE.get(direction, direction)
        return replace(register, key=key.replace(direction, opposite), direction=opposite), 1.0
    if direction == "received":
        # aio2030dot5 leaves "delivered" out of the keys of what is measured just now.
        return replace(register, key=key.replace("_received", ""), direction="delivered"), 1.0
    if direction == "total":
        return register, 1.0
    received = f"{quantity}_received{key.removeprefix(quantity)}"
    if received in told:
        return replace(register, key=received, direction="received"), 1.0
    return register, -1.0 if quantity in _SIGNED else 1.0


def _totals(single: Sequence[Corrected]) -> Iterable[Corrected]:
    """Yield the sum of the phases of what is told by phase only.

    What is delivered over one phase while another one receives is in both sums: that is how such a meter counts.
    """
    whole = {_meaning(each.register) for each in single if each.register.phase is None}
    phases: dict[str, dict[str, Corrected]] = {}
    for each in sorted(single, key=lambda one: (len(one.register.phase or ""), one.register.phase or "")):
        register = each.register
        leg = _LEGS.get(register.phase or "")
        if leg is None or register.quantity not in _SUMMED or _meaning(register) in whole:
            continue
        phases.setdefault(_key_of_sum(register), {}).setdefault(leg, each)
    for key, legs in phases.items():
        first, *_ = legs.values()
        of = tuple(key for leg in legs.values() for key in leg.of)
        yield Corrected(replace(first.register, key=key, phase=None), of, first.factor)


def _key_of_sum(register: Register) -> str:
    return register.key.replace(f"_phase_{(register.phase or '').lower()}", "")


def _meaning(register: Register) -> tuple[str, RegisterKind, str, int | None]:
    signed = register.kind is RegisterKind.INSTANTANEOUS and register.direction in _SIGNED_DIRECTIONS
    return register.quantity, register.kind, "" if signed else register.direction, register.tier
