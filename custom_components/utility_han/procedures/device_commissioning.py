"""Commissioning of a device other than Home Assistant itself, steps IP-6, IP-7 and IP-9.

The device joins the gateway by our announcing it (in-band), through the utility, which tells the gateway, or it is on
the gateway's list already. A pass may be made again at any time, like those of :mod:`.commissioning`.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import uuid4

from ..esi.typed import read_record
from ..gateway.errors import GatewayError, Reason
from ..gateway.model import Listed
from ..gateway.protocol import Gateway
from ..utility.errors import UtilityError, UtilityReason
from ..utility.protocol import Utility
from .in_one_task import Tell, in_one_task
from .installation import INSTALLATIONS, DeviceKind
from .step import Outcome, Step, StepResult


class DeviceMethod(StrEnum):
    """How the gateway comes to know the device."""

    IN_BAND = "in_band"
    """We announce it; a PIN of its own that the gateway knows besides proves that it is meant."""
    REQUEST = "request"
    """The utility is asked over its API, and tells the gateway."""
    PORTAL = "portal"
    """A person tells the utility, where it has no API."""
    DISCOVERED = "discovered"
    """It is on the gateway's list already."""


@dataclass(frozen=True, slots=True)
class ZigbeeCredentials:
    """By what a meter lets a device onto its Zigbee network: EUI64, and install code with CRC (hexadecimal)."""

    eui64: str
    install_code: str


@dataclass(slots=True)
class DeviceCommissioning:
    """How far a device has come; JSON-safe through :meth:`to_dict`."""

    method: DeviceMethod
    lfdi: str
    kind: str
    key: str | None = None
    """The registration PIN of the device."""
    premise_id: str | None = None
    gateway_lfdi: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)
    request_id: str | None = None
    href: str | None = None
    zigbee: ZigbeeCredentials | None = None
    pin_accepted: bool = False
    """Whether a person said that the gateway's PIN for it holds: gateways have defaults."""

    def to_dict(self) -> dict[str, Any]:
        """Return the run for storage. It holds the PIN."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DeviceCommissioning:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("id",))


type Save = Callable[[DeviceCommissioning], Awaitable[None]]


def commission_device(
    gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save
) -> AsyncGenerator[StepResult]:
    """Take the steps IP-6, IP-7 and IP-9 for a device; the last result is IP-9's, or the one that waits or failed."""
    if run.method is DeviceMethod.IN_BAND:
        return in_one_task(partial(_over_one_connection, gateway, utility, run, save))
    return _steps(gateway, utility, run, save)


async def _over_one_connection(
    gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save, tell: Tell
) -> None:
    """Take the steps of a device that we announce, which are all the gateway's."""
    try:
        async with gateway.session():
            async for result in _steps(gateway, utility, run, save):
                tell(result)
    except GatewayError as err:
        tell(StepResult(Step.IP_6, Outcome.FAILED, err.reason, {"detail": err.detail}, Step.IP_6))


async def _steps(
    gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save
) -> AsyncGenerator[StepResult]:
    for step, take in ((Step.IP_6, _announce), (Step.IP_7, _authenticate), (Step.IP_9, _list)):
        yield StepResult(step, Outcome.RUNNING)
        try:
            result = await take(gateway, utility, run, save)
        except (GatewayError, UtilityError) as err:
            result = StepResult(step, Outcome.FAILED, err.reason, {"detail": err.detail}, step)
        await save(run)
        yield result
        if result.outcome in (Outcome.WAITING, Outcome.FAILED):
            return


async def _announce(gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save) -> StepResult:
    evidence: dict[str, Any] = {"method": run.method.value}
    if run.method is DeviceMethod.IN_BAND:
        await save(run)
        run.href = await gateway.announce(INSTALLATIONS[DeviceKind(run.kind)].device_category, run.lfdi)
        evidence["href"] = run.href
    elif run.method is DeviceMethod.REQUEST:
        if run.premise_id is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "no utility account is linked")
        if run.request_id is None:
            await save(run)
            request = await utility.request_commissioning(
                run.premise_id,
                run.gateway_lfdi,
                run.lfdi,
                run.kind,
                run.key,
                f"{run.id}-commission",
                eui64=run.zigbee.eui64 if run.zigbee else None,
                install_code=run.zigbee.install_code if run.zigbee else None,
            )
            run.request_id = request.id
        else:
            request = await utility.commissioning_request(run.request_id)
        evidence["request"] = request.id
        if request.status == "refused":
            run.request_id, run.id = None, uuid4().hex  # asking again is another request
            raise UtilityError(UtilityReason.COMMISSIONING_REFUSED, request.reason or "the utility refused")
        if request.status == "pending":
            return StepResult(Step.IP_6, Outcome.WAITING, Reason.PORTAL_PENDING, evidence, Step.IP_6)
    return StepResult(Step.IP_6, Outcome.DONE, evidence=evidence, next=Step.IP_7)


async def _authenticate(gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save) -> StepResult:
    evidence: dict[str, Any] = {}
    if run.method is DeviceMethod.IN_BAND and run.href is not None and run.key is not None:
        pin = await gateway.registration_pin(run.href)
        if pin is not None:
            evidence["pin_fits"] = pin == int(run.key)
        if pin is not None and pin != int(run.key):
            if not run.pin_accepted:
                raise GatewayError(Reason.WRONG_PIN, "the gateway's registration of the device holds another PIN")
            run.key = f"{pin:06d}"  # what the utility will ask for
    return StepResult(Step.IP_7, Outcome.DONE, evidence=evidence, next=Step.IP_9)


async def _list(gateway: Gateway, utility: Utility, run: DeviceCommissioning, save: Save) -> StepResult:
    devices = await gateway.listed_devices()
    if devices is None:
        return StepResult(Step.IP_9, Outcome.NOT_OFFERED, evidence={"list": None})
    found = Listed(devices).get(run.lfdi)
    if found is None:
        if run.method in (DeviceMethod.PORTAL, DeviceMethod.REQUEST):
            return StepResult(Step.IP_9, Outcome.WAITING, Reason.PORTAL_PENDING, {"listed": len(devices)}, Step.IP_9)
        raise GatewayError(Reason.NOT_LISTED, f"{len(devices)} devices are listed, this one is not among them")
    run.href = found.href
    return StepResult(Step.IP_9, Outcome.DONE, evidence={"listed": len(devices), "href": found.href})
