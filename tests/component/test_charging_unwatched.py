"""A vehicle that is removed, or gets another charger, was charged until then: that is billed, and its own (UR-EV)."""

from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.vehicles.store import Charging
from tests.component.test_household_charging import CAR, VAN, _soon, bind, home
from tests.helpers import vehicles
from tests.helpers.states import eventually, until
from tests.helpers.utility import SimulatedUtility
from tests.procedures.test_charging_sessions import program

__all__ = ["_soon", "home"]

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-EV", "SC-1")]


async def remove(hass: HomeAssistant, hub: ConfigEntry, charger: vehicles.Charger) -> None:
    """Remove the vehicle, by the clock of the charger."""
    (vehicle,) = hub.get_subentries_of_type("vehicle")
    with charger.clock():
        hass.config_entries.async_remove_subentry(hub, vehicle.subentry_id)
        await hass.async_block_till_done()


@pytest.mark.parametrize("unplugged", [False, True])
async def test_vehicle_that_is_removed_is_billed_what_it_was_charged(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, *, unplugged: bool
) -> None:
    """While it charges, or has just left and its counter may still bring what it was charged before."""
    charger = await vehicles.bind(hass, hub)
    charger.plug()
    charger.charge(2000)
    charger.plug(plugged=not unplugged)
    await hass.async_block_till_done()
    charger.at += timedelta(seconds=5)
    await remove(hass, hub, charger)
    await eventually(utility.billed, lambda billed: [each["energy_wh"] for each in billed] == [2000])
    charging = vehicles.manager_of(hub).charging
    assert [entry.unbound_wh for entry in charging.ledger.entries.values()] == [0]
    assert not [kept for kept in charging.others(()).values() if kept["session"] or kept["ending"] or kept["closed"]]
    await eventually(utility.bindings, lambda found: [each["valid_until"] is not None for each in found] == [True])


async def test_vehicle_that_gets_another_charger_is_billed_what_the_first_one_counted(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = vehicles.Charger(hass)
    car = await bind(hass, home, CAR, "Family car", program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(3_000)
    await hass.async_block_till_done()
    charging = await Charging.async_get(hass, home.entry_id)
    charging.vehicles[car.key].data["energy"] = "sensor.new_charger_energy"
    await charging.async_save()
    with charger.clock():
        await hass.config_entries.async_reload(home.entry_id)
        await hass.async_block_till_done()
    (entry,) = vehicles.manager_of(home).charging.ledger.entries.values()
    assert (entry.session.vehicle, entry.energy_wh, entry.unbound_wh) == (car.key, 3_000, 0)


async def test_who_stays_at_the_charger_does_not_pay_for_who_was_removed(
    hass: HomeAssistant, home: ConfigEntry
) -> None:
    charger = vehicles.Charger(hass)
    for vin, title in ((CAR, "Family car"), (VAN, "Van")):
        await bind(hass, home, vin, title, program(periods=[]))
    charger.at = dt_util.utcnow()
    charger.plug()
    charger.charge(2_000)
    await hass.async_block_till_done()
    (car,) = [each for each in home.get_subentries_of_type("vehicle") if each.unique_id == CAR]
    with charger.clock():
        hass.config_entries.async_remove_subentry(home, car.subentry_id)
        await hass.async_block_till_done()
    charger.at += timedelta(seconds=1)
    charger.plug(plugged=False)
    await hass.async_block_till_done()
    manager = vehicles.manager_of(home)
    await manager.async_look(charger.at + timedelta(hours=25))
    await until(lambda: vehicles.issues_of(hass, "whose_session"))
    (entry,) = manager.charging.ledger.entries.values()
    assert (entry.session.vehicle, entry.energy_wh) == (None, 2_000)
    assert {each.title for each in manager.who_may_be(entry.session.id)} == {"Family car", "Van"}
