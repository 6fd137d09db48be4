"""The pages on which a household says what a kilowatt-hour costs, and who says so (SC-1)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.util import dt as dt_util

from ...devices.linked_entity import is_missing
from ...hub.flow.choices import our_entities
from ...hub.flow.progress import shows_progress
from ...hub.prices.priced import PricedSubject, now_of
from ...hub.renaming import ids_of_now
from ...utility import PriceKind, RateProgram
from ..manager import price_tellers
from ..rates.draft import (
    BLOCKS,
    CONF_ADDITION,
    CONF_BLOCK_ABOVE,
    CONF_BLOCK_ADDITION,
    CONF_CURRENCY,
    CONF_HOLIDAYS_OF,
    CONF_MONTHLY_FEE,
    CONF_PERIODS,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATE_NAME,
    CONF_SESSION_FEE,
    CONF_SOURCE,
    CONF_TAX,
    TYPED,
    Agreed,
    Rates,
    program_of,
)
from ..rates.holidays import UnknownHolidaysError, async_load_holidays
from ..rates.price_units import currencies_of, price_of
from . import home_forms
from .dialog import VehicleDialog
from .numbers import read_numbers, typed_numbers, unfit_numbers

CONF_RATES = "rates"
_LONGEST_NAME = 40
_MOST_PERIODS = 40
"""No program of a utility has as many."""
_OF_SOURCE = (CONF_SOURCE, CONF_RATE_NAME, CONF_CURRENCY, CONF_PRICE, CONF_PRICE_ENTITY, CONF_ADDITION)


class RatePages(VehicleDialog):
    """Leads from who says the prices to prices that are all there."""

    _prices_read = False
    """Whether the meter's were looked for: a gateway that is away is not waited for again."""
    _priced_page = "rates"
    """Which page follows."""

    @property
    def rates(self) -> Rates:
        """What was typed of rates so far."""
        rates: Rates = self.data.setdefault(CONF_RATES, {})
        return rates

    def program(self) -> RateProgram:
        """Return the rate program as it was typed so far."""
        words = self.words
        agreed = Agreed(words.word("terms"), dt_util.now().date().isoformat(), self.hass.config.time_zone)
        base = words.word("base") if self.rates.get(CONF_PERIODS) else words.word("only")
        return program_of(self.rates, base, agreed)

    @property
    def shown_prices(self) -> str:
        """Return all prices so far as Markdown, with what is wrong with them, or with what is told now."""
        program, words = self.program(), self.words
        return words.prices(program) + words.warnings(program) + words.now(program, self._told_now())

    def _told_now(self) -> Decimal | None:
        """Return what a kilowatt-hour costs now by who tells the prices, None where that is not known."""
        kind = self.rates[CONF_SOURCE]
        if kind == PriceKind.ENTITY:
            told = price_of(self.hass.states.get(ids_of_now(self.hass, self.rates[CONF_PRICE_ENTITY])))
            return told.per_kwh if told is not None else None
        teller = self.tellers.get(PriceKind(kind)) if kind != TYPED else None
        return costs_now(teller) if teller is not None else None

    async def async_step_rates(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Who says the prices: only what the home has is offered."""
        if self.prices_to_be_read:
            return await self.async_read_prices("rates")
        told = [f"price_{kind}" for kind, teller in self.tellers.items() if teller.prices]
        return self.async_show_menu(step_id="rates", menu_options=[*told, "price_entity", "price_typed"])

    @property
    def prices_to_be_read(self) -> bool:
        """Whether it is not known yet if the meter has a tariff."""
        return self.hub.prices_to_come and not self._prices_read

    async def async_read_prices(self, page: str) -> SubentryFlowResult:
        """Have the meter's tariff read for the page that follows."""
        self._priced_page = page
        return await self.async_step_reading_prices()

    @shows_progress
    async def async_step_reading_prices(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The meter's tariff is read: after a start that waits for the poll after the first."""
        if self._task is None:
            self._task = self.hass.async_create_task(self.hub.async_read_prices(), eager_start=False)
        if not self._task.done():
            return self.async_show_progress(
                step_id="reading_prices", progress_action="reading_prices", progress_task=self._task
            )
        self._task, self._prices_read = None, True
        return self.async_show_progress_done(next_step_id=self._priced_page)

    async def async_step_price_gateway(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The meter's tariff."""
        return await self._async_told(PriceKind.GATEWAY, self.currency_of(PriceKind.GATEWAY), user_input)

    async def async_step_price_utility(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Prices of OpenADR."""
        return await self._async_told(PriceKind.UTILITY, self.currency_of(PriceKind.UTILITY), user_input)

    async def async_step_price_entity(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Prices of an entity of Home Assistant."""
        # What the meter or the utility tells here is a source of its own, which knows more than its sensors.
        found = {each.entity_id for each in self.hass.states.async_all("sensor") if currencies_of(each)}
        entities = sorted((found - our_entities(self.hass)) | self._agreed_entity())
        return await self._async_told(PriceKind.ENTITY, self._currency, user_input, entities)

    def _agreed_entity(self) -> set[str]:
        """Return the entity that tells the prices by now, which may be away for the moment."""
        agreed = ids_of_now(self.hass, self.rates.get(CONF_PRICE_ENTITY))
        return {agreed} if agreed is not None and not is_missing(self.hass, agreed) else set()

    def currency_of(self, kind: PriceKind) -> str:
        """Return the currency in which somebody tells prices."""
        return self.hub.tariff.currency if kind is PriceKind.GATEWAY else self.tellers[kind].currency

    @property
    def tellers(self) -> Mapping[PriceKind, PricedSubject]:
        """Who tells prices here, also what was told before a restart."""
        return price_tellers(self.hub)

    @property
    def _currency(self) -> str:
        return self.hass.config.currency

    async def _async_told(
        self, kind: PriceKind, currency: str, user_input: dict[str, Any] | None, entities: list[str] | None = None
    ) -> SubentryFlowResult:
        """Take prices that somebody tells."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed, errors = read_numbers(self.words.style, ids_of_now(self.hass, user_input))
            errors |= unfit_names(typed, (CONF_RATE_NAME,)) | unfit_numbers(typed, (CONF_ADDITION,))
            errors |= self._unfit_entity(typed)
            if kind is not PriceKind.ENTITY and user_input[CONF_CURRENCY] != currency:
                errors[CONF_CURRENCY] = "other_currency"
            if not (errors := errors or self.doubts.ask(typed, typed[CONF_CURRENCY])):
                return await self._async_begun(kind, typed)
        known = self.rates if self.rates.get(CONF_SOURCE) == kind else {}
        default = {CONF_RATE_NAME: self.words.word(f"name_{kind}"), CONF_CURRENCY: currency}
        return self.async_show_form(
            step_id=f"price_{kind}",
            data_schema=self.add_suggested_values_to_schema(
                home_forms.told(entities), user_input or typed_numbers(self.words.style, {**default, **known})
            ),
            errors=errors,
            last_step=False,
        )

    def _unfit_entity(self, typed: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with a price entity; one that says nothing at the moment may still be right."""
        if (entity_id := typed.get(CONF_PRICE_ENTITY)) is None:
            return {}
        if not (currencies := currencies_of(self.hass.states.get(entity_id))):
            if entity_id in self._agreed_entity() and typed[CONF_CURRENCY] == self.rates[CONF_CURRENCY]:
                return {}
            return {CONF_PRICE_ENTITY: "no_price"}
        return {} if typed[CONF_CURRENCY] in currencies else {CONF_CURRENCY: "other_currency"}

    async def async_step_price_typed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The price at all times that no period is for."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed, errors = read_numbers(self.words.style, user_input)
            errors = unfit_names(typed, (CONF_RATE_NAME,)) | unfit_price(typed) | errors
            if not (errors := errors or self.doubts.ask(typed, typed[CONF_CURRENCY])):
                return await self._async_begun(TYPED, typed)
        known = self.rates if self.rates.get(CONF_SOURCE) == TYPED else {}
        default = {CONF_RATE_NAME: self.words.word("name_typed"), CONF_CURRENCY: self._currency}
        return self.async_show_form(
            step_id="price_typed",
            data_schema=self.add_suggested_values_to_schema(
                home_forms.HOURS, user_input or typed_numbers(self.words.style, {**default, **known})
            ),
            errors=errors,
            last_step=False,
        )

    async def _async_begun(self, source: str, typed: dict[str, Any]) -> SubentryFlowResult:
        self.take_rates(source, typed)
        await self.async_keep_draft()
        return await self.async_step_prices()

    def take_rates(self, source: str, typed: dict[str, Any]) -> None:
        """Take prices of a source; what was said of fees and tax stays."""
        kept = {name: value for name, value in self.rates.items() if name not in _OF_SOURCE}
        if source != TYPED:
            kept.pop(CONF_PERIODS, None)
            kept.pop(CONF_HOLIDAYS_OF, None)
        self.data[CONF_RATES] = {
            **kept,
            **typed,
            CONF_SOURCE: str(source),
            CONF_RATE_NAME: typed[CONF_RATE_NAME].strip(),
        }

    async def async_step_prices(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """All prices so far, and what can be done about them."""
        program = self.program()
        hours: list[str] = []
        if self.rates[CONF_SOURCE] == TYPED:
            known = len(program.periods)
            hours = [*(["period_add"] if known < _MOST_PERIODS else []), *(["period_choose"] if known else [])]
        options = ["preview", *hours, f"price_{self.rates[CONF_SOURCE]}", "price_more", "rates"]
        return self.async_show_menu(
            step_id="prices",
            menu_options=options,
            description_placeholders={"prices": self.shown_prices},
        )

    async def async_step_price_more(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Tax, fees, prices by consumption, and whose holidays count."""
        errors: dict[str, str] = {}
        schema = home_forms.more(hours=self.rates[CONF_SOURCE] == TYPED)
        if user_input is not None:
            typed, errors = read_numbers(self.words.style, user_input)
            errors = errors or _unfit_more(typed) | await self.async_unfit_area(typed)
            if not (errors := errors or self.doubts.ask(typed, self.rates[CONF_CURRENCY])):
                for name in home_forms.names(schema):
                    self.rates.pop(name, None)
                self.rates.update(typed)
                if area := typed.get(CONF_HOLIDAYS_OF):
                    self.rates[CONF_HOLIDAYS_OF] = area.strip().upper()
                await self.async_keep_draft()
                return await self.async_step_prices()
        country = {CONF_HOLIDAYS_OF: self.hass.config.country} if self.hass.config.country else {}
        return self.async_show_form(
            step_id="price_more",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or typed_numbers(self.words.style, {**country, **self.rates})
            ),
            description_placeholders={"currency": self.rates[CONF_CURRENCY]},
            errors=errors,
            last_step=False,
        )

    async def async_unfit_area(self, typed: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with a country or state: its holidays are to be known."""
        if not (area := (typed.get(CONF_HOLIDAYS_OF) or "").strip()):
            return {}
        try:
            await async_load_holidays(self.hass, area.upper())
        except UnknownHolidaysError, ImportError:
            return {CONF_HOLIDAYS_OF: "invalid_area"}
        return {}


def costs_now(teller: PricedSubject) -> Decimal | None:
    """Return what a kilowatt-hour costs now by who tells it, None where that is not known."""
    price = now_of(teller.prices)
    return Decimal(str(price.per_kwh)) if price is not None else None


def unfit_names(typed: dict[str, Any], fields: Collection[str]) -> dict[str, str]:
    """Return what is wrong with names, by field."""
    errors: dict[str, str] = {}
    for name in fields:
        if not typed[name].strip():
            errors[name] = "name_missing"
        elif len(typed[name].strip()) > _LONGEST_NAME:
            errors[name] = "name_too_long"
    return errors


def unfit_price(typed: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with a price."""
    if typed.get(CONF_PRICE) is None:
        return {CONF_PRICE: "price_missing"}
    return unfit_numbers(typed, (CONF_PRICE,))


def _unfit_more(typed: dict[str, Any]) -> dict[str, str]:
    errors = unfit_numbers(typed, (CONF_TAX,), 0, 100)
    errors |= unfit_numbers(typed, (CONF_MONTHLY_FEE, CONF_SESSION_FEE), 0)
    above = [typed.get(CONF_BLOCK_ABOVE.format(each)) for each in BLOCKS]
    for each in BLOCKS:
        start, addition = CONF_BLOCK_ABOVE.format(each), CONF_BLOCK_ADDITION.format(each)
        errors |= unfit_numbers(typed, (start,), 0) | unfit_numbers(typed, (addition,))
        if typed.get(addition) is not None and not typed.get(start):
            errors[start] = "block_half"
        if typed.get(start) and typed.get(addition) is None:
            errors[addition] = "block_half"
    if above[0] and above[1] and above[1] <= above[0]:
        errors[CONF_BLOCK_ABOVE.format(2)] = "block_order"
    elif above[1] and not above[0]:
        errors[CONF_BLOCK_ABOVE.format(1)] = "block_half"
    return errors
