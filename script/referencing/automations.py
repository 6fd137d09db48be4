"""Actions, triggers, conditions and blueprints, each with its fields, and how it is written."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from homeassistant.helpers.condition import BEHAVIOR_ALL, BEHAVIOR_ANY
from homeassistant.helpers.trigger import BEHAVIOR_EACH, BEHAVIOR_FIRST
from homeassistant.util.yaml import load_yaml_dict

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.trigger import TRIGGERS
from script.check_integration import fields_of

from .sources import COMPONENT, described, joined, table, texts

_ACTIONS = """\
# Actions

Every action is there whether or not a hub is loaded; where it is not, the action says so. Examples stand with what
they are good for: [prices](../homeowner/prices.md), [vehicles](../homeowner/vehicles.md#statements),
[automations](../homeowner/automations.md).
"""
_AUTOMATIONS = """\
# Triggers, conditions, blueprints

What they are good for: [Automations](../homeowner/automations.md).

**In the editor**: Settings → Automations & scenes → *Create automation* → *Create new automation*. Under *When* choose
*Add trigger*, under *And if* *Add condition*, and search for *Utility HAN*; or choose a gateway, device, vehicle, area
or label *By target*, and then one of those that are listed for it. The options have the names of the tables.

**In YAML** a target is any of `device_id`, `area_id`, `floor_id` and `label_id`, each one or a list, which have those
of their entities found that are meant; or `entity_id`, the entity that shows it. What has a default may be left out. A
threshold is of a `type`: `above` or `below` a `value`, `between` or `outside` of `value_min` and `value_max`; each of
these is a `number`, or an `entity` that has one.
"""
_PARTS = {
    "triggers": (
        "Triggers",
        "What an automation knows of what happened is named with each: `trigger.device_id` in a template, say.",
    ),
    "conditions": ("Conditions", "Each tests the targets that are chosen. What is unavailable is not counted."),
}
_KNOWN = {
    "Told": ("entity_id", "device_id", "type", "attributes"),
    "Became": ("entity_id", "from_state", "to_state", "for"),
    "Crossed": ("entity_id", "from_state", "to_state", "for"),
    "Ahead": ("entity_id", "time", "offset", "to_state"),
}
"""What a trigger hands on, by its kind (``hub/automation.py``)."""
_BEHAVIORS = {"trigger": (BEHAVIOR_EACH, BEHAVIOR_FIRST, BEHAVIOR_ALL), "condition": (BEHAVIOR_ANY, BEHAVIOR_ALL)}
_TARGET = {"label_id": "utility"}
_THRESHOLD = {"type": "below", "value": {"number": 0.2}}


def actions() -> str:
    """Return the page of the actions."""
    lines = [_ACTIONS]
    for name, about in sorted(described("services").items()):
        lines += [*_headed("services", name, "##"), *_fields("services", name, about)]
    return joined(lines)


def page() -> str:
    """Return the page of what automations are made of besides."""
    lines = [_AUTOMATIONS]
    for kind, (title, about) in _PARTS.items():
        lines += [f"## {title}", "", about, ""]
        for name, each in sorted(described(kind).items()):
            lines += [*_headed(kind, name, "###"), *_options(kind, name, each), *_written(kind, name, each)]
    triggers = texts()["device_automation"]["trigger_type"]
    lines += ["## Device triggers", "", "On the page of each gateway, device and vehicle.", ""]
    lines += table(("type", "what happened"), ((f"`{name}`", said) for name, said in sorted(triggers.items())))
    lines += ["## Blueprints", "", "Under Settings → Automations & scenes → Blueprints.", ""]
    lines += table(("file", "name", "what it does"), _blueprints())
    return joined(lines)


def _headed(kind: str, name: str, level: str) -> Iterator[str]:
    said = texts()[kind][name]
    # What the editor's search finds them by is said once, above.
    about = said["description"].removeprefix("Utility HAN: ")
    known = "" if kind != "triggers" else f" Known: {', '.join(f'`trigger.{each}`' for each in known_of(name))}."
    yield from (f"{level} {said['name']}", "", f"`{DOMAIN}.{name}`. {about[0].upper()}{about[1:]}{known}", "")


def known_of(trigger: str) -> tuple[str, ...]:
    """Return what an automation knows that a trigger began, besides what Home Assistant says of any."""
    return _KNOWN[TRIGGERS[trigger].__name__]


def _said(kind: str, name: str, field: str) -> str:
    said = texts()[kind][name]["fields"][field]
    return f"{said['name']}: {said['description']}"


def _fields(kind: str, name: str, about: Mapping[str, Any]) -> Iterator[str]:
    rows = (
        (f"`{field}`", "yes" if schema.get("required") else "", _said(kind, name, field))
        for field, schema in fields_of(about)
    )
    return table(("field", "needed", "what it is"), rows)


def _options(kind: str, name: str, about: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options, which the editor asks for and of which YAML wants those only that have no default."""
    rows = (
        (f"`{option}`", _default(schema) or "", _said(kind, name, option) + _choices(schema["selector"]))
        for option, schema in fields_of(about)
    )
    return table(("option", "default", "what it is"), rows)


def _default(schema: Mapping[str, Any]) -> str | None:
    default = schema.get("default")
    return None if default is None else str(default)


def _choices(selector: Mapping[str, Any]) -> str:
    behavior = selector.get("automation_behavior")
    return "" if behavior is None else f" ({', '.join(f'`{each}`' for each in _BEHAVIORS[behavior['mode']])})"


def _written(kind: str, name: str, about: Mapping[str, Any]) -> Iterator[str]:
    options = {field: _default(schema) or _THRESHOLD for field, schema in fields_of(about)}
    one = {kind.removesuffix("s"): f"{DOMAIN}.{name}", "target": _TARGET, **({"options": options} if options else {})}
    yield from ("```yaml", yaml.safe_dump({kind: [one]}, sort_keys=False).strip(), "```", "")


def _blueprints() -> Iterator[tuple[str, str, str]]:
    for file in sorted((COMPONENT / "blueprints" / "automation").glob("*.yaml")):
        blueprint = load_yaml_dict(str(file))["blueprint"]
        yield f"`{file.name}`", blueprint["name"], blueprint["description"]
