"""All devices of one process that answer for themselves."""

from __future__ import annotations

import asyncio
import secrets

from simulator.devices.device import SimulatedDevice
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.pins import check_digit


class Devices:
    """Brings devices to homes and takes them away. They live in memory only."""

    def __init__(self) -> None:
        self._devices: dict[tuple[str, str], SimulatedDevice] = {}
        """By the id of the gateway and LFDI."""

    def bring(
        self, gateway: InstalledGateway, *, pin: int | None, category: int, poll_seconds: float
    ) -> SimulatedDevice:
        """Bring a new device near a gateway, and have it look for it; without ``pin`` it has one of its own."""

        def address() -> tuple[str, int]:
            return gateway.state.settings.host, gateway.service.port

        if pin is None:
            five = secrets.randbelow(10**5)
            pin = five * 10 + check_digit(five)
        device = SimulatedDevice(address, pin=pin, category=category, poll_seconds=poll_seconds)
        self._devices[gateway.state.id, device.identity.lfdi] = device
        device.start()
        return device

    def of(self, gateway_id: str) -> list[SimulatedDevice]:
        """The devices near a gateway, oldest first."""
        return [device for (gateway, _), device in self._devices.items() if gateway == gateway_id]

    def get(self, gateway_id: str, lfdi: str) -> SimulatedDevice | None:
        """The device with this LFDI near a gateway."""
        return self._devices.get((gateway_id, lfdi))

    async def remove(self, gateway_id: str, lfdi: str | None = None) -> bool:
        """Take a device away from a gateway, or all of them; False if there was none."""
        gone = [key for key in self._devices if key[0] == gateway_id and lfdi in (None, key[1])]
        await asyncio.gather(*(self._devices.pop(key).stop() for key in gone))
        return bool(gone)

    async def close(self) -> None:
        """Take all away."""
        gone, self._devices = list(self._devices.values()), {}
        await asyncio.gather(*(device.stop() for device in gone))
