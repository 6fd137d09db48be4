"""A rate program while it is typed into a dialog: JSON-safe, and made into one that can be agreed to, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from ...procedures import specific_first
from ...utility import Block, PriceKind, PriceSource, RateProgram, TierPeriod

CONF_ADDITION: Final = "addition"
CONF_BLOCK_ABOVE: Final = "block_{}_above"
CONF_BLOCK_ADDITION: Final = "block_{}_addition"
CONF_CURRENCY: Final = "currency"
CONF_DAYS: Final = "days"
CONF_END: Final = "end"
CONF_FIRST_DAY: Final = "first_day"
CONF_HOLIDAYS: Final = "holidays"
CONF_HOLIDAYS_OF: Final = "holidays_of"
CONF_LAST_DAY: Final = "last_day"
CONF_MONTHLY_FEE: Final = "monthly_fee"
CONF_PERIODS: Final = "periods"
CONF_PRICE: Final = "price"
CONF_PRICE_ENTITY: Final = "price_entity"
CONF_RATE_NAME: Final = "rate_name"
CONF_SESSION_FEE: Final = "session_fee"
CONF_SOURCE: Final = "source"
CONF_START: Final = "start"
CONF_TAX: Final = "tax"
CONF_TIER: Final = "tier"

TYPED = "typed"
"""The source of prices that a person types; the others are those of ``PriceKind``."""
BLOCKS = (1, 2)
"""How many steps by consumption can be typed; programs of utilities have up to three prices."""
ANY_DAY = "any"
_HOLIDAYS: Mapping[str, bool | None] = {ANY_DAY: None, "only": True, "never": False}
_BASE, _TOLD = "base", "told"
EVERY_DAY = tuple(str(day) for day in range(1, 8))

type Rates = dict[str, Any]
"""What was typed, by field."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a household has of its rates beside prices."""

    terms: str
    version: str
    """Of the terms: the day on which they were agreed to."""
    time_zone: str


def number(value: Any) -> Decimal:
    """Return a number as it was typed, nothing added by binary fractions."""
    return Decimal(str(value or 0))


def program_of(rates: Rates, base_name: str, agreed: Agreed) -> RateProgram:
    """Return the rate program that was typed; ``base_name`` is that of the price at all other times."""
    told = rates[CONF_SOURCE] != TYPED
    prices, names, periods = (
        ({_TOLD: Decimal(0)}, {_TOLD: rates[CONF_RATE_NAME]}, ()) if told else _hours(rates, base_name)
    )
    blocks = (
        (rates.get(CONF_BLOCK_ABOVE.format(each)), rates.get(CONF_BLOCK_ADDITION.format(each))) for each in BLOCKS
    )
    tax = rates.get(CONF_TAX)
    return RateProgram(
        id=f"home-{uuid5(NAMESPACE_OID, repr(sorted(rates.items()))).hex[:16]}",
        name=rates[CONF_RATE_NAME],
        summary="",
        open=True,
        guests=True,
        currency=rates[CONF_CURRENCY],
        time_zone=agreed.time_zone,
        prices=prices,
        names=names,
        periods=periods,
        default_tier=_TOLD if told else _BASE,
        terms_version=agreed.version,
        terms=agreed.terms,
        blocks=tuple(Block(round(number(above) * 1000), number(more)) for above, more in blocks if above),
        session_fee=number(rates.get(CONF_SESSION_FEE)),
        monthly_fee=number(rates.get(CONF_MONTHLY_FEE)),
        tax_percent=None if tax is None else number(tax),
        holidays=rates.get(CONF_HOLIDAYS_OF),
        source=_source(rates) if told else None,
    )


def _source(rates: Rates) -> PriceSource:
    return PriceSource(PriceKind(rates[CONF_SOURCE]), rates.get(CONF_PRICE_ENTITY), number(rates.get(CONF_ADDITION)))


def _hours(rates: Rates, base_name: str) -> tuple[dict[str, Decimal], dict[str, str], tuple[TierPeriod, ...]]:
    """Return prices, names and periods; periods of one name and price are one tier."""
    prices, names = {_BASE: number(rates[CONF_PRICE])}, {_BASE: base_name}
    tiers: dict[tuple[str, Decimal], str] = {}
    periods = []
    for typed in rates.get(CONF_PERIODS, ()):
        of = (typed[CONF_TIER], number(typed[CONF_PRICE]))
        tier = tiers.setdefault(of, f"tier-{len(tiers) + 1}")
        names[tier], prices[tier] = of
        periods.append(period_of(typed, tier))
    return prices, names, specific_first(periods)


def period_of(typed: Mapping[str, Any], tier: str) -> TierPeriod:
    """Return a period as it was typed."""
    return TierPeriod(
        tier=tier,
        days=tuple(sorted(int(day) for day in typed[CONF_DAYS])),
        start=typed[CONF_START][:5],
        end=typed[CONF_END][:5],
        first_day=typed.get(CONF_FIRST_DAY),
        last_day=typed.get(CONF_LAST_DAY),
        holidays=_HOLIDAYS[typed.get(CONF_HOLIDAYS, ANY_DAY)],
    )


def rates_of(program: RateProgram) -> Rates:
    """Return what was typed for a program, to change it."""
    source = program.source
    rates: Rates = {
        CONF_SOURCE: source.kind.value if source else TYPED,
        CONF_RATE_NAME: program.name,
        CONF_CURRENCY: program.currency,
        CONF_SESSION_FEE: _typed(program.session_fee),
        CONF_MONTHLY_FEE: _typed(program.monthly_fee),
        CONF_TAX: None if program.tax_percent is None else float(program.tax_percent),
        CONF_HOLIDAYS_OF: program.holidays,
    }
    if source:
        rates |= {CONF_PRICE_ENTITY: source.entity_id, CONF_ADDITION: _typed(source.addition)}
    else:
        rates[CONF_PRICE] = float(program.prices[program.default_tier])
        rates[CONF_PERIODS] = [_period_typed(program, each) for each in program.periods]
    for place, block in zip(BLOCKS, program.blocks, strict=False):
        rates[CONF_BLOCK_ABOVE.format(place)] = block.above_wh / 1000
        rates[CONF_BLOCK_ADDITION.format(place)] = float(block.addition)
    return {name: value for name, value in rates.items() if value is not None}


def _typed(value: Decimal) -> float | None:
    return float(value) if value else None


def _period_typed(program: RateProgram, period: TierPeriod) -> dict[str, Any]:
    words = {meant: word for word, meant in _HOLIDAYS.items()}
    season = {CONF_FIRST_DAY: period.first_day, CONF_LAST_DAY: period.last_day} if period.first_day else {}
    return {
        CONF_TIER: program.names[period.tier],
        CONF_PRICE: float(program.prices[period.tier]),
        CONF_DAYS: [str(day) for day in period.days],
        CONF_START: period.start,
        CONF_END: period.end,
        CONF_HOLIDAYS: words[period.holidays],
        **season,
    }
