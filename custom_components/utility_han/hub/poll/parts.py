"""What a poll reads, part by part, each at its own rate and with its own failure."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import override

from ...const import DEFAULT_POLL_INTERVAL, LOGGER
from ...esi import Message, PriceSchedule
from ...gateway import Gateway, GatewayConfiguration, GatewayError
from ...procedures import RegisterGuard
from ..background.pacing import Due
from ..background.rounds import Backoff
from .corrections import CorrectedMeter

_UNAVAILABLE_FOR = timedelta(minutes=15)
"""After this long it is looked again whether a function set can be had that could not."""
_FIRST_AGAIN, _LONGEST_AGAIN = 60.0, 3600.0
"""Seconds after which what could not be read is tried again, at first and at the longest."""


@dataclass(slots=True)
class GatewayData:
    """What is known of the gateway: values by register key, in the register's unit."""

    values: dict[str, float] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()
    """Registers that were read, and whose values are not believed."""
    clock_offset: timedelta | None = None
    """The gateway's clock less ours, as it was read last: one that was wrong is so until it was seen to be right."""
    clock_unread: bool = False
    """Whether it was not told when it was asked for last."""
    enabled: bool = True
    """False where the gateway lists us as registered no longer."""
    configuration: GatewayConfiguration | None = None
    prices: PriceSchedule | None = None
    prices_read: bool = False
    """Whether they were since the start: until then holds what was told before it."""
    messages: list[Message] = field(default_factory=list)

    def preferred(self, function_set: str) -> timedelta:
        """Return how often the gateway wants a function set to be read; zero where it says nothing of it.

        What wants to be read as often as readings are is read with them.
        """
        if self.configuration is None:
            return timedelta(0)
        rate = self.configuration.rates.get(function_set, timedelta(0))
        return rate if rate > (self.configuration.poll_interval or DEFAULT_POLL_INTERVAL) else timedelta(0)


class Part(ABC):
    """Something that is read of the gateway; a room gives the poll its parts and is told by them.

    It is read at its own rate, and less often where the gateway prefers that (pollRate of the lists in sep.xsd: "it is
    RECOMMENDED a client poll the resources of this function set every pollRate seconds").
    """

    essential = False
    """Whether the poll has failed where this part has."""
    with_first = False
    """Whether it is read with the very first poll: after a start, entities shall have their values soon."""

    def __init__(self, every: timedelta) -> None:
        """``every`` is how often it is read; zero is with each poll."""
        self._every = every
        self._due = Due()
        self.failure: GatewayError | None = None
        """Why it could not be read the last time."""
        self._backoff = Backoff(_FIRST_AGAIN, _LONGEST_AGAIN)

    @property
    def every(self) -> timedelta:
        """How often it is read."""
        return self._every

    @property
    def wanted(self) -> bool:
        """Whether there is anything to read."""
        return True

    def due(self, now: datetime, *, first: bool) -> bool:
        """Whether it is read with the poll of ``now``, which may be the ``first`` one."""
        if not self.wanted or (first and not self.with_first):
            return False
        return self._due.is_now(self.every, now)

    @property
    def read_at(self) -> datetime | None:
        """When it was read last, or that was tried."""
        return self._due.last

    def begin(self, now: datetime) -> None:
        """Take note that it is read now."""
        self._due.begin(now)

    def note(self, failure: GatewayError | None) -> None:
        """Take note whether it was read, None; what could not be is tried before its time, after longer each time."""
        self.failure = failure
        if failure is None:
            self._backoff.reset()
        else:
            self._due.again_after(self._backoff.after())

    def read_anew(self) -> None:
        """Have it read with the next poll."""
        self._due.at_once()

    @abstractmethod
    async def read(self, now: datetime) -> None:
        """Read it over the session that is open; ``GatewayError`` where that fails."""

    async def take(self, now: datetime) -> None:  # noqa: B027 - most parts have nothing to do then
        """Do what follows from what was read, after a poll that did not fail."""


