"""Versions of what is kept, and how what an older version kept is brought up to date.

Within a major version everybody reads everything: a minor step adds or rearranges, and an older version still finds
what it needs. Another major version means that an older one must leave it alone.
"""

from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ...const import CONF_PREMISE
from ..subject import registered_id

type Version = tuple[int, int]
"""Major and minor."""
type Migrations = Mapping[Version, Callable[[dict[str, Any]], dict[str, Any]]]
"""By the version that a step leads to, what it makes of the data of the one before."""


def _without_place(data: dict[str, Any]) -> dict[str, Any]:
    """Forget latitude and longitude of the premise, which nobody needs."""
    premise = data.get(CONF_PREMISE)
    return data | {CONF_PREMISE: {"name": premise["name"]}} if premise is not None else data


ENTRY_VERSION: Version = (1, 3)
"""Of config entries."""
ENTRY_MIGRATIONS: Migrations = {(1, 2): _without_place}
"""Of their data."""
ENTITIES_GONE: Mapping[Version, tuple[tuple[Platform, str], ...]] = {(1, 3): ((Platform.SENSOR, "firmware"),)}
"""By the version that a step leads to, the gateway's entities that it has no more, by platform and key.

The firmware is what the device registry has; files for devices to load are an attribute of the commissioning state.
"""


def migrated(data: dict[str, Any], version: Version, steps: Migrations) -> dict[str, Any]:
    """Return ``data`` of ``version`` after every step that leads on from there."""
    for leads_to in sorted(steps):
        if leads_to > version:
            data = steps[leads_to](data)
    return data


@callback
def async_remove_entities_gone(hass: HomeAssistant, entry: ConfigEntry, version: Version) -> None:
    """Remove from the registry what an entry of ``version`` had, and its gateway has no more."""
    for leads_to, gone in ENTITIES_GONE.items():
        for platform, key in gone if leads_to > version else ():
            if (found := registered_id(hass, platform, entry.entry_id, key)) is not None:
                er.async_get(hass).async_remove(found)
