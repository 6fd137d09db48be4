"""Finds a utility's API from the one URL that a person types."""

import asyncio
import re
from typing import Any

import aiohttp
from yarl import URL

from ..answer import Fields, parse_json
from ..body import read_body
from ..errors import UtilityError, UtilityReason
from ..model import AuthorizationServer, UtilityDescription
from ..urls import url_of

_UTILITY = "/.well-known/utility-han"
_SERVER = "/.well-known/oauth-authorization-server"
_TIMEOUT = 15.0
_MAX_BYTES = 256 * 1024
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")  # RFC 1035, 2.3.4
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def utility_url(text: str) -> URL:
    """Return what was typed as the URL of a utility; ``ValueError`` unless it is https (or http on this machine)."""
    url = url_of(text.strip() if "://" in text else f"https://{text.strip()}")
    host, local = url.host or "", url.host in _LOCAL
    if not _HOST.fullmatch(host) or not (url.scheme == "https" or (url.scheme == "http" and local)):
        raise ValueError("not the https address of a utility")
    return url.origin()


async def discover_utility(session: aiohttp.ClientSession, url: URL) -> UtilityDescription:
    """Return the utility at ``url``; ``UtilityError`` with ``NOT_A_UTILITY`` where there is none."""
    found = await _get(session, url.with_path(_UTILITY))
    try:
        fields = Fields(found, "utility-han")
        issuer, api_base = url_of(fields.take("issuer", str)), url_of(fields.take("api_base", str))
        # RFC 8414, 3.1: the well-known part goes before the issuer's path.
        path = issuer.path.rstrip("/")
        metadata = await _get(session, issuer.with_path(f"{_SERVER}{path}"))
        server = AuthorizationServer.from_json(metadata)
        if server.issuer.rstrip("/") != str(issuer).rstrip("/"):
            raise UtilityError(UtilityReason.NOT_A_UTILITY, "the authorization server names another issuer")
        return UtilityDescription(
            name=fields.take("name", str),
            api_base=str(api_base).rstrip("/"),
            features=fields.take("features", tuple[str, ...]),
            support=fields.take("support", dict[str, str]),
            server=server,
        )
    except ValueError as err:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"unusable metadata: {err}"[:200]) from err


async def register_client(session: aiohttp.ClientSession, endpoint: str, redirect_uri: str) -> tuple[str, str]:
    """Register ourselves as an OAuth client (RFC 7591); return client id and secret (empty where there is none)."""
    request = {
        "client_name": "Home Assistant",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    try:
        async with (
            asyncio.timeout(_TIMEOUT),
            session.post(endpoint, json=request, allow_redirects=False) as response,
        ):
            if response.status not in (200, 201):
                raise UtilityError(UtilityReason.NOT_A_UTILITY, f"client registration -> HTTP {response.status}")
            fields = Fields(parse_json(await read_body(response, _MAX_BYTES)), "client registration")
            return fields.take("client_id", str), fields.maybe("client_secret", str) or ""
    except (TimeoutError, aiohttp.ClientError) as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"client registration: {err!r}"[:200]) from err
    except ValueError as err:
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, "client registration gave no client id") from err


async def _get(session: aiohttp.ClientSession, url: URL) -> dict[str, Any]:
    try:
        async with asyncio.timeout(_TIMEOUT), session.get(url) as response:
            if response.status in (429, 503) or response.status >= 500:
                raise UtilityError(UtilityReason.UTILITY_ERROR, f"GET {url.path} -> HTTP {response.status}")
            if response.status != 200:
                raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path} -> HTTP {response.status}")
            data = parse_json(await read_body(response, _MAX_BYTES))
    except (TimeoutError, aiohttp.ClientError) as err:
        raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"GET {url.path}: {err!r}"[:200]) from err
    except ValueError as err:
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path}: no JSON") from err
    if not isinstance(data, dict):
        raise UtilityError(UtilityReason.NOT_A_UTILITY, f"GET {url.path}: no JSON object")
    return data
