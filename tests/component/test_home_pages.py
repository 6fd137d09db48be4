"""A person whose household keeps the books, on pages of the vehicle dialog that most never see."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.procedures import RecordState
from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_charging import _soon
from tests.component.test_damaged_hub import path, truncate
from tests.component.test_damaged_hub import start as load
from tests.component.test_damaged_hub import stop as unload
from tests.component.test_home_binding import PRICE, bind, entry, flow, rates_offered, take_rate
from tests.component.test_renamed_entities import rename
from tests.conftest import SimulatedGateway
from tests.helpers.files import hass_storage
from tests.helpers.states import until
from tests.helpers.vehicles import ANSWERS, NIGHT, Charger, VehicleFlow, describe_at_home, manager_of, record_of

pytestmark = pytest.mark.use_case("SC-1")
__all__ = ["_soon", "entry", "flow", "hass_storage"]


@pytest.fixture
async def bound(hass: HomeAssistant, flow: VehicleFlow) -> VehicleFlow:
    """The vehicle is bound, and its dialog can be opened again to change it."""
    await bind(flow)
    await hass.async_block_till_done()
    return flow


async def agree_to_another_price(hass: HomeAssistant, flow: VehicleFlow, price: str, day: Any) -> None:
    """Agree to a price for a coming day."""
    await flow.change()
    await flow.choose("prices")
    await flow.choose("price_typed")
    await flow.submit(ANSWERS["price_typed"] | {"price": price})
    await flow.choose("preview")
    await flow.submit({"consent": True, "later": {"valid_from": f"{day:%Y-%m-%d}"}})
    assert flow.result["reason"] == "bound_at_home", flow.result
    await hass.async_block_till_done()


def prices(hub: ConfigEntry) -> list[Decimal]:
    """What was agreed to, one after the other, of those bindings that are ever in force."""
    run = record_of(hub).run
    living = sorted((each for each in run.bindings.values() if not each.is_void), key=lambda each: each.valid_from)
    return [next(iter(run.programs[each.id].prices.values())) for each in living]


async def test_payer_is_changed_where_the_premise_stays(
    hass: HomeAssistant, entry: ConfigEntry, bound: VehicleFlow
) -> None:
    await bound.change()
    await bound.choose("home_account")
    assert "premise" not in bound.as_shown()["more"], "a vehicle that is bound stays where it is"
    contract = {"contract_id": "DE-8AA-001234567-0"}
    await bound.submit(bound.as_shown() | {"holder": "A. Example", "payer": "own_account", "more": contract})
    assert (bound.page, bound.said["premise"]) == ("preview", "Example Lane 1")
    await bound.submit({"consent": True})
    assert bound.said["payer"] == "A. Example, …4711"
    await hass.async_block_till_done()
    run = record_of(entry).run
    binding = run.current(dt_util.utcnow())
    assert binding is not None
    assert (run.premise_id, binding.contract_id) == ("Example Lane 1", "DE-8AA-001234567-0")


async def test_who_says_the_prices_is_chosen_anew(hass: HomeAssistant, bound: VehicleFlow) -> None:
    await bound.change()
    await bound.choose("prices")
    await bound.choose("rates")
    assert bound.result["menu_options"] == ["price_gateway", "price_entity", "price_typed"]
    await bound.choose("price_entity")
    await bound.submit({"rate_name": "Spot", "price_entity": PRICE, "currency": "EUR"})
    # Whose holidays count is asked where hours are typed only.
    await bound.choose("price_more")
    assert "holidays_of" not in bound.asked
    await bound.submit({"monthly_fee": "4,90"})
    assert "4.90" in bound.said["prices"]


async def test_price_entity_that_is_away_or_has_another_id_by_now_is_kept(
    hass: HomeAssistant, bound: VehicleFlow
) -> None:
    domain, _, name = PRICE.partition(".")
    state = hass.states.get(PRICE)
    assert state is not None
    hass.states.async_remove(PRICE)
    er.async_get(hass).async_get_or_create(domain, "market", name, suggested_object_id=name)
    hass.states.async_set(PRICE, state.state, state.attributes)
    typed = {"rate_name": "Spot", "price_entity": PRICE, "currency": "EUR"}

    async def to_entity() -> None:
        await bound.change()
        await bound.choose("prices")
        await bound.choose("rates")
        await bound.choose("price_entity")

    await to_entity()
    rename(hass, PRICE, "sensor.market_price")
    await bound.submit(typed)
    assert bound.page == "prices", bound.errors
    await bound.choose("preview")
    await bound.submit({"consent": True})
    await hass.async_block_till_done()
    hass.states.async_set("sensor.market_price", "unavailable")
    await to_entity()
    assert bound.suggested["price_entity"] == "sensor.market_price"
    await bound.submit(typed | {"price_entity": "sensor.market_price"})
    assert bound.page == "prices", bound.result


async def test_meter_that_was_away_is_asked_for_its_tariff_later(
    hass: HomeAssistant, entry: ConfigEntry, gateway: SimulatedGateway
) -> None:
    await gateway.fault("refuse")
    flow = await describe_at_home(hass, entry)
    assert rates_offered(flow) == ["entity", "typed"]
    await bind(flow)
    await hass.async_block_till_done()
    await gateway.mend()
    await flow.change()
    await flow.choose("prices")
    await flow.choose("rates")
    assert flow.result["menu_options"] == ["price_gateway", "price_entity", "price_typed"]


async def test_holidays_of_the_homes_country_are_taken_until_somebody_says_otherwise(
    hass: HomeAssistant, flow: VehicleFlow
) -> None:
    hass.config.country = "DE"
    await take_rate(flow, "typed")
    await flow.submit(ANSWERS["price_typed"])
    await flow.choose("period_add")
    await flow.submit(NIGHT | {"holidays": "only", "days": []})
    assert "only on holidays" in flow.said["prices"]
    assert "⚠️" not in flow.said["prices"], "it is known which days these are"
    await flow.choose("price_more")
    assert flow.suggested["holidays_of"] == "DE"
    await flow.submit({"block_1_addition": "0,05", "holidays_of": "DE"})
    assert (flow.page, flow.errors) == ("price_more", {"block_1_above": "block_half"})
    await flow.submit({"tax": "19"})
    assert "⚠️ Some hours depend on holidays" in flow.said["prices"]


async def test_no_more_periods_are_offered_than_any_program_has(flow: VehicleFlow) -> None:
    await take_rate(flow, "typed")
    await flow.submit(ANSWERS["price_typed"])
    for number in range(40):
        await flow.choose("period_add")
        hour, minute = divmod(number * 15, 60)
        hours = {"start": f"{hour:02}:{minute:02}:00", "end": f"{hour:02}:{minute + 14:02}:00"}
        await flow.submit(NIGHT | hours | {"tier": f"Part {number}"})
        assert flow.page == "prices", flow.errors
    assert flow.said["prices"].count("**Part ") == 40
    assert "period_add" not in flow.result["menu_options"]
    await flow.choose("period_choose")
    await flow.submit({"period": "39"})
    await flow.submit(NIGHT | hours | {"remove": True})
    assert "period_add" in flow.result["menu_options"]


async def test_day_that_comes_while_its_prices_are_corrected(
    hass: HomeAssistant, entry: ConfigEntry, bound: VehicleFlow
) -> None:
    day = dt_util.start_of_local_day() + timedelta(days=3)
    await agree_to_another_price(hass, bound, "0.25", day)
    await bound.change()
    assert "prices_coming" in bound.result["menu_options"]
    assert bound.said["begins"] == f"{day:%b} {day.day}, {day.year}"
    with patch.object(dt_util, "utcnow", lambda: day + timedelta(minutes=1)):
        await bound.choose("prices_coming")
        assert bound.page == "reconfigure"
        assert "prices_coming" not in bound.result["menu_options"], "it holds now"
        assert bound.said["begins"] == "–"
        await bound.choose("prices")
        assert "0.25" in bound.said["prices"]


async def test_what_was_charged_meanwhile_is_not_corrected_away(
    hass: HomeAssistant, entry: ConfigEntry, bound: VehicleFlow
) -> None:
    charger = Charger(hass)
    day = dt_util.start_of_local_day() + timedelta(days=3)
    await agree_to_another_price(hass, bound, "0.25", day)
    await bound.change()
    await bound.choose("prices_coming")
    await bound.choose("price_typed")
    await bound.submit(ANSWERS["price_typed"] | {"price": "0.26"})
    await bound.choose("preview")
    assert "later" not in bound.asked, "the day stays what it is"
    charger.at = day + timedelta(hours=1)
    with charger.clock():
        await charger.session(5_000)
        ledger = manager_of(entry).charging.ledger
        await until(lambda: [record.state for _, record in ledger.records()] == [RecordState.SENT])
        await bound.submit({"consent": True})
        assert (bound.page, bound.errors) == ("preview", {"base": "sessions_after_end"})
    assert prices(entry) == [Decimal("0.32"), Decimal("0.25")]


async def test_who_turns_back_from_the_coming_prices_changes_those_of_now(
    hass: HomeAssistant, entry: ConfigEntry, bound: VehicleFlow
) -> None:
    day = dt_util.start_of_local_day() + timedelta(days=3)
    await agree_to_another_price(hass, bound, "0.25", day)
    await bound.change()
    await bound.choose("prices_coming")
    await bound.choose("preview")
    await bound.submit({"consent": False, "way_back": {"back": "reconfigure"}})
    await bound.choose("prices")
    assert "0.32" in bound.said["prices"]
    await bound.choose("preview")
    assert "later" in bound.asked


async def test_vehicle_whose_binding_was_lost_is_bound_again(
    hass: HomeAssistant, entry: ConfigEntry, bound: VehicleFlow
) -> None:
    await unload(hass, entry)
    truncate(path(hass, Charging, entry))
    await load(hass, entry)
    assert not record_of(entry).run.bindings
    await bound.change()
    # Prices, charger and end are a binding's; who pays has to be said first.
    assert bound.result["menu_options"] == ["document", "elsewhere", "home_account", "entities"]
    await bound.choose("home_account")
    assert "rate" in bound.asked
    await bound.submit(ANSWERS["home_account"])
    await bound.submit(ANSWERS["price_typed"])
    await bound.choose("preview")
    await bound.submit({"consent": True})
    assert (bound.result["type"], bound.result["reason"]) == (FlowResultType.ABORT, "bound_at_home")
    await hass.async_block_till_done()
    run = record_of(entry).run
    assert (run.at_home, run.premise_id, prices(entry)) == (True, "Example Lane 1", [Decimal("0.32")])


async def test_one_price_is_that_of_all_times(bound: VehicleFlow) -> None:
    await bound.change()
    await bound.choose("prices")
    await bound.choose("price_typed")
    await bound.submit(ANSWERS["price_typed"])
    assert "**At all times**" in bound.said["prices"]
    await bound.choose("period_add")
    await bound.submit(NIGHT)
    assert "**At other times**" in bound.said["prices"]
