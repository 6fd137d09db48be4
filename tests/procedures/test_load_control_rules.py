"""The rules for load controls: what is answered when, each once, and what a device is to do."""

import json
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.utility_han.esi import ControlStatus, LoadControl, ResponseStatus, TargetReduction
from custom_components.utility_han.procedures.load_control.deciding import (
    ControlledDevice,
    ControlRules,
    OptError,
    OptReason,
)
from custom_components.utility_han.procedures.load_control.effects import Effect, Happening
from custom_components.utility_han.procedures.load_control.record import ControlRecord, Refusal

pytestmark = pytest.mark.use_case("UR-P")

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LFDI = "3E4F45AB31EDFE5B67E343E5E4562E31984E23E5"
WATER_HEATER, EVSE = 1 << 3, 1 << 17
PEAK, EV = "/dr/1", "/dr/2"
MINUTE = timedelta(minutes=1)
DEVICE = ControlledDevice(LFDI, WATER_HEATER, frozenset({PEAK, EV}), allowed=True)
R = ResponseStatus


def control(**more: Any) -> LoadControl:
    """A control of half an hour, ten minutes from now."""
    given: dict[str, Any] = {
        "id": "A1" * 16,
        "program": PEAK,
        "primacy": 2,
        "device_category": WATER_HEATER,
        "created": NOW - MINUTE,
        "start": NOW + 10 * MINUTE,
        "duration": 30 * MINUTE,
        "status": ControlStatus.SCHEDULED,
        "mandatory": False,
        "reply_to": "/rsps/1/rsp",
        "response_required": 3,
        "duty_cycle": 50,
    }
    return LoadControl(**given | more)


class Bench:
    """The rules with a clock; after every step the state goes through JSON, as over a restart."""

    def __init__(self, *devices: ControlledDevice) -> None:
        self.now = NOW
        self.devices = devices or (DEVICE,)
        self.rules = ControlRules(random.Random(1).uniform)
        self.told: list[ResponseStatus] = []
        self.obeys = True

    def _obeyed(self) -> list[Effect]:
        """Let every appliance do what is in force for it."""
        effects: list[Effect] = []
        for device in self.devices if self.obeys else ():
            record = self.rules.active(device.lfdi)
            if record is not None and record.in_force:
                effects += self.rules.acted(device.lfdi, record.control.id, {"duty_cycle": 50}, self.now)
        return effects

    def _keep(self, effects: Iterable[Effect]) -> list[ResponseStatus]:
        statuses = [effect.status for effect in [*effects, *self._obeyed()]]
        self.told += statuses
        state = json.loads(json.dumps(self.rules.to_dict()))
        self.rules = ControlRules(random.Random(2).uniform)
        self.rules.restore(
            [ControlRecord.from_dict(record) for record in state["records"]],
            {mrid: (start, duration) for mrid, (start, duration) in state["remembered"].items()},
            state["standing"],
        )
        assert self.rules.to_dict() == state
        return statuses

    def take(self, *controls: LoadControl, after: timedelta = timedelta(0), full: Iterable[str] = (PEAK, EV)) -> Any:
        self.now += after
        return self._keep(self.rules.take(controls, set(full), self.devices, self.now))

    def wait(self, minutes: float) -> list[ResponseStatus]:
        self.now += minutes * MINUTE
        return self._keep(self.rules.advance(self.now))

    def opt_out(self, identifier: str | None = None) -> list[ResponseStatus]:
        return self._keep(self.rules.opt_out(LFDI, identifier, self.now))

    def opt_in(self, identifier: str | None = None) -> list[ResponseStatus]:
        return self._keep(self.rules.opt_in(LFDI, identifier, self.now))

    def standing(self, *, out: bool) -> list[ResponseStatus]:
        return self._keep(self.rules.set_standing(LFDI, self.now, out=out))

    @property
    def doing(self) -> LoadControl | None:
        return self.rules.in_force(LFDI)


def test_life_of_a_control() -> None:
    bench = Bench()
    asked = control()
    assert bench.take(asked) == [R.RECEIVED]
    assert bench.take(asked) == []
    assert bench.rules.next_change() == asked.start
    assert bench.wait(9) == []
    assert bench.doing is None
    assert bench.wait(1) == [R.STARTED]
    assert bench.doing == asked
    assert bench.take(replace(asked, status=ControlStatus.ACTIVE)) == []
    assert bench.rules.next_change() == asked.end
    assert bench.wait(30) == [R.COMPLETED]
    assert bench.doing is None
    assert bench.rules.next_change() is None
    assert bench.take(asked) == []


