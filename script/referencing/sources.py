"""What the pages are made from, and how they are written."""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import homeassistant.components
import yaml

from custom_components.utility_han.const import DOMAIN

ROOT = Path(__file__).parent.parent.parent
COMPONENT = ROOT / "custom_components" / DOMAIN


@cache
def texts() -> dict[str, Any]:
    """Return the component's translations in English."""
    found: dict[str, Any] = json.loads((COMPONENT / "translations" / "en.json").read_text())
    return found


@cache
def of_home_assistant(platform: str) -> dict[str, Any]:
    """Return Home Assistant's own texts of a platform in English."""
    folder = Path(homeassistant.components.__file__).parent
    found: dict[str, Any] = json.loads((folder / platform / "strings.json").read_text())
    return found


@cache
def described(kind: str) -> dict[str, Any]:
    """Return what ``kind``.yaml of the component describes: services, triggers, conditions; a mapping by name."""
    found: dict[str, Any] = yaml.safe_load((COMPONENT / f"{kind}.yaml").read_text())
    return {name: about or {} for name, about in found.items() if not name.startswith(".")}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table and an empty one after it; nothing where it has no rows."""
    lines = [f"| {' | '.join(map(line, row))} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines, "")


def line(text: str) -> str:
    """Return a text as a cell of a table holds it; its placeholders as code, which no page takes for its own."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def joined(lines: Iterable[str]) -> str:
    """Return a page."""
    return "\n".join(lines).strip() + "\n"
