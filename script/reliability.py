"""What is done to break it, one after the other: power cuts, full disks, odd files and input, days of trouble.

usage: python -m script.reliability [--short]; `script/reliability` installs what it needs before.
"""

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
_SAID = re.compile(r"^(\d+ (?:passed|failed).*?) in ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Trial:
    """Something that is done: its command, the ``short`` one where that is another, and what has to hold."""

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
    "tests/component/test_charging_files.py",
    "tests/component/test_health.py",
)
_FILES = _tests("tests/component/test_stores.py", "tests/component/test_damaged_hub.py")
_PROPERTY = "tests/procedures/test_charging_property.py"
TRIALS = (
    Trial("a real home is killed", "what it knew is known, nothing is done twice", _KILLS),
    Trial("cut off at every save of every procedure", "it goes on, and nothing is done twice", _SAVES),
    Trial("full disk; damaged, older, newer files", "told; written later; nothing else is lost", _FILES),
    Trial(
        "homes with 10,000 courses of random events",
        "each watt-hour billed once, or asked about",
        _tests(_PROPERTY),
        environment={"HOMES": "10000"},
    ),
    Trial(
        "a week of flapping utility, gateway and devices",
        "nothing lost, doubled or left behind",
        ("script/soak", "--days", "7", "--seed", "7", "--rest", "0.5"),
        ("script/soak", "--days", "1", "--seed", "7", "--rest", "0.5"),
    ),
    Trial(
        "a quarter of a year with every kind of trouble",
        "nothing lost, doubled or left behind; level in memory",
        ("script/soak", "--days", "92", "--seed", "1"),
        ("script/soak", "--days", "3", "--seed", "1"),
    ),
    Trial(
        "odd input to everything that reads",
        "what that reader says that it raises",
        ("script/fuzz", "--minutes", "2"),
        ("script/fuzz", "--minutes", "0.1"),
    ),
)


def main() -> int:
    """Do all of it; 1 where something did not hold."""
    short = "--short" in sys.argv[1:]
    rows = ["| what is done | what has to hold | command | outcome | minutes |", "|---|---|---|---|---:|"]
    failed = 0
    for trial in TRIALS:
        command = (short and trial.short) or trial.command
        environment = {} if short else trial.environment
        print(f"{trial.title}: {' '.join(command)}", file=sys.stderr, flush=True)
        begun = time.monotonic()
        ran = subprocess.run(  # noqa: S603 - commands of the table
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        minutes = (time.monotonic() - begun) / 60
        said = _SAID.findall(ran.stdout)
        outcome = ("held" if ran.returncode == 0 else "**did not hold**") + (f"; {said[-1]}" if said else "")
        if ran.returncode:
            failed += 1
            print(ran.stdout[-4000:], ran.stderr[-2000:], sep="\n", file=sys.stderr)
        shown = " ".join([*(f"{name}={value}" for name, value in environment.items()), *_shown(command)])
        rows.append(f"| {trial.title} | {trial.holds} | `{shown}` | {outcome} | {minutes:.1f} |")
    table = "\n".join(rows) + "\n"
    print(table)
    if not short:
        _write(f"`script/reliability`, {datetime.now(UTC):%d %B %Y}:\n\n{table}")
    return int(failed > 0)


def _shown(command: tuple[str, ...]) -> list[str]:
    """Return a command as a person would type it."""
    if command[: len(_PYTEST)] != _PYTEST:
        return list(command)
    return ["script/test", *(each for each in command if each.startswith("tests/"))]


def _write(text: str) -> None:
    page = PAGE.read_text()
    begin, end = page.index(_BEGIN) + len(_BEGIN), page.index(_END)
    PAGE.write_text(page[:begin] + "\n" + text + "\n" + page[end:])


if __name__ == "__main__":
    sys.exit(main())