def test_answers_say_who_when_and_to_what() -> None:
    rules = ControlRules()
    (effect,) = rules.take([control()], {PEAK}, [DEVICE], NOW)
    assert effect.happening is Happening.RECEIVED
    assert effect.response is not None
    assert (effect.response.control, effect.response.lfdi, effect.response.at) == ("A1" * 16, LFDI, NOW)
    assert effect.response.reply_to == "/rsps/1/rsp"


@pytest.mark.parametrize(
    ("required", "reply_to", "answered"),
    [
        (3, "/rsp", [R.RECEIVED, R.STARTED]),
        (1, "/rsp", [R.RECEIVED]),
        (2, "/rsp", [R.STARTED]),
        (0, "/rsp", []),
        (3, None, []),
    ],
)
def test_only_answers_that_are_wanted(required: int, reply_to: str | None, answered: list[ResponseStatus]) -> None:
    rules = ControlRules()
    asked = control(response_required=required, reply_to=reply_to, start=NOW)
    effects = rules.take([asked], {PEAK}, [DEVICE], NOW)
    effects += rules.acted(LFDI, asked.id, {}, NOW)
    assert [effect.status for effect in effects] == [R.RECEIVED, R.STARTED]
    assert [effect.status for effect in effects if effect.response] == answered


def test_control_that_is_active_already_starts_at_once() -> None:
    bench = Bench()
    assert bench.take(control(start=NOW - 5 * MINUTE, status=ControlStatus.ACTIVE)) == [R.RECEIVED, R.STARTED]


@pytest.mark.parametrize("more", [{"device_category": EVSE}, {"device_category": 0}, {"program": "/dr/9"}])
def test_what_is_meant_for_others_is_not_answered(more: dict[str, Any]) -> None:
    assert Bench().take(control(**more)) == []


def test_each_device_answers_for_itself() -> None:
    other = replace(DEVICE, lfdi="AB" * 20)
    bench = Bench(DEVICE, other)
    assert bench.take(control(start=NOW)) == [R.RECEIVED, R.RECEIVED, R.STARTED, R.STARTED]


@pytest.mark.parametrize(
    ("more", "device", "status", "refusal"),
    [
        ({}, {"allowed": False}, R.REJECTED_INVALID, Refusal.NOT_ENROLLED),
        ({"start": NOW - timedelta(hours=2)}, {}, R.REJECTED_EXPIRED, Refusal.EXPIRED),
        ({"start": NOW - 30 * MINUTE}, {}, R.REJECTED_EXPIRED, Refusal.EXPIRED),
        ({"duration": timedelta(0)}, {}, R.REJECTED_PARAMETER, Refusal.DURATION),
        ({"duration": timedelta(hours=25)}, {}, R.REJECTED_PARAMETER, Refusal.DURATION),
        ({"start": NOW + timedelta(days=400)}, {}, R.REJECTED_PARAMETER, Refusal.START),
        ({"start": datetime(9000, 1, 1, tzinfo=UTC)}, {}, R.REJECTED_PARAMETER, Refusal.START),
        ({"randomize_start": timedelta(hours=2)}, {}, R.REJECTED_PARAMETER, Refusal.RANDOMIZATION),
        ({"duty_cycle": 101}, {}, R.REJECTED_PARAMETER, Refusal.DUTY_CYCLE),
        ({"cooling_setpoint": -300.0}, {}, R.REJECTED_PARAMETER, Refusal.SETPOINT),
        ({"shift_forward": True}, {"forward": False}, R.REJECTED_PARAMETER, Refusal.UNSUPPORTED),
        (
            {"duty_cycle": None, "target_reduction": TargetReduction(3, 7)},  # cubic metres
            {},
            R.REJECTED_PARAMETER,
            Refusal.UNSUPPORTED,
        ),
        ({"load_adjustment": 600.0}, {}, R.REJECTED_PARAMETER, Refusal.LOAD_ADJUSTMENT),
        ({}, {"answers": frozenset({"load_adjustment"})}, R.REJECTED_PARAMETER, Refusal.UNSUPPORTED),
        ({"duty_cycle": None}, {"answers": frozenset({"duty_cycle"})}, R.REJECTED_PARAMETER, Refusal.UNSUPPORTED),
        ({}, {"refusal": Refusal.ENTITY_MISSING}, R.REJECTED_PARAMETER, Refusal.ENTITY_MISSING),
    ],
)
def test_refusals_are_told_once_and_do_nothing(
    more: dict[str, Any], device: dict[str, Any], status: ResponseStatus, refusal: Refusal
) -> None:
    rules = ControlRules()
    devices = [replace(DEVICE, **device)]
    asked = control(**more)
    effects = rules.take([asked], {PEAK}, devices, NOW)
    assert [(effect.status, effect.refusal) for effect in effects] == [(R.RECEIVED, None), (status, refusal)]
    assert [effect.only_answered for effect in effects] == [True, False], "nobody is told of what is refused at once"
    assert rules.take([asked], {PEAK}, [DEVICE], NOW + MINUTE) == []
    assert rules.advance(NOW + timedelta(hours=1)) == []
    assert rules.in_force(LFDI) is None


