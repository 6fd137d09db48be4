"""The HAN Device Registration Application: what becomes of device registrations and commissioning requests."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from simulator.utility.catalogue import COMPATIBLE_DEVICES
from simulator.utility.problems import PREFIX, ProblemError

if TYPE_CHECKING:
    from simulator.fleet.installed_gateway import InstalledGateway
    from simulator.utility.service import Utility

type Registration = dict[str, Any]

_LINK_STAGES = ("gateway_contacted", "device_authenticated", "approved", "configured")
_ENDED = ("refused", "closed")
_UNDER_WAY = ("pre_registered", "open", "linking", "awaiting_approval", "awaiting_readiness")
_DECIDED_IN = {
    "approve": ("awaiting_approval",),
    "refuse": (*_UNDER_WAY, "active", "suspended"),
    "suspend": ("active",),
    "resume": ("suspended",),
    "close": (*_UNDER_WAY, "active", "suspended", *_ENDED),
}
_FUNCTION_SETS = ["time", "demand_response", "pricing", "messaging", "response"]


class Desk:
    """Device registrations and commissioning requests, and the work on them that takes time."""

    def __init__(self, utility: Utility) -> None:
        self._utility = utility
        self._work: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop working."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    def resume(self) -> None:
        """Go on with what a restart interrupted."""
        for registration in self.all():
            if registration["stage"] == "linking":
                self._start(self._link(registration["id"]))
        for request in self._utility.store.all("commissioning"):
            if request["status"] == "pending":
                self._start(self._commission(request["id"]))

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def all(self) -> list[Registration]:
        """Every registration."""
        return list(self._utility.store.all("registration"))

    def get(self, identifier: str) -> Registration:
        """One registration, or the problem that there is none."""
        registration = self._utility.store.get("registration", identifier)
        if registration is None:
            raise ProblemError("not-found", f"there is no registration {identifier}")
        return registration

    def _save(self, registration: Registration, change: Callable[[Registration], None] | None = None) -> Registration:
        """Write a registration with its next version, and tell the customer."""
        if change is not None:
            change(registration)
        registration["version"] += 1
        registration["updated_at"] = self._utility.now_text()
        self._utility.store.put("registration", registration["id"], registration)
        self._utility.tell(
            registration["user"], "registration.updated", registration["id"], version=registration["version"]
        )
        return registration

    def _gateway(self, lfdi: str) -> InstalledGateway | None:
        return self._utility.gateway(lfdi)

    def open(self, user: str, request: dict[str, Any], name: str | None = None) -> Registration:
        """Open a registration (UR-6)."""
        device = request["device"]
        model = next((each for each in COMPATIBLE_DEVICES if each["id"] == device["model_id"]), None)
        if model is None or model["kind"] != device["kind"]:
            raise ProblemError("device-incompatible", f"{device['model_id']} is no supported {device['kind']}")
        if any(each["device"]["lfdi"] == device["lfdi"] and each["stage"] not in _ENDED for each in self.all()):
            raise ProblemError("device-already-registered", f"{device['lfdi']} is registered")
        registration: Registration = {
            "id": f"reg-{secrets.token_hex(8)}",
            "user": user,
            "version": 0,
            "stage": "open",
            "premise_id": request["premise_id"],
            "gateway_lfdi": request["gateway_lfdi"],
            "device": {**device, "serial": None, "name": name},
            "discovery": "unknown",
            "identified": False,
            "programs": [],
            "link": {"status": "not_started", "stages": []},
            "messages": [],
            "record_id": None,
            "reason": None,
        }
        return self._save(registration)

    def pre_register(self, user: str, request: dict[str, Any]) -> Registration:
        """Register a device for a customer who has still to take it over (UR-a, UR-b)."""
        registration = self.open(user, request, request["name"])
        registration["stage"] = "pre_registered"
        registration["device"]["serial"] = request["serial"]
        registration["identified"] = True
        registration["discovery"] = "found"
        return self._save(registration)

    def take_over(self, registration: Registration) -> Registration:
        """The customer accepts a device registered beforehand."""
        if registration["stage"] == "pre_registered":
            registration["stage"] = "open"
            return self._save(registration)
        self._expect_open(registration)
        return registration

    def _expect_open(self, registration: Registration) -> None:
        if registration["stage"] == "refused":
            raise ProblemError("registration-refused", registration["reason"]["detail"])
        if registration["stage"] == "closed":
            raise ProblemError("registration-closed", "the registration is closed")

    def discover(self, registration: Registration) -> Registration:
        """Look for the device on the gateway (UR-7)."""
        self._expect_open(registration)
        gateway = self._gateway(registration["gateway_lfdi"])
        known = gateway is not None and gateway.state.registrations.accepted(registration["device"]["lfdi"])
        found = "found" if known else "not_found"
        if found != registration["discovery"]:
            registration["discovery"] = found
            return self._save(registration)
        return registration

    def identify(self, registration: Registration, serial: str, key: str) -> Registration:
        """Check serial number and key (UR-8)."""
        self._expect_open(registration)
        gateway = self._gateway(registration["gateway_lfdi"])
        device = registration["device"]
        entry = gateway.state.registrations.get(device["lfdi"]) if gateway is not None else None
        if registration["discovery"] != "found" or entry is None:
            raise ProblemError("not-discovered", "the device was not found on the gateway")
        model = next(each for each in COMPATIBLE_DEVICES if each["id"] == device["model_id"])
        taken = any(
            each["device"].get("serial") == serial and each["id"] != registration["id"] and each["stage"] not in _ENDED
            for each in self.all()
        )
        if taken or not re.search(model["serial_pattern"], serial):
            raise ProblemError("wrong-serial", "the serial number is in use" if taken else "no such serial number")
        if entry.pin != int(key):
            raise ProblemError("wrong-key", "the key is not the device's")
        if registration["identified"] and device["serial"] == serial:
            return registration
        device["serial"] = serial
        registration["identified"] = True
        return self._save(registration)

    async def set_programs(self, registration: Registration, consents: list[dict[str, Any]]) -> Registration:
        """Choose programs (UR-9); an active device is enrolled at once."""
        self._expect_open(registration)
        known = {program["id"]: program for program in self._utility.store.all("program")}
        chosen = {consent["program_id"]: consent for consent in consents}
        for identifier, consent in chosen.items():
            program = known.get(identifier)
            if program is None or not program["open"]:
                raise ProblemError("program-closed", f"{identifier} takes no devices")
            if registration["device"]["kind"] not in program["device_kinds"]:
                raise ProblemError("program-not-for-device", f"{program['name']} does not take this kind of device")
            if consent["terms_version"] != program["terms"]["version"]:
                changed = [
                    self._utility.program(known[each["program_id"]])
                    for each in consents
                    if each["program_id"] in known
                    and each["terms_version"] != known[each["program_id"]]["terms"]["version"]
                ]
                raise ProblemError("terms-changed", f"the terms of {program['name']} have changed", programs=changed)
        registration["programs"] = [
            {
                "program_id": identifier,
                "terms_version": consent["terms_version"],
                "enrolled": registration["stage"] == "active",
            }
            for identifier, consent in chosen.items()
        ]
        if registration["stage"] in ("active", "awaiting_readiness"):
            await self._enroll(registration)
            registration["messages"].append(self._configuration(registration))
            registration["stage"] = "awaiting_readiness"
        return self._save(registration)

    def link(self, registration: Registration) -> Registration:
        """Begin to link with the device (UR-10)."""
        self._expect_open(registration)
        if registration["stage"] == "pre_registered":
            raise ProblemError("wrong-stage", "the customer has not taken the device over")
        if registration["stage"] != "open":
            return registration
        if registration["discovery"] != "found":
            raise ProblemError("not-discovered", "the device was not found on the gateway")
        if not registration["identified"]:
            raise ProblemError("not-identified", "the device was not identified")
        registration["stage"] = "linking"
        registration["reason"] = None
        registration["link"] = {
            "status": "in_progress",
            "stages": [{"name": name, "status": "pending"} for name in _LINK_STAGES],
        }
        self._save(registration)
        self._start(self._link(registration["id"]))
        return registration

    async def _link(self, identifier: str) -> None:
        """Go through the stages of a link, as far as that can be done without a representative."""
        for number in range(len(_LINK_STAGES)):
            if self.get(identifier)["link"]["stages"][number]["status"] == "done":
                continue
            await asyncio.sleep(self._utility.settings["stage_seconds"])
            async with self._utility.writing:
                registration = self.get(identifier)
                if registration["stage"] != "linking" or not await self._link_stage(registration, number):
                    return

    async def _link_stage(self, registration: Registration, number: int) -> bool:
        """Take one stage of a link; whether the next one may follow."""
        name = _LINK_STAGES[number]
        if name == "approved" and self._utility.settings["approval"] == "manual":
            registration["stage"] = "awaiting_approval"
            self._save(registration)
            return False
        if name == "device_authenticated" and not self._reachable(registration):
            self._fail(registration, number, "the gateway does not reach the device")
            return False
        registration["link"]["stages"][number]["status"] = "done"
        if number + 1 < len(_LINK_STAGES):
            self._save(registration)
        else:
            await self._established(registration)
        return True

    def _reachable(self, registration: Registration) -> bool:
        gateway = self._gateway(registration["gateway_lfdi"])
        return gateway is not None and gateway.state.registrations.accepted(registration["device"]["lfdi"])

    def _fail(self, registration: Registration, number: int, detail: str) -> None:
        registration["link"]["status"] = "failed"
        registration["link"]["stages"][number]["status"] = "failed"
        registration["stage"] = "open"
        registration["reason"] = {"type": f"{PREFIX}link-failed", "detail": detail}
        self._save(registration)

    async def _established(self, registration: Registration) -> None:
        await self._enroll(registration)
        programs = [program["program_id"] for program in registration["programs"]]
        record = registration["record_id"] or f"CIS-{secrets.randbelow(10**8):08}"
        registration["link"]["status"] = "established"
        registration["messages"] = [
            self._message("registration", {"record": record}),
            self._configuration(registration),
            self._message("initiation", {"programs": programs, "active_from": self._utility.now_text()}),
        ]
        registration["stage"] = "awaiting_readiness"
        self._save(registration)

    def _message(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"id": f"msg-{secrets.token_hex(6)}", "kind": kind, "body": body, "acknowledged": False}

    def _configuration(self, registration: Registration) -> dict[str, Any]:
        chosen = {program["program_id"] for program in registration["programs"]}
        programs = [
            {"id": program["id"], "description": program["name"]}
            for program in self._utility.store.all("program")
            if program["id"] in chosen
        ]
        return self._message("configuration", {"function_sets": _FUNCTION_SETS, "programs": programs})

    async def _enroll(self, registration: Registration, chosen: Iterable[str] | None = None) -> None:
        """Have the gateway assign the device to the demand response programs chosen, and to no others."""
        if chosen is not None:
            self._show_enrolled(registration, enrolled=False)
        gateway = self._gateway(registration["gateway_lfdi"])
        if gateway is None:
            return
        wanted = set(chosen) if chosen is not None else {each["program_id"] for each in registration["programs"]}
        for program in self._utility.store.all("program"):
            if number := program["number"]:
                do = gateway.enroll if program["id"] in wanted else gateway.unenroll
                await do(registration["device"]["lfdi"], number)

    @staticmethod
    def _show_enrolled(registration: Registration, *, enrolled: bool) -> None:
        for program in registration["programs"]:
            program["enrolled"] = enrolled

    async def acknowledge(self, registration: Registration, messages: list[str], *, ready: bool) -> Registration:
        """The device acknowledges its messages (UR-13); when all are, the registration is active (UR-14)."""
        self._expect_open(registration)
        known = {message["id"]: message for message in registration["messages"]}
        if unknown := set(messages) - set(known):
            raise ProblemError("wrong-stage", f"there is no message {min(unknown)} to acknowledge")
        if registration["stage"] != "awaiting_readiness":
            return registration
        if not ready:
            await self._enroll(registration, ())
            registration["link"]["status"] = "failed"
            registration["stage"] = "open"
            registration["reason"] = {"type": f"{PREFIX}link-failed", "detail": "the device is not ready"}
            return self._save(registration)
        if all(known[identifier]["acknowledged"] for identifier in messages):
            return registration
        for identifier in messages:
            known[identifier]["acknowledged"] = True
        if all(message["acknowledged"] for message in known.values()):
            registration["stage"] = "active"
            bodies = (message["body"] for message in known.values() if message["kind"] == "registration")
            registration["record_id"] = next(bodies)["record"]
            self._show_enrolled(registration, enrolled=True)
        return self._save(registration)

    async def decide(self, registration: Registration, decision: str, detail: str) -> Registration:
        """What a representative does: approve, refuse, suspend, resume or close."""
        if registration["stage"] not in _DECIDED_IN[decision]:
            raise ProblemError("wrong-stage", f"{decision} does not apply to what is {registration['stage']}")
        if decision == "approve":
            registration["link"]["stages"][2]["status"] = "done"
            registration["stage"] = "linking"
            self._save(registration)
            self._start(self._link(registration["id"]))
        elif decision == "refuse":
            await self._enroll(registration, ())
            reason = {"type": f"{PREFIX}registration-refused", "detail": detail or "refused by a representative"}
            self._save(registration, lambda it: it.update(stage="refused", reason=reason))
        elif decision == "suspend":
            await self._enroll(registration, ())
            reason = {"type": f"{PREFIX}account-suspended", "detail": detail or "suspended by a representative"}
            self._save(registration, lambda it: it.update(stage="suspended", reason=reason))
        elif decision == "resume":
            await self._enroll(registration)
            self._show_enrolled(registration, enrolled=True)
            self._save(registration, lambda it: it.update(stage="active", reason=None))
        else:
            await self.end(registration)
        return self.get(registration["id"])

    async def end(self, registration: Registration) -> Registration:
        """Deregister a device; it leaves its programs."""
        if registration["stage"] == "closed":
            return registration
        await self._enroll(registration, ())
        return self._save(registration, lambda it: it.update(stage="closed", programs=[]))

    def request_commissioning(self, user: str, body: dict[str, Any]) -> dict[str, Any]:
        """Have the gateway told about a device."""
        request = {
            "id": f"com-{secrets.token_hex(8)}",
            "user": user,
            "status": "pending",
            "reason": None,
            "device_lfdi": body["device"]["lfdi"],
            "gateway_lfdi": body["gateway_lfdi"],
            "key": body["device"].get("key"),
            "zigbee": body["device"].get("zigbee"),
        }
        self._utility.store.put("commissioning", request["id"], request)
        self._start(self._commission(request["id"]))
        return request

    async def _commission(self, identifier: str) -> None:
        await asyncio.sleep(self._utility.settings["commission_seconds"])
        async with self._utility.writing:
            request = self._utility.store.get("commissioning", identifier)
            if request is None:
                return
            gateway = self._gateway(request["gateway_lfdi"])
            if gateway is None or self._utility.faults.take("refuse_commissioning"):
                request |= {"status": "refused", "reason": "the gateway does not accept the device"}
            else:
                state = gateway.state
                pin = state.settings.pin if request["key"] is None else int(request["key"])
                request["status"] = "accepted"
                if request.get("zigbee") is None:
                    state.registrations.add(request["device_lfdi"], pin, in_band=False)
                elif gateway.zigbee is None or not gateway.zigbee.side.permitted(**request["zigbee"]):
                    request |= {"status": "refused", "reason": "the meter cannot take this install code"}
                await state.changed()
            self._utility.store.put("commissioning", identifier, request)
            self._utility.tell(request["user"], "commissioning_request.updated", identifier)
