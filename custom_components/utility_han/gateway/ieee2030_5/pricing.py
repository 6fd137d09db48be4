"""Reads the tariff's prices (IEEE 2030.5-2018, Pricing function set)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto

from py20305.models import sep

from ...esi import Answerable, EventKind, Price, PriceSchedule, one_at_a_time
from ..currency import CURRENCIES
from .answers import answerable
from .failures import optional
from .reader import Reader
from .resources import lasting, moment, power_of_ten

_ELECTRICITY = 0  # ServiceKind
_SCHEDULED, _ACTIVE = 0, 1  # EventStatus.currentStatus; what is cancelled or superseded has no price
_WATT_HOUR = 72  # UomType
_MOST_INTERVALS = 100
"""Of one rate component: each costs a request, and a year of them all the time there is. A day has 96 quarters."""
_CLOCKS_DIFFER = timedelta(hours=1)


async def read_prices(reader: Reader, profiles_href: str, now: datetime) -> PriceSchedule | None:
    """Return the prices per kWh of electricity, soonest first; None where no tariff gives any.

    All times, ``now`` among them, are on the gateway's clock.

    A RateComponent "could be generation price or consumption price"; which, says ``flowDirection`` of the ReadingType
    behind its ReadingTypeLink (FlowDirectionType: 0 not applicable and the default, 1 forward, delivered to the
    customer, 19 reverse, received from the customer; the edition of 2023 adds 4 net and 20 total). Of the components
    of one direction the first that has prices counts, by primacy of their tariffs, then as listed. Only the first
    consumption block is told; further blocks depend on how much was used.
    """
    profiles: list[sep.TariffProfile] = await reader.pages(
        profiles_href, sep.TariffProfileList, lambda page: page.tariff_profile
    )
    found: dict[_Direction, tuple[str | None, list[Price]]] = {}
    answers: list[Answerable] = []
    for profile in sorted(profiles, key=lambda found: found.primacy.value):
        if profile.service_category_kind.value != _ELECTRICITY or profile.rate_component_list_link is None:
            continue
        components: list[sep.RateComponent] = await reader.pages(
            profile.rate_component_list_link.href, sep.RateComponentList, lambda page: page.rate_component
        )
        currency = CURRENCIES.get(profile.currency.value) if profile.currency else None
        for component in components:
            unit = await optional(reader.get(component.reading_type_link.href, sep.ReadingType))
            if unit is None:
                continue  # the others may have prices
            direction = _direction(unit)
            if direction in found:
                continue
            if prices := await _component_prices(reader, profile, component, unit, answers, now):
                found[direction] = (currency, prices)
    currency, prices = next((found[each] for each in _OF_WHAT_IS_USED if each in found), (None, []))
    paid_in, received = found.get(_Direction.RECEIVED, (None, []))
    if not prices and not received:
        return None
    if prices and paid_in != currency:
        received = []  # one schedule has one currency
    return PriceSchedule(
        currency if prices else paid_in, one_at_a_time(prices), one_at_a_time(received), tuple(answers)
    )


class _Direction(Enum):
    DELIVERED = auto()
    ANY = auto()
    NET = auto()
    RECEIVED = auto()


_DIRECTIONS = {1: _Direction.DELIVERED, 19: _Direction.RECEIVED, 0: _Direction.ANY, 4: _Direction.NET}
_OF_WHAT_IS_USED = (_Direction.DELIVERED, _Direction.ANY, _Direction.NET)
"""Whose price is that of a kWh used, the most particular first."""


def _direction(unit: sep.ReadingType) -> _Direction:
    return _DIRECTIONS.get(unit.flow_direction.value if unit.flow_direction else 0, _Direction.ANY)


async def _component_prices(
    reader: Reader,
    profile: sep.TariffProfile,
    component: sep.RateComponent,
    unit: sep.ReadingType,
    answers: list[Answerable],
    now: datetime,
) -> list[Price]:
    """Return the prices of a component; how they want to be answered is added to ``answers``.

    ``touTier`` is a number ("1 = TOU A", TOUType); what people call it can only be the interval's ``description``, "a
    human readable text describing or naming the object" (RespondableSubscribableIdentifiedObject).
    """
    if unit.uom is None or unit.uom.value != _WATT_HOUR:
        return []
    of_price = power_of_ten(profile.price_power_of_ten_multiplier)
    of_energy = power_of_ten(unit.power_of_ten_multiplier)
    per_kwh = Decimal(10) ** (of_price - of_energy + 3)
    intervals: list[sep.TimeTariffInterval] = await reader.pages(
        component.time_tariff_interval_list_link.href,
        sep.TimeTariffIntervalList,
        lambda page: page.time_tariff_interval,
    )
    prices: list[Price] = []
    known: dict[str, list[sep.ConsumptionTariffInterval]] = {}
    for interval in _coming(intervals, now):
        if (link := interval.consumption_tariff_interval_list_link) is None:
            continue
        if link.href not in known:
            known[link.href] = await reader.pages(
                link.href, sep.ConsumptionTariffIntervalList, lambda page: page.consumption_tariff_interval
            )
        first = min(known[link.href], key=lambda block: block.start_value, default=None)
        if first is None or first.price is None:
            continue
        if (answer := answerable(EventKind.PRICE, interval)) is not None:
            answers.append(answer)
        name = interval.description or None
        start = moment(interval.interval.start.value)
        prices.append(Price(start, _end(interval), float(first.price * per_kwh), interval.tou_tier.value, name))
    return prices


def _coming(intervals: Iterable[sep.TimeTariffInterval], now: datetime) -> list[sep.TimeTariffInterval]:
    """Return the intervals that are not over, soonest first, and no more than can be asked about."""
    coming = [
        each
        for each in intervals
        if each.event_status.current_status in (_SCHEDULED, _ACTIVE) and _end(each) > now - _CLOCKS_DIFFER
    ]
    return sorted(coming, key=lambda each: each.interval.start.value)[:_MOST_INTERVALS]


def _end(interval: sep.TimeTariffInterval) -> datetime:
    return moment(interval.interval.start.value) + lasting(interval.interval.duration)
