"""A session has one price to the watt-hour, whatever the program, the clock and the season do (UR-EV)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.numbers import get_currency_precision
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.utility_han.procedures.charging.billing import billable_records
from custom_components.utility_han.procedures.charging.charge import Charge, ChargedVehicle
from custom_components.utility_han.procedures.charging.coins import in_coins
from custom_components.utility_han.procedures.charging.meter import Oddity
from custom_components.utility_han.procedures.charging.pricing import (
    PriceCourse,
    PricesMissingError,
    PriceSpan,
    charge_of,
    cost_of_charge,
    taxed,
)
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.procedures.charging.tariff import Holidays, no_holidays, tier_at
from custom_components.utility_han.utility.rate_model import Block, PriceKind, PriceSource, RateProgram
from tests.procedures.test_charging_sessions import METER, binding, program

pytestmark = pytest.mark.use_case("UR-EV")

VEHICLE = ChargedVehicle("Our car", "WVWZZZ1JZXW000001", "Voltline", "One")
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
ALL_DAYS = [1, 2, 3, 4, 5, 6, 7]


def rates(periods: list[dict[str, Any]], **changed: Any) -> RateProgram:
    return program(time_zone="Europe/Berlin", currency="EUR", periods=periods, **changed)


def steady(start: datetime, hours: float, *, wh_an_hour: int = 6000, before: float = 0.0) -> MeasuredSession:
    """Return a session with the same power all along, read each minute."""
    start = start.astimezone(UTC)
    minutes = round(hours * 60)
    marks = [Mark(start + minute * MINUTE, before + wh_an_hour * minute / 60) for minute in range(minutes + 1)]
    return MeasuredSession("session", marks, 1000.0, ended_at=marks[-1].at)


def priced(
    session: MeasuredSession,
    agreed: RateProgram,
    *,
    course: PriceCourse = (),
    is_holiday: Holidays = no_holidays,
    month_wh_before: int = 0,
    **bound: Any,
) -> Charge:
    made = charge_of(
        session, binding(**bound), agreed, VEHICLE, METER, session.marks[-1].at,
        course=course, is_holiday=is_holiday, month_wh_before=month_wh_before,
    )  # fmt: skip
    assert made is not None
    return made


def by_price(charge: Charge) -> dict[str, int]:
    found: dict[str, int] = {}
    for period in charge.periods:
        found[str(period.per_kwh)] = found.get(str(period.per_kwh), 0) + period.energy_wh
    return {price: energy for price, energy in found.items() if energy}


@pytest.mark.parametrize(
    ("exact", "currency", "coins"),
    [
        ("0.125", "USD", "0.13"),  # a half goes away from zero, whatever is even
        ("0.135", "USD", "0.14"),
        ("-0.125", "USD", "-0.13"),
        ("0.1249", "USD", "0.12"),
        ("2.5", "JPY", "3"),
        ("0.0005", "KWD", "0.001"),
    ],
)
def test_amounts_are_rounded_to_what_can_be_paid(exact: str, currency: str, coins: str) -> None:
    assert in_coins(Decimal(exact), currency) == Decimal(coins)


def test_tax_is_in_the_coins_of_its_currency() -> None:
    cost = taxed(Decimal("99.5"), program(currency="JPY", tax_percent="10"))
    assert (cost.net, cost.tax, cost.gross) == (Decimal(100), Decimal(9), Decimal(109))


@pytest.mark.parametrize(
    ("start", "night"),
    [
        (datetime(2026, 3, 28, 22, tzinfo=BERLIN), 3),  # at 2:00 it is 3:00
        (datetime(2026, 10, 24, 22, tzinfo=BERLIN), 5),  # at 3:00 it is 2:00 once more
    ],
)
def test_night_in_which_clocks_change(start: datetime, night: int) -> None:
    agreed = rates([{"tier": "night", "days": ALL_DAYS, "start": "23:00", "end": "03:00"}])
    charge = priced(steady(start, 8), agreed)
    assert by_price(charge) == {"0.10": (8 - night) * 6000, "0.05": night * 6000}
    assert all(period.started_at.minute % 15 == 0 for period in charge.periods)
    assert len(charge.periods) == 32


def test_season_over_new_year() -> None:
    agreed = rates(
        [
            {"tier": "peak", "days": ALL_DAYS, "start": "00:00", "end": "00:00"}
            | {"first_day": "12-20", "last_day": "01-06"},
        ]
    )
    for day, tier in (("12-19", "off"), ("12-20", "peak"), ("12-31", "peak"), ("01-06", "peak"), ("01-07", "off")):
        assert tier_at(agreed, datetime.fromisoformat(f"2027-{day}T12:00:00+00:00")) == tier, day
    # It begins at midnight of the program's own clock, in the midst of a session.
    charge = priced(steady(datetime(2026, 12, 19, 22, tzinfo=BERLIN), 4), agreed)
    assert by_price(charge) == {"0.10": 12_000, "0.30": 12_000}


def test_season_that_ends_on_a_leap_day() -> None:
    season = {"first_day": "02-01", "last_day": "02-29"}
    agreed = rates([{"tier": "peak", "days": ALL_DAYS, "start": "00:00", "end": "00:00"} | season])
    said = {"2027-02-28": "peak", "2027-03-01": "off", "2028-02-29": "peak", "2028-03-01": "off"}
    assert {day: tier_at(agreed, datetime.fromisoformat(f"{day}T12:00:00+00:00")) for day in said} == said


def test_night_belongs_to_the_day_on_which_it_begins() -> None:
    """Friday is a holiday: its night has the price of holidays, also on Saturday morning; Thursday's night has not."""
    agreed = rates(
        [
            {"tier": "night", "days": [], "start": "22:00", "end": "06:00", "holidays": True},
            {"tier": "peak", "days": [1, 2, 3, 4, 5], "start": "22:00", "end": "06:00", "holidays": False},
        ]
    )

    def is_holiday(day: date) -> bool:
        return day == date(2026, 5, 1)

    thursday = priced(steady(datetime(2026, 4, 30, 21, tzinfo=BERLIN), 10), agreed, is_holiday=is_holiday)
    friday = priced(steady(datetime(2026, 5, 1, 21, tzinfo=BERLIN), 10), agreed, is_holiday=is_holiday)
    assert by_price(thursday) == {"0.10": 12_000, "0.30": 48_000}
    assert by_price(friday) == {"0.10": 12_000, "0.05": 48_000}


