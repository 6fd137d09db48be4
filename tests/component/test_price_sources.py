"""Rate programs whose prices others tell: an entity with its history, the meter, and a person in the end (UR-EV)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.esi import PriceSchedule
from custom_components.utility_han.procedures import RecordState
from custom_components.utility_han.utility import PriceKind, PriceSource, RateProgram
from custom_components.utility_han.vehicles.document import binding_record
from custom_components.utility_han.vehicles.rates.price_history import _held
from custom_components.utility_han.vehicles.rates.price_units import price_of
from tests.component.conftest import Commission
from tests.component.test_household_charging import CAR, _soon, bind
from tests.component.test_prices import hourly
from tests.conftest import SimulatedGateway
from tests.helpers.states import until
from tests.helpers.vehicles import CAR_PLUG, Charger, issues_of, manager_of, vehicle_state
from tests.helpers.vtn_hub import hub_without_meter
from tests.openadr.under_test import Vtn
from tests.procedures.test_charging_pricing import with_more
from tests.procedures.test_charging_sessions import program

pytestmark = pytest.mark.use_case("UR-EV")
__all__ = ["_soon"]

SPOT = "sensor.spot_price"


def agreed(kind: PriceKind = PriceKind.ENTITY) -> RateProgram:
    entity = SPOT if kind is PriceKind.ENTITY else None
    return with_more(program(periods=[]), source=PriceSource(kind, entity, Decimal("0.10")))


@pytest.fixture
async def home(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> ConfigEntry:
    """A commissioned hub without an account."""
    return await commission(gateway)


def spot(hass: HomeAssistant, price: str, unit: str = "USD/kWh", at: Any = None) -> None:
    timestamp = at.timestamp() if at is not None else None
    hass.states.async_set(SPOT, price, {"unit_of_measurement": unit}, timestamp=timestamp)


def records(home: ConfigEntry) -> list[Any]:
    return [record for _, record in manager_of(home).charging.ledger.records()]


@pytest.mark.parametrize(
    ("stated", "unit", "per_kwh", "currency"),
    [
        ("0.25", "EUR/kWh", "0.25", "EUR"),
        ("0.25", "€/kWh", "0.25", "EUR"),
        ("25", "ct/kWh", "0.25", "EUR"),
        ("-4.5", "c/kWh", "-0.045", "AUD"),
        ("250", "USD/MWh", "0.25", "USD"),
        ("0.25", "$/kWh", "0.25", "CAD"),
        ("95", "öre/kWh", "0.95", "SEK"),
        ("24.5", "p/kWh", "0.245", "GBP"),
    ],
)
def test_price_of_an_entity(stated: str, unit: str, per_kwh: str, currency: str) -> None:
    told = price_of(State(SPOT, stated, {"unit_of_measurement": unit}))
    assert told is not None
    assert told.per_kwh == Decimal(per_kwh)
    assert currency in told.currencies


@pytest.mark.parametrize(
    ("stated", "unit"),
    [
        ("0.25", "kWh"), ("0.25", ""), ("nan", "EUR/kWh"), ("unavailable", "EUR/kWh"), ("1", "EUR/h"),
        ("cheap", "EUR/kWh"), ("0,25", "EUR/kWh"), ("0.25", "points/kWh"), ("0.25", "/kWh"), ("0.25", "EÜR/kWh"),
    ],
)  # fmt: skip
def test_what_is_no_price(stated: str, unit: str) -> None:
    assert price_of(State(SPOT, stated, {"unit_of_measurement": unit})) is None


@pytest.mark.parametrize(
    ("ended", "crashed", "held"),
    [
        (timedelta(hours=5), False, timedelta(hours=4)),  # until it changed
        (timedelta(hours=3), False, timedelta(hours=3)),  # until Home Assistant stopped
        (timedelta(hours=3), True, timedelta(hours=1)),  # until some time before it crashed
        (timedelta(0), False, None),  # it was stated in no run that is known
    ],
)
def test_price_of_history_holds_while_home_assistant_ran(
    ended: timedelta, crashed: bool, held: timedelta | None
) -> None:
    start = datetime(2026, 6, 3, tzinfo=UTC)
    state = State(SPOT, "0.20", last_updated=start)
    found = _held(state, start + timedelta(hours=4), [(start - timedelta(days=1), start + ended, crashed)])
    assert found == ([] if held is None else [(start, start + held)])


async def test_entity_that_was_away_is_asked_about_after_two_days(
    hass: HomeAssistant, home: ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await async_setup_component(hass, "repairs", {})
    charger = Charger(hass)
    await bind(hass, home, CAR, "Family car", agreed(), CAR_PLUG)
    begun = charger.at = dt_util.utcnow()
    spot(hass, "0.20", at=begun)
    charger.plug()
    await hass.async_block_till_done()
    charger.charge(5_500)  # half an hour
    await hass.async_block_till_done()
    spot(hass, "unavailable", at=charger.at)
    charger.charge(5_500)
    await hass.async_block_till_done()
    spot(hass, "40", "ct/kWh", at=charger.at)
    charger.charge(5_500)
    await hass.async_block_till_done()
    with charger.clock():
        charger.plug(plugged=False)
        await until(lambda: records(home))
        await hass.async_block_till_done()
    (record,) = records(home)
    assert (record.state, record.cost) == (RecordState.WAITING, None)
    ((start, end),) = record.missing
    assert end - start == pytest.approx(timedelta(minutes=30), abs=timedelta(seconds=2))
    assert not issues_of(hass, "price_missing")
    told = binding_record(manager_of(home).charging, manager_of(home).vehicles[0])
    ((session,),) = [each["sessions"] for each in told["bindings"]]
    assert (session["cost"], session["reason"]) == (None, "price_not_known")
    # It waits over a restart, and after two days a person is asked.
    await hass.config_entries.async_reload(home.entry_id)
    later = charger.at + timedelta(days=2, minutes=1)
    with patch.object(dt_util, "utcnow", lambda: later):
        manager_of(home).async_tell()
    (issue,) = issues_of(hass, "price_missing")
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["currency"] == "USD"
    web = await hass_client()
    response = await web.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue.issue_id})
    page = await response.json()
    assert page["description_placeholders"]["vehicle"] == "Family car"
    response = await web.post(f"/api/repairs/issues/fix/{page['flow_id']}", json={"price": "0,25"})
    assert (await response.json())["type"] == "create_entry"
    await until(lambda: [each.state for each in records(home)] == [RecordState.SENT])
    # Each half an hour had its price, and ten cents of the program's own.
    assert records(home)[0].cost == Decimal("6.33")  # 5.5 kWh each
    assert not issues_of(hass, "price_missing")


async def test_what_is_charged_now_has_its_price_while_an_entity_states_one(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    spot(hass, "0.20")
    await bind(hass, home, CAR, "Family car", agreed(), CAR_PLUG)
    with charger.clock():
        charger.plug()
        await hass.async_block_till_done()
        charger.charge(5_500)
        await hass.async_block_till_done()
        await manager_of(home).async_look(charger.at)
        await hass.async_block_till_done()
        assert float(vehicle_state(hass, home, "session_cost")) == pytest.approx(1.65)


async def test_other_money_is_asked_about_and_not_converted(hass: HomeAssistant, home: ConfigEntry) -> None:
    charger = Charger(hass)
    spot(hass, "0.20", "EUR/kWh")
    await bind(hass, home, CAR, "Family car", agreed(), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(2_000)
    await until(lambda: records(home))
    assert records(home)[0].missing
    manager_of(home).async_tell()
    assert len(issues_of(hass, "price_currency")) == 1
    spot(hass, "0.20", "USD/kWh")
    await hass.async_block_till_done()
    manager_of(home).async_tell()
    assert not issues_of(hass, "price_currency")


@pytest.mark.use_case("UR-EV")
async def test_meters_tariff_prices_a_session(hass: HomeAssistant, home: ConfigEntry) -> None:
    charger = Charger(hass)
    await until(lambda: home.runtime_data.tariff.prices)
    tariff = home.runtime_data.tariff
    program_ = with_more(agreed(PriceKind.GATEWAY), currency=tariff.currency)
    await bind(hass, home, CAR, "Family car", program_, CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(2_000)
    await until(lambda: [each.state for each in records(home)] == [RecordState.SENT])
    (entry,) = manager_of(home).charging.ledger.entries.values()
    told = {
        Decimal(str(price.per_kwh)) + Decimal("0.10")
        for price in tariff.prices
        if price.start < entry.ended_at and entry.session.started_at < price.end
    }
    (charge,) = await manager_of(home).async_charges(
        manager_of(home).charging.vehicles.values(), charger.at - timedelta(days=1), charger.at + timedelta(days=1)
    )
    assert {period.per_kwh for period in charge.periods} == told


async def test_what_a_meter_tells_in_other_money_prices_nothing(hass: HomeAssistant, home: ConfigEntry) -> None:
    """A number is no price without its money: of two programs each takes what is told in its own."""
    prices, now = manager_of(home).prices, dt_util.utcnow().replace(microsecond=0)
    dollars, euros = (with_more(agreed(PriceKind.GATEWAY), currency=money) for money in ("USD", "EUR"))
    prices.async_follow([dollars, euros])
    home.runtime_data.tariff.async_take(PriceSchedule("EUR", hourly(now - timedelta(minutes=30), 0.2)))
    known = [prices.book.course(each, now, now + timedelta(minutes=20)) for each in (dollars, euros)]
    assert [{span.per_kwh for span in each} for each in known] == [set(), {Decimal("0.2")}]
    assert [program_.currency for program_, _ in prices.foreign.values()] == ["USD"]


async def test_price_events_of_openadr_price_a_session(hass: HomeAssistant, vtn: Vtn) -> None:
    spot_program = await vtn.make_program("Spot")
    begun = dt_util.utcnow() - timedelta(minutes=1)
    told: dict[str, Any] = {
        "intervals": [
            {"id": number, "payloads": [{"type": "PRICE", "values": [price]}]}
            for number, price in enumerate((0.2, 0.4))
        ],
        "payloadDescriptors": [
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"}
        ],
        "intervalPeriod": {"start": begun.isoformat(), "duration": "PT7M"},
    }
    await vtn.make_event(spot_program["id"], **told)
    entry = await hub_without_meter(hass, vtn)
    charger = Charger(hass)
    await bind(hass, entry, CAR, "Family car", agreed(PriceKind.UTILITY), CAR_PLUG)
    charger.at = begun + timedelta(minutes=2)
    charger.plug()
    await hass.async_block_till_done()
    charger.charge(1_833)  # ten minutes, the last five of them at the other price
    await hass.async_block_till_done()
    charger.plug(plugged=False)
    await until(lambda: [each.state for each in records(entry)] == [RecordState.SENT])
    (record,) = records(entry)
    assert record.session.energy_wh == 1_833
    assert record.cost == Decimal("0.73")  # 916.5 Wh at 30 ct and 916.5 Wh at 50 ct


async def test_nobody_is_followed_once_the_hub_is_unloaded(hass: HomeAssistant, home: ConfigEntry) -> None:
    await bind(hass, home, CAR, "Family car", agreed(), CAR_PLUG)
    manager, car = manager_of(home), next(iter(manager_of(home).charging.vehicles.values()))
    await hass.config_entries.async_unload(home.entry_id)
    await manager.settling.async_rebound(car)  # a dialog that binds goes on
    before = manager.prices.book.snapshot()
    spot(hass, "0.20")
    spot(hass, "0.30")
    await hass.async_block_till_done()
    assert manager.prices.book.snapshot() == before


async def test_price_that_was_withdrawn_is_known_no_more(hass: HomeAssistant, home: ConfigEntry) -> None:
    program_ = agreed(PriceKind.GATEWAY)
    await bind(hass, home, CAR, "Family car", program_, CAR_PLUG)
    tariff, prices = home.runtime_data.tariff, manager_of(home).prices
    now = dt_util.utcnow().replace(microsecond=0)
    hours = hourly(now - timedelta(minutes=30), 0.2, 0.9)
    for told in (hours, hours[:1]):
        tariff.async_take(PriceSchedule(program_.currency, told))
    course = prices.book.course(program_, now, now + timedelta(hours=2))
    assert [(each.end, each.per_kwh) for each in course] == [(hours[0].end, Decimal("0.2"))]


async def test_history_tells_what_nobody_here_heard(
    hass: HomeAssistant, recorder_mock: object, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    await bind(hass, home, CAR, "Family car", agreed(), CAR_PLUG)
    await hass.config_entries.async_unload(home.entry_id)
    spot(hass, "0.20")
    await hass.async_block_till_done()
    charger.at = dt_util.utcnow()
    await get_instance(hass).async_block_till_done()
    spot(hass, "0.50", at=charger.at + timedelta(hours=1))
    await get_instance(hass).async_block_till_done()
    await hass.config_entries.async_setup(home.entry_id)
    with charger.clock():
        await charger.session(2_000)
        await until(lambda: records(home))
        await until(lambda: [each.state for each in records(home)] == [RecordState.SENT])
    assert records(home)[0].cost == Decimal("0.60")
