"""docs/use-cases.md tells the truth: every step it calls done names tests that are marked with it, and exist."""

import ast
import re
from collections.abc import Set
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "use-cases.md").read_text()
BEFORE, _, AFTER = TEXT.partition("## The same with OpenADR\n")
OPENADR, _, REST = AFTER.partition("\n## ")
OCPI = (ROOT / "docs" / "ocpi.md").read_text()
GREEN_BUTTON = (ROOT / "docs" / "green-button.md").read_text()
ROW = re.compile(r"^\| ((?:SC|IP|UR|RD|DM)-\S+) \|(.*)\|$", re.MULTILINE)
FILE = re.compile(r"`([\w/]+/test_\w+\.py)`")
CODE = re.compile(r"`(\w[\w/]*(?:\.py|/))`(?: \(((?:`[\w.]+`(?:, )?)+)\))?")
CODE_ROOTS = (ROOT / "custom_components" / "utility_han", ROOT)


@cache
def marked_steps(path: Path) -> Set[str]:
    """Return the step ids that the tests of a file are marked with."""
    steps: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "use_case":
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                steps |= {f"IP-{number}" for number in range(1, 12)}
            steps |= {str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)}
    return steps


@pytest.mark.parametrize(("step", "row"), ROW.findall(TEXT))
def test_every_step_has_its_tests(step: str, row: str) -> None:
    files = FILE.findall(row)
    assert files
    for name in files:
        assert step in marked_steps(ROOT / "tests" / name), f"{name} has no test of {step}"


@pytest.mark.parametrize(("step", "row"), ROW.findall(TEXT))
def test_the_code_of_every_step_is_where_it_says(step: str, row: str) -> None:
    places = CODE.findall(row.split("|")[1])
    assert places
    for name, symbols in places:
        found = [root / name for root in CODE_ROOTS if (root / name).exists()]
        assert found, f"{step}: there is no {name}"
        for symbol in re.findall(r"\w+(?=`)", symbols):
            assert symbol in found[0].read_text(), f"{step}: {name} has no {symbol}"


DRIVEN = re.compile(
    r"(?:(?:TLS|TLS's port \(TCP\)|radio|HTTP)(?:, )?)+: "
    r"(?:simulator(?: beside sep2_client| as Wireshark reads it)?|canned server|GridAPPS-D's server)|none: .+"
)
SIGNS = {
    "TLS": r"gateway|meter|patient|world|hub|server",
    "radio": r"BOTH_TRANSPORTS|\"ezsp\"|^# \S*(?:zigbee|radio)",
    "HTTP": r"utility|patient|world|hub|flow|linked",
    "canned server": r"canned\.serving",
    "GridAPPS-D's server": r"^# \S*gridappsd",
    "sep2_client": r"^# \S*sep2",
    "Wireshark": r"^# \S*wireshark",
}
"""What a test that drives something over a wire, or against somebody, has in it or in its file's name."""


