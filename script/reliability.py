"""What is done to break it, one after the other: power cuts, full disks, odd files and input, days of trouble.

usage: python -m script.reliability [--short] [NAME ...]; `script/reliability` installs what it needs before.

With names only those are done, and the rows of the others stay as they were written.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reliability.md"
_BEGIN, _END = "<!-- by script/reliability -->\n", "<!-- end -->\n"
_PYTEST = (".venv/bin/python", "-m", "pytest", "-q", "--no-header", "--tb=short", "--show-capture=no")
_HEAD = ("| what is done | what has to hold | command | on | outcome | minutes |", "|---|---|---|---|---|---:|")
_SAID = re.compile(r"^(\d+ (?:passed|failed).*?) in ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Trial:
    """Something that is done: its command, the ``short`` one where that is another, and what has to hold."""

    name: str
    title: str
    holds: str
    command: tuple[str, ...]
    short: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """Of the full command alone."""


def _tests(*names: str) -> tuple[str, ...]:
    return (*_PYTEST, "-n", "4", "--dist", "loadgroup", *names)


_KILLS = _tests(
    "tests/home/test_restart.py",
    "tests/home/test_registration_restart.py",
    "tests/home/test_charging_restart.py",
    "tests/home/test_killed_under_control.py",
)
_SAVES = _tests(
    "tests/procedures/test_registration.py",
    "tests/procedures/test_commissioning_steps.py",
    "tests/procedures/test_killed_at_saves.py",
    "tests/procedures/test_vehicle_binding.py",
    "tests/component/test_charging_files.py",
    "tests/component/test_health.py",
)
_FILES = _tests("tests/component/test_stores.py", "tests/component/test_damaged_hub.py")
_PROPERTY = "tests/procedures/test_charging_property.py"
_COURSES = _tests(
    f"{_PROPERTY}::test_no_watt_hour_is_dropped_whatever_the_clock_says",
    f"{_PROPERTY}::test_no_watt_hour_is_dropped_or_known_twice_whatever_the_counter_says",
)
_BILLED = _tests(f"{_PROPERTY}::test_billed_energy_is_charged_energy")
_MANY = {"HOMES": "10000"}
TRIALS = (
    Trial("kills", "a real home is killed", "what it knew is known, nothing is done twice", _KILLS),
    Trial("saves", "cut off at every save of every procedure", "it goes on, and nothing is done twice", _SAVES),
    Trial("files", "full disk; damaged, older, newer files", "told; written later; nothing else is lost", _FILES),
    Trial(
        "courses",
        "homes with 10,000 courses of random events, whose clock or counter is wrong at times",
        "each watt-hour known once, or asked about",
        _COURSES,
        environment=_MANY,
    ),
    Trial(
        "billed",
        "homes with 10,000 courses of random events and a utility",
        "each watt-hour billed once, or asked about",
        _BILLED,
        environment=_MANY,
    ),
    Trial(
        "week",
        "a week of flapping utility, gateway and devices",
        "nothing lost, doubled or left behind",
        ("script/soak", "--days", "7", "--seed", "7", "--rest", "0.5"),
        ("script/soak", "--days", "1", "--seed", "7", "--rest", "0.5"),
    ),
    Trial(
        "quarter",
        "a quarter of a year with every kind of trouble",
        "nothing lost, doubled or left behind; level in memory",
        ("script/soak", "--days", "92", "--seed", "1"),
        ("script/soak", "--days", "3", "--seed", "1"),
    ),
    Trial(
        "input",
        "odd input to everything that reads",
        "what that reader says that it raises",
        ("script/fuzz", "--minutes", "2"),
        ("script/fuzz", "--minutes", "0.1"),
    ),
)


def main() -> int:
    """Do all of it, or what is named; 1 where something did not hold."""
    names = [trial.name for trial in TRIALS]
    parser = argparse.ArgumentParser(description="Try in every way at hand to break it.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(names)}; all without any")
    parser.add_argument("--short", action="store_true", help="in some minutes, and nothing is written")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(names):
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are: {', '.join(names)}")
    rows = {} if arguments.short else _written()
    failed = 0
    for trial in TRIALS:
        if not arguments.names or trial.name in arguments.names:
            held, rows[trial.title] = _do(trial, short=arguments.short)
            failed += not held
    table = "\n".join((*_HEAD, *(rows[trial.title] for trial in TRIALS if trial.title in rows))) + "\n"
    print(table)
    if not arguments.short:
        page = PAGE.read_text()
        begin, end = _bounds(page)
        PAGE.write_text(f"{page[:begin]}\n{table}\n{page[end:]}")
    return int(failed > 0)


def _do(trial: Trial, *, short: bool) -> tuple[bool, str]:
    """Return whether something held, and its row."""
    command = (short and trial.short) or trial.command
    environment = {} if short else trial.environment
    print(f"{trial.title}: {' '.join(command)}", file=sys.stderr, flush=True)
    begun = time.monotonic()
    ran = subprocess.run(  # noqa: S603 - commands of the table
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    minutes = (time.monotonic() - begun) / 60
    said = _SAID.findall(ran.stdout)
    held = ran.returncode == 0
    if not held:
        print(ran.stdout[-4000:], ran.stderr[-2000:], sep="\n", file=sys.stderr)
    outcome = ("held" if held else "**did not hold**") + (f"; {said[-1]}" if said else "")
    shown = " ".join([*(f"{name}={value}" for name, value in environment.items()), *_shown(command)])
    day = f"{datetime.now(UTC):%d %B %Y}"
    return held, f"| {trial.title} | {trial.holds} | `{shown}` | {day} | {outcome} | {minutes:.1f} |"


def _shown(command: tuple[str, ...]) -> list[str]:
    """Return a command as a person would type it."""
    if command[: len(_PYTEST)] != _PYTEST:
        return list(command)
    return ["script/test", *(each for each in command if each.startswith("tests/"))]


def _bounds(page: str) -> tuple[int, int]:
    """Return where the table is on the page."""
    return page.index(_BEGIN) + len(_BEGIN), page.index(_END)


def _written() -> dict[str, str]:
    """Return the rows that were written, by their titles."""
    page = PAGE.read_text()
    begin, end = _bounds(page)
    rows = page[begin:end].strip().splitlines()[len(_HEAD) :]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows}


if __name__ == "__main__":
    sys.exit(main())
