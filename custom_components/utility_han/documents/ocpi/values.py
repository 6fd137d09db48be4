"""What OCPI's objects are written with: its versions, types, and classes that all modules share (``types``)."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_OID, uuid5

_DECIMALS = Decimal("0.0001")
"""``number``: "Unless mentioned otherwise, numbers use 4 decimals"."""
_OF_A_PRICE = 12
"""A price is written with all the decimals it was agreed with, or who reckons with it comes to another sum. More than
these, which only a price of arithmetic has, are no part of it: a 64-bit float, as readers of JSON take numbers for,
holds 15 digits."""
_PRINTABLE = re.compile(r"[ -~]+")
_SMALL = re.compile(r'(?<!\\)": (-?[0-9.]+e-[0-9]+)(?=[,}])')
_SECOND = timedelta(seconds=1)
_PER_HOUR = 3600

type Json = dict[str, Any]


class Version(StrEnum):
    """Versions of OCPI that are written."""

    V2_2_1 = "2.2.1"
    V2_3_0 = "2.3.0"


class OcpiValueError(ValueError):
    """What OCPI cannot be told; ``field`` is its word for it."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field
        self.why = why


def number(value: Decimal) -> int | float:
    """Return a ``number`` as JSON has it, to the digit: up to 15 of them a float is written as it was read."""
    return int(value) if value == value.to_integral_value() else float(value)


def as_text(document: Json | list[Json]) -> str:
    """Return the JSON of what is written here, all numbers in digits: not each reader of OCPI takes 1e-05 for one."""
    return _SMALL.sub(lambda found: f'": {Decimal(found[1]):f}', json.dumps(document, ensure_ascii=False))


def rounded(value: Decimal) -> Decimal:
    """Return a ``number`` with the decimals that it has where nothing else is said.

    Which way a tie goes OCPI leaves open (``mod_tariffs``: "The OCPI specification stays out of these matters"): to
    the even digit, so that many records do not drift.
    """
    return value.quantize(_DECIMALS, ROUND_HALF_EVEN)


def price(value: Decimal) -> Decimal:
    """Return a price per unit, ``PriceComponent.price``."""
    return value if -value.as_tuple().exponent <= _OF_A_PRICE else round(value, _OF_A_PRICE)  # type: ignore[operator]


def hours(time: timedelta) -> int | float:
    """Return a duration in hours."""
    return number(rounded(Decimal(time // timedelta(milliseconds=1)) / 1000 / _PER_HOUR))


def kwh(energy_wh: int) -> int | float:
    """Return an energy in kWh."""
    return number(Decimal(energy_wh) / 1000)


def moment(at: datetime) -> str:
    """Return a ``DateTime``: UTC with a Z, to the second; fractions only where there are any."""
    return (
        at.astimezone(UTC).isoformat(timespec="milliseconds" if at.microsecond else "seconds").replace("+00:00", "Z")
    )


def second_of(at: datetime) -> datetime:
    """Return the second in which a time is."""
    return at.replace(microsecond=0)


def second_after(at: datetime) -> datetime:
    """Return the second that a time is at the end of."""
    return at if at == second_of(at) else second_of(at) + _SECOND


def is_text(text: str) -> bool:
    """Whether it can be written anywhere: half a character of UTF-16 cannot."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def identifier(text: str, most: int = 36) -> str:
    """Return a ``CiString``: the text where it is printable ASCII and not too long, else an id made of it."""
    return text if len(text) <= most and _PRINTABLE.fullmatch(text) else str(uuid5(NAMESPACE_OID, text))


def shortened(text: str, most: int) -> str:
    """Return a ``string`` for people: without characters that nobody sees, and no longer than allowed."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:most].rstrip()


def money(exact: Decimal, tax_percent: Decimal | None, version: Version) -> Json:
    """Return a ``Price``: ``excl_vat`` and ``incl_vat`` of 2.2.1, ``before_taxes`` and ``taxes`` of 2.3.0.

    Each amount is rounded once, from the exact one. Where prices have their tax in them, of a rate that nobody told,
    there is one amount, which is what is to be paid.
    """
    net, gross = rounded(exact), rounded(exact * (100 + (tax_percent or 0)) / 100)
    if version is Version.V2_2_1:
        return {"excl_vat": number(net), "incl_vat": number(gross)}
    if tax_percent is None:
        return {"before_taxes": number(net)}
    tax = {"name": "VAT", "percentage": number(tax_percent), "amount": number(gross - net)}
    return {"before_taxes": number(net), "taxes": [tax]}
