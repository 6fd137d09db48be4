"""What a gateway gives its clients to go by, over one connection (use case step IP-8)."""

from datetime import UTC, datetime, timedelta

from aio2030dot5 import manufacturer_name
from py20305.models import sep

from ..model import GatewayConfiguration, GatewayInfo
from .capability import function_sets, read_capability
from .connection import Connection
from .end_devices import EndDevices
from .failures import optional
from .messaging import read_messages
from .reader import Reader
from .resources import moment


async def read_configuration(connection: Connection, end_devices: EndDevices) -> GatewayConfiguration:
    """Read capabilities, rates, programs, messages, firmware and clock.

    Only what every gateway must have is insisted on; a resource that cannot be read counts as not offered.
    """
    async with connection.session() as session:
        reader = Reader(session)
        capability = await read_capability(session, connection.dcap_path)
        sets = function_sets(capability)
        programs: list[str] = []
        message_lists = [capability.messaging_program_list_link]
        for assignments in await optional(end_devices.own_assignments(session, capability)) or []:
            sets |= function_sets(assignments)
            message_lists.append(assignments.messaging_program_list_link)
            if assignments.description:
                programs.append(assignments.description)
        notices: list[str] = []
        for href in dict.fromkeys(link.href for link in message_lists if link is not None):
            messages = await optional(read_messages(reader, href)) or []
            notices += [message.text for message in messages]
        rate = await _poll_rate(reader, capability)
        info = await connection.probe()
        clock = await optional(_clock_offset(reader, capability))
    return GatewayConfiguration(
        poll_interval=rate,
        function_sets=tuple(sorted(sets)),
        programs=tuple(dict.fromkeys(programs)),
        notices=tuple(dict.fromkeys(notices)),
        clock_offset=clock,
        info=GatewayInfo(
            manufacturer=manufacturer_name(info.manufacturer_id),
            model=info.model,
            serial_number=info.serial_number,
            hardware_version=info.hardware_version,
            software_version=info.software_version,
        ),
    )


async def _poll_rate(reader: Reader, capability: sep.DeviceCapability) -> timedelta | None:
    if (points := capability.usage_point_list_link) is None:
        return None
    listed = await optional(reader.get(f"{points.href}?s=0&l=1", sep.UsagePointList))
    if listed is None or "poll_rate" not in listed.model_fields_set:
        return None
    return timedelta(seconds=listed.poll_rate)


async def _clock_offset(reader: Reader, capability: sep.DeviceCapability) -> timedelta | None:
    if capability.time_link is None:
        return None
    clock = await reader.get(capability.time_link.href, sep.Time)
    return moment(clock.current_time.value) - datetime.now(UTC)
