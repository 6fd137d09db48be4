"""The authorization server: metadata, client registration, the sign-in page, tokens and their revocation."""

from __future__ import annotations

import html
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from simulator.utility.keys import UTILITY
from simulator.utility.tokens import OAuthError, Tokens

if TYPE_CHECKING:
    from simulator.utility.service import Utility

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark }} body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 3rem auto;
padding: 0 1rem }} label {{ display: block; margin: .8rem 0 }} input {{ width: 100%; font: inherit; padding: .6rem;
box-sizing: border-box }} button {{ font: inherit; padding: .7rem 1.2rem; margin: .5rem .5rem 0 0 }}
.error {{ color: #c62828 }}</style></head><body><h1>{utility}</h1>
<p>{client} asks to see your accounts and programs, register devices and enroll them.</p>{error}
<form method="post"><label>User<input name="user" autocomplete="username" required value="{user}"></label>
<label>Password<input name="password" type="password" autocomplete="current-password" required></label>
<button name="allow" value="yes">Allow</button>
<button name="allow" value="no" formnovalidate>Do not allow</button></form></body></html>"""


async def _metadata(request: web.Request) -> web.Response:
    base = request.app[UTILITY].url
    return web.json_response(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "registration_endpoint": f"{base}/oauth/register",
            "scopes_supported": ["registrations"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        }
    )


async def _register(request: web.Request) -> web.Response:
    try:
        asked = await request.json()
        uris = [str(uri) for uri in asked["redirect_uris"]]
    except json.JSONDecodeError, KeyError, TypeError:
        uris = []
    if not uris or any(urlsplit(uri).scheme not in ("http", "https") for uri in uris):
        return web.json_response({"error": "invalid_redirect_uri"}, status=400)
    client = request.app[UTILITY].tokens.register_client(uris, str(asked.get("client_name", "A client")))
    return web.json_response(
        {
            "client_id": client["id"],
            "client_name": client["name"],
            "redirect_uris": uris,
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
        },
        status=201,
    )


def _asked(utility: Utility, request: web.Request) -> tuple[dict[str, Any], URL]:
    """The client and the redirect URI; 400 where they cannot be trusted enough to redirect to."""
    query = request.query
    client = utility.tokens.client(query.get("client_id", ""))
    redirect = query.get("redirect_uri", "")
    if client is None or redirect not in client["redirect_uris"]:
        raise web.HTTPBadRequest(text="unknown client or redirect URI")
    return client, URL(redirect)


def _back(request: web.Request, redirect: URL, **answer: str) -> web.Response:
    if (state := request.query.get("state")) is not None:
        answer["state"] = state
    return web.Response(status=302, headers={"Location": str(redirect.update_query(answer))})


async def _authorize(request: web.Request) -> web.Response:
    utility = request.app[UTILITY]
    client, redirect = _asked(utility, request)
    query = request.query
    if query.get("response_type") != "code":
        return _back(request, redirect, error="unsupported_response_type")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        return _back(request, redirect, error="invalid_request", error_description="PKCE with S256 is required")
    error, user = "", ""
    if request.method == "POST":
        form = await request.post()
        if form.get("allow") != "yes":
            return _back(request, redirect, error="access_denied")
        user = str(form.get("user", ""))
        if utility.customers.signs_in(user, str(form.get("password", ""))):
            code = utility.tokens.issue_code(user, client["id"], str(redirect), query["code_challenge"])
            return _back(request, redirect, code=code)
        error = '<p class="error" role="alert">User or password is wrong.</p>'
    page = _PAGE.format(
        utility=html.escape(utility.name), client=html.escape(client["name"]), error=error, user=html.escape(user)
    )
    return web.Response(text=page, content_type="text/html")


async def _token(request: web.Request) -> web.Response:
    form = {name: str(value) for name, value in (await request.post()).items()}
    try:
        issued = _granted(request.app[UTILITY].tokens, form)
    except OAuthError as err:
        return web.json_response({"error": err.error, "error_description": err.description}, status=400)
    return web.json_response(issued, headers={"Cache-Control": "no-store"})


def _granted(tokens: Tokens, form: dict[str, str]) -> dict[str, Any]:
    client = form.get("client_id", "")
    if tokens.client(client) is None:
        raise OAuthError("invalid_client", "unknown client")
    if form.get("grant_type") == "authorization_code":
        return tokens.redeem(form.get("code", ""), client, form.get("redirect_uri", ""), form.get("code_verifier", ""))
    if form.get("grant_type") == "refresh_token":
        return tokens.refresh(form.get("refresh_token", ""), client)
    raise OAuthError("unsupported_grant_type", "authorization_code or refresh_token")


async def _revoke(request: web.Request) -> web.Response:
    form = await request.post()
    request.app[UTILITY].tokens.revoke(str(form.get("token", "")))
    return web.Response()


ROUTES: tuple[tuple[str, str, Callable[[web.Request], Awaitable[web.Response]]], ...] = (
    ("GET", "/.well-known/oauth-authorization-server", _metadata),
    ("POST", "/oauth/register", _register),
    ("GET", "/oauth/authorize", _authorize),
    ("POST", "/oauth/authorize", _authorize),
    ("POST", "/oauth/token", _token),
    ("POST", "/oauth/revoke", _revoke),
)
