"""A month's charging is read, printed and reckoned with; the figures are the same on each kind of paper (UR-EV)."""

import csv
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from custom_components.utility_han.documents import Style
from custom_components.utility_han.documents.statement import (
    Bound,
    Kind,
    Span,
    Statement,
    statements,
    write_csv,
    write_pdf,
)
from custom_components.utility_han.procedures.charging.charge import Charge, ChargedVehicle, ChargePeriod
from custom_components.utility_han.utility.rate_model import RateProgram
from custom_components.utility_han.utility.vehicle_model import Binding, BindingStatus, Payer
from script.check_translations import FOLDER

pytestmark = pytest.mark.use_case("UR-EV")

BERLIN = ZoneInfo("Europe/Berlin")
NOVEMBER = Span(datetime(2026, 11, 1, tzinfo=BERLIN), datetime(2026, 12, 1, tzinfo=BERLIN))
LATER = datetime(2026, 12, 5, 9, tzinfo=BERLIN)
CAR = ChargedVehicle("Family car", "1M8GDM9AXKP042788", "Voltline", "One")
QUARTER = timedelta(minutes=15)
DAY, NIGHT = Decimal("0.3421"), Decimal("0.2190")


def program(**changed: Any) -> RateProgram:
    told: dict[str, Any] = {
        "id": "night", "name": "Night", "summary": "", "open": True, "guests": True, "currency": "EUR",
        "time_zone": "Europe/Berlin", "prices": {"day": DAY, "night": NIGHT},
        "names": {"day": "Day", "night": "Night"}, "periods": (), "default_tier": "day",
        "terms_version": "3", "terms": "",
    }  # fmt: skip
    return RateProgram(**(told | changed))


def binding(**changed: Any) -> Binding:
    told: dict[str, Any] = {
        "id": "b1", "version": 1, "status": BindingStatus.IN_FORCE, "vehicle_id": "v", "premise_id": "p",
        "evse": "Garage", "program_id": "night", "terms_version": "3", "bill_to": "employer",
        "payer": Payer("DE-447-1234567", "Łódź Şişli & Söhne"), "guest": False,
        "valid_from": datetime(2026, 10, 3, tzinfo=BERLIN), "valid_until": None, "reason": None,
        "evse_id": "DE*ABC*E1234*5", "contract_id": "DE8AAC123456789",
    }  # fmt: skip
    return Binding(**(told | changed))


def charge(day: int, *energies: int, price: Decimal = DAY, tier: str = "day", **changed: Any) -> Charge:
    """Return a session on a day of November from 18:00, with so many Wh in each quarter of an hour."""
    start = datetime(2026, 11, day, 18, tzinfo=BERLIN).astimezone(UTC)
    periods = tuple(
        ChargePeriod(start + index * QUARTER, start + (index + 1) * QUARTER, energy, tier, price, "measured")
        for index, energy in enumerate(energies)
    )
    told: dict[str, Any] = {
        "id": f"c{day}", "session_id": f"s{day}", "vehicle": CAR, "binding": binding(), "program": program(),
        "started_at": start, "ended_at": periods[-1].ended_at, "periods": periods, "month_wh_before": 0,
        "meter_kind": "evse", "meter_id": "VL11-004711", "meter_start_wh": 1_234_500,
        "meter_end_wh": 1_234_500 + sum(energies), "issued_at": LATER,
    }  # fmt: skip
    return Charge(**(told | changed))


def of_november(*charges: Charge, bound: Iterable[Bound] = (), now: datetime = LATER) -> list[Statement]:
    return statements(charges, bound, NOVEMBER, now)


def style(language: str, country: str | None = None, **chosen: Any) -> Style:
    texts = json.loads((FOLDER / f"{language}.json").read_text())["common"]
    words = {key.removeprefix("statement_"): text for key, text in texts.items() if key.startswith("statement_")}
    return Style.of(words, language, country, **chosen)


