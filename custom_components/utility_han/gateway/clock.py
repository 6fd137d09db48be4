"""The gateway's clock beside ours: whose time it is that prices, messages and reservations begin at."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from ..esi import Message, Price, PriceSchedule

_ALIKE = timedelta(minutes=1)
_NOT_SET = timedelta(days=1)
_KEPT = "clock_ahead"


class GatewayClock:
    """How far a gateway's clock is from ours, as far as what it tells, and is told, is moved by it.

    A time of the gateway's is on its own clock: "the server SHALL set the event to this status when the event reaches
    its earliest Effective Start Time" (EventStatus, sep.xsd). Whatever is outside of its client sees our clock, except
    for load controls, whose rules keep them on the clock of who asks, and for what was written down before, a log or a
    meter's intervals, by whatever clock there was then.

    Clocks that agree to a minute move nothing, and one in use is kept until it is wrong by a minute: what begins at
    the full hour does so, and is not another time with each reading. A clock that is days off was never set: what is
    told then comes from those who know the time. Load controls, and what they are answered, go by what the gateway
    tells that the time is, to the second and however wrong (:meth:`told_now`).
    """

    def __init__(self) -> None:
        """It is taken for right until it was read."""
        self._ahead = timedelta(0)
        self.told_ahead: timedelta | None = None
        """What it told last, less our clock; None before it was read."""

    def take(self, ahead: timedelta | None) -> None:
        """Take up by how much the gateway's clock was read to be ahead of ours; None is that it was not read."""
        if ahead is None:
            return
        # A gateway tells its time in whole seconds, cut off.
        self.told_ahead = timedelta(seconds=ceil(ahead.total_seconds()))
        if abs(ahead - self._ahead) > _ALIKE:
            self._ahead = self.told_ahead if _ALIKE < abs(ahead) < _NOT_SET else timedelta(0)

    def told_now(self) -> datetime:
        """Return what time the gateway tells that it is."""
        now = datetime.now(UTC)
        return self.told(now) or now

    def told(self, at: datetime) -> datetime | None:
        """Return what time the gateway told that it is at a time of ours; None where it never told."""
        return at + self.told_ahead if self.told_ahead is not None else None

    def now(self) -> datetime:
        """Return what time it is on the gateway's clock, by which the rest is moved."""
        return self.theirs(datetime.now(UTC))

    def has_come(self, at: datetime) -> bool:
        """Whether a time of the gateway's has come, to the minute to which clocks agree."""
        return at <= self.now() + _ALIKE

    def theirs(self, at: datetime) -> datetime:
        """Return a time of ours on the gateway's clock."""
        return at + self._ahead

    def ours(self, at: datetime) -> datetime:
        """Return a time of the gateway's on our clock."""
        return at - self._ahead

    def on_ours[T: (Message, Price)](self, told: Iterable[T]) -> list[T]:
        """Return what lasts from a start to an end of the gateway's on our clock."""
        if not self._ahead:
            return list(told)
        return [replace(each, start=self.ours(each.start), end=self.ours(each.end)) for each in told]

    def to_dict(self) -> dict[str, Any]:
        """Return what it told last, JSON-safe; nothing where it never did."""
        return {} if self.told_ahead is None else {_KEPT: self.told_ahead.total_seconds()}

    def load(self, data: Mapping[str, Any]) -> None:
        """Take up what :meth:`to_dict` gave, among other things perhaps; nothing where it comes to no time."""
        if not isinstance(ahead := data.get(_KEPT), int | float):
            return
        with suppress(OverflowError, ValueError):
            now = datetime.now(UTC)
            self.take(now + timedelta(seconds=ahead) - now)

    def prices(self, told: PriceSchedule) -> PriceSchedule:
        """Return prices on our clock."""
        return replace(told, prices=tuple(self.on_ours(told.prices)), received=tuple(self.on_ours(told.received)))
