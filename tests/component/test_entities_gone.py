"""What a home has no more goes from the registry: nobody would provide it, and it would stay unavailable for good."""

from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.health.manager import HealthManager
from tests.component.test_account_left import leave
from tests.helpers.states import state_of

pytestmark = pytest.mark.usefixtures("current_request_with_host")


def known(hass: HomeAssistant, hub: ConfigEntry, platform: str, key: str) -> bool:
    """Whether the registry has an entity of the gateway."""
    return er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{hub.entry_id}_{key}") is not None


def had_once(hass: HomeAssistant, hub: ConfigEntry, platform: str, key: str) -> None:
    """Have the registry know an entity of the gateway from before."""
    er.async_get(hass).async_get_or_create(platform, DOMAIN, f"{hub.entry_id}_{key}", config_entry=hub)


@pytest.mark.use_case("UR-5", "RD-10a")
async def test_what_is_the_accounts_goes_with_it(hass: HomeAssistant, hub: ConfigEntry) -> None:
    had_once(hass, hub, "calendar", "appointments")
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, hub, "appointments").state == "off", "nobody comes now, who came once"
    assert known(hass, hub, "binary_sensor", "utility")
    soon = dt_util.utcnow() + timedelta(days=1)
    case = {"id": "1", "status": "scheduled", "summary": "It hums", "appointment": soon.isoformat()}
    hub.runtime_data.manager(HealthManager).conditions.of(hub.entry_id).case = case
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert state_of(hass, hub, "open_cases").state == "1"
    await leave(hass, hub)
    assert state_of(hass, hub, "open_cases").state == "0", "nobody hears what becomes of it"
    assert not known(hass, hub, "calendar", "appointments")
    assert not known(hass, hub, "binary_sensor", "utility")


async def test_calendar_of_all_devices_goes_with_the_last(hass: HomeAssistant, hub: ConfigEntry) -> None:
    had_once(hass, hub, "calendar", "all_load_controls")
    await hass.config_entries.async_reload(hub.entry_id)
    await hass.async_block_till_done()
    assert not known(hass, hub, "calendar", "all_load_controls")
