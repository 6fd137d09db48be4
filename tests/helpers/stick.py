"""A stick that says what a test has it say: a script of commands and the XML fragments that answer them."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

_COMMAND = re.compile(rb"<Command>.*?</Command>", re.DOTALL)
_NAME, _METER = re.compile(r"<Name>(\w+)</Name>"), re.compile(r"<MeterMacId>0x(\w+)</MeterMacId>")

STICK, METER, OTHER = "0123456789ABCDEF", "FEDCBA9876543210", "FEDCBA0123456789"
"""The addresses in aioraven's own tests (test/test_data.py)."""
UNKNOWN = "<Warning>    <Text>Unknown command</Text></Warning>"
"""From the same."""


def fragment(tag: str, elements: str, meter: str = METER) -> str:
    """A fragment of a meter's."""
    return f"<{tag}><DeviceMacId>0x{STICK}</DeviceMacId><MeterMacId>0x{meter}</MeterMacId>{elements}</{tag}>\r\n"


def meter_info(kind: str, name: str = "House", meter: str = METER) -> str:
    """What a stick says of a meter."""
    return fragment("MeterInfo", f"<MeterType>{kind}</MeterType><NickName>{name}</NickName>", meter)


def meter_list(*meters: str) -> str:
    """What a stick lists."""
    listed = "".join(f"<MeterMacId>0x{meter}</MeterMacId>" for meter in meters)
    return f"<MeterList><DeviceMacId>0x{STICK}</DeviceMacId>{listed}</MeterList>"


JOINED: Mapping[str, str] = {
    "get_device_info": (
        f"<DeviceInfo><DeviceMacId>0x{STICK}</DeviceMacId><InstallCode>0xABCDEF0123456789</InstallCode>"
        "<LinkKey>0xABCDEF0123456789ABCDEF0123456789</LinkKey><FWVersion>1.21g</FWVersion>"
        "<HWVersion>5.55 rev 2</HWVersion><ImageType>Mocked</ImageType><Manufacturer>aioraven</Manufacturer>"
        "<ModelId>Python</ModelId><DateCode>20220101a0000042</DateCode></DeviceInfo>"
    ),
    "get_network_info": (
        f"<NetworkInfo><DeviceMacId>0x{STICK}</DeviceMacId><CoordMacId>0x{METER}</CoordMacId>"
        "<Status>Connected</Status><Description>Network is operational</Description>"
        "<ExtPanId>0x9876543210ABCDEF</ExtPanId><Channel>24</Channel><LinkStrength>0x24</LinkStrength></NetworkInfo>"
    ),
    "get_meter_list": meter_list(METER),
    "get_meter_info": meter_info("electric"),
    "get_time": fragment("TimeCluster", "<UTCTime>0x29bd58a7</UTCTime><LocalTime>0x29bce827</LocalTime>"),
    "get_message": fragment("MessageCluster", "<Id>0x0000</Id><Text></Text><Queue>active</Queue>"),
    "get_instantaneous_demand": fragment(
        "InstantaneousDemand",
        "<Demand>0x001738</Demand><Multiplier>0x00000001</Multiplier><Divisor>0x000003e8</Divisor>",
    ),
    "get_current_summation_delivered": fragment(
        "CurrentSummationDelivered",
        "<SummationDelivered>0x0000000001321a5f</SummationDelivered>"
        "<SummationReceived>0x00000000003f8240</SummationReceived>"
        "<Multiplier>0x00000001</Multiplier><Divisor>0x000003e8</Divisor>"
        "<DigitsRight>0x01</DigitsRight><DigitsLeft>0x06</DigitsLeft>",
    ),
    "get_current_price": fragment(
        "PriceCluster",
        "<Price>0x0000000e</Price><Currency>0x0348</Currency><TrailingDigits>0x02</TrailingDigits><Tier>0x01</Tier>"
        "<StartTime>0xffffffff</StartTime><Duration>0xffff</Duration><RateLabel>Tier 1</RateLabel>",
    ),
}
"""A stick that reads a meter: fragments as other projects have them in their tests.

aioraven (test/test_data.py), the "EAGLE Uploader API Manual" (the demand of 5.944 kW), thermostat-home's python/tHome
(the summations, and the price with times of all ones), and a Ruby controller of meter readings (the empty message).
"""


def two_meters(of_other: str = "electric") -> dict[str, str]:
    """A stick with another meter: its power is told with every answer, as sticks tell by a schedule."""
    told = fragment(
        "InstantaneousDemand",
        "<Demand>0x000064</Demand><Multiplier>0x00000001</Multiplier><Divisor>0x000003e8</Divisor>",
        OTHER,
    )
    return {
        "get_meter_list": meter_list(OTHER, METER),
        f"get_meter_info {METER}": meter_info("electric"),
        f"get_meter_info {OTHER}": meter_info(of_other, "Garage", OTHER),
        f"get_instantaneous_demand {METER}": told + JOINED["get_instantaneous_demand"] + told,
        f"get_instantaneous_demand {OTHER}": told,
        "get_instantaneous_demand": told,
    }


class Script:
    """What the stick says, by command, or by command and meter; of a meter that has nothing of its own the same."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = {**JOINED, **said}
        self.asked: list[tuple[str, str | None]] = []
        """Each command, and the meter that it named."""
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one connection."""
        received = b""
        while data := await reader.read(4096):
            received += data
            while (found := _COMMAND.search(received)) is not None:
                received = received[found.end() :]
                writer.write(self._answer(found.group().decode()).encode("cp1252"))
                await writer.drain()

    def _answer(self, command: str) -> str:
        named = _NAME.search(command)
        assert named is not None
        meter = _METER.search(command)
        self.asked.append((named[1], meter[1] if meter else None))
        said = self.said.get(named[1], "")
        if meter is None:
            return said
        return self.said.get(f"{named[1]} {meter[1]}", said.replace(METER, meter[1]))


@asynccontextmanager
async def plugged_in(said: Mapping[str, str]) -> AsyncIterator[Script]:
    """Have a stick on the network that says this beside, or instead of, :data:`JOINED`."""
    script = Script(said)
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0)
    script.url = f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield script
    finally:
        server.close()
        server.close_clients()
