"""A vehicle that is removed, or gets another charger, was charged until then: that is billed, and its own (UR-EV)."""

from dataclasses import replace
from datetime import datetime, timedelta
from unittest.mock import AsyncMock, patch

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.procedures import LedgerEntry
from custom_components.utility_han.utility import BindingStatus
from custom_components.utility_han.vehicles.chargers.unwatched import async_end_unwatched
from custom_components.utility_han.vehicles.store import Charging, VehicleRecord
from custom_components.utility_han.vehicles.subentries import end_of_removed
from tests.component.test_household_charging import CAR, VAN, _soon, bind, home
from tests.helpers import vehicles
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import CAR_PLUG, ENERGY, Charger
from tests.procedures.test_charging_sessions import program

__all__ = ["_soon", "home"]

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-EV", "SC-1")]


NEW = "sensor.new_charger_energy"


async def remove(hass: HomeAssistant, hub: ConfigEntry, charger: Charger, vin: str) -> None:
    """Remove a vehicle, by the clock of the charger."""
    (vehicle,) = (each for each in hub.get_subentries_of_type("vehicle") if each.unique_id == vin)
    with charger.clock():
        hass.config_entries.async_remove_subentry(hub, vehicle.subentry_id)
        await hass.async_block_till_done()


@pytest.mark.parametrize("unplugged", [False, True])
async def test_vehicle_that_is_removed_is_billed_what_it_was_charged(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, *, unplugged: bool
) -> None:
    """While it charges, or has just left and its counter may still bring what it was charged before."""
    charger = await vehicles.bind_and_charge(hass, hub, unplugged=unplugged)
    await remove(hass, hub, charger, vehicles.VIN)
    await eventually(utility.billed, lambda billed: [each["energy_wh"] for each in billed] == [2000])
    charging = vehicles.manager_of(hub).charging
    assert [entry.unbound_wh for entry in charging.ledger.entries.values()] == [0]
    assert not [kept for kept in charging.others(()).values() if kept["session"] or kept["ending"] or kept["closed"]]
    await eventually(utility.bindings, lambda found: [each["valid_until"] is not None for each in found] == [True])


