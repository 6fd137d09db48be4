"""What the utility is told to bill: each binding its part, each watt-hour, in the tier of its day (UR-EV)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from custom_components.utility_han.procedures.charging.billing import billable_records, cost_of
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.procedures.charging.tariff import no_holidays
from custom_components.utility_han.utility.rate_model import RateProgram
from tests.procedures.test_charging_sessions import METER, binding, program

pytestmark = pytest.mark.use_case("UR-EV")

NOON = datetime(2026, 6, 3, 18, tzinfo=UTC)  # 12:00 in Denver
MINUTE = timedelta(minutes=1)


def session(wh: float, minutes: int = 60) -> MeasuredSession:
    marks = [Mark(NOON + minute * MINUTE, wh * minute / minutes) for minute in range(minutes + 1)]
    return MeasuredSession("session", marks, 1000.0, ended_at=marks[-1].at)


def billed(
    measured: MeasuredSession, *bound: Any, rates: RateProgram | None = None, is_holiday: Any = no_holidays
) -> tuple[list[Any], int]:
    agreed = {each.id: rates or program() for each in bound}
    holidays: Callable[[RateProgram], Any] = lambda of: is_holiday if of in agreed.values() else None  # noqa: E731
    return billable_records(measured, bound, agreed, METER, holidays)


def test_binding_that_was_over_before_has_no_part_and_the_next_has_all() -> None:
    over = binding("bind-1", valid_until=(NOON - MINUTE).isoformat())
    records, unbound = billed(session(11_000), over, binding("bind-2", valid_from=(NOON - MINUTE).isoformat()))
    assert [(each.binding_id, each.energy_wh) for each in records] == [("bind-2", 11_000)]
    assert unbound == 0


@pytest.mark.parametrize("wh", [1, 2])
def test_single_watt_hour_is_billed(wh: int) -> None:
    (record,), unbound = billed(session(wh), binding())
    assert (record.energy_wh, unbound) == (wh, 0)


def test_nothing_charged_is_no_record() -> None:
    assert billed(session(0), binding()) == ([], 0)


@pytest.mark.parametrize(("day", "tier"), [(date(2026, 6, 3), "peak"), (date(2026, 6, 4), "off")])
def test_holiday_has_the_tier_of_holidays(day: date, tier: str) -> None:
    rates = program(periods=[{"tier": "peak", "days": [], "start": "00:00", "end": "00:00", "holidays": True}])
    (record,), _ = billed(session(5_000), binding(), rates=rates, is_holiday=lambda each: each == day)
    assert [(part.tier, part.energy_wh) for part in record.parts] == [(tier, 5_000)]


def test_cost_is_in_the_coins_of_the_currency_and_an_unknown_tier_is_free() -> None:
    (record,), _ = billed(session(5_050), binding())
    assert cost_of(record.parts, program()) == Decimal("0.51")
    assert cost_of(record.parts, program(currency="KWD")) == Decimal("0.505")
    assert (
        cost_of(
            record.parts,
            program(tiers=[{"id": "other", "name": "Other", "price": "1"}], default_tier="other", periods=[]),
        )
        == 0
    )
    assert cost_of((), program()) == Decimal("0.00")
