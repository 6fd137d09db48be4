"""Commissioning, steps IP-6 to IP-11: from entered commissioning data to a gateway that lists us and gives readings.

One pass takes every step it can and ends in ``DONE``, ``WAITING`` (the utility has still to act) or ``FAILED``. A
pass may be made again at any time: what was done is kept in :class:`CommissioningRun`, saved before each side
effect, and found again on the gateway instead of done twice.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any

from ..esi.typed import read_record
from ..gateway.errors import AWAY, GatewayError, Reason
from ..gateway.model import GatewayConfiguration, Listed
from ..gateway.protocol import Gateway
from .in_one_task import Tell, in_one_task
from .step import Outcome, Step, StepResult

MAX_CLOCK_OFFSET = timedelta(minutes=5)
"""A clock further off than this makes events and intervals land at the wrong time."""

_JUDGED = ("power", "energy_summation_delivered")
"""Registers of which one is read while commissioning: a home's power now, and what a meter's own display shows."""
_NOT_LET_IN = frozenset({Reason.PORTAL_PENDING, Reason.CERTIFICATE_REFUSED})
_TAKEN_UP_LATER = AWAY | {Reason.WRONG_PIN}
"""Reasons behind which what was announced stays so: the gateway will be there again, or a person is asked."""


class Method(StrEnum):
    """How the gateway comes to know our identity."""

    IN_BAND = "in_band"
    """We announce ourselves to the gateway; a PIN that it knows besides proves that it expects us."""
    OUT_OF_BAND = "out_of_band"
    """The LFDI goes to the utility, which tells the gateway."""


@dataclass(slots=True)
class CommissioningRun:
    """How far commissioning has come; JSON-safe through :meth:`to_dict`."""

    method: Method
    device_category: int
    """DeviceCategoryType bit map (IEEE 2030.5 XSD)."""
    pin: int | None = None
    """Our own PIN, to compare with what the gateway holds for us; gone once it was."""
    pin_accepted: bool = False
    """Whether a person said that another PIN is as good: gateways hold defaults."""
    href: str | None = None
    """Our entry on the gateway's list, once there is one."""
    accepted: bool = False
    added_as: str = ""
    """The LFDI that we put on the gateway's list ourselves; empty where it was there already, or was taken back."""
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last result of each step, by step id."""

    def to_dict(self) -> dict[str, Any]:
        """Return the run for storage. It holds the PIN."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CommissioningRun:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data)

    def found(self, step: Step) -> Mapping[str, Any]:
        """Return what ``step`` found when it was last taken, as its evidence; nothing before that."""
        evidence: Mapping[str, Any] = self.results.get(step, {}).get("evidence", {})
        return evidence

    def note(self, result: StepResult) -> StepResult:
        """Remember what came of a step as the latest of it."""
        self.results[result.step.value] = result.to_dict()
        return result


type Save = Callable[[CommissioningRun], Awaitable[None]]


async def commission(gateway: Gateway, run: CommissioningRun, save: Save) -> AsyncGenerator[StepResult]:
    """Take the steps IP-6 to IP-11 on ``gateway``; ``save`` keeps ``run`` over a restart.

    Yields a ``RUNNING`` result when a step begins and its outcome when it ends. The last result yielded is IP-11's,
    or the one that waits or failed.
    """
    for steps in _TOGETHER:
        async with aclosing(in_one_task(partial(_take, gateway, run, save, steps))) as results:
            async for result in results:
                yield result
                if result.outcome in (Outcome.WAITING, Outcome.FAILED):
                    return


async def _take(gateway: Gateway, run: CommissioningRun, save: Save, steps: Sequence[Step], tell: Tell) -> None:
    """Take ``steps`` until one waits or fails; several of them over one connection."""
    step = first = steps[0]
    try:
        async with gateway.session(joined=step is not Step.IP_6) if len(steps) > 1 else nullcontext():
            for step in steps:
                tell(StepResult(step, Outcome.RUNNING))
                result = run.note(await _STEPS[step](gateway, run, save))
                await save(run)
                tell(result)
    except GatewayError as err:
        if err.reason in _NOT_LET_IN and run.method is Method.IN_BAND and first is Step.IP_6 and step is not first:
            # Who announces itself may be let in from the next handshake on.
            return await _take(gateway, run, save, steps[steps.index(step) :], tell)
        result = run.note(_stopped(step, run, err))
        if result.outcome is Outcome.FAILED and result.reason not in _TAKEN_UP_LATER:
            await take_back(gateway, run)
        await save(run)
        tell(result)


