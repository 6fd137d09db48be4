"""Writes docs/reference.md: actions, triggers, conditions, what setting up asks, and the options.

usage: python -m script.reference [--check]; with --check it only says whether the file is what it would write.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from custom_components.utility_han.const import DOMAIN
from script.check_integration import fields_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference.md"
_COMPONENT = ROOT / "custom_components" / DOMAIN
_HEAD = """\
# Reference

Made by `script/reference` from what Home Assistant reads: `services.yaml`, `triggers.yaml`, `conditions.yaml` and
`translations/en.json`. What an action is good for is in the [README](../README.md), with examples.
"""
_PARTS = {
    "services": (
        "Actions",
        "Every action is there whether or not a hub is loaded; where it is not, the action says so.",
    ),
    "triggers": ("Triggers", "Each is about the targets that are chosen: gateways, devices, vehicles, areas, labels."),
    "conditions": ("Conditions", "Each is about the targets that are chosen, as triggers are."),
}


def page() -> str:
    """Return the whole page."""
    texts: dict[str, Any] = json.loads((_COMPONENT / "translations" / "en.json").read_text())
    lines = [_HEAD]
    for kind, (title, about) in _PARTS.items():
        lines += [f"## {title}", "", about, ""]
        described = yaml.safe_load((_COMPONENT / f"{kind}.yaml").read_text())
        for name in sorted(each for each in described if not each.startswith(".")):
            lines += _described(f"{DOMAIN}.{name}", described[name] or {}, texts[kind][name])
    lines += ["## What setting up asks", "", "By page of the dialog; only those that are needed are shown.", ""]
    for step in texts["config"]["step"].values():
        lines += _asked(step)
    lines += ["## Options", "", "The gear of the hub under **Settings → Devices & services**.", ""]
    for step in texts["options"]["step"].values():
        lines += _rows(step)
    return "\n".join(lines).strip() + "\n"


def _described(name: str, described: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"### {said['name']}", "", f"`{name}`. {said['description']}", "")
    fields = list(fields_of(described))
    if not fields:
        return
    yield from ("| field | needed | what it is |", "|---|---|---|")
    for field, schema in fields:
        about = said["fields"][field]
        needed = "yes" if schema.get("required") else ""
        yield f"| `{field}` | {needed} | {about['name']}: {_line(about['description'])} |"
    yield ""


def _asked(step: Mapping[str, Any]) -> Iterator[str]:
    if step.get("data_description"):
        yield from (f"### {step['title']}", "")
        yield from _rows(step)


def _rows(step: Mapping[str, Any]) -> Iterator[str]:
    yield from ("| field | what it is |", "|---|---|")
    for field, about in step["data_description"].items():
        yield f"| {step['data'][field]} | {_line(about)} |"
    yield ""


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write the page, or with --check compare; 1 where it is another one."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        print("docs/reference.md is not what the code says: run script/reference")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
