"""Checks what Home Assistant reads by name: manifest, actions, triggers, conditions, icons, texts, quality scale.

usage: python -m script.check_integration

The rules are those of Home Assistant's hassfest, which is no package; ``.github/workflows/check.yml`` runs hassfest
itself. What hassfest asks of core's integrations only (icons, names and descriptions of everything) is asked here too.
Selectors are read by Home Assistant's own validators. Not checked here: what hassfest looks up outside of
the integration (whether packages can be installed, licences, brands). What may be in each file at all is in
``script.schemas``.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import probatio
import yaml
from awesomeversion import AwesomeVersion
from homeassistant.const import Platform
from homeassistant.helpers.selector import validate_selector

from custom_components.utility_han.const import DOMAIN
from script.schemas import DESCRIBED, ICONS, MANIFEST, TRANSLATIONS, form_problems

ROOT = Path(__file__).parent.parent
COMPONENT = ROOT / "custom_components" / DOMAIN
SAID = ("services", "triggers", "conditions")
"""The files and keys of what automations are made of."""
_NEEDED = (
    "codeowners",
    "documentation",
    "domain",
    "integration_type",
    "iot_class",
    "issue_tracker",
    "name",
    "version",
)
_ALWAYS_THERE = frozenset(
    {
        "conversation",
        "device_automation",
        "frontend",
        "homeassistant",
        "persistent_notification",
        "system_health",
        "webhook",
    }
)
"""Parts of Home Assistant that hassfest lets anybody import (``ALLOWED_USED_COMPONENTS``); of those, what we do."""
_SHOWN = frozenset(
    {
        "ConfigEntryAuthFailed",
        "ConfigEntryError",
        "ConfigEntryNotReady",
        "HomeAssistantError",
        "ServiceValidationError",
        "UpdateFailed",
    }
)
"""Errors of Home Assistant's that people see."""
_KEY = re.compile(r"(?!.*[_-]{2})[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_MARKUP = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9]://[\w-]+\.[a-z0-9.-]*[a-z]|www\.[a-z0-9-]", re.IGNORECASE)
"""An address of the Web; Home Assistant wants it filled in, so that no translation leads elsewhere."""
_QUOTED = re.compile(r"'\{\w+\}'")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"(?:[\w.-]+/)+[\w-]+(?:\.(?:py|md|toml))?")
"""A file or folder, by its path."""
_STATUS = ("done", "exempt", "todo")
TIERS: Mapping[str, tuple[str, ...]] = {
    "bronze": (
        "action-setup", "appropriate-polling", "brands", "common-modules", "config-flow", "config-flow-test-coverage",
        "dependency-transparency", "docs-actions", "docs-conditions", "docs-high-level-description",
        "docs-installation-instructions", "docs-removal-instructions", "docs-triggers", "entity-event-setup",
        "entity-unique-id", "has-entity-name", "runtime-data", "test-before-configure", "test-before-setup",
        "unique-config-entry",
    ),
    "silver": (
        "action-exceptions", "config-entry-unloading", "docs-configuration-parameters", "docs-installation-parameters",
        "entity-unavailable", "integration-owner", "log-when-unavailable", "parallel-updates", "reauthentication-flow",
        "test-coverage",
    ),
    "gold": (
        "devices", "diagnostics", "discovery", "discovery-update-info", "docs-data-update", "docs-examples",
        "docs-known-limitations", "docs-supported-devices", "docs-supported-functions", "docs-troubleshooting",
        "docs-use-cases", "dynamic-devices", "entity-category", "entity-device-class", "entity-disabled-by-default",
        "entity-translations", "exception-translations", "icon-translations", "reconfiguration-flow", "repair-issues",
        "stale-devices",
    ),
    "platinum": ("async-dependency", "inject-websession", "strict-typing"),
}  # fmt: skip
"""The rules of Home Assistant's integration quality scale (developers.home-assistant.io) by tier."""


