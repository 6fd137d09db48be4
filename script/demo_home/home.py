"""A real Home Assistant as a child process, onboarded, with its HTTP and WebSocket API."""

import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
import certifi

from .nursery import Nursery
from .process import ROOT, Child
from .simulator import Simulator

PYTHON = os.environ.get("HOME_ASSISTANT_PYTHON", sys.executable)
"""Of another Home Assistant than the tests have, where ``script/home-assistant`` has installed one."""
_HASS = Path(__file__).with_name("hass.py")
USER = PASSWORD = "demo"  # noqa: S105 - printed for whoever tries the demo
TIME_ZONE = "America/Denver"
_MISUSED = "custom integration 'utility_han'"
"""What such a word of Home Assistant has in it (``helpers.frame``, ``util.loop``)."""
_PORTS = range(20_000, 32_000)
_PATIENCE = 120
_RESTART = 100  # Home Assistant's exit code when it wants to be started again
_WILDCARDS = ("0.0.0.0", "::")  # noqa: S104 - compared with only
_CONFIGURATION = """\
frontend:
config:
history:
logbook:
energy:
system_health:
zeroconf:
automation: !include automations.yaml
recorder:
  commit_interval: 1
input_boolean:
  furnace:
    name: Furnace
  pool_pump:
    name: Pool pump
    initial: true
input_number:
  hall_temperature:
    name: Hall temperature
    min: 0
    max: 40
    step: 0.1
    initial: 18
    unit_of_measurement: °C
  charging_current:
    name: Charging current
    min: 0
    max: 32
    step: 1
    initial: 16
    unit_of_measurement: A
  wallbox_current:
    name: Wallbox current
    min: 0
    max: 32
    step: 1
    initial: 32
    unit_of_measurement: A
  water_heater_power:
    name: Water heater power
    min: 0
    max: 3000
    step: 10
    initial: 3000
    unit_of_measurement: W
  charger_power:
    name: Charger power
    min: 0
    max: 11
    step: 0.1
    initial: 7
    unit_of_measurement: kW
template:
  - sensor:
      - name: Grid power
        unique_id: demo_grid_power
        device_class: power
        state_class: measurement
        unit_of_measurement: W
        state: >
          {{ 700 + states("input_number.water_heater_power") | float(0)
          + 1000 * states("input_number.charger_power") | float(0) }}
climate:
  - platform: generic_thermostat
    name: Hall
    unique_id: demo_hall
    heater: input_boolean.furnace
    target_sensor: input_number.hall_temperature
    target_temp: 21
    initial_hvac_mode: heat
    target_temp_step: 0.5
diagnostics:
repairs:
logger:
  default: warning
  logs:
    custom_components.utility_han: info
"""

# The least that a person can click through; what an integration wants besides comes with it. One-time passwords would
# want packages that nothing here needs.
_EMPTY = """\
homeassistant:
  auth_mfa_modules: []
config:
frontend:
"""

# The simulated charger as Home Assistant's own rest integration shows it.
_CHARGER = """
rest:
  - resource: CONTROL/chargers/garage
    scan_interval: 1
    sensor:
      - name: Garage charger energy
        unique_id: demo_garage_charger_energy
        value_template: "{{ value_json.total_kwh }}"
        availability: "{{ value_json.online }}"
        device_class: energy
        state_class: total_increasing
        unit_of_measurement: kWh
      - name: Garage charger power
        unique_id: demo_garage_charger_power
        value_template: "{{ value_json.power_w }}"
        availability: "{{ value_json.online }}"
        device_class: power
        state_class: measurement
        unit_of_measurement: W
      - name: Garage charger state
        unique_id: demo_garage_charger_state
        value_template: "{{ value_json.state }}"
        availability: "{{ value_json.online }}"
        device_class: enum
      - name: Family car battery
        unique_id: demo_family_car_battery
        value_template: "{{ value_json.vehicles.family.state_of_charge | round(1) }}"
        device_class: battery
        unit_of_measurement: "%"
    binary_sensor:
      - name: Garage charger plug
        unique_id: demo_garage_charger_plug
        value_template: "{{ value_json.plugged }}"
        availability: "{{ value_json.online }}"
        device_class: plug
      - name: Family car plug
        unique_id: demo_family_car_plug
        value_template: "{{ value_json.vehicles.family.plugged }}"
        device_class: plug
switch:
  - platform: rest
    name: Garage charger
    unique_id: demo_garage_charger_switch
    resource: CONTROL/chargers/garage/enabled
    body_on: "ON"
    body_off: "OFF"
    is_on_template: "{{ value_json.enabled }}"
    availability: "{{ value_json.online }}"
    scan_interval: 1
"""

