"""What somebody may, for the home page, which offers nothing that is refused: a command of the WebSocket API."""

from typing import Any

import probatio
from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .allowed import May, allows


@callback
@websocket_api.websocket_command({probatio.Required("type"): f"{DOMAIN}/allowed"})
def tell_allowed(hass: HomeAssistant, connection: websocket_api.ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer with what who asks may of each of our devices: names of ``May`` by the device's id in the registry."""
    registry = dr.async_get(hass)
    told = {
        device.id: [may for may in May if allows(hass, connection.user, may, [hub], [device.id])]
        for hub in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(registry, hub.entry_id)
    }
    connection.send_result(msg["id"], told)
