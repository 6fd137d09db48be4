"""The one owner of an EZSP radio: opens it by bellows, sends and receives."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import zigpy.config
import zigpy.exceptions
import zigpy.types
from bellows import types as t
from bellows.ash import AshException
from bellows.exception import EzspError
from bellows.ezsp import EZSP

from ..errors import GatewayError, Reason
from ..failing import is_ours
from ..identifiers import DEVICE_ENDPOINTS, OWN_ENDPOINT
from .clusters import PROFILE, Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time
from .unlogged import unlogged

METER = 0x0000
"""The network address of the trust centre, which the meter is (Zigbee Smart Energy 1.4, 5.4)."""
_IN_PREMISE_DISPLAY, _LOAD_CONTROL_DEVICE = 0x0502, 0x0503
CONNECT_SECONDS = 12.0
"""How long a radio may take to answer after its port was opened; what does not is none that speaks EZSP."""
COMMAND_SECONDS = 12.0
"""How long what the radio does on a command may take until it tells how it ended."""
_SENT_SECONDS = 5.0
_LAST_COMMAND_SECONDS = 1.0
_BAUD_RATE = 115200
_RADIO_ERRORS = (
    EzspError,
    AshException,
    zigpy.exceptions.ZigbeeException,
    zigpy.exceptions.RadioException,
    OSError,
    TimeoutError,
    AssertionError,
)
"""What bellows raises where a radio is gone, silent or not one of its kind; that commands succeed it asserts."""
_ERRORS_ONCE_LOST = (RuntimeError, AttributeError)
"""What it raises besides once the port is closed: it then has no attributes left (``uart.py``, ``ash.py``)."""
_NEW_NAMES_SINCE = 14
"""The EZSP version that moved the arguments of messages."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in over the air, for ``endpoint`` of ours; ``lqi`` and ``rssi`` (dBm) of its last hop.

    ``sender`` is the network address of the node that sent it, ``source`` its endpoint there; ``secured`` is one that
    was encrypted with the link key.
    """

    profile: int
    cluster: int
    endpoint: int
    payload: bytes
    lqi: int
    rssi: int
    sender: int
    source: int
    secured: bool


@dataclass(slots=True)
class Counts:
    """What happened to the link since it was opened first."""

    opened: int = 0
    rejoins: int = 0
    key_updates: int = 0
    sent: int = 0
    received: int = 0
    undelivered: int = 0


class _Answers(dict[int, tuple[Any, Any, asyncio.Future[object]]]):
    """Commands that wait for their answers, by number: whoever is cancelled while one is said hears nothing of it."""

    def __setitem__(self, number: int, awaiting: tuple[Any, Any, asyncio.Future[object]]) -> None:
        awaiting[2].add_done_callback(_heard)
        super().__setitem__(number, awaiting)


class _Ezsp(EZSP):
    """A radio whose errors are nobody's but those of who asked, and is there to hear them."""

    _spoken: Any = None

    @property
    def _protocol(self) -> Any:
        return self._spoken

    @_protocol.setter
    def _protocol(self, protocol: Any) -> None:
        if protocol is not None:
            protocol._awaiting = _Answers()
        self._spoken = protocol


