"""Takes off a gateway's list what Home Assistant had put there, when a hub is removed."""

import asyncio
from collections.abc import Sequence

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_KEEP_IDENTITY, LOGGER
from ..gateway import GatewayError
from ..procedures import CommissioningRun
from .link import async_open_link
from .transport import Transport, transport_of

_PATIENCE = 30.0


async def async_leave_gateway(
    hass: HomeAssistant, entry: ConfigEntry, run: CommissioningRun | None, hrefs: Sequence[str]
) -> None:
    """Withdraw the entries at ``hrefs``, and our own unless the identity is kept; tried once.

    Over Zigbee the meter keeps no list that anything could be taken off.
    """
    if transport_of(entry.data) is not Transport.IP:
        return
    gateway = await async_open_link(hass, entry.data, accepted_before=True)
    ours = run.href if run is not None and run.added_as == gateway.client_lfdi else None
    leaving = [*hrefs, *([ours] if ours is not None and not entry.options.get(CONF_KEEP_IDENTITY) else [])]
    if not leaving:
        return
    try:
        async with asyncio.timeout(_PATIENCE), gateway.session():
            for href in leaving:  # our own last: who has left may withdraw nothing
                await gateway.withdraw(href)
    except (GatewayError, TimeoutError) as err:
        LOGGER.warning("%s: what was announced stays on the gateway's list: %s", entry.title, err)
