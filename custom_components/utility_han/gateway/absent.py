"""The gateway of a home that has none: a utility that is spoken with over the internet alone.

It has no registers, lists no devices, assigns no programs and takes nothing; what can only be done with a gateway is
refused. Nobody has to ask whether there is one before reading from it.
"""

import hashlib
import secrets
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aio2030dot5 import Identity

from ..esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl, Message, PriceSchedule
from .errors import GatewayError, Reason
from .model import (
    GatewayConfiguration,
    GatewayInfo,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Register,
    Reservation,
    ReservationRequest,
    SelfReport,
    Signal,
    VehiclePowerStatus,
)

_LFDI_BYTES = 20


def invented_lfdi(taken: Collection[str]) -> str:
    """Return an identifier, none of ``taken``, for a device without a certificate to make an LFDI of.

    A utility tells devices apart by it, so another home must not come by the same.
    """
    while (lfdi := secrets.token_hex(_LFDI_BYTES).upper()) in taken:
        pass
    return lfdi


class AbsentGateway:
    """No gateway."""

    expected_lfdi: str | None = None
    link_security = LinkSecurity.TLS

    def __init__(self, known_as: str) -> None:
        """``known_as`` is the name by which the utility knows the home."""
        self.client_lfdi = hashlib.sha256(known_as.encode()).digest()[:_LFDI_BYTES].hex().upper()

    def watch(self, changed: Callable[[], None]) -> None:
        """There is nobody to tell of anything."""

    async def close(self) -> None:
        """Nothing is held open."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Return an identifier for one more device."""
        return invented_lfdi({*taken, self.client_lfdi})

    def session(self) -> AbstractAsyncContextManager[None]:
        """There is nothing to connect to."""
        return _no_session()

    async def identify(self) -> Peer:
        """Nobody answers."""
        raise _absent()

    async def measure_signal(self) -> Signal:
        """There is no way to measure."""
        raise _absent()

    async def announce(self, device_category: int, lfdi: str | None = None) -> str:
        """There is no list."""
        raise _absent()

    async def withdraw(self, href: str) -> None:
        """Nothing was ever announced."""

    async def registration_pin(self, href: str) -> int | None:
        """Nobody holds one."""
        return None

    async def configuration(self) -> GatewayConfiguration:
        """Nothing is to be gone by."""
        return GatewayConfiguration(None, (), (), (), None, GatewayInfo(None, None, None, None, None))

    async def prices(self) -> PriceSchedule | None:
        """There are none."""
        return None

    async def messages(self) -> list[Message]:
        """There are none."""
        return []

    async def listed_devices(self) -> list[ListedDevice] | None:
        """No list is kept."""
        return None

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Nothing tells of itself."""
        return SelfReport(None, ())

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Nothing is assigned."""
        return []

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Nothing is assigned."""
        return []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """There are none."""
        return []

    def controls_left(self, program: str) -> int:
        """None were left."""
        return 0

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """There is nobody to tell."""
        raise _absent()

    async def give_voice(self, identity: Identity) -> None:
        """There is nobody to speak to."""

    async def prove(self, lfdi: str) -> bool:
        """There is nobody to prove anything to."""
        return False

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Nobody would tell."""
        return False

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """Nobody takes it."""
        return False

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """Nobody reserves energy."""
        return None

    async def cancel_reservation(self, href: str) -> None:
        """There is none."""

    async def reservations(self, device_href: str) -> list[Reservation]:
        """There are none."""
        return []

    async def discover_registers(self) -> Sequence[Register]:
        """There are none."""
        return ()

    def known_registers(self) -> Sequence[Register]:
        """There are none."""
        return ()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Nothing is read, and no clock is off."""
        return Readings(datetime.now(UTC), {})

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """None are kept."""
        return []

    def snapshot(self) -> dict[str, Any]:
        """Nothing is worth keeping."""
        return {}

    def restore(self, data: dict[str, Any]) -> None:
        """Nothing was kept."""

    def statistics(self) -> dict[str, Any]:
        """Nothing is counted."""
        return {}


@asynccontextmanager
async def _no_session() -> AsyncGenerator[None]:
    yield


def _absent() -> GatewayError:
    return GatewayError(Reason.NOT_FOUND, "there is no gateway")
