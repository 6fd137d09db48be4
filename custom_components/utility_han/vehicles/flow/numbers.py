"""Numbers as a person types them: read in their way of writing, and asked about once where it is odd."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from ...documents import Style
from ..chargers.sources import CONF_MAX_POWER, CONF_VEHICLE_POWER
from ..rates.draft import (
    BLOCKS,
    CONF_ADDITION,
    CONF_BLOCK_ABOVE,
    CONF_BLOCK_ADDITION,
    CONF_MONTHLY_FEE,
    CONF_PRICE,
    CONF_SESSION_FEE,
    CONF_TAX,
)
from .forms import CONF_BATTERY_SIZE

_ADDITIONS = (CONF_ADDITION, *(CONF_BLOCK_ADDITION.format(each) for each in BLOCKS))
_PER_KWH = (CONF_PRICE, *_ADDITIONS)
_NUMBERS = (
    *_PER_KWH,
    CONF_TAX,
    CONF_MONTHLY_FEE,
    CONF_SESSION_FEE,
    CONF_BATTERY_SIZE,
    CONF_MAX_POWER,
    CONF_VEHICLE_POWER,
    *(CONF_BLOCK_ABOVE.format(each) for each in BLOCKS),
)
_WORTH_A_DOLLAR = frozenset(
    {"AUD", "AZN", "BAM", "BGN", "BHD", "BND", "BSD", "BZD", "CAD", "CHF", "EUR", "FKP", "GBP", "GEL", "GIP", "JOD",
     "KWD", "KYD", "LYD", "NZD", "OMR", "SGD", "SHP", "TND", "USD"}
)  # fmt: skip
_MOST = 100_000
"""What a kilowatt-hour, a session or a month may cost at the most, in any currency."""
_FINEST = -6
_MUCH, _MUCH_OF_OTHERS = 5, 500
"""What a kilowatt-hour hardly ever costs: in a currency of which one buys several, and in any other."""


def read_numbers(style: Style, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what was typed with its numbers read, those left empty without, and what cannot be read, by field."""
    values, errors = dict(typed), dict[str, str]()
    for name in _NUMBERS:
        text = str(values.pop(name, None) or "").strip()
        if not text:
            continue
        if (number := style.read(text)) is None:
            errors[name] = "number_not_read"
        else:
            values[name] = float(number)
    return values, errors


def typed_numbers(style: Style, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values for a form: numbers as they would be typed."""
    return {
        name: style.typed(Decimal(str(value))) if name in _NUMBERS and isinstance(value, int | float) else value
        for name, value in values.items()
    }


def unfit_numbers(
    typed: dict[str, Any], fields: Collection[str], least: int = -_MOST, most: int = _MOST
) -> dict[str, str]:
    """Return what is wrong with numbers, by field; prices may be below zero."""
    errors: dict[str, str] = {}
    for name in fields:
        if (value := typed.get(name)) is None:
            continue
        number = Decimal(str(value))
        if not number.is_finite() or not least <= number <= most:
            errors[name] = "number_out_of_range"
        elif int(number.normalize().as_tuple().exponent) < _FINEST:
            errors[name] = "number_too_fine"
    return errors


class Doubts:
    """What was asked about; who submits the same once more means it."""

    def __init__(self) -> None:
        """Nothing was."""
        self._asked: set[tuple[str, float, str]] = set()

    def ask(self, values: Mapping[str, Any], currency: str) -> dict[str, str]:
        """Return what is to be asked now, by field: prices that are hardly ever so high, or below zero."""
        odd = {
            (name, value, currency): error
            for name in _PER_KWH
            if (value := values.get(name)) is not None and (error := _odd(name, value, currency)) is not None
        }
        asked = {about[0]: error for about, error in odd.items() if about not in self._asked}
        self._asked |= odd.keys()
        return asked


def _odd(name: str, value: float, currency: str) -> str | None:
    if abs(value) > (_MUCH if currency in _WORTH_A_DOLLAR else _MUCH_OF_OTHERS):
        return "price_high"
    return "price_below_zero" if value < 0 and name == CONF_PRICE else None
