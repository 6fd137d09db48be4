"""The client of the utility's API (docs/utility-api.yaml).

Every request is safe to repeat, by its nature or by its idempotency key, so what gets lost on the way is repeated a
few times here; what still fails is a :class:`~.errors.UtilityError` and nothing else.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from ..errors import UtilityError, UtilityReason, reason_of, reason_of_status
from ..model import Account, CommissioningRequest, CompatibleDevice, Event, Program, Registration
from ..service_model import Case, DiagnosticsRequest, Reachability, Report, Slot, TestSignal
from ..vehicle_model import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    ChargingSession,
    Confirmation,
    RateProgram,
    Vehicle,
)

_TIMEOUT = 20.0
_ATTEMPTS = 3
_PAUSE = 0.5
_LONGEST_WAIT = 5.0
"""Seconds of ``Retry-After`` that are waited for here; for longer ones the caller is asked to come back."""
_MAX_BYTES = 4 * 1024 * 1024
_REPEATED = frozenset(
    {UtilityReason.UTILITY_UNREACHABLE, UtilityReason.UTILITY_ERROR, UtilityReason.UTILITY_NOT_UNDERSTOOD}
)


class UtilityClient:
    """One customer's view of the utility, with the permission that ``token`` gives."""

    def __init__(self, session: aiohttp.ClientSession, api_base: str, token: Callable[[], Awaitable[str]]) -> None:
        """``token`` returns a valid access token; it raises ``UtilityError`` where there is none to be had."""
        self._session = session
        self._base = api_base.rstrip("/")
        self._token = token

    async def accounts(self) -> list[Account]:
        """Return the accounts that the customer let us see (UR-5)."""
        data = await self._call("GET", "/accounts")
        return _read(lambda: [Account.from_json(item) for item in data["accounts"]])

    async def verify_premise(self, premise_id: str, gateway_lfdi: str) -> None:
        """Make sure that the gateway is the premise's (UR-5); ``GATEWAY_NOT_AT_PREMISE`` where it is not."""
        await self._call("POST", f"/premises/{premise_id}/verifications", {"gateway_lfdi": gateway_lfdi})

    async def compatible_devices(self, kind: str) -> list[CompatibleDevice]:
        """Return the models of a kind that the utility supports (UR-1)."""
        data = await self._call("GET", "/compatible-devices", query={"kind": kind})
        return _read(lambda: [CompatibleDevice.from_json(item) for item in data["devices"]])

    async def programs(self, premise_id: str) -> list[Program]:
        """Return the programs for a premise with the terms in force (UR-3)."""
        data = await self._call("GET", "/programs", query={"premise_id": premise_id})
        return _read(lambda: [Program.from_json(item) for item in data["programs"]])

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
        device: dict[str, Any] = {"lfdi": lfdi, "kind": kind} | ({"key": key} if key else {})
        if eui64 is not None and install_code is not None:
            device["zigbee"] = {"eui64": eui64, "install_code": install_code}
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi, "device": device}
        data = await self._call("POST", "/commissioning-requests", body, idempotency_key=idempotency_key)
        return _read(lambda: CommissioningRequest.from_json(data))

    async def commissioning_request(self, request_id: str) -> CommissioningRequest:
        """Return how such a request stands."""
        data = await self._call("GET", f"/commissioning-requests/{request_id}")
        return _read(lambda: CommissioningRequest.from_json(data))

    async def request_registration(self, premise_id: str, gateway_lfdi: str, idempotency_key: str) -> str:
        """Tell the representative that the customer is ready (UR-4); return the request's id."""
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi}
        data = await self._call("POST", "/registration-requests", body, idempotency_key=idempotency_key)
        return _read(lambda: str(data["id"]))

    async def registrations(self, premise_id: str, gateway_lfdi: str) -> list[Registration]:
        """Return the registrations on a gateway, those begun by the utility among them (UR-a, UR-b)."""
        query = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi}
        data = await self._call("GET", "/device-registrations", query=query)
        return _read(lambda: [Registration.from_json(item) for item in data["registrations"]])

    async def open_registration(
        self,
        request_id: str,
        premise_id: str,
        gateway_lfdi: str,
        kind: str,
        lfdi: str,
        model_id: str,
        idempotency_key: str,
    ) -> Registration:
        """Open the registration of a device (UR-6)."""
        body = {
            "request_id": request_id,
            "premise_id": premise_id,
            "gateway_lfdi": gateway_lfdi,
            "device": {"kind": kind, "lfdi": lfdi, "model_id": model_id},
        }
        return await self._registration("POST", "", body, idempotency_key)

    async def registration(self, registration_id: str) -> Registration:
        """Return how a registration stands."""
        return await self._registration("GET", f"/{registration_id}")

    async def close_registration(self, registration_id: str, idempotency_key: str) -> Registration:
        """Deregister a device."""
        return await self._registration("DELETE", f"/{registration_id}", None, idempotency_key)

    async def take_over(self, registration_id: str, idempotency_key: str) -> Registration:
        """Accept a device that the utility registered beforehand (UR-a, UR-b)."""
        return await self._registration("POST", f"/{registration_id}/takeover", None, idempotency_key)

    async def discover_device(self, registration_id: str) -> Registration:
        """Have the utility look for the device on the gateway (UR-7)."""
        return await self._registration("POST", f"/{registration_id}/discovery")

    async def identify(self, registration_id: str, serial: str, key: str) -> Registration:
        """Give the device's unique registration information (UR-8)."""
        return await self._registration("PUT", f"/{registration_id}/identification", {"serial": serial, "key": key})

    async def set_programs(self, registration_id: str, consents: Sequence[dict[str, str]]) -> Registration:
        """Enroll the device in these programs and no others (UR-9).

        A consent has ``program_id``, ``terms_version`` and ``consented_at`` (RFC 3339).
        """
        return await self._registration("PUT", f"/{registration_id}/programs", {"programs": list(consents)})

    async def link(self, registration_id: str) -> Registration:
        """Attempt the authenticated link with the device (UR-10)."""
        return await self._registration("POST", f"/{registration_id}/link")

    async def acknowledge(self, registration_id: str, messages: Sequence[str], *, ready: bool) -> Registration:
        """Acknowledge messages that the device applied, or could not (UR-13)."""
        body = {"messages": list(messages), "ready": ready}
        return await self._registration("POST", f"/{registration_id}/acknowledgements", body)

    async def vehicles(self) -> list[Vehicle]:
        """Return the vehicles of the customer's accounts, and the guests added here (SC-1)."""
        data = await self._call("GET", "/vehicles")
        return _read(lambda: [Vehicle.from_json(item) for item in data["vehicles"]])

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
        body: dict[str, Any] = {"vin": vin, "make": make, "model": model}
        body |= {"battery_wh": battery_wh} if battery_wh else {}
        body |= {"guest_account": guest_account} if guest_account else {}
        data = await self._call("POST", "/vehicles", body, idempotency_key=idempotency_key)
        return _read(lambda: Vehicle.from_json(data))

    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        """Return the rate programs for charging at a premise (SC-1)."""
        data = await self._call("GET", "/rate-programs", query={"premise_id": premise_id})
        return _read(lambda: [RateProgram.from_json(item) for item in data["programs"]])

    async def bindings(self, premise_id: str) -> list[Binding]:
        """Return the bindings at a premise, those that ended among them (SC-1)."""
        data = await self._call("GET", "/bindings", query={"premise_id": premise_id})
        return _read(lambda: [Binding.from_json(item) for item in data["bindings"]])

    async def bind_vehicle(self, request: BindingRequest, idempotency_key: str) -> Binding:
        """Bind a vehicle (SC-1); ``BINDING_OVERLAP`` says what is in the way."""
        data = await self._call("POST", "/bindings", request.to_json(), idempotency_key=idempotency_key)
        return _read(lambda: Binding.from_json(data))

    async def binding(self, binding_id: str) -> Binding:
        """Return how a binding stands."""
        data = await self._call("GET", f"/bindings/{binding_id}")
        return _read(lambda: Binding.from_json(data))

    async def end_binding(self, binding_id: str, valid_until: datetime, reason: str, idempotency_key: str) -> Binding:
        """End a binding at a time: ``sold``, ``moved``, ``changed`` or ``other`` (SC-1)."""
        body = {"valid_until": valid_until.isoformat(), "reason": reason}
        data = await self._call("POST", f"/bindings/{binding_id}/end", body, idempotency_key=idempotency_key)
        return _read(lambda: Binding.from_json(data))

    async def confirm_session(self, binding_id: str, session_id: str, started_at: datetime) -> Confirmation:
        """Have a guest's session confirmed with the vehicle's owner (UR-EV), or learn what was decided."""
        body = {"session_id": session_id, "started_at": started_at.isoformat()}
        data = await self._call("POST", f"/bindings/{binding_id}/confirmations", body)
        return _read(lambda: Confirmation.from_json(data))

    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        """Hand over a session that has ended (UR-EV); handed over again, it is recorded once."""
        data = await self._call("POST", "/charging-sessions", session.to_json(), idempotency_key=idempotency_key)
        return _read(lambda: BillingRecord.from_json(data))

    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        """Return the billing records of a vehicle or premise; ``month`` is ``YYYY-MM`` (UR-EV)."""
        asked = {"vehicle_id": vehicle_id, "premise_id": premise_id, "month": month}
        query = {name: value for name, value in asked.items() if value is not None}
        data = await self._call("GET", "/billing-records", query=query)
        return _read(lambda: [BillingRecord.from_json(item) for item in data["records"]])

    async def bills(self, month: str) -> list[Bill]:
        """Return the vehicle charging on the customer's bills of a month, ``YYYY-MM`` (UR-EV)."""
        data = await self._call("GET", "/bills", query={"month": month})
        return _read(lambda: [Bill.from_json(item) for item in data["bills"]])

    async def cases(self, premise_id: str) -> list[Case]:
        """Return the cases at a premise, closed ones among them (RD-2)."""
        data = await self._call("GET", "/cases", query={"premise_id": premise_id})
        return _read(lambda: [Case.from_json(item) for item in data["cases"]])

    async def open_case(
        self, premise_id: str, gateway_lfdi: str, about: Mapping[str, str], summary: str, idempotency_key: str
    ) -> Case:
        """Report a problem (RD-2); what has a case open keeps it.

        ``about`` is ``registration_id`` or ``binding_id`` with its id, and empty for the gateway itself.
        """
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi, "summary": summary, **about}
        return await self._case("POST", "", body, idempotency_key)

    async def case(self, case_id: str) -> Case:
        """Return how a case stands."""
        return await self._case("GET", f"/{case_id}")

    async def add_report(self, case_id: str, report: Report, idempotency_key: str) -> Case:
        """Tell what was found (RD-9, RD-11, DM-5b)."""
        return await self._case("POST", f"/{case_id}/reports", report.to_json(), idempotency_key)

    async def close_case(self, case_id: str) -> Case:
        """Close a case; ``CASE_NOT_RESOLVED`` unless the last diagnosis found nothing wrong (DM-6)."""
        return await self._case("POST", f"/{case_id}/close")

    async def appointment_slots(self, premise_id: str) -> list[Slot]:
        """Return when somebody can come, soonest first (RD-10a)."""
        data = await self._call("GET", "/appointment-slots", query={"premise_id": premise_id})
        return _read(lambda: [Slot.from_json(item) for item in data["slots"]])

    async def book_appointment(self, case_id: str, slot_id: str) -> Case:
        """Have somebody come (RD-10a); ``SLOT_TAKEN`` where somebody else was faster."""
        return await self._case("PUT", f"/{case_id}/appointment", {"slot_id": slot_id})

    async def cancel_appointment(self, case_id: str) -> Case:
        """Have nobody come."""
        return await self._case("DELETE", f"/{case_id}/appointment")

    async def check_reachability(self, registration_id: str) -> Reachability:
        """Have the utility connect to a device through the gateway (RD-7)."""
        data = await self._call("POST", f"/device-registrations/{registration_id}/reachability")
        return _read(lambda: Reachability.from_json(data))

    async def send_test_signal(self, registration_id: str, idempotency_key: str) -> TestSignal:
        """Have a control that asks for nothing sent to a device (RD-10)."""
        path = f"/device-registrations/{registration_id}/test-signals"
        data = await self._call("POST", path, idempotency_key=idempotency_key)
        return _read(lambda: TestSignal.from_json(data))

    async def test_signal(self, signal_id: str) -> TestSignal:
        """Return what the device answered to it."""
        data = await self._call("GET", f"/test-signals/{signal_id}")
        return _read(lambda: TestSignal.from_json(data))

    async def diagnostics_requests(self, premise_id: str) -> list[DiagnosticsRequest]:
        """Return what a representative wants diagnosed (RD-5a)."""
        data = await self._call("GET", "/diagnostics-requests", query={"premise_id": premise_id})
        return _read(lambda: [DiagnosticsRequest.from_json(item) for item in data["requests"]])

    async def answer_diagnostics_request(self, request_id: str, *, allowed: bool) -> DiagnosticsRequest:
        """Allow a remote diagnosis or do not; what was answered first stays so."""
        data = await self._call("PUT", f"/diagnostics-requests/{request_id}/answer", {"allowed": allowed})
        return _read(lambda: DiagnosticsRequest.from_json(data))

    async def return_diagnosis(self, request_id: str, report: Report) -> DiagnosticsRequest:
        """Tell what a remote diagnosis found."""
        data = await self._call("PUT", f"/diagnostics-requests/{request_id}/result", report.to_json())
        return _read(lambda: DiagnosticsRequest.from_json(data))

    async def _case(
        self, method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> Case:
        data = await self._call(method, f"/cases{path}", body, idempotency_key=idempotency_key)
        return _read(lambda: Case.from_json(data))

    async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
        """Return what happened since ``cursor`` and the next cursor; waits up to ``wait`` seconds for something."""
        query = {"wait": str(wait)} | ({"cursor": cursor} if cursor else {})
        data = await self._call("GET", "/events", query=query, attempts=1, patience=wait + _TIMEOUT)
        return _read(lambda: ([Event.from_json(item) for item in data["events"]], str(data["cursor"])))

    async def _registration(
        self, method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> Registration:
        data = await self._call(method, f"/device-registrations{path}", body, idempotency_key=idempotency_key)
        return _read(lambda: Registration.from_json(data))

    async def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
        idempotency_key: str | None = None,
        attempts: int = _ATTEMPTS,
        patience: float = _TIMEOUT,
    ) -> Any:
        for attempt in range(attempts):
            try:
                async with asyncio.timeout(patience):
                    return await self._once(method, path, body, query, idempotency_key)
            except TimeoutError as err:
                failure = UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"{method} {path}: no answer in time")
                failure.__cause__ = err
            except UtilityError as err:
                failure = err
            wait = failure.retry_after.total_seconds() if failure.retry_after else _PAUSE * 2**attempt
            again = failure.reason in _REPEATED or (failure.retry_after is not None and wait <= _LONGEST_WAIT)
            if not again or attempt + 1 == attempts:
                raise failure
            await asyncio.sleep(wait)
        raise AssertionError("unreachable")

    async def _once(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        query: dict[str, str] | None,
        idempotency_key: str | None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {await self._token()}", "Accept": "application/json"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        try:
            async with self._session.request(
                method, f"{self._base}{path}", json=body, params=query, headers=headers, allow_redirects=False
            ) as response:
                raw = b""
                async for chunk in response.content.iter_chunked(65536):
                    raw += chunk
                    if len(raw) > _MAX_BYTES:
                        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"{method} {path}: too large")
        except aiohttp.ClientError as err:
            raise UtilityError(UtilityReason.UTILITY_UNREACHABLE, f"{method} {path}: {type(err).__name__}") from err
        try:
            data = json.loads(raw) if raw else None
        except ValueError as err:
            if response.status < 400:
                raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"{method} {path}: no JSON") from err
            data = None
        if response.status >= 300:
            raise _problem(f"{method} {path}", response, data)
        return data


def _problem(request: str, response: aiohttp.ClientResponse, data: Any) -> UtilityError:
    """Return the error behind a problem document (RFC 9457), or behind the status where there is none."""
    problem = data if isinstance(data, dict) else {}
    kind, detail = problem.get("type"), str(problem.get("detail") or problem.get("title") or "")[:200]
    status = response.status
    reason = reason_of(kind, status) if isinstance(kind, str) else reason_of_status(status)
    after = response.headers.get("Retry-After", "")
    changed = problem.get("programs") if reason is UtilityReason.TERMS_CHANGED else None
    in_the_way = problem.get("bindings") if reason is UtilityReason.BINDING_OVERLAP else None
    return UtilityError(
        reason,
        f"{request} -> HTTP {status} {detail}".rstrip(),
        retry_after=timedelta(seconds=int(after)) if after.isdigit() and len(after) < 7 else None,
        programs=_read(lambda: [Program.from_json(item) for item in changed or ()]),
        bindings=_read(lambda: [Binding.from_json(item) for item in in_the_way or ()]),
    )


def _read[T](read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError) as err:
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"unexpected answer: {err!r}"[:200]) from err
