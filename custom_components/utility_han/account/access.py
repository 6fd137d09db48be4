"""Opens the way to the utility from what a config entry knows about the account, and gives it up again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    UnknownImplementationError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.importlib import async_import_module
from yarl import URL

from ..const import CONF_UTILITY, CONF_VTN, DOMAIN, LOGGER
from ..hub.telling.notifications import async_notify
from ..procedures import DEVICE_KINDS
from ..utility import HanApi, Portal, Utility, UtilityError, UtilityReason, Witness, ask
from .oauth import authorization_server
from .tokens import Tokens

if TYPE_CHECKING:
    from ..utility.openadr import OpenAdr, VtnConnection

type Goodbye = tuple[str, Callable[[Utility], Awaitable[None]]]
"""What people call something that the utility has of a hub, and what ends it there: ``UtilityError`` if it stays."""

_PATIENCE = 60.0
_REVOCATION_PATIENCE = 10.0
_MOST_REVOKED = 64 * 1024
"""Bytes of what answers a revocation, of which nothing is wanted."""


async def async_open_utility(
    hass: HomeAssistant, entry: ConfigEntry, witness: Witness
) -> tuple[Utility, UtilityReason | None]:
    """Return the way to the utility of ``entry`` without connecting, and why it cannot be used, if it cannot.

    Where no account is linked, devices are registered in the utility's portal, and ``witness`` says what becomes of
    them. ``UNAUTHORIZED`` where the application credentials of the account are gone.
    """
    if (account := entry.data.get(CONF_UTILITY)) is None:
        return Portal(witness), None
    web = async_get_clientsession(hass)
    try:
        implementation = await _async_implementation(hass, entry)
    except UnknownImplementationError, ImplementationUnavailableError:
        return HanApi(web, account["api_base"], _no_token), UtilityReason.UNAUTHORIZED
    tokens = Tokens(hass, entry, implementation)
    return HanApi(web, account["api_base"], tokens.valid, tokens.renewed), None


async def _async_implementation(hass: HomeAssistant, entry: ConfigEntry) -> AbstractOAuth2Implementation:
    """Return the client that the account of ``entry`` was linked by, with its authorization server."""
    account = entry.data[CONF_UTILITY]
    with authorization_server(account["authorize_url"], account["token_url"], account["api_base"]):
        return await async_get_config_entry_implementation(hass, entry)


def ven_key_of(vtn: Mapping[str, Any]) -> str:
    """Return what no two homes at any VTNs share, by what an entry has of its VTN, wherever that was found first."""
    return vtn.get("known_as") or f"{vtn['url']} {vtn['ven_name']}"


async def async_open_vtn(hass: HomeAssistant, vtn: Mapping[str, Any], witness: Witness | None = None) -> OpenAdr:
    """Return the way to the VTN that an entry or a flow knows as ``vtn``, without connecting.

    ``witness`` says what becomes of devices where a VTN without credentials is beside a meter.
    """
    connection = await async_connect_vtn(hass, vtn)
    from ..utility.openadr import OpenAdr  # noqa: PLC0415 - for those who have a VTN

    return OpenAdr(
        connection,
        vtn["ven_name"],
        kinds=DEVICE_KINDS,
        followed=vtn["followed"],
        lower_percent_is_less=vtn["lower_percent_is_less"],
        witness=witness,
    )


async def async_read_vtn_url(hass: HomeAssistant, text: str) -> URL:
    """Return what was typed, or announced, as the address of a VTN; ``UtilityError`` where it is none."""
    await _async_load_openadr(hass)
    from ..utility.openadr import vtn_url  # noqa: PLC0415 - for those who have a VTN

    return vtn_url(text)


async def _async_load_openadr(hass: HomeAssistant) -> None:
    """Have the library at hand, imported only now that somebody has a VTN."""
    await async_import_module(hass, f"custom_components.{DOMAIN}.utility.openadr")


async def async_connect_vtn(hass: HomeAssistant, vtn: Mapping[str, Any]) -> VtnConnection:
    """Return the connection to a VTN, not used yet."""
    await _async_load_openadr(hass)
    from ..utility.openadr import Credentials, VtnConnection  # noqa: PLC0415 - for those who have a VTN

    credentials = Credentials(vtn["client_id"], vtn["client_secret"]) if vtn["client_id"] else None
    return VtnConnection(
        async_get_clientsession(hass),
        URL(vtn["url"]),
        credentials,
        tls=vtn["verify_certificate"],
        confirmed=vtn["token_url"],
    )


async def _no_token() -> str:
    raise UtilityError(UtilityReason.UNAUTHORIZED, "the application credentials are gone")


def new_client(hass: HomeAssistant, api_base: str, token: Mapping[str, Any]) -> HanApi:
    """Return a client with a token just granted, for a flow."""

    async def granted() -> str:
        return str(token["access_token"])

    return HanApi(async_get_clientsession(hass), api_base, granted)


async def async_give_up_account(hass: HomeAssistant, entry: ConfigEntry, goodbyes: Sequence[Goodbye]) -> None:
    """End at the utility what it has of a hub that was removed, and give the permission back (RFC 7009).

    A utility that is away now is told by nobody: what it knows then ends when the customer tells it, who is told so.
    """
    if CONF_VTN in entry.data:
        await _async_leave_vtn(hass, entry)
        return
    if (account := entry.data.get(CONF_UTILITY)) is None:
        return
    left = list(goodbyes)
    try:
        async with asyncio.timeout(_PATIENCE):
            await _async_leave_account(hass, entry, account, left)
    except (
        UtilityError,
        OAuth2TokenRequestError,
        OAuth2TokenRequestConnectionError,
        UnknownImplementationError,
        ImplementationUnavailableError,
        TimeoutError,
    ) as err:
        LOGGER.warning("%s: the utility could not be told that its devices are gone: %s", entry.title, err)
    if left:
        said = {"host": URL(account["api_base"]).authority, "left": ", ".join(name for name, _ in left)}
        await async_notify(hass, entry, "utility_not_told", said)


async def _async_leave_account(
    hass: HomeAssistant, entry: ConfigEntry, account: Mapping[str, Any], left: list[Goodbye]
) -> None:
    """Say the goodbyes that are ``left``, each of which is taken out then, and end the permission."""
    implementation = await _async_implementation(hass, entry)
    token = entry.data["token"]
    if token["expires_at"] < time.time():
        if not token.get("refresh_token"):
            raise UtilityError(UtilityReason.UNAUTHORIZED, "the permission has run out, and cannot be renewed")
        token = await implementation.async_refresh_token(token)
    client = new_client(hass, account["api_base"], token)
    for goodbye in list(left):
        name, say = goodbye
        try:
            await say(client)
        except UtilityError as err:  # one that is refused leaves the others, and the permission, to be ended
            LOGGER.warning("%s: %s could not be ended at the utility: %s", entry.title, name, err)
        else:
            left.remove(goodbye)
    await _async_revoke(hass, entry, implementation, token)


async def async_end_permission(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Give the permission of a hub back (RFC 7009) that is about to have another; what hinders that is logged."""
    try:
        implementation = await _async_implementation(hass, entry)
        await _async_revoke(hass, entry, implementation, entry.data["token"])
    except (UtilityError, UnknownImplementationError, ImplementationUnavailableError) as err:
        LOGGER.warning("%s: the former permission was not taken back: %s", entry.title, err)


