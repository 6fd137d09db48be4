"""The gateway's list of devices, as a part of the poll."""

from datetime import datetime, timedelta
from typing import override

from ..gateway import Gateway
from ..hub.parts import GatewayData, Part
from .manager import Registrar

_EVERY = timedelta(minutes=5)
_WATCHED_EVERY = timedelta(minutes=1)
"""While somebody waits for the utility."""


class ListedDevices(Part):
    """Which of the hub's devices the gateway lists, and whether Home Assistant is still registered itself."""

    def __init__(self, gateway: Gateway, registrar: Registrar, data: GatewayData, *, lists_us: bool) -> None:
        """``registrar`` is told of the list; ``data`` says how often; ``lists_us`` is whether we are on it too."""
        super().__init__(_EVERY)
        self._data = data
        self._lists_us = lists_us
        self._gateway = gateway
        self._registrar = registrar

    @property
    @override
    def every(self) -> timedelta:
        return _WATCHED_EVERY if self._registrar.watching else max(_EVERY, self._data.preferred("end_device"))

    @property
    @override
    def wanted(self) -> bool:
        return self._lists_us or bool(self._registrar.devices)

    @override
    async def read(self, now: datetime) -> None:
        await self._registrar.async_take_list(await self._gateway.listed_devices(), now)
