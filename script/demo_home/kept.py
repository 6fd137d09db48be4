"""Homes as some version left them: kept as text in a folder, and brought back to life from there.

Databases are kept as SQL. Where a home is brought back, its ports are others, and all its times are moved by whole
hours, so that it was stopped less than an hour ago.
"""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .home import Home, free_port
from .nursery import Nursery
from .simulator import Simulator

MANIFEST = "home.json"
TOLD = "told.json"
_CONFIG = "config"
_SIMULATORS = "simulators"
_GATEWAY = "gateway.json"
_RECORDER = "home-assistant_v2.db"
_UTILITY = "utility.sqlite"
_DATABASES = {_RECORDER: "recorder.sql", _UTILITY: "utility.sql"}
_HOUR = 3600
# Times of a home are around the time it was stopped at; certificates and what has no end are not moved.
_BEFORE = timedelta(days=60)
_AFTER = timedelta(days=400)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)([T ])(\d\d:\d\d:\d\d)((?:\.\d+)?)(Z|[+-]\d\d:\d\d|)(?![\d:])")
_UNIX = re.compile(r"(?<![\w.])(1[789]\d{8})(?=(?:\.\d+)?(?![\w.]))")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """How texts of a home change where it is brought back."""

    stopped_at: datetime
    ports: Mapping[int, int]
    """By the port it had."""
    shift: int = 0
    """Seconds."""
    zone: str = "UTC"
    """Where its months begin."""

    @property
    def now(self) -> datetime:
        """When it was stopped, as it seems now."""
        return self.stopped_at + timedelta(seconds=self.shift)

    def text(self, text: str) -> str:
        """Return a text with other ports and times."""
        if self.ports:
            names = "|".join(map(str, self.ports))
            text = re.sub(rf"(?<![\w.])(?:{names})(?![\w.])", lambda found: str(self.ports[int(found[0])]), text)
        then, now = (f"{moment.astimezone(ZoneInfo(self.zone)):%Y-%m}" for moment in (self.stopped_at, self.now))
        text = re.sub(rf"(?<![\w-]){then}(?![\w-])", now, text)
        return _UNIX.sub(self._unix, _ISO.sub(self._iso, text)) if self.shift else text

    def gateway(self, text: str) -> str:
        """Return a simulated gateway's file: its registers go on where they were, whatever time has passed."""
        data, before = json.loads(self.text(text)), json.loads(text)
        data["lag"] = before["lag"] + self.shift
        data["installed_at"] = before["installed_at"] + self.shift
        return json.dumps(data)

    def _ours(self, moment: datetime) -> bool:
        return self.stopped_at - _BEFORE < moment < self.stopped_at + _AFTER

    def _iso(self, found: re.Match[str]) -> str:
        day, between, time, fraction, zone = found.groups()
        wall = datetime.fromisoformat(f"{day}T{time}{zone or 'Z'}")
        if not self._ours(wall):
            return found[0]
        moved = wall + timedelta(seconds=self.shift)
        return f"{moved:%Y-%m-%d}{between}{moved:%H:%M:%S}{fraction}{zone}"

    def _unix(self, found: re.Match[str]) -> str:
        moment = int(found[1])
        if not self._ours(datetime.fromtimestamp(moment, UTC)):
            return found[0]
        return str(moment + self.shift)


def dump(database: Path) -> str:
    """Return a SQLite file as SQL, numbers as they are."""
    lines: list[str] = []
    with sqlite3.connect(database) as source:
        made = source.execute("SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL ORDER BY rowid").fetchall()
        own = [(kind, name, sql) for kind, name, sql in made if not name.startswith("sqlite_")]
        for kind, name, sql in own:
            if kind != "table":
                continue
            lines.append(f"{sql};")
            rows = source.execute(f'SELECT * FROM "{name}" ORDER BY rowid')  # noqa: S608 - its own names
            lines += [f'INSERT INTO "{name}" VALUES ({",".join(map(_literal, row))});' for row in rows]  # noqa: S608
        lines += [f"{sql};" for kind, _, sql in own if kind != "table"]
    source.close()
    return "\n".join(lines) + "\n"


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return f"""'{value.replace("'", "''")}'""" if isinstance(value, str) else repr(value)


def load(text: str, database: Path) -> None:
    """Make a SQLite file of what :func:`dump` returned."""
    with sqlite3.connect(database) as made:
        made.executescript(f"BEGIN;\n{text}COMMIT;\n")
    made.close()