def test_without_answers_stated_anything_goes() -> None:
    assert Bench().take(control(duty_cycle=None)) == [R.RECEIVED]


@pytest.mark.parametrize("ended", ["completed", "cancelled", "forgotten"])
def test_replay_with_another_interval_is_refused_once(ended: str) -> None:
    bench = Bench()
    asked = control()
    bench.take(asked)
    if ended == "cancelled":
        bench.take(replace(asked, status=ControlStatus.CANCELLED))
    else:
        bench.wait(10)
        bench.wait(30)
    if ended == "forgotten":
        bench.take(after=timedelta(days=40))
        assert bench.rules.records(LFDI) == []
        assert bench.take(asked) == []
    again = replace(asked, start=bench.now + 5 * MINUTE)
    received = [R.RECEIVED] if ended == "forgotten" else []
    assert bench.take(again) == [*received, R.REJECTED_INVALID]
    assert bench.take(again) == []
    assert bench.wait(6) == []
    assert bench.doing is None


def test_other_interval_while_it_lasts_changes_nothing() -> None:
    bench = Bench()
    asked = control()
    bench.take(asked)
    assert bench.take(replace(asked, start=NOW, duration=timedelta(hours=20))) == []
    assert bench.rules.next_change() == asked.start


@pytest.mark.parametrize(
    ("start", "duration", "start_range", "length_range"),
    [(600, 0, (0, 600), (1800, 1800)), (-600, 0, (-600, 0), (1800, 1800)), (0, -300, (0, 0), (1500, 1800))],
)
def test_randomisation_is_drawn_once_within_its_range(
    start: int, duration: int, start_range: tuple[int, int], length_range: tuple[int, int]
) -> None:
    asked = control(
        start=NOW + timedelta(hours=1),
        randomize_start=timedelta(seconds=start),
        randomize_duration=timedelta(seconds=duration),
    )
    drawn = set()
    for seed in range(30):
        rules = ControlRules(random.Random(seed).uniform)
        rules.take([asked], {PEAK}, [DEVICE], NOW)
        (record,) = rules.records(LFDI)
        rules.take([asked], {PEAK}, [DEVICE], NOW + MINUTE)
        assert rules.records(LFDI) == [record]
        assert start_range[0] <= (record.start - asked.start).total_seconds() <= start_range[1]
        assert length_range[0] <= (record.end - record.start).total_seconds() <= length_range[1]
        drawn.add((record.start, record.end))
    assert len(drawn) > 20


def test_cancelled_before_start() -> None:
    bench = Bench()
    asked = control()
    bench.take(asked)
    assert bench.take(replace(asked, status=ControlStatus.CANCELLED)) == [R.CANCELLED]
    assert bench.take(replace(asked, status=ControlStatus.CANCELLED)) == []
    assert bench.take(asked) == []  # an answer overtaken by the cancellation
    assert bench.wait(11) == []


def test_cancelled_while_it_lasts_ends_at_once() -> None:
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    assert bench.take(replace(asked, status=ControlStatus.CANCELLED), after=5 * MINUTE) == [R.CANCELLED]
    assert bench.doing is None


def test_cancelled_with_randomisation_ends_within_it() -> None:
    bench = Bench()
    asked = control(start=NOW, randomize_duration=5 * MINUTE)
    bench.take(asked)
    cancelled = replace(asked, status=ControlStatus.CANCELLED_RANDOMIZED)
    assert bench.take(cancelled, after=5 * MINUTE) == []
    ends = bench.rules.next_change()
    assert ends is not None
    assert bench.now < ends <= bench.now + 5 * MINUTE
    assert bench.take(cancelled) == []
    assert bench.rules.next_change() == ends
    assert bench.wait(5) == [R.CANCELLED]


