"""How a control ends for a device, and what is answered to that: by what was seen of the appliance (UR-P)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlResponse, ResponseStatus, Source
from custom_components.utility_han.procedures.load_control.book import ControlBook
from custom_components.utility_han.procedures.load_control.effects import Effect, end, refuse, run_out, tell
from custom_components.utility_han.procedures.load_control.record import ControlRecord, OptedOut, Phase, Refusal
from tests.procedures.test_load_control_rules import LFDI, MINUTE, NOW, control

pytestmark = pytest.mark.use_case("UR-P")

R = ResponseStatus
START, END = NOW + 10 * MINUTE, NOW + 40 * MINUTE


def record(phase: Phase = Phase.ACTIVE, *, asked: dict[str, Any] | None = None, **more: Any) -> ControlRecord:
    """One of half an hour; every answer to it is wanted."""
    return ControlRecord(LFDI, control(**{"response_required": 7} | (asked or {})), phase, START, END, NOW, **more)


def only(effects: Iterable[Effect]) -> Effect:
    (effect,) = effects
    return effect


@pytest.mark.parametrize(
    ("seen", "status", "refusal"),
    [
        ({"acted": True}, R.COMPLETED, None),
        ({}, R.REJECTED_PARAMETER, Refusal.ENTITY_UNAVAILABLE),
        ({"acted": True, "interrupted": True}, R.REJECTED_PARAMETER, Refusal.INTERRUPTED),
        ({"acted": True, "cancelling": True}, R.CANCELLED, None),
        ({"acted": True, "back_in": True}, R.PARTIALLY_COMPLETED_OPT_IN, None),
        ({"acted": True, "out": OptedOut.DURING}, R.PARTIALLY_COMPLETED_OPT_OUT, None),
        ({"acted": True, "out": OptedOut.STANDING_DURING}, R.PARTIALLY_COMPLETED_OPT_OUT, None),
        ({"out": OptedOut.DURING}, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        ({"acted": True, "out": OptedOut.BEFORE}, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        ({"acted": True, "out": OptedOut.STANDING}, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        ({"acted": True, "overridden": 1.0}, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        # What comes first explains the rest.
        ({"out": OptedOut.DURING, "cancelling": True}, R.CANCELLED, None),
        ({"acted": True, "interrupted": True, "unseen": True}, R.REJECTED_PARAMETER, Refusal.INTERRUPTED),
    ],
)
def test_end_is_what_was_seen_of_the_appliance(seen: dict[str, Any], status: R, refusal: Refusal | None) -> None:
    ended = record(**seen)
    effect = only(run_out(ended, END))
    assert (effect.status, effect.refusal) == (status, refusal)
    assert (ended.phase, ended.refusal, ended.outcome, ended.changed) == (Phase.ENDED, refusal, status, END)


def test_appliance_that_is_out_of_sight_is_looked_for_before_anything_is_told() -> None:
    ended = record(acted=True, unseen=True, back_in=True)
    assert not [*run_out(ended, END)]
    assert (ended.phase, ended.told) == (Phase.RUN_OUT, [])


@pytest.mark.parametrize(
    ("before", "since", "allowed", "told", "overridden"),
    [
        (600.0, None, 10, R.PARTIALLY_COMPLETED_OPT_OUT, 600.0),
        (601.0, None, 10, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        (0.0, 10, 10, R.PARTIALLY_COMPLETED_OPT_OUT, 600.0),
        (0.0, 11, 10, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        (60.0, 9, 10, R.PARTIALLY_COMPLETED_OPT_OUT, 600.0),
        (60.0, 10, 10, R.COMPLETED_WITHOUT_PARTICIPATION, None),
        (0.0, 1, None, R.COMPLETED_WITHOUT_PARTICIPATION, None),  # it allows nothing
    ],
)
@pytest.mark.parametrize("late", [0, 30])
def test_hand_of_a_person_is_borne_for_as_long_as_the_control_allows(
    before: float, since: int | None, allowed: int | None, told: R, overridden: float | None, late: int
) -> None:
    ended = record(
        asked={"override_duration": None if allowed is None else allowed * MINUTE},
        acted=True,
        overridden=before,
        overridden_at=None if since is None else END - since * MINUTE,
    )
    effect = only(run_out(ended, END + late * MINUTE))
    assert effect.status is told
    assert effect.response is not None
    assert effect.response.overridden == overridden


@pytest.mark.parametrize(
    ("phase", "now", "ended_at"),
    [
        (Phase.ACTIVE, START + MINUTE, START + MINUTE),
        (Phase.ACTIVE, END + MINUTE, END),
        (Phase.SCHEDULED, START - MINUTE, END),
        (Phase.RUN_OUT, END + MINUTE, END),
    ],
)
def test_what_is_called_off_while_it_lasts_ends_there(phase: Phase, now: datetime, ended_at: datetime) -> None:
    ended = record(phase)
    assert only(end(ended, R.CANCELLED, now)).status is R.CANCELLED
    assert (ended.end, ended.phase) == (ended_at, Phase.ENDED)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal.NOT_ENROLLED, R.REJECTED_INVALID),
        (Refusal.REPLAY, R.REJECTED_INVALID),
        (Refusal.EXPIRED, R.REJECTED_EXPIRED),
        (Refusal.ENTITY_REFUSES, R.REJECTED_PARAMETER),
    ],
)
def test_refusal_of_what_is_over_is_an_answer_only(refusal: Refusal, status: R) -> None:
    for phase, after in ((Phase.SCHEDULED, Phase.REJECTED), (Phase.ENDED, Phase.ENDED)):
        refused = record(phase)
        effect = only(refuse(refused, refusal, NOW))
        assert (effect.status, effect.refusal) == (status, refusal)
        assert (refused.phase, refused.refusal) == (after, refusal if after is Phase.REJECTED else None)
        assert not [*refuse(refused, refusal, NOW)]


@pytest.mark.parametrize(
    ("told", "status", "again"),
    [
        ([], R.RECEIVED, True),
        ([R.RECEIVED], R.RECEIVED, False),
        ([R.RECEIVED, R.STARTED], R.RECEIVED, False),
        ([R.OPTED_OUT], R.OPTED_OUT, False),
        ([R.OPTED_OUT, R.OPTED_IN], R.OPTED_OUT, True),  # the last word is what holds
        ([R.OPTED_OUT, R.STARTED], R.OPTED_OUT, True),
    ],
)
def test_everything_is_told_once_and_each_change_of_mind(told: list[R], status: R, again: bool) -> None:
    kept = record(told=[int(each) for each in told])
    assert len([*tell(kept, status, START)]) == again
    assert kept.told == [*told, *([status] if again else [])]
    assert kept.changed == (START if again else NOW)


@pytest.mark.parametrize(
    ("status", "applied"),
    [
        (R.STARTED, {"duty_cycle": 50.0}),
        (R.COMPLETED, {"duty_cycle": 50.0}),
        (R.PARTIALLY_COMPLETED_OPT_IN, {"duty_cycle": 50.0}),
        (R.PARTIALLY_COMPLETED_OPT_OUT, {"duty_cycle": 50.0}),
        (R.RECEIVED, {}),
        (R.CANCELLED, {}),
        (R.COMPLETED_WITHOUT_PARTICIPATION, {}),
    ],
)
@pytest.mark.parametrize("forward", [False, True])
def test_answer_says_what_was_applied_by_whom(status: R, applied: dict[str, float], forward: bool) -> None:
    kept = record(applied={"duty_cycle": 50.0}, asked={"shift_forward": forward})
    assert only(tell(kept, status, START)).response == ControlResponse(
        kept.control.id, LFDI, status, START, "/rsps/1/rsp", applied=applied, overridden=None, heightened=forward
    )


@pytest.mark.parametrize(
    ("phase", "over", "to_come"),
    [
        (Phase.SCHEDULED, False, True),
        (Phase.ACTIVE, False, True),
        (Phase.RUN_OUT, False, False),
        (Phase.ENDED, True, False),
        (Phase.REJECTED, True, False),
    ],
)
def test_what_may_still_come_of_a_control(phase: Phase, over: bool, to_come: bool) -> None:
    kept = record(phase)
    assert (kept.over, kept.to_come, kept.in_force) == (over, to_come, phase is Phase.ACTIVE)
    kept.out = OptedOut.DURING
    assert not kept.in_force


@pytest.mark.parametrize(("source", "ahead"), [(Source.GATEWAY, 90 * MINUTE), (Source.UTILITY, timedelta(0))])
def test_times_are_on_the_clock_of_who_asks(source: Source, ahead: timedelta) -> None:
    book, kept = ControlBook(), record(asked={"source": source}, overridden_at=START + MINUTE)
    book.clock_offset = 90 * MINUTE
    book.restore([kept], {}, [])
    ours = book.ours(kept)
    assert (ours.start, ours.end, ours.changed) == (START - ahead, END - ahead, NOW - ahead)
    assert ours.overridden_at == START + MINUTE - ahead
    assert book.next_change() == END - ahead
    there = book.on_gateway_clock(kept)
    assert (there.start - kept.start, there.end - kept.end) == (90 * MINUTE - ahead,) * 2
    kept.phase, kept.overridden_at = Phase.SCHEDULED, None
    assert (book.next_change(), book.ours(kept).overridden_at) == (START - ahead, None)
    kept.phase = Phase.ENDED
    assert book.next_change() is None
