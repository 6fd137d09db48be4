"""What devices tell of themselves: PowerStatus and LogEvent (IEEE 2030.5-2018, the function sets so named)."""

from py20305.models import sep

from ..errors import ABOUT_RESOURCE, GatewayError, Reason
from ..model import Battery, LoggedEvent, SelfReport
from .entry import read_entry
from .failures import gateway_errors
from .reader import Reader, page_of
from .resources import moment

_NEWEST = 10
# A meter that answered just now and refuses this means this resource, and not us.
_KEPT_FROM_US = ABOUT_RESOURCE | {Reason.CERTIFICATE_REFUSED}
_BATTERIES = {1: Battery.NORMAL, 2: Battery.LOW, 3: Battery.DEPLETED}  # PowerStatus.batteryStatus


async def read_self_report(reader: Reader, device: sep.EndDevice | sep.SelfDevice) -> SelfReport:
    """Read the PowerStatus and the newest LogEvents of a device; what it keeps from us, or has not, is left out."""
    battery: Battery | None = None
    log: tuple[LoggedEvent, ...] = ()
    if (power := device.power_status_link) is not None:
        status = await _granted(reader, power.href, sep.PowerStatus)
        battery = _BATTERIES.get(status.battery_status) if status is not None else None
    if (events := device.log_event_list_link) is not None:
        page = await _granted(reader, page_of(events.href, 0, _NEWEST), sep.LogEventList)
        log = tuple(_event(each) for each in page.log_event) if page is not None else ()
    return SelfReport(battery, log)


async def read_report_of(reader: Reader, href: str) -> SelfReport:
    """Read that of the EndDevice at ``href``."""
    return await read_self_report(reader, await read_entry(reader, href))


async def _granted[T](reader: Reader, href: str, model: type[T]) -> T | None:
    try:
        with gateway_errors(accepted_before=True):
            return await reader.get(href, model)
    except GatewayError as err:
        if err.reason in _KEPT_FROM_US:
            return None
        raise


def _event(event: sep.LogEvent1) -> LoggedEvent:
    return LoggedEvent(
        moment(event.created_date_time.value),
        event.profile_id,
        event.function_set,
        event.log_event_code,
        event.details,
    )
