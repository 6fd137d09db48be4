"""Has entities of other integrations do something, and waits for none of them without end.

Home Assistant sets no bound to an action that is waited for (``ServiceRegistry.async_call``): one that never returns
would keep whoever began it.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

MAY_TAKE = timedelta(seconds=90)
"""How long an action may take: what sleeps, or is in somebody's cloud, takes up to a minute."""


class NotDoneError(HomeAssistantError):
    """An action failed, in whatever way of the integration that it is of."""


class SilentError(NotDoneError):
    """It had not come back when it was given up: what became of it is known by the entity's state only."""


async def async_do(hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]) -> None:
    """Call an action and wait until it is done; ``NotDoneError`` where it fails, or takes longer than it may.

    What is given up is cancelled, so that it does not come to something later, after what was asked for since.
    """
    try:
        async with asyncio.timeout(MAY_TAKE.total_seconds()) as bound:
            await hass.services.async_call(domain, action, dict(data), blocking=True)
    except Exception as err:
        if bound.expired():
            raise SilentError(f"no answer within {MAY_TAKE.total_seconds():g} s") from err
        raise NotDoneError(str(err) or type(err).__name__) from err
