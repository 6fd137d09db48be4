"""A limit of what a premise may take from the grid, held by lowering and raising its devices (OpenADR 3.1, 2030.5)."""

import json
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from custom_components.utility_han.procedures import read_record
from custom_components.utility_han.procedures.load_control.premise_limit import LimitedLoad, LimitState, PremiseLimit

pytestmark = pytest.mark.use_case("UR-P")

POLL = 30.0
LIMIT = 5000.0


@dataclass
class Device:
    """An appliance that would draw ``watts``, and follows at once."""

    key: str
    importance: int
    watts: float
    stepless: bool = False
    measured: bool = True
    rated: bool = True
    least: float = 0.0

    def drawn(self, level: float) -> float:
        return self.watts * level

    def load(self, level: float) -> LimitedLoad:
        return LimitedLoad(
            self.key,
            self.importance,
            self.stepless,
            self.drawn(level) if self.measured else None,
            self.watts if self.rated else None,
            self.least,
        )


@dataclass
class Premise:
    """Devices and what else draws, read at each poll."""

    devices: list[Device]
    base: float
    state: LimitState = field(default_factory=LimitState)
    now: float = 1e9

    def __post_init__(self) -> None:
        self.limit = PremiseLimit(self.state, LIMIT)

    @property
    def total(self) -> float:
        return self.base + sum(device.drawn(self.limit.level(device.key)) for device in self.devices)

    def levels(self) -> list[float]:
        return [self.limit.level(device.key) for device in self.devices]

    def poll(self, *, read: bool = True) -> bool:
        self.now += POLL
        loads = [device.load(self.limit.level(device.key)) for device in self.devices]
        return self.limit.settle(loads, self.total if read else None, self.now)


devices = st.lists(
    st.builds(
        Device,
        key=st.uuids().map(str),
        importance=st.integers(1, 10),
        watts=st.integers(1, 8000).map(float),
        stepless=st.booleans(),
        measured=st.booleans(),
        rated=st.booleans(),
        least=st.sampled_from([0.0, 0.3]),
    ).map(lambda device: device if device.stepless else _off_is_off(device)),
    max_size=6,
    unique_by=lambda device: device.key,
)
bases = st.integers(0, 9000).map(float)


def _off_is_off(device: Device) -> Device:
    device.least = 0.0
    return device


@settings(max_examples=150, deadline=None)
@given(devices, st.lists(bases, min_size=1, max_size=40))
def test_never_above_the_limit_after_a_poll_where_that_can_be_avoided(
    given: list[Device], courses: list[float]
) -> None:
    premise = Premise(given, 0.0)
    for premise.base in courses:
        above = premise.total > LIMIT
        premise.poll()
        if above and premise.total > LIMIT + 1e-6:
            assert premise.levels() == [device.least for device in premise.devices]


@settings(max_examples=150, deadline=None)
@given(devices, bases)
@example(
    # What is left to save after the first two is what floats leave of nothing.
    [
        Device("0", 1, 489.0, stepless=True, rated=False, least=0.3),
        Device("1", 3, 415.0, stepless=True),
        Device("2", 1, 5942.0, stepless=True, measured=False, least=0.3),
    ],
    187.0,
)
def test_less_important_ones_go_first(given: list[Device], base: float) -> None:
    premise = Premise(given, base)
    premise.poll()
    lowered = [device for device in given if premise.limit.level(device.key) < 1]
    for device in lowered:
        below = [other for other in given if other.importance < device.importance]
        assert all(premise.limit.level(other.key) <= other.least for other in below)


@settings(max_examples=100, deadline=None)
@given(devices, bases)
def test_devices_do_not_go_up_and_down_while_nothing_else_does(given: list[Device], base: float) -> None:
    premise = Premise(given, base)
    for _ in range(240):
        premise.poll()
    courses = []
    for _ in range(120):
        premise.poll()
        courses.append(premise.levels())
    for course in zip(*courses, strict=True):
        turns = sum(one != other for one, other in pairwise(course))
        assert turns <= 4, "an unknown one is tried now and then, each time later"


