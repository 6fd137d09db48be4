"""Repair of a HAN device's commissioning, registration and enrollment: steps RD-8, RD-12 and RD-5.

What is done is found on the gateway and at the utility instead of done twice, so a repair may be repeated at any time
and interrupted at any place. Whether it holds is for a diagnosis to tell afterwards (DM-6).
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from uuid import uuid4

from ..gateway.errors import GatewayError, Reason
from ..gateway.protocol import Gateway
from ..utility.errors import UtilityError, UtilityReason
from ..utility.protocol import Feature, Utility
from .device_commissioning import DeviceCommissioning, DeviceMethod, commission_device
from .registration import consents_for
from .registration_run import RegistrationRun
from .step import Outcome, Step, StepResult
from .verdict import Repair

_PATIENCE = 20.0
"""Seconds in which a utility that decides by itself has decided."""
_ASK_EVERY = 0.5
_PASSES = frozenset({UtilityReason.LINKING, Reason.PORTAL_PENDING})


@dataclass(slots=True)
class Tools:
    """What a repair works with; ``gateway`` is None for a device that no gateway lists."""

    gateway: Gateway | None
    utility: Utility
    run: RegistrationRun
    method: DeviceMethod
    """How the device comes onto the gateway's list."""
    save: Callable[[RegistrationRun], Awaitable[None]]
    take_pass: Callable[[], Awaitable[StepResult | None]]
    """Takes every step of the registration that can be taken, and returns the last."""


type _Act = Callable[[Tools], Awaitable[StepResult]]


async def repair_device(repair: Repair, tools: Tools) -> AsyncGenerator[StepResult]:
    """Do what of ``repair`` can be done without a person; yields ``RUNNING`` and the outcome of each step.

    The last result is that of the last step, or the one that waits or failed.
    """
    for step, act in _STEPS[repair]:
        if step is Step.RD_8 and tools.gateway is None:
            continue
        yield StepResult(step, Outcome.RUNNING)
        try:
            result = await act(tools)
        except (GatewayError, UtilityError) as err:
            result = StepResult(step, Outcome.FAILED, err.reason, {"detail": err.detail}, step)
        yield result
        if result.outcome in (Outcome.WAITING, Outcome.FAILED):
            return


async def commission_again(tools: Tools) -> StepResult:
    """RD-8b: have the gateway list the device again, the way it was put there."""
    run, method, gateway = tools.run, tools.method, tools.gateway
    if gateway is None:
        return StepResult(Step.RD_8, Outcome.NOT_OFFERED)
    commissioning = DeviceCommissioning(
        method, run.lfdi, run.kind, run.key, run.premise_id or None, run.gateway_lfdi, id=uuid4().hex
    )

    async def keep(_commissioning: DeviceCommissioning) -> None:
        """Nothing to keep: asked for again, the gateway lists it once."""

    async def take() -> StepResult:
        steps = commission_device(gateway, tools.utility, commissioning, keep)
        return [result async for result in steps][-1]

    # What a person does in a portal is not waited for.
    result = await (take() if method is DeviceMethod.PORTAL else _waited_out(take))
    if result.outcome in (Outcome.WAITING, Outcome.FAILED):
        return StepResult(Step.RD_8, result.outcome, result.reason, result.evidence, Step.RD_8)
    run.href = commissioning.href
    await tools.save(run)
    return StepResult(Step.RD_8, Outcome.DONE, evidence={"method": method.value, "href": run.href}, next=Step.RD_12)


async def _register_anew(tools: Tools) -> StepResult:
    """RD-12a: open another registration, with what is known of the device and what its gateway tells.

    One that only waits for serial number and PIN goes on.
    """
    run, gateway = tools.run, tools.gateway
    if not tools.utility.offers(Feature.REGISTRATION):
        return StepResult(Step.RD_12, Outcome.WAITING, Reason.PORTAL_PENDING, next=Step.RD_12)
    if run.registration_id is not None and run.unidentified is None:
        run.begin_anew()
    if gateway is not None and run.key is None and run.href is not None:
        pin = await gateway.registration_pin(run.href)
        run.key = f"{pin:06}" if pin is not None else None
    run.key = run.key or run.pin
    await tools.save(run)
    return await _passes(tools)


async def _enroll(tools: Tools) -> StepResult:
    """RD-5: have the utility enroll the device in what was agreed to, and nothing else, and the gateway know it.

    As long as nobody has agreed or not, a person is asked (UR-9), and the utility leaves it as it is.
    """
    run = tools.run
    if run.registration_id is None:
        return StepResult(Step.RD_12, Outcome.NOT_OFFERED)
    if run.consents is not None:
        await tools.utility.set_programs(run.registration_id, consents_for(run))
    run.dr_programs.clear()
    await tools.save(run)
    return await _passes(tools)


async def _passes(tools: Tools) -> StepResult:
    """Take the registration as far as it comes without a person."""
    result = await _waited_out(tools.take_pass)
    if result is None:
        return StepResult(Step.RD_12, Outcome.NOT_OFFERED)
    evidence = {"registration": result.step.value, **result.evidence}
    return StepResult(Step.RD_12, result.outcome, result.reason, evidence, result.next)


async def _waited_out[T: StepResult | None](take: Callable[[], Awaitable[T]]) -> T:
    """Take something again until it does not wait for the utility any more, or for too long."""
    result = await take()
    for _ in range(round(_PATIENCE / _ASK_EVERY) - 1):
        if result is None or result.outcome is not Outcome.WAITING or result.reason not in _PASSES:
            break
        await asyncio.sleep(_ASK_EVERY)
        result = await take()
    return result


_COMMISSION: tuple[Step, _Act] = (Step.RD_8, commission_again)
_ENROLL: tuple[Step, _Act] = (Step.RD_12, _enroll)
_STEPS: dict[Repair, tuple[tuple[Step, _Act], ...]] = {
    Repair.RE_ANNOUNCE: (_COMMISSION, _ENROLL),
    Repair.REREGISTER: (_COMMISSION, (Step.RD_12, _register_anew)),
    Repair.CORRECT_ENROLLMENT: (_ENROLL,),
}
OF_DEVICE = frozenset(_STEPS)
"""The repairs of a device that need no person."""