async def test_vehicle_that_is_removed_is_bound_no_longer_though_its_end_was_to_come(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    """The utility was away when a person had the binding end at a later time."""
    charger = await vehicles.bind(hass, hub)
    later = charger.at + timedelta(days=30)
    vehicles.record_of(hub).run.ending = {"valid_until": later.isoformat(), "reason": "sold"}
    await remove(hass, hub, charger, vehicles.VIN)
    ended = await eventually(
        utility.bindings, lambda found: [each["valid_until"] is not None for each in found] == [True]
    )
    assert datetime.fromisoformat(ended[0]["valid_until"]) < later - timedelta(days=29)


@pytest.mark.parametrize(("days", "reason"), [(30, "other"), (-1, "sold")])
def test_of_two_ends_the_sooner_is_told(days: int, reason: str) -> None:
    now = dt_util.utcnow()
    ending = {"valid_until": (now + timedelta(days=days)).isoformat(), "reason": "sold"}
    assert end_of_removed(ending, now)["reason"] == reason


async def move(hass: HomeAssistant, hub: ConfigEntry, record: VehicleRecord, energy: str, at: Charger) -> None:
    """Have a vehicle charge at another charger from now on, as its dialog does."""
    charging = await Charging.async_get(hass, hub.entry_id)
    record = charging.vehicles[record.key]
    record.data = record.data | {"energy": energy}
    await charging.async_save()
    with at.clock():
        await hass.config_entries.async_reload(hub.entry_id)
        await hass.async_block_till_done()


def entries_of(hub: ConfigEntry) -> list[LedgerEntry]:
    """Return the sessions that ended."""
    return list(vehicles.manager_of(hub).charging.ledger.entries.values())


@pytest.mark.parametrize("meter", ["evse", "vehicle"])
async def test_vehicle_that_gets_another_charger_is_billed_what_the_first_one_counted(
    hass: HomeAssistant, home: ConfigEntry, meter: str
) -> None:
    """Whether or not its charger is one of those that the home is counted without."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    car.data["meter"] = meter
    car.chargers.clear()
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    await move(hass, home, car, NEW, charger)
    (entry,) = entries_of(home)
    assert (entry.session.vehicle, entry.energy_wh, entry.unbound_wh) == (car.key, 3_000, 0)


@pytest.mark.parametrize("plugged", [False, True])
async def test_what_a_charger_counts_while_it_is_nobodys_is_not_of_who_comes_back_to_it(
    hass: HomeAssistant, home: ConfigEntry, *, plugged: bool
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug(plugged=plugged)
    charger.charge(3_000 if plugged else 0)
    await hass.async_block_till_done()
    await move(hass, home, car, NEW, charger)
    charger.at += timedelta(days=2)
    charger.counter += 50_000
    charger.show()
    charger.plug(plugged=False)
    charger.plug()
    await move(hass, home, car, ENERGY, charger)
    charger.charge(4_000)
    charger.plug(plugged=False)
    await hass.async_block_till_done()
    await vehicles.manager_of(home).async_look(charger.at + timedelta(hours=25))
    await hass.async_block_till_done()
    assert [each.energy_wh for each in entries_of(home)] == ([3_000] if plugged else []) + [4_000]


@pytest.mark.parametrize("written", ["points", "ledger"])
async def test_power_cut_while_a_session_is_ended_loses_nothing_and_enters_nothing_twice(
    hass: HomeAssistant, home: ConfigEntry, written: str
) -> None:
    """Before or after the ledger has it, once the points have it closed."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    charging = await Charging.async_get(hass, home.entry_id)
    car.data["energy"] = NEW
    save, save_points = charging.async_save, AsyncMock(wraps=charging.async_save_points)

    async def cut() -> None:
        assert save_points.await_count == 1
        if written == "ledger":
            await save()
        raise OSError("the power is gone")

    with charger.clock():
        assert await hass.config_entries.async_unload(home.entry_id)
        charging.vehicles[car.key].note_use(NEW, charger.at)
        with (
            patch.object(charging, "async_save_points", save_points),
            patch.object(charging, "async_save", cut),
            pytest.raises(OSError, match="power"),
        ):
            await async_end_unwatched(hass, charging, ())
        assert [len(each["closed"]) for each in charging.others(()).values()] == [1]
        await hass.config_entries.async_setup(home.entry_id)
        await hass.async_block_till_done()
    assert [each.energy_wh for each in entries_of(home)] == [3_000]
    assert [each["closed"] for each in charging.others(()).values()] == [[], []]


async def test_what_is_charged_long_after_the_vehicle_left_is_not_its_own(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    """As where the hub could not be set up for hours after that."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    with charger.clock():
        assert await hass.config_entries.async_unload(home.entry_id)
        charging = await Charging.async_get(hass, home.entry_id)
        looked_at = charger.at
        charger.at += timedelta(minutes=5)
        charger.charge(900)
        charging.vehicles[car.key].used[ENERGY] = charger.at
        await async_end_unwatched(hass, charging, ())
    (entry,) = charging.ledger.entries.values()
    assert (entry.energy_wh, entry.ended_at) == (3_000, looked_at)


@pytest.mark.parametrize(("at_once", "oddity"), [(False, "unplugged"), (True, "counter_jumped")])
async def test_what_a_charger_counted_without_a_vehicle_is_asked_about_when_nobody_looks_any_more(
    hass: HomeAssistant, home: ConfigEntry, oddity: str, *, at_once: bool
) -> None:
    """Once: who comes back to the charger has nothing of it."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug(plugged=False)
    if at_once:
        charger.at += timedelta(minutes=1)
        charger.counter += 9_000
        charger.show()
    else:
        charger.charge(9_000)
    await hass.async_block_till_done()
    await move(hass, home, car, NEW, charger)
    (entry,) = entries_of(home)
    assert (entry.session.vehicle, entry.energy_wh, entry.session.oddities) == (None, 9_000, [oddity])
    await move(hass, home, car, ENERGY, charger)
    charger.at += timedelta(minutes=1)
    await charger.session(4_000)
    await until(lambda: [each.energy_wh for each in entries_of(home)] == [9_000, 4_000])


async def test_what_a_counter_jumped_by_while_the_vehicle_charged_is_asked_about_when_nobody_looks_any_more(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    """A moment belongs to it: the session lasts until the vehicle leaves the charger."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug(plugged=True)
    charger.charge(2_000)
    charger.at += timedelta(minutes=1)
    charger.counter += 30_000
    charger.show()
    await hass.async_block_till_done()
    await move(hass, home, car, NEW, charger)
    charged, asked = entries_of(home)
    assert (charged.session.vehicle, charged.energy_wh) == (car.key, 2_000)
    assert (asked.session.vehicle, asked.energy_wh) == (None, 30_000)
    assert charged.ended_at <= asked.session.started_at


async def test_session_ends_when_the_last_vehicle_leaves_its_charger_and_not_when_another_was_removed(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    await bind(hass, home, VAN, "Van", program(periods=[]))
    charger.at = dt_util.utcnow()
    await remove(hass, home, charger, VAN)
    charger.at += timedelta(days=2)
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    vehicles.record_of(home).data["meter"] = "submeter"
    await move(hass, home, car, NEW, charger)
    (entry,) = entries_of(home)
    assert (entry.session.vehicle, entry.energy_wh, entry.ended_at) == (car.key, 3_000, charger.at)
    assert entry.meter.kind == "submeter", "by which meter it was measured says who left it last"


@pytest.mark.parametrize("removed", [True, False])
async def test_who_stays_at_the_charger_does_not_pay_for_who_left_it(
    hass: HomeAssistant, home: ConfigEntry, *, removed: bool
) -> None:
    """As it was removed, or has another charger."""
    charger = Charger(hass)
    car, _ = [
        await bind(hass, home, vin, title, program(periods=[])) for vin, title in ((CAR, "Family car"), (VAN, "Van"))
    ]
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    await (remove(hass, home, charger, CAR) if removed else move(hass, home, car, NEW, charger))
    charger.at += timedelta(seconds=1)
    charger.plug(plugged=False)
    await hass.async_block_till_done()
    manager = vehicles.manager_of(home)
    await manager.async_look(charger.at + timedelta(hours=25))
    await until(lambda: vehicles.issues_of(hass, "whose_session"))
    (entry,) = entries_of(home)
    assert (entry.session.vehicle, entry.energy_wh) == (None, 2_000)
    assert {each.title for each in manager.who_may_be(entry.session.id)} == {"Family car", "Van"}


@pytest.mark.parametrize("told", ["nothing", "here", "away"])
async def test_session_of_a_vehicle_whose_binding_was_refused_is_not_taken_for_the_others(
    hass: HomeAssistant, home: ConfigEntry, told: str
) -> None:
    """Who has not told where it is may have been charged, bound or not."""
    charger = Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    van = await bind(hass, home, VAN, "Van", program(periods=[]), None if told == "nothing" else CAR_PLUG)
    run = vehicles.manager_of(home).charging.vehicles[van.key].run
    run.bindings = {key: replace(each, status=BindingStatus.REFUSED) for key, each in run.bindings.items()}
    charger.at = dt_util.utcnow()
    await charger.session(2_000, present=told == "here")
    await until(lambda: entries_of(home))
    (entry,) = entries_of(home)
    assert entry.session.vehicle == {"nothing": None, "here": van.key, "away": car.key}[told]


async def test_who_left_a_charger_before_is_not_asked_about(hass: HomeAssistant, home: ConfigEntry) -> None:
    charger = Charger(hass)
    car, van = [
        await bind(hass, home, vin, title, program(periods=[])) for vin, title in ((CAR, "Family car"), (VAN, "Van"))
    ]
    charger.at = dt_util.utcnow()
    await move(hass, home, car, NEW, charger)
    charger.at += timedelta(minutes=1)
    await charger.session(2_000)
    await until(lambda: [each.session.vehicle for each in entries_of(home)] == [van.key])
