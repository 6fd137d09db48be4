"""The second page where the household keeps the books itself: who pays, where, and by which rates (SC-1)."""

import re
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...procedures import ContractIdError, parse_contract_id
from ...utility import PriceKind
from ..rates.draft import CONF_CURRENCY, CONF_RATE_NAME, CONF_SOURCE, TYPED, rates_of
from ..store import VehicleRecord
from . import home_forms
from .forms import CONF_ACCOUNT_NUMBER, CONF_BILL_TO, CONF_MORE, CONF_OWNER, GUEST, OWN, back
from .home_forms import CONF_CONTRACT_ID, CONF_HOLDER, CONF_PAYER, CONF_PAYER_NUMBER, CONF_PREMISE, CONF_RATE
from .rates import CONF_RATES, RatePages, costs_now

_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{2,33}")
_LONGEST_NAME = 60
_KEPT, _LIKE = "kept", "like "
_FOLDED = (CONF_PREMISE, CONF_CONTRACT_ID)


class HomeAccountPages(RatePages):
    """Leads from a vehicle to one of which it is known who pays for what it charges, where, and by which rates."""

    async def async_step_home_account(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Payer, account and premise as the household has them, a contract where there is one, and the rates."""
        if self.prices_to_be_read:
            return await self.async_read_prices("home_account")
        errors: dict[str, str] = {}
        suggested = {CONF_PREMISE: self.hass.config.location_name, **self._known_payer(), **self.data}
        if user_input is not None:
            more = user_input.get(CONF_MORE, {name: suggested.get(name) for name in _FOLDED})
            answered = {name: value for name, value in user_input.items() if name != CONF_MORE} | more
            typed = {name: str(value or "").strip() for name, value in answered.items()}
            if (page := self.way_back(user_input)) is not None:
                self.data |= {name: typed[name] for name in (CONF_PAYER, CONF_HOLDER, *_FOLDED) if name in typed}
                return await page()
            if not (errors := self._take_payer(typed, suggested.get(CONF_PAYER_NUMBER))):
                await self.async_keep_draft()
                return await self._async_rated(user_input.get(CONF_RATE))
            suggested |= typed
        if self.bound:
            suggested.pop(CONF_PREMISE)
        more = {name: suggested[name] for name in _FOLDED if suggested.get(name)}
        return self.async_show_form(
            step_id="home_account",
            data_schema=self.add_suggested_values_to_schema(
                home_forms.account(
                    {} if self.bound else self._rates_offered(),
                    back(self.first_page),
                    bound=self.bound,
                    folded=CONF_MORE not in errors,
                ),
                suggested | {CONF_MORE: more},
            ),
            errors=errors or self.failed_for("home_account"),
            last_step=False,
        )

    def _take_payer(self, typed: dict[str, str], known: str | None) -> dict[str, str]:
        """Take who pays; return what is wrong with it, as errors of the form."""
        if errors := _unfit(typed, known):
            return errors
        number, guest = _without_spaces(typed[CONF_PAYER_NUMBER]), typed[CONF_PAYER] == GUEST
        contract = typed.get(CONF_CONTRACT_ID)
        self.data |= {
            CONF_PAYER: typed[CONF_PAYER],
            CONF_HOLDER: typed[CONF_HOLDER],
            CONF_PAYER_NUMBER: number,
            CONF_CONTRACT_ID: parse_contract_id(contract) if contract else None,
            CONF_OWNER: GUEST if guest else OWN,
            CONF_BILL_TO: typed[CONF_PAYER],
            CONF_ACCOUNT_NUMBER: number if guest else None,
        }
        if CONF_PREMISE in typed:
            self.data[CONF_PREMISE] = typed[CONF_PREMISE]
        return {}

    def _known_payer(self) -> dict[str, Any]:
        """Return who pays for another vehicle of the home: of the number its end is known."""
        if (other := next(iter(self._others()), None)) is None:
            return {}
        binding = list(other.run.bindings.values())[-1]
        return {
            CONF_PAYER: binding.bill_to,
            CONF_HOLDER: binding.payer.holder,
            CONF_PAYER_NUMBER: binding.payer.number,
            CONF_PREMISE: other.run.premise_id,
        }

    def _others(self) -> list[VehicleRecord]:
        """Return the vehicles whose books the household keeps already."""
        kept = [each for each in self.manager.vehicles if each.run.at_home and each.run.bindings]
        return [each for each in kept if not each.run.guest]

    def _rates_offered(self) -> dict[str, str]:
        """Return whose prices there are, the likeliest first: what was said before, who tells some, other vehicles."""
        word, offered = self.words.word, dict[str, str]()
        before = self.rates.get(CONF_SOURCE)
        if before is not None:
            offered[_KEPT] = word("rate_kept").format(name=self.rates[CONF_RATE_NAME])
        for kind, teller in self.tellers.items():
            if teller.prices and kind != before:
                price = costs_now(teller)
                now = self.words.style.number(price) if price is not None else None
                told = f" ({word('now')}: {now} {self.currency_of(kind)}/kWh)" if now is not None else ""
                offered[str(kind)] = f"{word(f'rate_{kind}')}{told}"
        for other in self._others():
            name = list(other.run.programs.values())[-1].name
            offered[f"{_LIKE}{other.key}"] = word("rate_like").format(vehicle=other.title, name=name)
        return offered | {PriceKind.ENTITY.value: word("rate_entity"), TYPED: word("rate_typed")}

    async def _async_rated(self, rate: str | None) -> SubentryFlowResult:
        """Go on with the rates that were chosen; what has still to be said of them has pages of its own."""
        if rate is None or rate == _KEPT:
            return await self.async_rate_chosen()
        if rate == PriceKind.ENTITY:
            return await self.async_step_price_entity()
        if rate == TYPED:
            return await self.async_step_price_typed()
        if rate.startswith(_LIKE):
            other = next(each for each in self._others() if each.key == rate.removeprefix(_LIKE))
            self.data[CONF_RATES] = rates_of(list(other.run.programs.values())[-1])
        else:
            kind = PriceKind(rate)
            told = {CONF_RATE_NAME: self.words.word(f"name_{kind}"), CONF_CURRENCY: self.currency_of(kind)}
            self.take_rates(kind, told)
        await self.async_keep_draft()
        return await self.async_rate_chosen()


def _without_spaces(number: str) -> str:
    return re.sub(r"\s", "", number).upper()


def _unfit(typed: dict[str, str], known: str | None) -> dict[str, str]:
    """Return what is wrong, by field; the number that is ``known`` is shown without its beginning."""
    errors: dict[str, str] = {}
    for name, field in ((CONF_HOLDER, CONF_HOLDER), (CONF_PREMISE, CONF_MORE)):
        if name == CONF_PREMISE and name not in typed:
            continue
        if not typed.get(name):
            errors[field] = "name_missing" if field == name else "premise_missing"
        elif len(typed[name]) > _LONGEST_NAME:
            errors[field] = "name_too_long" if field == name else "premise_too_long"
    number = _without_spaces(typed.get(CONF_PAYER_NUMBER, ""))
    if number != known and not _NUMBER.fullmatch(number):
        errors[CONF_PAYER_NUMBER] = "invalid_payer_number"
    try:
        if contract := typed.get(CONF_CONTRACT_ID):
            parse_contract_id(contract)
    except ContractIdError as err:
        errors[CONF_MORE] = err.reason
    return errors
