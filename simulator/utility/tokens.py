"""Authorization codes and tokens (RFC 6749, 7636, 7009)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from typing import Any

from simulator.utility.store import UtilityStore

_CODE_SECONDS = 120


class OAuthError(Exception):
    """An error of RFC 6749, 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


class Tokens:
    """Issues and takes back what clients may do for customers. Tokens are kept as hashes."""

    def __init__(self, store: UtilityStore, seconds: Callable[[], float]) -> None:
        """``seconds`` tells how long an access token lasts."""
        self._store = store
        self._seconds = seconds

    def register_client(self, redirect_uris: list[str], name: str, *, confidential: bool) -> dict[str, Any]:
        """Make a client (RFC 7591); a confidential one gets a ``secret``, which is kept as a hash."""
        identifier = f"client-{secrets.token_hex(8)}"
        secret = secrets.token_urlsafe(24) if confidential else None
        client = {
            "id": identifier,
            "redirect_uris": redirect_uris,
            "name": name,
            "secret_hash": _hash(secret) if secret else None,
        }
        self._store.put("client", identifier, client)
        return client | {"secret": secret}

    def check_client(self, identifier: str, secret: str) -> None:
        """Raise ``OAuthError`` unless this is a client, with its secret if it has one."""
        client = self.client(identifier)
        if client is None or (client["secret_hash"] or _hash(secret)) != _hash(secret):
            raise OAuthError("invalid_client", "unknown client, or its secret is wrong")

    def client(self, identifier: str) -> dict[str, Any] | None:
        """A client that was registered."""
        return self._store.get("client", identifier)

    def issue_code(self, user: str, client_id: str, redirect_uri: str, challenge: str) -> str:
        """Make a code for a customer who allowed it."""
        code = secrets.token_urlsafe(24)
        self._store.put(
            "code",
            _hash(code),
            {
                "user": user,
                "client": client_id,
                "redirect_uri": redirect_uri,
                "challenge": challenge,
                "until": time.time() + _CODE_SECONDS,
                "family": secrets.token_hex(8),
                "used": False,
            },
        )
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Exchange a code for tokens; one that is used again betrays theft and ends what came of it."""
        kept = self._store.get("code", _hash(code))
        if kept is None or kept["until"] < time.time():
            raise OAuthError("invalid_grant", "the code is unknown or too old")
        if kept["used"]:
            self._revoke("family", kept["family"])
            raise OAuthError("invalid_grant", "the code was used before")
        self._store.put("code", _hash(code), kept | {"used": True})
        if kept["client"] != client_id or kept["redirect_uri"] != redirect_uri:
            raise OAuthError("invalid_grant", "the code was issued to another client")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not secrets.compare_digest(digest, kept["challenge"]):
            raise OAuthError("invalid_grant", "the code verifier does not fit")
        return self._issue(kept["user"], client_id, kept["family"])

    def refresh(self, token: str, client_id: str) -> dict[str, Any]:
        """Exchange a refresh token; one that was exchanged before betrays theft and ends the whole family."""
        kept = self._store.get("token", _hash(token))
        if kept is None or kept["type"] != "refresh" or kept["client"] != client_id:
            raise OAuthError("invalid_grant", "the refresh token is unknown or revoked")
        if kept["used"]:
            self._revoke("family", kept["family"])
            raise OAuthError("invalid_grant", "the refresh token was used before")
        kept["used"] = True
        self._store.put("token", _hash(token), kept)
        return self._issue(kept["user"], client_id, kept["family"])

    def user_of(self, token: str) -> str | None:
        """The customer for whom an access token speaks, None if it is none or no longer good."""
        kept = self._store.get("token", _hash(token))
        if kept is None or kept["type"] != "access" or kept["until"] < time.time():
            return None
        return str(kept["user"])

    def revoke(self, token: str, client_id: str) -> None:
        """Take back a client's token and all of its family (RFC 7009); what is unknown is no error."""
        kept = self._store.get("token", _hash(token))
        if kept is not None and kept["client"] == client_id:
            self._revoke("family", kept["family"])

    def revoke_user(self, user: str) -> None:
        """Take back everything of a customer."""
        self._revoke("user", user)

    def _revoke(self, key: str, value: str) -> None:
        for kept in self._store.of("token", key, value):
            self._store.delete("token", kept["hash"])

    def _issue(self, user: str, client_id: str, family: str) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        for token, kind, until in ((access, "access", time.time() + self._seconds()), (refresh, "refresh", None)):
            kept: dict[str, Any] = {
                "hash": _hash(token),
                "type": kind,
                "user": user,
                "client": client_id,
                "family": family,
                "until": until,
                "used": False,
            }
            self._store.put("token", kept["hash"], kept)
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self._seconds()),
            "refresh_token": refresh,
            "scope": "registrations",
        }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
