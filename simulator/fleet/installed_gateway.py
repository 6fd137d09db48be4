"""One gateway as it is installed at a home: what it knows, how it is reached, and what is done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.gateway.faults import FAULTS
from simulator.gateway.load_controls import DrProgram, LoadControl
from simulator.gateway.service import GatewayService
from simulator.gateway.settings import Settings
from simulator.gateway.state import GatewayState

if TYPE_CHECKING:
    from simulator.zigbee.side import ZigbeeSide


class InstalledGateway:
    """A gateway at its port, with its Zigbee network where ``settings`` ask for one.

    What it is told to do is kept (``state.changed``) and told to those whom it concerns: subscribers over IP, and the
    nodes of its Zigbee network.
    """

    def __init__(self, number: str, settings: Settings) -> None:
        self.state = GatewayState(number, settings)
        self.service = GatewayService(self.state)
        self.zigbee: ZigbeeSide | None = None
        if settings.zigbee:
            # Half a second that others need not wait, and packages that others need not have.
            from simulator.zigbee.side import ZigbeeSide  # noqa: PLC0415

            self.zigbee = self.state.meter_network = ZigbeeSide(self.state)

    async def start(self) -> None:
        """Listen and advertise."""
        await self.service.start()
        if self.zigbee is not None:
            await self.zigbee.start()

    async def stop(self) -> None:
        """End everything."""
        await self.service.stop()
        if self.zigbee is not None:
            await self.zigbee.stop()

    def lfdis(self) -> list[str]:
        """What utilities know the gateway by: the LFDI of its certificate, and that of its Zigbee side."""
        return [self.state.identity.lfdi, *([self.zigbee.lfdi] if self.zigbee is not None else ())]

    def describe(self) -> dict[str, Any]:
        """For the control endpoint."""
        state, settings = self.state, self.state.settings
        return {
            "id": state.id,
            "host": settings.host,
            "port": self.service.port,
            "lfdi": state.identity.lfdi,
            "sfdi": state.identity.sfdi,
            "dcap": "/dcap",
            "pin": f"{settings.pin:06}",
            "personality": settings.personality.name,
            "registration": settings.registration,
            "registered": [entry.lfdi for entry in state.registrations if entry.accepted()],
            "pending": [entry.lfdi for entry in state.registrations if not entry.accepted()],
            "speaking": [entry.lfdi for entry in state.registrations if state.contacts.of_its_own(entry.lfdi)],
            "certificate_not_after": state.identity.certificate.not_valid_after_utc.isoformat(),
            "mdns": settings.mdns,
            "seed": settings.seed,
            "zigbee": self.zigbee.describe() if self.zigbee is not None else None,
        }

    # Faults, and what happens to the meter

    async def set_fault(self, name: str, data: Any) -> None:
        """Turn a fault on; ``BadParameterError`` for one that there is not, or wrong parameters."""
        self.state.faults.set(name, data)
        if FAULTS[name].needs_handshake:
            self.state.forget_sessions()
        await self.service.apply_faults()

    async def clear_faults(self, name: str | None = None) -> None:
        """Turn a fault off, or all."""
        self.state.faults.clear(name)
        await self.service.apply_faults()

    async def replace(self, *, keep_registrations: bool) -> None:
        """Put another meter at the gateway's address."""
        self.state.replace(keep_registrations=keep_registrations)
        await self.service.drop_connections()
        await self.state.changed()
        await self.service.advertise()

    async def withdraw(self, lfdi: str) -> bool:
        """Take a device's registration away, also from connections that are open; False if there is none."""
        known = self.state.withdraw(lfdi)
        await self.service.drop_connections()
        await self.state.changed()
        return known

    # Demand response

    async def add_program(self, description: str, primacy: int = 1) -> DrProgram:
        """Offer another demand response program, the lower ``primacy`` going first."""
        program = self.state.demand_response.add_program(description, primacy)
        await self.state.changed()
        self.service.notify("/dr")
        return program

    async def enroll(self, lfdi: str, number: int) -> None:
        """Let a device take part in a program."""
        self.state.demand_response.enroll(lfdi, number)
        await self._enrollments_changed()

    async def unenroll(self, lfdi: str, number: int) -> None:
        """Let a device take part in a program no longer."""
        self.state.demand_response.unenroll(lfdi, number)
        await self._enrollments_changed()

    async def _enrollments_changed(self) -> None:
        await self.state.changed()
        if self.zigbee is not None:
            self.zigbee.meter.enrolled()

    async def publish_control(self, program: int, **parameters: Any) -> LoadControl:
        """Put a control up, described by the keys of ``LOAD_CONTROL``, and tell those whom it concerns."""
        events = self.state.demand_response
        control = events.publish(program, **parameters)
        await self.state.changed()
        changed = events.program(program).controls_href
        self.service.notify(changed)
        if self.zigbee is not None:
            self.zigbee.meter.published(control)
        if (wait := control.earliest_start - events.now()) > 0 and events.superseded_by(control):
            self.service.notify(changed, after_seconds=wait)
        return control

    async def cancel_control(self, number: int, *, randomized: bool = False) -> LoadControl:
        """Call a control off, and tell those whom it concerns."""
        events = self.state.demand_response
        control = events.cancel(number, randomized=randomized)
        await self.state.changed()
        self.service.notify(events.program(control.program).controls_href)
        if self.zigbee is not None:
            self.zigbee.meter.cancelled(control)
        return control

    async def unlist_control(self, number: int) -> None:
        """List a control no longer, and tell those who subscribed to its list."""
        events = self.state.demand_response
        control = events.unlist(number)
        await self.state.changed()
        self.service.notify(events.program(control.program).controls_href)

    # Messages

    def add_message(self, text: str, priority: int, duration: int, response_required: int = 0) -> int:
        """Put a message up from now on, for ``duration`` seconds; its number, as it is listed."""
        number = self.state.messages.add(text, int(self.state.clock()), duration, priority, response_required)
        if self.zigbee is not None:
            self.zigbee.meter.messaged()
        return number

    def recall_message(self, number: int) -> bool:
        """Take a message back before its time; False if there is none with this number."""
        known = self.state.messages.recall(number, int(self.state.clock()))
        if known and self.zigbee is not None:
            self.zigbee.meter.recalled(number)
        return known
