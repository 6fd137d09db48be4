"""What any way to a utility can do, whatever it is made of.

A way says in ``features`` what it has. Who wants something of it asks there first; a method of what it lacks raises
``UNKNOWN_TO_UTILITY``. Every method raises :class:`~.errors.UtilityError` and nothing else for what the utility, or
the way to it, does. Every write is safe to repeat, by its nature or by its idempotency key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..esi import ControlResponse, DemandResponseProgram, LoadControl, Message, PriceSchedule, Signal
from .errors import UtilityError, UtilityReason
from .model import Account, CommissioningRequest, CompatibleDevice, Event, Program, Registration
from .rate_model import RateProgram
from .report_model import ReportValues, WantedReport
from .service_model import Case, DiagnosticsRequest, Reachability, Report, Slot, TestSignal
from .vehicle_model import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    ChargingSession,
    Confirmation,
    Vehicle,
)


class Feature(StrEnum):
    """What a way to a utility may have."""

    WAY = "way"
    """The way to it can be looked at by itself, whatever else is asked."""
    ACCOUNT = "account"
    """The customer's account and premises, and whether a gateway is theirs."""
    MODELS = "models"
    """A list of models that the utility supports."""
    PROGRAMS = "programs"
    """Programs with terms that are consented to here."""
    COMMISSIONING = "commissioning"
    """The utility has its gateway accept a device when asked."""
    REGISTRATION = "registration"
    """Devices are registered here; without it, they are registered elsewhere and their gateway is the witness."""
    DISCOVERY = "discovery"
    """The utility looks for a device on the gateway itself (UR-7)."""
    IDENTIFICATION = "identification"
    """A device is told apart by its serial number and PIN (UR-8)."""
    EVENTS = "events"
    """The utility tells what happened."""
    VEHICLES = "vehicles"
    """Vehicles are bound, and their charging is billed."""
    CASES = "cases"
    """Problems are reported, and what was found is told."""
    APPOINTMENTS = "appointments"
    REMOTE_DIAGNOSIS = "remote_diagnosis"
    """The utility reaches devices itself, and asks to have them diagnosed."""
    CONTROLS = "controls"
    """Load controls come this way, and answers to them go."""
    PRICES = "prices"
    MESSAGES = "messages"
    SIGNALS = "signals"
    """Further values over time come this way, to be shown."""
    REPORTS = "reports"
    """The utility asks for reports, and takes them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a device stands with the utility, by the word of its gateway or, where controls come this way, its own."""

    programs: tuple[DemandResponseProgram, ...]
    """Those that it is enrolled in."""


@dataclass(frozen=True, slots=True)
class Way:
    """How the way to a utility is, as seen just now."""

    version: str
    """Of what is spoken."""
    answered_at: datetime
    known_at: datetime | None
    """When it last gave us a token for our credentials; None where there are none."""
    enrolled: bool
    """Whether it knows us as one of its clients."""
    reported_at: datetime | None = None
    """When it last took a report of ours; None where that was not since the start."""


class UtilityFunctions:
    """What a way is, at the least."""

    features: Collection[Feature] = frozenset()

    def offers(self, *features: Feature) -> bool:
        """Whether the way has all of these."""
        return all(feature in self.features for feature in features)

    def _lacks(self, what: str) -> UtilityError:
        """Return the error for something that the way has not."""
        return UtilityError(UtilityReason.UNKNOWN_TO_UTILITY, f"{what} is not offered this way")


class AccountFunctions(UtilityFunctions):
    """The customer's account and what is offered to it."""

    async def accounts(self) -> list[Account]:
        """Return the accounts that the customer let us see (UR-5)."""
        raise self._lacks("accounts")

    async def verify_premise(self, premise_id: str, gateway_lfdi: str) -> None:
        """Make sure that the gateway is the premise's (UR-5); ``GATEWAY_NOT_AT_PREMISE`` where it is not."""
        raise self._lacks("verify premise")

    async def compatible_devices(self, kind: str) -> list[CompatibleDevice]:
        """Return the models of a kind that the utility supports (UR-1)."""
        raise self._lacks("compatible devices")

    async def programs(self, premise_id: str) -> list[Program]:
        """Return the programs for a premise with the terms in force (UR-3)."""
        raise self._lacks("programs")

    async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
        """Return what happened since ``cursor`` and the next cursor; waits up to ``wait`` seconds for something.

        A utility that has not answered soon after that is silent: ``UtilityError``.
        """
        raise self._lacks("events")


