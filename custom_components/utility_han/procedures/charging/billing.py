"""Charging sessions under the bindings in force become billable records (UR-EV)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding, ChargingSession, SessionPart
from .coins import in_coins
from .cutting import Quality, measured_between, shown_between, span_under
from .session import MeasuredSession
from .tariff import Holidays, no_holidays, tiers_between

type HolidaysOf = Callable[[RateProgram], Holidays]
"""The holidays that a rate program names."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Which meter measured a session: ``kind`` is evse, vehicle or submeter (EUMD)."""

    kind: str
    id: str


def billable_records(
    session: MeasuredSession,
    bindings: Iterable[Binding],
    programs: Mapping[str, RateProgram],
    meter: Measured,
    is_holiday: HolidaysOf = lambda _: no_holidays,
) -> tuple[list[ChargingSession], int]:
    """Return what is billed of a session that has ended, a record for each binding, and the Wh under no binding.

    A session that lasts from one binding into the next is cut where the second begins. ``programs`` are the rate
    programs by binding id, as agreed to. Energies are whole Wh and add up to the session's.
    """
    records: list[ChargingSession] = []
    taken = 0
    for binding in sorted(bindings, key=lambda each: each.valid_from):
        if (span := span_under(session, binding)) is None:
            continue
        record = _record(session, binding, programs[binding.id], meter, span, is_holiday(programs[binding.id]))
        if record.energy_wh > 0:
            records.append(record)
            taken += record.energy_wh
    return records, session.energy_wh - taken


def record_id(session: MeasuredSession, binding: Binding) -> str:
    """Return the id under which a session is handed over for a binding; the same one for all time."""
    return f"{session.id}-{binding.id[-16:]}"


def _record(
    session: MeasuredSession,
    binding: Binding,
    program: RateProgram,
    meter: Measured,
    span: tuple[datetime, datetime],
    is_holiday: Holidays,
) -> ChargingSession:
    parts = [
        SessionPart(tier, begun, until, *measured_between(session, begun, until))
        for tier, begun, until in tiers_between(program, *span, is_holiday)
        if until > begun
    ]
    estimated = any(part.quality == Quality.ESTIMATED for part in parts)
    measured: dict[str, Any] = {"kind": meter.kind, "id": meter.id}
    if not estimated and (shown := shown_between(session, *span)) is not None:
        measured["start_wh"], measured["end_wh"] = shown
    return ChargingSession(
        session_id=record_id(session, binding),
        binding_id=binding.id,
        started_at=span[0],
        ended_at=span[1],
        energy_wh=sum(part.energy_wh for part in parts),
        quality=Quality.ESTIMATED if estimated else Quality.MEASURED,
        meter=measured,
        parts=tuple(parts),
    )


def cost_of(parts: Sequence[SessionPart], program: RateProgram) -> Decimal:
    """Return what the parts cost, in the program's currency and coins; the bill itself is the utility's."""
    total = sum(
        (program.prices.get(part.tier, Decimal(0)) * part.energy_wh / 1000 for part in parts), start=Decimal(0)
    )
    return in_coins(total, program.currency)
