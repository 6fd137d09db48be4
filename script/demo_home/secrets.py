"""What nobody but the home may learn, and how to find it in what the home lets out, however it is written there."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from zigpy.util import convert_install_code

_NAMES = frozenset(
    {
        "access_token", "account", "account_id", "account_number", "address", "client_secret", "code", "code_verifier",
        "contract_id", "holder", "install_code", "key_pem", "latitude", "link_key", "longitude",
        "network_key", "password", "payer_number", "pin", "private_key", "refresh_token", "token", "vin", "webhook_id",
    }
)  # fmt: skip
"""Fields of what is kept and of what is typed that hold a secret, or where people live and who pays."""
_TYPED = _NAMES | {"key"}
"""On a page it is the PIN or the installation code; in a file everything has a key."""
_STORES = ("application_credentials", "core.config", "core.config_entries", "utility_han*")
_DOMAIN = "utility_han"
_SHORTEST = 5
_DECIMALS = 3
"""A place to a thousandth of a degree is a house among a hundred metres."""
_DIGITS = re.compile(r"[\d\s.-]+")
_MASK = re.compile(r"[•…*]")
_APART = r"[\s:_.\-]{0,2}"
_PEM = re.compile(r"-----[A-Z ]+-----|\s")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret with the field that it was found in."""

    field: str
    value: str

    def pattern(self) -> re.Pattern[str]:
        """Match the secret as text, hexadecimal, base64 and percent-encoded, in any case, whole or in groups."""
        if self.field in ("latitude", "longitude"):
            whole, _, decimals = self.value.lstrip("-").partition(".")
            return re.compile(rf"(?<![\d.]){whole}\.{decimals[:_DECIMALS]}")
        value = self.value
        if "-----BEGIN" in value:
            return _key_pattern(value)
        plain = re.sub(r"[\s:\-]", "", value)
        grouped = _APART.join(re.escape(each) for each in plain)
        # Among other digits it is a part of another number.
        before, after = (r"(?<![\d.])", r"(?!\d)") if plain.isdecimal() else ("", "")
        written = (quote(value, safe=""), quote(value), json.dumps(value)[1:-1])
        ways = [rf"{before}(?:{way}){after}" for way in (grouped, *map(re.escape, written))]
        for form in {value.encode(), plain.encode(), *_bytes_of(plain)}:
            ways += _encoded(form)
        return _any_of(ways)


def _key_pattern(pem: str) -> re.Pattern[str]:
    """Match a private key: its number, or the middle of its PEM, whatever its lines; it begins with its kind."""
    body = _PEM.sub("", pem)
    third = len(body) // 3
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    number = key.private_numbers().private_value
    return _any_of(
        [
            r"(?:\s|\\n)*".join(re.escape(each) for each in body[third:-third]),
            str(number),
            *_encoded(number.to_bytes(-(-key.key_size // 8))),
        ]
    )


def _any_of(ways: Iterable[str]) -> re.Pattern[str]:
    # Base64 is the same in another case of its letters only by chance, which the length of a secret rules out.
    return re.compile("|".join(dict.fromkeys(ways)), re.IGNORECASE)


def _encoded(data: bytes) -> Iterator[str]:
    """Yield how bytes are written: hexadecimal in groups, Python's bytes and lists, either end first, base64."""
    yield _APART.join(data.hex())
    for ordered in (data, data[::-1]):
        yield r"(?:, ?|[\s:\-])".join(f"(?:0x)?{byte:02x}" for byte in ordered)
        yield r",\s?".join(map(str, ordered))
        if r"\x" in (text := repr(ordered)[2:-1]):
            yield re.escape(text)
    yield from map(re.escape, _base64(data))


def _bytes_of(value: str) -> Iterator[bytes]:
    if len(value) >= 16 and re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", value):
        yield bytes.fromhex(value)


def _base64(data: bytes) -> Iterator[str]:
    """Yield what base64 has of data, wherever in what is encoded it begins: without the ends, which depend on that."""
    for before in range(3):
        after = -(before + len(data)) % 3
        for encode in (b64encode, urlsafe_b64encode):
            text = encode(b"\0" * before + data + b"\0" * after).decode()
            inner = text[(0, 2, 3)[before] : len(text) - (0, 2, 3)[after]]
            if len(inner) >= 2 * _SHORTEST - 2:
                yield inner


def secrets_of(storage: Path, *typed: Mapping[str, Any]) -> frozenset[Secret]:
    """Return what a home keeps in its ``storage`` that is secret, and of what was typed on its pages."""
    found = set(secrets_in(list(typed)))
    for pattern in _STORES:
        for path in storage.glob(pattern):
            data = json.loads(path.read_text())["data"]
            if path.name == "core.config_entries":
                data = [entry for entry in data["entries"] if entry["domain"] == _DOMAIN]
            found.update(_in(data, _NAMES))
    return frozenset(found)


def secrets_in(typed: Any) -> frozenset[Secret]:
    """Return what is secret of what was typed, by the names of its fields."""
    return frozenset(_in(typed, _TYPED))


def _in(data: Any, names: Collection[str], field: str = "") -> Iterator[Secret]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _in(value, names, key)
    elif isinstance(data, list | tuple):
        for each in data:
            yield from _in(each, names, field)
    elif field in names and isinstance(data, str | int | float):
        value = str(data)
        if len(value) >= _SHORTEST and not _MASK.search(value):
            yield Secret(field, value)
        if field == "install_code":
            yield Secret("link_key", _link_key(value))


def _link_key(install_code: str) -> str:
    """Return the key that a radio joins with: the hash of its install code (Zigbee 3.0 Base Device, 10.1)."""
    key = convert_install_code(bytes.fromhex(install_code))
    assert key is not None, "the install code of a home fits its checksum"
    return str(key.serialize().hex())
