"""What the translations say of the fields that forms show."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from homeassistant.components.repairs import RepairsFlow
from homeassistant.config_entries import ConfigFlow, ConfigSubentryFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler, section
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.const import DOMAIN

_ENGLISH = Path(__file__).parent.parent.parent / "custom_components" / DOMAIN / "translations" / "en.json"

_NAMED_BY_PERSON = frozenset({"several"})


def texts_of(flow: FlowHandler[Any, Any, Any], form: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the texts that the fields of a form have to have; none where it is another integration's.

    A field that has the name of one of several devices is what the person calls that.
    """
    if (dialog := _dialog(flow)) is None:
        return
    schema = form.get("data_schema")
    for key, kind in (schema.schema if schema is not None else {}).items():
        if not isinstance(kind, section) and form["step_id"] not in _NAMED_BY_PERSON:
            yield from (f"{dialog}.step.{form['step_id']}.{what}.{key}" for what in ("data", "data_description"))


def missing(keys: Iterable[str]) -> list[str]:
    """Return the keys that the translations have no text for."""
    return sorted(key for key in keys if not _text(key))


def _dialog(flow: FlowHandler[Any, Any, Any]) -> str | None:
    """Return where the texts of a dialog are, None where it is another integration's."""
    if not type(flow).__module__.startswith(f"custom_components.{DOMAIN}."):
        return None
    if isinstance(flow, OptionsFlow):
        return "options"
    if isinstance(flow, ConfigFlow):
        return "config"
    if isinstance(flow, ConfigSubentryFlow):
        return f"config_subentries.{flow.handler[1]}"
    assert isinstance(flow, RepairsFlow), flow
    issue = ir.async_get(flow.hass).async_get_issue(DOMAIN, flow.issue_id)
    assert issue is not None, flow.issue_id
    return f"issues.{issue.translation_key}.fix_flow"


@cache
def _english() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_ENGLISH.read_text())
    return found


def _text(key: str) -> Any:
    found: Any = _english()
    for part in key.split("."):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    return found
