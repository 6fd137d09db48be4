"""Actions on the devices of a hub."""

from collections.abc import Callable, Coroutine
from typing import Any

import probatio as vol
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..devices.device import HanDevice
from ..hub.coordinator import RuntimeData
from ..hub.targets import find_target
from ..procedures.load_control import OptError
from .manager import LoadControlManager

ATTR_CONTROL = "control"

_SCHEMA = vol.Schema(
    {vol.Required(ATTR_DEVICE_ID): cv.string, vol.Optional(ATTR_CONTROL): vol.All(cv.string, vol.Upper)}
)

type _Action = Callable[[LoadControlManager, HanDevice, str | None], Coroutine[Any, Any, None]]

_ACTIONS: dict[str, _Action] = {
    "opt_out": LoadControlManager.async_opt_out,
    "opt_in": LoadControlManager.async_opt_in,
}


@callback
def async_register_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, action in _ACTIONS.items():
        hass.services.async_register(DOMAIN, name, _handler(hass, action), schema=_SCHEMA)


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, None]]:
    async def handle(call: ServiceCall) -> None:
        entry, device = find_target(hass, call.data[ATTR_DEVICE_ID], _controlled_here, "not_controlled_here")
        try:
            await action(entry.runtime_data.load_control, device, call.data.get(ATTR_CONTROL))
        except OptError as err:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={"device": device.title},
            ) from err

    return handle


def _controlled_here(hub: RuntimeData) -> list[HanDevice]:
    return [device for device in hub.devices.values() if device.control]
