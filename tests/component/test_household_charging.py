"""A home whose utility has no API for vehicles: the household binds and bills by itself (SC-1, UR-EV)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.utility_han.procedures import Measured, RecordState, VehicleRun, Wanted
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.procedures.charging.session import Mark, MeasuredSession
from custom_components.utility_han.utility import Payer, RateProgram, UtilityReason
from custom_components.utility_han.vehicles import manager, settling
from custom_components.utility_han.vehicles.exports.charges import all_vehicles, async_take
from custom_components.utility_han.vehicles.rates import programs as rates
from custom_components.utility_han.vehicles.rates.holidays import UnknownHolidaysError, async_load_holidays
from custom_components.utility_han.vehicles.store import Charging, VehicleRecord
from tests.component.conftest import Commission
from tests.component.test_health import Fix
from tests.conftest import SimulatedGateway
from tests.helpers.states import state_of, until
from tests.helpers.vehicles import CAR_PLUG, ENERGY, PLUG, POWER, Charger, issues_of, manager_of, vehicle_state
from tests.procedures.test_charging_sessions import program

pytestmark = pytest.mark.use_case("SC-1", "UR-EV")

CAR, VAN = "1M8GDM9AXKP042788", "WVWZZZ1JZXW000001"


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Let the meter settle at once."""
    with (
        patch.object(point, "SETTLE", timedelta(milliseconds=20)),
        patch.object(manager, "_SURE_AFTER", timedelta(0)),
    ):
        yield


