"""What a kWh cost over years, as the points at which that changed: sixteen bytes each, a few characters on disk."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from math import ceil

from ...esi.typed import UnreadableRecordError
from .pricing import PriceSpan

_UNKNOWN = -(2**63)
_PARTS = 10**6
"""Money has six decimals at the most (docs/utility-api.yaml, ``Money``)."""
_TOO_MUCH = Decimal(10) ** 9
"""No kWh costs that, in any currency: who tells it has told no price."""
_MOST = 200_000
"""More than three years of quarters of an hour."""


class PricePoints:
    """A course of prices, to the second; what nobody has told is not known."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._times = array("q")
        self._prices = array("q")

    def __len__(self) -> int:
        """How many points there are."""
        return len(self._times)

    def tell(self, start: datetime, end: datetime, per_kwh: Decimal | None) -> None:
        """Take what holds from ``start`` until before ``end``, in the place of what was known of it."""
        self._put(int(start.timestamp()), int(end.timestamp()), _kept(per_kwh))

    def fill(self, start: datetime, end: datetime, per_kwh: Decimal) -> None:
        """Take what held between two times where nothing is known, of the second in which it ended all."""
        first, last = int(start.timestamp()), ceil(end.timestamp())
        unknown = [(one, other) for one, other, price in self._between(first, last) if price == _UNKNOWN]
        for one, other in unknown:
            self._put(one, other, _kept(per_kwh))

    def spans(self, start: datetime, end: datetime) -> list[PriceSpan]:
        """Return what is known between two times."""
        between = self._between(int(start.timestamp()), int(end.timestamp()) + 1)
        return [
            PriceSpan(_time(one), _time(other), Decimal(price) / _PARTS)
            for one, other, price in between
            if price != _UNKNOWN
        ]

    def prune(self, before: datetime) -> None:
        """Forget what was before a time."""
        first = max(bisect_right(self._times, int(before.timestamp())) - 1, len(self._times) - _MOST, 0)
        del self._times[:first], self._prices[:first]

    def _between(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        first, last = bisect_right(self._times, start), bisect_left(self._times, end)
        borders = [start, *self._times[first:last], end]
        for place, (one, other) in enumerate(pairwise(borders), first - 1):
            if one < other:
                yield one, other, self._prices[place] if place >= 0 else _UNKNOWN

    def _put(self, start: int, end: int, price: int) -> None:
        if start >= end:
            return
        first, last = bisect_left(self._times, start), bisect_right(self._times, end)
        before = self._prices[first - 1] if first else _UNKNOWN
        after = self._prices[last - 1] if last else _UNKNOWN
        points = [*([(start, price)] if price != before else []), *([(end, after)] if price != after else [])]
        self._times[first:last] = array("q", [time for time, _ in points])
        self._prices[first:last] = array("q", [each for _, each in points])

    def pack(self) -> str:
        """Return it as text: seconds after the point before, and millionths, nothing where it is not known."""
        told, before = list[str](), 0
        for time, price in zip(self._times, self._prices, strict=True):
            told.append(f"{time - before}:{'' if price == _UNKNOWN else price}")
            before = time
        return " ".join(told)

    @classmethod
    def unpack(cls, packed: str) -> PricePoints:
        """Take up what :meth:`pack` gave."""
        points, at = cls(), 0
        try:
            for each in packed.split():
                after, _, price = each.partition(":")
                at += int(after)
                points._times.append(at)
                points._prices.append(int(price) if price else _UNKNOWN)
        except (ValueError, OverflowError) as err:
            raise UnreadableRecordError("PricePoints", "no prices") from err
        if any(one >= other for one, other in pairwise(points._times)):
            raise UnreadableRecordError("PricePoints", "not in time order")
        return points


def _kept(per_kwh: Decimal | None) -> int:
    if per_kwh is None or not per_kwh.is_finite() or abs(per_kwh) >= _TOO_MUCH:
        return _UNKNOWN
    return int((per_kwh * _PARTS).to_integral_value(ROUND_HALF_EVEN))


def _time(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
