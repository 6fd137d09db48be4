"""A person binds a vehicle where the utility has no API for that: the household keeps the books (SC-1)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.diagnostics import async_get_config_entry_diagnostics
from custom_components.utility_han.utility import PriceKind
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers.vehicles import (
    ANSWERS,
    NIGHT,
    VIN,
    Charger,
    VehicleFlow,
    describe_at_home,
    manager_of,
    record_of,
    vehicle_state,
)
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn

pytestmark = pytest.mark.use_case("SC-1")

PRICE = "sensor.spot_price"


@pytest.fixture
async def entry(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> AsyncIterator[ConfigEntry]:
    """A hub in a home with a charger, whose device was registered in the utility's portal: there is no account."""
    found = await commission(gateway)
    Charger(hass)
    hass.states.async_set(PRICE, "0.31", {"unit_of_measurement": "EUR/kWh"})
    yield found
    await hass.async_block_till_done()  # a vehicle that was added has the hub load anew


@pytest.fixture
async def flow(hass: HomeAssistant, entry: ConfigEntry) -> VehicleFlow:
    """The dialog, with everything said but what a kilowatt-hour costs."""
    return await describe_at_home(hass, entry)


async def take_rate(flow: VehicleFlow, rate: str) -> None:
    """Say who pays, and where the prices come from."""
    await flow.submit(ANSWERS["home_account"] | {"rate": rate})


async def bind(flow: VehicleFlow, *periods: dict[str, Any], **typed: Any) -> None:
    """Type prices and agree to them."""
    await take_rate(flow, "typed")
    await flow.submit(ANSWERS["price_typed"] | typed)
    for period in periods:
        await flow.choose("period_add")
        await flow.submit(period)
    await flow.choose("preview")
    await flow.submit({"consent": True})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result


def rates_offered(flow: VehicleFlow) -> list[str]:
    """Return where prices can come from, the likeliest first."""
    return [each["value"] for each in flow.offered("rate")]


@pytest.mark.use_case("SC-1")
async def test_four_pages_bind_where_the_meter_says_the_prices(hass: HomeAssistant, entry: ConfigEntry) -> None:
    flow = await VehicleFlow(hass, entry).start()
    pages = [flow.page]
    await flow.submit(flow.as_shown() | {"vin": VIN, "vehicle_model": "One", "more": {"make": "Voltline"}})
    pages.append(flow.page)
    # The first poll after a start is for readings only: the dialog has the tariff read.
    assert rates_offered(flow) == ["gateway", "entity", "typed"]
    await flow.submit(
        {"payer": "own_account", "holder": "A. Example", "payer_number": "100 200 300", "rate": "gateway"}
    )
    pages.append(flow.page)
    assert "Told by: the meter" in flow.said["prices"]
    await flow.submit({"consent": True})
    assert pages == ["vehicle", "home_account", "preview"]
    assert (flow.result["type"], flow.result["description"]) == (FlowResultType.CREATE_ENTRY, "bound_at_home")
    assert (flow.said["evse"], flow.said["meter"]) == ("Garage charger", "Garage charger energy")
    await hass.async_block_till_done()
    run = record_of(entry).run
    (binding,) = run.bindings.values()
    program = run.programs[binding.id]
    assert program.source is not None
    assert (program.source.kind, program.currency) == (PriceKind.GATEWAY, entry.runtime_data.tariff.currency)
    assert run.premise_id == hass.config.location_name
    # Who has one vehicle is asked less for the next: who pays, where, and by which rates, is known.
    flow = await VehicleFlow(hass, entry).start()
    await flow.walk("home_account", vehicle=ANSWERS["vehicle"] | {"vin": "WVWZZZ1JZXW000007"})
    assert (flow.suggested["holder"], flow.suggested["payer_number"]) == ("A. Example", "…0300")
    await flow.submit(flow.as_shown() | {"rate": rates_offered(flow)[1]})
    assert "Told by: the meter" in flow.said["prices"]
    await flow.submit({"consent": True})
    await hass.async_block_till_done()
    assert len(manager_of(entry).vehicles) == 2


