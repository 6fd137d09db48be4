"""Registration of a HAN device with the utility, steps UR-1 to UR-15.

One pass takes every step it can and ends in ``DONE``, ``WAITING`` (the utility or the person has still to act) or
``FAILED``. A pass may be made again at any time: what was done is kept in :class:`RegistrationRun`, saved before each
side effect; every write has an idempotency key made from the run, so that a write whose answer was lost is repeated
without being done twice. A pass over a registration that is active applies what the utility changed meanwhile.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from ..esi import DemandResponseProgram
from ..gateway.errors import AWAY, GatewayError
from ..gateway.model import DeviceState, Listed
from ..gateway.protocol import Gateway
from ..utility.errors import PASSING, UtilityError, UtilityReason
from ..utility.model import Registration, Stage
from ..utility.protocol import Feature, Utility
from .assigned import not_assigned
from .registration_run import RegistrationRun, Save
from .step import Outcome, Step, StepResult

_MESSAGE_KINDS = frozenset({"registration", "configuration", "initiation"})
_SETTLED = frozenset({Stage.AWAITING_READINESS, Stage.ACTIVE, Stage.SUSPENDED})


@dataclass(slots=True)
class _Pass:
    utility: Utility
    gateway: Gateway | None
    run: RegistrationRun
    save: Save
    registration: Registration | None = None

    @property
    def current(self) -> Registration:
        if self.registration is None:
            raise RuntimeError("there is no registration yet")
        return self.registration

    def take(self, registration: Registration) -> None:
        """Take what the utility says now; answers may overtake each other, and an older one is old news."""
        if self.registration is None or registration.version >= self.registration.version:
            self.registration = registration
            self.run.version, self.run.stage = registration.version, registration.stage.value


async def register(
    utility: Utility, gateway: Gateway | None, run: RegistrationRun, save: Save
) -> AsyncGenerator[StepResult]:
    """Take the steps UR-1 to UR-15 for ``run``; ``save`` keeps it over a restart.

    What the way to the utility has not (``Feature``) is not asked of it. ``gateway`` is None for a home without one,
    whose controls come from the utility itself.

    Yields a ``RUNNING`` result when a step begins and its outcome when it ends. The last result yielded is UR-15's, or
    the one that waits or failed.
    """
    this = _Pass(utility, gateway, run, save)
    steps: tuple[tuple[Step, Callable[[_Pass], Awaitable[StepResult]]], ...] = (
        (Step.UR_1, _check_compatibility),
        (Step.UR_3, _check_consent),
        (Step.UR_4, _tell_representative),
        (Step.UR_5, _verify_customer),
        (Step.UR_6, _open),
        (Step.UR_7, _discover),
        (Step.UR_8, _identify),
        (Step.UR_9, _choose_programs),
        (Step.UR_10, _link),
        (Step.UR_12, _configure),
        (Step.UR_13, _acknowledge),
        (Step.UR_14, _stored),
        (Step.UR_15, _tell_customer),
    )
    if run.device_state in (DeviceState.COMMISSIONED, DeviceState.FAILED):
        run.state = DeviceState.REGISTERING.value
    run.under_way = True
    for step, take in steps:
        yield StepResult(step, Outcome.RUNNING)
        try:
            if step is Step.UR_7:
                await _refresh(this)
            result = await take(this)
        except UtilityError as err:
            result = StepResult(step, _outcome(err), err.reason, _evidence(err), step)
        except GatewayError as err:
            outcome = Outcome.WAITING if err.reason in AWAY else Outcome.FAILED
            result = StepResult(step, outcome, err.reason, {"detail": err.detail}, step)
        if result.outcome is Outcome.FAILED:
            run.state = DeviceState.FAILED.value
        elif result.outcome is Outcome.DONE and result.next is None:
            run.under_way = False
        run.note(result)
        await save(run)
        yield result
        if result.outcome in (Outcome.WAITING, Outcome.FAILED):
            return


async def find_registration(utility: Utility, run: RegistrationRun) -> None:
    """Find the registration of a device whose own record was lost, and the programs that were agreed to with it.

    When the customer agreed is known to the utility only; it is not told anew, see :func:`consents_for`.
    """
    for registration in await utility.registrations(run.premise_id, run.gateway_lfdi):
        if registration.lfdi == run.lfdi and registration.stage in _SETTLED:
            names = {program.id: program.name for program in await utility.programs(run.premise_id)}
            run.registration_id = registration.id
            run.consents = [
                {"program_id": program, "name": names.get(program, program), "terms_version": terms}
                for program, terms in registration.programs.items()
            ]
            return


def _outcome(err: UtilityError) -> Outcome:
    return Outcome.WAITING if err.reason in PASSING else Outcome.FAILED


def _evidence(err: UtilityError) -> dict[str, Any]:
    evidence: dict[str, Any] = {"detail": err.detail}
    if err.retry_after is not None:
        evidence["retry_after"] = err.retry_after.total_seconds()
    if err.programs:
        evidence["programs"] = [program.id for program in err.programs]
    return evidence


def _done(step: Step, following: Step | None, **evidence: Any) -> StepResult:
    return StepResult(step, Outcome.DONE, evidence=evidence, next=following)


async def _check_compatibility(this: _Pass) -> StepResult:
    run = this.run
    if run.registration_id is not None or not this.utility.offers(Feature.MODELS):
        return _done(Step.UR_1, Step.UR_3, model=run.model_id)
    models = {model.id for model in await this.utility.compatible_devices(run.kind)}
    if run.model_id not in models:
        raise UtilityError(UtilityReason.DEVICE_INCOMPATIBLE, f"{run.model_id} is not on the utility's list")
    return _done(Step.UR_1, Step.UR_3, model=run.model_id)


async def _check_consent(this: _Pass) -> StepResult:
    """Only what the customer agreed to is shared, and in the version that is in force."""
    run = this.run
    if run.consents and run.registration_id is None:
        programs = {program.id: program for program in await this.utility.programs(run.premise_id)}
        changed = []
        for consent in run.consents:
            if (program := programs.get(consent["program_id"])) is None or not program.open:
                raise UtilityError(UtilityReason.PROGRAM_CLOSED, f"{consent['program_id']} takes no devices")
            if program.terms_version != consent["terms_version"]:
                changed.append(program)
        if changed:
            raise UtilityError(UtilityReason.TERMS_CHANGED, "the terms changed since consent", programs=changed)
    agreed = [f"{consent['program_id']} {consent['terms_version']}" for consent in run.consents or ()]
    return _done(Step.UR_3, Step.UR_4, consents=agreed)


async def _tell_representative(this: _Pass) -> StepResult:
    run = this.run
    if run.request_id is None and run.registration_id is None:
        await this.save(run)
        run.request_id = await this.utility.request_registration(
            run.premise_id, run.gateway_lfdi, run.idempotency_key("request")
        )
    return _done(Step.UR_4, Step.UR_5, request=run.request_id)


async def _verify_customer(this: _Pass) -> StepResult:
    run = this.run
    if this.utility.offers(Feature.ACCOUNT) and (run.registration_id is None or run.pre_registered):
        await this.utility.verify_premise(run.premise_id, run.gateway_lfdi)
    return _done(Step.UR_5, Step.UR_6, premise=run.premise_id)


async def _open(this: _Pass) -> StepResult:
    run = this.run
    if run.registration_id is None:
        if run.request_id is None:
            raise RuntimeError("registration without a request")
        await this.save(run)
        try:
            opened = await this.utility.open_registration(
                run.request_id,
                run.premise_id,
                run.gateway_lfdi,
                run.kind,
                run.lfdi,
                run.model_id,
                run.idempotency_key("open"),
                run.name,
            )
        except UtilityError as err:
            if err.reason is not UtilityReason.DEVICE_ALREADY_REGISTERED:
                raise
            opened = await _own_registration(this, err)
        this.take(opened)
        run.registration_id, run.pre_registered = opened.id, opened.stage is Stage.PRE_REGISTERED
    if run.pre_registered:
        this.take(await this.utility.registration(run.registration_id))
        if this.current.stage is Stage.PRE_REGISTERED:
            await this.save(run)
            this.take(await this.utility.take_over(run.registration_id, run.idempotency_key("takeover")))
    return _done(Step.UR_6, Step.UR_7, registration=run.registration_id)


async def _own_registration(this: _Pass, err: UtilityError) -> Registration:
    """Take up a registration of the device on this gateway that we no longer knew of; raise ``err`` if it is not."""
    run = this.run
    for registration in await this.utility.registrations(run.premise_id, run.gateway_lfdi):
        if registration.lfdi == run.lfdi:
            return registration
    raise err


async def _refresh(this: _Pass) -> None:
    """Read how the registration stands, unless it was just opened, and stop where it was ended."""
    run = this.run
    if run.registration_id is None:
        raise RuntimeError("a registration that was not opened")
    await this.save(run)
    if this.registration is None:
        this.take(await this.utility.registration(run.registration_id))
    registration = this.current
    detail = registration.detail or registration.stage.value
    if registration.stage is Stage.REFUSED:
        raise UtilityError(UtilityReason.REFUSED_BY_UTILITY, detail)
    if registration.stage is Stage.CLOSED:
        run.state = DeviceState.REMOVED.value
        raise UtilityError(UtilityReason.REGISTRATION_CLOSED, detail)


async def _discover(this: _Pass) -> StepResult:
    registration = this.current
    if not this.utility.offers(Feature.DISCOVERY):
        return _done(Step.UR_7, Step.UR_8)
    if registration.found is not True:
        this.take(await this.utility.discover_device(registration.id))
    if this.current.found is not True:
        raise UtilityError(UtilityReason.NOT_DISCOVERED, "the utility does not find the device on the gateway")
    return _done(Step.UR_7, Step.UR_8, found=True)


async def _identify(this: _Pass) -> StepResult:
    run, registration = this.run, this.current
    if not this.utility.offers(Feature.IDENTIFICATION):
        run.key = None
        return _done(Step.UR_8, Step.UR_9)
    if not registration.identified:
        if run.serial is None or run.key is None:
            return StepResult(Step.UR_8, Outcome.WAITING, UtilityReason.NOT_IDENTIFIED, next=Step.UR_8)
        this.take(await this.utility.identify(registration.id, run.serial, run.key))
    if run.key is not None:
        run.pin, run.key = None if await _told_by_gateway(this) else run.key, None
    run.serial = this.current.serial or run.serial
    return _done(Step.UR_8, Step.UR_9, serial=run.serial)


async def _told_by_gateway(this: _Pass) -> bool:
    """Whether the PIN can be had again from the gateway: ``Registration.pIN`` of the device (sep.xsd)."""
    run, pin = this.run, None
    if this.gateway is not None and run.href is not None:
        with suppress(GatewayError):
            pin = await this.gateway.registration_pin(run.href)
    return pin is not None and f"{pin:06}" == run.key


def consents_for(run: RegistrationRun) -> list[dict[str, str]]:
    """Return what the customer agreed to, as the utility takes it; ``UtilityError`` where it is not known when."""
    fields = ("program_id", "terms_version", "consented_at")
    if not all("consented_at" in consent for consent in run.consents or ()):
        raise UtilityError(UtilityReason.CONSENT_MISSING, "when the customer agreed is not known any more")
    return [{name: consent[name] for name in fields} for consent in run.consents or ()]


async def _choose_programs(this: _Pass) -> StepResult:
    run, registration = this.run, this.current
    if run.consents is None:
        return StepResult(Step.UR_9, Outcome.WAITING, UtilityReason.CONSENT_MISSING, next=Step.UR_9)
    wanted = {consent["program_id"]: consent["terms_version"] for consent in run.consents}
    if wanted != registration.programs:
        await this.save(run)
        this.take(await this.utility.set_programs(registration.id, consents_for(run)))
    return _done(Step.UR_9, Step.UR_10, programs=sorted(wanted))


async def _link(this: _Pass) -> StepResult:
    registration = this.current
    told = this.run.results.get(Step.UR_10.value, {}).get("outcome") == Outcome.FAILED
    # A link that failed is told once; it is tried again when somebody makes another pass.
    if registration.stage is Stage.OPEN and (registration.link != "failed" or told):
        await this.save(this.run)
        this.take(await this.utility.link(registration.id))
        registration = this.current
    stages = dict(registration.link_stages)
    if registration.link == "failed":
        raise UtilityError(UtilityReason.LINK_FAILED, registration.detail or "the link failed")
    if registration.stage is Stage.AWAITING_APPROVAL:
        return StepResult(Step.UR_10, Outcome.WAITING, UtilityReason.AWAITING_APPROVAL, {"stages": stages}, Step.UR_10)
    if registration.stage not in _SETTLED:
        proved = False
        with suppress(GatewayError):  # the utility says whether it has come through, and there is another pass
            proved = this.gateway is not None and await this.gateway.prove(this.run.lfdi)
        evidence = {"stages": stages, "proved": proved}
        return StepResult(Step.UR_10, Outcome.WAITING, UtilityReason.LINKING, evidence, Step.UR_10)
    return _done(Step.UR_10, Step.UR_12, stages=stages)


async def _configure(this: _Pass) -> StepResult:
    """Receive messages, check them against what is offered now, and apply them; who sends controls itself has none."""
    run, registration = this.run, this.current
    kinds = [message.kind for message in registration.unacknowledged]
    if unknown := set(kinds) - _MESSAGE_KINDS:
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"messages of unknown kind: {sorted(unknown)}")
    if kinds or not run.dr_programs or this.utility.offers(Feature.CONTROLS):
        found = await _programs_of(this)
        if missing := not_assigned(registration.promised, found):
            detail = f"the gateway does not assign the device to {', '.join(sorted(missing))}"
            raise UtilityError(UtilityReason.NOT_CONFIGURED, detail)
        run.dr_programs = [asdict(program) for program in found]
    return _done(Step.UR_12, Step.UR_13, messages=kinds, programs=[p["description"] for p in run.dr_programs])


async def _programs_of(this: _Pass) -> Sequence[DemandResponseProgram]:
    """Return the programs whose controls are meant for the device, by the word of whoever sends the controls."""
    run = this.run
    if this.utility.offers(Feature.CONTROLS):
        return (await this.utility.standing(this.current.id)).programs
    if this.gateway is None:
        return []
    async with this.gateway.session():
        # Commissioned again, it has another entry.
        if (found := Listed(await this.gateway.listed_devices() or ()).get(run.lfdi)) is not None:
            run.href = found.href
        return await this.gateway.device_programs(run.href) if run.href is not None else []


async def _acknowledge(this: _Pass) -> StepResult:
    messages = [message.id for message in this.current.unacknowledged]
    if messages:
        await this.save(this.run)
        this.take(await this.utility.acknowledge(this.current.id, messages, ready=True))
    return _done(Step.UR_13, Step.UR_14, acknowledged=messages)


async def _stored(this: _Pass) -> StepResult:
    registration = this.current
    if registration.stage not in (Stage.ACTIVE, Stage.SUSPENDED) or registration.record_id is None:
        return StepResult(Step.UR_14, Outcome.WAITING, UtilityReason.LINKING, next=Step.UR_14)
    this.run.record_id = registration.record_id
    return _done(Step.UR_14, Step.UR_15, record=registration.record_id)


async def _tell_customer(this: _Pass) -> StepResult:
    run, registration = this.run, this.current
    programs = sorted(registration.programs)
    if registration.stage is Stage.SUSPENDED:
        run.state = DeviceState.REGISTERED.value
        detail = {"detail": registration.detail}
        return StepResult(Step.UR_15, Outcome.WAITING, UtilityReason.REGISTRATION_SUSPENDED, detail)
    run.state = (DeviceState.ENROLLED if programs else DeviceState.REGISTERED).value
    return _done(Step.UR_15, None, programs=programs)
