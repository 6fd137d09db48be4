"""Who tells what a home's energy costs: what is chosen in the Energy dashboard, else the meter, else the utility."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant

from ...devices.energy_dashboard import async_grids
from ...hub.prices.priced import PricedSubject
from ...hub.subject import registered_id
from ...utility import PriceKind, PriceSource, RateProgram

_TIER = "home"
type Tellers = Mapping[PriceKind, PricedSubject]


async def async_home_program(hass: HomeAssistant, meter: str | None, tellers: Tellers) -> RateProgram | None:
    """Return the prices of a home whose ``meter`` is that sensor, None where nobody tells them."""
    for grid in await _async_grids_of(hass, meter):
        if (entity_id := grid.get("entity_energy_price")) is not None:
            return _of_entity(hass, str(entity_id), tellers)
        if (fixed := grid.get("number_energy_price")) is not None:
            return _program(hass, hass.config.currency, price=Decimal(str(fixed)))
    for kind, subject in tellers.items():
        if subject.prices:
            return _program(hass, subject.currency, PriceSource(kind))
    return None


async def _async_grids_of(hass: HomeAssistant, meter: str | None) -> list[Mapping[str, Any]]:
    """Return the grid of the dashboard that the meter measures, or the only one."""
    grids = list(await async_grids(hass))
    of_meter = [grid for grid in grids if meter is not None and grid.get("stat_energy_from") == meter]
    return of_meter or (grids if len(grids) == 1 else [])


def _of_entity(hass: HomeAssistant, entity_id: str, tellers: Tellers) -> RateProgram | None:
    """Return the prices of an entity; one that shows what is told here anyway, by who tells it."""
    for kind, subject in tellers.items():
        if registered_id(hass, SENSOR_DOMAIN, subject.key, f"{subject.prefix}price") == entity_id:
            return _program(hass, subject.currency, PriceSource(kind)) if subject.prices else None
    return _program(hass, hass.config.currency, PriceSource(PriceKind.ENTITY, entity_id))


def _program(
    hass: HomeAssistant, currency: str, source: PriceSource | None = None, price: Decimal = Decimal(0)
) -> RateProgram:
    """Return prices as a rate program; nobody is bound to it, and nobody sees it."""
    return RateProgram(
        id=_TIER,
        name="",
        summary="",
        open=False,
        guests=False,
        currency=currency,
        time_zone=hass.config.time_zone,
        prices={_TIER: price},
        names={_TIER: ""},
        periods=(),
        default_tier=_TIER,
        terms_version="",
        terms="",
        source=source,
    )
