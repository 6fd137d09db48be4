"""A Home Assistant whose files are files, for tests of what they hold, and hubs that begin with what is in them."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.utility_han.hub.kept.storage import _OPEN


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let files be files."""
    return {}


async def start_before(hass: HomeAssistant, entry: ConfigEntry, written: datetime, lost: Iterable[str] = ()) -> None:
    """Load a hub after a power cut by which Home Assistant had not written its entry since ``written``.

    ``lost`` are the subentries that came after that, by id.
    """
    assert await hass.config_entries.async_unload(entry.entry_id)
    kept = {key: each for key, each in entry.subentries.items() if key not in lost}
    object.__setattr__(entry, "subentries", MappingProxyType(kept))
    object.__setattr__(entry, "modified_at", written)
    hass.data.pop(_OPEN)
    assert await hass.config_entries.async_setup(entry.entry_id)


async def start_anew(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Load a hub with nothing but what is on disk, as after a start of Home Assistant."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data.pop(_OPEN)
    assert await hass.config_entries.async_setup(entry.entry_id)
