"""Takes a Green Button file apart, piece by piece, into the entries of its feed (RFC 4287, espi.xsd).

A file comes from anywhere. Expat is asked to refuse a document type declaration, without which there are neither
entities nor anything outside of the file; depth, size, and what a single element may hold are bounded.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from .codes import ATOM, ESPI, Quality
from .errors import GreenButtonError, Unreadable
from .series import LONGEST_RUN, NO_COST, Reading, Run, is_estimate

MOST_BYTES = 256 * 1024 * 1024
MOST_READINGS = 3_000_000
"""Ten years of 5 minutes, forward and reverse, are 2.1 million."""
_MOST_ENTRIES = 200_000
_MOST_LEAVES = _MOST_LINKS = 200
_MOST_NAMES = 5000
"""Of elements and attributes that differ, each of which Expat keeps; those of ESPI are some 400."""
_DEEPEST = 64
_LONGEST_TEXT = 512
_LONGEST_SILENCE = 1024 * 1024
"""Bytes that nothing comes of: a name or attribute that never ends."""
LAST = 2**33
"""Seconds since 1970: the year 2242."""
LONGEST_INTERVAL = 400 * 86_400
MOST = 2**47
"""Int48."""
_SUMMARIES = frozenset({"UsageSummary", "ElectricPowerUsageSummary"})
_RESOURCES = frozenset({"UsagePoint", "MeterReading", "ReadingType", "LocalTimeParameters", *_SUMMARIES})
_ENTRY, _LINK, _TITLE, _UPDATED = (f"{ATOM} {name}" for name in ("entry", "link", "title", "updated"))
_READING, _BLOCK, _START = (f"{ESPI} {name}" for name in ("IntervalReading", "IntervalBlock", "start"))


@dataclass(slots=True)
class Entry:
    """What an entry of the feed has: links, and the leaves of its resource by name."""

    kind: str = ""
    title: str = ""
    updated: float = 0
    """Seconds since 1970."""
    own: str = ""
    up: str = ""
    related: list[str] = field(default_factory=list)
    leaves: dict[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    """Of an IntervalBlock."""
    untimed: bool = False
    """Whether there are readings without a duration, which is 0, or without a time: their start is their block's."""


