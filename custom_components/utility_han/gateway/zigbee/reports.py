"""Values that a meter tells by itself, where it allows that (Zigbee Cluster Library, 2.5.7 to 2.5.11)."""

from collections.abc import Collection
from typing import Any

from zigpy.zcl.foundation import AttributeReportingConfig, ReportingDirection

from .clusters import Metering
from .messenger import Messenger

_PERIOD_SECONDS = 30
"""How often values are wanted of a meter that does not say how often they change."""
_EARLY = 0.8
"""The share of the period after which a value may come already, so that one is there when it is looked for."""


class Reports:
    """What the meter told of its registers since they were taken last."""

    def __init__(self, messenger: Messenger) -> None:
        """Listen from now on: a meter goes on telling what it was asked for before we restarted."""
        self.granted = False
        self._told: dict[int, Any] = {}
        messenger.reported = self._reported

    async def request(self, messenger: Messenger, attributes: Collection[int], period: int | None) -> None:
        """Ask to be told attributes every ``period`` seconds; a meter that refuses is polled."""
        longest = period or _PERIOD_SECONDS
        self.granted = await messenger.configure_reporting(
            Metering, [_wish(number, int(longest * _EARLY) or 1, longest) for number in attributes]
        )

    def take(self, attributes: Collection[int]) -> dict[int, Any] | None:
        """Return raw values by attribute, None unless every one of these was told since the last call."""
        told, self._told = self._told, {}
        return told if attributes and told.keys() >= set(attributes) else None

    def _reported(self, cluster: int, attribute: int, value: Any) -> None:
        if cluster == Metering.cluster_id:
            self._told[attribute] = value


def _wish(number: int, shortest: int, longest: int) -> AttributeReportingConfig:
    wish = AttributeReportingConfig()
    wish.direction = ReportingDirection.SendReports
    wish.attrid = number
    wish.datatype = Metering.attributes[number].zcl_type
    wish.min_interval, wish.max_interval = shortest, longest
    wish.reportable_change = 1
    return wish
