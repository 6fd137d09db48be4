"""All gateways of one process."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.settings import Settings
from simulator.gateway.store import GatewayStore


class UnknownGatewayError(LookupError):
    """There is no gateway with this id."""


class Fleet:
    """Makes, finds and ends gateways."""

    def __init__(self) -> None:
        self._gateways: dict[str, InstalledGateway] = {}
        self._last = 0

    def all(self) -> list[InstalledGateway]:
        """All gateways, oldest first."""
        return list(self._gateways.values())

    def get(self, number: str) -> InstalledGateway:
        """The gateway with this id, or ``UnknownGatewayError``."""
        try:
            return self._gateways[number]
        except KeyError:
            raise UnknownGatewayError(f"there is no gateway {number}") from None

    def known_as(self, lfdi: str) -> InstalledGateway | None:
        """The gateway that utilities know by an LFDI."""
        return next((gateway for gateway in self.all() if lfdi in gateway.lfdis()), None)

    async def add(
        self, settings: Settings, store: GatewayStore | None = None, kept: dict[str, Any] | None = None
    ) -> InstalledGateway:
        """Start a gateway, with what ``store`` kept of it, or as one that was ``kept`` (``GatewayState.to_dict``)."""
        self._last += 1
        gateway = InstalledGateway(str(self._last), settings)
        if kept is not None:
            gateway.state.load(kept)
        if store is not None:
            await store.attach(gateway.state)
        try:
            await gateway.start()
        except BaseException:
            await gateway.stop()
            raise
        self._gateways[gateway.state.id] = gateway
        return gateway

    async def remove(self, number: str) -> None:
        """End a gateway."""
        gateway = self.get(number)
        del self._gateways[number]
        await gateway.stop()

    async def close(self) -> None:
        """End all gateways."""
        gateways, self._gateways = self.all(), {}
        await asyncio.gather(*(gateway.stop() for gateway in gateways))
