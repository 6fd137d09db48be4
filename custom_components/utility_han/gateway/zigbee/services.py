"""What the meter's endpoints offer, by service discovery (Active_EP_req, Simple_Desc_req), and which one is asked.

Price, DRLC, Metering and Messaging may live on endpoints of their own, and a meter that mirrors others has Metering
several times. Which is the home's electricity its MeteringDeviceType says, in the numbers of zigpy's
``MeteringDeviceType``: mirrored ones are 127 more than the thing itself.
"""

from collections.abc import Mapping

from zigpy.zcl import Cluster
from zigpy.zcl.clusters.smartenergy import MeteringDeviceType as Kind
from zigpy.zdo.types import ZDOCmd

from ..errors import GatewayError, Reason
from .clusters import PROFILE, Drlc, KeyEstablishment, Messaging, Metering, PriceCluster, Time
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
_KIND = Metering.AttributeDefs.metering_device_type.id
_ELECTRIC = (
    Kind.Electric_Metering,
    Kind.Mirrored_Electric_Metering,
    None,
    Kind.Electric_Metering_Element_Phase_1,
    Kind.Electric_Metering_Element_Phase_2,
    Kind.Electric_Metering_Element_Phase_3,
    Kind.Mirrored_Electric_Metering_Element_Phase_1,
    Kind.Mirrored_Electric_Metering_Element_Phase_2,
    Kind.Mirrored_Electric_Metering_Element_Phase_3,
)
"""What is taken for the home's electricity, the best first: all of it, one that does not say, a phase.

Never gas, water or heat, and never what only a part of the home does: a vehicle's meter, solar power.
"""


class MeterServices:
    """The clusters that the meter is a server of, as they were found or restored."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger
        self._offered: dict[int, list[int]] = {}
        """The endpoints of each cluster."""

    async def discover(self) -> None:
        """Find the meter's endpoints and their clusters; ``NOT_FOUND`` where none of them speaks Smart Energy.

        A meter is what it offers: one without the Metering cluster may well have prices, messages or load control.
        """
        offered: dict[int, list[int]] = {}
        _, _, endpoints = await self._messenger.zdo(ZDOCmd.Active_EP_req, METER)
        for endpoint in endpoints or ():
            _, _, descriptor = await self._messenger.zdo(ZDOCmd.Simple_Desc_req, METER, endpoint)
            if descriptor is None or descriptor.profile != PROFILE:
                continue
            for cluster in descriptor.input_clusters:
                offered.setdefault(int(cluster), []).append(int(endpoint))
        if not offered:
            raise GatewayError(Reason.NOT_FOUND, "no endpoint of the meter speaks Smart Energy")
        self._offered = offered
        self._ask_near(self._messenger.endpoints.get(Metering.cluster_id, 0))

    async def choose_meter(self) -> None:
        """Find the endpoint that measures the home's electricity; ``NO_READINGS`` where all measure something else.

        A meter without Metering at all is one that offers other things.
        """
        silent: GatewayError | None = None
        kinds: dict[int, int | None] = {}
        for endpoint in self._offered.get(Metering.cluster_id, ()):
            try:
                kinds[endpoint] = await self._kind_at(endpoint)
            except GatewayError as err:
                if err.reason is not Reason.GATEWAY_SILENT:
                    raise
                silent = err
        electric = [endpoint for endpoint, kind in kinds.items() if kind in _ELECTRIC]
        if not kinds and silent is None:
            self._ask_near(0)
            return
        if not electric:
            raise silent or GatewayError(
                Reason.NO_READINGS,
                f"the meter measures no electricity of the home: {sorted(filter(None, kinds.values()))}",
            )
        self._ask_near(min(electric, key=lambda endpoint: _ELECTRIC.index(kinds[endpoint])))

    async def _kind_at(self, endpoint: int) -> int | None:
        """Return MeteringDeviceType, None of a meter that has it not, or does not know it."""
        said = await self._messenger.read(Metering, [_KIND], at=endpoint)
        if said.lost([_KIND]):
            raise GatewayError(Reason.GATEWAY_SILENT, f"endpoint {endpoint} of the meter did not say what it measures")
        return int(said[_KIND]) if isinstance(said.get(_KIND), int) else None

    def _ask_near(self, meter: int) -> None:
        """Have each cluster asked on the endpoint ``meter`` where it is there, else on the first that has it."""
        self._messenger.endpoints = {
            cluster: meter if meter in endpoints else endpoints[0] for cluster, endpoints in self._offered.items()
        }

    def has(self, cluster: type[Cluster]) -> bool:
        """Whether the meter is a server of ``cluster``."""
        return cluster.cluster_id in self._messenger.endpoints

    @property
    def known(self) -> bool:
        """Whether they were discovered, or restored."""
        return bool(self._messenger.endpoints)

    def function_sets(self) -> tuple[str, ...]:
        """Return the clusters that are used, in the words that all transports share, sorted."""
        return tuple(sorted(name for number, name in _FUNCTION_SETS.items() if number in self._messenger.endpoints))

    def to_dict(self) -> dict[str, int]:
        """Return the endpoint of each cluster JSON-safe."""
        return {str(cluster): endpoint for cluster, endpoint in self._messenger.endpoints.items()}

    def load(self, data: Mapping[str, int]) -> None:
        """Take up what :meth:`to_dict` gave."""
        self._messenger.endpoints = {int(cluster): endpoint for cluster, endpoint in data.items()}