class RegistrationFunctions(UtilityFunctions):
    """Commissioning by the utility and registration of devices (IP-6, UR-4 to UR-14)."""

    async def request_commissioning(
        self,
        premise_id: str,
        gateway_lfdi: str,
        lfdi: str,
        kind: str,
        key: str | None,
        idempotency_key: str,
        *,
        eui64: str | None = None,
        install_code: str | None = None,
    ) -> CommissioningRequest:
        """Ask the utility to have its gateway accept a device (IP-6 by a third party).

        Over Zigbee it is let onto the meter's network by its ``eui64`` and ``install_code`` (hexadecimal, with CRC).
        """
        raise self._lacks("request commissioning")

    async def commissioning_request(self, request_id: str) -> CommissioningRequest:
        """Return how such a request stands."""
        raise self._lacks("commissioning request")

    async def request_registration(self, premise_id: str, gateway_lfdi: str, idempotency_key: str) -> str:
        """Tell the representative that the customer is ready (UR-4); return the request's id."""
        raise self._lacks("request registration")

    async def registrations(self, premise_id: str, gateway_lfdi: str) -> list[Registration]:
        """Return the registrations on a gateway, those begun by the utility among them (UR-a, UR-b)."""
        raise self._lacks("registrations")

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
        """Open the registration of a device (UR-6), by the ``name`` that the customer gave it."""
        raise self._lacks("open registration")

    async def registration(self, registration_id: str) -> Registration:
        """Return how a registration stands."""
        raise self._lacks("registration")

    async def close_registration(self, registration_id: str, idempotency_key: str) -> Registration:
        """Deregister a device."""
        raise self._lacks("close registration")

    async def take_over(self, registration_id: str, idempotency_key: str) -> Registration:
        """Accept a device that the utility registered beforehand (UR-a, UR-b)."""
        raise self._lacks("take over")

    async def discover_device(self, registration_id: str) -> Registration:
        """Have the utility look for the device on the gateway (UR-7)."""
        raise self._lacks("discover device")

    async def identify(self, registration_id: str, serial: str, key: str) -> Registration:
        """Give the device's unique registration information (UR-8)."""
        raise self._lacks("identify")

    async def set_programs(self, registration_id: str, consents: Sequence[dict[str, str]]) -> Registration:
        """Enroll the device in these programs and no others (UR-9).

        A consent has ``program_id``, ``terms_version`` and ``consented_at`` (RFC 3339).
        """
        raise self._lacks("set programs")

    async def link(self, registration_id: str) -> Registration:
        """Attempt the authenticated link with the device (UR-10)."""
        raise self._lacks("link")

    async def acknowledge(self, registration_id: str, messages: Sequence[str], *, ready: bool) -> Registration:
        """Acknowledge messages that the device applied, or could not (UR-13)."""
        raise self._lacks("acknowledge")


class VehicleFunctions(UtilityFunctions):
    """Vehicles, their bindings, and what is billed of their charging (SC-1, UR-EV)."""

    async def vehicles(self) -> list[Vehicle]:
        """Return the vehicles of the customer's accounts, and the guests added here (SC-1)."""
        raise self._lacks("vehicles")

    async def add_vehicle(
        self,
        vin: str,
        make: str,
        model: str,
        battery_wh: int | None,
        guest_account: str | None,
        idempotency_key: str,
    ) -> Vehicle:
        """Tell of a vehicle (SC-1); with ``guest_account`` it is another customer's, who pays for what it charges."""
        raise self._lacks("add vehicle")

    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        """Return the rate programs for charging at a premise (SC-1)."""
        raise self._lacks("rate programs")

    async def bindings(self, premise_id: str) -> list[Binding]:
        """Return the bindings at a premise, those that ended among them (SC-1)."""
        raise self._lacks("bindings")

    async def bind_vehicle(self, request: BindingRequest, idempotency_key: str) -> Binding:
        """Bind a vehicle (SC-1); ``BINDING_OVERLAP`` says what is in the way."""
        raise self._lacks("bind vehicle")

    async def binding(self, binding_id: str) -> Binding:
        """Return how a binding stands."""
        raise self._lacks("binding")

    async def end_binding(self, binding_id: str, valid_until: datetime, reason: str, idempotency_key: str) -> Binding:
        """End a binding at a time: ``sold``, ``moved``, ``changed`` or ``other`` (SC-1)."""
        raise self._lacks("end binding")

    async def confirm_session(self, binding_id: str, session_id: str, started_at: datetime) -> Confirmation:
        """Have a guest's session confirmed with the vehicle's owner (UR-EV), or learn what was decided."""
        raise self._lacks("confirm session")

    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        """Hand over a session that has ended (UR-EV); handed over again, it is recorded once."""
        raise self._lacks("record session")

    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        """Return the billing records of a vehicle or premise; ``month`` is ``YYYY-MM`` (UR-EV)."""
        raise self._lacks("billing records")

    async def bills(self, month: str) -> list[Bill]:
        """Return the vehicle charging on the customer's bills of a month, ``YYYY-MM`` (UR-EV)."""
        raise self._lacks("bills")


