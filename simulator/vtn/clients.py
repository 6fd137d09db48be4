"""Who may ask the VTN: clients with their roles and scopes, and their tokens (RFC 6749, client credentials)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator.utility.store import UtilityStore
from simulator.vtn.problems import VtnProblemError

SCOPES: dict[str, frozenset[str]] = {
    "ven": frozenset({"read_targets", "read_ven_objects", "write_reports", "write_subscriptions", "write_vens"}),
    "bl": frozenset({"read_all", "read_bl", "write_programs", "write_events", "write_subscriptions", "write_vens"}),
}
"""The scopes of the two roles, by the descriptions of ``securitySchemes`` in openadr3.yaml."""
_FIRST = (("ven", "ven-secret", "ven"), ("business", "business-secret", "bl"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a client with the scopes of its token, or anybody (``id`` is None)."""

    id: str | None
    business: bool
    scopes: frozenset[str]

    def may(self, wanted: frozenset[str]) -> bool:
        """Whether one of the scopes that an operation names is there; who reads all reads everything."""
        reads = any(scope.startswith("read_") and scope != "read_bl" for scope in wanted)
        return bool(wanted & self.scopes) or (reads and "read_all" in self.scopes)


ANYBODY = Caller(None, business=False, scopes=frozenset({"read_targets"}))


class Clients:
    """Clients and the tokens that were given to them. Tokens are kept as hashes."""

    def __init__(self, store: UtilityStore, seconds: Callable[[], float]) -> None:
        """``seconds`` tells how long a token lasts."""
        self._store = store
        self._seconds = seconds
        if not self.all():
            for identifier, secret, role in _FIRST:
                self.put(identifier, secret, role, SCOPES[role])

    def all(self) -> list[dict[str, Any]]:
        """All clients with their secrets, which a person types into a VEN."""
        return list(self._store.all("client"))

    def put(self, identifier: str, secret: str, role: str, scopes: frozenset[str]) -> dict[str, Any]:
        """Make a client, or change one."""
        client = {"client_id": identifier, "client_secret": secret, "role": role, "scopes": sorted(scopes)}
        self._store.put("client", identifier, client)
        return client

    def remove(self, identifier: str) -> None:
        """Forget a client and its tokens."""
        self._store.delete("client", identifier)
        self.revoke(identifier)

    def revoke(self, identifier: str | None = None) -> None:
        """Take back the tokens of a client, or all."""
        for token in self._store.all("token"):
            if identifier in (None, token["client_id"]):
                self._store.delete("token", token["hash"])

    def issue(self, identifier: str, secret: str, asked: str) -> dict[str, Any]:
        """A token for a client; of the scopes that it asks for it gets those that it may have (RFC 6749, 3.3)."""
        client = self._store.get("client", identifier)
        if client is None or not hmac.compare_digest(client["client_secret"].encode(), secret.encode()):
            raise VtnProblemError(401, "unknown client, or its secret is wrong", error="invalid_client")
        scopes = set(client["scopes"]) & set(asked.split()) if asked.split() else set(client["scopes"])
        if not scopes:
            raise VtnProblemError(400, "the client may have none of these scopes", error="invalid_scope")
        for kept in self._store.all("token"):
            if kept["until"] < time.time():
                self._store.delete("token", kept["hash"])
        token, seconds = secrets.token_urlsafe(24), self._seconds()
        kept = {
            "hash": _hash(token),
            "client_id": identifier,
            "scopes": sorted(scopes),
            "until": time.time() + seconds,
        }
        self._store.put("token", _hash(token), kept | {"hash": _hash(token)})
        said = {"access_token": token, "token_type": "Bearer", "expires_in": int(seconds)}
        return said | {"scope": " ".join(sorted(scopes))}

    def caller(self, token: str) -> Caller | None:
        """Who speaks with a token; None if it is none or no longer good."""
        kept = self._store.get("token", _hash(token))
        client = self._store.get("client", kept["client_id"]) if kept else None
        if kept is None or client is None or kept["until"] < time.time():
            return None
        return Caller(client["client_id"], business=client["role"] == "bl", scopes=frozenset(kept["scopes"]))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
