"""Authorization codes and tokens (RFC 6749, 7636, 7009)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
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

    def __init__(self, store: UtilityStore) -> None:
        self._store = store
        self.seconds = 600.0
        """How long an access token lasts."""

    def register_client(self, redirect_uris: list[str], name: str) -> dict[str, Any]:
        """Make a public client (RFC 7591)."""
        identifier = f"client-{secrets.token_hex(8)}"
        client = {"id": identifier, "redirect_uris": redirect_uris, "name": name}
        self._store.put("client", identifier, client)
        return client

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
            },
        )
        return code

    def redeem(self, code: str, client_id: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Exchange a code for tokens; a code is good once."""
        kept = self._store.get("code", _hash(code))
        self._store.delete("code", _hash(code))
        if kept is None or kept["until"] < time.time():
            raise OAuthError("invalid_grant", "the code is unknown, used or too old")
        if kept["client"] != client_id or kept["redirect_uri"] != redirect_uri:
            raise OAuthError("invalid_grant", "the code was issued to another client")
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not secrets.compare_digest(digest, kept["challenge"]):
            raise OAuthError("invalid_grant", "the code verifier does not fit")
        return self._issue(kept["user"], client_id, secrets.token_hex(8))

    def refresh(self, token: str, client_id: str) -> dict[str, Any]:
        """Exchange a refresh token; one that was exchanged before betrays theft and ends the whole family."""
        kept = self._store.get("token", _hash(token))
        if kept is None or kept["type"] != "refresh" or kept["client"] != client_id:
            raise OAuthError("invalid_grant", "the refresh token is unknown or revoked")
        if kept["used"]:
            self._revoke(lambda each: each["family"] == kept["family"])
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

    def revoke(self, token: str) -> None:
        """Take back a token and all of its family."""
        if (kept := self._store.get("token", _hash(token))) is not None:
            self._revoke(lambda each: each["family"] == kept["family"])

    def revoke_user(self, user: str) -> None:
        """Take back everything of a customer."""
        self._revoke(lambda each: each["user"] == user)

    def _revoke(self, which: Any) -> None:
        for kept in list(self._store.all("token")):
            if which(kept):
                self._store.delete("token", kept["hash"])

    def _issue(self, user: str, client_id: str, family: str) -> dict[str, Any]:
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        for token, kind, until in ((access, "access", time.time() + self.seconds), (refresh, "refresh", None)):
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
            "expires_in": int(self.seconds),
            "refresh_token": refresh,
            "scope": "registrations",
        }


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
