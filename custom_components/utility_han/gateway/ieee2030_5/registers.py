"""aio2030dot5's channels as registers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from aio2030dot5 import Channel, MeterProfile, Quantity, ReadingType, Statistic

from ..model import Register, RegisterKind
from .electricity import LeftOut

WHOLE_METER = frozenset({0, 224})
"""PhaseCode of what is measured on all phases: not applicable (the default), and ABC."""
_NO_VALUES = (2**47 - 1, 2**47, -(2**47))
"""The ends of Int48, the type of ``Reading.value``: the XSD allows 2^47 too, which 48 bits cannot hold.

No edition has a code for "not available", and gateways pass on that of the meter behind them: the largest or smallest
number of the type. aio2030dot5 refuses what lies beyond (the UInt48 of Smart Energy) by itself, that register only.
"""

_KINDS = {
    Statistic.INSTANTANEOUS: RegisterKind.INSTANTANEOUS,
    Statistic.SUMMATION: RegisterKind.SUMMATION,
    Statistic.TOU_SUMMATION: RegisterKind.SUMMATION,
    Statistic.MAXIMUM: RegisterKind.MAXIMUM,
    Statistic.MINIMUM: RegisterKind.MINIMUM,
}


def is_value(value: float, reading_type: ReadingType) -> bool:
    """Whether a scaled reading is one, and not what stands for none."""
    return all(value != reading_type.scale(raw) for raw in _NO_VALUES)


def one_of_each(profile: MeterProfile) -> tuple[MeterProfile, tuple[LeftOut, ...]]:
    """Return ``profile`` with one of the channels that mean the same, and the others.

    The first by its href stays: lists are in another order now and then, and mRIDs change with firmware.
    """
    kept: dict[str, Channel] = {}
    left_out: list[LeftOut] = []
    ambiguous = {channel.key for channel in profile.channels if channel.ambiguous}
    for channel in sorted(profile.channels, key=lambda each: _by_number(each.meter_reading_href)):
        key = _plain_key(channel.key, ambiguous)
        if key in kept:
            left_out.append(LeftOut(channel.meter_reading_href, channel.description, "alike", key))
        else:
            kept[key] = replace(channel, key=key, ambiguous=False)
    return replace(profile, channels=tuple(kept.values())), tuple(left_out)


def _plain_key(key: str, ambiguous: set[str]) -> str:
    """Return a key without the number that aio2030dot5 gives the second and later channels of a meaning."""
    plain, _, number = key.rpartition("_")
    return plain if number.isdigit() and key in ambiguous and plain in ambiguous else key


def _by_number(href: str) -> list[tuple[int, str]]:
    """Order /mr/2 before /mr/10: of two numbers the longer one is the larger, however long it is."""
    parts = ((part, part.lstrip("0")) for part in re.split(r"([0-9]+)", href))
    return [(len(digits), digits) if part[:1].isdigit() else (-1, part) for part, digits in parts]


def channel_registers(profile: MeterProfile) -> Sequence[Register]:
    """Return the registers of ``profile``; a time-of-use register gives its total and one register per tier."""
    found: list[Register] = []
    for channel in profile.channels:
        kind = _KINDS.get(channel.statistic)
        if kind is None or channel.quantity is Quantity.OTHER:
            continue
        if channel.reading_href is None and channel.tou_reading_list_href is None:
            continue
        tiers = channel.tou_tiers if channel.statistic is Statistic.TOU_SUMMATION else ()
        found.append(_register(channel, kind, None))
        found += [_register(channel, kind, tier) for tier in tiers if tier]
    return tuple(found)


def _register(channel: Channel, kind: RegisterKind, tier: int | None) -> Register:
    return Register(
        key=f"{channel.key}_tier_{tier}" if tier else channel.key,
        quantity=channel.quantity.value,
        kind=kind,
        direction=channel.direction.value,
        unit=channel.reading_type.unit,
        tier=tier,
        phase=phase_of(channel),
    )


def phase_of(channel: Channel) -> str | None:
    """Return the phase that a channel is of, None for what is measured on all, as :attr:`Register.phase` has it."""
    return channel.key.rpartition("_phase_")[2].upper() if "_phase_" in channel.key else None
