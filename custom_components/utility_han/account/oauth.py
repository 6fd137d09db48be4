"""OAuth 2.0 with PKCE at whatever utility a hub's account is with."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import override

from homeassistant.components.application_credentials import AuthorizationServer, ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2ImplementationWithPkce

_server: ContextVar[AuthorizationServer] = ContextVar("utility_han_authorization_server")


@contextmanager
def authorization_server(authorize_url: str, token_url: str) -> Generator[None]:
    """Say which utility is meant: credentials alone do not tell where they belong."""
    token = _server.set(AuthorizationServer(authorize_url, token_url))
    try:
        yield
    finally:
        _server.reset(token)


def implementation_of(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> LocalOAuth2ImplementationWithPkce:
    """Return the client that ``credential`` makes at the utility that is meant."""
    server = _server.get()
    return UtilityOAuth2Implementation(
        hass,
        auth_domain,
        credential.client_id,
        server.authorize_url,
        server.token_url,
        credential.client_secret,
        name=credential.name,
    )


class UtilityOAuth2Implementation(LocalOAuth2ImplementationWithPkce):
    """Our client at one utility."""

    def __init__(
        self,
        hass: HomeAssistant,
        domain: str,
        client_id: str,
        authorize_url: str,
        token_url: str,
        client_secret: str,
        *,
        name: str | None,
    ) -> None:
        super().__init__(hass, domain, client_id, authorize_url, token_url, client_secret)
        self._name = name

    @property
    @override
    def name(self) -> str:
        return self._name or self.client_id

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        return {"scope": "registrations", **super().extra_authorize_data}
