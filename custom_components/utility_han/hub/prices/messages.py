"""What is said to people of prices."""

from collections.abc import Iterable

from homeassistant.util import dt as dt_util

from ...esi import between
from ..telling.wording import Said, Wording
from .priced import PricedSubject, now_of


def about_price(subjects: Iterable[PricedSubject], wording: Wording) -> Said:
    """Say what a kWh costs now and when it is cheapest of what is known ahead; who is asked first is told of first."""
    for subject in subjects:
        if (now := now_of(subject.prices)) is None:
            continue
        coming = between(subject.prices, dt_util.utcnow(), subject.prices[-1].end)
        cheapest = min(coming, key=lambda price: (price.per_kwh, price.start))
        said = {"price": wording.price(now.per_kwh, subject.currency)}
        if cheapest.per_kwh == now.per_kwh:
            return Said("price_lowest", said | {"end": wording.time(now.end)})
        lowest = wording.price(cheapest.per_kwh, subject.currency)
        return Said(
            "price_now",
            said | {"lowest": lowest, **wording.span(cheapest.start, cheapest.end)},
        )
    return Said("price_unknown")
