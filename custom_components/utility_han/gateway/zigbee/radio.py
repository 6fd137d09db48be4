"""The one owner of an EZSP radio: opens it by bellows, joins and keeps a network, sends and receives."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import zigpy.config
import zigpy.exceptions
import zigpy.types
from bellows import types as t
from bellows.ash import AshException
from bellows.exception import EzspError, InvalidCommandError
from bellows.ezsp import EZSP

from ..errors import GatewayError, Reason
from ..identifiers import DEVICE_ENDPOINTS, OWN_ENDPOINT
from .clusters import PROFILE, Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time

METER = 0x0000
"""The network address of the trust centre, which the meter is (Zigbee Smart Energy 1.4, 5.4)."""
_IN_PREMISE_DISPLAY, _LOAD_CONTROL_DEVICE = 0x0502, 0x0503
_CONNECT_SECONDS = 12.0
_NETWORK_SECONDS = 12.0
_SENT_SECONDS = 5.0
_LAST_COMMAND_SECONDS = 1.0
_SCAN_DURATION = 3
_BAUD_RATE = 115200
_TX_POWER_DBM = 8
_RADIO_ERRORS = (
    EzspError,
    AshException,
    zigpy.exceptions.ZigbeeException,
    OSError,
    TimeoutError,
    RuntimeError,
    AttributeError,
)
"""What bellows raises where a radio is gone (it then has no attributes left), silent or not one of its kind."""
_NO_KEY = frozenset(
    {
        t.sl_Status.ZIGBEE_NO_NETWORK_KEY_RECEIVED,
        t.sl_Status.ZIGBEE_NO_LINK_KEY_RECEIVED,
        t.sl_Status.ZIGBEE_RECEIVED_KEY_IN_THE_CLEAR,
        t.sl_Status.ZIGBEE_PRECONFIGURED_KEY_REQUIRED,
    }
)
_NEW_NAMES_SINCE = 14
"""The EZSP version that moved the arguments of messages."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A network that a scan heard: ``lqi`` 0 to 255, ``rssi`` in dBm, ``extended_pan_id`` as 16 hexadecimal digits.

    Smart Energy meters take their own EUI64 for the extended PAN id.
    """

    channel: int
    pan_id: int
    extended_pan_id: str
    lqi: int
    rssi: int
    allows_joining: bool


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that came in over the air, for ``endpoint`` of ours; ``lqi`` and ``rssi`` (dBm) of its last hop."""

    profile: int
    cluster: int
    endpoint: int
    payload: bytes
    lqi: int
    rssi: int


@dataclass(slots=True)
class Counts:
    """What happened to the link since it was opened first."""

    opened: int = 0
    rejoins: int = 0
    key_updates: int = 0
    sent: int = 0
    received: int = 0
    undelivered: int = 0