async def test_every_page_leads_back_and_keeps_what_was_typed(flow: VehicleFlow) -> None:
    await flow.submit(
        {"payer": "employer", "holder": "Example Works", "rate": "gateway", "way_back": {"back": "vehicle"}}
    )
    assert (flow.page, flow.suggested["vin"]) == ("vehicle", VIN)
    await flow.submit(flow.as_shown())
    assert (flow.suggested["payer"], flow.suggested["holder"]) == ("employer", "Example Works")
    await take_rate(flow, "gateway")
    await flow.submit({"consent": False, "way_back": {"back": "prices"}})
    assert flow.page == "prices"
    await flow.choose("price_gateway")
    await flow.submit(flow.suggested | {"addition": "0,05"})
    await flow.choose("preview")
    await flow.submit({"consent": False, "way_back": {"back": "home_account"}})
    assert rates_offered(flow)[0] == "kept"
    await take_rate(flow, "kept")
    assert "+0.05" in flow.said["prices"]


@pytest.mark.use_case("SC-1")
async def test_hours_and_prices_are_typed_seen_as_a_week_and_agreed_to(
    hass: HomeAssistant, entry: ConfigEntry, flow: VehicleFlow, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await take_rate(flow, "typed")
    assert flow.suggested["currency"] == hass.config.currency
    await flow.submit(ANSWERS["price_typed"])
    await flow.choose("period_add")
    await flow.submit(NIGHT)
    assert "**Night**: Mon–Sun, 22:00–06:00, 0.21 EUR/kWh" in flow.said["prices"]
    assert "⚠️" not in flow.said["prices"]
    await flow.choose("preview")
    assert flow.said["payer"] == "Example Works, …4711"
    web = await hass_client_no_auth()
    address = flow.said["weeks"].removeprefix("![](").removesuffix(")")
    response = await web.get(address)
    assert (response.status, response.content_type) == (200, "image/svg+xml")
    assert (await response.text()).count(">0.21<") == 14  # each night is the end of one day and the start of another
    assert (await web.get(address.partition("?")[0])).status == 401
    await flow.submit({"consent": False})
    assert flow.errors == {"consent": "agreement_missing"}
    assert flow.said["wrong"].startswith("✗ ")
    await flow.submit({"consent": True})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result
    assert flow.said["payer"] == "Example Works, …4711"
    await hass.async_block_till_done()
    run = record_of(entry).run
    (binding,) = run.bindings.values()
    assert (run.at_home, run.premise_id, binding.bill_to) == (True, "Example Lane 1", "employer")
    program = run.programs[binding.id]
    assert sorted(program.prices.values()) == [Decimal("0.21"), Decimal("0.32")]
    assert vehicle_state(hass, entry, "binding") == "in_force"
    assert (await web.get(address)).status == 404  # nobody looks at the dialog any more


async def test_contract_and_charging_station_are_checked_and_kept_in_one_form(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    flow = VehicleFlow(hass, entry)
    await flow.start()
    await flow.walk("home_account")
    account, contract = ANSWERS["home_account"], {"premise": "Example Lane 1"}
    for wrong, error in (
        ({"holder": " "}, {"holder": "name_missing"}),
        ({"more": {"premise": "x" * 61}}, {"more": "premise_too_long"}),
        ({"more": {"premise": ""}}, {"more": "premise_missing"}),
        ({"payer_number": "none"}, {"payer_number": "invalid_payer_number"}),
        ({"payer_number": "1"}, {"payer_number": "invalid_payer_number"}),
        ({"more": contract | {"contract_id": "DE8AA00123456"}}, {"more": "invalid_contract_id_form"}),
        ({"more": contract | {"contract_id": "DE8AA0012345671"}}, {"more": "invalid_contract_id"}),
    ):
        await flow.submit(account | wrong)
        assert (flow.page, flow.errors) == ("home_account", error)
    await flow.submit(account | {"way_back": {"back": "vehicle"}})
    shown = flow.as_shown()
    for evse_id, reason in (
        ("DE*AB7*840", "invalid_evse_id_type"),
        ("Garage", "invalid_evse_id"),
        ("garage 1", "evse_id_without_stars"),
        ("deab7e8406487", "evse_id_without_stars"),
    ):
        await flow.submit(shown | {"station": shown["station"] | {"evse_id": evse_id}})
        assert (flow.page, flow.errors) == ("vehicle", {"station": reason})
    await flow.submit(flow.as_shown())
    await flow.submit(account | {"more": contract | {"contract_id": "de8aa001234567"}})
    await flow.submit(ANSWERS["price_typed"])
    await flow.choose("preview")
    await flow.submit({"consent": True})
    await hass.async_block_till_done()
    (binding,) = record_of(entry).run.bindings.values()
    assert (binding.contract_id, binding.evse_id) == ("DE-8AA-001234567-0", "DE*AB7*E8406487")
    # What a stranger may have to look a problem up says nothing of who pays, and where.
    told = str(await async_get_config_entry_diagnostics(hass, entry))
    assert not [each for each in ("001234567", "8406487", "'4711'", "*4711", "Example", VIN) if each in told]


async def test_vehicle_with_a_blank_name_is_called_by_make_and_model(hass: HomeAssistant, entry: ConfigEntry) -> None:
    flow = VehicleFlow(hass, entry)
    await flow.start()
    more = {"make": " ", "name": " "}
    await flow.submit(flow.as_shown() | {"vin": "WVWZZZ1JZXW000007", "vehicle_model": " One ", "more": more})
    await bind(flow)
    assert flow.result["title"] == "Volkswagen One"


async def test_dialog_reads_and_writes_as_the_person_does(hass: HomeAssistant, entry: ConfigEntry) -> None:
    hass.config.language = "de"
    flow = await describe_at_home(hass, entry)
    await take_rate(flow, "typed")
    await flow.submit(ANSWERS["price_typed"] | {"price": "31,99"})
    assert flow.errors == {"price": "price_high"}  # asked, and neither 3199 nor taken silently
    await flow.submit(ANSWERS["price_typed"] | {"price": "0,3199"})
    await flow.choose("period_add")
    await flow.submit(NIGHT | {"price": "0,21"})
    assert "**Night**: Mo–So, 22:00–06:00, 0,21 EUR/kWh" in flow.said["prices"]
    await flow.choose("price_typed")
    assert flow.suggested["price"] == "0,3199"
    await flow.submit(flow.suggested)
    await flow.choose("preview")
    await flow.submit({"consent": True})
    begins = dt_util.now()
    assert flow.said["begins"].startswith(f"{begins:%d.%m.%Y}, ")


async def test_hours_are_added_changed_and_removed(flow: VehicleFlow) -> None:
    await take_rate(flow, "typed")
    for wrong, error in (
        ({"rate_name": " "}, {"rate_name": "name_missing"}),
        ({"rate_name": "x" * 41}, {"rate_name": "name_too_long"}),
        ({"price": " "}, {"price": "price_missing"}),
        ({"price": "1000000000"}, {"price": "number_out_of_range"}),
        ({"price": "0.1234567"}, {"price": "number_too_fine"}),
        ({"price": "nan"}, {"price": "number_not_read"}),
        ({"price": "0.32 EUR"}, {"price": "number_not_read"}),
    ):
        await flow.submit(ANSWERS["price_typed"] | wrong)
        assert (flow.page, flow.errors) == ("price_typed", error)
    await flow.submit(ANSWERS["price_typed"] | {"price": "-0.05"})
    assert flow.errors == {"price": "price_below_zero"}  # asked once
    await flow.submit(ANSWERS["price_typed"] | {"price": "-0.05"})
    assert "-0.05 EUR/kWh" in flow.said["prices"]
    assert "period_choose" not in flow.result["menu_options"]
    await flow.choose("period_add")
    wrongs: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
        ({"tier": ""}, {"tier": "name_missing"}),
        ({"price": "-1e6"}, {"price": "number_not_read"}),
        ({"days": []}, {"days": "days_missing"}),
        ({"first_day": "2026-11-01"}, {"last_day": "season_half"}),
        ({"last_day": "2026-11-01"}, {"first_day": "season_half"}),
    )
    for unfit, said in wrongs:
        await flow.submit(NIGHT | unfit)
        assert (flow.page, flow.errors) == ("period", said)
    await flow.submit(NIGHT)
    await flow.choose("period_add")
    await flow.submit(NIGHT)
    assert flow.errors == {"start": "period_twice"}
    # The second one is for part of the year, so it is in force where both are; the person is told.
    await flow.submit(NIGHT | {"tier": "Winter", "price": "0.4", "start": "17:00:00", "end": "23:00:00",
                               "first_day": "2026-11-01", "last_day": "2027-03-31"})  # fmt: skip
    assert (
        "Winter (Mon–Sun, 17:00–23:00, 1 Nov – 31 Mar) and Night (Mon–Sun, 22:00–06:00) overlap" in flow.said["prices"]
    )
    await flow.choose("preview")
    assert flow.said["weeks"].count("![](") == 2  # one for winter, one for the rest of the year
    await flow.submit({"consent": False, "way_back": {"back": "prices"}})
    await flow.choose("period_choose")
    form = flow.result["data_schema"]
    assert form is not None
    choices = form.schema["period"].config["options"]
    assert [each["label"].split(":")[0] for each in choices] == ["Winter", "Night"]  # as they are in force
    await flow.submit({"period": "1"})
    assert (flow.suggested["tier"], flow.suggested["first_day"][-5:]) == ("Winter", "11-01")
    await flow.submit(NIGHT | {"tier": "Winter", "remove": True})
    assert "Winter" not in flow.said["prices"]
    await flow.choose("price_typed")
    await flow.submit(ANSWERS["price_typed"] | {"price": "0.5"})
    assert "0.50 " in flow.said["prices"]
    assert "Night" in flow.said["prices"]
    await flow.choose("period_add")
    await flow.submit(NIGHT | {"tier": "Holiday", "price": "0.1", "holidays": "only"})
    assert "Holiday" in flow.said["prices"]
    assert "overlap" not in flow.said["prices"]  # a holiday is meant to go before other days


async def test_tax_fees_and_blocks_are_typed_and_not_lost(
    hass: HomeAssistant, entry: ConfigEntry, flow: VehicleFlow
) -> None:
    await take_rate(flow, "typed")
    await flow.submit(ANSWERS["price_typed"])
    hass.config.country = None
    await flow.choose("period_add")
    await flow.submit(NIGHT | {"holidays": "only", "days": []})
    assert "Night**: 22:00–06:00, only on holidays" in flow.said["prices"]
    assert "⚠️ Some hours depend on holidays" in flow.said["prices"]
    await flow.choose("price_more")
    for wrong, error in (
        ({"tax": "101"}, {"tax": "number_out_of_range"}),
        ({"monthly_fee": "-1"}, {"monthly_fee": "number_out_of_range"}),
        ({"block_1_above": "100"}, {"block_1_addition": "block_half"}),
        ({"block_2_above": "100", "block_2_addition": "0.1"}, {"block_1_above": "block_half"}),
        (
            {"block_1_above": "100", "block_1_addition": "0.1", "block_2_above": "90", "block_2_addition": "0.2"},
            {"block_2_above": "block_order"},
        ),
        ({"holidays_of": "Bavaria"}, {"holidays_of": "invalid_area"}),
        ({"holidays_of": "DE-XX"}, {"holidays_of": "invalid_area"}),
    ):
        await flow.submit(wrong)
        assert (flow.page, flow.errors) == ("price_more", error)
    await flow.submit({"tax": "19", "session_fee": "0,5", "block_1_above": "100", "block_1_addition": "-0.02",
                       "holidays_of": "de-by"})  # fmt: skip
    assert "⚠️" not in flow.said["prices"]
    assert "Above 100 kWh in the month: -0.02 EUR/kWh" in flow.said["prices"]
    # Nothing typed is lost where the dialog is closed.
    hass.config_entries.subentries.async_abort(flow.result["flow_id"])
    again = await VehicleFlow(hass, entry).start()
    await again.choose("resume")
    assert again.suggested["vin"] == VIN
    await again.submit(again.as_shown())
    await take_rate(again, "kept")
    await again.submit({"consent": True})
    await hass.async_block_till_done()
    (program,) = record_of(entry).run.programs.values()
    assert (program.tax_percent, program.session_fee, program.holidays) == (Decimal(19), Decimal("0.5"), "DE-BY")
    assert [(block.above_wh, block.addition) for block in program.blocks] == [(100_000, Decimal("-0.02"))]


async def test_prices_of_an_entity(hass: HomeAssistant, entry: ConfigEntry, flow: VehicleFlow) -> None:
    await take_rate(flow, "entity")
    typed = {"rate_name": "Spot", "price_entity": PRICE, "currency": "EUR", "addition": "0.12"}
    await flow.submit(typed | {"currency": "SEK"})
    assert flow.errors == {"currency": "other_currency"}
    assert flow.offered("price_entity", "include_entities") == [PRICE]  # what the meter tells is a source of its own
    hass.states.async_set(PRICE, "3", {"unit_of_measurement": "kW"})
    await flow.submit(typed)
    assert flow.errors == {"price_entity": "no_price"}
    hass.states.async_set(PRICE, "unavailable", {"unit_of_measurement": "EUR/kWh"})
    await flow.submit(typed)
    assert "No price is told at the moment." in flow.said["prices"]
    hass.states.async_set(PRICE, "12.5", {"unit_of_measurement": "ct/kWh"})
    await flow.choose("preview")
    assert "Now: 0.245 EUR/kWh" in flow.said["prices"]  # with what comes on top
    await flow.submit({"consent": False, "way_back": {"back": "prices"}})
    assert PRICE in flow.said["prices"]
    await flow.choose("preview")
    assert flow.said["weeks"] == ""
    await flow.submit({"consent": True})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result
    await hass.async_block_till_done()
    (program,) = record_of(entry).run.programs.values()
    source = program.source
    assert source is not None
    assert (source.kind, source.entity_id, source.addition) == (PriceKind.ENTITY, PRICE, Decimal("0.12"))


async def test_prices_of_openadr_are_offered_where_the_vtn_tells_some(hass: HomeAssistant, vtn: Vtn) -> None:
    program = await vtn.make_program("Spot")
    told: dict[str, Any] = {
        "intervals": [{"id": 0, "payloads": [{"type": "PRICE", "values": [0.25]}]}],
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "SEK"}
        ],
        "intervalPeriod": {"start": (dt_util.utcnow() - timedelta(minutes=1)).isoformat(), "duration": "PT1H"},
    }
    await vtn.make_event(program["id"], **told)
    entry = await hub_without_meter(hass, vtn)
    Charger(hass)
    flow = await describe_at_home(hass, entry)
    offered = flow.offered("rate")
    assert [each["value"] for each in offered] == ["utility", "entity", "typed"]
    assert offered[0]["label"] == "As the utility says (OpenADR) (Now: 0.25 SEK/kWh)"
    await take_rate(flow, "utility")
    await flow.submit({"consent": False, "way_back": {"back": "prices"}})
    await flow.choose("price_utility")
    assert flow.suggested["currency"] == "SEK"
    await flow.submit({"rate_name": "Spot", "currency": "EUR"})
    assert flow.errors == {"currency": "other_currency"}
    await flow.submit({"rate_name": "Spot", "currency": "SEK"})
    assert "Now: 0.25 SEK/kWh" in flow.said["prices"]
    await flow.choose("preview")
    await flow.submit({"consent": True})
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY, flow.result