class Radio:
    """One radio at ``path`` (a serial port or ``socket://``); nothing is done before :meth:`open`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.counts = Counts()
        self.eui64 = ""
        """The radio's own address, 16 hexadecimal digits; known once it was open."""
        self.firmware: str | None = None
        self.on_message: Callable[[Incoming], None] = lambda _message: None
        self.on_network_status: Callable[[t.sl_Status], None] = lambda _status: None
        self._ezsp: EZSP | None = None
        self._sent: dict[int, asyncio.Future[t.sl_Status]] = {}
        self._tag = 0
        self._lost = False

    @property
    def is_open(self) -> bool:
        """Whether the radio answers, as far as is known."""
        return self._ezsp is not None and not self._lost

    async def open(self) -> None:
        """Open the port, reset the radio and tell it our endpoints; ``GatewayError`` with ``RADIO_GONE`` if not."""
        await self.close()
        device = zigpy.config.SCHEMA_DEVICE(
            {zigpy.config.CONF_DEVICE_PATH: self.path, zigpy.config.CONF_DEVICE_BAUDRATE: _BAUD_RATE}
        )
        ezsp = _Ezsp(device, self)
        self._lost = False
        try:
            with self.errors():
                async with asyncio.timeout(CONNECT_SECONDS):
                    await ezsp.connect(use_thread=False)
                    await ezsp.write_config({})
                    (eui64,) = await ezsp.getEui64()
                    _, _, self.firmware = await ezsp.get_board_info()
                    for endpoint in (OWN_ENDPOINT, *DEVICE_ENDPOINTS):
                        await _add_endpoint(ezsp, endpoint)
        except BaseException:
            await self._part_with(ezsp)
            raise
        self.eui64 = hexadecimal(eui64)
        self.counts.opened += 1
        ezsp.add_callback(self._received)
        self._ezsp = ezsp

    async def close(self) -> None:
        """Let go of the port; the radio keeps its network."""
        ezsp, self._ezsp = self._ezsp, None
        for future in self._sent.values():
            future.cancel()
        self._sent.clear()
        if ezsp is not None:
            await self._part_with(ezsp)

    async def _part_with(self, ezsp: EZSP) -> None:
        with contextlib.suppress(GatewayError), self.errors():
            if not self._lost and ezsp.is_ezsp_running:
                # Whoever was cancelled may have left a command half said.
                async with asyncio.timeout(_LAST_COMMAND_SECONDS):
                    await ezsp.nop()
        self._lost = True
        with contextlib.suppress(GatewayError), self.errors():
            await ezsp.disconnect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The port was closed, or the radio reset itself (bellows calls this)."""
        self._lost = True
        for future in self._sent.values():
            if not future.done():
                future.set_exception(GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} is gone"))

    def _received(self, name: str, arguments: list[Any]) -> None:
        if name == "stackStatusHandler":
            self.on_network_status(status_of(arguments[0]))
        elif name == "switchNetworkKeyHandler":
            self.counts.key_updates += 1
        elif name == "messageSentHandler":
            status, tag = (arguments[0], arguments[4]) if self.has_new_names else (arguments[4], arguments[3])
            if (future := self._sent.get(int(tag))) is not None and not future.done():
                future.set_result(status_of(status))
        elif name == "incomingMessageHandler":
            frame, payload = arguments[1], arguments[-1]
            sender, lqi, rssi = (arguments[at] for at in ((2, 6, 7) if self.has_new_names else (4, 2, 3)))
            self.counts.received += 1
            self.on_message(
                Incoming(
                    int(frame.profileId),
                    int(frame.clusterId),
                    int(frame.destinationEndpoint),
                    bytes(payload),
                    int(lqi),
                    int(rssi),
                    int(sender),
                    int(frame.sourceEndpoint),
                    bool(frame.options & t.EmberApsOption.APS_OPTION_ENCRYPTION),
                )
            )

    @property
    def has_new_names(self) -> bool:
        """Whether commands have the arguments of newer EZSP versions."""
        return self._ezsp is not None and self._ezsp.ezsp_version >= _NEW_NAMES_SINCE

    @property
    def ezsp(self) -> EZSP:
        """The open port; ``GatewayError`` with ``RADIO_GONE`` where it is not."""
        if self._ezsp is None or self._lost:
            raise GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} does not answer")
        return self._ezsp

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what bellows raises inside into ``GatewayError`` with ``RADIO_GONE``; faults of our own stay theirs."""
        try:
            yield
        except Exception as err:
            if not self._is_the_radios(err):
                raise
            detail = str(err) or type(err).__name__
            raise GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} does not answer: {detail}") from err

    def _is_the_radios(self, err: Exception) -> bool:
        if isinstance(err, _RADIO_ERRORS):
            return True
        if isinstance(err, _ERRORS_ONCE_LOST):
            return self._lost and not is_ours(err)
        # A scan that is refused is a bare Exception (``EZSP._list_command``), which nobody else raises.
        return type(err) is Exception

    async def install_code(self) -> bytes | None:
        """Return the install code with its CRC that the maker put into the radio, None where there is none."""
        try:
            with self.errors(), unlogged():
                (token,) = await self.ezsp.getMfgToken(tokenId=t.EzspMfgTokenId.MFG_INSTALLATION_CODE)
        except GatewayError:
            return None
        if len(token) < 20 or token[:2] == b"\xff\xff":
            return None
        length = {0: 6, 2: 8, 4: 12, 6: 16}.get(token[0] & 0x06)
        return None if length is None else bytes(token[2 : 2 + length] + token[18:20])

    async def send(
        self, profile: int, cluster: int, endpoint: int, destination: int, payload: bytes, *, secured: bool
    ) -> None:
        """Send to the meter, acknowledged; ``secured`` with the link key. ``GatewayError`` if it does not arrive."""
        self._tag = self._tag % 255 + 1
        tag = self._tag
        options = t.EmberApsOption.APS_OPTION_RETRY | t.EmberApsOption.APS_OPTION_ENABLE_ROUTE_DISCOVERY
        if secured:
            options |= t.EmberApsOption.APS_OPTION_ENCRYPTION
        frame = t.EmberApsFrame(
            profileId=profile,
            clusterId=cluster,
            sourceEndpoint=endpoint,
            destinationEndpoint=destination,
            options=options,
            groupId=0,
            sequence=0,
        )
        future = self._sent[tag] = asyncio.get_running_loop().create_future()
        try:
            with self.errors():
                status, _ = await self.ezsp.send_unicast(t.NWK(METER), frame, t.uint8_t(tag), payload)
            if status == t.sl_Status.OK:
                self.counts.sent += 1
                status = await _within(_SENT_SECONDS, future)
        finally:
            self._sent.pop(tag, None)
        if status != t.sl_Status.OK:
            self.counts.undelivered += 1
            raise GatewayError(Reason.GATEWAY_SILENT, f"the meter does not acknowledge: {status.name}")


