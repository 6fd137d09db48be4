"""Makes the client of a gateway from what a config entry or a flow knows about it."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from aio2030dot5 import Timeouts
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant

from ...const import (
    CONF_DCAP_PATH,
    CONF_GATEWAY_LFDI,
    CONF_IDENTITY,
    CONF_INSTALL_CODE,
    CONF_METER,
    CONF_NETWORK,
    CONF_VTN,
)
from ...gateway import AbsentGateway, Gateway, Identity, Ieee2030_5Gateway, Pacing
from .transport import Transport, transport_of
from .zigbee_libraries import async_load_zigbee

PACING = Pacing()
TIMEOUTS = Timeouts()


async def async_open_link(
    hass: HomeAssistant, data: Mapping[str, Any], *, accepted_before: bool = False, pinned: bool = True
) -> Gateway:
    """Return the client for ``data`` without connecting; ``pinned`` insists on the gateway known from before."""
    transport = transport_of(data)
    if transport is Transport.NONE:
        return AbsentGateway(data[CONF_VTN]["ven_name"])
    if transport is not Transport.IP:
        return await _async_open_radio(hass, transport, data)
    identity = await loading(hass, data[CONF_IDENTITY])()
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


def loading(hass: HomeAssistant, made: Mapping[str, Any]) -> Callable[[], Awaitable[Identity]]:
    """Return how an identity is had that was kept: in a thread, as soon as it is needed."""
    return partial(hass.async_add_executor_job, Identity.from_dict, made)


async def _async_open_radio(hass: HomeAssistant, transport: Transport, data: Mapping[str, Any]) -> Gateway:
    await async_load_zigbee(hass)
    network = data.get(CONF_NETWORK)
    from ...gateway.zigbee import EzspGateway, Radio, RavenGateway  # noqa: PLC0415 - for those who have a radio

    if transport is Transport.RAVEN:
        return RavenGateway(data[CONF_DEVICE], network, data.get(CONF_METER))
    code = bytes.fromhex(data[CONF_INSTALL_CODE]) if data.get(CONF_INSTALL_CODE) else None
    return EzspGateway(Radio(data[CONF_DEVICE]), code, network)