@pytest.mark.parametrize("more", [{}, {"randomize_duration": 5 * MINUTE}])
def test_cancelled_with_randomisation_before_start_never_starts(more: dict[str, Any]) -> None:
    bench = Bench()
    asked = control(**more)
    bench.take(asked)
    assert bench.take(replace(asked, status=ControlStatus.CANCELLED_RANDOMIZED)) == [R.CANCELLED]


@pytest.mark.parametrize(
    ("status", "answer"), [(ControlStatus.CANCELLED, R.CANCELLED), (ControlStatus.SUPERSEDED, R.SUPERSEDED)]
)
def test_over_before_we_heard_of_it_is_answered_and_never_started(
    status: ControlStatus, answer: ResponseStatus
) -> None:
    bench = Bench()
    assert bench.take(control(status=status, start=NOW)) == [R.RECEIVED, answer]
    assert bench.take(control(start=NOW)) == []
    assert bench.doing is None


def test_vanished_counts_as_cancelled_only_where_the_list_was_read_fully() -> None:
    bench = Bench()
    bench.take(control(start=NOW))
    assert bench.take(full=[EV], after=MINUTE) == []
    assert bench.doing is not None
    assert bench.take(full=[PEAK], after=MINUTE) == [R.CANCELLED]
    assert bench.take(control(start=NOW)) == []


def test_list_that_forgets_what_is_nominally_over_does_not_cancel() -> None:
    bench = Bench()
    asked = control(start=NOW, randomize_duration=timedelta(minutes=30))
    bench.take(asked)
    (record,) = bench.rules.records(LFDI)
    assert record.end > asked.end
    assert bench.take(after=30 * MINUTE) == []
    assert bench.wait(30) == [R.COMPLETED]


def test_gateway_says_superseded() -> None:
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    assert bench.take(replace(asked, status=ControlStatus.SUPERSEDED)) == [R.SUPERSEDED]
    assert bench.doing is None


def test_newer_control_of_a_program_supersedes_when_it_starts() -> None:
    bench = Bench()
    older = control(start=NOW)
    newer = control(id="B2" * 16, created=NOW, start=NOW + 10 * MINUTE)
    assert bench.take(newer, older) == [R.RECEIVED, R.RECEIVED, R.STARTED]
    assert bench.doing == older
    assert bench.wait(10) == [R.SUPERSEDED, R.STARTED]
    assert bench.doing == newer
    assert bench.take(replace(older, status=ControlStatus.SUPERSEDED), newer) == []


@pytest.mark.parametrize("first", [EV, PEAK])
def test_lower_primacy_wins_between_programs(first: str) -> None:
    bench = Bench()
    high = control(id="B2" * 16, program=EV, primacy=1, start=NOW if first == EV else NOW + 5 * MINUTE)
    low = control(created=NOW, start=NOW if first == PEAK else NOW + 5 * MINUTE)
    bench.take(high, low)
    statuses = bench.wait(5)
    assert R.SUPERSEDED_BY_OTHER_PROGRAM in statuses
    assert bench.doing == high
    assert bench.told.count(R.SUPERSEDED_BY_OTHER_PROGRAM) == 1


def test_cancelled_newer_control_leaves_the_older_in_force() -> None:
    bench = Bench()
    older, newer = control(start=NOW), control(id="B2" * 16, created=NOW, start=NOW + 10 * MINUTE)
    bench.take(older, newer)
    assert bench.take(older, replace(newer, status=ControlStatus.CANCELLED)) == [R.CANCELLED]
    bench.wait(15)
    assert bench.doing == older


def test_one_after_the_other_is_no_overlap() -> None:
    bench = Bench()
    bench.take(control(start=NOW), control(id="B2" * 16, created=NOW, start=NOW + 30 * MINUTE))
    assert bench.wait(30) == [R.COMPLETED, R.STARTED]


def test_opting_out_before_start() -> None:
    bench = Bench()
    bench.take(control())
    assert bench.opt_out() == [R.OPTED_OUT]
    assert bench.opt_out() == []
    assert bench.wait(10) == []
    assert bench.doing is None
    assert bench.rules.active(LFDI) is not None
    assert bench.wait(30) == [R.COMPLETED_WITHOUT_PARTICIPATION]


