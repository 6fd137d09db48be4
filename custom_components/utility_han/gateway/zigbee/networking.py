"""The network that a radio is on: scans, joins, rejoins and leaves by EZSP's networking commands."""

import asyncio
from dataclasses import dataclass

from bellows import types as t

from ..errors import GatewayError, Reason
from .radio import COMMAND_SECONDS, Radio, hexadecimal, status_of
from .unlogged import unlogged

_SCAN_DURATION = 3
_TX_POWER_DBM = 8
_MOST_STATUSES = 32
_NO_KEY = frozenset(
    {
        t.sl_Status.ZIGBEE_NO_NETWORK_KEY_RECEIVED,
        t.sl_Status.ZIGBEE_NO_LINK_KEY_RECEIVED,
        t.sl_Status.ZIGBEE_RECEIVED_KEY_IN_THE_CLEAR,
        t.sl_Status.ZIGBEE_PRECONFIGURED_KEY_REQUIRED,
    }
)


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


class Networking:
    """What one radio knows of networks; it has to be open."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._statuses: asyncio.Queue[t.sl_Status] = asyncio.Queue(_MOST_STATUSES)
        radio.on_network_status = self._told

    def _told(self, status: t.sl_Status) -> None:
        """Keep what the radio says of its network; what nobody has waited for is old news."""
        if self._statuses.full():
            self._statuses.get_nowait()
        self._statuses.put_nowait(status)

    async def is_coordinator(self) -> bool:
        """Whether the radio has a network of its own, as ZHA's has; open it first."""
        with self._radio.errors():
            if await self._radio.ezsp.initialize_network() == t.sl_Status.OK:
                await self._network_status()
            status, node_type, _ = await self._radio.ezsp.getNetworkParameters()
        return bool(status_of(status) == t.sl_Status.OK and node_type == t.EmberNodeType.COORDINATOR)

    async def scan(self) -> list[Heard]:
        """Listen on all channels for networks of the Zigbee PRO profile, best heard first."""
        with self._radio.errors():
            found = await self._radio.ezsp.startScan(
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
            )
            for network, lqi, rssi in found
        ]
        return sorted(heard, key=lambda network: network.lqi, reverse=True)

    async def resume(self) -> str | None:
        """Take up the network that the radio joined before; return its extended PAN id, None where there is none.

        A parent that does not answer is looked for again. ``GatewayError`` with ``GATEWAY_SILENT`` where none does.
        """
        with self._radio.errors():
            taken_up = await self._take_up()
            if taken_up == t.sl_Status.NOT_JOINED:
                return None
            if taken_up != t.sl_Status.NETWORK_UP:
                await self._rejoin()
            status, node_type, parameters = await self._radio.ezsp.getNetworkParameters()
        if status_of(status) != t.sl_Status.OK or node_type == t.EmberNodeType.COORDINATOR:
            return None
        return hexadecimal(parameters.extendedPanId)

    async def _take_up(self) -> t.sl_Status | None:
        """Have the radio take up its network; return how that is, ``NOT_JOINED`` where it has none."""
        (state,) = await self._radio.ezsp.networkState()
        if state == t.EmberNetworkStatus.JOINED_NETWORK:
            return t.sl_Status.NETWORK_UP
        self._forget_statuses()
        if await self._radio.ezsp.initialize_network() == t.sl_Status.NOT_JOINED:
            return t.sl_Status.NOT_JOINED
        return await self._network_status()

    async def _rejoin(self) -> None:
        """Look for the network again: with the key that we have, then by asking the trust centre for its own."""
        self._radio.counts.rejoins += 1
        for have_key in (True, False):
            self._forget_statuses()
            more = {"reason": 0, "nodeType": t.EmberNodeType.END_DEVICE} if self._radio.has_new_names else {}
            (began,) = await self._radio.ezsp.findAndRejoinNetwork(
                haveCurrentNetworkKey=have_key, channelMask=0, **more
            )
            if status_of(began) == t.sl_Status.OK and await self._network_status() == t.sl_Status.NETWORK_UP:
                return
        raise GatewayError(Reason.GATEWAY_SILENT, "the meter's network does not take the radio back")

    async def has_left(self) -> bool:
        """Whether the radio has no network any more: the meter told it to leave."""
        with self._radio.errors():
            (state,) = await self._radio.ezsp.networkState()
            if state == t.EmberNetworkStatus.JOINED_NETWORK:
                return False
            (status, _, _) = await self._radio.ezsp.getNetworkParameters()
        return bool(status_of(status) == t.sl_Status.NOT_JOINED)

    async def join(self, network: Heard, link_key: bytes) -> bool:
        """Join with a preconfigured link key of 16 bytes, as an end device that listens always; False if not let in.

        ``GatewayError`` with ``WRONG_INSTALL_CODE`` where the meter lets us in with another key.
        """
        ezsp = self._radio.ezsp
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
        with self._radio.errors():
            with unlogged():
                await ezsp.setInitialSecurityState(state=security)
            self._forget_statuses()
            (began,) = await ezsp.joinNetwork(nodeType=t.EmberNodeType.END_DEVICE, parameters=parameters)
            ended = await self._network_status() if status_of(began) == t.sl_Status.OK else status_of(began)
        if ended == t.sl_Status.NETWORK_UP:
            return True
        if ended in _NO_KEY:
            raise GatewayError(Reason.WRONG_INSTALL_CODE, "the meter's key for this radio is another")
        if ended == t.sl_Status.NO_BEACONS:
            raise GatewayError(Reason.NO_NETWORK, "the meter's network is not heard any more")
        return False

    async def leave(self, meant: str | None) -> None:
        """Leave the network ``meant`` for good, or any; another, or one of the radio's own as ZHA's, is left alone.

        A meter that is gone is left as well, and not looked for.
        """
        with self._radio.errors():
            if await self._take_up() == t.sl_Status.NOT_JOINED:
                return
            status, node_type, parameters = await self._radio.ezsp.getNetworkParameters()
            if status_of(status) == t.sl_Status.OK and (
                node_type == t.EmberNodeType.COORDINATOR or meant not in (None, hexadecimal(parameters.extendedPanId))
            ):
                return
            await self._radio.ezsp.leaveNetwork()

    def _forget_statuses(self) -> None:
        while not self._statuses.empty():
            self._statuses.get_nowait()

    async def _network_status(self) -> t.sl_Status | None:
        """Wait for the next word of how the network is, None where none comes."""
        try:
            async with asyncio.timeout(COMMAND_SECONDS):
                return await self._statuses.get()
        except TimeoutError:
            return None

    async def parent(self) -> int:
        """Return the network address of the node that passes everything on to us: 0 is the meter itself."""
        with self._radio.errors():
            _, _, parent = await self._radio.ezsp.getParentChildParameters()
        return int(parent)
