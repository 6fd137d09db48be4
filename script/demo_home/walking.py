"""Goes through dialogs of Home Assistant without a person, by what is to be answered on each page."""

from collections.abc import Mapping
from typing import Any

from .home import Home, HomeError

type Pages = Mapping[str, Mapping[str, Any]]
"""What to submit on each page, and what to choose in each menu, by their step ids."""


async def walk(home: Home, result: dict[str, Any], pages: Pages, *, sub: bool = False) -> dict[str, Any]:
    """Answer every page that ``pages`` knows, each once; return the first that it does not know.

    ``sub`` is for dialogs of subentries.
    """
    left = dict(pages)
    step = home.subentry_step if sub else home.flow_step
    while result["type"] in ("form", "menu") and result["step_id"] in left:
        result = await home.flow_settled(await step(result["flow_id"], left.pop(result["step_id"])))
        if result.get("errors"):
            raise HomeError(f"{result['step_id']}: {result['errors']}")
    return result


def at(result: dict[str, Any], *wanted: str) -> dict[str, Any]:
    """Return where a dialog stands, which is to be one of these pages, or its end (``create_entry``)."""
    if result.get("step_id", result["type"]) not in wanted:
        raise HomeError(f"stopped at {result.get('step_id')}: {result.get('errors') or result.get('reason')}")
    return result
