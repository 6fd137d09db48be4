"""Binding of a vehicle to account, premise, EVSE and rate program, step SC-1.

Like registration: a pass takes what can be taken and ends in ``DONE``, ``WAITING`` (a representative decides) or
``FAILED``; it may be made again at any time. Each change is one request with a key of its own, kept before it is sent.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from ..esi.typed import UnreadableRecordError, read_record, read_value
from ..utility.errors import PASSING, UtilityError, UtilityReason
from ..utility.protocol import VehicleFunctions
from ..utility.rate_model import RateProgram
from ..utility.vehicle_model import Binding, BindingRequest, BindingStatus, Payer
from .step import Outcome, Step, StepResult

_OVER = (BindingStatus.REFUSED,)


@dataclass(slots=True)
class Wanted:
    """A binding that is to be made; ``program`` is the rate program as it was agreed to."""

    evse: dict[str, str]
    program: RateProgram
    consented_at: datetime
    bill_to: str
    valid_from: datetime
    valid_until: datetime | None = None
    replaces: str | None = None
    payer: Payer | None = None
    """Who pays, where the household keeps the books."""
    contract_id: str | None = None
    """The contract (EMAID) that is charged under, where there is one."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "evse": self.evse,
            "program": self.program.to_json(),
            "consented_at": self.consented_at.isoformat(),
            "bill_to": self.bill_to,
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "replaces": self.replaces,
            "payer": self.payer.to_json() if self.payer else None,
            "contract_id": self.contract_id,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Wanted:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("valid_until",))


