"""Makes the client of the utility's API from what a config entry knows about the account."""

from collections.abc import Mapping
from typing import Any

import aiohttp
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    UnknownImplementationError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import OAuth2Session, async_get_config_entry_implementation

from .application_credentials import authorization_server
from .const import CONF_UTILITY
from .utility.client import UtilityClient
from .utility.errors import UtilityError, UtilityReason


async def async_open_utility(hass: HomeAssistant, entry: ConfigEntry) -> UtilityClient | None:
    """Return the client for the account linked to ``entry`` without connecting, None where none is linked.

    ``UtilityError`` with ``UNAUTHORIZED`` where the application credentials of the account are gone.
    """
    if (account := entry.data.get(CONF_UTILITY)) is None:
        return None
    try:
        with authorization_server(account["authorize_url"], account["token_url"]):
            implementation = await async_get_config_entry_implementation(hass, entry)
    except (UnknownImplementationError, ImplementationUnavailableError) as err:
        raise UtilityError(UtilityReason.UNAUTHORIZED, "the application credentials are gone") from err
    session = OAuth2Session(hass, entry, implementation)

    async def token() -> str:
        try:
            await session.async_ensure_token_valid()
        except OAuth2TokenRequestReauthError as err:
            raise UtilityError(UtilityReason.UNAUTHORIZED, "the utility refuses to renew its permission") from err
        except (OAuth2TokenRequestError, OAuth2TokenRequestConnectionError) as err:
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "no token could be had") from err
        return str(session.token["access_token"])

    return UtilityClient(async_get_clientsession(hass), account["api_base"], token)


def new_client(hass: HomeAssistant, api_base: str, token: Mapping[str, Any]) -> UtilityClient:
    """Return a client with a token just granted, for a flow."""

    async def granted() -> str:
        return str(token["access_token"])

    return UtilityClient(async_get_clientsession(hass), api_base, granted)


async def async_revoke(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Give the permission back (RFC 7009) when a hub is removed; a utility that is away forgets it by itself."""
    account, token = entry.data.get(CONF_UTILITY), entry.data.get("token")
    if not account or not token or not account.get("revocation_url"):
        return
    data = {"token": token.get("refresh_token") or token["access_token"], "client_id": account["client_id"]}
    try:
        timeout = aiohttp.ClientTimeout(total=10)
        session = async_get_clientsession(hass)
        async with session.post(account["revocation_url"], data=data, timeout=timeout):
            pass
    except TimeoutError, aiohttp.ClientError:
        return
