"""VTNs on the local network, by mDNS (OpenADR 3.1 Definition, "Discovery and Configuration of Local VTNs")."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from homeassistant.components.zeroconf import async_get_async_instance
from homeassistant.core import HomeAssistant
from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo

from ..const import LOGGER

VTN_SERVICE = "_openadr3._tcp.local."
_LISTEN = 2.0
_RESOLVE_MS = 1000
_MOST = 20


@dataclass(frozen=True, slots=True)
class FoundVtn:
    """A VTN that was heard; nothing of it is true until it was asked."""

    name: str
    url: str
    programs: tuple[str, ...] = ()
    """The names of the programs that are meant for this site (``program_names``)."""


def read_advertisement(name: str, server: str, port: int, properties: Mapping[str, str | None]) -> FoundVtn:
    """Return what a service and its TXT record say: ``local_url``, or ``base_path`` at where the service is."""
    path = (properties.get("base_path") or "").strip("/")
    url = properties.get("local_url") or f"https://{server.rstrip('.')}:{port}/{path}"
    programs = [each.strip() for each in (properties.get("program_names") or "").split(",")]
    return FoundVtn(name.removesuffix(f".{VTN_SERVICE}"), url.rstrip("/"), tuple(filter(None, programs)))


async def async_browse_vtns(hass: HomeAssistant) -> list[FoundVtn]:
    """Return the VTNs heard within two seconds; none where mDNS cannot be used."""
    try:
        zeroconf = (await async_get_async_instance(hass)).zeroconf
    except OSError as err:
        LOGGER.debug("mDNS cannot be used: %s", err)
        return []
    names: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def heard(zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is not ServiceStateChange.Removed:
            loop.call_soon_threadsafe(names.put_nowait, name)

    found: dict[str, FoundVtn] = {}
    browser = AsyncServiceBrowser(zeroconf, VTN_SERVICE, handlers=[heard])
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LISTEN):
                while len(found) < _MOST:
                    name = await names.get()
                    info = AsyncServiceInfo(VTN_SERVICE, name)
                    if await info.async_request(zeroconf, _RESOLVE_MS) and info.server and info.port:
                        found[name] = read_advertisement(name, info.server, info.port, info.decoded_properties)
    finally:
        await browser.async_cancel()
    return list(found.values())
