"""Looks for secrets in everything that a home lets out: logs, diagnostics, events, states, notices, the recorder."""

import asyncio
import contextlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from bellows.ash import PSEUDO_RANDOM_DATA_SEQUENCE as _AT_RANDOM
from bellows.ash import AshProtocol

from .home import Home, HomeError
from .secrets import Secret, secrets_of

DOMAIN = "utility_han"
_AROUND = 60
_SENT = re.compile(r"(?:Sending|Received) data +((?:[0-9a-f]{2})+)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?")
"""A time's digits are nobody's PIN, and its seconds no degrees, whatever they happen to be."""
_OF_HOME_ASSISTANT = frozenset({"call_service", "core_config_updated"})
"""Events that tell what a person typed, and where the home is: Home Assistant's own, for administrators."""
_ZONE = "zone."
"""Entities of Home Assistant's own that say where they are."""
_TABLES = (
    "SELECT meta.entity_id, states.state, attributes.shared_attrs FROM states"
    " LEFT JOIN states_meta meta ON meta.metadata_id = states.metadata_id"
    " LEFT JOIN state_attributes attributes ON attributes.attributes_id = states.attributes_id",
    "SELECT types.event_type, data.shared_data FROM events"
    " LEFT JOIN event_types types ON types.event_type_id = events.event_type_id"
    " LEFT JOIN event_data data ON data.data_id = events.data_id",
    "SELECT statistic_id, name FROM statistics_meta",
)
"""What the recorder keeps, each row beginning with what it is of."""


@dataclass(frozen=True, slots=True)
class Place:
    """Something that was let out, as text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Leak:
    """A secret in a place; ``around`` is what stands beside it, without it."""

    secret: Secret
    place: str
    around: str

    def __str__(self) -> str:
        return f"{self.secret.field} in {self.place}: {self.around}"


def leaks(secrets: Iterable[Secret], places: Iterable[Place]) -> Iterator[Leak]:
    """Yield the first occurrence of each secret in each place."""
    patterns = [(secret, secret.pattern()) for secret in sorted(secrets, key=lambda each: each.field)]
    for place in places:
        text = _TIME.sub("(time)", place.text)
        for secret, pattern in patterns:
            if (found := pattern.search(text)) is not None:
                before = text[max(0, found.start() - _AROUND) : found.start()]
                around = f"{before}[{secret.field}]{text[found.end() : found.end() + _AROUND]}"
                for other, also in patterns:
                    around = also.sub(f"[{other.field}]", around)
                yield Leak(secret, place.name, re.sub(r"\s+", " ", around))


def written(folder: Path, *logs: Path) -> Iterator[Place]:
    """Yield what a home that was stopped has written: its logs, and what the recorder keeps."""
    for log in (*logs, *folder.glob("home-assistant.log*")):
        yield from log_places(f"log {log.name}", log.read_text(errors="replace"))
    for name, *values in recorded(folder / "home-assistant_v2.db"):
        yield Place(f"recorder {name}", "\n".join(str(value) for value in values if value is not None))


def log_places(name: str, text: str) -> Iterator[Place]:
    """Yield a log as it is, and what is behind the frames of a radio in it."""
    yield Place(name, text)
    yield Place(f"{name}, frames of the radio", "\n".join(_frames(text)))


def _frames(log: str) -> Iterator[str]:
    """Yield what bellows' log has of frames that went over the serial line, as they were before that.

    There bytes that mean something are escaped, and what a frame carries is made random by a sequence that everybody
    knows (UG101: UART-EZSP gateway protocol reference, 4.2 and 4.3).
    """
    for line in _SENT.finditer(log):
        for frame in bytes.fromhex(line[1]).split(b"\x7e"):
            carried = AshProtocol._unstuff_bytes(frame)[1:-2]
            yield bytes(byte ^ at_random for byte, at_random in zip(carried, _AT_RANDOM, strict=False)).hex()


def recorded(database: Path) -> Iterator[tuple[Any, ...]]:
    """Yield each row of the recorder that is not of Home Assistant alone, with what it is of first."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
        for table in _TABLES:
            for row in kept.execute(table):
                if row[0] not in _OF_HOME_ASSISTANT and not str(row[0]).startswith(_ZONE):
                    yield row


class Watch:
    """Hears and reads what a home says while it lives, with the logs that *Enable debug logging* gives."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._listening: list[asyncio.Task[None]] = []
        self.places: list[Place] = []
        self.looked_for: dict[str, int] = {}
        """How many secrets there were, by the field of each."""
        home.begun.append(self._begin)

    async def _begin(self) -> None:
        level = {"integration": DOMAIN, "level": "DEBUG", "persistence": "none"}
        await self._home.ws("logger/integration_log_level", **level)
        self._listening.append(asyncio.create_task(self._listen()))

    async def _listen(self) -> None:
        with contextlib.suppress(aiohttp.ClientError):
            async for event in self._home.listen():
                name = event["data"].get("entity_id") or ""
                if event["event_type"] not in _OF_HOME_ASSISTANT and not str(name).startswith(_ZONE):
                    self.places.append(Place(f"event {event['event_type']} {name}", json.dumps(event)))

    async def read(self) -> None:
        """Read what can be asked for; ``HomeError`` where there is less of it than there must be."""
        home = self._home
        states = [each for each in await home.states() if not each["entity_id"].startswith(_ZONE)]
        self.places += [Place(f"state {each['entity_id']}", json.dumps(each)) for each in states]
        for what in ("persistent_notification/get", "repairs/list_issues", "config/device_registry/list"):
            self.places.append(Place(what, json.dumps(await home.ws(what))))
        registry = await home.ws("config/device_registry/list")
        handlers = {each["domain"]: each["handlers"] for each in await home.ws("diagnostics/list")}
        for entry in await home.ws("config_entries/get", domain=DOMAIN):
            path = f"/api/diagnostics/config_entry/{entry['entry_id']}"
            devices = [each["id"] for each in registry if entry["entry_id"] in each["config_entries"]]
            paths = [path, *(f"{path}/device/{each}" for each in devices if handlers[DOMAIN]["device"])]
            self.places += [Place(f"diagnostics {each}", await self._text(each)) for each in paths]
        heard = {each.name.partition(" ")[0] for each in self.places}
        if missing := {"event", "state", "diagnostics"} - heard:
            raise HomeError(f"nothing was heard of {missing}")

    async def _text(self, path: str) -> str:
        return json.dumps(await self._home.get(path))

    def found(self, *logs: Path) -> list[Leak]:
        """Return what is found once the home was stopped; ``HomeError`` where there was nothing to look for or in."""
        folder = self._home.folder
        secrets = secrets_of(folder / ".storage", *self._home.typed)
        self.looked_for = dict(sorted(Counter(secret.field for secret in secrets).items()))
        log = self._home.child.log.read_text(errors="replace")
        if f"DEBUG (MainThread) [custom_components.{DOMAIN}" not in log or not secrets:
            raise HomeError("there is nothing to look for, or no log at debug level to look in")
        return list(leaks(secrets, [*self.places, *written(folder, self._home.child.log, *logs)]))