async def _async_revoke(
    hass: HomeAssistant, entry: ConfigEntry, implementation: AbstractOAuth2Implementation, token: Mapping[str, Any]
) -> None:
    account = entry.data[CONF_UTILITY]
    if (endpoint := account.get("revocation_url")) is None:
        return
    data = {"token": token.get("refresh_token") or token["access_token"], "client_id": account["client_id"]}
    if secret := getattr(implementation, "client_secret", ""):
        data["client_secret"] = secret  # as at the token endpoint (RFC 7009, 2.1), or nothing is revoked
    answer = await ask(
        async_get_clientsession(hass), "POST", endpoint, most=_MOST_REVOKED, within=_REVOCATION_PATIENCE, data=data
    )
    if answer.status != 200:  # RFC 7009, 2.2
        LOGGER.warning("%s: the permission was not taken back: HTTP %s", entry.title, answer.status)


async def _async_leave_vtn(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take our ven back with all of its resources; to a VTN without credentials we are nobody."""
    vtn = entry.data[CONF_VTN]
    if vtn["client_id"] is None:
        return
    try:
        async with asyncio.timeout(_PATIENCE):  # a person waits for it
            await (await async_open_vtn(hass, vtn)).withdraw()
    except (UtilityError, TimeoutError) as err:
        LOGGER.warning("%s: the utility could not be told that its devices are gone: %s", entry.title, err)
        said = {"host": URL(vtn["url"]).authority, "ven": vtn["ven_name"]}
        await async_notify(hass, entry, "vtn_not_told", said)
