"""Links between gateways and devices: the stages that one goes through, and the messages that complete it."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from simulator.utility.device_registrations import DeviceRegistration, DeviceRegistrations, expect_open, show_enrolled
from simulator.utility.problems import PREFIX, ProblemError
from simulator.utility.state import UtilityState
from simulator.utility.work import Work

_STAGES = ("gateway_contacted", "device_authenticated", "approved", "configured")
_FUNCTION_SETS = ["time", "demand_response", "pricing", "messaging", "response"]


class Links:
    """Has gateways link with devices, which takes its time, and a representative where devices are approved by one."""

    def __init__(self, state: UtilityState, registrations: DeviceRegistrations, work: Work) -> None:
        self._state = state
        self._registrations = registrations
        self._work = work

    def resume(self) -> None:
        """Go on with what a restart interrupted."""
        for registration in self._registrations.all():
            if registration["stage"] == "linking":
                self._work.start(self._link(registration["id"]))

    def begin(self, registration: DeviceRegistration) -> DeviceRegistration:
        """Begin to link with the device (UR-10)."""
        expect_open(registration)
        if registration["stage"] == "pre_registered":
            raise ProblemError("wrong-stage", "the customer has not taken the device over")
        if registration["stage"] != "open":
            return registration
        if registration["discovery"] != "found":
            raise ProblemError("not-discovered", "the device was not found on the gateway")
        if not registration["identified"]:
            raise ProblemError("not-identified", "the device was not identified")
        stages = [{"name": name, "status": "pending"} for name in _STAGES]
        link = {"status": "in_progress", "stages": stages}
        self._registrations.save(registration, stage="linking", reason=None, link=link)
        self._work.start(self._link(registration["id"]))
        return registration

    async def _link(self, identifier: str) -> None:
        """Go through the stages of a link, as far as that can be done without a representative."""
        for number in range(len(_STAGES)):
            if self._registrations.get(identifier)["link"]["stages"][number]["status"] == "done":
                continue
            await asyncio.sleep(self._state.settings["stage_seconds"])
            proved = _STAGES[number] != "device_authenticated" or await self._registrations.authenticated(
                self._registrations.get(identifier)
            )
            async with self._state.writing:
                registration = self._registrations.get(identifier)
                if registration["stage"] != "linking" or not await self._link_stage(
                    registration, number, proved=proved
                ):
                    return

    async def _link_stage(self, registration: DeviceRegistration, number: int, *, proved: bool) -> bool:
        """Take one stage of a link, for which the device has ``proved`` its identity if it is to; whether to go on."""
        name = _STAGES[number]
        if name == "approved" and self._state.settings["approval"] == "manual":
            self._registrations.save(registration, stage="awaiting_approval")
            return False
        if not proved:
            registration["link"]["stages"][number]["status"] = "failed"
            self._fail(registration, "the gateway heard nothing that only the device can have said")
            return False
        registration["link"]["stages"][number]["status"] = "done"
        if number + 1 < len(_STAGES):
            self._registrations.save(registration)
        else:
            await self._established(registration)
        return True

    def _fail(self, registration: DeviceRegistration, detail: str) -> DeviceRegistration:
        registration["link"]["status"] = "failed"
        reason = {"type": f"{PREFIX}link-failed", "detail": detail}
        return self._registrations.save(registration, stage="open", reason=reason)

    async def _established(self, registration: DeviceRegistration) -> None:
        await self._registrations.enroll(registration)
        programs = [program["program_id"] for program in registration["programs"]]
        record = registration["record_id"] or f"CIS-{secrets.randbelow(10**8):08}"
        registration["link"]["status"] = "established"
        messages = [
            _message("registration", {"record": record}),
            self.configuration(registration),
            _message("initiation", {"programs": programs, "active_from": self._state.now_text()}),
        ]
        self._registrations.save(registration, stage="awaiting_readiness", messages=messages)

    def configuration(self, registration: DeviceRegistration) -> dict[str, Any]:
        """The message that tells a device of its programs."""
        chosen = {program["program_id"] for program in registration["programs"]}
        programs = [
            {"id": program["id"], "description": program["name"]}
            for program in self._state.store.all("program")
            if program["id"] in chosen
        ]
        return _message("configuration", {"function_sets": _FUNCTION_SETS, "programs": programs})

    def approve(self, registration: DeviceRegistration) -> None:
        """Go on with a link that waited for a representative."""
        registration["link"]["stages"][_STAGES.index("approved")]["status"] = "done"
        self._registrations.save(registration, stage="linking")
        self._work.start(self._link(registration["id"]))

    async def acknowledge(
        self, registration: DeviceRegistration, messages: list[str], *, ready: bool
    ) -> DeviceRegistration:
        """The device acknowledges its messages (UR-13); when all are, the registration is active (UR-14)."""
        expect_open(registration)
        known = {message["id"]: message for message in registration["messages"]}
        if unknown := set(messages) - set(known):
            raise ProblemError("wrong-stage", f"there is no message {min(unknown)} to acknowledge")
        if registration["stage"] != "awaiting_readiness":
            return registration
        if not ready:
            await self._registrations.unenroll(registration)
            return self._fail(registration, "the device is not ready")
        if all(known[identifier]["acknowledged"] for identifier in messages):
            return registration
        for identifier in messages:
            known[identifier]["acknowledged"] = True
        if all(message["acknowledged"] for message in known.values()):
            registration["stage"] = "active"
            bodies = (message["body"] for message in known.values() if message["kind"] == "registration")
            registration["record_id"] = next(bodies)["record"]
            show_enrolled(registration, enrolled=True)
        return self._registrations.save(registration)


def _message(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"msg-{secrets.token_hex(6)}", "kind": kind, "body": body, "acknowledged": False}