class Parser:
    """Takes bytes and gives entries."""

    def __init__(self, take: Callable[[Entry], None]) -> None:
        self._take = take
        self._names: dict[str, str] = {}
        self._expat = expat.ParserCreate(namespace_separator=" ", intern=self._names)
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._begin
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._characters
        self._expat.StartDoctypeDeclHandler = self._declare
        self._bytes = self._silent = self._depth = self._entries = self._readings = 0
        self.unreadable = 0
        """How many readings had no value, or one that cannot be."""
        self._entry: Entry | None = None
        self._entry_depth = self._resource_depth = 0
        self._path: list[str] = []
        self._text = ""
        self._reading: dict[str, str] | None = None
        self._block_start = ""
        self._run = Run()

    def feed(self, data: bytes, *, last: bool = False) -> None:
        """Take the next bytes, or be told that there are no more."""
        self._bytes += len(data)
        self._silent += len(data)
        if self._bytes > MOST_BYTES:
            raise GreenButtonError(Unreadable.TOO_LARGE, f"{MOST_BYTES // 1024 // 1024} MiB")
        try:
            self._expat.Parse(data, last)
        except expat.ExpatError as err:
            raise GreenButtonError(Unreadable.NOT_XML, str(err)) from err
        if len(self._names) > _MOST_NAMES:
            raise GreenButtonError(Unreadable.TOO_LARGE, f"{_MOST_NAMES} names")
        if self._silent > _LONGEST_SILENCE:
            raise GreenButtonError(Unreadable.NOT_XML, "something in it never ends")

    def _declare(self, *_: object) -> None:
        raise GreenButtonError(Unreadable.DECLARES_TYPES)

    def _characters(self, data: str) -> None:
        self._silent = 0
        if len(self._text) < _LONGEST_TEXT:
            self._text += data[:_LONGEST_TEXT]

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._silent = 0
        self._text = ""
        self._depth += 1
        if name == _READING:
            self._reading = {}
            return
        if self._reading is not None:
            return
        if self._depth == 1 and name not in {f"{ATOM} feed", _ENTRY}:
            raise GreenButtonError(Unreadable.NOT_GREEN_BUTTON, name[:100])
        if self._depth > _DEEPEST:
            raise GreenButtonError(Unreadable.TOO_DEEP)
        if name == _ENTRY and self._entry is None:
            self._begin_entry()
        elif (entry := self._entry) is None:
            return
        elif name == _LINK:
            self._link(entry, attributes)
        elif name == _BLOCK:
            entry.kind, self._block_start = "IntervalBlock", ""
        elif self._resource_depth:
            self._path.append(name.rpartition(" ")[2])
        elif name.startswith(f"{ESPI} ") and name.rpartition(" ")[2] in _RESOURCES:
            entry.kind, self._resource_depth = name.rpartition(" ")[2], self._depth

    def _begin_entry(self) -> None:
        self._entries += 1
        if self._entries > _MOST_ENTRIES:
            raise GreenButtonError(Unreadable.TOO_LARGE, f"{_MOST_ENTRIES} entries")
        self._entry, self._entry_depth = Entry(), self._depth

    def _link(self, entry: Entry, attributes: dict[str, str]) -> None:
        href = attributes.get("href", "")[:_LONGEST_TEXT].rstrip("/")
        match attributes.get("rel"):
            case "self":
                entry.own = href
            case "up":
                entry.up = href
            case "related" if len(entry.related) < _MOST_LINKS:
                entry.related.append(href)

    def _end(self, name: str) -> None:
        self._silent = 0
        self._depth -= 1
        if self._reading is not None:
            if name == _READING:
                self._add(self._reading)
                self._reading = None
            else:
                self._note(self._reading, name)
        elif (entry := self._entry) is None:
            return
        elif name == _ENTRY and self._depth < self._entry_depth:
            self._end_entry(entry)
        elif name == _START and entry.kind == "IntervalBlock":
            self._block_start = self._text
        elif self._resource_depth:
            self._leave(entry)
        elif name == _TITLE:
            entry.title = self._text.strip()[:100]
        elif name == _UPDATED:
            with suppress(ValueError, OverflowError):
                entry.updated = datetime.fromisoformat(self._text.strip()).timestamp()
        self._text = ""

    def _note(self, reading: dict[str, str], name: str) -> None:
        leaf = name.rpartition(" ")[2]
        if leaf == "quality" and is_estimate(_whole(reading.get("quality"), -1, 2**16, -1)):
            return
        if self._text:
            reading[leaf] = self._text

    def _leave(self, entry: Entry) -> None:
        if not self._path:
            self._resource_depth = 0
            return
        if (text := self._text.strip()) and len(entry.leaves) < _MOST_LEAVES:
            entry.leaves.setdefault(".".join(self._path), text)
        self._path.pop()

    def _add(self, said: dict[str, str]) -> None:
        self._readings += 1
        if self._readings > MOST_READINGS:
            raise GreenButtonError(Unreadable.TOO_LARGE, f"{MOST_READINGS} readings")
        try:
            value = int(said["value"])
            duration = int(said.get("duration", 0))
            start = int(said.get("start", self._block_start))
        except KeyError, ValueError:
            self.unreadable += 1
            return
        if not (abs(value) <= MOST and 0 <= start < LAST and 0 <= duration <= LONGEST_INTERVAL):
            self.unreadable += 1
            return
        if not duration and self._entry is not None:
            self._entry.untimed = True
        self._run.add(
            Reading(
                start,
                duration,
                value,
                _whole(said.get("quality"), Quality.VALID, Quality.VERIFIED, -1),
                _whole(said.get("tou"), -(2**15), 2**15 - 1, 0),
                _whole(said.get("consumptionTier"), -(2**15), 2**15 - 1, 0),
                _whole(said.get("cost"), -MOST, MOST, NO_COST),
            )
        )
        if len(self._run) >= LONGEST_RUN:
            self._end_run()

    def _end_run(self) -> None:
        if len(self._run) and self._entry is not None:
            self._run.sort()
            self._entry.runs.append(self._run)
        self._run = Run()

    def _end_entry(self, entry: Entry) -> None:
        self._end_run()
        self._entry, self._resource_depth, self._path = None, 0, []
        if entry.kind:
            self._take(entry)


def _whole(text: str | None, least: int, most: int, otherwise: int) -> int:
    try:
        number = int(text or "")
    except ValueError:
        return otherwise
    return number if least <= number <= most else otherwise
