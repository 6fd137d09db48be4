"""``TariffElement`` with its ``TariffRestrictions``, and which of them is active (OCPI ``mod_tariffs``).

"The first Tariff Element with that Dimension in the list with matching Tariff Restrictions will be used."
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from .values import Json, kwh, number

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Element:
    """A price of a kWh, and when it is in force: all of these at once."""

    per_kwh: Decimal
    days: tuple[int, ...] = ()
    """Of the week, Monday is 1; none for all."""
    start: time = MIDNIGHT
    """``start_time``, local, inclusive."""
    end: time = MIDNIGHT
    """``end_time``, exclusive; midnight is the end of the day. None goes over it."""
    first: date | None = None
    """``start_date``, local, inclusive."""
    until: date | None = None
    """``end_date``, exclusive."""
    min_wh: int | None = None
    """Charged before, inclusive."""
    max_wh: int | None = None
    """Exclusive."""

    def active(self, local: datetime, charged_wh: int) -> bool:
        """Whether it is in force at a local time, when so much was charged in the session."""
        today, now = local.date(), local.time()
        return (
            (not self.days or local.isoweekday() in self.days)
            and self.start <= now
            and (self.end == MIDNIGHT or now < self.end)
            and (self.first is None or self.first <= today)
            and (self.until is None or today < self.until)
            and (self.min_wh is None or self.min_wh <= charged_wh)
            and (self.max_wh is None or charged_wh < self.max_wh)
        )

    @property
    def restrictions(self) -> Json:
        """Return its ``TariffRestrictions``."""
        found: Json = {}
        if (self.start, self.end) != (MIDNIGHT, MIDNIGHT):
            found |= {"start_time": f"{self.start:%H:%M}", "end_time": f"{self.end:%H:%M}"}
        if self.first is not None:
            found["start_date"] = self.first.isoformat()
        if self.until is not None:
            found["end_date"] = self.until.isoformat()
        if self.min_wh is not None:
            found["min_kwh"] = kwh(self.min_wh)
        if self.max_wh is not None:
            found["max_kwh"] = kwh(self.max_wh)
        if self.days:
            found["day_of_week"] = [_DAYS[day - 1] for day in sorted(self.days)]
        return found


def price_at(elements: Sequence[Element], local: datetime, charged_wh: int) -> Decimal | None:
    """Return the price of a kWh that elements give, None where none of them is active."""
    return next((each.per_kwh for each in elements if each.active(local, charged_wh)), None)


def elements_json(elements: Sequence[Element], session_fee: Decimal, vat: Decimal | None) -> list[Json]:
    """Return ``Tariff.elements``: the fee that each session costs, then the prices of energy.

    What costs nothing is said as the text wants it: one FLAT component of 0 without restrictions.
    """
    if not session_fee and not any(each.per_kwh for each in elements):
        return [{"price_components": [_component("FLAT", Decimal(0), vat)]}]
    fee: list[Json] = [{"price_components": [_component("FLAT", session_fee, vat)]}] if session_fee else []
    return fee + [_element(each, vat) for each in elements]


def _element(element: Element, vat: Decimal | None) -> Json:
    components: Json = {"price_components": [_component("ENERGY", element.per_kwh, vat)]}
    return components | ({"restrictions": element.restrictions} if element.restrictions else {})


def _component(of: str, price: Decimal, vat: Decimal | None) -> Json:
    """Return a ``PriceComponent``; its ``step_size`` is the least there is, so that it is billed as measured."""
    component: Json = {"type": of, "price": number(price), "step_size": 1}
    return component if vat is None else component | {"vat": number(vat)}
