"""Takes off a gateway's list what Home Assistant had put there: of a hub that is removed, of former identities."""

import asyncio
from collections.abc import Sequence
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..const import CONF_FORMER, CONF_IDENTITY, CONF_KEEP_IDENTITY, LOGGER
from ..gateway import AWAY, GatewayError
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
    await _withdraw_former(hass, entry)
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


async def async_take_back_former(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Withdraw what identities announced that Home Assistant had before; again at the next start where it is away."""
    left = await _withdraw_former(hass, entry)
    data = {key: value for key, value in entry.data.items() if key != CONF_FORMER}
    hass.config_entries.async_update_entry(entry, data=data | {CONF_FORMER: left} if left else data)


async def _withdraw_former(hass: HomeAssistant, entry: ConfigEntry) -> list[dict[str, Any]]:
    """Return what could not be withdrawn because the gateway does not answer now."""
    left = []
    for former in entry.data.get(CONF_FORMER, ()):
        data = {**entry.data, CONF_IDENTITY: former[CONF_IDENTITY]}
        gateway = await async_open_link(hass, data, accepted_before=True)
        try:
            await gateway.withdraw(former["href"])
        except GatewayError as err:
            if err.reason in AWAY:
                left.append(former)
                continue
            LOGGER.warning(
                "%s: the gateway keeps the entry of Home Assistant's former certificate (…%s) on its list: %s. It "
                "does no harm; your utility can take it off",
                entry.title,
                gateway.client_lfdi[-6:],
                err,
            )
    return left
