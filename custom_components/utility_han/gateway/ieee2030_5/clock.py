"""The gateway's clock (IEEE 2030.5-2018, Time function set)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aio2030dot5 import MeterTime
from aio2030dot5.models import parse_xml

from .capability import Offer
from .failures import optional
from .reader import Reader


@dataclass(frozen=True, slots=True)
class FoundClock:
    """Where a gateway's Time is, and by how much that is ahead of ours."""

    href: str
    offset: timedelta


async def find_clock(reader: Reader, offer: Offer) -> FoundClock | None:
    """Return the gateway's clock, None where it has none that can be read.

    What is told of an event "should be relative to the time server indicated by the FunctionSetAssignment that also
    indicated the event resource; if no FunctionSetAssignment exists, the time of the server where the event resource
    was hosted" (Response.createdDateTime, sep.xsd).
    """
    general = offer.capability.time_link
    for href in dict.fromkeys([*offer.hrefs("time_link"), *([general.href] if general is not None else [])]):
        if (found := await optional(_clock_at(reader, href))) is not None:
            return found
    return None


async def read_clock_offset(reader: Reader, offer: Offer) -> timedelta | None:
    """Return by how much the gateway's clock is ahead of ours, None where it has none that can be read."""
    found = await find_clock(reader, offer)
    return found.offset if found is not None else None


async def _clock_at(reader: Reader, href: str) -> FoundClock:
    """Return the Time at ``href``: of what sep.xsd wants in it, servers leave out quality and summer time."""
    clocks = reader.session.clocks
    if href not in clocks:
        clock = MeterTime.from_xml(parse_xml(await reader.session.get(href)))
        clocks[href] = clock.current_time - datetime.now(UTC)
    return FoundClock(href, clocks[href])
