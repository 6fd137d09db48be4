"""The HAN API of docs/utility-api.yaml: everything that the use cases want of a utility."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, override

import aiohttp

from ..asking import TIMEOUT
from ..model import Account, CommissioningRequest, CompatibleDevice, Event, Program, Registration
from ..protocol import Feature, Utility
from ..rate_model import RateProgram
from ..service_model import Case, DiagnosticsRequest, Reachability, Report, Slot, TestSignal
from ..vehicle_model import (
    Bill,
    BillingRecord,
    Binding,
    BindingRequest,
    ChargingSession,
    Confirmation,
    Vehicle,
)
from .connection import ApiConnection, read_all, read_one, read_text

_WORDS = 64
"""The longest ``Words`` of docs/utility-api.yaml."""
_FEATURES = frozenset(Feature) - {
    Feature.WAY,
    Feature.CONTROLS,
    Feature.PRICES,
    Feature.MESSAGES,
    Feature.SIGNALS,
}
"""What is told over time comes through the gateway, and whether it can be reached shows at the account."""


class HanApi(Utility):
    """One customer's view of the utility, with the permission that ``token`` gives."""

    features = _FEATURES

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_base: str,
        token: Callable[[], Awaitable[str]],
        renew: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        """``token`` returns a valid access token; it raises ``UtilityError`` where there is none to be had.

        ``renew`` returns another in place of one that was refused.
        """
        self._api = ApiConnection(session, api_base, token, renew)

    @override
    async def accounts(self) -> list[Account]:
        data = await self._api.call("GET", "/accounts")
        return read_all(Account, data, "accounts")

    @override
    async def verify_premise(self, premise_id: str, gateway_lfdi: str) -> None:
        await self._api.call("POST", f"/premises/{premise_id}/verifications", {"gateway_lfdi": gateway_lfdi})

    @override
    async def compatible_devices(self, kind: str) -> list[CompatibleDevice]:
        data = await self._api.call("GET", "/compatible-devices", query={"kind": kind})
        return read_all(CompatibleDevice, data, "devices")

    @override
    async def programs(self, premise_id: str) -> list[Program]:
        data = await self._api.call("GET", "/programs", query={"premise_id": premise_id})
        return read_all(Program, data, "programs")

    @override
    async def events(self, cursor: str | None, wait: int) -> tuple[list[Event], str]:
        query = {"wait": str(wait)} | ({"cursor": cursor} if cursor else {})
        data = await self._api.call("GET", "/events", query=query, attempts=1, patience=wait + TIMEOUT)
        return read_all(Event, data, "events"), read_text(data, "cursor")

    @override
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
        device: dict[str, Any] = {"lfdi": lfdi, "kind": kind} | ({"key": key} if key else {})
        if eui64 is not None and install_code is not None:
            device["zigbee"] = {"eui64": eui64, "install_code": install_code}
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi, "device": device}
        data = await self._api.call("POST", "/commissioning-requests", body, idempotency_key=idempotency_key)
        return read_one(CommissioningRequest, data)

    @override
    async def commissioning_request(self, request_id: str) -> CommissioningRequest:
        data = await self._api.call("GET", f"/commissioning-requests/{request_id}")
        return read_one(CommissioningRequest, data)

    @override
    async def request_registration(self, premise_id: str, gateway_lfdi: str, idempotency_key: str) -> str:
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi}
        data = await self._api.call("POST", "/registration-requests", body, idempotency_key=idempotency_key)
        return read_text(data, "id")

    @override
    async def registrations(self, premise_id: str, gateway_lfdi: str) -> list[Registration]:
        query = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi}
        data = await self._api.call("GET", "/device-registrations", query=query)
        return read_all(Registration, data, "registrations")

    @override
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
        body = {
            "request_id": request_id,
            "premise_id": premise_id,
            "gateway_lfdi": gateway_lfdi,
            "device": {"kind": kind, "lfdi": lfdi, "model_id": model_id} | ({"name": name[:_WORDS]} if name else {}),
        }
        return await self._registration("POST", "", body, idempotency_key)

    @override
    async def registration(self, registration_id: str) -> Registration:
        return await self._registration("GET", f"/{registration_id}")

    @override
    async def close_registration(self, registration_id: str, idempotency_key: str) -> Registration:
        return await self._registration("DELETE", f"/{registration_id}", None, idempotency_key)

    @override
    async def take_over(self, registration_id: str, idempotency_key: str) -> Registration:
        return await self._registration("POST", f"/{registration_id}/takeover", None, idempotency_key)

    @override
    async def discover_device(self, registration_id: str) -> Registration:
        return await self._registration("POST", f"/{registration_id}/discovery")

    @override
    async def identify(self, registration_id: str, serial: str, key: str) -> Registration:
        return await self._registration("PUT", f"/{registration_id}/identification", {"serial": serial, "key": key})

    @override
    async def set_programs(self, registration_id: str, consents: Sequence[dict[str, str]]) -> Registration:
        return await self._registration("PUT", f"/{registration_id}/programs", {"programs": list(consents)})

    @override
    async def link(self, registration_id: str) -> Registration:
        return await self._registration("POST", f"/{registration_id}/link")

    @override
    async def acknowledge(self, registration_id: str, messages: Sequence[str], *, ready: bool) -> Registration:
        body = {"messages": list(messages), "ready": ready}
        return await self._registration("POST", f"/{registration_id}/acknowledgements", body)

    @override
    async def vehicles(self) -> list[Vehicle]:
        data = await self._api.call("GET", "/vehicles")
        return read_all(Vehicle, data, "vehicles")

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
        body: dict[str, Any] = {"vin": vin, "make": make, "model": model}
        body |= {"battery_wh": battery_wh} if battery_wh else {}
        body |= {"guest_account": guest_account} if guest_account else {}
        data = await self._api.call("POST", "/vehicles", body, idempotency_key=idempotency_key)
        return read_one(Vehicle, data)

    @override
    async def rate_programs(self, premise_id: str) -> list[RateProgram]:
        data = await self._api.call("GET", "/rate-programs", query={"premise_id": premise_id})
        return read_all(RateProgram, data, "programs")

    @override
    async def bindings(self, premise_id: str) -> list[Binding]:
        data = await self._api.call("GET", "/bindings", query={"premise_id": premise_id})
        return read_all(Binding, data, "bindings")

    @override
    async def bind_vehicle(self, request: BindingRequest, idempotency_key: str) -> Binding:
        data = await self._api.call("POST", "/bindings", request.to_json(), idempotency_key=idempotency_key)
        return read_one(Binding, data)

    @override
    async def binding(self, binding_id: str) -> Binding:
        data = await self._api.call("GET", f"/bindings/{binding_id}")
        return read_one(Binding, data)

    @override
    async def end_binding(self, binding_id: str, valid_until: datetime, reason: str, idempotency_key: str) -> Binding:
        body = {"valid_until": valid_until.isoformat(), "reason": reason}
        data = await self._api.call("POST", f"/bindings/{binding_id}/end", body, idempotency_key=idempotency_key)
        return read_one(Binding, data)

    @override
    async def confirm_session(self, binding_id: str, session_id: str, started_at: datetime) -> Confirmation:
        body = {"session_id": session_id, "started_at": started_at.isoformat()}
        data = await self._api.call("POST", f"/bindings/{binding_id}/confirmations", body)
        return read_one(Confirmation, data)

    @override
    async def record_session(self, session: ChargingSession, idempotency_key: str) -> BillingRecord:
        data = await self._api.call("POST", "/charging-sessions", session.to_json(), idempotency_key=idempotency_key)
        return read_one(BillingRecord, data)

    @override
    async def billing_records(
        self, *, vehicle_id: str | None = None, premise_id: str | None = None, month: str | None = None
    ) -> list[BillingRecord]:
        asked = {"vehicle_id": vehicle_id, "premise_id": premise_id, "month": month}
        query = {name: value for name, value in asked.items() if value is not None}
        data = await self._api.call("GET", "/billing-records", query=query)
        return read_all(BillingRecord, data, "records")

    @override
    async def bills(self, month: str) -> list[Bill]:
        data = await self._api.call("GET", "/bills", query={"month": month})
        return read_all(Bill, data, "bills")

    @override
    async def cases(self, premise_id: str) -> list[Case]:
        data = await self._api.call("GET", "/cases", query={"premise_id": premise_id})
        return read_all(Case, data, "cases")

    @override
    async def open_case(
        self, premise_id: str, gateway_lfdi: str, about: Mapping[str, str], summary: str, idempotency_key: str
    ) -> Case:
        body = {"premise_id": premise_id, "gateway_lfdi": gateway_lfdi, "summary": summary, **about}
        return await self._case("POST", "", body, idempotency_key)

    @override
    async def case(self, case_id: str) -> Case:
        return await self._case("GET", f"/{case_id}")

    @override
    async def add_report(self, case_id: str, report: Report, idempotency_key: str) -> Case:
        return await self._case("POST", f"/{case_id}/reports", report.to_json(), idempotency_key)

    @override
    async def close_case(self, case_id: str) -> Case:
        return await self._case("POST", f"/{case_id}/close")

    @override
    async def appointment_slots(self, premise_id: str) -> list[Slot]:
        data = await self._api.call("GET", "/appointment-slots", query={"premise_id": premise_id})
        return read_all(Slot, data, "slots")

    @override
    async def book_appointment(self, case_id: str, slot_id: str) -> Case:
        return await self._case("PUT", f"/{case_id}/appointment", {"slot_id": slot_id})

    @override
    async def cancel_appointment(self, case_id: str) -> Case:
        return await self._case("DELETE", f"/{case_id}/appointment")

    @override
    async def check_reachability(self, registration_id: str) -> Reachability:
        data = await self._api.call("POST", f"/device-registrations/{registration_id}/reachability")
        return read_one(Reachability, data)

    @override
    async def send_test_signal(self, registration_id: str, idempotency_key: str) -> TestSignal:
        path = f"/device-registrations/{registration_id}/test-signals"
        data = await self._api.call("POST", path, idempotency_key=idempotency_key)
        return read_one(TestSignal, data)

    @override
    async def test_signal(self, signal_id: str) -> TestSignal:
        data = await self._api.call("GET", f"/test-signals/{signal_id}")
        return read_one(TestSignal, data)

    @override
    async def diagnostics_requests(self, premise_id: str) -> list[DiagnosticsRequest]:
        data = await self._api.call("GET", "/diagnostics-requests", query={"premise_id": premise_id})
        return read_all(DiagnosticsRequest, data, "requests")

    @override
    async def answer_diagnostics_request(self, request_id: str, *, allowed: bool) -> DiagnosticsRequest:
        data = await self._api.call("PUT", f"/diagnostics-requests/{request_id}/answer", {"allowed": allowed})
        return read_one(DiagnosticsRequest, data)

    @override
    async def return_diagnosis(self, request_id: str, report: Report) -> DiagnosticsRequest:
        data = await self._api.call("PUT", f"/diagnostics-requests/{request_id}/result", report.to_json())
        return read_one(DiagnosticsRequest, data)

    async def _registration(
        self, method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> Registration:
        data = await self._api.call(method, f"/device-registrations{path}", body, idempotency_key=idempotency_key)
        return read_one(Registration, data)

    async def _case(
        self, method: str, path: str, body: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> Case:
        data = await self._api.call(method, f"/cases{path}", body, idempotency_key=idempotency_key)
        return read_one(Case, data)
