"""A rate program as an OCPI tariff: what can be said to everybody, and what only of a session."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from custom_components.utility_han.documents.ocpi import OcpiValueError, Version, cdr, tariff
from custom_components.utility_han.documents.ocpi.agreed import Span, agreed_elements
from custom_components.utility_han.documents.ocpi.elements import price_at
from custom_components.utility_han.procedures.charging.tariff import tier_at
from custom_components.utility_han.utility.rate_model import Block, PriceKind, PriceSource, TierPeriod
from tests.documents.test_ocpi_cdr import EVENING, HOME, charge, program
from tests.helpers.random_charges import is_holiday

AGREED = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.use_case("UR-EV")


def test_one_that_everybody_can_be_told() -> None:
    of = program(
        periods=(TierPeriod("night", (5, 6), "22:00", "06:00"),), monthly_fee=Decimal("4.90"), tax_percent=None
    )
    told = tariff(of, HOME, Version.V2_2_1, AGREED)
    assert [each.get("restrictions") for each in told["elements"]] == [
        None,
        {"start_time": "22:00", "end_time": "00:00", "day_of_week": ["FRIDAY", "SATURDAY"]},
        {"start_time": "00:00", "end_time": "06:00", "day_of_week": ["SATURDAY", "SUNDAY"]},
        None,
    ]
    assert told["tariff_alt_text"] == [{"language": "en", "text": "Monthly fee: 4.9 EUR"}]
    assert (told["id"], told["last_updated"]) == ("night-1", "2026-03-01T00:00:00Z")
    assert not {"start_date_time", "tax_included"} & told.keys()


def test_seasons_and_holidays_are_those_of_a_year() -> None:
    of = program(
        periods=(
            TierPeriod("night", (), "00:00", "00:00", None, None, True),
            TierPeriod("day", (1, 2, 3, 4, 5), "10:00", "12:00", "12-01", "02-28"),
        )
    )
    told = tariff(of, HOME, Version.V2_3_0, AGREED, is_holiday=lambda day: (day.month, day.day) == (5, 1))
    assert (told["start_date_time"], told["end_date_time"]) == ("2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z")
    dates = [
        (each["restrictions"]["start_date"], each["restrictions"]["end_date"])
        for each in told["elements"]
        if "restrictions" in each
    ]
    assert dates == [
        ("2026-05-01", "2026-05-02"),
        ("2025-12-31", "2026-03-01"),
        ("2026-12-01", "2027-01-01"),
    ]


def test_what_is_known_for_a_session_only() -> None:
    for of in (program(source=PriceSource(PriceKind.GATEWAY)), program(blocks=(Block(1000, Decimal("0.1")),))):
        with pytest.raises(OcpiValueError, match="session"):
            tariff(of, HOME, Version.V2_2_1, AGREED)


def test_blocks_are_shifted_by_what_the_month_had() -> None:
    of = program(
        periods=(), session_fee=Decimal(0), blocks=(Block(50_000, Decimal("0.05")), Block(101_000, Decimal("0.2")))
    )
    made = charge(EVENING, (1000, "0.35"), (500, "0.5"), of=of, month_wh_before=100_000)
    elements = cdr(made, HOME, Version.V2_2_1)["tariffs"][0]["elements"]
    assert [(each["price_components"][0]["price"], each["restrictions"]) for each in elements] == [
        (0.35, {"max_kwh": 1}),
        (0.5, {"min_kwh": 1}),
    ]


def test_each_quarter_of_a_year_has_the_price_that_was_agreed() -> None:
    """Two ways to say the same: the program's own hours, and elements of which the first that fits is in force."""
    of = program(
        prices={"day": Decimal(1), "night": Decimal(2), "late": Decimal(3), "feast": Decimal(4)},
        periods=(
            TierPeriod("feast", (), "18:00", "02:00", None, None, True),
            TierPeriod("late", (5, 6), "21:30", "03:00", "11-10", "04-20", False),
            TierPeriod("night", (1, 2, 3, 7), "22:00", "06:00", "04-01", "09-30"),
            TierPeriod("night", (1, 2, 3, 4, 5, 6, 7), "12:00", "13:15", None, None, False),
            TierPeriod("late", (4,), "00:00", "00:00"),
        ),
    )
    zone = ZoneInfo(of.time_zone)
    elements = agreed_elements(of, Span(date(2026, 1, 1), date(2027, 1, 1), is_holiday), 0)
    at, end = datetime(2026, 1, 1, tzinfo=zone).astimezone(UTC), datetime(2027, 1, 1, tzinfo=zone).astimezone(UTC)
    while at < end:
        assert price_at(elements, at.astimezone(zone), 0) == of.prices[tier_at(of, at, is_holiday)], at
        at += timedelta(minutes=15)
