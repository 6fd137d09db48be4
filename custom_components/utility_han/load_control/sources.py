"""Who asks for load controls and hears what became of them: the gateway, and a utility by whose way controls come."""

from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from ..esi import ControlResponse, DemandResponseProgram, LoadControl
from ..gateway import Gateway
from ..hub.background.outbox import Taker
from ..utility import Utility
from .reading import ControlsReader


class ControlSource(Taker[ControlResponse], Protocol):
    """One who asks; each fails with its own kind of error, ``GatewayError`` or ``UtilityError``."""

    async def read(self, programs: Sequence[DemandResponseProgram]) -> tuple[list[LoadControl], set[str]] | None:
        """Return the controls of its ``programs``, and which of them were read fully; None where there is none."""


class GatewayControls:
    """Controls of the programs that the gateway assigns."""

    def __init__(self, gateway: Gateway, title: str) -> None:
        """``title`` is the hub's, for the log."""
        self._gateway = gateway
        self.reader = ControlsReader(gateway, title)

    async def read(self, programs: Sequence[DemandResponseProgram]) -> tuple[list[LoadControl], set[str]] | None:
        """Read over the session that is open; as :meth:`ControlsReader.async_read`."""
        return await self.reader.async_read(programs)

    def session(self) -> AbstractAsyncContextManager[None]:
        """Keep one connection: gateways rest between two."""
        return self._gateway.session()

    async def respond(self, response: ControlResponse, /) -> None:
        """Tell the gateway."""
        await self._gateway.respond(response)


class UtilityControls:
    """Controls of the programs that devices are enrolled in with the utility, as it was read last."""

    def __init__(self, utility: Utility, devices: Collection[str]) -> None:
        """``devices`` are those that we answer for, by LFDI."""
        self._utility = utility
        self._devices = devices

    async def read(self, programs: Sequence[DemandResponseProgram]) -> tuple[list[LoadControl], set[str]] | None:
        """Return what it asks now: all of it is read at once, so that no program is read in part."""
        if not programs:
            return None
        return await self._utility.controls(self._devices), {program.href for program in programs}

    @asynccontextmanager
    async def session(self) -> AsyncGenerator[None]:
        """Do nothing: the connection is kept by who speaks HTTP."""
        yield

    async def respond(self, response: ControlResponse, /) -> None:
        """Tell the utility."""
        await self._utility.respond(response)
