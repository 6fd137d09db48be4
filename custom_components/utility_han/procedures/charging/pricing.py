"""A session under a binding is priced: cut where the price changes, and at each quarter of an hour.

Quarters are those of UTC. Local days and months begin at one of them, in every time zone that is in use.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import Binding
from .billing import Measured, record_id
from .charge import Charge, ChargedVehicle, ChargePeriod
from .coins import in_coins
from .cutting import Quality, measured_between, shown_between, span_under
from .session import MeasuredSession
from .tariff import Holidays, no_holidays, rate_zone, tiers_between

QUARTER = timedelta(minutes=15)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class PriceSpan:
    """What a kWh costs from ``start`` until before ``end``, in the currency of who asks for it."""

    start: datetime
    end: datetime
    per_kwh: Decimal


type PriceCourse = Sequence[PriceSpan]
"""Prices as they followed each other, soonest first, none over another; there may be gaps."""


class PricesMissingError(ValueError):
    """Energy was charged while nobody knows what a kWh cost; ``spans`` says when, oldest first."""

    def __init__(self, spans: Sequence[tuple[datetime, datetime]]) -> None:
        super().__init__("prices are not known")
        self.spans = tuple(spans)


@dataclass(frozen=True, slots=True)
class Cost:
    """Money of one charge, rounded once: ``net`` and ``tax`` add up to ``gross``."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def cost_of_charge(charge: Charge) -> Cost:
    """Return what a charge costs, to the smallest coin; negative where it takes one back."""
    return taxed(charge.exact_cost, charge.program)


def taxed(exact: Decimal, program: RateProgram) -> Cost:
    """Return an amount that is not rounded yet with the tax that a program adds to it, to the smallest coin."""
    net = in_coins(exact, program.currency)
    gross = in_coins(exact * (100 + (program.tax_percent or _NOTHING)) / 100, program.currency)
    return Cost(net, gross - net, gross)


def charge_of(
    session: MeasuredSession,
    binding: Binding,
    program: RateProgram,
    vehicle: ChargedVehicle,
    meter: Measured,
    issued_at: datetime,
    *,
    course: PriceCourse = (),
    is_holiday: Holidays = no_holidays,
    month_wh_before: int = 0,
) -> Charge | None:
    """Return what of a session that has ended falls under a binding, priced; None where nothing does.

    ``course`` are the prices of a program with a source. ``PricesMissingError`` says of which times none is known.
    """
    if (span := span_under(session, binding)) is None:
        return None
    periods = price_periods(session, span, program, course, is_holiday, month_wh_before)
    if not sum(period.energy_wh for period in periods):
        return None
    sure = measured_between(session, *span)[1] is Quality.MEASURED
    shown = shown_between(session, *span) if sure else None
    return Charge(
        id=charge_id(record_id(session, binding)),
        session_id=session.id,
        vehicle=vehicle,
        binding=binding,
        program=program,
        started_at=span[0],
        ended_at=span[1],
        periods=periods,
        month_wh_before=month_wh_before,
        meter_kind=meter.kind,
        meter_id=meter.id,
        meter_start_wh=shown[0] if shown else None,
        meter_end_wh=shown[1] if shown else None,
        issued_at=issued_at,
    )


def charge_id(of: str) -> str:
    """Return the id of a charge for the record that it is of; the same one for all time, 36 characters."""
    return str(uuid5(NAMESPACE_OID, of))


def price_periods(
    session: MeasuredSession,
    span: tuple[datetime, datetime],
    program: RateProgram,
    course: PriceCourse,
    is_holiday: Holidays = no_holidays,
    month_wh_before: int = 0,
) -> tuple[ChargePeriod, ...]:
    """Return the periods of a session from ``span[0]`` until ``span[1]``, without gaps."""
    prices, blocks = _Prices(program, course), _Blocks(program, month_wh_before)
    found: list[ChargePeriod] = []
    missing: list[tuple[datetime, datetime]] = []
    for tier, start, end in tiers_between(program, *span, is_holiday):
        for begun, until in _cuts(start, end, prices.borders(start, end)):
            energy, quality = measured_between(session, begun, until)
            per_kwh = prices.at(tier, begun)
            if per_kwh is None and energy:
                missing.append((begun, until))
            # What nothing was charged for costs nothing, whatever the price was.
            period = ChargePeriod(begun, until, energy, tier, per_kwh or _NOTHING, quality)
            found += blocks.split(period)
    if missing:
        raise PricesMissingError(_joined(missing))
    return tuple(found)


