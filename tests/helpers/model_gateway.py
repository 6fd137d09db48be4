"""A gateway without a wire, over the simulator's household: for what takes months, by a clock that a test moves."""

import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.utility_han.esi import (
    ControlResponse,
    DemandResponseProgram,
    LoadControl,
    Message,
    PriceSchedule,
)
from custom_components.utility_han.gateway import (
    GatewayConfiguration,
    GatewayError,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Reason,
    Register,
    RegisterKind,
    Signal,
    SignalQuality,
)
from custom_components.utility_han.gateway.model import GatewayInfo, SelfReport
from custom_components.utility_han.gateway.zigbee.smart_energy import SmartEnergyGateway
from simulator.household.household import Household
from simulator.household.meter import INTERVAL, Meter

LFDI = "0" * 24 + "0015BC0012345678"
ENERGY = "energy_summation_delivered"
REGISTERS = (
    Register("power", "power", RegisterKind.INSTANTANEOUS, "net", "W"),
    Register(ENERGY, "energy", RegisterKind.SUMMATION, "delivered", "Wh"),
)


class ModelGateway(SmartEnergyGateway):
    """What a test makes of it: ``update`` is how often its register moves, ``poll`` how often it is read at most.

    ``shows`` is what it makes of the truth.
    """

    def __init__(self, seed: int, update: timedelta, poll: timedelta) -> None:
        self.meter = Meter(Household(seed, 0))
        self.update, self.poll = update, poll
        self.shows: Callable[[int], int] = int
        self.away: Reason | None = None
        self.keeps_intervals = True

    def truth(self, at: datetime) -> int:
        """Wh that have been delivered until ``at``."""
        return self.meter.summation("delivered", at.timestamp())

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        if self.away is not None:
            raise GatewayError(self.away, "as the test has it")
        now = datetime.now(UTC)
        seconds = self.update.total_seconds()
        moved = now.timestamp() // seconds * seconds
        values = {
            "power": float(self.meter.power(now.timestamp())),
            ENERGY: float(self.shows(self.meter.summation("delivered", moved))),
        }
        clock = timedelta(0) if include_clock else None
        return Readings(now, {key: value for key, value in values.items() if key in keys}, clock)

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        if not self.keeps_intervals or direction != "delivered":
            return []
        start, found = int(since.timestamp() // INTERVAL) * INTERVAL, []
        while start + INTERVAL <= time.time():
            at = datetime.fromtimestamp(start, UTC)
            found.append(Interval(at, at + timedelta(seconds=INTERVAL), self.meter.interval(direction, start)))
            start += INTERVAL
        return found

    @property
    def client_lfdi(self) -> str:
        return LFDI

    @property
    def expected_lfdi(self) -> str | None:
        return LFDI

    @property
    def link_security(self) -> LinkSecurity:
        return LinkSecurity.CERTIFICATE

    def watch(self, changed: Callable[[], None]) -> None:
        pass

    async def close(self) -> None:
        pass

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        return None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        yield

    async def identify(self) -> Peer:
        return Peer(LFDI, "1", accepts_us=True)

    async def measure_signal(self) -> Signal:
        return Signal(SignalQuality.GOOD, 1.0, 0.0, 1)

    async def configuration(self) -> GatewayConfiguration:
        info = GatewayInfo("Model", "Meter", None, None, "1")
        return GatewayConfiguration(self.poll, ("metering",), (), (), timedelta(0), info)

    async def prices(self) -> PriceSchedule | None:
        return None

    async def messages(self) -> list[Message]:
        return []

    async def listed_devices(self) -> list[ListedDevice] | None:
        return None

    async def self_report(self, href: str | None = None) -> SelfReport:
        return SelfReport(None, ())

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        return []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        return []

    async def respond(self, response: ControlResponse) -> None:
        pass

    async def discover_registers(self) -> Sequence[Register]:
        return REGISTERS

    def known_registers(self) -> Sequence[Register]:
        return REGISTERS

    def snapshot(self) -> dict[str, Any]:
        return {}

    def restore(self, data: dict[str, Any]) -> None:
        pass

    def statistics(self) -> dict[str, Any]:
        return {}