@pytest.fixture
async def home(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> ConfigEntry:
    """A commissioned hub whose customer has linked no account: devices are registered in the utility's portal."""
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": {"pump": {"initial": True}}})
    return await commission(gateway)


async def bind(
    hass: HomeAssistant, entry: ConfigEntry, vin: str, title: str, agreed: RateProgram, presence: str | None = None
) -> VehicleRecord:
    """Bind a vehicle at home, as the dialog does."""
    charging = await Charging.async_get(hass, entry.entry_id)
    run = VehicleRun(vin, "Voltline", "One", "Home")
    since = dt_util.utcnow() - timedelta(hours=1)
    run.wanted = Wanted(
        {"name": "Garage"}, agreed, since, "employer", since, payer=Payer("4711-0815", "Example Works")
    )
    data: dict[str, Any] = {"energy": ENERGY, "plug": PLUG, "meter": "evse", "max_power": POWER / 1000}
    record = VehicleRecord(run, title, data | ({"presence": presence} if presence else {}))
    charging.vehicles[record.key] = record
    manager_of(entry).billers.books.keep_program(agreed)
    result = await manager_of(entry).delivery.async_bind(record)
    assert result is not None
    assert result.outcome == "done"
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    return record


async def test_vehicle_is_bound_charged_and_billed_at_home_and_corrected(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    agreed = program(periods=[], session_fee="0.50", tax_percent="10", time_zone="UTC")
    car = await bind(hass, home, CAR, "Family car", agreed, CAR_PLUG)
    assert vehicle_state(hass, home, "binding") == "in_force"
    charger.at = dt_util.utcnow()
    await charger.session(3_000, 4_000)
    await until(lambda: [each.state for _, each in manager_of(home).charging.ledger.records()] == [RecordState.SENT])
    ((entry, record),) = manager_of(home).charging.ledger.records()
    assert entry.session.vehicle == car.key
    assert record.cost == Decimal("1.32")  # 7 kWh at 10 ct and 50 ct, and a tenth of that
    await until(lambda: float(vehicle_state(hass, home, "month_cost")) == 1.32)

    # The employer was sent it, and then it is said to have been the van's.
    charges = await all_charges(home)
    assert [(each.energy_wh, each.vehicle.title, each.binding.payer.number) for each in charges] == [
        (7000, "Family car", "…0815")
    ]
    await hand_over(home)
    van = await bind(hass, home, VAN, "Van", agreed)
    before = {each.id: each for each in await all_charges(home)}
    await manager_of(home).async_assign(entry.session.id, van.key)
    after = await all_charges(home)
    assert [(each.vehicle.title, each.credits, each.corrects) for each in after] == [
        ("Family car", None, None),
        ("Family car", charges[0].id, None),
        ("Van", None, charges[0].id),
    ]
    assert after[0] == before[charges[0].id]
    assert sum(each.exact_cost for each in after) == charges[0].exact_cost
    # Who is sent each month's has the credit and what replaces it in the month in which they were made.
    made = [each.issued_at for each in after[1:]]
    vehicles = manager_of(home).vehicles
    span = (min(made), max(made) + timedelta(seconds=1))
    assert await manager_of(home).async_charges(vehicles, *span, as_made=True) == after[1:]
    assert await manager_of(home).async_charges(vehicles, *span) == []
    await until(lambda: len(bills_of(home)) == 1)
    await hass.config_entries.async_reload(home.entry_id)
    assert await all_charges(home) == after


async def test_what_was_told_late_of_a_session_goes_where_the_session_goes(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: bills_of(home))
    ledger = manager_of(home).charging.ledger
    (entry,) = ledger.entries.values()
    late = entry.session.brief()
    late.id, late.late_of, late.vehicle = "late", entry.session.id, None
    assert ledger.add(late, entry.point, entry.meter) is not None
    await manager_of(home).settling.async_settle_all()
    assert ledger.entries["late"].session.vehicle == car.key
    van = await bind(hass, home, VAN, "Van", program(periods=[]))
    await manager_of(home).async_assign(entry.session.id, van.key)
    await until(lambda: len(bills_of(home)) == 2)
    assert {each.vehicle.title for each in await all_charges(home)} == {"Van"}


async def test_home_and_vehicle_add_up_to_what_the_meter_counts(hass: HomeAssistant, home: ConfigEntry) -> None:
    charger = Charger(hass)
    await bind(hass, home, CAR, "Family car", program(), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: manager_of(home).charging.ledger.entries)
    await home.runtime_data.coordinator.async_refresh()
    for _ in range(2):
        await hass.async_block_till_done()
        assert vehicles_counted(hass, home) == pytest.approx(3_000)
        await hass.config_entries.async_reload(home.entry_id)
        await home.runtime_data.coordinator.async_refresh()


async def test_another_charger_does_not_give_back_what_the_first_one_counted(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: manager_of(home).charging.ledger.entries)
    charging = await Charging.async_get(hass, home.entry_id)
    charging.vehicles[car.key].data["energy"] = "sensor.new_charger_energy"
    await charging.async_save()
    await hass.config_entries.async_reload(home.entry_id)
    await home.runtime_data.coordinator.async_refresh()
    await hass.async_block_till_done()
    assert vehicles_counted(hass, home) == pytest.approx(3_000)


async def test_holidays_are_those_of_the_country_and_state(hass: HomeAssistant) -> None:
    everywhere, bavaria = await async_load_holidays(hass, "DE"), await async_load_holidays(hass, "DE-BY")
    epiphany = date(2027, 1, 6)
    assert (everywhere(epiphany), bavaria(epiphany)) == (False, True)
    for code in ("XX", "DE-XX"):
        with pytest.raises(UnknownHolidaysError):
            await async_load_holidays(hass, code)


async def test_holidays_that_cannot_be_loaded_are_a_notice_until_they_are(
    hass: HomeAssistant, home: ConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    charger = Charger(hass)
    night = {"tier": "night", "days": [], "start": "22:00", "end": "06:00", "holidays": True}
    with patch.object(rates, "async_load_holidays", side_effect=UnknownHolidaysError("DE-BY")):
        await bind(
            hass, home, CAR, "Family car", program(periods=[night], holidays="DE-BY", name="EV *Time*"), CAR_PLUG
        )
        charger.at = dt_util.utcnow()
        for _ in range(2):
            await charger.session(3_000)
            await hass.async_block_till_done()
        ledger = manager_of(home).charging.ledger
        await until(lambda: len(ledger.entries) == 2)
        await manager_of(home).settling.async_settle_all()
        manager_of(home).async_tell()
        (notice,) = issues_of(hass, "holidays_not_loaded")
    assert notice.translation_placeholders is not None
    assert (notice.translation_placeholders["area"], notice.translation_placeholders["programs"]) == (
        "DE-BY",
        r"EV \*Time\*",
    )
    assert not any(each.levelname == "ERROR" for each in caplog.records if "olidays" in each.message)
    assert not list(ledger.records())
    await manager_of(home)._async_settle()
    await until(lambda: len(bills_of(home)) == 2)
    assert not issues_of(hass, "holidays_not_loaded")


async def test_session_that_is_given_to_a_vehicle_late_has_its_later_ones_priced_anew(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    """Both charge 8 kWh; above 10 kWh of the month each costs 40 ct more."""
    charger = Charger(hass)
    agreed = program(periods=[], time_zone="UTC", blocks=[{"above_wh": 10_000, "addition": "0.40"}])
    car = await bind(hass, home, CAR, "Family car", agreed, CAR_PLUG)
    van = await bind(hass, home, VAN, "Van", agreed)
    charger.at = (dt_util.utcnow().replace(day=1) + timedelta(days=32)).replace(day=10, hour=12)
    await charger.session(8_000)
    await until(lambda: len(bills_of(home)) == 1)
    charger.at += timedelta(hours=1)
    await charger.session(8_000)
    await until(lambda: len(bills_of(home)) == 2)
    first, second = manager_of(home).charging.ledger.entries.values()
    assert await cost_of_month(home, car.key) == Decimal("4.00")
    await manager_of(home).async_assign(first.session.id, van.key)
    await until(lambda: len(bills_of(home)) == 2)
    assert {key: await cost_of_month(home, key) for key in (car.key, van.key)} == {
        car.key: Decimal("0.80"),
        van.key: Decimal("0.80"),
    }
    await hand_over(home)
    await manager_of(home).async_assign(first.session.id, car.key)
    await until(lambda: len(bills_of(home)) == 2)
    assert await cost_of_month(home, car.key) == Decimal("4.00")
    assert second.records[0].corrects == second.credited[0].record.charge_id
    await hass.config_entries.async_reload(home.entry_id)
    assert await cost_of_month(home, car.key) == Decimal("4.00")


async def test_what_becomes_known_after_its_time_was_handed_over_goes_out_with_what_is_made_then(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: bills_of(home))
    manager, (known,) = manager_of(home), await all_charges(home)
    since, border = known.started_at - timedelta(days=1), dt_util.utcnow()
    vehicles = [held for held in all_vehicles(hass) if held.record.key == car.key]
    await (await async_take(vehicles, since, border, None, as_made=True)).async_issued()
    before = known.started_at - timedelta(minutes=9)
    late = MeasuredSession("late", [Mark(before, 0.0), Mark(known.started_at, 500.0)], None)
    late.ended_at, late.vehicle, late.decided = known.started_at, car.key, True
    assert manager.charging.ledger.add(late, ENERGY, Measured("evse", "VL11")) is not None
    await manager.settling.async_settle_all()
    await hass.config_entries.async_reload(home.entry_id)
    later = border + timedelta(days=1)

    async def sent(since: datetime, until_: datetime) -> list[str]:
        taken = await async_take(all_vehicles(hass), since, until_, None, as_made=True)
        return [each.session_id for each in taken.charges]

    assert await sent(since, border) == [known.session_id]
    assert await sent(border, later) == ["late"]
    assert [each.session_id for each in await all_charges(home)] == ["late", known.session_id]


async def test_charges_are_those_of_one_moment_whatever_is_put_right_while_they_are_collected(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]), CAR_PLUG)
    van = await bind(hass, home, VAN, "Van", program(periods=[]))
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: bills_of(home))
    (entry,) = manager_of(home).charging.ledger.entries.values()
    other = MeasuredSession("other", [Mark(charger.at, 0.0), Mark(charger.at + timedelta(hours=1), 500.0)], None)
    other.ended_at, other.vehicle = other.marks[-1].at, car.key
    manager_of(home).charging.ledger.add(other, ENERGY, entry.meter)
    await manager_of(home).settling.async_settle_all()

    with patch.object(settling, "_AT_ONCE", 2):
        collecting = hass.async_create_task(all_charges(home))  # it has the first, and lets others have their turn
        manager_of(home).settling.assign(entry, van.key)
        found = await collecting
    assert [each.session_id for each in found] == ["other"]


async def cost_of_month(home: ConfigEntry, vehicle: str) -> Decimal:
    """Return what the books at home have of a vehicle."""
    ledger = manager_of(home).charging.ledger
    (month,) = {each.month for each in bills_of(home)}
    return sum((each.amount for each in ledger.billed_in(vehicle, month)), start=Decimal(0))


def vehicles_counted(hass: HomeAssistant, home: ConfigEntry) -> float:
    """Return what the meter counts more than the home without its vehicles, as import less export, Wh."""
    keys = ("energy_without_vehicles", "energy_received_without_vehicles")
    taken, given = (1000 * float(state_of(hass, home, key).state) for key in keys)
    values = home.runtime_data.coordinator.data.values
    return float(values["energy_summation_delivered"] - values["energy_summation_received"] - taken + given)


def bills_of(home: ConfigEntry) -> list[Any]:
    """Return what is billed now."""
    return [each.billed for _, each in manager_of(home).charging.ledger.records() if each.billed is not None]


async def hand_over(home: ConfigEntry) -> None:
    """Hand over everything."""
    bindings = {key for record in manager_of(home).vehicles for key in record.run.bindings}
    since = dt_util.utcnow() - timedelta(days=9)
    await manager_of(home).settling.async_issued(await all_charges(home), bindings, (since, dt_util.utcnow()))


async def all_charges(home: ConfigEntry) -> list[Any]:
    """Return all charges of all vehicles."""
    charging = manager_of(home)
    since, until_ = dt_util.utcnow() - timedelta(days=9), dt_util.utcnow() + timedelta(days=50)
    return await charging.async_charges(charging.vehicles, since, until_)


async def test_notices_of_the_household_send_nobody_to_a_utility(
    hass: HomeAssistant, home: ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    await async_setup_component(hass, "repairs", {})
    charger = Charger(hass)
    await bind(hass, home, CAR, "Family car", program(periods=[]), CAR_PLUG)
    charger.at = dt_util.utcnow()
    await charger.session(3_000)
    await until(lambda: bills_of(home))
    ledger = manager_of(home).charging.ledger
    ((entry, record),) = ledger.records()
    record.state, record.reason = RecordState.REFUSED, UtilityReason.SESSION_OUTSIDE_BINDING
    entry.unbound_wh = 1000
    ledger.note(entry)
    manager_of(home).async_tell()
    (refused,), (unbound,) = (issues_of(hass, key) for key in ("session_refused_at_home", "session_unbound_at_home"))
    assert not [key for key in ("session_refused", "session_unbound") if issues_of(hass, key)]
    assert refused.translation_placeholders is not None
    assert refused.translation_placeholders["reason"] == "The session is not within the binding's period."
    assert (refused.is_fixable, unbound.is_fixable) == (False, True)
    fix = Fix(hass, hass_client)
    await fix.open(unbound)
    assert (fix.page["step_id"], fix.page["description_placeholders"]["unbound"]) == ("ask", "1.000")
    await fix.submit()
    assert fix.page["type"] == "create_entry"
    assert not issues_of(hass, "session_unbound_at_home"), "it is taken note of"
