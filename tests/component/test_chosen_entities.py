"""Entities that a person chose, and that are removed, disabled or given other ids since."""

from datetime import datetime, timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.health.manager import HealthManager
from tests.component.test_device_flow import DeviceFlow, hall, pool
from tests.component.test_renamed_entities import rename
from tests.helpers.vehicles import CAR_BATTERY, CAR_PLUG, bind

__all__ = ["hall", "pool"]


def told(hass: HomeAssistant, entry: ConfigEntry) -> list[str]:
    """Return the lines of what is told of entities that are gone."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"entities_gone_{entry.entry_id}")
    said = issue.translation_placeholders if issue is not None else None
    return said["entities"].splitlines() if said else []


async def looked(entry: ConfigEntry, now: datetime, minutes: int) -> None:
    await entry.runtime_data.manager(HealthManager).async_evaluate(now + timedelta(minutes=minutes))


@pytest.mark.use_case("RD-1")
async def test_what_was_chosen_and_is_gone_is_told_of_together_until_it_is_back(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    await bind(hass, hub)
    hass.config_entries.async_update_entry(hub, options={**hub.options, "notify": "notify.former_phone"})
    await hass.async_block_till_done()
    now, states = dt_util.utcnow(), {each: hass.states.get(each) for each in (CAR_BATTERY, CAR_PLUG)}
    for each in states:
        hass.states.async_remove(each)
    await looked(hub, now + timedelta(hours=9), 0)
    assert told(hass, hub) == [], "an integration may be loaded anew"
    await looked(hub, now, 0)  # the clock was nine hours ahead until now
    await looked(hub, now, 6)
    lines = [f"- Family car: `{CAR_BATTERY}`", f"- Family car: `{CAR_PLUG}`", f"- {hub.title}: `notify.former_phone`"]
    assert sorted(told(hass, hub)) == sorted(lines)
    for each, state in states.items():
        assert state is not None
        hass.states.async_set(each, state.state, state.attributes)
    await looked(hub, now, 7)
    assert told(hass, hub) == [lines[-1]]
    hass.config_entries.async_update_entry(hub, options={})
    await hass.async_block_till_done()
    await looked(hub, now, 8)
    assert told(hass, hub) == []


@pytest.mark.use_case("RD-1")
async def test_nothing_is_told_of_what_is_looked_at_while_its_hub_is_unloaded(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    """Nobody would take it back, also not of a hub that is removed."""
    await bind(hass, hub)
    hass.states.async_remove(CAR_PLUG)
    health, now = hub.runtime_data.manager(HealthManager), dt_util.utcnow()
    await health.async_evaluate(now)
    assert await hass.config_entries.async_unload(hub.entry_id)
    await health.async_evaluate(now + timedelta(minutes=6))  # it was under way
    assert told(hass, hub) == []


@pytest.mark.use_case("RD-1")
async def test_disabled_entity_is_as_good_as_gone_and_one_that_is_away_is_not(
    hass: HomeAssistant, hub: ConfigEntry
) -> None:
    registry = er.async_get(hass)
    made = registry.async_get_or_create(
        "binary_sensor", "car", "plug", suggested_object_id="family_car_plug", original_name="Plug of the car"
    )
    assert made.entity_id == CAR_PLUG
    await bind(hass, hub)
    now = dt_util.utcnow()
    hass.states.async_set(CAR_BATTERY, "unavailable")
    hass.states.async_remove(CAR_PLUG)
    for minutes in (0, 6):
        await looked(hub, now, minutes)
    assert told(hass, hub) == []
    registry.async_update_entity(CAR_PLUG, disabled_by=er.RegistryEntryDisabler.USER)
    for minutes in (7, 13):
        await looked(hub, now, minutes)
    assert told(hass, hub) == [f"- Family car: Plug of the car (`{CAR_PLUG}`)"]


@pytest.mark.use_case("UR-1")
async def test_several_devices_of_which_one_gets_another_id_and_name_while_the_page_is_open(
    hass: HomeAssistant, hub: ConfigEntry, pool: str, hall: str
) -> None:
    other = er.async_get(hass).async_get_or_create("switch", "demo", "other", suggested_object_id="other")
    hass.states.async_set(other.entity_id, "on", {"friendly_name": "Pool pump"})
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await flow.submit({"entities": [pool, other.entity_id, hall]})
    assert flow.page == "several"
    answer = flow.suggested
    rename(hass, other.entity_id, "switch.fountain")
    hass.states.async_set(hall, "heat", {"friendly_name": "Great hall", "temperature": 21})
    await flow.submit(answer)
    assert flow.page == "several_programs", flow.result
    await flow.submit({"programs": ["peak-saver"], "consent": True})
    assert flow.page == "several_done", flow.result
    await flow.submit({})
    await hass.async_block_till_done()
    linked = {each.data["control"]["entity_id"] for each in hub.get_subentries_of_type("device")}
    assert linked == {pool, "switch.fountain", hall}
