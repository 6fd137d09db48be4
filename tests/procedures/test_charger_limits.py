"""What a charger can give in a time is worked out to the watt-hour (UR-EV)."""

from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.utility_han.procedures.charging.clock import UNTOLD
from custom_components.utility_han.procedures.charging.limits import ChargerLimits, Plug
from custom_components.utility_han.procedures.charging.meter import EnergyMeter

pytestmark = pytest.mark.use_case("UR-EV")

AT = datetime(2026, 6, 3, 12, tzinfo=UTC)
HOUR, MINUTE, NONE = timedelta(hours=1), timedelta(minutes=1), timedelta(0)
POWER = 11_000.0


@pytest.mark.parametrize(
    ("elapsed", "fastest", "most"),
    [
        (NONE, 0.0, 1000.0),
        (HOUR, 0.0, 2 * 11_000 + 1000.0),
        (HOUR / 2, 0.0, 11_000 + 1000.0),
        (HOUR, 10_000.0, 2 * 11_000 + 1000.0),
        (HOUR, 22_000.0, 2 * 22_000 + 1000.0),
    ],
)
def test_more_than_twice_its_power_and_a_kilowatt_hour_is_not_believed(
    elapsed: timedelta, fastest: float, most: float
) -> None:
    assert ChargerLimits(POWER, fastest=fastest).most(elapsed) == most


def believed_at_once(changed: datetime, plug: Plug, *, untold: bool = False) -> int:
    """Return the most Wh by which a counter can rise until ``AT``, since ``changed``, without being asked about."""

    def is_believed(rise: int) -> bool:
        meter = EnergyMeter(POWER, counter=1000.0, at=changed, changed=changed, untold=untold)
        return meter.read_counter(AT, 1000.0 + rise, plug).oddity is None

    return bisect_left(range(1, 1_000_000), True, key=lambda rise: not is_believed(rise))


@pytest.mark.parametrize(
    ("elapsed", "untold", "counted"),
    [
        (6 * MINUTE, False, 6 * MINUTE),
        (-MINUTE, False, NONE),
        (6 * MINUTE, True, 6 * MINUTE + UNTOLD),
        (-MINUTE, True, UNTOLD),
        (30 * HOUR, False, 24 * HOUR),  # however long nobody looked
    ],
)
def test_time_of_a_rise_is_since_the_counter_changed(elapsed: timedelta, untold: bool, counted: timedelta) -> None:
    assert believed_at_once(AT - elapsed, Plug(), untold=untold) == ChargerLimits(POWER).most(counted)


@pytest.mark.parametrize(
    ("plugged", "counted"),
    [
        (None, HOUR),  # nobody knows
        (NONE, HOUR),  # what was counted with nothing plugged in is asked about by others
        (9 * MINUTE, 24 * MINUTE),  # a charger may tell late that a vehicle is there
        (45 * MINUTE, HOUR),
    ],
)
def test_vehicle_charges_no_longer_than_it_was_plugged_in(plugged: timedelta | None, counted: timedelta) -> None:
    asked: list[datetime] = []

    def at_most(since: datetime) -> timedelta | None:
        asked.append(since)
        return plugged

    assert believed_at_once(AT - HOUR, Plug(at_most=at_most)) == ChargerLimits(POWER).most(counted)
    assert set(asked) == {AT - HOUR}


@pytest.mark.parametrize(("energy", "likely"), [(13_850.0, True), (13_850.1, False), (0.0, True)])
def test_likely_is_a_quarter_more_than_its_power_and_a_little(energy: float, likely: bool) -> None:
    assert ChargerLimits(POWER)._likely(energy, HOUR) is likely


@pytest.mark.parametrize(
    ("claimed", "before", "fastest"),
    [(22_000.0, 0.0, 22_000.0), (1e6, 0.0, 44_000.0), (15_000.0, 22_000.0, 22_000.0)],
)
def test_person_who_says_that_it_was_charged_is_believed_up_to_four_times_its_power(
    claimed: float, before: float, fastest: float
) -> None:
    limits = ChargerLimits(POWER, fastest=before, claimed=claimed)
    limits.confirm_claim()
    assert limits.fastest == fastest


@pytest.mark.parametrize(
    ("pace", "elapsed", "plugged", "just_now", "after"),
    [
        (None, HOUR, HOUR, False, 3600.0),
        (None, HOUR, None, False, None),  # nobody looked
        (60.0, HOUR, NONE, False, 60.0),  # nothing was charged
        (None, HOUR, 10 * MINUTE, True, 600.0),  # a counter that is quick had nothing to tell before
        (None, HOUR, 10 * MINUTE, False, 3600.0),
        (60.0, 2 * MINUTE, HOUR, False, 120.0),
        (120.0, MINUTE, HOUR, False, 105.0),  # it was a pause, if it does not come again
        (120.0, MINUTE, MINUTE, False, 105.0),
        (120.0, MINUTE, MINUTE / 2, False, 120.0),
        (60.0, MINUTE, MINUTE, False, 60.0),
    ],
)
def test_pace_is_the_longest_time_between_two_changes_and_forgets_pauses(
    pace: float | None, elapsed: timedelta, plugged: timedelta | None, just_now: bool, after: float | None
) -> None:
    limits = ChargerLimits(POWER, pace=pace)
    limits._paced(elapsed, plugged, just_now=just_now)
    assert limits.pace == after
