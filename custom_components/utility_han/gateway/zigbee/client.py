"""A meter reached by an EZSP radio of our own, behind the protocol of :mod:`..protocol`: its parts, put together."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, override

from ...esi import ControlResponse, DemandResponseProgram, EventResponse, LoadControl, Message, PriceSchedule
from ..clock import GatewayClock
from ..errors import GatewayError, Reason
from ..identifiers import lfdi_of
from ..model import (
    GatewayConfiguration,
    GatewayInfo,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Register,
    SelfReport,
    Signal,
)
from . import cbke, metering, signal
from .clusters import Basic, Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time
from .endpoints import DeviceEndpoints
from .load_control import MeterControls
from .messaging import Messages
from .messenger import Messenger
from .neighbours import read_neighbours
from .network import MeterNetwork
from .networking import Heard
from .pricing import read_prices, with_tier_names
from .radio import Radio
from .registers import MeterRegisters
from .services import MeterServices
from .smart_energy import SmartEnergyGateway
from .times import LATEST, moment

_BASIC = Basic.AttributeDefs


class EzspGateway(SmartEnergyGateway):
    """The meter whose network an EZSP radio joined, or is to join."""

    def __init__(self, radio: Radio, install_code: bytes | None, network: str | None) -> None:
        """``network`` is the extended PAN id (16 hexadecimal digits) of the network meant, None for any."""
        self._radio = radio
        self._messenger = Messenger(radio)
        self._network = MeterNetwork(radio, self._messenger, install_code, network)
        self._services = MeterServices(self._messenger)
        self._registers = MeterRegisters(self._messenger)
        self._clock = GatewayClock()
        self._messages = Messages(self._messenger, self._clock)
        self._endpoints = DeviceEndpoints(radio)
        self._load_controls = MeterControls(self._messenger, self._clock)
        self._tier_names: dict[int, str | None] = {}

    @property
    def client_lfdi(self) -> str:
        """What utilities know our radio by."""
        return lfdi_of(self._radio.eui64) if self._radio.eui64 else ""

    @property
    def expected_lfdi(self) -> str | None:
        """What utilities know the meter by whose network is meant."""
        return lfdi_of(self._network.meant) if self._network.meant is not None else None

    @property
    def link_security(self) -> LinkSecurity:
        """A link key by certificate where both sides hold one, else that of the install code."""
        return LinkSecurity.CERTIFICATE if self._network.authorized else LinkSecurity.INSTALL_CODE

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called when the meter tells of events."""
        self._load_controls.changed = changed

    def watch_messages(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called when the meter sends a message, or cancels one."""
        self._messages.changed = changed

    async def close(self) -> None:
        """Let go of the radio for good; it stays on the network."""
        await self._network.close()

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Return the identifier of the next free endpoint; ``REGISTRATION_REFUSED`` where all are taken."""
        return self._endpoints.unused_lfdi(taken)

    # The network

    @asynccontextmanager
    async def session(self, *, joined: bool = True) -> AsyncIterator[None]:
        """Have the radio on the network for all calls made inside, unless it is joined by the first of them."""
        if joined:
            await self._network.ensure_up()
        yield

    async def scan(self) -> list[Heard]:
        """Return the networks heard, best first."""
        return await self._network.scan()

    async def identify(self) -> Peer:
        """Join the meter's network unless we are on it; whether it lets us in is said, not raised."""
        return await self._network.join()

    async def leave(self, eui64: str | None = None) -> None:
        """Leave the meter's network for good, so that another, or the same anew, can be joined.

        ``eui64`` is the radio that is to: one that has come in its place since stays where it is.
        """
        await self._network.leave(eui64)

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        """Ask the meter for its time a few times; before we are on its network, hear how strong that is."""
        if (heard := await self._network.to_join()) is not None:
            return Signal(signal.rate(heard.lqi, 0.0), None, 0.0, 1, heard.lqi, heard.rssi)
        async with self._network.talk() as messenger:
            times = await signal.time_answers(lambda: messenger.read(Time, [Time.AttributeDefs.time.id]), patient=True)
        return signal.of_answers(times, self._messenger.last_hop.lqi, self._messenger.last_hop.rssi)

    # The meter

    async def _discover_services(self, messenger: Messenger) -> None:
        """Find the meter's clusters, secure the link by certificate where both sides can, and choose the registers."""
        await self._services.discover()
        if self._services.has(KeyEstablishment) and not self._network.authorized:
            self._network.authorized = await cbke.establish(self._radio, messenger)
        await self._services.choose_meter()

    async def discover_registers(self) -> Sequence[Register]:
        """Find the meter's clusters, agree on a link key of our own, and find the registers."""
        async with self._network.talk() as messenger:
            await self._discover_services(messenger)
            await self._registers.discover(offered=self._services.has(Metering))
        return self.known_registers()

    def known_registers(self) -> Sequence[Register]:
        """Return what was discovered or restored."""
        return self._registers.known()

    async def configuration(self) -> GatewayConfiguration:
        """Read the update period, clusters, clock and firmware."""
        async with self._network.talk() as messenger:
            await self._discover_services(messenger)
            basic = await messenger.read(
                Basic,
                [_BASIC.manufacturer.id, _BASIC.model.id, _BASIC.hw_version.id, _BASIC.sw_build_id.id],
            )
            serial = await metering.serial_number(messenger) if self._services.has(Metering) else None
            period = await self._registers.configure()
            offset = await self._clock_offset(messenger)

        def text(number: int) -> str | None:
            return str(basic[number]) if basic.get(number) is not None else None

        return GatewayConfiguration(
            poll_interval=period,
            function_sets=self._services.function_sets(),
            programs=(),
            instructions=(),  # nothing of Display Message (D.5.2.3.1) tells one from other messages
            clock_offset=offset,
            info=GatewayInfo(
                manufacturer=text(_BASIC.manufacturer.id),
                model=text(_BASIC.model.id),
                serial_number=serial,
                hardware_version=text(_BASIC.hw_version.id),
                software_version=text(_BASIC.sw_build_id.id),
            ),
        )

    async def _clock_offset(self, messenger: Messenger) -> timedelta | None:
        found = (await messenger.read(Time, [Time.AttributeDefs.time.id])).get(Time.AttributeDefs.time.id)
        if found is None or not 0 <= found <= LATEST:
            return None
        offset = moment(found) - datetime.now(UTC)
        self._clock.take(offset)
        return offset

    async def prices(self) -> PriceSchedule | None:
        """Read the prices, None where the meter has no Price cluster."""
        if not self._services.has(PriceCluster):
            return None
        async with self._network.talk() as messenger:
            prices = await read_prices(messenger)
            if prices is None:
                return None
            return self._clock.prices(await with_tier_names(messenger, prices, self._tier_names))

    async def messages(self) -> list[Message]:
        """Read the message in force, besides those that came before."""
        if not self._services.has(Messaging):
            return []
        async with self._network.talk():
            return await self._messages.read()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; what is missing, marked invalid or cannot be is left out.

        What the meter told by itself since the last reading is not asked for again.
        """
        if not self._services.known:
            await self.discover_registers()
        at = datetime.now(UTC)
        async with self._network.talk() as messenger:
            values = await self._registers.read(keys)
            # A meter that has nothing to read is asked for its time, to know that it is there.
            offset = await self._clock_offset(messenger) if include_clock or not self.known_registers() else None
        return Readings(at, values, offset, frozenset(set(keys) - values.keys()))

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Read completed intervals from the meter's profile."""
        async with self._network.talk():
            return await self._registers.intervals(direction, since)

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Return the meter's status flags, its battery among them; devices tell us nothing."""
        if href is not None or not self._services.has(Metering):
            return SelfReport(None, ())
        async with self._network.talk() as messenger:
            return await metering.self_report(messenger)

    # Devices

    async def listed_devices(self) -> list[ListedDevice] | None:
        """Read the meter's neighbours; the endpoints that we speak for are as much on the network as we are."""
        async with self._network.talk() as messenger:
            neighbours = await read_neighbours(messenger)
        return None if neighbours is None else self._endpoints.listed(neighbours)

    @override
    async def withdraw(self, href: str, lfdi: str) -> None:
        """Have an endpoint of ours ask for events no more: the meter keeps no list that it could be taken off."""
        if (endpoint := self._endpoints.at(href)) is not None:
            self._endpoints.announced.discard(endpoint)
            self._load_controls.forget(endpoint)

    @override
    async def announce(
        self, device_category: int, lfdi: str | None = None, *, adding: Callable[[], Awaitable[None]] | None = None
    ) -> str:
        """Have an endpoint of ours ask for events, by which the meter learns of it; return its address."""
        endpoint = self._endpoints.of_device(lfdi or self.client_lfdi)
        if endpoint is None:
            return await super().announce(device_category, lfdi, adding=adding)
        if adding is not None:
            await adding()
        self._load_controls.describe(endpoint, device_category)
        if self._services.has(Drlc):
            async with self._network.talk():
                await self._load_controls.announce(endpoint)
        return self._endpoints.announce(endpoint)

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Return the utility enrollment group of an endpoint of ours; nothing is known of others."""
        endpoint = self._endpoints.at(href)
        if endpoint is None or not self._services.has(Drlc):
            return []
        async with self._network.talk():
            program = await self._load_controls.program(endpoint)
        return [program] if program is not None else []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Return the events for the endpoints that we speak for."""
        async with self._network.talk():
            return await self._load_controls.controls(programs, sorted(self._endpoints.announced))

    def controls_left(self, program: str) -> int:
        """The meter lists what its own memory holds."""
        return 0

    def removal_cancels(self, program: str) -> bool:
        """The meter lists all that is to come or on."""
        return True

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """Report what became of an event from the endpoint of the device; confirm a message."""
        if isinstance(response, EventResponse):
            async with self._network.talk():
                await self._messages.confirm(response)
            return
        if (endpoint := self._endpoints.of_device(response.lfdi)) is None:
            raise GatewayError(Reason.NOT_ALLOWED, "the device is no endpoint of this radio")
        async with self._network.talk():
            await self._load_controls.respond(response, endpoint)

    # Restarts

    def snapshot(self) -> dict[str, Any]:
        """Return registers, groups, messages, what values have to follow on, and by how much the clock is off."""
        return {
            "eui64": self._radio.eui64,
            "network": self._network.meant,
            "authorized": self._network.authorized,
            "endpoints": self._services.to_dict(),
            "announced": sorted(self._endpoints.announced),
            "clients": self._load_controls.to_dict(),
            "begun": self._load_controls.begun(),
            "messages": self._messages.to_list(),
            **self._clock.to_dict(),
            **self._registers.to_dict(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`snapshot` gave, where it is of the same network."""
        meant = self._network.meant
        if not data or (meant is not None and data.get("network") != meant):
            return
        try:
            if "endpoints" not in data and {"clusters", "meter_endpoint"} <= data.keys():
                # Version 0.1.0 knew one for all clusters.
                data = data | {"endpoints": dict.fromkeys(data["clusters"], data["meter_endpoint"])}
            eui64, network, authorized = str(data["eui64"]), data["network"], bool(data["authorized"])
            announced = set(data["announced"])
            self._clock.load(data)
            self._services.load(data["endpoints"])
            self._registers.load(data)
            self._load_controls.load(data["clients"])
            self._load_controls.load_begun(data.get("begun", {}))
            self._messages.load(data["messages"])
        except KeyError, TypeError, ValueError, AttributeError, OverflowError:
            return  # the meter is asked anew
        self._radio.eui64, self._endpoints.announced = eui64, announced
        self._network.meant, self._network.authorized = network, authorized

    def statistics(self) -> dict[str, Any]:
        """Return counters of the link, how the meter was heard last, our parent, and how the link is secured.

        ``dropped`` is how many frames were not believed, by reason and cluster; ``failing`` what of us ends in errors
        that nobody thought of.
        """
        return {
            **asdict(self._radio.counts),
            **asdict(self._messenger.last_hop),
            "dropped": self._messenger.dropped.to_dict(),
            "failing": dict(self._messenger.failing.kinds),
            "parent": self._network.parent,
            "firmware": self._radio.firmware,
            **self._registers.statistics(),
            "security": self.link_security.value,
        }
