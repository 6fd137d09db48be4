"""Requests to a VTN, the token for them, and their errors.

HTTPS is a MUST of the standard everywhere (Definition, "Security"), so an ``http://`` address is refused; whoever has
a certificate on the local network that cannot be verified gives an ``ssl.SSLContext`` of their own. Redirects are
never followed, so that no token and no secret goes anywhere that was not named.
"""

import asyncio
import re
import ssl
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from ...esi.typed import UnreadableRecordError
from ..answer import Fields
from ..asking import ATTEMPTS, MAX_BYTES, TIMEOUT, json_of, repeated, retry_after
from ..endpoints import host_of, with_scheme
from ..errors import UtilityError, UtilityReason
from ..request import ask
from .model import Version

PAGE = 50
"""The most that a page may have (``limit``)."""
_MOST_PAGES = 60
_MOST_BYTES = 10 * 1024 * 1024
_MOST_ENTRIES = 10_000
_LONG = 32 * 1024
"""Bytes from which an answer is read in a thread: one of 4 MiB would hold the loop for a second."""
_MARGIN = 30.0
"""Seconds before its end in which a token is not used any more."""
_LIFETIME = 3600.0
"""Of a token that does not say (``expires_in`` is optional); one that is refused earlier is asked for anew."""
_SCOPES = {"vens": "write_vens", "resources": "write_vens", "reports": "write_reports"}
"""What a VEN cannot do without (``securitySchemes`` in openadr3.yaml); without subscriptions it polls."""
_BY_STATUS = {
    401: UtilityReason.UNAUTHORIZED,
    403: UtilityReason.SCOPE_MISSING,
    404: UtilityReason.UNKNOWN_TO_UTILITY,
    409: UtilityReason.NAME_TAKEN,
    429: UtilityReason.UTILITY_BUSY,
    503: UtilityReason.UTILITY_BUSY,
}
_OF_A_TOKEN = {
    UtilityReason.UNAUTHORIZED: UtilityReason.CREDENTIALS_REFUSED,
    UtilityReason.INVALID_REQUEST: UtilityReason.CREDENTIALS_REFUSED,
    UtilityReason.SCOPE_MISSING: UtilityReason.CREDENTIALS_REFUSED,
    UtilityReason.UNKNOWN_TO_UTILITY: UtilityReason.UTILITY_ERROR,
    UtilityReason.NAME_TAKEN: UtilityReason.UTILITY_ERROR,
}
"""What an answer of the token service says, where it would say something of an object if it came from the VTN."""

type Query = Mapping[str, str]


def vtn_url(text: str) -> URL:
    """Return what was typed as the base URL of a VTN; ``UtilityError`` unless it is https."""
    url = _encrypted(text)
    return url.with_query(None).with_path(url.raw_path.rstrip("/"), encoded=True)


