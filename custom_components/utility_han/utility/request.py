"""The one place where something is asked over HTTP, and where what comes back is read.

- A redirect is an answer like another and never followed: a token, a secret or a code goes to who was meant only (RFC
  9700, 4.12: 307 and 308 have a client repeat its form elsewhere), and what was looked up was said by who was asked.
- A body is counted while it is read, as it is after its content coding (RFC 9110, 8.4): aiohttp decodes it piece by
  piece, so one that expands to gigabytes costs no more than one that is sent at that length.
- All of it together, drop by drop, has to be there in a stated time.
"""

from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from .errors import UtilityError, UtilityReason

_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body was read: ``response`` has its status and headers."""

    response: aiohttp.ClientResponse
    body: bytes

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status


async def ask(
    session: aiohttp.ClientSession, method: str, url: URL | str, *, most: int, within: float, **given: Any
) -> Answer:
    """Return what is answered, whatever its status; ``given`` is aiohttp's (headers, json, data, params, ssl).

    ``UtilityError`` where nothing comes within so many seconds, where the certificate cannot be verified, and where
    the body has more than ``most`` bytes.
    """
    what = f"{method} {URL(url).path}"
    timeout = aiohttp.ClientTimeout(total=within)
    try:
        async with session.request(method, url, timeout=timeout, allow_redirects=False, **given) as response:
            return Answer(response, await _body(response, most, what))
    except aiohttp.ClientConnectorCertificateError as err:
        raise UtilityError(UtilityReason.CERTIFICATE_UNTRUSTED, f"{what}: {type(err).__name__}") from err
    except TimeoutError as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"{what}: no answer in time") from err
    except (aiohttp.ClientError, OSError) as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"{what}: {type(err).__name__}") from err


async def _body(response: aiohttp.ClientResponse, most: int, what: str) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        raw += chunk
        if len(raw) > most:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"{what}: more than {most} bytes")
    return bytes(raw)
