"""Files of a hub that is removed are gone for good; those of one that is asked for twice at once are one."""

import asyncio
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.hub.link_record import LinkRecord
from tests.component.test_stores import entry as entry  # noqa: PLC0414 - the fixture
from tests.component.test_stores import kept, no_room, put, read, told
from tests.helpers.files import hass_storage

__all__ = ["hass_storage"]


async def test_file_that_is_removed_waits_for_the_disk_no_more(hass: HomeAssistant, entry: ConfigEntry) -> None:
    store = await read(hass, LinkRecord)
    with no_room():
        await store.async_save()
    assert set(told(hass)) == {"store_not_written"}
    await LinkRecord.async_remove(hass, entry.entry_id)
    assert told(hass) == {}


async def test_file_that_is_removed_is_not_written_again_by_who_still_has_it(
    hass: HomeAssistant, entry: ConfigEntry
) -> None:
    """What a hub had is gone with it: keys and readings of nobody would stay on the disk."""
    where = put(hass, LinkRecord, kept(LinkRecord))
    store = await read(hass, LinkRecord)
    await LinkRecord.async_remove(hass, entry.entry_id)
    store.save_later(0)
    await store.async_save()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()
    assert not where.exists()


async def test_two_who_ask_as_the_disk_fails_get_the_same_file(hass: HomeAssistant) -> None:
    """What all hubs share each of them asks for as Home Assistant starts: two of it would overwrite each other."""
    load, fails = HanStore._async_read, [True]

    async def read_once(store: HanStore) -> dict[str, Any]:
        if fails:
            fails.clear()
            await asyncio.sleep(0)  # the other asks meanwhile
            raise ConfigEntryNotReady
        return await load(store)

    with patch.object(HanStore, "_async_read", read_once):
        asked = (HanStore.async_get(hass), HanStore.async_get(hass))
        first, second = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(first, ConfigEntryNotReady)
        assert await HanStore.async_get(hass) is second
