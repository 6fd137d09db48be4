"""The codes a person types from a label or a letter, each checked before anything is sent.

Every ``parse_*`` takes the text as typed (any grouping, case and white space), returns its canonical form and
raises ``ValueError`` where a check digit, checksum or length does not fit.
"""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_SEPARATORS = re.compile(r"[\s:.\-_]+")
_SFDI_MAX = 2**36 - 1
_INSTALL_CODE_LENGTHS = (8, 10, 14, 18)
_LONGEST_LABEL = 512
"""Characters; the patterns of labels take a time that grows with the square of them."""
_LABELS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"Z:(?P<eui64>[0-9A-F]{16})[$%](?:[^$%]*[$%])*?I:(?P<code>[0-9A-F]+)",
        r"(?:EUI64|MAC|ADDR)[:=]?\s*(?P<eui64>[0-9A-F]{16})\W+(?:IC|CODE|INSTALL)[:=]?\s*(?P<code>[0-9A-F]+)",
        r"^(?P<eui64>[0-9A-F]{16})[,;|](?P<code>[0-9A-F]+)$",
    )
)
"""What QR codes on labels hold."""


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text)


def _digit_sum_fits(digits: str) -> bool:
    return sum(map(int, digits)) % 10 == 0


def parse_pin(text: str) -> int:
    """Return a registration PIN: six digits, the last a check digit (IEEE 2030.5-2018, PINType and 6.3.5)."""
    digits = _compact(text)
    if not re.fullmatch(r"[0-9]{6}", digits):
        raise ValueError("a PIN has six digits")
    if not _digit_sum_fits(digits):
        raise ValueError("the check digit of the PIN does not fit")
    return int(digits)


def create_pin() -> str:
    """Return a registration PIN of our own, six digits: five at random and the check digit.

    Registration.pIN is "associated with the device" (XSD), which is us: we make it, and whoever registers us is told.
    """
    digits = f"{secrets.randbelow(100_000):05d}"
    return f"{digits}{-sum(map(int, digits)) % 10}"


def label_of(lfdi: str, sfdi: str, pin: str | None) -> str:
    """Return what a QR code holds for whoever registers a device: LFDI (grouped), SFDI and PIN, a line each.

    No text gives such a code a form: neither sep.xsd nor the test procedures of CSIP, which have client and server
    compare "each set of SFDI/LFDI and PIN values" (BASIC-001). So it holds that set, in words that any camera shows.
    """
    return "\n".join([f"LFDI: {lfdi}", f"SFDI: {sfdi}", *([f"PIN: {pin}"] if pin is not None else [])])


def parse_sfdi(text: str) -> str:
    """Return an SFDI as decimal digits without leading zeros (IEEE 2030.5-2018, 6.3.3)."""
    digits = _compact(text)
    if not re.fullmatch(r"[0-9]{2,12}", digits):
        raise ValueError("an SFDI has up to twelve digits")
    if not _digit_sum_fits(digits) or int(digits[:-1]) > _SFDI_MAX:
        raise ValueError("the check digit of the SFDI does not fit")
    return str(int(digits))


def parse_lfdi(text: str) -> str:
    """Return an LFDI as 40 upper-case hexadecimal digits (IEEE 2030.5-2018, 6.3.4)."""
    digits = _compact(text).upper()
    if not re.fullmatch(r"[0-9A-F]{40}", digits):
        raise ValueError("an LFDI has forty hexadecimal digits")
    return digits


@dataclass(frozen=True, slots=True)
class Address:
    """Where a gateway is, as far as it was typed."""

    host: str
    port: int | None = None
    path: str | None = None
    """Where its DeviceCapability is (IEEE 2030.5-2018, 10.1); servers other than meters have it where they like."""


def parse_address(text: str) -> Address:
    """Return a host name or IP address, typed alone, with a port, with a path, or as a whole URL."""
    typed = text.strip()
    bare = typed.partition("://")[2] if "://" in typed else typed
    if bare.count(":") > 1 and not bare.startswith("["):
        bare = f"[{bare.partition('/')[0]}]{''.join(bare.partition('/')[1:])}"  # an IPv6 address without brackets
    parts = urlsplit(f"//{bare}")
    if typed.partition("://")[0] not in (typed, "https") or not parts.hostname or parts.username is not None:
        raise ValueError("an address is a name or an IP address, with a port and a path at most")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~") if parts.path not in ("", "/") else None
    parts.hostname.encode("idna")  # UnicodeError, a ValueError, where it is no name that can be looked up
    return Address(parts.hostname, parts.port, path)


def parse_install_code(text: str) -> bytes:
    """Return a Zigbee install code with its CRC, 8, 10, 14 or 18 bytes (Zigbee Smart Energy 1.4, 5.4.8.1.1)."""
    digits = _compact(text)
    try:
        code = bytes.fromhex(digits)
    except ValueError:
        raise ValueError("an install code has hexadecimal digits only") from None
    if len(code) not in _INSTALL_CODE_LENGTHS:
        raise ValueError("an install code has 8, 10, 14 or 18 bytes")
    if crc16_x25(code[:-2]) != int.from_bytes(code[-2:], "little"):
        raise ValueError("the checksum of the install code does not fit")
    return code


def parse_eui64(text: str) -> str:
    """Return an EUI64 as 16 upper-case hexadecimal digits, most significant first."""
    digits = _compact(text).upper()
    if not re.fullmatch(r"[0-9A-F]{16}", digits):
        raise ValueError("an EUI64 has sixteen hexadecimal digits")
    return digits


def parse_label(text: str) -> tuple[str | None, bytes]:
    """Return the EUI64, if it is there, and the install code of what was typed or scanned from a label.

    A label's QR code has ``Z:`` before the EUI64 and ``I:`` before the install code, or ``EUI64`` and ``IC`` in other
    words; what is typed is the install code alone.
    """
    if len(text) > _LONGEST_LABEL:
        raise ValueError("more than a label holds")
    for pattern in _LABELS:
        if (found := pattern.search(text)) is not None:
            return parse_eui64(found["eui64"]), parse_install_code(found["code"])
    return None, parse_install_code(text)


def with_checksum(code: bytes) -> bytes:
    """Return an install code of 6, 8, 12 or 16 bytes with its CRC after it."""
    return code + crc16_x25(code).to_bytes(2, "little")


def crc16_x25(data: bytes) -> int:
    """Return the CRC-16/X-25 of ``data`` (ITU-T X.25: polynomial 0x1021 reflected, all ones in and out)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x8408 if crc & 1 else 0)
    return crc ^ 0xFFFF