class Radio:
    """One radio at ``path`` (a serial port or ``socket://``); nothing is done before :meth:`open`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.counts = Counts()
        self.eui64 = ""
        """The radio's own address, 16 hexadecimal digits; known once it was open."""
        self.firmware: str | None = None
        self.on_message: Callable[[Incoming], None] = lambda _message: None
        self._ezsp: EZSP | None = None
        self._statuses: asyncio.Queue[t.sl_Status] = asyncio.Queue()
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
        ezsp = EZSP(device, self)
        self._lost = False
        try:
            with self._radio_errors():
                async with asyncio.timeout(_CONNECT_SECONDS):
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
        with contextlib.suppress(*_RADIO_ERRORS):
            if not self._lost:
                # Whoever was cancelled may have left a command half said.
                async with asyncio.timeout(_LAST_COMMAND_SECONDS):
                    await ezsp.nop()
        with contextlib.suppress(*_RADIO_ERRORS):
            await ezsp.disconnect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The port was closed, or the radio reset itself (bellows calls this)."""
        self._lost = True
        for future in self._sent.values():
            if not future.done():
                future.set_exception(GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} is gone"))

    def _received(self, name: str, arguments: list[Any]) -> None:
        if name == "stackStatusHandler":
            self._statuses.put_nowait(_status(arguments[0]))
        elif name == "switchNetworkKeyHandler":
            self.counts.key_updates += 1
        elif name == "messageSentHandler":
            status, tag = (arguments[0], arguments[4]) if self._has_new_names else (arguments[4], arguments[3])
            if (future := self._sent.get(int(tag))) is not None and not future.done():
                future.set_result(_status(status))
        elif name == "incomingMessageHandler":
            frame, payload = arguments[1], arguments[-1]
            lqi, rssi = arguments[6:8] if self._has_new_names else arguments[2:4]
            self.counts.received += 1
            self.on_message(
                Incoming(
                    int(frame.profileId),
                    int(frame.clusterId),
                    int(frame.destinationEndpoint),
                    bytes(payload),
                    int(lqi),
                    int(rssi),
                )
            )

    @property
    def _has_new_names(self) -> bool:
        return self._ezsp is not None and self._ezsp.ezsp_version >= _NEW_NAMES_SINCE

    @property
    def _open_ezsp(self) -> EZSP:
        if self._ezsp is None or self._lost:
            raise GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} does not answer")
        return self._ezsp

    @contextlib.contextmanager
    def _radio_errors(self) -> Any:
        try:
            yield
        except _RADIO_ERRORS as err:
            detail = str(err) or type(err).__name__
            raise GatewayError(Reason.RADIO_GONE, f"the radio at {self.path} does not answer: {detail}") from err

    # The network

    async def is_coordinator(self) -> bool:
        """Whether the radio has a network of its own, as ZHA's has; open it first."""
        with self._radio_errors():
            if await self._open_ezsp.initialize_network() == t.sl_Status.OK:
                await self._network_status()
            status, node_type, _ = await self._open_ezsp.getNetworkParameters()
        return bool(_status(status) == t.sl_Status.OK and node_type == t.EmberNodeType.COORDINATOR)

    async def scan(self) -> list[Heard]:
        """Listen on all channels for networks of the Zigbee PRO profile, best heard first."""
        with self._radio_errors():
            found = await self._open_ezsp.startScan(
                scanType=t.EzspNetworkScanType.ACTIVE_SCAN,
                channelMask=t.Channels.ALL_CHANNELS,
                duration=_SCAN_DURATION,
            )
        heard = [
            Heard(
                int(network.channel),
                int(network.panId),
                hexadecimal(network.extendedPanId),
                int(lqi),
                int(rssi),
                bool(network.allowingJoin),
            )
            for network, lqi, rssi in found
        ]
        return sorted(heard, key=lambda network: network.lqi, reverse=True)

    async def resume(self) -> str | None:
        """Take up the network that the radio joined before; return its extended PAN id, None where there is none.

        A parent that does not answer is looked for again. ``GatewayError`` with ``GATEWAY_SILENT`` where none does.
        """
        ezsp = self._open_ezsp
        with self._radio_errors():
            (state,) = await ezsp.networkState()
            if state != t.EmberNetworkStatus.JOINED_NETWORK:
                self._forget_statuses()
                began = await ezsp.initialize_network()
                if began == t.sl_Status.NOT_JOINED:
                    return None
                if await self._network_status() != t.sl_Status.NETWORK_UP:
                    await self._rejoin()
            status, node_type, parameters = await ezsp.getNetworkParameters()
        if _status(status) != t.sl_Status.OK or node_type == t.EmberNodeType.COORDINATOR:
            return None
        return hexadecimal(parameters.extendedPanId)

    async def _rejoin(self) -> None:
        """Look for the network again: with the key that we have, then by asking the trust centre for its own."""
        self.counts.rejoins += 1
        for have_key in (True, False):
            self._forget_statuses()
            more = {"reason": 0, "nodeType": t.EmberNodeType.END_DEVICE} if self._has_new_names else {}
            (began,) = await self._open_ezsp.findAndRejoinNetwork(
                haveCurrentNetworkKey=have_key, channelMask=0, **more
            )
            if _status(began) == t.sl_Status.OK and await self._network_status() == t.sl_Status.NETWORK_UP:
                return
        raise GatewayError(Reason.GATEWAY_SILENT, "the meter's network does not take the radio back")

    async def has_left(self) -> bool:
        """Whether the radio has no network any more: the meter told it to leave."""
        with self._radio_errors():
            (state,) = await self._open_ezsp.networkState()
            if state == t.EmberNetworkStatus.JOINED_NETWORK:
                return False
            (status, _, _) = await self._open_ezsp.getNetworkParameters()
        return bool(_status(status) == t.sl_Status.NOT_JOINED)

    async def join(self, network: Heard, link_key: bytes) -> bool:
        """Join with a preconfigured link key of 16 bytes, as an end device that listens always; False if not let in.

        ``GatewayError`` with ``WRONG_INSTALL_CODE`` where the meter lets us in with another key.
        """
        ezsp = self._open_ezsp
        mode = t.EmberInitialSecurityBitmask
        security = t.EmberInitialSecurityState(
            bitmask=mode.HAVE_PRECONFIGURED_KEY | mode.REQUIRE_ENCRYPTED_KEY | mode.NO_FRAME_COUNTER_RESET,
            preconfiguredKey=t.KeyData(link_key),
            networkKey=t.KeyData(bytes(16)),
            networkKeySequenceNumber=0,
            preconfiguredTrustCenterEui64=t.EUI64.convert("00:00:00:00:00:00:00:00"),
        )
        parameters = t.EmberNetworkParameters(
            extendedPanId=t.ExtendedPanId(bytes.fromhex(network.extended_pan_id)[::-1]),
            panId=network.pan_id,
            radioTxPower=_TX_POWER_DBM,
            radioChannel=network.channel,
            joinMethod=t.EmberJoinMethod.USE_MAC_ASSOCIATION,
            nwkManagerId=0,
            nwkUpdateId=0,
            channels=t.Channels.ALL_CHANNELS,
        )
        with self._radio_errors():
            await ezsp.setInitialSecurityState(state=security)
            self._forget_statuses()
            (began,) = await ezsp.joinNetwork(nodeType=t.EmberNodeType.END_DEVICE, parameters=parameters)
            ended = await self._network_status() if _status(began) == t.sl_Status.OK else _status(began)
        if ended == t.sl_Status.NETWORK_UP:
            return True
        if ended in _NO_KEY:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "the meter's key for this radio is another")
        if ended == t.sl_Status.NO_BEACONS:
            raise GatewayError(Reason.NO_NETWORK, "the meter's network is not heard any more")
        return False

    async def leave(self) -> None:
        """Leave the network for good."""
        with self._radio_errors():
            await self._open_ezsp.leaveNetwork()

    def _forget_statuses(self) -> None:
        while not self._statuses.empty():
            self._statuses.get_nowait()

    async def _network_status(self) -> t.sl_Status | None:
        """Wait for the next word of how the network is, None where none comes."""
        try:
            async with asyncio.timeout(_NETWORK_SECONDS):
                return await self._statuses.get()
        except TimeoutError:
            return None

    async def parent(self) -> int:
        """Return the network address of the node that passes everything on to us: 0 is the meter itself."""
        with self._radio_errors():
            _, _, parent = await self._open_ezsp.getParentChildParameters()
        return int(parent)

    async def install_code(self) -> bytes | None:
        """Return the install code with its CRC that the maker put into the radio, None where there is none."""
        try:
            with self._radio_errors():
                (token,) = await self._open_ezsp.getMfgToken(tokenId=t.EzspMfgTokenId.MFG_INSTALLATION_CODE)
        except GatewayError:
            return None
        if len(token) < 20 or token[:2] == b"\xff\xff":
            return None
        length = {0: 6, 2: 8, 4: 12, 6: 16}.get(token[0] & 0x06)
        return None if length is None else bytes(token[2 : 2 + length] + token[18:20])

    # Messages

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
            with self._radio_errors():
                status, _ = await self._open_ezsp.send_unicast(t.NWK(METER), frame, t.uint8_t(tag), payload)
                if status == t.sl_Status.OK:
                    self.counts.sent += 1
                    async with asyncio.timeout(_SENT_SECONDS):
                        status = await future
        finally:
            self._sent.pop(tag, None)
        if status != t.sl_Status.OK:
            self.counts.undelivered += 1
            raise GatewayError(Reason.GATEWAY_SILENT, f"the meter does not acknowledge: {status.name}")

    # Key establishment

    def cbke(self) -> Cbke:
        """Return the radio's part in one key establishment, by its certificate."""
        return Cbke(self._open_ezsp)


