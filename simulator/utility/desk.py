"""The HAN Device Registration Application: what customers and representatives do with device registrations."""

from __future__ import annotations

import re
import secrets
from typing import Any

from simulator.utility.catalogue import COMPATIBLE_DEVICES, program_shown
from simulator.utility.device_registrations import (
    ENDED,
    DeviceRegistration,
    DeviceRegistrations,
    expect_open,
    show_enrolled,
)
from simulator.utility.links import Links
from simulator.utility.problems import PREFIX, ProblemError
from simulator.utility.state import UtilityState

_UNDER_WAY = ("pre_registered", "open", "linking", "awaiting_approval", "awaiting_readiness")
_DECIDED_IN = {
    "approve": ("awaiting_approval",),
    "refuse": (*_UNDER_WAY, "active", "suspended"),
    "suspend": ("active",),
    "resume": ("suspended",),
    "close": (*_UNDER_WAY, "active", "suspended", *ENDED),
}


class Desk:
    """Opens, changes and ends device registrations."""

    def __init__(self, state: UtilityState, registrations: DeviceRegistrations, links: Links) -> None:
        self._state = state
        self._registrations = registrations
        self._links = links

    def open(self, user: str, request: dict[str, Any]) -> DeviceRegistration:
        """Open a registration (UR-6)."""
        device = request["device"]
        model = next((each for each in COMPATIBLE_DEVICES if each["id"] == device["model_id"]), None)
        if model is None or model["kind"] != device["kind"]:
            raise ProblemError("device-incompatible", f"{device['model_id']} is no supported {device['kind']}")
        if any(each["device"]["lfdi"] == device["lfdi"] for each in self._under_way()):
            raise ProblemError("device-already-registered", f"{device['lfdi']} is registered")
        registration: DeviceRegistration = {
            "id": f"reg-{secrets.token_hex(8)}",
            "user": user,
            "version": 0,
            "stage": "open",
            "premise_id": request["premise_id"],
            "gateway_lfdi": request["gateway_lfdi"],
            "device": {"name": None, **device, "serial": None},
            "discovery": "unknown",
            "identified": False,
            "programs": [],
            "link": {"status": "not_started", "stages": []},
            "messages": [],
            "record_id": None,
            "reason": None,
        }
        return self._registrations.save(registration)

    def _under_way(self) -> list[DeviceRegistration]:
        return [each for each in self._registrations.all() if each["stage"] not in ENDED]

    def pre_register(self, user: str, request: dict[str, Any]) -> DeviceRegistration:
        """Register a device for a customer who has still to take it over (UR-a, UR-b)."""
        registration = self.open(user, request)
        registration["stage"] = "pre_registered"
        registration["device"]["serial"] = request["serial"]
        registration["identified"] = True
        registration["discovery"] = self._discovery(registration)
        return self._registrations.save(registration)

    def take_over(self, registration: DeviceRegistration) -> DeviceRegistration:
        """The customer accepts a device registered beforehand."""
        if registration["stage"] == "pre_registered":
            registration["stage"] = "open"
            return self._registrations.save(registration)
        expect_open(registration)
        return registration

    def discover(self, registration: DeviceRegistration) -> DeviceRegistration:
        """Look for the device on the gateway (UR-7)."""
        expect_open(registration)
        found = self._discovery(registration)
        if found != registration["discovery"]:
            registration["discovery"] = found
            return self._registrations.save(registration)
        return registration

    def _discovery(self, registration: DeviceRegistration) -> str:
        """What UR-7 finds: the device is on the gateway's list, or not."""
        return "found" if self._registrations.reached(registration) else "not_found"

    def identify(self, registration: DeviceRegistration, serial: str, key: str) -> DeviceRegistration:
        """Check serial number and key (UR-8).

        The key is the device's own registration PIN: the one that the gateway holds for it (Registration.pIN).
        """
        expect_open(registration)
        device, entry = registration["device"], self._registrations.at_gateway(registration)
        if registration["discovery"] != "found" or entry is None:
            raise ProblemError("not-discovered", "the device was not found on the gateway")
        model = next(each for each in COMPATIBLE_DEVICES if each["id"] == device["model_id"])
        taken = any(
            each["device"].get("serial") == serial and each["id"] != registration["id"] for each in self._under_way()
        )
        if taken or not re.search(model["serial_pattern"], serial):
            raise ProblemError("wrong-serial", "the serial number is in use" if taken else "no such serial number")
        if entry.pin != int(key):
            raise ProblemError("wrong-key", "the key is not the device's")
        if registration["identified"] and device["serial"] == serial:
            return registration
        device["serial"] = serial
        registration["identified"] = True
        return self._registrations.save(registration)

    async def set_programs(
        self, registration: DeviceRegistration, consents: list[dict[str, Any]]
    ) -> DeviceRegistration:
        """Choose programs (UR-9); an active device is enrolled at once."""
        expect_open(registration)
        known = {program["id"]: program for program in self._state.store.all("program")}
        chosen = {consent["program_id"]: consent for consent in consents}
        for identifier, consent in chosen.items():
            program = known.get(identifier)
            if program is None or not program["open"]:
                raise ProblemError("program-closed", f"{identifier} takes no devices")
            if registration["device"]["kind"] not in program["device_kinds"]:
                raise ProblemError("program-not-for-device", f"{program['name']} does not take this kind of device")
            if consent["terms_version"] != program["terms"]["version"]:
                changed = [
                    program_shown(known[each["program_id"]])
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
            await self._registrations.enroll(registration)
            registration["messages"].append(self._links.configuration(registration))
            registration["stage"] = "awaiting_readiness"
        return self._registrations.save(registration)

    async def decide(self, registration: DeviceRegistration, decision: str, detail: str) -> DeviceRegistration:
        """What a representative does: approve, refuse, suspend, resume or close."""
        if registration["stage"] not in _DECIDED_IN[decision]:
            raise ProblemError("wrong-stage", f"{decision} does not apply to what is {registration['stage']}")
        if decision == "approve":
            self._links.approve(registration)
        elif decision == "refuse":
            await self._registrations.unenroll(registration)
            reason = {"type": f"{PREFIX}registration-refused", "detail": detail or "refused by a representative"}
            self._registrations.save(registration, stage="refused", reason=reason)
        elif decision == "suspend":
            await self._registrations.unenroll(registration)
            reason = {"type": f"{PREFIX}account-suspended", "detail": detail or "suspended by a representative"}
            self._registrations.save(registration, stage="suspended", reason=reason)
        elif decision == "resume":
            await self._registrations.enroll(registration)
            show_enrolled(registration, enrolled=True)
            self._registrations.save(registration, stage="active", reason=None)
        else:
            await self.end(registration)
        return self._registrations.get(registration["id"])

    async def end(self, registration: DeviceRegistration) -> DeviceRegistration:
        """Deregister a device; it leaves its programs."""
        if registration["stage"] == "closed":
            return registration
        await self._registrations.unenroll(registration)
        return self._registrations.save(registration, stage="closed", programs=[])
