"""Looks things up in Home Assistant by what they are, not by how they are named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

PATIENCE = 90
"""Seconds that what happens in the background is waited for: how long a machine may take, and nothing else."""


def entity_id_of(hass: HomeAssistant, entry: ConfigEntry, key: str) -> str:
    """Return the id of the entity that shows ``key``."""
    registry = er.async_get(hass)
    return next(
        found.entity_id
        for found in er.async_entries_for_config_entry(registry, entry.entry_id)
        if found.unique_id == f"{entry.entry_id}_{key}"
    )


def state_of(hass: HomeAssistant, entry: ConfigEntry, key: str) -> State:
    """Return the state of the entity that shows ``key``."""
    state = hass.states.get(entity_id_of(hass, entry, key))
    assert state is not None
    return state


def persistent_notifications(hass: HomeAssistant) -> list[Any]:
    """Return the notifications a person would see in the sidebar."""
    return list(_async_get_or_create_notifications(hass).values())


async def until(condition: Callable[[], object]) -> None:
    """Wait for what happens in the background."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def eventually[T](ask: Callable[[], Awaitable[T]], wanted: Callable[[T], object] = bool) -> T:
    """Wait for what has to be asked for; return it once it is as ``wanted``."""
    async with asyncio.timeout(PATIENCE):
        while not wanted(found := await ask()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return found
