"""Remote diagnosis of a gateway, a HAN device or a vehicle: steps DM-1, DM-3, RD-3 to RD-11 and DM-4.

Every check is taken, whatever the others found, as far as what it needs is there; the reason that explains the others
is the verdict's. Nothing is changed by it but that a test signal is sent.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from ..esi import DemandResponseProgram
from ..gateway.errors import GatewayError
from ..gateway.model import Battery, DeviceState, Listed, LoggedEvent, Signal, SignalQuality
from ..gateway.protocol import Gateway
from ..utility.errors import UtilityError, UtilityReason
from ..utility.model import Registration, Stage
from ..utility.protocol import Feature, Utility
from ..utility.vehicle_model import BindingStatus
from .assigned import not_assigned
from .commissioning import clock_reason
from .health import HealthReason, leading
from .registration_run import RegistrationRun
from .self_check import CheckResult, CheckVerdict
from .step import AnyReason, Outcome, Step, StepResult
from .tested import Tested, found_by, not_looked_for
from .vehicle_binding import VehicleRun
from .verdict import CAUSES, Repair, Verdict, meaning, registration_failure

_LOGGER = logging.getLogger(__package__)

ANSWER_WITHIN = 20.0
"""Seconds in which a device that works has answered a test signal, once it knows of it."""
MOST_PATIENCE = 120.0
"""Seconds that an answer is waited for, however seldom the device looks for controls."""
_ASK_EVERY = 0.2
_LOOK_AFTER = 0.5
"""Seconds between two looks at what the utility asks a device while it tries to reach it."""
_LOOK_AGAIN = 5.0
"""Seconds after which a test signal is looked for once more: the gateway may not have had it, or not have answered."""
_BAD = frozenset({SignalQuality.MARGINAL, SignalQuality.TOO_WEAK})


@dataclass(frozen=True, slots=True)
class ServicePoint:
    """What of the customer's account the hub goes by."""

    premise_id: str
    gateway_lfdi: str


