"""Values that a meter tells by itself, where it allows that (Zigbee Cluster Library, 2.5.7 to 2.5.11)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from zigpy.zcl.foundation import AttributeReportingConfig, ReportingDirection

from .attributes import Attributes
from .clusters import Metering
from .messenger import Messenger

_PERIOD_SECONDS = 30
"""How often values are wanted of a meter that does not say how often they change."""
_EARLY = 0.8
"""The share of the period after which a value may come already, so that one is there when it is looked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the meter told: raw values by attribute, and what they count in, None where that was told before them."""

    values: Attributes
    formatting: Attributes | None


class Reports:
    """What the meter told of its registers since they were taken last."""

    def __init__(self, messenger: Messenger) -> None:
        """Listen from now on: a meter goes on telling what it was asked for before we restarted."""
        self.granted = False
        self._told: dict[int, tuple[int, Any]] = {}
        """Values by attribute, with the number of the frame that they came in."""
        self._frames = 0
        messenger.reported = self._reported

    async def request(
        self, messenger: Messenger, attributes: Collection[int], formatting: Collection[int], period: int | None
    ) -> None:
        """Ask to be told attributes every ``period`` seconds; a meter that refuses is polled.

        What they count in (``formatting``) is wanted after them. A meter that does not tell that is asked for it.
        """
        longest = period or _PERIOD_SECONDS
        shortest = int(longest * _EARLY) or 1
        self.granted = await messenger.configure_reporting(
            Metering, [_wish(number, shortest, longest) for number in attributes]
        )
        if self.granted and formatting:
            await messenger.configure_reporting(Metering, [_wish(number, shortest, longest) for number in formatting])

    def take(self, attributes: Collection[int], formatting: Collection[int]) -> Told | None:
        """Return what was told, None unless every one of the attributes was since the last call."""
        told, self._told = self._told, {}
        if not attributes or not told.keys() >= set(attributes):
            return None
        last = max(told[number][0] for number in attributes)
        scaled = all(number in told and told[number][0] >= last for number in formatting)
        return Told(_values(told, attributes), _values(told, formatting) if scaled else None)

    def _reported(self, cluster: int, values: Mapping[int, Any]) -> None:
        if cluster == Metering.cluster_id:
            self._frames += 1
            self._told |= {attribute: (self._frames, value) for attribute, value in values.items()}


def _values(told: Mapping[int, tuple[int, Any]], attributes: Collection[int]) -> Attributes:
    return Attributes({number: told[number][1] for number in attributes})


def _wish(number: int, shortest: int, longest: int) -> AttributeReportingConfig:
    wish = AttributeReportingConfig()
    wish.direction = ReportingDirection.SendReports
    wish.attrid = number
    wish.datatype = Metering.attributes[number].zcl_type
    wish.min_interval, wish.max_interval = shortest, longest
    wish.reportable_change = 1
    return wish
