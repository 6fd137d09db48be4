"""Load controls at their edges: at the very end, told late, taken over twice, parts of what all are asked (UR-P)."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlStatus, ResponseStatus, Source
from custom_components.utility_han.procedures.load_control.deciding import ControlRules, OptError
from custom_components.utility_han.procedures.load_control.premise import part_id
from custom_components.utility_han.procedures.load_control.record import Phase, Refusal
from tests.procedures.test_load_control_rules import DEVICE, EV, LFDI, MINUTE, NOW, PEAK, Bench, control

pytestmark = pytest.mark.use_case("UR-P")

R = ResponseStatus


def record_of(bench: Bench) -> Any:
    found = bench.rules.record(LFDI, control().id)
    assert found is not None
    return found


@pytest.mark.parametrize(("looked", "told"), [(39, [R.STARTED]), (40, [R.REJECTED_PARAMETER])])
def test_control_that_is_looked_at_when_it_ends_has_come_and_gone(looked: int, told: list[R]) -> None:
    bench = Bench()
    bench.take(control())
    assert bench.wait(looked) == told
    assert record_of(bench).refusal is (Refusal.INTERRUPTED if looked == 40 else None)  # nobody was there


@pytest.mark.parametrize(
    ("looked", "allowed", "told", "at_home"),
    [
        (0, True, [R.RECEIVED, R.CANCELLED], [R.CANCELLED]),
        (39, True, [R.RECEIVED, R.CANCELLED], [R.CANCELLED]),
        (40, True, [R.RECEIVED, R.CANCELLED], []),
        (0, False, [], []),
    ],
)
def test_what_was_over_before_it_was_heard_of_is_answered_and_told_at_home_while_it_would_last(
    looked: int, allowed: bool, told: list[R], at_home: list[R]
) -> None:
    rules, now = ControlRules(), NOW + looked * MINUTE
    effects = rules.take([control(status=ControlStatus.CANCELLED)], {PEAK}, [replace(DEVICE, allowed=allowed)], now)
    assert [each.status for each in effects if each.response] == told
    assert [each.status for each in effects if not each.only_answered] == at_home
    record = rules.record(LFDI, control().id)
    assert record is not None
    assert record.phase is Phase.ENDED


@pytest.mark.parametrize(
    ("identifier", "device", "told"),
    [
        ("A1" * 16, {"answers": frozenset({"setpoint"})}, [R.RECEIVED, R.REJECTED_PARAMETER]),
        (part_id("A1" * 16), {"answers": frozenset({"setpoint"})}, []),  # another device does it
        (part_id("A1" * 16), {"refusal": Refusal.ENTITY_MISSING}, [R.RECEIVED, R.REJECTED_PARAMETER]),
    ],
)
def test_part_of_what_all_are_asked_is_refused_by_none_whom_it_does_not_fit(
    identifier: str, device: dict[str, Any], told: list[R]
) -> None:
    bench = Bench(replace(DEVICE, **device))
    assert bench.take(control(id=identifier)) == told
    assert len(bench.rules.records(LFDI)) == bool(told)


@pytest.mark.parametrize("mandatory", [False, True])
def test_who_stays_out_of_all_is_out_of_what_comes(mandatory: bool) -> None:
    bench = Bench()
    bench.standing(out=True)
    told = bench.take(control(mandatory=mandatory))
    assert told == ([R.RECEIVED] if mandatory else [R.RECEIVED, R.OPTED_OUT])
    assert bench.wait(10) == ([R.STARTED] if mandatory else [])


def test_appliance_out_of_sight_is_nobodys_where_nothing_is_in_force() -> None:
    bench = Bench()
    bench.rules.out_of_sight(LFDI)
    bench.take(control())
    bench.wait(10)
    bench.opt_out()
    bench.rules.out_of_sight(LFDI)
    assert not record_of(bench).unseen
    bench.opt_in()
    bench.rules.out_of_sight(LFDI)
    assert record_of(bench).unseen


@pytest.mark.parametrize("as_left", [False, True])
def test_appliance_is_looked_for_by_what_lasts_or_has_run_out_alone(as_left: bool) -> None:
    bench = Bench()
    assert bench.rules.found(LFDI, "unknown", bench.now, as_left=as_left) == []
    assert bench.rules.not_found(LFDI, "unknown", bench.now) == []
    bench.take(control())
    assert bench.rules.not_found(LFDI, control().id, bench.now) == []
    bench.rules.found(LFDI, control().id, bench.now, as_left=as_left)
    assert not record_of(bench).interrupted  # it has not begun
    bench.wait(10)
    bench.rules.out_of_sight(LFDI)
    bench.rules.found(LFDI, control().id, bench.now, as_left=as_left)
    assert (record_of(bench).interrupted, record_of(bench).unseen) == (not as_left, False)


def test_hand_of_a_person_counts_as_often_as_it_takes_over() -> None:
    bench = Bench()
    bench.take(control())
    bench.wait(10)
    for minutes in (4, 5):
        bench.rules.overridden(LFDI, control().id, bench.now)
        bench.now += minutes * MINUTE
        bench.rules.overridden(LFDI, control().id, bench.now)  # it has it still
        assert bench.rules.found(LFDI, control().id, bench.now, as_left=False) == []
        assert not record_of(bench).interrupted
        bench.now += MINUTE
    assert record_of(bench).overridden == 9 * 60
    assert record_of(bench).overridden_at is None


def test_what_is_over_stays_as_it_was_asked() -> None:
    bench = Bench()
    bench.take(control())
    bench.wait(10)
    bench.wait(30)
    assert bench.take(control(duty_cycle=20)) == []
    assert record_of(bench).control.duty_cycle == 50


def test_person_who_names_none_means_what_lasts_and_else_what_comes_first() -> None:
    bench = Bench()
    later, sooner, other = (
        control(id=f"{number}" * 32, start=NOW + start * MINUTE) for number, start in ((1, 90), (2, 50), (3, 200))
    )
    bench.take(control(), later, sooner, other)

    def meant(named: str | None = None) -> str | None:
        found = bench.rules.meant(LFDI, named)
        return found.control.id if found else None

    assert meant() == control().id
    bench.wait(10)
    assert meant() == control().id
    assert meant(later.id) == later.id
    bench.wait(30)
    assert meant() == sooner.id
    assert meant(control().id) is None
    with pytest.raises(OptError):
        bench.opt_out(control().id)


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        ({}, {}, [R.SUPERSEDED, R.STARTED]),
        ({}, {"program": EV}, [R.SUPERSEDED_BY_OTHER_PROGRAM, R.STARTED]),
        ({"primacy": 1}, {"program": EV}, [R.SUPERSEDED_BY_OTHER_PROGRAM]),
    ],
)
def test_of_two_that_overlap_the_one_that_goes_first_is_in_force(
    ours: dict[str, Any], theirs: dict[str, Any], told: list[R]
) -> None:
    bench = Bench()
    bench.take(control(**ours), control(id="B2" * 16, created=NOW, start=NOW + 20 * MINUTE, **theirs))
    bench.wait(10)
    assert bench.wait(10) == told


@pytest.mark.parametrize("full", [[PEAK], [EV], []])
def test_control_that_is_gone_is_called_off_by_its_own_list_alone(full: list[str]) -> None:
    bench = Bench()
    bench.take(control())
    assert bench.take(full=full) == ([R.CANCELLED] if PEAK in full else [])


def test_from_when_to_when_something_was_asked_last_is_known_afterwards() -> None:
    """Controls that follow on one another are one time; what was called off before it began was none."""
    bench = Bench()
    one = control(start=NOW, duration=20 * MINUTE)
    other = control(id="B2" * 16, start=one.end, duration=20 * MINUTE, created=NOW)
    later = control(id="C3" * 16, start=NOW + 60 * MINUTE, duration=20 * MINUTE)
    bench.take(one, other, later)
    assert bench.rules.lasted(LFDI) is None
    bench.wait(20)
    bench.take(replace(other, status=ControlStatus.CANCELLED), later, after=10 * MINUTE, full=())
    assert bench.rules.lasted(LFDI) == (NOW, NOW + 30 * MINUTE), "it ended as it was called off"
    bench.wait(40)
    bench.wait(50)  # nobody looked as it ended
    assert bench.rules.lasted(LFDI) == (later.start, later.end)
    never = control(id="D4" * 16, start=NOW + 200 * MINUTE)
    bench.take(never)
    bench.take(replace(never, status=ControlStatus.CANCELLED), after=MINUTE)
    assert bench.rules.lasted(LFDI) == (later.start, later.end)
    assert bench.rules.lasted("B" * 40) is None


def test_standing_opt_out_goes_with_its_device() -> None:
    """One that is registered anew takes part, unless somebody says otherwise of that one."""
    bench = Bench()
    bench.standing(out=True)
    bench.rules.keep_only([LFDI])
    assert bench.rules.standing(LFDI)
    bench.rules.keep_only([])
    assert not bench.rules.standing(LFDI)


def test_what_was_called_off_lasted_until_then() -> None:
    bench = Bench()
    bench.take(control())
    bench.wait(10)
    bench.take(control(status=ControlStatus.CANCELLED), after=5 * MINUTE)
    assert bench.rules.lasted(LFDI) == (NOW + 10 * MINUTE, NOW + 15 * MINUTE)


@pytest.mark.parametrize("begun", [False, True])
def test_person_who_opted_out_is_out_of_an_event_that_is_put_again(*, begun: bool) -> None:
    """Before it began as much as while it lasted: the utility's event keeps its id, and the person's word holds."""
    bench, event = Bench(), control(source=Source.UTILITY)
    bench.take(event)
    if begun:
        bench.wait(12)
    bench.opt_out()
    bench.take(replace(event, status=ControlStatus.CANCELLED), after=MINUTE)
    later = replace(event, start=bench.now + 10 * MINUTE)
    bench.take(later, after=MINUTE)
    bench.wait(15)
    assert bench.doing is None
    assert record_of(bench).out is not None