BLOCKS = (Block(100_000, Decimal("0.02")), Block(101_000, Decimal("0.07")))


def with_more(agreed: RateProgram, **more: Any) -> RateProgram:
    names = {name: getattr(agreed, name) for name in RateProgram.__slots__}
    return RateProgram(**names | more)


def test_block_that_begins_within_a_quarter_of_an_hour() -> None:
    agreed = with_more(rates([]), blocks=BLOCKS)
    charge = priced(steady(datetime(2026, 6, 3, 12, tzinfo=BERLIN), 1), agreed, month_wh_before=99_500)
    assert by_price(charge) == {"0.10": 500, "0.12": 1000, "0.17": 4500}
    dearer = next(period for period in charge.periods if period.per_kwh == Decimal("0.12"))
    assert dearer.started_at == datetime(2026, 6, 3, 10, 5, tzinfo=UTC)


def test_blocks_begin_anew_with_the_month_of_the_program() -> None:
    agreed = with_more(rates([]), blocks=BLOCKS)
    charge = priced(steady(datetime(2026, 5, 31, 22, tzinfo=BERLIN), 4), agreed, month_wh_before=500_000)
    assert by_price(charge) == {"0.17": 12_000, "0.10": 12_000}


def test_first_watt_hour_of_a_month_is_its_first() -> None:
    agreed = with_more(rates([]), blocks=(Block(10_000, Decimal("0.02")),))
    charge = priced(steady(datetime(2026, 5, 31, 22, tzinfo=BERLIN), 4), agreed, month_wh_before=500_000)
    assert by_price(charge) == {"0.12": 12_000 + 2_000, "0.10": 10_000}


