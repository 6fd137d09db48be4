"""The meter's registers as they are read: told by the meter where it reports, asked for where not."""

import time
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from ..model import Interval, Readings, Register
from . import metering
from .clusters import Metering
from .messenger import Messenger
from .reports import Reports


class MeterRegisters:
    """What was discovered or restored of the meter's registers."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._sources: tuple[metering.Source, ...] = ()
        self._scale = metering.Scale(1, 1)
        self._periods = metering.UpdatePeriods()
        self._reports = Reports(messenger)
        self._last_read: float | None = None

    async def discover(self, *, offered: bool) -> None:
        """Find the registers and what their raw values mean; there are none where Metering is not ``offered``."""
        self._sources, self._scale = await metering.discover(self._messenger) if offered else ((), self._scale)

    def known(self) -> Sequence[Register]:
        """Return what was discovered or restored."""
        return tuple(source.register for source in self._sources)

    async def configure(self) -> timedelta | None:
        """Have the meter report its registers; return how often they change, None where it does not say."""
        if not self._sources:
            return None
        await self._periods.read(self._messenger)
        registers = [source.attribute for source in self._sources]
        await self._reports.request(self._messenger, registers, self._periods.default)
        return timedelta(seconds=self._periods.default) if self._periods.default else None

    async def read_raw(self, keys: Collection[str]) -> dict[int, Any]:
        """Return raw values by attribute; what the meter told since the last reading is not asked for again."""
        attributes = [source.attribute for source in self._named(keys)]
        if not attributes:
            return {}
        since, self._last_read = self._last_read, time.monotonic()
        if (told := self._reports.take(attributes)) is not None:
            return told
        if since is not None:
            await self._periods.keep_up(self._messenger, self._last_read - since)
        return await self._messenger.read(Metering, attributes)

    def readings(
        self, keys: Collection[str], raw: dict[int, Any], at: datetime, clock_offset: timedelta | None
    ) -> Readings:
        """Return raw values in the units of their registers; what is marked invalid is left out."""
        wanted = self._named(keys)
        failed = frozenset(source.register.key for source in wanted if source.attribute not in raw)
        return Readings(at, metering.values(wanted, self._scale, raw), clock_offset, failed)

    def _named(self, keys: Collection[str]) -> list[metering.Source]:
        return [source for source in self._sources if source.register.key in keys]

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Read completed intervals from the meter's profile; none where it measures nothing for us."""
        if not self._sources:
            return []
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
        self._scale = metering.Scale(int(scale["multiplier"]), int(scale["divisor"]))
        self._sources = sources

    def statistics(self) -> dict[str, Any]:
        """Return how often the values change now, in seconds, and whether the meter reports them."""
        return {"update_seconds": self._periods.current, "reports": self._reports.granted}
