"""A device's unique registration information (UR-8) as a person types it, wherever it is asked for."""

from collections.abc import Mapping

from ...const import CONF_SERIAL
from ...gateway import parse_pin
from ...procedures import serial_fits


def take_identification(
    user_input: Mapping[str, str], pattern: str | None, errors: dict[str, str], *, pin: str
) -> tuple[str, str] | None:
    """Return serial number and PIN as typed, checked; None with ``errors`` by field where they cannot be.

    ``pattern`` is that of the model's serial numbers, ``pin`` the field of the PIN.
    """
    serial, digits = user_input[CONF_SERIAL].strip().upper(), ""
    if not serial_fits(serial, pattern):
        errors[CONF_SERIAL] = "invalid_serial"
    try:
        digits = f"{parse_pin(user_input[pin]):06}"
    except ValueError:
        errors[pin] = "invalid_pin"
    return None if errors else (serial, digits)
