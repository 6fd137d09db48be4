"""The action on prices: what was told of them, by the utility itself or by the gateway's tariff."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import probatio
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import selector
from homeassistant.helpers.service import async_get_config_entry
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..esi import Price, Signal, between
from ..hub.allowed import async_register_action
from ..hub.bounds import moment
from ..hub.hub import Hub, UtilityHanConfigEntry
from ..hub.prices.entities import price_rows, price_unit, signal_rows, signal_unit
from ..hub.prices.priced import PricedSubject
from .manager import AccountManager
from .told import ToldByVtn

ATTR_CONFIG_ENTRY = "config_entry"
ATTR_START = "start"
ATTR_END = "end"
ATTR_TYPE = "type"
_GHG = "GHG"


@dataclass(frozen=True, slots=True)
class _Kind[T: (Price, Signal)]:
    """A kind of what is told; ``rows`` makes the list of the answer, which is called ``name``."""

    name: str
    course: Callable[[PricedSubject], Sequence[T]]
    unit: Callable[[PricedSubject], str | None]
    rows: Callable[[Sequence[T]], list[dict[str, Any]]]


def _ghg(subject: PricedSubject) -> Sequence[Signal]:
    return subject.signals.get(_GHG, ())


_TYPES: dict[str, _Kind[Any]] = {
    "import": _Kind[Price]("prices", lambda subject: subject.prices, price_unit, price_rows),
    "export": _Kind[Price]("prices", lambda subject: subject.received, price_unit, price_rows),
    "ghg": _Kind[Signal]("emissions", _ghg, lambda subject: signal_unit(subject, _GHG, _ghg(subject)), signal_rows),
}
_SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_CONFIG_ENTRY): selector.ConfigEntrySelector({"integration": DOMAIN}),
        probatio.Optional(ATTR_START): moment,
        probatio.Optional(ATTR_END): moment,
        probatio.Optional(ATTR_TYPE, default="import"): probatio.In(list(_TYPES)),
    }
)


@callback
def async_register_price_actions(hass: HomeAssistant) -> None:
    """Register the action, whether a hub is loaded or not."""

    async def get_prices(call: ServiceCall) -> ServiceResponse:
        return _prices(hass, call)

    async_register_action(hass, "get_prices", get_prices, _SCHEMA, SupportsResponse.ONLY)


def _prices(hass: HomeAssistant, call: ServiceCall) -> ServiceResponse:
    """Return what is told from ``start`` (the beginning of today) to ``end`` (as far as anything is known)."""
    entry: UtilityHanConfigEntry = async_get_config_entry(hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY])
    start = dt_util.as_utc(call.data.get(ATTR_START) or dt_util.start_of_local_day())
    end = dt_util.as_utc(call.data[ATTR_END]) if ATTR_END in call.data else None
    if end is not None and end <= start:
        raise _refused("invalid_range", entry)
    kind = _TYPES[call.data[ATTR_TYPE]]
    for source, subject in price_sources(entry.runtime_data):
        if told := kind.course(subject):
            found = between(told, start, end or max(start, told[-1].end))
            return {"source": source, "unit": kind.unit(subject), kind.name: [*kind.rows(found)]}
    raise _refused("no_prices", entry)


def price_sources(hub: Hub) -> list[tuple[str, PricedSubject]]:
    """Return who tells prices to a hub, first who is asked first: the utility itself knows more than its gateway."""
    gateway = ("gateway", hub.tariff)
    if hub.manager(AccountManager).vtn is None:
        return [gateway]
    return [("openadr", hub.manager(ToldByVtn).subject), gateway]


def _refused(key: str, entry: UtilityHanConfigEntry) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"title": entry.title}
    )
