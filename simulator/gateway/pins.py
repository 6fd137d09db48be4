"""Registration PINs: six digits of which the last is a check digit (IEEE 2030.5-2018 clause 8.3.2)."""

from __future__ import annotations


def check_digit(five: int) -> int:
    """The digit that makes the sum of all six a multiple of ten."""
    return -sum(map(int, str(five))) % 10


def is_valid(pin: int) -> bool:
    """Whether ``pin`` has at most six digits and the right check digit."""
    return 0 <= pin <= 999_999 and check_digit(pin // 10) == pin % 10


def another(pin: int) -> int:
    """A valid PIN that is not ``pin``."""
    five = (pin // 10 + 1) % 100_000
    return five * 10 + check_digit(five)
