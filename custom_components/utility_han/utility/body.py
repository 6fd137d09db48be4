"""Reads the body of an answer, as far as one can be long."""

import aiohttp

from .errors import UtilityError, UtilityReason

_CHUNK = 65536


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """Return the body of an answer; ``UtilityError`` where it has more than ``most`` bytes."""
    raw = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        raw += chunk
        if len(raw) > most:
            what = f"{response.method} {response.url.path}: more than {most} bytes"
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, what)
    return bytes(raw)
