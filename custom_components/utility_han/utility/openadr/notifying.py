"""News of the VTN without waiting for the next poll: by our webhook, or by its MQTT broker.

What arrives is a hint to poll and nothing else, so that it matters neither who sent it nor what of it was lost. It
needs 3.1: in 3.0.1 there are no notifiers, and polling does.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module

from ...esi.typed import UnreadableRecordError
from ..errors import UtilityError, UtilityReason
from .connection import VtnConnection
from .enrolment import Enrolment
from .model import Version
from .notifiers import Authentication, Broker, Notifiers, read_notifiers, read_topics
from .polling import News
from .subscriptions import Subscriptions

_MOST_PROGRAMS = 50
_DENIED = frozenset({UtilityReason.SCOPE_MISSING, UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.INVALID_REQUEST})


class Notifying:
    """How one home is told."""

    def __init__(self, connection: VtnConnection, ven_name: str, enrolment: Enrolment, news: News) -> None:
        self._connection = connection
        self._enrolment = enrolment
        self._news = news
        self._subscriptions = Subscriptions(connection, ven_name)
        self._refused: str | None = None
        """The token that the broker refused."""

    @property
    def concerned(self) -> frozenset[str]:
        """What the last poll says that we are to be told of; where it is another, whoever listens does so anew."""
        return frozenset(self._news.programs) | self._news.targets

    async def notifiers(self) -> Notifiers:
        """Return how changes may be heard of.

        Scopes of ``GET /notifiers`` name the business's only: a VTN that keeps to them has the webhook all the same.
        """
        named = self._connection.named
        if await self._connection.version() is not Version.V3_1:
            return Notifiers(webhook=False, note="the VTN is of OpenADR 3.0.1, which is polled")
        try:
            told = await self._connection.call("GET", "notifiers")
            found = read_notifiers(told, self._connection.url.host or "", named=named)
        except UnreadableRecordError as err:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"notifiers: {err}"[:200]) from err
        except UtilityError as err:
            if err.reason not in _DENIED | ({UtilityReason.UNAUTHORIZED} if not named else set()):
                raise
            found = Notifiers(note=err.detail)
        # A subscription belongs to a client id, which nobody has without credentials.
        return found if named else replace(found, webhook=False)

    async def subscribe(self, callback: str, token: str) -> None:
        """Have the VTN post to the webhook at ``callback`` with ``token``; safe to repeat, and to be repeated."""
        await self._subscriptions.keep(callback, token, self._news.targets)

    async def unsubscribe(self) -> None:
        """Have the VTN post no more; one that has no subscriptions (404, 501) need not be told."""
        if self._connection.named and await self._connection.version() is Version.V3_1:
            try:
                await self._subscriptions.remove()
            except UtilityError as err:
                if err.reason not in _DENIED | {UtilityReason.UTILITY_ERROR}:
                    raise

    async def listen(
        self, broker: Broker, tls: ssl.SSLContext, heard: Callable[[], None], until: asyncio.Event
    ) -> None:
        """Call ``heard`` when it is listened at the VTN's broker and for whatever comes, until ``until``.

        ``tls`` verifies the broker, where the VTN does not give its own authority. ``UtilityError`` when it is lost.
        """
        await asyncio.to_thread(import_module, "aiomqtt")
        from .broker import listen  # noqa: PLC0415 - loaded for who has such a VTN

        topics, login = await self._topics(), await self._login(broker)
        try:
            await listen(broker, login, tls, topics, heard, until)
        except UtilityError as err:
            if err.reason is UtilityReason.UNAUTHORIZED and login is not None:
                self._refused = login[1]
            raise

    async def _login(self, broker: Broker) -> tuple[str, str] | None:
        """Return user name and password: "Use token as password" (Definition, Table 12)."""
        if broker.authentication is not Authentication.OAUTH2_BEARER_TOKEN:
            return None
        client_id, token = await self._connection.token(self._refused)
        return broker.username or client_id, token

    async def _topics(self) -> list[str]:
        """Return the names of the topics that we may know of; what is targeted is told at the ven's own."""
        programs = sorted(self._news.programs)[:_MOST_PROGRAMS]
        paths = ["programs", *(f"programs/{program}/events" for program in programs)]
        if self._connection.named and (ven := await self._enrolment.find_ven()) is not None:
            paths += [f"vens/{ven.id}{below}" for below in ("", "/events", "/programs", "/resources")]
        found: dict[str, None] = {}
        for path in paths:
            found |= dict.fromkeys(await self._topics_of(path))
        if not found:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "the VTN names no topics at its MQTT broker")
        return list(found)

    async def _topics_of(self, path: str) -> Iterable[str]:
        """Return the topics of operations on objects; none where we may not know."""
        try:
            told = await self._connection.call("GET", f"notifiers/mqtt/topics/{path}")
        except UtilityError as err:
            if err.reason not in _DENIED:
                raise
            return ()
        try:
            return read_topics(told)
        except UnreadableRecordError as err:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"topics: {err}"[:200]) from err
