"""What is kept of a registration says no more than is so, and makes the same idempotency keys again."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.utility_han.esi.typed import UnreadableRecordError
from custom_components.utility_han.gateway.model import DeviceState
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.step import Outcome, Step, StepResult
from custom_components.utility_han.utility.errors import UtilityReason
from custom_components.utility_han.utility.model import Stage

pytestmark = pytest.mark.use_case("UR-6", "UR-8")

REFUSED = StepResult(Step.UR_9, Outcome.FAILED, UtilityReason.REFUSED_BY_UTILITY)
WRONG_KEY = StepResult(Step.UR_8, Outcome.FAILED, UtilityReason.WRONG_KEY)


def run_of(**more: Any) -> RegistrationRun:
    """Return a registration, with more known of it."""
    known = {"lfdi": "AB" * 20, "kind": "thermostat", "model_id": "m", "premise_id": "p", "gateway_lfdi": ""}
    return RegistrationRun(**{**known, **more})


def test_what_is_said_once_more_is_not_kept_anew() -> None:
    run = run_of()
    run.note(REFUSED)
    first = run.results[Step.UR_9.value]
    run.note(StepResult(Step.UR_9, Outcome.FAILED, UtilityReason.REFUSED_BY_UTILITY))
    assert run.results[Step.UR_9.value] is first
    run.note(StepResult(Step.UR_9, Outcome.DONE))
    assert run.results[Step.UR_9.value]["outcome"] == "done"


@pytest.mark.parametrize("state", list(DeviceState))
def test_why_it_failed_is_said_while_it_has(state: DeviceState) -> None:
    """The utility may close what was refused: that is over then."""
    run = run_of(state=state.value)
    run.note(REFUSED)
    assert run.failed_for is (UtilityReason.REFUSED_BY_UTILITY if state is DeviceState.FAILED else None)
    assert run.waits_for is None


@pytest.mark.parametrize("stage", [None, *Stage])
def test_person_is_asked_for_serial_number_and_pin_while_the_utility_wants_them(stage: Stage | None) -> None:
    run = run_of(stage=stage)
    assert run.unidentified is None
    run.note(WRONG_KEY)
    assert run.unidentified is (UtilityReason.WRONG_KEY if stage is Stage.OPEN else None)


@pytest.mark.parametrize("state", list(DeviceState))
@pytest.mark.parametrize("stage", [Stage.ACTIVE, Stage.SUSPENDED])
@pytest.mark.parametrize("under_way", [False, True])
def test_it_is_finished_once_all_was_read_and_applied(state: DeviceState, stage: Stage, *, under_way: bool) -> None:
    run = run_of(state=state.value, stage=stage, under_way=under_way)
    through = state in (DeviceState.REGISTERED, DeviceState.ENROLLED)
    assert run.finished is (through and stage is Stage.ACTIVE and not under_way)


def test_one_that_is_begun_anew_is_another_for_the_utility_and_the_same_here() -> None:
    run = run_of(
        name="Pool", stage=Stage.OPEN, version=3, request_id="r", registration_id="i", record_id="c", returned=True,
        pre_registered=True, state=DeviceState.FAILED.value, serial="1", key="123455",
        dr_programs=[{"href": "/drp/1"}],
    )  # fmt: skip
    run.note(REFUSED)
    before, known = run.idempotency_key("open"), run.to_dict()
    run.begin_anew()
    assert run.idempotency_key("open") != before
    forgotten = {name: value for name, value in run.to_dict().items() if value != known[name]}
    assert forgotten == {
        "attempt": 2, "name": None, "stage": None, "version": 0, "request_id": None, "registration_id": None,
        "record_id": None, "pre_registered": False, "returned": False, "state": "commissioned", "dr_programs": [],
        "results": {},
    }  # fmt: skip


def test_device_that_is_brought_again_stays_and_what_the_utility_knows_has_to_be_seen() -> None:
    run = run_of(closing=True)
    run.bring_again()
    assert (run.closing, run.returned) == (False, True)


def test_after_a_restart_the_same_is_asked_for_once() -> None:
    run = run_of(attempt=2)
    assert RegistrationRun.from_dict(run.to_dict()).idempotency_key("open") == run.idempotency_key("open")


@pytest.mark.parametrize(
    "damage",
    [{"id": ...}, {"attempt": ...}, {"state": "odd"}, {"consents": [{"program_id": "p"}]}, {"dr_programs": [{}]}],
    ids=lambda damage: next(iter(damage)),
)
def test_one_that_would_be_another_or_cannot_be_worked_with_is_not_taken_up(damage: Mapping[str, Any]) -> None:
    kept = {name: value for name, value in {**run_of().to_dict(), **damage}.items() if value is not ...}
    with pytest.raises(UnreadableRecordError):
        RegistrationRun.from_dict(kept)
