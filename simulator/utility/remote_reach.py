"""Whether a device answers: what the utility has its gateway ask of it, and whether an answer came in time."""

from __future__ import annotations

from typing import Any

from simulator.fleet.authentication import Proof, authenticate
from simulator.fleet.fleet import Fleet
from simulator.fleet.installed_gateway import InstalledGateway
from simulator.gateway.load_controls import LoadControl
from simulator.utility.device_registrations import DeviceRegistration, DeviceRegistrations
from simulator.utility.state import UtilityState

_TEST_SECONDS = 30
"""Homes that poll slowly, or rest between connections, still find it in force."""
_ALWAYS_ON = 100
"""Percent of the time: a duty cycle that asks for nothing."""


class RemoteReach:
    """Asks devices for nothing, to see whether they answer. Controls that ask for nothing are *probes*."""

    def __init__(self, state: UtilityState, fleet: Fleet, registrations: DeviceRegistrations) -> None:
        self._state = state
        self._fleet = fleet
        self._registrations = registrations
        self._probes: set[str] = set()
        """mRIDs (hex) of the probes so far; those from before a restart are over."""

    async def reach(self, registration: DeviceRegistration) -> dict[str, Any]:
        """Connect to a device through its gateway (RD-7, RD-9): a ``Reachability`` of the API.

        Waits ``answer_seconds`` of the settings for the device's answer.
        """
        gateway = self._fleet.known_as(registration["gateway_lfdi"])
        commissioned = self._registrations.reached(registration)
        reachable: bool
        detail: str | None
        if gateway is None:
            reachable, detail = False, "the gateway is not reached"
        elif not commissioned:
            reachable, detail = False, "the gateway does not list the device"
        else:
            reachable, detail = await self._asked(gateway, registration)
        return {
            "reachable": reachable,
            "commissioned": commissioned,
            "checked_at": self._state.now_text(),
            "detail": detail,
        }

    async def _asked(self, gateway: InstalledGateway, registration: DeviceRegistration) -> tuple[bool, str | None]:
        """Whether the device answered, and what there is to say of it.

        One that is in no program, or has another control under way, cannot be sent a control: then any exchange by
        its identity has to do.
        """
        lfdi, seconds = registration["device"]["lfdi"], self._state.settings["answer_seconds"]
        programs = gateway.state.demand_response.enrolments(lfdi)
        if programs and await self.make_way(gateway, programs[0].number):
            probe = await self.publish(gateway, programs[0].number)
            reachable = await gateway.state.contacts.until(lambda: bool(answers_to(gateway, probe, lfdi)), seconds)
            await gateway.cancel_control(probe.number)
            return reachable, None if reachable else "the device does not answer"
        proof = await authenticate(gateway, lfdi, seconds)
        if proof is None:
            return False, "the device does not answer"
        return True, None if proof is Proof.DEVICE else "only the home that speaks for the device was heard of"

    async def publish(self, gateway: InstalledGateway, program: int) -> LoadControl:
        """Publish a probe: devices shall answer it (``responseRequired`` of its EndDeviceControl)."""
        probe = await gateway.publish_control(program, duration=_TEST_SECONDS, duty_cycle=_ALWAYS_ON)
        self._probes.add(probe.subject)
        return probe

    async def make_way(self, gateway: InstalledGateway, program: int) -> bool:
        """Cancel the probes of a program; False where another control of it is to come, or lasts."""
        events = gateway.state.demand_response
        free = True
        for control in events.listed(program):
            if control.cancelled_at is not None or events.now() >= control.latest_end:
                continue
            if control.subject in self._probes:
                await gateway.cancel_control(control.number)
            else:
                free = False
        return free


def answers_to(gateway: InstalledGateway, control: LoadControl | str, lfdi: str) -> list[int]:
    """The statuses (IEEE 2030.5-2018 table 27) that a device answered to a control, or to the one with this mRID.

    Only what was said by the device's own certificate, or by that of the client that announced it, is the device's.
    """
    entry = gateway.state.registrations.get(lfdi)
    mrid = control if isinstance(control, str) else control.subject
    return [
        response.status
        for response in gateway.state.demand_response.responses
        if (response.mrid, response.lfdi) == (mrid, lfdi)
        and response.status is not None
        and entry is not None
        and response.client in entry.holders
    ]
