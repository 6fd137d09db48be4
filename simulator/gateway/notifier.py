"""Telling subscribers of changes (IEEE 2030.5-2018 clause 8.7): one POST each, once, in the background."""

from __future__ import annotations

import asyncio
import logging
import ssl

import aiohttp
from aio2030dot5.transport import build_ssl_context_from_pem

from simulator.gateway.state import GatewayState
from simulator.gateway.subscriptions import Subscription
from simulator.gateway.wire import CONTENT_TYPE, render

_LOGGER = logging.getLogger(__name__)
_SECONDS = 5
_FAILURES = 10
_CHANGED = 0  # Notification.status: default
_ENDED = 1  # Notification.status: subscription canceled, no additional information


class Notifier:
    """Posts the notifications of one gateway."""

    def __init__(self, gateway: GatewayState) -> None:
        self._gateway = gateway
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def notify(self, resource: str, after_seconds: float = 0.0) -> None:
        """Tell those who subscribed to ``resource`` by then; returns at once."""
        task = asyncio.create_task(self._tell(resource, after_seconds))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cancel_all(self, status: int) -> None:
        """End every subscription and tell it, ``status`` saying why."""
        ended = self._gateway.subscriptions.all()
        self._gateway.subscriptions.clear()
        await self._gateway.changed()
        await asyncio.gather(*(self._post(each, status) for each in ended))

    async def close(self) -> None:
        """Drop what has not been told yet."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _tell(self, resource: str, after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        await asyncio.gather(*map(self._attempt, self._gateway.subscriptions.to(resource)))

    async def _attempt(self, subscription: Subscription) -> None:
        if await self._post(subscription, _CHANGED):
            subscription.failures = 0
            return
        subscription.failures += 1
        if subscription.failures >= _FAILURES and self._gateway.subscriptions.remove(subscription):
            await self._gateway.changed()
            await self._post(subscription, _ENDED)

    async def _post(self, subscription: Subscription, status: int) -> bool:
        """Whether the subscriber took a notification."""
        fields = {
            "subscribed_resource": subscription.resource,
            "status": status,
            "subscription_uri": subscription.base + subscription.href,
        }
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_SECONDS))
        try:
            async with self._session.post(
                subscription.uri,
                data=render("Notification", fields),
                headers={"Content-Type": CONTENT_TYPE},
                allow_redirects=False,
                ssl=await self._tls(subscription.uri),
            ) as response:
                if response.status < 300:
                    return True
                reason = f"status {response.status}"
        except (aiohttp.ClientError, OSError, ValueError) as err:
            reason = str(err) or type(err).__name__
        _LOGGER.debug("gateway %s: no notification to %s: %s", self._gateway.id, subscription.uri, reason)
        return False

    async def _tls(self, uri: str) -> ssl.SSLContext | bool:
        """The gateway's certificate towards subscribers at https, read anew because a gateway can be replaced."""
        if not uri.startswith("https:"):
            return True
        pem = self._gateway.identity.to_dict()
        return await asyncio.to_thread(build_ssl_context_from_pem, pem["certificate"] + pem["issuer"], pem["key"])