@dataclass(frozen=True, slots=True)
class Local:
    """What the home itself finds of a device: reasons with their evidence, JSON-safe."""

    reasons: tuple[HealthReason, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DiagnosisSubject:
    """What is diagnosed. The gateway itself is what has neither registration nor vehicle.

    A home without a gateway, and a device that no gateway lists, are diagnosed without.
    """

    known: tuple[HealthReason, ...]
    """What its health is about already (DM-1)."""
    local: Callable[[], Local]
    look: Callable[[timedelta | None], Awaitable[None]]
    """Has the home read and answer the controls that there are now, given the gateway's clock less ours."""
    self_test: Callable[[], Awaitable[Sequence[CheckResult]]] | None = None
    """Has the home check itself, where it is the home's own link that is diagnosed."""
    seen: Callable[[], Mapping[str, Any]] | None = None
    """Tells what of the utility's controls the device has seen and answered last, where no test signal can be sent."""
    polls_every: timedelta = timedelta(0)
    """How often the device itself looks for controls, where it is not the home that does so for it."""
    premise: ServicePoint | None = None
    registration: RegistrationRun | None = None
    vehicle: VehicleRun | None = None
    tested: Tested = field(default_factory=dict)
    """What diagnoses before have found out, and holds until it is looked for again."""


@dataclass(slots=True)
class Diagnosis:
    """What was found; complete once all steps are taken."""

    results: list[StepResult] = field(default_factory=list)
    reasons: list[HealthReason] = field(default_factory=list)
    tested: dict[HealthReason, Step] = field(default_factory=dict)
    """Of the reasons, those that hold until a check is made again that does not find them."""
    seconds: float = 0.0

    @property
    def reason(self) -> HealthReason | None:
        """What explains the rest; None where nothing is wrong."""
        return leading(self.reasons)

    @property
    def verdict(self) -> Verdict:
        """What kind of problem it is."""
        if (reason := self.reason) is None:
            return Verdict.NOTHING_WRONG
        weak = HealthReason.WEAK_SIGNAL in self.reasons
        if weak and CAUSES[reason].verdict is Verdict.FAULTY_DEVICE:
            return Verdict.NETWORK_COVERAGE  # silence behind a weak way says nothing of the device itself
        return CAUSES[reason].verdict

    @property
    def next(self) -> Repair | None:
        """What is to be done about it."""
        if (reason := self.reason) is None:
            return None
        return Repair.IMPROVE_COVERAGE if self.verdict is Verdict.NETWORK_COVERAGE else CAUSES[reason].repair

    @property
    def codes(self) -> list[str]:
        """Every reason that was found, once."""
        return list(dict.fromkeys(reason.value for reason in self.reasons))

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe, for actions, diagnostics and the utility."""
        return {
            "verdict": self.verdict.value,
            "reason": self.reason and self.reason.value,
            "reasons": self.codes,
            "next": self.next and self.next.value,
            "seconds": round(self.seconds, 2),
            "steps": [result.to_dict() for result in self.results],
        }


@dataclass(slots=True)
class _Checks:
    """The checks of one diagnosis, and what later ones learn of earlier ones."""

    gateway: Gateway | None
    utility: Utility
    subject: DiagnosisSubject
    gateway_answers: bool = False
    utility_answers: bool = False
    clock_offset: timedelta | None = None
    listed_href: str | None = None
    programs: list[DemandResponseProgram] | None = None
    """Those that the gateway assigns to the device; None where they were not read."""
    current: Registration | None = None
    looked: set[Step] = field(default_factory=set)
    """The checks that were carried through."""
    kept_from: set[Step] = field(default_factory=set)
    """Those that something was in the way of, so that finding nothing says nothing."""

    @property
    def asks_who(self) -> bool:
        """Whether the utility wants to be told serial number and PIN."""
        return self.utility.offers(Feature.IDENTIFICATION)

    @property
    def remotely(self) -> bool:
        """Whether the utility can be asked to reach the device itself."""
        return self.current is not None and self.utility.offers(Feature.REMOTE_DIAGNOSIS)


_NOTICED_ONLY = (
    HealthReason.CERTIFICATE_EXPIRING,
    HealthReason.WEAK_LINK,
    HealthReason.READINGS_DOUBTED,
    HealthReason.NOT_SPOKEN_FOR,
)
"""What shows in the long run, and in no check that is made once."""


async def diagnose(
    gateway: Gateway | None, utility: Utility, subject: DiagnosisSubject, found: Diagnosis
) -> AsyncGenerator[StepResult]:
    """Take every check, into ``found`` too; yields ``RUNNING`` when one begins and its outcome when it ends.

    The last result is DM-4's, whose reason is the verdict's.
    """
    begun = time.monotonic()
    this = _Checks(gateway, utility, subject)
    for step, applies, check in _CHECKS:
        if not applies(this):
            continue
        yield StepResult(step, Outcome.RUNNING)
        reasons: list[AnyReason] = []
        evidence: dict[str, Any] = {}
        outcome = Outcome.DONE
        try:
            if await check(this, reasons, evidence):
                this.looked.add(step)
            else:
                outcome = Outcome.NOT_OFFERED
        except (GatewayError, UtilityError) as err:
            reasons.append(err.reason)
            evidence["detail"] = err.detail
        except Exception as err:
            # Who wants to know what is wrong is told so, and what the other checks find.
            _LOGGER.exception("unexpected error while diagnosing (%s)", step)
            reasons.append(HealthReason.UNEXPECTED)
            evidence["detail"] = type(err).__name__
        result = StepResult(
            step, Outcome.FAILED if reasons else outcome, reasons[0] if reasons else None, evidence, None
        )
        found.results.append(result)
        meant = [meaning(reason) for reason in reasons]
        found.reasons += meant
        found.tested |= found_by(step, meant)
        yield result
    whole = not (found.reasons or this.kept_from)
    held = not_looked_for(this.subject.tested, this.looked - this.kept_from, whole=whole)
    found.reasons += held
    found.tested = held | found.tested
    found.seconds = time.monotonic() - begun
    evidence = {
        "verdict": found.verdict.value,
        "reasons": found.codes,
        "next": found.next and found.next.value,
    }
    found.results.append(StepResult(Step.DM_4, Outcome.DONE, found.reason, evidence))
    yield found.results[-1]


async def _known(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """DM-1: what is noticed without asking, and what the home finds of itself.

    What can be asked is asked below, and not held against it here.
    """
    evidence["noticed"] = [reason.value for reason in this.subject.known]
    reasons += [reason for reason in _NOTICED_ONLY if reason in this.subject.known]
    if this.subject.self_test is not None:
        results = await this.subject.self_test()
        evidence["self_test"] = {result.check.value: result.verdict.value for result in results}
        if any(result.verdict is CheckVerdict.FAILED for result in results):
            reasons.append(HealthReason.SELF_TEST_FAILED)
    return True


async def _network(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """DM-3: the way to the gateway in figures, and by TLS whether it is the one that we know."""
    if (gateway := this.gateway) is None:
        return False
    signal = await gateway.measure_signal()
    evidence |= _figures(signal)
    if signal.quality in _BAD:
        reasons.append(HealthReason.WEAK_LINK)
    async with gateway.session():
        await _commissioning(this, gateway, reasons, evidence)
    this.gateway_answers = True
    return True


def _figures(signal: Signal) -> dict[str, Any]:
    found: dict[str, Any] = {
        "signal": signal.quality.value,
        "latency_ms": signal.latency_ms,
        "loss": signal.loss,
        "attempts": signal.attempts,
    }
    return found if signal.lqi is None else found | {"lqi": signal.lqi, "rssi": signal.rssi}


async def _commissioning(this: _Checks, gateway: Gateway, reasons: list[AnyReason], evidence: dict[str, Any]) -> None:
    """Read what the gateway says of the subject, over the connection that is open."""
    readings = await gateway.read((), include_clock=True)
    this.clock_offset = readings.clock_offset
    if readings.clock_offset is not None:
        evidence["clock_offset"] = round(readings.clock_offset.total_seconds(), 1)
    if (clock := clock_reason(readings.clock_offset)) is not None:
        reasons.append(clock)
    registration = this.subject.registration
    lfdi = registration.lfdi if registration is not None else gateway.client_lfdi
    if (listed := await gateway.listed_devices()) is None:
        return
    evidence["neighbours"] = len(listed)
    found = Listed(listed).get(lfdi)
    this.listed_href = found.href if found is not None else None
    if this.listed_href is not None and registration is not None:
        this.programs = await gateway.device_programs(this.listed_href)
    report = await gateway.self_report(this.listed_href if registration is not None else None)
    if report.log:
        evidence["log"] = [_logged(event) for event in report.log]
    if report.flags:
        evidence["flags"] = list(report.flags)
    if report.battery is not None:
        evidence["battery"] = report.battery.value
        if report.battery is not Battery.NORMAL:
            reasons.append(HealthReason.BATTERY_LOW)


def _logged(event: LoggedEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "profile": event.profile,
        "function_set": event.function_set,
        "code": event.code,
        "details": event.details,
    }


async def _commissioned(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-6: what the gateway has of it, against ours."""
    programs = [program.description or program.href for program in this.programs or ()]
    evidence |= {"listed": this.listed_href is not None, "programs": programs}
    if this.listed_href is None:
        reasons.append(HealthReason.NOT_LISTED)
    return True


async def _account(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-3 to RD-5: the account, and whether premise and gateway are still its own."""
    utility, premise = this.utility, this.subject.premise
    if premise is None:
        return False
    account = next(
        (each for each in await utility.accounts() for owned in each.premises if owned.id == premise.premise_id), None
    )
    this.utility_answers = True
    evidence["premise"] = account is not None
    if account is None:
        reasons.append(HealthReason.ACCOUNT_DIFFERS)
        return True
    gateways = [lfdi for owned in account.premises if owned.id == premise.premise_id for lfdi in owned.gateways]
    evidence |= {"status": account.status, "gateway": premise.gateway_lfdi in gateways}
    if account.status != "active":
        reasons.append(HealthReason.ACCOUNT_SUSPENDED)
    if premise.gateway_lfdi not in gateways:
        reasons.append(HealthReason.ACCOUNT_DIFFERS)
    return True


async def _way(this: _Checks, _reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-3 where there is no account: that the utility answers, and knows us, each with the time it was seen."""
    way = await this.utility.way()
    this.utility_answers = True
    evidence |= {
        "version": way.version,
        "answered_at": way.answered_at.isoformat(),
        "known_at": way.known_at and way.known_at.isoformat(),
        "enrolled": way.enrolled,
        "reported_at": way.reported_at and way.reported_at.isoformat(),
    }
    return True


async def _registration(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-10b: the registration at the utility against ours, and what the gateway makes of it."""
    run = this.subject.registration
    failure = registration_failure(run) if run is not None else None
    if run is None or run.registration_id is None:
        reasons += [failure] if failure is not None else []
        return failure is not None
    registration = this.current = await this.utility.registration(run.registration_id)
    agreed = {consent["program_id"] for consent in run.consents or ()}
    evidence |= {
        "stage": registration.stage.value,
        "programs": sorted(registration.programs),
        "agreed": sorted(agreed),
    }
    if registration.stage in (Stage.CLOSED, Stage.REFUSED):
        reasons.append(HealthReason.REGISTRATION_LOST)
    elif registration.stage is Stage.SUSPENDED:
        reasons.append(HealthReason.REGISTRATION_SUSPENDED)
    elif registration.stage is Stage.OPEN and not registration.identified and this.asks_who:
        reasons.append(HealthReason.NOT_IDENTIFIED)
    elif registration.programs.keys() != agreed or _was_taken_back(registration, run):
        reasons.append(HealthReason.PROGRAMS_DIFFER)
    elif (
        registration.stage is Stage.ACTIVE
        and this.programs is not None
        and (missing := not_assigned(registration.promised, this.programs))
    ):
        evidence["not_assigned"] = sorted(missing)
        reasons.append(HealthReason.NOT_ASSIGNED)
    elif failure is not None:
        reasons.append(failure)
    return True


def _was_taken_back(registration: Registration, run: RegistrationRun) -> bool:
    """Whether what was in force has to be granted again."""
    return registration.stage is Stage.AWAITING_APPROVAL and run.device_state is DeviceState.ENROLLED


async def _binding(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-3 for a vehicle: its binding at the utility against ours."""
    vehicle, premise = this.subject.vehicle, this.subject.premise
    if vehicle is None or premise is None or vehicle.vehicle_id is None:
        return False
    bindings = [
        binding
        for binding in await this.utility.bindings(premise.premise_id)
        if binding.vehicle_id == vehicle.vehicle_id and binding.id in vehicle.bindings
    ]
    statuses = [binding.status for binding in bindings]
    evidence["bindings"] = [status.value for status in statuses]
    last = max(bindings, key=lambda binding: binding.valid_from, default=None)
    holds = {BindingStatus.IN_FORCE, BindingStatus.PENDING} & set(statuses)
    if last is not None and not holds and vehicle.is_lost(last):
        reasons.append(HealthReason.BINDING_LOST)
    return True


async def _local(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-7 as the home sees it: whether the device itself can be reached and used."""
    local = this.subject.local()
    evidence |= local.evidence
    reasons += local.reasons
    return bool(local.evidence)


async def _reached(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-7 and RD-9: whether the utility reaches the device through the gateway."""
    if this.current is None:
        return False
    asking = asyncio.ensure_future(this.utility.check_reachability(this.current.id))
    try:
        # What it asks of the device meanwhile is looked for, since the next poll may be too late.
        while not (await asyncio.wait({asking}, timeout=_LOOK_AFTER))[0]:
            if this.gateway_answers:
                await this.subject.look(this.clock_offset)
    finally:
        asking.cancel()
    reachability = asking.result()
    evidence |= {"reachable": reachability.reachable, "detail": reachability.detail}
    if not reachability.commissioned:
        reasons.append(HealthReason.NOT_LISTED)
    elif not reachability.reachable and this.gateway_answers:
        reasons.append(HealthReason.NO_ANSWER)
    elif not reachability.reachable:
        this.kept_from.add(Step.RD_9)  # behind a gateway that is down, silence says nothing of the device
    return True


async def _signal(this: _Checks, reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-10: a control that asks for nothing, from the utility to the device and back."""
    current = this.current
    if current is None or current.stage is not Stage.ACTIVE or not this.programs:
        return False
    begun = time.monotonic()
    try:
        signal = await this.utility.send_test_signal(current.id, f"test-{uuid4().hex}")
    except UtilityError as err:
        if err.reason is not UtilityReason.CONTROL_UNDER_WAY:
            raise
        evidence["detail"] = err.detail
        this.kept_from.add(Step.RD_10)
        return False
    await this.subject.look(this.clock_offset)
    looked = time.monotonic()
    patience = min(ANSWER_WITHIN + this.subject.polls_every.total_seconds(), MOST_PATIENCE)
    while signal.status == "sent" and time.monotonic() - begun < patience:
        await asyncio.sleep(_ASK_EVERY)
        if time.monotonic() - looked >= _LOOK_AGAIN:
            await this.subject.look(this.clock_offset)
            looked = time.monotonic()
        signal = await this.utility.test_signal(signal.id)
    evidence |= {
        "status": signal.status,
        "answers": list(signal.answers),
        "seconds": round(time.monotonic() - begun, 2),
    }
    if signal.status == "sent":
        reasons.append(HealthReason.NO_ANSWER)
    elif signal.status == "refused":
        reasons.append(HealthReason.CONTROL_MISSED)
    return True


async def _seen(this: _Checks, _reasons: list[AnyReason], evidence: dict[str, Any]) -> bool:
    """RD-10 where the utility sends no test signals: what the device has seen of it and answered last."""
    evidence |= this.subject.seen() if this.subject.seen is not None else {}
    return bool(evidence)


type _Check = Callable[[_Checks, list[AnyReason], dict[str, Any]], Awaitable[bool]]

_CHECKS: tuple[tuple[Step, Callable[[_Checks], bool], _Check], ...] = (
    (Step.DM_1, lambda this: True, _known),
    (Step.DM_3, lambda this: this.gateway is not None, _network),
    (Step.RD_6, lambda this: this.gateway_answers and this.subject.registration is not None, _commissioned),
    (Step.RD_3, lambda this: this.utility.offers(Feature.ACCOUNT), _account),
    (Step.RD_3, lambda this: this.utility.offers(Feature.WAY), _way),
    (Step.RD_12, lambda this: this.utility_answers and this.subject.registration is not None, _registration),
    (Step.RD_12, lambda this: this.utility_answers and this.subject.vehicle is not None, _binding),
    (Step.RD_7, lambda this: True, _local),
    (Step.RD_9, lambda this: this.remotely and this.utility_answers, _reached),
    (Step.RD_10, lambda this: this.remotely and this.gateway_answers, _signal),
    (Step.RD_10, lambda this: this.subject.seen is not None and not this.remotely, _seen),
)
