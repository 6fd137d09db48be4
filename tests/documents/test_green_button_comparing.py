"""A bill is compared with the home's own meter: what differs is told with its reason, and nothing else is."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest

from custom_components.utility_han.documents.green_button import (
    BillComparison,
    BillInterval,
    BillSummary,
    Reason,
    compare_bill,
)

pytestmark = pytest.mark.use_case("UR-EV")

ZONE = ZoneInfo("America/Denver")
START = int(datetime(2026, 10, 18, 6, tzinfo=UTC).timestamp())  # two weeks before the clocks go back
HOUR, DAY, WEEKS = 3600, 86_400, 4 * 7 * 24


def home(seed: int = 1, hours: int = WEEKS) -> list[float]:
    """Return the Wh of each hour of a home: little at night, most in the evening, now and then a great load."""
    random = Random(seed)
    course = [250, 220, 210, 210, 230, 300, 700, 900, 500, 400, 380, 420, 600, 480, 400, 450, 700, 1300, 1900, 1700]
    course += [1400, 1100, 700, 400]
    return [
        course[hour % 24] * random.uniform(0.6, 1.4) + (random.random() < 0.07) * random.uniform(2000, 7000)
        for hour in range(hours)
    ]


def hourly(energies: Sequence[float]) -> list[tuple[int, int, float]]:
    return [(START + at * HOUR, HOUR, wh) for at, wh in enumerate(energies)]


def quarterly(energies: Sequence[float]) -> list[BillInterval]:
    """Return a bill's quarters of an hour; the dear ones are from 17 to 21 by the clock on the wall."""
    found = []
    for at, wh in enumerate(energies):
        peak = 17 <= datetime.fromtimestamp(START + at * HOUR, ZONE).hour < 21
        found += [
            BillInterval(START + at * HOUR + n * 900, 900, wh / 4, tier="tou 1" if peak else "tou 2") for n in range(4)
        ]
    return found


def compared(bill: Sequence[BillInterval], **others: Sequence[float]) -> BillComparison:
    return compare_bill(bill, hourly(others.get("imported", home())), hourly(others.get("exported", ())), ZONE)


def reasons(found: BillComparison) -> list[Reason]:
    return [each.reason for each in found.findings]


def test_what_agrees_has_no_finding() -> None:
    random = Random(2)
    found = compared(quarterly([wh * random.uniform(0.995, 1.005) for wh in home()]))
    assert found.findings == ()
    assert found.bill_wh == pytest.approx(found.meter_wh, rel=0.002)
    assert found.meter_wh == pytest.approx(sum(home()))
    assert (len(found.days), found.days[0].name) == (28, "2026-10-18")
    assert [(each.name, each.differs) for each in found.tiers] == [("tou 1", False), ("tou 2", False)]
    assert sum(each.meter_wh for each in found.tiers) == pytest.approx(sum(home()))


def late(bill: Sequence[BillInterval], by: Callable[[int], int]) -> list[BillInterval]:
    moved = [replace(each, start=each.start + by(each.start)) for each in bill]
    return sorted({each.start: each for each in moved}.values(), key=lambda each: each.start)


@pytest.mark.parametrize("by", [HOUR, -HOUR, 7 * HOUR, -int(5.5 * HOUR)])
def test_another_time_zone(by: int) -> None:
    found = compared(late(quarterly(home()), lambda _: by))
    (shifted,) = (each for each in found.findings if each.reason is Reason.SHIFTED)
    assert shifted.detail == by


def test_daylight_saving_that_only_one_of_them_has() -> None:
    change = int(datetime(2026, 11, 1, 8, tzinfo=UTC).timestamp())
    found = compared(late(quarterly(home()), lambda start: HOUR if start >= change else 0))
    (shifted,) = (each for each in found.findings if each.reason is Reason.SHIFTED)
    assert (shifted.detail, shifted.start >= change) == (HOUR, True)


