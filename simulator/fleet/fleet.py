"""All gateways of one process."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator.gateway.controls import Control, DrProgram
from simulator.gateway.faults import FAULTS
from simulator.gateway.identity import canonical_lfdi
from simulator.gateway.parameters import BadParameterError
from simulator.gateway.service import GatewayService
from simulator.gateway.settings import Settings
from simulator.gateway.state import GatewayState
from simulator.gateway.store import Store


class UnknownGatewayError(LookupError):
    """There is no gateway with this id."""


class Simulation:
    """Makes, finds and ends gateways, and does to them what the control endpoint asks for."""

    def __init__(self) -> None:
        self._services: dict[str, GatewayService] = {}
        self._last = 0

    def services(self) -> list[GatewayService]:
        """All gateways, oldest first."""
        return list(self._services.values())

    def service(self, number: str) -> GatewayService:
        """The gateway with this id, or ``UnknownGatewayError``."""
        try:
            return self._services[number]
        except KeyError:
            raise UnknownGatewayError(f"there is no gateway {number}") from None

    async def add(self, settings: Settings, store: Store | None = None) -> GatewayService:
        """Start a gateway, with what ``store`` kept of it."""
        self._last += 1
        gateway = GatewayState(str(self._last), settings)
        if store is not None:
            await store.attach(gateway)
        service = GatewayService(gateway)
        try:
            await service.start()
        except BaseException:
            await service.stop()
            raise
        self._services[gateway.id] = service
        return service

    async def remove(self, number: str) -> None:
        """End a gateway."""
        service = self.service(number)
        del self._services[number]
        await service.stop()

    async def close(self) -> None:
        """End all gateways."""
        services, self._services = self.services(), {}
        await asyncio.gather(*(service.stop() for service in services))


def describe(service: GatewayService) -> dict[str, Any]:
    """A gateway as the control endpoint shows it."""
    gateway, settings = service.gateway, service.gateway.settings
    return {
        "id": gateway.id,
        "host": settings.host,
        "port": service.port,
        "lfdi": gateway.identity.lfdi,
        "sfdi": gateway.identity.sfdi,
        "dcap": "/dcap",
        "pin": f"{settings.pin:06}",
        "personality": settings.personality.name,
        "registration": settings.registration,
        "registered": [entry.lfdi for entry in gateway.registrations if entry.accepted()],
        "pending": [entry.lfdi for entry in gateway.registrations if not entry.accepted()],
        "certificate_not_after": gateway.identity.certificate.not_valid_after_utc.isoformat(),
        "mdns": settings.mdns,
        "seed": settings.seed,
        "zigbee": service.zigbee.describe() if service.zigbee is not None else None,
    }


def read_lfdi(text: str) -> str:
    """An LFDI from a person; ``BadParameterError`` if it is none."""
    try:
        return canonical_lfdi(text)
    except ValueError as err:
        raise BadParameterError(str(err)) from err


async def set_fault(service: GatewayService, name: str, data: Any) -> None:
    """Turn a fault on."""
    service.gateway.faults.set(name, data)
    if FAULTS[name].needs_handshake:
        service.gateway.forget_sessions()
    await service.apply_faults()


async def clear_faults(service: GatewayService, name: str | None = None) -> None:
    """Turn a fault off, or all."""
    service.gateway.faults.clear(name)
    await service.apply_faults()


async def replace(service: GatewayService, *, keep_registrations: bool) -> None:
    """Put another meter at the gateway's address."""
    service.gateway.replace(keep_registrations=keep_registrations)
    await service.drop_connections()
    await service.gateway.changed()
    await service.advertise()


async def withdraw(service: GatewayService, lfdi: str) -> bool:
    """Take a device's registration away, also from connections that are open; False if there is none."""
    known = service.gateway.withdraw(lfdi)
    await service.drop_connections()
    await service.gateway.changed()
    return known


async def add_program(service: GatewayService, description: str, primacy: int = 1) -> DrProgram:
    """Offer another demand response program, the lower ``primacy`` going first."""
    program = service.gateway.demand_response.add_program(description, primacy)
    await service.gateway.changed()
    service.notify("/dr")
    return program


async def enroll(service: GatewayService, lfdi: str, number: int) -> None:
    """Let a device take part in a program."""
    service.gateway.demand_response.enroll(lfdi, number)
    await service.gateway.changed()
    _tell_groups(service)


async def unenroll(service: GatewayService, lfdi: str, number: int) -> None:
    """Let a device take part in a program no longer."""
    service.gateway.demand_response.unenroll(lfdi, number)
    await service.gateway.changed()
    _tell_groups(service)


def _tell_groups(service: GatewayService) -> None:
    if service.gateway.zigbee is not None:
        service.gateway.zigbee.meter.enrolled()


async def publish_control(service: GatewayService, program: int, **parameters: Any) -> Control:
    """Put a control up, described by the keys of ``controls.CONTROL``, and tell those who subscribed."""
    events = service.gateway.demand_response
    control = events.publish(program, **parameters)
    await service.gateway.changed()
    changed = events.program(program).controls_href
    service.notify(changed)
    if service.gateway.zigbee is not None:
        service.gateway.zigbee.meter.published(control)
    if (wait := control.earliest_start - events.now()) > 0 and events.superseded_by(control):
        service.notify(changed, after_seconds=wait)
    return control


async def cancel_control(service: GatewayService, number: int, randomized: bool = False) -> Control:
    """Call a control off, and tell those who subscribed."""
    events = service.gateway.demand_response
    control = events.cancel(number, randomized=randomized)
    await service.gateway.changed()
    service.notify(events.program(control.program).controls_href)
    if service.gateway.zigbee is not None:
        service.gateway.zigbee.meter.cancelled(control)
    return control
