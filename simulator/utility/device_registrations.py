"""Device registrations: how the utility keeps them, and has gateways do what they say."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from simulator.fleet.authentication import authenticate
from simulator.fleet.fleet import Fleet
from simulator.gateway.registrations import Registration
from simulator.utility.problems import ProblemError
from simulator.utility.state import UtilityState

type DeviceRegistration = dict[str, Any]
"""As the API has it, and ``user``: the customer's name."""

ENDED = ("refused", "closed")
"""Stages in which a device may be registered anew."""


class DeviceRegistrations:
    """Reads and writes registrations, and enrolls their devices; a gateway that is not reached knows none."""

    def __init__(self, state: UtilityState, fleet: Fleet) -> None:
        self._state = state
        self._fleet = fleet

    def all(self) -> list[DeviceRegistration]:
        """Every registration."""
        return list(self._state.store.all("registration"))

    def get(self, identifier: str) -> DeviceRegistration:
        """One registration, or the problem that there is none."""
        return self._state.find("registration", identifier, "registration")

    def save(self, registration: DeviceRegistration, **changes: Any) -> DeviceRegistration:
        """Write a registration with its next version, and tell the customer."""
        registration |= changes
        self._state.save("registration", registration, [registration["user"]])
        return registration

    def at_gateway(self, registration: DeviceRegistration) -> Registration | None:
        """What the gateway knows of the device."""
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        return gateway.state.registrations.get(registration["device"]["lfdi"]) if gateway is not None else None

    def reached(self, registration: DeviceRegistration) -> bool:
        """Whether the gateway lists the device (EndDeviceList), enabled, or its Zigbee network has it."""
        entry = self.at_gateway(registration)
        return entry is not None and entry.accepted() and entry.enabled

    async def authenticated(self, registration: DeviceRegistration) -> bool:
        """Whether the holder of the device's identity is heard of within ``answer_seconds`` (``authenticate``)."""
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        if gateway is None or not self.reached(registration):
            return False
        seconds = self._state.settings["answer_seconds"]
        return await authenticate(gateway, registration["device"]["lfdi"], seconds) is not None

    async def enroll(self, registration: DeviceRegistration) -> None:
        """Have the gateway assign the device to the programs that its customer chose, and to no others."""
        await self._assign(registration, {program["program_id"] for program in registration["programs"]})

    async def unenroll(self, registration: DeviceRegistration) -> None:
        """Have the gateway assign the device to no program."""
        show_enrolled(registration, enrolled=False)
        await self._assign(registration, ())

    async def _assign(self, registration: DeviceRegistration, wanted: Collection[str]) -> None:
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        if gateway is None:
            return
        for program in self._state.store.all("program"):
            if number := program["number"]:
                do = gateway.enroll if program["id"] in wanted else gateway.unenroll
                await do(registration["device"]["lfdi"], number)


def show_enrolled(registration: DeviceRegistration, *, enrolled: bool) -> None:
    """Have a registration say of all its programs that the device is enrolled, or not."""
    for program in registration["programs"]:
        program["enrolled"] = enrolled


def expect_open(registration: DeviceRegistration) -> None:
    """Raise the problem if a registration has ended."""
    if registration["stage"] == "refused":
        raise ProblemError("registration-refused", registration["reason"]["detail"])
    if registration["stage"] == "closed":
        raise ProblemError("registration-closed", "the registration is closed")
