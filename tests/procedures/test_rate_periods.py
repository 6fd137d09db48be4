"""What a household is told of the hours that it types: what overlaps, which seasons, and what a week looks like."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from custom_components.utility_han.procedures import overlapping, seasons, specific_first
from custom_components.utility_han.utility import RateProgram, TierPeriod
from custom_components.utility_han.vehicles.rates.draft import Agreed, program_of, rates_of
from custom_components.utility_han.vehicles.rates.week_picture import draw_week

pytestmark = pytest.mark.use_case("SC-1")

EVERY = tuple(range(1, 8))
NIGHT = TierPeriod("night", EVERY, "22:00", "06:00")
WEEKEND = TierPeriod("weekend", (6, 7), "00:00", "00:00")
PEAK = TierPeriod("peak", (1, 2, 3, 4, 5), "17:00", "20:30", "11-01", "03-31", holidays=False)
HOLIDAY = TierPeriod("weekend", EVERY, "08:00", "12:00", holidays=True)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def program(*periods: TierPeriod) -> RateProgram:
    typed = {"base": "0.3199", "night": "0.21", "weekend": "-0.05", "peak": "0.45"}
    prices = {key: Decimal(each) for key, each in typed.items()}
    return RateProgram(
        "home", "Home & car", "", True, True, "EUR", "Europe/Berlin", prices,
        {key: f"<{key}>" for key in prices}, specific_first(periods), "base", "2026-11-27", "As agreed.",
        holidays="DE-BY",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("second", "overlap"),
    [
        (WEEKEND, True),
        (PEAK, False),
        (replace(PEAK, end="22:01"), True),
        (replace(PEAK, start="05:59", end="07:00"), True),
        (replace(WEEKEND, tier="night"), False),  # the same price
        (replace(WEEKEND, days=(1,), start="06:00", end="22:00"), False),
    ],
)
def test_hours_that_overlap_are_found_whatever_midnight(second: TierPeriod, overlap: bool) -> None:
    assert list(overlapping((NIGHT, second))) == ([(NIGHT, second)] if overlap else [])


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ((1, 1), ("01-01", "01-01"), True),
        ((1, 1), ("12-31", "12-31"), True),
        (("05-05", "05-05"), ("05-05", "05-05"), True),
        (("05-05", "05-05"), ("05-06", "05-06"), False),
        (("05-05", "05-05"), ("05-04", "05-04"), False),
        (("12-31", "01-01"), ("12-31", "12-31"), True),
        (("12-31", "01-01"), ("01-01", "01-01"), True),
        (("12-31", "01-01"), ("01-02", "12-30"), False),
        (("02-29", "02-29"), ("02-01", "03-01"), True),
    ],
)
def test_seasons_hold_from_their_first_to_their_last_day(
    first: tuple[Any, Any], second: tuple[str, str], overlap: bool
) -> None:
    season = {} if first == (1, 1) else {"first_day": first[0], "last_day": first[1]}
    other = replace(NIGHT, tier="base", first_day=second[0], last_day=second[1])
    assert bool(list(overlapping((replace(NIGHT, **season), other)))) is overlap


@pytest.mark.parametrize(
    ("days", "hours", "of_others", "of_other_days", "overlap"),
    [
        ((7,), ("22:00", "06:00"), ("05:59", "06:30"), (1,), True),  # Sunday's night ends on Monday
        ((7,), ("22:00", "06:00"), ("06:00", "06:30"), (1,), False),
        ((1,), ("00:00", "00:01"), ("00:00", "00:01"), (1, 2), True),
        ((1,), ("23:00", "23:59"), ("00:00", "00:20"), (2,), False),
        ((1,), ("08:00", "12:00"), ("08:00", "12:00"), (2,), False),
    ],
)
def test_hours_hold_on_their_days(
    days: tuple[int, ...], hours: tuple[str, str], of_others: tuple[str, str], of_other_days: Any, overlap: bool
) -> None:
    first, second = TierPeriod("night", days, *hours), TierPeriod("base", of_other_days, *of_others)
    assert bool(list(overlapping((first, second)))) is overlap


@pytest.mark.parametrize("day", EVERY)
def test_holiday_may_be_any_day(day: int) -> None:
    holiday = replace(HOLIDAY, days=(day % 7 + 1,))
    assert list(overlapping((holiday, TierPeriod("base", (day,), "08:00", "09:00")))) != []


def test_season_and_holidays_keep_hours_apart() -> None:
    assert list(overlapping((PEAK, replace(PEAK, tier="base", first_day="04-01", last_day="10-31")))) == []
    assert list(overlapping((PEAK, replace(PEAK, tier="base", first_day="03-31", last_day="10-31")))) != []
    assert list(overlapping((PEAK, replace(HOLIDAY, start="17:00", end="18:00")))) == []
    # What is for fewer days is in force first, as a person means it.
    assert specific_first((NIGHT, PEAK, HOLIDAY)) == (HOLIDAY, PEAK, NIGHT)


def test_year_has_a_season_for_each_change() -> None:
    assert seasons(program(NIGHT)) == []
    assert seasons(program(NIGHT, PEAK)) == [("04-01", "10-31"), ("11-01", "03-31")]
    leap = replace(PEAK, first_day="01-01", last_day="02-29")
    assert seasons(program(leap)) == [("01-01", "02-29"), ("03-01", "12-31")]


def test_week_has_each_price_where_it_is_in_force() -> None:
    drawn = draw_week(program(NIGHT, PEAK, HOLIDAY), date(2026, 11, 30), "A <week>", DAYS, "Hol.", str).decode()
    ET.fromstring(drawn)  # noqa: S314 - our own
    shown = re.findall(r'text-anchor="middle">([^<]+)<', drawn)
    assert [each for each in shown if not each[-1].isdigit()] == [*DAYS, "Hol."]
    weekday = ["0.21", "0.3199", "0.45", "0.3199", "0.21"]
    columns = " ".join(shown).replace("Hol.", "|")
    assert columns.startswith("Mon " + " ".join(weekday))
    assert "Sat 0.21 0.3199 0.21 Sun" in columns
    assert columns.endswith("| 0.21 0.3199 -0.05 0.3199 0.21")
    assert draw_week(program(PEAK), date(2026, 7, 6), "", DAYS, None, str).decode().count(">0.45<") == 0


def test_what_was_typed_comes_back_to_be_changed() -> None:
    known = program(NIGHT, PEAK, HOLIDAY)
    again = program_of(rates_of(known), "<base>", Agreed(known.terms, known.terms_version, known.time_zone))
    assert rates_of(again) == rates_of(known)
    assert [(again.prices[each.tier], replace(each, tier="")) for each in again.periods] == [
        (known.prices[each.tier], replace(each, tier="")) for each in known.periods
    ]
    assert again.id == program_of(rates_of(again), "<base>", Agreed("", "", "UTC")).id
