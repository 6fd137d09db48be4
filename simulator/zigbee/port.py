"""The TCP port at which a host finds a radio, which can be pulled out of it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from simulator.gateway.listener import Listener


class RadioPort(ABC):
    """Serves one radio; ``port`` is known once it is started."""

    def __init__(self, host: str, port: int) -> None:
        self._listener = Listener(host, port, self._serve)

    @property
    def port(self) -> int:
        """The number of the port."""
        return self._listener.port

    async def start(self) -> None:
        """Listen."""
        await self._listener.open()

    async def stop(self) -> None:
        """End everything."""
        await self._listener.close()
        self._power_off()

    async def unplug(self) -> None:
        """Pull the radio out: nothing answers at its port until it is plugged in again."""
        await self._listener.refuse()
        self._power_off()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one host until it goes."""

    @abstractmethod
    def _power_off(self) -> None:
        """Have the radio fall silent on the air."""
