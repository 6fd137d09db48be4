"""Hears of the VTN's news without waiting for the next poll: by webhook, else at its MQTT broker, else not at all.

The webhook needs an HTTPS address at which the VTN reaches Home Assistant (OpenADR 3.1 Definition, "Webhooks"). What
comes is a hint to poll. Looked at anew with the polls: now and then, and when there is more or less to be told of.
"""

import asyncio
import hmac
import secrets
from asyncio import Task
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from random import uniform
from typing import TYPE_CHECKING

from aiohttp.hdrs import AUTHORIZATION, METH_GET, METH_POST
from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util
from homeassistant.util.network import is_local
from homeassistant.util.ssl import get_default_context, get_default_no_verify_context
from yarl import URL

from ..const import DOMAIN, LOGGER
from ..hub.background.pacing import Due
from ..hub.background.prompted import REST, Prompted
from ..hub.background.rounds import Backoff, Rounds
from ..hub.hearing import async_hear
from ..utility import UtilityError, UtilityReason
from .vtn import VtnCoordinator

if TYPE_CHECKING:
    from ..utility.openadr import Broker  # loaded for those who have a VTN

_LOOKING = "being told by the VTN"
_LISTENING = "listening at the VTN's broker"
EVERY = timedelta(hours=6)
"""How often a subscription is renewed, and what the VTN offers looked at."""
_FIRST_UNTOLD = 60.0
"""Seconds after which it is looked at first where it offers nothing."""
SPREAD = 10.0
"""Seconds over which the homes that are told the same at the same moment poll."""
_STOOD = 300.0
"""Seconds after which a connection that is lost counts as one that was well."""
_SOON = 5.0
_LONGEST_ECHO = 1024
_AWAY = frozenset(
    {
        UtilityReason.UTILITY_UNREACHABLE,
        UtilityReason.UTILITY_BUSY,
        UtilityReason.UNAUTHORIZED,
        UtilityReason.CREDENTIALS_REFUSED,
    }
)
"""Reasons that say nothing about the webhook."""


class Way(StrEnum):
    """How news is heard of."""

    POLLING = "polling"
    WEBHOOK = "webhook"
    MQTT = "mqtt"


