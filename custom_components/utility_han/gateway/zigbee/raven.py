"""A meter reached by a certified Smart Energy stick (Rainforest RAVEn, EMU-2), behind :mod:`..protocol`.

The stick joins and secures its link by itself. It reads the meter, and can do no load control.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aioraven.data import ConnectionState, DeviceInfo, NetworkInfo
from aioraven.device import RAVEnConnectionError, RAVEnNotOpenError
from aioraven.serial import RAVEnSerialDevice

from ...esi import (
    ControlResponse,
    DemandResponseProgram,
    EventResponse,
    LoadControl,
    Message,
    Price,
    PriceSchedule,
    Priority,
)
from ..errors import GatewayError, Reason
from ..identifiers import lfdi_of, peer_of
from ..model import (
    GatewayConfiguration,
    GatewayInfo,
    Interval,
    LinkSecurity,
    ListedDevice,
    Peer,
    Readings,
    Register,
    RegisterKind,
    SelfReport,
    Signal,
)
from . import signal
from .smart_energy import SmartEnergyGateway, confirmable

_ANSWER_SECONDS = 5.0
_ATTEMPTS = 2
_WATTS_PER_KILOWATT = 1000
_FULL_LQI, _PERCENT = 255, 100
_PRICE_HOLDS = timedelta(hours=2)
"""A stick tells the price in force and nothing of the next; it is asked again every hour."""
_MESSAGE_HOLDS = timedelta(days=1)
_ENERGY = {"energy_summation_delivered": "summation_delivered", "energy_summation_received": "summation_received"}
_REGISTERS = (
    Register("power", "power", RegisterKind.INSTANTANEOUS, "net", "W"),
    Register("energy_summation_delivered", "energy", RegisterKind.SUMMATION, "delivered", "Wh"),
    Register("energy_summation_received", "energy", RegisterKind.SUMMATION, "received", "Wh"),
)
_FUNCTION_SETS = ("messaging", "metering", "pricing", "time")
_ERRORS = (RAVEnConnectionError, RAVEnNotOpenError, OSError, ValueError)


class RavenGateway(SmartEnergyGateway):
    """The meter that a certified stick at ``path`` (a serial port or ``socket://``) is joined to."""

    def __init__(self, path: str, meter: str | None) -> None:
        """``meter`` is the EUI64 of the meter known from before, None for any."""
        self.path = path
        self._meter = meter
        self._device: RAVEnSerialDevice | None = None
        self._info: DeviceInfo | None = None
        self._asking, self._opening = asyncio.Lock(), asyncio.Lock()
        self._known = self._closed = False
        self._eui64 = ""
        self._lqi: int | None = None
        self._opened = self._asked = self._unanswered = 0

    @property
    def client_lfdi(self) -> str:
        """What utilities know the stick by."""
        return lfdi_of(self._eui64) if self._eui64 else ""

    @property
    def expected_lfdi(self) -> str | None:
        """What utilities know the meter by that the stick was joined to first."""
        return lfdi_of(self._meter) if self._meter is not None else None

    @property
    def link_security(self) -> LinkSecurity:
        """Such a stick is certified, and establishes its key by its certificate."""
        return LinkSecurity.CERTIFICATE

    def watch(self, changed: Callable[[], None]) -> None:
        """A stick tells nothing of events."""

    async def close(self) -> None:
        """Let go of the stick for good; it stays on the network."""
        self._closed = True
        async with self._opening:  # whoever opens it now has it to let go of
            await self._drop()

    async def _drop(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            with contextlib.suppress(*_ERRORS):
                await device.abort()

    def unused_lfdi(self, taken: Collection[str]) -> str | None:
        """A stick speaks for nobody but itself."""
        raise GatewayError(Reason.REGISTRATION_REFUSED, "a stick of this kind can do no load control")

    @asynccontextmanager
    async def session(self) -> AsyncIterator[None]:
        """Have the stick open for all calls made inside."""
        await self._open()
        yield

    async def _open(self) -> RAVEnSerialDevice:
        async with self._opening:
            if self._closed:
                raise GatewayError(Reason.RADIO_GONE, "the stick was let go of")
            if self._device is None:
                device = RAVEnSerialDevice(self.path)
                try:
                    await self._introduce(device)
                except BaseException:
                    with contextlib.suppress(*_ERRORS):
                        await device.abort()
                    raise
                self._device = device
                self._opened += 1
            return self._device

    async def _introduce(self, device: RAVEnSerialDevice) -> None:
        """Open a stick and learn who it is."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await device.open()
                await device.synchronize()
                info = await device.get_device_info()
        except (TimeoutError, *_ERRORS) as err:
            raise GatewayError(Reason.RADIO_GONE, f"the stick at {self.path} does not answer: {err}") from err
        if info is None or info.device_mac_id is None:
            raise GatewayError(Reason.RADIO_GONE, f"what is at {self.path} is no Smart Energy stick")
        self._info, self._eui64 = info, info.device_mac_id.hex().upper()

    async def _ask[T](self, question: Callable[[RAVEnSerialDevice], Awaitable[T | None]]) -> T:
        """Put one question; one that got lost on the way is put again."""
        async with self._asking:
            for attempt in range(1, _ATTEMPTS + 1):
                device = await self._open()
                self._asked += 1
                try:
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        answer = await question(device)
                except TimeoutError:
                    self._unanswered += 1
                    failure = GatewayError(Reason.GATEWAY_SILENT, "the stick has no answer from the meter")
                except ValueError as err:
                    failure = GatewayError(Reason.MALFORMED, f"the stick's answer makes no sense: {err}")
                except _ERRORS as err:
                    await self._drop()
                    failure = GatewayError(Reason.RADIO_GONE, f"the stick at {self.path} is gone: {err}")
                else:
                    if answer is not None:
                        return answer
                    await self._drop()
                    failure = GatewayError(Reason.RADIO_GONE, f"the stick at {self.path} closed the connection")
                if attempt == _ATTEMPTS:
                    raise failure
        raise AssertionError("unreachable")

    async def _network(self) -> NetworkInfo:
        found = await self._ask(lambda device: device.get_network_info())
        strength = found.link_strength
        self._lqi = round(strength * _FULL_LQI / _PERCENT) if strength is not None else None
        return found

    async def own_install_code(self) -> bytes | None:
        """Return the install code that the stick's maker gave it."""
        await self._open()
        return self._info.install_code if self._info is not None else None

    async def identify(self) -> Peer:
        """Return the meter that the stick is joined to; ``PORTAL_PENDING`` while it looks for one."""
        network = await self._network()
        if network.status is not ConnectionState.CONNECTED or network.coord_mac_id is None:
            status = network.status.value if network.status else "–"
            reason = Reason.LEFT_NETWORK if self._known else Reason.PORTAL_PENDING
            raise GatewayError(reason, f"the stick is not on a meter's network: {status}")
        meter = network.coord_mac_id.hex().upper()
        if self._meter is not None and meter != self._meter:
            raise GatewayError(Reason.WRONG_GATEWAY, "the stick is joined to another meter")
        self._meter = meter
        return peer_of(meter, accepts_us=True)

    async def measure_signal(self) -> Signal:
        """Read the link strength and time a few questions to the meter."""
        network = await self._network()
        if network.status is not ConnectionState.CONNECTED:
            raise GatewayError(Reason.NO_NETWORK, "the stick is not on a meter's network")
        times = await signal.time_answers(
            lambda: self._ask(lambda device: device.get_time(refresh=True)), patient=False
        )
        return signal.of_answers(times, self._lqi, None)

    async def discover_registers(self) -> Sequence[Register]:
        """Check that the stick has a meter to read."""
        listed = await self._ask(lambda device: device.get_meter_list())
        if not listed.meter_mac_ids:
            raise GatewayError(Reason.NO_READINGS, "the stick lists no meter")
        self._known = True
        return _REGISTERS

    def known_registers(self) -> Sequence[Register]:
        """Return what every stick offers, once there is a meter."""
        return _REGISTERS if self._known else ()

    async def configuration(self) -> GatewayConfiguration:
        """Read the clock; the manufacturer is the stick's, for it tells nothing of the meter's."""
        await self._open()
        info = self._info
        return GatewayConfiguration(
            poll_interval=None,
            function_sets=_FUNCTION_SETS,
            programs=(),
            instructions=(),  # a message has no mark by which one would be told from others
            clock_offset=await self._clock_offset(),
            info=GatewayInfo(
                manufacturer=info.manufacturer if info else None,
                model=info.model_id if info else None,
                serial_number=self._meter,
                hardware_version=info.hw_version if info else None,
                software_version=info.fw_version if info else None,
            ),
        )

    async def _clock_offset(self) -> timedelta | None:
        told = await self._ask(lambda device: device.get_time(refresh=True))
        return told.utc_time - datetime.now(UTC) if told.utc_time is not None else None

    async def prices(self) -> PriceSchedule | None:
        """Read the price in force, None where there is none."""
        told = await self._ask(lambda device: device.get_current_price(refresh=True))
        if told.price is None:
            return None
        now = datetime.now(UTC)
        price = Price(now, now + _PRICE_HOLDS, float(told.price), told.tier or 0)
        return PriceSchedule(told.currency.code if told.currency else None, (price,))

    async def messages(self) -> list[Message]:
        """Read the message in force; one that was confirmed already wants no answer."""
        told = await self._ask(lambda device: device.get_message(refresh=True))
        if told.message_id is None or not told.text:
            return []
        number = int.from_bytes(told.message_id)
        answer = confirmable(number) if told.confirmation_required and not told.confirmed else None
        start = told.time_stamp or datetime.now(UTC)
        return [Message(f"{number:08X}", told.text, Priority.NORMAL, None, start, start + _MESSAGE_HOLDS, answer)]

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; a value that the stick has not is left out."""
        at = datetime.now(UTC)
        read: dict[str, float] = {}
        if "power" in keys:
            demand = await self._ask(lambda device: device.get_instantaneous_demand(refresh=True))
            if demand.demand is not None:
                read["power"] = float(demand.demand) * _WATTS_PER_KILOWATT
        if wanted := _ENERGY.keys() & set(keys):
            summation = await self._ask(lambda device: device.get_current_summation_delivered(refresh=True))
            for key in wanted:
                if (value := getattr(summation, _ENERGY[key])) is not None:
                    read[key] = float(value) * _WATTS_PER_KILOWATT
        offset = None
        if include_clock:
            offset = await self._clock_offset()
            await self._network()  # how it is heard, as seldom
        return Readings(at, read, offset, frozenset(set(keys) - read.keys()))

    async def intervals(self, direction: str, since: datetime) -> list[Interval]:
        """Sticks tell profiles in many ways; none is relied on."""
        return []

    async def listed_devices(self) -> list[ListedDevice] | None:
        """A stick tells nothing of other devices."""
        return None

    async def self_report(self, href: str | None = None) -> SelfReport:
        """A stick tells nothing of the meter's battery."""
        return SelfReport(None, ())

    async def device_programs(self, href: str) -> list[DemandResponseProgram]:
        """A stick does no load control."""
        return []

    async def controls(self, programs: Collection[DemandResponseProgram]) -> list[LoadControl]:
        """A stick does no load control."""
        return []

    def controls_left(self, program: str) -> int:
        """A stick does no load control."""
        return 0

    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """Confirm a message; a stick does no load control."""
        if isinstance(response, EventResponse):
            number = int(response.subject, 16)
            await self._ask(lambda device: _confirmed(device, number))
            return
        raise GatewayError(Reason.REGISTRATION_REFUSED, "a stick of this kind can do no load control")

    def snapshot(self) -> dict[str, Any]:
        """Return what is known of stick and meter."""
        return {
            "eui64": self._eui64,
            "meter": self._meter,
            "known": self._known,
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`snapshot` gave, where it is of the same meter."""
        if not data or (self._meter is not None and data.get("meter") != self._meter):
            return
        try:
            eui64, meter, known = str(data["eui64"]), data["meter"], data["known"]
        except KeyError, TypeError, ValueError, AttributeError:
            return  # the stick is asked anew
        self._eui64, self._meter, self._known = eui64, meter, known

    def statistics(self) -> dict[str, Any]:
        """Return counters of the stick's link."""
        return {
            "opened": self._opened,
            "asked": self._asked,
            "unanswered": self._unanswered,
            "lqi": self._lqi,
            "firmware": self._info.fw_version if self._info else None,
            "security": self.link_security.value,
        }


async def _confirmed(device: RAVEnSerialDevice, number: int) -> bool:
    await device.confirm_message(number)
    return True