def text_of(pdf: bytes) -> str:
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def rows_of(table: bytes, delimiter: str) -> list[dict[str, str]]:
    assert table.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(table.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_lines_fees_and_taxes_add_up_to_the_total() -> None:
    taxed = program(tax_percent=Decimal(19), monthly_fee=Decimal("4.90"), session_fee=Decimal("0.50"))
    (made,) = of_november(*(charge(day, 1111, 2222, program=taxed) for day in (1, 2, 3)))
    (each,) = made.sums
    # 3.333 kWh at 0.3421, and 0.50: 1.6402193; with the tax 1.951861; the fee with it 5.831.
    assert [(str(line.amount.net), str(line.amount.gross)) for line in made.lines] == [("1.64", "1.95")] * 3
    assert [str(fee.amount.gross) for fee in made.fees] == ["5.83"]
    assert str(each.charging) == "4.92"
    assert [(str(tax.percent), str(tax.amount)) for tax in each.taxes] == [("19", "1.86")]
    assert str(each.total) == "11.68"
    assert (made.energy_wh, made.sessions) == (9999, 3)


def test_correction_is_a_credit_and_a_new_line() -> None:
    wrong = charge(4, 10_000)
    right = replace(charge(4, 8_000), id="c4-2", corrects="c4")
    (made,) = of_november(wrong, replace(wrong, id="c4-C", credits="c4"), right)
    assert [line.kind for line in made.lines] == [Kind.SESSION, Kind.CREDIT, Kind.CORRECTION]
    assert [str(line.amount.net) for line in made.lines] == ["3.42", "-3.42", "2.74"]
    assert (str(made.sums[0].total), made.energy_wh, made.sessions) == ("2.74", 8000, 1)
    text = text_of(write_pdf([made], style("en")))
    assert "Credit (c4)" in text
    assert "Correction (c4)" in text


def test_currencies_are_never_added() -> None:
    swiss = program(id="ch", currency="CHF", prices={"day": Decimal("0.30")}, names={"day": "Day"})
    yen = program(id="jp", currency="JPY", prices={"day": Decimal(31)}, names={"day": "Day"})
    (made,) = of_november(
        charge(1, 10_000), charge(2, 10_000, program=swiss, price=Decimal("0.30")),
        charge(3, 1_050, program=yen, price=Decimal(31)),
    )  # fmt: skip
    totals = {each.currency: str(each.total) for each in made.sums}
    assert totals == {"EUR": "3.42", "CHF": "3.00", "JPY": "33"}  # 32.55 yen: there is no smaller coin
    text = text_of(write_pdf([made], style("en")))
    assert [text.count(each) for each in ("€3.42", "CHF 3.00", "¥33")] == [
        4,
        4,
        4,
    ]  # line, charging, total, at the top
    assert " + " not in text


def test_each_who_pays_has_a_statement_of_their_own() -> None:
    employer = charge(1, 5_000)
    own = charge(2, 5_000, binding=binding(id="b2", payer=Payer("••••••0815", "Kim")))
    made = of_november(employer, own)
    assert [(each.payer.holder, each.payer.number) for each in made] == [
        ("Kim", "…0815"),
        ("Łódź Şişli & Söhne", "…4567"),
    ]
    pages = PdfReader(BytesIO(write_pdf(made, style("en")))).pages
    assert ["Page 1 of 2" in pages[0].extract_text(), "Page 2 of 2" in pages[1].extract_text()] == [True, True]
    assert "DE-447-123" not in text_of(write_pdf(made, style("en")))


@pytest.mark.parametrize(
    ("now", "until", "months"),
    [
        (LATER, None, 1),
        (datetime(2026, 10, 31, 12, tzinfo=BERLIN), None, 0),  # November has not begun
        (LATER, datetime(2026, 11, 1, tzinfo=BERLIN), 0),  # it ended where November begins
        (LATER, datetime(2026, 11, 1, 0, 1, tzinfo=BERLIN), 1),
    ],
)
def test_monthly_fee_is_for_each_month_that_has_begun(now: datetime, until: datetime | None, months: int) -> None:
    paid = program(monthly_fee=Decimal(5))
    made = of_november(bound=[Bound(CAR, binding(valid_until=until), paid)], now=now)
    assert [str(fee.amount.net) for each in made for fee in each.fees] == ["5.00"] * months


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (datetime(2026, 11, 12, tzinfo=BERLIN), "Nov 11, 2026"),
        (datetime(2026, 11, 12, 9, 30, tzinfo=BERLIN), "Nov 12, 2026"),
    ],
)
def test_last_day_of_a_binding_is_the_one_on_which_it_held(until: datetime, last: str) -> None:
    made = of_november(charge(1, 10_000), bound=[Bound(CAR, binding(valid_until=until), program())])
    assert f"Oct 3, 2026 – {last}" in text_of(write_pdf(made, style("en")))


def test_month_in_two_parts_has_its_fee_once() -> None:
    paid = program(monthly_fee=Decimal(5))
    changed = datetime(2026, 11, 12, tzinfo=BERLIN)
    bound = [
        Bound(CAR, binding(valid_until=changed), paid),
        Bound(CAR, binding(id="b2", valid_from=changed), paid),
    ]
    first, middle, last = (datetime(2026, *day, tzinfo=BERLIN) for day in ((11, 1), (11, 12), (12, 1)))
    fees = [
        [str(fee.amount.net) for made in statements([], bound, Span(*part), LATER) for fee in made.fees]
        for part in ((first, middle), (middle, last), (first, last))
    ]
    assert fees == [["5.00"], [], ["5.00"]]


