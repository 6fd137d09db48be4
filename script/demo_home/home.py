"""A real Home Assistant as a child process, onboarded, with its HTTP and WebSocket API."""

import asyncio
import json
import signal
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from .process import ROOT, Child

USER = PASSWORD = "demo"  # noqa: S105 - printed for whoever tries the demo
_CONFIGURATION = """\
http:
  server_host: {host}
  server_port: {port}
frontend:
config:
history:
logbook:
energy:
system_health:
recorder:
  commit_interval: 1
logger:
  default: warning
  logs:
    custom_components.utility_han: info
"""

_ONBOARDING = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


class HomeError(RuntimeError):
    """Home Assistant did not do what it was asked."""


def free_port() -> int:
    """Return a port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Home:
    """One Home Assistant in ``folder``; the same folder and port again continue where it was stopped."""

    def __init__(self, folder: Path, port: int, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.url = f"http://{host}:{port}"
        self.child = Child(["-m", "homeassistant", "-c", str(folder), "--skip-pip"], folder / "demo.log")
        self.tokens: dict[str, Any] = {}
        self._configuration = _CONFIGURATION.format(host=host, port=port)
        self._session: aiohttp.ClientSession | None = None

    @property
    def client_id(self) -> str:
        """The OAuth client that this helper is."""
        return f"{self.url}/"

    async def start(self) -> None:
        """Start, wait until it answers, make the demo user if there is none, and log in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "configuration.yaml").write_text(self._configuration)
        onboarding = self.folder / ".storage" / "onboarding"
        if not onboarding.exists():
            # Only the user is left to be made: the other steps would set up integrations of the Internet.
            onboarding.parent.mkdir(exist_ok=True)
            onboarding.write_text(json.dumps(_ONBOARDING))
        link = self.folder / "custom_components"
        if not link.is_symlink():
            link.symlink_to(ROOT / "custom_components", target_is_directory=True)
        self._session = aiohttp.ClientSession(self.url)
        await self.child.start()
        await self._answering()
        steps = await self._request("GET", "/api/onboarding")
        if any(step["step"] == "user" and not step["done"] for step in steps):
            await self._onboard()
        else:
            await self._log_in()
        if (await self.ws("http/config"))["pending"]:
            await self.ws("http/config/promote")  # else a person would be asked, and the address be lost

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it; SIGKILL as in a power cut."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self.child.stop(how)

    async def _answering(self) -> None:
        async with asyncio.timeout(120):
            while True:
                if not self.child.running:
                    raise HomeError("Home Assistant ended while starting")
                try:
                    await self._request("GET", "/api/onboarding")
                except aiohttp.ClientError, HomeError:
                    await asyncio.sleep(0.2)
                else:
                    return

    async def _onboard(self) -> None:
        created = await self._request(
            "POST",
            "/api/onboarding/users",
            {"client_id": self.client_id, "name": "Demo", "username": USER, "password": PASSWORD, "language": "en"},
        )
        await self._trade(created["auth_code"])

    async def _log_in(self) -> None:
        flow = await self._request(
            "POST",
            "/auth/login_flow",
            {"client_id": self.client_id, "handler": ["homeassistant", None], "redirect_uri": self.client_id},
        )
        answer = {"client_id": self.client_id, "username": USER, "password": PASSWORD}
        done = await self._request("POST", f"/auth/login_flow/{flow['flow_id']}", answer)
        await self._trade(done["result"])

    async def _trade(self, code: str) -> None:
        assert self._session is not None
        form = {"grant_type": "authorization_code", "code": code, "client_id": self.client_id}
        async with self._session.post("/auth/token", data=form) as response:
            self.tokens = await response.json()

    async def _request(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        assert self._session is not None
        token = self.tokens.get("access_token")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._session.request(method, path, json=body, headers=headers) as response:
            if response.status >= 400:
                raise HomeError(f"{method} {path}: HTTP {response.status} {(await response.text())[:300]}")
            return await response.json()

    async def states(self) -> list[dict[str, Any]]:
        """Return every state."""
        return list(await self._request("GET", "/api/states"))

    async def flow_start(self, handler: str) -> dict[str, Any]:
        """Begin a config flow as the frontend does."""
        body = {"handler": handler, "show_advanced_options": False}
        return dict(await self._request("POST", "/api/config/config_entries/flow", body))

    async def flow_step(self, flow_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Submit a page."""
        return dict(await self._request("POST", f"/api/config/config_entries/flow/{flow_id}", answer))

    async def flow_settled(self, result: dict[str, Any], patience: float = 120) -> dict[str, Any]:
        """Wait until a flow that shows progress wants something."""
        async with asyncio.timeout(patience):
            while result["type"] == "progress":
                await asyncio.sleep(0.2)
                path = f"/api/config/config_entries/flow/{result['flow_id']}"
                result = dict(await self._request("GET", path))
        return result

    async def ws(self, kind: str, **message: Any) -> Any:
        """Send one WebSocket command and return its result."""
        assert self._session is not None
        async with self._session.ws_connect("/api/websocket") as socket_:
            await socket_.receive_json()
            await socket_.send_json({"type": "auth", "access_token": self.tokens["access_token"]})
            await socket_.receive_json()
            await socket_.send_json({"id": 1, "type": kind, **message})
            answer = await socket_.receive_json()
        if not answer["success"]:
            raise HomeError(f"{kind}: {answer['error']['message']}")
        return answer["result"]
