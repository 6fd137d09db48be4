"""The node that a co-processor is: its place on the network, its keys, and what it passes on to its host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import bellows.types as t

from simulator.zigbee import ecc
from simulator.zigbee.air import METER, Packet, rssi_of
from simulator.zigbee.identifiers import text_of
from simulator.zigbee.key_establishment import authority
from simulator.zigbee.meter_node import MeterNode
from simulator.zigbee.network import Joined, Network, address

_AIR_SECONDS = 0.002
_SCAN_SECONDS = 0.02
_NOISE_DBM = -92

type Callback = Callable[[str, dict[str, Any]], None]


@dataclass(slots=True)
class Membership:
    """What a node keeps of the network it joined; keys are hexadecimal."""

    node_type: int
    nwk: int
    pan_id: int
    extended_pan_id: str
    channel: int
    link_key: str
    network_key: str
    key_sequence: int = 0
    frame_counter: int = 0


@dataclass(slots=True)
class _Exchange:
    ephemeral: ecc.KeyPair
    secret: ecc.Secret | None = None


@dataclass(slots=True)
class NcpNode:
    """One radio; what it keeps over a power cut is in ``membership``."""

    eui64: bytes
    network: Network
    meter: MeterNode
    install_code: bytes = b""
    certified: bool = False
    membership: Membership | None = None
    callback: Callback = lambda _name, _values: None
    state: t.EmberNetworkStatus = t.EmberNetworkStatus.NO_NETWORK
    endpoints: set[int] = field(default_factory=set)
    link_key: bytes = bytes(16)
    exchange: _Exchange | None = None
    sequence: int = 0
    credentials: ecc.Credentials | None = None

    def reset(self) -> None:
        """Begin anew, as after a power-up: the network is taken up again by ``network_init``."""
        self.power_off()
        self.endpoints.clear()

    def power_off(self) -> None:
        """Fall silent."""
        self.network.detach(self)
        self.state = t.EmberNetworkStatus.NO_NETWORK

    def _later(self, what: Callable[..., None], *arguments: Any, after: float = _AIR_SECONDS) -> None:
        asyncio.get_running_loop().call_later(after, what, *arguments)

    def _status(self, status: t.EmberStatus) -> None:
        self.callback("stackStatusHandler", {"status": status})

    # The network

    def scan(self, kind: t.EzspNetworkScanType, channels: t.Channels) -> None:
        """Listen on each channel: networks, or energy."""
        for channel in channels:
            here = channel == self.network.channel
            if kind is t.EzspNetworkScanType.ENERGY_SCAN:
                level = rssi_of(self.network.lqi) if here else _NOISE_DBM
                self._later(self.callback, "energyScanResultHandler", {"channel": channel, "maxRssiValue": level})
            elif here and not self.network.silent:
                self._later(self.callback, "networkFoundHandler", self._beacon())
        done = {"channel": t.uint8_t(0), "status": t.EmberStatus.SUCCESS}
        self._later(self.callback, "scanCompleteHandler", done, after=_SCAN_SECONDS)

    def _beacon(self) -> dict[str, Any]:
        found = t.EmberZigbeeNetwork(
            channel=self.network.channel,
            panId=self.network.pan_id,
            extendedPanId=t.ExtendedPanId(address(self.network.eui64)),
            allowingJoin=bool(self.network.permitted),
            stackProfile=2,
            nwkUpdateId=0,
        )
        return {"networkFound": found, "lastHopLqi": self.network.lqi, "lastHopRssi": rssi_of(self.network.lqi)}

    def join(self, node_type: t.EmberNodeType, parameters: t.EmberNetworkParameters) -> None:
        """Ask the meter to be let in; the host hears how that ended."""
        self._later(self._join, node_type, parameters)

    def _join(self, node_type: t.EmberNodeType, parameters: t.EmberNetworkParameters) -> None:
        here = parameters.panId == self.network.pan_id and parameters.radioChannel == self.network.channel
        if not here or self.network.silent:
            return self._status(t.EmberStatus.NO_BEACONS)
        outcome = self.network.join(self, self.link_key)
        if outcome is Joined.NOT_PERMITTED:
            return self._status(t.EmberStatus.JOIN_FAILED)
        if outcome is Joined.WRONG_KEY:
            return self._status(t.EmberStatus.NO_NETWORK_KEY_RECEIVED)
        member = self.network.members[text_of(self.eui64)]
        self.membership = Membership(
            int(node_type),
            member.nwk,
            self.network.pan_id,
            self.network.eui64.hex(),
            self.network.channel,
            self.link_key.hex(),
            self.network.key.hex(),
            self.network.key_sequence,
        )
        self.meter.joined(self)
        return self._up()

    def _up(self) -> None:
        self.state = t.EmberNetworkStatus.JOINED_NETWORK
        self._status(t.EmberStatus.NETWORK_UP)

    def network_init(self) -> t.EmberStatus:
        """Take up the network that was joined before a reset."""
        if self.membership is None:
            return t.EmberStatus.NOT_JOINED
        self._later(self._rejoined)
        return t.EmberStatus.SUCCESS

    def rejoin(self) -> None:
        """Look for the network again."""
        self._later(self._rejoined)

    def _rejoined(self) -> None:
        if self.membership is not None and self.membership.node_type == t.EmberNodeType.COORDINATOR:
            return self._up()  # a network of its own
        same = self.membership is not None and self.membership.extended_pan_id == self.network.eui64.hex()
        member = self.network.rejoin(self) if same and not self.network.silent else None
        if member is None or self.membership is None:
            self.state = t.EmberNetworkStatus.JOINED_NETWORK_NO_PARENT
            return self._status(t.EmberStatus.MOVE_FAILED)
        self.membership.network_key = self.network.key.hex()
        self.membership.key_sequence = self.network.key_sequence
        return self._up()

    def leave(self) -> t.EmberStatus:
        """Leave by our own will."""
        if self.membership is None:
            return t.EmberStatus.INVALID_CALL
        self._later(self.told_to_leave)
        return t.EmberStatus.SUCCESS

    def told_to_leave(self) -> None:
        """Leave, and forget the network."""
        self.membership = None
        self.power_off()
        self.meter.keep()
        self._status(t.EmberStatus.NETWORK_DOWN)

    def key_switched(self, key: bytes, sequence: int) -> None:
        """Go over to the network's next key."""
        if self.membership is not None:
            self.membership.network_key, self.membership.key_sequence = key.hex(), sequence
            self.callback("switchNetworkKeyHandler", {"sequenceNumber": t.uint8_t(sequence)})

    # Messages

    def send(self, frame: t.EmberApsFrame, destination: int, tag: int, payload: bytes) -> None:
        """Send to the meter, which is all there is to send to."""
        self.sequence = (self.sequence + 1) % 256
        if self.membership is not None:
            self.membership.frame_counter += 1
        member = self.network.member(self) is not None
        there = destination == METER and not self.network.silent
        reached = self._joined and member and there and not self.network.loses()
        sent = {
            "type": t.EmberOutgoingMessageType.OUTGOING_DIRECT,
            "indexOrDestination": t.uint16_t(destination),
            "apsFrame": frame,
            "messageTag": t.uint8_t(tag),
            "status": t.EmberStatus.SUCCESS if reached else t.EmberStatus.DELIVERY_FAILED,
            "messageContents": t.LVBytes(b""),
        }
        self._later(self.callback, "messageSentHandler", sent)
        if reached:
            packet = Packet(
                int(frame.profileId),
                int(frame.clusterId),
                int(frame.sourceEndpoint),
                int(frame.destinationEndpoint),
                payload,
                secured=bool(frame.options & t.EmberApsOption.APS_OPTION_ENCRYPTION),
            )
            self._later(self.meter.receive, self, packet)

    @property
    def _joined(self) -> bool:
        return bool(self.state == t.EmberNetworkStatus.JOINED_NETWORK)

    def deliver(self, packet: Packet) -> None:
        """Pass a packet on to the host, unless it is lost or for an endpoint that is not there."""
        if not self._joined or self.network.loses():
            return
        if packet.destination and packet.destination not in self.endpoints:
            return
        self.sequence = (self.sequence + 1) % 256
        options = t.EmberApsOption.APS_OPTION_ENCRYPTION if packet.secured else t.EmberApsOption.APS_OPTION_NONE
        frame = t.EmberApsFrame(
            profileId=packet.profile,
            clusterId=packet.cluster,
            sourceEndpoint=packet.source,
            destinationEndpoint=packet.destination,
            options=options,
            groupId=0,
            sequence=self.sequence,
        )
        self.callback(
            "incomingMessageHandler",
            {
                "type": t.EmberIncomingMessageType.INCOMING_UNICAST,
                "apsFrame": frame,
                "lastHopLqi": t.uint8_t(self.network.lqi),
                "lastHopRssi": t.int8s(rssi_of(self.network.lqi)),
                "sender": t.EmberNodeId(packet.sender),
                "bindingIndex": t.uint8_t(0xFF),
                "addressIndex": t.uint8_t(0xFF),
                "messageContents": t.LVBytes(packet.payload),
            },
        )

    # Key establishment

    def certificate(self) -> bytes | None:
        """The certificate that was put in at the factory, None without one."""
        if not self.certified:
            return None
        if self.credentials is None:
            self.credentials = ecc.issue(authority(), self.eui64, ecc.KeyPair.generate())
        return self.credentials.certificate

    def generate_keys(self) -> None:
        """Make the key pair of one exchange; the host hears its public half."""
        self.exchange = _Exchange(ecc.KeyPair.generate())
        public = t.EmberPublicKeyData(self.exchange.ephemeral.public)
        values = {"status": t.EmberStatus.SUCCESS, "ephemeralPublicKey": public}
        self._later(self.callback, "generateCbkeKeysHandler", values)

    def calculate(self, initiator: bool, certificate: bytes, ephemeral: bytes) -> None:
        """Derive the link key; the host hears the codes."""
        values = {
            "status": t.EmberStatus.KEY_INVALID,
            "initiatorSmac": t.EmberSmacData(bytes(16)),
            "responderSmac": t.EmberSmacData(bytes(16)),
        }
        if self.exchange is not None and self.credentials is not None:
            try:
                secret = ecc.agree(
                    self.credentials, self.exchange.ephemeral, certificate, ephemeral, initiator=initiator
                )
            except ValueError:
                secret = None
            if secret is not None:
                self.exchange.secret = secret
                values = {
                    "status": t.EmberStatus.SUCCESS,
                    "initiatorSmac": t.EmberSmacData(secret.initiator_code),
                    "responderSmac": t.EmberSmacData(secret.responder_code),
                }
        self._later(self.callback, "calculateSmacsHandler", values)

    def finish(self, store: bool) -> None:
        """Use the link key derived from now on, or forget it."""
        secret = self.exchange.secret if self.exchange is not None else None
        if store and secret is not None and self.membership is not None:
            self.membership.link_key = secret.link_key.hex()
        self.exchange = None
