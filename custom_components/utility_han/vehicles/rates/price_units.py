"""Prices of a kWh as entities state them: whose money, how much of it, and for how much energy."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import State

from ...const import AWAY_STATES

_PER_KWH = {"kwh": Decimal(1), "mwh": Decimal(1000), "wh": Decimal("0.001")}
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "CLP", "COP", "ARS"})
_KRONER = frozenset({"SEK", "NOK", "DKK", "ISK"})
_CENTS = _DOLLARS | {"EUR", "ZAR", "MYR"}
# What is no code of ISO 4217 stands for one of several.
_SIGNS = {
    "€": (frozenset({"EUR"}), 1),
    "£": (frozenset({"GBP"}), 1),
    "$": (_DOLLARS, 1),
    "kr": (_KRONER, 1),
    "kč": (frozenset({"CZK"}), 1),
    "zł": (frozenset({"PLN"}), 1),
    "ft": (frozenset({"HUF"}), 1),
    "¥": (frozenset({"JPY", "CNY"}), 1),
    "₹": (frozenset({"INR"}), 1),
    "fr.": (frozenset({"CHF"}), 1),
    "ct": (_CENTS, 100),
    "c": (_CENTS, 100),
    "¢": (_CENTS, 100),
    "cent": (_CENTS, 100),
    "cents": (_CENTS, 100),
    "p": (frozenset({"GBP"}), 100),
    "rp": (frozenset({"CHF"}), 100),
    "øre": (_KRONER, 100),
    "öre": (_KRONER, 100),
    "gr": (frozenset({"PLN"}), 100),
}
_MOST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class ToldPrice:
    """A price of a kWh; ``currencies`` are the ones that it can be in."""

    per_kwh: Decimal
    currencies: frozenset[str]
    unit: str


def price_of(state: State | None) -> ToldPrice | None:
    """Return the price that an entity states, None where it states none that can be understood."""
    if state is None or state.state in AWAY_STATES:
        return None
    unit = str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or "")
    try:
        stated = Decimal(state.state)
    except InvalidOperation:
        return None
    if not stated.is_finite() or abs(stated) >= _MOST or (found := _unit(unit)) is None:
        return None
    currencies, parts = found
    return ToldPrice(stated / parts, currencies, unit)


def currencies_of(state: State | None) -> frozenset[str]:
    """Return the currencies that an entity's prices can be in, none where it gives no prices of energy at all."""
    found = _unit(str(state.attributes.get(ATTR_UNIT_OF_MEASUREMENT) or "")) if state is not None else None
    return found[0] if found else frozenset()


def _unit(unit: str) -> tuple[frozenset[str], Decimal] | None:
    """Return the currencies that a unit can be of, and how much of it makes one of that for a kWh."""
    money, _, energy = unit.partition("/")
    per_kwh, money = _PER_KWH.get(energy.strip().lower()), money.strip()
    if per_kwh is None:
        return None
    if (sign := _SIGNS.get(money.lower())) is not None:
        return sign[0], sign[1] * per_kwh
    if len(money) == 3 and money.isascii() and money.isalpha():
        return frozenset({money.upper()}), per_kwh
    return None
