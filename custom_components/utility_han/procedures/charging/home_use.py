"""What a home used without its vehicles: what its meter counts, less what the chargers did, and what that cost.

Subtractive metering: a vehicle's usage is taken off what the premise's meter recorded ("adjust the recorded usage on
the primary meter account … to reflect a corresponding reduction in consumption": Southern California Edison, Submeter
Billing Option, under CPUC Decision 22-08-024). It is taken off what was delivered. What a vehicle took beyond that was
the home's own production, which without the vehicle would have been given to the grid: it is added to what was
received. So import less export, and what the vehicles took, are together what the meter counts, whatever it was that
they were charged with.

It is done by quarters of an hour, the interval of the meter. Chargers and meters do not tell at the same moment, and
some chargers once a session only: quarters stay open together for as long as more may be told of them. A charger that
told of several at once is taken to have charged as the meter counted.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ...esi.typed import plain, read_record
from .coins import in_coins
from .point import ChargingPoint
from .pricing import QUARTER, PriceCourse

_TOGETHER = timedelta(hours=1)
"""What was taken beyond what was delivered for so long is the home's own: nobody tells of it later than that."""
_LONGEST = timedelta(days=1)
"""How long quarters stay open for a charger that tells no more."""
_ASKED_FOR = timedelta(days=2)
"""How long a price is waited for, as with what vehicles charged; then cost begins anew without that energy."""
_TOLD_LATE = timedelta(minutes=5)
_SECOND = timedelta(seconds=1)

type MeanPrice = Callable[[datetime, datetime], Decimal | None]
"""What a kWh cost between two times on the average, None where that is not known for all of the time."""


@dataclass(slots=True)
class Counted:
    """What registers and chargers show at a moment, Wh; ``tiers`` by the keys of their registers."""

    at: datetime
    delivered: float
    received: float | None = None
    tiers: dict[str, float] = field(default_factory=dict)
    chargers: dict[str, float] = field(default_factory=dict)
    """By charging point, as far as each was ever known."""


@dataclass(slots=True)
class Part:
    """What was delivered in a quarter of an hour, or from one reading to the next where that took longer, Wh."""

    start: datetime
    end: datetime
    delivered: float = 0.0
    tiers: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Unpriced:
    """Energy that the home used, Wh, while nobody told what it costs."""

    start: datetime
    end: datetime
    energy: float


@dataclass(slots=True)
class HomeCost:
    """What the home's energy cost since a time, in one currency."""

    currency: str
    since: datetime
    exact: Decimal = Decimal(0)
    unpriced: list[Unpriced] = field(default_factory=list)

    @property
    def known(self) -> Decimal | None:
        """The cost to the smallest coin, None while a part of it has no price."""
        return None if self.unpriced else in_coins(self.exact, self.currency)

    def settle(self, now: datetime, mean: MeanPrice) -> bool:
        """Price what can be priced by now; return whether anything changed."""
        before, late = self.unpriced, False
        self.unpriced = []
        for each in before:
            if (per_kwh := mean(each.start, each.end)) is not None:
                self.exact += per_kwh * Decimal(str(each.energy)) / 1000
            elif now - each.end < _ASKED_FOR:
                self.unpriced.append(each)
            else:
                late = True
        if late:
            self.since, self.exact = now, Decimal(0)
        return len(self.unpriced) != len(before)


