"""The documentation: no link leads nowhere, as files or as a site, and the reference leaves nothing out."""

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from pymdownx.slugs import slugify

from script.reference import FOLDER
from script.referencing import PAGES
from script.referencing.sources import COMPONENT, texts

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"\]\((?![a-z]+:|/)([^)#\s]*)(?:#([^)\s]*))?\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_slug = slugify(case="lower")


def pages() -> Iterator[Path]:
    yield from ROOT.glob("*.md")
    for room in ("custom_components", "docs", "simulator", "tests"):
        yield from (ROOT / room).rglob("*.md")


@cache
def anchors(page: Path) -> frozenset[str]:
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return frozenset(_slug(re.sub(r"[`*]|\[|\]\([^)]*\)", "", each), "-") for each in heads)


def test_every_link_of_a_file_leads_to_a_file_and_its_heading() -> None:
    nowhere = []
    for page in pages():
        for path, anchor in _LINK.findall(_CODE.sub("", page.read_text())):
            target = (page.parent / unquote(path)).resolve() if path else page
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
                nowhere.append(f"{page.relative_to(ROOT)}: {path}#{anchor}")
    assert nowhere == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / path).resolve() for page in pages() for path, _ in _LINK.findall(page.read_text())}
    assert [each.name for each in (ROOT / "docs" / "images").iterdir() if each not in shown] == []


def test_what_is_said_of_the_home_page_is_so() -> None:
    said = (ROOT / "docs" / "experience.md").read_text()
    home = (COMPONENT / "www" / "home.js").read_bytes()
    sizes = re.search(r"^\| size \| (\d+) kB, (\d+) kB compressed \|$", said, re.MULTILINE)
    assert sizes is not None
    # What compresses differs a little from machine to machine.
    assert [len(home) / 1000, len(gzip.compress(home)) / 1000] == pytest.approx(
        [int(each) for each in sizes.groups()], rel=0.03
    )
    named = json.loads((ROOT / "frontend" / "package.json").read_text())["devDependencies"]
    locked = [each for each in json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"] if each]
    assert f"{len(named)} in `frontend/package.json`, {len(locked)} with" in said


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("[gone](nowhere.md)", "nowhere.md"),
        ("[gone](../custom_components/nowhere.py)", "nowhere.py"),
        ("[gone](architecture.md#nowhere)", "#nowhere"),
        ("[there](../custom_components/utility_han/const.py) and [there](../CONTRIBUTING.md#recipes)", ""),
    ],
)
def test_site_is_not_built_with_a_link_that_leads_nowhere(tmp_path: Path, page: str, said: str) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    with (tmp_path / "docs" / "openadr.md").open("a") as written:
        written.write(f"\n{page}\n")
    hook = ROOT / "script" / "site_pages.py"
    (tmp_path / "mkdocs.yml").write_text(f"INHERIT: {ROOT / 'mkdocs.yml'}\ndocs_dir: docs\nhooks: ['{hook}']\n")
    built = subprocess.run(  # noqa: S603 - mkdocs of this environment
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", tmp_path / "mkdocs.yml"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (built.returncode == 0) == (not said), built.stderr
    assert said in built.stderr


def test_reference_is_what_the_code_says() -> None:
    assert {name: (FOLDER / name).read_text() == make() for name, make in PAGES.items()} == dict.fromkeys(PAGES, True)


def test_reference_has_every_entity() -> None:
    page = (FOLDER / "entities.md").read_text()
    named: Mapping[str, Mapping[str, Any]] = texts()["entity"]
    # What is measured by tier and by phase is told in words.
    missing = [
        f"{platform}.{key}"
        for platform, entities in named.items()
        for key, about in entities.items()
        if "name" in about
        and not re.search(r"\{(?:tier|phase)\}", about["name"])
        and f"| {about['name'].replace('{source}', '')} |" not in page
    ]
    assert missing == ["sensor.apparent_energy", "sensor.energy", "sensor.reactive_energy"]  # of no direction


def test_reference_has_every_action_trigger_and_condition() -> None:
    for kind, name in (("services", "actions.md"), ("triggers", "automations.md"), ("conditions", "automations.md")):
        described = yaml.safe_load((COMPONENT / f"{kind}.yaml").read_text())
        page = (FOLDER / name).read_text()
        assert [each for each in described if each[0] != "." and f"`utility_han.{each}`" not in page] == []


def test_reference_has_every_error() -> None:
    page = (FOLDER / "errors.md").read_text()
    told = json.loads((COMPONENT / "translations" / "en.json").read_text())
    assert [each for each in (*told["issues"], *told["exceptions"]) if f"| `{each}` |" not in page] == []
