"""The pages of docs/reference, each made from what Home Assistant reads, or from what the code itself goes by."""

from collections.abc import Callable, Mapping

from . import automations, entities, events, faults, settings, utility_api

PAGES: Mapping[str, Callable[[], str]] = {
    "actions.md": automations.actions,
    "automations.md": automations.page,
    "entities.md": entities.page,
    "errors.md": faults.errors,
    "events.md": events.page,
    "reasons.md": faults.reasons,
    "settings.md": settings.page,
    "utility-api.md": utility_api.page,
}
"""What makes each page's text, by the page's name."""
