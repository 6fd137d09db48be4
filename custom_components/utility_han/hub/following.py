"""Follows a gateway that has moved to another address."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from ..const import CONF_DCAP_PATH, CONF_GATEWAY_SFDI, LOGGER
from ..gateway import Reason
from .discovery import async_locate_gateway
from .transport import Transport, transport_of

MAY_HAVE_MOVED = frozenset({Reason.WRONG_GATEWAY, Reason.UNREACHABLE, Reason.GATEWAY_SILENT})
"""Reasons behind which the gateway may be at another address."""


async def async_follow(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Have the hub loaded anew with the address at which mDNS knows its gateway, where that is another one."""
    if transport_of(entry.data) is not Transport.IP:
        return
    if (found := await async_locate_gateway(hass, entry.data[CONF_GATEWAY_SFDI])) is None:
        return
    address = {CONF_HOST: found.host, CONF_PORT: found.port, CONF_DCAP_PATH: found.dcap_path}
    if address.items() <= entry.data.items():
        return
    LOGGER.info("%s: found at a new address", entry.title)
    hass.config_entries.async_update_entry(entry, data={**entry.data, **address})
    hass.config_entries.async_schedule_reload(entry.entry_id)
