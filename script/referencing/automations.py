"""Actions, triggers, conditions and blueprints, each with its fields."""

from collections.abc import Iterator

from homeassistant.util.yaml import load_yaml_dict

from custom_components.utility_han.const import DOMAIN
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

The editor of automations finds them by *Utility HAN*. What they are good for:
[Automations](../homeowner/automations.md).
"""
_PARTS = {
    "triggers": ("Triggers", "Each is about the targets that are chosen: gateways, devices, vehicles, areas, labels."),
    "conditions": ("Conditions", "Each is about the targets that are chosen, as triggers are."),
}


def actions() -> str:
    """Return the page of the actions."""
    return joined([_ACTIONS, *_all("services", "##")])


def page() -> str:
    """Return the page of what automations are made of besides."""
    lines = [_AUTOMATIONS]
    for kind, (title, about) in _PARTS.items():
        lines += [f"## {title}", "", about, "", *_all(kind, "###")]
    triggers = texts()["device_automation"]["trigger_type"]
    lines += ["## Device triggers", "", "On the page of each gateway, device and vehicle.", ""]
    lines += table(("type", "what happened"), ((f"`{name}`", said) for name, said in sorted(triggers.items())))
    lines += ["## Blueprints", "", "Under Settings → Automations & scenes → Blueprints.", ""]
    lines += table(("file", "name", "what it does"), _blueprints())
    return joined(lines)


def _all(kind: str, level: str) -> Iterator[str]:
    for name, about in sorted(described(kind).items()):
        said = texts()[kind][name]
        # What the editor's search finds them by is said once, above.
        about_it = said["description"].removeprefix("Utility HAN: ")
        yield from (f"{level} {said['name']}", "", f"`{DOMAIN}.{name}`. {about_it[0].upper()}{about_it[1:]}", "")
        yield from table(
            ("field", "needed", "what it is"),
            (
                (
                    f"`{field}`",
                    "yes" if schema.get("required") else "",
                    f"{said['fields'][field]['name']}: {said['fields'][field]['description']}",
                )
                for field, schema in fields_of(about)
            ),
        )


def _blueprints() -> Iterator[tuple[str, str, str]]:
    for file in sorted((COMPONENT / "blueprints" / "automation").glob("*.yaml")):
        blueprint = load_yaml_dict(str(file))["blueprint"]
        yield f"`{file.name}`", blueprint["name"], blueprint["description"]