def test_opting_out_and_in_while_it_lasts() -> None:
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    assert bench.opt_out(asked.id) == [R.OPTED_OUT]
    assert bench.doing is None
    assert bench.opt_in() == [R.OPTED_IN]
    assert bench.doing == asked
    assert bench.wait(30) == [R.PARTIALLY_COMPLETED_OPT_IN]


def test_l8_each_change_of_mind_is_told_and_the_last_word_counts() -> None:
    bench = Bench()
    bench.take(control(start=NOW))
    assert bench.opt_out() == [R.OPTED_OUT]
    assert bench.opt_in() == [R.OPTED_IN]
    assert bench.opt_out() == [R.OPTED_OUT]
    assert bench.told[-1] is R.OPTED_OUT
    assert bench.wait(30) == [R.PARTIALLY_COMPLETED_OPT_OUT]
    assert bench.rules.active(LFDI) is None


def test_l5_what_the_appliance_does_not_do_is_rejected_and_not_completed() -> None:
    bench = Bench()
    bench.obeys = False
    asked = control(start=NOW)
    assert bench.take(asked) == [R.RECEIVED]
    effects = bench.rules.could_not(LFDI, asked.id, Refusal.ENTITY_REFUSES, NOW + MINUTE)
    assert [(effect.status, effect.refusal) for effect in effects] == [(R.REJECTED_PARAMETER, Refusal.ENTITY_REFUSES)]
    assert bench.doing is None
    assert bench.wait(60) == []


def test_appliance_that_was_never_seen_to_act_has_completed_nothing() -> None:
    bench = Bench()
    bench.obeys = False
    bench.take(control(start=NOW))
    assert bench.wait(30) == [R.REJECTED_PARAMETER]


def test_interrupted_by_nobodys_hand_is_not_completed() -> None:
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    assert bench.rules.found(LFDI, asked.id, NOW, as_left=False) == []
    assert bench.wait(30) == [R.REJECTED_PARAMETER]


@pytest.mark.parametrize(
    ("as_left", "told"), [(True, R.COMPLETED), (False, R.REJECTED_PARAMETER), (None, R.REJECTED_PARAMETER)]
)
def test_end_out_of_sight_is_told_when_the_appliance_was_looked_at(as_left: bool | None, told: ResponseStatus) -> None:
    """None: it never comes back."""
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    bench.rules.out_of_sight(LFDI)
    bench.obeys = False
    assert bench.wait(30) == []
    assert bench.rules.active(LFDI) is None
    assert bench.rules.next_change() is None
    assert [record.control for record in bench.rules.looked_for(LFDI)] == [asked]
    with pytest.raises(OptError):
        bench.opt_out()
    if as_left is None:
        effects = bench.rules.not_found(LFDI, asked.id, bench.now)
    else:
        effects = bench.rules.found(LFDI, asked.id, bench.now, as_left=as_left)
    assert [effect.status for effect in effects] == [told]
    assert bench.rules.looked_for(LFDI) == []


def test_called_off_while_the_appliance_was_out_of_sight_is_told_at_once() -> None:
    bench = Bench()
    asked = control(start=NOW)
    bench.take(asked)
    bench.rules.out_of_sight(LFDI)
    bench.obeys = False
    assert bench.take(replace(asked, status=ControlStatus.CANCELLED), after=MINUTE) == [R.CANCELLED]


@pytest.mark.parametrize(
    ("allowed", "at_end", "overridden"),
    [
        (timedelta(minutes=25), R.PARTIALLY_COMPLETED_OPT_OUT, 1200.0),
        (timedelta(minutes=20), R.PARTIALLY_COMPLETED_OPT_OUT, 1200.0),
        (timedelta(minutes=5), R.COMPLETED_WITHOUT_PARTICIPATION, None),
        (None, R.COMPLETED_WITHOUT_PARTICIPATION, None),
    ],
)
def test_override_by_hand_is_8_within_what_is_allowed_and_10_beyond(
    allowed: timedelta | None, at_end: ResponseStatus, overridden: float | None
) -> None:
    """DrResponse.overrideDuration (sep.xsd): the total time overridden; not given, nothing is allowed."""
    rules = ControlRules()
    asked = control(start=NOW, override_duration=allowed)
    rules.take([asked], {PEAK}, [DEVICE], NOW)
    rules.acted(LFDI, asked.id, {"duty_cycle": 50.0}, NOW)
    rules.overridden(LFDI, asked.id, NOW + 10 * MINUTE)
    (effect,) = rules.advance(NOW + 30 * MINUTE)
    assert effect.status is at_end
    assert effect.response is not None
    assert effect.response.overridden == overridden
    assert effect.response.applied == ({"duty_cycle": 50.0} if overridden else {})


