"""Who is believed on the meter's network: looked at before what a frame says.

Anyone on the network has its key, and can send a load control. So frames of Smart Energy are the meter's alone, and
those of Price, DRLC, Metering and Messaging have to come with the link key. Silicon Labs' framework drops others
(``util.c``, ``emberAfDetermineIfLinkSecurityIsRequired``), Exegin's clusters want ``ZB_APS_STATUS_SECURED_LINK_KEY``.
Key Establishment makes that key, so that it cannot come with one. Ember's ``key-establishment.c`` takes it from the
trust centre alone, which it knows, as we do the meter, by the network address 0x0000.
"""

from collections import Counter
from enum import StrEnum

from .clusters import PROFILE, Basic, Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time
from .radio import METER, Incoming

SECURED = frozenset(cluster.cluster_id for cluster in (PriceCluster, Drlc, Metering, Messaging))
"""Clusters that are spoken with the link key; Key Establishment, Basic and Time with the network's only."""
_COUNTED = SECURED | {cluster.cluster_id for cluster in (Basic, Time, KeyEstablishment)}
"""Clusters that are counted by their number; a stranger can send any of 65,536."""


class Doubt(StrEnum):
    """Why a frame was dropped."""

    STRANGER = "stranger"
    """Another node than the meter sent it."""
    UNSECURED = "unsecured"
    """It came without the link key, in a cluster that is spoken with it."""
    OTHER_ENDPOINT = "other_endpoint"
    """It is about another register than the home's electricity: the meter's gas, say."""
    UNREADABLE = "unreadable"
    """It is cut short, or not what its cluster says."""


def doubt_of(message: Incoming) -> Doubt | None:
    """Return why a frame of Smart Energy, or of the network's own services, is not believed."""
    if message.sender != METER:
        return Doubt.STRANGER
    if message.profile == PROFILE and message.cluster in SECURED and not message.secured:
        return Doubt.UNSECURED
    return None


def counted_as(cluster: int) -> str:
    """Return the name of a cluster (four hexadecimal digits) under which its frames are counted."""
    return f"{cluster:04X}" if cluster in _COUNTED else "other"


class Dropped:
    """How many frames were dropped, by reason and cluster."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Doubt, str]] = Counter()

    def count(self, doubt: Doubt, cluster: int) -> None:
        """Count one."""
        self._counts[doubt, counted_as(cluster)] += 1

    def to_dict(self) -> dict[str, dict[str, int]]:
        """Return the numbers by reason, then by cluster (four hexadecimal digits)."""
        found: dict[str, dict[str, int]] = {}
        for (doubt, cluster), number in sorted(self._counts.items()):
            found.setdefault(doubt.value, {})[cluster] = number
        return found
