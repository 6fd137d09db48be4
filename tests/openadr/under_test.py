"""A VTN as a test meets it: openadr3-client on the business side, and on the VEN's where ours is not meant."""

import asyncio
import ssl
from collections.abc import Callable
from functools import cached_property
from typing import Any

import requests
from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310._ven.client import VirtualEndNodeClient
from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory
from openadr3_client.version import OADRVersion

from tests.openadr.served import Credentials, Role, ServedVtn

# Those that others refer to come last.
_KEPT = ("subscriptions", "reports", "events", "resources", "vens", "programs")


class Vtn:
    """One VTN, with clients of this test's own."""

    def __init__(self, served: ServedVtn) -> None:
        self._served = served
        self.url = served.url
        self.ca = served.ca
        self.ssl_context = ssl.create_default_context(cafile=served.ca)
        self.ven = served.new_client("ven")
        self.business = served.new_client("bl")

    @cached_property
    def _business_client(self) -> BusinessLogicClient:
        client = BusinessLogicHttpClientFactory.create_http_bl_client(
            self.url,
            self.business.client_id,
            self.business.client_secret,
            verify_vtn_tls_certificate=self.ca,
            version=OADRVersion.OADR_310,
        )
        assert isinstance(client, BusinessLogicClient)
        return client

    @cached_property
    def _ven_client(self) -> VirtualEndNodeClient:
        return self.ven_client(self.ven)

    def ven_client(self, credentials: Credentials) -> VirtualEndNodeClient:
        """Return somebody else's VEN. Making one asks the VTN for its token service already: not in a loop."""
        client = VirtualEndNodeHttpClientFactory.create_http_ven_client(
            self.url,
            credentials.client_id,
            credentials.client_secret,
            verify_vtn_tls_certificate=self.ca,
            version=OADRVersion.OADR_310,
        )
        assert isinstance(client, VirtualEndNodeClient)
        return client

    async def new_client(self, role: Role) -> Credentials:
        """Return credentials of one more client."""
        return await asyncio.to_thread(self._served.new_client, role)

    async def have_broker(self) -> None:
        """Have the VTN tell of news by MQTT too."""
        await asyncio.to_thread(self._served.have_broker)

    async def remove_ven_client(self) -> None:
        """Have the VEN's credentials be none any more."""
        await asyncio.to_thread(self._served.remove_client, self.ven.client_id)

    async def renew_ven_client(self) -> None:
        """Give the VEN's client another secret."""
        self.ven = await asyncio.to_thread(self._served.new_client, "ven", self.ven.client_id)

    async def as_business[T](self, job: Callable[[BusinessLogicClient], T]) -> T:
        """Do something as the utility."""
        return await asyncio.to_thread(lambda: job(self._business_client))

    async def as_ven[T](self, job: Callable[[VirtualEndNodeClient], T]) -> T:
        """Do something as somebody else's VEN."""
        return await asyncio.to_thread(lambda: job(self._ven_client))

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Ask as the utility for what the library's models cannot say."""
        return await self.as_business(lambda bl: _json(session_of(bl).request(method, f"{self.url}{path}", json=json)))

    async def make_program(self, name: str, /, **more: Any) -> dict[str, Any]:
        """Offer a program."""
        return dict(await self.request("POST", "/programs", {"programName": name} | more))

    async def make_event(self, program_id: str, /, **more: Any) -> dict[str, Any]:
        """Send an event."""
        return dict(await self.request("POST", "/events", {"programID": program_id} | more))

    async def grant(self, ven_id: str, *targets: str) -> None:
        """Let a VEN see what is meant for ``targets``."""
        ven = await self.request("GET", f"/vens/{ven_id}")
        await self.request("PUT", f"/vens/{ven_id}", ven | {"objectType": "BL_VEN_REQUEST", "targets": targets})

    async def reports(self, event_id: str | None = None) -> list[dict[str, Any]]:
        """Return what VENs have reported."""
        query = f"?eventID={event_id}" if event_id else ""
        return list(await self.request("GET", f"/reports{query}"))

    async def delete(self, kind: str, identifier: str) -> None:
        """Take one object away, also one that is not the business side's to delete."""
        await asyncio.to_thread(self._served.delete, kind, identifier)

    def empty(self) -> None:
        """Take away what earlier tests left."""
        session = session_of(self._business_client)
        for kind in _KEPT:
            while found := _json(session.get(f"{self.url}/{kind}")):
                for one in found:
                    self._served.delete(kind, one["id"])


def session_of(client: BusinessLogicClient | VirtualEndNodeClient) -> requests.Session:
    """Return what a client asks with, to ask for what its models cannot say."""
    session = client.events.session  # type: ignore[attr-defined]
    assert isinstance(session, requests.Session)
    return session


def _json(response: requests.Response) -> Any:
    assert response.ok, f"{response.request.method} {response.url}: {response.status_code} {response.text}"
    return response.json()
