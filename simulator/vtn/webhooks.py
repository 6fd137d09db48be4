"""Webhooks (OpenADR 3.1.1, Definition, "Subscriptions" and "Webhooks"): the echo challenge, and notifications."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any

import aiohttp

from simulator.utility.store import Document, UtilityStore
from simulator.utility.work import Work
from simulator.vtn.privacy import Privacy
from simulator.vtn.problems import VtnProblemError

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_LOGGER = logging.getLogger(__name__)


class Webhooks:
    """Asks callbacks for their echo, and tells them what happened to objects."""

    def __init__(self, store: UtilityStore, privacy: Privacy, is_business: Callable[[str], bool]) -> None:
        self._store = store
        self._privacy = privacy
        self._is_business = is_business
        self._work = Work()
        self._in_turn = asyncio.Lock()

    async def stop(self) -> None:
        """Tell no more."""
        await self._work.stop()

    async def check(self, subscription: Document) -> None:
        """Raise the problem unless every callback of a request is HTTPS and says what it was asked to echo."""
        urls = {each["callbackUrl"] for each in subscription["objectOperations"]}
        for url in sorted(urls):
            if not url.lower().startswith("https://"):
                raise VtnProblemError(400, f"callbackUrl {url} is no HTTPS address")
            word = secrets.token_urlsafe(16)
            try:
                async with (
                    _session() as session,
                    session.get(url, params={"echo": word}, allow_redirects=False) as response,
                ):
                    said = (await response.content.read(10_000)).decode(errors="replace")
                    right = response.status == 200 and word in said
            except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as err:
                raise VtnProblemError(400, f"callbackUrl {url} does not answer: {err}") from None
            if not right:
                raise VtnProblemError(400, f"callbackUrl {url} does not echo the challenge")

    def tell(self, kind: str, operation: str, found: Document) -> None:
        """Notify all who subscribed to an operation on a kind of objects and may see this one."""
        for subscription in self._store.all("subscription"):
            program = subscription.get("programID")
            of_program = found["id"] if kind == "program" else found.get("programID")
            if program is not None and of_program != program:
                continue
            business = self._is_business(subscription["clientID"])
            seen = self._privacy.hears(subscription, kind, found, business=business)
            if seen is None:
                continue
            if kind == "report":
                seen = {key: value for key, value in seen.items() if key != "programID"}
            for each in subscription["objectOperations"]:
                if kind.upper() in each["objects"] and operation in each["operations"]:
                    said = {"objectType": kind.upper(), "operation": operation, "object": seen}
                    self._work.start(self._send(each, said))

    async def _send(self, target: dict[str, Any], said: dict[str, Any]) -> None:
        """One notification after the other, so that they arrive in the order in which things happened."""
        token = target.get("bearerToken")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._in_turn:
            try:
                async with (
                    _session() as session,
                    session.post(target["callbackUrl"], json=said, headers=headers, allow_redirects=False) as response,
                ):
                    status = response.status
            except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as err:
                _LOGGER.warning("%s was not told: %s", target["callbackUrl"], err)
                return
        if status >= 400:
            _LOGGER.warning("%s answered a notification with %s", target["callbackUrl"], status)


def _session() -> aiohttp.ClientSession:
    # Callbacks of tests and homes have certificates of their own making; what is told here is no secret.
    return aiohttp.ClientSession(timeout=_TIMEOUT, connector=aiohttp.TCPConnector(ssl=False))
