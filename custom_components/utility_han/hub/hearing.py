"""Webhooks of a hub: what is posted there is a hint to ask, as whoever knows the address can post it."""

import asyncio
from collections.abc import Collection
from functools import partial

from aiohttp.web import Request
from homeassistant.components import webhook
from homeassistant.components.webhook import HandlerType
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN

_PATIENCE = 5.0
"""Seconds in which all of a notification has to be there."""


@callback
def async_hear(
    hass: HomeAssistant,
    entry: ConfigEntry,
    webhook_id: str,
    heard: HandlerType,
    *,
    local_only: bool,
    methods: Collection[str],
) -> None:
    """Have ``heard`` answer at a webhook until the hub is unloaded."""
    webhook.async_register(
        hass, DOMAIN, entry.title, webhook_id, heard, local_only=local_only, allowed_methods=methods
    )
    entry.async_on_unload(partial(webhook.async_unregister, hass, webhook_id))


async def async_posted(request: Request, most: int) -> bytes:
    """Return the first ``most`` bytes of what was posted, or what of them was there in time."""
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            while len(body) < most and (more := await request.content.read(most - len(body))):
                body += more
    except TimeoutError:
        pass
    return bytes(body)
