"""The simulated VTN: clients of their own for a test, with openadr3-client and bare."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest


class SimulatedVtn:
    """The simulated VTN, and what can be done to it."""

    def __init__(self, session: aiohttp.ClientSession, control: str, described: dict[str, Any], ca: Path) -> None:
        self.session = session
        self.control = control
        self.url: str = described["url"]
        self.ca = ca
        ca.write_text(described["ca"])
        self.context = ssl.create_default_context(cafile=ca)
        self.names: list[str] = []

    async def call(self, method: str, path: str = "", /, **json_body: Any) -> Any:
        """Ask the control endpoint."""
        async with self.session.request(method, f"{self.control}/vtn{path}", json=json_body) as response:
            body = await response.json() if response.content_type == "application/json" else None
            assert response.status < 400, body
            return body

    async def client(self, role: str = "ven", **more: Any) -> dict[str, Any]:
        """Return a new client with its secret."""
        name = f"{role}-{secrets.token_hex(4)}"
        self.names.append(name)
        return dict(await self.call("POST", "/clients", client_id=name, client_secret="secret", role=role, **more))

    async def business(self) -> Any:
        """Return openadr3-client in the business's role."""
        from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory

        return await self._client(BusinessLogicHttpClientFactory.create_http_bl_client, await self.client("bl"))

    async def ven(self, credentials: dict[str, Any] | None = None) -> Any:
        """Return openadr3-client in a VEN's role."""
        from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory

        make = VirtualEndNodeHttpClientFactory.create_http_ven_client
        return await self._client(make, credentials or await self.client())

    async def _client(self, make: Callable[..., Any], credentials: dict[str, Any]) -> Any:
        # It takes its time to load, and few tests ask for it.
        from openadr3_client.version import OADRVersion

        return await asyncio.to_thread(
            make,
            self.url,
            credentials["client_id"],
            credentials["client_secret"],
            verify_vtn_tls_certificate=self.ca,
            version=OADRVersion.OADR_310,
        )

    async def token(self, credentials: dict[str, Any], **more: str) -> dict[str, Any]:
        """Return what the token endpoint says to a client."""
        form = {"grant_type": "client_credentials", "client_id": credentials["client_id"]}
        form["client_secret"] = credentials["client_secret"]
        _, said = await self.ask("POST", "/auth/token", data=form | more)
        return dict(said)

    async def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> tuple[int, Any]:
        """Return status and JSON of a bare request."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.request(
            method, self.url + path, headers=headers, ssl=self.context, **more
        ) as response:
            return response.status, await response.json()


@pytest.fixture
async def simulated_vtn(
    simulator_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> AsyncIterator[SimulatedVtn]:
    """The simulated VTN without faults, with its settings as they are at first."""
    if "simulated_vtn" in request.node.fixturenames:
        assert request.node.get_closest_marker("simulator_only"), "say what openleadr-vtn has not (simulator_only)"
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{simulator_url}/vtn") as response:
            described = await response.json()
        vtn = SimulatedVtn(session, simulator_url, described, tmp_path / "vtn-ca.pem")
        # openadr3-client asks for tokens with the authorities that requests knows.
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(vtn.ca))
        await vtn.call("PATCH", targets_in_query="required", public=False, token_seconds=600)
        yield vtn
        await vtn.call("DELETE", "/faults")
        await vtn.call("DELETE", "/mqtt")
        await vtn.call("PATCH", targets_in_query="required", public=False, token_seconds=600)
        for name in vtn.names:
            await vtn.call("DELETE", f"/clients/{name}")
