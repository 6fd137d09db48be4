"""A hand-over report is printed as it is read, however long it is, in each language."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from custom_components.utility_han.documents import Fact, Handover, Mark, Part, Style
from custom_components.utility_han.documents.handover import write_pdf
from script.check_translations import FOLDER, LANGUAGES

pytestmark = pytest.mark.use_case("DM-2")


def report(places: int = 1, notes: str = "") -> Handover:
    rows = tuple((f"Place {number}", "Good", "-60 dBm") for number in range(places))
    facts = (Fact("Programs", "Peak Saver\nNight & Day"),)
    pump = Part("Łódź pump", "Pool pump", Mark.UNKNOWN, "Not seen", facts, ("Place", "Coverage", "Signal"), rows)
    case = Part("Łódź pump", "it hums", Mark.UNWELL, "Somebody comes")
    return Handover("Report", "Home", (), (pump,), (case,), "Cases", "None", "Notes", notes, "As found")


def words(language: str) -> dict[str, str]:
    texts = json.loads((FOLDER / f"{language}.json").read_text())["common"]
    return {key.removeprefix("handover_"): text for key, text in texts.items() if key.startswith("handover_")}


def pages(told: Handover, language: str = "en", country: str | None = None) -> list[str]:
    pdf = write_pdf(told, Style.of(words(language), language, country))
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_each_line_is_a_line_and_markup_is_text() -> None:
    (page,) = pages(report(notes="Mind <b>the</b> dog\n\n&amp; the cat"))
    for text in ("Programs Peak Saver Night & Day", "Łódź pump", "Mind <b>the</b> dog", "&amp; the cat", "it hums"):
        assert text in page
    assert "\N{REPLACEMENT CHARACTER}" not in page


def test_long_survey_goes_on_over_pages_under_its_heads() -> None:
    found = pages(report(places=50, notes="x" * 2000))
    assert len(found) > 1
    assert all(f"Page {number} of {len(found)}" in page for number, page in enumerate(found, 1))
    assert "Place Coverage Signal" in found[1]
    assert "Place 49" in " ".join(found)


@pytest.mark.parametrize("where", ["title", "about", "standing", "fact", "row"])
def test_text_longer_than_a_page_goes_on_over_pages(where: str) -> None:
    """A utility's note to a case has no bound."""
    long = "word " * 3000 + "the-end"
    told = {"title": "Pump", "about": "it hums", "standing": "Somebody comes", "fact": "Soon", "row": "Good"}
    told[where] = long
    rows = (("Cellar", told["row"]),)
    facts = (Fact("Note", told["fact"]),)
    case = Part(told["title"], told["about"], Mark.UNWELL, told["standing"], facts, ("Place", "Coverage"), rows)
    assert "the-end" in " ".join(pages(replace(report(), cases=(case,))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_foot_is_in_the_language(language: str) -> None:
    (page,) = pages(report(), language, "US")
    assert words(language)["foot"] in page
    assert words(language)["page"].format(number="1", pages="1") in page
