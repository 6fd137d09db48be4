"""A rate program for charging: RateProgram of the HAN API (docs/utility-api.yaml), or a household's own.

What the API has not (seasons, holidays, steps, fees, taxes, a source of prices) is left out of the JSON where it is
not used. Money is a ``Decimal`` in the program's currency, prices are per kWh and without the tax that is added.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ..esi.typed import UnreadableRecordError
from .answer import Fields

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_DAYS = frozenset(range(1, 8))
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class TierPeriod:
    """When a tier is in force: on ``days`` (ISO 8601, Monday is 1) from ``start`` until ``end`` (HH:MM, local).

    A period that ends at or before its start goes over midnight. The first period that fits is in force.
    """

    tier: str
    days: tuple[int, ...]
    start: str
    end: str
    first_day: str | None = None
    """The first day (MM-DD) of the season, None for the whole year."""
    last_day: str | None = None
    """Its last day (MM-DD), which may be in the next year."""
    holidays: bool | None = None
    """True: on holidays only, whatever ``days``; False: on no holiday; None: holidays are days like others."""

    @classmethod
    def from_json(cls, data: Any) -> TierPeriod:
        """Take a period of a RateProgram."""
        fields = Fields(data, cls.__name__)
        days = fields.take("days", tuple[int, ...])
        if not _DAYS.issuperset(days):
            raise UnreadableRecordError(f"{cls.__name__}.days", "no days of the week")
        start, end = fields.matching("start", _CLOCK), fields.matching("end", _CLOCK)
        first, last = (
            fields.matching(name, _DAY) if fields.maybe(name, str) is not None else None
            for name in ("first_day", "last_day")
        )
        if (first is None) != (last is None):
            raise UnreadableRecordError(f"{cls.__name__}.last_day", "a season has two ends")
        return cls(fields.take("tier", str), days, start, end, first, last, fields.maybe("holidays", bool))

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        more = {"first_day": self.first_day, "last_day": self.last_day, "holidays": self.holidays}
        return {
            "tier": self.tier,
            "days": list(self.days),
            "start": self.start,
            "end": self.end,
            **{name: value for name, value in more.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Block:
    """Above ``above_wh`` charged in the calendar month, each kWh costs ``addition`` more (an inclining block).

    The highest one that is reached counts; ``addition`` may be negative.
    """

    above_wh: int
    addition: Decimal

    @classmethod
    def from_json(cls, data: Any) -> Block:
        """Take up what :meth:`to_json` gave."""
        fields = Fields(data, cls.__name__)
        return cls(fields.number("above_wh", 0, 10**12), fields.money("addition"))

    def to_json(self) -> dict[str, Any]:
        """Return it for storage."""
        return {"above_wh": self.above_wh, "addition": str(self.addition)}


class PriceKind(StrEnum):
    """Who tells prices that change."""

    ENTITY = "entity"
    """An entity of Home Assistant, with its history."""
    GATEWAY = "gateway"
    """The meter's tariff: TariffProfile (IEEE 2030.5), the Price cluster (Smart Energy)."""
    UTILITY = "utility"
    """PRICE events of OpenADR."""


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Where the price of a kWh comes from, where it is not by hours of the day; ``addition`` per kWh comes on top."""

    kind: PriceKind
    entity_id: str | None = None
    addition: Decimal = _NONE

    @classmethod
    def from_json(cls, data: Any) -> PriceSource:
        """Take up what :meth:`to_json` gave."""
        fields = Fields(data, cls.__name__)
        return cls(fields.take("kind", PriceKind), fields.maybe("entity_id", str), fields.money("addition"))

    def to_json(self) -> dict[str, Any]:
        """Return it for storage."""
        return {"kind": self.kind.value, "entity_id": self.entity_id, "addition": str(self.addition)}


@dataclass(frozen=True, slots=True)
class RateProgram:
    """A rate program for charging; ``prices`` is the price of a kilowatt-hour by tier, ``names`` their names.

    One with a ``source`` has a single tier and no periods; the tier's own price is then nobody's.
    """

    id: str
    name: str
    summary: str
    open: bool
    guests: bool
    currency: str
    time_zone: str
    prices: dict[str, Decimal]
    names: dict[str, str]
    periods: tuple[TierPeriod, ...]
    default_tier: str
    terms_version: str
    terms: str
    blocks: tuple[Block, ...] = ()
    session_fee: Decimal = _NONE
    """For each session."""
    monthly_fee: Decimal = _NONE
    """For each month that has begun under a binding; it is on statements, and on no session."""
    tax_percent: Decimal | None = None
    """Is added to prices and fees; None where they have it in them already."""
    holidays: str | None = None
    """Whose holidays: ISO 3166-1, or 3166-2 for those of a state ("DE-BY")."""
    source: PriceSource | None = None

    @classmethod
    def from_json(cls, data: Any) -> RateProgram:
        """Take a RateProgram of the API, or up what :meth:`to_json` gave."""
        fields = Fields(data, cls.__name__)
        tiers, terms = fields.inners("tiers"), fields.inner("terms")
        prices = {tier.take("id", str): tier.money("price") for tier in tiers}
        periods = fields.each("periods", TierPeriod.from_json)
        default_tier = fields.take("default_tier", str)
        if {default_tier, *(period.tier for period in periods)} - prices.keys():
            raise UnreadableRecordError(f"{cls.__name__}.periods", "a tier that is none of its own")
        return cls(
            id=fields.take("id", str),
            name=fields.take("name", str),
            summary=fields.take("summary", str),
            open=fields.take("open", bool),
            guests=fields.take("guests", bool),
            currency=fields.take("currency", str),
            time_zone=_time_zone(fields.take("time_zone", str)),
            prices=prices,
            names={tier.take("id", str): tier.take("name", str) for tier in tiers},
            periods=periods,
            default_tier=default_tier,
            terms_version=terms.take("version", str),
            terms=terms.take("text", str),
            blocks=fields.each("blocks", Block.from_json) if fields.has("blocks") else (),
            session_fee=fields.money("session_fee") if fields.has("session_fee") else _NONE,
            monthly_fee=fields.money("monthly_fee") if fields.has("monthly_fee") else _NONE,
            tax_percent=fields.money("tax_percent") if fields.has("tax_percent") else None,
            holidays=fields.maybe("holidays", str),
            source=fields.maybe_read("source", PriceSource.from_json),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as the API has it, for storage."""
        return {
            "id": self.id,
            "name": self.name,
            "summary": self.summary,
            "open": self.open,
            "guests": self.guests,
            "currency": self.currency,
            "time_zone": self.time_zone,
            "tiers": [
                {"id": tier, "name": self.names[tier], "price": str(price)} for tier, price in self.prices.items()
            ],
            "periods": [each.to_json() for each in self.periods],
            "default_tier": self.default_tier,
            "terms": {"version": self.terms_version, "text": self.terms},
            **self._more(),
        }

    def _more(self) -> Mapping[str, Any]:
        more = {
            "blocks": [each.to_json() for each in self.blocks] or None,
            "session_fee": str(self.session_fee) if self.session_fee else None,
            "monthly_fee": str(self.monthly_fee) if self.monthly_fee else None,
            "tax_percent": str(self.tax_percent) if self.tax_percent is not None else None,
            "holidays": self.holidays,
            "source": self.source.to_json() if self.source else None,
        }
        return {name: value for name, value in more.items() if value is not None}


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as err:
        raise UnreadableRecordError("RateProgram.time_zone", "no time zone that is known") from err
    return name
