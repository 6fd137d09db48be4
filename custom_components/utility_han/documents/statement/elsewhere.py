"""What a vehicle has charged elsewhere: beside its statement, and never in what is paid for at home.

Money is what the records of operators say, each rounded once as a line of a statement is; none is converted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ...procedures import ChargedVehicle, ForeignSession, in_coins
from .statement import Amount, Span, Statement


@dataclass(frozen=True, slots=True)
class LineElsewhere:
    """A session; times are those of the statement's time zone."""

    told: ForeignSession
    started_at: datetime
    ended_at: datetime
    amount: Amount


@dataclass(frozen=True, slots=True)
class StatementElsewhere:
    """What one vehicle has charged elsewhere in a time."""

    vehicle: ChargedVehicle
    span: Span
    lines: tuple[LineElsewhere, ...]
    at_home_wh: int
    """What the statements beside it say that it has charged at home."""
    made_at: datetime

    @property
    def energy_wh(self) -> int:
        """What was charged elsewhere."""
        return sum(line.told.energy_wh for line in self.lines)

    @property
    def totals(self) -> dict[str, Decimal]:
        """What that cost, by currency: they cannot be added."""
        found: dict[str, Decimal] = {}
        for line in self.lines:
            found[line.told.currency] = found.get(line.told.currency, Decimal(0)) + line.amount.gross
        return found


def amount_elsewhere(told: ForeignSession) -> Amount:
    """Return what a session cost, rounded; the same without and with tax where the record does not tell that."""
    return Amount(in_coins(told.cost, told.currency), in_coins(told.paid, told.currency))


def statements_elsewhere(
    sessions: Iterable[tuple[ChargedVehicle, ForeignSession]], at_home: Iterable[Statement], span: Span, now: datetime
) -> list[StatementElsewhere]:
    """Return a statement for each vehicle that has charged elsewhere."""
    zone, home = span.since.tzinfo, list(at_home)
    lines: dict[ChargedVehicle, list[LineElsewhere]] = {}
    for vehicle, told in sessions:
        started, ended = told.started_at.astimezone(zone), told.ended_at.astimezone(zone)
        lines.setdefault(vehicle, []).append(LineElsewhere(told, started, ended, amount_elsewhere(told)))
    made = [
        StatementElsewhere(
            vehicle,
            span,
            tuple(found),
            sum(each.energy_wh for each in home if each.vehicle.vin == vehicle.vin),
            now,
        )
        for vehicle, found in lines.items()
    ]
    return sorted(made, key=lambda each: each.vehicle.title)
