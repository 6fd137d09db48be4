"""A phone with Home Assistant's real mobile app integration, and what its push service is given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import CONF_NOTIFY


class Phone:
    """What is shown on a phone now, by its tag, and how often something was sent to it."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.shown: dict[str, dict[str, Any]] = {}
        self.sent = 0
        self.entity_id = ""

    async def push(self, request: web.Request) -> web.Response:
        """Be the service that pushes to phones."""
        pushed = await request.json()
        self.sent += 1
        data = pushed.get("data", {})
        if pushed["message"] == "clear_notification":
            self.shown.pop(data["tag"], None)
        else:
            self.shown[data.get("tag", "")] = {**pushed, "buttons": self._buttons(data)}
        return web.json_response({}, status=201)

    @staticmethod
    def _buttons(data: dict[str, Any]) -> dict[str, str]:
        return {each["title"]: each["action"] for each in data.get("actions", ())}

    def only(self) -> dict[str, Any]:
        """Return what is shown, where it is one thing."""
        (found,) = self.shown.values()
        return found

    async def press(self, title: str) -> None:
        """Press a button of what is shown: the app takes that away, and tells Home Assistant by an event."""
        shown = next(each for each in self.shown.values() if title in each["buttons"])
        self.shown = {tag: each for tag, each in self.shown.items() if each is not shown}
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": shown["buttons"][title]})
        await self._hass.async_block_till_done()

    def leave(self) -> None:
        """Be one that is pushed to in the home's own network only, and is not there."""
        (entry,) = self._hass.config_entries.async_entries("mobile_app")
        data = {**entry.data, "app_data": {"push_websocket_channel": True}}
        self._hass.config_entries.async_update_entry(entry, data=data)

    def name_in(self, entry: ConfigEntry) -> None:
        """Name this phone in the options of a hub."""
        options = {**entry.options, CONF_NOTIFY: self.entity_id}
        self._hass.config_entries.async_update_entry(entry, options=options)

    async def follow(self, entry: ConfigEntry) -> None:
        """Have a hub tell this phone from now on."""
        self.name_in(entry)
        await self._hass.config_entries.async_reload(entry.entry_id)
        await self._hass.async_block_till_done()


@asynccontextmanager
async def a_phone(hass: HomeAssistant) -> AsyncIterator[Phone]:
    """Register a phone, as the app does."""
    phone = Phone(hass)
    app = web.Application()
    app.router.add_post("/push", phone.push)
    async with TestServer(app) as server:
        entry = MockConfigEntry(
            domain="mobile_app",
            title="My Phone",
            data={
                "app_data": {"push_token": "token", "push_url": str(server.make_url("/push"))},
                "app_id": "io.robbie.HomeAssistant",
                "app_name": "Home Assistant",
                "app_version": "2026.11",
                "device_id": "my-phone",
                "device_name": "My Phone",
                "manufacturer": "Fairphone",
                "model": "6",
                "os_name": "Android",
                "os_version": "16",
                "supports_encryption": False,
                "user_id": "person",
                "webhook_id": "phone-webhook",
            },
        )
        entry.add_to_hass(hass)
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        found = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        phone.entity_id = next(each.entity_id for each in found if each.domain == "notify")
        yield phone