def _encrypted(text: str) -> URL:
    """Return an address as it is, but for a fragment; ``UtilityError`` unless it is https."""
    try:
        url = host_of(with_scheme(text))
    except ValueError as err:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"no address: {err}") from err
    if url.scheme != "https":
        raise UtilityError(UtilityReason.NOT_ENCRYPTED, "OpenADR is spoken over https only")
    return url.with_fragment(None)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a VEN was given by the utility."""

    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authorization:
    """Where tokens come from; ``elsewhere`` where that is another host, to which a person has to agree."""

    version: Version
    token_url: URL
    elsewhere: bool


@dataclass(slots=True)
class Allowance:
    """How much more may be read of something that is read as a whole."""

    bytes: int = _MOST_BYTES
    entries: int = _MOST_ENTRIES

    @property
    def spent(self) -> bool:
        """Whether nothing more is read."""
        return self.bytes <= 0 or self.entries <= 0


class VtnConnection:
    """A VTN at one address."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: URL,
        credentials: Credentials | None = None,
        *,
        tls: ssl.SSLContext | bool = True,
        confirmed: str | None = None,
    ) -> None:
        """``credentials`` is None for what is open to everybody (public prices).

        ``confirmed`` is the address of the token service elsewhere to which a person agreed. Where ``tls`` is False
        the VTN's certificate is not verified; that of a token service elsewhere always is.
        """
        self._session = session
        self.url = vtn_url(str(url))
        self._credentials = credentials
        self._tls = tls
        self._confirmed = confirmed
        self._authorization: Authorization | None = None
        self._token: tuple[str, float] | None = None
        self.token_at: datetime | None = None
        """When it last gave us a token."""
        self.clock_offset: timedelta | None = None
        """Its clock less ours, by the ``Date`` of its last answer (RFC 9110, 6.6.1); None where it has none."""
        self.denied: set[str] = set()
        """The scopes for want of which it refused what we wrote last."""
        self._renewing = asyncio.Lock()

    @property
    def named(self) -> bool:
        """Whether the VTN knows us by credentials."""
        return self._credentials is not None

    async def authorization(self) -> Authorization:
        """Return where tokens come from, and with it which version is spoken there.

        ``/auth/server`` is new in 3.1; in 3.0.1 there is only ``/auth/token`` of the VTN itself. The query of a token
        service "MUST be retained" (RFC 6749, 3.2).
        """
        if self._authorization is None:
            own = self.url / "auth" / "token"
            try:
                fields = Fields(await self._tried("GET", self.url / "auth" / "server"), "authServerInfo")
                named = _encrypted(fields.take("tokenURL", str))
                version = Version.V3_1
            except UtilityError as err:
                if err.reason not in (UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.UNAUTHORIZED):
                    raise
                named, version = own, Version.V3_0_1
            except UnreadableRecordError as err:
                raise UtilityError(UtilityReason.NOT_A_UTILITY, f"auth/server: {err}"[:200]) from err
            self._authorization = Authorization(version, named, named.origin() != self.url.origin())
        return self._authorization

    async def version(self) -> Version:
        """Return which version is spoken."""
        return (await self.authorization()).version

    @contextmanager
    def doubted(self) -> Generator[None]:
        """Where what is asked inside fails, find out anew which version is spoken and where tokens come from.

        A VTN may have been renewed, and its token service moved.
        """
        try:
            yield
        except UtilityError as err:
            if err.reason not in (UtilityReason.UTILITY_UNREACHABLE, UtilityReason.UTILITY_BUSY):
                self._authorization = None
            raise

    async def pages(
        self, path: str, query: Query | None = None, allowance: Allowance | None = None
    ) -> tuple[list[Any], bool]:
        """Return all entries of a list, and whether there are more than are read (``skip`` and ``limit``).

        An entry that nobody can read is None. What has no pages is read once.
        """
        allowance = allowance or Allowance()
        found: list[Any] = []
        before: list[Any] | None = None
        for page in range(_MOST_PAGES):
            asked = dict(query or {}) | {"skip": str(page * PAGE), "limit": str(PAGE)}
            url = self.url.joinpath(path)
            entries = await self._tried("GET", url, query=asked, token=True, allowance=allowance)
            if not isinstance(entries, list):
                raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"GET {path}: no list")
            if entries and entries == before:
                return found, True
            left, before = allowance.entries, entries
            allowance.entries -= len(entries)
            found += entries[:left]
            if len(entries) != PAGE:
                return found, len(entries) > left
            if allowance.spent:
                break
        return found, True

    async def call(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, query: Query | None = None
    ) -> Any:
        """Return what the VTN answers.

        What makes something is asked once: there are no idempotency keys, so who makes something looks for it first.
        """
        scope = None if method == "GET" else _SCOPES.get(path.partition("/")[0])
        try:
            answer = await self._tried(
                method,
                self.url.joinpath(path.lstrip("/")),
                body,
                query=query,
                attempts=1 if method == "POST" else ATTEMPTS,
                token=True,
            )
        except UtilityError as err:
            if scope is not None and err.reason is UtilityReason.SCOPE_MISSING:
                self.denied.add(scope)
                self._token = None  # another may have it: it is granted with the token
            raise
        self.denied.discard(scope or "")
        return answer

    async def token(self, refused: str | None = None) -> tuple[str, str]:
        """Return client id and a token, another one than was ``refused``: for the VTN's own host only."""
        if self._credentials is None:
            raise UtilityError(UtilityReason.CREDENTIALS_REFUSED, "there are no credentials")
        return self._credentials.client_id, await self._valid_token(refused)

    async def _tried(
        self,
        method: str,
        url: URL,
        body: dict[str, Any] | None = None,
        *,
        query: Query | None = None,
        attempts: int = ATTEMPTS,
        token: bool = False,
        allowance: Allowance | None = None,
    ) -> Any:
        given = {"json": body, "params": query, "allowance": allowance}
        return await repeated(
            lambda: self._once(method, url, given, token=token), f"{method} {url.path}", attempts=attempts
        )

    async def _once(self, method: str, url: URL, given: Mapping[str, Any], *, token: bool) -> Any:
        """Ask once, and once more with another token where the first was refused."""
        if not token or self._credentials is None:
            return await self._ask(method, url, **given)
        used = await self._valid_token()
        try:
            return await self._ask(method, url, **given, headers={"Authorization": f"Bearer {used}"})
        except UtilityError as err:
            if err.reason is not UtilityReason.UNAUTHORIZED:
                raise
        used = await self._valid_token(refused=used)
        return await self._ask(method, url, **given, headers={"Authorization": f"Bearer {used}"})

    async def _valid_token(self, refused: str | None = None) -> str:
        now = asyncio.get_running_loop().time
        async with self._renewing:
            if self._token is not None and self._token[0] != refused and now() < self._token[1]:
                return self._token[0]
            if self._token is not None:
                self._authorization = None
            self._token = None
            token, lifetime = await self._new_token()
            self._token = (token, now() + max(lifetime - _MARGIN, 0.0))
            self.token_at = datetime.now(UTC)
            return token

    async def _new_token(self) -> tuple[str, float]:
        """Get a token by client credentials (RFC 6749, 4.4; ``clientCredentialRequest``)."""
        if self._credentials is None:
            raise UtilityError(UtilityReason.CREDENTIALS_REFUSED, "there are no credentials")
        service = await self.authorization()
        if service.elsewhere and not self._is_confirmed(service.token_url):
            raise UtilityError(UtilityReason.ELSEWHERE, f"tokens come from {service.token_url.host}")
        form = {
            "grant_type": "client_credentials",
            "client_id": self._credentials.client_id,
            "client_secret": self._credentials.secret,
        }
        try:
            fields = Fields(await self._ask("POST", service.token_url, data=form), "clientCredentialResponse")
            token, lifetime = fields.take("access_token", str), fields.maybe("expires_in", float)
        except UtilityError as err:
            if (reason := _OF_A_TOKEN.get(err.reason)) is None:
                raise
            raise UtilityError(reason, err.detail, retry_after=err.retry_after) from err
        except UnreadableRecordError as err:
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"token: {err}"[:200]) from err
        if not re.fullmatch(r"[\x21-\x7e]{1,8192}", token):
            raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "token: of another form")
        return token, _LIFETIME if lifetime is None else min(max(lifetime, 0.0), 86400.0)

    def _is_confirmed(self, token_url: URL) -> bool:
        """Whether it is where a person agreed that tokens come from: they saw the host, and no query."""
        return self._confirmed is not None and vtn_url(self._confirmed) == vtn_url(str(token_url))

    async def _ask(self, method: str, url: URL, *, allowance: Allowance | None = None, **given: Any) -> Any:
        what = f"{method} {url.path}"
        tls = self._tls or url.origin() != self.url.origin()
        answer = await ask(self._session, method, url, most=MAX_BYTES, within=TIMEOUT, ssl=tls, **given)
        response, raw = answer.response, answer.body
        if url.origin() == self.url.origin():
            self.clock_offset = _ahead(response)
        if allowance is not None:
            allowance.bytes -= len(raw)
        needed, apart = response.status < 300, allowance is not None
        if len(raw) < _LONG:
            data = json_of(raw, what, needed=needed, apart=apart)
        else:
            data = await asyncio.to_thread(json_of, raw, what, needed=needed, apart=apart)
        if response.status >= 300:
            raise _problem(what, response, self._shown(data, given.get("json")))
        return data

    def _shown(self, data: Any, body: Mapping[str, Any] | None) -> str:
        """Return what a ``problem`` or ``authError`` says, on one line, and without what it may have back from us."""
        told = data if isinstance(data, dict) else {}
        said = str(told.get("detail") or told.get("title") or told.get("error") or "")[:_LONG]
        ours = self._credentials and self._credentials.secret, self._token and self._token[0]
        for secret in (*ours, *_callbacks(body or {})):
            if secret:
                said = said.replace(secret, "…")
        return "".join(each if each.isprintable() else " " for each in said)[:200]


def _callbacks(body: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a ``subscriptionRequest`` says where and by what somebody may post to us."""
    for told in body.get("objectOperations", ()):
        yield from (told["bearerToken"], told["callbackUrl"], told["callbackUrl"].rpartition("/")[2])


def _ahead(response: aiohttp.ClientResponse) -> timedelta | None:
    """Return by how much the clock of who answers is ahead of ours; what comes out of a cache is of no use."""
    try:
        date = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return None if "Age" in response.headers or date.tzinfo is None else date - datetime.now(UTC)


def _problem(what: str, response: aiohttp.ClientResponse, detail: str) -> UtilityError:
    """Return the error behind an answer; the standard names no types of problems, so the status decides."""
    status = response.status
    if status in _BY_STATUS:
        reason = _BY_STATUS[status]
    elif status < 400:
        reason, detail = UtilityReason.NOT_A_UTILITY, "sends elsewhere"
    else:
        reason = UtilityReason.UTILITY_ERROR if status >= 500 else UtilityReason.INVALID_REQUEST
    return UtilityError(reason, f"{what} -> HTTP {status} {detail}".rstrip(), retry_after=retry_after(response))
