"""A phone for the demo: registered at Home Assistant as the mobile app does, its notifications on a page.

What is sent to it comes by HTTP, as a push service gets it, and a button that is pressed goes back by the app's
webhook. So it is a notify entity and a phone of the home, for options, automations and blueprints alike.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from .home import Home

NAME = "Demo phone"
_PAGE = Path(__file__).with_name("phone.html")
_KEPT = "phone.json"
_MOST = 20
"""Notifications that are shown at once."""
_APP: Mapping[str, Any] = {
    "app_id": "demo",
    "app_name": "Demo",
    "app_version": "1",
    "device_id": "demo-phone",
    "device_name": NAME,
    "manufacturer": "Demo",
    "model": "Phone",
    "os_name": "Demo",
    "os_version": "1",
    "supports_encryption": False,
}


class DemoPhone:
    """The phone of the demo user, shown at ``url``; ``folder`` keeps who it is at Home Assistant."""

    def __init__(self, home: Home, folder: Path, port: int = 0) -> None:
        """With port 0 it is a free one."""
        self._home = home
        self._kept = folder / _KEPT
        self._port = port
        self._runner: web.AppRunner | None = None
        self._shown: dict[str, dict[str, Any]] = {}
        self._sent = 0
        self.url = ""

    async def start(self) -> None:
        """Be there; Home Assistant is told by :meth:`register`."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/shown", self._tell_shown),
                web.post("/push", self._pushed),
                web.post("/pressed", self._pressed),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Be there no more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def register(self) -> None:
        """Register as the app does, unless Home Assistant knows the phone from before."""
        if self._kept.exists() and await self._home.ws("config_entries/get", domain="mobile_app"):
            return
        push = {"push_token": "demo", "push_url": f"{self.url}/push"}
        registered = await self._home.post("/api/mobile_app/registrations", {**_APP, "app_data": push})
        self._kept.write_text(json.dumps({"webhook_id": registered["webhook_id"]}))

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text=_PAGE.read_text(), content_type="text/html")

    async def _tell_shown(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(list(reversed(self._shown.values())))

    async def _pushed(self, request: web.Request) -> web.StreamResponse:
        pushed = await request.json()
        data = pushed.get("data", {})
        self._sent += 1
        tag = data.get("tag", f"without a tag, {self._sent}")
        self._shown.pop(tag, None)
        if pushed["message"] != "clear_notification":
            self._shown[tag] = {
                "tag": tag,
                "title": pushed.get("title", ""),
                "message": pushed["message"],
                "url": self._home.url + data["clickAction"] if "clickAction" in data else "",
                "buttons": [_button(each) for each in data.get("actions", ())],
            }
        for old in list(self._shown)[:-_MOST]:
            del self._shown[old]
        return web.json_response({}, status=201)

    async def _pressed(self, request: web.Request) -> web.StreamResponse:
        # A page of somebody else cannot send JSON here: it would have to ask first.
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        pressed = await request.json()
        shown = self._shown.pop(pressed["tag"], None)
        buttons: Iterable[Mapping[str, str]] = shown["buttons"] if shown else ()
        if pressed["action"] in {each["action"] for each in buttons}:
            await self._fire({"action": pressed["action"]})
        return web.json_response({})

    async def _fire(self, data: Mapping[str, str]) -> None:
        """Tell Home Assistant of a button, as the app does."""
        webhook_id = json.loads(self._kept.read_text())["webhook_id"]
        event = {"event_type": "mobile_app_notification_action", "event_data": data}
        told = {"type": "fire_event", "data": event}
        async with (
            ClientSession() as session,
            session.post(f"{self._home.url}/api/webhook/{webhook_id}", json=told) as response,
        ):
            response.raise_for_status()


def _button(action: Mapping[str, str]) -> dict[str, str]:
    return {"action": action["action"], "title": action["title"]}
