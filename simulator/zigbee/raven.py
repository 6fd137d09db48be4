"""A certified Smart Energy stick (Rainforest RAVEn) behind a TCP port: XML fragments both ways.

Rainforest Automation, "RAVEn XML API Manual" revision 127.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import override
from xml.etree import ElementTree as Et

from simulator.gateway.spoilt import Spoiler
from simulator.gateway.state import GatewayState
from simulator.gateway.traffic import Entry
from simulator.household.tariff import blocks
from simulator.zigbee import zcl
from simulator.zigbee.identifiers import text_of
from simulator.zigbee.meter_node import MeterNode
from simulator.zigbee.network import Joined, Network
from simulator.zigbee.port import RadioPort
from simulator.zigbee.raven_node import RavenNode

_COMMAND = re.compile(rb"<Command>.*?</Command>", re.DOTALL)
_KWH = {"Multiplier": "0x00000001", "Divisor": "0x000003e8", "DigitsRight": "0x03", "DigitsLeft": "0x06",
        "SuppressLeadingZero": "Y"}  # fmt: skip
_FULL_LQI = 255

type Fragment = tuple[str, dict[str, str]]


class Raven(RadioPort):
    """Serves one stick."""

    def __init__(
        self, gateway: GatewayState, network: Network, meter: MeterNode, node: RavenNode, host: str, port: int
    ) -> None:
        super().__init__(host, port)
        self._gateway = gateway
        self._spoiler = Spoiler(gateway.faults)
        self._network = network
        self._meter = meter
        self.node = node
        self._answers: dict[str, Callable[[Et.Element], Fragment | None]] = {
            "get_device_info": self._device_info,
            "get_network_info": self._network_info,
            "get_connection_status": self._connection_status,
            "get_meter_list": self._meter_list,
            "get_meter_info": self._meter_info,
            "get_time": self._time,
            "get_instantaneous_demand": self._demand,
            "get_current_summation_delivered": self._summation,
            "get_current_price": self._price,
            "get_message": self._message,
            "get_schedule": self._schedule,
            "confirm_message": self._confirm,
            "set_fast_poll": self._accepted,
            "set_schedule": self._accepted,
            "initialize": self._accepted,
            "restart": self._accepted,
        }

    @override
    def _power_off(self) -> None:
        self._network.detach(self.node)

    @override
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = b""
        while data := await reader.read(4096):
            received += data
            while (found := _COMMAND.search(received)) is not None:
                received = received[found.end() :]
                await self._handle(found.group(), writer)
            received = received[-4096:]

    async def _handle(self, text: bytes, writer: asyncio.StreamWriter) -> None:
        try:
            command = Et.fromstring(text)  # noqa: S314 - from our own host, and without a document type
        except Et.ParseError:
            return
        name = command.findtext("Name") or ""
        self._gateway.traffic.requests.append(Entry("RAVEN", f"/{name}", None, text_of(self.node.eui64)[-6:]))
        answer = self._answers.get(name)
        if answer is None:
            written = _fragment("Warning", {"Text": "Unknown command"})
        else:
            try:
                said = answer(command)
            except ValueError:
                said = "Warning", {"Text": "Invalid parameter"}
            if said is None:
                return
            written = _fragment(*said)
        if slow := self._gateway.faults.take("slow"):
            await asyncio.sleep(slow["seconds"])
        written = self._spoiler.text(f"/raven/{name}", written)
        if self._gateway.faults.share("corrupted_frames"):
            written = written.replace(b"</", b"<", 1)
        writer.write(written)
        await writer.drain()

    # The network

    def _joined(self) -> bool:
        """Whether the stick is on the network; it joins by itself once the meter lets it."""
        if self._network.silent:
            return False
        if self._network.member(self.node) is None:
            self.node.joined = self._network.join(self.node, self.node.link_key) is Joined.DONE
            if self.node.joined:
                self._meter.joined(self.node)
        else:
            self._network.attach(self.node)
            self.node.joined = True
        return self.node.joined

    def _device_info(self, _command: Et.Element) -> Fragment:
        return "DeviceInfo", {
            "DeviceMacId": _hex(self.node.eui64),
            "InstallCode": _hex(self.node.install_code),
            "LinkKey": _hex(self.node.link_key),
            "FWVersion": "2.0.0 (7400)",
            "HWVersion": "1.2.7.3",
            "ImageType": "0x1301",
            "Manufacturer": "Rainforest Automation, Inc.",
            "ModelId": "Z105-2-EMU2-LEDD_JM",
            "DateCode": "2013103023220630",
        }

    def _network_info(self, _command: Et.Element) -> Fragment:
        return "NetworkInfo", self._status()

    def _connection_status(self, _command: Et.Element) -> Fragment:
        return "ConnectionStatus", self._status()

    def _status(self) -> dict[str, str]:
        joined = self._joined()
        known = self._network.member(self.node)
        found = {"DeviceMacId": _hex(self.node.eui64), "Status": "Connected" if joined else "Network Discovery"}
        if joined and known is not None:
            found |= {
                "CoordMacId": _hex(self._network.eui64),
                "ExtPanId": _hex(self._network.eui64),
                "Channel": str(self._network.channel),
                "ShortAddr": _hex(known.nwk.to_bytes(2)),
                "LinkStrength": f"0x{round(self._network.lqi / _FULL_LQI * 100):02x}",
            }
        return found

    def _meter_list(self, _command: Et.Element) -> Fragment:
        found = {"DeviceMacId": _hex(self.node.eui64)}
        if self._joined():
            found["MeterMacId"] = _hex(self._network.eui64)
        return "MeterList", found

    def _meter_info(self, _command: Et.Element) -> Fragment | None:
        return ("MeterInfo", self._from_meter({"MeterType": "electric", "Enabled": "Y"})) if self._joined() else None

    # The meter

    def _from_meter(self, values: dict[str, str]) -> dict[str, str]:
        return {
            "DeviceMacId": _hex(self.node.eui64),
            "MeterMacId": _hex(self._network.eui64),
            "TimeStamp": _number(int(self._gateway.clock()) - zcl.EPOCH),
            **values,
        }

    def _silent(self) -> bool:
        return not self._joined() or bool(self._gateway.faults.take("silence"))

    def _time(self, _command: Et.Element) -> Fragment | None:
        if self._silent():
            return None
        now = int(self._gateway.clock()) - zcl.EPOCH
        local = now + self._gateway.settings.tz_offset
        return "TimeCluster", self._from_meter({"UTCTime": _number(now), "LocalTime": _number(local)})

    def _demand(self, _command: Et.Element) -> Fragment | None:
        if self._silent():
            return None
        spike = self._gateway.faults.take("spike")
        power = spike["watts"] if spike else self._gateway.meter.power(time.time())
        return "InstantaneousDemand", self._from_meter({"Demand": _number(power), **_KWH})

    def _summation(self, _command: Et.Element) -> Fragment | None:
        if self._silent():
            return None
        now, meter, shown = time.time(), self._gateway.meter, self._gateway.faults.registers()
        values = {
            "SummationDelivered": _number(shown(meter.summation("delivered", now))),
            "SummationReceived": _number(shown(meter.summation("received", now))),
            **_KWH,
        }
        if self._gateway.faults.take("empty_reading"):
            values = {}
        return "CurrentSummationDelivered", self._from_meter(values)

    def _price(self, _command: Et.Element) -> Fragment | None:
        gateway = self._gateway
        if self._silent() or not gateway.settings.personality.pricing:
            return None
        block = blocks(gateway.meter.household, gateway.clock())[0]
        return "PriceCluster", self._from_meter(
            {
                "Price": _number(gateway.prices[block.tier]),
                "Currency": "0x0348",
                "TrailingDigits": "0x03",
                "Tier": f"0x{block.tier:02x}",
                "TierLabel": f"Tier {block.tier}",
                "RateLabel": "Time of use",
            }
        )

    def _message(self, _command: Et.Element) -> Fragment | None:
        gateway = self._gateway
        if self._silent():
            return None
        found = gateway.messages.active(gateway.clock())
        if not found:
            return "MessageCluster", self._from_meter({"Id": "", "Text": ""})
        number, message = found[-1]
        confirmed = "Y" if number in gateway.messages.confirmed else "N"
        return "MessageCluster", self._from_meter(
            {
                "Id": _number(number),
                "Text": message.text,
                "Priority": ("Low", "Medium", "High", "Critical")[message.priority],
                "ConfirmationRequired": "Y",
                "Confirmed": confirmed,
                "Queue": "Active",
            }
        )

    def _confirm(self, command: Et.Element) -> None:
        self._gateway.messages.confirmed.append(int(command.findtext("Id") or "0", 0))

    def _schedule(self, command: Et.Element) -> Fragment:
        event = command.findtext("Event") or "demand"
        return "ScheduleInfo", {
            "DeviceMacId": _hex(self.node.eui64),
            "MeterMacId": _hex(self._network.eui64),
            "Event": event,
            "Frequency": "0x0a",
            "Enabled": "Y",
        }

    def _accepted(self, _command: Et.Element) -> None:
        return None


def _fragment(tag: str, values: dict[str, str]) -> bytes:
    element = Et.Element(tag)
    for name, value in values.items():
        Et.SubElement(element, name).text = value
    return Et.tostring(element) + b"\r\n"


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"


def _number(value: int) -> str:
    return f"0x{value & 0xFFFFFFFF:08x}"