class Cbke:
    """The radio's own part in a key establishment (crypto suite 1); keys never leave it."""

    def __init__(self, ezsp: EZSP) -> None:
        self._ezsp = ezsp

    async def certificate(self) -> bytes | None:
        """Return the radio's certificate of 48 bytes, None where it has none or its firmware knows nothing of it."""
        try:
            status, certificate = await self._ezsp.getCertificate()
        except InvalidCommandError, AttributeError:
            return None
        found = bytes(certificate.serialize())
        return found if _status(status) == t.sl_Status.OK and any(found) else None

    async def ephemeral_key(self) -> bytes:
        """Return the public half (22 bytes) of a new key pair."""
        status, public = await self._calling("generateCbkeKeysHandler", self._ezsp.generateCbkeKeys)
        _check(status)
        return bytes(public.serialize())

    async def codes(self, certificate: bytes, ephemeral: bytes) -> tuple[bytes, bytes]:
        """Derive the link key as initiator; return the code to send and the one to expect, 16 bytes each."""
        status, own, expected = await self._calling(
            "calculateSmacsHandler",
            self._ezsp.calculateSmacs,
            amInitiator=True,
            partnerCertificate=t.EmberCertificateData(certificate),
            partnerEphemeralPublicKey=t.EmberPublicKeyData(ephemeral),
        )
        _check(status)
        return bytes(own.serialize()), bytes(expected.serialize())

    async def finish(self, *, store: bool) -> None:
        """Use the derived link key from now on, or forget it."""
        await self._ezsp.clearTemporaryDataMaybeStoreLinkKey(storeLinkKey=store)

    async def _calling(self, answer: str, command: Callable[..., Any], **arguments: Any) -> list[Any]:
        """Give a command whose result comes as a callback later; elliptic curves take a radio seconds."""
        future: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def take(_name: str, values: list[Any]) -> None:
            if not future.done():
                future.set_result(values)

        with self._ezsp.callback_for_commands({answer}, take):
            (status,) = await command(**arguments)
            if _status(status) != t.sl_Status.IN_PROGRESS:
                _check(status)
            async with asyncio.timeout(_NETWORK_SECONDS):
                return await future


def _status(status: t.EmberStatus | t.sl_Status) -> t.sl_Status:
    """Return a status of any EZSP version in the words of the newest."""
    return t.sl_Status.from_ember_status(status)


def _check(status: t.EmberStatus | t.sl_Status) -> None:
    if _status(status) != t.sl_Status.OK:
        raise GatewayError(Reason.NOT_AUTHORIZED, f"the radio's part in key establishment failed: {status.name}")


def hexadecimal(address: t.EUI64 | t.ExtendedPanId) -> str:
    """Return an address as 16 hexadecimal digits, most significant first."""
    return str(address).replace(":", "").upper()


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
