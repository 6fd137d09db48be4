"""The form of what Home Assistant reads by name: translations, icons, actions, triggers, conditions, manifest.

A key that Home Assistant does not know is never read, and nobody hears of it: what is misspelt is found here. The
forms are those that developers.home-assistant.io describes (internationalization, icon translations, manifest) and
that hassfest holds an integration to; ``script.check_integration`` asks for what has to be in them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

import homeassistant.helpers.config_validation as cv
import probatio as vol
from homeassistant.helpers.selector import TargetSelector, validate_selector

from custom_components.utility_han.const import DOMAIN


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise vol.Invalid("is no text")
    return value


def _plain(value: Any) -> str:
    """Take a text that Home Assistant fills in nothing of: a state, a unit."""
    if any(field is not None for _, field, _, _ in Formatter().parse(_text(value))):
        raise vol.Invalid("a placeholder is filled in nowhere here")
    return str(value)


@cache
def _material_design() -> frozenset[str]:
    """Return the names of the icons that Home Assistant's frontend has."""
    listed = files("hass_frontend").joinpath("static", "mdi", "iconList.json").read_text()
    return frozenset(f"mdi:{icon['name']}" for icon in json.loads(listed))


def _icon(value: Any) -> str:
    if value not in _material_design():
        raise vol.Invalid(f"{value} is no icon of Home Assistant's")
    return str(value)


