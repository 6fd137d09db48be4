"""What was told of prices and of other values over time, kept over restarts: it holds until others are told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...esi import Price, PriceSchedule, Signal, between
from ...procedures import plain, read_record
from ..kept.storage import Kept
from .priced import PricedSubject

_AHEAD = timedelta(days=7)
_MOST = 700
"""Of each course: a week of quarters of an hour."""
_MOST_TYPES = 50
_SOON = 60.0


@dataclass(slots=True)
class Told:
    """What one source has told, as far as it is not over."""

    whose: str | None = None
    """Which gateway or VTN that is, by what no two share: what one told is nothing to another in its place.

    None was kept before that was, by the one that there is.
    """
    currency: str | None = None
    prices: list[Price] = field(default_factory=list)
    received: list[Price] = field(default_factory=list)
    signals: dict[str, list[Signal]] = field(default_factory=dict)


class KeptPrices(Kept):
    """What gateway and utility of one hub have told, by the prefix of their entities."""

    what = "told_prices"
    suffix = "told_prices"
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Nothing was told before it is read."""
        super().__init__(hass, entry_id)
        self._told: dict[str, Told] = {}
        self._followed: dict[str, tuple[PricedSubject, str]] = {}

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self._told = self.read_records(data, "told", _told)

    @override
    def snapshot(self) -> dict[str, Any]:
        now = dt_util.utcnow()
        self._told |= {prefix: _as_told(*followed, now) for prefix, followed in self._followed.items()}
        return {"told": {prefix: plain(asdict(told)) for prefix, told in self._told.items()}}

    @callback
    def async_follow(self, subject: PricedSubject, whose: str) -> None:
        """Have a subject show what its source told before, and keep what it tells from now on."""
        if (before := self._followed.get(subject.prefix)) is not None:
            self._told[subject.prefix] = _as_told(*before, dt_util.utcnow())  # the hub is loaded anew
        if (told := self._told.get(subject.prefix)) is not None and told.whose in (None, whose):
            schedule = PriceSchedule(told.currency, tuple(told.prices), tuple(told.received))
            subject.async_take(schedule, told.signals)
        self._followed[subject.prefix] = subject, whose
        subject.async_add_listener(lambda _happened: self.save_later(_SOON))


def _as_told(subject: PricedSubject, whose: str, now: datetime) -> Told:
    def coming[T: (Price, Signal)](course: Sequence[T]) -> list[T]:
        return list(between(course, now, now + _AHEAD, _MOST))

    kinds: Mapping[str, Sequence[Signal]] = subject.signals
    signals = {kind: found for kind, course in kinds.items() if (found := coming(course))}
    kept = dict(list(signals.items())[:_MOST_TYPES])
    return Told(whose, subject.told_currency, coming(subject.prices), coming(subject.received), kept)


def _told(data: Any) -> Told:
    return read_record(Told, data)
