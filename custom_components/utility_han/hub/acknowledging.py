"""The action by which a person acknowledges what the utility sent: a message, or the prices."""

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from .allowed import async_register_action
from .answers import PRICES
from .targets import find_subject

ATTR_MESSAGE = "message"

_SCHEMA = probatio.Schema({probatio.Required(ATTR_DEVICE_ID): cv.string, probatio.Required(ATTR_MESSAGE): cv.string})


@callback
def async_register_acknowledge_action(hass: HomeAssistant) -> None:
    """Register the action, whether a hub is loaded or not."""

    async def acknowledge(call: ServiceCall) -> None:
        hub, _ = find_subject(hass, call.data[ATTR_DEVICE_ID], lambda hub: [hub.subject], "not_a_gateway")
        message: str = call.data[ATTR_MESSAGE]
        if not hub.answers.async_acknowledge(message if message == PRICES else message.upper()):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nothing_to_acknowledge",
                translation_placeholders={"title": hub.entry.title},
            )

    async_register_action(hass, "acknowledge", acknowledge, _SCHEMA)
