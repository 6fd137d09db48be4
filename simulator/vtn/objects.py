"""Programs, events, reports, subscriptions, vens and resources: how they are made, changed, found and forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from simulator.utility.store import Document, UtilityStore
from simulator.vtn.clients import Caller
from simulator.vtn.document import document
from simulator.vtn.periods import is_over
from simulator.vtn.privacy import Privacy, matches
from simulator.vtn.problems import VtnProblemError

MOST = 50
"""The maximum of ``limit``, and what is shown without one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of objects: its schema for the business, for VENs, its name, and within what the name is unique."""

    business: str
    ven: str
    name: str | None = None
    within: tuple[str, ...] = ()


KINDS = {
    "program": Kind("programRequest", "programRequest", "programName"),
    "event": Kind("eventRequest", "eventRequest"),
    "report": Kind("reportRequest", "reportRequest"),
    "subscription": Kind("subscriptionRequest", "subscriptionRequest"),
    "ven": Kind("BlVenRequest", "VenVenRequest", "venName"),
    "resource": Kind("BlResourceRequest", "VenResourceRequest", "resourceName", ("venID",)),
}
_BELOW = {"program": (("event", "programID"), ("subscription", "programID")), "ven": (("resource", "venID"),)}
"""What goes with an object that is deleted. Reports stay: they say what happened."""

type Told = Callable[[str, str, Document], None]
"""Hears of a kind, an operation (CREATE, UPDATE, DELETE) and the object."""


class Objects:
    """All objects of a VTN."""

    def __init__(self, store: UtilityStore, privacy: Privacy, told: Told) -> None:
        self._store = store
        self._privacy = privacy
        self._told = told

    def every(self, kind: str) -> list[Document]:
        """All of a kind, oldest first, as the business sees them."""
        return list(self._store.all(kind))

    def program_of(self, report_id: str) -> str:
        """The program of the event that a report is about."""
        report = self._store.get("report", report_id) or {}
        return str(report["programID"])

    def search(self, kind: str, caller: Caller, query: dict[str, Any]) -> list[Document]:
        """A page of what a client may see and asks for, oldest first."""
        filters = dict(query)
        skip, limit = filters.pop("skip", 0), filters.pop("limit", MOST)
        targets, objects = filters.pop("targets", []), set(filters.pop("objects", ()))
        active = filters.pop("active", False)
        show, now = self._privacy.shower(kind, caller, targets), datetime.now(UTC)
        found = (show(each) for each in self._store.all(kind) if matches(each, filters))
        seen = (
            each
            for each in found
            if each is not None
            and not (active and is_over(each, now))
            and (not objects or any(objects & set(one["objects"]) for one in each["objectOperations"]))
        )
        return [_public(each) for each in islice(seen, skip, None if limit is None else skip + limit)]

    def get(self, kind: str, caller: Caller, identifier: str) -> Document:
        """One object that a client may see."""
        return _public(self._shown(kind, caller, identifier))

    def create(self, kind: str, caller: Caller, body: Document, *, all_seen: bool = False) -> Document:
        """Make an object of a request that is as the document says; ``all_seen``: it may name any program or event."""
        made = self._read(kind, caller, body, None)
        self._check_references(replace(caller, business=True) if all_seen else caller, made)
        made["id"] = f"{kind}-{secrets.token_hex(8)}"
        made["createdDateTime"] = made["modificationDateTime"] = _now()
        self._store.put(kind, made["id"], made)
        self._told(kind, "CREATE", made)
        return _public(made)

    def replace(
        self, kind: str, caller: Caller, identifier: str, body: Document, *, all_seen: bool = False
    ) -> Document:
        """Change an object to what a request says."""
        self._shown(kind, caller, identifier)
        before = self._store.get(kind, identifier) or {}
        made = self._read(kind, caller, body, before)
        self._check_references(replace(caller, business=True) if all_seen else caller, made)
        made |= {"id": identifier, "createdDateTime": before["createdDateTime"], "modificationDateTime": _now()}
        self._store.put(kind, identifier, made)
        if kind == "ven":
            for each in self._store.all("resource"):
                if each["venID"] == identifier:
                    self._store.put("resource", each["id"], each | {"clientID": made["clientID"]})
        self._told(kind, "UPDATE", made)
        return _public(made)

    def grant(self, kind: str, identifier: str, targets: Sequence[str]) -> Document:
        """Give a ven or resource targets, as the business does."""
        found = self._store.get(kind, identifier)
        if found is None:
            raise VtnProblemError(404, f"there is no {kind} {identifier}")
        made = found | {"targets": list(targets), "modificationDateTime": _now()}
        self._store.put(kind, identifier, made)
        self._told(kind, "UPDATE", made)
        return made

    def delete(self, kind: str, caller: Caller, identifier: str) -> Document:
        """Forget an object and what belongs to it."""
        found = self._shown(kind, caller, identifier)
        for below, key in _BELOW.get(kind, ()):
            for each in self._store.all(below):
                if each.get(key) == identifier:
                    self._store.delete(below, each["id"])
                    self._told(below, "DELETE", each)
        self._store.delete(kind, identifier)
        self._told(kind, "DELETE", found)
        return _public(found)

    def _shown(self, kind: str, caller: Caller, identifier: str) -> Document:
        found = self._store.get(kind, identifier)
        shown = self._privacy.shower(kind, caller, None)(found) if found else None
        if shown is None:
            raise VtnProblemError(404, f"there is no {kind} {identifier}")
        return shown

    def _read(self, kind: str, caller: Caller, body: Document, before: Document | None) -> Document:
        """What a request makes of an object: nothing that the schema does not have, and what only the VTN may say."""
        schema = KINDS[kind].business if caller.business else KINDS[kind].ven
        if kind in ("ven", "resource"):
            _check_role(caller, body)
        known = document()["components"]["schemas"][schema]["properties"]
        made: Document = {key: value for key, value in body.items() if key in known}
        made["objectType"] = kind.upper()
        if kind in ("report", "subscription") or (kind in ("ven", "resource") and not caller.business):
            made["clientID"] = before["clientID"] if before else caller.id
        if kind in ("ven", "resource") and not caller.business:
            # Only the business writes targets: what it granted stays.
            made["targets"] = (before or {}).get("targets") or []
        if kind == "resource":
            ven = self._shown("ven", caller, made["venID"])
            if made["clientID"] != ven["clientID"]:
                raise VtnProblemError(409, f"ven {made['venID']} belongs to another client than clientID says")
        self._check_name(kind, made, before)
        return made

    def _check_references(self, caller: Caller, made: Document) -> None:
        for key, other in (("programID", "program"), ("eventID", "event")):
            if made.get(key) is not None:
                try:
                    found = self._shown(other, caller, made[key])
                except VtnProblemError as problem:
                    raise VtnProblemError(409, problem.detail) from None
                if other == "event":
                    made["programID"] = found["programID"]

    def _check_name(self, kind: str, made: Document, before: Document | None) -> None:
        described = KINDS[kind]
        if described.name is None:
            return
        same = {key: made[key] for key in (described.name, *described.within)}
        if any(matches(each, same) and each["id"] != (before or {}).get("id") for each in self._store.all(kind)):
            raise VtnProblemError(409, f"there is a {kind} with {described.name} {made[described.name]}")


def _check_role(caller: Caller, body: Document) -> None:
    """Refuse requests of the other role: VENs may not write targets, and the business says whose a ven is."""
    of_business = body["objectType"].startswith("BL_")
    if of_business and not caller.business:
        raise VtnProblemError(403, f"{body['objectType']} is for the business only")
    if caller.business and not of_business:
        raise VtnProblemError(400, f"{body['objectType']} is for VENs; the business has to say clientID")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _public(found: Document) -> Document:
    """An object without what only the VTN knows: the program of a report."""
    if found["objectType"] != "REPORT":
        return found
    return {key: value for key, value in found.items() if key != "programID"}