def blocks_anew(
    periods: Sequence[ChargePeriod], program: RateProgram, counted: int, month_wh_before: int
) -> tuple[ChargePeriod, ...]:
    """Return periods that were priced with ``counted`` Wh before them in the month as they are with others.

    What a kWh costs beside its block stays what it was, whoever told it.
    """
    plain, blocks = _Blocks(program, counted).joined(periods), _Blocks(program, month_wh_before)
    return tuple(piece for period in plain for piece in blocks.split(period))


def quarters(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the quarters of an hour between two times, neither of them among these."""
    every = int(QUARTER.total_seconds())
    at = datetime.fromtimestamp((int(start.timestamp()) // every + 1) * every, UTC)
    while at < end:
        yield at
        at += QUARTER


def _cuts(start: datetime, end: datetime, borders: Sequence[datetime]) -> Iterator[tuple[datetime, datetime]]:
    begun = start
    for border in (*sorted({*quarters(start, end), *borders}), end):
        if border > begun:
            yield begun, border
            begun = border


class _Prices:
    """The price of a kWh by tier or time, without blocks."""

    def __init__(self, program: RateProgram, course: PriceCourse) -> None:
        self._program = program
        self._course = course if program.source else ()

    def borders(self, start: datetime, end: datetime) -> list[datetime]:
        first = max(bisect_right(self._course, start, key=lambda span: span.start) - 1, 0)
        found: list[datetime] = []
        for span in self._course[first:]:
            if span.start >= end:
                break
            found += [each for each in (span.start, span.end) if start < each < end]
        return found

    def at(self, tier: str, at: datetime) -> Decimal | None:
        if self._program.source is None:
            return self._program.prices[tier]
        index = bisect_right(self._course, at, key=lambda span: span.start) - 1
        if index < 0 or at >= self._course[index].end:
            return None
        return self._course[index].per_kwh + self._program.source.addition


class _Blocks:
    """What a kWh costs more by how much was charged in the month already."""

    def __init__(self, program: RateProgram, charged: int) -> None:
        self._blocks = sorted(program.blocks, key=lambda block: block.above_wh)
        self._zone = rate_zone(program)
        self._charged = charged
        self._month: tuple[int, int] | None = None

    def split(self, period: ChargePeriod) -> Iterator[ChargePeriod]:
        """Yield a period in pieces that cost the same; periods are to be given in time order."""
        if not self._blocks:
            yield period
            return
        self._enter(period.started_at)
        whole, begun, left = period.ended_at - period.started_at, period.started_at, period.energy_wh
        while (room := self._room()) is not None and room < left:
            done = period.energy_wh - left + room
            until = period.started_at + whole * done / period.energy_wh
            yield self._piece(period, begun, until, room)
            begun, left = until, left - room
        yield self._piece(period, begun, period.ended_at, left)

    def joined(self, periods: Sequence[ChargePeriod]) -> list[ChargePeriod]:
        """Return periods as they were before they were split."""
        found: list[ChargePeriod] = []
        for period in periods:
            self._enter(period.started_at)
            cut = any(block.above_wh == self._charged for block in self._blocks)
            plain = replace(period, per_kwh=period.per_kwh - self._addition())
            self._charged += period.energy_wh
            if cut and found and _of_one(found[-1], plain):
                first = found.pop()
                plain = replace(first, ended_at=plain.ended_at, energy_wh=first.energy_wh + plain.energy_wh)
            found.append(plain)
        return found

    def _enter(self, at: datetime) -> None:
        """Go on at a time, and begin anew where that is in another month."""
        local = at.astimezone(self._zone)
        if self._month not in (None, (local.year, local.month)):
            self._charged = 0
        self._month = (local.year, local.month)

    def _addition(self) -> Decimal:
        reached = [block.addition for block in self._blocks if block.above_wh <= self._charged]
        return reached[-1] if reached else _NOTHING

    def _room(self) -> int | None:
        """Return the Wh until the next block begins."""
        return next((each.above_wh - self._charged for each in self._blocks if each.above_wh > self._charged), None)

    def _piece(self, period: ChargePeriod, begun: datetime, until: datetime, energy: int) -> ChargePeriod:
        per_kwh = period.per_kwh + self._addition()
        self._charged += energy
        return replace(period, started_at=begun, ended_at=until, energy_wh=energy, per_kwh=per_kwh)


def _of_one(first: ChargePeriod, second: ChargePeriod) -> bool:
    """Whether two periods, one after the other, are in one quarter of an hour and at one price."""
    same = (first.tier, first.per_kwh, first.quality) == (second.tier, second.per_kwh, second.quality)
    return same and second.started_at.timestamp() % QUARTER.total_seconds() != 0


def _joined(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return spans in time order with those that touch made one."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
