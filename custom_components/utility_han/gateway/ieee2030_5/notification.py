"""Reads what a gateway posts to those who subscribed (IEEE 2030.5-2018, Subscription/Notification)."""

from py20305.models import sep

from ..errors import GatewayError
from .connection import checked
from .failures import NotXmlError
from .resources import parse

LARGEST_NOTIFICATION = 65536
"""Bytes; we ask for notifications that hold one entry of a list at most (Subscription.limit)."""
_ENDED = frozenset({1, 2, 3, 4})


def ends_subscription(body: bytes) -> bool:
    """Whether a Notification says that its subscription is over.

    ``status`` (XSD): 0 default; subscription canceled, with 1 no additional information, 2 the resource moved, 3 the
    resource definition changed, 4 the resource deleted. Nothing more of it is read: anybody may have posted it, so
    ``newResourceURI`` is found where the gateway itself assigns the resource.
    """
    try:
        return parse(checked("notification", body), sep.Notification, "notification").status in _ENDED
    except GatewayError, NotXmlError:
        return False
