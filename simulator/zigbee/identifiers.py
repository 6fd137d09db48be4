"""What utilities know devices on a Zigbee Smart Energy network by."""

from __future__ import annotations

import hashlib


def lfdi_of(eui64: bytes, endpoint: int = 1) -> str:
    """The 160-bit identifier of a device without a certificate of IEEE 2030.5 (docs/utility-api.yaml, ``Lfdi``).

    ``eui64`` has its most significant byte first. A node speaks for one device with each endpoint.
    """
    return hashlib.sha256(eui64 + bytes([endpoint])).digest()[:20].hex().upper()


def text_of(eui64: bytes) -> str:
    """An EUI64 in hexadecimal digits, as labels have it."""
    return eui64.hex().upper()