@settings(max_examples=100, deadline=None)
@given(devices, bases)
def test_devices_are_back_when_there_is_room_for_all(given: list[Device], base: float) -> None:
    for device in given:
        device.watts = min(device.watts, 500.0)
    premise = Premise(given, base)
    for _ in range(10):
        premise.poll()
    premise.base = 0.0
    for _ in range(100):
        premise.poll()
    assert premise.levels() == [1.0] * len(given)


def test_charger_gets_what_is_left_and_follows_it() -> None:
    charger = Device("charger", 5, 7000.0, stepless=True)
    premise = Premise([charger], 500.0)
    premise.poll()
    assert premise.total == pytest.approx(LIMIT * 0.95)
    premise.base = 3000.0
    premise.poll()
    assert premise.total == pytest.approx(LIMIT * 0.95)
    premise.base = 0.0
    premise.poll()
    assert premise.total < LIMIT * 0.5, "not at once: it was lowered just now"
    for _ in range(3):
        premise.poll()
    assert premise.total == pytest.approx(LIMIT * 0.95)


def test_what_is_raised_too_early_waits_longer_each_time() -> None:
    heater = Device("heater", 5, 3000.0)
    premise = Premise([heater], 4000.0)
    ons = []
    for poll in range(120):
        on = premise.levels() == [1.0]
        premise.base = 4000.0 if on else 1000.0  # whatever it is, it comes with the heater
        premise.poll()
        ons.append(premise.levels() == [1.0])
        del poll
    assert 1 <= sum(ons) <= 6


@pytest.mark.parametrize("back", [3600.0, 86400.0])
def test_clock_that_is_put_back_has_no_device_wait_until_it_has_caught_up(back: float) -> None:
    premise = Premise([Device("a", 1, 3000), Device("b", 2, 3000)], 500)
    premise.poll()
    assert premise.levels() == [0.0, 1.0], "what the meter does not show yet counts as saved"
    premise.now -= back
    premise.base = 4000
    for _ in range(2):
        premise.poll()
    assert premise.total <= LIMIT, "no longer than devices take to show it"
    premise.base = 0
    for _ in range(8):
        premise.poll()
    assert 1.0 in premise.levels(), "four minutes later by any clock"


def test_limit_goes_on_after_a_restart() -> None:
    premise = Premise([Device("heater", 9, 2000.0), Device("charger", 5, 7000.0, stepless=True, rated=False)], 3000.0)
    premise.poll()
    read = read_record(LimitState, json.loads(json.dumps(asdict(premise.state))))
    again = Premise(premise.devices, 3000.0, read, premise.now)
    assert again.levels() == premise.levels()
    again.poll()
    assert again.levels() == premise.levels()


def test_nothing_measured_leaves_half_of_the_limit_to_the_rest() -> None:
    premise = Premise([Device("heater", 9, 2000.0), Device("charger", 5, 7000.0, stepless=True)], 0.0)
    premise.poll(read=False)
    assert premise.levels() == [1.0, pytest.approx(500 / 7000)]
    assert premise.state.measured is False
    unknown = Premise([Device("heater", 9, 2000.0, rated=False)], 0.0)
    unknown.poll(read=False)
    assert unknown.levels() == [0.0]


BELOW = LIMIT * 0.95
"""What the premise is brought to: a twentieth of the limit is left free."""


@pytest.mark.parametrize(
    ("load", "reading", "level"),
    [
        ({"drawn": 3000.0}, LIMIT, 1.0),  # at the limit is not above it
        ({"drawn": 3000.0}, LIMIT + 1, 0.0),
        ({"drawn": 0.0}, LIMIT + 1, 1.0),  # it draws nothing: to lower it saves nothing
        ({"drawn": 3000.0, "stepless": True, "most": 3000.0}, LIMIT + 50, 0.9),
        ({"drawn": 3000.0, "stepless": True, "most": 3000.0, "least": 0.95}, LIMIT + 50, 0.95),
        ({"drawn": None, "stepless": True, "most": 3000.0}, LIMIT + 50, 0.9),  # by its plate
        ({"drawn": 3000.0, "stepless": True}, LIMIT + 50, 0.9),  # as much as it was seen to draw
        ({"drawn": None, "stepless": True}, LIMIT + 50, 0.0),  # nobody knows what it draws
    ],
)
def test_device_is_lowered_as_far_as_is_needed(load: dict[str, Any], reading: float, level: float) -> None:
    limit = PremiseLimit(LimitState(), LIMIT)
    given = {"key": "load", "importance": 5, "stepless": False, **load}
    assert limit.settle([LimitedLoad(**given)], reading, 1e9) is (level < 1)
    assert limit.level("load") == pytest.approx(level)