async def test_other_prices_from_a_day_on(hass: HomeAssistant, entry: ConfigEntry, flow: VehicleFlow) -> None:
    await bind(flow, NIGHT)
    await hass.async_block_till_done()
    await flow.change()
    offered = ["document", "elsewhere", "prices", "home_account", "charger", "entities", "end"]
    assert flow.result["menu_options"] == offered
    await flow.choose("prices")
    await flow.choose("period_choose")
    await flow.submit({"period": "0"})
    assert (flow.suggested["price"], flow.suggested["start"]) == ("0.21", "22:00")
    await flow.submit(NIGHT | {"price": "0.25"})
    await flow.choose("preview")
    far = dt_util.now() + timedelta(days=999)
    await flow.submit({"consent": True, "later": {"valid_from": f"{far:%Y-%m-%d}"}})
    assert flow.errors == {"later": "date_too_far"}
    later = dt_util.start_of_local_day() + timedelta(days=3)
    await flow.submit({"consent": True, "later": {"valid_from": f"{later:%Y-%m-%d}"}})
    assert flow.result["reason"] == "bound_at_home", flow.result
    await hass.async_block_till_done()
    run = record_of(entry).run
    first, second = sorted(run.bindings.values(), key=lambda each: each.valid_from)
    assert first.valid_until == second.valid_from == later
    assert [run.programs[each.id].prices[run.programs[each.id].periods[0].tier] for each in (first, second)] == [
        Decimal("0.21"), Decimal("0.25")]  # fmt: skip
    # What was agreed for that day is corrected before it comes.
    await flow.change()
    assert flow.result["menu_options"][2:4] == ["prices", "prices_coming"]
    await flow.choose("prices_coming")
    await flow.choose("period_choose")
    await flow.submit({"period": "0"})
    assert flow.suggested["price"] == "0.25"
    await flow.submit(NIGHT | {"price": "0.26"})
    await flow.choose("preview")
    await flow.submit({"consent": True})
    assert flow.result["reason"] == "bound_at_home", flow.result
    await hass.async_block_till_done()
    run = record_of(entry).run
    assert run.current(later - timedelta(seconds=1)) == first
    corrected = run.current(later)
    assert corrected is not None
    assert corrected.valid_from == later
    assert Decimal("0.26") in run.programs[corrected.id].prices.values()
    # A third one would begin while the second, which it does not replace, is in force.
    await flow.change()
    await flow.choose("prices")
    await flow.choose("preview")
    sooner = dt_util.now() + timedelta(days=1)
    await flow.submit({"consent": True, "later": {"valid_from": f"{sooner:%Y-%m-%d}"}})
    assert (flow.page, flow.errors) == ("preview", {"later": "binding_overlap"})
    assert "Garage" in flow.said["conflict"]


async def test_another_payer_and_the_end(hass: HomeAssistant, entry: ConfigEntry, flow: VehicleFlow) -> None:
    await bind(flow)
    await hass.async_block_till_done()
    await flow.change()
    await flow.choose("home_account")
    assert flow.suggested["payer_number"] == "…4711"  # the rest of it was not kept
    await flow.submit({"payer": "own_account", "holder": "A. Example", "payer_number": "100 200 300"})
    assert flow.page == "preview"
    await flow.submit({"consent": True})
    assert flow.said["payer"] == "A. Example, …0300"
    await hass.async_block_till_done()
    await flow.change()
    await flow.choose("end")
    until = dt_util.now() + timedelta(seconds=1)
    ends = {"valid_until": f"{until:%Y-%m-%d}", "valid_until_time": f"{until:%H:%M:%S}"}
    await flow.submit(ends)
    assert flow.errors == {"reason": "reason_missing"}  # nothing is chosen before a person chooses
    await flow.submit(ends | {"reason": "sold"})
    assert flow.result["reason"] == "binding_ended", flow.result
    assert all(each.valid_until for each in record_of(entry).run.bindings.values())
    assert manager_of(entry).charging.draft is None
