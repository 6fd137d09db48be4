"""What the rate programs of a home need to know of the world: holidays, and prices that others tell."""

from collections.abc import Iterable
from datetime import datetime

from homeassistant.core import HomeAssistant

from ...const import LOGGER
from ...procedures import Holidays, PriceCourse, Rates, no_holidays
from ...utility import RateProgram
from .holidays import UnknownHolidaysError, async_load_holidays
from .price_following import PriceFollowing


class HomeRates(Rates):
    """The holidays and prices of one home."""

    def __init__(self, hass: HomeAssistant, prices: PriceFollowing) -> None:
        """Holidays are loaded when a program asks for them; ``prices`` knows what was told."""
        self._hass = hass
        self._prices = prices
        self._holidays: dict[str, Holidays] = {}
        self.unknown: set[str] = set()
        """Countries and states whose holidays programs need and that cannot be loaded."""

    async def async_load(self, programs: Iterable[RateProgram]) -> None:
        """Have at hand what programs need; those that it cannot be had for are not :meth:`ready`."""
        for code in {program.holidays for program in programs if program.holidays} - self._holidays.keys():
            try:
                self._holidays[code] = await async_load_holidays(self._hass, code)
            except UnknownHolidaysError, ImportError:
                LOGGER.debug("The holidays of %s cannot be loaded", code, exc_info=True)
                self.unknown.add(code)
            else:
                self.unknown.discard(code)

    def ready(self, program: RateProgram) -> bool:
        """Whether sessions can be priced under a program."""
        return not program.holidays or program.holidays in self._holidays

    def holidays(self, program: RateProgram) -> Holidays:
        """Return the holidays that a program names; for what is billed, they have been loaded."""
        return self._holidays.get(program.holidays or "", no_holidays)

    def course(self, program: RateProgram, start: datetime, end: datetime) -> PriceCourse:
        """Return the prices of a program's source between two times, as far as they are known."""
        self._prices.async_flush()  # what an entity states now is in the book once it states something else
        return self._prices.book.course(program, start, end)
