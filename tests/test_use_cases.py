"""docs/use-cases.md tells the truth: every step it calls done names tests that are marked with it, and exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| ((?:SC|IP|UR|RD|DM)-\S+) \|(.*)\|$", re.MULTILINE)
FILE = re.compile(r"`([\w/]+/test_\w+\.py)`")
CODE = re.compile(r"`(\w[\w/]*(?:\.py|/))`(?: \(((?:`[\w.]+`(?:, )?)+)\))?")
CODE_ROOTS = (ROOT / "custom_components" / "utility_han", ROOT)


def marked_steps(path: Path) -> set[str]:
    """Return the step ids that the tests of a file are marked with."""
    steps: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "use_case":
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                steps |= {f"IP-{number}" for number in range(1, 12)}
            steps |= {str(argument.value) for argument in node.args if isinstance(argument, ast.Constant)}
    return steps


@pytest.mark.parametrize(("step", "row"), ROW.findall((ROOT / "docs" / "use-cases.md").read_text()))
def test_every_step_has_its_tests(step: str, row: str) -> None:
    files = FILE.findall(row)
    assert files
    for name in files:
        assert step in marked_steps(ROOT / "tests" / name), f"{name} has no test of {step}"


@pytest.mark.parametrize(("step", "row"), ROW.findall((ROOT / "docs" / "use-cases.md").read_text()))
def test_the_code_of_every_step_is_where_it_says(step: str, row: str) -> None:
    places = CODE.findall(row.split("|")[1])
    assert places
    for name, symbols in places:
        found = [root / name for root in CODE_ROOTS if (root / name).exists()]
        assert found, f"{step}: there is no {name}"
        for symbol in re.findall(r"\w+(?=`)", symbols):
            assert symbol in found[0].read_text(), f"{step}: {name} has no {symbol}"


DRIVEN = re.compile(r"(?:(?:TLS|TLS's port \(TCP\)|radio|HTTP)(?:, )?)+: (?:simulator|canned server)|none: .+")
SIGNS = {
    "TLS": r"gateway|meter|patient|world|hub",
    "radio": r"BOTH_TRANSPORTS|\"ezsp\"|^# \S*(?:zigbee|radio)",
    "HTTP": r"utility|patient|world|hub|flow|linked",
    "canned server": r"canned\.serving",
}
"""What a test that drives something over a wire, or against somebody, has in it or in its file's name."""


def written_for(step: str, names: list[str]) -> str:
    """Return the tests of a step as they are written, each after the name of its file."""
    found = []
    for name in names:
        text = (ROOT / "tests" / name).read_text()
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            marks = [ast.get_source_segment(text, each) or "" for each in node.decorator_list]
            if any("use_case" in mark and (f'"{step}"' in mark or "*" in mark) for mark in marks):
                found += [f"# {name}", *marks, ast.get_source_segment(text, node) or ""]
    return "\n".join(found)


@pytest.mark.parametrize(("step", "row"), ROW.findall((ROOT / "docs" / "use-cases.md").read_text()))
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
            "IP-1", f" what | `hub/wifi.py` | `component/test_commissioning_flow.py` | {said} "
        )


def test_contributing_names_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    names = re.findall(r"`((?:[\w.]+/)+[\w.]*)`", text)
    assert names
    assert not [name for name in names if not any((root / name).exists() for root in CODE_ROOTS)]


def test_all_that_is_done_is_there() -> None:
    rows = dict(ROW.findall((ROOT / "docs" / "use-cases.md").read_text()))
    assert {f"IP-{number}" for number in range(1, 12)} <= rows.keys()
    assert {f"UR-{step}" for step in (*range(1, 11), *range(12, 16), "a", "b", "c", "P")} <= rows.keys()
    assert {
        f"RD-{step}" for step in (*range(1, 8), 9, 10, 11, "5a", "8a", "8b", "10a", "10b", "12a", "12b")
    } <= rows.keys()
    assert {f"DM-{step}" for step in (1, 2, 3, "4a", "4b", "5a", "5b", 6)} <= rows.keys()
