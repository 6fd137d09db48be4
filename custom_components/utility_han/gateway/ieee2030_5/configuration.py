"""What a gateway gives its clients to go by, over one connection (use case step IP-8)."""

from collections.abc import Awaitable, Callable
from typing import Any

from aio2030dot5 import MeterInfo, manufacturer_name
from py20305.models import sep

from ..model import FileNotice, GatewayConfiguration, GatewayInfo
from .capability import Offer
from .clock import read_clock_offset
from .connection import Connection
from .end_devices import EndDevices
from .failures import OptionalReadings, optional
from .file_download import read_files
from .messaging import read_messages
from .reader import PAGE, Reader, page_of
from .resources import preferred_rate

_RATED = {
    sep.EndDeviceList: "end_device",
    sep.UsagePointList: "metering",
    sep.DemandResponseProgramList: "demand_response",
    sep.TariffProfileList: "pricing",
    sep.MessagingProgramList: "messaging",
    sep.FileList: "file_download",
}
"""The lists whose pollRate is that of a function set: "this resource and all resources below" (sep.xsd)."""


async def read_configuration(connection: Connection, end_devices: EndDevices) -> GatewayConfiguration:
    """Read capabilities, rates, programs, instructions, files, firmware and clock.

    Only DeviceCapability is insisted on; a resource that cannot be read counts as not offered for now, unless all of
    them are refused.
    """
    async with connection.session() as session:
        reader = Reader(session)
        readings = OptionalReadings()
        offer = await end_devices.offer(session, readings, reader)
        offered = _Offered(readings, offer)
        # Asked for as discovery does, which may just have read it over this connection.
        await offered.read("usage_point_list_link", "metering", _first(reader, sep.UsagePointList, PAGE))
        programs = _first(reader, sep.DemandResponseProgramList)
        await offered.read("demand_response_program_list_link", "demand_response", programs)
        await offered.read("tariff_profile_list_link", "pricing", _first(reader, sep.TariffProfileList))
        messages = await offered.read("messaging_program_list_link", "messaging", lambda at: read_messages(reader, at))
        files: list[list[FileNotice]] = await offered.read(
            "file_list_link", "file_download", lambda at: read_files(reader, at)
        )
        readings.raise_if_all_were_refused(accepted_before=connection.accepted)
        connection.accepted = True
        info = await optional(connection.probe())
        clock = await read_clock_offset(reader, offer)
    rates = {name: reader.poll_rates[rated] for rated, name in _RATED.items() if rated in reader.poll_rates}
    return GatewayConfiguration(
        poll_interval=rates.get("metering"),
        function_sets=tuple(sorted(offer.function_sets - offered.unavailable)),
        programs=tuple(dict.fromkeys(each.description for each in offer.assignments if each.description)),
        instructions=tuple(dict.fromkeys(each.text for listed in messages for each in listed if each.instruction)),
        clock_offset=clock,
        info=_described(info),
        unavailable=tuple(sorted(offered.unavailable)),
        rates=rates,
        post_rate=preferred_rate(offer.post_rate) if offer.post_rate else None,
        files=tuple(each for listed in files for each in listed),
    )


def _first(reader: Reader, model: type[Any], entries: int = 1) -> Callable[[str], Awaitable[Any]]:
    """Return how to see that a list can be read, and how often: by its first entries."""
    return lambda href: reader.get(page_of(href, 0, entries), model)


class _Offered:
    """What is offered, read function set by function set."""

    def __init__(self, readings: OptionalReadings, offer: Offer) -> None:
        self.offer = offer
        self.unavailable: set[str] = set()
        """Names of what cannot be had for now."""
        self._readings = readings

    async def read[T](self, link: str, name: str, read: Callable[[str], Awaitable[T]]) -> list[T]:
        """Return what the lists behind ``link`` hold, of those that can be read."""
        found: list[T] = []
        for href in self.offer.hrefs(link):
            if (one := await self._readings.read(read(href))) is None:
                self.unavailable.add(name)
            else:
                found.append(one)
        return found


def _described(info: MeterInfo | None) -> GatewayInfo:
    if info is None:
        return GatewayInfo(None, None, None, None, None)
    return GatewayInfo(
        manufacturer=manufacturer_name(info.manufacturer_id),
        model=info.model,
        serial_number=info.serial_number,
        hardware_version=info.hardware_version,
        software_version=info.software_version,
    )
