"""What the frontend is told of a page that shows progress: it asks once for each telling, and none may be too many."""

from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.utility_han.hub.flow.repair import HubRepairFlow

pytestmark = pytest.mark.use_case("RD-12")


class _Pages(HubRepairFlow):
    unloaded_is = "gone"


@pytest.mark.parametrize("removed", [False, True])
async def test_step_and_its_end_are_not_told_at_once(hass: HomeAssistant, hub: ConfigEntry, *, removed: bool) -> None:
    """Who asks for both would be told at the second that there is no such dialog."""
    pages = _Pages(hub)
    pages.hass, pages.flow_id, pages.handler = hass, "a-flow", "a-handler"
    told = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    for _ in range(3):
        pages.async_notify_flow_changed()
    await hass.async_block_till_done()
    assert len(told) == 1
    if removed:
        pages.async_remove()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
    await hass.async_block_till_done()
    assert len(told) == (1 if removed else 2)