@pytest.mark.parametrize(("level", "again"), [(0.3, False), (0.31, True)])
def test_device_that_is_as_low_as_it_goes_is_not_told_so_again(level: float, again: bool) -> None:
    state = LimitState(levels={"load": level}, lowered={"load": 1.0})
    load = LimitedLoad("load", 5, True, 3000.0 * level, most=3000.0, least=0.3)
    assert PremiseLimit(state, LIMIT).settle([load], LIMIT + 1, 1e9) is again
    assert state.lowered["load"] == (1e9 if again else 1.0)


@pytest.mark.parametrize(("second", "level"), [(249.0, 0.0), (251.0, 1.0)])
def test_no_device_more_is_lowered_than_is_needed(second: float, level: float) -> None:
    limit = PremiseLimit(LimitState(), LIMIT)
    # Of 500 W that are needed, a watt is a matter of adding numbers up.
    loads = [LimitedLoad(str(each), each, False, drawn) for each, drawn in enumerate((second, 248.5, 10.0))]
    limit.settle(loads, LIMIT + 250, 1e9)
    assert [limit.level(load.key) for load in loads] == [0.0, 0.0, level]


@pytest.mark.parametrize(
    ("waited", "room", "raised"),
    [(60.0, 3000.0, True), (59.0, 3000.0, False), (60.0, 2999.0, False), (3600.0, 0.0, False)],
)
def test_device_is_raised_after_a_minute_where_there_is_room_for_all_it_may_draw(
    waited: float, room: float, raised: bool
) -> None:
    limit = PremiseLimit(LimitState(levels={"load": 0.0}, lowered={"load": 1e9 - waited}), LIMIT)
    load = LimitedLoad("load", 5, False, 0.0, most=3000.0)
    assert limit.settle([load], BELOW - room, 1e9) is raised
    assert limit.level("load") == float(raised)


@pytest.mark.parametrize(("room", "level"), [(600.0, 0.7), (59.0, 0.5), (60.0, 0.52), (9000.0, 1.0), (-1.0, 0.5)])
def test_stepless_device_takes_the_room_that_is_worth_it(room: float, level: float) -> None:
    limit = PremiseLimit(LimitState(levels={"load": 0.5}, lowered={"load": 0.0}), LIMIT)
    limit.settle([LimitedLoad("load", 5, True, 1500.0, most=3000.0)], BELOW - room, 1e9)
    assert limit.level("load") == pytest.approx(level)


@pytest.mark.parametrize(
    ("waited", "guess", "raised"),
    [(599.0, None, False), (600.0, None, True), (60.0, 1000.0, True), (60.0, 1001.0, False), (600.0, 1001.0, True)],
)
def test_device_of_which_nobody_knows_what_it_draws_is_tried(waited: float, guess: float | None, raised: bool) -> None:
    guessed = {} if guess is None else {"load": guess}
    limit = PremiseLimit(LimitState(levels={"load": 0.0}, lowered={"load": 1e9 - waited}, guessed=guessed), LIMIT)
    limit.settle([LimitedLoad("load", 5, False, None)], BELOW - 1000.0, 1e9)
    assert limit.level("load") == float(raised)


@pytest.mark.parametrize(("since", "patience"), [(599.0, 240.0), (600.0, 60.0)])
def test_device_that_was_raised_too_early_waits_twice_as_long(since: float, patience: float) -> None:
    state = LimitState(raised={"load": 1e9 - since}, patience={"load": 120.0})
    PremiseLimit(state, LIMIT).settle([LimitedLoad("load", 5, False, 3000.0)], LIMIT + 1, 1e9)
    assert (state.patience["load"], state.lowered["load"]) == (patience, 1e9)
    never = LimitState()
    PremiseLimit(never, LIMIT).settle([LimitedLoad("load", 5, False, 3000.0)], LIMIT + 1, 1e9)
    assert never.patience == {"load": 60.0}


