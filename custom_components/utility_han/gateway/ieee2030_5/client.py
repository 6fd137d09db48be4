"""A gateway over IP, behind the protocol of :mod:`..protocol`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aio2030dot5 import (
    TIME_ERROR_KEY,
    Channel,
    Direction,
    MeterNotFound,
    MeterProfile,
    MeterProtocolError,
    ProfileError,
    Quantity,
    ReadingGuard,
    Statistic,
    Timeouts,
    async_build_ssl_context,
    manufacturer_name,
    sfdi_from_lfdi,
)
from py20305.models import sep

from ...esi import ControlResponse, DemandResponseProgram, LoadControl, Message, PriceSchedule
from ..errors import ABOUT_RESOURCE, GatewayError, Reason
from ..model import (
    GatewayConfiguration,
    GatewayInfo,
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
from . import path as network_path
from .connection import Connection, ConnectionSession, NotXmlError, Pacing
from .demand_response import post_response, read_controls, read_programs, subscribe
from .failures import gateway_errors
from .identity import Identity
from .messaging import read_messages
from .pricing import read_prices
from .reader import Reader
from .registers import channel_registers
from .resources import end_device, parse, render, warm_up
from .self_report import read_self_report
from .vehicle import cancel_reservation, publish_vehicle, read_reservations, request_reservation

# The links of a DeviceCapability or FunctionSetAssignments by the name of the function set (10.1, 10.4).
_FUNCTION_SETS = {
    "time_link": "time",
    "self_device_link": "self_device",
    "end_device_list_link": "end_device",
    "usage_point_list_link": "metering",
    "mirror_usage_point_list_link": "metering_mirror",
    "demand_response_program_list_link": "demand_response",
    "tariff_profile_list_link": "pricing",
    "messaging_program_list_link": "messaging",
    "customer_account_list_link": "billing",
    "prepayment_list_link": "prepayment",
    "derprogram_list_link": "distributed_energy",
    "file_list_link": "file_download",
    "response_set_list_link": "response",
}


class Ieee2030_5Gateway:  # noqa: N801 - the standard's own number
    """One gateway at one address, spoken to with one client identity over one connection at a time."""

    def __init__(self, connection: Connection, identity: Identity, *, accepted_before: bool) -> None:
        self._connection = connection
        self._identity = identity
        self._accepted = accepted_before
        self._profile: MeterProfile | None = None
        self._guard = ReadingGuard()

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
        await asyncio.to_thread(warm_up)
        connection = Connection(
            host,
            port,
            context,
            dcap_path=dcap_path,
            expected_lfdi=expected_lfdi,
            pacing=pacing,
            timeouts=timeouts,
        )
        return cls(connection, identity, accepted_before=accepted_before)

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

    async def close(self) -> None:
        """Nothing is held open between sessions."""

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Every device has a certificate of its own."""
        return None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """Keep one TLS connection for all calls made inside, by the task that opened it."""
        with gateway_errors(accepted_before=self._accepted):
            async with self._connection.session():
                yield

    async def identify(self) -> Peer:
        """Learn who answers and whether it lets us in, by one handshake."""
        with gateway_errors(accepted_before=self._accepted):
            peer = await self._connection.probe_tls()
        return Peer(peer.lfdi, peer.sfdi, peer.client_accepted)

    async def measure_signal(self) -> Signal:
        """Time a few TCP connections to the gateway."""
        connection = self._connection
        return await network_path.measure(connection.host, connection.port, connection.pacing.probes)

    async def announce(self, device_category: int, lfdi: str | None = None) -> str:
        """POST our EndDevice, or that of ``lfdi``, unless the list holds it already; return its href.

        IEEE 2030.5-2018, 10.3.4.
        """
        lfdi = lfdi or self._identity.lfdi
        async with self._talk() as session:
            list_href = (await self._capability(session)).end_device_list_link
            if list_href is None:
                raise GatewayError(Reason.REGISTRATION_REFUSED, "the gateway has no EndDeviceList")
            if (known := await self._entry(session, list_href.href, lfdi)) is not None:
                return known
            device = end_device(lfdi, sfdi_from_lfdi(lfdi), device_category, int(time.time()))
            response = await session.send("POST", list_href.href, render(device))
            if response.status in (200, 201, 204) and (location := response.headers.get("location")):
                return urlsplit(location).path
            if (
                response.status in (200, 201, 204)
                and (known := await self._entry(session, list_href.href, lfdi)) is not None
            ):
                return known
            reason = Reason.GATEWAY_BUSY if response.status in (429, 503) else Reason.REGISTRATION_REFUSED
            if response.status in (500, 502, 504):
                reason = Reason.HTTP_ERROR
            raise GatewayError(reason, f"POST {list_href.href} -> HTTP {response.status}")

    async def withdraw(self, href: str) -> None:
        """DELETE our EndDevice; one that is gone already is as good."""
        async with self._talk() as session:
            response = await session.send("DELETE", href)
            if response.status >= 300 and response.status not in (404, 410):
                raise GatewayError(Reason.HTTP_ERROR, f"DELETE {href} -> HTTP {response.status}")

    async def registration_pin(self, href: str) -> int | None:
        """Read the pIN of the entry's Registration (IEEE 2030.5-2018, 10.3.4)."""
        async with self._talk() as session:
            entry = await Reader(session).get(href, sep.EndDevice)
            if entry.registration_link is None:
                return None
            try:
                registration = await Reader(session).get(entry.registration_link.href, sep.Registration)
            except MeterNotFound:
                return None
            return registration.p_in.value

    async def configuration(self) -> GatewayConfiguration:
        """Read capabilities, rates, programs, messages, firmware and clock, over one connection.

        Only what every gateway must have is insisted on; a resource that cannot be read counts as not offered.
        """
        async with self._talk() as session:
            capability = await self._capability(session)
            sets = {name for link, name in _FUNCTION_SETS.items() if getattr(capability, link) is not None}
            programs: list[str] = []
            message_lists = [capability.messaging_program_list_link]
            for assignments in await self._assignments(session, capability):
                sets |= {name for link, name in _FUNCTION_SETS.items() if getattr(assignments, link, None) is not None}
                message_lists.append(assignments.messaging_program_list_link)
                if assignments.description:
                    programs.append(assignments.description)
            notices: list[str] = []
            for href in dict.fromkeys(link.href for link in message_lists if link is not None):
                messages = await _optional(read_messages(Reader(session), href)) or []
                notices += [message.text for message in messages]
            rate = None
            if (points := capability.usage_point_list_link) is not None:
                listed = await _optional(Reader(session).get(f"{points.href}?s=0&l=1", sep.UsagePointList))
                if listed is not None and "poll_rate" in listed.model_fields_set:
                    rate = timedelta(seconds=listed.poll_rate)
            info = await self._connection.probe()
            clock = await _optional(self._clock_offset(session, capability))
        return GatewayConfiguration(
            poll_interval=rate,
            function_sets=tuple(sorted(sets)),
            programs=tuple(dict.fromkeys(programs)),
            notices=tuple(dict.fromkeys(notices)),
            clock_offset=clock,
            info=GatewayInfo(
                manufacturer=manufacturer_name(info.manufacturer_id),
                model=info.model,
                serial_number=info.serial_number,
                hardware_version=info.hardware_version,
                software_version=info.software_version,
            ),
        )

    async def prices(self) -> PriceSchedule | None:
        """Read the tariff in force, None where the gateway has none that can be used."""
        async with self._talk() as session:
            link = (await self._capability(session)).tariff_profile_list_link
            if link is None:
                return None
            return await _optional(read_prices(Reader(session), link.href))

    async def messages(self) -> list[Message]:
        """Read the text messages in force, oldest first; none where the gateway has none that can be read."""
        async with self._talk() as session:
            link = (await self._capability(session)).messaging_program_list_link
            if link is None:
                return []
            return await _optional(read_messages(Reader(session), link.href)) or []

    async def listed_devices(self) -> list[ListedDevice] | None:
        """Read the EndDeviceList; meters that know clients by certificate alone have none."""
        async with self._talk() as session:
            link = (await self._capability(session)).end_device_list_link
            if link is None:
                return None
            return [
                ListedDevice(
                    lfdi=entry.l_fdi.hex().upper() if entry.l_fdi else None,
                    sfdi=str(entry.s_fdi.value),
                    href=entry.href or link.href,
                )
                for entry in await self._end_devices(session, link.href)
            ]

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Read PowerStatus and LogEvents of the EndDevice at ``href``, or of the gateway's SelfDevice."""
        async with self._talk() as session:
            reader = Reader(session)
            if href is not None:
                return await read_self_report(reader, await reader.get(href, sep.EndDevice))
            link = (await self._capability(session)).self_device_link
            if link is None:
                return SelfReport(None, ())
            return await read_self_report(reader, await reader.get(link.href, sep.SelfDevice))

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Read the programs that the gateway assigns to the device at ``href``, each once."""
        async with self._talk() as session:
            return await read_programs(Reader(session), href)

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Read the controls of ``programs``; one that cannot be read does not lose those of the others."""
        found: list[LoadControl] = []
        failed: list[GatewayError] = []
        async with self._talk() as session:
            for program in programs:
                try:
                    with gateway_errors(accepted_before=self._accepted):
                        found += await read_controls(Reader(session), program)
                except GatewayError as err:
                    if err.reason not in ABOUT_RESOURCE:
                        raise
                    failed.append(err)
        if failed and len(failed) == len(programs):
            raise failed[0]
        return found

    async def respond(self, response: ControlResponse) -> None:
        """POST what became of a control to where it wants its answers."""
        async with self._talk() as session:
            await post_response(session, response)

    async def subscribe(self, programs: Collection[DemandResponseProgram], uri: str) -> bool:
        """Subscribe to the controls of ``programs`` that can be subscribed to; False where there are none."""
        resources = [each.controls_href for each in programs if each.subscribable and each.controls_href]
        if not resources:
            return False
        async with self._talk() as session:
            link = (await self._capability(session)).end_device_list_link
            if link is None or (own := await self._own_entry(session, link.href)) is None:
                return False
            subscriptions = (await Reader(session).get(own, sep.EndDevice)).subscription_list_link
            if subscriptions is None:
                return False
            await subscribe(session, subscriptions.href, resources, uri)
        return True

    async def publish_vehicle(self, device_href: str, status: VehiclePowerStatus) -> bool:
        """PUT PEVInfo in the PowerStatus of a device; False where the gateway keeps none for it."""
        async with self._talk() as session:
            return await publish_vehicle(session, device_href, status)

    async def request_reservation(self, device_href: str, request: ReservationRequest) -> str | None:
        """POST a FlowReservationRequest, once for each mRID; None where the gateway takes none."""
        async with self._talk() as session:
            return await request_reservation(session, device_href, request)

    async def cancel_reservation(self, href: str) -> None:
        """PUT a FlowReservationRequest as cancelled."""
        async with self._talk() as session:
            await cancel_reservation(session, href, datetime.now(UTC))

    async def reservations(self, device_href: str) -> list[Reservation]:
        """Read the FlowReservationResponses for a device."""
        async with self._talk() as session:
            return await read_reservations(session, device_href)

    async def discover_registers(self) -> Sequence[Register]:
        """Walk the metering resources once (about 30 requests) and keep what was found for reading."""
        self._profile = None
        return channel_registers(await self._known_profile())

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; implausible, questionable and missing values are left out."""
        profile = await self._known_profile()
        registers = {register.key: register for register in channel_registers(profile)}
        channels = [c for c in profile.channels if _wanted(c, keys)]
        async with self._talk():
            snapshot = await self._connection.read(profile, channels, include_time=include_clock, partial=True)
        self._accepted = True
        if any(isinstance(err, MeterNotFound) for err in snapshot.errors.values()):
            self._profile = None  # paths have changed: walk again next time
        accepted = self._guard.accept(snapshot, profile)
        flat = dict(accepted.values)
        for key, tiers in accepted.tou.items():
            flat |= {f"{key}_tier_{tier}" if tier else key: value for tier, value in tiers.items()}
        failed = frozenset(key for key in snapshot.errors if key != TIME_ERROR_KEY)
        if channels and len(failed) == len(channels):
            err = next(iter(snapshot.errors.values()))
            with gateway_errors(accepted_before=self._accepted):
                raise err
        return Readings(
            at=snapshot.fetched_at,
            values={k: v for k, v in flat.items() if v is not None and k in registers},
            clock_offset=snapshot.clock_skew,
            rebased=frozenset(key.removesuffix("_tier_0") for key in accepted.rebased),
            failed=failed,
        )

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Return completed 15-minute energies ending after ``since``, oldest first."""
        profile = await self._known_profile()
        channel = profile.find(Quantity.ENERGY, Statistic.INTERVAL, Direction(direction))
        if not channel or not channel.reading_set_list_href:
            return []
        async with self._talk():
            values = await self._connection.read_intervals_since(channel, since)
        return [Interval(v.start, v.end, v.value) for v in values if v.value is not None]

    def snapshot(self) -> dict[str, Any]:
        """Return the discovered profile and the state of the plausibility guard."""
        return {
            "profile": self._profile.to_dict() if self._profile else None,
            "guard": self._guard.to_dict(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take up profile and guard again; a profile of another library version is discovered anew."""
        self._guard = ReadingGuard.from_dict(data.get("guard"))
        try:
            profile = MeterProfile.from_dict(data["profile"])
            self._connection.adopt(profile)
        except ProfileError, KeyError:
            return
        self._profile = profile

    def known_registers(self) -> Sequence[Register]:
        """Return what was discovered or restored, without asking the gateway."""
        return channel_registers(self._profile) if self._profile else ()

    def statistics(self) -> dict[str, Any]:
        """Return the transport's counters."""
        return dict(self._connection.stats.to_dict())

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[ConnectionSession]:
        with gateway_errors(accepted_before=self._accepted):
            async with self._connection.session() as session:
                yield session

    async def _known_profile(self) -> MeterProfile:
        if self._profile is None:
            async with self._talk() as session:
                if (await self._capability(session)).usage_point_list_link is None:
                    raise GatewayError(Reason.NO_READINGS, "the gateway names no UsagePointList")
                self._profile = await self._connection.discover()
            self._accepted = True
        return self._profile

    async def _capability(self, session: ConnectionSession) -> sep.DeviceCapability:
        href = self._connection.dcap_path
        try:
            body = await session.get(href)
        except NotXmlError as err:
            raise GatewayError(Reason.NOT_2030_5 if "no XML" in str(err) else Reason.MALFORMED, str(err)) from err
        except MeterNotFound as err:
            raise GatewayError(Reason.NOT_2030_5, str(err)) from err
        if b"DeviceCapability" not in body:
            raise GatewayError(Reason.NOT_2030_5, f"GET {href}: no DeviceCapability")
        return parse(body, sep.DeviceCapability, href)

    async def _end_devices(self, session: ConnectionSession, href: str) -> list[sep.EndDevice]:
        return await Reader(session).pages(href, sep.EndDeviceList, lambda page: page.end_device)

    async def _entry(self, session: ConnectionSession, href: str, lfdi: str) -> str | None:
        wanted = bytes.fromhex(lfdi)
        return next((e.href for e in await self._end_devices(session, href) if e.l_fdi == wanted), None)

    async def _own_entry(self, session: ConnectionSession, href: str) -> str | None:
        return await self._entry(session, href, self._identity.lfdi)

    async def _assignments(
        self, session: ConnectionSession, capability: sep.DeviceCapability
    ) -> list[sep.FunctionSetAssignments]:
        async def read() -> list[sep.FunctionSetAssignments]:
            link = capability.end_device_list_link
            if link is None or (own := await self._own_entry(session, link.href)) is None:
                return []
            entry = await Reader(session).get(own, sep.EndDevice)
            if (assigned := entry.function_set_assignments_list_link) is None:
                return []
            return await Reader(session).pages(
                assigned.href,
                sep.FunctionSetAssignmentsList,
                lambda page: page.function_set_assignments,
            )

        return await _optional(read()) or []

    async def _clock_offset(self, session: ConnectionSession, capability: sep.DeviceCapability) -> timedelta | None:
        if capability.time_link is None:
            return None
        clock = await Reader(session).get(capability.time_link.href, sep.Time)
        return datetime.fromtimestamp(clock.current_time.value, UTC) - datetime.now(UTC)


def _wanted(channel: Channel, keys: Collection[str]) -> bool:
    return channel.key in keys or any(f"{channel.key}_tier_{tier}" in keys for tier in channel.tou_tiers)


async def _optional[T](reading: Awaitable[T]) -> T | None:
    """Return what an optional resource holds, None where the gateway answers nothing usable for it."""
    try:
        return await reading
    except MeterProtocolError:
        return None
    except GatewayError as err:
        if err.reason is not Reason.MALFORMED:
            raise
        return None
