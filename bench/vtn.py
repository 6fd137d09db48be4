"""A client of a VTN that does nothing with what it reads: the business of a benchmark, and what others are beside."""

import asyncio
import ssl
from typing import Any

import aiohttp

from bench.simulated import Vtn

_PAGE = 50


class BareClient:
    """One client of a VTN."""

    def __init__(self, session: aiohttp.ClientSession, tls: ssl.SSLContext, url: str, client: tuple[str, str]) -> None:
        """``client`` are its id and secret."""
        self._session = session
        self._tls = tls
        self._url = url
        self._client = client
        self._token: str | None = None

    @classmethod
    async def business(cls, session: aiohttp.ClientSession, vtn: Vtn) -> BareClient:
        """Return the one that offers programs."""
        return cls(session, await vtn_tls(vtn), vtn.url, vtn.business)

    async def call(self, method: str, path: str, **more: Any) -> Any:
        """Ask for one thing."""
        if self._token is None:
            form = {"grant_type": "client_credentials", "client_id": self._client[0], "client_secret": self._client[1]}
            async with self._session.post(f"{self._url}/auth/token", data=form, ssl=self._tls) as response:
                self._token = (await response.json())["access_token"]
        headers = {"Authorization": f"Bearer {self._token}"}
        async with self._session.request(
            method, f"{self._url}/{path}", headers=headers, ssl=self._tls, **more
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def every(self, path: str, **query: str) -> list[Any]:
        """Read all pages of something."""
        found: list[Any] = []
        while True:
            page = {"skip": str(len(found)), "limit": str(_PAGE)}
            found += (entries := await self.call("GET", path, params=query | page))
            if len(entries) < _PAGE:
                return found


async def vtn_tls(vtn: Vtn) -> ssl.SSLContext:
    """Return a context that trusts a VTN."""
    return await asyncio.to_thread(ssl.create_default_context, cadata=vtn.ca)