def test_block_that_begins_with_a_quarter_of_an_hour_cuts_nothing_off_the_one_before() -> None:
    agreed = with_more(rates([]), blocks=BLOCKS)
    charge = priced(steady(datetime(2026, 6, 3, 12, tzinfo=BERLIN), 1), agreed, month_wh_before=98_500)
    assert [(each.energy_wh, str(each.per_kwh)) for each in charge.periods] == [
        (1500, "0.10"),
        (1000, "0.12"),
        (500, "0.17"),
        (1500, "0.17"),
        (1500, "0.17"),
    ]


def spot(*prices: tuple[int, int, str]) -> PriceCourse:
    day = datetime(2026, 6, 3, tzinfo=UTC)
    return [PriceSpan(day + start * MINUTE, day + end * MINUTE, Decimal(price)) for start, end, price in prices]


DYNAMIC = with_more(rates([]), source=PriceSource(PriceKind.ENTITY, "sensor.spot", Decimal("0.05")))


def test_price_that_changes_within_a_quarter() -> None:
    course = spot((0, 20, "0.20"), (20, 60, "-0.10"), (60, 600, "0.30"))
    charge = priced(steady(datetime(2026, 6, 3, tzinfo=UTC), 2), DYNAMIC, course=course)
    assert by_price(charge) == {"0.25": 2000, "-0.05": 4000, "0.35": 6000}
    assert cost_of_charge(charge).gross == Decimal("2.40")


def test_prices_of_others_cut_nothing_where_none_is_agreed_to() -> None:
    session = steady(datetime(2026, 6, 3, tzinfo=UTC), 2)
    course = spot((0, 20, "0.20"), (20, 600, "-0.10"))
    assert priced(session, rates([]), course=course).periods == priced(session, rates([])).periods


def test_time_without_a_price_is_asked_about_and_never_free() -> None:
    course = spot((0, 20, "0.20"), (60, 600, "0.30"))
    with pytest.raises(PricesMissingError) as said:
        priced(steady(datetime(2026, 6, 3, tzinfo=UTC), 2), DYNAMIC, course=course)
    day = datetime(2026, 6, 3, tzinfo=UTC)
    assert said.value.spans == ((day + 20 * MINUTE, day + 60 * MINUTE),)
    # Where nothing was charged then, nobody needs to know.
    session = steady(datetime(2026, 6, 3, tzinfo=UTC), 2)
    session.marks = [session.marks[0], Mark(day + 60 * MINUTE, 0.0), Mark(day + 120 * MINUTE, 6000.0)]
    assert by_price(priced(session, DYNAMIC, course=course)) == {"0.35": 6000}


def test_money_is_rounded_once_and_tax_adds_up() -> None:
    agreed = with_more(rates([]), session_fee=Decimal("0.333"), tax_percent=Decimal(19))
    cost = cost_of_charge(priced(steady(datetime(2026, 6, 3, tzinfo=UTC), 0.5, wh_an_hour=1110), agreed))
    assert (cost.net, cost.tax, cost.gross) == (Decimal("0.39"), Decimal("0.07"), Decimal("0.46"))


def test_session_is_cut_where_one_binding_ends() -> None:
    session = steady(datetime(2026, 6, 3, 10, 7, tzinfo=UTC), 2)
    border = "2026-06-03T11:00:30Z"
    first = priced(session, rates([]), valid_until=border)
    second = priced(session, rates([]), identifier="bind-2", valid_from=border)
    assert first.ended_at == second.started_at == first.periods[-1].ended_at
    assert first.energy_wh + second.energy_wh == session.energy_wh
    assert first.id != second.id
    assert len(first.id) == 36
    assert (first.meter_start_wh, second.meter_end_wh) == (1000, 13_000)
    assert first.meter_end_wh == second.meter_start_wh


