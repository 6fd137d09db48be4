"""OAuth 2.0 with PKCE at whatever utility a hub's account is with."""

import hashlib
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
)
from homeassistant.util import slugify
from yarl import URL

from ..const import CONF_UTILITY, DOMAIN, LOGGER
from ..utility import Answer, AuthorizationServer, UtilityError, ask, parse_json

_MOST = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
"""What can stand in a header (RFC 6750, 2.1)."""
_REGISTERED = re.compile(rf"{DOMAIN}_[0-9a-f]{{12}}")
_LONGEST_LIFE = 10 * 365 * 86400
_PATIENCE = 20.0
"""Seconds: Home Assistant's dialog waits for thirty."""


@dataclass(frozen=True, slots=True)
class Server:
    """An authorization server, and the API (``resource``) for which it is asked for tokens."""

    authorize_url: str
    token_url: str
    resource: str


_server: ContextVar[Server] = ContextVar("utility_han_authorization_server")


@contextmanager
def authorization_server(authorize_url: str, token_url: str, resource: str) -> Generator[None]:
    """Say which utility is meant: credentials alone do not tell where they belong."""
    token = _server.set(Server(authorize_url, token_url, resource))
    try:
        yield
    finally:
        _server.reset(token)


def implementation_of(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> LocalOAuth2ImplementationWithPkce:
    """Return the client that ``credential`` makes at the utility that is meant."""
    return UtilityOAuth2Implementation(hass, auth_domain, credential, _server.get())


def auth_domain(issuer: str) -> str:
    """Return the name of our credentials at an authorization server where clients register themselves."""
    return f"{DOMAIN}_{hashlib.sha256(issuer.encode()).hexdigest()[:12]}"


def bound_elsewhere(
    implementations: Mapping[str, AbstractOAuth2Implementation],
    entries: Iterable[ConfigEntry],
    server: AuthorizationServer,
) -> set[str]:
    """Return which credentials are another authorization server's than ``server``, which is not to have them.

    Those that one gave us by itself bear its name; those that a person typed are of where a hub uses them.
    """
    there = URL(server.token).origin()
    used_elsewhere = {
        entry.data.get("auth_implementation")
        for entry in entries
        if (account := entry.data.get(CONF_UTILITY)) is not None and URL(account["token_url"]).origin() != there
    }
    return {
        name
        for name, implementation in implementations.items()
        if name in used_elsewhere
        or (
            _REGISTERED.fullmatch(name)
            and name != slugify(f"{DOMAIN}.{getattr(implementation, 'client_id', '')}")
            and name != auth_domain(server.issuer)
        )
    }


class UtilityOAuth2Implementation(LocalOAuth2ImplementationWithPkce):
    """Our client at one utility."""

    def __init__(self, hass: HomeAssistant, domain: str, credential: ClientCredential, server: Server) -> None:
        client = credential.client_id
        super().__init__(hass, domain, client, server.authorize_url, server.token_url, credential.client_secret)
        self._name = credential.name
        self._resource = server.resource

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        # RFC 8707, 2.1: who signs in is told for which API, and a server that has no such API refuses.
        return {"scope": "registrations", "resource": self._resource, **super().extra_authorize_data}

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Ask for a token for our API (RFC 8707, 2.2).

        Home Assistant's own request follows redirects, with the refresh token and the secret, reads whatever comes
        to its end, and has no time limit.
        """
        form = {**data, "client_id": self.client_id, "resource": self._resource}
        if self.client_secret:
            form["client_secret"] = self.client_secret
        session = async_get_clientsession(self.hass)
        try:
            answer = await ask(session, "POST", self.token_url, most=_MOST, within=_PATIENCE, data=form)
            if answer.status != 200:  # RFC 6749, 5.1
                raise self._refused(answer)
            token = _token_of(parse_json(answer.body))
        except (UtilityError, ValueError) as err:
            LOGGER.debug("No token from the utility: %s", err)
            raise OAuth2TokenRequestConnectionError(domain=self.service_domain) from err
        return token

    def _refused(self, answer: Answer) -> OAuth2TokenRequestError:
        status = answer.status
        kind = OAuth2TokenRequestError
        if status == 429 or status >= 500:
            kind = OAuth2TokenRequestTransientError
        elif status >= 400:
            kind = OAuth2TokenRequestReauthError
        return kind(request_info=answer.response.request_info, status=status, domain=self.service_domain)


def _token_of(said: Any) -> dict[str, Any]:
    """Return a token as RFC 6749, 5.1 and 7.1 have it; ``ValueError`` where it is none that we can use."""
    if not isinstance(said, dict) or str(said.get("token_type")).lower() != "bearer":
        raise ValueError("no bearer token")
    for name in ("access_token", "refresh_token"):
        token = said.get(name)
        if token is None and name == "refresh_token":
            continue
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise ValueError(f"{name} of another form")
    life = said.get("expires_in")
    if isinstance(life, str) and life.isascii() and life.isdigit():
        life = int(life[:12])
    if isinstance(life, bool) or not isinstance(life, int | float) or not 0 <= life <= _LONGEST_LIFE:
        raise ValueError("no lifetime")
    return {**said, "expires_in": int(life)}
