"""Automations of a person, as they are run."""

from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.setup import async_setup_component


async def automate(hass: HomeAssistant, *automations: dict[str, Any]) -> list[str]:
    """Set automations up that say their name; return what they say."""
    said: list[str] = []

    @callback
    def heard(event: Event) -> None:
        said.append(event.data["name"])

    hass.bus.async_listen("said", heard)
    made = [
        {**each, "id": each["alias"], "actions": [{"event": "said", "event_data": {"name": each["alias"]}}]}
        for each in automations
    ]
    assert await async_setup_component(hass, "automation", {"automation": made})
    await hass.async_block_till_done()
    return said
