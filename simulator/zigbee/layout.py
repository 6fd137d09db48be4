"""Which of the meter's endpoints serves what: by the setting ``endpoints``."""

from __future__ import annotations

from simulator.gateway.settings import Settings

BASIC, TIME, PRICE, DRLC, METERING, MESSAGING, KEY_ESTABLISHMENT = (
    0x0000, 0x000A, 0x0700, 0x0701, 0x0702, 0x0703, 0x0800,
)  # fmt: skip
_ALL = (BASIC, TIME, PRICE, DRLC, MESSAGING, METERING, KEY_ESTABLISHMENT)
_LAYOUTS: dict[str, dict[int, tuple[int, ...]]] = {
    "one": {1: _ALL},
    "several": {
        1: (BASIC, TIME, KEY_ESTABLISHMENT),
        2: (METERING,),
        3: (METERING,),
        4: (PRICE,),
        5: (DRLC,),
        6: (MESSAGING,),
    },
    "gas": {1: _ALL},
    "unmetered": {1: tuple(cluster for cluster in _ALL if cluster != METERING)},
}
_OF_GAS = {"several": 2, "gas": 1}


class Layout:
    """The endpoints of a meter."""

    def __init__(self, settings: Settings) -> None:
        kind = settings.personality
        offered = {PRICE: kind.pricing, DRLC: kind.demand_response, MESSAGING: kind.messaging}
        self.servers = {
            endpoint: tuple(cluster for cluster in clusters if offered.get(cluster, True))
            for endpoint, clusters in _LAYOUTS[settings.endpoints].items()
        }
        """The clusters that each endpoint serves."""
        self.gas = _OF_GAS.get(settings.endpoints)
        """The endpoint whose Metering is the gas meter's, mirrored; None where there is none."""

    def serves(self, endpoint: int, cluster: int) -> bool:
        """Whether an endpoint serves a cluster."""
        return cluster in self.servers.get(endpoint, ())

    def endpoint_of(self, cluster: int) -> int:
        """The endpoint that a cluster speaks from by itself: of two with Metering, electricity."""
        return max((endpoint for endpoint, clusters in self.servers.items() if cluster in clusters), default=1)
