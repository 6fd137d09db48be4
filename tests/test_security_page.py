"""docs/security.md says what is so: every statement names a test that holds it, and that test is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
_NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def statements() -> list[list[str]]:
    """Return the rows of all tables, without their heads."""
    lines = (TESTS.parent / "docs/security.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    lines_under = [index for index, row in enumerate(cells) if set("".join(row)) == {"-"}]
    heads = {*lines_under, *(index - 1 for index in lines_under)}
    return [row for index, row in enumerate(cells) if index not in heads]


@cache
def functions(path: Path) -> frozenset[str]:
    """Return the names of the functions of a file."""
    every = ast.walk(ast.parse(path.read_text()))
    return frozenset(each.name for each in every if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("row", statements(), ids=lambda row: row[0])
def test_statement_is_held_by_a_test(row: list[str]) -> None:
    named = _NAMED.findall(row[-1])
    assert named, "no test holds it"
    for file, test in named:
        assert test.startswith("test_")
        assert test in functions(TESTS / file), f"{file} has no {test}"


def test_there_are_statements_of_everybody() -> None:
    assert len(statements()) >= 40
