"""Resources of IEEE 2030.5 beyond metering, through py20305's models.

The models are built when first used, which takes long enough to be felt: :func:`warm_up` does it in a thread.
"""

import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import cache
from threading import Lock

from py20305.models import sep
from py20305.xml import from_xml, to_xml
from py20305.xml.serialization import XmlParseError

from ...esi import ControlStatus
from ..errors import GatewayError, Reason

# A namespace of a draft that some firmware still speaks; today's schema is otherwise the same.
_DRAFT_NAMESPACE = b'"http://ieee.org/2030.5"'
_NAMESPACE = b'"urn:ieee:std:2030.5:ns"'
_LAST_TIME = 221_845_392_000  # 9000-01-01; what lies beyond cannot be calculated with and is out of range anyway
_LONGEST = 2**32 - 1
_LARGEST_MULTIPLIER = 9
_RAREST = timedelta(days=1)
_STATUSES = frozenset(ControlStatus)
_BUILDING = Lock()

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
    sep.TimeTariffIntervalList,
    sep.UsagePointList,
)
"""Every resource that is read or written as a document of its own."""


def parse[T](body: bytes, model: type[T], path: str) -> T:
    """Return ``body`` as ``model``; ``GatewayError`` with what is wrong otherwise."""
    try:
        with warnings.catch_warnings(action="ignore"):  # what cannot be converted is in the error too
            found = from_xml(body.replace(_DRAFT_NAMESPACE, _NAMESPACE, 1), model)
    except XmlParseError as err:
        raise GatewayError(Reason.MALFORMED, f"GET {path}: no {model.__name__}: {err.__cause__}"[:300]) from err
    except Exception as err:
        # Three libraries take part in it, each with errors of its own for what it did not expect.
        raise GatewayError(Reason.MALFORMED, f"GET {path}: no {model.__name__}: {type(err).__name__}") from err
    if not isinstance(found, model):  # an xsi:type may name another
        raise GatewayError(Reason.MALFORMED, f"GET {path}: {type(found).__name__} in place of {model.__name__}")
    return found


def is_of_2023(found: object) -> bool:
    """Return whether a document is of IEEE 2030.5-2023 or later, whose schema has version 2.2.

    All payloads have ``schemaVer`` since; "previous revisions of IEEE 2030.5 did not require" it (sep.xsd, 2023).
    """
    if "schema_ver" not in getattr(found, "model_fields_set", ()):
        return False
    version = re.fullmatch(r"(\d{1,3})\.(\d{1,3})", str(getattr(found, "schema_ver", "")), re.ASCII)
    return version is not None and (int(version[1]), int(version[2])) >= (2, 2)


def moment(seconds: int) -> datetime:
    """Return a TimeType as a time, whatever a gateway may say."""
    return datetime.fromtimestamp(min(max(seconds, 0), _LAST_TIME), UTC)


def lasting(seconds: int) -> timedelta:
    """Return a duration (UInt32 of seconds in the XSD, which py20305 does not hold to) as far as one can be."""
    return timedelta(seconds=min(max(seconds, 0), _LONGEST))


def preferred_rate(seconds: int) -> timedelta:
    """Return how often a gateway wants something (pollRate, postRate); once a day it is done all the same."""
    return min(lasting(seconds), _RAREST)


def power_of_ten(multiplier: sep.PowerOfTenMultiplierType | None) -> int:
    """Return a multiplier, which the XSD has from -9 to 9 (and py20305 of any size); 0 where there is none."""
    return min(max(multiplier.value, -_LARGEST_MULTIPLIER), _LARGEST_MULTIPLIER) if multiplier else 0


def event_status(status: sep.EventStatus) -> ControlStatus:
    """Return an EventStatus; one of a later edition says nothing we know, so that the times decide."""
    current = status.current_status
    return ControlStatus(current) if current in _STATUSES else ControlStatus.SCHEDULED


def render(resource: object) -> bytes:
    """Return ``resource`` as XML in the namespace and form that meters of the 2018 edition take."""
    return to_xml(resource, server_2018_compat=True)


def end_device(lfdi: str, sfdi: str, category: int, changed: int) -> sep.EndDevice:
    """Return the EndDevice to POST for ourselves (IEEE 2030.5-2018, 8.5; DeviceCategoryType is a bit map)."""
    return sep.EndDevice(
        device_category=sep.DeviceCategoryType(value=category.to_bytes(4)),
        l_fdi=bytes.fromhex(lfdi),
        s_fdi=sep.Sfditype(value=int(sfdi)),
        changed_time=sep.TimeType(value=changed),
    )


def warm_up() -> None:
    """Build what reads and writes every resource that is used. Blocking, for a thread.

    Two that are built at once, as for two hubs, take parts of each other away (``pydantic.BaseModel.model_rebuild``).
    """
    with _BUILDING:
        _build()


@cache
def _build() -> None:
    for model in USED:
        try:
            from_xml(f'<{model.__name__} xmlns="urn:ieee:std:2030.5:ns"/>', model)
        except XmlParseError:
            continue
    render(end_device("0" * 40, "0", 0, 0))
