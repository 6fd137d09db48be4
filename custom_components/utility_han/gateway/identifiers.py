"""The identifiers by which a utility knows devices on a Zigbee Smart Energy network.

Smart Energy 1.x has no LFDI. The utility's API knows every device by one of the same length, made from the EUI64 as
an LFDI is made from a certificate (docs/utility-api.yaml, ``Lfdi``). A node speaks for one device with each endpoint.
"""

import hashlib

from aio2030dot5.identity import sfdi_from_lfdi

from .model import Peer

OWN_ENDPOINT = 1
"""The endpoint that Home Assistant itself is."""
DEVICE_ENDPOINTS = range(2, 10)
"""Endpoints for devices that Home Assistant speaks for: as many as the radio has room for."""


def lfdi_of(eui64: str, endpoint: int = OWN_ENDPOINT) -> str:
    """Return the identifier of a device; ``eui64`` as 16 hexadecimal digits, most significant first."""
    return hashlib.sha256(bytes.fromhex(eui64) + bytes([endpoint])).digest()[:20].hex().upper()


def peer_of(eui64: str, *, accepts_us: bool) -> Peer:
    """Return a meter by its EUI64."""
    lfdi = lfdi_of(eui64)
    return Peer(lfdi, sfdi_from_lfdi(lfdi), accepts_us)
