"""Numbers by which a utility knows gateway, devices and vehicles, for the home page: a command of the WebSocket API.

They are no states, which everybody sees and the recorder keeps: a PIN or an install code lets somebody in.
"""

from typing import Any

import probatio
from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .hub import UtilityHanConfigEntry


@callback
@websocket_api.require_admin
@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/numbers"})
def tell_numbers(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer with the numbers of each of our devices (``Subject.numbers``), by its id in the registry."""
    registry = dr.async_get(hass)
    told: dict[str, dict[str, str]] = {}
    entries: list[UtilityHanConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    for entry in entries:
        for subject in (subject for shown in entry.runtime_data.shown for subject in shown.subjects):
            device = registry.async_get_device_by_identifier((DOMAIN, subject.key), entry.entry_id)
            if device is not None and subject.numbers:
                told[device.id] = dict(subject.numbers)
    connection.send_result(msg["id"], told)
