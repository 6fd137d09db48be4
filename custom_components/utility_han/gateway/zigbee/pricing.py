"""Prices of the meter (annex D.4)."""

from datetime import datetime
from typing import Any

from ...esi import Price, PriceSchedule
from ..currency import CURRENCIES
from .clusters import PriceCluster
from .messenger import Messenger
from .times import ending, moment

_KWH_BINARY = 0x00
_NOT_AVAILABLE = 0xFFFFFFFF


async def read_prices(messenger: Messenger) -> PriceSchedule | None:
    """Read the price in force and those scheduled, None where the meter publishes none per kWh."""
    published = await messenger.ask(
        PriceCluster,
        PriceCluster.ServerCommandDefs.get_scheduled_prices,
        PriceCluster.ClientCommandDefs.publish_price,
        many=True,
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
