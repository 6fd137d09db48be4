"""The meter's registers as they are read: told by the meter where it reports, asked for where not.

What raw values count in is read with them, in the same frame: it may change at any time, and a register that seems to
leap tenfold ruins what is counted.
"""

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from ..model import Interval, Register
from . import metering
from .clusters import Metering
from .messenger import ATTRIBUTES_AT_ONCE, Messenger
from .reports import Reports
from .scale import FORMATTING, Scale, scale_of


class MeterRegisters:
    """What was discovered or restored of the meter's registers."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._sources: tuple[metering.Source, ...] = ()
        self._scale = Scale(1, 1)
        self._periods = metering.UpdatePeriods()
        self._reports = Reports(messenger)
        self._last_read: float | None = None

    async def discover(self, *, offered: bool) -> None:
        """Find the registers and what their raw values count in; there are none where Metering is not ``offered``."""
        if not offered:
            self._sources = ()
            return
        known = [source.attribute for source in self._sources]
        await self._read_scale()
        self._sources = await metering.discover(self._messenger, known)

    async def _read_scale(self) -> None:
        self._scale = scale_of(await self._messenger.read(Metering, FORMATTING))

    def known(self) -> Sequence[Register]:
        """Return what was discovered or restored."""
        return tuple(source.register for source in self._sources)

    async def configure(self) -> timedelta | None:
        """Have the meter report its registers; return how often they change, None where it does not say."""
        if not self._sources:
            return None
        await self._read_scale()
        await self._periods.read(self._messenger)
        registers = [source.attribute for source in self._sources]
        await self._reports.request(self._messenger, registers, self._scale.attributes, self._periods.default)
        return timedelta(seconds=self._periods.default) if self._periods.default else None

    async def read(self, keys: Collection[str]) -> dict[str, float]:
        """Return values by register key, in W and Wh; what is missing or marked invalid is left out.

        What the meter told since the last reading is not asked for again.
        """
        wanted = [source for source in self._sources if source.register.key in keys]
        if not wanted:
            return {}
        since, self._last_read = self._last_read, time.monotonic()
        if (told := await self._told(wanted)) is not None:
            return told
        if since is not None:
            await self._periods.keep_up(self._messenger, self._last_read - since)
        found: dict[str, float] = {}
        at_once = ATTRIBUTES_AT_ONCE - len(self._scale.attributes)
        for first in range(0, len(wanted), at_once):
            some = wanted[first : first + at_once]
            asked = (*self._scale.attributes, *(source.attribute for source in some))
            raw = await self._messenger.read(Metering, asked)
            if self._scale.told:
                self._scale = scale_of(raw)
            found |= metering.values(some, self._scale, raw)
        return found

    async def _told(self, wanted: Sequence[metering.Source]) -> dict[str, float] | None:
        """Return what the meter told by itself, None where it did not, or where that may count in something else."""
        told = self._reports.take([source.attribute for source in wanted], self._scale.attributes)
        if told is None:
            return None
        if self._scale.told:
            formatting = told.formatting or await self._messenger.read(Metering, FORMATTING)
            if scale_of(formatting) != self._scale:
                return None
        return metering.values(wanted, self._scale, told.values)

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Read completed intervals from the meter's profile; none where it measures nothing for us."""
        if not self._sources:
            return []
        if self._scale.told:
            await self._read_scale()
        return await metering.intervals(self._messenger, self._scale, direction, since)

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "attributes": [source.attribute for source in self._sources],
            "scale": self._scale.to_dict(),
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`to_dict` gave."""
        sources, scale = metering.sources(data["attributes"]), data["scale"]
        self._scale = Scale(int(scale["multiplier"]), int(scale["divisor"]))
        self._sources = sources

    def statistics(self) -> dict[str, Any]:
        """Return how often the values change now, in seconds, and whether the meter reports them."""
        return {"update_seconds": self._periods.current, "reports": self._reports.granted}
