"""A power cut while a vehicle charges, between any two writes: what it charged is billed whole, once (UR-EV)."""

from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.utility_han.hub.kept.storage import _OPEN
from tests.component.test_charging_files import every_write, in_ledger, nothing_left, put_back
from tests.component.test_household_charging import CAR, _soon, bills_of, bind, home
from tests.helpers.files import hass_storage
from tests.helpers.states import until
from tests.helpers.vehicles import CAR_PLUG, Charger, manager_of
from tests.procedures.test_charging_sessions import program

__all__ = ["_soon", "hass_storage", "home"]

pytestmark = pytest.mark.use_case("UR-EV")


async def told(hass: HomeAssistant, charger: Charger, what: str) -> None:
    """Have one of the charger's entities come back, as Home Assistant's platforms do one after the other."""
    if what == "energy":
        charger.show()
    else:
        charger.plug()
    await hass.async_block_till_done()


@pytest.mark.parametrize("order", [("energy", "plug"), ("plug", "energy")])
async def test_power_cut_while_it_charges(hass: HomeAssistant, home: ConfigEntry, order: tuple[str, str]) -> None:
    charger = Charger(hass)
    await bind(hass, home, CAR, "Family car", program(periods=[]), CAR_PLUG)
    charger.at = dt_util.utcnow()
    with every_write(hass, home.entry_id) as disks:
        charger.charge(300)  # it counts before it says that a vehicle is there
        charger.plug()
        await hass.async_block_till_done()
        for _ in range(2):
            charger.charge(500)
            await hass.async_block_till_done()
            await manager_of(home).async_look(charger.at)
        charger.charge(1_700)  # and this is on no disk
    assert len(disks) > 3
    cut_at = charger.at
    for disk in disks:
        assert await hass.config_entries.async_unload(home.entry_id)
        await hass.async_block_till_done()
        hass.data.pop(_OPEN)
        put_back(hass, home.entry_id, disk)
        charger.at = cut_at + timedelta(seconds=40)
        charger.hide()
        await hass.config_entries.async_setup(home.entry_id)
        await hass.async_block_till_done()
        for what in order:
            await told(hass, charger, what)
        charger.at += timedelta(seconds=1)
        charger.plug(plugged=False)
        await hass.async_block_till_done()
        await manager_of(home).async_look(charger.at + timedelta(hours=25))  # how often it counts is not known yet
        await until(lambda: in_ledger(home) and nothing_left(home) and bills_of(home))
        (entry,) = manager_of(home).charging.ledger.entries.values()
        assert (entry.energy_wh, entry.unbound_wh) == (3_000, 0)
        assert [each.energy_wh for each in bills_of(home)] == [3_000]
