"""A meter reached by an EZSP radio of our own, behind the protocol of :mod:`..protocol`."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, override

from aio2030dot5.identity import sfdi_from_lfdi
from zigpy.util import convert_install_code
from zigpy.zdo.types import ZDOCmd

from ...esi import ControlResponse, DemandResponseProgram, LoadControl, Message, PriceSchedule
from ..errors import GatewayError, Reason
from ..identifiers import DEVICE_ENDPOINTS, OWN_ENDPOINT, lfdi_of, peer_of
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
from .load_control import MeterControls
from .messenger import Messenger
from .network_table import read_neighbours
from .plausibility import Plausibility
from .radio import Heard, Radio
from .reports import Reports
from .smart_energy import SmartEnergyGateway
from .tariff import Messages, read_prices
from .times import moment

_FUNCTION_SETS = {
    Time.cluster_id: "time",
    Metering.cluster_id: "metering",
    PriceCluster.cluster_id: "pricing",
    Drlc.cluster_id: "demand_response",
    Messaging.cluster_id: "messaging",
    KeyEstablishment.cluster_id: "key_establishment",
}
_BASIC = Basic.AttributeDefs
_OWN = "endpoint/"
_FIND_AGAIN = frozenset({Reason.GATEWAY_SILENT, Reason.RADIO_GONE})


class EzspGateway(SmartEnergyGateway):
    """The meter whose network an EZSP radio joined, or is to join."""

    def __init__(self, radio: Radio, install_code: bytes | None, network: str | None) -> None:
        """``network`` is the extended PAN id (16 hexadecimal digits) of the network meant, None for any."""
        self._radio = radio
        self._messenger = Messenger(radio)
        self._install_code = install_code
        self._network = network
        self._up = self._closed = False
        self._parent: int | None = None
        """The network address of our parent, as of when the network was taken up: 0 is the meter."""
        self._connecting = asyncio.Lock()
        self._authorized = False
        self._clusters: frozenset[int] = frozenset()
        self._sources: tuple[metering.Source, ...] = ()
        self._scale = metering.Scale(1, 1)
        self._plausibility = Plausibility()
        self._periods = metering.UpdatePeriods()
        self._reports = Reports(self._messenger)
        self._last_read: float | None = None
        self._announced: set[int] = set()
        self._messages = Messages(self._messenger)
        self._load_controls = MeterControls(self._messenger)

    @property
    def client_lfdi(self) -> str:
        """What utilities know our radio by."""
        return lfdi_of(self._radio.eui64) if self._radio.eui64 else ""

    @property
    def expected_lfdi(self) -> str | None:
        """What utilities know the meter by whose network is meant."""
        return lfdi_of(self._network) if self._network is not None else None

    @property
    def link_security(self) -> LinkSecurity:
        """A link key by certificate where both sides hold one, else that of the install code."""
        return LinkSecurity.CERTIFICATE if self._authorized else LinkSecurity.INSTALL_CODE

    def watch(self, changed: Callable[[], None]) -> None:
        """Have ``changed`` called when the meter tells of events."""
        self._load_controls.changed = changed

    async def close(self) -> None:
        """Let go of the radio for good; it stays on the network."""
        self._up, self._closed = False, True
        self._messenger.close()
        # Whoever is being cancelled lets go of these when the command half said is through.
        async with self._connecting, self._messenger.lock:
            await self._radio.close()

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """Return the identifier of the next free endpoint; ``REGISTRATION_REFUSED`` where all are taken."""
        for endpoint in DEVICE_ENDPOINTS:
            if (lfdi := lfdi_of(self._radio.eui64, endpoint)) not in taken:
                return lfdi
        raise GatewayError(
            Reason.REGISTRATION_REFUSED, f"the radio has room for {len(DEVICE_ENDPOINTS)} devices, and they are taken"
        )

    # The network

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """Have the radio on the network for all calls made inside."""
        await self._ensure_up()
        yield

    async def _open(self) -> None:
        if self._closed:
            raise GatewayError(Reason.RADIO_GONE, "the radio was let go of")
        if not self._radio.is_open:
            self._up = False
            await self._radio.open()

    async def _ensure_up(self) -> None:
        """Be on the network that was joined; nothing is joined here, and what the meter took from us stays so."""
        async with self._connecting:
            if self._up and self._radio.is_open:
                return
            await self._open()
            joined = await self._radio.resume()
            if joined is None:
                raise GatewayError(Reason.LEFT_NETWORK, "the radio is on no meter's network")
            await self._be_up(joined)

    async def _be_up(self, joined: str) -> None:
        if self._network is not None and joined != self._network:
            raise GatewayError(Reason.WRONG_GATEWAY, "the radio is on another network than the meter's")
        self._network = joined
        self._parent = await self._radio.parent()
        self._up = True

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[Messenger]:
        await self._ensure_up()
        try:
            yield self._messenger
        except GatewayError as err:
            if err.reason in _FIND_AGAIN:
                await self._doubt()
            raise

    async def _doubt(self) -> None:
        """After silence, look whether we are still on the network before the next call."""
        self._up = False
        if self._radio.is_open and await self._radio.has_left():
            raise GatewayError(Reason.LEFT_NETWORK, "the meter told the radio to leave its network")

    async def scan(self) -> list[Heard]:
        """Return the networks heard, best first."""
        async with self._connecting:
            await self._open()
            return await self._radio.scan()

    async def identify(self) -> Peer:
        """Join the meter's network unless we are on it; whether it lets us in is said, not raised."""
        async with self._connecting:
            await self._open()
            joined = await self._radio.resume() or await self._join_any()
            if joined is None:
                return peer_of((await self._meant())[0].extended_pan_id, accepts_us=False)
            await self._be_up(joined)
            return peer_of(joined, accepts_us=True)

    async def leave(self) -> None:
        """Leave the network for good, so that another, or the same anew, can be joined."""
        async with self._connecting:
            await self._open()
            self._up = False
            with contextlib.suppress(GatewayError):  # a meter that is gone has to be left as well
                await self._radio.resume()
            await self._radio.leave()

    async def _join_any(self) -> str | None:
        """Join the network that is meant, or the first that lets us in where none is; None where none does."""
        for network in await self._meant():
            if await self._join(network):
                return network.extended_pan_id
        return None

    async def _meant(self) -> list[Heard]:
        heard = await self._radio.scan()
        meant = [network for network in heard if self._network in (None, network.extended_pan_id)]
        if not meant:
            raise GatewayError(Reason.NO_NETWORK, f"{len(heard)} networks are heard, the meter's is not among them")
        return meant

    async def _join(self, network: Heard) -> bool:
        if self._install_code is None:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "no install code is known for this radio")
        key = convert_install_code(self._install_code)
        if key is None:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "the checksum of the install code does not fit")
        self._authorized = False
        return await self._radio.join(network, bytes(key.serialize()))

    async def measure_signal(self) -> Signal:
        """Ask the meter for its time a few times; before we are on its network, hear how strong that is."""
        async with self._connecting:
            await self._open()
            joined = await self._radio.resume()
            if joined is None:
                network = (await self._meant())[0]
                return Signal(signal.rate(network.lqi, 0.0), None, 0.0, 1, network.lqi, network.rssi)
        times: list[float] = []
        failure: GatewayError | None = None
        async with self._talk() as messenger:
            for _ in range(signal.ATTEMPTS):
                start = time.perf_counter()
                try:
                    await messenger.read(Time, [Time.AttributeDefs.time.id])
                except GatewayError as err:
                    if err.reason is not Reason.GATEWAY_SILENT:
                        raise
                    failure = err
                else:
                    times.append((time.perf_counter() - start) * 1000)
            if not times and failure is not None:
                raise failure
        return signal.of_answers(times, self._messenger.heard.lqi, self._messenger.heard.rssi)

    # The meter

    async def _discover_services(self, messenger: Messenger) -> None:
        """Find the meter's endpoint and its clusters (Active_EP_req, Simple_Desc_req), then secure the link."""
        _, _, endpoints = await messenger.zdo(ZDOCmd.Active_EP_req, 0)
        for endpoint in endpoints:
            _, _, descriptor = await messenger.zdo(ZDOCmd.Simple_Desc_req, 0, endpoint)
            if descriptor is not None and Metering.cluster_id in descriptor.input_clusters:
                messenger.meter_endpoint = int(endpoint)
                self._clusters = frozenset(int(cluster) for cluster in descriptor.input_clusters)
                break
        else:
            raise GatewayError(Reason.NO_READINGS, "no endpoint of the meter has the Metering cluster")
        if KeyEstablishment.cluster_id in self._clusters and not self._authorized:
            self._authorized = await cbke.establish(self._radio, messenger)

    async def discover_registers(self) -> Sequence[Register]:
        """Find the meter's clusters, agree on a link key of our own, and find the registers."""
        async with self._talk() as messenger:
            await self._discover_services(messenger)
            self._sources, self._scale = await metering.discover(messenger)
        return self.known_registers()

    def known_registers(self) -> Sequence[Register]:
        """Return what was discovered or restored."""
        return tuple(source.register for source in self._sources)

    async def configuration(self) -> GatewayConfiguration:
        """Read the update period, clusters, message in force, clock and firmware."""
        async with self._talk() as messenger:
            await self._discover_services(messenger)
            basic = await messenger.read(
                Basic,
                [_BASIC.manufacturer.id, _BASIC.model.id, _BASIC.hw_version.id, _BASIC.sw_build_id.id],
            )
            await self._periods.read(messenger)
            registers = [source.attribute for source in self._sources]
            await self._reports.request(messenger, registers, self._periods.default)
            notices = [message.text for message in await self.messages()]
            offset = await self._clock_offset(messenger)

            def text(number: int) -> str | None:
                return str(basic[number]) if number in basic else None

            return GatewayConfiguration(
                poll_interval=timedelta(seconds=self._periods.default) if self._periods.default else None,
                function_sets=tuple(
                    sorted(name for number, name in _FUNCTION_SETS.items() if number in self._clusters)
                ),
                programs=(),
                notices=tuple(dict.fromkeys(notices)),
                clock_offset=offset,
                info=GatewayInfo(
                    manufacturer=text(_BASIC.manufacturer.id),
                    model=text(_BASIC.model.id),
                    serial_number=self._network,
                    hardware_version=text(_BASIC.hw_version.id),
                    software_version=text(_BASIC.sw_build_id.id),
                ),
            )

    async def _clock_offset(self, messenger: Messenger) -> timedelta | None:
        found = (await messenger.read(Time, [Time.AttributeDefs.time.id])).get(Time.AttributeDefs.time.id)
        if found is None:
            return None
        offset = self._load_controls.clock_offset = moment(found) - datetime.now(UTC)
        return offset

    async def prices(self) -> PriceSchedule | None:
        """Read the prices, None where the meter has no Price cluster."""
        if PriceCluster.cluster_id not in self._clusters:
            return None
        async with self._talk() as messenger:
            return await read_prices(messenger)

    async def messages(self) -> list[Message]:
        """Read the message in force, besides those that came before."""
        if Messaging.cluster_id not in self._clusters:
            return []
        async with self._talk():
            return await self._messages.read()

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; what is missing, marked invalid or cannot be is left out.

        What the meter told by itself since the last reading is not asked for again.
        """
        if not self._sources:
            await self.discover_registers()
        wanted = [source for source in self._sources if source.register.key in keys]
        at = datetime.now(UTC)
        async with self._talk() as messenger:
            raw = await self._raw(messenger, [source.attribute for source in wanted]) if wanted else {}
            offset = await self._clock_offset(messenger) if include_clock else None
        read = metering.values(wanted, self._scale, raw)
        believed, rebased = self._plausibility.accept(at, read)
        failed = frozenset(source.register.key for source in wanted if source.attribute not in raw)
        return Readings(at, believed, offset, rebased, failed)

    async def _raw(self, messenger: Messenger, attributes: list[int]) -> dict[int, Any]:
        since, self._last_read = self._last_read, time.monotonic()
        if (told := self._reports.take(attributes)) is not None:
            return told
        if since is not None:
            await self._periods.keep_up(messenger, self._last_read - since)
        return await messenger.read(Metering, attributes)

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Read completed intervals from the meter's profile."""
        async with self._talk() as messenger:
            return await metering.intervals(messenger, self._scale, direction, since)

    # Devices

    async def listed_devices(self) -> list[ListedDevice] | None:
        """Read the meter's neighbours; the endpoints that we speak for are as much on the network as we are."""
        async with self._talk() as messenger:
            neighbours = await read_neighbours(messenger)
        if neighbours is None:
            return None
        found: list[ListedDevice] = []
        for neighbour in neighbours:
            own = neighbour.eui64 == self._radio.eui64
            for endpoint in (OWN_ENDPOINT, *sorted(self._announced)) if own else (OWN_ENDPOINT,):
                lfdi = lfdi_of(neighbour.eui64, endpoint)
                href = f"{_OWN}{endpoint}" if own else f"neighbour/{neighbour.nwk:04X}"
                found.append(ListedDevice(lfdi, sfdi_from_lfdi(lfdi), href))
        return found

    @override
    async def withdraw(self, href: str) -> None:
        """Have an endpoint of ours ask for events no more: the meter keeps no list that it could be taken off."""
        if (endpoint := _own_endpoint(href)) is not None:
            self._announced.discard(endpoint)
            self._load_controls.forget(endpoint)

    @override
    async def announce(self, device_category: int, lfdi: str | None = None) -> str:
        """Have an endpoint of ours ask for events, by which the meter learns of it; return its address."""
        endpoint = self._endpoint_of(lfdi or self.client_lfdi)
        if endpoint is None:
            return await super().announce(device_category, lfdi)
        self._load_controls.describe(endpoint, device_category)
        if Drlc.cluster_id in self._clusters:
            async with self._talk():
                await self._load_controls.announce(endpoint)
        if endpoint != OWN_ENDPOINT:
            self._announced.add(endpoint)
        return f"{_OWN}{endpoint}"

    def _endpoint_of(self, lfdi: str) -> int | None:
        endpoints = (OWN_ENDPOINT, *DEVICE_ENDPOINTS)
        return next((endpoint for endpoint in endpoints if lfdi_of(self._radio.eui64, endpoint) == lfdi), None)

    async def self_report(self, href: str | None = None) -> SelfReport:
        """Return the meter's status flags, its battery among them; devices tell us nothing."""
        if href is not None:
            return SelfReport(None, ())
        async with self._talk() as messenger:
            return await metering.self_report(messenger)

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """Return the utility enrollment group of an endpoint of ours; nothing is known of others."""
        endpoint = _own_endpoint(href)
        if endpoint is None or Drlc.cluster_id not in self._clusters:
            return []
        async with self._talk():
            program = await self._load_controls.program(endpoint)
        return [program] if program is not None else []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """Return the events for the endpoints that we speak for."""
        async with self._talk():
            return await self._load_controls.controls(programs, sorted(self._announced))

    async def respond(self, response: ControlResponse) -> None:
        """Report what became of an event from the endpoint of the device."""
        if (endpoint := self._endpoint_of(response.lfdi)) is None:
            raise GatewayError(Reason.REGISTRATION_REFUSED, "the device is no endpoint of this radio")
        async with self._talk():
            await self._load_controls.respond(response, endpoint)

    # Restarts

    def snapshot(self) -> dict[str, Any]:
        """Return registers, groups, messages and what values have to follow on."""
        return {
            "eui64": self._radio.eui64,
            "network": self._network,
            "authorized": self._authorized,
            "clusters": sorted(self._clusters),
            "meter_endpoint": self._messenger.meter_endpoint,
            "attributes": [source.attribute for source in self._sources],
            "scale": self._scale.to_dict(),
            "announced": sorted(self._announced),
            "clients": self._load_controls.to_dict(),
            "messages": self._messages.to_list(),
            "plausibility": self._plausibility.to_dict(),
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`snapshot` gave, where it is of the same network."""
        if not data or (self._network is not None and data.get("network") != self._network):
            return
        try:
            scale = metering.Scale(data["scale"]["multiplier"], data["scale"]["divisor"])
            clusters, announced = frozenset(data["clusters"]), set(data["announced"])
            sources = metering.sources(data["attributes"])
            eui64, network, authorized = str(data["eui64"]), data["network"], bool(data["authorized"])
            endpoint = data["meter_endpoint"]
            self._load_controls.load(data["clients"])
            self._messages.load(data["messages"])
            self._plausibility.load(data["plausibility"])
        except KeyError, TypeError, ValueError, AttributeError:
            return  # the meter is asked anew
        self._radio.eui64, self._network, self._authorized = eui64, network, authorized
        self._clusters, self._announced = clusters, announced
        self._messenger.meter_endpoint = endpoint
        self._sources, self._scale = sources, scale

    def statistics(self) -> dict[str, Any]:
        """Return counters of the link, how the meter was heard last, our parent, and how the link is secured."""
        return {
            **asdict(self._radio.counts),
            **asdict(self._messenger.heard),
            "parent": self._parent,
            "firmware": self._radio.firmware,
            "update_seconds": self._periods.current,
            "reports": self._reports.granted,
            "security": self.link_security.value,
        }


def _own_endpoint(href: str) -> int | None:
    """Return the endpoint of ours at an address that we gave out, None where it is another device's."""
    return int(href.removeprefix(_OWN)) if href.startswith(_OWN) else None
