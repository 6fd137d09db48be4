"""A meter reached by a certified Smart Energy stick (Rainforest RAVEn, EMU-2), behind :mod:`..protocol`.

The stick joins and secures its link by itself. It reads the meter, and can do no load control.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, override

from aioraven.data import ConnectionState, DeviceInfo, NetworkInfo
from aioraven.device import (
    RAVEnConnectionError,
    RAVEnNotOpenError,
    RAVEnWarning,
    UnknownRAVEnCommandWarning,
)

from ...esi import ControlResponse, EventResponse, Message, Price, PriceSchedule, Priority
from ..clock import GatewayClock
from ..errors import ABOUT_RESOURCE, GatewayError, Reason
from ..failing import is_ours
from ..identifiers import lfdi_of, peer_of
from ..model import (
    GatewayConfiguration,
    GatewayInfo,
    LinkSecurity,
    Peer,
    Readings,
    Register,
    RegisterKind,
    Signal,
)
from . import signal
from .raven_device import RavenDevice
from .raven_meters import StickMeters
from .reading_only import ReadingGateway
from .smart_energy import confirmable

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
_FUNCTION_SETS = frozenset({"messaging", "metering", "pricing", "time"})
_SENSELESS = (RAVEnWarning, ValueError, ArithmeticError)
"""What a fragment raises that no sense can be made of."""
_SENSELESS_TO_LIBRARY = (LookupError, TypeError, AttributeError)
"""What the library raises over such a one besides; raised by code of our own they are its faults."""
_GONE = (RAVEnConnectionError, RAVEnNotOpenError, OSError)


def _is_fault_of_ours(err: Exception) -> bool:
    return isinstance(err, _SENSELESS_TO_LIBRARY) and is_ours(err)


class RavenGateway(ReadingGateway):
    """The meter that a certified stick at ``path`` (a serial port or ``socket://``) is joined to."""

    def __init__(self, path: str, meter: str | None, chosen: str | None = None) -> None:
        """``meter`` is the EUI64 of the meter known from before, None for any; ``chosen`` that of several to read."""
        self.path = path
        self.meters = StickMeters(chosen)
        self._meter = meter
        self._device: RavenDevice | None = None
        self._info: DeviceInfo | None = None
        self._asking, self._opening = asyncio.Lock(), asyncio.Lock()
        self._known = self._closed = False
        self._clock = GatewayClock()
        self._eui64 = ""
        self._lqi: int | None = None
        self._heard: tuple[int, datetime] | None = None
        """The last message that had no time, and when it was heard first."""
        self._refused: set[str] = set()
        """What the stick's firmware knows no command for."""
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

    async def close(self) -> None:
        """Let go of the stick for good; it stays on the network."""
        self._closed = True
        async with self._opening:  # whoever opens it now has it to let go of
            await self._drop()

    async def _drop(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            await _abort(device)

    @asynccontextmanager
    async def session(self, *, joined: bool = True) -> AsyncIterator[None]:
        """Have the stick open for all calls made inside."""
        await self._open()
        yield

    async def _open(self) -> RavenDevice:
        async with self._opening:
            if self._closed:
                raise GatewayError(Reason.RADIO_GONE, "the stick was let go of")
            if self._device is None:
                device = RavenDevice(self.path)
                try:
                    await self._introduce(device)
                except BaseException:
                    await _abort(device)
                    raise
                self._device = device
                self._opened += 1
            return self._device

    async def _introduce(self, device: RavenDevice) -> None:
        """Open a stick and learn who it is."""
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await device.open()
                await device.synchronize()
                info = await device.get_device_info()
        except (TimeoutError, *_GONE, *_SENSELESS, *_SENSELESS_TO_LIBRARY) as err:
            if _is_fault_of_ours(err):
                raise
            raise GatewayError(Reason.RADIO_GONE, f"the stick at {self.path} does not answer: {err}") from err
        if info is None or info.device_mac_id is None:
            raise GatewayError(Reason.RADIO_GONE, f"what is at {self.path} is no Smart Energy stick")
        self._info, self._eui64 = info, info.device_mac_id.hex().upper()

    async def _ask[T](self, question: Callable[[RavenDevice], Awaitable[T | None]]) -> T:
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
                except UnknownRAVEnCommandWarning:
                    failure = GatewayError(Reason.NOT_FOUND, "the stick's firmware does not know the command")
                except (*_SENSELESS, *_SENSELESS_TO_LIBRARY) as err:
                    if _is_fault_of_ours(err):
                        raise
                    failure = GatewayError(Reason.MALFORMED, f"the stick's answer makes no sense: {err}")
                except _GONE as err:
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

    async def _ask_for[T](self, what: str, question: Callable[[RavenDevice], Awaitable[T | None]]) -> T | None:
        """Put a question about ``what``; None where the stick's firmware knows no such command."""
        if what in self._refused:
            return None
        try:
            return await self._ask(question)
        except GatewayError as err:
            if err.reason is not Reason.NOT_FOUND:
                raise
            self._refused.add(what)
            return None

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
            if network.status is ConnectionState.REJOINING:
                raise GatewayError(Reason.NO_NETWORK, "the stick does not hear its meter's network")
            reason = Reason.LEFT_NETWORK if self._known else Reason.PORTAL_PENDING
            raise GatewayError(reason, f"the stick is not on a meter's network: {status}")
        meter = network.coord_mac_id.hex().upper()
        if self._meter is not None and meter != self._meter:
            raise GatewayError(Reason.WRONG_GATEWAY, "the stick is joined to another meter")
        self._meter = meter
        return peer_of(meter, accepts_us=True)

    async def measure_signal(self, *, recent: bool = False) -> Signal:
        """Read the link strength and time a few questions to the meter."""
        network = await self._network()
        if network.status is not ConnectionState.CONNECTED:
            raise GatewayError(Reason.NO_NETWORK, "the stick is not on a meter's network")
        times = await signal.time_answers(
            lambda: self._ask(lambda device: device.get_time(meter=self.meters.asked, refresh=True)), patient=False
        )
        return signal.of_answers(times, self._lqi, None)

    async def discover_registers(self) -> Sequence[Register]:
        """Check that the stick has a meter to read, and find out which."""
        await self.meters.discover(self._ask)
        self._known = True
        return _REGISTERS

    def known_registers(self) -> Sequence[Register]:
        """Return what every stick offers, once there is a meter."""
        return _REGISTERS if self._known else ()

    async def configuration(self) -> GatewayConfiguration:
        """Read the clock; the manufacturer is the stick's, for it tells nothing of the meter's."""
        await self._open()
        info = self._info
        unavailable: set[str] = set()
        try:
            await self.messages()
        except GatewayError as err:
            if err.reason not in ABOUT_RESOURCE:
                raise
            unavailable.add("messaging")
        clock_offset = await self._clock_offset()  # before it is said what the stick has no command for
        return GatewayConfiguration(
            poll_interval=None,
            function_sets=tuple(sorted(_FUNCTION_SETS - self._refused - unavailable)),
            programs=(),
            instructions=(),  # a message has no mark by which one would be told from others
            clock_offset=clock_offset,
            info=GatewayInfo(
                manufacturer=info.manufacturer if info else None,
                model=info.model_id if info else None,
                serial_number=None,  # the stick has no command that asks the meter for it
                hardware_version=info.hw_version if info else None,
                software_version=info.fw_version if info else None,
            ),
            unavailable=tuple(sorted(unavailable)),
        )

    async def _clock_offset(self) -> timedelta | None:
        told = await self._ask_for("time", lambda device: device.get_time(meter=self.meters.asked, refresh=True))
        offset: timedelta | None = told.utc_time - datetime.now(UTC) if told is not None and told.utc_time else None
        self._clock.take(offset)
        return offset

    async def prices(self) -> PriceSchedule | None:
        """Read the price in force, None where there is none."""
        told = await self._ask_for(
            "pricing", lambda device: device.get_current_price(meter=self.meters.asked, refresh=True)
        )
        if told is None or (per_kwh := _number(told.price)) is None:
            return None
        now = datetime.now(UTC)
        price = Price(now, now + _PRICE_HOLDS, float(per_kwh), told.tier or 0, told.tier_label or None)
        return PriceSchedule(told.currency.code if told.currency else None, (price,))

    async def messages(self) -> list[Message]:
        """Read the message in force; one that was confirmed already wants no answer."""
        told = await self._ask_for(
            "messaging", lambda device: device.get_message(meter=self.meters.asked, refresh=True)
        )
        if told is None or told.message_id is None or not told.text:
            return []
        number = int.from_bytes(told.message_id)
        answer = confirmable(number) if told.confirmation_required and not told.confirmed else None
        start = self._clock.ours(told.time_stamp) if told.time_stamp else self._heard_first(number)
        return [Message(f"{number:08X}", told.text, Priority.NORMAL, None, start, start + _MESSAGE_HOLDS, answer)]

    def _heard_first(self, number: int) -> datetime:
        """Return when a message without a TimeStamp was heard first: it is told for as long as the stick has it."""
        if self._heard is None or self._heard[0] != number:
            self._heard = (number, datetime.now(UTC))
        return self._heard[1]

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        """Read the registers named; a value that the stick has not is left out."""
        at = datetime.now(UTC)
        read: dict[str, float] = {}
        if "power" in keys:
            demand = await self._ask_for(
                "demand", lambda device: device.get_instantaneous_demand(meter=self.meters.asked, refresh=True)
            )
            if demand is not None and (value := _number(demand.demand)) is not None:
                read["power"] = float(value * _WATTS_PER_KILOWATT)
        if wanted := _ENERGY.keys() & set(keys):
            summation = await self._ask_for(
                "summation",
                lambda device: device.get_current_summation_delivered(meter=self.meters.asked, refresh=True),
            )
            for key in wanted:
                if (value := _number(getattr(summation, _ENERGY[key], None))) is not None:
                    read[key] = float(value * _WATTS_PER_KILOWATT)
        offset = await self._clock_offset() if include_clock else None
        if include_clock:
            await self._network()  # how it is heard, as seldom
        return Readings(at, read, offset, frozenset(set(keys) - read.keys()))

    @override
    async def respond(self, response: ControlResponse | EventResponse) -> None:
        """Confirm a message; a stick does no load control."""
        if isinstance(response, EventResponse):
            number = int(response.subject, 16)
            await self._ask(lambda device: _confirmed(device, number, self.meters.asked))
            return
        await super().respond(response)

    def snapshot(self) -> dict[str, Any]:
        """Return what is known of stick and meter."""
        return {
            "eui64": self._eui64,
            "meter": self._meter,
            "known": self._known,
            "meters": self.meters.to_dict(),
            "heard": [self._heard[0], self._heard[1].isoformat()] if self._heard is not None else None,
        }

    def restore(self, data: dict[str, Any]) -> None:
        """Take up what :meth:`snapshot` gave, where it is of the same meter."""
        if not data or (self._meter is not None and data.get("meter") != self._meter):
            return
        try:
            eui64, meter, known = str(data["eui64"]), data["meter"], data["known"]
            if "meters" in data:  # version 0.1.0 read whichever the stick told of
                self.meters.load(data["meters"])
            if (heard := data.get("heard")) is not None:
                self._heard = (int(heard[0]), datetime.fromisoformat(heard[1]))
        except LookupError, TypeError, ValueError, AttributeError:
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


def _number(text: str | None) -> Decimal | None:
    """Return a number as aioraven writes it, None where there is none: of a field that is missing it makes words."""
    try:
        number = Decimal(text or "")
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


async def _abort(device: RavenDevice) -> None:
    with contextlib.suppress(*_GONE):
        await device.abort()


async def _confirmed(device: RavenDevice, number: int, meter: bytes | None) -> bool:
    await device.confirm_message(number, meter)
    return True
