"""Charging sessions under the bindings in force become billable records (UR-EV)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, BindingStatus, ChargingSession, SessionPart
from .session import MeasuredSession
from .tariff import tiers_between

_CENT = Decimal("0.01")


class Quality(StrEnum):
    """The API's words."""

    MEASURED = "measured"
    ESTIMATED = "estimated"


@dataclass(frozen=True, slots=True)
class Measured:
    """Which meter measured a session: ``kind`` is evse, vehicle or submeter (EUMD)."""

    kind: str
    id: str


def billable_records(
    session: MeasuredSession, bindings: Iterable[Binding], programs: dict[str, RateProgram], meter: Measured
) -> tuple[list[ChargingSession], int]:
    """Return what is billed of a session that has ended, a record for each binding, and the Wh under no binding.

    A session that lasts from one binding into the next is cut where the second begins. ``programs`` are the rate
    programs by binding id, as agreed to. Energies are whole Wh and add up to the session's.
    """
    if session.ended_at is None:
        raise ValueError("the session has not ended")
    started, ended = session.started_at, session.ended_at
    records: list[ChargingSession] = []
    taken = 0
    for binding in sorted(bindings, key=lambda each: each.valid_from):
        if binding.status not in (BindingStatus.IN_FORCE, BindingStatus.ENDED, BindingStatus.PENDING):
            continue
        start = max(started, binding.valid_from)
        end = min(ended, binding.valid_until) if binding.valid_until else ended
        if start >= end:
            continue
        record = _record(session, binding, programs[binding.id], meter, start, end)
        if record.energy_wh > 0:
            records.append(record)
            taken += record.energy_wh
    return records, session.energy_wh - taken


def record_id(session: MeasuredSession, binding: Binding) -> str:
    """Return the id under which a session is handed over for a binding; the same one for all time."""
    return f"{session.id}-{binding.id[-16:]}"


def _whole(energy: float) -> int:
    return round(energy)


def _record(
    session: MeasuredSession, binding: Binding, program: RateProgram, meter: Measured, start: datetime, end: datetime
) -> ChargingSession:
    parts = [
        _part(session, tier, begun, until)
        for tier, begun, until in tiers_between(program, start, end)
        if until > begun
    ]
    energy = sum(part.energy_wh for part in parts)
    estimated = any(part.quality == Quality.ESTIMATED for part in parts)
    measured: dict[str, Any] = {"kind": meter.kind, "id": meter.id}
    if session.raw_start is not None and session.unbroken and not estimated:
        offset = session.raw_start - session.marks[0].total
        measured["start_wh"] = _whole(session.total_at(start)[0] + offset)
        measured["end_wh"] = _whole(session.total_at(end)[0] + offset)
    return ChargingSession(
        session_id=record_id(session, binding),
        binding_id=binding.id,
        started_at=start,
        ended_at=end,
        energy_wh=energy,
        quality=Quality.ESTIMATED if estimated else Quality.MEASURED,
        meter=measured,
        parts=tuple(parts),
    )


def _part(session: MeasuredSession, tier: str, start: datetime, end: datetime) -> SessionPart:
    (low, low_sure), (high, high_sure) = session.total_at(start), session.total_at(end)
    sure = low_sure and high_sure and not session.oddities
    return SessionPart(
        tier=tier,
        started_at=start,
        ended_at=end,
        energy_wh=_whole(high) - _whole(low),
        quality=Quality.MEASURED if sure else Quality.ESTIMATED,
    )


def cost_of(parts: Sequence[SessionPart], program: RateProgram) -> Decimal:
    """Return what the parts cost, in the program's currency, to the cent; the bill itself is the utility's."""
    total = sum(
        (program.prices.get(part.tier, Decimal(0)) * part.energy_wh / 1000 for part in parts), start=Decimal(0)
    )
    return total.quantize(_CENT, ROUND_HALF_UP)
