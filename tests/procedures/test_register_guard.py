"""The guard of a meter's registers: what cannot be is not shown, and what is shown goes on over another meter."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.gateway import Readings, Register, RegisterKind
from custom_components.utility_han.procedures import GuardRecord, RegisterGuard, read_record

START = datetime(2026, 1, 1, tzinfo=UTC)
ENERGY, EXPORT = "energy_summation_delivered", "energy_summation_received"
REGISTERS = (
    Register(ENERGY, "energy", RegisterKind.SUMMATION, "delivered", "Wh"),
    Register(EXPORT, "energy", RegisterKind.SUMMATION, "received", "Wh"),
    Register("energy_net", "energy", RegisterKind.SUMMATION, "net", "Wh"),
    Register("power", "power", RegisterKind.INSTANTANEOUS, "net", "W"),
)


@dataclass
class Meter:
    """A guard that is read now and then, of a meter behind transformers of ``factor`` to one."""

    factor: float = 1.0
    guard: RegisterGuard = field(default_factory=RegisterGuard)
    now: datetime = START

    def read(self, value: float, *, key: str = ENERGY, after: float = 1) -> float | None:
        """Return what is shown of a value that is read ``after`` so many minutes."""
        self.now += timedelta(minutes=after)
        readings = Readings(self.now, {key: value * self.factor})
        return self.guard.accept(readings, REGISTERS, self.now, factor=self.factor).values.get(key)

    def restart(self) -> None:
        """Keep, and take up, what outlives a restart."""
        self.guard = RegisterGuard(read_record(GuardRecord, self.guard.to_dict()))


@pytest.fixture
def meter() -> Meter:
    meter = Meter()
    assert meter.read(10_500_911) == 10_500_911
    return meter


def test_zero_for_a_while_is_no_value(meter: Meter) -> None:
    assert [meter.read(0) for _ in range(4)] == [None] * 4
    assert meter.read(10_500_930) == 10_500_930
    assert not meter.guard.doubts


def test_spike_is_no_value(meter: Meter) -> None:
    assert meter.read(10_900_000) is None
    assert meter.read(10_500_930) == 10_500_930


@pytest.mark.parametrize("factor", [1, 30])
def test_other_meter_that_comes_to_what_the_former_one_had_shown_is_the_other_meter_still(factor: int) -> None:
    meter = Meter(factor=factor)
    assert meter.read(6_579) == 6_579 * factor
    for step in range(40):
        assert meter.read(4_050 + 100 * step, after=5) is None
    assert meter.guard.asks
    meter.guard.go_over(meter.guard.asks, meter.now)
    assert meter.read(4_050 + 4_000, after=5) == (6_579 + 4_000) * factor


def test_meter_that_showed_less_for_a_while_goes_on_where_it_was(meter: Meter) -> None:
    for step in range(20):
        assert meter.read(10_490_000 + 20 * step) is None
    assert meter.read(10_501_000) == 10_501_000
    assert not meter.guard.doubts


def test_meter_that_is_the_same_by_a_persons_word_is_believed_once_it_comes_to_what_it_had_shown(meter: Meter) -> None:
    for step in range(30):
        assert meter.read(10_498_000 + 50 * step) is None
    meter.guard.deny(meter.guard.asks)
    for step in range(30, 58):
        assert meter.read(10_498_000 + 50 * step) is None
    assert meter.read(10_500_950) == 10_500_950


def test_register_that_moves_once_an_hour_moves_by_an_hour(meter: Meter) -> None:
    for hour in range(1, 6):
        for _ in range(59):
            assert meter.read(10_500_911 + (hour - 1) * 20_000) is not None
        assert meter.read(10_500_911 + hour * 20_000) == 10_500_911 + hour * 20_000


def test_quiet_night_makes_no_room_for_a_spike(meter: Meter) -> None:
    for _ in range(24 * 6):
        meter.read(10_500_911, after=10)
    assert meter.read(10_500_911 + 200_000, after=10) is None


def test_time_in_which_nobody_read_counts_in_full(meter: Meter) -> None:
    assert meter.read(10_500_911 + 200_000, after=60 * 24) == 10_500_911 + 200_000


@pytest.mark.parametrize("to", [12_345_000.0, 3_000.0])
def test_another_meter_goes_on_where_the_old_one_stood(meter: Meter, to: float) -> None:
    shown = [meter.read(to + 100 * n, after=15) for n in range(6)]
    assert shown == [None] * 6
    assert meter.guard.asks == [ENERGY]
    meter.guard.go_over(meter.guard.asks, meter.now)
    # What was counted since it was first read is counted, and not a watt-hour more.
    assert meter.read(to + 600, after=15) == 10_500_911 + 600
    assert meter.guard.rebased == [ENERGY]
    meter.restart()
    assert meter.read(to + 700, after=15) == 10_500_911 + 700


def test_what_goes_on_for_a_day_is_believed_and_can_be_taken_back(meter: Meter) -> None:
    shown = [meter.read(12_345_000 + 100 * n, after=15) for n in range(110)]
    first = next(place for place, value in enumerate(shown) if value is not None)
    assert first >= 24 * 4
    assert shown[first] == 10_500_911 + 100 * first
    meter.guard.undo(meter.guard.rebased)
    meter.restart()
    assert meter.read(12_356_100, after=15) is None
    # The true register is behind what was shown: that stays until it has caught up.
    assert meter.read(10_505_000, after=15) == shown[-1]
    assert meter.read(10_525_000, after=15) == 10_525_000


def test_what_a_person_denies_is_never_believed(meter: Meter) -> None:
    for _ in range(5):
        meter.read(0, after=15)
    meter.guard.deny(meter.guard.asks)
    assert [meter.read(0, after=15) for _ in range(200)] == [None] * 200
    assert not meter.guard.asks
    assert meter.read(10_600_000, after=15) == 10_600_000


def test_what_a_person_takes_back_is_never_believed(meter: Meter) -> None:
    for _ in range(6):
        meter.read(3_000, after=15)
    meter.guard.go_over(meter.guard.asks, meter.now)
    assert meter.read(3_100, after=15) == 10_501_011
    meter.guard.undo(meter.guard.rebased)
    assert [meter.read(3_200, after=15) for _ in range(200)] == [None] * 200
    assert not meter.guard.asks


def test_what_a_person_agrees_to_is_asked_about_no_more(meter: Meter) -> None:
    for _ in range(6):
        meter.read(3_000, after=15)
    meter.guard.go_over([ENERGY, "unknown"], meter.now)
    assert meter.guard.rebased == [ENERGY]
    meter.guard.agree([EXPORT])
    assert meter.guard.rebased == [ENERGY]
    meter.guard.agree([ENERGY])
    assert not meter.guard.rebased
    meter.guard.undo([ENERGY])
    assert meter.read(3_100, after=15) == 10_501_011


def test_value_as_near_to_what_is_believed_as_to_what_is_doubted_is_believed(meter: Meter) -> None:
    assert meter.read(10_500_911 - 1_200) is None
    assert meter.read(10_500_911 - 600) == 10_500_911


@pytest.mark.parametrize(("step", "shown"), [(1000, None), (1001, 10_500_911)])
def test_series_that_counts_by_itself_goes_on_by_its_finest_step(meter: Meter, step: int, shown: float | None) -> None:
    for behind in (1300, 1200, 1100):
        assert meter.read(10_500_911 - behind) is None
    assert meter.read(10_500_911 - 1100 + step) == shown


def test_outage_confirms_nothing(meter: Meter) -> None:
    for _ in range(6):
        assert meter.read(0, after=60 * 24) is None


def test_two_series_in_turn_are_none(meter: Meter) -> None:
    for n in range(200):
        assert meter.read(0 if n % 2 else 55_000_000, after=15) is None
    assert not meter.guard.rebased


def test_stray_does_not_end_a_long_series(meter: Meter) -> None:
    shown = [meter.read(88_000_000 if n == 50 else 3_000, after=15) for n in range(120)]
    assert shown[-1] == 10_500_911


def test_step_that_was_none_is_not_counted_twice(meter: Meter) -> None:
    assert meter.read(10_560_000, after=60) == 10_560_000
    assert meter.read(10_501_500, after=1) == 10_560_000
    assert meter.read(10_540_000, after=60) == 10_560_000
    assert meter.read(10_561_000, after=60) == 10_561_000


def test_step_long_ago_makes_no_room_for_a_leap(meter: Meter) -> None:
    at = 10_500_911 + 200_000
    assert meter.read(at, after=60 * 24) == at
    for _ in range(24 * 6):
        assert meter.read(at, after=10) == at
    assert meter.read(at + 1_844_000, after=10) is None
    assert meter.read(at + 100, after=10) == at + 100


def test_rounding_downwards_is_held(meter: Meter) -> None:
    assert meter.read(10_500_910) == 10_500_911
    assert meter.read(10_500_912) == 10_500_912


@pytest.mark.parametrize("value", [float(0x7FFFFFFFFFFF), 1e12, -5.0])
def test_what_no_register_shows_is_never_a_value(value: float) -> None:
    meter = Meter()
    assert [meter.read(value, after=30) for _ in range(100)] == [None] * 100
    assert meter.read(8_123_456) == 8_123_456


def test_meter_that_has_just_begun_shows_nothing_yet() -> None:
    meter = Meter()
    nothing = Readings(START, {ENERGY: 0.0, EXPORT: 0.0})
    assert not meter.guard.accept(nothing, REGISTERS, START).values
    one_counts = Readings(START + timedelta(minutes=1), {ENERGY: 8_123_456.0, EXPORT: 0.0})
    assert meter.guard.accept(one_counts, REGISTERS, one_counts.at).values == one_counts.values


def test_one_watt_hour_is_counted() -> None:
    meter = Meter()
    assert meter.read(0) is None
    assert meter.read(1) == 1


@pytest.mark.parametrize(("key", "most"), [(ENERGY, 1e11), ("power", 500_000)])
def test_limits_are_those_of_the_meter_itself(key: str, most: float) -> None:
    for factor in (1.0, 30.0):
        assert Meter(factor=factor).read(most, key=key) == most * factor
        assert Meter(factor=factor).read(most + 1, key=key) is None
    beyond = Readings(START, {key: most + 1})
    assert RegisterGuard().accept(beyond, REGISTERS, START).doubted == {key}


def test_net_register_goes_both_ways() -> None:
    meter = Meter()
    assert [meter.read(value, key="energy_net") for value in (6000, 5200, 5700, -300_000)] == [6000, 5200, 5700, None]


def test_clock_that_steps_back_is_borne(meter: Meter) -> None:
    assert meter.read(10_501_000, after=-60 * 24 * 365) == 10_501_000
    assert meter.read(10_501_500, after=60) == 10_501_500


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("factor", [0.5, 80.0])
def test_behind_transformers_all_is_judged_by_what_the_meter_counts(factor: float) -> None:
    meter = Meter(factor=factor)
    assert meter.read(10_500_000) == factor * 10_500_000
    assert meter.read(10_507_000, after=5) == factor * 10_507_000
    assert meter.read(10_506_200, after=5) == factor * 10_507_000  # rounded downwards
    assert meter.read(10_508_000, after=5) == factor * 10_508_000
    assert meter.read(10_700_000, after=5) is None
    assert meter.read(5_000, key="power") == factor * 5_000
    assert meter.read(2e11 / min(factor, 1.0)) is None


def test_power_that_no_home_draws_is_left_out(meter: Meter) -> None:
    assert meter.read(2_000_000, key="power") is None
    assert meter.read(-7_000, key="power") == -7_000


@pytest.mark.use_case("IP-7")
def test_meter_that_a_person_replaced_goes_on_at_once(meter: Meter) -> None:
    meter.guard.expect_other_meter()
    meter.restart()
    assert meter.read(0.0) == 10_500_911  # new meters begin there
    assert meter.read(100.0) == 10_501_011
    assert not meter.guard.rebased


@given(
    watts=st.lists(st.floats(0, 40_000), min_size=1, max_size=60),
    poll=st.floats(0.5, 30),
    update=st.floats(0.02, 80),
    faults=st.dictionaries(st.integers(1, 400), st.sampled_from(["zero", "spike", "outage", "restart"]), max_size=30),
)
def test_shown_is_what_the_meter_counted(
    watts: list[float], poll: float, update: float, faults: dict[int, str]
) -> None:
    """Whatever is told between, at the end is shown what a meter that stays the same has counted, and never less."""
    meter, first = Meter(), 5_000_000.0
    told, truth, minutes, updated = first, first, 0.0, 0.0
    shown = [meter.read(first)]
    for n in range(1, len(watts) * 8):
        minutes += poll
        truth += watts[n // 8] * poll / 60
        if minutes - updated >= update:
            told, updated = truth, minutes
        match faults.get(n):
            case "zero":
                shown.append(meter.read(0.0, after=poll))
            case "spike":
                shown.append(meter.read(told + 10_000_000, after=poll))
            case "outage":
                meter.now += timedelta(minutes=poll)
            case fault:
                if fault == "restart":
                    meter.restart()
                shown.append(meter.read(told, after=poll))
                assert shown[-1] == told
    seen = [value for value in shown if value is not None]
    assert seen == sorted(seen)
