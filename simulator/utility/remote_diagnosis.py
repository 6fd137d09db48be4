"""What a representative does to a device from afar: send it a test signal, have the home diagnose it."""

from __future__ import annotations

import secrets
from typing import Any

from simulator.fleet.fleet import Fleet
from simulator.utility.cases import Cases
from simulator.utility.device_registrations import DeviceRegistration, DeviceRegistrations
from simulator.utility.problems import ProblemError
from simulator.utility.remote_reach import RemoteReach, answers_to
from simulator.utility.state import UtilityState

type DiagnosisRequest = dict[str, Any]
type Signal = dict[str, Any]

_REFUSED = range(248, 256)
"""Rejected: 252 to 254 there, 248 to 254 in Report Event Status of Zigbee Smart Energy."""


class RemoteDiagnosis:
    """The tests of one utility, and what it asks homes to diagnose."""

    def __init__(
        self,
        state: UtilityState,
        fleet: Fleet,
        registrations: DeviceRegistrations,
        reach: RemoteReach,
        cases: Cases,
    ) -> None:
        self._state = state
        self._fleet = fleet
        self._registrations = registrations
        self._reach = reach
        self._cases = cases

    async def send(self, registration: DeviceRegistration) -> Signal:
        """Publish a control that asks for nothing in one of the device's programs."""
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        lfdi = registration["device"]["lfdi"]
        programs = gateway.state.demand_response.enrolments(lfdi) if gateway else []
        if gateway is None or not programs or registration["stage"] != "active":
            raise ProblemError("not-enrolled", "the gateway assigns the device to no program")
        if not await self._reach.make_way(gateway, programs[0].number):
            raise ProblemError("control-under-way", "a control is under way, which a test signal would supersede")
        control = await self._reach.publish(gateway, programs[0].number)
        signal = {
            "id": f"sig-{secrets.token_hex(6)}",
            "user": registration["user"],
            "registration_id": registration["id"],
            "control": control.subject,
            "sent_at": self._state.now_text(),
        }
        self._state.store.put("test_signal", signal["id"], signal)
        return self.signal(signal["id"], signal["user"])

    def signal(self, identifier: str, user: str) -> Signal:
        """A test signal with what the device answered to it."""
        signal = self._state.find("test_signal", identifier, "test signal", user=user)
        registration = self._registrations.get(signal["registration_id"])
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        answers = answers_to(gateway, signal["control"], registration["device"]["lfdi"]) if gateway else []
        status = "sent" if not answers else "refused" if answers[-1] in _REFUSED else "answered"
        return {key: value for key, value in signal.items() if key != "user"} | {"status": status, "answers": answers}

    def ask(
        self, user: str, premise_id: str, registration_id: str | None, case_id: str | None, note: str
    ) -> DiagnosisRequest:
        """Ask the home for a diagnosis."""
        request = {
            "id": f"diag-{secrets.token_hex(6)}",
            "user": user,
            "premise_id": premise_id,
            "registration_id": registration_id,
            "case_id": case_id,
            "status": "requested",
            "asked_at": self._state.now_text(),
            "note": note,
            "result": None,
        }
        return self._save(request)

    def _save(self, request: DiagnosisRequest) -> DiagnosisRequest:
        self._state.store.put("diagnostics", request["id"], request)
        self._state.tell(request["user"], "diagnostics.requested", request["id"])
        return request

    @staticmethod
    def shown(request: DiagnosisRequest) -> DiagnosisRequest:
        """A request as the API shows it."""
        return {key: value for key, value in request.items() if key not in ("user", "result")}

    def requests(self, user: str | None = None) -> list[DiagnosisRequest]:
        """Every request, or those of a customer, oldest first."""
        return [each for each in self._state.store.all("diagnostics") if user in (None, each["user"])]

    def get(self, identifier: str, user: str) -> DiagnosisRequest:
        """One request, or the problem that there is none of this customer."""
        return self._state.find("diagnostics", identifier, "diagnosis", user=user)

    def answer(self, request: DiagnosisRequest, *, allowed: bool) -> DiagnosisRequest:
        """The customer allows it, or does not; what was answered stays so."""
        if request["status"] == "requested":
            request["status"] = "allowed" if allowed else "denied"
            self._state.store.put("diagnostics", request["id"], request)
        return request

    def take_result(self, request: DiagnosisRequest, report: dict[str, Any]) -> DiagnosisRequest:
        """Keep what the home found, also with the case that it was asked for."""
        if request["status"] == "done":
            return request
        if request["status"] != "allowed":
            raise ProblemError("diagnosis-denied", "the customer has not allowed it")
        request |= {"status": "done", "result": {**report, "at": self._state.now_text()}}
        self._state.store.put("diagnostics", request["id"], request)
        if request["case_id"] is not None:
            case = self._cases.get(request["case_id"])
            if case["status"] != "closed":
                self._cases.report(case, report)
        return request