def test_charge_says_what_it_is_of() -> None:
    session, bound, agreed = steady(datetime(2026, 6, 3, tzinfo=UTC), 1), binding(), rates([])
    at = session.marks[-1].at + MINUTE
    made = charge_of(session, bound, agreed, VEHICLE, METER, at, month_wh_before=4711)
    assert made is not None
    assert (made.session_id, made.vehicle, made.binding, made.program) == (session.id, VEHICLE, bound, agreed)
    assert (made.meter_kind, made.meter_id) == (METER.kind, METER.id)
    assert (made.month_wh_before, made.issued_at) == (4711, at)
    first = charge_of(session, bound, agreed, VEHICLE, METER, at)
    assert first is not None
    assert first.month_wh_before == 0


def test_charge_of_which_a_part_is_estimated_says_nothing_of_the_counter() -> None:
    session = steady(datetime(2026, 6, 3, tzinfo=UTC), 1)
    assert priced(session, rates([])).meter_start_wh == 1000
    session.note(Oddity.GAP)
    made = priced(session, rates([]))
    assert (made.meter_start_wh, made.meter_end_wh, made.estimated_wh) == (None, None, made.energy_wh)


@st.composite
def sessions(draw: st.DrawFn) -> MeasuredSession:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 365 * 86400)))
    total = draw(st.floats(0, 5000))
    marks = [Mark(at, total)]
    for _ in range(draw(st.integers(1, 12))):
        at += timedelta(seconds=draw(st.integers(61, 20_000)), microseconds=draw(st.integers(0, 999_999)))
        total += draw(st.floats(0, 9000))
        marks.append(Mark(at, total, draw(st.booleans())))
    return MeasuredSession("session", marks, draw(st.none() | st.floats(0, 10**6)), ended_at=at)


@given(session=sessions(), before=st.integers(0, 20_000), blocks=st.lists(st.integers(0, 40_000), max_size=3))
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_periods_add_up_and_agree_with_what_the_utility_is_told(
    session: MeasuredSession, before: int, blocks: list[int]
) -> None:
    agreed = with_more(program(), blocks=tuple(Block(above, Decimal("0.01")) for above in blocks))
    records, _ = billable_records(session, [binding()], {"bind-1": agreed}, METER)
    made = charge_of(session, binding(), agreed, VEHICLE, METER, session.marks[-1].at, month_wh_before=before)
    if not records:
        assert made is None
        return
    assert made is not None
    assert made.energy_wh == session.energy_wh == records[0].energy_wh
    assert (made.periods[0].started_at, made.periods[-1].ended_at) == (made.started_at, made.ended_at)
    assert all(one.ended_at == other.started_at for one, other in pairwise(made.periods))
    assert all(period.ended_at - period.started_at <= 15 * MINUTE for period in made.periods)
    for part in records[0].parts:
        within = [each for each in made.periods if part.started_at <= each.started_at < part.ended_at]
        assert {each.tier for each in within} == {part.tier}
        assert sum(each.energy_wh for each in within) == part.energy_wh
    if not blocks:
        assert made.exact_cost == sum(agreed.prices[part.tier] * part.energy_wh / 1000 for part in records[0].parts)


def test_amounts_are_in_coins_that_there_are() -> None:
    exact = Decimal("12.3456")
    for currency in ACTIVE_CURRENCIES:
        digits = get_currency_precision(currency)  # CLDR, by Babel
        assert -int(in_coins(exact, currency).as_tuple().exponent) == digits, currency
    yen = program(time_zone="Europe/Berlin", currency="JPY", periods=[])
    charge = priced(steady(datetime(2026, 5, 1, tzinfo=UTC), 1, wh_an_hour=12_345), yen)
    assert cost_of_charge(charge).gross == Decimal(1)  # 1.2345