def test_year_has_the_fees_of_its_months_once_each() -> None:
    paid = program(monthly_fee=Decimal(5))
    changed = datetime(2026, 11, 12, tzinfo=BERLIN)
    bound = [
        Bound(CAR, binding(valid_until=changed), paid),
        Bound(CAR, binding(id="b2", valid_from=changed), paid),  # another charging station, the same program
    ]
    year = Span(datetime(2026, 1, 1, tzinfo=BERLIN), datetime(2027, 1, 1, tzinfo=BERLIN))
    (made,) = statements([], bound, year, LATER)
    assert [fee.month.month for fee in made.fees] == [10, 11, 12]
    assert style("en").span(made.span.since, made.span.until) == "2026"


def test_month_in_which_prices_change_has_one_fee() -> None:
    changed = datetime(2026, 11, 12, tzinfo=BERLIN)
    before, after = (program(id=each, monthly_fee=Decimal(fee)) for each, fee in (("p1", 5), ("p2", 8)))
    bound = [Bound(CAR, binding(id="b2", valid_from=changed), after), Bound(CAR, binding(valid_until=changed), before)]
    (made,) = of_november(bound=bound)
    assert [str(fee.amount.net) for fee in made.fees] == ["5.00"]
    other = Bound(CAR, binding(id="b2", valid_from=changed), replace(after, name="Another contract"))
    (made,) = of_november(bound=[bound[1], other])
    assert [str(fee.amount.net) for fee in made.fees] == ["5.00", "8.00"]


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("en", "US", ["Charging statement", "November 2026", "Nov 1, 2026", "6:00 PM", "€1,710.50", "5,000.000 kWh"]),
        ("de", "DE", ["Ladeabrechnung", "November 2026", "01.11.2026", "18:00", "1.710,50 €", "5.000,000 kWh"]),
        ("es", "MX", ["Liquidación de recargas", "noviembre de 2026", "1.710,50 €"]),
        ("fr", "CA", ["Relevé de recharge", "novembre 2026", "1 710,50 €", "5 000,000 kWh"]),
    ],
)
def test_page_is_in_the_words_and_numbers_of_the_person(language: str, country: str, said: list[str]) -> None:
    made = of_november(charge(1, 5_000_000))
    pdf = write_pdf(made, style(language, country))
    text = text_of(pdf).replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert [each for each in [*said, "Łódź Şişli & Söhne", "DE*ABC*E1234*5"] if each not in text] == []
    width = round(float(PdfReader(BytesIO(pdf)).pages[0].mediabox.width))
    assert width == (595 if country == "DE" else 612)


def test_long_statement_repeats_its_header_and_counts_its_pages() -> None:
    busy = [replace(charge(day, 1_000, 500), id=f"c{day}-{turn}") for day in range(1, 29) for turn in range(4)]
    reader = PdfReader(BytesIO(write_pdf(of_november(*busy), style("de"))))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 3
    assert all(f"Seite {number} von {len(texts)}" in text for number, text in enumerate(texts, 1))
    assert all("Ladevorgang" in text for text in texts[:-1])


def test_household_that_named_nobody_who_pays_has_a_page() -> None:
    made = of_november(charge(1, 1_000, binding=binding(payer=Payer("", ""), evse_id=None, contract_id=None)))
    assert "Total" in text_of(write_pdf(made, style("en")))
    assert rows_of(write_csv(made, style("en")), ",")[0]["Account"] == ""


def test_currency_whose_sign_the_typeface_lacks_is_printed_by_its_code() -> None:
    thai = program(id="th", currency="THB", monthly_fee=Decimal(5), session_fee=Decimal(1), tax_percent=Decimal(7))
    made = of_november(charge(1, 10_000, program=thai))
    for language in ("en", "de", "es", "fr"):
        text = text_of(write_pdf(made, style(language)))
        assert ("THB" in text, "\N{REPLACEMENT CHARACTER}" in text) == (True, False), language
    assert "฿" in style("de").money(Decimal(1), "THB"), "elsewhere it has its sign"


def test_letters_that_no_font_has_fail_nothing() -> None:
    odd = ChargedVehicle("我的车 🚗 <b>& 'x", "1M8GDM9AXKP042788", "ع", "\x07")
    made = of_november(charge(1, 1_000, vehicle=odd))
    text = text_of(write_pdf(made, style("en")))
    assert "��� � <b>& 'x" in text
    assert rows_of(write_csv(made, style("en")), ",")[0]["Vehicle"] == odd.title