# Onboarding: only the user is left to be made, since the other steps would set up integrations of the Internet.
# Network: loopback, so that it works without one.
_STORED: Mapping[str, Mapping[str, Any]] = {
    "onboarding": {"version": 4, "data": {"done": ["core_config", "analytics", "integration"]}},
    "core.network": {"version": 1, "data": {"configured_adapters": ["lo", "lo0"]}},
}
_PLACE = {
    "latitude": 39.7392,
    "longitude": -104.9903,
    "time_zone": TIME_ZONE,
    "country": "US",
    "currency": "USD",
}


class HomeError(RuntimeError):
    """Home Assistant did not do what it was asked."""


def free_port() -> int:
    """Return a port on loopback that nobody listens on now; none of those that the system gives to connections."""
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Home:
    """One Home Assistant in ``folder``; the same folder and port again continue where it was stopped.

    With ``mdns`` it discovers the gateways that this machine advertises on loopback, else none. ``charger_of`` is the
    simulator whose charger it shows, once that is started. ``more`` is added to its configuration; ``as_it_was`` takes
    the configuration that is there already. With ``installed`` it is on its own: of this checkout it has what was put
    into its folder, its configuration is empty, and it installs packages like any other. One of a
    ``nursery`` starts sooner.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        host: str = "127.0.0.1",
        *,
        mdns: bool = False,
        charger_of: Simulator | None = None,
        more: str = "",
        as_it_was: bool = False,
        installed: bool = False,
        nursery: Nursery | None = None,
    ) -> None:
        self.folder = folder
        self._simulator = charger_of
        self.url = f"http://{'127.0.0.1' if host in _WILDCARDS else host}:{port}"
        run = ["-P", str(_HASS)] if installed else ["-m", "script.demo_home.hass"]
        arguments = ["-c", str(folder), *([] if installed else ["--skip-pip"]), *(["--mdns"] if mdns else [])]
        log = folder / "demo.log"
        self.child = (
            nursery.child(arguments, log)
            if nursery is not None
            else Child([*run, *arguments], log, python=PYTHON, cwd=folder if installed else ROOT)
        )
        self._installed = installed
        self.tokens: dict[str, Any] = {}
        self.typed: list[Mapping[str, Any]] = []
        """What was submitted on the pages of dialogs."""
        self.begun: list[Callable[[], Awaitable[None]]] = []
        """What is done each time that it was started."""
        self._address = (host, port)
        self._configuration = (_EMPTY if installed else _CONFIGURATION) + more
        self._as_it_was = as_it_was
        self._session: aiohttp.ClientSession | None = None

    def trust(self, authority: str) -> None:
        """Have Home Assistant trust an authority (PEM) beside those that everybody knows, from its next start on."""
        file = self.folder.with_name("authorities.pem")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Path(certifi.where()).read_text() + authority)
        self.child.environment["REQUESTS_CA_BUNDLE"] = str(file)

    def misuse(self) -> list[str]:
        """Return what its log says of how the integration uses Home Assistant: it will be refused one day."""
        return [line for line in self.child.tail(1_000_000).splitlines() if _MISUSED in line]

    @property
    def client_id(self) -> str:
        """The OAuth client that this helper is."""
        return f"{self.url}/"

    async def start(self) -> None:
        """Start, wait until it answers, make the demo user if there is none, and log in."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self._as_it_was:
            charger = _CHARGER.replace("CONTROL", self._simulator.control) if self._simulator else ""
            (self.folder / "configuration.yaml").write_text(self._configuration + charger)
        (self.folder / "automations.yaml").touch()
        self._store()
        if not self._as_it_was:
            self._listen_at(*self._address)
        link = self.folder / "custom_components"
        if not self._installed and not link.is_symlink():
            link.symlink_to(ROOT / "custom_components", target_is_directory=True)
        self._session = aiohttp.ClientSession(self.url)
        await self.child.start()
        await self._answering()
        async with self._session.get("/api/onboarding") as response:
            onboarded = response.status == HTTPStatus.NOT_FOUND  # it is served until all is done
        await (self._log_in() if onboarded else self._onboard())
        for each in self.begun:
            await each()

    def _store(self) -> None:
        storage = self.folder / ".storage"
        storage.mkdir(exist_ok=True)
        for key, stored in _STORED.items():
            file = storage / key
            if not file.exists():
                file.write_text(json.dumps({"minor_version": 1, "key": key, **stored}))

    def _listen_at(self, host: str, port: int) -> None:
        """Say where to listen as Home Assistant's settings do: that YAML is outdated, a person would be told."""
        stable = {
            "server_host": [host],
            "server_port": port,
            "cors_allowed_origins": ["https://cast.home-assistant.io"],
            "login_attempts_threshold": -1,
            "ip_ban_enabled": True,
            "ssl_profile": "modern",
            "use_x_frame_options": True,
            "created_at": datetime.now(UTC).isoformat(),
            "error": None,
            "error_message": None,
        }
        kept = {"stable": stable, "pending": None, "yaml_migration_done": True}
        file = self.folder / ".storage" / "http"
        file.write_text(json.dumps({"version": 2, "minor_version": 2, "key": "http", "data": kept}))

    async def ended(self) -> bool:
        """Wait until it ends by itself; whether it did so to be started again, as a person asked it to."""
        return await self.child.ended() == _RESTART

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        await self.child.stop(how)

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self.stop(signal.SIGKILL)

    async def _answering(self) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                if not self.child.running:
                    raise HomeError("Home Assistant ended while starting")
                try:
                    await self._request("GET", "/manifest.json")
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
        await self._up()
        await self.ws("config/core/update", **_PLACE)

    async def _up(self) -> None:
        """Wait until all is there that a person may ask for; it answers before."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                if (await self.get("/api/config"))["state"] == "RUNNING":
                    return
                await asyncio.sleep(0.2)

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
        headers = {"HA-Frontend-Base": self.url} | ({"Authorization": f"Bearer {token}"} if token else {})
        async with self._session.request(method, path, json=body, headers=headers) as response:
            if response.status >= 400:
                raise HomeError(f"{method} {path}: HTTP {response.status} {(await response.text())[:300]}")
            return await response.json()

    async def get(self, path: str) -> Any:
        """Return what is at ``path`` of the HTTP API."""
        return await self._request("GET", path)

    async def get_text(self, path: str) -> str:
        """Return the text at ``path``, which says itself that it may be read."""
        assert self._session is not None
        async with self._session.get(path) as response:
            response.raise_for_status()
            return await response.text()

    async def delete(self, path: str) -> Any:
        """Delete what is at ``path`` of the HTTP API."""
        return await self._request("DELETE", path)

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Send ``body`` to ``path`` of the HTTP API."""
        return await self._request("POST", path, body)

    async def states(self) -> list[dict[str, Any]]:
        """Return every state."""
        return list(await self._request("GET", "/api/states"))

    async def shows(self, wanted: Mapping[str, str]) -> None:
        """Wait until entities have these states."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                if wanted.items() <= {each["entity_id"]: each["state"] for each in await self.states()}.items():
                    return
                await asyncio.sleep(0.2)

    async def device(self, name: str) -> dict[str, Any]:
        """Return a device of the registry; wait until it is there, as its hub may just be loaded anew."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                for each in await self.ws("config/device_registry/list"):
                    if each["name"] == name:
                        return dict(each)
                await asyncio.sleep(0.2)

    async def flow_start(self, handler: str, **context: Any) -> dict[str, Any]:
        """Begin a config flow as the frontend does; ``entry_id`` in ``context`` begins a reconfigure flow."""
        body = {"handler": handler, "show_advanced_options": False, **context}
        return dict(await self._request("POST", "/api/config/config_entries/flow", body))

    async def flow_step(self, flow_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Submit a page."""
        self.typed.append(answer)
        return dict(await self._request("POST", f"/api/config/config_entries/flow/{flow_id}", answer))

    async def flow_get(self, flow_id: str) -> dict[str, Any]:
        """Return the page a flow is at, as opening it again does."""
        return dict(await self._request("GET", f"/api/config/config_entries/flow/{flow_id}"))

    async def flow_settled(self, result: dict[str, Any], patience: float = _PATIENCE) -> dict[str, Any]:
        """Wait until a flow that shows progress wants something."""
        async with asyncio.timeout(patience):
            while result["type"] == "progress":
                await asyncio.sleep(0.2)
                result = await self.flow_get(result["flow_id"])
        return result

    async def subentry_start(self, entry_id: str, kind: str, **context: Any) -> dict[str, Any]:
        """Begin a subentry flow; ``subentry_id`` in ``context`` begins a reconfigure flow."""
        body = {"handler": [entry_id, kind], "show_advanced_options": False, **context}
        return dict(await self._request("POST", "/api/config/config_entries/subentries/flow", body))

    async def subentry_step(self, flow_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Submit a page of a subentry flow and wait until it wants something again."""
        self.typed.append(answer)
        path = f"/api/config/config_entries/subentries/flow/{flow_id}"
        result = dict(await self._request("POST", path, answer))
        async with asyncio.timeout(_PATIENCE):
            while result["type"] == "progress":
                await asyncio.sleep(0.1)
                result = dict(await self._request("GET", path))
        return result

    async def open_page(self, path: str) -> None:
        """Open a page as a browser that comes back from elsewhere does."""
        assert self._session is not None
        async with self._session.get(path) as response:
            response.raise_for_status()

    async def listen(self) -> AsyncIterator[dict[str, Any]]:
        """Yield every event of its bus until it is stopped."""
        assert self._session is not None
        async with self._session.ws_connect("/api/websocket", max_msg_size=0) as socket_:
            await socket_.receive_json()
            await socket_.send_json({"type": "auth", "access_token": self.tokens["access_token"]})
            await socket_.receive_json()
            await socket_.send_json({"id": 1, "type": "subscribe_events"})
            async for message in socket_:
                if (told := message.json())["type"] == "event":
                    yield told["event"]

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
