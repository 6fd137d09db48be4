"""The gateway's clock (IEEE 2030.5-2018, Time function set)."""

from datetime import UTC, datetime, timedelta

from py20305.models import sep

from .capability import Offer
from .reader import Reader
from .resources import moment


async def read_clock_offset(reader: Reader, offer: Offer) -> timedelta | None:
    """Return the gateway's clock less ours, None where it has none.

    What is told of an event "should be relative to the time server indicated by the FunctionSetAssignment that also
    indicated the event resource; if no FunctionSetAssignment exists, the time of the server where the event resource
    was hosted" (Response.createdDateTime, sep.xsd).
    """
    if not (hrefs := offer.hrefs("time_link")):
        return None
    clock = await reader.get(hrefs[0], sep.Time)
    return moment(clock.current_time.value) - datetime.now(UTC)
