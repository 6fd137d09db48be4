"""A statement's table (CSV), opened by LibreOffice Calc as somebody of each language would: numbers are numbers.

``script/interop`` names the program in ``SOFFICE``; this file is collected there only.
"""

import csv
import os
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # type: ignore[import-untyped]

from custom_components.utility_han.documents.statement import Span, statements, write_csv
from tests.documents.test_statement import style
from tests.helpers.random_charges import random_charges

SOFFICE = os.environ["SOFFICE"]
SESSIONS = 300
SEMICOLON, COMMA, QUOTE, UTF_8 = ord(";"), ord(","), ord('"'), 76
LANGUAGES = {"en": (COMMA, 1033), "de": (SEMICOLON, 1031), "fr": (SEMICOLON, 1036), "es": (SEMICOLON, 1034)}
"""What parts the cells, and how LibreOffice numbers the language (token 6 of its filter for CSV)."""
NS = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}
YEARS = Span(datetime(2025, 12, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC))
COLUMNS = range(9, 16)
"""From the energy to the amount: numbers, where there is anything."""

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300), pytest.mark.use_case("UR-EV")]


def opened(table: bytes, folder: Path, parted: int, language: int) -> list[list[tuple[str | None, str]]]:
    """Return each cell as LibreOffice takes it: its type, and its value or text."""
    source = folder / "statement.csv"
    source.write_bytes(table)
    subprocess.run(  # noqa: S603
        [
            SOFFICE, "--headless", f"-env:UserInstallation=file://{folder}/profile",
            f"--infilter=Text - txt - csv (StarCalc):{parted},{QUOTE},{UTF_8},1,,{language}",
            "--convert-to", "fods", "--outdir", str(folder), str(source),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    document = etree.parse(folder / "statement.fods")
    return [_cells(row) for row in document.iterfind(".//table:table-row", NS)]


def _cells(row: Any) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    for cell in row.iterfind("table:table-cell", NS):
        value = cell.get(f"{{{NS['office']}}}value") or "".join(cell.itertext()).strip()
        repeated = int(cell.get(f"{{{NS['table']}}}number-columns-repeated", 1))
        found += [(cell.get(f"{{{NS['office']}}}value-type"), value)] * min(repeated, 50)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_numbers_in_a_spreadsheet(language: str, tmp_path: Path) -> None:
    parted, number = LANGUAGES[language]
    made = statements(random_charges(17, SESSIONS), (), YEARS, YEARS.until)
    table = write_csv(made, style(language))
    written = list(csv.reader(StringIO(table.decode("utf-8-sig"), newline=""), delimiter=chr(parted)))
    read = opened(table, tmp_path, parted, number)
    assert len(written) > SESSIONS
    for said, cells in zip(written[1:], read[1:], strict=False):
        for column in COLUMNS:
            if not said[column]:
                continue
            kind, value = cells[column]
            assert kind == "float", (said[column], value)
            assert Decimal(value) == Decimal(said[column].replace(",", "."))
        assert [cells[column][0] for column in (6, 7)] == ["date", "date"] or not said[6]