@pytest.mark.parametrize("factor", [1000, 40, 10, 0.5, 1.05])
def test_a_factor_is_told_once(factor: float) -> None:
    found = compared(quarterly([wh * factor for wh in home()]))
    (only,) = found.findings
    assert only.reason is Reason.FACTOR
    assert only.detail == pytest.approx(factor, rel=0.001)
    assert all(day.differs for day in found.days)


def test_a_factor_and_another_zone_at_once() -> None:
    found = compared(late(quarterly([10 * wh for wh in home()]), lambda _: -HOUR))
    detail = {each.reason: each.detail for each in found.findings if each.detail}
    assert detail[Reason.SHIFTED] == -HOUR
    assert detail[Reason.FACTOR] == pytest.approx(10, rel=0.01)


def test_another_premise() -> None:
    neighbour = home(99)
    Random(4).shuffle(neighbour)
    assert reasons(compared(quarterly(neighbour))) == [Reason.ANOTHER_PREMISE]


def test_direction_swapped() -> None:
    sun = [max(0.0, 3000 - 600 * abs(hour % 24 - 12)) for hour in range(WEEKS)]
    assert reasons(compared(quarterly(sun), exported=sun)) == [Reason.DIRECTION_SWAPPED]


def test_estimates_of_the_utility() -> None:
    bill = quarterly(home())
    wrong = [replace(each, wh=50.0, estimated=True) if 96 * 3 <= at < 96 * 4 else each for at, each in enumerate(bill)]
    found = compared(wrong)
    assert reasons(found) == [Reason.ESTIMATED]
    assert found.findings[0].start == START + 3 * DAY


def test_what_is_missing_is_told_and_not_compared() -> None:
    bill = quarterly(home())
    whole = compared(bill[: 96 * 5] + bill[96 * 6 :])
    (missing,) = whole.findings
    assert (missing.reason, missing.start, missing.end) == (Reason.MISSING_IN_BILL, START + 5 * DAY, START + 6 * DAY)
    assert missing.bill_wh == 0
    assert missing.meter_wh == pytest.approx(sum(home()[120:144]))
    meter = hourly(home())
    # What a meter counted while Home Assistant was away is in the first hour that there is again.
    back = meter[9][0], HOUR, sum(wh for *_, wh in meter[4:10])
    found = compare_bill(bill, [*meter[:4], back, *meter[10:]], (), ZONE)
    assert reasons(found) == [Reason.MISSING_IN_METER, Reason.MISSING_IN_METER]
    assert found.findings[0].start == START + 4 * HOUR


def test_a_difference_that_nothing_explains() -> None:
    energies = home()
    energies[200] += 6000
    found = compared(quarterly(energies))
    (only,) = found.findings
    assert only.reason is Reason.UNEXPLAINED
    assert only.bill_wh - only.meter_wh == pytest.approx(6000)


@pytest.mark.parametrize("days", [1, 28])
def test_bills_by_the_day_or_the_month(days: int) -> None:
    daily = [
        BillInterval(START + at * DAY, days * DAY, sum(home()[at * 24 : (at + days) * 24]))
        for at in range(0, 28, days)
    ]
    assert compared(daily).findings == ()
    doubled = [replace(each, wh=2 * each.wh) for each in daily]
    assert set(reasons(compared(doubled))) == ({Reason.FACTOR} if days == 1 else {Reason.UNEXPLAINED})


def test_what_is_billed_beside_the_bills_own_readings() -> None:
    energy = sum(home())
    summaries = [BillSummary(START, 28 * DAY, energy * part, Decimal("81.20"), "USD") for part in (1, 1.1)]
    found = compare_bill(quarterly(home()), hourly(home()), (), ZONE, summaries=summaries)
    assert [each.meter_wh for each in found.periods] == [pytest.approx(energy)] * 2
    (only,) = found.findings
    assert only.reason is Reason.SUMMARY_DIFFERS
    assert only.bill_wh == pytest.approx(1.1 * energy)


@pytest.mark.parametrize("bill", [[], [BillInterval(0, 900, 5.0)]])
def test_of_another_time(bill: list[BillInterval]) -> None:
    assert reasons(compared(bill)) == [Reason.NO_OVERLAP]
