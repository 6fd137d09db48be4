"""How long a utility that cannot be spoken with is left alone."""

import asyncio
from contextlib import suppress
from random import uniform

from ..utility.errors import UtilityError

_FIRST = 5.0
_LONGEST = 900.0


class Backoff:
    """Twice as long after each failure, unless the utility says how long."""

    def __init__(self) -> None:
        self._next = _FIRST

    def after(self, err: UtilityError) -> float:
        """Return the seconds to wait after a failure."""
        wait = err.retry_after.total_seconds() if err.retry_after else self._next
        self._next = min(self._next * 2, _LONGEST)
        return wait

    def reset(self) -> None:
        """Begin anew: the utility was spoken with."""
        self._next = _FIRST


async def async_rest(wake: asyncio.Event, seconds: float) -> None:
    """Wait about so long, or until ``wake``; not all homes come back at the same moment."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds * uniform(1, 1.2)):
            await wake.wait()
