"""Enrollment: the utility has gateways assign devices to demand response programs."""

from __future__ import annotations

from collections.abc import Collection

from simulator.fleet.fleet import Fleet
from simulator.utility.device_registrations import DeviceRegistration
from simulator.utility.state import UtilityState


class Enrollment:
    """What gateways know of the devices of registrations; a gateway that is not reached knows none."""

    def __init__(self, state: UtilityState, fleet: Fleet) -> None:
        self._state = state
        self._fleet = fleet

    def lists(self, registration: DeviceRegistration) -> bool:
        """Whether the gateway lists the device, and reaches it."""
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        return gateway is not None and gateway.state.registrations.accepted(registration["device"]["lfdi"])

    async def enroll(self, registration: DeviceRegistration) -> None:
        """Have the device assigned to the programs that its customer chose, and to no others."""
        await self._assign(registration, {program["program_id"] for program in registration["programs"]})

    async def withdraw(self, registration: DeviceRegistration) -> None:
        """Have the device assigned to no program."""
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
