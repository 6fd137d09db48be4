"""Who tells what a home's energy costs: what its person chose in the Energy dashboard goes first (UR-EV)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.esi import PriceSchedule
from custom_components.utility_han.hub.prices.priced import PricedSubject
from custom_components.utility_han.hub.subject import Subject
from custom_components.utility_han.utility import PriceKind
from custom_components.utility_han.vehicles.premise.home_price import async_home_program
from tests.component.test_prices import hourly

pytestmark = pytest.mark.use_case("UR-EV")
METER, SPOT = "sensor.meter_energy", "sensor.spot"
GRID = {"type": "grid", "stat_energy_to": None, "cost_adjustment_day": 0.0}


@pytest.mark.parametrize(
    ("grids", "telling", "kind", "price"),
    [
        ([], (), None, None),
        ([], (PriceKind.GATEWAY, PriceKind.UTILITY), PriceKind.GATEWAY, None),
        ([], (PriceKind.UTILITY,), PriceKind.UTILITY, None),
        ([{"stat_energy_from": METER}], (PriceKind.GATEWAY,), PriceKind.GATEWAY, None),
        ([{"stat_energy_from": METER, "entity_energy_price": SPOT}], (PriceKind.GATEWAY,), PriceKind.ENTITY, None),
        ([{"stat_energy_from": METER, "number_energy_price": 0.31}], (PriceKind.GATEWAY,), None, "0.31"),
        ([{"stat_energy_from": "sensor.other", "number_energy_price": 0.31}], (), None, "0.31"),  # the only grid
        (
            [{"stat_energy_from": "sensor.barn", "number_energy_price": 0.4}, {"stat_energy_from": METER}],
            (PriceKind.GATEWAY,), PriceKind.GATEWAY, None,
        ),
        # Of several, none of which is of this meter, nobody has chosen one for it.
        (
            [{"stat_energy_from": f"sensor.{name}", "number_energy_price": 0.4} for name in ("barn", "well")],
            (), None, None,
        ),
        # What is told here anyway is known ahead, which its sensor is not.
        (
            [{"stat_energy_from": METER, "entity_energy_price": "sensor.own_price"}],
            (PriceKind.GATEWAY,), PriceKind.GATEWAY, None,
        ),
    ],
)  # fmt: skip
async def test_chosen_price_goes_before_what_is_told(
    hass: HomeAssistant,
    grids: Sequence[dict[str, Any]],
    telling: tuple[PriceKind, ...],
    kind: PriceKind | None,
    price: str | None,
) -> None:
    hass.config.components.add("energy")  # which by itself needs the recorder
    tellers = {each: PricedSubject(hass, Subject("home", "Home")) for each in (PriceKind.GATEWAY, PriceKind.UTILITY)}
    own = f"{tellers[PriceKind.GATEWAY].key}_price"
    er.async_get(hass).async_get_or_create("sensor", DOMAIN, own, suggested_object_id="own_price")
    for each in telling:
        tellers[each].async_take(PriceSchedule("USD", hourly(dt_util.utcnow(), 0.2)))
    manager = await async_get_manager(hass)
    await manager.async_update({"energy_sources": [GRID | grid for grid in grids]})  # type: ignore[typeddict-item]
    found = await async_home_program(hass, METER, tellers)
    for teller in tellers.values():
        teller.async_stop()
    if kind is None and price is None:
        assert found is None
        return
    assert found is not None
    assert (found.source.kind if found.source else None) is kind
    if price is not None:
        assert found.prices[found.default_tier] == Decimal(price)
