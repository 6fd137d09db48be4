"""Forms of a binding that the household keeps itself; they hold no logic."""

from collections.abc import Iterable, Mapping, Sequence

import probatio
from homeassistant.data_entry_flow import section
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TimeSelector,
)

from ...hub.bounds import DAY, NAME
from ...hub.flow.choices import choice
from ...procedures import PAYERS
from ..rates.draft import (
    ANY_DAY,
    BLOCKS,
    CONF_ADDITION,
    CONF_BLOCK_ABOVE,
    CONF_BLOCK_ADDITION,
    CONF_CURRENCY,
    CONF_DAYS,
    CONF_END,
    CONF_FIRST_DAY,
    CONF_HOLIDAYS,
    CONF_HOLIDAYS_OF,
    CONF_LAST_DAY,
    CONF_MONTHLY_FEE,
    CONF_PRICE,
    CONF_PRICE_ENTITY,
    CONF_RATE_NAME,
    CONF_SESSION_FEE,
    CONF_START,
    CONF_TAX,
    CONF_TIER,
    EVERY_DAY,
)
from .forms import CONF_MORE, Fields, number

CONF_CONTRACT_ID = "contract_id"
CONF_HOLDER = "holder"
CONF_PAYER = "payer"
CONF_PAYER_NUMBER = "payer_number"
CONF_PERIOD = "period"
CONF_PREMISE = "premise"
CONF_RATE = "rate"
CONF_REMOVE = "remove"


_PAYER: Fields = {
    probatio.Required(CONF_PAYER, default=PAYERS[0]): SelectSelector(
        SelectSelectorConfig(options=list(PAYERS), translation_key=CONF_PAYER, mode=SelectSelectorMode.LIST)
    ),
    # Not required by the frontend, which would lead nobody back without them.
    probatio.Optional(CONF_HOLDER): TextSelector(),
    probatio.Optional(CONF_PAYER_NUMBER): NAME,
}


def account(rates: Mapping[str, str], way_back: Fields, *, bound: bool, folded: bool) -> probatio.Schema:
    """Who pays, where, and by which of ``rates``, the likeliest first; none is asked for where there is none.

    The premise of a vehicle that is ``bound`` stays what it is.
    """
    rate: Fields = {probatio.Required(CONF_RATE, default=next(iter(rates))): choice(rates)} if rates else {}
    where: Fields = {} if bound else {probatio.Optional(CONF_PREMISE): TextSelector()}
    more = probatio.Schema({**where, probatio.Optional(CONF_CONTRACT_ID): TextSelector()})
    return probatio.Schema(
        {**_PAYER, **rate, probatio.Optional(CONF_MORE): section(more, {"collapsed": folded}), **way_back}
    )


_CURRENCY = SelectSelector(SelectSelectorConfig(options=sorted(ACTIVE_CURRENCIES), mode=SelectSelectorMode.DROPDOWN))
HOURS = probatio.Schema(
    {
        probatio.Required(CONF_RATE_NAME): TextSelector(),
        probatio.Required(CONF_PRICE): number("/kWh"),
        probatio.Required(CONF_CURRENCY): _CURRENCY,
    }
)


def told(entities: Sequence[str] | None) -> probatio.Schema:
    """Prices that somebody tells: which of ``entities`` does, where it is one, and what comes on top."""
    fields: Fields = {probatio.Required(CONF_RATE_NAME): TextSelector()}
    if entities is not None:
        fields[probatio.Required(CONF_PRICE_ENTITY)] = EntitySelector(
            EntitySelectorConfig(include_entities=list(entities))
            if entities
            else EntitySelectorConfig(domain="sensor")
        )
    fields[probatio.Required(CONF_CURRENCY)] = _CURRENCY
    fields[probatio.Optional(CONF_ADDITION)] = number("/kWh")
    return probatio.Schema(fields)


_PERIOD: Fields = {
    probatio.Required(CONF_TIER): TextSelector(),
    probatio.Required(CONF_PRICE): number("/kWh"),
    probatio.Required(CONF_START): TimeSelector(),
    probatio.Required(CONF_END): TimeSelector(),
    probatio.Required(CONF_DAYS, default=list(EVERY_DAY)): SelectSelector(
        SelectSelectorConfig(
            options=list(EVERY_DAY), multiple=True, translation_key="weekday", mode=SelectSelectorMode.LIST
        )
    ),
    probatio.Required(CONF_HOLIDAYS, default=ANY_DAY): SelectSelector(
        SelectSelectorConfig(
            options=[ANY_DAY, "only", "never"], translation_key=CONF_HOLIDAYS, mode=SelectSelectorMode.DROPDOWN
        )
    ),
    probatio.Optional(CONF_FIRST_DAY): DAY,
    probatio.Optional(CONF_LAST_DAY): DAY,
}


def period(*, known: bool) -> probatio.Schema:
    """Hours with a price of their own; those that are ``known`` can be removed."""
    fields = dict(_PERIOD)
    if known:
        fields[probatio.Required(CONF_REMOVE, default=False)] = BooleanSelector()
    return probatio.Schema(fields)


def period_choice(options: Mapping[str, str]) -> probatio.Schema:
    """Choose one of the periods."""
    return probatio.Schema({probatio.Required(CONF_PERIOD, default=next(iter(options))): choice(options)})


def more(*, hours: bool) -> probatio.Schema:
    """Blocks, fees and tax; whose holidays count only where there are ``hours``."""
    fields: Fields = {
        probatio.Optional(CONF_TAX): number("%"),
        probatio.Optional(CONF_MONTHLY_FEE): number(),
        probatio.Optional(CONF_SESSION_FEE): number(),
    }
    for each in BLOCKS:
        fields[probatio.Optional(CONF_BLOCK_ABOVE.format(each))] = number("kWh")
        fields[probatio.Optional(CONF_BLOCK_ADDITION.format(each))] = number("/kWh")
    if hours:
        fields[probatio.Optional(CONF_HOLIDAYS_OF)] = TextSelector()
    return probatio.Schema(fields)


def names(schema: probatio.Schema) -> Iterable[str]:
    """Return the names of a form's fields."""
    return [str(marker.schema) for marker in schema.schema]
