"""The gateway of a home that has none: a utility that is spoken with over the internet alone.

It has no registers, lists no devices, assigns no programs and takes nothing; what can only be done with a gateway is
refused. Nobody has to ask whether there is one before reading from it.
"""

import hashlib
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from ..esi import ControlResponse, EventResponse, Message, PriceSchedule
from .errors import GatewayError, Reason
from .lacking import WithoutControls, WithoutServices
from .model import GatewayConfiguration, GatewayInfo, LinkSecurity, Peer, Readings, Register, Signal

_LFDI_BYTES = 20


def invented_lfdi(taken: Collection[str]) -> str:
    """Return an identifier, none of ``taken``, for a device without a certificate to make an LFDI of.

    A utility tells devices apart by it, so another home must not come by the same.
    """
    while (lfdi := secrets.token_hex(_LFDI_BYTES).upper()) in taken:
        pass
    return lfdi


class AbsentGateway(WithoutControls, WithoutServices):
    """No gateway."""

    expected_lfdi: str | None = None
    link_security = LinkSecurity.TLS

    def __init__(self, known_as: str) -> None:
        """``known_as`` is the name by which the utility knows the home."""
        self.client_lfdi = hashlib.sha256(known_as.encode()).digest()[:_LFDI_BYTES].hex().upper()

    async def close(self) -> None:
        """Nothing is held open."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Return an identifier for one more device."""
        return invented_lfdi({*taken, self.client_lfdi})

    def session(self, *, joined: bool = True) -> AbstractAsyncContextManager[None]:
        """There is nothing to connect to."""
        return _no_session()

    async def identify(self) -> Peer:
        """Nobody answers."""
        raise _absent()

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        """There is no way to measure."""
        raise _absent()

    async def announce(
        self, device_category: int, lfdi: str | None = None, *, adding: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """There is no list."""
        raise _absent()

    async def configuration(self) -> GatewayConfiguration:
        """Nothing is to be gone by."""
        return GatewayConfiguration(None, (), (), (), None, GatewayInfo(None, None, None, None, None))

    async def prices(self) -> PriceSchedule | None:
        """There are none."""
        return None

    async def messages(self) -> list[Message]:
        """There are none."""
        return []

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """There is nobody to tell."""
        raise _absent()

    async def discover_registers(self) -> Sequence[Register]:
        """There are none."""
        return ()

    def known_registers(self) -> Sequence[Register]:
        """There are none."""
        return ()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Nothing is read, and no clock is off."""
        return Readings(datetime.now(UTC), {})

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
