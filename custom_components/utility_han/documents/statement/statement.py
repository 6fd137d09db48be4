"""What a vehicle's charging costs who pays for it, in a time: sessions, fees, taxes and their sum.

Money is rounded once, where it becomes an amount that is shown: each session and each fee by itself, without and
with its tax, to the smallest unit of the currency (CLDR), half up, away from zero. So the lines of a page add up to
its sum, and that is what charge detail records of the same sessions add up to. OCPI 2.2.1 leaves rounding to who bills
("There are no parameters related to price rounding in the Tariff object", *Tariffs module*).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from ...procedures import Charge, ChargedVehicle, ChargePeriod, masked, taxed
from ...utility import Binding, BindingStatus, Payer, RateProgram

_NONE = Decimal(0)
_HELD = (BindingStatus.IN_FORCE, BindingStatus.ENDED)


class Kind(StrEnum):
    """What a line is."""

    SESSION = "session"
    CREDIT = "credit"
    """A session that was handed over before is taken back."""
    CORRECTION = "correction"
    """What takes its place."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a statement is of; both with their time zone, ``until`` is not in it."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Bound:
    """A binding of a vehicle, with the rate program as it was agreed to."""

    vehicle: ChargedVehicle
    binding: Binding
    program: RateProgram

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the program."""
        return ZoneInfo(self.program.time_zone)


@dataclass(frozen=True, slots=True)
class Part:
    """What was charged in one tier, at one price or at several."""

    name: str
    energy_wh: int
    lowest: Decimal
    highest: Decimal
    average: Decimal
    """Weighed by energy, not rounded."""


@dataclass(frozen=True, slots=True)
class Amount:
    """What is to pay for something, rounded: without tax, and with it."""

    net: Decimal
    gross: Decimal

    @property
    def tax(self) -> Decimal:
        """The tax that is added."""
        return self.gross - self.net


@dataclass(frozen=True, slots=True)
class Line:
    """A session: times are the program's, energy is below zero where it is taken back."""

    charge: Charge
    kind: Kind
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    estimated_wh: int
    parts: tuple[Part, ...]
    session_fee: Decimal
    amount: Amount

    @property
    def program(self) -> RateProgram:
        """Under what it was charged."""
        return self.charge.program


@dataclass(frozen=True, slots=True)
class Fee:
    """The monthly fee of a program for a month (its first day) that has begun under a binding."""

    program: RateProgram
    month: date
    amount: Amount


@dataclass(frozen=True, slots=True)
class Tax:
    """What is added as tax of a percentage."""

    percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sum:
    """What there is to pay in one currency."""

    currency: str
    charging: Decimal
    """Without tax."""
    taxes: tuple[Tax, ...]
    total: Decimal
    """With fees and taxes."""


@dataclass(frozen=True, slots=True)
class Statement:
    """The charging of one vehicle for one who pays."""

    vehicle: ChargedVehicle
    payer: Payer
    """With its number hidden but for the end."""
    span: Span
    lines: tuple[Line, ...]
    fees: tuple[Fee, ...]
    bound: tuple[Bound, ...]
    """The bindings in that time, oldest first."""
    sums: tuple[Sum, ...]
    """One for each currency: they cannot be added."""
    made_at: datetime

    @property
    def energy_wh(self) -> int:
        """What was charged, less what is taken back."""
        return sum(line.energy_wh for line in self.lines)

    @property
    def estimated_wh(self) -> int:
        """How much of that could not be measured."""
        return sum(line.estimated_wh for line in self.lines)

    @property
    def sessions(self) -> int:
        """How many sessions that are."""
        return len({line.charge.session_id for line in self.lines})


def amount_of(exact: Decimal, program: RateProgram) -> Amount:
    """Return an amount, and the same with the program's tax, each in whole units of the smallest coin."""
    cost = taxed(exact, program)
    return Amount(cost.net, cost.gross)


