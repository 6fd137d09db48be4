"""aio2030dot5's channels as registers."""

from collections.abc import Sequence

from aio2030dot5 import Channel, MeterProfile, Quantity, Statistic

from ..model import Register, RegisterKind

_KINDS = {
    Statistic.INSTANTANEOUS: RegisterKind.INSTANTANEOUS,
    Statistic.SUMMATION: RegisterKind.SUMMATION,
    Statistic.TOU_SUMMATION: RegisterKind.SUMMATION,
    Statistic.MAXIMUM: RegisterKind.MAXIMUM,
    Statistic.MINIMUM: RegisterKind.MINIMUM,
}


def channel_registers(profile: MeterProfile) -> Sequence[Register]:
    """Return the registers of ``profile``; a time-of-use register gives its total and one register per tier."""
    found: list[Register] = []
    for channel in profile.channels:
        kind = _KINDS.get(channel.statistic)
        if kind is None or channel.quantity is Quantity.OTHER or channel.ambiguous:
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
        phase=channel.key.rpartition("_phase_")[2].upper() if "_phase_" in channel.key else None,
    )
