"""What the dialogs ask: setting up a hub, adding devices and vehicles, and the options."""

from collections.abc import Iterator, Mapping
from typing import Any

from .sources import joined, table, texts

_HEAD = """\
# Settings

What the dialogs ask, by page. Only those pages are shown that are needed: most of it is found out or filled in. An
address that stands in braces is filled in by the dialog.
"""
_DIALOGS = {
    "Setting up a hub": ("config",),
    "Adding or changing a device": ("config_subentries", "device"),
    "Adding or changing a vehicle": ("config_subentries", "vehicle"),
    "Options": ("options",),
}


def page() -> str:
    """Return the page."""
    lines = [_HEAD]
    for dialog, path in _DIALOGS.items():
        lines += [f"## {dialog}", ""]
        asked: Mapping[str, Any] = texts()
        for part in path:
            asked = asked[part]
        seen: set[tuple[object, ...]] = set()
        for name, step in asked["step"].items():
            fields = list(_fields(step))
            title = step.get("title", name)
            # By hand and discovered, a page may be the same.
            if fields and (alike := (title, *sorted(fields))) not in seen:
                seen.add(alike)
                lines += [f"### {title}", "", *table(("field", "what it is"), fields)]
    return joined(lines)


def _fields(step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield fields, those in sections too; facts that a page only shows have no description."""
    for each in (step, *step.get("sections", {}).values()):
        descriptions = each.get("data_description", {})
        yield from (
            (name, descriptions[field]) for field, name in each.get("data", {}).items() if field in descriptions
        )