def _optional(form: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    return {vol.Optional(key): value for key, value in form.items()}


def _required(form: Mapping[str, Any]) -> dict[vol.Marker, Any]:
    return {vol.Required(key): value for key, value in form.items()}


def _about_fields(page: Mapping[str, Any]) -> Mapping[str, Any]:
    if unknown := page.get("data_description", {}).keys() - page.get("data", {}).keys():
        raise vol.Invalid(f"describes fields that it does not name: {', '.join(sorted(unknown))}")
    return page


_TEXTS = {str: _text}
_FIELDS = {"data": _TEXTS, "data_description": _TEXTS, "description": _text}
_SECTION = vol.All(_optional({**_FIELDS, "name": _text}), _about_fields)
_PAGE = vol.All(
    _optional(
        {
            **_FIELDS,
            "title": _text,
            "menu_options": _TEXTS,
            "menu_option_descriptions": _TEXTS,
            "submit": _text,
            "sections": {str: _SECTION},
        }
    ),
    _about_fields,
)
_DIALOG: dict[Any, Any] = {
    vol.Required("step"): {str: _PAGE},
    **_optional({"error": _TEXTS, "abort": _TEXTS, "progress": _TEXTS, "create_entry": _TEXTS}),
}
_SAID = {
    **_required({"name": _text, "description": _text}),
    **_optional(
        {
            "fields": {cv.slug: {**_required({"name": _text, "description": _text}), vol.Optional("example"): _text}},
            "sections": {cv.slug: {vol.Required("name"): _text, vol.Optional("description"): _text}},
        }
    ),
}
_STATED = {"name": _text, "state": {str: _plain}}
TRANSLATIONS = vol.Schema(
    _optional(
        {
            "title": _text,
            "config": {**_DIALOG, vol.Optional("flow_title"): _text},
            "options": _DIALOG,
            "config_subentries": {
                cv.slug: {
                    **_DIALOG,
                    vol.Required("entry_type"): _text,
                    vol.Required("initiate_flow"): {vol.Required("user"): _text, str: _text},
                }
            },
            "selector": {cv.slug: _optional({"options": _TEXTS, "choices": _TEXTS, "unit_of_measurement": _TEXTS})},
            "device_automation": _optional(
                dict.fromkeys(
                    (
                        "action_type",
                        "condition_type",
                        "trigger_type",
                        "trigger_subtype",
                        "extra_fields",
                        "extra_fields_descriptions",
                    ),
                    _TEXTS,
                )
            ),
            "system_health": {vol.Optional("info"): _TEXTS},
            "application_credentials": {vol.Optional("description"): _text},
            "issues": {
                str: vol.All(
                    {
                        vol.Required("title"): _text,
                        vol.Exclusive("description", "what to do"): _text,
                        vol.Exclusive("fix_flow", "what to do"): _DIALOG,
                    },
                    cv.has_at_least_one_key("description", "fix_flow"),
                )
            },
            "device": {str: {vol.Optional("name"): _text}},
            "entity": {
                cv.slug: {
                    str: _optional(
                        {**_STATED, "state_attributes": {str: _optional(_STATED)}, "unit_of_measurement": _plain}
                    )
                }
            },
            "exceptions": {cv.slug: {vol.Required("message"): _text}},
            "services": {cv.slug: _SAID},
            "triggers": {cv.slug: _SAID},
            "conditions": {cv.slug: _SAID},
            "common": {cv.slug: _text},
        }
    )
)

_ICONS_OF_STATES = {str: _icon}
_SHOWN = {"default": _icon, "state": _ICONS_OF_STATES, "range": {vol.Coerce(float): _icon}}
ICONS = vol.Schema(
    _optional(
        {
            "entity": {cv.slug: {str: _optional({**_SHOWN, "state_attributes": {str: _optional(_SHOWN)}})}},
            "services": {cv.slug: {vol.Required("service"): _icon, vol.Optional("sections"): _ICONS_OF_STATES}},
            "triggers": {cv.slug: {vol.Required("trigger"): _icon}},
            "conditions": {cv.slug: {vol.Required("condition"): _icon}},
        }
    )
)


def _there(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("is nothing")
    return value


_FIELD = _optional(
    {
        "example": _there,
        "default": _there,
        "required": bool,
        "advanced": bool,
        "selector": validate_selector,
        "filter": dict,
        "context": {str: str},
    }
)
_DESCRIBED = vol.Any(
    None,
    _optional(
        {
            "target": vol.Any(None, TargetSelector.CONFIG_SCHEMA),
            "fields": {
                cv.slug: vol.Any(_FIELD, {vol.Required("fields"): {cv.slug: _FIELD}, vol.Optional("collapsed"): bool})
            },
        }
    ),
)
DESCRIBED = vol.Schema({vol.Remove(vol.StartsWith(".")): object, cv.slug: _DESCRIBED})
"""Of actions, triggers and conditions alike. What begins with a dot is there to be referred to."""

_NAMES = [str]
MANIFEST = vol.Schema(
    {
        **_required(
            {
                "domain": DOMAIN,
                "name": str,
                "codeowners": _NAMES,
                "documentation": vol.Url(),
                "issue_tracker": vol.Url(),
                "integration_type": vol.In(("device", "hub", "service")),
                "iot_class": vol.In(
                    ("assumed_state", "calculated", "cloud_polling", "cloud_push", "local_polling", "local_push")
                ),
                "version": str,
            }
        ),
        **_optional(
            {
                "after_dependencies": _NAMES,
                "config_flow": True,
                "dependencies": _NAMES,
                "loggers": _NAMES,
                "requirements": _NAMES,
                "single_config_entry": bool,
                "usb": [
                    _optional(
                        {
                            **dict.fromkeys(("vid", "pid"), vol.Match(r"[0-9A-F]{4}$")),
                            **dict.fromkeys(("description", "manufacturer", "serial_number"), vol.Match(r"[^A-Z]+$")),
                            "known_devices": _NAMES,
                        }
                    )
                ],
                "zeroconf": [vol.Match(r"_[a-z0-9-]+\._(tcp|udp)\.local\.$")],
            }
        ),
    }
)


def form_problems(where: str, form: Callable[[Any], Any], read: Any) -> Iterator[str]:
    """Yield where what was ``read`` from a file is not of its ``form``."""
    try:
        form(read)
    except vol.MultipleInvalid as err:
        yield from (f"{where}: {'.'.join(map(str, each.path))}: {each.msg}" for each in err.errors)
    except vol.Invalid as err:
        yield f"{where}: {err}"
