"""Makes the client of the utility's API from what a config entry knows about the account."""

import time
from collections.abc import Iterable, Mapping
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

from ..application_credentials import authorization_server
from ..const import CONF_UTILITY, LOGGER
from ..utility.errors import UtilityError, UtilityReason
from ..utility.han_api.client import UtilityClient

_REVOCATION_TIMEOUT = aiohttp.ClientTimeout(total=10)


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


async def async_take_leave(hass: HomeAssistant, entry: ConfigEntry, registration_ids: Iterable[str]) -> None:
    """Deregister the devices of a hub that was removed, and give the permission back (RFC 7009).

    A utility that is away now is told by nobody: what it knows then ends when the customer tells it.
    """
    if (account := entry.data.get(CONF_UTILITY)) is None:
        return
    try:
        with authorization_server(account["authorize_url"], account["token_url"]):
            implementation = await async_get_config_entry_implementation(hass, entry)
        token = entry.data["token"]
        if token["expires_at"] < time.time():
            token = await implementation.async_refresh_token(token)
        client = new_client(hass, account["api_base"], token)
        for registration_id in registration_ids:
            await client.close_registration(registration_id, f"{entry.entry_id}-{registration_id[-16:]}")
        if endpoint := account.get("revocation_url"):
            data = {"token": token.get("refresh_token") or token["access_token"], "client_id": account["client_id"]}
            async with async_get_clientsession(hass).post(endpoint, data=data, timeout=_REVOCATION_TIMEOUT):
                pass
    except (
        UtilityError,
        OAuth2TokenRequestError,
        OAuth2TokenRequestConnectionError,
        UnknownImplementationError,
        ImplementationUnavailableError,
        TimeoutError,
        aiohttp.ClientError,
    ) as err:
        LOGGER.warning("%s: the utility could not be told that its devices are gone: %s", entry.title, err)
