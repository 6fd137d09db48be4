"""mDNS advertisements (RFC 6763): the gateway's, as an Itron Gen5 Riva words it (IEEE 2030.5-2018 clause 7.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

SERVICE_TYPE = "_smartenergy._tcp.local."


def _addresses() -> list[str]:
    """This machine's IPv4 addresses that others can reach; loopback if there are none."""
    from ifaddr import get_adapters  # noqa: PLC0415 - zeroconf's, and when asked for only

    found = [str(ip.ip) for adapter in get_adapters() for ip in adapter.ips if ip.is_IPv4]
    return [address for address in found if not address.startswith("127.")] or found


class Advertisement:
    """One instance of a service on the interface of ``host`` (all interfaces for a wildcard)."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._zeroconf: AsyncZeroconf | None = None
        self._info: AsyncServiceInfo | None = None
        self._announced: Awaitable[None] | None = None

    async def publish(self, sfdi: str, port: int) -> None:
        """Advertise a gateway in place of the one before."""
        properties = {"txtvers": "1", "dcap": "/dcap", "level": "-S0", "https": str(port)}
        name = f"itrondnsserver-{sfdi}.{SERVICE_TYPE}"
        await self.announce(SERVICE_TYPE, name, f"gateway-{sfdi}.local.", port, properties)

    async def announce(self, kind: str, name: str, server: str, port: int, properties: Mapping[str, str]) -> None:
        """Advertise a service at a host name, in place of the one before."""
        from zeroconf import InterfaceChoice, IPVersion  # noqa: PLC0415 - when asked for only
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf  # noqa: PLC0415

        wildcard = self._host in {"0.0.0.0", "::"}  # noqa: S104
        if self._zeroconf is None:
            self._zeroconf = AsyncZeroconf(
                interfaces=InterfaceChoice.All if wildcard else [self._host],
                ip_version=IPVersion.V6Only if ":" in self._host and not wildcard else IPVersion.V4Only,
            )
        if self._info is not None:
            await (await self._zeroconf.async_unregister_service(self._info))
        self._info = AsyncServiceInfo(
            kind,
            name,
            port=port,
            properties=dict(properties),
            server=server,
            parsed_addresses=_addresses() if wildcard else [self._host],
        )
        self._announced = await self._zeroconf.async_register_service(self._info)

    async def stop(self) -> None:
        """Say goodbye."""
        if self._announced is not None:
            await self._announced
            self._announced = None
        if self._zeroconf is not None:
            await self._zeroconf.async_unregister_all_services()
            await self._zeroconf.async_close()
            self._zeroconf = None
