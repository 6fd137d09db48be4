"""What a diagnosis names as the cause, of what gateway, utility and home each say; nothing is asked of a network."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, override
from unittest.mock import create_autospec, patch

import pytest

from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.model import (
    Battery,
    ListedDevice,
    LoggedEvent,
    Readings,
    SelfReport,
    Signal,
    SignalQuality,
)
from custom_components.utility_han.gateway.protocol import Gateway
from custom_components.utility_han.procedures import diagnosis as diagnosis_module
from custom_components.utility_han.procedures.diagnosis import (
    Diagnosis,
    DiagnosisSubject,
    Local,
    ServicePoint,
    diagnose,
)
from custom_components.utility_han.procedures.health import HealthReason
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.self_check import Check, CheckResult, CheckVerdict
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.procedures.vehicle_binding import VehicleRun
from custom_components.utility_han.procedures.verdict import Repair, Verdict
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.model import Account, DeviceMessage, Premise, Registration, Stage
from custom_components.utility_han.utility.protocol import Feature, Utility, Way
from custom_components.utility_han.utility.service_model import Reachability, TestSignal
from custom_components.utility_han.utility.vehicle_model import Binding, BindingStatus
from tests.helpers.bindings import made_binding

pytestmark = pytest.mark.use_case("DM-1", "DM-3", "DM-4a", "RD-3", "RD-6", "RD-7", "RD-9", "RD-10", "RD-11", "RD-12")

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LFDI, METER, HOME = "AB" * 20, "CD" * 20, "EF" * 20
PEAK = DemandResponseProgram("/dr/1", "Peak Saver", 1, "/dr/1/edc")
ENTRY = ListedDevice(LFDI, "1", "/edev/2")
GOOD = Signal(SignalQuality.GOOD, 12.0, 0.0, 5)
PREMISE = Premise("prem-1", "1 Elm Street", (METER,))
ACCOUNT = Account("acc-1", "A. Customer", "…1234", "active", (PREMISE,))
CONFIGURED = DeviceMessage("msg-1", "configuration", ("Peak Saver",), acknowledged=True)
REACHED = Reachability(reachable=True, commissioned=True, detail=None)
ANSWERED = TestSignal("sig-1", LFDI, (1, 2), "answered")
KNOWN = Way("3.1.0", NOW, NOW, enrolled=True)
SILENT_LOG = SelfReport(None, ())
ON = Local((), {"switch.heater": "on"})
ACTIVE = replace(
    Registration.from_json(
        {
            "id": "reg-1",
            "version": 1,
            "stage": "active",
            "premise_id": "prem-1",
            "gateway_lfdi": METER,
            "device": {"kind": "thermostat", "lfdi": LFDI, "model_id": None, "serial": None, "name": "Hall"},
            "discovery": "found",
            "identified": True,
            "programs": [{"program_id": "peak", "terms_version": "1"}],
            "link": {"status": "linked", "stages": []},
            "messages": [],
            "record_id": None,
            "reason": None,
        }
    ),
    messages=(CONFIGURED,),
)


@dataclass
class Told(Utility):
    """A utility that says what it is told to; an error is raised."""

    features = frozenset(Feature) - {Feature.WAY}
    account: Account | Exception = ACCOUNT
    registered: Registration | Exception = ACTIVE
    bound: list[Binding] = field(default_factory=list)
    reach: Reachability = REACHED
    answer: TestSignal | Exception = ANSWERED
    since: Way = KNOWN

    @override
    async def accounts(self) -> list[Account]:
        return [said(self.account)]

    @override
    async def way(self) -> Way:
        return self.since

    @override
    async def registration(self, registration_id: str) -> Registration:
        return said(self.registered)

    @override
    async def bindings(self, premise_id: str) -> list[Binding]:
        return self.bound

    @override
    async def check_reachability(self, registration_id: str) -> Reachability:
        return self.reach

    @override
    async def send_test_signal(self, registration_id: str, idempotency_key: str) -> TestSignal:
        return said(self.answer)


def said[T](value: T | Exception) -> T:
    if isinstance(value, Exception):
        raise value
    return value


def meter(
    *,
    signal: Signal = GOOD,
    offset: timedelta | None = timedelta(seconds=1.26),
    listed: Sequence[ListedDevice] | None = (ENTRY,),
    report: SelfReport = SILENT_LOG,
    programs: Sequence[DemandResponseProgram] | Exception = (PEAK,),
    silent: Exception | None = None,
) -> Any:
    """Return a gateway that answers so."""
    gateway = create_autospec(Gateway, instance=True)
    gateway.client_lfdi = HOME
    gateway.measure_signal.return_value = signal
    gateway.session.side_effect = silent or (lambda **_: nullcontext())
    gateway.read.return_value = Readings(NOW, {}, offset)
    gateway.listed_devices.return_value = None if listed is None else list(listed)
    gateway.self_report.return_value = report
    gateway.device_programs.side_effect = lambda _: said(programs)
    return gateway


def run(**more: Any) -> RegistrationRun:
    consents = [{"program_id": "peak", "name": "Peak Saver", "terms_version": "1", "consented_at": NOW.isoformat()}]
    told = {"registration_id": "reg-1", "consents": consents, "state": "enrolled"} | more
    return RegistrationRun(LFDI, "thermostat", "any", "prem-1", METER, **told)


async def look(_clock_offset: timedelta | None) -> None:
    """Nothing is there to be looked for."""


def device(local: Local = ON, **more: Any) -> DiagnosisSubject:
    told: dict[str, Any] = {"known": (), "registration": run(), "premise": ServicePoint("prem-1", METER)}
    return DiagnosisSubject(local=lambda: local, look=look, **told | more)


async def found(gateway: Gateway | None, utility: Utility, subject: DiagnosisSubject) -> Diagnosis:
    """Return a diagnosis; each step that ends was told as it began."""
    diagnosis = Diagnosis()
    results = [each async for each in diagnose(gateway, utility, subject, diagnosis)]
    *steps, last = results
    assert [each.outcome is Outcome.RUNNING for each in steps] == [True, False] * (len(steps) // 2)
    assert [one.step for one in steps[::2]] == [other.step for other in steps[1::2]]
    assert diagnosis.results == [*steps[1::2], last]
    assert (last.step, last.reason) == (Step.DM_4, diagnosis.reason)
    return diagnosis


def steps(diagnosis: Diagnosis) -> dict[Step, Outcome]:
    return {each.step: each.outcome for each in diagnosis.results[:-1]}


def evidence(diagnosis: Diagnosis, step: Step) -> dict[str, Any]:
    return next(dict(each.evidence) for each in diagnosis.results if each.step is step)


async def test_of_a_device_that_is_well_everything_is_looked_at_and_nothing_is_wrong() -> None:
    event = LoggedEvent(NOW, 2, 3, 4, "restarted")
    heard = replace(GOOD, lqi=200, rssi=-60)
    gateway = meter(signal=heard, report=SelfReport(Battery.NORMAL, (event,), ("memory",)))
    well = await found(gateway, Told(), device())
    assert (well.verdict, well.reason, well.next, well.codes) == (Verdict.NOTHING_WRONG, None, None, [])
    done = (Step.DM_1, Step.DM_3, Step.RD_6, Step.RD_3, Step.RD_12, Step.RD_7, Step.RD_9, Step.RD_10)
    assert steps(well) == dict.fromkeys(done, Outcome.DONE)
    way = evidence(well, Step.DM_3)
    assert way["log"] == [{"at": NOW.isoformat(), "profile": 2, "function_set": 3, "code": 4, "details": "restarted"}]
    del way["log"]
    assert way == {
        "signal": "good", "latency_ms": 12.0, "loss": 0.0, "attempts": 5, "lqi": 200, "rssi": -60,
        "clock_offset": 1.3, "neighbours": 1, "flags": ["memory"], "battery": "normal",
    }  # fmt: skip
    assert evidence(well, Step.RD_6) == {"listed": True, "programs": ["Peak Saver"]}
    assert evidence(well, Step.RD_12) == {"stage": "active", "programs": ["peak"], "agreed": ["peak"]}
    assert evidence(well, Step.RD_3) == {"premise": True, "status": "active", "gateway": True}
    gateway.read.assert_awaited_once_with((), include_clock=True)
    gateway.self_report.assert_awaited_once_with("/edev/2")
    told = well.to_dict()
    assert (told["verdict"], told["reason"], told["next"], told["reasons"]) == ("nothing_wrong", None, None, [])
    assert 0 <= told["seconds"] < 60


OFFLINE = GatewayError(Reason.GATEWAY_SILENT, "no answer")
BUSY = UtilityError(UtilityReason.UTILITY_BUSY, "later")
AWAY = Local((HealthReason.ENTITY_UNAVAILABLE,), {"switch.heater": "unavailable"})
FAR = Local((HealthReason.ENTITY_UNAVAILABLE, HealthReason.WEAK_SIGNAL), {"switch.heater": "unavailable"})
FLAT = Local((HealthReason.BATTERY_LOW, HealthReason.WEAK_SIGNAL), {"battery": 3.0})


@pytest.mark.parametrize(
    ("gateway", "utility", "subject", "reasons", "verdict", "repair"),
    [
        ({"signal": replace(GOOD, quality=SignalQuality.MARGINAL)}, {}, {},
         ["weak_link"], Verdict.NETWORK_COVERAGE, Repair.IMPROVE_COVERAGE),
        ({"signal": replace(GOOD, quality=SignalQuality.TOO_WEAK)}, {}, {},
         ["weak_link"], Verdict.NETWORK_COVERAGE, Repair.IMPROVE_COVERAGE),
        ({"offset": timedelta(minutes=-6)}, {}, {},
         ["clock_off"], Verdict.GATEWAY_DOWN, Repair.RESYNCHRONISE),
        ({"report": SelfReport(Battery.LOW, ())}, {}, {},
         ["battery_low"], Verdict.FAULTY_DEVICE, Repair.CHECK_DEVICE),
        ({"listed": ()}, {}, {},
         ["not_listed"], Verdict.COMMISSIONING_PROBLEM, Repair.RE_ANNOUNCE),
        ({}, {"account": replace(ACCOUNT, premises=())}, {},
         ["account_differs"], Verdict.ACCOUNT_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"account": replace(ACCOUNT, premises=(replace(PREMISE, gateways=(HOME,)),))}, {},
         ["account_differs"], Verdict.ACCOUNT_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"account": replace(ACCOUNT, status="suspended")}, {},
         ["account_suspended"], Verdict.ACCOUNT_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"registered": replace(ACTIVE, stage=Stage.CLOSED)}, {},
         ["registration_lost"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({}, {"registered": replace(ACTIVE, stage=Stage.REFUSED)}, {},
         ["registration_lost"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({}, {"registered": replace(ACTIVE, stage=Stage.SUSPENDED)}, {},
         ["registration_suspended"], Verdict.REGISTRATION_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"registered": replace(ACTIVE, stage=Stage.OPEN, identified=False)}, {},
         ["not_identified"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({}, {"registered": replace(ACTIVE, stage=Stage.OPEN)}, {}, [], Verdict.NOTHING_WRONG, None),
        ({}, {"registered": replace(ACTIVE, programs={})}, {},
         ["programs_differ"], Verdict.REGISTRATION_PROBLEM, Repair.CORRECT_ENROLLMENT),
        ({}, {"registered": replace(ACTIVE, stage=Stage.AWAITING_APPROVAL)}, {},
         ["programs_differ"], Verdict.REGISTRATION_PROBLEM, Repair.CORRECT_ENROLLMENT),
        ({}, {"registered": replace(ACTIVE, stage=Stage.AWAITING_APPROVAL)},
         {"registration": run(state="commissioned")}, [], Verdict.NOTHING_WRONG, None),
        ({}, {"registered": replace(ACTIVE, stage=Stage.OPEN)}, {"registration": run(state="failed")},
         ["registration_failed"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({}, {}, {"registration": run(state="failed", registration_id=None)},
         ["registration_failed"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({"programs": ()}, {}, {},
         ["not_assigned"], Verdict.REGISTRATION_PROBLEM, Repair.CORRECT_ENROLLMENT),
        ({"programs": ()}, {"registered": replace(ACTIVE, stage=Stage.OPEN)}, {}, [], Verdict.NOTHING_WRONG, None),
        ({}, {"registered": UtilityError(UtilityReason.REGISTRATION_CLOSED, "")}, {},
         ["registration_lost"], Verdict.REGISTRATION_PROBLEM, Repair.REREGISTER),
        ({}, {"reach": Reachability(reachable=False, commissioned=False, detail="gone")}, {},
         ["not_listed"], Verdict.COMMISSIONING_PROBLEM, Repair.RE_ANNOUNCE),
        ({}, {"reach": Reachability(reachable=False, commissioned=True, detail="silent")}, {},
         ["no_answer"], Verdict.FAULTY_DEVICE, Repair.CHECK_DEVICE),
        ({}, {"answer": TestSignal("sig-1", LFDI, (1, 252), "refused")}, {},
         ["control_missed"], Verdict.FAULTY_DEVICE, Repair.CHECK_DEVICE),
        ({}, {"answer": UtilityError(UtilityReason.CONTROL_UNDER_WAY, "until 13:00")}, {},
         [], Verdict.NOTHING_WRONG, None),
        ({}, {"answer": BUSY}, {}, ["utility_unreachable"], Verdict.UTILITY_DOWN, Repair.WAIT),
        ({}, {"account": BUSY}, {}, ["utility_unreachable"], Verdict.UTILITY_DOWN, Repair.WAIT),
        # Waiting does not end what the utility has refused.
        ({}, {"account": UtilityError(UtilityReason.INVALID_REQUEST, "")}, {},
         ["utility_refuses"], Verdict.ACCOUNT_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"answer": UtilityError(UtilityReason.DIAGNOSIS_DENIED, "")}, {},
         ["utility_refuses"], Verdict.ACCOUNT_PROBLEM, Repair.CONTACT_UTILITY),
        ({}, {"account": UtilityError(UtilityReason.UNAUTHORIZED, "")}, {},
         ["permission_lost"], Verdict.ACCOUNT_PROBLEM, Repair.SIGN_IN),
        ({}, {}, {"local": AWAY}, ["entity_unavailable"], Verdict.FAULTY_DEVICE, Repair.CHECK_DEVICE),
        # Silence behind a weak way is the way's, and what is flat may be so because of it.
        ({}, {}, {"local": FAR}, ["entity_unavailable", "weak_signal"],
         Verdict.NETWORK_COVERAGE, Repair.IMPROVE_COVERAGE),
        ({}, {}, {"local": FLAT}, ["battery_low", "weak_signal"], Verdict.NETWORK_COVERAGE, Repair.IMPROVE_COVERAGE),
        ({"listed": ()}, {}, {"local": FAR}, ["not_listed", "entity_unavailable", "weak_signal"],
         Verdict.COMMISSIONING_PROBLEM, Repair.RE_ANNOUNCE),
        ({"silent": OFFLINE}, {}, {}, ["gateway_silent"], Verdict.GATEWAY_DOWN, Repair.RESYNCHRONISE),
        ({"silent": RuntimeError("?")}, {}, {}, ["unexpected"], Verdict.GATEWAY_DOWN, Repair.WAIT),
        # A program that was not read is not one that is missing.
        ({"programs": RuntimeError("?")}, {}, {}, ["unexpected"], Verdict.GATEWAY_DOWN, Repair.WAIT),
        ({}, {}, {"known": (HealthReason.NOT_SPOKEN_FOR, HealthReason.NO_ANSWER, HealthReason.READINGS_DOUBTED)},
         ["readings_doubted", "not_spoken_for"], Verdict.COMMISSIONING_PROBLEM, Repair.REPLACE_DEVICE),
    ],
)  # fmt: skip
async def test_cause(
    gateway: dict[str, Any],
    utility: dict[str, Any],
    subject: dict[str, Any],
    reasons: list[str],
    verdict: Verdict,
    repair: Repair | None,
) -> None:
    diagnosis = await found(meter(**gateway), Told(**utility), device(**subject))
    assert (diagnosis.codes, diagnosis.verdict, diagnosis.next) == (reasons, verdict, repair)
    failed = {each.step for each in diagnosis.results[:-1] if each.outcome is Outcome.FAILED}
    assert bool(failed) is bool(reasons)


async def test_behind_a_gateway_that_is_silent_nothing_is_said_of_the_device() -> None:
    reach = Reachability(reachable=False, commissioned=True, detail="silent")
    diagnosis = await found(meter(silent=OFFLINE), Told(reach=reach), device())
    assert diagnosis.codes == ["gateway_silent"]
    assert steps(diagnosis) == {
        Step.DM_1: Outcome.DONE,
        Step.DM_3: Outcome.FAILED,
        Step.RD_3: Outcome.DONE,
        Step.RD_12: Outcome.DONE,
        Step.RD_7: Outcome.DONE,
        Step.RD_9: Outcome.DONE,
    }
    assert evidence(diagnosis, Step.DM_3)["detail"] == "no answer"


@pytest.mark.parametrize(
    ("gateway", "utility", "offered"),
    [
        ({}, {}, Outcome.DONE),
        ({"programs": ()}, {"registered": replace(ACTIVE, messages=())}, Outcome.NOT_OFFERED),
        ({}, {"registered": replace(ACTIVE, stage=Stage.OPEN)}, Outcome.NOT_OFFERED),
        ({}, {"answer": UtilityError(UtilityReason.CONTROL_UNDER_WAY, "until 13:00")}, Outcome.NOT_OFFERED),
    ],
    ids=["in force", "in no program", "not in force", "controlled"],
)
async def test_test_signal_is_sent_where_one_can_be_heard(
    gateway: dict[str, Any], utility: dict[str, Any], offered: Outcome
) -> None:
    diagnosis = await found(meter(**gateway), Told(**utility), device())
    assert (diagnosis.codes, steps(diagnosis)[Step.RD_10]) == ([], offered)


@pytest.mark.parametrize("answers", [True, False])
async def test_while_the_utility_tries_to_reach_a_device_the_home_looks_for_what_it_asks(answers: bool) -> None:
    """Behind a gateway that is silent there is nothing to be looked at."""
    looks: list[timedelta | None] = []
    over = asyncio.Event()

    async def look(clock_offset: timedelta | None) -> None:
        looks.append(clock_offset)
        over.set()

    class Reaching(Told):
        async def check_reachability(self, registration_id: str) -> Reachability:
            if answers:
                await over.wait()
            else:
                await asyncio.sleep(0)
                await asyncio.sleep(0)
            return self.reach

    gateway = meter(silent=None if answers else OFFLINE)
    with patch.object(diagnosis_module, "_LOOK_AFTER", 0):
        diagnosis = await found(gateway, Reaching(), replace(device(registration=run()), look=look))
    assert steps(diagnosis)[Step.RD_9] is Outcome.DONE
    assert looks[:1] == ([timedelta(seconds=1.26)] if answers else [])


async def test_utility_is_no_longer_asked_once_the_gateway_goes_silent_meanwhile() -> None:
    asking: list[str] = []

    class Reaching(Told):
        async def check_reachability(self, registration_id: str) -> Reachability:
            asking.append(registration_id)
            try:
                await asyncio.Event().wait()
            finally:
                asking.clear()
            return self.reach

    async def look(_clock_offset: timedelta | None) -> None:
        assert asking
        raise OFFLINE

    with patch.object(diagnosis_module, "_LOOK_AFTER", 0.001):
        diagnosis = await found(meter(), Reaching(), replace(device(), look=look))
    await asyncio.sleep(0)
    assert "gateway_silent" in diagnosis.codes
    assert not asking


async def test_what_a_silent_utility_would_know_is_not_asked() -> None:
    diagnosis = await found(meter(), Told(account=BUSY), device(Local()))
    assert steps(diagnosis) == {
        Step.DM_1: Outcome.DONE,
        Step.DM_3: Outcome.DONE,
        Step.RD_6: Outcome.DONE,
        Step.RD_3: Outcome.FAILED,
        Step.RD_7: Outcome.NOT_OFFERED,
    }
    assert evidence(diagnosis, Step.RD_3) == {"detail": "later"}


async def test_what_a_device_has_not_come_to_yet_is_not_held_against_it() -> None:
    diagnosis = await found(meter(), Told(), device(registration=run(registration_id=None)))
    assert (diagnosis.codes, steps(diagnosis)[Step.RD_12]) == ([], Outcome.NOT_OFFERED)
    diagnosis = await found(meter(), Told(), device(premise=None))
    assert (diagnosis.codes, steps(diagnosis)[Step.RD_3]) == ([], Outcome.NOT_OFFERED)


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (replace(ACCOUNT, premises=()), {"premise": False}),
        (
            replace(ACCOUNT, premises=(replace(PREMISE, gateways=(HOME,)),)),
            {"premise": True, "status": "active", "gateway": False},
        ),
    ],
)
async def test_account_says_what_of_it_differs(account: Account, told: dict[str, Any]) -> None:
    assert evidence(await found(meter(), Told(account=account), device()), Step.RD_3) == told


async def test_the_gateway_is_diagnosed_by_its_way_and_the_home_itself() -> None:
    checked = [CheckResult(Check.CLOCK, CheckVerdict.PASSED, ""), CheckResult(Check.STORAGE, CheckVerdict.FAILED, "")]

    async def check() -> list[CheckResult]:
        return checked

    gateway = meter(listed=(replace(ENTRY, lfdi=HOME, href="/edev/1"), ENTRY))
    subject = device(Local(), registration=None, self_test=check, known=(HealthReason.CERTIFICATE_EXPIRING,))
    diagnosis = await found(gateway, Told(), subject)
    assert (diagnosis.reason, diagnosis.next) == (HealthReason.SELF_TEST_FAILED, Repair.CHECK_DEVICE)
    assert diagnosis.codes == ["certificate_expiring", "self_test_failed"]
    assert evidence(diagnosis, Step.DM_1) == {
        "noticed": ["certificate_expiring"],
        "self_test": {"clock": "passed", "storage": "failed"},
    }
    assert evidence(diagnosis, Step.DM_3)["neighbours"] == 2
    gateway.self_report.assert_awaited_once_with(None)
    gateway.device_programs.assert_not_awaited()
    assert Step.RD_6 not in steps(diagnosis)
    assert Step.RD_12 not in steps(diagnosis)
    checked[1] = replace(checked[1], verdict=CheckVerdict.PASSED)
    assert HealthReason.SELF_TEST_FAILED not in (await found(gateway, Told(), subject)).reasons


async def test_a_home_without_a_gateway_is_diagnosed_by_the_way_to_its_utility() -> None:
    utility = Told(since=Way("3.1.0", NOW, None, enrolled=True, reported_at=NOW))
    utility.features = frozenset({Feature.WAY, Feature.CONTROLS})
    subject = device(Local(), registration=None, premise=None, seen=lambda: {"answered": NOW.isoformat()})
    diagnosis = await found(None, utility, subject)
    assert steps(diagnosis) == {
        Step.DM_1: Outcome.DONE,
        Step.RD_3: Outcome.DONE,
        Step.RD_7: Outcome.NOT_OFFERED,
        Step.RD_10: Outcome.DONE,
    }
    assert evidence(diagnosis, Step.RD_3) == {
        "version": "3.1.0",
        "answered_at": NOW.isoformat(),
        "known_at": None,
        "enrolled": True,
        "reported_at": NOW.isoformat(),
    }
    assert evidence(diagnosis, Step.RD_10) == {"answered": NOW.isoformat()}
    nothing = await found(None, utility, replace(subject, seen=dict))
    assert steps(nothing)[Step.RD_10] is Outcome.NOT_OFFERED


BOUND = made_binding(valid_from=NOW - timedelta(days=30))
ENDED = replace(BOUND, status=BindingStatus.ENDED, valid_until=NOW, reason="moved away")
REFUSED = replace(BOUND, status=BindingStatus.REFUSED, reason="no such contract")


def car(*bindings: Binding, **more: Any) -> DiagnosisSubject:
    told = {"vehicle_id": "veh-1", "bindings": {each.id: each for each in bindings or (BOUND,)}} | more
    return device(registration=None, vehicle=VehicleRun("WVWZZZ1JZXW000021", "V", "One", "prem-1", **told))


@pytest.mark.parametrize(
    ("theirs", "lost"),
    [
        ((BOUND,), False),
        ((replace(BOUND, status=BindingStatus.PENDING),), False),
        ((ENDED,), True),
        ((REFUSED,), True),
        ((ENDED, replace(BOUND, id="bind-2")), False),
        ((replace(ENDED, vehicle_id="another"),), False),
        ((replace(ENDED, id="another"),), False),
        ((), False),
    ],
)
async def test_binding_that_the_utility_ended_or_refused_is_lost(theirs: tuple[Binding, ...], lost: bool) -> None:
    subject = car(BOUND, replace(BOUND, id="bind-2"))
    diagnosis = await found(meter(), Told(bound=list(theirs)), subject)
    assert diagnosis.codes == (["binding_lost"] if lost else [])
    assert steps(diagnosis)[Step.RD_12] is (Outcome.FAILED if lost else Outcome.DONE)
    if lost:
        assert (diagnosis.verdict, diagnosis.next) == (Verdict.REGISTRATION_PROBLEM, Repair.CONTACT_UTILITY)
        assert evidence(diagnosis, Step.RD_12)["bindings"] == [each.status.value for each in theirs]


@pytest.mark.parametrize(
    ("asked", "theirs", "lost"),
    [
        (NOW, ENDED, False),
        (NOW, replace(ENDED, valid_until=NOW - timedelta(days=1)), True),
        (NOW, replace(ENDED, valid_until=None), False),
        (NOW, REFUSED, True),
    ],
    ids=["as was asked", "earlier", "without a time", "refused"],
)
async def test_binding_that_ended_as_a_person_wanted_is_not_lost(asked: datetime, theirs: Binding, lost: bool) -> None:
    diagnosis = await found(meter(), Told(bound=[theirs]), car(BOUND, ends={BOUND.id: asked}))
    assert diagnosis.codes == (["binding_lost"] if lost else [])


async def test_what_followed_a_binding_that_a_person_ended_is_lost_where_the_utility_ended_it() -> None:
    former = replace(ENDED, id="bind-0", valid_from=NOW - timedelta(days=90), valid_until=BOUND.valid_from)
    subject = car(former, BOUND, ends={"bind-0": BOUND.valid_from})
    for theirs in ([former, ENDED], [ENDED, former]):
        assert (await found(meter(), Told(bound=theirs), subject)).codes == ["binding_lost"]


async def test_a_vehicle_that_the_utility_never_heard_of_is_not_asked_about() -> None:
    diagnosis = await found(meter(), Told(bound=[ENDED]), car(BOUND, vehicle_id=None))
    assert (diagnosis.codes, steps(diagnosis)[Step.RD_12]) == ([], Outcome.NOT_OFFERED)
