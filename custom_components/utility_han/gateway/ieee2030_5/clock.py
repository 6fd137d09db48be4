"""The gateway's clock (IEEE 2030.5-2018, Time function set)."""

from datetime import UTC, datetime, timedelta

from py20305.models import sep

from .reader import Reader
from .resources import moment


async def read_clock_offset(reader: Reader, capability: sep.DeviceCapability) -> timedelta | None:
    """Return the gateway's clock less ours, None where it has none."""
    if capability.time_link is None:
        return None
    clock = await reader.get(capability.time_link.href, sep.Time)
    return moment(clock.current_time.value) - datetime.now(UTC)
