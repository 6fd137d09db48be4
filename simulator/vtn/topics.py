"""The MQTT topics of the VTN (OpenADR 3.1.1, Definition, "Notifications via Additional Protocols"): who is told where.

Topics are not filtered, so each has its own readers: ``bl/`` has everything, ``open/`` programs and events without
targets, and ``vens/{venID}/`` what was granted to a ven, the ven itself and its resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.utility.store import Document, UtilityStore
from simulator.vtn.clients import Caller
from simulator.vtn.privacy import TARGETED, Privacy

_OPERATIONS = ("CREATE", "UPDATE", "DELETE")
BUSINESS, OPEN = "bl", "open"


def readable(client: Document, vens: list[str]) -> list[str]:
    """The topics that a client with these vens may read."""
    if client["role"] == "bl":
        return [f"{BUSINESS}/#"]
    return [f"{OPEN}/#", *(f"vens/{ven}/#" for ven in vens)]


def named(path: str, caller: Caller, values: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request for topic names; ``path`` is that of the document below ``topics/``."""
    of = path.format(**values)
    if not of.startswith("vens/"):
        of = f"{BUSINESS if caller.business else OPEN}/{of}"
    elif caller.business:
        of = f"{BUSINESS}/{of}"
    elif of.count("/") == 1:
        of += "/ven"
    # One object's topics have no CREATE: until it is there nobody knows its id.
    single = path.endswith("}")
    names = {each: f"{of}/{each.lower()}" for each in _OPERATIONS if not (single and each == "CREATE")}
    return {"topics": names | {"ALL": f"{of}/+"}}


class Topics:
    """Where an operation on an object is published."""

    def __init__(self, store: UtilityStore, privacy: Privacy) -> None:
        self._store = store
        self._privacy = privacy

    def of(self, kind: str, operation: str, found: Document) -> Iterator[tuple[str, Document]]:
        """The topics with what is said there."""
        last = operation.lower()
        for below in self._below(kind, found):
            yield f"{BUSINESS}/{below}/{last}", found
            if kind in TARGETED and not found.get("targets"):
                yield f"{OPEN}/{below}/{last}", found
        if kind in ("ven", "resource"):
            ven, below = (found["id"], "ven") if kind == "ven" else (found["venID"], "resources")
            yield f"vens/{ven}/{below}/{last}", found
        elif kind in TARGETED and found.get("targets"):
            for ven in self._store.all("ven"):
                caller = Caller(ven["clientID"], business=False, scopes=frozenset())
                if (seen := self._privacy.shower(kind, caller, None)(found)) is not None:
                    yield f"vens/{ven['id']}/{kind}s/{last}", seen

    def _below(self, kind: str, found: Document) -> Iterator[str]:
        yield f"{kind}s"
        if kind in ("program", "ven"):
            yield f"{kind}s/{found['id']}"
        elif kind == "event":
            yield f"programs/{found['programID']}/events"
        elif kind == "resource":
            yield f"vens/{found['venID']}/resources"