@dataclass(slots=True)
class VehicleRun:
    """A vehicle and its bindings at a premise; JSON-safe through :meth:`to_dict`."""

    vin: str
    make: str
    model: str
    premise_id: str
    battery_wh: int | None = None
    guest_account: str | None = None
    """The number of the account that a guest's vehicle belongs to; forgotten once the utility has taken it."""
    id: str = field(default_factory=lambda: uuid4().hex)
    attempt: int = 1
    """Counts the changes asked for; part of the idempotency keys."""
    vehicle_id: str | None = None
    guest: bool = False
    wanted: Wanted | None = None
    """The binding that is to be made next."""
    bindings: dict[str, Binding] = field(default_factory=dict)
    """By id, those that ended among them; last what was asked for last, what others made before it."""
    programs: dict[str, RateProgram] = field(default_factory=dict)
    """The rate program of each binding as it was agreed to."""
    ending: dict[str, str] | None = None
    """The end that is to be told: ``valid_until`` and ``reason``."""
    ends: dict[str, datetime] = field(default_factory=dict)
    """When bindings were to end, as they were made or by a person since, by the binding's id."""
    made_at: dict[str, str] = field(default_factory=dict)
    """The account by which each binding was made at a utility, by the binding's id."""
    at_home: bool = False
    """The household keeps bindings and records itself, whatever the utility offers, until a person changes that."""

    def to_dict(self) -> dict[str, Any]:
        """Return the run for storage."""
        return {
            "vin": self.vin,
            "make": self.make,
            "model": self.model,
            "premise_id": self.premise_id,
            "battery_wh": self.battery_wh,
            "guest_account": self.guest_account,
            "id": self.id,
            "attempt": self.attempt,
            "vehicle_id": self.vehicle_id,
            "guest": self.guest,
            "wanted": self.wanted.to_dict() if self.wanted else None,
            "bindings": [binding.to_json() for binding in self.bindings.values()],
            "programs": {binding_id: program.to_json() for binding_id, program in self.programs.items()},
            "ending": self.ending,
            "ends": {binding_id: end.isoformat() for binding_id, end in self.ends.items()},
            "made_at": self.made_at,
            "at_home": self.at_home,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> VehicleRun:
        """Take up what :meth:`to_dict` gave."""
        if not isinstance(data, Mapping):
            raise UnreadableRecordError(cls.__name__, "no record")
        bindings: list[Binding] = read_value(list[Binding], data.get("bindings"), "VehicleRun.bindings")
        if "ends" not in data:
            # Kept by a version that did not know who ends what: what it knew is not held against the utility.
            ends = {each.id: each.valid_until.isoformat() for each in bindings if each.valid_until is not None}
            data = {**data, "ends": ends}
        # Sessions name the vehicle by its id, and the keys of what is asked for are made of id and attempt.
        needs = ("id", "attempt", "programs", "wanted", "ending")
        run = read_record(cls, data, needs=needs, bindings={each.id: each for each in bindings})
        if run.bindings.keys() - run.programs.keys():
            raise UnreadableRecordError("VehicleRun.programs", "missing for a binding")
        return run

    def current(self, now: datetime) -> Binding | None:
        """Return the binding that holds now, or waits to be confirmed, else the next one, else the last that ended."""
        living = [each for each in self.bindings.values() if each.status not in _OVER]
        holding = [each for each in living if each.covers(now)]
        coming = [each for each in living if each.valid_from > now and not each.is_void]
        if holding:
            return holding[-1]
        if coming:
            return min(coming, key=lambda each: each.valid_from)
        return max(self.bindings.values(), key=lambda each: each.valid_from, default=None)

    def is_lost(self, binding: Binding) -> bool:
        """Whether the utility has refused a binding, or ended it before it was to end."""
        if binding.status is not BindingStatus.ENDED:
            return binding.status is BindingStatus.REFUSED
        end = self.ends.get(binding.id)
        return end is None or (binding.valid_until is not None and binding.valid_until < end)

    def take(self, binding: Binding, program: RateProgram | None = None) -> None:
        """Take a binding as the utility has it now; an older version is old news."""
        known = self.bindings.get(binding.id)
        if known is None and binding.valid_until is not None:
            self.ends[binding.id] = binding.valid_until
        if known is None or binding.version >= known.version:
            self.bindings[binding.id] = binding
        if program is not None:
            self.programs[binding.id] = program

    def idempotency_key(self, of: str) -> str:
        """Return the key for one write of this run; the same one whenever it is made again."""
        return f"{self.id}-{self.attempt}-{of}"


type Save = Callable[[], Awaitable[None]]


def in_the_way(
    bindings: Iterable[Binding], valid_from: datetime, valid_until: datetime | None, replaces: str | None
) -> list[Binding]:
    """Return the bindings of a vehicle that a period would overlap; ``replaces`` ends where it begins."""
    found = []
    for binding in bindings:
        if binding.status in _OVER:
            continue
        until = binding.valid_until
        if binding.id == replaces:
            until = min(until, valid_from) if until else valid_from
        if (until is None or valid_from < until) and (valid_until is None or binding.valid_from < valid_until):
            found.append(binding)
    return found


async def bind_vehicle(utility: VehicleFunctions, run: VehicleRun, save: Save) -> AsyncGenerator[StepResult]:
    """Make the binding that ``run`` wants; ``save`` keeps the run over a restart."""
    for stage, take in (("vehicle", _tell_of_vehicle), ("binding", _bind), ("confirmation", _confirmation)):
        yield StepResult(Step.SC_1, Outcome.RUNNING, evidence={"stage": stage})
        try:
            result = await take(utility, run, save)
        except UtilityError as err:
            waits = err.reason in PASSING
            evidence = {"stage": stage, "detail": err.detail, "bindings": [each.to_json() for each in err.bindings]}
            yield StepResult(Step.SC_1, Outcome.WAITING if waits else Outcome.FAILED, err.reason, evidence)
            return
        if result is not None:
            yield result
            return


async def _tell_of_vehicle(utility: VehicleFunctions, run: VehicleRun, save: Save) -> None:
    if run.vehicle_id is not None:
        return
    await save()
    # Other data under the same key would be refused: what is told of the vehicle is part of it.
    key = run.idempotency_key(f"v{_fingerprint(run.vin, run.make, run.model, run.battery_wh, run.guest_account)}")
    vehicle = await utility.add_vehicle(run.vin, run.make, run.model, run.battery_wh, run.guest_account, key)
    run.vehicle_id, run.guest, run.guest_account = vehicle.id, vehicle.guest, None
    await save()


def _fingerprint(*parts: object) -> str:
    return uuid5(NAMESPACE_OID, "|".join(str(part) for part in parts)).hex[:24]


async def _bind(utility: VehicleFunctions, run: VehicleRun, save: Save) -> StepResult | None:
    if (wanted := run.wanted) is None or run.vehicle_id is None:
        return None
    replaced = run.bindings.get(wanted.replaces or "")
    if replaced is not None and replaced.vehicle_id != run.vehicle_id:
        # The vehicle has another owner now: what it was bound to before ends first.
        run.ending = {"valid_until": wanted.valid_from.isoformat(), "reason": "changed"}
        wanted.replaces = None
    await end_binding(utility, run, save)  # that of a pass that was cut off among them
    conflicts = in_the_way(run.bindings.values(), wanted.valid_from, wanted.valid_until, wanted.replaces)
    if conflicts:
        raise UtilityError(UtilityReason.BINDING_OVERLAP, "the periods overlap", bindings=conflicts)
    request = BindingRequest(
        vehicle_id=run.vehicle_id,
        premise_id=run.premise_id,
        evse=wanted.evse,
        program_id=wanted.program.id,
        terms_version=wanted.program.terms_version,
        consented_at=wanted.consented_at,
        bill_to=wanted.bill_to,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        replaces=wanted.replaces,
        payer=wanted.payer,
        contract_id=wanted.contract_id,
    )
    await save()
    binding = await utility.bind_vehicle(request, run.idempotency_key(f"b{_fingerprint(request)}"))
    run.take(binding, wanted.program)
    run.wanted = None
    run.attempt += 1
    await save()
    await refresh_bindings(utility, run, save)  # the one that it replaces has its end now
    return None


async def _confirmation(utility: VehicleFunctions, run: VehicleRun, save: Save) -> StepResult:
    newest = list(run.bindings.values())[-1]
    binding = await utility.binding(newest.id)
    run.take(binding)
    await save()
    evidence = {"stage": "confirmation", "binding_id": binding.id, "status": binding.status.value}
    before = [each for each in run.bindings.values() if each.id != binding.id]
    if binding.status is BindingStatus.IN_FORCE and in_the_way(before, binding.valid_from, binding.valid_until, None):
        # The pass that made it was cut off before it had the end of the one that it replaces.
        await refresh_bindings(utility, run, save)
    if binding.status is BindingStatus.PENDING:
        return StepResult(Step.SC_1, Outcome.WAITING, UtilityReason.AWAITING_APPROVAL, evidence)
    if binding.status is BindingStatus.REFUSED:
        evidence["detail"] = binding.reason or ""
        return StepResult(Step.SC_1, Outcome.FAILED, UtilityReason.REFUSED_BY_UTILITY, evidence)
    return StepResult(Step.SC_1, Outcome.DONE, evidence=evidence, next=Step.UR_EV)


async def find_vehicle(utility: VehicleFunctions, run: VehicleRun, save: Save) -> None:
    """Find a vehicle at the utility by its number, whose own record was lost; one that it has not stays as it is."""
    for vehicle in await utility.vehicles():
        if vehicle.vin == run.vin:
            run.vehicle_id, run.guest = vehicle.id, vehicle.guest
            run.make, run.model, run.battery_wh = vehicle.make, vehicle.model, vehicle.battery_wh
            await save()
            return


async def refresh_bindings(utility: VehicleFunctions, run: VehicleRun, save: Save) -> bool:
    """Take the vehicle's bindings as the utility has them now; return whether any changed."""
    before = dict(run.bindings)
    programs: dict[str, RateProgram] = {}
    for binding in await utility.bindings(run.premise_id):
        if binding.vehicle_id != run.vehicle_id:
            continue
        if binding.id not in run.programs:
            # Made elsewhere, by a representative for example: its program is the one offered now.
            programs = programs or {each.id: each for each in await utility.rate_programs(run.premise_id)}
            if (program := programs.get(binding.program_id)) is None:
                continue
            run.take(binding, program)
            # What was asked for here stays the last: of that is told how it stands.
            run.bindings = {binding.id: binding} | run.bindings
        run.take(binding)
    if run.bindings == before:
        return False
    await save()
    return True


async def end_binding(utility: VehicleFunctions, run: VehicleRun, save: Save) -> None:
    """Tell the end that ``run.ending`` holds to the utility, for every binding that lasts longer."""
    if run.ending is None:
        return
    until, reason = datetime.fromisoformat(run.ending["valid_until"]), run.ending["reason"]
    await save()
    for binding in list(run.bindings.values()):
        if binding.status in _OVER or (binding.valid_until is not None and binding.valid_until <= until):
            continue
        last = max(until, binding.valid_from)
        key = run.idempotency_key(f"e{_fingerprint(binding.id, last, reason)}")
        try:
            run.take(await utility.end_binding(binding.id, last, reason, key))
        except UtilityError as err:
            if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
                raise
            if any(each.id == binding.id for each in await utility.bindings(run.premise_id)):
                raise  # it has it all the same
            # By its own list it has none such any more: there is nothing left to end there.
            run.take(replace(binding, status=BindingStatus.ENDED, valid_until=last))
        run.ends[binding.id] = run.bindings[binding.id].valid_until or last
    run.ending = None
    run.attempt += 1
    await save()
