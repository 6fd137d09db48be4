"""Follows a gateway that has moved to another address."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from ...const import CONF_DCAP_PATH, CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI, LOGGER
from ...gateway import GatewayError, Reason
from .discovery import async_locate_gateway
from .link import async_open_link
from .transport import Transport, transport_of

MAY_HAVE_MOVED = frozenset({Reason.WRONG_GATEWAY, Reason.UNREACHABLE, Reason.GATEWAY_SILENT})
"""Reasons behind which the gateway may be at another address."""


async def async_follow(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have the hub loaded anew with the address at which mDNS knows its gateway, where it is found there."""
    if transport_of(entry.data) is not Transport.IP:
        return
    if (found := await async_locate_gateway(hass, entry.data[CONF_GATEWAY_SFDI])) is None:
        return
    address = {CONF_HOST: found.host, CONF_PORT: found.port, CONF_DCAP_PATH: found.dcap_path}
    await async_take_over(hass, entry, address, works=False)


async def async_take_over(hass: HomeAssistant, entry: ConfigEntry, address: Mapping[str, Any], *, works: bool) -> None:
    """Have the hub loaded anew with an address that was merely heard of, where its pinned gateway is there.

    ``works`` is whether the gateway answered lately where it is known to be; what is there still is left alone.
    """
    if transport_of(entry.data) is not Transport.IP or address.items() <= entry.data.items():
        return
    if not await _is_at(hass, entry, address) or (works and await _is_at(hass, entry, {})):
        LOGGER.debug("%s: nothing to do at %s", entry.title, address[CONF_HOST])
        return
    LOGGER.info("%s: found at a new address", entry.title)
    if hass.config_entries.async_update_entry(entry, data={**entry.data, **address}):
        hass.config_entries.async_schedule_reload(entry.entry_id)


async def _is_at(hass: HomeAssistant, entry: ConfigEntry, address: Mapping[str, Any]) -> bool:
    """Return whether the pinned gateway proves itself at an address; it is asked for nothing."""
    link = await async_open_link(hass, {**entry.data, **address}, pinned=False)
    try:
        found = (await link.identify()).lfdi
    except GatewayError:
        return False
    pinned: str = entry.data[CONF_GATEWAY_LFDI]
    return found == pinned
