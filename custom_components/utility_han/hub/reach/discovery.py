"""Gateways on the local network, by mDNS (``_smartenergy._tcp``)."""

from aio2030dot5 import Advertisement
from aio2030dot5.locate import async_browse, async_locate
from homeassistant.components.zeroconf import async_get_async_instance
from homeassistant.core import HomeAssistant

from ...const import LOGGER

_LISTEN = 2.0


async def async_browse_gateways(hass: HomeAssistant) -> list[Advertisement]:
    """Return the gateways heard within two seconds that say who they are; none where mDNS cannot be used."""
    try:
        heard = await async_browse(await async_get_async_instance(hass), listen=_LISTEN)
    except OSError as err:
        LOGGER.debug("mDNS cannot be used: %s", err)
        return []
    return [advertisement for advertisement in heard if advertisement.sfdi]


async def async_locate_gateway(hass: HomeAssistant, sfdi: str) -> Advertisement | None:
    """Return where the gateway with this SFDI is now, None if it is not heard within two seconds."""
    try:
        return await async_locate(await async_get_async_instance(hass), sfdi, listen=_LISTEN)
    except OSError as err:
        LOGGER.debug("mDNS cannot be used: %s", err)
        return None
