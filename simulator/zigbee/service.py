"""The radios of a gateway on their ports."""

from __future__ import annotations

from typing import Any

from simulator.gateway.state import GatewayState
from simulator.zigbee.ncp import Ncp
from simulator.zigbee.raven import Raven
from simulator.zigbee.side import ZigbeeSide


class ZigbeeService:
    """Serves the radios around one gateway."""

    def __init__(self, gateway: GatewayState) -> None:
        self.side = side = ZigbeeSide(gateway)
        self._gateway = gateway
        settings = gateway.settings
        self.ezsp = Ncp(gateway, settings.host, settings.ezsp_port, side.radio, settings.ezsp_version)
        self.raven = Raven(gateway, side.network, side.meter, side.stick, settings.host, settings.raven_port)
        self._host = settings.host

    async def start(self) -> None:
        """Listen."""
        await self.ezsp.start()
        await self.raven.start()

    async def stop(self) -> None:
        """End everything."""
        self.side.meter.reporting.stop()
        await self.ezsp.stop()
        await self.raven.stop()

    def describe(self) -> dict[str, Any]:
        """For the control endpoint."""
        radios = {
            "ezsp": (self.ezsp.port, self.side.radio.eui64, self.side.radio.install_code),
            "raven": (self.raven.port, self.side.stick.eui64, self.side.stick.install_code),
        }
        return {
            "lfdi": self.side.lfdi,
            **self.side.network.describe(),
            "device_classes": self.side.meter.device_classes,
            "confirmed_messages": self._gateway.messages.confirmed,
            "radios": {
                kind: {
                    "url": f"socket://{self._host}:{port}",
                    "eui64": eui64.hex().upper(),
                    "install_code": code.hex().upper(),
                }
                for kind, (port, eui64, code) in radios.items()
            },
        }
