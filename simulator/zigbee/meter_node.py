"""The meter as a node: every cluster it serves, and what it tells its clients by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from zigpy import types as t
from zigpy.zcl.foundation import GeneralCommand, ReadAttributeRecord, Status

from simulator.gateway.load_controls import LoadControl
from simulator.gateway.spoilt import Spoiler
from simulator.gateway.state import GatewayState
from simulator.gateway.traffic import Entry
from simulator.zigbee import load_control, metering, tariff, zcl, zdo
from simulator.zigbee.air import SMART_ENERGY, ZDO, Node, Packet
from simulator.zigbee.commands import CancelMessage, ReportEventStatus
from simulator.zigbee.identifiers import lfdi_of, text_of
from simulator.zigbee.key_establishment import KeyEstablishment
from simulator.zigbee.layout import BASIC, DRLC, KEY_ESTABLISHMENT, MESSAGING, METERING, PRICE, TIME, Layout
from simulator.zigbee.network import Network
from simulator.zigbee.reporting import Reporting

_ATTRIBUTES: dict[int, Callable[[GatewayState], dict[int, Any]]] = {
    BASIC: metering.basic,
    TIME: metering.clock,
    METERING: metering.metering,
}
_SECURED = frozenset({PRICE, DRLC, METERING, MESSAGING})
"""Clusters that are spoken with the link key (Zigbee Smart Energy 1.4, 5.4.6)."""
_UTILITY_ENROLLMENT_GROUP, _DEVICE_CLASS = 0x0000, 0x0003
_DISPLAY = 1
"""The endpoint of a node that messages are for."""
_REPORTS_KEPT = 100
_LONGEST = 200
"""Bytes of a frame that is spoilt: radios tell their hosts its length in one of them."""
_TAKEN: list[tuple[int, t.Struct]] = []
"""The answer to a command that needs none but a status."""


class MeterNode:
    """Answers what nodes of the network ask, and tells them of events."""

    def __init__(self, gateway: GatewayState, network: Network) -> None:
        self._gateway = gateway
        self._network = network
        self._keys = KeyEstablishment(network)
        self._layout = Layout(gateway.settings)
        self._spoiler = Spoiler(gateway.faults)
        self.reporting = Reporting(gateway, metering.metering, self._report)
        self._tsn = 0
        self.device_classes: dict[str, int] = {}
        """What devices say they are (table D.2), by LFDI."""
        self.reports: list[dict[str, int]] = []
        """The last reports on events, as they came in, with the endpoint of the device."""
        self._writing: set[asyncio.Future[None]] = set()

    def joined(self, node: Node) -> None:
        """Take up a node that joined as a device of the gateway's."""
        registrations = self._gateway.registrations
        registrations.add(lfdi_of(node.eui64), self._gateway.settings.pin, in_band=False)
        self.keep()

    def receive(self, node: Node, packet: Packet) -> None:
        """Take a packet from a member; the answers come after a moment, as over the air."""
        if self._gateway.faults.take("silence"):
            return
        slow = self._gateway.faults.take("slow")
        delay = slow["seconds"] if slow else 0.005
        asyncio.get_running_loop().call_later(delay, self._answer, node, packet)

    def _answer(self, node: Node, packet: Packet) -> None:
        if self._network.member(node) is None:
            return
        if packet.destination == ZDO:
            found = zdo.answer(self._network, packet.cluster, packet.payload, self._layout.servers)
            if found is not None:
                said = self._spoiler.frame(f"/zdo/{found[0]:04X}", found[1], _LONGEST)
                self._network.send(node, Packet(0, found[0], ZDO, ZDO, said))
            return
        if packet.profile != SMART_ENERGY or not self._layout.serves(packet.destination, packet.cluster):
            return
        try:
            frame = zcl.parse(packet.payload)
        except ValueError:
            return  # no header: there is nothing to answer to
        self._log(node, packet.cluster, frame)
        try:
            answers = self._answers(node, packet, frame)
        except ValueError:
            # It ends before what its command needs.
            answers = [zcl.default_response(frame.header.tsn, frame.header.command_id, Status.MALFORMED_COMMAND)]
        for answer in answers:
            # Who asks without the link key can only be told so without it.
            self._send(node, packet.cluster, packet.source, answer, source=packet.destination, secured=packet.secured)

    def _log(self, node: Node, cluster: int, frame: zcl.Frame) -> None:
        kind = "general" if frame.is_general else "command"
        path = f"/zcl/{cluster:04X}/{kind}/{frame.header.command_id:02X}"
        self._gateway.traffic.requests.append(Entry("ZCL", path, None, text_of(node.eui64)[-6:]))

    def _answers(self, node: Node, packet: Packet, frame: zcl.Frame) -> list[bytes]:
        tsn, number = frame.header.tsn, frame.header.command_id
        if frame.is_general:
            if number == GeneralCommand.Read_Attributes:
                if packet.cluster in _SECURED and not packet.secured:
                    return [zcl.default_response(tsn, number, Status.NOT_AUTHORIZED)]
                is_gas = packet.cluster == METERING and packet.destination == self._layout.gas
                attributes = metering.gas if is_gas else _ATTRIBUTES.get(packet.cluster)
                values = attributes(self._gateway) if attributes is not None else {}
                lost = self._gateway.faults.take("lost_attributes") if packet.cluster == METERING else None
                return [zcl.read_response(frame, values, range(lost["first"], lost["last"] + 1) if lost else ())]
            if number == GeneralCommand.Configure_Reporting and packet.cluster == METERING:
                return [self.reporting.configure(node, packet.source, frame)]
            if number == GeneralCommand.Read_Attributes_rsp and packet.cluster == DRLC and packet.secured:
                self._told_class(node, packet.source, frame.payload)
            return []
        if packet.cluster in _SECURED and not packet.secured:
            return [zcl.default_response(tsn, number, Status.NOT_AUTHORIZED)]
        if packet.cluster == KEY_ESTABLISHMENT:
            return [
                zcl.command(tsn, command, body) for command, body in self._keys.answer(node, number, frame.payload)
            ]
        found = self._commands(node, packet, number, frame.payload)
        if found is None:
            return [zcl.default_response(tsn, number, Status.UNSUP_CLUSTER_COMMAND)]
        if found is _TAKEN:
            return [zcl.default_response(tsn, number, Status.SUCCESS)]
        if not found:
            return [zcl.default_response(tsn, number, Status.NOT_FOUND)]
        return [zcl.command(tsn, command, body) for command, body in found]

    def _commands(self, node: Node, packet: Packet, number: int, payload: bytes) -> list[tuple[int, t.Struct]] | None:
        gateway = self._gateway
        match packet.cluster, number:
            case 0x0700, 0x00:
                return [(0x00, price) for price in tariff.current_price(gateway)]
            case 0x0700, 0x01:
                return [(0x00, price) for price in tariff.scheduled_prices(gateway, payload)]
            case 0x0701, 0x00:
                return _TAKEN if self._reported(node, packet.source, payload) else []
            case 0x0701, 0x01:
                lfdi = self._announced(node, packet.source)
                self._write_group(node, packet.source)
                return [(0x00, event) for event in load_control.events_for(gateway, lfdi)]
            case 0x0702, 0x00:
                return [(0x00, metering.profile(gateway, payload))]
            case 0x0702, 0x03:
                return [(0x03, metering.fast_poll(gateway, payload))]
            case 0x0703, 0x00:
                return [(0x00, message) for message in tariff.last_message(gateway)]
            case 0x0703, 0x01:
                gateway.messages.confirmed.append(int.from_bytes(payload[:4], "little"))
                return _TAKEN
        return None

    def _reported(self, node: Node, endpoint: int, payload: bytes) -> bool:
        """Take up what a device says became of an event."""
        said, _signature = ReportEventStatus.deserialize(payload)
        self.reports = [*self.reports, said.as_dict() | {"endpoint": endpoint}][-_REPORTS_KEPT:]
        return load_control.report(self._gateway, node.eui64, endpoint, said)

    def _announced(self, node: Node, endpoint: int) -> str:
        """Take up an endpoint that asks for events as a device of the gateway's."""
        lfdi = lfdi_of(node.eui64, endpoint)
        if self._gateway.registrations.get(lfdi) is None:
            self._gateway.registrations.add(
                lfdi, self._gateway.settings.pin, in_band=True, added_by=lfdi_of(node.eui64)
            )
            self._ask_class(node, endpoint)
            self.keep()
        return lfdi

    def keep(self) -> None:
        """Have what changed written."""
        task = asyncio.ensure_future(self._gateway.changed())
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _send(
        self,
        node: Node,
        cluster: int,
        endpoint: int,
        payload: bytes,
        *,
        source: int | None = None,
        secured: bool = True,
    ) -> None:
        """Send to an endpoint of a node, by default from the endpoint that serves the cluster."""
        payload = self._spoiler.frame(f"/zcl/{cluster:04X}", payload, _LONGEST)
        secured = secured and cluster in _SECURED and not self._gateway.faults.take("unsecured")
        if source is None:
            source = self._layout.endpoint_of(cluster)
        self._network.send(node, Packet(SMART_ENERGY, cluster, source, endpoint, payload, secured))

    def _next_tsn(self) -> int:
        self._tsn = (self._tsn + 1) % 256
        return self._tsn

    def _report(self, node: Node, endpoint: int, values: bytes) -> None:
        if self._network.member(node) is None:
            self.reporting.forget(node)
            return
        self._send(node, METERING, endpoint, zcl.general(self._next_tsn(), GeneralCommand.Report_Attributes, values))

    def _ask_class(self, node: Node, endpoint: int) -> None:
        """Read of which classes a new device is."""
        number = t.uint16_t(_DEVICE_CLASS).serialize()
        self._send(node, DRLC, endpoint, zcl.general(self._next_tsn(), GeneralCommand.Read_Attributes, number))

    def _told_class(self, node: Node, endpoint: int, payload: bytes) -> None:
        """Take up the answer to ``_ask_class``, which was secured with the link key of the node."""
        lfdi = lfdi_of(node.eui64, endpoint)
        self._gateway.contacts.heard(lfdi, lfdi_of(node.eui64), "Read Attributes Response")
        record, _ = ReadAttributeRecord.deserialize(payload)
        if record.status == Status.SUCCESS:
            self.device_classes[lfdi] = int(record.value.value)

    def ask(self, lfdi: str) -> bool:
        """Ask a device for something that it answers if it is there; False where it is no endpoint of this network.

        It is its DeviceClassValue (Demand Response and Load Control cluster, client side): the answer tells nothing
        new, but that it came, secured with the link key, does.
        """
        for node, endpoint, known in self._clients():
            if known == lfdi:
                self._ask_class(node, endpoint)
                return True
        return False

    def _write_group(self, node: Node, endpoint: int) -> None:
        """Write the utility enrollment group of a device into its DRLC cluster."""
        group = load_control.group_of(self._gateway, lfdi_of(node.eui64, endpoint))
        value = zcl.type_value(t.uint8_t(group)).serialize()
        record = t.uint16_t(_UTILITY_ENROLLMENT_GROUP).serialize() + value
        self._send(node, DRLC, endpoint, zcl.general(self._next_tsn(), GeneralCommand.Write_Attributes, record))

    def _clients(self) -> list[tuple[Node, int, str]]:
        """Every endpoint that was announced, with its node and identifier."""
        return [
            (node, endpoint, lfdi)
            for node in self._network.nodes()
            for endpoint in range(1, 0x20)
            if self._gateway.registrations.get(lfdi := lfdi_of(node.eui64, endpoint)) is not None
        ]

    def enrolled(self) -> None:
        """Tell all devices of their groups, after enrollments changed."""
        for node, endpoint, _ in self._clients():
            self._write_group(node, endpoint)

    def published(self, control: LoadControl) -> None:
        """Send a new event to those it is for."""
        self._broadcast(control, 0x00, load_control.event(control))

    def cancelled(self, control: LoadControl) -> None:
        """Send the end of an event to those it was for."""
        self._broadcast(control, 0x01, load_control.cancellation(control))

    def _broadcast(self, control: LoadControl, command: int, body: t.Struct) -> None:
        enrolled = self._gateway.demand_response.program(control.program).enrolled
        for node, endpoint, lfdi in self._clients():
            if lfdi in enrolled:
                self._send(node, DRLC, endpoint, zcl.command(self._next_tsn(), command, body))

    def recalled(self, number: int) -> None:
        """Take a message back from all."""
        for node in self._network.nodes():
            body = CancelMessage(message_id=number, control=0)
            self._send(node, MESSAGING, _DISPLAY, zcl.command(self._next_tsn(), 0x01, body))

    def messaged(self) -> None:
        """Send the newest message to all."""
        for node in self._network.nodes():
            for message in tariff.last_message(self._gateway):
                self._send(node, MESSAGING, _DISPLAY, zcl.command(self._next_tsn(), 0x00, message))
