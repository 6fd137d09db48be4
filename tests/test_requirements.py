"""Every package that the integration imports is there where it is installed: by its manifest, or by Home Assistant."""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import homeassistant
import pytest
from packaging.requirements import Requirement

from script.check_integration import COMPONENT

ZIGBEE = COMPONENT / "gateway" / "zigbee"
OF_HOME_ASSISTANT = Path(homeassistant.__file__).parent / "components"


def named(name: str) -> str:
    """Return a distribution's name as PyPA normalizes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def manifest_of(domain: str) -> dict[str, list[str]]:
    """Return the manifest of one of Home Assistant's integrations, by its lists."""
    found: dict[str, list[str]] = json.loads((OF_HOME_ASSISTANT / domain / "manifest.json").read_text())
    return found


def required(domains: Iterable[str]) -> Iterator[Requirement]:
    """Yield what integrations require, and those that they depend on."""
    todo, known = list(domains), set[str]()
    while todo:
        if (domain := todo.pop()) in known:
            continue
        known.add(domain)
        manifest = manifest_of(domain)
        yield from map(Requirement, manifest.get("requirements", []))
        todo += manifest.get("dependencies", [])


@cache
def brought(*roots: str) -> frozenset[str]:
    """Return the distributions that come with these requirements, themselves among them."""
    found = set[str]()
    todo = [Requirement(each) for each in roots]
    while todo:
        requirement = todo.pop()
        extras = requirement.extras or {""}
        if (name := named(requirement.name)) in found and extras == {""}:
            continue
        found.add(name)
        try:
            further = [Requirement(each) for each in requires(name) or ()]
        except PackageNotFoundError:
            continue  # of another platform
        todo += [
            each for each in further if not each.marker or any(each.marker.evaluate({"extra": e}) for e in extras)
        ]
    return frozenset(found)


def imported(file: Path) -> set[str]:
    """Return the packages that a file imports of others than Python, Home Assistant and itself."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(str(node.module))
    tops = {name.partition(".")[0] for name in names}
    return tops - sys.stdlib_module_names - {"homeassistant", "custom_components"}


@pytest.mark.parametrize("of_radios", [False, True], ids=["without a radio", "with one"])
def test_what_is_imported_is_required(*, of_radios: bool) -> None:
    ours = json.loads((COMPONENT / "manifest.json").read_text())
    parts = [*ours["dependencies"], *ours["after_dependencies"], *(("zha", "rainforest_raven") if of_radios else ())]
    there = brought("homeassistant", *ours["requirements"], *map(str, required(parts)))
    distributions = packages_distributions()
    files = [file for file in sorted(COMPONENT.rglob("*.py")) if (ZIGBEE in file.parents) == of_radios]
    assert files
    lacking = {
        f"{file.relative_to(COMPONENT)}: {package}"
        for file in files
        for package in imported(file)
        if not there & {named(each) for each in distributions.get(package, ())}
    }
    assert lacking == set()


def test_package_that_nobody_requires_would_be_found() -> None:
    there = brought("homeassistant")
    assert "aiohttp" in there
    assert "reportlab" not in there
