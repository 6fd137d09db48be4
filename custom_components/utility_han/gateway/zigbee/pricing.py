"""Prices of the meter (annex D.4)."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...esi import Price, PriceSchedule
from ..currency import CURRENCIES
from ..errors import GatewayError
from ..identifiers import OWN_ENDPOINT
from .clusters import PriceCluster
from .messenger import Messenger
from .times import ending, moment

_KWH_BINARY = 0x00
_NOT_AVAILABLE = 0xFFFFFFFF
_LONGEST_LABEL = 32
"""More than the 12 octets that the standard has: who keeps to it is not cut."""


async def read_prices(messenger: Messenger) -> PriceSchedule | None:
    """Read the price in force and those scheduled, None where the meter publishes none per kWh."""
    published, _ = await messenger.ask_for_all(
        PriceCluster,
        PriceCluster.ServerCommandDefs.get_scheduled_prices,
        PriceCluster.ClientCommandDefs.publish_price,
        endpoint=OWN_ENDPOINT,
        start_time=0,
        events=0,
    )
    newest: dict[datetime, Any] = {}
    for each in filter(_makes_sense, published):
        start = moment(each.start_time or each.current_time)
        if start not in newest or newest[start].issuer_event_id < each.issuer_event_id:
            newest[start] = each
    usable = {start: each for start, each in newest.items() if each.unit_of_measure == _KWH_BINARY}
    if not usable:
        return None
    starts = sorted(usable)
    prices = tuple(
        _price(usable[start], start, starts[number + 1] if number + 1 < len(starts) else None)
        for number, start in enumerate(starts)
    )
    return PriceSchedule(CURRENCIES.get(int(usable[starts[0]].currency)), prices)


async def with_tier_names(messenger: Messenger, prices: PriceSchedule, known: dict[int, str | None]) -> PriceSchedule:
    """Return ``prices`` with the names of their tiers; ``known`` keeps them, None where the meter has none.

    "The TierNPriceLabel attributes provide a method for utilities to assign a label to the Price Tier declared within
    the Publish Price command" (D.4.2.2.1): up to 12 octets each.
    """
    first = PriceCluster.AttributeDefs.tier1_price_label.id
    wanted = {each.tier: first + each.tier - 1 for each in prices.prices if each.tier > 0 and each.tier not in known}
    if wanted:
        known |= dict.fromkeys(wanted)  # who has none, or refuses, is not asked with each poll
        with suppress(GatewayError):  # prices are prices without them
            found = await messenger.read(PriceCluster, wanted.values())
            known |= {tier: _label(found.get(at)) for tier, at in wanted.items()}
    return replace(prices, prices=tuple(replace(each, tier_name=known.get(each.tier)) for each in prices.prices))


def _label(octets: Any) -> str | None:
    return octets.decode(errors="replace").strip("\0 ")[:_LONGEST_LABEL] or None if isinstance(octets, bytes) else None


def _makes_sense(published: Any) -> bool:
    """Whether a Publish Price command is of a price: all ones are "not available", and so is zero of no currency."""
    if _NOT_AVAILABLE in (published.price, published.start_time):
        return False
    return bool(published.price) or int(published.currency) in CURRENCIES


def _price(published: Any, start: datetime, following: datetime | None) -> Price:
    end = ending(start, published.duration_minutes)
    if following is not None:
        end = min(end, following)
    digits, tier = published.trailing_digit_and_tier >> 4, published.trailing_digit_and_tier & 0x0F
    return Price(start, end, int(published.price) / 10**digits, tier)
