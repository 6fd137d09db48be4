"""Periods of a charge as they are kept for years: a few characters for each quarter of an hour.

``<prices>|<periods>``: the prices as tier and money, each period as where it ends (microseconds after the start, empty
for the next quarter of an hour), Wh, where it is another one than before the price's number, and ``~`` where it was
estimated. What nothing was charged in lasts until something changes, and is cut at the quarters again.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from ...esi.typed import UnreadableRecordError
from .charge import ChargePeriod
from .cutting import Quality
from .pricing import quarters

_MICROSECOND = timedelta(microseconds=1)
_FAR = timedelta(minutes=15, microseconds=1)


def pack(periods: Sequence[ChargePeriod]) -> str:
    """Return periods without gaps, as text."""
    start, prices, told = periods[0].started_at, list[list[str]](), list[str]()
    before = -1
    for period in _joined(periods):
        price = [period.tier, str(period.per_kwh)]
        if price not in prices:
            prices.append(price)
        number = prices.index(price)
        usual = period.ended_at == _quarter_after(period.started_at)
        until = "" if usual else str((period.ended_at - start) // _MICROSECOND)
        changed = f":{number}" if number != before else ""
        told.append(f"{until}:{period.energy_wh}{changed}{'~' if period.quality == Quality.ESTIMATED else ''}")
        before = number
    return f"{json.dumps(prices, separators=(',', ':'))}|{' '.join(told)}"


def unpack(packed: str, start: datetime) -> tuple[ChargePeriod, ...]:
    """Return the periods that began at ``start``; ``UnreadableRecordError`` where these are none."""
    try:
        return tuple(_read(packed, start))
    except (ValueError, TypeError, IndexError, ArithmeticError) as err:
        raise UnreadableRecordError("BillableRecord.periods", "no periods") from err


def _read(packed: str, start: datetime) -> Iterator[ChargePeriod]:
    said, _, told = packed.rpartition("|")
    prices = [(tier, Decimal(per_kwh)) for tier, per_kwh in json.loads(said)]
    begun, number = start, 0
    for each in told.split(" "):
        quality = Quality.ESTIMATED if each.endswith("~") else Quality.MEASURED
        until, energy, *changed = each.removesuffix("~").split(":")
        number = int(changed[0]) if changed else number
        ended = start + int(until) * _MICROSECOND if until else _quarter_after(begun)
        for cut in (*quarters(begun, ended), ended):
            yield ChargePeriod(begun, cut, int(energy), *prices[number], quality)
            begun = cut


def _joined(periods: Sequence[ChargePeriod]) -> Iterator[ChargePeriod]:
    """Yield periods, those side by side in which nothing was charged as one."""
    open_: ChargePeriod | None = None
    for period in periods:
        if open_ is not None and not period.energy_wh and _like(open_, period):
            open_ = ChargePeriod(open_.started_at, period.ended_at, 0, period.tier, period.per_kwh, period.quality)
            continue
        if open_ is not None:
            yield open_
        open_ = None if period.energy_wh else period
        if period.energy_wh:
            yield period
    if open_ is not None:
        yield open_


def _like(one: ChargePeriod, other: ChargePeriod) -> bool:
    """Whether the border between two periods is one that would be cut at again, and nothing else differs."""
    same = (one.tier, one.per_kwh, one.quality) == (other.tier, other.per_kwh, other.quality)
    return same and next(quarters(other.started_at - _MICROSECOND, other.ended_at), None) == other.started_at


def _quarter_after(at: datetime) -> datetime:
    return next(quarters(at, at + _FAR))
