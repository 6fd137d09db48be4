"""What the translations say of the pages that dialogs show, and of the fields of their forms."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, FlowResultType, section
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.const import DOMAIN

_ENGLISH = Path(__file__).parent.parent.parent / "custom_components" / DOMAIN / "translations" / "en.json"

_NAMED_BY_PERSON = frozenset({"several"})
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_of_repairs: WeakKeyDictionary[FlowHandler[Any, Any, Any], Dialog] = WeakKeyDictionary()


def texts_of(flow: FlowHandler[Any, Any, Any], form: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the texts that the fields of a form have to have; none where it is another integration's.

    A field that has the name of one of several devices is what the person calls that.
    """
    if (dialog := dialog_of(flow)) is None:
        return
    schema = form.get("data_schema")
    for key, kind in (schema.schema if schema is not None else {}).items():
        if not isinstance(kind, section) and form["step_id"] not in _NAMED_BY_PERSON:
            yield from (f"{dialog.key}.step.{form['step_id']}.{what}.{key}" for what in ("data", "data_description"))


@dataclass(frozen=True, slots=True)
class Dialog:
    """Where the texts of a dialog are, and what all of them are filled with."""

    key: str
    given: frozenset[str] = frozenset()

    def unfilled(self, page: Mapping[str, Any]) -> Iterator[str]:
        """Yield what the texts of a page need to be filled with and are not given: a person sees an error there.

        ``page`` is the result of a step. All languages have English's placeholders (``script/check_translations.py``).
        """
        given = self.given | set(page.get("description_placeholders") or {})
        for key in _shown_on(self.key, page):
            needed = _PLACEHOLDER.findall(str(_text(key) or ""))
            yield from (f"{key}: {{{name}}}" for name in needed if name not in given)


def _shown_on(dialog: str, page: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the texts that the frontend looks for on a page, whether or not they are there."""
    match page["type"]:
        case FlowResultType.ABORT:
            yield f"{dialog}.abort.{page['reason']}"
        case FlowResultType.CREATE_ENTRY:
            yield f"{dialog}.create_entry.{page.get('description') or 'default'}"
        case FlowResultType.SHOW_PROGRESS:
            yield f"{dialog}.progress.{page['progress_action']}"
        case FlowResultType.SHOW_PROGRESS_DONE | FlowResultType.EXTERNAL_STEP_DONE:
            pass  # no page: the next one is asked for at once
        case _:
            step = f"{dialog}.step.{page['step_id']}"
            yield from (f"{step}.{what}" for what in ("title", "description", "submit"))
            yield from (f"{dialog}.error.{reason}" for reason in (page.get("errors") or {}).values())
            for option in page.get("menu_options") or ():
                yield from (f"{step}.{what}.{option}" for what in ("menu_options", "menu_option_descriptions"))
            yield from _fields(step, page.get("data_schema"))


def _fields(step: str, schema: Any) -> Iterator[str]:
    """Yield the keys of the texts of a form's fields and sections."""
    for key, kind in (schema.schema if schema is not None else {}).items():
        if isinstance(kind, section):
            yield from (f"{step}.sections.{key}.{what}" for what in ("name", "description"))
            yield from _fields(f"{step}.sections.{key}", kind.schema)
        else:
            yield from (f"{step}.{what}.{key}" for what in ("data", "data_description"))


def missing(keys: Iterable[str]) -> list[str]:
    """Return the keys that the translations have no text for."""
    return sorted(key for key in keys if not _text(key))


def dialog_of(flow: FlowHandler[Any, Any, Any]) -> Dialog | None:
    """Return the dialog of a flow, None where it is another integration's.

    A repair's goes on when its notice is gone: the frontend has taken the texts from that before.
    """
    if not type(flow).__module__.startswith(f"custom_components.{DOMAIN}."):
        return None
    if isinstance(flow, OptionsFlow):
        return Dialog("options")
    if isinstance(flow, ConfigFlow):
        return Dialog("config")
    if isinstance(flow, ConfigSubentryFlow):
        return Dialog(f"config_subentries.{flow.handler[1]}")
    assert isinstance(flow, RepairsFlow), flow
    if (issue := ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)) is not None:
        placeholders = frozenset(issue.translation_placeholders or ())
        _of_repairs[flow] = Dialog(f"issues.{issue.translation_key}.fix_flow", placeholders)
    return _of_repairs[flow]


@cache
def _english() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_ENGLISH.read_text())
    return found


def _text(key: str) -> Any:
    found: Any = _english()
    for part in key.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found
