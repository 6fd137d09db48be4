"""Vehicle Identification Numbers (ISO 3779), with the check digit where the market has one (49 CFR 565.15)."""

import re

from vininfo import Vin

_WITH_CHECK_DIGIT = "12345"  # North America
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


class VinError(ValueError):
    """It is none; ``reason`` is the key of its words: ``invalid_vin_form`` or ``invalid_vin``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_vin(text: str) -> str:
    """Return the VIN in what was typed or scanned; ``VinError`` where there is none or a character is wrong."""
    vin = re.sub(r"[\s-]", "", text).upper()
    if not _FORM.fullmatch(vin):
        raise VinError("invalid_vin_form")
    if vin[0] in _WITH_CHECK_DIGIT and not Vin(vin).verify_checksum():
        raise VinError("invalid_vin")
    return vin


def make_of(vin: str) -> str | None:
    """Return the maker that a VIN names, None where it is not known."""
    maker = Vin(vin).manufacturer
    return maker if maker and maker != "UnsupportedBrand" else None
