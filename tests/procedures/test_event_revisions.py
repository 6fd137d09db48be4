"""An event that its utility changes, takes back and puts again: it keeps its id, and is followed (UR-P, OpenADR 3)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlStatus, LoadControl, ResponseStatus, Source
from custom_components.utility_han.procedures.load_control.deciding import ControlledDevice
from custom_components.utility_han.procedures.load_control.levels import level_of
from custom_components.utility_han.procedures.load_control.record import ControlRecord, OptedOut, Phase
from tests.procedures.test_load_control_rules import (
    DEVICE,
    LFDI,
    MINUTE,
    NOW,
    PEAK,
    WATER_HEATER,
    Bench,
    control,
)

pytestmark = pytest.mark.use_case("UR-P")

R = ResponseStatus
OTHER = ControlledDevice("5F" * 20, WATER_HEATER, frozenset({PEAK}), allowed=True)


def event(identifier: str = "event", **more: Any) -> LoadControl:
    """An event of half an hour, ten minutes from now."""
    return control(id=identifier, source=Source.UTILITY, **more)


def record_of(bench: Bench, identifier: str = "event", lfdi: str = LFDI) -> ControlRecord:
    found = bench.rules.record(lfdi, identifier)
    assert found is not None
    return found


@pytest.mark.parametrize("by", [-5, 5, 60])
def test_event_that_is_moved_before_it_starts_is_followed(by: int) -> None:
    bench, moved = Bench(), event(start=NOW + (10 + by) * MINUTE)
    assert bench.take(event()) == [R.RECEIVED]
    assert bench.take(moved) == []
    assert (record_of(bench).start, record_of(bench).end) == (moved.start, moved.end)
    assert bench.wait(10 + by) == [R.STARTED]
    assert bench.wait(30) == [R.COMPLETED]


def test_event_that_asks_otherwise_while_it_lasts_is_followed_at_once() -> None:
    bench, otherwise = Bench(), event(duty_cycle=20)
    bench.take(event())
    bench.wait(10)
    assert bench.take(otherwise, after=MINUTE) == []
    assert bench.doing == otherwise
    longer = replace(otherwise, duration=60 * MINUTE)
    assert bench.take(longer) == []
    assert record_of(bench).end == longer.end
    assert bench.wait(29) == []
    assert bench.wait(30) == [R.COMPLETED]


def test_control_of_the_gateway_keeps_its_interval_and_what_was_drawn_of_it() -> None:
    bench, asked = Bench(), control(randomize_start=5 * MINUTE)
    bench.take(asked)
    drawn = bench.rules.record(LFDI, asked.id)
    assert drawn is not None
    bench.take(replace(asked, duty_cycle=20))
    after = bench.rules.record(LFDI, asked.id)
    assert after is not None
    assert (after.start, after.end, after.control.duty_cycle) == (drawn.start, drawn.end, 20)


def test_event_that_is_put_off_while_it_lasts_comes_anew() -> None:
    bench, later = Bench(), event(start=NOW + 60 * MINUTE)
    bench.take(event())
    bench.wait(10)
    assert bench.take(later) == [R.RECEIVED]
    assert (record_of(bench).phase, bench.doing) == (Phase.SCHEDULED, None)
    assert bench.wait(50) == [R.STARTED]


@pytest.mark.parametrize(("start", "again"), [(60, [R.RECEIVED]), (30, [R.RECEIVED, R.STARTED])])
def test_event_that_is_over_and_put_at_another_time_comes_anew(start: int, again: list[ResponseStatus]) -> None:
    bench = Bench()
    bench.take(event())
    bench.wait(10)
    assert bench.wait(30) == [R.COMPLETED]
    assert bench.take(event(start=NOW + start * MINUTE)) == again
    assert bench.take(event(start=NOW + start * MINUTE)) == []


def test_event_that_is_over_and_said_again_is_over() -> None:
    bench = Bench()
    bench.take(event())
    bench.wait(10)
    bench.wait(30)
    assert bench.take(event()) == []
    assert record_of(bench).phase is Phase.ENDED
    # The same for one that is moved to where it is over just now: there is nothing left of it.
    assert bench.take(event(start=NOW + 20 * MINUTE, duration=20 * MINUTE)) == []


def test_event_that_was_taken_back_and_is_there_again_counts_again() -> None:
    bench = Bench()
    bench.take(event())
    assert bench.take() == [R.CANCELLED]
    assert bench.take(event()) == [R.RECEIVED]
    assert bench.wait(10) == [R.STARTED]


def test_event_counts_again_once_the_one_that_went_before_it_is_taken_back() -> None:
    bench, ordinary = Bench(), event("ordinary")
    urgent = event("urgent", primacy=1, start=NOW + 15 * MINUTE, duration=20 * MINUTE)
    bench.take(ordinary, urgent)
    assert bench.wait(10) == [R.STARTED]
    assert bench.wait(5) == [R.SUPERSEDED, R.STARTED]
    assert bench.take(ordinary, urgent) == []  # it goes before it still
    assert bench.take(ordinary, after=MINUTE) == [R.RECEIVED, R.CANCELLED, R.STARTED]
    assert bench.doing == ordinary


@pytest.mark.parametrize(
    "beside",
    [
        {"primacy": 3, "start": NOW},  # it lasts, and goes behind it
        {"primacy": 1, "start": NOW + 60 * MINUTE},  # it goes before it, and is to come
    ],
)
def test_event_that_is_there_again_waits_for_none_but_what_lasts_and_goes_before_it(beside: dict[str, Any]) -> None:
    bench, other = Bench(), event("other", **beside)
    bench.take(event(), other)
    bench.take(other)
    assert record_of(bench).outcome is R.CANCELLED
    assert bench.take(event(), other) == [R.RECEIVED]


def test_what_goes_before_an_event_does_so_for_its_own_device_alone() -> None:
    bench = Bench(DEVICE, replace(OTHER, programs=frozenset({PEAK})))
    ordinary = event("ordinary")
    bench.take(ordinary)
    bench.wait(10)
    for lfdi in (LFDI, OTHER.lfdi):
        assert record_of(bench, "ordinary", lfdi).phase is Phase.ACTIVE
    bench.take()
    urgent = event("urgent", primacy=1, device_category=1)
    bench.devices = (DEVICE, replace(OTHER, device_category=WATER_HEATER | 1))
    assert bench.take(urgent) == [R.RECEIVED, R.STARTED]
    assert bench.take(urgent, ordinary) == [R.RECEIVED, R.STARTED]
    assert record_of(bench, "ordinary").phase is Phase.ACTIVE
    assert record_of(bench, "ordinary", OTHER.lfdi).phase is Phase.ENDED


@pytest.mark.parametrize("out", [True, False])
def test_person_who_opted_out_of_an_event_is_out_of_it_wherever_it_is_moved(out: bool) -> None:
    bench, later = Bench(), event(start=NOW + 60 * MINUTE)
    bench.take(event())
    bench.wait(10)
    if out:
        assert bench.opt_out() == [R.OPTED_OUT]
    assert bench.take(later) == [R.RECEIVED]
    assert record_of(bench).out is (OptedOut.DURING if out else None)
    assert bench.wait(50) == ([] if out else [R.STARTED])


def test_event_that_was_forgotten_may_come_again_and_a_control_may_not() -> None:
    for asked, again in ((event(), [R.RECEIVED]), (control(), [R.RECEIVED, R.REJECTED_INVALID])):
        bench = Bench()
        bench.take(asked)
        assert bench.take() == [R.CANCELLED]
        bench.take(after=timedelta(days=31))
        assert bench.rules.record(LFDI, asked.id) is not None
        bench.take(after=MINUTE)
        assert bench.rules.record(LFDI, asked.id) is None
        assert bench.take(replace(asked, start=bench.now + MINUTE)) == again


@pytest.mark.parametrize(
    ("level", "offset", "beside", "told"),
    [
        (None, None, [], None),
        (2, None, [], 2),
        (0, None, [], 0),
        (2, 1, [], 3),
        (2, 10, [], 3),
        (1, -10, [], 0),
        (None, 1, [], 1),
        (None, 1, [(2, 1)], 2),
        (None, 1, [(2, 1), (1, 2)], 3),  # of two, the one that goes first
        (None, 1, [(2, None)], 1),
        (1, 1, [(2, 3)], 2),  # it has a level of its own
    ],
)
def test_offset_adds_to_the_level_of_the_event_it_goes_before(
    level: int | None, offset: int | None, beside: list[tuple[int, int | None]], told: int | None
) -> None:
    at = NOW + 10 * MINUTE  # they have just begun

    def record(asked: LoadControl, *statuses: ResponseStatus, **more: Any) -> ControlRecord:
        return ControlRecord(LFDI, asked, Phase.ENDED, asked.start, asked.end, NOW, told=[*statuses], **more)

    own = record(event(level=level, level_offset=offset))
    others = [record(event(primacy=primacy, level=each), R.SUPERSEDED) for primacy, each in beside]
    # What nobody superseded, what a person is out of, and what is over or to come add nothing.
    rest = event(primacy=0, level=3)
    others += [record(rest, R.CANCELLED), record(rest, R.SUPERSEDED, out=OptedOut.DURING)]
    others += [record(replace(rest, start=start), R.SUPERSEDED) for start in (at - 30 * MINUTE, at + MINUTE)]
    assert level_of(own, [own, *others], at) == told


def test_of_two_levels_of_one_rank_the_newer_is_added_to() -> None:
    bench = Bench(replace(DEVICE, beyond=frozenset({"level", "level_offset"})))
    older, newer = (
        event(str(level), level=level, created=NOW - (5 - level) * MINUTE, duty_cycle=None) for level in (1, 2)
    )
    offset = event(level_offset=1, primacy=1, start=NOW + 30 * MINUTE, duty_cycle=None)
    bench.take(older, newer, offset)
    bench.wait(20)
    assert bench.rules.level(LFDI, bench.now) == 2
    bench.wait(10)
    assert bench.rules.level(LFDI, bench.now) == 3
    bench.opt_out()
    assert bench.rules.level(LFDI, bench.now) is None


@pytest.mark.parametrize("source", Source)
def test_of_two_entries_with_one_id_the_one_that_says_more_counts_in_either_order(source: Source) -> None:
    asked = control(source=source)
    over = replace(asked, status=ControlStatus.CANCELLED)
    assert Bench().take(over, asked) == Bench().take(asked, over) == [R.RECEIVED, R.CANCELLED]
