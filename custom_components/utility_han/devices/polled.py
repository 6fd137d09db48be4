"""The gateway's list of devices, as a part of the poll."""

from datetime import datetime, timedelta
from typing import override

from ..gateway import Gateway
from ..hub.parts import Part
from .manager import Registrar

_EVERY = timedelta(minutes=5)
_WATCHED_EVERY = timedelta(minutes=1)
"""While somebody waits for the utility."""


class ListedDevices(Part):
    """Which of the hub's devices the gateway lists."""

    def __init__(self, gateway: Gateway, registrar: Registrar) -> None:
        """``registrar`` is told of the list."""
        super().__init__(_EVERY)
        self._gateway = gateway
        self._registrar = registrar

    @property
    @override
    def every(self) -> timedelta:
        return _WATCHED_EVERY if self._registrar.watching else _EVERY

    @property
    @override
    def wanted(self) -> bool:
        return bool(self._registrar.devices)

    @override
    async def read(self, now: datetime) -> None:
        await self._registrar.async_take_list(await self._gateway.listed_devices(), now)