def statements(charges: Iterable[Charge], bound: Iterable[Bound], span: Span, now: datetime) -> list[Statement]:
    """Return a statement for each vehicle and payer of whom there is something to say."""
    lines: dict[tuple[str, str, str], list[Line]] = {}
    bindings: dict[tuple[str, str, str], dict[str, Bound]] = {}
    ever: dict[tuple[str, str, str], dict[str, Bound]] = {}
    for each in sorted(bound, key=lambda each: each.binding.valid_from):
        if each.binding.status in _HELD:
            ever.setdefault(_key(each.vehicle, each.binding), {})[each.binding.id] = each
        if _within(each.binding, span):
            bindings.setdefault(_key(each.vehicle, each.binding), {})[each.binding.id] = each
    for charge in charges:
        key = _key(charge.vehicle, charge.binding)
        lines.setdefault(key, []).append(_line(charge))
        for of in (bindings, ever):
            told = Bound(charge.vehicle, charge.binding, charge.program)
            of.setdefault(key, {}).setdefault(charge.binding.id, told)
    made = []
    for key, held in bindings.items():
        fees = _fees(ever.get(key, {}).values(), span, now)
        if not (found := lines.get(key, [])) and not fees:
            continue
        one = next(iter(held.values()))
        payer = Payer(masked(one.binding.payer.number), one.binding.payer.holder)
        sums = _sums(found, fees)
        made.append(Statement(one.vehicle, payer, span, tuple(found), fees, tuple(held.values()), sums, now))
    return sorted(made, key=lambda each: (each.vehicle.title, each.payer.holder, each.payer.number))


def _key(vehicle: ChargedVehicle, binding: Binding) -> tuple[str, str, str]:
    return vehicle.vin, binding.payer.number, binding.payer.holder


def _within(binding: Binding, span: Span) -> bool:
    if binding.status not in _HELD:
        return False
    until = binding.valid_until
    return binding.valid_from < span.until and (until is None or max(span.since, binding.valid_from) < until)


def _line(charge: Charge) -> Line:
    zone = ZoneInfo(charge.program.time_zone)
    sign = -1 if charge.credits else 1
    kind = Kind.CREDIT if charge.credits else Kind.CORRECTION if charge.corrects else Kind.SESSION
    return Line(
        charge=charge,
        kind=kind,
        started_at=charge.started_at.astimezone(zone),
        ended_at=charge.ended_at.astimezone(zone),
        energy_wh=sign * charge.energy_wh,
        estimated_wh=sign * charge.estimated_wh,
        parts=tuple(_parts(charge.periods, charge.program.names)),
        session_fee=sign * charge.session_fee,
        amount=amount_of(charge.exact_cost, charge.program),
    )


def _parts(periods: Sequence[ChargePeriod], names: Mapping[str, str]) -> Iterable[Part]:
    tiers: dict[str, list[ChargePeriod]] = {}
    for period in periods:
        if period.energy_wh:
            tiers.setdefault(period.tier, []).append(period)
    for tier, found in tiers.items():
        energy = sum(period.energy_wh for period in found)
        cost = sum((period.per_kwh * period.energy_wh for period in found), start=_NONE)
        prices = [period.per_kwh for period in found]
        yield Part(names.get(tier, tier), energy, min(prices), max(prices), cost / energy)


def _fees(bound: Iterable[Bound], span: Span, now: datetime) -> tuple[Fee, ...]:
    """Return a fee for each month that begins under a binding in a time; one for rates of the same name.

    It is due when the month begins, or the first binding in it: so it is in one of two times side by side.
    """
    due: dict[tuple[str, str, date], tuple[datetime, Fee]] = {}
    for each in sorted(bound, key=lambda each: each.binding.valid_from):
        program, binding = each.program, each.binding
        if not program.monthly_fee:
            continue
        end = min(binding.valid_until or span.until, span.until, now)
        month = binding.valid_from.astimezone(each.zone).date().replace(day=1)
        while (at := max(datetime.combine(month, datetime.min.time(), each.zone), binding.valid_from)) < end:
            key = (program.name, program.currency, month)
            due.setdefault(key, (at, Fee(program, month, amount_of(program.monthly_fee, program))))
            month = (month + timedelta(days=31)).replace(day=1)
    return tuple(sorted((fee for at, fee in due.values() if span.since <= at), key=lambda fee: fee.month))


def _sums(lines: Iterable[Line], fees: Iterable[Fee]) -> tuple[Sum, ...]:
    by_currency: dict[str, list[Line | Fee]] = {}
    entries: list[Line | Fee] = [*lines, *fees]
    for each in entries:
        by_currency.setdefault(each.program.currency, []).append(each)
    return tuple(
        Sum(
            currency=currency,
            charging=sum((each.amount.net for each in found if isinstance(each, Line)), start=_NONE),
            taxes=tuple(_taxes(found)),
            total=sum((each.amount.gross for each in found), start=_NONE),
        )
        for currency, found in by_currency.items()
    )


def _taxes(found: Iterable[Line | Fee]) -> Iterable[Tax]:
    by_percent: dict[Decimal, Decimal] = {}
    for each in found:
        if (percent := each.program.tax_percent) is not None:
            by_percent[percent] = by_percent.get(percent, _NONE) + each.amount.tax
    return (Tax(percent, amount) for percent, amount in sorted(by_percent.items()))
