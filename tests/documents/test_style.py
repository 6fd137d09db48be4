"""Numbers are read as the person writes them who types them, or refused: never another number than was meant."""

from decimal import Decimal

import pytest
from homeassistant.generated.currencies import ACTIVE_CURRENCIES, HISTORIC_CURRENCIES
from homeassistant.generated.languages import LANGUAGES

from custom_components.utility_han.documents import Style
from custom_components.utility_han.documents.paper import printed, register

pytestmark = pytest.mark.use_case("SC-1")

ENGLISH, GERMAN, FRENCH = (Style.of({}, language) for language in ("en", "de", "fr"))
SWISS = Style.of({}, "en", "CH", "quote_decimal")


@pytest.mark.parametrize(
    ("style", "text", "number"),
    [
        (ENGLISH, "31,99", "31.99"),
        (GERMAN, "31.99", "31.99"),
        (ENGLISH, " -0.05 ", "-0.05"),
        (ENGLISH, "\N{MINUS SIGN}1", "-1"),
        (GERMAN, ",25", "0.25"),
        (ENGLISH, "0,125", "0.125"),
        (ENGLISH, "1,234", "1234"),
        (GERMAN, "1,234", "1.234"),
        (GERMAN, "1.234", "1234"),
        (FRENCH, "1,234", "1.234"),
        (FRENCH, "1.234", None),  # no sign of this person's numbers: it could be either
        (SWISS, "1,234", None),
        (ENGLISH, "1,234.5", "1234.5"),
        (GERMAN, "1.234.567,5", "1234567.5"),
        (FRENCH, "1\N{NARROW NO-BREAK SPACE}234,5", "1234.5"),
        (SWISS, "1\N{RIGHT SINGLE QUOTATION MARK}234.5", "1234.5"),
        (ENGLISH, "1,23,4", None),
        (ENGLISH, "1,234,567,8", None),
        (ENGLISH, "1e3", None),
        (ENGLISH, "nan", None),
        (ENGLISH, "0.32 EUR", None),
        (ENGLISH, "\N{ARABIC-INDIC DIGIT THREE}", None),
        (ENGLISH, "5.", None),
        (ENGLISH, "", None),
        (ENGLISH, "1" * 41, None),
    ],
)
def test_number_is_read_as_it_was_meant_or_not_at_all(style: Style, text: str, number: str | None) -> None:
    assert style.read(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize("style", [ENGLISH, GERMAN, FRENCH, SWISS])
@pytest.mark.parametrize("number", ["0.32", "-0.05", "0.125", "1234.5", "12345.123456", "7"])
def test_number_that_a_page_fills_in_is_read_as_itself(style: Style, number: str) -> None:
    assert style.read(style.typed(Decimal(number))) == Decimal(number)


def test_prices_are_written_as_the_person_does() -> None:
    assert [GERMAN.number(Decimal(each)) for each in ("0.3", "0.2451", "1234.5")] == ["0,30", "0,2451", "1.234,50"]
    assert [GERMAN.signed(Decimal(each)) for each in ("0.12", "-0.02")] == ["+0,12", "-0,02"]


@pytest.mark.use_case("UR-EV")
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_currency_of_home_assistant_is_printed_in_every_language(language: str) -> None:
    """With its sign where the typeface has it, else by its code: a bill of �1,234.50 is none."""
    letters, screen = register(), Style.of({}, language)
    paper = printed(screen)
    for currency in sorted(ACTIVE_CURRENCIES | HISTORIC_CURRENCIES):
        told, shown = paper.money(Decimal("-1234.5"), currency), screen.money(Decimal("-1234.5"), currency)
        assert not [letter for letter in told if ord(letter) not in letters], (currency, told)
        assert told == shown or currency in told
