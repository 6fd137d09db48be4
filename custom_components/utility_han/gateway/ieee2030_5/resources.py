"""Resources of IEEE 2030.5 beyond metering, through py20305's models.

The models are built when first used, which takes long enough to be felt: :func:`warm_up` does it in a thread.
"""

from datetime import UTC, datetime

from py20305.models import sep
from py20305.xml import from_xml, to_xml
from py20305.xml.serialization import XmlParseError

from ...esi import ControlStatus
from ..errors import GatewayError, Reason

# A namespace of a draft that some firmware still speaks; today's schema is otherwise the same.
_DRAFT_NAMESPACE = b'"http://ieee.org/2030.5"'
_NAMESPACE = b'"urn:ieee:std:2030.5:ns"'
_LAST_TIME = 221_845_392_000  # 9000-01-01; what lies beyond cannot be calculated with and is out of range anyway
_STATUSES = frozenset(ControlStatus)

USED = (
    sep.ConsumptionTariffIntervalList,
    sep.DemandResponseProgramList,
    sep.DeviceCapability,
    sep.DrResponse,
    sep.EndDevice,
    sep.EndDeviceControlList,
    sep.EndDeviceList,
    sep.FileList,
    sep.FlowReservationRequest,
    sep.FlowReservationRequestList,
    sep.FlowReservationResponseList,
    sep.FunctionSetAssignmentsList,
    sep.LogEventList,
    sep.MessagingProgramList,
    sep.Notification,
    sep.PowerStatus,
    sep.RateComponentList,
    sep.ReadingType,
    sep.Registration,
    sep.SelfDevice,
    sep.Subscription,
    sep.SubscriptionList,
    sep.TariffProfileList,
    sep.TextMessageList,
    sep.Time,
    sep.TimeTariffIntervalList,
    sep.UsagePointList,
)
"""Every resource that is read or written as a document of its own."""


def parse[T](body: bytes, model: type[T], path: str) -> T:
    """Return ``body`` as ``model``; ``GatewayError`` with what is wrong otherwise."""
    try:
        return from_xml(body.replace(_DRAFT_NAMESPACE, _NAMESPACE, 1), model)
    except XmlParseError as err:
        raise GatewayError(Reason.MALFORMED, f"GET {path}: no {model.__name__}: {err.__cause__}"[:300]) from err


def moment(seconds: int) -> datetime:
    """Return a TimeType as a time, whatever a gateway may say."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_TIME), UTC)


def event_status(status: sep.EventStatus) -> ControlStatus:
    """Return an EventStatus; one of a later edition says nothing we know, so that the times decide."""
    current = status.current_status
    return ControlStatus(current) if current in _STATUSES else ControlStatus.SCHEDULED


def render(resource: object) -> bytes:
    """Return ``resource`` as XML in the namespace and form that meters of the 2018 edition take."""
    return to_xml(resource, server_2018_compat=True)


def end_device(lfdi: str, sfdi: str, category: int, changed: int) -> sep.EndDevice:
    """Return the EndDevice to POST for ourselves (IEEE 2030.5-2018, 10.3; DeviceCategoryType is a bit map)."""
    return sep.EndDevice(
        device_category=sep.DeviceCategoryType(value=category.to_bytes(4)),
        l_fdi=bytes.fromhex(lfdi),
        s_fdi=sep.Sfditype(value=int(sfdi)),
        changed_time=sep.TimeType(value=changed),
    )


def warm_up() -> None:
    """Build what reads and writes every resource that is used. Blocking, for a thread."""
    for model in USED:
        try:
            from_xml(f'<{model.__name__} xmlns="urn:ieee:std:2030.5:ns"/>', model)
        except XmlParseError:
            continue
    render(end_device("0" * 40, "0", 0, 0))
