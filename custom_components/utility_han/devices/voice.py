"""Has devices speak with the certificates that Home Assistant made for them."""

from aio2030dot5 import InvalidIdentity
from homeassistant.core import HomeAssistant

from ..const import CONF_ADDED_BY_US, CONF_IDENTITY, LOGGER
from ..gateway import Gateway, GatewayError
from ..hub.reach.link import loading
from .store import Record


async def async_give_voice(hass: HomeAssistant, gateway: Gateway, record: Record) -> None:
    """Have a device speak with its certificate, where that is with us.

    Always where Home Assistant did not announce the device, else where the gateway takes it from the device alone.
    """
    if not record.can_speak:
        return
    load = loading(hass, record.data[CONF_IDENTITY])
    alone, run = not record.data.get(CONF_ADDED_BY_US), record.run
    try:
        await gateway.give_voice(run.lfdi, load, alone=alone, href=run.href)
    except (GatewayError, InvalidIdentity) as err:
        LOGGER.warning(
            "%s cannot answer the gateway, its certificate cannot be used (%s); replace the device for another",
            record.title,
            err,
        )