@dataclass(frozen=True, slots=True)
class Meter:
    """One simulator of a kept home: its name, the options it was started with, and its ports."""

    name: str
    options: list[str]
    ports: list[int]
    """Of the gateway, the control endpoint and the utility, and of the radios where there are any."""

    def simulator(self, folder: Path) -> Simulator:
        """Return it, to be started in a folder of its own."""
        names = ("--port", "--control-port", "--utility-port", "--ezsp-port", "--raven-port")
        ports = [text for name, port in zip(names, self.ports, strict=False) for text in (name, str(port))]
        return Simulator(folder / self.name, *ports, *self.options)


def keep(
    home: Path, port: int, meters: Mapping[Path, Meter], told: Mapping[str, Any], about: Mapping[str, Any], to: Path
) -> None:
    """Keep a home that was stopped, and the folders of its simulators, in the new folder ``to``."""
    shutil.rmtree(to, ignore_errors=True)
    _keep_files([*(home / ".storage").iterdir(), home / "configuration.yaml", home / _RECORDER], home, to / _CONFIG)
    for folder, meter in meters.items():
        data = folder / "simulator"
        _keep_files([data / _GATEWAY, data / _UTILITY], data, to / _SIMULATORS / meter.name)
    manifest = {
        **about,
        "port": port,
        "simulators": [{"name": each.name, "options": each.options, "ports": each.ports} for each in meters.values()],
    }
    (to / MANIFEST).write_text(f"{json.dumps(manifest, indent=2)}\n")
    (to / TOLD).write_text(f"{json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)}\n")


def _keep_files(files: Iterable[Path], below: Path, to: Path) -> None:
    for file in sorted(files):
        target = to / file.relative_to(below)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.name in _DATABASES:
            target.with_name(_DATABASES[file.name]).write_text(dump(file))
        else:
            target.write_text(file.read_text())


@dataclass(frozen=True, slots=True)
class Revived:
    """A kept home that can be started again, and how it was left, with its new ports and times."""

    home: Home
    simulators: dict[str, Simulator]
    """By name."""
    storage: dict[str, Any]
    """The files of ``.storage`` by name, as they were kept; what is no JSON is left out."""
    told: dict[str, Any]
    """What it told before it was stopped, see ``told.tell``."""
    stopped_at: datetime
    facts: dict[str, Any]
    """What the simulators know of it, see ``lived_in.live``."""

    @property
    def meter(self) -> Simulator:
        """The simulator with the charger, the vehicles and the customer's utility."""
        return next(iter(self.simulators.values()))


def stored(config: Path) -> dict[str, Any]:
    """Return the data of all files of a home's ``.storage`` by name."""
    found: dict[str, Any] = {}
    for file in sorted((config / ".storage").iterdir()):
        try:
            found[file.name] = json.loads(file.read_text())["data"]
        except ValueError, KeyError, TypeError:
            continue
    return found


def revive(kept: Path, folder: Path, nursery: Nursery | None = None) -> Revived:
    """Copy a kept home into ``folder``, for ports that are free and for now; its Home Assistant is of ``nursery``."""
    manifest = json.loads((kept / MANIFEST).read_text())
    meters = [Meter(**each) for each in manifest["simulators"]]
    stopped_at = datetime.fromisoformat(manifest["stopped_at"])
    passed = (datetime.now(UTC) - stopped_at).total_seconds()
    shift = int(passed // _HOUR * _HOUR)
    ports = _free([manifest["port"], *(port for meter in meters for port in meter.ports)])
    rewriting = Rewriting(stopped_at, ports, shift, manifest["time_zone"])

    config = folder / _CONFIG
    _copy(kept / _CONFIG, config, rewriting)
    simulators: dict[str, Simulator] = {}
    for meter in meters:
        _copy(kept / _SIMULATORS / meter.name, folder / meter.name / "simulator", rewriting)
        moved = Meter(meter.name, meter.options, [ports[port] for port in meter.ports])
        simulators[meter.name] = moved.simulator(folder)
    return Revived(
        home=Home(config, ports[manifest["port"]], as_it_was=True, nursery=nursery),
        simulators=simulators,
        storage=stored(config),
        told=json.loads(rewriting.text((kept / TOLD).read_text())),
        stopped_at=rewriting.now,
        facts=manifest["facts"],
    )


def _free(ports: Iterable[int]) -> dict[int, int]:
    taken: dict[int, int] = {}
    for port in ports:
        while (free := free_port()) in taken.values():
            pass
        taken[port] = free
    return taken


def _copy(source: Path, target: Path, rewriting: Rewriting) -> None:
    databases = {text: name for name, text in _DATABASES.items()}
    for file in sorted(each for each in source.rglob("*") if each.is_file()):
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = (rewriting.gateway if file.name == _GATEWAY else rewriting.text)(file.read_text())
        if file.name in databases:
            load(text, copy.with_name(databases[file.name]))
        else:
            copy.write_text(text)
            copy.chmod(0o600)
