"""The form of a serial number is the utility's to say, and no pattern of theirs holds a home up."""

import pytest

from custom_components.utility_han.procedures import VinError, parse_vin, serial_fits
from custom_components.utility_han.utility.han_api.discovery import utility_url
from simulator.utility.catalogue import COMPATIBLE_DEVICES


@pytest.mark.parametrize(
    ("serial", "pattern", "fits"),
    [
        ("AT12345678", None, True),
        ("at12345678", None, False),
        ("AT1", None, False),
        ("A" * 33, None, False),
        ("AT12345678", "^AT[0-9]{8}$", True),
        ("AT1234567", "^AT[0-9]{8}$", False),
        ("BT12345678", "^(AT|BT)[0-9]{8}$", True),
        ("CT12345678", "^(?:AT|BT)[0-9]{8}$", False),
        ("HA-0123", "^HA-[A-Z0-9-]{1,28}$", True),
        ("AT12345678", r"^AT\d{8}$", True),
        # What cannot be read, or takes what serial numbers do not need, is the utility's to check.
        ("AT12345678", "^AT[0-9", True),
        ("AT12345678", "(?P<a>.)(?P=a)", True),
        ("AT12345678", "(AT", True),
        ("AT12345678", "^A{0,9}B{0,9}C{0,9}D{0,9}$", True),
        ("AT12345678", "^A?B?C?D?$", True),
        ("AT12345678", "^(A|B|C|D|E|F)$", True),
        ("AT12345678", "A" * 201, True),
        # What is just not beyond that is looked at.
        ("AT12345678", "A" * 200, False),
        ("AT12345678", "^A*B*C*$", False),
        ("AT12345678", "^(A|B|C|D|E)$", False),
        ("AT12345678", "^A{1}B{1}C{1}D{1}$", False),
    ],
)
@pytest.mark.use_case("UR-8")
def test_serial_number_fits_its_pattern(serial: str, pattern: str | None, fits: bool) -> None:
    assert serial_fits(serial, pattern) is fits


def test_patterns_of_the_catalogue_are_looked_at() -> None:
    assert not any(serial_fits("0-0-0-0-0", model["serial_pattern"]) for model in COMPATIBLE_DEVICES)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(A+)+$",
        "^(A|A)*$",
        "^(A|AA)+$",
        "^([A-Z]+)*$",
        "(.*A){25}B",
        "^" + "A*" * 25 + "B$",
        "^" + "(A|A)" * 32 + "B$",
        "^" + "A?" * 32 + "A{32}B$",
        "(?:" * 5_000,
        "A" * 100_000,
        "(?=(A+)+B)",
    ],
)
def test_pattern_that_would_be_tried_for_ever_is_not_tried(pattern: str) -> None:
    """Each would take longer than anybody waits with 25 characters or more; the utility checks the number itself."""
    assert serial_fits("A" * 32, pattern)


@pytest.mark.parametrize("text", ["1M8GDM9AXKP042788" * 60_000, "- " * 500_000, "²" * 17, "I" * 17, "\x00" * 17, ""])
def test_odd_vin_is_none(text: str) -> None:
    with pytest.raises(VinError):
        parse_vin(text)


@pytest.mark.parametrize(
    "text", ["." * 100_000, "https://[::1", "https://\x00", "https://" + "a b" * 100_000, "[::1]@"]
)
def test_odd_address_of_a_utility_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        utility_url(text)
