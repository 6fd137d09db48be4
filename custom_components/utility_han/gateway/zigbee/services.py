"""What the meter's endpoint offers, by service discovery (Active_EP_req, Simple_Desc_req)."""

from zigpy.zcl import Cluster
from zigpy.zdo.types import ZDOCmd

from ..errors import GatewayError, Reason
from .clusters import Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time
from .messenger import Messenger
from .radio import METER

_FUNCTION_SETS = {
    Time.cluster_id: "time",
    Metering.cluster_id: "metering",
    PriceCluster.cluster_id: "pricing",
    Drlc.cluster_id: "demand_response",
    Messaging.cluster_id: "messaging",
    KeyEstablishment.cluster_id: "key_establishment",
}


class MeterServices:
    """The clusters that the meter is a server of, as they were found or restored."""

    def __init__(self) -> None:
        self.clusters: frozenset[int] = frozenset()

    async def discover(self, messenger: Messenger) -> None:
        """Find the meter's endpoint and its clusters; ``NO_READINGS`` where none of its endpoints measures."""
        _, _, endpoints = await messenger.zdo(ZDOCmd.Active_EP_req, METER)
        for endpoint in endpoints:
            _, _, descriptor = await messenger.zdo(ZDOCmd.Simple_Desc_req, METER, endpoint)
            if descriptor is not None and Metering.cluster_id in descriptor.input_clusters:
                messenger.meter_endpoint = int(endpoint)
                self.clusters = frozenset(int(cluster) for cluster in descriptor.input_clusters)
                return
        raise GatewayError(Reason.NO_READINGS, "no endpoint of the meter has the Metering cluster")

    def has(self, cluster: type[Cluster]) -> bool:
        """Whether the meter is a server of ``cluster``."""
        return cluster.cluster_id in self.clusters

    def function_sets(self) -> tuple[str, ...]:
        """Return the clusters that are used, in the words that all transports share, sorted."""
        return tuple(sorted(name for number, name in _FUNCTION_SETS.items() if number in self.clusters))
