"""A fleet of gateways in this process, its control endpoint, and clients that are not ours."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aio2030dot5 import Meter, Timeouts
from aio2030dot5.identity import Identity, generate_identity
from aio2030dot5.transport import async_build_ssl_context

from simulator.control.endpoint import ControlEndpoint, control_app
from simulator.devices.devices import Devices
from simulator.fleet.fleet import Fleet
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.wire import warm_up

type Described = dict[str, Any]
type Connect = Callable[..., Awaitable[Meter]]
type OpenHttp = Callable[[Described, Identity], Awaitable[Http]]
type PutFault = Callable[..., Awaitable[None]]


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    """Nothing of the component is in use."""


@pytest.fixture(scope="session", autouse=True)
def _models() -> None:
    warm_up()


@pytest.fixture(scope="session")
def client() -> Identity:
    return generate_identity()


@pytest.fixture(scope="session")
def stranger() -> Identity:
    return generate_identity()


@pytest.fixture
async def fleet() -> AsyncIterator[Fleet]:
    made = Fleet()
    yield made
    await made.close()


class Control:
    """The control endpoint from outside."""

    def __init__(self, fleet: Fleet, url: str, session: aiohttp.ClientSession) -> None:
        self._fleet = fleet
        self._url = url
        self._session = session

    async def call(self, method: str, path: str, data: Any = None, *, status: int | None = None) -> Any:
        async with self._session.request(method, self._url + path, json=data) as response:
            body = await response.json() if response.content_type == "application/json" else None
            if status is None:
                assert response.ok, body
            else:
                assert response.status == status, body
            return body

    async def gateway(self, **settings: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.call("POST", "/gateways", settings, status=201)
        return made

    def installed(self, gateway: dict[str, Any]) -> InstalledGateway:
        return self._fleet.get(gateway["id"])


@pytest.fixture
async def control(fleet: Fleet) -> AsyncIterator[Control]:
    devices = Devices()
    endpoint = ControlEndpoint(control_app(fleet, devices))
    await endpoint.start(0)
    async with aiohttp.ClientSession() as session:
        yield Control(fleet, endpoint.url, session)
    await endpoint.stop()
    await devices.close()


@pytest.fixture
def connect(client: Identity) -> Connect:
    async def make(gateway: dict[str, Any], identity: Identity = client, **options: Any) -> Meter:
        defaults: dict[str, Any] = {
            "min_connect_interval": 0.0,
            "request_spacing": 0.0,
            "timeouts": Timeouts(connect=6, handshake=6, response=6),
        }
        return await Meter.create(gateway["host"], identity, gateway["port"], **(defaults | options))

    return make


class Http:
    """A plain HTTPS client with a client certificate, for what aio2030dot5 does not do."""

    def __init__(self, gateway: dict[str, Any], session: aiohttp.ClientSession) -> None:
        self._url = f"https://{gateway['host']}:{gateway['port']}"
        self._session = session

    async def call(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        headers = {"Content-Type": "application/sep+xml", **headers}
        async with self._session.request(method, self._url + path, data=body, headers=headers) as response:
            return response.status, await response.read(), dict(response.headers)


@pytest.fixture
async def open_http() -> AsyncIterator[Callable[[dict[str, Any], Identity], Awaitable[Http]]]:
    sessions: list[aiohttp.ClientSession] = []

    async def make(gateway: dict[str, Any], identity: Identity) -> Http:
        context = await async_build_ssl_context(identity)
        sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)))
        return Http(gateway, sessions[-1])

    yield make
    for session in sessions:
        await session.close()
