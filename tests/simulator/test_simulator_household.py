"""The household's energy is the integral of its power, whenever one looks."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.household.household import CYCLE, DAY_SLOTS, REFERENCE, SLOT, TIERS, Household
from simulator.household.meter import INTERVAL, SET_LENGTH, SETS, Meter
from simulator.household.tariff import blocks

NOW = 1_795_000_000
FLOWS = ("delivered", "received")
moments = st.floats(REFERENCE, REFERENCE + 5 * 365 * 86400, allow_nan=False)
spans = st.floats(0, 3 * 3600, allow_nan=False)
seeds = st.sampled_from([1, 2])


@settings(deadline=None)
@given(seeds, moments, spans)
def test_energy_is_the_integral_of_power(seed: int, start: float, span: float) -> None:
    household = Household(seed, -25200)
    end, net, gross, time = start + span, 0.0, 0.0, start
    while time < end:
        step = min(end, (math.floor(time / SLOT) + 1) * SLOT)
        net += household.power(time) * (step - time) / 3600
        gross += abs(household.power(time)) * (step - time) / 3600
        time = step
    delivered, received = (household.energy(flow, end) - household.energy(flow, start) for flow in FLOWS)
    assert math.isclose(delivered - received, net, abs_tol=0.02)
    assert math.isclose(delivered + received, gross, abs_tol=0.02)


@settings(deadline=None)
@given(moments, spans, st.sampled_from(FLOWS))
def test_registers_never_fall_and_tiers_add_up(start: float, span: float, flow: str) -> None:
    meter = Meter(Household(1, 0))
    assert meter.summation(flow, start) <= meter.summation(flow, start + span)
    tiers = sum(meter.summation(flow, start, tier) for tier in TIERS)
    assert 0 <= meter.summation(flow, start) - tiers < len(TIERS)


@settings(deadline=None, max_examples=30)
@given(st.integers(NOW, NOW + CYCLE), st.sampled_from(FLOWS))
def test_intervals_add_up_to_the_summation(now: int, flow: str) -> None:
    meter = Meter(Household(1, 3600))
    sets = meter.interval_sets(now)
    assert len(sets) == SETS
    total = sum(meter.interval(flow, each.start + n * INTERVAL) for each in sets for n in range(each.count))
    end = now // INTERVAL * INTERVAL
    assert total == meter.summation(flow, end) - meter.summation(flow, sets[-1].start)
    assert sets[0].start + sets[0].count * INTERVAL == end
    assert all(each.start % SET_LENGTH == 0 and each.count == 48 for each in sets[1:])


def test_a_replaced_meter_starts_anew() -> None:
    meter = Meter(Household(1, 0), NOW)
    assert meter.summation("delivered", NOW) == 0
    assert meter.summation("delivered", NOW - 5) == 0
    assert len(meter.interval_sets(NOW)) == 1
    assert meter.interval("delivered", NOW - INTERVAL) == 0


def test_a_day_is_believable() -> None:
    household = Household(1, 0)
    start = REFERENCE + 190 * 86400
    watts = [household.power(start + slot * SLOT) for slot in range(DAY_SLOTS)]
    night, noon = watts[: 4 * 60], watts[11 * 60 : 13 * 60]
    assert 150 < sum(night) / len(night) < 900
    assert sum(noon) / len(noon) < sum(night) / len(night)
    assert min(watts) < 0 < max(watts) < 15_000
    assert {household.tier(start + slot * SLOT) for slot in range(7 * DAY_SLOTS)} == set(TIERS)
    year = household.energy("delivered", start + 365 * 86400) - household.energy("delivered", start)
    assert 2_000_000 < year < 9_000_000


def test_seeds_differ_and_repeat() -> None:
    moments = range(NOW, NOW + 86400, 600)
    one, same, other = ([Household(seed, 0).power(moment) for moment in moments] for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("offset", [19800, 20700, -12600])
def test_tariff_of_a_place_that_is_no_whole_hours_from_utc(offset: int) -> None:
    """India, Nepal, Newfoundland: tiers begin at their full hours."""
    now = 1_764_000_000
    found = blocks(Household(1, offset), now)
    assert found[0].start <= now < found[0].end
    assert all((each.start + offset) % 3600 == 0 for each in found)
    assert all(one.end == other.start and one.tier != other.tier for one, other in pairwise(found))
