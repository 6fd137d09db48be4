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


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a >> _BITS:
            a ^= _POLYNOMIAL
        b >>= 1
    return product


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
        x3 = _times(slope, slope) ^ slope ^ 1
    else:
        slope = _times(y1 ^ y2, _inverse(x1 ^ x2))
        x3 = _times(slope, slope) ^ slope ^ x1 ^ x2 ^ 1
    return x3, _times(slope, x1 ^ x3) ^ x3 ^ y1


def multiply(scalar: int, point: Point) -> Point:
    """``scalar`` times a point."""
    result: Point = None
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


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
    beta = x ^ 1 ^ _times(_inverse(x), _inverse(x))
    z = half = beta
    for _ in range(_BITS // 2):  # the half-trace: z² + z = beta
        half = _times(half, half)
        half = _times(half, half)
        z ^= half
    if _times(z, z) ^ z != beta:
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
