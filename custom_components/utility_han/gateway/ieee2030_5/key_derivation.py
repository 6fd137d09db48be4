"""How much work a passphrase is made before it opens a key, which the key itself says, and may be for ever.

PKCS #8 ``EncryptedPrivateKeyInfo`` (RFC 5958, 3) names an algorithm with its parameters: rounds of PBKDF2 (RFC 8018,
A.2, ``iterationCount``) or of the older schemes (A.3; RFC 7292, B), cost and memory of scrypt (RFC 7914, 7).
"""

import base64
import binascii
import re
from collections.abc import Iterator

_BEGIN, _END = "-----BEGIN ENCRYPTED PRIVATE KEY-----", "-----END ENCRYPTED PRIVATE KEY-----"
_MOST_ROUNDS = 10_000_000
"""Two seconds; a password manager takes a million."""
_MOST_MEMORY = 256 * 1024 * 1024
_DEEPEST = 16
"""How many sequences are within each other at most; PBES2 (RFC 8018, A.4) with all of its parameters has four."""
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_INTEGER, _OID, _SEQUENCE = 0x02, 0x06, 0x30


def opens_in_time(pem: str) -> bool:
    """Whether a key in PEM is opened by its passphrase with the time and memory that a person's computer has."""
    _, begun, rest = pem.partition(_BEGIN)
    if not begun:
        return True
    try:
        key = base64.b64decode(re.sub(r"\s", "", rest.partition(_END)[0]), validate=True)
        (_, info), *_ = _values(key)
        (_, algorithm), *_ = _values(info)
        said = list(_all(algorithm))
    except _TooDeepError:
        return False
    except ValueError, binascii.Error, IndexError:
        return True  # who opens it says that it is none
    numbers = [int.from_bytes(value, signed=True) for tag, value in said if tag == _INTEGER]
    if (_OID, _SCRYPT) in said:
        cost, block, *parallel = [*numbers, 1, 1]
        return min(numbers, default=0) > 0 and 128 * cost * block * parallel[0] <= _MOST_MEMORY
    return all(number <= _MOST_ROUNDS for number in numbers)


class _TooDeepError(Exception):
    """Sequences are within each other as in no algorithm: what it says is not looked for any further."""


def _all(der: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield every value within sequences, by its tag."""
    if depth > _DEEPEST:
        raise _TooDeepError
    for tag, value in _values(der):
        if tag == _SEQUENCE:
            yield from _all(value, depth + 1)
        else:
            yield tag, value


def _values(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the values that follow each other (X.690, 8.1); ``IndexError`` where one is cut off."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            many = size & 0x7F
            size, at = int.from_bytes(der[at : at + many]), at + many
        if at + size > len(der):
            raise IndexError("a value that is cut off")
        yield tag, der[at : at + size]
        at += size