@cache
def _read(name: str) -> Any:
    """Return a file of the component."""
    text = (COMPONENT / name).read_text()
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


@cache
def _modules() -> list[tuple[str, ast.Module]]:
    """Return the component's modules, by their paths in it."""
    files = sorted(COMPONENT.rglob("*.py"))
    return [(str(file.relative_to(COMPONENT)), ast.parse(file.read_text())) for file in files]


def manifest_problems(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a manifest."""
    yield from (f"manifest: {key} is missing" for key in _NEEDED if key not in manifest)
    keys = list(manifest)
    if keys != [*keys[:2], *sorted(keys[2:])] or keys[:2] != ["domain", "name"]:
        yield "manifest: keys are domain, name, and the others by the alphabet"
    if manifest.get("domain") != COMPONENT.name:
        yield "manifest: domain is not the name of the folder"
    for key in ("documentation", "issue_tracker"):
        if not str(manifest.get(key)).startswith("https://"):
            yield f"manifest: {key} is no https address"
    yield from (f"manifest: {each} is no code owner" for each in manifest["codeowners"] if not each.startswith("@"))
    if not AwesomeVersion(manifest["version"]).valid:
        yield "manifest: version is none"
    for key in ("after_dependencies", "dependencies", "loggers", "requirements", "zeroconf"):
        if manifest[key] != sorted(manifest[key]):
            yield f"manifest: {key} are not in order"
    yield from (f"manifest: {each} is not pinned" for each in manifest["requirements"] if "==" not in each)


def import_problems(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts of Home Assistant that are imported, and named nowhere."""
    named = {*manifest["dependencies"], *manifest["after_dependencies"], *_ALWAYS_THERE, *Platform}
    named |= {file.stem for file in COMPONENT.glob("*.py")}  # what we are a part of, as diagnostics
    for where, tree in _modules():
        for domain in sorted(_components_of(tree)):
            if domain not in named:
                yield f"{where}: {domain} is imported, and is no dependency in the manifest"


def _components_of(tree: ast.Module) -> set[str]:
    whole = "homeassistant.components"
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == whole:
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{whole}."):
            found.add(str(node.module).split(".")[2])
    return found


def error_problems(tree: ast.Module, where: str) -> Iterator[str]:
    """Yield where an error that Home Assistant shows to people is made without a translation."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SHOWN):
            continue
        if "translation_key" not in {keyword.arg for keyword in node.keywords}:
            yield f"{where}:{node.lineno}: {node.func.id} without a translation_key"


def said_problems(
    kind: str, described: Mapping[str, Any], texts: Mapping[str, Any], icons: Iterable[str]
) -> Iterator[str]:
    """Yield what is wrong with actions, triggers or conditions (``kind``), their ``texts`` and their icons."""
    shown = {name: each or {} for name, each in described.items() if not name.startswith(".")}
    spoken = texts.get(kind, {})
    yield from (f"{kind}: {name} has texts, and is none" for name in spoken.keys() - shown.keys())
    yield from (f"{kind}: {name} has an icon, and is none" for name in set(icons) - shown.keys())
    for name, each in shown.items():
        said = spoken.get(name, {})
        yield from (f"{kind}.{name}: no {what}" for what in ("name", "description") if what not in said)
        if name not in icons:
            yield f"{kind}.{name}: no icon in icons.json"
        for field, schema in fields_of(each):
            about = said.get("fields", {}).get(field, {})
            yield from (f"{kind}.{name}.{field}: no {what}" for what in ("name", "description") if what not in about)
            yield from _selector_problems(f"{kind}.{name}.{field}", schema.get("selector"), texts)
        sections = {field for field, schema in each.get("fields", {}).items() if "fields" in schema}
        yield from (
            f"{kind}.{name}: section {field} has no name" for field in sections - said.get("sections", {}).keys()
        )


def fields_of(described: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the fields of an action, trigger or condition, also those in sections."""
    for field, schema in described.get("fields", {}).items():
        if "fields" in schema:
            yield from schema["fields"].items()
        else:
            yield field, schema


def _selector_problems(where: str, selector: Any, texts: Mapping[str, Any]) -> Iterator[str]:
    if selector is None:
        return
    try:
        validate_selector(selector)
    except probatio.Invalid as err:
        yield f"{where}: {err}"
    key = (selector.get("select") or {}).get("translation_key")
    if key is not None and key not in texts["selector"]:
        yield f"{where}: the options {key} have no texts"


def icon_problems(icons: Mapping[str, Any], path: str = "icons") -> Iterator[str]:
    """Yield states with the icon that they have anyway."""
    for key, icon in icons.items():
        if isinstance(icon, Mapping):
            yield from icon_problems(icon, f"{path}.{key}")
    states = icons.get("state")
    if isinstance(states, Mapping):
        yield from (
            f"{path}.state.{name}: is the default" for name, icon in states.items() if icon == icons.get("default")
        )


def text_problems(language: str, texts: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Yield texts that Home Assistant does not take: markup, addresses, odd keys or placeholders, blanks around."""
    for key, text in texts.items():
        where = f"{path}{key}"
        if _KEY.fullmatch(key) is None and not (path == "" and key == "_"):
            yield f"{language}: {where} is no key"
        if isinstance(text, Mapping):
            yield from text_problems(language, text, f"{where}.")
            continue
        if text != text.strip():
            yield f"{language}: {where} begins or ends with a blank"
        if _MARKUP.search(text):
            yield f"{language}: {where} has markup"
        if address := _ADDRESS.search(text):
            yield f"{language}: {where} has an address ({address[0]}), which has to be a placeholder"
        if _QUOTED.search(text):
            yield f"{language}: {where} has a placeholder in single quotes"
        yield from (
            f"{language}: {where} has the placeholder {each}"
            for each in _PLACEHOLDER.findall(text)
            if not each.isidentifier()
        )


def rule_problems(rules: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with ``quality_scale.yaml``: rules that are missing or none, without reason, or nowhere."""
    known = {rule for tier in TIERS.values() for rule in tier}
    yield from (f"quality_scale: {rule} is missing" for rule in known - rules.keys())
    yield from (f"quality_scale: {rule} is no rule" for rule in rules.keys() - known)
    for rule, told in rules.items():
        status, why = (told, "") if isinstance(told, str) else (told.get("status"), told.get("comment", ""))
        if status not in _STATUS:
            yield f"quality_scale: {rule} is {status}"
        if not why:
            yield f"quality_scale: {rule} says no reason or place"
        for place in _PLACE.findall(why):
            if not any((root / place).exists() for root in (COMPONENT, ROOT)):
                yield f"quality_scale: {rule} names {place}, and there is none"


def problems() -> Iterator[str]:
    """Yield what is wrong, in words."""
    manifest, icons, english = _read("manifest.json"), _read("icons.json"), _read("translations/en.json")
    yield from form_problems("manifest", MANIFEST, manifest)
    yield from manifest_problems(manifest)
    yield from import_problems(manifest)
    for where, tree in _modules():
        yield from error_problems(tree, where)
    for kind in SAID:
        yield from form_problems(kind, DESCRIBED, _read(f"{kind}.yaml"))
        yield from said_problems(kind, _read(f"{kind}.yaml"), english, icons.get(kind, {}))
    yield from form_problems("icons", ICONS, icons)
    yield from icon_problems(icons)
    for file in sorted((COMPONENT / "translations").glob("*.json")):
        yield from form_problems(file.stem, TRANSLATIONS, _read(f"translations/{file.name}"))
        yield from text_problems(file.stem, _read(f"translations/{file.name}"))
    yield from rule_problems(_read("quality_scale.yaml")["rules"])


def main() -> int:
    """Print the problems; 1 if there are any."""
    found = sorted(problems())
    for problem in found:
        print(problem)
    print(f"integration: {len(found)} problems")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
