"""Holds a charger back by its switch until the time that was reserved, and lets it go: none is held for good."""

from asyncio import gather
from functools import partial

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import HomeAssistant, split_entity_id

from ...const import AWAY_STATES, LOGGER
from ...devices.linked_entity import is_missing
from ...hub.acting import NotDoneError, async_do
from ...hub.handing_back import async_hand_back_later
from ...hub.kept.storage import MadeByNewerVersionError
from ..chargers.sources import CONF_SWITCH
from ..store import Charging, VehicleRecord


def held_switch(record: VehicleRecord) -> str | None:
    """Return the switch by which a vehicle's charger is held, which need not be the one that was chosen since."""
    plan = record.plan
    return (plan.held_by or record.data.get(CONF_SWITCH)) if plan.held else None


async def async_hold(hass: HomeAssistant, charging: Charging, record: VehicleRecord) -> bool:
    """Switch a vehicle's charger off, False where that fails; one that is off, or away, is left alone.

    What failed may have come to something all the same, or may yet: it counts as held, so that it will be let go.
    """
    entity_id = record.data[CONF_SWITCH]
    state = hass.states.get(entity_id)
    if state is None or state.state != STATE_ON:
        return True  # it is off, or a load control holds it already
    record.plan.held, record.plan.held_by = True, entity_id
    await charging.async_save()
    return await _async_switch(hass, record.title, entity_id, SERVICE_TURN_OFF)


async def async_let_go(hass: HomeAssistant, charging: Charging, record: VehicleRecord) -> None:
    """Switch a charger on again that is held; while it is away, or the action fails, it stays to be let go."""
    entity_id = held_switch(record)
    if entity_id is not None and not is_missing(hass, entity_id):
        state = hass.states.get(entity_id)
        if state is None or state.state in AWAY_STATES:
            return  # it may come back as it was left
        if state.state == STATE_OFF and not await _async_switch(hass, record.title, entity_id, SERVICE_TURN_ON):
            return
    record.plan.held, record.plan.held_by = False, None
    await charging.async_save()


async def async_let_all_go(hass: HomeAssistant, entry_id: str) -> list[str]:
    """Let go what is held for the vehicles of a hub while nobody acts for it; return the switches that still hold."""
    try:
        charging = await Charging.async_get(hass, entry_id)
    except MadeByNewerVersionError:
        return []  # what it did is not known to this version
    held = [record for record in charging.vehicles.values() if record.plan.held]
    await gather(*(async_let_go(hass, charging, record) for record in held))
    return [entity_id for entity_id in map(held_switch, held) if entity_id is not None]


async def async_let_go_of_removed(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Let go what is held for the vehicles of a hub that is removed, or see to it that it will be."""
    for entity_id in await async_let_all_go(hass, entry.entry_id):
        back = partial(_async_switch, hass, entry.title, entity_id, SERVICE_TURN_ON)
        async_hand_back_later(hass, entry, entity_id, back)


async def _async_switch(hass: HomeAssistant, title: str, entity_id: str, action: str) -> bool:
    try:
        await async_do(hass, split_entity_id(entity_id)[0], action, {ATTR_ENTITY_ID: entity_id})
    except NotDoneError as err:
        LOGGER.warning("%s: the charger could not be switched: %s", title, err)
        return False
    return True
