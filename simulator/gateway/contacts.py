"""What a gateway has heard of each device, so that only the holder of the device's identity can have said it.

A device is identified by its LFDI, which comes of its certificate (IEEE 2030.5-2018 clause 6.3.4). So what counts is

- any request over mutually authenticated TLS, by the device's own certificate;
- for a device that another client announced (a POST of its EndDevice that the gateway took, as energy management
  systems do): a request of the announcer's, by the announcer's certificate, that names the device: to a resource
  below its EndDevice, or a Response with its ``endDeviceLFDI``;
- over Zigbee: a frame of the endpoint, secured with the link key of its node.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from simulator.gateway.registrations import Registrations

_END_DEVICE = re.compile(r"/edev/([1-9][0-9]{0,8})(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Exchange:
    """At Unix time ``at`` the client with this LFDI said ``what`` (method and path, or command)."""

    at: float
    client: str
    what: str


class Contacts:
    """The latest exchange of each device, by LFDI."""

    def __init__(self) -> None:
        self._latest: dict[str, Exchange] = {}
        self._news = asyncio.Event()

    def last(self, lfdi: str) -> Exchange | None:
        """The latest exchange of a device, or None where it was never heard of."""
        return self._latest.get(lfdi)

    def of_its_own(self, lfdi: str) -> bool:
        """Whether a device was heard by its own certificate last, and not through another client."""
        last = self._latest.get(lfdi)
        return last is not None and last.client == lfdi

    def heard(self, lfdi: str, client: str, what: str) -> None:
        """Note an exchange of the device ``lfdi``, which ``client`` was authenticated for."""
        self._latest[lfdi] = Exchange(time.time(), client, what)
        news, self._news = self._news, asyncio.Event()
        news.set()

    def request(self, registrations: Registrations, client: str, method: str, path: str) -> None:
        """Note a request that came by the certificate of ``client`` and was granted.

        ``path`` is that of the request, or of what it made (Location). Clients that are not listed are not noted.
        """
        if registrations.get(client) is not None:
            self.heard(client, client, f"{method} {path}")
        found = _END_DEVICE.fullmatch(path)
        entry = registrations.numbered(int(found[1])) if found else None
        if entry is not None and entry.added_by == client:
            self.heard(entry.lfdi, client, f"{method} {path}")

    def forget(self, lfdi: str) -> None:
        """Forget a device."""
        self._latest.pop(lfdi, None)

    def clear(self) -> None:
        """Forget all devices."""
        self._latest.clear()

    async def until(self, found: Callable[[], bool], seconds: float) -> bool:
        """Wait up to ``seconds`` until ``found``, which is asked again after every exchange; whether it was."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not found():
                    await self._news.wait()
                return True
        return found()

    def to_dict(self) -> dict[str, Any]:
        """For storage."""
        return {lfdi: asdict(exchange) for lfdi, exchange in self._latest.items()}

    def load(self, data: dict[str, Any]) -> None:
        """The reverse of ``to_dict``."""
        self._latest = {lfdi: Exchange(**exchange) for lfdi, exchange in data.items()}