@cache
def functions(path: Path) -> list[tuple[list[str], str]]:
    """Return the decorators and the text of each function of a file."""
    text = path.read_text()

    def segment(node: ast.AST) -> str:
        return ast.get_source_segment(text, node) or ""

    return [
        ([segment(each) for each in node.decorator_list], segment(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def written_for(step: str, names: list[str]) -> str:
    """Return the tests of a step as they are written, each after the name of its file."""
    found = []
    for name in names:
        for marks, text in functions(ROOT / "tests" / name):
            if any("use_case" in mark and (f'"{step}"' in mark or "*" in mark) for mark in marks):
                found += [f"# {name}", *marks, text]
    return "\n".join(found)


@pytest.mark.parametrize(("step", "row"), ROW.findall(BEFORE + REST))
def test_every_step_says_over_which_wire_it_was_driven_and_against_whom(step: str, row: str) -> None:
    cells = [cell.strip() for cell in row.split("|")]
    assert len(cells) == 4, f"{step}: what happens, code, tests, driven over"
    tests = written_for(step, FILE.findall(cells[2]))
    for part in cells[3].split("; ") if not cells[3].startswith("none: ") else [cells[3]]:
        assert DRIVEN.fullmatch(part), f"{step}: {part}"
        for what, sign in SIGNS.items():
            if what in part and not part.startswith("none: "):
                assert re.search(sign, tests, re.MULTILINE), f"{step}: none of its tests has {what}"


@pytest.mark.parametrize("said", ["", "simulator", "TLS", "TLS: memory", "carrier pigeon: simulator", "none: "])
def test_a_step_that_does_not_say_so_is_found(said: str) -> None:
    with pytest.raises(AssertionError):
        test_every_step_says_over_which_wire_it_was_driven_and_against_whom(
            "IP-1", f" what | `hub/reach/wifi.py` | `component/test_commissioning_flow.py` | {said} "
        )


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    names = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", text)
    assert names
    assert not [name for name in names if not any((root / name).exists() for root in CODE_ROOTS)]


def test_contributing_names_what_is_in_the_files() -> None:
    named = re.findall(r"`([A-Za-z_]\w*)`,?\s+(?:in|of)\s+`([\w./]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text())
    assert len(named) > 10
    files = {path: next(root / path for root in CODE_ROOTS if (root / path).exists()) for _, path in named}
    assert [(name, path) for name, path in named if name not in files[path].read_text()] == []


def test_all_that_is_done_is_there() -> None:
    rows = dict(ROW.findall(BEFORE + REST))
    assert {f"IP-{number}" for number in range(1, 12)} <= rows.keys()
    assert {f"UR-{step}" for step in (*range(1, 11), *range(12, 16), "a", "b", "c", "P")} <= rows.keys()
    assert {
        f"RD-{step}" for step in (*range(1, 8), 9, 10, 11, "5a", "8a", "8b", "10a", "10b", "12a", "12b")
    } <= rows.keys()
    assert {f"DM-{step}" for step in (1, 2, 3, "4a", "4b", "5a", "5b", 6)} <= rows.keys()


PROVEN = re.compile(
    r"HTTPS: simulated VTN(?P<openleadr>, openleadr-vtn)?(?P<client>, openadr3-client)?(?P<mqtt>; MQTT: Mosquitto)?"
)
STEP = re.compile(r"\b(?:SC|IP|UR|RD|DM)-\w+")
MEETS_A_VTN = re.compile(r"\b(?:vtn|home|patient|make_home)\b")
"""The fixtures of tests that script/interop runs, where they are not marked otherwise."""


def driven_by(step: str, names: list[str]) -> tuple[str, bool]:
    """Return the files that have tests of a step, and whether another VTN meets one of the tests."""
    files, meets = [], False
    for name in names:
        text = (ROOT / "tests" / name).read_text()
        tree = ast.parse(text)
        of_all = "".join(ast.unparse(node) for node in tree.body if ast.unparse(node).startswith("pytestmark"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.AsyncFunctionDef) or not node.name.startswith("test"):
                continue
            marks = of_all + "".join(ast.unparse(each) for each in node.decorator_list)
            if f"'{step}'" in marks:
                files.append(text)
                meets |= "simulator_only" not in marks and bool(MEETS_A_VTN.search(ast.unparse(node.args)))
    return "\n".join(files), meets


@pytest.mark.parametrize(("step", "row"), ROW.findall(OPENADR))
def test_every_step_says_which_vtn_it_was_driven_against(step: str, row: str) -> None:
    cells = [cell.strip() for cell in row.split("|")]
    assert len(cells) == 4, f"{step}: what happens, code, tests, driven over"
    said = PROVEN.fullmatch(cells[3])
    assert said, f"{step}: {cells[3]}"
    files, meets = driven_by(step, FILE.findall(cells[2]))
    assert bool(said["openleadr"]) is meets, f"{step}: whether script/interop runs one of its tests"
    assert not said["client"] or re.search(r"openadr3_client\.|as_ven\(|as_business\(", files), step
    assert bool(said["mqtt"]) is ('"/mqtt"' in files), step


def test_every_step_says_what_it_is_with_openadr() -> None:
    """Or that it is not there, and why."""
    there = [step for step, _ in ROW.findall(OPENADR)]
    _, _, others = OPENADR.partition("What is not there")
    cells = [line.split("|")[2] for line in others.splitlines() if line.startswith("| ")]
    same = [line for line in others.splitlines() if line.startswith("By the same code")]
    absent = STEP.findall(" ".join(cells + same))
    assert sorted(there + absent) == sorted({step for step, _ in ROW.findall(BEFORE + REST)})


def test_what_others_wrote_is_named_by_its_version() -> None:
    for text, name, kept, version in (
        (OPENADR, "openleadr-vtn", "script/interop-openadr", r"^version=(\S+)"),
        (OPENADR, "openadr3-client", "uv.lock", r'^name = "openadr3-client"\nversion = "(\S+)"'),
        (OCPI, "ocpi-tariffs", "script/interop-ocpi", r"^tariffs_version=(\S+)"),
        (OCPI, "ocpi-kit", "script/interop-ocpi", r"^kit_version=(\S+)"),
        (GREEN_BUTTON, "green-button-parser", "script/interop-green-button", r"^parser_version=(\S+)"),
        (GREEN_BUTTON, "greenbutton-objects", "uv.lock", r'^name = "greenbutton-objects"\nversion = "(\S+)"'),
        (GREEN_BUTTON, "openleadr", "uv.lock", r'^name = "openleadr"\nversion = "(\S+)"'),
    ):
        found = re.search(version, (ROOT / kept).read_text(), re.MULTILINE)
        assert found
        assert f"*{name}* ({found[1]}" in text
