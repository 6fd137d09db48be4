"""What Home Assistant itself takes for as many entities: an integration that has nothing to do but to have them.

Its entities are those of a hub of ours once more, of the same platforms and devices and enabled like them, each with
one state and a device of its own telling, added device by device as ours are.
"""

import gc
import time
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from statistics import median
from typing import Any, cast

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.button import ButtonEntity
from homeassistant.components.calendar import CalendarEntity
from homeassistant.components.datetime import DateTimeEntity
from homeassistant.components.event import EventEntity
from homeassistant.components.image import ImageEntity
from homeassistant.components.number import NumberEntity
from homeassistant.components.sensor import SensorEntity
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

_DOMAIN = "bare"
_TRIALS = 3
_BASES: dict[str, type[Entity]] = {
    "binary_sensor": BinarySensorEntity,
    "button": ButtonEntity,
    "calendar": CalendarEntity,
    "datetime": DateTimeEntity,
    "event": EventEntity,
    "image": ImageEntity,
    "number": NumberEntity,
    "sensor": SensorEntity,
    "switch": SwitchEntity,
}
_SHOWN = {
    "_attr_event": None,
    "_attr_event_types": ["happened"],
    "_attr_image_last_updated": None,
    "_attr_is_on": False,
    "_attr_native_value": None,
}
_CLASSES = {platform: type("Bare", (base,), dict(_SHOWN)) for platform, base in _BASES.items()}


async def set_up_like(hass: HomeAssistant, ours: ConfigEntry) -> float:
    """Return the seconds in which such an integration is set up, once its entities are in the registries."""
    known = er.async_entries_for_config_entry(er.async_get(hass), ours.entry_id)
    platforms = sorted({each.domain for each in known})

    async def setup(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, platforms)
        return True

    async def unload(hass: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, platforms)

    mock_integration(hass, MockModule(_DOMAIN, async_setup_entry=setup, async_unload_entry=unload))
    mock_platform(hass, f"{_DOMAIN}.config_flow")
    for platform in platforms:
        mock_platform(hass, f"{_DOMAIN}.{platform}", MockPlatform(async_setup_entry=partial(_add, known, platform)))
    entry = MockConfigEntry(domain=_DOMAIN, title="Bare")
    entry.add_to_hass(hass)
    with mock_config_flow(_DOMAIN, ConfigFlow):
        took = await set_up_times(hass, entry, _TRIALS)
    registered = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    assert len(registered) == len(known), "as many entities as ours"
    return median(took)


async def set_up_times(
    hass: HomeAssistant, entry: ConfigEntry, trials: int, *, collecting: bool = True
) -> list[float]:
    """Return the seconds of setting an entry up so many times, each with the garbage of before collected.

    Unless ``collecting`` Python looks for none meanwhile: it would go over all that Home Assistant has loaded.
    """
    took = []
    for number in range(trials + 1):
        gc.collect()
        if not collecting:
            gc.disable()
        start = time.perf_counter()
        assert await hass.config_entries.async_setup(entry.entry_id)
        if number:  # the first puts everything into the registries
            took.append(time.perf_counter() - start)
        gc.enable()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await hass.config_entries.async_unload(entry.entry_id)
    return took


async def _add(
    known: Iterable[er.RegistryEntry],
    platform: str,
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    of_devices: defaultdict[str | None, list[Entity]] = defaultdict(list)
    for each in known:
        if each.domain == platform:
            of_devices[each.device_id].append(_bare(hass, each))
    for entities in of_devices.values():
        async_add_entities(entities)


def _bare(hass: HomeAssistant, like: er.RegistryEntry) -> Entity:
    entity: Any = _CLASSES[like.domain](*([hass] if like.domain == "image" else []))
    entity._attr_has_entity_name = True
    entity._attr_should_poll = False
    entity._attr_unique_id = like.unique_id
    entity._attr_name = like.original_name
    entity._attr_entity_registry_enabled_default = like.disabled_by is None
    entity._attr_device_info = DeviceInfo(identifiers={(_DOMAIN, str(like.device_id))}, name="Bare")
    return cast("Entity", entity)