async def _within(seconds: float, sent: asyncio.Future[t.sl_Status]) -> t.sl_Status:
    """Return what became of a message: a radio that took it and says nothing yet still tries to deliver it."""
    try:
        async with asyncio.timeout(seconds):
            return await sent
    except TimeoutError:
        return t.sl_Status.ZIGBEE_DELIVERY_FAILED


def status_of(status: t.EmberStatus | t.sl_Status) -> t.sl_Status:
    """Return a status of any EZSP version in the words of the newest."""
    return t.sl_Status.from_ember_status(status)


def hexadecimal(address: t.EUI64 | t.ExtendedPanId) -> str:
    """Return an address as 16 hexadecimal digits, most significant first."""
    return str(address).replace(":", "").upper()


def _heard(answer: asyncio.Future[object]) -> None:
    """Take what came of a command, for whoever does not: asyncio logs errors that nobody asks for."""
    if not answer.cancelled():
        answer.exception()


async def _add_endpoint(ezsp: EZSP, endpoint: int) -> None:
    own = endpoint == OWN_ENDPOINT
    clients = (Time, PriceCluster, Drlc, Metering, Messaging, KeyEstablishment) if own else (Time, Drlc)
    servers = (KeyEstablishment,) if own else ()
    await ezsp.addEndpoint(
        endpoint=endpoint,
        profileId=PROFILE,
        deviceId=_IN_PREMISE_DISPLAY if own else _LOAD_CONTROL_DEVICE,
        deviceVersion=0,
        inputClusterCount=len(servers),
        outputClusterCount=len(clients),
        inputClusterList=[cluster.cluster_id for cluster in servers],
        outputClusterList=[cluster.cluster_id for cluster in clients],
    )