async def take_back(gateway: Gateway, run: CommissioningRun) -> None:
    """Take our entry off the gateway's list again, if it was us who put it there.

    Where that does not come about, the run knows of it, and the next pass takes the entry up.
    """
    if run.href is None or run.added_as != gateway.client_lfdi:
        return
    with suppress(GatewayError):
        await gateway.withdraw(run.href, run.added_as)
        run.href, run.added_as = None, ""


def _stopped(step: Step, run: CommissioningRun, err: GatewayError) -> StepResult:
    outcome, reason = Outcome.FAILED, err.reason
    if reason is Reason.PORTAL_PENDING:
        # The gateway has our entry, or will have it from the utility. Nobody was asked to register us where we were to
        # do it ourselves and could not: waiting would not help.
        if run.method is Method.OUT_OF_BAND or run.href is not None:
            outcome = Outcome.WAITING
        else:
            reason = Reason.REGISTRATION_REFUSED
    return StepResult(step, outcome, reason, {"detail": err.detail}, step)


async def _announce(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    evidence: dict[str, Any] = {"method": run.method.value}
    if run.method is Method.IN_BAND:
        if run.added_as != gateway.client_lfdi:
            run.added_as = ""
        before = run.added_as
        try:
            run.href = await gateway.announce(run.device_category, adding=partial(_note_added, gateway, run, save))
        except GatewayError as err:
            if err.reason is Reason.REGISTRATION_REFUSED:  # nothing was added: an entry to come is the utility's
                run.added_as = before
            raise
        evidence["href"] = run.href
        return StepResult(Step.IP_6, Outcome.DONE, evidence=evidence, next=Step.IP_7)
    peer = await gateway.identify()
    if gateway.expected_lfdi is not None and peer.lfdi != gateway.expected_lfdi:
        raise GatewayError(Reason.WRONG_GATEWAY, "another certificate than the pinned one was presented")
    if not peer.accepts_us:
        reason = Reason.CERTIFICATE_REFUSED if run.accepted else Reason.PORTAL_PENDING
        raise GatewayError(reason, "the gateway does not accept our certificate yet")
    return StepResult(Step.IP_6, Outcome.DONE, evidence=evidence, next=Step.IP_7)


async def _note_added(gateway: Gateway, run: CommissioningRun, save: Save) -> None:
    run.added_as = gateway.client_lfdi
    await save(run)


async def _authenticate(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    evidence: dict[str, Any] = {"pinned": gateway.expected_lfdi is not None}
    async with gateway.session():
        if run.method is Method.IN_BAND:
            evidence |= await _compare_pin(gateway, run)
            if evidence.get("pin_fits") is False and not run.pin_accepted:
                raise GatewayError(Reason.WRONG_PIN, "the gateway's registration holds another PIN")
        # The first exchange that only somebody who is let in can have. What it finds is no condition of the link:
        # readings are one function set among others.
        evidence |= await _measured(gateway)
    evidence["security"] = gateway.link_security.value
    return StepResult(Step.IP_7, Outcome.DONE, evidence=evidence, next=Step.IP_8)


async def _measured(gateway: Gateway) -> dict[str, Any]:
    """Return, as evidence, how many registers there are, and what one that a person can judge says now."""
    registers = {each.key: each for each in await gateway.discover_registers()}
    evidence: dict[str, Any] = {"registers": len(registers)}
    for key in _JUDGED:
        if (register := registers.get(key)) is None:
            continue
        with suppress(GatewayError):  # one that cannot be read now is none
            if (value := (await gateway.read([key])).values.get(key)) is not None:
                return evidence | {"reading": {"register": key, "value": value, "unit": register.unit}}
    return evidence


async def _compare_pin(gateway: Gateway, run: CommissioningRun) -> dict[str, Any]:
    """Return, as evidence, whether the gateway holds the PIN that is ours for our entry; nothing where it holds none.

    Registration.pIN is that of the device that is registered (XSD), so it is the client that compares.
    """
    pin = await gateway.registration_pin(run.href) if run.href is not None and run.pin is not None else None
    evidence = {} if pin is None else {"pin_fits": pin == run.pin}
    if evidence.get("pin_fits") is not False or run.pin_accepted or run.method is Method.OUT_OF_BAND:
        run.pin = None  # a secret that is no longer needed
    return evidence


async def _configure(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    configuration = await gateway.configuration()
    run.accepted = True
    return StepResult(
        Step.IP_8,
        Outcome.DONE,
        clock_reason(configuration.clock_offset),
        configuration_evidence(configuration),
        Step.IP_9,
    )


def configuration_evidence(configuration: GatewayConfiguration) -> dict[str, Any]:
    """Return what the gateway gave, JSON-safe (seconds for durations)."""
    rate, offset = configuration.poll_interval, configuration.clock_offset
    return {
        "poll_interval": rate.total_seconds() if rate else None,
        "function_sets": list(configuration.function_sets),
        "unavailable": list(configuration.unavailable),
        "programs": list(configuration.programs),
        "instructions": list(configuration.instructions),
        "rates": {name: each.total_seconds() for name, each in configuration.rates.items()},
        "post_rate": configuration.post_rate.total_seconds() if configuration.post_rate else None,
        "files": [each.to_dict() for each in configuration.files],
        "clock_offset": round(offset.total_seconds(), 1) if offset is not None else None,
        **asdict(configuration.info),
    }


def clock_reason(offset: timedelta | None) -> Reason | None:
    """Return ``CLOCK_OFF`` where gateway and client disagree by more than :data:`MAX_CLOCK_OFFSET`."""
    return Reason.CLOCK_OFF if offset is not None and abs(offset) > MAX_CLOCK_OFFSET else None


async def _list(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    devices = await gateway.listed_devices()
    if devices is None:
        return StepResult(Step.IP_9, Outcome.NOT_OFFERED, evidence={"list": None}, next=Step.IP_10)
    own = Listed(devices).get(gateway.client_lfdi)
    if own is None:
        raise GatewayError(Reason.NOT_LISTED, f"{len(devices)} devices are listed, ours is not among them")
    run.href = own.href
    evidence: dict[str, Any] = {"listed": len(devices), "href": own.href}
    if run.method is Method.OUT_OF_BAND:
        # The utility registered us by our LFDI; another PIN than ours may be a default of its own. It is told.
        evidence |= await _compare_pin(gateway, run)
    return StepResult(Step.IP_9, Outcome.DONE, evidence=evidence, next=Step.IP_10)


async def _succeed(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    signal = await gateway.measure_signal(recent=True)
    evidence = {"signal": signal.quality.value, "latency_ms": signal.latency_ms}
    if signal.lqi is not None:
        evidence |= {"lqi": signal.lqi, "rssi": signal.rssi}
    if not run.found(Step.IP_7).get("registers"):
        # A gateway that lets everybody in and shows its readings to whom it knows: the utility acted in between.
        evidence |= await _measured(gateway)
    return StepResult(Step.IP_10, Outcome.DONE, evidence=evidence, next=Step.IP_11)


async def _instruct(gateway: Gateway, run: CommissioningRun, save: Save) -> StepResult:
    instructions = run.found(Step.IP_8).get("instructions", [])
    outcome = Outcome.DONE if instructions else Outcome.NOT_OFFERED
    return StepResult(Step.IP_11, outcome, evidence={"instructions": instructions})


_STEPS: Mapping[Step, Callable[[Gateway, CommissioningRun, Save], Awaitable[StepResult]]] = {
    Step.IP_6: _announce,
    Step.IP_7: _authenticate,
    Step.IP_8: _configure,
    Step.IP_9: _list,
    Step.IP_10: _succeed,
    Step.IP_11: _instruct,
}
_TOGETHER: Sequence[Sequence[Step]] = ((Step.IP_6, Step.IP_7, Step.IP_8, Step.IP_9), (Step.IP_10,), (Step.IP_11,))
"""Steps in their order, those together that need one connection: between two a gateway needs a pause.

IP-10 measures the way to the gateway by connections.
"""
