"""The controls of a hub's devices, as a part of the poll."""

from datetime import datetime, timedelta
from typing import override

from ..esi import LoadControl
from ..hub.parts import GatewayData, Part
from .manager import LoadControlManager


class Controls(Part):
    """Read with every poll, unless the gateway wants it less often; what is left to do is looked at then as well."""

    with_first = True

    def __init__(self, manager: LoadControlManager, data: GatewayData) -> None:
        """``data`` says how the gateway's clock is."""
        super().__init__(timedelta(0))
        self._manager = manager
        self._data = data
        self._controls: tuple[list[LoadControl], set[str]] | None = None

    @property
    @override
    def every(self) -> timedelta:
        return self._data.preferred("demand_response")

    @override
    async def read(self, now: datetime) -> None:
        self._controls = await self._manager.async_read()

    @override
    async def take(self, now: datetime) -> None:
        await self._manager.async_take(self._controls, self._data.clock_offset)
