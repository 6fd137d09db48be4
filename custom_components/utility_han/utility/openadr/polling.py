"""What the VTN has, read as a whole, and what changed since it was read last: told once."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from ..errors import UtilityError, UtilityReason
from .connection import PAGE, Allowance, VtnConnection
from .model import Version, VtnEvent, VtnProgram
from .reading import Notes, read_each, read_event, read_program

_MOST_TARGETS = 20
_MOST_MISSED = 20
_ID = re.compile(r"[a-zA-Z0-9_-]{1,128}")  # objectID
_GONE = frozenset({UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.SCOPE_MISSING})


@dataclass(frozen=True, slots=True)
class Changes:
    """The ids of events that are new, were written anew, or are there no more."""

    created: frozenset[str] = frozenset()
    modified: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.created or self.modified or self.deleted)


class _Read[T]:
    """Objects as they were read, which are not read again as long as the VTN says the same of them."""

    def __init__(self, read: Callable[[dict[str, Any], Version, Notes], T]) -> None:
        self._read = read
        self._kept: dict[str, tuple[bytes, list[T], Notes]] = {}
        """With what tells the same from another; the objects themselves would be most of what is in memory."""

    def anew(self, entries: Iterable[Any], version: Version, notes: Notes) -> list[T]:
        """Return what can be read of the entries."""
        before, self._kept = self._kept, {}
        found: list[T] = []
        for entry in entries:
            about = str(entry.get("id"))
            kept, said = before.get(about), blake2b(json.dumps(entry).encode(), digest_size=16).digest()
            if kept is None or kept[0] != said:
                own = Notes()
                kept = (said, read_each([entry], self._read, version, own), own)
            self._kept[about] = kept
            found += kept[1]
            for note in kept[2].said:
                notes.add(note)
        return found


class News:
    """Programs and events as they were read last."""

    def __init__(self, connection: VtnConnection) -> None:
        self._connection = connection
        self._known: dict[str, datetime] = {}
        self._programs, self._events = _Read(read_program), _Read(read_event)
        self.programs: Mapping[str, VtnProgram] = {}
        self.events: Mapping[str, VtnEvent] = {}
        self.notes = Notes()
        self.targets: frozenset[str] = frozenset()
        """The targets that were granted when it was read last."""

    async def read(self, targets: Collection[str]) -> None:
        """Read programs and events anew; where that fails, what was read before stays.

        What has targets is given to whom they were granted. Definition ("Object Privacy") says that they must be named
        in the query, the user guide (Example 8.13-5) that they need not: it is asked without, and with each.
        """
        version, notes = await self._connection.version(), Notes()
        wanted = sorted(targets)
        if len(wanted) > _MOST_TARGETS:
            notes.add(f"{len(wanted)} targets are granted, and {_MOST_TARGETS} looked at")
        told = await self._all("programs", wanted, notes), await self._all("events", wanted, notes)
        told[1].extend(await self._missed(told[1]))
        # A thousand events of a day each take a second.
        programs = await asyncio.to_thread(self._programs.anew, told[0], version, notes)
        events = await asyncio.to_thread(self._events.anew, told[1], version, notes)
        self.programs = {program.id: program for program in programs}
        self.events = {event.id: event for event in events}
        self.notes, self.targets = notes, frozenset(targets)

    def changes(self) -> Changes:
        """Return what changed since this was asked last."""
        now = {event.id: event.modified for event in self.events.values()}
        before, self._known = self._known, now
        return Changes(
            created=frozenset(now.keys() - before.keys()),
            modified=frozenset(each for each in now.keys() & before.keys() if now[each] != before[each]),
            deleted=frozenset(before.keys() - now.keys()),
        )

    def of(self, programs: Collection[str] | None) -> list[VtnEvent]:
        """Return the events of these programs, of all where it is None."""
        return [event for event in self.events.values() if programs is None or event.program in programs]

    async def _missed(self, entries: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return events that are there and were not among those of several pages.

        Where one is deleted while pages are read, others move up (``skip``), and one is on none of them: that must not
        be taken for its end.
        """
        missed = self.events.keys() - {str(each.get("id")) for each in entries}
        found: list[dict[str, Any]] = []
        if len(entries) < PAGE or len(missed) > _MOST_MISSED:
            return found
        for about in sorted(filter(_ID.fullmatch, missed)):
            try:
                entry = await self._connection.call("GET", f"events/{about}")
            except UtilityError as err:
                if err.reason not in _GONE:
                    raise
                continue
            if isinstance(entry, dict) and entry.get("id") == about:
                found.append(entry)
        return found

    async def _all(self, path: str, targets: Iterable[str], notes: Notes) -> list[Any]:
        found = dict[str, dict[str, Any]]()
        allowance, for_active = Allowance(), Allowance()
        for query in (None, *({"targets": target} for target in list(targets)[:_MOST_TARGETS])):
            entries, more = await self._connection.pages(path, query, allowance)
            if more and path == "events":
                # Those that lie ahead may be behind thousands that are over.
                active, more = await self._connection.pages(path, {**(query or {}), "active": "true"}, for_active)
                entries = [*active, *entries]
            if more:
                notes.add(f"there are more {path} than are read")
            for entry in entries:
                if isinstance(entry, dict):
                    about = str(entry.get("id"))
                    found[about] = _both(found[about], entry) if about in found else entry
                else:
                    notes.add(f"one of the {path} cannot be read")
            if allowance.spent:
                break
        return list(found.values())


def _both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return an object with the targets of both readings: of each only "requested targets" are told."""
    known, further = one.get("targets") or [], other.get("targets") or []
    if not isinstance(known, list) or not isinstance(further, list):
        return one
    return one | {"targets": [*known, *(each for each in further if each not in known)]}
