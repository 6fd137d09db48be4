"""A hub that is removed leaves nothing of its vehicles under way at the utility, or says what it leaves."""

import pytest
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.hub.telling.notifications import async_notify
from tests.component.test_charging import _soon as _soon  # noqa: PLC0414 - the fixture
from tests.helpers import vehicles
from tests.helpers.states import until
from tests.helpers.utility import SimulatedUtility

pytestmark = [pytest.mark.usefixtures("current_request_with_host"), pytest.mark.use_case("UR-P", "UR-EV")]


async def charge(hub: ConfigEntry, charger: vehicles.Charger, utility: SimulatedUtility) -> None:
    """Have the vehicle charge 2 kWh, which the utility does not take for now."""
    await utility.fault("http_error", path="/api/v1/charging-sessions", status=503)
    await charger.session(2000)
    await until(lambda: list(vehicles.manager_of(hub).charging.ledger.open_records()))


async def ended(utility: SimulatedUtility) -> list[bool]:
    """Whether each binding has an end."""
    return [each["valid_until"] is not None for each in await utility.bindings()]


def told(hass: HomeAssistant, hub: ConfigEntry) -> list[str]:
    """What people are told of what the utility goes on with."""
    found = _async_get_or_create_notifications(hass)
    return [each["message"] for key, each in found.items() if f"{hub.entry_id}_utility_not_told" in key]


async def remove(hass: HomeAssistant, hub: ConfigEntry, charger: vehicles.Charger) -> None:
    """Remove the hub, by the clock of the charger."""
    with charger.clock():
        await hass.config_entries.async_remove(hub.entry_id)
        await hass.async_block_till_done()


async def test_binding_ends_and_what_was_charged_is_billed(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    charger = await vehicles.bind(hass, hub)
    await charge(hub, charger, utility)
    await utility.mend()
    await remove(hass, hub, charger)
    assert [each["energy_wh"] for each in await utility.billed()] == [2000]
    assert await ended(utility) == [True]
    assert told(hass, hub) == []


@pytest.mark.parametrize("unplugged", [False, True])
async def test_what_is_under_way_is_billed(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, *, unplugged: bool
) -> None:
    """While the vehicle charges, or has just left and its counter may still bring what it was charged before."""
    charger = await vehicles.bind_and_charge(hass, hub, unplugged=unplugged)
    await remove(hass, hub, charger)
    assert [each["energy_wh"] for each in await utility.billed()] == [2000]
    assert await ended(utility) == [True]
    assert told(hass, hub) == []


@pytest.mark.parametrize("path", ["/api/v1/charging-sessions", "/api/v1/bindings", "/api/v1"])
async def test_vehicle_that_the_utility_goes_on_with_is_named(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility, path: str
) -> None:
    """What the utility takes is ended all the same."""
    charger = await vehicles.bind(hass, hub)
    await charge(hub, charger, utility)
    await utility.fault("http_error", path=path, status=503)
    await remove(hass, hub, charger)
    (message,) = told(hass, hub)
    assert "Family car" in message
    assert bool(await utility.billed()) is path.endswith("bindings")
    assert await ended(utility) == [path.endswith("sessions")]


async def test_vehicle_that_was_removed_before_is_ended_too(
    hass: HomeAssistant, hub: ConfigEntry, utility: SimulatedUtility
) -> None:
    charger = await vehicles.bind(hass, hub)
    await utility.fault("http_error", path="/api/v1/bindings", status=503)
    (vehicle,) = hub.get_subentries_of_type("vehicle")
    hass.config_entries.async_remove_subentry(hub, vehicle.subentry_id)
    await hass.async_block_till_done()
    await utility.mend()
    await remove(hass, hub, charger)
    assert await ended(utility) == [True]


async def test_nothing_is_left_of_what_it_told_before(hass: HomeAssistant, hub: ConfigEntry) -> None:
    """Not even in Home Assistant's own list, where nothing else would take it from."""
    await async_notify(hass, hub, "commissioned")
    assert [key for key in _async_get_or_create_notifications(hass) if hub.entry_id in key]
    await hass.config_entries.async_remove(hub.entry_id)
    await hass.async_block_till_done()
    assert not [key for key in _async_get_or_create_notifications(hass) if hub.entry_id in key]
