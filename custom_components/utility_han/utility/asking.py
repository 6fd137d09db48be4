"""What every way that asks over HTTP does alike: ask again where that may help, and read what is answered."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import aiohttp

from .answer import parse_json
from .errors import UtilityError, UtilityReason

TIMEOUT = 20.0
ATTEMPTS = 3
MAX_BYTES = 4 * 1024 * 1024
_PAUSE = 0.5
_LONGEST_WAIT = 5.0
"""Seconds of ``Retry-After``, of whatever answer, that are waited for here; for longer ones the caller comes back."""
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)
"""``Retry-After`` (RFC 9110, 10.2.3) in seconds; its other form, a date, says nothing to us."""
_REPEATED = frozenset(
    {UtilityReason.UTILITY_UNREACHABLE, UtilityReason.UTILITY_ERROR, UtilityReason.UTILITY_NOT_UNDERSTOOD}
)


async def repeated[T](
    ask: Callable[[], Awaitable[T]], what: object, *, attempts: int = ATTEMPTS, patience: float = TIMEOUT
) -> T:
    """Return what ``ask`` gives, asked up to ``attempts`` times, ``patience`` seconds each; ``what`` names it."""
    for attempt in range(attempts):
        try:
            async with asyncio.timeout(patience):
                return await ask()
        except TimeoutError as err:
            failure = UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"{what}: no answer in time")
            failure.__cause__ = err
        except UtilityError as err:
            failure = err
        wait = failure.retry_after.total_seconds() if failure.retry_after else _PAUSE * 2**attempt
        again = (failure.reason in _REPEATED or failure.retry_after is not None) and wait <= _LONGEST_WAIT
        if not again or attempt + 1 == attempts:
            raise failure
        await asyncio.sleep(wait)
    raise AssertionError("unreachable")


def json_of(raw: bytes, what: object, *, needed: bool, apart: bool = False) -> Any:
    """Return the JSON of a body, None where it is empty; where it is none, ``UtilityError`` if it is ``needed``.

    ``apart`` is as :func:`parse_json` has it.
    """
    try:
        return parse_json(raw, apart=apart) if raw else None
    except ValueError as err:
        if needed:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"{what}: no JSON") from err
        return None


def retry_after(response: aiohttp.ClientResponse) -> timedelta | None:
    """Return for how long an answer wants us to wait, None where it does not say."""
    after = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(after)) if _SECONDS.fullmatch(after) else None