@dataclass(slots=True)
class HomeUse:
    """The running account of one home; what it shows are Wh as the meter's registers have them."""

    last: Counted | None = None
    imported: float = 0.0
    exported: float = 0.0
    tiers: dict[str, float] = field(default_factory=dict)
    """By the key of the register: what it would show without the vehicles."""
    parts: list[Part] = field(default_factory=list)
    """Those that are open."""
    received: float = 0.0
    charged: float = 0.0
    """By chargers, within what is open."""
    cost: HomeCost | None = None
    """None where nobody has told of prices."""

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        kept: dict[str, Any] = plain(asdict(self))
        if self.cost is not None:
            kept["cost"]["exact"] = str(self.cost.exact)
        return kept

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HomeUse:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("imported", "exported"))

    # What is counted

    def take(self, counted: Counted, *, may_tell_more: bool) -> None:
        """Take what is counted by now; ``may_tell_more`` where a charger has yet to tell what it gave until now."""
        if self.last is None:
            self.imported = counted.delivered - sum(counted.chargers.values())
            self.exported = counted.received or 0.0
            self.tiers = dict(counted.tiers)
            self.last = counted
            return
        before, self.last = self.last, self._known_by_now(counted)
        part = self._part(before.at)
        part.end = max(counted.at, part.start + _SECOND)
        part.delivered += _rise(before.delivered, counted.delivered)
        for key, shown in counted.tiers.items():
            self.tiers.setdefault(key, shown)
            part.tiers[key] = part.tiers.get(key, 0.0) + _rise(before.tiers.get(key), shown)
        self.received += _rise(before.received, counted.received)
        if counted.received is not None and before.received is None:
            self.exported += counted.received
        # One that was not there before has counted from zero on.
        self.charged += sum(_rise(before.chargers.get(each, 0.0), shown) for each, shown in counted.chargers.items())
        if _quarter(counted.at) != _quarter(part.start) and self._may_close(counted.at, may_tell_more):
            self._close()

    def _known_by_now(self, counted: Counted) -> Counted:
        """Return what is counted, and what a register that was not read now showed last."""
        last = self.last or counted
        received = last.received if counted.received is None else counted.received
        chargers, tiers = last.chargers | counted.chargers, last.tiers | counted.tiers
        return Counted(counted.at, counted.delivered, received, tiers, chargers)

    def _part(self, since: datetime) -> Part:
        if not self.parts or _quarter(self.parts[-1].end) != _quarter(self.parts[-1].start):
            self.parts.append(Part(since, since))
        return self.parts[-1]

    def _may_close(self, at: datetime, may_tell_more: bool) -> bool:
        open_for = at - self.parts[0].start
        if may_tell_more:
            return open_for >= _LONGEST
        return self.charged <= self._delivered or open_for >= _TOGETHER

    def _close(self) -> None:
        factor = self._factor
        self.imported, self.exported = self.imported_now, self.exported_now
        self.tiers = {key: self._tier(key, factor) for key in self.tiers}
        if self.cost is not None:
            used = ((part, part.delivered * factor) for part in self.parts)
            self.cost.unpriced += [Unpriced(part.start, part.end, energy) for part, energy in used if energy]
        if self.last is not None:
            # A register that nobody shows is not read; what it counts then is nobody's to divide.
            read = {key for part in self.parts for key in part.tiers}
            self.last.tiers = {key: shown for key, shown in self.last.tiers.items() if key in read}
        self.parts, self.received, self.charged = [], 0.0, 0.0

    # What is shown

    @property
    def _delivered(self) -> float:
        return sum(part.delivered for part in self.parts)

    @property
    def _factor(self) -> float:
        """How much of what is open the home used itself."""
        delivered = self._delivered
        return max(delivered - self.charged, 0.0) / delivered if delivered else 1.0

    @property
    def imported_now(self) -> float:
        """What the home has taken from the grid for itself."""
        return self.imported + max(self._delivered - self.charged, 0.0)

    @property
    def exported_now(self) -> float:
        """What it would have given to the grid."""
        return self.exported + self.received + max(self.charged - self._delivered, 0.0)

    @property
    def own_production(self) -> float:
        """What vehicles took of the home's own production; the meter that counts no export shows nothing of it."""
        return self.exported_now - ((self.last and self.last.received) or 0.0)

    def tier_now(self, key: str) -> float | None:
        """Return what the register of a tier would show, None where that was never read.

        Which tier a vehicle was charged in is known by the register that rose (Reading.touTier of sep.xsd).
        """
        return self._tier(key, self._factor) if key in self.tiers else None

    def _tier(self, key: str, factor: float) -> float:
        return self.tiers[key] + sum(part.tiers.get(key, 0.0) * factor for part in self.parts)


def may_tell_more(point: ChargingPoint, at: datetime) -> bool:
    """Whether a charger may have yet to tell what it gave until ``at``, by the pace in which its counter is told."""
    open_sessions, meter = point.open, point.meter
    if not open_sessions or meter.counter is None:
        return False
    if meter.pace is None:
        return True
    pace = timedelta(seconds=meter.pace)
    begun = open_sessions[0].started_at
    return pace > QUARTER and at - max(meter.changed or begun, begun) < 1.5 * pace + _TOLD_LATE


def mean_price(course: PriceCourse, start: datetime, end: datetime) -> Decimal | None:
    """Return what a kWh cost on the average of the time, None where that is not known for all of it."""
    told, exact = timedelta(0), Decimal(0)
    for span in course:
        if (held := min(end, span.end) - max(start, span.start)) > timedelta(0):
            told += held
            exact += span.per_kwh * Decimal(str(held.total_seconds()))
    if told < end - start - _SECOND or not told:
        return None  # courses are told to the second
    return exact / Decimal(str(told.total_seconds()))


def _rise(before: float | None, now: float | None) -> float:
    """Return what a register counted; one that is read for the first time, or lower, begins from there."""
    return max(now - before, 0.0) if before is not None and now is not None else 0.0


def _quarter(at: datetime) -> int:
    return int(at.timestamp() // QUARTER.total_seconds())
