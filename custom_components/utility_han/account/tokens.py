"""The tokens of a hub's account: renewed when they expire, and once when one is refused before that.

Where somebody signs in anew, or at another utility, the hub goes on for a moment until it is loaded anew: what was
granted then is not shown to the former utility, and a renewal that was under way does not take its place.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import CLOCK_OUT_OF_SYNC_MAX_SEC, AbstractOAuth2Implementation

from ..const import CONF_UTILITY, DOMAIN
from ..utility import UtilityError, UtilityReason


class Tokens:
    """The tokens that ``entry`` keeps.

    Unlike Home Assistant's own session it asks nobody to sign in: that is for who knows whether a refusal stands.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, implementation: AbstractOAuth2Implementation) -> None:
        """``implementation`` is our client at the utility."""
        self._hass = hass
        self._entry = entry
        self._implementation = implementation
        self._of = _whose(entry)
        self._lock = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    @property
    def _token(self) -> Mapping[str, Any]:
        if _whose(self._entry) != self._of:
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "another account was linked meanwhile")
        token: Mapping[str, Any] = self._entry.data["token"]
        return token

    async def valid(self) -> str:
        """Return an access token that has not expired; ``UtilityError`` where there is none to be had."""
        async with self._lock:
            if float(self._token["expires_at"]) <= time.time() + CLOCK_OUT_OF_SYNC_MAX_SEC:
                await self._renewed_once()
            return str(self._token["access_token"])

    async def renewed(self, refused: str) -> str:
        """Return another access token than ``refused``, which somebody else may have got meanwhile."""
        async with self._lock:
            if self._token["access_token"] == refused:
                await self._renewed_once()
            return str(self._token["access_token"])

    async def _renewed_once(self) -> None:
        """Renew the tokens to the end, whoever waits for it: what is not kept is lost with the old ones."""
        if self._renewing is None or self._renewing.done():
            self._renewing = self._entry.async_create_task(self._hass, self._renew(), f"{DOMAIN} tokens")
            # Where nobody waits any more, a refusal is found out again by whoever asks next.
            self._renewing.add_done_callback(lambda task: task.cancelled() or task.exception())
        renewing = self._renewing
        await asyncio.wait([renewing])  # who stops waiting does not stop it
        renewing.result()

    async def _renew(self) -> None:
        before = dict(self._token)
        if not before.get("refresh_token"):  # it is optional (RFC 6749, 5.1)
            raise UtilityError(UtilityReason.UNAUTHORIZED, "the permission has run out, and cannot be renewed")
        try:
            token = await self._implementation.async_refresh_token(before)
        except OAuth2TokenRequestReauthError as err:
            raise UtilityError(UtilityReason.UNAUTHORIZED, "the utility refuses to renew its permission") from err
        except (OAuth2TokenRequestError, OAuth2TokenRequestConnectionError) as err:
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "no token could be had") from err
        if self._token == before:  # else somebody has signed in anew meanwhile
            self._hass.config_entries.async_update_entry(self._entry, data={**self._entry.data, "token": token})


def _whose(entry: ConfigEntry) -> tuple[object, ...]:
    """Return at which server an entry has its tokens, as which client, and for which API."""
    account = entry.data.get(CONF_UTILITY) or {}
    return entry.data.get("auth_implementation"), account.get("token_url"), account.get("api_base")
