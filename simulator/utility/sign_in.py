"""The authorization server: metadata, client registration, the sign-in page, tokens and their revocation."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from yarl import URL

from simulator.utility.tokens import OAuthError
from simulator.utility.utility import UTILITY, Utility

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


_UNTRUSTED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><h1>This does not work</h1>
<p>The application that sent you here is unknown, or wants the answer sent to an address that is not its own.</p>
</html>"""
_CLIENT_AUTHENTICATION = ("none", "client_secret_post")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


async def _metadata(request: web.Request) -> web.Response:
    base = request.app[UTILITY].url
    return web.json_response(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "registration_endpoint": f"{base}/oauth/register",
            "protected_resources": [base],
            "scopes_supported": ["registrations"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
            "revocation_endpoint_auth_methods_supported": list(_CLIENT_AUTHENTICATION),
        }
    )


def _is_redirect_uri(uri: object) -> bool:
    """Whether it is an absolute web address without a fragment (RFC 6749, 3.1.2)."""
    if not isinstance(uri, str):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment


async def _register(request: web.Request) -> web.Response:
    try:
        asked = await request.json()
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        return web.json_response({"error": "invalid_client_metadata"}, status=400)
    uris, method = asked.get("redirect_uris"), asked.get("token_endpoint_auth_method", "none")
    if not isinstance(uris, list) or not uris or not all(map(_is_redirect_uri, uris)):
        return web.json_response({"error": "invalid_redirect_uri"}, status=400)
    if method not in _CLIENT_AUTHENTICATION:
        return web.json_response({"error": "invalid_client_metadata"}, status=400)
    client = request.app[UTILITY].tokens.register_client(
        uris, str(asked.get("client_name", "A client")), confidential=method != "none"
    )
    registered = {
        "client_id": client["id"],
        "client_name": client["name"],
        "redirect_uris": uris,
        "token_endpoint_auth_method": method,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
    }
    if client["secret"]:
        registered |= {"client_secret": client["secret"], "client_secret_expires_at": 0}
    return web.json_response(registered, status=201, headers={"Cache-Control": "no-store"})


def _asked(utility: Utility, request: web.Request) -> tuple[dict[str, Any], URL] | None:
    """The client and the redirect URI; None where they cannot be trusted enough to redirect to."""
    query = request.query
    client = utility.tokens.client(query.get("client_id", ""))
    redirect = query.get("redirect_uri", "")
    return None if client is None or redirect not in client["redirect_uris"] else (client, URL(redirect))


def _is_ours(utility: Utility, resource: str | None) -> bool:
    """Whether a client that says what its tokens are for (RFC 8707) means an API of this utility."""
    return resource is None or f"{resource}/".startswith(f"{utility.url}/")


def _back(request: web.Request, redirect: URL, **answer: str) -> web.Response:
    if (state := request.query.get("state")) is not None:
        answer["state"] = state
    return web.Response(status=302, headers={"Location": str(redirect.update_query(answer))})


async def _authorize(request: web.Request) -> web.Response:
    utility = request.app[UTILITY]
    if (asked := _asked(utility, request)) is None:
        return web.Response(status=400, text=_UNTRUSTED, content_type="text/html")
    client, redirect = asked
    query = request.query
    if query.get("response_type") != "code":
        return _back(request, redirect, error="unsupported_response_type")
    if not _is_ours(utility, query.get("resource")):
        return _back(request, redirect, error="invalid_target")
    challenge = query.get("code_challenge", "")
    if query.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        return _back(request, redirect, error="invalid_request", error_description="PKCE with S256 is required")
    error, user = "", ""
    if request.method == "POST":
        form = await request.post()
        if form.get("allow") != "yes":
            return _back(request, redirect, error="access_denied")
        user = str(form.get("user", ""))
        if utility.customers.signs_in(user, str(form.get("password", ""))):
            code = utility.tokens.issue_code(user, client["id"], query["redirect_uri"], challenge)
            return _back(request, redirect, code=code)
        error = '<p class="error" role="alert">User or password is wrong.</p>'
    page = _PAGE.format(
        utility=html.escape(utility.name), client=html.escape(client["name"]), error=error, user=html.escape(user)
    )
    return web.Response(text=page, content_type="text/html")


async def _form(request: web.Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.post()).items()}


def _refused(err: OAuthError) -> web.Response:
    return web.json_response({"error": err.error, "error_description": err.description}, status=400)


async def _token(request: web.Request) -> web.Response:
    try:
        issued = _granted(request.app[UTILITY], await _form(request))
    except OAuthError as err:
        return _refused(err)
    return web.json_response(issued, headers={"Cache-Control": "no-store"})


_GRANTS = {"authorization_code": ("code", "redirect_uri", "code_verifier"), "refresh_token": ("refresh_token",)}


def _granted(utility: Utility, form: dict[str, str]) -> dict[str, Any]:
    if not _is_ours(utility, form.get("resource")):
        raise OAuthError("invalid_target", "no API of this utility")
    tokens = utility.tokens
    client, grant = form.get("client_id", ""), form.get("grant_type")
    tokens.check_client(client, form.get("client_secret", ""))
    if grant not in _GRANTS:
        raise OAuthError("unsupported_grant_type" if grant else "invalid_request", f"grant_type: {', '.join(_GRANTS)}")
    if missing := [name for name in _GRANTS[grant] if not form.get(name)]:
        raise OAuthError("invalid_request", f"missing: {', '.join(missing)}")
    if grant == "refresh_token":
        return tokens.refresh(form["refresh_token"], client)
    if not _VERIFIER.fullmatch(form["code_verifier"]):
        raise OAuthError("invalid_request", "code_verifier has 43 to 128 unreserved characters")
    return tokens.redeem(form["code"], client, form["redirect_uri"], form["code_verifier"])


async def _revoke(request: web.Request) -> web.Response:
    tokens, form = request.app[UTILITY].tokens, await _form(request)
    try:
        tokens.check_client(form.get("client_id", ""), form.get("client_secret", ""))
    except OAuthError as err:
        return _refused(err)
    if not form.get("token"):
        return _refused(OAuthError("invalid_request", "missing: token"))
    tokens.revoke(form["token"], form["client_id"])
    return web.Response()


ROUTES: tuple[tuple[str, str, Callable[[web.Request], Awaitable[web.Response]]], ...] = (
    ("GET", "/.well-known/oauth-authorization-server", _metadata),
    ("POST", "/oauth/register", _register),
    ("GET", "/oauth/authorize", _authorize),
    ("POST", "/oauth/authorize", _authorize),
    ("POST", "/oauth/token", _token),
    ("POST", "/oauth/revoke", _revoke),
)
