"""A gateway without a wire, over the simulator's household: for what takes months, by a clock that a test moves."""

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import (
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_KIND,
    CONF_STATE,
    CONF_TRANSPORT,
    DOMAIN,
)
from custom_components.utility_han.esi import (
    Message,
    PriceSchedule,
)
from custom_components.utility_han.gateway import (
    DeviceState,
    GatewayConfiguration,
    GatewayError,
    Interval,
    LinkSecurity,
    Peer,
    Readings,
    Reason,
    Register,
    RegisterKind,
    Signal,
    SignalQuality,
)
from custom_components.utility_han.gateway.model import GatewayInfo
from custom_components.utility_han.gateway.zigbee.reading_only import ReadingGateway
from custom_components.utility_han.hub.kept.versions import ENTRY_VERSION
from custom_components.utility_han.procedures import DeviceKind
from simulator.household.household import Household
from simulator.household.meter import INTERVAL, Meter

LFDI = "0" * 24 + "0015BC0012345678"
ENERGY = "energy_summation_delivered"
REGISTERS = (
    Register("power", "power", RegisterKind.INSTANTANEOUS, "net", "W"),
    Register(ENERGY, "energy", RegisterKind.SUMMATION, "delivered", "Wh"),
)


def model_entry(
    data: Mapping[str, Any] | None = None, subentries: Sequence[ConfigSubentryData] = ()
) -> MockConfigEntry:
    """Return the config entry of a hub that is commissioned on a :class:`ModelGateway`, with ``data`` besides."""
    major, minor = ENTRY_VERSION
    return MockConfigEntry(
        domain=DOMAIN,
        title="Model",
        version=major,
        minor_version=minor,
        data={
            CONF_TRANSPORT: "raven",
            "device": "/dev/model",
            "network": LFDI[-16:],
            CONF_GATEWAY_LFDI: LFDI,
            CONF_GATEWAY_SFDI: LFDI[-16:],
            CONF_KIND: DeviceKind.ENERGY_MANAGEMENT_SYSTEM,
            CONF_STATE: DeviceState.COMMISSIONED,
            "premise": {"name": "Model", "location": {"latitude": 39.739, "longitude": -104.985}},
            **(data or {}),
        },
        subentries_data=subentries,
    )


class ModelGateway(ReadingGateway):
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

    async def close(self) -> None:
        pass

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        return None

    @asynccontextmanager
    async def session(self, *, joined: bool = True) -> AsyncIterator[None]:
        yield

    async def identify(self) -> Peer:
        return Peer(LFDI, "1", accepts_us=True)

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        return Signal(SignalQuality.GOOD, 1.0, 0.0, 1)

    async def configuration(self) -> GatewayConfiguration:
        info = GatewayInfo("Model", "Meter", None, None, "1")
        return GatewayConfiguration(self.poll, ("metering",), (), (), timedelta(0), info)

    async def prices(self) -> PriceSchedule | None:
        return None

    async def messages(self) -> list[Message]:
        return []

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