class VtnNews:
    """How one hub is told by its VTN."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, coordinator: VtnCoordinator, rounds: Rounds) -> None:
        """``coordinator`` polls, and begins everything here by its polls."""
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._rounds = rounds
        self._notifying = coordinator.openadr.notifying
        self.way = Way.POLLING
        self.note = ""
        """Why it is not told in a better way, for diagnostics and log."""
        self._due = Due()
        """When the way is to be chosen anew."""
        self._concerned: frozenset[str] = frozenset()
        self._backoff = Backoff()
        self._untold = Backoff(_FIRST_UNTOLD, EVERY.total_seconds())
        """Of a VTN that tells in no way now: its broker, or its way to our webhook, may only be away."""
        self._looking = asyncio.Lock()
        self._webhook_id: str | None = None
        self._token = secrets.token_urlsafe(32)
        self._subscribed = True
        """Whether there may be subscriptions of ours: from before the start as well."""
        self._listened_at: tuple[Broker, frozenset[str]]
        """The broker, and what we are to be told of there, while there is a ``_listener``."""
        self._listener: Task[None] | None = None
        self._wake = asyncio.Event()
        self._polling_soon: Callable[[], None] | None = None
        self._asking = Prompted(
            hass, entry, rounds, "asking for news", coordinator.async_refresh_for_news, rest=REST, longest=None
        )
        coordinator.polled.add(self._polled)
        entry.async_on_unload(self._forget_hint)

    @callback
    def _polled(self, succeeded: bool) -> None:
        now, concerned = dt_util.utcnow(), self._notifying.concerned
        if succeeded and (self._due.is_now(EVERY, now) or concerned != self._concerned):
            self._due.begin(now)
            self._concerned = concerned
            self._rounds.begin(_LOOKING, self._look)

    async def _look(self) -> None:
        """Choose a way, and renew it."""
        async with self._looking:
            await self._choose()

    async def _choose(self) -> None:
        try:
            notifiers = await self._notifying.notifiers()
            self.note = notifiers.note
            by_webhook = notifiers.webhook and await self._by_webhook()
            if by_webhook or notifiers.broker is not None:
                self._untold.reset()
            else:
                self._due.again_after(self._untold.after())
            if by_webhook or notifiers.broker is None:
                self._listen_no_more()
                self._tell(Way.WEBHOOK if by_webhook else Way.POLLING)
            else:
                self._listen(notifiers.broker)
            if not by_webhook and self._subscribed:
                await self._notifying.unsubscribe()
                self._subscribed = False
        except UtilityError as err:
            self._due.begin(dt_util.utcnow())
            self._due.again_after(self._backoff.after(err.retry_after))
            if self.way is not Way.MQTT:
                self._tell(Way.POLLING, err.detail)
        else:
            self._backoff.reset()

    async def _by_webhook(self) -> bool:
        """Have the VTN post to our webhook; whether it does."""
        if (base := self._address()) is None:
            self.note = self.note or "Home Assistant has no HTTPS address at which the VTN reaches it"
            return False
        if self._webhook_id is None:
            self._webhook_id = webhook.async_generate_id()
            methods = (METH_GET, METH_POST)
            async_hear(self._hass, self._entry, self._webhook_id, self._posted, local_only=False, methods=methods)
        self._subscribed = True
        try:
            await self._notifying.subscribe(f"{base}{webhook.async_generate_path(self._webhook_id)}", self._token)
        except UtilityError as err:
            if err.reason in _AWAY:
                raise
            self.note = f"no webhook: {err.detail}"
            return False
        return True

    def _address(self) -> str | None:
        """Return where the VTN reaches us: one on the local network, or by a local name, at our internal address."""
        host = URL(self._coordinator.known["url"]).host or ""
        near = _is_near(host)
        try:
            return get_url(
                self._hass, require_ssl=True, allow_internal=near, allow_ip=near or None, prefer_external=not near
            )
        except NoURLAvailableError:
            return None

    async def _posted(self, _hass: HomeAssistant, _webhook_id: str, request: Request) -> Response:
        """Answer the VTN: its challenge ("a query string parameter named 'echo'"), or a notification, a hint."""
        if request.method == METH_GET:
            echo = request.query.get("echo", "")[:_LONGEST_ECHO]
            return Response(text=echo, headers={"X-Content-Type-Options": "nosniff"})
        said = request.headers.get(AUTHORIZATION, "")
        if not hmac.compare_digest(said.encode(errors="replace"), f"Bearer {self._token}".encode()):
            return Response(status=401)
        self._hint()
        return Response()

    def _listen(self, broker: Broker) -> None:
        """Listen at a broker from now on, or anew where it or what we are to be told of is another, or it was lost."""
        at = broker, self._concerned
        if self._listener is None or at != self._listened_at or self.way is not Way.MQTT:
            self._listened_at = at
            self._wake.set()
        if self._listener is None:
            listening = self._rounds.repeat(_LISTENING, self._listened, self._lost, self._wake)
            name = f"{DOMAIN} {_LISTENING}"
            self._listener = self._entry.async_create_background_task(self._hass, listening, name)

    def _listen_no_more(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listened(self) -> float:
        """Listen once; return the seconds until it is listened again, with nothing known against it."""
        loop = self._hass.loop
        began = loop.time()
        verified = self._coordinator.known["verify_certificate"]
        tls = get_default_context() if verified else get_default_no_verify_context()
        try:
            await self._notifying.listen(self._listened_at[0], tls, self._told, self._wake)
        except UtilityError as err:
            if loop.time() - began < _STOOD:
                raise
            self._lost(err)
            return _SOON
        return 0.0

    @callback
    def _told(self) -> None:
        self._tell(Way.MQTT)
        self._hint()

    @callback
    def _lost(self, err: UtilityError) -> None:
        self._due.at_once()  # the broker may be elsewhere by now
        self._tell(Way.POLLING, err.detail)

    def _tell(self, way: Way, note: str | None = None) -> None:
        if note is not None:
            self.note = note
        if way is not self.way:
            self.way = way
            LOGGER.debug("%s: told by %s %s", self._entry.title, way, self.note)

    @callback
    def _hint(self) -> None:
        """Poll soon."""
        if self._polling_soon is None:
            self._polling_soon = async_call_later(self._hass, uniform(0, SPREAD), self._poll)

    @callback
    def _poll(self, _now: datetime) -> None:
        self._polling_soon = None
        self._asking.async_prompt()

    @callback
    def _forget_hint(self) -> None:
        if self._polling_soon is not None:
            self._polling_soon()
            self._polling_soon = None


def _is_near(host: str) -> bool:
    try:
        return is_local(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".home.arpa"))
