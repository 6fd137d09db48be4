"""Elliptic-curve cryptography of Smart Energy 1.0 and 1.1: sect163k1, implicit certificates, MQV, the MMO hash.

SEC 2 (curve), SEC 4 (ECQV implicit certificates), SEC 1 (ECMQV, X9.63 key derivation); Zigbee Smart Energy 1.4,
annex C.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from zigpy.util import aes_mmo_hash

_BITS = 163
_POLYNOMIAL = 1 << 163 | 1 << 7 | 1 << 6 | 1 << 3 | 1
_LENGTH = 21
_ORDER = 0x04000000000000000000020108A2E0CC0D99F8A5EF
_COFACTOR = 2
_HALF = (_BITS + 1) // 2
_BLOCK = 16

type Point = tuple[int, int] | None
"""Affine coordinates; None is the point at infinity."""

# Factors have each bit in a byte of its own: 163 of them are summed without a carry, and the lowest bit of a byte is
# what the sum is in the field. That is one product of large numbers in the place of 163 steps.
_BITS_APART = int.from_bytes(bytes([1] * _BITS))
_SUMS_APART = int.from_bytes(bytes([1] * (2 * _BITS)))
_DIGITS = int.from_bytes(b"0" * (2 * _BITS))


def _reduced(a: int) -> int:
    while high := a >> _BITS:
        a ^= high << _BITS ^ high << 7 ^ high << 6 ^ high << 3 ^ high
    return a


def _apart(a: int) -> int:
    return int.from_bytes(f"{a:b}".encode()) & _BITS_APART


def _times(a: int, b: int) -> int:
    sums = _apart(a) * _apart(b) & _SUMS_APART
    return _reduced(int((sums | _DIGITS).to_bytes(2 * _BITS), 2))


def _square(a: int) -> int:
    return _reduced(int(f"{a:b}", 4))  # a zero between all bits


def _inverse(a: int) -> int:
    u, v, g1, g2 = a, _POLYNOMIAL, 1, 0
    while u != 1:
        shift = u.bit_length() - v.bit_length()
        if shift < 0:
            u, v, g1, g2, shift = v, u, g2, g1, -shift
        u ^= v << shift
        g1 ^= g2 << shift
    return g1


def add(p: Point, q: Point) -> Point:
    """The sum of two points of y² + xy = x³ + x² + 1."""
    if p is None or q is None:
        return p or q
    (x1, y1), (x2, y2) = p, q
    if x1 == x2:
        if y1 ^ y2 == x1 or x1 == 0:
            return None
        slope = x1 ^ _times(y1, _inverse(x1))
        x3 = _square(slope) ^ slope ^ 1
    else:
        slope = _times(y1 ^ y2, _inverse(x1 ^ x2))
        x3 = _square(slope) ^ slope ^ x1 ^ x2 ^ 1
    return x3, _times(slope, x1 ^ x3) ^ x3 ^ y1


type _Projective = tuple[int, int, int]
"""A point (x / z, y / z²) as López and Dahab have it, which is added without dividing; z is 0 at infinity."""
_INFINITY: _Projective = 1, 0, 0


def _affine(point: _Projective) -> Point:
    x, y, z = point
    if z == 0:
        return None
    inverse = _inverse(z)
    return _times(x, inverse), _times(y, _square(inverse))


def _doubled(point: _Projective) -> _Projective:
    x, y, z = point
    fourth = _square(_square(z))
    z3 = _square(_times(x, z))
    x3 = _square(_square(x)) ^ fourth
    return x3, _times(fourth, z3) ^ _times(x3, z3 ^ _square(y) ^ fourth), z3


def _plus(point: _Projective, x2: int, y2: int) -> _Projective:
    x, y, z = point
    if z == 0:
        return x2, y2, 1
    z_square = _square(z)
    a, b = _times(y2, z_square) ^ y, _times(x2, z) ^ x
    if b == 0:
        return _doubled(point) if a == 0 else _INFINITY
    c = _times(z, b)
    z3, e = _square(c), _times(a, c)
    x3 = _square(a) ^ _times(_square(b), c ^ z_square) ^ e
    y3 = _times(e ^ z3, x3 ^ _times(x2, z3)) ^ _times(x2 ^ y2, _square(z3))
    return x3, y3, z3


def multiply(scalar: int, point: Point) -> Point:
    """``scalar`` times a point."""
    if point is None:
        return None
    result = _INFINITY
    for bit in f"{scalar:b}":
        result = _doubled(result)
        if bit == "1":
            result = _plus(result, *point)
    return _affine(result)


def compress(point: Point) -> bytes:
    """A point in 22 bytes (SEC 1, 2.3.3)."""
    if point is None:
        raise ValueError("the point at infinity")
    x, y = point
    sign = _times(y, _inverse(x)) & 1
    return bytes([2 | sign]) + x.to_bytes(_LENGTH)


def decompress(data: bytes) -> Point:
    """A point from its 22 bytes (SEC 1, 2.3.4); ``ValueError`` where it is none."""
    x = int.from_bytes(data[1:])
    if len(data) != _LENGTH + 1 or data[0] not in (2, 3) or not 0 < x < 1 << _BITS:
        raise ValueError("no point of sect163k1")
    beta = x ^ 1 ^ _square(_inverse(x))
    z = half = beta
    for _ in range(_BITS // 2):  # the half-trace: z² + z = beta
        half = _square(_square(half))
        z ^= half
    if _square(z) ^ z != beta:
        raise ValueError("no point of sect163k1")
    if z & 1 != data[0] & 1:
        z ^= 1
    return x, _times(x, z)


GENERATOR = decompress(bytes.fromhex("0302FE13C0537BBC11ACAA07D793DE4E6D5E5C94EEE8"))


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A private key and its point, compressed."""

    private: int
    public: bytes

    @classmethod
    def of(cls, private: int) -> KeyPair:
        """The pair of a private key."""
        return cls(private, compress(multiply(private, GENERATOR)))

    @classmethod
    def generate(cls) -> KeyPair:
        """A pair for one exchange."""
        return cls.of(secrets.randbelow(_ORDER - 1) + 1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A device's certificate of 48 bytes, its private key, and the public key of who issued it."""

    certificate: bytes
    private: int
    issuer: bytes

    @property
    def subject(self) -> bytes:
        """The EUI64 that the certificate is for, most significant byte first."""
        return self.certificate[22:30]


def issue(issuer: KeyPair, eui64: bytes, request: KeyPair) -> Credentials:
    """Issue a certificate to a device for the key pair it made for the request (SEC 4, 2.4 to 2.7)."""
    own = KeyPair.generate()
    point = add(decompress(request.public), decompress(own.public))
    certificate = compress(point) + eui64 + b"SIMULATE" + bytes(10)
    digest = int.from_bytes(mmo(certificate))
    contribution = (digest * own.private + issuer.private) % _ORDER
    return Credentials(certificate, (digest * request.private + contribution) % _ORDER, issuer.public)


def public_key(certificate: bytes, issuer: bytes) -> Point:
    """The public key that a certificate implies."""
    digest = int.from_bytes(mmo(certificate))
    return add(multiply(digest, decompress(certificate[:22])), decompress(issuer))


@dataclass(frozen=True, slots=True)
class Secret:
    """What both sides derive: the link key, and the codes by which each shows the other that it has."""

    link_key: bytes
    initiator_code: bytes
    responder_code: bytes


def agree(
    own: Credentials, ephemeral: KeyPair, partner_certificate: bytes, partner_ephemeral: bytes, *, initiator: bool
) -> Secret:
    """Agree on a link key (ECMQV); ``ValueError`` where the partner's data is no good."""
    signature = (ephemeral.private + _associate(ephemeral.public) * own.private) % _ORDER
    theirs = multiply(_associate(partner_ephemeral), public_key(partner_certificate, own.issuer))
    shared = multiply(_COFACTOR * signature, add(decompress(partner_ephemeral), theirs))
    if shared is None:
        raise ValueError("the exchange yields no secret")
    z = shared[0].to_bytes(_LENGTH)
    mac_key, link_key = (mmo(z + counter.to_bytes(4)) for counter in (1, 2))
    first = (own.subject, partner_certificate[22:30], ephemeral.public, partner_ephemeral)
    ids_and_keys = first if initiator else (first[1], first[0], first[3], first[2])
    u, v, eu, ev = ids_and_keys
    return Secret(
        link_key,
        _keyed(mac_key, b"\x02" + u + v + eu + ev),
        _keyed(mac_key, b"\x03" + v + u + ev + eu),
    )


def _associate(public: bytes) -> int:
    return int.from_bytes(public[1:]) % (1 << _HALF) + (1 << _HALF)


def mmo(data: bytes) -> bytes:
    """The Matyas-Meyer-Oseas hash of 16 bytes (Zigbee specification, B.6)."""
    return bytes(aes_mmo_hash(data).serialize())


def _keyed(key: bytes, data: bytes) -> bytes:
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(_BLOCK, b"\0")) for pad in (0x36, 0x5C))
    return mmo(outer + mmo(inner + data))
