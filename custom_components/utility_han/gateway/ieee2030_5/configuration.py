"""What a gateway gives its clients to go by, over one connection (use case step IP-8)."""

from datetime import timedelta

from aio2030dot5 import manufacturer_name
from py20305.models import sep

from ..model import GatewayConfiguration, GatewayInfo
from .clock import read_clock_offset
from .connection import Connection
from .end_devices import EndDevices
from .failures import OptionalReadings, optional
from .messaging import read_messages
from .reader import Reader, page_of

_USAGE_POINTS, _MESSAGES, _TARIFFS = (
    "usage_point_list_link",
    "messaging_program_list_link",
    "tariff_profile_list_link",
)


async def read_configuration(connection: Connection, end_devices: EndDevices) -> GatewayConfiguration:
    """Read capabilities, rates, programs, messages, firmware and clock.

    Only DeviceCapability is insisted on; a resource that cannot be read counts as not offered for now, unless all of
    them are refused.
    """
    async with connection.session() as session:
        reader = Reader(session)
        readings = OptionalReadings()
        offer = await end_devices.offer(session, readings)
        unavailable: set[str] = set()
        rate = await _usage_points(reader, readings, offer.hrefs(_USAGE_POINTS), unavailable)
        notices: list[str] = []
        for href in offer.hrefs(_MESSAGES):
            messages = await readings.read(read_messages(reader, href))
            if messages is None:
                unavailable.add("messaging")
            notices += [message.text for message in messages or ()]
        for href in offer.hrefs(_TARIFFS):
            if await readings.read(reader.get(page_of(href, 0, 1), sep.TariffProfileList)) is None:
                unavailable.add("pricing")
        readings.raise_if_all_were_refused(accepted_before=connection.accepted)
        connection.accepted = True
        info = await optional(connection.probe())
        clock = await optional(read_clock_offset(reader, offer.capability))
    return GatewayConfiguration(
        poll_interval=rate,
        function_sets=tuple(sorted(offer.function_sets - unavailable)),
        programs=tuple(dict.fromkeys(each.description for each in offer.assignments if each.description)),
        notices=tuple(dict.fromkeys(notices)),
        clock_offset=clock,
        info=GatewayInfo(
            manufacturer=manufacturer_name(info.manufacturer_id) if info else None,
            model=info.model if info else None,
            serial_number=info.serial_number if info else None,
            hardware_version=info.hardware_version if info else None,
            software_version=info.software_version if info else None,
        ),
        unavailable=tuple(sorted(unavailable)),
    )


async def _usage_points(
    reader: Reader, readings: OptionalReadings, hrefs: list[str], unavailable: set[str]
) -> timedelta | None:
    """Return how often usage points may be read (pollRate of UsagePointList), None where that is not said."""
    for href in hrefs:
        listed = await readings.read(reader.get(page_of(href, 0, 1), sep.UsagePointList))
        if listed is None:
            unavailable.add("metering")
        elif "poll_rate" in listed.model_fields_set:
            return timedelta(seconds=listed.poll_rate)
    return None
