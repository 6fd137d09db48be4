"""Actions on load control: opt out of a control, and back in."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import probatio
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv

from ..devices.device import HanDevice
from ..hub.allowed import async_register_action
from ..hub.hub import Hub
from ..hub.targets import find_subject
from .failures import opt_errors
from .manager import LoadControlManager
from .subject import ControlledSubject

ATTR_CONTROL = "control"

_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_CONTROL): probatio.All(cv.string, probatio.Upper),
    }
)

type _Action = Callable[[LoadControlManager, HanDevice, str | None], Coroutine[Any, Any, None]]

_ACTIONS: dict[str, _Action] = {
    "opt_out": LoadControlManager.async_opt_out,
    "opt_in": LoadControlManager.async_opt_in,
}


@callback
def async_register_control_actions(hass: HomeAssistant) -> None:
    """Register every action, whether a hub is loaded or not."""
    for name, action in _ACTIONS.items():
        async_register_action(hass, name, _handler(hass, action), _SCHEMA)


def _handler(hass: HomeAssistant, action: _Action) -> Callable[[ServiceCall], Coroutine[Any, Any, None]]:
    async def handle(call: ServiceCall) -> None:
        hub, subject = find_subject(hass, call.data[ATTR_DEVICE_ID], _controlled_here, "not_controlled_here")
        with opt_errors(subject):
            await action(hub.manager(LoadControlManager), subject.device, call.data.get(ATTR_CONTROL))

    return handle


def _controlled_here(hub: Hub) -> Iterable[ControlledSubject]:
    return hub.manager(LoadControlManager).subjects.values()