class Readings(Part):
    """The registers that somebody shows, as far as the guard believes them, and now and then the clock, in one go."""

    essential = True
    with_first = True

    def __init__(
        self,
        meter: CorrectedMeter,
        guard: RegisterGuard,
        data: GatewayData,
        keys: Callable[[], Collection[str]],
        clock_every: timedelta,
    ) -> None:
        """``keys`` returns the registers that are shown."""
        super().__init__(timedelta(0))
        self._meter = meter
        self._guard = guard
        self._data = data
        self._keys = keys
        self._clock_every = clock_every
        self._clock = Due()

    @override
    def read_anew(self) -> None:
        super().read_anew()
        self._clock.at_once()

    @override
    async def read(self, now: datetime) -> None:
        with_clock = self._clock.is_now(self._clock_every, now)
        told = await self._meter.read(set(self._keys()), include_clock=with_clock)
        readings = self._guard.accept(told, self._meter.registers, now, factor=self._meter.factor)
        self._data.values, self._data.doubted = readings.values, readings.doubted
        if with_clock:
            self._clock.begin(now)
            self._data.clock_unread = readings.clock_offset is None
            if readings.clock_offset is not None:
                self._data.clock_offset = readings.clock_offset


class Configuration(Part):
    """What the gateway gives its clients to go by."""

    def __init__(self, gateway: Gateway, data: GatewayData, every: timedelta) -> None:
        """``data`` is where it is put."""
        super().__init__(every)
        self._gateway = gateway
        self._data = data

    @property
    @override
    def every(self) -> timedelta:
        known = self._data.configuration
        return min(_UNAVAILABLE_FOR, self._every) if known is not None and known.unavailable else self._every

    @override
    async def read(self, now: datetime) -> None:
        configuration = await self._gateway.configuration()
        known, self._data.configuration = self._data.configuration, configuration
        if known is not None and known.info.software_version != configuration.info.software_version:
            # Firmware updates move resources and add registers.
            LOGGER.info("firmware of the gateway is now %s", configuration.info.software_version)
            await self._gateway.discover_registers()


class Registers(Part):
    """Whether there is anything to read by now, of a gateway that had no registers, or kept them from us."""

    def __init__(self, gateway: Gateway, every: timedelta) -> None:
        """``every`` is how often it is looked."""
        super().__init__(every)
        self._gateway = gateway

    @property
    @override
    def wanted(self) -> bool:
        return not self._gateway.known_registers()

    @override
    async def read(self, now: datetime) -> None:
        await self._gateway.discover_registers()


class Prices(Part):
    """The prices of the tariff, where the gateway offers them; once more as soon as the last that it told is over."""

    def __init__(self, gateway: Gateway, data: GatewayData, every: timedelta, offers: Callable[[str], bool]) -> None:
        """``offers`` says whether the gateway has a function set."""
        super().__init__(every)
        self._gateway = gateway
        self._data = data
        self._offers = offers

    @property
    @override
    def every(self) -> timedelta:
        return max(self._every, self._data.preferred("pricing"))

    @property
    @override
    def wanted(self) -> bool:
        return self._offers("pricing")

    @override
    def due(self, now: datetime, *, first: bool) -> bool:
        if super().due(now, first=first):
            return True
        told = self._data.prices.prices if self._data.prices is not None else ()
        if not told or first or not self.wanted or self.read_at is None:
            return False
        return self.read_at < max(each.end for each in told) <= now

    @override
    async def read(self, now: datetime) -> None:
        self._data.prices = await self._gateway.prices()
        self._data.prices_read = True


class Messages(Part):
    """The text messages in force, where the gateway offers them; each new one is told once."""

    def __init__(
        self,
        gateway: Gateway,
        data: GatewayData,
        every: timedelta,
        offers: Callable[[str], bool],
        new: Callable[[list[Message]], None],
    ) -> None:
        """``new`` is told all messages in force whenever they were read."""
        super().__init__(every)
        self._gateway = gateway
        self._data = data
        self._offers = offers
        self._new = new

    @property
    @override
    def every(self) -> timedelta:
        return max(self._every, self._data.preferred("messaging"))

    @property
    @override
    def wanted(self) -> bool:
        return self._offers("messaging")

    @override
    async def read(self, now: datetime) -> None:
        self._data.messages = await self._gateway.messages()
        self._new(self._data.messages)
