"""Makes the client of a gateway from what a config entry or a flow knows about it."""

from collections.abc import Mapping
from typing import Any

from aio2030dot5 import Timeouts
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from .const import CONF_DCAP_PATH, CONF_GATEWAY_LFDI, CONF_IDENTITY
from .gateway.ieee2030_5.client import Ieee2030_5Gateway
from .gateway.ieee2030_5.connection import Pacing
from .gateway.ieee2030_5.identity import Identity
from .gateway.protocol import Gateway

PACING = Pacing()
TIMEOUTS = Timeouts()


async def async_open_link(
    hass: HomeAssistant, data: Mapping[str, Any], *, accepted_before: bool = False, pinned: bool = True
) -> Gateway:
    """Return the client for ``data`` without connecting; ``pinned`` insists on the gateway known from before."""
    identity = await hass.async_add_executor_job(Identity.from_dict, data[CONF_IDENTITY])
    return await Ieee2030_5Gateway.create(
        data[CONF_HOST],
        data[CONF_PORT],
        identity,
        dcap_path=data[CONF_DCAP_PATH],
        expected_lfdi=data.get(CONF_GATEWAY_LFDI) if pinned else None,
        accepted_before=accepted_before,
        pacing=PACING,
        timeouts=TIMEOUTS,
    )
