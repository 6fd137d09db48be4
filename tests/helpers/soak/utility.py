"""The home's utility behind its protocol: what it has, what it was told, and how it can be out of order."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from custom_components.utility_han.utility import (
    Binding,
    BindingStatus,
    CompatibleDevice,
    Event,
    Feature,
    Program,
    RateProgram,
    Registration,
    Stage,
    Utility,
    UtilityError,
    UtilityReason,
    Vehicle,
)
from custom_components.utility_han.utility.vehicle_model import BillingRecord, ChargingSession, Payer
from tests.helpers.soak.clock import now

VIN = "1M8GDM9AXKP042788"
MODEL = "pump-1"
PREMISE = "premise-1"
_PAYER = Payer("*4711", "A. Customer")
_KEPT_EVENTS = 50
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


class ModelUtility(Utility):
    """A utility that takes every request once, however often it is made with one idempotency key."""

    features = frozenset({Feature.ACCOUNT, Feature.EVENTS, Feature.REGISTRATION, Feature.PROGRAMS, Feature.VEHICLES})

    def __init__(self) -> None:
        self.fails: Callable[[], Exception] | None = None
        """What every request ends in."""
        self.loses_answers = False
        """Whether what is asked for is done, and never answered."""
        self.opened: dict[str, Registration] = {}
        """Registrations by id."""
        self.billed: dict[str, BillingRecord] = {}
        """By session id."""
        self.wrong: list[str] = []
        """What the home did that no client may do."""
        self.requests = 0
        self._done: dict[str, Any] = {}
        self._events: list[Event] = []
        self._told = 0
        self._news = asyncio.Event()
        self._vehicle = Vehicle("vehicle-1", VIN, "Voltline", "One", 60_000, False, _PAYER)
        self._binding = Binding(
            "binding-1", 1, BindingStatus.IN_FORCE, "vehicle-1", PREMISE, "Garage", "ev-flat", "1", "vehicle_owner",
            _PAYER, False, _BEGAN, None, None,
        )  # fmt: skip
        self._rates = RateProgram(
            "ev-flat", "Flat", "", True, True, "USD", "America/Denver", {"all": Decimal("0.15")}, {"all": "All day"},
            (), "all", "1", "Terms",
        )  # fmt: skip

    # What can go wrong

    def _asked(self) -> None:
        self.requests += 1
        if self.fails is not None:
            raise self.fails()

    def _answered[T](self, answer: T) -> T:
        if self.loses_answers:
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, "the answer got lost")
        return answer

    def _once[T](self, key: str, make: Callable[[], T]) -> T:
        """Do what is asked for under a key, unless it was done."""
        self._asked()
        if key not in self._done:
            self._done[key] = make()
        done: T = self._done[key]
        return self._answered(done)

    # Account and events

    async def verify_premise(self, premise_id: str, gateway_lfdi: str) -> None:
        self._asked()

    async def compatible_devices(self, kind: str) -> list[CompatibleDevice]:
        self._asked()
        return [CompatibleDevice(MODEL, kind, "Pumps", "One")]

    async def programs(self, premise_id: str) -> list[Program]:
        self._asked()
        return [Program("peak", "Peak saver", "", ("pool_pump",), True, "1", "Terms")]

    async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
        self._asked()
        self._news.clear()
        if not (found := self._since(cursor)) and wait:
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._news.wait()
            self._asked()  # it may be away by now
            found = self._since(cursor)
        return self._answered((found, str(self._told)))

    def _since(self, cursor: str | None) -> list[Event]:
        return [event for event in self._events if int(event.id) > int(cursor or 0)]

    def tell(self, kind: str, subject: str, version: int) -> None:
        """Have an event told."""
        self._told += 1
        self._events.append(Event(str(self._told), kind, now(), subject, version))
        del self._events[:-_KEPT_EVENTS]
        self._news.set()

    # Registrations

    async def request_registration(self, premise_id: str, gateway_lfdi: str, idempotency_key: str) -> str:
        return self._once(idempotency_key, lambda: f"request-{len(self._done)}")

    async def registrations(self, premise_id: str, gateway_lfdi: str) -> list[Registration]:
        self._asked()
        return self._answered(list(self.opened.values()))

    async def open_registration(
        self,
        request_id: str,
        premise_id: str,
        gateway_lfdi: str,
        kind: str,
        lfdi: str,
        model_id: str,
        idempotency_key: str,
        name: str | None = None,
    ) -> Registration:
        def make() -> Registration:
            if any(each.lfdi == lfdi for each in self.opened.values()):
                self.wrong.append(f"{lfdi} was registered twice")
            number = f"registration-{len(self.opened) + 1}"
            made = Registration(
                number, 1, Stage.OPEN, premise_id, gateway_lfdi, lfdi, kind, model_id, "PU1", "Pump", None, True, {},
                "none", {}, (), None, None,
            )  # fmt: skip
            self.opened[number] = made
            return made

        return self._once(idempotency_key, make)

    def change(self, number: str, **changes: Any) -> Registration:
        """Have a registration changed by the utility, and an event told of it."""
        before = self.opened[number]
        self.opened[number] = replace(before, version=before.version + 1, **changes)
        self.tell("registration.updated", number, before.version + 1)
        return self.opened[number]

    async def registration(self, registration_id: str) -> Registration:
        self._asked()
        return self._answered(self.opened[registration_id])

    async def discover_device(self, registration_id: str) -> Registration:
        self._asked()
        return self._answered(self.change(registration_id, found=True))

    async def set_programs(self, registration_id: str, consents: Sequence[dict[str, str]]) -> Registration:
        self._asked()
        programs = {consent["program_id"]: consent["terms_version"] for consent in consents}
        return self._answered(self.change(registration_id, programs=programs))

    async def link(self, registration_id: str) -> Registration:
        self._asked()
        return self._answered(
            self.change(registration_id, stage=Stage.ACTIVE, link="linked", record_id=f"record-{registration_id}")
        )

    async def close_registration(self, registration_id: str, idempotency_key: str) -> Registration:
        return self._once(idempotency_key, lambda: self.change(registration_id, stage=Stage.CLOSED))

    @property
    def active(self) -> list[str]:
        """LFDIs of the devices that are registered."""
        return sorted(each.lfdi for each in self.opened.values() if each.stage is Stage.ACTIVE)

    # Vehicles

    async def vehicles(self) -> list[Vehicle]:
        self._asked()
        return self._answered([self._vehicle])

    async def bindings(self, premise_id: str) -> list[Binding]:
        self._asked()
        return self._answered([self._binding])

    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        self._asked()
        return self._answered([self._rates])

    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        def make() -> BillingRecord:
            if session.session_id in self.billed:
                self.wrong.append(f"session {session.session_id} was handed over under two keys")
            record = BillingRecord(
                f"bill-{len(self.billed) + 1}", session.session_id, session.binding_id, "vehicle-1", PREMISE, _PAYER,
                f"{session.ended_at:%Y-%m}", session.started_at, session.ended_at, session.energy_wh, session.quality,
                Decimal(session.energy_wh) * Decimal("0.00015"), "USD",
            )  # fmt: skip
            self.billed[session.session_id] = record
            return record

        return self._once(idempotency_key, make)

    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        self._asked()
        return self._answered(list(self.billed.values()))

    @property
    def billed_wh(self) -> int:
        """All that was billed."""
        return sum(record.energy_wh for record in self.billed.values())


def busy() -> UtilityError:
    """What a utility says that wants to be left alone."""
    return UtilityError(UtilityReason.UTILITY_BUSY, "too many requests", retry_after=timedelta(minutes=10))
