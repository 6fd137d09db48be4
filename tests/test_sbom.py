"""What a release is made of is told as others read it; and what is installed is what was locked."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from script import releasing
from script.sbom import bill_of_materials

ROOT = Path(__file__).parent.parent
SCHEMAS = {path.name: json.loads(path.read_text()) for path in (ROOT / "tests" / "cyclonedx").glob("*.schema.json")}
"""Of CycloneDX 1.5 (ECMA-424), as cyclonedx-python-lib 11.12.0 carries them; Apache License 2.0."""
REGISTRY = Registry().with_resources(
    (name, Resource.from_contents(each))
    for file, each in SCHEMAS.items()
    for name in (file, f"http://cyclonedx.org/schema/{file}")
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "utility_han.zip"
    releasing.pack(path)
    return path


@pytest.fixture(scope="module")
def document(archive: Path) -> dict[str, Any]:
    return bill_of_materials(archive)


def _wrong(document: dict[str, Any]) -> list[str]:
    schema = SCHEMAS["bom-1.5.SNAPSHOT.schema.json"]
    return [each.message for each in Draft7Validator(schema, registry=REGISTRY).iter_errors(document)]


def test_document_is_valid(document: dict[str, Any]) -> None:
    assert _wrong(document) == []
    assert _wrong({**document, "components": [{"name": "of no type"}]}) != []
    refs = {each["bom-ref"] for each in document["components"]}
    assert len(refs) == len(document["components"])
    for each in document["dependencies"]:
        assert {each["ref"], *each["dependsOn"]} <= {"utility_han", *refs}


def test_it_has_what_the_release_asks_for_with_hashes(document: dict[str, Any], archive: Path) -> None:
    found = {each["name"]: each for each in document["components"]}
    manifest = json.loads((ROOT / releasing.COMPONENT / "manifest.json").read_text())
    for requirement in manifest["requirements"]:
        name, version = re.sub(r"\[.*\]", "", requirement).split("==")
        assert found[name]["version"] == version
    assert {"lit", "lit-html"} <= found.keys()  # built into the home page
    assert "homeassistant" not in found  # it is there already
    assert not {"esbuild", "pytest"} & found.keys()
    for name, each in found.items():
        of_files = [file["hashes"] for file in each.get("externalReferences", ())]
        assert each.get("hashes") or (of_files and all(of_files)), name
    assert document["metadata"]["component"]["version"] == manifest["version"]


def test_it_is_the_same_each_time(document: dict[str, Any], archive: Path) -> None:
    assert bill_of_materials(archive) == document


def test_every_package_of_python_is_pinned_by_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    for package in lock["package"]:
        if package["source"] != {"virtual": "."}:
            files = [*package.get("wheels", ()), *filter(None, [package.get("sdist")])]
            assert files, package["name"]
            assert all(each["hash"].startswith("sha256:") for each in files), package["name"]
    assert "uv sync --quiet --locked" in (ROOT / "script" / "setup").read_text()


def test_every_package_of_the_home_page_is_pinned_by_hash() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text())
    loose = [name for name, each in lock["packages"].items() if name and not each.get("integrity")]
    assert loose == []
    assert "npm ci" in (ROOT / "script" / "frontend").read_text()
