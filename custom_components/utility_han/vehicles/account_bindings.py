"""The utility's vehicles, with bindings by ids that no two accounts share.

A utility gives ids of its own, and another may give the same. Those that a former account's binding has already are
told apart here: to everybody else a binding is known by one id, and to the utility by its own.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import override

from ..utility import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    ChargingSession,
    Confirmation,
    Feature,
    RateProgram,
    Utility,
    UtilityError,
    UtilityReason,
    Vehicle,
    VehicleFunctions,
)

type MadeAt = Callable[[str], str | None]
"""The account by which a binding was made, None where that is not known."""


class AccountBindings(VehicleFunctions):
    """What one account has of vehicles; whatever is not of bindings is as the utility tells it."""

    def __init__(self, utility: Utility, account: str | None, made_at: MadeAt) -> None:
        """``account`` is what no two accounts share, None where none is linked or that is not known."""
        self._utility = utility
        self._account = account
        self._made_at = made_at
        # Ids of the API have up to 64 letters, digits, hyphens and underscores, and so have those made of them.
        self._mark = f"-{sha256(account.encode()).hexdigest()[:8]}" if account is not None else ""

    @override
    def offers(self, *features: Feature) -> bool:
        return self._utility.offers(*features)

    def known(self, binding_id: str) -> str:
        """Return by which id a binding is known here that the utility calls so."""
        return binding_id + self._mark if self._is_others(binding_id) else binding_id

    def told(self, binding_id: str) -> str:
        """Return what the utility calls a binding that is known here by this id."""
        return binding_id.removesuffix(self._mark) if self._mark else binding_id

    def _is_others(self, binding_id: str) -> bool:
        return self._account is not None and self._made_at(binding_id) not in (None, self._account)

    def _own(self, binding_id: str) -> str:
        """Return what the utility calls a binding; one of another account is none of its own, whatever has the id."""
        if self._is_others(binding_id):
            raise UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, f"{binding_id} was made by another account")
        return self.told(binding_id)

    def _of(self, binding: Binding) -> Binding:
        return replace(binding, id=self.known(binding.id))

    def _billed(self, record: BillingRecord) -> BillingRecord:
        return replace(record, binding_id=self.known(record.binding_id))

    @override
    async def vehicles(self) -> list[Vehicle]:
        return await self._utility.vehicles()

    @override
    async def add_vehicle(
        self, vin: str, make: str, model: str, battery_wh: int | None, guest_account: str | None, idempotency_key: str
    ) -> Vehicle:
        return await self._utility.add_vehicle(vin, make, model, battery_wh, guest_account, idempotency_key)

    @override
    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        return await self._utility.rate_programs(premise_id)

    @override
    async def bindings(self, premise_id: str) -> list[Binding]:
        return [self._of(each) for each in await self._utility.bindings(premise_id)]

    @override
    async def bind_vehicle(self, request: BindingRequest, idempotency_key: str) -> Binding:
        replaces = self.told(request.replaces) if request.replaces is not None else None
        try:
            return self._of(await self._utility.bind_vehicle(replace(request, replaces=replaces), idempotency_key))
        except UtilityError as err:
            err.bindings = tuple(map(self._of, err.bindings))
            raise

    @override
    async def binding(self, binding_id: str) -> Binding:
        return self._of(await self._utility.binding(self._own(binding_id)))

    @override
    async def end_binding(self, binding_id: str, valid_until: datetime, reason: str, idempotency_key: str) -> Binding:
        told = self._own(binding_id)
        return self._of(await self._utility.end_binding(told, valid_until, reason, idempotency_key))

    @override
    async def confirm_session(self, binding_id: str, session_id: str, started_at: datetime) -> Confirmation:
        return await self._utility.confirm_session(self._own(binding_id), session_id, started_at)

    @override
    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        told = replace(session, binding_id=self._own(session.binding_id))
        return self._billed(await self._utility.record_session(told, idempotency_key))

    @override
    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        found = await self._utility.billing_records(vehicle_id=vehicle_id, premise_id=premise_id, month=month)
        return [self._billed(each) for each in found]

    @override
    async def bills(self, month: str) -> list[Bill]:
        return await self._utility.bills(month)
