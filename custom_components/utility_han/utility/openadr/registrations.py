"""The registration that a device's resource is: how far it has come by what the VTN shows."""

from collections.abc import Container, Sequence
from dataclasses import replace

from ..model import DeviceMessage, Registration, Stage
from .enrolment import consents_of, device_of
from .model import VtnObject

_NOTHING = Registration(
    id="",
    version=0,
    stage=Stage.CLOSED,
    premise_id="",
    gateway_lfdi="",
    lfdi="",
    kind="",
    model_id=None,
    serial=None,
    name=None,
    found=None,
    identified=False,
    programs={},
    link="none",
    link_stages={},
    messages=(),
    record_id=None,
    reason=None,
)
"""A registration of which nothing is there any more; no account, model or serial number is known on this way."""


def registration_of(resource: VtnObject, shown: Container[str], told: Sequence[DeviceMessage]) -> Registration:
    """Return the registration of a device; ``shown`` are the ids of the programs that the VTN lets us see.

    ``told`` are the events that ask for the device's state, which is how readiness is acknowledged.
    """
    kind, lfdi = device_of(resource) or ("", "")
    agreed = consents_of(resource)
    seen = all(program in shown for program in agreed or ())
    if agreed is None:
        stage = Stage.OPEN
    elif not seen:
        stage = Stage.AWAITING_APPROVAL
    else:
        stage = Stage.ACTIVE if all(each.acknowledged for each in told) else Stage.AWAITING_READINESS
    return replace(
        _NOTHING,
        id=resource.id,
        version=int(resource.modified.timestamp() * 1000),
        stage=stage,
        lfdi=lfdi,
        kind=kind,
        name=resource.name,
        programs=agreed or {},
        link="linked" if stage in (Stage.ACTIVE, Stage.AWAITING_READINESS) else "pending",
        link_stages={"token": "done", "targets": "done" if seen else "pending"},
        messages=tuple(told),
        record_id=resource.id if stage is Stage.ACTIVE else None,
    )


def closed_registration(registration_id: str) -> Registration:
    """Return a registration that was closed: who deletes a resource closes it, whoever that is."""
    return replace(_NOTHING, id=registration_id, detail="the resource was deleted")
