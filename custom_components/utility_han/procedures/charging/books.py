"""The household's own books: vehicles, bindings and billing records where the way to the utility has none.

They answer as a utility does, by the same rules (docs/utility-api.yaml, tag ``vehicles``), so that who binds and bills
does not have to know who keeps them. Nobody approves anything: a binding is in force from its first day on.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, override
from uuid import NAMESPACE_OID, uuid5

from ...esi.typed import read_record
from ...utility.errors import UtilityError, UtilityReason
from ...utility.protocol import Feature, VehicleFunctions
from ...utility.rate_model import RateProgram
from ...utility.vehicle_model import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    BindingStatus,
    ChargingSession,
    Confirmation,
    Payer,
    Vehicle,
)
from ..vehicle_binding import VehicleRun
from .ledger import Ledger
from .tariff import rate_zone

_HOME = "home-"
OWN_ACCOUNT, EMPLOYER, GUEST = "own_account", "employer", "guest"
PAYERS = (OWN_ACCOUNT, EMPLOYER, GUEST)
"""Who a household may say pays: ``bill_to`` of its bindings."""


def is_home(binding_id: str) -> bool:
    """Whether a binding is of a household's own books."""
    return binding_id.startswith(_HOME)


@dataclass(slots=True)
class HouseholdRecords:
    """What the books are made of; what is billed under them is in the ledger."""

    vehicles: dict[str, Vehicle] = field(default_factory=dict)
    bindings: dict[str, Binding] = field(default_factory=dict)
    programs: dict[str, RateProgram] = field(default_factory=dict)
    """The programs that the household has made, by id, as they are now."""
    agreed: dict[str, RateProgram] = field(default_factory=dict)
    """The program of each binding as it was agreed to."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "vehicles": {key: each.to_json() for key, each in self.vehicles.items()},
            "bindings": {key: each.to_json() for key, each in self.bindings.items()},
            "programs": {key: each.to_json() for key, each in self.programs.items()},
            "agreed": {key: each.to_json() for key, each in self.agreed.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HouseholdRecords:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("bindings", "agreed"))


class HouseholdBooks(VehicleFunctions):
    """The books of one home."""

    features = frozenset({Feature.VEHICLES})

    def __init__(
        self,
        records: HouseholdRecords,
        ledger: Callable[[], Ledger],
        now: Callable[[], datetime],
    ) -> None:
        """``ledger`` has what is billed, what the books have taken among it.

        Who calls what changes ``records`` keeps them, as the step machines do.
        """
        self.records = records
        self._ledger = ledger
        self._now = now

    def know_again(self, run: VehicleRun) -> None:
        """Take up what a vehicle's own record has and the books have not: their record was lost."""
        records = self.records
        for binding in run.bindings.values():
            if is_home(binding.id):
                records.bindings.setdefault(binding.id, binding)
                records.agreed.setdefault(binding.id, run.programs[binding.id])
                records.programs.setdefault(binding.program_id, run.programs[binding.id])
        if run.vehicle_id is not None and run.vehicle_id not in records.vehicles:
            records.vehicles[run.vehicle_id] = Vehicle(
                run.vehicle_id, run.vin, run.make, run.model, run.battery_wh, run.guest, Payer("", "")
            )

    # Vehicles and programs

    @override
    async def vehicles(self) -> list[Vehicle]:
        return list(self.records.vehicles.values())

    @override
    async def add_vehicle(
        self,
        vin: str,
        make: str,
        model: str,
        battery_wh: int | None,
        guest_account: str | None,
        idempotency_key: str,
    ) -> Vehicle:
        owner = Payer(masked(guest_account), "") if guest_account else Payer("", "")
        vehicle = Vehicle(_id_of(vin), vin, make, model, battery_wh, guest_account is not None, owner)
        self.records.vehicles[vehicle.id] = vehicle
        return vehicle

    @override
    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        return list(self.records.programs.values())

    def keep_program(self, program: RateProgram) -> None:
        """Take a program that a person has made; bindings keep what was agreed to under them."""
        self.records.programs[program.id] = program

    # Bindings

    @override
    async def bindings(self, premise_id: str) -> list[Binding]:
        # All are of this home, whatever its premise was called when they were made.
        return [self._as_it_is(each) for each in self.records.bindings.values()]

    @override
    async def binding(self, binding_id: str) -> Binding:
        return self._as_it_is(self._binding(binding_id))

    @override
    async def bind_vehicle(self, request: BindingRequest, idempotency_key: str) -> Binding:
        if (known := self.records.bindings.get(_id_of(idempotency_key))) is not None:
            return self._as_it_is(known)
        vehicle, payer = self.records.vehicles.get(request.vehicle_id), request.payer
        if vehicle is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, f"there is no vehicle {request.vehicle_id}")
        if payer is None or request.bill_to not in PAYERS:
            raise UtilityError(UtilityReason.INVALID_REQUEST, "nobody is said to pay")
        program = self._program(request)
        if request.valid_until is not None and request.valid_until <= request.valid_from:
            raise UtilityError(UtilityReason.INVALID_REQUEST, "it ends before it begins")
        replaced = self._replaced(request)
        self._check_free(request.vehicle_id, request.valid_from, request.valid_until, {request.replaces})
        binding = Binding(
            id=_id_of(idempotency_key),
            version=1,
            status=BindingStatus.IN_FORCE,
            vehicle_id=vehicle.id,
            premise_id=request.premise_id,
            evse=request.evse.get("name", ""),
            program_id=request.program_id,
            terms_version=request.terms_version,
            bill_to=request.bill_to,
            payer=Payer(masked(payer.number), payer.holder),
            guest=request.bill_to == GUEST,
            valid_from=request.valid_from,
            valid_until=request.valid_until,
            reason=None,
            evse_id=request.evse.get("evse_id"),
            contract_id=request.contract_id,
        )
        if replaced is not None and (replaced.valid_until is None or replaced.valid_until > request.valid_from):
            self._end(replaced, max(request.valid_from, replaced.valid_from), f"replaced by {binding.id}")
        self.records.bindings[binding.id], self.records.agreed[binding.id] = binding, program
        return self._as_it_is(binding)

    def _program(self, request: BindingRequest) -> RateProgram:
        program = self.records.programs.get(request.program_id)
        if program is None or not program.open:
            raise UtilityError(UtilityReason.PROGRAM_CLOSED, f"there is no program {request.program_id}")
        if program.terms_version != request.terms_version:
            raise UtilityError(UtilityReason.TERMS_CHANGED, f"{program.name} has changed")
        return program

    def _replaced(self, request: BindingRequest) -> Binding | None:
        """Return what a binding takes the place of, which may end where it begins."""
        if request.replaces is None:
            return None
        replaced = self._binding(request.replaces)
        if (replaced.vehicle_id, replaced.premise_id) != (request.vehicle_id, request.premise_id):
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, "what it replaces is another vehicle's, or elsewhere")
        self._check_recorded(replaced, request.valid_from)
        return replaced

    def _check_free(self, vehicle_id: str, start: datetime, end: datetime | None, but: Collection[str | None]) -> None:
        there = [
            self._as_it_is(each)
            for each in self.records.bindings.values()
            if each.vehicle_id == vehicle_id and each.id not in but and _holds(each, start, end)
        ]
        if there:
            raise UtilityError(UtilityReason.BINDING_OVERLAP, "the vehicle is bound at that time", bindings=there)

    def _check_recorded(self, binding: Binding, until: datetime) -> None:
        # What still waits for its price is of this binding too: nothing else would bill it.
        ends = [
            each.session.ended_at
            for entry in self._ledger().of_binding(binding.id)
            for each in entry.records
            if each.session.binding_id == binding.id and each.owed
        ]
        if ends and until < max(ends):
            raise UtilityError(UtilityReason.SESSIONS_AFTER_END, f"a session until {max(ends)} was recorded")

    @override
    async def end_binding(self, binding_id: str, valid_until: datetime, reason: str, idempotency_key: str) -> Binding:
        binding = self._binding(binding_id)
        if valid_until < binding.valid_from:
            raise UtilityError(UtilityReason.INVALID_REQUEST, "it would end before it begins")
        self._check_recorded(binding, valid_until)
        if (known := binding.valid_until) is not None and known < valid_until:
            self._check_free(binding.vehicle_id, known, valid_until, {binding_id})
        if binding.valid_until != valid_until:
            self._end(binding, valid_until, reason)
        return self._as_it_is(self._binding(binding_id))

    def _end(self, binding: Binding, until: datetime, reason: str) -> None:
        self.records.bindings[binding.id] = replace(
            binding, valid_until=until, reason=reason, version=binding.version + 1
        )

    def _binding(self, binding_id: str) -> Binding:
        if (binding := self.records.bindings.get(binding_id)) is None:
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, f"there is no binding {binding_id}")
        return binding

    def _as_it_is(self, binding: Binding) -> Binding:
        until = binding.valid_until
        over = until is not None and (until <= self._now() or until <= binding.valid_from)
        return replace(binding, status=BindingStatus.ENDED) if over else binding

    # Sessions

    @override
    async def confirm_session(self, binding_id: str, session_id: str, started_at: datetime) -> Confirmation:
        # A guest has agreed to the binding; nobody else has to.
        return Confirmation(session_id, "confirmed", self._binding(binding_id).payer)

    @override
    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        binding = self._binding(session.binding_id)
        known = self._ledger().record(session.session_id)
        if known is None or known.cost is None:
            raise UtilityError(UtilityReason.SESSION_INCONSISTENT, "what it costs is not known")
        if known.billed is not None:
            return known.billed
        until = binding.valid_until
        if session.started_at < binding.valid_from or (until is not None and session.ended_at > until):
            raise UtilityError(UtilityReason.SESSION_OUTSIDE_BINDING, "the binding was not in force all the time")
        zone = rate_zone(self.records.agreed[binding.id])
        return BillingRecord(
            id=known.charge_id,
            session_id=session.session_id,
            binding_id=binding.id,
            vehicle_id=binding.vehicle_id,
            premise_id=binding.premise_id,
            payer=binding.payer,
            month=f"{session.started_at.astimezone(zone):%Y-%m}",
            started_at=session.started_at,
            ended_at=session.ended_at,
            energy_wh=session.energy_wh,
            quality=session.quality,
            amount=known.cost,
            currency=known.currency,
        )

    def _recorded(self) -> list[BillingRecord]:
        billed = (each.billed for _, each in self._ledger().records())
        return [each for each in billed if each is not None and is_home(each.binding_id)]

    @override
    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        return [
            each
            for each in self._recorded()
            if vehicle_id in (None, each.vehicle_id)
            and premise_id in (None, each.premise_id)
            and month in (None, each.month)
        ]

    @override
    async def bills(self, month: str) -> list[Bill]:
        found: dict[tuple[Payer, str, str], list[BillingRecord]] = {}
        for each in await self.billing_records(month=month):
            found.setdefault((each.payer, each.vehicle_id, each.currency), []).append(each)
        return [
            Bill(
                account=payer,
                vehicle_id=vehicle_id,
                month=month,
                energy_wh=sum(each.energy_wh for each in records),
                amount=sum((each.amount for each in records[1:]), start=records[0].amount),
                currency=currency,
                record_ids=tuple(each.id for each in records),
            )
            for (payer, vehicle_id, currency), records in found.items()
        ]


def masked(number: str) -> str:
    """Return the number of an account as it is shown: four of its end, and never more than half of it."""
    if number.startswith("…") or not number:
        return number
    return f"…{number[len(number) - min(4, len(number) // 2) :]}"


def _id_of(key: str) -> str:
    """Return the id of what is made under a key: the same one, should it be made again."""
    return f"{_HOME}{uuid5(NAMESPACE_OID, key).hex}"


def _holds(binding: Binding, start: datetime, end: datetime | None) -> bool:
    """Whether a binding holds somewhere from ``start`` until before ``end``."""
    until = binding.valid_until
    if until is not None and until <= max(binding.valid_from, start):
        return False
    return end is None or binding.valid_from < end
