"""The pages on which hours with a price of their own are typed, changed and removed (SC-1)."""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...procedures import specific_first
from ..rates.draft import (
    ANY_DAY,
    CONF_CURRENCY,
    CONF_DAYS,
    CONF_END,
    CONF_FIRST_DAY,
    CONF_HOLIDAYS,
    CONF_HOLIDAYS_OF,
    CONF_LAST_DAY,
    CONF_PERIODS,
    CONF_PRICE,
    CONF_START,
    CONF_TIER,
    number,
    period_of,
)
from . import home_forms
from .home_forms import CONF_PERIOD, CONF_REMOVE
from .numbers import read_numbers, typed_numbers
from .rates import RatePages, unfit_names, unfit_price

_LEAP_YEAR = 2028


class PeriodPages(RatePages):
    """One period after the other, until all hours have the price that was agreed."""

    _place: int | None = None
    """Which period is changed; None for a new one."""

    @property
    def _periods(self) -> list[dict[str, Any]]:
        periods: list[dict[str, Any]] = self.rates.setdefault(CONF_PERIODS, [])
        return periods

    async def async_step_period_add(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Begin with a new period."""
        self._place = None
        return await self.async_step_period()

    async def async_step_period_choose(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Which period is to be changed."""
        if user_input is not None:
            self._place = int(user_input[CONF_PERIOD])
            return await self.async_step_period()
        words, currency = self.words, self.rates[CONF_CURRENCY]
        periods = [period_of(typed, str(place)) for place, typed in enumerate(self._periods)]
        options = {}
        for period in specific_first(periods):
            typed = self._periods[int(period.tier)]
            price = f"{words.style.number(number(typed[CONF_PRICE]))} {currency}/kWh"
            options[period.tier] = f"{typed[CONF_TIER]}: {words.period(period)}, {price}"
        return self.async_show_form(
            step_id="period_choose", data_schema=home_forms.period_choice(options), last_step=False
        )

    async def async_step_period(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """When it is, and what a kilowatt-hour costs then."""
        errors: dict[str, str] = {}
        known = self._periods[self._place] if self._place is not None else None
        if user_input is not None:
            read, errors = read_numbers(self.words.style, user_input)
            typed = _as_kept(read)
            removed = user_input.get(CONF_REMOVE)
            errors = (self._unfit_period(typed) | errors) or self.doubts.ask(typed, self.rates[CONF_CURRENCY])
            if removed or not errors:
                if self._place is not None:
                    del self._periods[self._place]
                if not removed:
                    self._periods.insert(len(self._periods) if self._place is None else self._place, typed)
                await self._async_suggest_holidays()
                await self.async_keep_draft()
                return await self.async_step_prices()
        return self.async_show_form(
            step_id="period",
            data_schema=self.add_suggested_values_to_schema(
                home_forms.period(known=known is not None),
                user_input or (typed_numbers(self.words.style, _as_typed(known)) if known else {}),
            ),
            description_placeholders={"currency": self.rates[CONF_CURRENCY]},
            errors=errors,
            last_step=False,
        )

    async def _async_suggest_holidays(self) -> None:
        """Take the holidays of the home's country where some are needed and nobody has said whose."""
        if CONF_HOLIDAYS_OF in self.rates or all(each[CONF_HOLIDAYS] == ANY_DAY for each in self._periods):
            return
        country = {CONF_HOLIDAYS_OF: self.hass.config.country}
        if self.hass.config.country and not await self.async_unfit_area(country):
            self.rates.update(country)

    def _unfit_period(self, typed: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with a period, by field."""
        errors = unfit_names(typed, (CONF_TIER,)) | unfit_price(typed)
        if not typed[CONF_DAYS] and typed[CONF_HOLIDAYS] != "only":
            errors[CONF_DAYS] = "days_missing"
        if (CONF_FIRST_DAY in typed) != (CONF_LAST_DAY in typed):
            errors[CONF_LAST_DAY if CONF_FIRST_DAY in typed else CONF_FIRST_DAY] = "season_half"
        others = [each for place, each in enumerate(self._periods) if place != self._place]
        if any(period_of(each, "") == period_of(typed, "") for each in others) and not errors:
            errors[CONF_START] = "period_twice"
        return errors


def _as_kept(typed: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed without what is not needed: of days only month and day, of times no seconds."""
    kept = {name: value for name, value in typed.items() if name != CONF_REMOVE and value is not None}
    kept[CONF_TIER] = kept[CONF_TIER].strip()
    for name in (CONF_START, CONF_END):
        kept[name] = kept[name][:5]
    for name in (CONF_FIRST_DAY, CONF_LAST_DAY):
        if name in kept:
            kept[name] = kept[name][-5:]
    return kept


def _as_typed(kept: dict[str, Any]) -> dict[str, Any]:
    """Return a period for its form, which has whole dates; a leap year has every day."""
    return kept | {name: f"{_LEAP_YEAR}-{kept[name]}" for name in (CONF_FIRST_DAY, CONF_LAST_DAY) if name in kept}
