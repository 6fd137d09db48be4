"""Forms of a binding that the household keeps itself; they hold no logic."""

from collections.abc import Iterable, Mapping, Sequence

import probatio
from homeassistant.generated.currencies import ACTIVE_CURRENCIES
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TimeSelector,
)

from ...devices.flow.forms import CONF_CONSENT
from ...hub.flow.choices import choice
from ...procedures import PAYERS
from ..rate_draft import (
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
from .forms import CONF_VALID_FROM

CONF_CHANGE = "change"
CONF_CONTRACT_ID = "contract_id"
CONF_HOLDER = "holder"
CONF_PAYER = "payer"
CONF_PAYER_NUMBER = "payer_number"
CONF_PERIOD = "period"
CONF_PREMISE = "premise"
CONF_REMOVE = "remove"


type Field = probatio.Required | probatio.Optional
type Fields = dict[Field, object]

_PAYER: Fields = {
    probatio.Required(CONF_PAYER, default=PAYERS[0]): SelectSelector(
        SelectSelectorConfig(options=list(PAYERS), translation_key=CONF_PAYER, mode=SelectSelectorMode.LIST)
    ),
    probatio.Required(CONF_HOLDER): TextSelector(),
    probatio.Required(CONF_PAYER_NUMBER): TextSelector(),
}


def account(*, bound: bool) -> probatio.Schema:
    """Who pays, and where; the premise of a vehicle that is ``bound`` stays what it is."""
    where: Fields = {} if bound else {probatio.Required(CONF_PREMISE): TextSelector()}
    return probatio.Schema({**_PAYER, **where, probatio.Optional(CONF_CONTRACT_ID): TextSelector()})


def _number(unit: str | None = None) -> TextSelector:
    # As a text: a browser's own field for numbers may make 3199 of 31,99.
    return TextSelector(TextSelectorConfig(suffix=unit) if unit else TextSelectorConfig())


_CURRENCY = SelectSelector(SelectSelectorConfig(options=sorted(ACTIVE_CURRENCIES), mode=SelectSelectorMode.DROPDOWN))
HOURS = probatio.Schema(
    {
        probatio.Required(CONF_RATE_NAME): TextSelector(),
        probatio.Required(CONF_PRICE): _number("/kWh"),
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
    fields[probatio.Optional(CONF_ADDITION)] = _number("/kWh")
    return probatio.Schema(fields)


_PERIOD: Fields = {
    probatio.Required(CONF_TIER): TextSelector(),
    probatio.Required(CONF_PRICE): _number("/kWh"),
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
    probatio.Optional(CONF_FIRST_DAY): DateSelector(),
    probatio.Optional(CONF_LAST_DAY): DateSelector(),
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
        probatio.Optional(CONF_TAX): _number("%"),
        probatio.Optional(CONF_MONTHLY_FEE): _number(),
        probatio.Optional(CONF_SESSION_FEE): _number(),
    }
    for each in BLOCKS:
        fields[probatio.Optional(CONF_BLOCK_ABOVE.format(each))] = _number("kWh")
        fields[probatio.Optional(CONF_BLOCK_ADDITION.format(each))] = _number("/kWh")
    if hours:
        fields[probatio.Optional(CONF_HOLIDAYS_OF)] = TextSelector()
    return probatio.Schema(fields)


def agreement(*, fixed: bool) -> probatio.Schema:
    """Consent, and from when on where that is not ``fixed``."""
    begin: Fields = {} if fixed else {probatio.Optional(CONF_VALID_FROM): DateSelector()}
    return probatio.Schema(
        {
            **begin,
            probatio.Required(CONF_CONSENT, default=False): BooleanSelector(),
            probatio.Required(CONF_CHANGE, default=False): BooleanSelector(),
        }
    )


def names(schema: probatio.Schema) -> Iterable[str]:
    """Return the names of a form's fields."""
    return [str(marker.schema) for marker in schema.schema]