class ServiceFunctions(UtilityFunctions):
    """Cases, appointments and remote diagnosis (RD-1 to RD-12, DM-5b)."""

    async def cases(self, premise_id: str) -> list[Case]:
        """Return the cases at a premise, closed ones among them (RD-2)."""
        raise self._lacks("cases")

    async def open_case(
        self, premise_id: str, gateway_lfdi: str, about: Mapping[str, str], summary: str, idempotency_key: str
    ) -> Case:
        """Report a problem (RD-2); what has a case open keeps it.

        ``about`` is ``registration_id`` or ``binding_id`` with its id, and empty for the gateway itself.
        """
        raise self._lacks("open case")

    async def case(self, case_id: str) -> Case:
        """Return how a case stands."""
        raise self._lacks("case")

    async def add_report(self, case_id: str, report: Report, idempotency_key: str) -> Case:
        """Tell what was found (RD-9, RD-11, DM-5b)."""
        raise self._lacks("add report")

    async def close_case(self, case_id: str) -> Case:
        """Close a case; ``CASE_NOT_RESOLVED`` unless the last diagnosis found nothing wrong (DM-6)."""
        raise self._lacks("close case")

    async def appointment_slots(self, premise_id: str) -> list[Slot]:
        """Return when somebody can come, soonest first (RD-10a)."""
        raise self._lacks("appointment slots")

    async def book_appointment(self, case_id: str, slot_id: str) -> Case:
        """Have somebody come (RD-10a); ``SLOT_TAKEN`` where somebody else was faster."""
        raise self._lacks("book appointment")

    async def cancel_appointment(self, case_id: str) -> Case:
        """Have nobody come."""
        raise self._lacks("cancel appointment")

    async def check_reachability(self, registration_id: str) -> Reachability:
        """Have the utility connect to a device through the gateway (RD-7)."""
        raise self._lacks("check reachability")

    async def send_test_signal(self, registration_id: str, idempotency_key: str) -> TestSignal:
        """Have a control that asks for nothing sent to a device (RD-10)."""
        raise self._lacks("send test signal")

    async def test_signal(self, signal_id: str) -> TestSignal:
        """Return what the device answered to it."""
        raise self._lacks("test signal")

    async def diagnostics_requests(self, premise_id: str) -> list[DiagnosticsRequest]:
        """Return what a representative wants diagnosed (RD-5a)."""
        raise self._lacks("diagnostics requests")

    async def answer_diagnostics_request(self, request_id: str, *, allowed: bool) -> DiagnosticsRequest:
        """Allow a remote diagnosis or do not; what was answered first stays so."""
        raise self._lacks("answer diagnostics request")

    async def return_diagnosis(self, request_id: str, report: Report) -> DiagnosticsRequest:
        """Tell what a remote diagnosis found."""
        raise self._lacks("return diagnosis")


class SignalFunctions(UtilityFunctions):
    """Controls, prices and messages, where they come from the utility itself and not through a gateway."""

    async def controls(self, devices: Collection[str]) -> list[LoadControl]:
        """Return the controls meant for devices, by LFDI: scheduled, active, and those that ended lately."""
        raise self._lacks("load control")

    async def respond(self, response: ControlResponse) -> None:
        """Tell what became of a control."""
        raise self._lacks("load control")

    async def prices(self) -> PriceSchedule | None:
        """Return the prices of delivered energy, None where there are none now."""
        raise self._lacks("prices")

    async def messages(self) -> list[Message]:
        """Return the text messages in force, and those to come that are known, oldest first."""
        raise self._lacks("messages")

    async def signals(self) -> list[Signal]:
        """Return what else is told over time: emissions, capacities, second prices; soonest first."""
        raise self._lacks("signals")

    def due(self, since: datetime | None, now: datetime) -> list[WantedReport]:
        """Return the reports that fell due after ``since``, as the utility was read last."""
        raise self._lacks("reports")

    async def report(self, wanted: WantedReport, values: Mapping[str, ReportValues], *, first: bool = False) -> None:
        """Give a report, once: given again, it is there already. ``values`` are by the names that it has.

        ``first`` says that nobody can have given it before, so that it need not be looked for.
        """
        raise self._lacks("reports")


class Utility(AccountFunctions, RegistrationFunctions, VehicleFunctions, ServiceFunctions, SignalFunctions):
    """A way to the utility; each way overrides what it has."""

    async def way(self) -> Way:
        """Ask the utility for something, and return how the way to it is; ``UtilityError`` where it is blocked."""
        raise self._lacks("the way to it")

    async def standing(self, href: str) -> Standing:
        """Return how the device at ``href`` on the list of the gateway stands, where that is the witness.

        A way by which controls come is asked with the id of a registration instead. What asking the gateway raises is
        not turned into a ``UtilityError``.
        """
        raise self._lacks("the gateway's witness")