@pytest.mark.parametrize(("since", "lowered"), [(9.0, False), (10.0, True)])
def test_what_was_told_to_devices_counts_until_the_meter_shows_it(since: float, lowered: bool) -> None:
    state = LimitState(changes=[(1e9 - since, 500.0)])
    PremiseLimit(state, LIMIT).settle([LimitedLoad("load", 5, False, 3000.0)], LIMIT + 500, 1e9)
    assert (state.levels.get("load", 1.0) < 1) is lowered
    more = LimitState(changes=[(1e9 - since, 500.0)])
    PremiseLimit(more, LIMIT).settle([LimitedLoad("load", 5, True, 3000.0, most=3000.0)], LIMIT + 550, 1e9)
    assert more.levels["load"] == pytest.approx((3000 - (800 if lowered else 300)) / 3000)
    assert more.changes[-1] == pytest.approx((1e9, 800 if lowered else 300))
    grown = LimitState(levels={"load": 0.0}, lowered={"load": 0.0}, changes=[(1e9 - since, -500.0)])
    PremiseLimit(grown, LIMIT).settle([LimitedLoad("load", 5, False, 0.0, most=3000.0)], BELOW - 3000.0, 1e9)
    assert (grown.levels["load"] == 1) is lowered


def test_what_was_saved_by_lowering_unknown_devices_is_what_they_draw_at_the_most() -> None:
    state = LimitState()
    limit, load = PremiseLimit(state, LIMIT), LimitedLoad("load", 5, False, None)
    limit.settle([load], LIMIT + 1, 1e9)
    assert (state.unsure, state.guessed) == (["load"], {})
    limit.settle([load], LIMIT - 800, 1e9 + 9)
    assert state.guessed == {}  # it may not show yet
    limit.settle([load], LIMIT - 999, 1e9 + 10)
    assert (state.unsure, state.guessed) == ([], {"load": 1000.0})


@pytest.mark.parametrize(
    ("drawn", "level", "learned"), [(700.0, 1.0, {"load": 700.0}), (0.0, 1.0, {}), (700.0, 0.5, {}), (None, 1.0, {})]
)
def test_what_a_device_draws_is_learned_while_it_is_not_lowered(
    drawn: float | None, level: float, learned: dict[str, float]
) -> None:
    state = LimitState(levels={"load": level, "gone": 0.0}, lowered={"load": 1e9})
    PremiseLimit(state, LIMIT).settle([LimitedLoad("load", 5, True, drawn)], 100.0, 1e9)
    assert (state.learned, state.levels) == (learned, {"load": level})


@pytest.mark.parametrize(
    ("loads", "levels"),
    [
        ([("a", 1, False, 2500.0), ("b", 9, False, 2500.0)], [0.0, 1.0]),  # half of 5 kW is for one
        ([("a", 1, False, 500.0), ("b", 9, False, 2000.0)], [1.0, 1.0]),
        ([("a", 1, False, 500.0), ("b", 9, False, 2001.0)], [0.0, 1.0]),
        ([("a", 1, True, 1000.0), ("b", 9, False, 2000.0)], [0.5, 1.0]),
        ([("a", 9, True, 5000.0), ("b", 1, True, 5000.0)], [0.5, 0.3]),
        ([("a", 9, True, None), ("b", 1, True, 2000.0)], [0.3, 1.0]),
        ([("a", 9, True, 1.0)], [1.0]),
    ],
)
def test_without_a_reading_half_of_the_limit_is_shared_by_importance(
    loads: list[tuple[str, int, bool, float | None]], levels: list[float]
) -> None:
    limit = PremiseLimit(LimitState(), LIMIT)
    given = [
        LimitedLoad(key, importance, stepless, None, most=most, least=0.3 if stepless else 0.0)
        for key, importance, stepless, most in loads
    ]
    limit.settle(given, None, 1e9)
    assert [limit.level(load.key) for load in given] == pytest.approx(levels)
