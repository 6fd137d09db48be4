"""The vehicle as a submeter: quarter-hours and months of what was charged, by vehicle, premise and currency."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...procedures import Charge, cost_of_charge
from .codes import COST_DIGITS, Quality

QUARTER = 900
"""s; Charge.periods end with the quarters of an hour of UTC."""


@dataclass(slots=True)
class Quarter:
    """What was charged in a quarter of an hour."""

    wh: int = 0
    cost: Decimal = Decimal(0)
    """Of the energy alone, without fees and without a tax that is added."""
    tiers: set[int] = field(default_factory=set)
    qualities: set[str] = field(default_factory=set)

    @property
    def tou(self) -> int | None:
        """Which tier it was, None where there were several in it."""
        return next(iter(self.tiers)) if len(self.tiers) == 1 else None

    @property
    def quality(self) -> Quality:
        """Return "raw" for what was measured, since none but the household validated it."""
        if self.qualities == {"measured"}:
            return Quality.RAW
        return Quality.MIXED if "measured" in self.qualities else Quality.ESTIMATED_BY_INTERPOLATION


@dataclass(slots=True)
class Month:
    """What was charged in the sessions that began in a month (local time)."""

    start: int
    duration: int
    wh: int = 0
    energy_cost: int = 0
    """In hundred-thousandths, as the readings say it."""
    bill: Decimal = Decimal(0)
    """With fees of the sessions and tax, each session's to the cent, as it is billed."""
    estimated: bool = False
    updated: datetime | None = None


@dataclass(slots=True)
class Register:
    """What was charged under rate programs of one currency."""

    currency: str
    quarters: dict[int, Quarter] = field(default_factory=dict)
    """By their start, seconds since 1970."""
    months: dict[str, Month] = field(default_factory=dict)


@dataclass(slots=True)
class Submeter:
    """A vehicle at a premise."""

    vin: str
    premise_id: str
    title: str
    zone: ZoneInfo
    updated: datetime
    registers: dict[str, Register] = field(default_factory=dict)


def in_force(charges: Iterable[Charge]) -> list[Charge]:
    """Return the charges that hold: neither credits nor what those take back, and each once."""
    given = {charge.id: charge for charge in charges}
    credited = {charge.credits for charge in given.values()}
    return [charge for charge in given.values() if charge.credits is None and charge.id not in credited]


def submeters(charges: Iterable[Charge]) -> list[Submeter]:
    """Return the vehicles, those whose charge comes first before others."""
    found: dict[tuple[str, str], Submeter] = {}
    for charge in in_force(charges):
        vehicle = charge.vehicle
        name = vehicle.vin or vehicle.title
        meter = found.setdefault(
            (name, charge.binding.premise_id),
            Submeter(name, charge.binding.premise_id, "", ZoneInfo(charge.program.time_zone), charge.issued_at),
        )
        meter.title = " ".join(dict.fromkeys(part for part in (vehicle.title, vehicle.vin) if part))
        meter.zone = ZoneInfo(charge.program.time_zone)
        meter.updated = max(meter.updated, charge.issued_at)
        currency = charge.program.currency
        _add(meter.registers.setdefault(currency, Register(currency)), charge)
    return list(found.values())


def _add(register: Register, charge: Charge) -> None:
    numbers = {tier: number for number, tier in enumerate(charge.program.prices, start=1)}
    energy_cost = Decimal(0)
    for period in charge.periods:
        start = int(period.started_at.timestamp())
        quarter = register.quarters.setdefault(start - start % QUARTER, Quarter())
        quarter.wh += period.energy_wh
        cost = period.per_kwh * period.energy_wh / 1000
        quarter.cost += cost
        energy_cost += cost
        quarter.tiers.add(numbers.get(period.tier, 0))
        quarter.qualities.add(period.quality)
    month = _month(register, charge.started_at.astimezone(ZoneInfo(charge.program.time_zone)))
    month.wh += charge.energy_wh
    month.energy_cost += hundred_thousandths(energy_cost)
    month.bill += cost_of_charge(charge).gross
    month.estimated = month.estimated or charge.estimated_wh > 0
    month.updated = max(month.updated or charge.issued_at, charge.issued_at)


def _month(register: Register, local: datetime) -> Month:
    start = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    begun = int(start.timestamp())
    return register.months.setdefault(f"{start:%Y-%m}", Month(begun, int(following.timestamp()) - begun))


def hundred_thousandths(amount: Decimal) -> int:
    """Return an amount as ESPI has it."""
    return round(amount.scaleb(COST_DIGITS))


def energy_by_quarter(meters: Sequence[Submeter]) -> dict[int, int]:
    """Return what all vehicles charged, Wh by the start of the quarter of an hour."""
    total: dict[int, int] = {}
    for meter in meters:
        for register in meter.registers.values():
            for start, quarter in register.quarters.items():
                total[start] = total.get(start, 0) + quarter.wh
    return total