@pytest.mark.parametrize(
    ("chosen", "delimiter", "amount"),
    [
        ({"language": "en"}, ",", "-1710.50"),
        ({"language": "de"}, ";", "-1710,50"),
        ({"language": "de", "numbers": "quote_decimal"}, ",", "-1710.50"),
        ({"language": "en", "numbers": "decimal_comma"}, ";", "-1710,50"),
    ],
)
def test_table_has_numbers_as_a_spreadsheet_of_that_language_reads_them(
    chosen: dict[str, Any], delimiter: str, amount: str
) -> None:
    wanted = style(**chosen)
    taken_back = replace(charge(1, 5_000_000), credits="c0")
    (row,) = rows_of(write_csv(of_november(taken_back), wanted), delimiter)
    assert row[wanted.words["column_amount"]] == amount
    assert row[wanted.words["column_start"]] == "2026-11-01 18:00:00"


def test_table_adds_up_to_the_page() -> None:
    taxed = program(tax_percent=Decimal("8.1"), monthly_fee=Decimal("4.90"))
    made = of_november(*(charge(day, 1111, 2222, program=taxed) for day in range(1, 20)))
    rows = rows_of(write_csv(made, style("en")), ",")
    assert sum(Decimal(row["Amount"]) for row in rows) == made[0].sums[0].total
    assert sum(Decimal(row["Energy (kWh)"] or 0) for row in rows) == Decimal(made[0].energy_wh) / 1000
    assert rows[0]["Reading at end (kWh)"] == "1237.833"


@pytest.mark.parametrize("title", ["=1+1", "+49", "-1", "@SUM(A1)", "\t=1", "＝1"])  # noqa: RUF001
def test_no_name_is_taken_for_a_formula(title: str) -> None:
    made = of_november(charge(1, 1_000, vehicle=replace(CAR, title=title)))
    (row,) = rows_of(write_csv(made, style("en")), ",")
    assert row["Vehicle"] == f"'{title}"


@pytest.mark.parametrize("where", ["title", "holder", "evse", "program", "tier", "meter"])
def test_text_longer_than_a_page_goes_on_over_pages(where: str) -> None:
    """Names come from utilities and households, and nothing says how long they are."""
    long = "word " * 3000 + "the-end"
    bound = binding(payer=Payer("4711", long if where == "holder" else ""), evse=long if where == "evse" else "Garage")
    sold = program(name=long if where == "program" else "Night", names={"day": long if where == "tier" else "Day"})
    one = charge(3, 7000, binding=bound, program=sold, meter_id=long if where == "meter" else "VL11")
    if where == "title":
        one = replace(one, vehicle=replace(one.vehicle, title=long))
    assert "the-end" in text_of(write_pdf(of_november(one), style("en", "US")))


def test_month_without_sessions_says_so_and_has_its_fee() -> None:
    made = of_november(bound=[Bound(CAR, binding(), program(monthly_fee=Decimal("4.90")))])
    text = text_of(write_pdf(made, style("en", "US")))
    for said in ("No sessions in this time.", "Monthly fee Night, November 2026", "€4.90"):
        assert said in text


def test_session_tells_what_it_is_made_of() -> None:
    """Prices that others tell change within a tier; of many tiers the first are shown, and all are in the sums."""
    start, tiers = datetime(2026, 11, 1, 18, tzinfo=BERLIN).astimezone(UTC), "abcdefgh"
    periods = [
        ChargePeriod(start, start + QUARTER, 1_000, "a", Decimal("0.20"), "measured"),
        ChargePeriod(start + QUARTER, start + 2 * QUARTER, 3_000, "a", Decimal("0.40"), "estimated"),
    ]
    periods += [
        ChargePeriod(start + at * QUARTER, start + (at + 1) * QUARTER, 1_000, tier, DAY, "measured")
        for at, tier in enumerate(tiers[1:], 2)
    ]
    many = program(
        prices=dict.fromkeys(tiers, DAY), names={tier: f"Tier {tier}" for tier in tiers}, session_fee=Decimal("0.50")
    )
    told: dict[str, Any] = {
        "periods": tuple(periods),
        "ended_at": periods[-1].ended_at,
        "meter_start_wh": None,
        "meter_end_wh": None,
    }
    one = charge(1, 1, program=many, **told)
    (made,) = of_november(one)
    text = text_of(write_pdf([made], style("en", "US")))
    for said in (
        "Tier a: 4.000 kWh × 0.3500 EUR/kWh on average (0.2000 – 0.4000)",
        "estimated: 3.000 kWh",
        "Meter VL11-004711",
        "per session: €0.50",
        "…",
    ):
        assert said in " ".join(text.split()), text
    assert "Tier h" not in text
    assert made.energy_wh == 11_000
