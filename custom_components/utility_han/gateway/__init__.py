"""How Home Assistant speaks to the utility's AMI gateway: one protocol, a transport per package below.

This is the public face; who is outside imports from here. Zigbee's libraries are loaded only for those who have a
radio, so that transport has a face of its own: :mod:`.zigbee`.
"""

from .absent import AbsentGateway, invented_lfdi
from .commissioning_data import (
    create_pin,
    label_of,
    parse_address,
    parse_eui64,
    parse_label,
    parse_lfdi,
    parse_pin,
    parse_sfdi,
    with_checksum,
)
from .errors import ABOUT_RESOURCE, AWAY, GatewayError, Reason, unexpected
from .failing import Attempt, Failing
from .identifiers import lfdi_of
from .ieee2030_5.client import Ieee2030_5Gateway
from .ieee2030_5.connection import Pacing
from .ieee2030_5.identity import (
    Identity,
    IdentityProblem,
    UnusableIdentityError,
    create_identity,
    export_identity,
    load_identity,
)
from .ieee2030_5.notification import LARGEST_NOTIFICATION, ends_subscription
from .model import (
    WEAK_LQI,
    DeviceState,
    FileKind,
    FileNotice,
    GatewayConfiguration,
    Interval,
    LinkSecurity,
    Listed,
    ListedDevice,
    Peer,
    Readings,
    Register,
    RegisterKind,
    Reservation,
    ReservationRequest,
    Signal,
    SignalQuality,
    VehiclePowerStatus,
)
from .protocol import Gateway

__all__ = [
    "ABOUT_RESOURCE",
    "AWAY",
    "LARGEST_NOTIFICATION",
    "WEAK_LQI",
    "AbsentGateway",
    "Attempt",
    "DeviceState",
    "Failing",
    "FileKind",
    "FileNotice",
    "Gateway",
    "GatewayConfiguration",
    "GatewayError",
    "Identity",
    "IdentityProblem",
    "Ieee2030_5Gateway",
    "Interval",
    "LinkSecurity",
    "Listed",
    "ListedDevice",
    "Pacing",
    "Peer",
    "Readings",
    "Reason",
    "Register",
    "RegisterKind",
    "Reservation",
    "ReservationRequest",
    "Signal",
    "SignalQuality",
    "UnusableIdentityError",
    "VehiclePowerStatus",
    "create_identity",
    "create_pin",
    "ends_subscription",
    "export_identity",
    "invented_lfdi",
    "label_of",
    "lfdi_of",
    "load_identity",
    "parse_address",
    "parse_eui64",
    "parse_label",
    "parse_lfdi",
    "parse_pin",
    "parse_sfdi",
    "unexpected",
    "with_checksum",
]
