"""A charger whose counter is told in another unit all at once: kWh where it was Wh, or the other way round (UR-EV)."""

from datetime import datetime, timedelta

import pytest

from custom_components.utility_han.procedures.charging.meter import EnergyMeter, Oddity
from tests.procedures.test_charging_sessions import MINUTE, NOON, POWER

pytestmark = pytest.mark.use_case("UR-EV")

BEFORE = 1_000_400.0


def meter_at(counter: float, at: datetime = NOON) -> EnergyMeter:
    meter = EnergyMeter(POWER)
    meter.read_counter(at - MINUTE, counter - 100)
    meter.read_counter(at, counter)
    return meter


@pytest.mark.parametrize(("factor", "scale"), [(0.001, 1000.0), (1000.0, 0.001)])
def test_counter_goes_on_in_the_other_unit_and_in_its_own_again(factor: float, scale: float) -> None:
    meter = meter_at(BEFORE)
    change = meter.read_counter(NOON + MINUTE, (BEFORE + 150) * factor)
    assert (round(change.energy, 3), change.oddity) == (150, None)
    assert meter.scale == scale
    change = meter.read_counter(NOON + 2 * MINUTE, (BEFORE + 300) * factor)
    assert (round(change.energy, 3), change.oddity) == (150, None)
    change = meter.read_counter(NOON + 3 * MINUTE, BEFORE + 450)
    assert (round(change.energy, 3), change.oddity) == (150, None)
    assert meter.scale == 1.0
    assert meter.total == pytest.approx(550)


def test_fewer_digits_in_the_greater_unit_are_no_change() -> None:
    meter = meter_at(BEFORE)
    change = meter.read_counter(NOON + MINUTE, 1000.4)
    assert (change.energy, change.oddity) == (0, None)
    assert meter.counter == BEFORE
    change = meter.read_counter(NOON + 2 * MINUTE, 1000.3998)
    assert (change.energy, change.oddity) == (0, None)
    assert meter.counter == BEFORE
    assert meter.changed == NOON


def test_digits_that_come_back_with_the_smaller_unit_are_no_change() -> None:
    """1000.4 kWh were 1,000,400.3 Wh."""
    meter = meter_at(BEFORE)
    meter.read_counter(NOON + MINUTE, 1000.4)
    change = meter.read_counter(NOON + 2 * MINUTE, BEFORE + 0.3)
    assert (change.energy, change.oddity) == (0, None)
    change = meter.read_counter(NOON + 3 * MINUTE, BEFORE + 0.6)
    assert change.energy == pytest.approx(0.6)


def test_in_its_own_unit_the_least_change_is_one() -> None:
    meter = meter_at(BEFORE)
    assert meter.read_counter(NOON + MINUTE, BEFORE + 0.3).energy == pytest.approx(0.3)


@pytest.mark.parametrize("after", [MINUTE, timedelta(minutes=15)])
def test_what_is_said_in_another_unit_is_what_a_charger_gives_in_the_time(after: timedelta) -> None:
    most = 1.25 * POWER * after / timedelta(hours=1)
    meter = meter_at(BEFORE)
    assert meter.read_counter(NOON + after, (BEFORE + most) / 1000).energy == pytest.approx(most, abs=0.001)
    assert meter.scale == 1000


@pytest.mark.parametrize("after", [MINUTE, timedelta(minutes=15), timedelta(days=7)])
def test_what_fits_in_another_unit_has_to_fit_in_a_quarter_of_an_hour(after: timedelta) -> None:
    """In a week any number fits: a counter of 1,100 Wh that has begun anew is no 1,100 kWh."""
    most = 1.25 * POWER * min(after, timedelta(minutes=15)) / timedelta(hours=1)
    meter = meter_at(BEFORE)
    change = meter.read_counter(NOON + after, (BEFORE + most + 10) / 1000)
    assert (change.energy, change.oddity) == (0, Oddity.COUNTER_RESET)
    assert meter.scale == 1


def test_what_fits_after_nobody_looked_for_long_is_not_taken_for_the_other_unit_alone() -> None:
    meter = meter_at(BEFORE)
    change = meter.read_counter(NOON + timedelta(days=7), (BEFORE + 2000) / 1000)
    assert change.energy == 0
    assert meter.departure is not None


def test_counter_that_is_a_thousandth_and_less_than_before_has_begun_anew() -> None:
    meter = meter_at(BEFORE)
    change = meter.read_counter(NOON + MINUTE, 999.0)
    assert (change.energy, change.oddity) == (0, Oddity.COUNTER_RESET)
    assert meter.scale == 1


@pytest.mark.parametrize(("counter", "scale"), [(99.0, 1.0), (101.0, 1000.0)])
def test_of_less_than_a_hundred_watt_hours_the_unit_is_not_told_by_a_number(counter: float, scale: float) -> None:
    meter = EnergyMeter(POWER)
    meter.read_counter(NOON, counter)
    meter.read_counter(NOON + MINUTE, (counter + 100) / 1000)
    assert meter.scale == scale


def test_counter_that_is_a_thousand_times_more_is_the_same_in_the_smaller_unit() -> None:
    """It said kWh under the name of Wh: what was charged in between is in the smaller unit."""
    meter = meter_at(1000.4)
    change = meter.read_counter(NOON + MINUTE, 1_001_400)
    assert change.energy == pytest.approx(1)
    assert meter.scale == 0.001
