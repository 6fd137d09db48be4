"""A gateway over IP, behind the protocol of :mod:`..protocol`: the function sets, each over the one connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from time import monotonic
from typing import Any

from aio2030dot5 import Timeouts, async_build_ssl_context
from py20305.models import sep

from ...esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl, Message, PriceSchedule
from ..clock import GatewayClock
from ..model import (
    GatewayConfiguration,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Register,
    Reservation,
    ReservationRequest,
    SelfReport,
    Signal,
    VehiclePowerStatus,
)
from . import signal
from .capability import read_capability
from .configuration import read_configuration
from .connection import CIPHERS, Connection, Pacing
from .demand_response import DemandResponse, respond
from .end_devices import EndDevices
from .failures import Unreadable, gateway_errors
from .identity import Identity
from .messaging import read_messages
from .metering import MeterRegisters
from .pricing import read_prices
from .reader import Reader
from .resources import warm_up
from .self_report import read_report_of, read_self_report
from .speakers import Speakers
from .vehicle import cancel_reservation, publish_vehicle, read_reservations, request_reservation

_RECENT = 300.0
"""Seconds for which a way that was measured is taken to be as it was: commissioning measures it twice."""


class Ieee2030_5Gateway:  # noqa: N801 - the standard's own number
    """One gateway at one address, spoken to with one client identity over one connection at a time."""

    def __init__(self, connection: Connection, identity: Identity) -> None:
        self._connection = connection
        self._identity = identity
        self._end_devices = EndDevices(connection, identity.lfdi)
        self._registers = MeterRegisters(connection, self._end_devices)
        self._demand_response = DemandResponse(connection, self._end_devices)
        self._speakers = Speakers(connection)
        self._clock = GatewayClock()
        self._measured: Signal | None = None
        """The way as it was measured last, if it was there, and when (monotonic)."""
        self._measured_at = 0.0

    @classmethod
    async def create(
        cls,
        host: str,
        port: int,
        identity: Identity,
        *,
        dcap_path: str = "/dcap",
        expected_lfdi: str | None = None,
        accepted_before: bool = False,
        pacing: Pacing,
        timeouts: Timeouts,
    ) -> Ieee2030_5Gateway:
        """Make a client without connecting; key material and parsers are prepared in a thread.

        ``expected_lfdi`` pins the gateway; ``accepted_before`` says that this identity was let in once.
        """
        with gateway_errors(accepted_before=accepted_before):
            context = await async_build_ssl_context(identity)
        context.set_ciphers(CIPHERS)
        await asyncio.to_thread(warm_up)
        connection = Connection(
            host,
            port,
            context,
            dcap_path=dcap_path,
            expected_lfdi=expected_lfdi,
            accepted_before=accepted_before,
            pacing=pacing,
            timeouts=timeouts,
        )
        return cls(connection, identity)

    @property
    def client_lfdi(self) -> str:
        """The LFDI of our own certificate."""
        return self._identity.lfdi

    @property
    def expected_lfdi(self) -> str | None:
        """The pinned LFDI of the gateway."""
        return self._connection.expected_lfdi

    @property
    def link_security(self) -> LinkSecurity:
        """Mutual TLS."""
        return LinkSecurity.TLS

    def watch(self, changed: Callable[[], None]) -> None:
        """The gateway tells of changes where :meth:`subscribe` has it post to."""

    def watch_messages(self, changed: Callable[[], None]) -> None:
        """Messages are read alone: nobody has asked to be told of them."""

    async def close(self) -> None:
        """Nothing is held open between sessions."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Every device has a certificate of its own."""
        return None

    @asynccontextmanager
    async def session(self, *, joined: bool = True) -> AsyncIterator[None]:
        """Keep one TLS connection for all calls made inside, by the task that opened it."""
        async with self._connection.session():
            yield

    async def identify(self) -> Peer:
        """Learn who answers and whether it lets us in, by one handshake: that of a session which is open."""
        with gateway_errors(accepted_before=self._connection.accepted):
            peer = await self._connection.probe_tls()
        return Peer(peer.lfdi, peer.sfdi, peer.client_accepted)

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        """Time a few TCP connections to the gateway."""
        if not recent or (found := self._measured) is None or monotonic() - self._measured_at > _RECENT:
            connection, self._measured = self._connection, None
            found = await signal.measure(connection.host, connection.port, connection.pacing.probes)
            self._measured, self._measured_at = found, monotonic()
        return found

    async def takes_announcements(self) -> bool:
        """Whether we are let in and find an EndDeviceList."""
        return await self._end_devices.takes_announcements()

    async def announce(
        self, device_category: int, lfdi: str | None = None, *, adding: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """POST our EndDevice, or that of ``lfdi``, unless the list holds it already; return its href."""
        of = lfdi or self.client_lfdi
        href = await self._speakers.speak(
            of, lambda session: self._end_devices.announce(session, device_category, of, adding)
        )
        self._speakers.note_entry(of, href)
        return href

    async def withdraw(self, href: str, lfdi: str) -> None:
        """DELETE an EndDevice; one that is gone already, or another device's by now, is as good."""
        await self._speakers.speak(lfdi, lambda session: self._end_devices.withdraw(session, href, lfdi))

    async def registration_pin(self, href: str) -> int | None:
        """Read the pIN of the entry's Registration."""
        return await self._speakers.speak_at(href, lambda session: self._end_devices.registration_pin(session, href))

    async def configuration(self) -> GatewayConfiguration:
        """Read capabilities, rates, programs, messages, firmware and clock, over one connection."""
        found = await read_configuration(self._connection, self._end_devices)
        self._clock.take(found.clock_offset)
        return found

    async def prices(self) -> PriceSchedule | None:
        """Read the tariff in force, None where the gateway has none for us.

        ``GatewayError`` where there may be one that cannot be read now.
        """
        unreadable = Unreadable()
        async with self._connection.session() as session:
            for href in (await self._end_devices.offer(session)).hrefs("tariff_profile_list_link"):
                read = read_prices(Reader(session), href, self._clock.now())
                if (found := await unreadable.read(read)) is not None:
                    return self._clock.prices(found)
        unreadable.raise_unless(None)
        return None

    async def messages(self) -> list[Message]:
        """Read the text messages in force, oldest first, of every list and program that can be read.

        ``GatewayError`` where there may be some, and none can be.
        """
        found: dict[str, Message] = {}
        unreadable = Unreadable()
        async with self._connection.session() as session:
            for href in (await self._end_devices.offer(session)).hrefs("messaging_program_list_link"):
                found |= {each.id: each for each in await unreadable.read(read_messages(Reader(session), href)) or ()}
        unreadable.raise_unless(found)
        return sorted(self._clock.on_ours(found.values()), key=lambda message: message.start)

    async def listed_devices(self) -> list[ListedDevice] | None:
        """Read the EndDeviceList; meters that know clients by certificate alone have none."""
        async with self._connection.session():
            listed = await self._end_devices.listed()
            return await self._speakers.take(listed) if listed is not None else None

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Read PowerStatus and LogEvents of the EndDevice at ``href``, or of the gateway's SelfDevice."""
        if href is not None:
            return await self._speakers.speak_at(href, lambda session: read_report_of(Reader(session), href))
        async with self._connection.session() as session:
            reader = Reader(session)
            link = (await read_capability(session)).self_device_link
            if link is None:
                return SelfReport(None, ())
            return await read_self_report(reader, await reader.get(link.href, sep.SelfDevice))

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Read the programs that the gateway assigns to the device at ``href``, each once."""
        return await self._speakers.speak_at(href, lambda session: self._demand_response.programs(session, href))

    async def own_programs(self) -> list[DemandResponseProgram]:
        """Read the programs that the gateway assigns to our own EndDevice; none where it lists no devices."""
        return await self._demand_response.own_programs()

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Read the controls of ``programs``; one that cannot be read does not lose those of the others."""
        return await self._demand_response.controls(programs, self._speakers.speak_at)

    def controls_left(self, program: str) -> int:
        """Return how many controls of a program were left when its list was read last."""
        return self._demand_response.left.get(program, 0)

    def removal_cancels(self, program: str) -> bool:
        """Return whether it is called off: so 2023 has it, 10.2.2.3; by 2018, 10.2.3.3, a list may have been full."""
        return program in self._demand_response.of_2023

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """POST what became of an event to where it wants its answers."""
        await self._speakers.speak(response.lfdi, lambda session: respond(session, response, self._clock))

    async def give_voice(
        self, lfdi: str, load: Callable[[], Awaitable[Identity]], *, alone: bool, href: str | None = None
    ) -> None:
        """Have what is said of a device said with its certificate, always or where that is needed."""
        await self._speakers.add(lfdi, load, alone=alone, href=href)

    async def prove(self, lfdi: str) -> bool:
        """Look for the entry of the device with its own certificate."""
        return await self._speakers.prove(lfdi)

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Subscribe to the controls of ``programs`` that can be subscribed to; False where there are none."""
        return await self._demand_response.subscribe(programs, uri)

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """PUT PEVInfo in the PowerStatus of a device; False where the gateway keeps none for it."""
        return await self._speakers.speak_at(
            device_href, lambda session: publish_vehicle(session, device_href, status, self._clock)
        )

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """POST a FlowReservationRequest, once for each mRID; None where the gateway takes none."""
        return await self._speakers.speak_at(
            device_href, lambda session: request_reservation(session, device_href, request, self._clock)
        )

    async def cancel_reservation(self, href: str) -> None:
        """PUT a FlowReservationRequest as cancelled."""
        await self._speakers.speak_at(href, lambda session: cancel_reservation(session, href, self._clock.now()))

    async def reservations(self, device_href: str) -> list[Reservation]:
        """Read the FlowReservationResponses for a device."""
        return await self._speakers.speak_at(
            device_href, lambda session: read_reservations(session, device_href, self._clock)
        )

    async def discover_registers(self) -> Sequence[Register]:
        """Walk the metering resources once (about 30 requests) and keep what was found for reading."""
        return await self._registers.discover()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; questionable and missing values are left out."""
        found = await self._registers.read(keys, include_clock=include_clock)
        self._clock.take(found.clock_offset)
        return found

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed 15-minute energies ending after ``since``, oldest first."""
        return await self._registers.intervals(direction, since)

    def snapshot(self) -> dict[str, Any]:
        """Return the discovered profile, and by how much the clock is off."""
        return {**self._clock.to_dict(), **self._registers.to_dict()}

    def restore(self, data: dict[str, Any]) -> None:
        """Take up the profile again; one of another library version is discovered anew."""
        self._clock.load(data)
        self._registers.load(data)

    def known_registers(self) -> Sequence[Register]:
        """Return what was discovered or restored, without asking the gateway."""
        return self._registers.known()

    def statistics(self) -> dict[str, Any]:
        """Return the transport's counters."""
        return dict(self._connection.stats.to_dict())