def test_list_of_ten_thousand_controls_is_taken_without_comparing_each_with_all() -> None:
    asked = [control(id=f"{number:032X}", start=NOW + timedelta(hours=number % 500 + 1)) for number in range(10_000)]
    rules = ControlRules()
    assert len(rules.take(asked, {PEAK}, [DEVICE], NOW)) == 10_000
    assert rules.take(asked, {PEAK}, [DEVICE], NOW) == []


def test_opting_in_again_to_one_opted_out_of_before_starts_it() -> None:
    bench = Bench()
    bench.take(control())
    bench.opt_out()
    bench.wait(10)
    assert bench.opt_in() == [R.OPTED_IN, R.STARTED]


def test_no_opting_out_of_an_emergency_nor_of_nothing() -> None:
    bench = Bench()
    with pytest.raises(OptError) as caught:
        bench.opt_out()
    assert caught.value.reason is OptReason.NO_CONTROL
    bench.take(control(mandatory=True, start=NOW))
    with pytest.raises(OptError) as caught:
        bench.opt_out()
    assert caught.value.reason is OptReason.EMERGENCY
    with pytest.raises(OptError) as caught:
        bench.opt_in("00" * 16)
    assert caught.value.reason is OptReason.NO_CONTROL
    assert bench.doing is not None


def test_standing_opt_out_is_for_all_to_come_but_emergencies() -> None:
    bench = Bench()
    running, known = control(id="C3" * 16, start=NOW), control(start=NOW + 40 * MINUTE)
    bench.take(running, known)
    assert bench.standing(out=True) == [R.OPTED_OUT, R.OPTED_OUT]
    assert bench.doing is None, "L9: what runs ends now"
    assert bench.rules.standing(LFDI)
    later, emergency = (
        control(id="D4" * 16, start=NOW + timedelta(hours=3)),
        control(id="E5" * 16, start=NOW + timedelta(hours=5), mandatory=True),
    )
    assert sorted(bench.take(running, known, later, emergency)) == [R.RECEIVED, R.RECEIVED, R.OPTED_OUT]
    assert bench.standing(out=False) == [R.OPTED_IN, R.OPTED_IN, R.OPTED_IN]
    assert bench.doing == running
    assert not bench.rules.standing(LFDI)


def test_what_came_and_went_while_we_were_away() -> None:
    bench = Bench()
    bench.take(control())
    assert bench.wait(600) == [R.REJECTED_PARAMETER]


@pytest.mark.parametrize("start", [NOW, NOW + 10 * MINUTE])
@pytest.mark.parametrize("less", [{"allowed": False}, {"programs": frozenset({EV})}])
def test_device_that_is_no_longer_enrolled_is_let_go(start: datetime, less: dict[str, Any]) -> None:
    bench = Bench()
    asked = control(start=start)
    bench.take(asked)
    bench.devices = (replace(DEVICE, **less),)
    assert bench.take(asked) == [R.REJECTED_INVALID]
    assert bench.doing is None
    assert bench.wait(15) == []


def test_devices_that_are_gone_are_forgotten() -> None:
    bench = Bench()
    bench.take(control(start=NOW))
    bench.standing(out=True)
    bench.rules.keep_only([])
    assert bench.rules.records(LFDI) == []
    assert bench.rules.next_change() is None


@pytest.mark.parametrize("seed", range(20))
def test_order_and_repetition_make_no_difference(seed: int) -> None:
    draw = random.Random(seed)
    asked = [
        control(
            id=f"{number:02X}" * 16,
            program=program,
            primacy=primacy,
            created=NOW - draw.randint(1, 99) * MINUTE,
            start=NOW + draw.randint(-20, 60) * MINUTE,
            duration=draw.randint(10, 60) * MINUTE,
            status=draw.choice(list(ControlStatus)[:3]),
        )
        for number, (program, primacy) in enumerate([(PEAK, 2), (EV, 1)] * 4, 1)
    ]
    told = []
    for order in (asked, asked[::-1], [*asked, *asked]):
        bench = Bench()
        for _ in range(70):
            bench.take(*order)
            bench.wait(2)
        told.append({
            (record.control.id, tuple(record.told)) for record in bench.rules.records(LFDI)
        })  # fmt: skip
        assert all(len(set(statuses)) == len(statuses) for _, statuses in told[-1])
    assert told[0] == told[1] == told[2]
