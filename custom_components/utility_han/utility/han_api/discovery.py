"""Finds a utility's API from the one URL that a person types.

What is typed is believed, and may be wrong: somebody may have been talked into typing an attacker's address, which
names the real utility for signing in and itself for the API. So who gives out tokens has the word on where they go:

- its metadata has to name the issuer by which it was found, to the letter, or it is not used (RFC 8414, 3.3);
- its endpoints are at the issuer's origin, since metadata that has a customer sign in at another server and sends the
  code to its own has the code (the mix-up of RFC 9700, 4.4);
- the typed address and the base of the API are at the issuer's origin as well, or among the resources that the issuer
  says it gives out tokens for (``protected_resources``: RFC 9728, 4; why: 7.3 and 7.6), and tokens are asked for that
  base alone (``resource``: RFC 8707, 2).
"""

from typing import Any

import aiohttp
from yarl import URL

from ..answer import Fields, parse_json
from ..endpoints import endpoint_of, identifier_of, is_within, typed_endpoint
from ..errors import UtilityError, UtilityReason
from ..model import AuthorizationServer, UtilityDescription
from ..request import ask

_UTILITY = "/.well-known/utility-han"
_SERVER = "/.well-known/oauth-authorization-server"
_TIMEOUT = 15.0
_MAX_BYTES = 256 * 1024


def utility_url(text: str) -> URL:
    """Return what was typed as the URL of a utility; ``ValueError`` unless it is https (or http on this machine)."""
    return typed_endpoint(text).origin()


async def discover_utility(session: aiohttp.ClientSession, url: URL) -> UtilityDescription:
    """Return the utility at ``url``; ``UtilityError`` with ``NOT_A_UTILITY`` where there is none.

    ``NOT_VOUCHED_FOR`` where it names a server for signing in that does not name it.
    """
    found = await _get(session, url.with_path(_UTILITY))
    try:
        fields = Fields(found, "utility-han")
        named = fields.take("issuer", str)
        issuer, api_base = identifier_of(named), identifier_of(fields.take("api_base", str))
        # RFC 8414, 3.1: the well-known part goes before the issuer's path.
        path = issuer.path.rstrip("/")
        server = AuthorizationServer.from_json(await _get(session, issuer.with_path(f"{_SERVER}{path}")))
        if server.issuer != named:
            raise UtilityError(UtilityReason.NOT_VOUCHED_FOR, "the authorization server names another issuer")
        _check(server, issuer, url, api_base)
        return UtilityDescription(
            name=fields.take("name", str),
            api_base=str(api_base).rstrip("/"),
            features=fields.take("features", tuple[str, ...]),
            support=fields.take("support", dict[str, str]),
            server=server,
        )
    except ValueError as err:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"unusable metadata: {err}"[:200]) from err


def _check(server: AuthorizationServer, issuer: URL, *resources: URL) -> None:
    """Look whether a code stays with the issuer, and whether the issuer knows for whom its tokens are."""
    for endpoint in server.endpoints:
        if endpoint_of(endpoint).origin() != issuer.origin():
            raise UtilityError(UtilityReason.NOT_VOUCHED_FOR, "an endpoint is at another server than its issuer")
    vouched = [identifier_of(resource) for resource in server.protected_resources]
    for resource in resources:
        # Nobody far away vouches for what is on this machine.
        same = resource.scheme == issuer.scheme
        if resource.origin() != issuer.origin() and not (same and is_within(resource, vouched)):
            raise UtilityError(
                UtilityReason.NOT_VOUCHED_FOR, "the issuer does not say that its tokens are for this address"
            )


async def register_client(session: aiohttp.ClientSession, endpoint: str, redirect_uri: str) -> tuple[str, str]:
    """Register ourselves as an OAuth client (RFC 7591); return client id and secret (empty where there is none)."""
    request = {
        "client_name": "Home Assistant",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    answer = await ask(session, "POST", endpoint, most=_MAX_BYTES, within=_TIMEOUT, json=request)
    if answer.status not in (200, 201):
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"client registration -> HTTP {answer.status}")
    try:
        fields = Fields(parse_json(answer.body), "client registration")
        return fields.take("client_id", str), fields.maybe("client_secret", str) or ""
    except ValueError as err:
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "client registration gave no client id") from err


async def _get(session: aiohttp.ClientSession, url: URL) -> dict[str, Any]:
    answer = await ask(session, "GET", url, most=_MAX_BYTES, within=_TIMEOUT)
    if answer.status in (429, 503) or answer.status >= 500:
        raise UtilityError(UtilityReason.UTILITY_ERROR, f"GET {url.path} -> HTTP {answer.status}")
    if answer.status != 200:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path} -> HTTP {answer.status}")
    try:
        data = parse_json(answer.body)
    except ValueError as err:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path}: no JSON") from err
    if not isinstance(data, dict):
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path}: no JSON object")
    return data
